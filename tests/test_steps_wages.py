"""Heads times hours times the posted wage, into the homes of those who earned it: worked on paper."""

import dataclasses

import numpy as np
import pytest

from abm.steps.wages import hours_per_month, pay_wages
from abm.units import PAID_HOURS_PER_MONTH
from abm.vocabulary import RIVAL, STARGATE, TRADE
from tests import tiny

ALL, OURS, THEIRS = 0, 1, 2


@pytest.fixture
def paid():
    """Two rows (2,000 people) of electricians at a Stargate campus at 40 USD, 200 hours; nobody else works.

    One row lives in region 3, one in region 4; one of them travels.
    """
    m = tiny.world()
    tiny.do_until(m, "pay")
    tiny.open_books(m)
    tiny.numbers(m, "building", worked_hours_per_month=200.0, paid_hour_burden_ratio=1.5)
    tiny.numbers(m, "labour", per_diem_usd_per_day=120.0, shift_hours_per_day=10.0)
    e, facts, outcome = m.employers, m.facts, m.facts.labour
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    heads, travellers = np.zeros_like(outcome.heads), np.zeros_like(outcome.travellers)
    heads[e.crews.start + c, TRADE["electrician"]] = 2
    travellers[e.crews.start + c, TRADE["electrician"]] = 1
    facts.labour = dataclasses.replace(outcome, heads=heads, travellers=travellers)
    facts.posted_cents_per_hour = np.full_like(facts.posted_cents_per_hour, 4000)
    facts.home_heads = np.zeros_like(facts.home_heads)
    facts.home_heads[c, [3, 4]] = 1
    m.sites.builder[c] = [next(i for i, b in enumerate(m.builders) if b.package == k) for k in range(3)]
    return m, c


def test_wages_are_heads_times_hours_times_the_posted_wage(paid):
    """2,000 x 200 x 40 USD = 16 m USD, half to each home; half as much again goes beyond wages."""
    m, c = paid
    pay_wages(m)
    wages, benefits = tiny.posted(m, "wages"), tiny.posted(m, "benefits")
    electrical = m.ledger.accounts("builders")[m.sites.builder[c, 1]]
    assert wages.total == wages.by(electrical) == wages.of(c) == 1_600_000_000
    homes = m.ledger.accounts("households")
    assert wages.to(homes[3]) == wages.to(homes[4]) == 800_000_000
    assert benefits.total == benefits.by(electrical) == 800_000_000
    assert m.facts.crew_wages_cents[c].tolist() == [0, 1_600_000_000, 0]


def test_the_income_of_a_home_is_tagged_by_who_paid_it(paid):
    m, c = paid
    pay_wages(m)
    assert m.facts.income_cents[3].tolist() == [800_000_000, 800_000_000, 0]
    m.sites.program[c] = RIVAL
    pay_wages(m)
    assert m.facts.income_cents[3].tolist() == [800_000_000, 0, 800_000_000]


def test_travellers_are_paid_their_board(paid):
    """1,000 travellers, 200 / 10 = 20 days, 120 USD: 2.4 m USD to local services where they work."""
    m, c = paid
    pay_wages(m)
    board = tiny.posted(m, "per_diem")
    region = int(m.sites.region[c])
    assert board.total == board.of(c) == board.to(m.ledger.accounts("local_services")[region]) == 240_000_000
    assert board.by(m.ledger.accounts("builders")[m.sites.builder[c, 0]]) == 240_000_000  # the general contractor
    assert m.facts.per_diem_cents[c] == 240_000_000
    assert m.facts.board_cents[region].tolist() == [240_000_000, 240_000_000, 0]
    assert m.facts.board_cents.sum() == 480_000_000


def test_splitting_by_homes_loses_no_cent(paid):
    """1,000 people, 4,001 cents, 200 hours over three homes: 800,200,000 is not divisible by three."""
    m, c = paid
    m.facts.labour.heads[m.employers.crews.start + c, TRADE["electrician"]] = 1
    m.facts.posted_cents_per_hour[:] = 4001
    m.facts.home_heads[c] = 0
    m.facts.home_heads[c, [3, 4, 5]] = 1
    pay_wages(m)
    wages = tiny.posted(m, "wages")
    assert sorted(wages.cents.tolist()) == [266_733_333, 266_733_333, 266_733_334]
    assert m.facts.income_cents[:, ALL].sum() == 800_200_000


def test_hours_are_long_where_things_are_built():
    m = tiny.world()
    tiny.numbers(m, "building", worked_hours_per_month=230.0)
    e, n, hours = m.employers, m.employers.n_regions, hours_per_month(m)
    for block, expected in (
        (e.crews, 230.0), (e.plants, 230.0), (e.wires, 230.0),
        (e.staff, PAID_HOURS_PER_MONTH), (e.makers, PAID_HOURS_PER_MONTH),
    ):  # fmt: skip
        assert set(hours[block.start - n : block.stop - n]) == {expected}


def test_every_payroll_of_a_month_comes_back_from_the_books():
    """All wages posted = rows x 1,000 x hours x wage, recomputed employer by employer; tags never exceed the whole."""
    m = tiny.world()
    tiny.months(m, 8)
    heads = m.facts.labour.heads[m.employers.n_regions :]
    expected = sum(
        round(int(heads[i, t]) * tiny.SCALE * int(m.facts.posted_cents_per_hour[i, t]) * hours)
        for i, hours in enumerate(hours_per_month(m).tolist())
        for t in np.flatnonzero(heads[i]).tolist()
    )
    assert tiny.posted(m, "wages").total == expected
    income = m.facts.income_cents
    assert income[:, ALL].sum() == expected
    assert (income[:, OURS] + income[:, THEIRS] <= income[:, ALL]).all()
    assert income[:, OURS].sum() > 0
