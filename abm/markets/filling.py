"""How what is needed is filled from what is offered: by weights, within limits, in whole units."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

UNLIMITED = 1 << 60  # so that a few of the largest still add up in int64
_ROUNDS = 64


@njit(cache=True)
def fill(
    need: NDArray[np.int64],
    group: NDArray[np.int64],
    weight: NDArray[np.float64],
    limit: NDArray[np.int64],
    purse: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Fill needs by weights; what one giver cannot give, the others give within their means.

    Args:
        need: of each taker, shape (n_takers,)
        group: of each taker, shape (n_takers,)
        weight: share a giver takes of a need while it has means; 0 never gives, shape (n_givers, n_takers)
        limit: most a giver gives to a group, shape (n_givers, n_groups)
        purse: most a giver gives in all, shape (n_givers,)

    Returns:
        What each giver gives to each taker, shape (n_givers, n_takers).
    """
    n, takers = weight.shape
    given = np.zeros((n, takers), np.int64)
    left, room, money = need.copy(), limit.copy(), purse.copy()
    asked = np.zeros((n, takers))
    for _ in range(_ROUNDS):
        asked[:] = 0.0
        for t in range(takers):
            total = 0.0
            for i in range(n):
                if left[t] > 0 and money[i] > 0 and room[i, group[t]] > 0:
                    asked[i, t] = weight[i, t]
                    total += weight[i, t]
            for i in range(n):
                asked[i, t] = left[t] * (asked[i, t] / total) if total > 0.0 else 0.0
        if not _give(given, asked, left, group, room, money):
            break
    # Whole units lost in rounding, in the order of weights so that the order of givers does not matter.
    for t in range(takers):
        for i in np.argsort(-weight[:, t], kind="mergesort"):
            if weight[i, t] > 0.0:
                _move(given, i, t, min(left[t], room[i, group[t]], money[i]), left, group, room, money)
    return given


@njit(cache=True)
def _give(
    given: NDArray[np.int64],
    asked: NDArray[np.float64],
    left: NDArray[np.int64],
    group: NDArray[np.int64],
    room: NDArray[np.int64],
    money: NDArray[np.int64],
) -> bool:
    """One round: each giver meets the same share of all that is asked of it in a group, and in all."""
    any_given = False
    n, takers = asked.shape
    for i in range(n):
        by_group = np.zeros(room.shape[1])
        for t in range(takers):
            by_group[group[t]] += asked[i, t]
        total = 0.0
        for g in range(len(by_group)):
            total += min(by_group[g], float(room[i, g]))
        if total <= 0.0:
            continue
        share = min(1.0, money[i] / total)
        for t in range(takers):
            g = group[t]
            if asked[i, t] > 0.0:
                amount = int(asked[i, t] * min(1.0, room[i, g] / by_group[g]) * share)
                amount = min(amount, left[t], room[i, g], money[i])
                _move(given, i, t, amount, left, group, room, money)
                any_given = any_given or amount > 0
    return any_given


@njit(cache=True)
def _move(
    given: NDArray[np.int64],
    i: int,
    t: int,
    amount: int,
    left: NDArray[np.int64],
    group: NDArray[np.int64],
    room: NDArray[np.int64],
    money: NDArray[np.int64],
) -> None:
    given[i, t] += amount
    left[t] -= amount
    room[i, group[t]] -= amount
    money[i] -= amount


@njit(cache=True)
def shared(total: int, weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Share a total by whole weights, never more than a weight, largest remainders first, shape (n,).

    The same as `ledger.split` for a total not above the sum of the weights, which it asks for.
    """
    out = np.zeros(len(weights), np.int64)
    whole = int(weights.sum())
    if whole <= 0:
        return out
    rest = np.zeros(len(weights))
    for c in range(len(weights)):
        exact = total * (weights[c] / whole)
        out[c] = min(int(exact), weights[c])
        rest[c] = exact - out[c]
    left = total - int(out.sum())
    for k in np.argsort(-rest, kind="mergesort"):
        step = min(1, left, int(weights[k] - out[k]))
        out[k] += step
        left -= step
    for c in range(len(weights)):  # beyond 2**53 a float misses units
        step = min(left, int(weights[c] - out[c]))
        out[c] += step
        left -= step
    return out


@njit(cache=True)
def spread(given: NDArray[np.int64], need: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lay what each giver gives over the members of a group by their needs; rows and columns both add up.

    Args:
        given: by giver, together at most the sum of the needs, shape (n_givers,)
        need: by member, shape (n_members,)

    Returns:
        Amounts, shape (n_givers, n_members).
    """
    left = shared(int(given.sum()), need)
    out = np.zeros((len(given), len(need)), np.int64)
    for i in range(len(given)):
        if given[i] > 0:
            part = shared(given[i], left)
            out[i] = part
            left = left - part
    return out
