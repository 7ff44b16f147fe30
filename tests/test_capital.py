"""Bills are paid by equity and debt within shares and offers; what is owed is served; rivals live on their budget."""

import dataclasses

import numpy as np
import pytest

from abm.markets.capital import Asks, Supply, clear
from abm.markets.debts import Debts, dividends
from abm.markets.filling import UNLIMITED, shared, spread
from abm.markets.terms import Budgets, annuity, base_rate_at, debt_shares, group_rooms, joint_venture_room
from abm.parameters import Parameters
from abm.tables_finance import (
    BOND,
    BUDGET,
    CENTS_PER_USD_BN,
    EQUITY,
    GROUPS,
    INSTRUMENTS,
    JOINT_VENTURE,
    LOAN,
    OPENAI,
    ORACLE,
    RIVAL_GROUP,
    Borrowers,
    Capex,
    base_rate,
    capex,
    investors,
)
from abm.units import month_index

G = len(GROUPS)
SPONSOR, BANK, BONDS = range(3)


@pytest.fixture(scope="module")
def p():
    return Parameters.load().finance


def asks(due, group=ORACLE, debt_share=0.75, owner=0, room=UNLIMITED):
    due = np.array(due, np.int64)
    return Asks(
        due, np.broadcast_to(group, len(due)).copy(), np.broadcast_to(owner, len(due)).copy(),
        np.full((G, 2), debt_share), np.full(G, room, np.int64),
    )  # fmt: skip


def supply(offers=(1000, 1000, 1000), purses=None, weights=(1.0, 0.75, 0.25), rates=(0.1, 0.06, 0.06), budget=(0,)):
    """A sponsor, a bank and a bond market that offer the same to every group."""
    offers = np.array(offers, np.int64)
    return Supply(
        np.array([EQUITY, LOAN, BOND]),
        np.broadcast_to(np.array(weights)[:, None, None], (3, G, 2)).copy(),
        np.repeat(offers[:, None], G, axis=1),
        offers if purses is None else np.array(purses, np.int64),
        np.repeat(np.array(rates)[:, None], G, axis=1),
        np.array(budget, np.int64),
    )  # fmt: skip


def by_instrument(deals):
    return {INSTRUMENTS[k]: int(deals.cents[deals.instrument == k].sum()) for k in set(deals.instrument.tolist())}


def test_a_bill_of_400_is_a_quarter_equity_and_lenders_share_the_rest_by_weight():
    """300 of debt: three quarters (225) from the bank, a quarter (75) from bonds."""
    deals = clear(asks([[400, 0]]), supply(), 20, abundant=False)
    assert by_instrument(deals) == {"equity": 100, "loan": 225, "bond": 75}
    assert deals.refused_cents.sum() == 0
    assert set(deals.purpose.tolist()) == {0}
    assert deals.rate_per_year[deals.instrument == EQUITY].tolist() == [0.0]
    assert deals.rate_per_year[deals.instrument == LOAN].tolist() == [0.06]


def test_what_the_bank_cannot_lend_bonds_lend():
    deals = clear(asks([[100, 0]]), supply(offers=(1000, 10, 1000)), 20, abundant=False)
    assert by_instrument(deals) == {"equity": 25, "loan": 10, "bond": 65}


def test_without_equity_there_is_no_debt():
    deals = clear(asks([[100, 40]]), supply(offers=(0, 1000, 1000)), 20, abundant=False)
    assert len(deals.cents) == 0
    assert deals.refused_cents.tolist() == [[100, 40]]


def test_little_equity_carries_three_times_its_debt():
    deals = clear(asks([[400, 0]]), supply(offers=(40, 1000, 1000)), 20, abundant=False)
    assert by_instrument(deals) == {"equity": 40, "loan": 90, "bond": 30}
    assert deals.refused_cents[0, 0] == 240


def test_equity_fills_what_lenders_leave():
    deals = clear(asks([[100, 0]]), supply(offers=(1000, 5, 5)), 20, abundant=False)
    assert by_instrument(deals) == {"equity": 90, "loan": 5, "bond": 5}


def test_one_purse_serves_two_groups():
    """A purse of 40 and two campuses that ask the sponsor for 50 each get 20 of equity and 60 of debt each."""
    deals = clear(
        asks([[200, 0], [200, 0]], group=[ORACLE, OPENAI]), supply(purses=(40, 1000, 1000)), 20, abundant=False
    )
    assert deals.paid_in()[:, 0].tolist() == [80, 80]


def test_cheaper_lenders_come_first():
    """Equal weights, rates 0 and 10 %: 1.1 to the power -20 is 0.149, so 13 % of 750 come from the dear one."""
    deals = clear(asks([[1000, 0]]), supply(weights=(1, 0.5, 0.5), rates=(0.1, 0.0, 0.1)), 20, abundant=False)
    assert by_instrument(deals)["bond"] == pytest.approx(750 * 1.1**-20 / (1 + 1.1**-20), abs=1)


def test_rivals_share_their_owners_budget():
    """A budget of 60 for bills of 100, 50 and 50 pays 30, 15 and 15; the other owner pays its own in full."""
    bills = asks([[100, 50], [0, 50], [7, 0]], group=RIVAL_GROUP, owner=[0, 0, 1])
    deals = clear(bills, supply(budget=(60, 90)), 20, abundant=False)
    assert deals.paid_in().tolist() == [[30, 15], [0, 15], [7, 0]]
    assert set(deals.instrument.tolist()) == {BUDGET}
    assert deals.called(3).sum() == 0


def test_when_capital_is_abundant_nothing_is_refused_and_the_gap_is_raised():
    bills = asks([[100, 40], [10, 0]], group=[ORACLE, RIVAL_GROUP])
    deals = clear(bills, supply(offers=(5, 0, 100), budget=(4,)), 20, abundant=True)
    assert deals.refused_cents.sum() == 0
    assert deals.budget_raised_cents.tolist() == [6]
    assert (deals.raised_cents == np.maximum(0, deals.called(3) - [5, 0, 100])).all()
    assert deals.raised_cents[SPONSOR] == 30


def test_the_joint_venture_stops_at_its_room():
    deals = clear(asks([[100, 100]], group=JOINT_VENTURE, room=50), supply(), 20, abundant=False)
    assert deals.paid_in().tolist() == [[25, 25]]


def test_nothing_due_means_no_deals():
    deals = clear(asks([[0, 0]]), supply(), 20, abundant=False)
    assert len(deals.cents) == 0
    empty = clear(asks(np.zeros((0, 2))), supply(), 20, abundant=True)
    assert empty.refused_cents.shape == (0, 2)


def test_negative_bills_and_wrong_shares_are_refused():
    with pytest.raises(ValueError, match="nothing is lent backwards"):
        clear(asks([[-1, 0]]), supply(), 20, abundant=False)
    with pytest.raises(ValueError, match=r"outside 0\.\.1"):
        clear(asks([[1, 0]], debt_share=1.2), supply(), 20, abundant=False)


def test_kernels_equal_their_python_twins():
    weights = np.array([3, 0, 9, 5])
    np.testing.assert_array_equal(shared(7, weights), shared.py_func(7, weights))
    np.testing.assert_array_equal(spread(np.array([4, 7]), weights), spread.py_func(np.array([4, 7]), weights))


# ---- terms ----


def test_an_annuity_pays_interest_and_debt():
    """At 10 % a debt of one year is repaid with 1.1; without interest one of 20 years takes a twentieth a year."""
    assert annuity(0.1, 1) == pytest.approx(1.1)
    assert annuity(0.0, 20) == pytest.approx(0.05)


def test_cheap_compute_and_dear_money_lower_the_debt_share(p):
    normal = debt_shares(p, 0.04, 0.03, 0.4)
    assert normal[ORACLE].tolist() == [p.facility_debt_share, p.it_debt_share]
    assert normal[JOINT_VENTURE, 0] == p.joint_venture_debt_share
    slump = debt_shares(p, 0.04, 0.03, 0.12)
    cover = p.coverage_ratio * annuity(0.07, p.it_amortisation_years)
    assert slump[ORACLE, 1] == pytest.approx(0.12 * (1 - p.it_operating_cost_share) / cover)
    assert debt_shares(p, 0.2, 0.1, 0.4)[ORACLE, 0] < p.facility_debt_share


def test_the_joint_venture_has_100_bn_at_once_and_500_after_four_years(p):
    start = month_index("2025-01")
    assert joint_venture_room(p, start - 1, 0) == 0
    assert joint_venture_room(p, start, 0) == 100 * CENTS_PER_USD_BN
    assert joint_venture_room(p, start + 24, 0) == 300 * CENTS_PER_USD_BN
    assert joint_venture_room(p, start + 48, 450 * CENTS_PER_USD_BN) == 50 * CENTS_PER_USD_BN
    assert group_rooms(p, start, 0)[ORACLE] == UNLIMITED


@pytest.fixture
def amazon(p):
    """Numbers by which Amazon's campuses get 0.45 of 12 bn a month, 5.4 bn, and three months may be carried."""
    owners = p.owners | {"Amazon": dataclasses.replace(p.owners["Amazon"], campus_spending_ratio=0.45)}
    return dataclasses.replace(p, owners=owners, budget_carry_months=3, rival_capex_factor=1.0)


def budgets_of_12_bn():
    return Budgets(Capex(np.full((200, 1), 12.0), np.array([300])), ("Amazon",))


def test_a_budget_is_a_share_of_capital_spending_and_carries_three_months(amazon):
    """12 bn a month at a ratio of 0.45 is 5.4; with three months carried at most 21.6 are at hand."""
    budgets = budgets_of_12_bn()
    assert [int(budgets.open_month(month, amazon)[0]) for month in range(6)] == [540_000_000_000] * 4 + [0, 0]
    assert budgets.left_cents[0] == round(21.6 * CENTS_PER_USD_BN)
    budgets.spend(clear(asks([[1000, 0]], group=RIVAL_GROUP), supply(budget=budgets.left_cents), 20, abundant=False))
    assert budgets.left_cents[0] == round(21.6 * CENTS_PER_USD_BN) - 1000


def test_what_is_spent_ahead_is_taken_off_later_months(amazon):
    """5.4 bn at hand and 16.2 on credit pay a bill of 20; the next month opens at 5.4 - 14.6 = -9.2 bn."""
    budgets = budgets_of_12_bn()
    budgets.open_month(0, amazon)
    ahead = budgets.ahead_cents(0, amazon)
    assert ahead[0] == round(16.2 * CENTS_PER_USD_BN)
    bill = asks([[20 * CENTS_PER_USD_BN, 0]], group=RIVAL_GROUP)
    budgets.spend(clear(bill, supply(budget=budgets.left_cents + ahead), 20, abundant=False))
    assert budgets.left_cents[0] == round(-14.6 * CENTS_PER_USD_BN)
    assert budgets.open_month(1, amazon)[0] == round(5.4 * CENTS_PER_USD_BN)
    assert budgets.left_cents[0] == round(-9.2 * CENTS_PER_USD_BN)


def test_abundant_capital_leaves_the_budget_at_what_it_was_less_what_it_held(amazon):
    """Of a bill of 20 bn the 5.4 at hand are the owner's, the other 14.6 are raised: nothing is left and none owed."""
    budgets = budgets_of_12_bn()
    budgets.open_month(0, amazon)
    bill = asks([[20 * CENTS_PER_USD_BN, 0]], group=RIVAL_GROUP)
    budgets.spend(clear(bill, supply(budget=budgets.left_cents), 20, abundant=True))
    assert budgets.left_cents[0] == 0


# ---- debts ----


def test_debt_keeps_its_mean_rate_and_is_served_from_rent():
    """100 at 6 % and 100 at 12 % are 200 at 9 %: 1.5 of interest a month; over 10 months 20 are repaid."""
    debts = Debts(1, 2)
    debts.draw(np.array([0, 0]), np.array([1, 1]), np.array([10_000, 10_000]), np.array([0.06, 0.12]))
    assert debts.rate_per_year[0, 1] == pytest.approx(0.09)
    assert debts.interest().tolist() == [[0, 150]]
    assert debts.due(np.array([0.0]), 10 / 12).sum() == 0
    paid = debts.serve(np.array([5_000]), np.array([1.0]), 10 / 12)
    assert paid.repayment_cents[0, 1] == 2_000
    assert paid.unpaid_cents[0] == 0
    assert debts.owed_cents[0, 1] == 18_000


def test_short_rent_pays_interest_first():
    debts = Debts(1, 1)
    debts.draw(np.array([0]), np.array([0]), np.array([12_000]), np.array([0.10]))
    paid = debts.serve(np.array([130]), np.array([1.0]), 1.0)
    assert (paid.interest_cents[0, 0], paid.repayment_cents[0, 0], paid.unpaid_cents[0]) == (100, 30, 970)
    with pytest.raises(ValueError, match="above what is owed"):
        debts.repay(np.array([[12_000]]))


def test_a_debt_repaid_to_the_end_is_gone_and_a_written_off_one_too():
    debts = Debts(2, 1)
    debts.draw(np.array([0, 1]), np.array([0, 0]), np.array([1_001, 500]), np.array([0.0, 0.05]))
    for _ in range(24):
        debts.serve(np.array([10_000, 0]), np.array([1.0, 0.0]), 2.0)
    assert debts.owed_cents[:, 0].tolist() == [0, 500]
    assert debts.write_off(np.array([1])).tolist() == [[0], [500]]
    assert debts.owed_cents.sum() == 0


def test_a_surplus_goes_to_shareholders_by_what_they_paid_in():
    """100 for shares of 3 to 1; a campus with a loss or without shareholders pays nothing."""
    paid = dividends(np.array([100, -5, 40]), np.array([[3, 1], [1, 1], [0, 0]]))
    assert paid.tolist() == [[75, 25], [0, 0], [0, 0]]


def test_the_lever_moves_the_base_rate(p):
    path = base_rate()
    assert base_rate_at(path, 0, p) == 0.0531
    assert base_rate_at(path, 0, dataclasses.replace(p, base_rate_shift_rate_per_year=0.01)) == pytest.approx(0.0631)


# ---- tables ----


def test_investors_hold_each_value_until_the_next():
    table = investors()
    bank, softbank = table.name.index("Bank syndicate"), table.name.index("SoftBank")
    october = month_index("2025-10")
    assert table.limit_cents[october - 1, bank, ORACLE] == 45 * CENTS_PER_USD_BN
    assert table.limit_cents[october, bank, ORACLE] == 68 * CENTS_PER_USD_BN
    assert table.openai_equity_cents[month_index("2025-12"), softbank] == 22.5 * CENTS_PER_USD_BN
    assert table.committed_cents[month_index("2025-06"), softbank] == 22.5 * CENTS_PER_USD_BN
    assert table.committed_cents[month_index("2025-12"), softbank] == 0
    assert table.outside_share.sum(axis=2) == pytest.approx(1.0)


def test_what_is_known_later_is_not_there_before():
    bank = investors().name.index("Bank syndicate")
    early = investors(known_by=month_index("2025-06"))
    assert early.limit_cents[month_index("2025-12"), bank, ORACLE] == 45 * CENTS_PER_USD_BN
    assert base_rate(known_by=month_index("2025-01"))[-1] == 0.0431
    xai = capex(("SpaceXAI",), known_by=month_index("2025-12"))
    assert xai.usd_bn_per_month[month_index("2025-01"), 0] == pytest.approx(3.25 / 3)


def test_spending_grows_after_the_last_dated_quarter():
    path = capex(("Amazon", "nobody"))
    last = month_index("2026-12")
    assert path.at(last, 0.2)[0] == pytest.approx(51.93 / 3)
    assert path.at(last + 12, 0.2)[0] == pytest.approx(51.93 / 3 * 1.2)
    assert path.at(last, 0.2)[1] == 0


def test_the_joint_venture_borrows_only_once_announced():
    world = Borrowers(np.array([0, 1, 2]), np.array([3, 1, 2]), np.array([True, True, False]))
    names = ("Crusoe", "OpenAI", "Meta", "Oracle")
    assert world.groups(names, "leases", 20).tolist() == [ORACLE, OPENAI, RIVAL_GROUP]
    assert world.groups(names, "joint_venture", 20).tolist() == [JOINT_VENTURE, JOINT_VENTURE, RIVAL_GROUP]
    assert world.groups(names, "joint_venture", 0).tolist() == [ORACLE, OPENAI, RIVAL_GROUP]
