"""What campuses owe: bills of one month are funded and paid in the next, the unpaid part is carried on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.sums import add_cells

FACILITY, IT = 0, 1
PURPOSES = ("facility", "it")
_KIND, _PURPOSE, _CAMPUS, _PAYEE, _CENTS = range(5)  # rows of the table of bills
_N_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Payment:
    """Bills of one kind that are paid, ready for `ledger.post`: campus rows, payee accounts, cents, each (n_bills,)."""

    kind: str
    campus: NDArray[np.int64]
    payee: NDArray[np.int64]
    cents: NDArray[np.int64]


class Bills:
    """Amounts due by campus, purpose (facility or IT), kind and payee, as columns."""

    def __init__(self, n_campuses: int) -> None:
        self.n_campuses = n_campuses
        self.kinds: list[str] = []
        self._new: list[NDArray[np.int64]] = []
        self._rows = np.zeros((_N_COLUMNS, 0), np.int64)

    def add(
        self, kind: str, purpose: int, campus: NDArray[np.int64], payee: NDArray[np.int64] | int,
        cents: NDArray[np.int64],
    ) -> None:  # fmt: skip
        """Note bills of one kind; zero amounts are dropped.

        Raises:
            ValueError: if an amount is negative.
        """
        if len(cents) == 0:
            return
        if cents.min() < 0:
            raise ValueError(f"{kind}: a bill of {cents.min()} cents; credit the campus instead")
        if kind not in self.kinds:
            self.kinds.append(kind)
        rows = np.empty((_N_COLUMNS, len(cents)), np.int64)
        rows[_KIND], rows[_PURPOSE] = self.kinds.index(kind), purpose
        rows[_CAMPUS], rows[_PAYEE], rows[_CENTS] = campus, payee, cents
        self._new.append(rows)

    def _merge(self) -> None:
        if self._new:
            self._rows = np.concatenate([self._rows, *self._new], axis=1)
            self._new.clear()

    def due(self) -> NDArray[np.int64]:
        """Cents due by campus and purpose, shape (n_campuses, 2)."""
        self._merge()
        out = np.zeros((self.n_campuses, len(PURPOSES)), np.int64)
        add_cells(out, self._rows[_CAMPUS], self._rows[_PURPOSE], self._rows[_CENTS])
        return out

    def pay(self, available: NDArray[np.int64]) -> list[Payment]:
        """Pay every bill the same share its campus and purpose can afford; carry the rest.

        Args:
            available: cents at hand by campus and purpose, shape (n_campuses, 2)
        """
        due = self.due()
        share = np.where(due > 0, np.minimum(1.0, available / np.maximum(due, 1)), 0.0)
        is_short = available < due
        line, cents = (self._rows[_CAMPUS], self._rows[_PURPOSE]), self._rows[_CENTS]
        paid = cents.copy()
        short = np.flatnonzero(is_short[line]) if is_short.any() else np.zeros(0, np.int64)
        paid[short] = np.floor(cents[short] * share[line[0][short], line[1][short]]).astype(np.int64)
        rows = np.flatnonzero(paid != 0)
        rows = rows[np.argsort(self._rows[_KIND, rows].astype(np.int8), kind="stable")]  # short codes sort faster
        ends = np.cumsum(np.bincount(self._rows[_KIND, rows], minlength=len(self.kinds))).tolist()
        campus, payee, in_order = self._rows[_CAMPUS, rows], self._rows[_PAYEE, rows], paid[rows]
        payments = [
            Payment(kind, campus[begin:end], payee[begin:end], in_order[begin:end])
            for kind, begin, end in zip(self.kinds, [0, *ends], ends, strict=False) if end > begin
        ]  # fmt: skip
        cents -= paid
        self._rows = self._rows[:, short[cents[short] > 0]]
        return payments

    def owed(self) -> int:
        """All that is due, in cents."""
        return int(self.due().sum())
