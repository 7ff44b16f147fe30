"""Laws of the ledger: they hold for any postings and any split."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.errors import BooksDoNotBalance
from abm.ledger import Ledger, split, split_rows
from abm.transactions import INSTRUMENTS, KINDS, TRANSACTIONS

SECTORS = {"campuses": 2, "investors": 2, "vendors": 2, "households": 2, "federal": 1, "bank": 1}
N_ACCOUNTS = sum(SECTORS.values())
ACCOUNTS = st.integers(0, N_ACCOUNTS - 1)
CENTS = st.integers(0, 10**14)
LAWS = settings(max_examples=50, deadline=None)


@st.composite
def postings(draw):
    """One call of `post`: scalars or arrays in any mix."""
    n = draw(st.integers(1, 5))

    def one(values):
        column = draw(st.lists(values, min_size=n, max_size=n))
        return column[0] if draw(st.booleans()) else np.array(column)

    return draw(st.sampled_from(KINDS)), one(ACCOUNTS), one(ACCOUNTS), one(CENTS), one(st.integers(-1, 1))


MANY = st.lists(postings(), max_size=12)


def posted(calls):
    ledger = Ledger(SECTORS)
    ledger._may_owe[:] = True  # who may owe is another law
    for call in calls:
        ledger.post(*call)
    return ledger


@LAWS
@given(MANY)
def test_every_instrument_sums_to_zero_and_every_change_is_explained(calls):
    ledger = posted(calls)
    assert (ledger.position.sum(axis=1) == 0).all()
    assert ledger.close_month(0).largest_cents == 0
    ledger.open_month()
    assert ledger.close_month(1).largest_cents == 0


@LAWS
@given(MANY)
def test_positions_are_what_the_table_says_row_by_row(calls):
    """An independent route: Python integers, one row at a time, straight from TRANSACTIONS."""
    ledger = posted(calls)
    expected = [[0] * N_ACCOUNTS for _ in INSTRUMENTS]
    flows = ledger.flows()
    for kind, payer, payee, cents in zip(flows.kind, flows.payer, flows.payee, flows.cents, strict=True):
        for instrument, direction in TRANSACTIONS[KINDS[kind]]:
            expected[INSTRUMENTS.index(instrument)][payer] -= direction * int(cents)
            expected[INSTRUMENTS.index(instrument)][payee] += direction * int(cents)
    assert ledger.position.tolist() == expected


@LAWS
@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_postings_changes_no_position(calls, random):
    shuffled = random.sample(calls, len(calls))
    assert np.array_equal(posted(calls).position, posted(shuffled).position)


@LAWS
@given(MANY, st.integers(0, len(INSTRUMENTS) - 1), ACCOUNTS, st.integers(-(10**12), 10**12).filter(bool))
def test_a_direct_write_is_found_and_named(calls, instrument, account, cents):
    ledger = posted(calls)
    ledger.position[instrument, account] += cents
    sector = ledger.sectors[ledger.sector_of[account]]
    name = f"2024-09 {INSTRUMENTS[instrument]} of {sector} \\d: {cents} cents moved without a posting"
    with pytest.raises(BooksDoNotBalance, match=name):
        ledger.close_month(4)


WEIGHTS = st.lists(st.floats(0, 1e9) | st.just(0.0), min_size=1, max_size=20).filter(lambda w: sum(w) > 1e-6)


@LAWS
@given(st.integers(0, 1 << 60), WEIGHTS)
def test_split_loses_nothing_and_gives_nothing_to_no_weight(total, weights):
    shares = split(total, np.array(weights))
    assert sum(shares.tolist()) == total
    assert (shares >= 0).all()
    assert not shares[np.array(weights) == 0].any()


@LAWS
@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=20).filter(any))
def test_split_is_within_one_of_the_exact_share(total, weights):
    """Compared in whole numbers: |share * sum - total * weight| < sum."""
    shares = split(total, np.array(weights))
    for share, weight in zip(shares.tolist(), weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@LAWS
@given(st.lists(st.tuples(st.integers(0, 10**9), st.lists(st.integers(1, 50), min_size=3, max_size=3)), min_size=1))
def test_splitting_rows_is_splitting_each(rows):
    totals, weights = np.array([total for total, _ in rows]), np.array([weight for _, weight in rows])
    assert split_rows(totals, weights).tolist() == [split(total, np.array(weight)).tolist() for total, weight in rows]
