"""Who pays the bills that are due, worked on paper."""

import numpy as np
import pytest

from abm.bills import FACILITY, IT
from abm.facts import Facts
from abm.steps.billing import bill
from abm.steps.fund import borrowing_groups, fund, offers, raise_money, tenants_buy_it
from abm.tables_finance import BOND, BUDGET, JOINT_VENTURE, LOAN, NO_GROUP
from abm.vocabulary import RIVAL, STARGATE
from tests import tiny


def due_at(m, c, facility, it=0):
    rest = m.ledger.account("rest_us")
    bill(m, "soft_cost", FACILITY, np.array([c]), rest, np.array([facility]))
    bill(m, "it_payment", IT, np.array([c]), rest, np.array([it]))


@pytest.fixture
def m():
    world = tiny.world()
    tiny.months(world, 9)
    tiny.do_until(world, "fund")
    return world


def test_what_is_called_is_what_is_due_less_what_is_refused(m):
    fund(m)
    facts = m.facts
    assert (facts.called_cents + facts.refused_cents == facts.due_cents).all()
    drawn = sum(tiny.posted(m, kind).cents[tiny.posted(m, kind).campus >= 0].sum()
                for kind in ("equity_call", "loan_draw", "bond_issue", "budget_funding"))  # fmt: skip
    assert drawn == facts.called_cents.sum() == facts.called_by_program.sum()


def test_no_debt_is_drawn_that_the_books_do_not_show(m):
    """What campuses owe to investors, by purpose, against the loans and bonds of the ledger."""
    fund(m)
    owed = (m.debts[FACILITY].owed_cents + m.debts[IT].owed_cents).sum(axis=1)
    assert (m.ledger.held("loan", "campuses") + m.ledger.held("bond", "campuses") == -owed).all()


def test_a_purse_that_is_empty_refuses(m):
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    due_at(m, c, 1_000_000)
    for investor in m.investors:
        investor.offer_cents[:], investor.purse_cents = 0, 0
    fund(m)
    assert m.facts.refused_cents[c, FACILITY] == m.facts.due_cents[c, FACILITY]
    assert m.facts.capital_share[c, FACILITY] == 0


def test_with_abundant_capital_nothing_is_refused():
    m = tiny.world("abundant_capital")
    tiny.months(m, 9)
    tiny.do_until(m, "fund")
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    due_at(m, c, 10**14)
    for investor in m.investors:
        investor.offer_cents[:], investor.purse_cents = 0, 0
    fund(m)
    assert m.facts.refused_cents.sum() == 0
    assert m.facts.called_cents[c, FACILITY] >= 10**14


def test_tenants_pay_for_the_it_in_a_landlords_building(m):
    """Their names are not published: what is due for IT comes in as the landlord's revenue, and no more than that."""
    landlord = m.owner_table.kind.index("landlord")
    c = int(np.flatnonzero((m.sites.owner == landlord) & (m.sites.program == RIVAL))[0])
    m.facts = Facts(due_cents=np.zeros((len(m.sites.region), 2), np.int64))
    m.facts.due_cents[c] = [700, 300]
    tiny.open_books(m)
    before = int(m.budgets.left_cents[landlord])
    tenants_buy_it(m)
    assert m.budgets.left_cents[landlord] == before + 300
    assert tiny.posted(m, "sales_revenue").to(m.ledger.account("owners", landlord)) == 300


def test_owners_of_their_own_it_get_no_such_help(m):
    for o, kind in enumerate(m.owner_table.kind):
        if kind == "landlord":
            continue
        before = int(m.budgets.left_cents[o])
        m.facts = Facts(due_cents=np.zeros((len(m.sites.region), 2), np.int64))
        m.facts.due_cents[m.sites.owner == o, IT] = 300
        tenants_buy_it(m)
        assert m.budgets.left_cents[o] == before


def test_rows_without_a_campus_borrow_nothing(m):
    groups = borrowing_groups(m)
    assert (groups[m.sites.used_campuses :] == NO_GROUP).all()
    assert (groups[: m.sites.used_campuses] != NO_GROUP).all()


def test_all_stargate_campuses_borrow_together_in_a_joint_venture_only():
    for structure, joint in (("joint_venture", True), ("leases", False)):
        m = tiny.world(finance_structure=structure)
        m.month = 12
        groups = borrowing_groups(m)[: m.sites.used_campuses]
        ours = m.sites.program[: m.sites.used_campuses] == STARGATE
        assert bool((groups[ours] == JOINT_VENTURE).all()) == joint
        assert not (groups[~ours] == JOINT_VENTURE).any()


def test_an_owner_offers_what_is_left_of_its_budget_and_a_part_ahead(m):
    """Nothing left and a month's budget of B: B times the months that may be spent ahead; never less than nothing."""
    p = m.parameters.finance
    m.budgets.left_cents[:] = 0
    ahead = m.budgets.month_cents(m.month, p) * p.budget_carry_months
    assert offers(m).budget_cents == pytest.approx(ahead, abs=1)
    m.budgets.left_cents[:] = -(10**15)
    assert (offers(m).budget_cents == 0).all()


def test_money_raised_is_posted_before_it_is_spent(m):
    tiny.open_books(m)
    before = m.ledger.held("deposit", "owners")
    raise_money(m)
    gained = m.ledger.held("deposit", "owners") - before
    assert gained.sum() == tiny.posted(m, "sales_revenue").total > 0
    assert tiny.posted(m, "outside_raise").total > 0


def test_the_joint_venture_spends_no_more_than_it_has_released():
    """Month by month: the first tranche at once in 2025-01, the rest over the programme by its pace."""

    def look(m):
        p, spent = m.parameters.finance, int(m.called_by_group[:, JOINT_VENTURE].sum())
        passed = min(1.0, max(0.0, (m.month - 8) / p.joint_venture_months))
        first, whole = p.joint_venture_initial_usd_bn, p.joint_venture_total_usd_bn
        released = first + (whole - first) * passed**p.joint_venture_pace_exponent
        assert spent <= (released * 1e11 if m.month >= 8 else 0) + 1
        totals.append(spent)

    totals = []
    tiny.months(tiny.world(finance_structure="joint_venture"), 30, look)
    assert totals[-1] > 0


def test_the_joint_venture_stops_at_its_ceiling():
    """A total of 3 m USD released at once: of 2 m and 2 m due in two months 2 and 1 are called, then nothing."""
    m = tiny.world(finance_structure="joint_venture")
    tiny.months(m, 9)
    m.called_by_group[:] = 0
    tiny.numbers(m, "finance", joint_venture_initial_usd_bn=0.003, joint_venture_total_usd_bn=0.003)
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    called = []
    for _ in range(3):
        tiny.open_books(m)
        m.month -= 1
        m.bills.pay(np.full((len(m.sites.region), 2), 10**18))  # what was due before is forgotten
        due_at(m, c, 200_000_000)
        for investor in m.investors:
            investor.offer_cents[:], investor.purse_cents = 10**12, 10**12
        fund(m)
        called.append(int(m.facts.called_cents[c, FACILITY]))
    assert called == [200_000_000, 100_000_000, 0]


def test_instruments_are_posted_under_their_own_names(m):
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    due_at(m, c, 10**11, 10**11)
    fund(m)
    table = m.investor_table
    for kind, instrument in (("loan_draw", LOAN), ("bond_issue", BOND)):
        posted = tiny.posted(m, kind)
        payers = posted.payer[posted.campus >= 0] - m.ledger.account("investors")
        assert (table.instrument[payers] == instrument).all()
    budget = tiny.posted(m, "budget_funding")
    assert set(budget.payer) <= set(m.ledger.accounts("owners"))
    assert BUDGET not in table.instrument
