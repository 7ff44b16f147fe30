"""Campuses and their phases (about one building each) as columns: where each stands, what it has, what it needs."""

from dataclasses import dataclass

import numpy as np

from abm.markets.building import Progress, served_in_order
from abm.sums import add_to, by_row
from abm.tables import NEVER, Campuses, Flags, Floats, Ints, Phases, Stages
from abm.vocabulary import BUILDING_EQUIPMENT, EQUIPMENT, IT_EQUIPMENT, KLASS, PACKAGES, RIVAL, STAGE, STARGATE

UNDER_WAY, OPERATING, CANCELLED = STAGE["site"], STAGE["operating"], STAGE["cancelled"]
BUILDING_CLASSES = np.array([KLASS[name] for name in BUILDING_EQUIPMENT])
IT_CLASSES = np.array([KLASS[name] for name in IT_EQUIPMENT])
PHASE_CLASSES = np.concatenate([BUILDING_CLASSES, IT_CLASSES])  # what a building waits for, in the order of INPUTS
_DONE = 1.0 - 1e-9  # sixteen steps of a sixteenth fall short of one by rounding


@dataclass(frozen=True, slots=True)
class Room:
    """Rows kept free for campuses that owners add in the run."""

    campuses: int
    phases_each: int


@dataclass(frozen=True, slots=True)
class NewCampus:
    """A campus an owner has decided on.

    Attributes:
        name: for the tables.
        region, zone, owner, tenant, program: codes.
        phase_kw, it_kw: size of each phase.
        n_phases: how many.
        start: month of first works.
        gap: months between starts.
        build_months, minimum_months: planned and shortest build time.
        work_wm_per_kw: on-site worker-months per facility kW.
    """

    name: str
    region: int
    zone: int
    owner: int
    tenant: int
    program: int
    phase_kw: int
    it_kw: int
    n_phases: int
    start: int
    gap: int
    build_months: float
    minimum_months: float
    work_wm_per_kw: float


class Sites:
    """All campuses (C rows) and phases (P rows), spare rows at the end.

    Attributes:
        names, short_names: of campuses, length C; empty for unused rows.
        used_campuses, used_phases: rows in use.
        region, zone, program, owner, tenant: codes of each campus, shape (C,).
        clearing: month of first works, shape (C,).
        islanded: whether it never asks for the grid, shape (C,).
        abatement_share: part of the property tax forgone, shape (C,).
        work_wm_per_kw: on-site work, worker-months per facility kW, shape (C,).
        builder: who holds each package, NEVER before the award, shape (C, n_packages).
        markup_share: agreed with the builder, shape (C, n_packages).
        premium_share: posted over the market wage by the builder of each package, shape (C, n_packages).
        unfilled_share: part of the crew wanted last month and not found, shape (C, n_packages).
        land, permit, applied, cancelled: whether a campus has them, shape (C,).
        grid_kw, onsite_kw: power available, facility kW, shape (C,).
        finished_buildings: in service, shape (C,).
        campus: of each phase, NEVER for unused rows, shape (P,).
        order, facility_kw, it_kw, retrofit: of each phase, shape (P,).
        planned_start, start, done: months, NEVER if not yet, shape (P,).
        build_months, minimum_months: the owner's planned and the shortest build time, shape (P,).
        progress, stage: work done 0..1 and stage code, shape (P,).
        waiting_for: input that keeps a planned phase from its release, shape (P,).
        requested: whether its power has been asked for, shape (P,).
        needed_kw, ordered_kw, delivered_kw: equipment by class, shape (P, n_classes).
        stage_ends: progress at the end of each stage, shape (n_stages,).
        stage_middles: progress in the middle of each stage, shape (n_stages,).
        stage_mix: share of the crew by trade in the middle of each stage, shape (n_stages, n_trades).
    """

    def __init__(self, campuses: Campuses, phases: Phases, stages: Stages, room: Room) -> None:
        self.used_campuses, self.used_phases = len(campuses.name), len(phases.campus)
        n_campuses = self.used_campuses + room.campuses
        n_phases = self.used_phases + room.campuses * room.phases_each
        self.names = [*campuses.name, *[""] * room.campuses]
        self.short_names = [*campuses.short_name, *[""] * room.campuses]
        self.region, self.zone = whole(campuses.region, n_campuses), whole(campuses.zone, n_campuses)
        self.program = whole(campuses.program, n_campuses, RIVAL)
        self.owner, self.tenant = whole(campuses.owner, n_campuses), whole(campuses.tenant, n_campuses)
        self.clearing = whole(campuses.clearing_month, n_campuses, NEVER)
        self.islanded = flags(campuses.islanded, n_campuses)
        self.abatement_share = np.zeros(n_campuses)
        self.abatement_share[: self.used_campuses] = campuses.abatement_share
        self.work_wm_per_kw = np.zeros(n_campuses)
        self.builder = np.full((n_campuses, len(PACKAGES)), NEVER)
        self.markup_share, self.premium_share, self.unfilled_share = (
            np.zeros((n_campuses, len(PACKAGES))) for _ in range(3)
        )
        self.land, self.permit, self.applied, self.cancelled = (np.zeros(n_campuses, np.bool_) for _ in range(4))
        self.grid_kw, self.onsite_kw = np.zeros(n_campuses, np.int64), np.zeros(n_campuses, np.int64)
        self.finished_buildings = np.zeros(n_campuses, np.int64)

        self.campus = whole(phases.campus, n_phases, NEVER)
        self.order = whole(phases.order, n_phases)
        self.facility_kw, self.it_kw = whole(phases.facility_kw, n_phases), whole(phases.it_kw, n_phases)
        self.retrofit = flags(phases.retrofit, n_phases)
        self.planned_start, self.start, self.done = (np.full(n_phases, NEVER) for _ in range(3))
        self.build_months, self.minimum_months = np.ones(n_phases), np.ones(n_phases)
        self.progress = np.zeros(n_phases)
        self.stage, self.waiting_for = np.zeros(n_phases, np.int8), np.zeros(n_phases, np.int8)
        self.requested = np.zeros(n_phases, np.bool_)
        self.needed_kw, self.ordered_kw, self.delivered_kw = (
            np.zeros((n_phases, len(EQUIPMENT)), np.int64) for _ in range(3)
        )
        self.set_needs(np.arange(n_phases))
        self.stage_ends = np.cumsum(stages.months / stages.months.sum())
        self.stage_middles = self.stage_ends - stages.months / stages.months.sum() / 2
        self.stage_mix = stages.mix

    # ---- views ----

    @property
    def used(self) -> Flags:
        """Phases that exist, shape (P,)."""
        return np.asarray(self.campus >= 0)

    @property
    def under_way(self) -> Flags:
        """Phases between clearing and service, shape (P,)."""
        return (self.stage >= UNDER_WAY) & (self.stage < OPERATING)

    @property
    def operating(self) -> Flags:
        """Phases in service, shape (P,)."""
        return np.asarray(self.stage == OPERATING)

    @property
    def planned(self) -> Flags:
        """Phases not yet released, shape (P,)."""
        return self.used & (self.stage < UNDER_WAY)

    @property
    def is_stargate(self) -> Flags:
        """Phases of Stargate campuses, shape (P,)."""
        return np.asarray(self.used & (self.program[self.campus] == STARGATE))

    def by_campus(self, values: Ints) -> Ints:
        """Sum whole phase values by campus, exactly, shape (C,)."""
        n = self.used_phases
        return by_row(self.campus[:n], values[:n], len(self.region))

    @property
    def operating_kw(self) -> Ints:
        """Facility kW in service by campus, shape (C,)."""
        return self.by_campus(self.facility_kw * self.operating)

    def power_share(self) -> Floats:
        """Part of each phase's power that is there once earlier buildings of the campus have theirs, shape (P,)."""
        live = np.flatnonzero(self.operating | self.under_way)
        queue = live[np.lexsort((self.order[live], self.start[live], ~self.operating[live]))]
        return served_in_order(queue, self.campus, self.facility_kw, self.grid_kw + self.onsite_kw)

    # ---- changes, called from the steps ----

    def set_needs(self, rows: Ints) -> None:
        """Say what equipment phases need: kW served, facility kW of building classes and IT kW of IT classes."""
        self.needed_kw[np.ix_(rows, BUILDING_CLASSES)] = self.facility_kw[rows, np.newaxis]
        self.needed_kw[np.ix_(rows, IT_CLASSES)] = self.it_kw[rows, np.newaxis]

    def begin(self, rows: Ints, month: int) -> None:
        """Start work on released phases."""
        self.start[rows], self.stage[rows] = month, UNDER_WAY

    def advance(self, made: Progress, month: int) -> Ints:
        """Add a month's progress; returns the phases that came into service, shape (n_done,)."""
        active = self.under_way
        self.progress = np.where(active, np.minimum(1.0, self.progress + made.step_share), self.progress)
        done = np.flatnonzero(active & (self.progress >= _DONE))
        self.progress[done] = 1.0
        stage = np.searchsorted(self.stage_ends - (1 - _DONE), self.progress, side="right") + UNDER_WAY
        self.stage = np.where(active, np.minimum(stage, OPERATING - 1), self.stage).astype(np.int8)
        self.put_in_service(done, month)
        return done

    def put_in_service(self, rows: Ints, month: int | Ints) -> None:
        """Count phases as operating."""
        self.stage[rows], self.progress[rows], self.done[rows] = OPERATING, 1.0, month
        add_to(self.finished_buildings, self.campus[rows], np.ones(len(rows), np.int64))

    def cancel(self, campuses: Ints) -> Ints:
        """Give up what these campuses have not begun; returns the phases, shape (n_cancelled,)."""
        self.cancelled[campuses] = True
        rows = np.flatnonzero(self.planned & np.isin(self.campus, campuses))
        self.stage[rows] = CANCELLED
        return rows

    def add(self, new: NewCampus) -> int | None:
        """Use spare rows for a new campus; returns its row, or None when none is free."""
        c, first = self.used_campuses, self.used_phases
        if c >= len(self.region) or first + new.n_phases > len(self.campus):
            return None
        self.used_campuses, self.used_phases = c + 1, first + new.n_phases
        self.names[c] = self.short_names[c] = new.name
        self.region[c], self.zone[c], self.program[c] = new.region, new.zone, new.program
        self.owner[c], self.tenant[c] = new.owner, new.tenant
        self.clearing[c], self.work_wm_per_kw[c] = new.start, new.work_wm_per_kw
        rows = np.arange(first, first + new.n_phases)
        self.campus[rows], self.order[rows] = c, np.arange(1, new.n_phases + 1)
        self.facility_kw[rows], self.it_kw[rows] = new.phase_kw, new.it_kw
        self.planned_start[rows] = new.start + new.gap * np.arange(new.n_phases)
        self.build_months[rows], self.minimum_months[rows] = new.build_months, new.minimum_months
        self.set_needs(rows)
        return c


def whole(values: Ints, length: int, fill: int = 0) -> Ints:
    """Whole numbers followed by spare rows, shape (length,)."""
    out = np.full(length, fill, np.int64)
    out[: len(values)] = values
    return out


def flags(values: Flags, length: int) -> Flags:
    """Yes or no followed by spare rows that say no, shape (length,)."""
    out = np.zeros(length, np.bool_)
    out[: len(values)] = values
    return out
