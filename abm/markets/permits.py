"""Permits: applications wait for an office's staff, are reviewed, some are contested, and some of these end there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm import streams
from abm.markets.queues import ahead, in_order, serve
from abm.subjects.policy import Office, Policy
from abm.units import MONTHS_PER_YEAR, month_index, monthly_prob

NONE, QUEUED, REVIEW, GRANTED, CANCELLED = range(5)
STATES = ("none", "queued", "review", "granted", "cancelled")
IS_HELD = np.array([False, True, True, True, False])
NEVER = -10_000
_PAST, _FUTURE = 10 * MONTHS_PER_YEAR, 24 * MONTHS_PER_YEAR
_OPPOSITION_SEEN = month_index("2026-01")  # the date of the observed contested share

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decisions:
    """What offices decided this month: rows of campuses, each shape (n,)."""

    granted: Ints
    cancelled: Ints


class Applications:
    """Applications to one kind of office, one row for each campus; every region has such an office.

    Attributes:
        kind: key of the numbers' offices: "local" or "air".
        region, month, state: of each application; month applied, state as STATES, shape (n_campuses,).
        reviewed_months, review_months: review so far and needed, contests included, shape (n_campuses,).
        contested, federal: whether contested; whether on federal land, shape (n_campuses,).
        decided_month: when it was granted or cancelled, NEVER if not yet, shape (n_campuses,).
        others: applications of others waiting, by month, shape (n_regions, n_cohorts).
        staff_ratio: staff against the start, set by the governments, shape (n_regions,).
        applied_count, granted_count, cancelled_count: counters.
    """

    def __init__(self, kind: str, n_campuses: int, n_regions: int, p: Policy, seed: int) -> None:
        self.kind, self.seed = kind, seed
        self._luck = {
            what: streams.purpose(f"permit {kind} {what}") for what in ("review", "contest", "end", "hazard", "land")
        }
        self.region, self.state = np.zeros(n_campuses, np.int64), np.zeros(n_campuses, np.int8)
        self.month, self.decided_month = (np.full(n_campuses, NEVER, np.int64) for _ in range(2))
        self.reviewed_months, self.review_months = np.zeros(n_campuses), np.ones(n_campuses)
        self.contested, self.federal = np.zeros(n_campuses, np.bool_), np.zeros(n_campuses, np.bool_)
        self.others, self.credit = np.zeros((n_regions, _PAST + _FUTURE)), np.zeros(n_regions)
        self.staff_ratio = np.ones(n_regions)
        self.applied_count = self.granted_count = self.cancelled_count = 0
        office = p.offices[kind]
        months = max(1, int(np.ceil((office.initial_queue_permits / self.capacity_permits(p)).max())))
        self.others[:, _PAST - months : _PAST] = office.initial_queue_permits / months

    def apply(self, campus: Ints, region: Ints, month: int | Ints, p: Policy) -> None:
        """Apply for campuses that have no application under way or granted.

        Raises:
            ValueError: if one has.
        """
        campus = np.asarray(campus, np.int64)
        if IS_HELD[self.state[campus]].any():
            raise ValueError(f"a campus applies twice for its {self.kind} permit; wait for the first decision")
        office = p.offices[self.kind]
        self.region[campus], self.month[campus], self.state[campus] = region, month, QUEUED
        self.reviewed_months[campus], self.decided_month[campus] = 0.0, NEVER
        # Only local offices give way on federal land: air permits are needed everywhere.
        on_federal_land = streams.uniforms(self.seed, self._luck["land"], 0, campus) < p.federal_land_share
        self.federal[campus] = on_federal_land & (self.kind == "local")
        chance = contested_share(p, office, np.asarray(month))
        contested = streams.uniforms(self.seed, self._luck["contest"], 0, campus) < chance
        self.contested[campus] = contested & ~self.federal[campus]
        self.review_months[campus] = self._review_months(campus, office, p)
        self.applied_count += len(campus)

    def _review_months(self, campus: Ints, office: Office, p: Policy) -> Floats:
        saved = p.air_review_saved_months if self.kind == "air" else 0.0
        shortest = np.where(self.federal[campus], p.federal_review_months, max(0.0, office.review_months - saved))
        luck = streams.lognormal_factors(self.seed, self._luck["review"], 0, campus, office.review_log_sd)
        total: Floats = shortest * luck + self.contested[campus] * office.contested_months
        return total

    def grant_now(self, campus: Ints, region: Ints, month: int | Ints) -> None:
        """Note permits that history says were there."""
        campus = np.asarray(campus, np.int64)
        self.region[campus], self.month[campus], self.decided_month[campus] = region, month, month
        self.state[campus] = GRANTED
        self.applied_count += len(campus)
        self.granted_count += len(campus)

    def start(self, campus: Ints, region: Ints, month: Ints, p: Policy) -> Ints:
        """Put in applications made before the run, each as far as its age has brought it; call once, before month 0.

        Returns:
            those granted by now, shape (n,).
        """
        campus = np.asarray(campus, np.int64)
        self.apply(campus, region, month, p)
        waited = (
            -self.month[campus]
            - p.offices[self.kind].initial_queue_permits / self.capacity_permits(p)[self.region[campus]]
        )
        self.state[campus] = np.where(waited > 0, REVIEW, QUEUED)
        self.reviewed_months[campus] = np.maximum(0.0, waited)
        # What was already built was not cancelled: history is kept, the future is drawn.
        granted = campus[(waited > 0) & (self.reviewed_months[campus] >= self.review_months[campus])]
        self.state[granted], self.decided_month[granted] = GRANTED, 0
        self.granted_count += len(granted)
        return granted

    def capacity_permits(self, p: Policy) -> Floats:
        """Applications an office can take up in a month, shape (n_regions,)."""
        office = p.offices[self.kind]
        capacity: Floats = self.staff_ratio * office.staff_workers * office.permits_per_worker_year / MONTHS_PER_YEAR
        return capacity

    def advance(self, month: int, p: Policy, *, moratorium: Flags, unlimited: bool) -> Decisions:
        """Do a month of office work.

        Args:
            month: the month.
            p: numbers in force.
            moratorium: regions that take up and decide nothing, shape (n_regions,).
            unlimited: whether every application is granted at once.
        """
        office = p.offices[self.kind]
        self.others[:, _PAST + month] += office.other_permits_per_year / MONTHS_PER_YEAR
        if unlimited:
            return self._decide(np.flatnonzero((self.state == QUEUED) | (self.state == REVIEW)), month, 0.0)
        stopped = moratorium[self.region] & ~self.federal
        review = np.flatnonzero((self.state == REVIEW) & ~stopped)
        self.reviewed_months[review] += 1.0
        done = review[self.reviewed_months[review] >= self.review_months[review]]
        self._take_up(month, p, moratorium)
        decided = self._decide(done, month, office.contest_cancel_prob)
        return Decisions(decided.granted, np.concatenate([decided.cancelled, self._give_up(month, p)]))

    def _take_up(self, month: int, p: Policy, moratorium: Flags) -> None:
        direct = (self.state == QUEUED) & self.federal
        self.state[direct] = REVIEW
        rows = np.flatnonzero(self.state == QUEUED)
        cohort, one = np.maximum(0, _PAST + self.month[rows]), np.ones(len(rows), np.int64)
        order = in_order(self.region[rows], cohort, one)
        capacity = np.where(moratorium, 0.0, self.capacity_permits(p))
        served, _ = serve(
            self.others, self.credit, capacity, _PAST + month, self.region[rows[order]], cohort[order], one
        )
        self.state[rows[order][served]] = REVIEW

    def _decide(self, rows: Ints, month: int, cancel_prob: float) -> Decisions:
        luck = streams.uniforms(self.seed, self._luck["end"], 0, rows)
        ends = self.contested[rows] & (luck < cancel_prob)
        self.state[rows], self.decided_month[rows] = np.where(ends, CANCELLED, GRANTED), month
        self.granted_count += int((~ends).sum())
        self.cancelled_count += int(ends.sum())
        return Decisions(rows[~ends], rows[ends])

    def _give_up(self, month: int, p: Policy) -> Ints:
        open_rows = np.flatnonzero(((self.state == QUEUED) | (self.state == REVIEW)) & ~self.federal)
        luck = streams.uniforms(self.seed, self._luck["hazard"], month, open_rows)
        gone = open_rows[luck < monthly_prob(min(1.0, p.cancel_prob_per_year * p.opposition_factor))]
        self.state[gone], self.decided_month[gone] = CANCELLED, month
        self.cancelled_count += len(gone)
        return gone

    # ---- reading ----

    @property
    def granted(self) -> Flags:
        """Campuses with the permit, shape (n_campuses,)."""
        return np.asarray(self.state == GRANTED)

    def queue_permits(self) -> Floats:
        """Applications waiting for staff, those of others included, shape (n_regions,)."""
        own = np.bincount(self.region[self.state == QUEUED], minlength=len(self.others))
        total: Floats = self.others.sum(axis=1) + own
        return total

    def wait_months(self, p: Policy) -> Floats:
        """What an application made now would wait and be reviewed for, contests apart, shape (n_regions,)."""
        office = p.offices[self.kind]
        saved = p.air_review_saved_months if self.kind == "air" else 0.0
        wait: Floats = self.queue_permits() / self.capacity_permits(p) + max(0.0, office.review_months - saved)
        return wait

    def expected_month(self, month: int, p: Policy) -> Floats:
        """When each application is expected to be decided; when it was, if it is; NaN for none, shape (n_campuses,)."""
        out = np.full(len(self.state), np.nan)
        decided = (self.state == GRANTED) | (self.state == CANCELLED)
        out[decided] = self.decided_month[decided]
        rows = np.flatnonzero(self.state == REVIEW)
        out[rows] = month + np.maximum(0.0, self.review_months[rows] - self.reviewed_months[rows])
        rows = np.flatnonzero(self.state == QUEUED)
        before = ahead(
            self.others, self.region[rows], np.maximum(0, _PAST + self.month[rows]), np.ones(len(rows), np.int64)
        )
        out[rows] = month + before / self.capacity_permits(p)[self.region[rows]] + self.review_months[rows]
        return out

    def residual_count(self) -> int:
        """Applied less granted and cancelled, against the rows still open; zero, or the books are wrong."""
        waiting = int(((self.state == QUEUED) | (self.state == REVIEW)).sum())
        return abs(self.applied_count - self.granted_count - self.cancelled_count - waiting)


def contested_share(p: Policy, office: Office, month: Ints) -> Floats:
    """Chance that an application of a month is contested; it grows from the date it was observed, shape as month."""
    years = np.maximum(0.0, (month - _OPPOSITION_SEEN) / MONTHS_PER_YEAR)
    growth = (1 + p.opposition_growth_rate_per_year) ** years
    share: Floats = np.minimum(1.0, office.contested_share * p.opposition_factor * growth)
    return share
