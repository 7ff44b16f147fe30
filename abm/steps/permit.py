"""Land is bought, permits are asked for, offices decide; some applications are contested and some end there."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.bills import FACILITY
from abm.markets import land
from abm.steps.acts import strike_orders
from abm.steps.billing import bill
from abm.sums import add_to
from abm.tables import NEVER, Flags, Ints
from abm.units import CENTS_PER_USD, KW_PER_MW, month_index
from abm.vocabulary import STAGE, ZONES

HISTORY_ENDS = month_index("2026-01")  # what was cleared before had its land and permits

if TYPE_CHECKING:
    from abm.model import Stargate


def permit(m: "Stargate") -> None:
    """Buy land for campuses whose time has come, apply for their permits, and take the offices' decisions."""
    apply(m)
    buy_land(m)
    p, stopped = m.parameters.policy, moratoria(m)
    unlimited = "permits" in m.question.abundant
    decided = m.local.advance(m.month, p, moratorium=stopped, unlimited=unlimited)
    m.air.advance(m.month, p, moratorium=stopped, unlimited=unlimited)
    m.sites.permit[decided.granted] = True
    given_up(m, decided.cancelled)
    waiting = m.sites.planned
    campus = m.sites.campus
    stage = np.where(m.sites.applied[campus], STAGE["permit"], np.where(m.sites.land[campus], STAGE["land"], 0))
    m.sites.stage = np.where(waiting, stage, m.sites.stage).astype(np.int8)


def apply(m: "Stargate") -> None:
    """Apply as early as the office's published wait before the first works calls for."""
    sites, p = m.sites, m.parameters.policy
    open_rows = np.flatnonzero(~sites.applied & ~sites.cancelled & (sites.clearing != NEVER))
    if not len(open_rows):
        return
    wait = m.local.wait_months(p)[sites.region[open_rows]]
    rows = open_rows[views.first_start(m)[open_rows] - wait <= m.month]
    if not len(rows):
        return
    sites.applied[rows] = True
    fee = sites.by_campus(sites.facility_kw)[rows] / KW_PER_MW * p.permit_fee_usd_per_facility_mw * CENTS_PER_USD
    bill(
        m, "permit_fee", FACILITY, rows, m.ledger.accounts("states")[sites.region[rows]], np.rint(fee).astype(np.int64)
    )
    kept = sites.clearing[rows] < HISTORY_ENDS  # what was cleared by then had its permits: history is kept
    in_history, later = rows[kept], rows[~kept]
    m.local.grant_now(in_history, sites.region[in_history], m.month)
    sites.permit[in_history] = True
    if len(later):
        m.local.apply(later, sites.region[later], m.month, p)


def buy_land(m: "Stargate") -> None:
    """Buy what campuses that apply still lack, from the owners of the region."""
    sites, p = m.sites, m.parameters.policy
    lacking = np.flatnonzero(sites.applied & ~sites.land & ~sites.cancelled)
    m.sold_acres[:], m.wanted_acres[:] = 0, 0
    if not len(lacking):
        return
    wanted = land.acres_wanted(sites.by_campus(sites.facility_kw)[lacking], p) - m.acres[lacking]
    region = sites.region[lacking]
    asking = np.array([owner.asking_usd_per_acre for owner in m.land_owners])
    offered = np.array([owner.offered_acres for owner in m.land_owners])
    if "land" in m.question.abundant:
        offered = offered + int(wanted.sum())
    deals = land.clear(wanted, region, asking, offered)
    option = land.option_cents(deals.cents, p)
    bill(m, "land_purchase", FACILITY, lacking, m.ledger.accounts("landowners")[region], option)
    m.land_due_cents[lacking] += deals.cents - option  # the rest with the first works
    m.acres[lacking] += deals.acres
    sites.land[lacking] = deals.acres >= wanted
    add_to(m.sold_acres, region, deals.acres)
    add_to(m.wanted_acres, region, wanted)


def moratoria(m: "Stargate") -> Flags:
    """Regions that decide nothing this month: by their own government, or by the scenario, shape (R,)."""
    stopped = np.array([government.in_moratorium(m.month) for government in m.governments if government.region >= 0])
    named = {change.value for change in m.question.events(m.month) if change.name == "moratorium"}
    flags: Flags = stopped | np.array([code in named for code in m.region_table.code])
    return flags


def zone_moratoria(m: "Stargate") -> Flags:
    """Zones in which the scenario stops new connections, shape (Z,)."""
    named = {change.value for change in m.question.events(m.month) if change.name == "moratorium"}
    return np.array([zone in named for zone in ZONES])


def given_up(m: "Stargate", campuses: Ints) -> None:
    """Campuses that were refused are given up: their phases, requests and orders are struck."""
    if not len(campuses):
        return
    phases = m.sites.cancel(campuses)
    m.connections.withdraw(phases)
    strike_orders(m, np.concatenate([phases, m.campus_buyers[campuses]]))
    m.plants.cancel(campuses)
