"""What an owner of campuses starts, and when it adds one: worked on paper."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.agents.developer import MOST_KW, Pipeline, affordable_kw, cost_usd_per_facility_kw
from abm.vocabulary import INPUT, STARGATE
from tests import tiny


@pytest.fixture(scope="module")
def m():
    """A kW costs 40,000 USD in all; 1.25 facility kW for an IT kW; new campuses of 100 MW.

    On site an hour a kW (5 worker-months of 200 hours a MW) at 40 USD and half as much again: 60 USD.
    """
    world = tiny.world()
    tiny.numbers(
        world, "building", offsite_work_usd_per_facility_kw=2_940.0, soft_cost_usd_per_facility_kw=2_000.0,
        other_work_worker_months_per_facility_mw=5.0, worked_hours_per_month=200.0, paid_hour_burden_ratio=1.5,
        stargate_facility_to_it_ratio=1.25, new_campus_facility_mw=100.0, cost_contingency_share=0.25,
    )  # fmt: skip
    prices, need = np.zeros(14), np.zeros(14)
    prices[[0, 11]], need[[0, 11]] = [15_000.0, 25_000.0], [1.0, 0.8]
    wages = np.full_like(world.news.wage_cents_per_hour, 4_000.0)
    world.news = dataclasses.replace(
        world.news, price_usd_per_kw=prices, needed_kw_per_facility_kw=need, wage_cents_per_hour=wages
    )
    return world


def pipeline(**changes):
    """Nothing begun, 80,000 IT kW wanted, and a budget that carries 100,000 facility kW over 20 months."""
    base = {
        "committed_it_kw": 0, "planned_it_kw": 0, "wanted_it_kw": 80_000, "under_way_kw": 0,
        "budget_usd_per_month": 200e6, "build_months": 20.0, "purse_usd": np.inf, "unpaid_kw": 0,
    }  # fmt: skip
    return Pipeline(**base | changes)


def planned(m, **changes):
    developer = next(d for d in m.developers if d.program == STARGATE)
    developer.plan(m.news, m.parameters, 0, pipeline(**changes))
    return developer


def test_a_budget_carries_so_much_under_way():
    """100 m USD a month over 20 months at 40,000 USD/kW are 50,000 kW; 30,000 are there, 20,000 may start."""
    assert affordable_kw(100e6, 30_000, 20.0, 40_000.0) == 20_000
    assert affordable_kw(100e6, 60_000, 20.0, 40_000.0) == 0
    assert affordable_kw(float("inf"), 0, 20.0, 40_000.0) == MOST_KW


def test_all_in_cost_is_work_equipment_and_it(m):
    """60 on site, 2,940 off it, 2,000 soft costs, 15,000 and 0.8 x 25,000."""
    assert cost_usd_per_facility_kw(m.news, m.parameters) == pytest.approx(40_000.0)


def test_it_starts_what_is_wanted_and_not_begun(m):
    assert planned(m).start_it_kw == 80_000
    assert planned(m, committed_it_kw=50_000).start_it_kw == 30_000
    assert planned(m, committed_it_kw=90_000).start_it_kw == 0


def test_it_starts_what_the_purse_carries(m):
    assert planned(m).start_kw == 100_000
    assert planned(m, under_way_kw=70_000).start_kw == 30_000


def test_what_is_left_of_a_sum_finishes_first_what_is_under_way(m):
    """3 bn USD left, a quarter of the cost kept back, carry 60,000 kW; 45,000 under way are still to be paid for."""
    assert planned(m, purse_usd=3e9, unpaid_kw=45_000).start_kw == 15_000
    assert planned(m, purse_usd=3e9, unpaid_kw=60_001).start_kw == 0


def test_what_is_short_is_named(m):
    """80,000 of IT are 100,000 facility kW: just carried; a cent less a month and capital is short."""
    assert planned(m).scarce == INPUT["demand"]
    assert planned(m, budget_usd_per_month=199e6).scarce == INPUT["capital"]


def test_a_campus_is_added_when_wants_and_purse_outlast_the_plans(m):
    """100 MW are 80 of IT: wants must exceed all that is planned by so much, and the purse carry it."""
    assert planned(m).add_kw == 100_000
    assert planned(m, planned_it_kw=1).add_kw == 0
    assert planned(m, wanted_it_kw=79_999).add_kw == 0
    assert planned(m, under_way_kw=1).add_kw == 0


@given(st.floats(0, 1e10), st.integers(0, 10**7), st.floats(1, 60), st.floats(1_000, 100_000))
def test_more_money_never_starts_less(budget, under_way, build, cost):
    some = affordable_kw(budget, under_way, build, cost)
    assert 0 <= some <= affordable_kw(2 * budget, under_way, build, cost)
