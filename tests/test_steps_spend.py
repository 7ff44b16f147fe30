"""Spending out of wages and the jobs it makes, worked on paper."""

import dataclasses

import numpy as np
import pytest

from abm.steps.spend import background_wages, local_jobs, spend, spending
from abm.units import PAID_HOURS_PER_MONTH
from tests import tiny

ALL, OURS, THEIRS = 0, 1, 2


def test_of_a_wage_part_is_spent_and_part_of_that_at_home():
    """Of 10,000 cents 73 % are spent, 7,300; of these 55 % in the state, 4,015."""
    local, away = spending(np.array([10_000, 0]), 0.73, 0.55)
    assert local.tolist() == [4_015, 0]
    assert away.tolist() == [3_285, 0]


def test_a_months_sales_keep_the_workers_they_pay_for_a_year():
    """10,000 USD a month are 120,000 a year: two workers at 60,000 of sales each."""
    assert local_jobs(np.array([1_000_000.0]), 60_000.0).tolist() == [2.0]


def test_everybody_else_is_paid_for_ordinary_hours():
    m = tiny.world()
    tiny.do_until(m, "pay")
    sums = np.zeros_like(m.facts.labour.wage_sum_cents_per_hour)
    sums[2] = 3 * 2500  # three rows at 25 USD
    outcome = dataclasses.replace(m.facts.labour, wage_sum_cents_per_hour=sums)
    cents = background_wages(outcome, 1000, m.employers.n_regions)
    assert cents[2] == round(3 * 2500 * 1000 * PAID_HOURS_PER_MONTH)
    assert cents.sum() == cents[2]


@pytest.fixture
def m():
    """Nobody earns anything but what a test says; a dollar in ten of sales goes to local services' own workers."""
    world = tiny.world()
    tiny.do_until(world, "spend")
    tiny.open_books(world)
    world.facts.labour = dataclasses.replace(
        world.facts.labour, wage_sum_cents_per_hour=np.zeros_like(world.facts.labour.wage_sum_cents_per_hour)
    )
    world.facts.income_cents[:], world.facts.board_cents[:], world.local_wages_cents[:] = 0, 0, 0
    tiny.numbers(
        world, "households", spent_share=0.75, local_share=0.5, local_usd_per_worker_year=60_000.0,
        local_wage_share=0.25,
    )  # fmt: skip
    tiny.numbers(world, "policy", federal_wage_tax_share=0.125, state_wage_tax_share=0.0625)
    world.price_level = 1.0
    return world


def test_induced_jobs_follow_whose_wages_paid_for_them(m):
    """8 m USD in region 3, three quarters of it Stargate's: 75 % spent, half of it local, 3 m USD of sales.

    36 m a year at 60,000 are 600 jobs, 450 of them Stargate's. Wages of local services are a quarter, 750,000 USD.
    """
    m.facts.income_cents[3] = [800_000_000, 600_000_000, 0]
    spend(m)
    assert m.facts.local_jobs[3].tolist() == pytest.approx([600.0, 450.0, 0.0], rel=1e-9)
    assert m.local_wages_cents[3].tolist() == [75_000_000, 56_250_000, 0]
    services, homes = m.ledger.accounts("local_services")[3], m.ledger.accounts("households")[3]
    bought = tiny.posted(m, "consumption")
    assert bought.to(services) == 300_000_000
    assert bought.by(homes) == 600_000_000
    taxes = tiny.posted(m, "tax")
    assert taxes.to(m.ledger.account("federal")) == 100_000_000
    assert taxes.to(m.ledger.accounts("states")[3]) == 50_000_000
    assert tiny.posted(m, "materials").by(services) == 225_000_000


def test_the_second_round_comes_next_month(m):
    """The 750,000 USD of local wages are income a month later: 281,250 USD of sales, 3/32 of the first round."""
    m.facts.income_cents[3] = [800_000_000, 600_000_000, 0]
    spend(m)
    m.facts.income_cents[:] = 0
    tiny.open_books(m)
    spend(m)
    assert tiny.posted(m, "local_services_wages").to(m.ledger.accounts("households")[3]) == 75_000_000
    assert m.facts.local_jobs[3].tolist() == pytest.approx([600 * 3 / 32, 450 * 3 / 32, 0.0], rel=1e-6)


def test_what_travellers_eat_is_sales_whole(m):
    """Their board is spent where they work, none of it elsewhere: 100,000 USD a month are 20 jobs."""
    m.facts.board_cents[5] = [10_000_000, 10_000_000, 0]
    tiny.give(m, m.ledger.accounts("local_services")[5], 10_000_000)
    tiny.open_books(m)
    spend(m)
    assert m.facts.local_jobs[5].tolist() == pytest.approx([20.0, 20.0, 0.0])
    assert tiny.posted(m, "consumption").total == 0


def test_without_income_nobody_is_hired(m):
    spend(m)
    assert m.facts.local_jobs.sum() == 0
