"""What each agent is told of its own state before it decides, worked on paper."""

import numpy as np
import pytest

from abm.changes import Change
from abm.sites import IT_CLASSES
from abm.steps.plan import budgets_usd, it_cost_share, joint_purse_usd, plan, plan_developers, unpaid_kw
from abm.tables_finance import JOINT_VENTURE
from abm.vocabulary import RIVAL, STARGATE
from tests import tiny


def test_an_owner_may_start_what_is_wanted_less_what_it_has_begun():
    """70 of IT begun at one of two Stargate buildings, 100 wanted: 30 for all Stargate owners together."""
    m = tiny.world()
    tiny.do_until(m, "plan")
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    rows = tiny.alone(m, c, 2, it_kw=70_000)
    tiny.put(m, rows[:1], 0.5)
    m.openai.wanted_stargate_it_kw = 100_000
    plan_developers(m)
    assert {d.start_it_kw for d in m.developers if d.program == STARGATE} == {30_000}
    rivals = [d for d in m.developers if d.program == RIVAL]
    assert all(d.start_it_kw == m.wanted_it_kw[d.owner] for d in rivals)


def test_rivals_reckon_with_their_budget_of_the_middle_of_the_build():
    m = tiny.world()
    tiny.do_until(m, "plan")
    p = m.parameters
    middle = m.month + round(p.building.minimum_build_months * p.building.rival_pace_ratio / 2)
    budget = budgets_usd(m)
    rivals = m.owner_table.program == RIVAL
    assert budget[rivals] == pytest.approx(m.budgets.month_cents(middle, p.finance)[rivals] / 100)
    assert len(set(budget[~rivals])) == 1  # what investors offer is for all Stargate owners


def test_stargates_purse_is_a_months_part_of_the_stock_and_the_inflow():
    """One investor with 600 of purse, kept over 6 months, and 50 of new money a month: 150 a month."""
    m = tiny.world()
    tiny.do_until(m, "plan")
    for investor in m.investors:
        investor.offer_cents[:], investor.purse_cents = 0, 0
    i = 1
    m.investors[i].offer_cents[:] = 10**9
    m.investors[i].purse_cents = 60_000
    m.investor_table.inflow_cents[m.month, :] = 0
    m.investor_table.inflow_cents[m.month, i] = 5_000
    tiny.numbers(m, "finance", kept_calls_months=6.0)
    assert budgets_usd(m)[m.owner_table.program == STARGATE] == pytest.approx(150.0)


def test_abundant_capital_has_no_limit():
    m = tiny.world("abundant_capital")
    tiny.do_until(m, "plan")
    plan(m)
    assert np.isinf(budgets_usd(m)).all()
    assert joint_purse_usd(m) == np.inf


def test_only_a_joint_venture_has_a_sum_set_for_it():
    leases, joint = tiny.world(), tiny.world(finance_structure="joint_venture")
    for m in (leases, joint):
        tiny.do_until(m, "plan")
    assert joint_purse_usd(leases) == np.inf
    assert 0 < joint_purse_usd(joint) <= joint.parameters.finance.joint_venture_total_usd_bn * 1e9


def test_what_a_joint_venture_has_called_is_gone():
    m = tiny.world(finance_structure="joint_venture")
    tiny.do_until(m, "plan")
    before = joint_purse_usd(m)
    m.called_by_group[0, JOINT_VENTURE] = 100_000_000_000
    assert joint_purse_usd(m) == pytest.approx(before - 1e9)


def test_works_are_paid_as_they_proceed_and_it_as_it_comes():
    """Half built, three quarters of its IT by value there: half of the works and a quarter of the IT are left."""
    m = tiny.world()
    tiny.do_until(m, "plan")
    rows = tiny.alone(m, int(np.flatnonzero(m.sites.program == STARGATE)[0]), 2, kw=100_000, it_kw=80_000)
    tiny.put(m, rows[:1], 0.5)
    m.news.price_usd_per_kw[IT_CLASSES] = [30_000.0, 5_000.0, 5_000.0]
    m.sites.delivered_kw[rows[0], IT_CLASSES] = [80_000, 0, 0]
    it = it_cost_share(m)
    assert unpaid_kw(m)[rows].tolist() == [round(100_000 * ((1 - it) / 2 + it / 4)), 0]


def test_a_withdrawn_lender_offers_nothing():
    m = tiny.world(changes=(Change(0, "loan_withdrawn", "Bank syndicate", 1),))
    tiny.months(m, 1)
    bank = next(i for i in m.investors if i.name == "Bank syndicate")
    assert bank.purse_cents == 0
    assert bank.offer_cents.sum() == 0


def test_builders_premiums_reach_the_sites():
    """A fifth of the electrical crew missing is more than a tenth: the whole step of the raise, before it is posted."""
    m = tiny.world()
    i = next(i for i, b in enumerate(m.builders) if b.package == 1 and b.sites)
    site = m.builders[i].sites[0]
    assert m.sites.premium_share[site, 1] == 0.0
    m.news.site_unfilled_share[site] = 0.2
    tiny.do_until(m, "hire")
    assert m.sites.premium_share[site, 1] == pytest.approx(m.parameters.building.wage_raise_share)


def test_plans_do_not_depend_on_the_order_of_the_agents():
    """Everyone decides from last month's news: planned in reverse, each decides the same."""
    worlds = [tiny.world(), tiny.world()]
    for m in worlds:
        tiny.months(m, 6)
        tiny.do_until(m, "plan")
    one, other = worlds
    plan(one)
    # Nobody reads these two lists by their order.
    for agents in (other.developers, other.customers):
        agents.reverse()
    plan(other)
    by_name = {d.name: (d.start_it_kw, d.start_kw, d.add_kw) for d in one.developers}
    assert {d.name: (d.start_it_kw, d.start_kw, d.add_kw) for d in other.developers} == by_name
    assert np.array_equal(one.wanted_it_kw, other.wanted_it_kw)
