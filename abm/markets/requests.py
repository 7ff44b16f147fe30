"""Requests for grid power: their states, what a month reports of them, and when campuses made theirs."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm import streams
from abm.subjects.power import Power
from abm.tables import constant
from abm.units import CENTS_PER_USD, KW_PER_MW, MONTHS_PER_YEAR, USD_PER_USD_M
from abm.vocabulary import ZONES

NONE, QUEUED, WORKS, SLOT, CONNECTED, WITHDRAWN = range(6)
STATES = ("none", "queued", "works", "waiting for energisation", "connected", "withdrawn")
IS_OPEN = np.array([False, True, True, True, False, False])
IS_HELD = np.array([False, True, True, True, True, False])
IS_CONTRACTED = np.array([False, False, True, True, True, False])
NEEDS_KIT = np.array([False, True, True, False, False, False])
NEVER = -10_000
AT_ONCE = NEVER  # wanted as soon as it can be had
_REQUEST_KEY = streams.purpose("power request before clearing")
PAST, FUTURE = 10 * MONTHS_PER_YEAR, 24 * MONTHS_PER_YEAR  # cohorts kept before and after the start of the run

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Energised:
    """What a month brought, arrays of shape (n,); row is the row of the request.

    Attributes:
        row, campus, zone, kw: requests connected this month.
        firm: whether its service is firm, not interruptible.
        bill_row, bill_campus, bill_zone, bill_cents: wires works done for a campus, payable to the utility of the zone.
    """

    row: Ints
    campus: Ints
    zone: Ints
    kw: Ints
    firm: Flags
    bill_row: Ints
    bill_campus: Ints
    bill_zone: Ints
    bill_cents: Ints


@dataclass(frozen=True, slots=True)
class Placed:
    """Transformers to be ordered, or on order since before the run: zone, kW served and month placed, shape (n,)."""

    zone: Ints
    kw: Ints
    month: Ints


@functools.lru_cache
def by_zone(p: Power, name: str) -> Floats:
    """A number of every zone, shape (n_zones,)."""
    return constant([getattr(p.zones[zone], name) for zone in ZONES])


def cohort_of(month: Ints) -> Ints:
    """The column of a month in the tables of cohorts, the first for what is older than they reach, shape (n,)."""
    cohort: Ints = np.maximum(0, PAST + month)
    return cohort


def request_months(clearing: Ints, campus: Ints, p: Power, seed: int) -> Ints:
    """When campuses asked for grid power, drawn from their first works backwards and keyed by campus, shape (n,)."""
    before = p.request_before_clearing_months * streams.lognormal_factors(
        seed, _REQUEST_KEY, 0, campus, p.request_before_clearing_log_sd
    )
    return clearing - np.rint(before).astype(np.int64)


def wires_cents_per_kw(p: Power) -> Floats:
    """What a campus pays for substation and lines, shape (n_zones,)."""
    cents: Floats = by_zone(p, "wires_usd_m_per_utility_mw") * USD_PER_USD_M * CENTS_PER_USD / KW_PER_MW
    return cents


def firm_first(zone: Ints, kw: Ints, room_kw: Floats) -> Flags:
    """Which of these connections fit into the room for firm service, in their order, shape (n,)."""
    left, firm = room_kw.astype(np.float64), np.zeros(len(kw), np.bool_)
    for i, z in enumerate(zone):  # a handful a month
        firm[i] = kw[i] <= left[z]
        left[z] -= kw[i] * firm[i]
    return firm


def steady_months(p: Power, backlog: str, rate: str) -> Floats:
    """What a backlog of the start takes at the rate of the start, shape (n_zones,)."""
    months: Floats = by_zone(p, backlog) / by_zone(p, rate)
    return months


def fill_fringe(
    study_fringe_kw: Floats, slot_fringe_kw: Floats, p: Power, own_study_kw: Floats, own_slot_kw: Floats
) -> None:
    """Spread the initial backlogs of others evenly over the months they have waited, and what they have in works ahead.

    Args:
        study_fringe_kw: others waiting for a study, filled here, shape (n_zones, n_cohorts).
        slot_fringe_kw: others waiting for energisation, filled here, shape (n_zones, n_cohorts).
        p: numbers in force.
        own_study_kw: the campuses' part of the queue, shape (n_zones,).
        own_slot_kw: the campuses' part of the backlog of slots, shape (n_zones,).
    """
    for fringe, own, backlog, rate in (
        (study_fringe_kw, own_study_kw, "initial_queue_utility_mw", "studies_utility_mw_per_month"),
        (slot_fringe_kw, own_slot_kw, "initial_slot_backlog_utility_mw", "slots_utility_mw_per_month"),
    ):
        fringe[:] = 0.0
        left = np.maximum(0.0, by_zone(p, backlog) * KW_PER_MW - own)
        months = np.maximum(1, np.ceil(steady_months(p, backlog, rate))).astype(np.int64)
        for z in range(len(ZONES)):
            fringe[z, PAST - months[z] : PAST] = left[z] / months[z]
    signed = by_zone(p, "fringe_requests_utility_mw_per_month") * KW_PER_MW * p.fringe_survival_share
    for z, works in enumerate(np.rint(by_zone(p, "works_months")).astype(np.int64)):
        slot_fringe_kw[z, PAST : PAST + works] = signed[z]
