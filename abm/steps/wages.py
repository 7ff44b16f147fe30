"""Wages: every employer pays its workers at the posted wage, into the households where they live."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.ledger import split_rows
from abm.sums import by_row
from abm.tables import Floats, Ints
from abm.units import CENTS_PER_USD, PAID_HOURS_PER_MONTH
from abm.vocabulary import PACKAGE_OF_TRADE, PACKAGES, RIVAL, STARGATE

if TYPE_CHECKING:
    from abm.model import Stargate

ALL, TAGGED = 0, {STARGATE: 1, RIVAL: 2}  # columns of income by whose money it is
GENERAL = PACKAGES.index("general")
_BELONGS = (np.array(PACKAGE_OF_TRADE)[:, np.newaxis] == np.arange(len(PACKAGES))).astype(np.int64)


def pay_wages(m: "Stargate") -> None:
    """Pay wages, what employing people costs beyond them, and the board of those who live elsewhere."""
    e, ledger, facts, n = m.employers, m.ledger, m.facts, m.employers.n_regions
    outcome = facts.labour
    assert outcome is not None
    people = outcome.heads[n:] * m.question.workers_per_agent
    cents = np.rint(people * facts.posted_cents_per_hour * hours_per_month(m)[:, np.newaxis]).astype(np.int64)
    facts.wages_cents = cents.sum(axis=1)
    facts.crew_wages_cents = cents[: e.n_campuses] @ _BELONGS
    campus, nobody = np.arange(e.n_campuses), np.full(e.n_lines + e.n_zones, -1)
    # Crews are paid by the builder of each package, all others by their employer.
    payers = np.concatenate([
        ledger.accounts("builders")[np.maximum(m.sites.builder, 0)].T.reshape(-1), ledger.accounts("campuses"),
        ledger.accounts("utilities")[m.plants_supplier], ledger.accounts("vendors")[m.lines.vendor],
        ledger.accounts("utilities")[m.zone_utility],
    ])  # fmt: skip
    employer = np.concatenate([np.tile(campus, len(PACKAGES)), np.arange(e.n_campuses, len(facts.wages_cents))])
    paid = np.concatenate([facts.crew_wages_cents.T.reshape(-1), facts.wages_cents[e.n_campuses :]])
    campus_of = np.concatenate([np.tile(campus, len(PACKAGES) + 2), nobody])
    facts.income_cents = np.zeros((n, len(TAGGED) + 1), np.int64)
    rows = np.flatnonzero((paid > 0) & (facts.home_heads.sum(axis=1)[employer] > 0))
    shares = split_rows(paid[rows], facts.home_heads[employer[rows]])
    at, home = np.nonzero(shares)
    ledger.post("wages", payers[rows][at], ledger.accounts("households")[home], shares[at, home], campus_of[rows][at])
    facts.income_cents = income_by_tag(
        shares, views.tag_share(m, STARGATE)[employer[rows]], views.tag_share(m, RIVAL)[employer[rows]]
    )
    m.running_cost_cents = facts.power_cents + facts.wages_cents[e.n_campuses : 2 * e.n_campuses]
    extra = np.rint(paid * (m.parameters.building.paid_hour_burden_ratio - 1)).astype(np.int64)
    ledger.post("benefits", payers, ledger.account("rest_us"), extra, campus_of)
    general = payers[GENERAL * e.n_campuses : (GENERAL + 1) * e.n_campuses]
    _pay_board(m, general, outcome.travellers[e.crews].sum(axis=1) * m.question.workers_per_agent)


def hours_per_month(m: "Stargate") -> Floats:
    """Paid hours of a head a month: long shifts where things are built, ordinary weeks elsewhere, shape (E - R,)."""
    e, n = m.employers, m.employers.n_regions
    hours = np.full(len(e) - n, PAID_HOURS_PER_MONTH)
    for block in (e.crews, e.plants, e.wires):
        hours[e.beyond(block)] = m.parameters.building.worked_hours_per_month
    return hours


def income_by_tag(by_home: Ints, stargate_share: Floats, rival_share: Floats) -> Ints:
    """Households' wages by region and by whose money paid them: all, Stargate's, rivals'; shape (R, 3).

    Args:
        by_home: wages of each employer by the region its workers live in, shape (n, R)
        stargate_share: part of the employer's work Stargate pays for, shape (n,)
        rival_share: the same of rivals, shape (n,)
    """
    income = np.empty((by_home.shape[1], len(TAGGED) + 1), np.int64)
    income[:, ALL] = by_home.sum(axis=0)
    income[:, TAGGED[STARGATE]] = stargate_share @ by_home
    income[:, TAGGED[RIVAL]] = rival_share @ by_home
    return income


def _pay_board(m: "Stargate", payers: Ints, travellers: Ints) -> None:
    """Per diem of travelling crews, spent on lodging and food where they work."""
    p, region, n = m.parameters, m.sites.region, m.employers.n_regions
    days = p.building.worked_hours_per_month / p.labour.shift_hours_per_day
    cents = np.rint(travellers * days * p.labour.per_diem_usd_per_day * CENTS_PER_USD).astype(np.int64)
    m.facts.per_diem_cents = cents
    m.ledger.post(
        "per_diem", payers, m.ledger.accounts("local_services")[region], cents, np.arange(m.employers.n_campuses)
    )
    m.facts.board_cents = np.zeros((n, len(TAGGED) + 1), np.int64)
    m.facts.board_cents[:, ALL] = by_row(region, cents, n)
    for program, column in TAGGED.items():
        m.facts.board_cents[:, column] = by_row(region, cents * (m.sites.program == program), n)
