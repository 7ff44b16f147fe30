"""Who holds which claim on whom: post, check, split; money exists only here, in whole cents."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.errors import BadPosting, BooksDoNotBalance, did_you_mean
from abm.kernels import lean_njit
from abm.transactions import INSTRUMENT, INSTRUMENTS, ISSUERS, KIND, KINDS, TRANSACTIONS, Flows
from abm.units import month_date

type Whole = int | np.integer | NDArray[np.integer]
NO_CAMPUS = -1
_MOST_LEGS = max(len(legs) for legs in TRANSACTIONS.values())
_ROOM = 4096  # postings a month before their table grows
_WHOLE = np.dtype(np.int64)
_MOST_CENTS = 1 << 60  # so that a few of the largest still add up in int64

# What a kind moves, by kind and leg: the instrument, and its direction; 0 where a kind has fewer legs.
_LEGS = [(*legs, *((INSTRUMENTS[0], 0),) * (_MOST_LEGS - len(legs))) for legs in TRANSACTIONS.values()]
_INSTRUMENT_OF = np.array([[INSTRUMENT[name] for name, _ in legs] for legs in _LEGS])
_DIRECTION_OF = np.array([[direction for _, direction in legs] for legs in _LEGS])
_KIND, _PAYER, _PAYEE, _CAMPUS, _CENTS = range(5)  # rows of the table of postings


@dataclass(frozen=True, slots=True)
class Residuals:
    """What is left over when a month closes; all zero, or it would not have closed.

    Attributes:
        instrument_cents: largest sum of an instrument over all accounts.
        unexplained_cents: largest change of a position that no posting explains.
        overdrawn_cents: largest amount below zero of a holder that is not the issuer.
    """

    instrument_cents: int
    unexplained_cents: int
    overdrawn_cents: int

    @property
    def largest_cents(self) -> int:
        """The largest of the three."""
        return max(self.instrument_cents, self.unexplained_cents, self.overdrawn_cents)


class Ledger:
    """One table of accounts: what each holds of each instrument, and the postings since the month was opened.

    Attributes:
        position: cents held, below zero for the issuer, shape (n_instruments, n_accounts).
        sectors: names of the sectors, in the order of their accounts.
        sector_of: row of `sectors` by account, shape (n_accounts,).
        n_accounts: number of accounts.
    """

    def __init__(self, sectors: Mapping[str, int]) -> None:
        sizes = np.array([*sectors.values()], np.int64)
        ends = np.cumsum(sizes).tolist()
        self.sectors = tuple(sectors)
        self.sector_of = np.repeat(np.arange(len(sizes)), sizes)
        self.n_accounts = int(ends[-1])
        self._range = {name: range(end - sectors[name], end) for name, end in zip(sectors, ends, strict=True)}
        self._accounts = {name: np.arange(members.start, members.stop) for name, members in self._range.items()}
        for accounts in self._accounts.values():
            accounts.setflags(write=False)
        self.position = np.zeros((len(INSTRUMENTS), self.n_accounts), np.int64)
        self._opening = self.position.copy()
        may_owe = [[sector in ISSUERS[instrument] for sector in self.sectors] for instrument in INSTRUMENTS]
        self._may_owe = np.array(may_owe)[:, self.sector_of]
        self._posted = np.empty((5, _ROOM), np.int64)
        self._change = np.zeros_like(self.position)  # that the first `_added_up` rows explain
        self._rows = self._added_up = 0

    # ---- accounts ----

    def account(self, sector: str, i: int = 0) -> int:
        """The account of the i-th member of a sector."""
        return self._range[sector][i]

    def accounts(self, sector: str) -> NDArray[np.int64]:
        """All accounts of a sector, not to be changed, shape (n_members,)."""
        return self._accounts[sector]

    def held(self, instrument: str, sector: str) -> NDArray[np.int64]:
        """Cents of an instrument held by each member of a sector, a copy, shape (n_members,)."""
        members = self._range[sector]
        return self.position[INSTRUMENT[instrument], members.start : members.stop].copy()

    # ---- writing ----

    def post(self, kind: str, payer: Whole, payee: Whole, cents: Whole, campus: Whole = NO_CAMPUS) -> None:
        """Move money and claims from payers to payees; scalars and arrays of shape (n,) are broadcast.

        Rows of zero cents move nothing and leave no row behind.

        Args:
            kind: a key of `TRANSACTIONS`
            payer: accounts
            payee: accounts
            cents: amounts, at least zero
            campus: rows of the campuses the money is for, -1 if none

        Raises:
            BadPosting: for an unknown kind or account, or an amount that is negative or not whole; nothing is written.
        """
        code = KIND.get(kind)
        if code is None:
            hint = did_you_mean(kind, KINDS, f"kinds are {', '.join(KINDS)}")
            raise BadPosting(f"unknown kind of transaction {kind!r}; {hint}")
        n = _length(kind, payer, payee, cents, campus)
        if n == 0:
            return
        begin, end = self._rows, self._rows + (1 if n is None else n)
        if end > self._posted.shape[1]:
            self._grow(end)
        to = self._posted[:, begin:end]
        to[_PAYER], to[_PAYEE], to[_CAMPUS], to[_CENTS] = payer, payee, campus, cents
        last = _write(self.position, self._posted, code, begin, end)
        if last < begin:
            row = -1 - last - begin
            raise self._bad_row(kind, row, *to[[_PAYER, _PAYEE, _CENTS], row].tolist())
        self._rows = last

    def endow(self, accounts: Whole, cents: Whole) -> None:
        """Give accounts the deposits they have at the start; the federal sector's reserves at the bank cover them."""
        total = int(np.sum(np.broadcast_arrays(accounts, cents)[1]))
        federal = self.account("federal")
        self.post("reserve_issue", federal, self.account("bank"), total)
        self.post("opening_balance", federal, accounts, cents)

    def open_month(self) -> None:
        """Start new books: the opening positions are the old ones plus what was posted since."""
        self._opening += self._explained()
        self._change[:] = 0
        self._rows = self._added_up = 0

    # ---- reading and checking ----

    def flows(self) -> Flows:
        """The postings since the month was opened, copied."""
        return Flows(*self._posted[:, : self._rows].copy())

    def close_month(self, month: int) -> Residuals:
        """Hold the books to their three laws.

        Raises:
            BooksDoNotBalance: if an instrument does not sum to zero, a position moved without a posting, or a holder
                other than the issuer is below zero; names month, instrument, sector and amount.
        """
        unexplained = self.position - self._opening - self._explained()
        if unexplained.any():
            raise self._break(month, unexplained, "moved without a posting; write only through Ledger.post")
        sums = self.position.sum(axis=1)
        if sums.any():
            i = int(np.flatnonzero(sums)[0])
            raise BooksDoNotBalance(
                f"{month_date(month):%Y-%m} {INSTRUMENTS[i]} of all sectors: {sums[i]} cents too many"
            )
        overdrawn = np.where(self._may_owe, 0, np.minimum(self.position, 0))
        if overdrawn.any():
            raise self._break(month, overdrawn, "below zero; only {issuers} may be")
        return Residuals(*(int(np.abs(left).max()) for left in (sums, unexplained, overdrawn)))

    def _break(self, month: int, left: NDArray[np.int64], what: str) -> BooksDoNotBalance:
        instrument, account = (int(i[0]) for i in np.nonzero(left))
        sector = self.sectors[self.sector_of[account]]
        member = account - self._range[sector].start
        what = what.format(issuers=" and ".join(ISSUERS[INSTRUMENTS[instrument]]))
        where = f"{month_date(month):%Y-%m} {INSTRUMENTS[instrument]} of {sector} {member}"
        return BooksDoNotBalance(f"{where}: {left[instrument, account]} cents {what}")

    def _explained(self) -> NDArray[np.int64]:
        """The change of every position that the month's rows explain, added up apart from `post`."""
        _add_up(self._change, self._posted, self._added_up, self._rows)
        self._added_up = self._rows
        return self._change

    def _bad_row(self, kind: str, row: int, payer: int, payee: int, cents: int) -> BadPosting:
        if not 0 <= cents < _MOST_CENTS:
            remedy = "swap payer and payee" if cents < 0 else "amounts are cents, not more than int64 can add"
            return BadPosting(f"{kind}: {cents} cents in row {row}; {remedy}")
        return BadPosting(f"{kind}: accounts {payer} to {payee} in row {row} are not both in 0..{self.n_accounts - 1}")

    def _grow(self, rows: int) -> None:
        bigger = np.empty((5, 2 * rows), np.int64)
        bigger[:, : self._rows] = self._posted[:, : self._rows]
        self._posted = bigger


def _length(kind: str, *values: Whole) -> int | None:
    """The common length of scalars and arrays, None if all are scalars; refuses what is not whole."""
    n = None
    for value in values:
        if isinstance(value, np.ndarray):
            if value.dtype is not _WHOLE and value.dtype.kind not in "iu":
                raise BadPosting(
                    f"{kind}: amounts and accounts are whole numbers, not {value.dtype}; round once, with split"
                )
            if n is None or value.size > n:
                n = value.size
        elif type(value) is not int and not isinstance(value, np.integer):
            raise BadPosting(f"{kind}: {value!r} is not a whole number; amounts are cents, accounts are rows")
    return n


def split(total: int, weights: NDArray[np.number]) -> NDArray[np.int64]:
    """Share a whole total by weights without losing a unit: largest remainders first, ties to the first.

    Args:
        total: at least zero
        weights: at least zero and not all zero, shape (n,)

    Raises:
        ValueError: for a negative total or weight, or weights that are all zero while the total is not.
    """
    shares: NDArray[np.int64] = split_rows(np.array([total], np.int64), np.asarray(weights)[np.newaxis])[0]
    return shares


def split_rows(totals: NDArray[np.int64], weights: NDArray[np.number]) -> NDArray[np.int64]:
    """Share each row's total by the row's weights, as `split` does.

    Args:
        totals: shape (n_rows,)
        weights: shape (n_rows, n)

    Raises:
        ValueError: as `split`.
    """
    sums = weights.sum(axis=1, dtype=np.float64)
    shares: NDArray[np.int64] = _shares(totals, np.ascontiguousarray(weights), sums)
    return shares


@lean_njit
def _write(position, posted, kind, begin, end):  # type: ignore[no-untyped-def]
    """Check rows, then book those that move something and close the gaps; the new end, or -1 less the first bad row."""
    n_accounts = position.shape[1]
    for i in range(begin, end):
        inside = 0 <= posted[_PAYER, i] < n_accounts and 0 <= posted[_PAYEE, i] < n_accounts
        if not inside or posted[_CENTS, i] < 0 or posted[_CENTS, i] >= _MOST_CENTS:
            return -1 - i
    last = begin
    for i in range(begin, end):
        if posted[_CENTS, i] > 0:
            posted[_KIND, last], posted[_CAMPUS, last] = kind, posted[_CAMPUS, i]
            posted[_PAYER, last], posted[_PAYEE, last] = posted[_PAYER, i], posted[_PAYEE, i]
            posted[_CENTS, last] = posted[_CENTS, i]
            last += 1
    for leg in range(_MOST_LEGS):
        instrument, direction = _INSTRUMENT_OF[kind, leg], _DIRECTION_OF[kind, leg]
        if direction != 0:
            for i in range(begin, last):
                amount = direction * posted[_CENTS, i]
                position[instrument, posted[_PAYER, i]] -= amount
                position[instrument, posted[_PAYEE, i]] += amount
    return last


@lean_njit
def _add_up(change, posted, begin, end):  # type: ignore[no-untyped-def]
    """Add what these rows move to the change of every position."""
    for i in range(begin, end):
        kind = posted[_KIND, i]
        for leg in range(_MOST_LEGS):
            if _DIRECTION_OF[kind, leg] == 0:
                continue
            amount = _DIRECTION_OF[kind, leg] * posted[_CENTS, i]
            change[_INSTRUMENT_OF[kind, leg], posted[_PAYEE, i]] += amount
            change[_INSTRUMENT_OF[kind, leg], posted[_PAYER, i]] -= amount


@njit(cache=True)
def _shares(totals, weights, sums):  # type: ignore[no-untyped-def]
    """Share each row's total by weights that add up to `sums`: whole parts, then one each to the largest rests."""
    shares = np.zeros(weights.shape, np.int64)
    rest = np.zeros(weights.shape[1])
    for row in range(len(totals)):
        if totals[row] < 0 or not np.isfinite(sums[row]):
            raise ValueError("a total or a weight is negative or not finite; split shares out what there is")
        left, takers, largest = totals[row], 0, 0
        for i in range(weights.shape[1]):
            if weights[row, i] < 0:
                raise ValueError("a total or a weight is negative or not finite; split shares out what there is")
            exact = totals[row] * (weights[row, i] / (sums[row] if sums[row] > 0.0 else 1.0))
            shares[row, i] = int(np.floor(exact))
            left -= shares[row, i]
            # Who has no weight comes after all others and gets nothing.
            rest[i] = exact - shares[row, i] if weights[row, i] > 0 else -1.0
            takers += weights[row, i] != 0
            if weights[row, i] > weights[row, largest]:
                largest = i
        if totals[row] > 0 and sums[row] == 0.0:
            raise ValueError("a total has no positive weight to go to")
        given = min(max(left, 0), takers)
        for _ in range(given):
            first = np.argmax(rest)
            shares[row, first] += 1
            rest[first] = -2.0  # it has had its one
        # Beyond 2**53 a float misses units: the largest share, which cannot feel it, takes them.
        shares[row, largest] += left - given
    return shares
