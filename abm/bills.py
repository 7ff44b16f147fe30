"""What campuses owe: bills of one month are funded and paid in the next, the unpaid part is carried on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.sums import add_cells

FACILITY, IT = 0, 1
PURPOSES = ("facility", "it")


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
        self._new: list[tuple[int, int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
        empty = np.zeros(0, np.int64)
        self._kind, self._purpose, self._campus, self._payee, self._cents = (empty,) * 5

    def add(
        self, kind: str, purpose: int, campus: NDArray[np.int64], payee: NDArray[np.int64], cents: NDArray[np.int64]
    ) -> None:
        """Note bills of one kind; zero amounts are dropped.

        Raises:
            ValueError: if an amount is negative.
        """
        campus, payee, cents = np.broadcast_arrays(np.asarray(campus), np.asarray(payee), np.asarray(cents, np.int64))
        if len(cents) == 0:
            return
        if cents.min() < 0:
            raise ValueError(f"{kind}: a bill of {cents.min()} cents; credit the campus instead")
        if kind not in self.kinds:
            self.kinds.append(kind)
        self._new.append((self.kinds.index(kind), purpose, campus, payee, cents))

    def _merge(self) -> None:
        if not self._new:
            return
        sizes = [len(chunk[4]) for chunk in self._new]
        self._kind = np.concatenate([self._kind, np.repeat([chunk[0] for chunk in self._new], sizes)])
        self._purpose = np.concatenate([self._purpose, np.repeat([chunk[1] for chunk in self._new], sizes)])
        self._campus = np.concatenate([self._campus, *(chunk[2] for chunk in self._new)])
        self._payee = np.concatenate([self._payee, *(chunk[3] for chunk in self._new)])
        self._cents = np.concatenate([self._cents, *(chunk[4] for chunk in self._new)])
        self._new.clear()

    def due(self) -> NDArray[np.int64]:
        """Cents due by campus and purpose, shape (n_campuses, 2)."""
        self._merge()
        out = np.zeros((self.n_campuses, len(PURPOSES)), np.int64)
        add_cells(out, self._campus, self._purpose, self._cents)
        return out

    def pay(self, available: NDArray[np.int64]) -> list[Payment]:
        """Pay every bill the same share its campus and purpose can afford; carry the rest.

        Args:
            available: cents at hand by campus and purpose, shape (n_campuses, 2)
        """
        due = self.due()
        share = np.where(due > 0, np.minimum(1.0, available / np.maximum(due, 1)), 0.0)
        whole = available >= due
        line = (self._campus, self._purpose)
        paid = np.where(whole[line], self._cents, np.floor(self._cents * share[line]).astype(np.int64))
        payments = []
        for code, kind in enumerate(self.kinds):
            rows = np.flatnonzero((self._kind == code) & (paid > 0))
            if len(rows):
                payments.append(Payment(kind, self._campus[rows], self._payee[rows], paid[rows]))
        left = np.flatnonzero(self._cents > paid)
        self._cents = (self._cents - paid)[left]
        self._kind, self._purpose = self._kind[left], self._purpose[left]
        self._campus, self._payee = self._campus[left], self._payee[left]
        return payments

    def owed(self) -> int:
        """All that is due, in cents."""
        return int(self.due().sum())
