"""Who holds which claim on whom: post, check, split; money exists only here, in whole cents."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.errors import BadPosting, BooksDoNotBalance, did_you_mean
from abm.transactions import INSTRUMENT, INSTRUMENTS, ISSUERS, KIND, KINDS, TRANSACTIONS, Flows
from abm.units import month_date

type Whole = int | np.integer | NDArray[np.integer]
NO_CAMPUS = -1
_LEGS = {
    name: (KIND[name], (np.array([INSTRUMENT[i] for i, _ in legs]), np.array([sign for _, sign in legs])))
    for name, legs in TRANSACTIONS.items()
}
_MOST_LEGS = max(len(legs) for legs in TRANSACTIONS.values())
_ROOM = 4096  # postings a month before the columns grow
_MOST_CENTS = 1 << 60  # so that a few of the largest still add up in int64


def _leg_columns() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Instrument and direction (0: no such leg) by kind and leg, each of shape (n_kinds, n_legs)."""
    rows = [tuple((INSTRUMENT[i], sign) for i, sign in legs) for legs in TRANSACTIONS.values()]
    padded = [legs + ((0, 0),) * (_MOST_LEGS - len(legs)) for legs in rows]
    table = np.array(padded, np.int64)
    return table[:, :, 0].copy(), table[:, :, 1].copy()


_LEG_COLUMNS = _leg_columns()


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
        self._columns = Flows.of_room(_ROOM)
        self._rows = 0

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
        if kind not in _LEGS:
            hint = did_you_mean(kind, KINDS, f"kinds are {', '.join(KINDS)}")
            raise BadPosting(f"unknown kind of transaction {kind!r}; {hint}")
        code, legs = _LEGS[kind]
        n = _length(kind, payer, payee, cents, campus)
        if n is None:
            self._post_one(kind, int(payer), int(payee), int(cents), int(campus))
            return
        begin, end = self._rows, self._rows + n
        if end > len(self._columns.cents):
            self._grow(end)
        to = self._columns
        to.payer[begin:end], to.payee[begin:end], to.cents[begin:end] = payer, payee, cents
        to.campus[begin:end], to.kind[begin:end] = campus, code
        last = _write(self.position, to.kind, to.payer, to.payee, to.campus, to.cents, begin, end, *legs)
        if last < begin:
            i = -1 - last
            raise self._bad_row(kind, int(to.payer[i]), int(to.payee[i]), int(to.cents[i]), i - begin)
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
        self._rows = 0

    # ---- reading and checking ----

    def flows(self) -> Flows:
        """The postings since the month was opened, copied."""
        return self._columns.first(self._rows)

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
        of, change = self._columns, np.zeros_like(self.position)
        _add_up(change, of.kind, of.payer, of.payee, of.cents, self._rows, *_LEG_COLUMNS)
        return change

    def _post_one(self, kind: str, payer: int, payee: int, cents: int, campus: int) -> None:
        """The same for one posting, without the cost of arrays."""
        if not (0 <= cents < _MOST_CENTS and 0 <= payer < self.n_accounts and 0 <= payee < self.n_accounts):
            raise self._bad_row(kind, payer, payee, cents, 0)
        if cents == 0:
            return
        row = self._rows
        if row >= len(self._columns.cents):
            self._grow(row + 1)
        to = self._columns
        code, (instruments, directions) = _LEGS[kind]
        to.kind[row], to.payer[row], to.payee[row], to.campus[row], to.cents[row] = code, payer, payee, campus, cents
        for instrument, direction in zip(instruments, directions, strict=True):
            self.position[instrument, payer] -= direction * cents
            self.position[instrument, payee] += direction * cents
        self._rows = row + 1

    def _bad_row(self, kind: str, payer: int, payee: int, cents: int, row: int) -> BadPosting:
        if not 0 <= cents < _MOST_CENTS:
            remedy = "swap payer and payee" if cents < 0 else "amounts are cents, not more than int64 can add"
            return BadPosting(f"{kind}: {cents} cents in row {row}; {remedy}")
        return BadPosting(f"{kind}: accounts {payer} to {payee} in row {row} are not both in 0..{self.n_accounts - 1}")

    def _grow(self, rows: int) -> None:
        self._columns = self._columns.grown(2 * rows)


def _length(kind: str, *values: Whole) -> int | None:
    """The common length of scalars and arrays, None if all are scalars; refuses what is not whole."""
    n = None
    for value in values:
        if isinstance(value, np.ndarray):
            if value.dtype.kind not in "iu":
                raise BadPosting(
                    f"{kind}: amounts and accounts are whole numbers, not {value.dtype}; round once, with split"
                )
            n = value.size if n is None else max(n, value.size)
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
    if (totals < 0).any() or (weights < 0).any() or not np.isfinite(sums).all():
        raise ValueError("a total or a weight is negative or not finite; split shares out what there is")
    if (totals[sums == 0] > 0).any():
        raise ValueError("a total has no positive weight to go to")
    exact = totals[:, np.newaxis] * (weights / np.where(sums > 0, sums, 1.0)[:, np.newaxis])
    shares: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    # Ranks of the remainders, largest first; who has no weight comes after all others and gets nothing.
    order = np.argsort(np.where(weights > 0, shares - exact, 1.0), axis=1, kind="stable")
    ranks = np.argsort(order, axis=1, kind="stable")
    left = totals - shares.sum(axis=1)
    given = np.clip(left, 0, np.count_nonzero(weights, axis=1))
    shares += ranks < given[:, np.newaxis]
    # Beyond 2**53 a float misses units: the largest share, which cannot feel it, takes them.
    shares[np.arange(len(shares)), weights.argmax(axis=1)] += left - given
    return shares


@njit(cache=True)
def _write(position, kinds, payers, payees, campuses, cents, begin, end, instruments, directions):  # type: ignore[no-untyped-def]
    """Check rows, then book those that move something and close the gaps; the new end, or -1 less the first bad row."""
    n_accounts = position.shape[1]
    for i in range(begin, end):
        inside = 0 <= payers[i] < n_accounts and 0 <= payees[i] < n_accounts
        if not inside or cents[i] < 0 or cents[i] >= _MOST_CENTS:
            return -1 - i
    last = begin
    for i in range(begin, end):
        if cents[i] == 0:
            continue
        kinds[last], payers[last], payees[last] = kinds[i], payers[i], payees[i]
        campuses[last], cents[last] = campuses[i], cents[i]
        for leg in range(len(instruments)):
            amount = directions[leg] * cents[last]
            position[instruments[leg], payers[last]] -= amount
            position[instruments[leg], payees[last]] += amount
        last += 1
    return last


@njit(cache=True)
def _add_up(change, kinds, payers, payees, cents, n, instrument_of, direction_of):  # type: ignore[no-untyped-def]
    """Add what the first n rows move to the change of every position."""
    for i in range(n):
        for leg in range(instrument_of.shape[1]):
            amount = direction_of[kinds[i], leg] * cents[i]
            change[instrument_of[kinds[i], leg], payees[i]] += amount
            change[instrument_of[kinds[i], leg], payers[i]] -= amount
