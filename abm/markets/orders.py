"""Orders in the queues of production lines: columns of whole numbers, and the kernels that serve and foresee them."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

FRINGE = -1  # stands for all other buyers
FIRST_COME, BY_PRIORITY, BY_SIZE = 0, 1, 2
HORIZON_MONTHS = 240  # nobody promises a delivery later than this
LINE, BUYER, SIZE, LEFT, PLACED, PRIORITY, PRICE, DEPOSIT, WANTED = range(9)
_N_COLUMNS = 9
_ROOM = 8192

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]


class Orders:
    """Open orders, the oldest first.

    Attributes:
        n: number of rows in use.
    """

    def __init__(self) -> None:
        self._columns = np.zeros((_N_COLUMNS, _ROOM), np.int64)
        self.n = 0

    @property
    def columns(self) -> Ints:
        """Line, buyer, kW ordered and left, month placed, priority, price, deposit, month wanted, shape (9, n)."""
        return self._columns[:, : self.n]

    def add(self, line: Ints | int, *others: Ints | int) -> None:
        """Put rows at the end of the queue, columns in the order of `columns`."""
        end = self.n + np.size(line)
        if end > self._columns.shape[1]:
            self._columns = np.concatenate([self._columns, np.zeros((_N_COLUMNS, end), np.int64)], axis=1)
        for room, column in zip(self._columns[:, self.n : end], (line, *others), strict=True):
            room[:] = column
        self.n = end

    def sort(self) -> None:
        """Put the oldest first; within a month the order stays."""
        self._columns[:, : self.n] = self.columns[:, np.argsort(self.columns[PLACED], kind="stable")]

    def drop_served(self) -> None:
        """Forget orders with nothing left."""
        keep = np.flatnonzero(self.columns[LEFT])
        self._columns[:, : len(keep)] = self.columns[:, keep]
        self.n = len(keep)


@njit(cache=True)
def serve(  # noqa: C901  # two passes over one queue; splitting a hot kernel would hide that
    columns: Ints, month: int, output: Ints, reserve: Floats, rule: Ints, make_months: Ints, at_once: Flags
) -> Ints:
    """Share the output of every line among its orders, shape (n_orders,).

    A reserved part goes to the orders that rank highest by contract priority or size, where the line does that; all
    the rest goes first come, first served. No order is served sooner than it can be made, or than it is wanted: a buyer
    keeps its place in the queue, and others are served meanwhile.

    Args:
        columns: as `Orders.columns`, shape (9, n_orders)
        month: this month
        output: kW made this month, shape (n_lines,)
        reserve: part of the output kept for orders that rank, shape (n_lines,)
        rule: FIRST_COME, BY_PRIORITY or BY_SIZE, shape (n_lines,)
        make_months: shortest time from order to delivery, shape (n_lines,)
        at_once: lines that deliver every order at once, shape (n_lines,)
    """
    n = columns.shape[1]
    given = np.zeros(n, np.int64)
    room = output.copy()
    rank = np.zeros(n, np.int64)
    ranked = 0
    for i in range(n):
        line = columns[LINE, i]
        if at_once[line] or month - columns[PLACED, i] < make_months[line] or month < columns[WANTED, i]:
            continue
        if rule[line] == BY_PRIORITY:
            rank[i] = columns[PRIORITY, i]
        elif rule[line] == BY_SIZE and columns[BUYER, i] != FRINGE:  # a fringe row is many small orders
            rank[i] = columns[SIZE, i]
        ranked += rank[i] > 0
    if ranked:
        kept = (output * reserve).astype(np.int64)
        order = np.argsort(-rank, kind="mergesort")  # stable: the oldest first within a rank
        for j in range(ranked):
            i = order[j]
            line = columns[LINE, i]
            given[i] = min(columns[LEFT, i], kept[line])
            kept[line] -= given[i]
            room[line] -= given[i]
    for i in range(n):
        line = columns[LINE, i]
        if month < columns[WANTED, i]:
            continue
        if at_once[line]:
            given[i] = columns[LEFT, i]
        elif month - columns[PLACED, i] >= make_months[line]:
            more = min(columns[LEFT, i] - given[i], room[line])
            given[i] += more
            room[line] -= more
    return given


@njit(cache=True)
def foresee(
    columns: Ints, month: int, capacity: Floats, coming: Floats, make_months: Ints, at_once: Flags
) -> tuple[Ints, Ints, Floats]:
    """When each open order would be complete if all were served as they came, and what a new order would wait.

    Args:
        columns: as `Orders.columns`, shape (9, n_orders)
        month: the next month in which anything is delivered
        capacity: kW a month by line, shape (n_lines,)
        coming: capacity added by month, shape (n_lines, n_months)
        make_months: shortest time from order to delivery, shape (n_lines,)
        at_once: lines that deliver every order at once, shape (n_lines,)

    Returns:
        month each order is complete, shape (n_orders,); kW ahead of it in its line, shape (n_orders,); months a new
        order waits, shape (n_lines,).
    """
    n, n_lines = columns.shape[1], len(capacity)
    due, ahead = np.zeros(n, np.int64), np.zeros(n, np.int64)
    queued = np.zeros(n_lines, np.int64)
    made, pace, until = np.zeros(n_lines), capacity.copy(), np.zeros(n_lines, np.int64)
    for line in range(n_lines):
        pace[line] += _added(coming, line, month)
    for i in range(n):
        line = columns[LINE, i]
        ahead[i] = queued[line]
        queued[line] += columns[LEFT, i]
        while made[line] + pace[line] < queued[line] and until[line] < HORIZON_MONTHS:
            made[line] += pace[line]
            until[line] += 1
            pace[line] += _added(coming, line, month + until[line])
        due[i] = max(month + until[line], columns[PLACED, i] + make_months[line], columns[WANTED, i])
        if at_once[line]:
            due[i] = max(month, columns[WANTED, i])
    wait = np.zeros(n_lines)
    for line in range(n_lines):
        if not at_once[line]:
            part = (queued[line] - made[line]) / pace[line] if pace[line] > 0 else 1.0
            wait[line] = max(until[line] + min(1.0, part), float(make_months[line]))
    return due, ahead, wait


@njit(cache=True)
def put_off(columns: Ints, klass: Ints, wanted: Ints) -> None:
    """Let buyers who will need an order later than they thought have it later, never sooner.

    Args:
        columns: as `Orders.columns`, the month wanted is changed here, shape (9, n_orders)
        klass: of each line, shape (n_lines,)
        wanted: by buyer and class, of the first buyers only, shape (n, n_classes)
    """
    for i in range(columns.shape[1]):
        buyer = columns[BUYER, i]
        if 0 <= buyer < len(wanted):
            columns[WANTED, i] = max(columns[WANTED, i], wanted[buyer, klass[columns[LINE, i]]])


@njit(cache=True)
def latest(columns: Ints, klass: Ints, due: Ints, out: Ints) -> None:
    """Raise `out` to the month the last order of each buyer and class is complete, shape (n_buyers, n_classes)."""
    for i in range(columns.shape[1]):
        buyer, k = columns[BUYER, i], klass[columns[LINE, i]]
        if buyer != FRINGE and due[i] > out[buyer, k]:
            out[buyer, k] = due[i]


@njit(cache=True)
def _added(coming: Floats, line: int, month: int) -> float:
    return float(coming[line, month]) if 0 <= month < coming.shape[1] else 0.0
