"""What campuses owe to investors: drawn at a rate, served out of rent, written off."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.ledger import split
from abm.markets.filling import shared
from abm.sums import add_cells
from abm.units import MONTHS_PER_YEAR

type Cents = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Service:
    """A month of debt service; C campuses, I investors.

    Attributes:
        interest_cents: paid, shape (C, I).
        repayment_cents: paid, shape (C, I).
        unpaid_cents: interest and repayments due that the rent did not cover, shape (C,).
    """

    interest_cents: Cents
    repayment_cents: Cents
    unpaid_cents: Cents


class Debts:
    """Loans and bonds of one purpose by campus and investor; make one for buildings and one for IT.

    Attributes:
        owed_cents: outstanding, equal to the ledger's, shape (C, I).
        drawn_cents: ever drawn and not written off, shape (C, I).
        rate_per_year: mean over draws by amount, shape (C, I).
    """

    def __init__(self, n_campuses: int, n_investors: int) -> None:
        self.owed_cents = np.zeros((n_campuses, n_investors), np.int64)
        self.drawn_cents = np.zeros((n_campuses, n_investors), np.int64)
        self.rate_per_year = np.zeros((n_campuses, n_investors))

    def draw(self, campus: NDArray[np.int64], investor: NDArray[np.int64], cents: Cents,
             rate_per_year: NDArray[np.float64]) -> None:  # fmt: skip
        """Add debt, each argument of shape (n_draws,)."""
        added, priced = np.zeros_like(self.owed_cents), np.zeros_like(self.rate_per_year)
        add_cells(added, campus, investor, cents)
        add_cells(priced, campus, investor, cents * rate_per_year)
        owed = self.owed_cents + added
        mean = (self.owed_cents * self.rate_per_year + priced) / np.maximum(owed, 1)
        self.rate_per_year = np.where(added > 0, mean, self.rate_per_year)
        self.owed_cents = owed
        self.drawn_cents = self.drawn_cents + added

    def interest(self) -> Cents:
        """A month's interest in whole cents, shape (C, I)."""
        cents: Cents = np.rint(self.owed_cents * self.rate_per_year / MONTHS_PER_YEAR).astype(np.int64)
        return cents

    def due(self, in_service_share: NDArray[np.float64], years: float) -> Cents:
        """A month's repayment in equal parts over the years, once buildings are in service, shape (C, I).

        Args:
            in_service_share: of the campus's spending, shape (C,)
            years: of amortisation
        """
        part = self.drawn_cents * in_service_share[:, np.newaxis] / (years * MONTHS_PER_YEAR)
        cents: Cents = np.minimum(self.owed_cents, np.ceil(part).astype(np.int64))
        return cents

    def repay(self, cents: Cents) -> None:
        """Take repayments off, shape (C, I).

        Raises:
            ValueError: if more is repaid than owed, or less than nothing.
        """
        if (cents < 0).any() or (cents > self.owed_cents).any():
            raise ValueError("a repayment is negative or above what is owed; take it from `due`")
        self.owed_cents = self.owed_cents - cents

    def serve(self, available_cents: Cents, in_service_share: NDArray[np.float64], years: float) -> Service:
        """Pay interest, then repayments, out of what each campus has; repayments are taken off at once.

        Args:
            available_cents: for debt service, shape (C,)
            in_service_share: of the campus's spending, shape (C,)
            years: of amortisation
        """
        interest, repayment = self.interest(), self.due(in_service_share, years)
        wanted = interest.sum(axis=1) + repayment.sum(axis=1)
        _cut(interest, repayment, available_cents)
        self.repay(repayment)
        return Service(interest, repayment, wanted - interest.sum(axis=1) - repayment.sum(axis=1))

    def write_off(self, campuses: NDArray[np.int64]) -> Cents:
        """Forgive all that some campuses owe; returns it, for all campuses, shape (C, I)."""
        lost = np.zeros_like(self.owed_cents)
        lost[campuses] = self.owed_cents[campuses]
        self.owed_cents = self.owed_cents - lost
        self.drawn_cents[campuses] = 0
        self.rate_per_year[campuses] = 0.0
        return lost


@njit(cache=True)
def _cut(interest, repayment, available):  # type: ignore[no-untyped-def]
    """Cut interest, then repayments, of each campus to what it has, in place."""
    for c in range(len(available)):
        have, due = max(0, available[c]), interest[c].sum()
        if have < due + repayment[c].sum():
            first = min(have, due)
            interest[c] = shared(first, interest[c])
            repayment[c] = shared(min(have - first, repayment[c].sum()), repayment[c])


def dividends(surplus_cents: Cents, equity_cents: Cents) -> Cents:
    """What is left of a campus's rent goes to its shareholders by what they paid in, shape (C, I).

    Args:
        surplus_cents: after costs and debt service; stays where nobody holds shares, shape (C,)
        equity_cents: paid in, shape (C, I)
    """
    out = np.zeros_like(equity_cents)
    for c in np.flatnonzero((surplus_cents > 0) & (equity_cents.sum(axis=1) > 0)):
        out[c] = split(int(surplus_cents[c]), equity_cents[c])
    return out
