"""The capital market: bills and offers in, loans, bonds, equity and budgets out."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.markets.filling import UNLIMITED, fill, shared, spread
from abm.sums import add_cells, add_rows, by_row
from abm.tables_finance import BUDGET, EQUITY, GROUPS, PURPOSES, RIVAL_GROUP

_G, _P = len(GROUPS), len(PURPOSES)
_TINY = 1e-12
_NEEDS_GROUP = np.repeat(np.arange(_G), _P)  # needs are counted by group and purpose, purposes within a group

type Cents = NDArray[np.int64]
type Rows = NDArray[np.int64]
type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asks:
    """What campuses must pay this month; C campuses, G groups of borrowers, purposes facility and IT.

    Attributes:
        due_cents: shape (C, 2).
        group: row of GROUPS, RIVAL_GROUP, or NO_GROUP for unused rows, shape (C,).
        owner: row of owners.csv, for rivals, shape (C,).
        debt_share: most debt in what is paid, shape (G, 2).
        room_cents: most a group may be given in all, shape (G,).
    """

    due_cents: Cents
    group: Rows
    owner: Rows
    debt_share: Floats
    room_cents: Cents


@dataclass(frozen=True, slots=True)
class Supply:
    """What investors and owners offer; I investors, G groups, O owners.

    Attributes:
        instrument: EQUITY, LOAN or BOND, shape (I,).
        weight: share of a need an investor takes, by group and purpose, shape (I, G, 2).
        offer_cents: most it gives to a group, shape (I, G).
        purse_cents: most it gives in all, shape (I,).
        rate_per_year: asked, shape (I, G).
        budget_cents: of the owners of rival campuses, shape (O,).
    """

    instrument: Rows
    weight: Floats
    offer_cents: Cents
    purse_cents: Cents
    rate_per_year: Floats
    budget_cents: Cents


@dataclass(frozen=True, slots=True)
class Deals:
    """What is paid in, as columns of shape (n_deals,), and what is refused.

    Attributes:
        investor: row of investors; of owners where the instrument is BUDGET.
        campus: row of the campus.
        purpose: 0 facility, 1 IT.
        instrument: EQUITY, LOAN, BOND or BUDGET.
        cents: above zero.
        rate_per_year: of debt; 0 for equity and budgets.
        refused_cents: due and not paid in, shape (C, 2).
        raised_cents: what investors give beyond their purse when capital is abundant, shape (I,).
        budget_raised_cents: the same for owners, shape (O,).
    """

    investor: Rows
    campus: Rows
    purpose: Rows
    instrument: Rows
    cents: Cents
    rate_per_year: Floats
    refused_cents: Cents
    raised_cents: Cents
    budget_raised_cents: Cents

    def called(self, n_investors: int) -> Cents:
        """Cents paid in by investor, budgets apart, shape (n_investors,)."""
        rows = self.instrument != BUDGET
        return by_row(self.investor[rows], self.cents[rows], n_investors)

    def paid_in(self) -> Cents:
        """Cents paid in by campus and purpose, shape (C, 2)."""
        out = np.zeros_like(self.refused_cents)
        add_cells(out, self.campus, self.purpose, self.cents)
        return out


def clear(asks: Asks, supply: Supply, cheapness_exponent: float, abundant: bool) -> Deals:
    """Pay what is due: equity first, debt up to its share and cover, then equity for what lenders leave.

    Each borrower is filled by its investors' weights, cheaper lenders weighing more; what one cannot give others give
    within their offers. Campuses of a group share what it gets by what they owe, rivals their owner's budget.

    Args:
        asks: what is due
        supply: what is offered
        cheapness_exponent: power of the gross rate in lenders' weights
        abundant: whether offers, budgets, room and debt cover are without limit

    Raises:
        ValueError: if a bill, offer, purse or budget is negative, or a debt share outside 0..1.
    """
    _check(asks, supply)
    weight = _cheap_first(supply, cheapness_exponent)
    offer, purse, room = supply.offer_cents, supply.purse_cents, asks.room_cents
    if abundant:
        offer, purse, room = (np.full_like(limit, UNLIMITED) for limit in (offer, purse, room))
    need = _needs(asks, room)
    given = _by_investor(need, supply.instrument == EQUITY, weight, asks.debt_share.ravel(), offer, purse)
    rows, cents = _laid_out(asks.due_cents, asks.group, given)
    budget = np.full_like(supply.budget_cents, UNLIMITED) if abundant else supply.budget_cents
    rival_rows, rival_cents = _from_budgets(asks.due_cents, asks.group == RIVAL_GROUP, asks.owner, budget)
    instrument = np.concatenate([supply.instrument[rows[0]], np.full(len(rival_cents), BUDGET)])
    rate = np.where(instrument[: len(cents)] == EQUITY, 0.0, supply.rate_per_year[rows[0], asks.group[rows[1]]])
    investor, campus, purpose = (np.concatenate(pair) for pair in zip(rows, rival_rows, strict=True))
    refused = asks.due_cents.copy()
    all_cents = np.concatenate([cents, rival_cents])
    add_cells(refused, campus, purpose, -all_cents)
    by_investor = given.sum(axis=1)
    by_owner = by_row(rival_rows[0], rival_cents, len(budget))
    return Deals(
        investor,
        campus,
        purpose,
        instrument,
        all_cents,
        np.concatenate([rate, np.zeros(len(rival_cents))]),
        refused,
        np.maximum(0, by_investor - supply.purse_cents),
        np.maximum(0, by_owner - supply.budget_cents),
    )


# ---- inside a clearing ----


def _check(asks: Asks, supply: Supply) -> None:
    amounts = (asks.due_cents, asks.room_cents, supply.offer_cents, supply.purse_cents, supply.budget_cents)
    if any(amount.size and amount.min() < 0 for amount in amounts):
        raise ValueError("a bill, offer, purse, room or budget is negative; nothing is lent backwards")
    if asks.debt_share.min() < 0 or asks.debt_share.max() > 1:
        raise ValueError("a debt share is outside 0..1; give the share of debt in what is paid")


def _cheap_first(supply: Supply, exponent: float) -> Floats:
    """Weights of investors, lenders' multiplied by their gross rate to a negative power, shape (I, G * 2)."""
    cheap = (1 + supply.rate_per_year) ** -exponent
    cheap = np.where((supply.instrument == EQUITY)[:, np.newaxis], 1.0, cheap)
    weighed: Floats = (supply.weight * cheap[:, :, np.newaxis]).reshape(len(cheap), -1)
    return weighed


def _needs(asks: Asks, room: Cents) -> Cents:
    """What each group needs by purpose, cut to its room, shape (G, 2)."""
    need = np.zeros((_G, _P), np.int64)
    ours = np.flatnonzero((asks.group >= 0) & (asks.group < _G))
    add_rows(need, asks.group[ours], asks.due_cents[ours])
    for g in np.flatnonzero(need.sum(axis=1) > room):
        need[g] = shared(int(room[g]), need[g])
    return need


def _by_investor(need: Cents, is_equity: NDArray[np.bool_], weight: Floats, debt_share: Floats, offer: Cents,
                 purse: Cents) -> Cents:  # fmt: skip
    """What each investor gives to each group and purpose, shape (I, G * 2)."""
    wanted = need.ravel()
    equity_weight = np.where(is_equity[:, np.newaxis], weight, 0.0)
    least_equity = wanted - np.floor(wanted * debt_share).astype(np.int64)
    equity = fill(least_equity, _NEEDS_GROUP, equity_weight, offer, purse)
    paid = equity.sum(axis=0)
    most_debt = np.floor(paid * (debt_share / np.maximum(1 - debt_share, _TINY)))
    most_debt = np.where(paid >= least_equity, wanted - least_equity, np.minimum(most_debt, wanted - least_equity))
    debt_weight = np.where(is_equity[:, np.newaxis], 0.0, weight)
    debt = fill(most_debt.astype(np.int64), _NEEDS_GROUP, debt_weight, offer, purse)
    given = equity + debt
    offer_left, purse_left = offer.copy(), purse - given.sum(axis=1)
    for g in range(_G):
        offer_left[:, g] -= given[:, _P * g : _P * (g + 1)].sum(axis=1)
    return given + fill(wanted - given.sum(axis=0), _NEEDS_GROUP, equity_weight, offer_left, purse_left)


def _laid_out(due: Cents, group: Rows, given: Cents) -> tuple[tuple[Rows, Rows, Rows], Cents]:
    """What investors give to groups as rows of investor, campus and purpose, and cents, each (n_deals,)."""
    investors, campuses, purposes, cents = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [], []
    for column in np.flatnonzero(given.any(axis=0)):
        g, purpose = divmod(int(column), _P)
        members = np.flatnonzero(group == g)
        amounts = spread(given[:, column], due[members, purpose])
        i, c = np.nonzero(amounts)
        investors.append(i)
        campuses.append(members[c])
        purposes.append(np.full(len(i), purpose))
        cents.append(amounts[i, c])
    nothing = [np.zeros(0, np.int64)]
    columns = [np.concatenate(part) for part in (investors, campuses, nothing + purposes, nothing + cents)]
    return (columns[0], columns[1], columns[2]), columns[3]


def _from_budgets(
    due: Cents, is_rival: NDArray[np.bool_], owner: Rows, budget: Cents
) -> tuple[tuple[Rows, Rows, Rows], Cents]:
    """What owners pay for their campuses, as rows of owner, campus and purpose, and cents, each (n_deals,)."""
    paid = _paid_from_budgets(due, is_rival, owner, budget)
    campus, purpose = np.nonzero(paid)
    return (owner[campus], campus, purpose), paid[campus, purpose]


@njit(cache=True)
def _paid_from_budgets(due: Cents, is_rival: NDArray[np.bool_], owner: Rows, budget: Cents) -> Cents:
    paid = np.zeros_like(due)
    bills = np.empty(due.size, np.int64)  # of one owner; plain loops compile in a third of the time
    for o in range(len(budget)):
        n, total = 0, 0
        for c in range(len(due)):
            if is_rival[c] and owner[c] == o:
                for purpose in range(_P):
                    bills[n] = due[c, purpose]
                    total += bills[n]
                    n += 1
        if n == 0:
            continue
        part, n = shared(min(budget[o], total), bills[:n]), 0
        for c in range(len(due)):
            if is_rival[c] and owner[c] == o:
                for purpose in range(_P):
                    paid[c, purpose] = part[n]
                    n += 1
    return paid
