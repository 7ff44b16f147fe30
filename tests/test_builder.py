"""Posted premiums, mark-ups and order books move the way builders move them."""

import types

import mesa
import numpy as np
import pytest

from abm.agents.builder import Builder
from abm.agents.pay import next_premium
from abm.parameters import Parameters
from abm.vocabulary import PACKAGES

GENERAL, ELECTRICAL, MECHANICAL = range(len(PACKAGES))


@pytest.fixture(scope="module")
def parameters():
    return Parameters.load()


def builder(package=ELECTRICAL):
    return Builder(mesa.Model(rng=1), "Sparks", package, 0, 0.05)


def news(unfilled=0.0, package=ELECTRICAL, campuses=2, base_rate=0.05):
    """Last month's news: the crew of one package short at every campus."""
    share = np.zeros((campuses, len(PACKAGES)))
    share[:, package] = unfilled
    return types.SimpleNamespace(site_unfilled_share=share, base_rate_per_year=base_rate)


def numbers():
    """A step of 2 % when a tenth of the crew or more is missing, 32 % at most, a quarter of the step back."""
    return types.SimpleNamespace(
        wage_raise_share=0.02, wage_premium_max_share=0.32, premium_full_shortage_share=0.1, premium_fall_share=0.25
    )


def test_premium_rises_by_the_full_step_when_a_tenth_of_the_crew_is_missing():
    assert next_premium(0.10, 0.10, numbers()) == pytest.approx(0.12)
    assert next_premium(0.10, 0.05, numbers()) == pytest.approx(0.11)


def test_premium_stops_at_the_top_and_slips_when_all_jobs_are_filled():
    assert next_premium(0.32, 0.5, numbers()) == 0.32
    assert next_premium(0.10, 0.0, numbers()) == pytest.approx(0.095)
    assert next_premium(0.001, 0.0, numbers()) == 0.0


def test_a_builder_looks_at_its_own_package_and_its_own_sites(parameters):
    """The electricians' crew is short at both campuses; it works at campus 1, where it posts a full step more."""
    step = parameters.building.wage_raise_share
    electrician, mechanic = builder(), builder(MECHANICAL)
    for agent in (electrician, mechanic):
        agent.sites.append(1)
        agent.plan(news(0.2), parameters, 1)
    assert electrician.premium_share == {1: pytest.approx(step)}
    assert mechanic.premium_share == {1: 0.0}


def test_the_load_is_the_order_book_in_months_over_the_usual(parameters):
    """12 m in the book at 0.5 m a month are 24 months; against the usual ones the mark-up rises with the elasticity."""
    b = parameters.building
    agent = builder()
    agent.win(12_500_000)
    agent.invoice(500_000)
    assert agent.order_book_cents == 12_000_000
    agent.plan(news(), parameters, 1)
    assert agent.markup_share == 0.05, "what was invoiced this month is known with the next plan"
    assert agent.invoiced_cents_per_month == 500_000
    agent.plan(news(), parameters, 1)
    load = 24 / b.normal_order_book_months
    assert load > 1
    assert agent.markup_share == pytest.approx(0.05 * load**b.builder_margin_backlog_elasticity)


def test_a_thin_book_does_not_lower_the_mark_up(parameters):
    agent = builder()
    agent.win(1_000)
    agent.invoice(900)
    agent.plan(news(), parameters, 1)
    agent.plan(news(), parameters, 1)
    assert agent.markup_share == 0.05


def test_who_works_on_credit_passes_its_price_on(parameters):
    agent = builder()
    agent.plan(news(base_rate=0.06), parameters, 0)
    assert agent.markup_share == pytest.approx(0.05 * 1.06)


def test_bids_are_cost_plus_the_mark_up_and_the_book_never_falls_below_nothing():
    agent = builder()
    assert agent.bid_cents(1_000) == 1_050
    agent.win(1_050)
    agent.invoice(2_000)  # extra work beyond the contract
    assert agent.order_book_cents == 0
