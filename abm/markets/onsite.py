"""Power plants from order to service, and which kind to choose; campuses and grid zones use the same class."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.subjects.power import Power
from abm.sums import add_cells
from abm.tables import constant
from abm.tables_power import Crews
from abm.units import CENTS_PER_USD, HOURS_PER_YEAR, KW_PER_MW
from abm.vocabulary import GENERATION_EQUIPMENT, KLASS, STARGATE

FIRST = KLASS[GENERATION_EQUIPMENT[0]]
N_KINDS = len(GENERATION_EQUIPMENT)
# Storage only moves energy in time: it counts towards a zone's firm capacity, but feeds no campus by itself.
FEEDS = np.array([name != "battery" for name in GENERATION_EQUIPMENT])
_ROOM = 256
_TINY = 1e-9  # so that six sixths are one

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Started:
    """Plants that began to run and installation done this month: owner, klass (row of EQUIPMENT), kW or cents, (n,)."""

    owner: Ints
    klass: Ints
    kw: Ints
    bill_owner: Ints
    bill_klass: Ints
    bill_cents: Ints


@dataclass(frozen=True, slots=True)
class OnsiteOption:
    """A way to make power on site: row of EQUIPMENT, months until it runs, cost of its power."""

    klass: int
    months: float
    usd_per_mwh: float


@functools.lru_cache
def by_kind(p: Power, name: str) -> Floats:
    """A number of every class of generation, shape (n_generation,)."""
    return constant([getattr(p.generation[kind], name) for kind in GENERATION_EQUIPMENT])


def running_usd_per_mwh(p: Power, gas_usd_per_mmbtu: float) -> Floats:
    """Fuel and other variable cost by class of generation, shape (n_generation,)."""
    fuel = by_kind(p, "heat_rate_mmbtu_per_mwh") * gas_usd_per_mmbtu
    total: Floats = fuel + by_kind(p, "variable_usd_per_mwh")
    return total


def option_cost_usd_per_mwh(p: Power, equipment_usd_per_kw: Floats, gas_usd_per_mmbtu: float) -> Floats:
    """Cost of power from a new plant at campus load, capital charge included, shape (n_generation,)."""
    capital = equipment_usd_per_kw + by_kind(p, "installation_usd_per_generation_kw")
    yearly = capital * KW_PER_MW * p.capital_charge_rate_per_year
    total: Floats = yearly / (HOURS_PER_YEAR * p.onsite_load_share) + running_usd_per_mwh(p, gas_usd_per_mmbtu)
    return total


def best_onsite(
    lead_months: Floats,
    price_usd_per_kw: Floats,
    gas_usd_per_mmbtu: float,
    permit_months: float,
    needed_in_months: float,
    p: Power,
) -> OnsiteOption:
    """The cheapest class that runs in time, or the earliest if none does.

    Args:
        lead_months: of all equipment classes, shape (n_classes,).
        price_usd_per_kw: of all equipment classes, shape (n_classes,).
        gas_usd_per_mmbtu: gas price where the campus stands.
        permit_months: wait for an air permit.
        needed_in_months: when power is needed.
        p: numbers in force.
    """
    own = slice(FIRST, FIRST + N_KINDS)
    months = np.maximum(lead_months[own] + by_kind(p, "install_months"), permit_months)
    cost = option_cost_usd_per_mwh(p, price_usd_per_kw[own], gas_usd_per_mmbtu)
    in_time = FEEDS & (months <= needed_in_months)
    rank = np.where(in_time, cost, np.inf) if in_time.any() else np.where(FEEDS, months, np.inf)
    kind = int(np.argmin(rank))
    return OnsiteOption(FIRST + kind, float(months[kind]), float(cost[kind]))


def overbuild_ratio(p: Power, islanded: Flags) -> Floats:
    """Generation needed for each facility kW served, shape as islanded."""
    ratio: Floats = 1.0 + np.where(islanded, p.islanded_overbuild_share, p.gridtied_overbuild_share)
    return ratio


class Plants:
    """Plants of owners (campuses, or grid zones) by class of generation; deliveries are batches that crews install.

    Attributes:
        ordered_kw, delivered_kw, cancelled_kw, running_kw: counters, shape (n_owners, n_generation).
        on_order_kw: not yet delivered, kept apart from the counters, shape (n_owners, n_generation).
        batch_owner, batch_kind, batch_kw, batch_done_share: deliveries being installed, shape (n_batches,).
    """

    def __init__(self, n_owners: int) -> None:
        shape = (n_owners, N_KINDS)
        self.ordered_kw, self.delivered_kw, self.cancelled_kw = (np.zeros(shape, np.int64) for _ in range(3))
        self.running_kw, self.on_order_kw = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        self._owner, self._kind, self._kw = (np.zeros(_ROOM, np.int64) for _ in range(3))
        self._done, self._n = np.zeros(_ROOM), 0

    @property
    def batch_owner(self) -> Ints:
        """Owner of each batch."""
        return self._owner[: self._n]

    @property
    def batch_kind(self) -> Ints:
        """Class of each batch, counted from the first of generation."""
        return self._kind[: self._n]

    @property
    def batch_kw(self) -> Ints:
        """Size of each batch."""
        return self._kw[: self._n]

    @property
    def batch_done_share(self) -> Floats:
        """Installation done of each batch."""
        return self._done[: self._n]

    def order(self, owner: Ints, klass: Ints, kw: Ints) -> None:
        """Note orders placed in the equipment market; klass is a row of EQUIPMENT."""
        add_cells(self.ordered_kw, owner, klass - FIRST, kw)
        add_cells(self.on_order_kw, owner, klass - FIRST, kw)

    def receive(self, owner: Ints, klass: Ints, kw: Ints) -> None:
        """Take deliveries, each a batch to install.

        Raises:
            ValueError: if more is delivered than is on order.
        """
        owner, klass, kw = (np.atleast_1d(np.asarray(column, np.int64)) for column in (owner, klass, kw))
        left = self.on_order_kw.copy()
        add_cells(left, owner, klass - FIRST, -kw)
        if (left < 0).any():
            raise ValueError("more generation is delivered than is on order; order it first")
        self.on_order_kw = left
        add_cells(self.delivered_kw, owner, klass - FIRST, kw)
        self._append(owner, klass - FIRST, kw)

    def run_now(self, owner: Ints, klass: Ints, kw: Ints) -> None:
        """Note plants that history says are running."""
        for counter in (self.ordered_kw, self.delivered_kw, self.running_kw):
            add_cells(counter, owner, klass - FIRST, kw)

    def cancel(self, owner: Ints) -> Ints:
        """Cancel what these owners have on order; returns kW by class, shape (n, n_generation)."""
        gone = self.on_order_kw[owner].copy()
        self.cancelled_kw[owner] += gone
        self.on_order_kw[owner] = 0
        return gone

    def advance(self, p: Power, *, crew_share: Floats, may_run: Flags, unlimited: bool) -> Started:
        """Install for a month; a finished plant runs once its owner may run it (an air permit).

        Args:
            p: numbers in force.
            crew_share: share of the crews wanted that was there, shape (n_owners,).
            may_run: owners with an air permit, shape (n_owners,).
            unlimited: whether everything delivered runs at once.
        """
        owner, kind, kw = self.batch_owner, self.batch_kind, self.batch_kw
        before = self._done[: self._n].copy()
        done = np.minimum(1.0, before + crew_share[owner] / by_kind(p, "install_months")[kind])
        done = np.where((done >= 1.0 - _TINY) | unlimited, 1.0, done)
        cost = by_kind(p, "installation_usd_per_generation_kw")[kind] * CENTS_PER_USD * kw
        bill = np.floor(cost * done).astype(np.int64) - np.floor(cost * before).astype(np.int64)
        runs = (done >= 1.0) & (may_run[owner] | unlimited)
        add_cells(self.running_kw, owner[runs], kind[runs], kw[runs])
        billed = bill > 0
        started = Started(
            owner[runs].copy(),
            kind[runs] + FIRST,
            kw[runs].copy(),
            owner[billed].copy(),
            kind[billed] + FIRST,
            bill[billed],
        )
        self._done[: self._n] = done
        self._keep(~runs)
        return started

    def _append(self, owner: Ints, kind: Ints, kw: Ints) -> None:
        end = self._n + len(kw)
        while end > len(self._kw):
            self._owner, self._kind, self._kw = (np.tile(a, 2) for a in (self._owner, self._kind, self._kw))
            self._done = np.tile(self._done, 2)
        rows = slice(self._n, end)
        self._owner[rows], self._kind[rows], self._kw[rows], self._done[rows] = owner, kind, kw, 0.0
        self._n = end

    def _keep(self, rows: Flags) -> None:
        n = int(rows.sum())
        for column in (self._owner, self._kind, self._kw, self._done):
            column[:n] = column[: self._n][rows]
        self._n = n

    def served_kw(self, p: Power, islanded: Flags) -> Ints:
        """Facility kW that running plants serve, shape (n_owners,)."""
        generation = self.running_kw[:, FEEDS].sum(axis=1)
        served: Ints = np.floor(generation / overbuild_ratio(p, islanded)).astype(np.int64)
        return served

    def crews_wanted(self, p: Power, crews: Crews, program: Ints | None = None) -> tuple[Floats, Floats]:
        """Heads that installation wants, and of these the ones for Stargate, each (n_owners, n_trades)."""
        busy = self.batch_done_share < 1.0
        owner, kind = self.batch_owner[busy], self.batch_kind[busy]
        work = by_kind(p, "install_work_worker_months_per_generation_mw") / by_kind(p, "install_months")
        heads = np.zeros((len(self.running_kw), N_KINDS))
        add_cells(heads, owner, kind, self.batch_kw[busy] / KW_PER_MW * work[kind])
        both = heads @ crews.generation
        stargate = np.zeros_like(both) if program is None else both * (program == STARGATE)[:, np.newaxis]
        return both, stargate

    def operators(self, p: Power, crews: Crews) -> Floats:
        """Staff of running plants by owner and trade, shape (n_owners, n_trades)."""
        jobs = (self.running_kw / KW_PER_MW) @ by_kind(p, "operators_jobs_per_generation_mw")
        return np.outer(jobs, crews.operation)

    def residual_kw(self) -> int:
        """Ordered less delivered, on order and cancelled, and delivered less installing and running; zero if right."""
        installing = np.zeros_like(self.running_kw)
        add_cells(installing, self.batch_owner, self.batch_kind, self.batch_kw)
        orders = self.ordered_kw - self.delivered_kw - self.on_order_kw - self.cancelled_kw
        deliveries = self.delivered_kw - installing - self.running_kw
        return int(np.abs(orders).sum() + np.abs(deliveries).sum())
