"""Workers: 10^5 to 10^7 rows behind Mesa's agent-set interface, counted as they change."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple, Self

import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy
from numba import njit
from numpy.typing import NDArray

from abm.kernels import lean_njit
from abm.population import (
    OUT,
    PERMILLE,
    Cells,
    Columns,
    apprentice_share,
    born,
    pay_scale,
    shipped_cells,
    stocks,
)  # fmt: skip
from abm.subjects.labour import Labour
from abm.units import MONTHS_PER_YEAR, monthly_rate

type Rows = NDArray[np.int64]


class Tally(NamedTuple):
    """Rows counted by where they are; kept up as rows change, so nothing is ever counted over.

    Attributes:
        heads: employed, shape (n_establishments, n_trades).
        travellers: employed away from home, shape (n_establishments, n_trades).
        employed: by home, shape (n_regions, n_trades).
        idle: looking for work, by home, shape (n_regions, n_trades).
        out: outside the trade, by home, shape (n_regions, n_trades).
        pay_permille: sum over background employees, shape (n_regions, n_trades).
    """

    heads: Rows
    travellers: Rows
    employed: Rows
    idle: Rows
    out: Rows
    pay_permille: Rows


@dataclass(slots=True)
class Table:
    """What all choices of workers share.

    Attributes:
        columns: traits by row.
        workers_per_row: people a row stands for.
        seed: of the run.
        cells: jobs and pay the rows were born from.
        base_jobs: rows employed at the start, shape (n_regions, n_trades).
        pay_scale: median pay of a journeyman over the mean, shape (n_trades,).
        tally: rows counted.
        region_of: region of each establishment, shape (n_establishments,).
        market_cents_per_hour: mean pay in force, shape (n_regions, n_trades).
        posted_cents_per_hour: pay of establishments beyond the background, shape (n_establishments, n_trades).
        returned: rows that came in for high pay, net of leavers, shape (n_trades,).
        settled_jobs: of the base jobs, those that establishments of the model had at the start,
            shape (n_regions, n_trades).
    """

    columns: Columns
    workers_per_row: int
    seed: int
    cells: Cells
    base_jobs: Rows
    pay_scale: NDArray[np.float64]
    tally: Tally
    region_of: Rows
    market_cents_per_hour: NDArray[np.float64]
    posted_cents_per_hour: NDArray[np.float64]
    returned: NDArray[np.float64]
    settled_jobs: Rows

    def grow(self, region_of: Rows) -> None:
        """Make room for establishments added since last month; old ones keep their index."""
        more = len(region_of) - len(self.tally.heads)
        if more > 0:
            room = np.zeros((more, self.tally.heads.shape[1]), np.int64)
            self.tally = self.tally._replace(
                heads=np.concatenate([self.tally.heads, room]), travellers=np.concatenate([self.tally.travellers, room])
            )
        self.region_of = region_of


@dataclass(frozen=True, slots=True)
class Worker:
    """One row, for looking at; a view, not an object per worker.

    Attributes:
        table: where it lives.
        row: its number, which never changes.
    """

    table: Table
    row: int

    @property
    def unique_id(self) -> int:
        """Mesa's name for the row number."""
        return self.row

    def trait(self, name: str) -> int | float:
        """A trait by name, as in `Workers.get`."""
        value: int | float = values_of(self.table, name, np.array([self.row]))[0].item()
        return value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Worker) and other.table is self.table and other.row == self.row

    def __hash__(self) -> int:
        return hash((id(self.table), self.row))


def values_of(table: Table, name: str, rows: Rows | slice) -> NDArray[Any]:
    """A column, or `wage_cents_per_hour`, which follows from the pay in force.

    Raises:
        AttributeError: if there is no such trait.
    """
    c = table.columns
    if name in Columns._fields:
        column: NDArray[Any] = getattr(c, name)
        return column[rows]
    if name != "wage_cents_per_hour":
        raise AttributeError(f"workers have no {name!r}; they have {', '.join(Columns._fields)}, wage_cents_per_hour")
    employer, trade = c.employer[rows].astype(np.int64), c.trade[rows]
    own = table.market_cents_per_hour[c.region[rows], trade] * c.pay_permille[rows] / PERMILLE
    at_site = employer >= len(table.market_cents_per_hour)
    posted = table.posted_cents_per_hour[np.where(at_site, employer, 0), trade]
    return np.where(at_site, posted, np.where(employer >= 0, own, 0.0))


class Workers(AbstractAgentSet[Any]):
    """The population, or a choice of it: both share the columns, so a choice copies no worker.

    People enter and leave the trades by the column `employer`; rows stay put, so row numbers are stable keys.

    Attributes:
        table: what all choices share.
        random: Mesa's generator, for shuffling only; the model itself never uses it.
    """

    def __init__(
        self, agents: "Table | Iterable[Worker]", random: Random | None = None, rows: Rows | None = None
    ) -> None:
        if not isinstance(agents, Table):
            chosen = list(agents)
            if not chosen:
                raise ValueError("cannot tell the table of no workers; use workers.where(...) for an empty choice")
            agents, rows = chosen[0].table, np.array([worker.row for worker in chosen])
        self.table = agents
        self.random = random
        self._rows = rows

    @property
    def rows(self) -> Rows:
        """Row numbers of this choice, shape (n_workers,)."""
        return np.arange(len(self.table.columns.trade)) if self._rows is None else self._rows

    def _chosen(self, rows: Rows, inplace: bool = False) -> "Workers":
        if not inplace:
            return Workers(self.table, self.random, rows)
        self._rows = rows
        return self

    def __len__(self) -> int:
        return len(self.table.columns.trade) if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[Worker]:
        return (Worker(self.table, int(row)) for row in self.rows)

    def __contains__(self, agent: object) -> bool:
        return isinstance(agent, Worker) and agent.table is self.table and bool((self.rows == agent.row).any())

    def __getitem__(self, name: str) -> NDArray[Any]:
        """A trait of all, shape (n_workers,)."""
        return values_of(self.table, name, slice(None) if self._rows is None else self._rows)

    def _update(self, agents: Iterable[Worker]) -> Self:
        self._rows = np.array([worker.row for worker in agents], np.int64)
        return self

    def where(self, mask: NDArray[np.bool_]) -> "Workers":
        """Those for whom the mask holds."""
        return self._chosen(self.rows[mask])

    def select(self, filter_func: Callable[[Worker], bool] | None = None, at_most: float = np.inf,
               inplace: bool = False, agent_type: type | None = None) -> "Workers":  # fmt: skip
        """Those the function holds for, at most so many (a share if a float up to one)."""
        rows = self.rows
        limit = int(len(rows) * at_most) if isinstance(at_most, float) and at_most <= 1 else at_most
        if agent_type is not None and not issubclass(Worker, agent_type):
            rows = rows[:0]
        if filter_func is not None:
            rows = np.array([row for row in rows if filter_func(Worker(self.table, int(row)))], np.int64)
        return self._chosen(rows if np.isinf(limit) else rows[: int(limit)], inplace)

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> Any:
        """A trait of all as an array, or a list of lists for several names, as Mesa has it."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing = {handle_missing!r}; use 'error' or 'default'")
        if isinstance(attr_names, str):
            try:
                return self[attr_names]
            except AttributeError:
                if handle_missing == "error":
                    raise
                return np.full(len(self), default_value)
        return [
            [*values] for values in zip(*(self.get(n, handle_missing, default_value) for n in attr_names), strict=True)
        ]

    def set(self, attr_name: str, value: Any) -> Self:
        """Write a column of these rows and count anew; for tests and curiosity."""
        values_of(self.table, attr_name, np.array([], np.int64))
        getattr(self.table.columns, attr_name)[self.rows] = value
        self.table.tally = recount(self.table)
        return self

    def to_list(self) -> list[Worker]:
        """One view per worker."""
        return list(self)

    def groupby(self, by: str | Callable[[Worker], Any], result_type: str = "agentset") -> GroupBy:
        """Choices by the value of a trait or a function."""
        keys = self[by] if isinstance(by, str) else np.array([by(worker) for worker in self])
        groups = {key.item(): self.where(keys == key) for key in np.unique(keys)}
        return GroupBy(groups if result_type == "agentset" else {key: group.to_list() for key, group in groups.items()})

    def add(self, agent: Worker) -> None:
        """Refuse: people enter by the column `employer`."""
        raise TypeError("rows stay put; people enter a trade through `employer`, from OUT to IDLE or an establishment")

    def discard(self, agent: Worker) -> None:
        """Refuse: people leave by the column `employer`."""
        raise TypeError("rows stay put; people leave a trade through `employer`, which becomes OUT")

    def remove(self, agent: Worker) -> None:
        """Refuse, as `discard` does."""
        self.discard(agent)

    def shuffle(self, inplace: bool = False) -> "Workers":
        """The same workers in an order drawn by Mesa's generator."""
        rows = [*self.rows]
        (self.random or Random(self.table.seed)).shuffle(rows)
        return self._chosen(np.array(rows), inplace)

    def sort(self, key: str | Callable[[Worker], Any], ascending: bool = False, inplace: bool = False) -> "Workers":
        """The same workers by a trait or a function, largest first unless `ascending`."""
        keys = self[key] if isinstance(key, str) else np.array([key(worker) for worker in self])
        order = np.argsort(keys if ascending else -keys, kind="stable")
        return self._chosen(self.rows[order], inplace)

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method of the set once by name, or a function on each worker."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """As `do`, functions in a random order."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """What a function returns for each worker, or a method of the set for all at once."""
        if isinstance(method, str):
            return [*getattr(self, method)(*args, **kwargs)]
        return [method(worker, *args, **kwargs) for worker in self]

    def __and__(self, other: Iterable[Any]) -> "Workers":
        return self._chosen(self.rows[np.isin(self.rows, _rows_of(other))])

    def __or__(self, other: Iterable[Any]) -> "Workers":
        theirs = _rows_of(other)
        return self._chosen(np.concatenate([self.rows, theirs[~np.isin(theirs, self.rows)]]))

    def __sub__(self, other: Iterable[Any]) -> "Workers":
        return self._chosen(self.rows[~np.isin(self.rows, _rows_of(other))])

    def __xor__(self, other: Iterable[Any]) -> "Workers":
        return (self - other) | (Workers(self.table, self.random, _rows_of(other)) - self)

    def settle(self, region_of: Rows, wanted: Rows) -> None:
        """Give establishments the crews they had when the run began, out of the background of their own region.

        Args:
            region_of: of all establishments, the background first, shape (n_establishments,)
            wanted: rows by establishment and trade, background rows are not read, shape (n_establishments, n_trades)
        """
        self.table.grow(region_of)
        order = np.argsort(region_of, kind="stable")
        first = np.searchsorted(region_of[order], np.arange(len(self.table.base_jobs) + 1))
        _settle(self.table.columns, self.table.tally, self.table.settled_jobs, wanted.copy(), order, first)

    def heads_by_home(self, first: int) -> Rows:
        """Rows at establishments from `first` on by the region they live in, shape (E - first, n_regions)."""
        out = np.zeros((len(self.table.region_of) - first, len(self.table.cells.regions)), np.int64)
        _count_homes(self.table.columns, first, out)
        return out

    @property
    def nbytes(self) -> int:
        """Memory of the columns."""
        return sum(column.nbytes for column in self.table.columns)


def _rows_of(agents: Iterable[Any]) -> Rows:
    return agents.rows if isinstance(agents, Workers) else np.array([worker.row for worker in agents], np.int64)


def workers_of(p: Labour, workers_per_row: int, seed: int, cells: Cells | None = None,
               random: Random | None = None) -> Workers:  # fmt: skip
    """The population of the nation at a scale, employed by its region's background.

    Raises:
        BadScenario: if a trade would have no worker.
    """
    cells = shipped_cells() if cells is None else cells
    counts = stocks(cells, p, workers_per_row, seed)
    leave = np.array([p.trades[name].leave_prob_per_month for name in cells.trades])
    growth = np.array([monthly_rate(p.trades[name].growth_rate_per_year) for name in cells.trades])
    apprentices = apprentice_share(p, leave, growth)
    scale = pay_scale(p, apprentices)
    columns = born(cells, counts, p, scale, apprentices, seed)
    regions = np.arange(len(cells.regions))
    nothing = np.zeros(counts.shape[1:], np.int64)
    table = Table(
        columns, workers_per_row, seed, cells, counts[0], scale, Tally(*[nothing] * len(Tally._fields)), regions,
        cells.wage_cents_per_hour.copy(), cells.wage_cents_per_hour.copy(), np.zeros(len(cells.trades)),
        np.zeros_like(counts[0]),
    )  # fmt: skip
    table.tally = recount(table)
    return Workers(table, random)


def recount(table: Table) -> Tally:
    """Count every row anew: the second, separate route to `Table.tally`."""
    (n_regions, n_trades), first = table.base_jobs.shape, -OUT  # those without an employer come before establishments
    heads, travellers, pay = (np.zeros((first + len(table.region_of), n_trades), np.int64) for _ in range(3))
    by_home = np.zeros((first + 1, n_regions, n_trades), np.int64)
    _count(table.columns, first, heads, travellers, pay, by_home)
    out, idle, employed = by_home
    return Tally(heads[first:], travellers[first:], employed, idle, out, pay[first : first + n_regions])


def age_years(workers: Workers, month: int) -> NDArray[np.float64]:
    """Ages in a month, shape (n_workers,)."""
    ages: NDArray[np.float64] = (month - workers["birth_month"].astype(float)) / MONTHS_PER_YEAR
    return ages


@lean_njit
def _count(c, first, heads, travellers, pay_permille, by_home):  # type: ignore[no-untyped-def]
    """Count rows by employer and trade, and by what they do and home; no branch but one, for rows are many."""
    for row in range(len(c.trade)):
        # Unsigned, so that no index is looked at for counting from the end.
        e, t, home = np.uint64(c.employer[row] + first), np.uint64(c.trade[row]), np.uint64(c.home[row])
        heads[e, t] += 1
        pay_permille[e, t] += c.pay_permille[row]
        by_home[min(e, np.uint64(first)), home, t] += 1
        if c.region[row] != c.home[row]:
            travellers[e, t] += 1


@lean_njit
def _count_homes(c, first, out):  # type: ignore[no-untyped-def]
    for row in range(len(c.employer)):
        if c.employer[row] >= first:
            out[c.employer[row] - first, c.home[row]] += 1


@njit(cache=True)
def _settle(c, tally, settled, left, order, first):  # type: ignore[no-untyped-def]
    n_regions, n_trades = settled.shape
    at = np.zeros((n_regions, n_trades), np.int64)
    for row in range(len(c.employer)):
        r, t = c.employer[row], c.trade[row]
        if r < 0 or r >= n_regions:
            continue
        while first[r] + at[r, t] < first[r + 1]:
            e = order[first[r] + at[r, t]]
            if e >= n_regions and left[e, t] > 0:
                break
            at[r, t] += 1
        if first[r] + at[r, t] >= first[r + 1]:
            continue
        e = order[first[r] + at[r, t]]
        left[e, t] -= 1
        settled[r, t] += 1
        c.employer[row] = e
        tally.heads[r, t] -= 1
        tally.pay_permille[r, t] -= c.pay_permille[row]
        tally.heads[e, t] += 1
