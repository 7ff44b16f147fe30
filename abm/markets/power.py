"""Grid connections: requests pass a zone's studies, wires works and energisation; their wait is what comes out."""

import numpy as np

from abm import streams
from abm.markets.queues import in_order, serve
from abm.markets.requests import (
    AT_ONCE,
    CONNECTED,
    FUTURE,
    IS_HELD,
    IS_OPEN,
    NEEDS_KIT,
    NEVER,
    PAST,
    QUEUED,
    SLOT,
    WITHDRAWN,
    WORKS,
    Energised,
    Flags,
    Floats,
    Ints,
    Placed,
    by_zone,
    cohort_of,
    fill_fringe,
    firm_first,
    steady_months,
    wires_cents_per_kw,
)
from abm.subjects.power import Power
from abm.sums import add_to, by_row
from abm.tables_power import ZonePaths
from abm.units import KW_PER_MW
from abm.vocabulary import ZONES

_WORKS_KEY = streams.purpose("power works")
_TINY = 1e-9  # so that seven sevenths are one


class Connections:
    """Requests for grid power, one row for each phase (or substation) that may ask once at a time.

    Attributes:
        campus, zone, kw, month, state: of each request; month asked, state as STATES, shape (n_rows,).
        begin_month: before which its wires works do not begin, by the ramp agreed, shape (n_rows,).
        works_months, done_share, billed_cents: wires works: drawn months, progress, cents billed, shape (n_rows,).
        kit_kw, has_kit: transformers the utility needs for it, and whether they are there, shape (n_rows,).
        ready_month, connected_month: months works ended and power came, NEVER if not yet, shape (n_rows,).
        firm: whether connected with firm service, shape (n_rows,).
        studies_ratio, slots_ratio: throughput against the start, set by the utilities, shape (n_zones,).
        stock_kw, on_order_kw: transformers of the utilities, shape (n_zones,).
        requested_kw, withdrawn_kw: counters, shape (n_zones,).
    """

    def __init__(self, n_rows: int, p: Power, paths: ZonePaths, seed: int) -> None:
        self.paths, self.seed = paths, seed
        self.campus, self.zone = np.full(n_rows, -1, np.int64), np.zeros(n_rows, np.int64)
        self.kw, self.kit_kw, self.billed_cents = (np.zeros(n_rows, np.int64) for _ in range(3))
        self.month, self.begin_month, self.ready_month, self.connected_month = (
            np.full(n_rows, NEVER, np.int64) for _ in range(4)
        )
        self.state = np.zeros(n_rows, np.int8)
        self.done_share, self.works_months = np.zeros(n_rows), np.ones(n_rows)
        self.has_kit, self.firm = np.zeros(n_rows, np.bool_), np.zeros(n_rows, np.bool_)
        n = len(ZONES)
        self.study_fringe_kw, self.slot_fringe_kw = np.zeros((n, PAST + FUTURE)), np.zeros((n, PAST + FUTURE))
        self.study_credit_kw, self.slot_credit_kw = np.zeros(n), np.zeros(n)
        self.studies_ratio, self.slots_ratio = np.ones(n), np.ones(n)
        self.on_order_kw, self.requested_kw, self.withdrawn_kw = (np.zeros(n, np.int64) for _ in range(3))
        kits_kw = self.slots_kw(p) * p.grid_transformer_ratio / p.connection_throughput_factor
        self.stock_kw = np.rint(kits_kw * p.transformer_stock_months).astype(np.int64)
        fill_fringe(self.study_fringe_kw, self.slot_fringe_kw, p, np.zeros(n), np.zeros(n))

    # ---- asking ----

    def request(self, row: Ints, campus: Ints, zone: Ints, kw: Ints, month: int | Ints, p: Power,
                wanted_month: int | Ints = AT_ONCE) -> None:  # fmt: skip
        """Ask for grid power; a row may ask again once it has withdrawn.

        All of a campus is studied together, but its buildings come one after the other: the utility builds for each so
        as to be ready `ramp_buffer_months` before it is wanted, the ramp of the contract.

        Raises:
            ValueError: if a row has a request under way or is connected.
        """
        row = np.asarray(row, np.int64)
        if IS_HELD[self.state[row]].any():
            raise ValueError("a row asks for grid power twice; withdraw the first request")
        self.campus[row], self.zone[row], self.kw[row], self.month[row] = campus, zone, kw, month
        self.kit_kw[row] = np.rint(self.kw[row] * p.grid_transformer_ratio).astype(np.int64)
        self.state[row], self.done_share[row], self.billed_cents[row] = QUEUED, 0.0, 0
        self.has_kit[row], self.ready_month[row], self.connected_month[row] = self.kit_kw[row] == 0, NEVER, NEVER
        luck = streams.lognormal_factors(self.seed, _WORKS_KEY, 0, row, p.works_log_sd)
        self.works_months[row] = by_zone(p, "works_months")[self.zone[row]] * luck
        self.begin_month[row] = np.floor(wanted_month - self.works_months[row] - p.ramp_buffer_months)
        add_to(self.requested_kw, self.zone[row], self.kw[row])

    def withdraw(self, row: Ints) -> None:
        """Take requests back that are not connected; transformers that are there return to the stock."""
        row = np.asarray(row, np.int64)
        row = row[IS_OPEN[self.state[row]]]
        add_to(self.withdrawn_kw, self.zone[row], self.kw[row])
        kit = row[self.has_kit[row]]
        add_to(self.stock_kw, self.zone[kit], self.kit_kw[kit])
        self.state[row] = WITHDRAWN

    def connect_now(self, row: Ints, campus: Ints, zone: Ints, kw: Ints, month: int | Ints, p: Power) -> None:
        """Note grid power that history says is there."""
        self.request(row, campus, zone, kw, month, p)
        row = np.asarray(row, np.int64)
        self.state[row], self.connected_month[row], self.done_share[row] = CONNECTED, month, 1.0
        self.has_kit[row] = self.firm[row] = True

    def start(self, row: Ints, campus: Ints, zone: Ints, kw: Ints, month: Ints, p: Power,
              wanted_month: int | Ints = AT_ONCE) -> Placed:  # fmt: skip
        """Put in requests made before the run, each as far as its age has brought it; call once, before month 0.

        Age first covers the steady wait for a study, then works of drawn length, begun when the ramp says, then the
        steady wait for a slot; others fill what remains of the initial queues. Returns the transformers of these
        requests still on order.
        """
        row, zone = np.asarray(row, np.int64), np.asarray(zone, np.int64)
        self.request(row, campus, zone, kw, month, p, wanted_month)
        studied = self.month[row] + steady_months(p, "initial_queue_utility_mw", "studies_utility_mw_per_month")[zone]
        begun = np.maximum(studied, self.begin_month[row])
        ready = begun + self.works_months[row]
        slot_wait = steady_months(p, "initial_slot_backlog_utility_mw", "slots_utility_mw_per_month")
        connected = ready + slot_wait[zone]
        self.state[row] = stages = np.select(
            [studied >= 0, ready >= 0, connected >= 0], [QUEUED, WORKS, SLOT], CONNECTED
        )
        self.done_share[row] = np.clip(-begun / self.works_months[row], 0.0, 1.0)
        self.ready_month[row] = np.where(stages >= SLOT, np.floor(ready), NEVER).astype(np.int64)
        self.connected_month[row] = np.where(stages == CONNECTED, np.floor(connected), NEVER).astype(np.int64)
        self.firm[row] = stages == CONNECTED
        ordered = self._kit_month(row, p.initial_transformer_lead_months)
        self.has_kit[row] |= (stages >= SLOT) | (-ordered >= p.initial_transformer_lead_months)
        self.billed_cents[row] = np.floor(self.kw[row] * wires_cents_per_kw(p)[zone] * self.done_share[row]).astype(
            np.int64
        )
        own = np.bincount(zone, self.kw[row] * (stages == QUEUED), len(ZONES))
        own_slot = np.bincount(zone, self.kw[row] * (stages == SLOT), len(ZONES))
        fill_fringe(self.study_fringe_kw, self.slot_fringe_kw, p, own, own_slot)
        due = ~self.has_kit[row] & (ordered < 0)
        waiting = row[due]
        add_to(self.on_order_kw, self.zone[waiting], self.kit_kw[waiting])
        return Placed(self.zone[waiting], self.kit_kw[waiting], ordered[due])

    # ---- a month ----

    def _kit_month(self, row: Ints, lead_months: float) -> Ints:
        """When the utility orders the transformers of requests, shape (n,)."""
        month: Ints = np.maximum(self.month[row], np.floor(self.begin_month[row] - lead_months).astype(np.int64))
        return month

    def transformers_wanted_kw(self, month: int, lead_months: float) -> Ints:
        """Transformers to order now, noted as on order: what requests lack beyond what is on the way, shape (n_zones,).

        Utilities order when a request is filed, for studies and works take about as long as transformers, or a
        published wait before the works where the ramp puts these later; what withdrawn requests leave on order serves
        the next.
        """
        lacking = NEEDS_KIT[self.state] & ~self.has_kit
        lacking &= self._kit_month(np.arange(len(self.state)), lead_months) <= month
        need = by_row(self.zone[lacking], self.kit_kw[lacking], len(ZONES))
        wanted: Ints = np.maximum(0, need - self.stock_kw - self.on_order_kw)
        self.on_order_kw += wanted
        return wanted

    def advance(
        self,
        month: int,
        p: Power,
        *,
        transformers_kw: Ints,
        crew_share: Floats,
        moratorium: Flags,
        unlimited: bool,
        firm_room_kw: Floats,
    ) -> Energised:
        """Do a month of studies, works and energisation.

        Args:
            month: the month.
            p: numbers in force.
            transformers_kw: delivered to the utilities, shape (n_zones,).
            crew_share: share of the crews wanted that was there, shape (n_zones,).
            moratorium: zones that study and energise nothing, shape (n_zones,).
            unlimited: whether every request is connected at once.
            firm_room_kw: new load that can have firm service, shape (n_zones,).
        """
        self.stock_kw += transformers_kw
        self.on_order_kw -= transformers_kw
        self._hand_out_transformers(month)
        index = self.paths.fringe_requests_index.line(month)
        fringe = by_zone(p, "fringe_requests_utility_mw_per_month")
        self.study_fringe_kw[:, PAST + month] += fringe * KW_PER_MW * index
        before = self.billed_cents.copy()
        if unlimited:
            connected = np.flatnonzero(IS_OPEN[self.state])
            self.done_share[connected] = 1.0
        else:
            self._work(month, p, crew_share)
            self._study(month, p, moratorium)
            slots = np.where(moratorium, 0.0, self.slots_kw(p))
            connected, _ = self._serve(SLOT, self.ready_month, self.slot_fringe_kw, self.slot_credit_kw, slots, month)
        self.state[connected], self.connected_month[connected] = CONNECTED, month
        self.firm[connected] = firm_first(self.zone[connected], self.kw[connected], firm_room_kw)
        return self._report(connected, before, p)

    def studies_kw(self, p: Power) -> Floats:
        """Requests that can be studied in a month, shape (n_zones,)."""
        return (
            by_zone(p, "studies_utility_mw_per_month") * KW_PER_MW * p.connection_throughput_factor * self.studies_ratio
        )

    def slots_kw(self, p: Power) -> Floats:
        """New load that can be energised in a month, shape (n_zones,)."""
        return by_zone(p, "slots_utility_mw_per_month") * KW_PER_MW * p.connection_throughput_factor * self.slots_ratio

    def _hand_out_transformers(self, month: int) -> None:
        rows = np.flatnonzero(NEEDS_KIT[self.state] & ~self.has_kit & (self.begin_month <= month))
        if not len(rows) or not self.stock_kw.any():
            return
        since = np.maximum(self.month[rows], self.begin_month[rows])
        rows = rows[in_order(self.zone[rows], since, self.kit_kw[rows])]
        none, first = np.zeros((len(ZONES), 1)), np.zeros(len(rows), np.int64)
        given, _ = serve(
            none, np.zeros(len(ZONES)), self.stock_kw.astype(np.float64), 0, self.zone[rows], first, self.kit_kw[rows]
        )
        rows = rows[given]
        self.has_kit[rows] = True
        add_to(self.stock_kw, self.zone[rows], -self.kit_kw[rows])

    def _work(self, month: int, p: Power, crew_share: Floats) -> None:
        rows = np.flatnonzero((self.state == WORKS) & (self.begin_month <= month))
        limit = np.where(self.has_kit[rows], 1.0, p.transformer_needed_share)
        done = self.done_share[rows] + crew_share[self.zone[rows]] / self.works_months[rows]
        self.done_share[rows] = np.maximum(self.done_share[rows], np.minimum(done, limit))
        ready = rows[self.done_share[rows] >= 1.0 - _TINY]
        self.done_share[ready] = 1.0
        self.state[ready], self.ready_month[ready] = SLOT, month

    def _study(self, month: int, p: Power, moratorium: Flags) -> None:
        kw = np.where(moratorium, 0.0, self.studies_kw(p))
        rows, others = self._serve(QUEUED, self.month, self.study_fringe_kw, self.study_credit_kw, kw, month)
        self.state[rows] = WORKS
        due = PAST + month + np.rint(by_zone(p, "works_months")).astype(np.int64)
        self.slot_fringe_kw[np.arange(len(ZONES)), due] += others * p.fringe_survival_share

    def _serve(
        self, state: int, since: Ints, fringe: Floats, credit: Floats, kw: Floats, month: int
    ) -> tuple[Ints, Floats]:
        rows = np.flatnonzero(self.state == state)
        cohort = cohort_of(since[rows])
        order = in_order(self.zone[rows], cohort, self.kw[rows])
        rows, cohort = rows[order], cohort[order]
        served, others = serve(fringe, credit, kw, PAST + month, self.zone[rows], cohort, self.kw[rows])
        return rows[served], others

    def _report(self, connected: Ints, before: Ints, p: Power) -> Energised:
        rows = np.concatenate([np.flatnonzero((self.state == WORKS) | (self.state == SLOT)), connected])
        due = np.floor(self.kw[rows] * wires_cents_per_kw(p)[self.zone[rows]] * self.done_share[rows]).astype(np.int64)
        self.billed_cents[rows] = np.maximum(self.billed_cents[rows], due)
        billed = rows[self.billed_cents[rows] > before[rows]]
        return Energised(
            connected, self.campus[connected], self.zone[connected], self.kw[connected], self.firm[connected],
            billed, self.campus[billed], self.zone[billed], self.billed_cents[billed] - before[billed],
        )  # fmt: skip
