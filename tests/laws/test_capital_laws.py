"""Laws of the capital market and of filling: for any bills and any offers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.ledger import split
from abm.markets.capital import Asks, Supply, clear
from abm.markets.filling import UNLIMITED, fill, shared, spread
from abm.tables_finance import BOND, BUDGET, EQUITY, GROUPS, LOAN, RIVAL_GROUP

G = len(GROUPS)
CENTS = st.integers(0, 10**13)


@st.composite
def markets(draw):
    """Up to six campuses, five investors and two owners."""
    n, i = draw(st.integers(1, 6)), draw(st.integers(1, 5))

    def array(elements, *shape):
        size = int(np.prod(shape))
        return np.array(draw(st.lists(elements, min_size=size, max_size=size))).reshape(shape)

    room = draw(st.sampled_from([UNLIMITED, 10**12]))
    asks = Asks(
        array(CENTS, n, 2), array(st.integers(-1, RIVAL_GROUP), n), array(st.integers(0, 1), n),
        array(st.floats(0, 0.95), G, 2), np.full(G, room, np.int64),
    )  # fmt: skip
    unused = asks.group < 0
    asks.due_cents[unused] = 0
    supply = Supply(
        array(st.sampled_from([EQUITY, LOAN, BOND]), i), array(st.sampled_from([0.0, 0.1, 0.35, 1.0]), i, G, 2),
        array(CENTS, i, G), array(CENTS, i), array(st.floats(0.01, 0.2), i, G), array(CENTS, 2),
    )  # fmt: skip
    return asks, supply


@settings(max_examples=150, deadline=None)
@given(markets(), st.booleans())
def test_nobody_gets_more_than_asked_or_gives_more_than_offered(market, abundant):
    asks, supply = market
    deals = clear(asks, supply, 20, abundant)
    assert (deals.cents > 0).all()
    assert (deals.refused_cents >= 0).all()
    assert (deals.paid_in() + deals.refused_cents == asks.due_cents).all()
    if abundant:
        return
    ours = deals.instrument != BUDGET
    by_group = np.zeros_like(supply.offer_cents)
    np.add.at(by_group, (deals.investor[ours], asks.group[deals.campus[ours]]), deals.cents[ours])
    assert (by_group <= supply.offer_cents).all()
    assert (deals.called(len(supply.purse_cents)) <= supply.purse_cents).all()
    assert (by_group.sum(axis=0) <= asks.room_cents).all()
    by_owner = np.zeros_like(supply.budget_cents)
    np.add.at(by_owner, deals.investor[~ours], deals.cents[~ours])
    assert (by_owner <= supply.budget_cents).all()
    assert deals.raised_cents.sum() == deals.budget_raised_cents.sum() == 0


@settings(max_examples=100, deadline=None)
@given(markets())
def test_debt_stays_within_its_share(market):
    asks, supply = market
    deals = clear(asks, supply, 20, abundant=False)
    for g in range(G):
        for purpose in range(2):
            rows = (deals.instrument != BUDGET) & (asks.group[deals.campus] == g) & (deals.purpose == purpose)
            total = deals.cents[rows].sum()
            debt = deals.cents[rows & (deals.instrument != EQUITY)].sum()
            assert debt <= asks.debt_share[g, purpose] * total + 1


@settings(max_examples=100, deadline=None)
@given(markets())
def test_renaming_investors_renames_the_deals(market):
    """Distinct rates order the lenders; cents lost in rounding may change hands, one a deal."""
    asks, supply = market
    n = len(supply.purse_cents)
    order = np.arange(n)[::-1]
    turned = Supply(
        supply.instrument[order], supply.weight[order], supply.offer_cents[order], supply.purse_cents[order],
        supply.rate_per_year[order], supply.budget_cents,
    )  # fmt: skip
    one, two = clear(asks, supply, 20, abundant=False), clear(asks, turned, 20, abundant=False)
    few = 200  # cents: rounds of filling times deals
    assert np.abs(one.called(n) - two.called(n)[order]).max() <= few
    assert np.abs(one.refused_cents - two.refused_cents).max() <= few


@settings(max_examples=100, deadline=None)
@given(markets(), st.integers(1, 10**12))
def test_more_money_for_one_group_never_lowers_what_it_gets(market, more):
    """One group alone, all investors richer: offers and purses up by the same amount."""
    asks, supply = market
    asks.group[:] = np.where(asks.group < RIVAL_GROUP, 0, RIVAL_GROUP)
    richer = Supply(
        supply.instrument, supply.weight, supply.offer_cents + more, supply.purse_cents + more, supply.rate_per_year,
        supply.budget_cents + more,
    )  # fmt: skip
    before = clear(asks, supply, 20, abundant=False).paid_in().sum()
    assert clear(asks, richer, 20, abundant=False).paid_in().sum() >= before - 100  # rounding


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8), st.floats(0, 1))
def test_sharing_is_the_ledgers_split_and_never_above_a_weight(weights, part):
    weights = np.array(weights, np.int64)
    total = int(weights.sum() * part)
    out = shared(total, weights)
    assert out.sum() == total
    assert (out <= weights).all()
    if total:
        assert np.abs(out - split(total, weights)).max() <= 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6), st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_spreading_adds_up_by_rows_and_columns(need, parts):
    need = np.array(need, np.int64)
    given_ = np.array([int(need.sum() * part / len(parts)) for part in parts], np.int64)
    out = spread(given_, need)
    assert (out.sum(axis=1) == given_).all()
    assert (out.sum(axis=0) <= need).all()


@settings(max_examples=60, deadline=None)
@given(markets())
def test_filling_equals_its_python_twin(market):
    asks, supply = market
    need, group = asks.due_cents[:, 0], np.maximum(0, np.minimum(asks.group, G - 1))
    weight = supply.weight[:, group, 0]
    arguments = (need, group, weight, supply.offer_cents, supply.purse_cents)
    np.testing.assert_array_equal(fill(*arguments), fill.py_func(*arguments))
