"""What can be read off the grid's queues: the published wait, each request's date, crews wanted, and the recount."""

import numpy as np

from abm.markets.power import Connections
from abm.markets.queues import ahead
from abm.markets.requests import CONNECTED, IS_OPEN, NEVER, QUEUED, SLOT, WORKS, Floats, Ints, by_zone, cohort_of
from abm.subjects.power import Power
from abm.sums import by_row
from abm.tables_power import Crews
from abm.units import KW_PER_MW
from abm.vocabulary import RIVAL, STARGATE, ZONES


def _own_kw(c: Connections, *states: int) -> Ints:
    rows = c.state == states[0]
    for state in states[1:]:
        rows |= c.state == state
    return by_row(c.zone, c.kw * rows, len(ZONES))


def queue_kw(c: Connections) -> Floats:
    """Requests waiting for a study, those of others included, shape (n_zones,)."""
    total: Floats = c.study_fringe_kw.sum(axis=1) + _own_kw(c, QUEUED)
    return total


def waiting_kw(c: Connections) -> Ints:
    """Requests of campuses not yet connected, shape (n_zones,)."""
    return _own_kw(c, QUEUED, WORKS, SLOT)


def energised_kw(c: Connections) -> Ints:
    """Campus load connected, shape (n_zones,)."""
    return _own_kw(c, CONNECTED)


def energised_by_campus(c: Connections, n_campuses: int, *, firm_only: bool = False) -> Ints:
    """Grid power connected by campus, shape (n_campuses,)."""
    rows = (c.state == CONNECTED) & (c.firm | (not firm_only))
    return by_row(c.campus[rows], c.kw[rows], n_campuses)


def residual_kw(c: Connections) -> int:
    """Requested less withdrawn, against what the rows hold; zero, or the books of the queue are wrong."""
    held = _own_kw(c, QUEUED, WORKS, SLOT, CONNECTED)
    return int(np.abs(c.requested_kw - c.withdrawn_kw - held).sum())


def connection_months(
    c: Connections, month: int, p: Power, transformer_lead_months: float, crew_share: Floats
) -> Floats:
    """The wait of a request made now: queue over studies, works, and all who will be ready before over slots.

    Args:
        c: the connections.
        month: the month.
        p: numbers in force.
        transformer_lead_months: lead time of substation transformers ordered now.
        crew_share: share of the crews wanted that was there, shape (n_zones,).

    Returns:
        months, shape (n_zones,).
    """
    study = queue_kw(c) / c.studies_kw(p)
    works = _works_with_kit(c, p, study, transformer_lead_months, crew_share)
    before = IS_OPEN[c.state] & (c.begin_month <= month + study[c.zone])  # whose ramp comes later is not in the way
    ours = np.bincount(c.zone[before], c.kw[before], len(ZONES))
    pipeline = c.slot_fringe_kw.sum(axis=1) + c.study_fringe_kw.sum(axis=1) * p.fringe_survival_share + ours
    slot = np.maximum(0.0, pipeline / c.slots_kw(p) - study - works)
    months: Floats = study + works + slot
    return months


def _works_with_kit(c: Connections, p: Power, study: Floats, lead_months: float, crew_share: Floats) -> Floats:
    """Works after a study, longer where transformers ordered today come late and no stock stands in for them."""
    works = by_zone(p, "works_months") / np.maximum(crew_share, p.transformer_needed_share)
    late = np.maximum(0.0, lead_months - study - works * p.transformer_needed_share)
    month_kw = np.maximum(1.0, c.slots_kw(p) * p.grid_transformer_ratio)
    total: Floats = works + late * (1.0 - np.minimum(1.0, c.stock_kw / month_kw))
    return total


def expected_month(c: Connections, month: int, p: Power, transformer_lead_months: float, crew_share: Floats) -> Floats:
    """When the utility says a request will be connected; when it was, if it is; NaN for none, shape (n_rows,)."""
    out = np.full(len(c.state), np.nan)
    connected = c.state == CONNECTED
    out[connected] = c.connected_month[connected]
    crew = np.maximum(crew_share, p.transformer_needed_share)
    slot_wait = c.slot_fringe_kw[:, : cohort_of(np.array([month]))[0] + 1].sum(axis=1) + _own_kw(c, SLOT)
    slot_months = slot_wait / c.slots_kw(p)

    rows = np.flatnonzero(c.state == QUEUED)
    through = ahead(c.study_fringe_kw, c.zone[rows], cohort_of(c.month[rows]), c.kw[rows])
    study = np.maximum(through / c.studies_kw(p)[c.zone[rows]], c.begin_month[rows] - month)
    out[rows] = (
        month + study + _left(c, rows, p, crew, study, transformer_lead_months, month) + slot_months[c.zone[rows]]
    )

    rows = np.flatnonzero(c.state == WORKS)
    ramp = np.maximum(0.0, c.begin_month[rows] - month)
    left = _left(c, rows, p, crew, ramp, transformer_lead_months, month)
    out[rows] = month + ramp + left + slot_months[c.zone[rows]]

    rows = np.flatnonzero(c.state == SLOT)
    through = ahead(c.slot_fringe_kw, c.zone[rows], cohort_of(c.ready_month[rows]), c.kw[rows])
    out[rows] = month + through / c.slots_kw(p)[c.zone[rows]]
    return out


def _left(c: Connections, rows: Ints, p: Power, crew: Floats, study: Floats, lead_months: float, month: int) -> Floats:
    """Months of works still to do, not before its transformers can be there, shape (n,)."""
    works = c.works_months[rows] / crew[c.zone[rows]]
    left = (1.0 - c.done_share[rows]) * works
    ordered = np.maximum(c.month[rows], c.begin_month[rows] - lead_months)
    kit = ordered + lead_months - month - study + (1.0 - p.transformer_needed_share) * works
    result: Floats = np.where(c.has_kit[rows], left, np.maximum(left, kit))
    return result


def place_in_queue(c: Connections, row: int) -> tuple[int, int, float]:
    """Where a request stands: place among the campuses at its stage in its zone, how many these are, kW ahead of it."""
    state = int(c.state[row])
    since, fringe = (c.month, c.study_fringe_kw) if state == QUEUED else (c.ready_month, c.slot_fringe_kw)
    rows = np.flatnonzero((c.state == state) & (c.zone == c.zone[row]))
    rows = rows[np.lexsort((c.kw[rows], since[rows]))]
    place = int(np.flatnonzero(rows == row)[0])
    if state not in (QUEUED, SLOT) or since[row] == NEVER:
        return place + 1, len(rows), 0.0
    cohort = int(cohort_of(since[[row]])[0])
    before = float(fringe[c.zone[row], : cohort + 1].sum()) + float(c.kw[rows[:place]].sum())
    return place + 1, len(rows), before


def crews_wanted(
    c: Connections, month: int, p: Power, crews: Crews, program_of_campus: Ints
) -> tuple[Floats, Floats, Floats]:
    """Heads that wires works want: all, those for Stargate and those for rivals, each (n_zones, n_trades)."""
    begun = (c.state == WORKS) & (c.begin_month <= month)
    rows = np.flatnonzero(begun & (c.has_kit | (c.done_share < p.transformer_needed_share)))
    heads = c.kw[rows] / KW_PER_MW * p.wires_work_worker_months_per_utility_mw / c.works_months[rows]
    program, zone = program_of_campus[c.campus[rows]], c.zone[rows]
    parts = (heads, heads * (program == STARGATE), heads * (program == RIVAL))
    everybody, stargate, rivals = (np.outer(np.bincount(zone, part, len(ZONES)), crews.wires) for part in parts)
    return everybody, stargate, rivals
