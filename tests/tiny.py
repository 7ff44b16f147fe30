"""Small worlds to try single rules in, and whole runs that several tests share; one row stands for 1,000 workers."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm.changes import Change
from abm.ledger import NO_CAMPUS
from abm.model import Stargate
from abm.month import MONTH
from abm.observe import Month
from abm.parameters import parameters_of
from abm.scenario import Scenario
from abm.sites import CANCELLED, OPERATING, UNDER_WAY
from abm.tables import NEVER
from abm.transactions import KINDS

SCALE = 1000


def scenario(name: str = "baseline", **changes: Any) -> Scenario:
    """A shipped scenario at 1:1000, with fields changed."""
    return dataclasses.replace(Scenario.load(name), **{"workers_per_agent": SCALE} | changes)


def world(name: str = "baseline", seed: int = 1, **changes: Any) -> Stargate:
    """A fresh world, at the end of April 2024."""
    return Stargate(scenario(name, **changes), seed)


def open_books(m: Stargate) -> None:
    """Begin a month without doing anything in it, so that postings can be looked at."""
    m.month += 1
    m.ledger.open_month()


def do_until(m: Stargate, name: str) -> None:
    """Do the next month up to a step, which is left to the test."""
    m.month += 1
    for step in MONTH:
        if step.name == name:
            return
        step.do(m)
    raise ValueError(f"the month has no step {name!r}")


def months(m: Stargate, n: int, each: Callable[[Stargate], None] | None = None) -> Stargate:
    """Do whole months, looking after each."""
    for _ in range(n):
        m.step()
        if each is not None:
            each(m)
    return m


def numbers(m: Stargate, subject: str, **values: Any) -> None:
    """Put round numbers in force for one subject, past their ranges if need be."""
    m.values = m.values | {f"{subject}.{name}": value for name, value in values.items()}
    m.parameters = parameters_of(m.values)


def class_numbers(m: Stargate, klass: str, **values: Any) -> None:
    """The same for one class of equipment."""
    numbers(m, "equipment", **{f"classes.{klass}.{name}": value for name, value in values.items()})


def alone(m: Stargate, campus: int, n: int, kw: int = 100_000, it_kw: int = 70_000) -> np.ndarray:
    """Strike every phase but the first n of one campus, which become planned buildings of one size; their rows."""
    sites = m.sites
    rows = np.flatnonzero(sites.campus == campus)[:n]
    assert len(rows) == n, "the campus has fewer phases"
    gone = np.setdiff1d(np.flatnonzero(sites.used), rows)
    sites.stage[gone] = CANCELLED
    sites.facility_kw[gone] = sites.it_kw[gone] = 0
    sites.facility_kw[rows], sites.it_kw[rows] = kw, it_kw
    sites.order[rows] = np.arange(1, n + 1)
    sites.stage[rows], sites.progress[rows] = 0, 0.0
    sites.start[rows] = sites.done[rows] = NEVER
    sites.ordered_kw[:], sites.delivered_kw[:] = 0, 0
    sites.finished_buildings[:], sites.cancelled[campus] = 0, False
    sites.set_needs(np.flatnonzero(sites.used))
    return rows


def put(m: Stargate, rows: np.ndarray, progress: float) -> None:
    """Let phases stand at some progress, in service at one."""
    m.sites.progress[rows] = progress
    m.sites.start[rows] = 0
    m.sites.stage[rows] = OPERATING if progress >= 1 else UNDER_WAY


@dataclass(frozen=True)
class Posted:
    """Postings of one kind since the books were opened."""

    payer: np.ndarray
    payee: np.ndarray
    campus: np.ndarray
    cents: np.ndarray

    @property
    def total(self) -> int:
        return int(self.cents.sum())

    def of(self, campus: int) -> int:
        return int(self.cents[self.campus == campus].sum())

    def by(self, payer: int) -> int:
        return int(self.cents[self.payer == payer].sum())

    def to(self, payee: int) -> int:
        return int(self.cents[self.payee == payee].sum())


def posted(m: Stargate, kind: str) -> Posted:
    """Postings of a kind since the books were opened."""
    flows = m.ledger.flows()
    rows = flows.kind == KINDS.index(kind)
    return Posted(flows.payer[rows], flows.payee[rows], flows.campus[rows].astype(int), flows.cents[rows])


def kinds_posted(m: Stargate) -> set[str]:
    """Kinds of which anything has been posted."""
    flows = m.ledger.flows()
    return {KINDS[k] for k in np.unique(flows.kind[flows.cents > 0])}


def give(m: Stargate, account: int, cents: int) -> None:
    """Set what an account has in deposits, through the books."""
    rest = m.ledger.account("rest_us")
    have = int(m.ledger.position[1, account])
    payer, payee = (rest, account) if cents >= have else (account, rest)
    m.ledger.post("sales_revenue", payer, payee, abs(cents - have), NO_CAMPUS)


# ---- whole runs ----


def path(months_of_run: tuple[Month, ...], name: str) -> np.ndarray:
    """A headline figure by month."""
    return np.array([month.value(name) for month in months_of_run])


def for_the_whole_run(event: str, *struck: str, last: int = 68) -> tuple[Change, ...]:
    """The same event for several things, from the first month to the last."""
    return tuple(Change(0, event, what, last) for what in struck)


def equal(one: Any, other: Any) -> bool:
    """Whether two columns are the same to the bit; gaps are equal to gaps."""
    a, b = np.asarray(one), np.asarray(other)
    return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def differing(one: tuple[Month, ...], other: tuple[Month, ...]) -> list[str]:
    """Columns in which two runs differ, with the first month where they do."""
    out: dict[str, str] = {}
    for a, b in zip(one, other, strict=True):
        for table in a.tables:
            for column in a.tables[table]:
                key = f"{table}.{column}"
                if key not in out and not equal(a.tables[table][column], b.tables[table][column]):
                    out[key] = f"{key} in {a.month:%Y-%m}"
    return list(out.values())
