"""What steps read off the world: sums, shares and dates that belong to no single owner. Nothing here writes."""

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from abm.bills import FACILITY, IT
from abm.kernels import lean_njit
from abm.markets import terms, waits
from abm.markets.labour import Outcome
from abm.markets.onsite import by_kind, overbuild_ratio
from abm.markets.requests import CONNECTED, IS_CONTRACTED, NONE, WITHDRAWN
from abm.sums import add_rows, by_row
from abm.tables import Flags, Floats, Ints, constant
from abm.tables_compute import SUPPLIER
from abm.tables_finance import GROUPS, LOAN
from abm.tables_power import crews
from abm.units import CENTS_PER_USD, KW_PER_MW, USD_PER_USD_M
from abm.vocabulary import RIVAL, STARGATE, ZONES

if TYPE_CHECKING:
    from abm.model import Stargate

NOBODY = -1  # neither program
FAR = 10_000.0  # a month no run reaches: never


# ---- employers ----


def crew_share(m: "Stargate", block: slice) -> Floats:
    """Crew found over crew wanted last month by each employer of a block, shape (n,).

    Weighed with the share of the whole block as if it had seen a few workers more: one row more or less says little.
    """
    if m.last_outcome is None or "labour" in m.question.abundant:
        return np.ones(block.stop - block.start)
    return _found_share(m.last_outcome, block.start, block.stop, m.prior_rows)


@functools.lru_cache(maxsize=8)  # asked several times a month
def _found_share(outcome: Outcome, start: int, stop: int, prior: float) -> Floats:
    heads, unfilled = outcome.heads[start:stop].sum(axis=1), outcome.unfilled[start:stop].sum(axis=1)
    everywhere = (heads.sum() + prior) / (heads.sum() + unfilled.sum() + prior)
    return constant((heads + prior * everywhere) / (heads + unfilled + prior))


def wires_crews(m: "Stargate") -> tuple[Floats, dict[int, Floats]]:
    """People who build the grid by zone and trade, shape (Z, T), and part of them at work for each program, (Z,).

    What is built for a campus before anybody knew of it, or for the zone's own power plants, is nobody's.
    """
    p = m.parameters.power
    known = np.where(m.known_month > m.month, NOBODY, m.sites.program)
    grid, stargate, for_rivals = waits.crews_wanted(m.connections, m.month, p, crews(), known)
    people = grid + m.supply.plants.crews_wanted(p, crews())[0]
    total = np.maximum(people.sum(axis=1), np.finfo(float).tiny)
    return people, {STARGATE: stargate.sum(axis=1) / total, RIVAL: for_rivals.sum(axis=1) / total}


def tag_share(m: "Stargate", program: int) -> Floats:
    """Part of each employer's work that a program pays for, beyond the background, shape (E - R,)."""
    of_campus = (m.sites.program == program).astype(float)
    return np.concatenate([of_campus, of_campus, of_campus, m.line_share[program], m.wires_share[program]])


# ---- equipment ----


def campus_of_buyer(m: "Stargate", buyer: Ints) -> Ints:
    """Campus a buyer of equipment orders for, -1 for the zones' suppliers, shape (n,)."""
    by_buyer = np.concatenate([m.sites.campus, np.full(len(ZONES), -1), np.arange(len(m.sites.region))])
    return by_buyer[buyer]


# ---- power ----


def contracted_kw(m: "Stargate") -> Ints:
    """Load of campuses connected or in works, shape (Z,)."""
    c = m.connections
    return by_row(c.zone, c.kw * IS_CONTRACTED[c.state], len(ZONES))


def requested_kw(m: "Stargate") -> Ints:
    """Grid power asked for and not withdrawn, by campus, shape (C,)."""
    c = m.connections
    rows = np.flatnonzero((c.campus >= 0) & (c.state != NONE) & (c.state != WITHDRAWN))
    return by_row(c.campus[rows], c.kw[rows], len(m.sites.region))


def is_interruptible(m: "Stargate") -> Flags:
    """Campuses with grid power that is not firm, shape (C,)."""
    c = m.connections
    rows = np.flatnonzero((c.state == CONNECTED) & ~c.firm)
    out = np.zeros(len(m.sites.region), np.bool_)
    out[c.campus[rows]] = True
    return out


def power_month(m: "Stargate") -> Floats:
    """When each phase's power is there once earlier buildings of the campus have theirs, FAR if never, shape (P,).

    Power at hand serves buildings in their order; next come plants ordered for the campus, then the phase's own grid
    request.
    """
    sites = m.sites
    need = np.zeros(len(sites.campus))
    live = np.flatnonzero(sites.used & ~sites.cancelled[sites.campus])
    order = live[np.lexsort((sites.order[live], sites.campus[live]))]
    total = np.cumsum(sites.facility_kw[order])
    first = np.searchsorted(sites.campus[order], sites.campus[order])
    need[order] = total - np.concatenate([[0], total])[first]
    at_hand = (sites.grid_kw + sites.onsite_kw)[sites.campus]
    plants = m.plants
    coming = (plants.ordered_kw - plants.cancelled_kw).sum(axis=1) / overbuild_ratio(m.parameters.power, sites.islanded)
    with_plants = (sites.grid_kw + np.maximum(coming, sites.onsite_kw))[sites.campus]
    grid = np.where(sites.islanded[sites.campus], FAR, m.grid_month)
    month = np.where(need <= with_plants, np.minimum(plants_month(m)[sites.campus], grid), grid)
    return np.where(need <= at_hand, float(m.month), month)


def plants_month(m: "Stargate") -> Floats:
    """When the last plant a campus has ordered runs, shape (C,)."""
    p, plants = m.parameters.power, m.plants
    slots = m.slot_months[m.campus_buyers][:, m.generation_classes].astype(float)
    open_orders = plants.on_order_kw > 0
    due = np.where(open_orders, np.maximum(slots, m.month) + by_kind(p, "install_months"), -1.0)
    due = np.where(
        (plants.delivered_kw > plants.running_kw) & ~open_orders, m.month + by_kind(p, "install_months"), due
    )
    last = due.max(axis=1)
    return np.where(last < 0, FAR, last)


def power_needed_month(m: "Stargate") -> Floats:
    """When each phase needs its power if it goes on as planned: at the start of its tests, shape (P,)."""
    sites = m.sites
    left = np.maximum(sites.stage_ends[-2] - sites.progress, 0) * sites.build_months
    begin = np.where(sites.under_way, m.month, np.maximum(sites.planned_start, m.month))
    month: Floats = begin + left
    return month


def late_power(m: "Stargate") -> Ints:
    """Phases under way or due within the owners' look-ahead whose power comes later than they tolerate, shape (n,)."""
    sites, b = m.sites, m.parameters.building
    near = sites.under_way | (sites.planned & (sites.planned_start <= m.month + b.power_look_ahead_months))
    near &= ~sites.cancelled[sites.campus]
    return np.flatnonzero(near & (m.power_months > power_needed_month(m) + b.power_tolerance_months))


# ---- money ----


def invested_by_group(m: "Stargate") -> Ints:
    """What each investor has at work with each group of borrowers: paid in, less repaid, shape (I, G)."""
    called = m.called_by_group.astype(float)
    drawn, owed = np.zeros((2, *called.T.shape))
    ours = np.flatnonzero((m.groups >= 0) & (m.groups < len(GROUPS)))
    group = m.groups[ours]
    for purpose in (FACILITY, IT):
        add_rows(drawn, group, m.debts[purpose].drawn_cents[ours])
        add_rows(owed, group, m.debts[purpose].owed_cents[ours])
    invested: Ints = np.maximum(called - (drawn - owed).T, 0).astype(np.int64)
    return invested


def expected_debt_shares(m: "Stargate") -> Floats:
    """Most debt that rent covers, by group of borrowers and purpose, shape (G, 2)."""
    it_cost = float(m.news.price_usd_per_kw[m.it_classes].sum()) * KW_PER_MW / USD_PER_USD_M  # USD m per IT MW
    return terms.debt_shares(m.parameters.finance, m.base_rate, m.usual_spread, m.compute_price / it_cost)


def debt_cents(m: "Stargate") -> Ints:
    """Loans and bonds outstanding by campus, shape (C,)."""
    owed: Ints = (m.debts[FACILITY].owed_cents + m.debts[IT].owed_cents).sum(axis=1)
    return owed


def bank_loans(m: "Stargate", sector: str) -> Ints:
    """What each member of a sector owes the bank: its loans less those of investors, cents, shape (n,)."""
    owed: Ints = -m.ledger.held("loan", sector)
    if sector == "campuses":
        lent = m.investor_table.instrument == LOAN
        owed = owed - (m.debts[FACILITY].owed_cents + m.debts[IT].owed_cents)[:, lent].sum(axis=1)
    return owed


# ---- plans and compute ----


def first_start(m: "Stargate") -> Ints:
    """Planned start of the first phase a campus has not begun, shape (C,)."""
    sites = m.sites
    out = np.full(len(sites.region), int(FAR))
    rows = np.flatnonzero(sites.planned)
    np.minimum.at(out, sites.campus[rows], sites.planned_start[rows])
    return out


def usual_build_months(m: "Stargate", program: int) -> float:
    """Planned build time of an owner with nothing special, months."""
    b = m.parameters.building
    if "plan" in m.question.abundant:
        return b.minimum_build_months
    return b.minimum_build_months * (b.stargate_pace_ratio if program == STARGATE else b.rival_pace_ratio)


def expected_cost_cents(m: "Stargate", phase: int, package: int) -> int:
    """What a builder reckons a package of a phase will cost it: crews at the market wage, and work off site."""
    sites, b = m.sites, m.parameters.building
    c = int(sites.campus[phase])
    wage = float(m.market_wages[sites.region[c]] @ m.package_mix[package])
    months = sites.work_wm_per_kw[c] * sites.facility_kw[phase]
    cost = months * b.worked_hours_per_month * wage * b.paid_hour_burden_ratio
    if package == 0:
        cost += sites.facility_kw[phase] * b.offsite_work_usd_per_facility_kw * m.construction_price * CENTS_PER_USD
    return round(float(cost))


def openai_it_kw(m: "Stargate") -> tuple[int, int, int]:
    """IT kW OpenAI uses at Microsoft, at Stargate, and in all."""
    placed = m.placement
    return int(placed[SUPPLIER["Microsoft"]]), int(placed[SUPPLIER["Stargate"]]), int(placed.sum())


def announced_mw(m: "Stargate", month: int) -> float:
    """Stargate MW that would be in service if every announced date held, facility MW."""
    return float(m.announced_path[min(max(month, 0), len(m.announced_path) - 1)])


def built_mw(m: "Stargate") -> float:
    """Stargate buildings in service and the finished part of those under way: what pays out against milestones."""
    sites = m.sites
    ours = sites.is_stargate & (sites.operating | sites.under_way)
    return float((sites.facility_kw * sites.progress)[ours].sum() / KW_PER_MW)


class Queue(NamedTuple):
    """Phases in the order in which owners give them what they have, each of shape (n,): row, owner, whose purse."""

    phase: Ints
    owner: Ints
    purse: Ints


def is_wanted(m: "Stargate", queue: Queue) -> Flags:
    """Planned phases that customers want: their wants go to planned phases in their order, shape (P,).

    A building most of which is wanted counts.
    """
    want = np.array([developer.start_it_kw for developer in m.developers])
    return _in_reach(queue, m.sites.it_kw, want, without_limit="demand" in m.question.abundant)


def is_carried(m: "Stargate", queue: Queue) -> Flags:
    """Planned phases that what is left of the sum set for them carries, in their order, most of a building, (P,)."""
    carried = np.array([developer.carried_kw for developer in m.developers])
    return _in_reach(queue, m.sites.facility_kw, carried, without_limit="capital" in m.question.abundant)


def planned_queue(m: "Stargate") -> Queue:
    """Planned phases by purse, each in their order; Stargate's owners count as one."""
    sites = m.sites
    rows = np.flatnonzero(sites.planned & ~sites.cancelled[sites.campus])
    owner = sites.owner[sites.campus[rows]]
    purse = np.where(m.owner_table.program[owner] == STARGATE, -1, owner)
    order = np.lexsort((sites.order[rows], sites.planned_start[rows], purse))
    return Queue(rows[order], owner[order], purse[order])


def _in_reach(queue: Queue, size_kw: Ints, reach_kw: Ints, *, without_limit: bool) -> Flags:
    """Planned phases within the reach of their owner, in their order, shape (P,)."""
    within = np.zeros(len(size_kw), np.bool_)
    if without_limit:
        within[queue.phase] = True
    else:
        _reached(within, queue.phase, queue.owner, queue.purse, size_kw, reach_kw)
    return within


@lean_njit
def _reached(within, rows, owner, purse, size_kw, reach_kw):  # type: ignore[no-untyped-def]
    """Mark the rows most of which lies within the reach of their owner, those before them at the same purse counted."""
    total = 0
    for i in range(len(rows)):
        if i > 0 and purse[i] != purse[i - 1]:
            total = 0
        within[rows[i]] = total + size_kw[rows[i]] / 2 <= reach_kw[owner[i]]
        total += size_kw[rows[i]]
