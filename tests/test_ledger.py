"""The money ledger: postings worked on paper, its three laws, its messages, and split."""

import copy
import pickle

import numpy as np
import pytest

from abm.errors import BadPosting, BooksDoNotBalance
from abm.ledger import Ledger, Residuals, split, split_rows
from abm.transactions import INSTRUMENT, INSTRUMENTS, ISSUERS, KIND, KINDS, TRANSACTIONS

SECTORS = {"campuses": 2, "investors": 1, "builders": 2, "vendors": 1, "households": 3, "federal": 1, "bank": 1}
NOTHING_LEFT = Residuals(0, 0, 0)


@pytest.fixture
def ledger():
    """Two campuses with 1,000 cents each, an investor with 5,000, books open."""
    ledger = Ledger(SECTORS)
    ledger.endow(ledger.accounts("campuses"), np.array([1000, 1000]))
    ledger.endow(ledger.account("investors"), 5000)
    ledger.open_month()
    return ledger


def test_accounts_are_contiguous_by_sector():
    ledger = Ledger(SECTORS)
    assert ledger.n_accounts == 11
    assert ledger.accounts("campuses").tolist() == [0, 1]
    assert ledger.accounts("households").tolist() == [6, 7, 8]
    assert ledger.account("builders", 1) == 4
    assert ledger.account("bank") == 10
    assert [ledger.sectors[i] for i in ledger.sector_of] == [name for name, n in SECTORS.items() for _ in range(n)]


def test_opening_deposits_are_covered_by_reserves(ledger):
    assert ledger.held("deposit", "campuses").tolist() == [1000, 1000]
    assert ledger.held("deposit", "bank").tolist() == [-7000]
    assert ledger.held("reserve", "bank").tolist() == [7000]
    assert ledger.held("reserve", "federal").tolist() == [-7000]
    assert ledger.held("deposit", "federal").tolist() == [0]
    assert ledger.close_month(0) == NOTHING_LEFT


def test_a_building_paid_step_by_step(ledger):
    """Equipment for 700 is ordered with a deposit of 200, funded, delivered and paid; the builder gets 90 % of 300."""
    campus, builder, vendor = ledger.account("campuses"), ledger.account("builders"), ledger.account("vendors")
    ledger.post("deposit_due", campus, vendor, 200, campus=0)
    assert ledger.held("prepaid", "campuses").tolist() == [200, 0]  # a claim on the maker ...
    assert ledger.held("prepaid", "vendors").tolist() == [-200]
    assert ledger.held("payable", "campuses").tolist() == [-200, 0]  # ... for a bill not yet paid
    ledger.post("equity_call", ledger.account("investors"), campus, 700, campus=0)
    assert ledger.held("share", "campuses").tolist() == [-700, 0]
    assert ledger.held("share", "investors").tolist() == [700]
    ledger.post("equipment_payment", campus, vendor, 200, campus=0)
    ledger.post("bill_settled", campus, vendor, 200, campus=0)
    ledger.post("equipment_delivery", campus, vendor, 200, campus=0)  # the claim is redeemed
    ledger.post("bill_received", campus, vendor, 500, campus=0)  # and the rest falls due
    ledger.post("equipment_payment", campus, vendor, 500, campus=0)
    ledger.post("bill_settled", campus, vendor, 500, campus=0)
    assert not ledger.position[INSTRUMENT["prepaid"]].any()
    assert ledger.held("deposit", "vendors").tolist() == [700]
    assert ledger.held("deposit", "campuses").tolist() == [1000, 1000]
    ledger.post("bill_received", campus, builder, 270, campus=0)
    ledger.post("retainage_held", campus, builder, 30, campus=0)
    assert ledger.held("payable", "campuses").tolist() == [-270, 0]
    assert ledger.held("retainage", "builders").tolist() == [30, 0]
    ledger.post("contractor_payment", campus, builder, 270, campus=0)
    ledger.post("bill_settled", campus, builder, 270, campus=0)
    ledger.post("retainage_due", campus, builder, 30, campus=0)
    assert ledger.held("retainage", "builders").tolist() == [0, 0]
    assert ledger.held("payable", "builders")[0] == 30
    ledger.post("contractor_payment", campus, builder, 30, campus=0)
    ledger.post("bill_settled", campus, builder, 30, campus=0)
    assert ledger.held("deposit", "campuses").tolist() == [700, 1000]
    assert ledger.held("deposit", "builders").tolist() == [300, 0]
    assert not ledger.position[[INSTRUMENT["payable"], INSTRUMENT["retainage"]]].any()
    assert ledger.close_month(0) == NOTHING_LEFT


def test_a_forfeited_deposit_is_still_to_be_paid(ledger):
    """A cancelled order: the claim of 200 on the maker goes, the bill stays, and the maker has the 200 in the end."""
    campus, vendor = ledger.account("campuses"), ledger.account("vendors")
    ledger.post("deposit_due", campus, vendor, 200, campus=0)
    ledger.post("deposit_forfeited", campus, vendor, 200, campus=0)
    assert not ledger.position[INSTRUMENT["prepaid"]].any()
    assert ledger.held("payable", "campuses").tolist() == [-200, 0]
    ledger.post("equipment_payment", campus, vendor, 200, campus=0)
    ledger.post("bill_settled", campus, vendor, 200, campus=0)
    assert ledger.held("deposit", "vendors").tolist() == [200]
    assert not ledger.position[[INSTRUMENT["payable"], INSTRUMENT["prepaid"]]].any()
    assert ledger.close_month(0) == NOTHING_LEFT


def test_a_deposit_cannot_be_forfeited_twice(ledger):
    campus, vendor = ledger.account("campuses"), ledger.account("vendors")
    ledger.post("deposit_due", campus, vendor, 200)
    ledger.post("deposit_forfeited", campus, vendor, 201)
    with pytest.raises(BooksDoNotBalance, match="prepaid of campuses 0: -1 cents below zero; only vendors may be"):
        ledger.close_month(0)


def test_a_loan_is_owed_until_repaid_or_written_off(ledger):
    lender, campus = ledger.account("investors"), ledger.account("campuses", 1)
    ledger.post("loan_draw", lender, campus, 400)
    ledger.post("loan_repayment", campus, lender, 100)
    ledger.post("interest", campus, lender, 7)
    assert ledger.held("loan", "campuses").tolist() == [0, -300]
    ledger.post("loan_write_off", lender, campus, 300)
    assert ledger.held("loan", "campuses").tolist() == [0, 0]
    assert ledger.held("deposit", "investors").tolist() == [5000 - 400 + 100 + 7]


def test_scalars_and_arrays_are_broadcast(ledger):
    campuses, homes = ledger.accounts("campuses"), ledger.accounts("households")
    ledger.post("wages", campuses[0], homes, 5, campus=1)
    ledger.post("wages", ledger.account("campuses"), homes, np.array([1, 0, 2]), campus=np.array([0, 0, 1]))
    ledger.post("wages", campuses, homes[0], np.int64(3), campuses)
    assert ledger.held("deposit", "households").tolist() == [5 + 1 + 3 + 3, 5, 5 + 2]
    assert ledger.held("deposit", "campuses").tolist() == [1000 - 15 - 3 - 3, 997]


def test_flows_keep_every_posting_in_order(ledger):
    campus, builder = ledger.account("campuses"), ledger.accounts("builders")
    ledger.post("materials", campus, builder, np.array([4, 5]), campus=1)
    ledger.post("tax", campus, ledger.account("federal"), 6)
    flows = ledger.flows()
    assert [KINDS[k] for k in flows.kind] == ["materials", "materials", "tax"]
    assert flows.payer.tolist() == [0, 0, 0]
    assert flows.payee.tolist() == [3, 4, 9]
    assert flows.campus.tolist() == [1, 1, -1]
    assert flows.cents.tolist() == [4, 5, 6]
    ledger.open_month()
    assert len(ledger.flows().cents) == 0
    assert flows.cents.tolist() == [4, 5, 6], "what was taken stays"


def test_columns_grow_beyond_their_first_room(ledger):
    homes = ledger.accounts("households")
    for _ in range(30):
        ledger.post("wages", ledger.account("bank"), np.tile(homes, 100), 1)
    for _ in range(9001):
        ledger.post("tax", 0, 1, 1)
        ledger.post("tax", 1, 0, 1)
    flows = ledger.flows()
    assert len(flows.cents) == 30 * 300 + 2 * 9001
    assert flows.cents.sum() == 30 * 300 + 2 * 9001
    assert ledger.close_month(0) == NOTHING_LEFT


@pytest.mark.parametrize(
    ("posting", "message"),
    [
        (("wagse", 0, 1, 1), "unknown kind of transaction 'wagse'; did you mean 'wages'"),
        (("wages", 0, 1, -7), "wages: -7 cents in row 0; swap payer and payee"),
        (("wages", 0, np.array([6, 7]), np.array([5, -7])), "wages: -7 cents in row 1; swap"),
        (("wages", 0, 11, 1), r"wages: accounts 0 to 11 in row 0 are not both in 0\.\.10"),
        (("wages", -1, 1, 1), r"accounts -1 to 1"),
        (("wages", np.array([0, -1]), 1, 1), r"accounts -1 to 1 in row 1"),
        (("wages", 0, 1, 2.0), r"wages: 2\.0 is not a whole number"),
        (("wages", 0, 1, np.array([2.0, 1.0])), "whole numbers, not float64; round once, with split"),
        (("wages", 0, 1, True), "True is not a whole number"),
        (("wages", 0, 1, 1 << 62), "not more than int64 can add"),
        (("wages", 0, 1, np.array([1 << 62])), "not more than int64 can add"),
    ],
)
def test_a_bad_posting_is_refused_and_writes_nothing(ledger, posting, message):
    before = ledger.position.copy()
    with pytest.raises(BadPosting, match=message):
        ledger.post(*posting)
    assert np.array_equal(ledger.position, before)
    assert len(ledger.flows().cents) == 0
    assert ledger.close_month(0) == NOTHING_LEFT


def test_arrays_of_different_lengths_are_refused(ledger):
    with pytest.raises(ValueError, match="broadcast"):
        ledger.post("wages", np.array([0, 1]), np.array([6, 7, 8]), 1)
    assert ledger.close_month(0) == NOTHING_LEFT
    ledger.post("wages", np.zeros(0, np.int64), np.zeros(0, np.int64), 1)
    assert len(ledger.flows().cents) == 0


def test_spending_more_than_one_has_is_named(ledger):
    ledger.post("wages", ledger.account("campuses", 1), ledger.account("households"), 1007)
    with pytest.raises(BooksDoNotBalance, match="2026-03 deposit of campuses 1: -7 cents below zero; only bank may be"):
        ledger.close_month(22)


def test_returning_more_than_was_borrowed_is_named(ledger):
    ledger.post("loan_repayment", ledger.account("campuses"), ledger.account("investors"), 5)
    with pytest.raises(BooksDoNotBalance, match="loan of investors 0: -5 cents below zero; only campuses and owners"):
        ledger.close_month(0)


def test_a_direct_write_is_named(ledger):
    ledger.post("wages", 0, 6, 10)
    ledger.position[INSTRUMENT["deposit"], 7] += 5
    with pytest.raises(BooksDoNotBalance, match="2024-07 deposit of households 1: 5 cents moved without a posting"):
        ledger.close_month(2)


def test_a_direct_write_between_two_months_is_named(ledger):
    ledger.close_month(0)
    ledger.position[INSTRUMENT["loan"], [0, 2]] += [-9, 9]
    ledger.open_month()
    with pytest.raises(BooksDoNotBalance, match="2024-06 loan of campuses 0: -9 cents moved without a posting"):
        ledger.close_month(1)


def test_an_instrument_that_does_not_sum_to_zero_is_named(ledger):
    """Planted where the second law cannot see it: in the opening positions too."""
    ledger.position[INSTRUMENT["bond"], 0] += 3
    ledger._opening[INSTRUMENT["bond"], 0] += 3
    with pytest.raises(BooksDoNotBalance, match="2024-05 bond of all sectors: 3 cents too many"):
        ledger.close_month(0)


def test_a_lost_posting_is_named(ledger):
    """The other side of the second law: the position moved and the row is gone."""
    ledger.post("wages", 0, 6, 10)
    ledger._rows = 0
    with pytest.raises(BooksDoNotBalance, match="deposit of campuses 0: -10 cents moved without a posting"):
        ledger.close_month(0)


def test_a_copied_ledger_is_a_ledger_of_its_own(ledger):
    for twin in (copy.deepcopy(ledger), pickle.loads(pickle.dumps(ledger))):
        twin.post("wages", 0, 6, 10)
        assert twin.close_month(0) == NOTHING_LEFT
        assert twin.held("deposit", "households").tolist() == [10, 0, 0]
    assert ledger.held("deposit", "households").tolist() == [0, 0, 0]


def test_the_table_of_transactions_is_sound():
    assert set(ISSUERS) == set(INSTRUMENTS)
    for kind, legs in TRANSACTIONS.items():
        assert KINDS[KIND[kind]] == kind
        assert legs, kind
        assert len({instrument for instrument, _ in legs}) == len(legs), f"{kind} moves an instrument twice"
        assert all(instrument in ISSUERS and direction in (-1, 1) for instrument, direction in legs), kind


def test_split_gives_the_largest_remainders_the_rest():
    """10 by 1:1:1 leaves one, which goes to the first; 100 by 1:2:4 is 14.3, 28.6, 57.1."""
    assert split(10, np.array([1, 1, 1])).tolist() == [4, 3, 3]
    assert split(100, np.array([1.0, 2.0, 4.0])).tolist() == [14, 29, 57]
    assert split(2, np.array([0, 5, 0, 5])).tolist() == [0, 1, 0, 1]
    assert split(7, np.array([0.3])).tolist() == [7]
    assert split(0, np.array([0.0, 0.0])).tolist() == [0, 0]


def test_split_rows_splits_each_row_by_its_own_weights():
    shares = split_rows(np.array([10, 0, 100]), np.array([[1, 1, 1], [0, 0, 0], [1, 2, 4]]))
    assert shares.tolist() == [[4, 3, 3], [0, 0, 0], [14, 29, 57]]


@pytest.mark.parametrize(
    ("total", "weights", "message"),
    [
        (-1, [1.0], "negative"),
        (1, [1.0, -1.0], "negative"),
        (1, [np.inf, 1.0], "not finite"),
        (1, [np.nan, 1.0], "not finite"),
        (1, [0.0, 0.0], "no positive weight"),
    ],
)
def test_split_refuses_what_cannot_be_shared(total, weights, message):
    with pytest.raises(ValueError, match=message):
        split(total, np.array(weights))
