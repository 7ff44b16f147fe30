"""OpenAI contracts ahead, under Microsoft's terms and what it can pay; rivals want what they plan and a little more."""

import dataclasses
import types

import mesa
import numpy as np
import pytest

from abm.agents.customer import LIST_ENDS, Customer, OpenAI, price_response, wanted_by_owner
from abm.parameters import Parameters
from abm.tables_compute import SUPPLIER, SUPPLIERS, compute_paths
from abm.tables_finance import CENTS_PER_USD_BN as BN
from abm.units import KW_PER_MW, month_index

MICROSOFT = SUPPLIER["Microsoft"]
RICH = 1000 * BN
AGREED_IT_KW = 206_000  # lancium-2024-10


@pytest.fixture(scope="module")
def parameters():
    return Parameters.load()


@pytest.fixture(scope="module")
def paths():
    return compute_paths()


def news(month, parameters, ratio=1.0):
    p = parameters.compute
    trend = p.price_usd_m_per_it_mw_year * (1 + p.price_trend_rate_per_year) ** ((month - 1) / 12)
    return types.SimpleNamespace(month=month - 1, compute_price_usd_m_per_it_mw_year=trend * ratio)


def with_compute(parameters, **changes):
    return dataclasses.replace(parameters, compute=dataclasses.replace(parameters.compute, **changes))


def openai(paths, parameters, when, world="with", cash=RICH, ratio=1.0):
    agent = OpenAI(mesa.Model(rng=1), paths, world)
    month = month_index(when)
    agent.plan(news(month, parameters, ratio), parameters, cash, 0)
    return agent


def test_under_exclusivity_only_what_microsoft_agreed_is_wanted_of_stargate(paths, parameters):
    """Abilene's first two buildings, 206 MW, are agreed; the rest of what it wants stands with Microsoft."""
    agent = openai(paths, parameters, "2024-12")
    assert agent.wanted_stargate_it_kw == AGREED_IT_KW
    assert agent.diverted_it_kw[MICROSOFT] > 0
    assert agent.displaced_it_kw.sum() == 0


def test_first_refusal_takes_its_share_and_then_ends(paths, parameters):
    agent = openai(paths, parameters, "2025-06")
    taken = parameters.compute.first_refusal_taken_share
    rest = agent.wanted_stargate_it_kw + agent.diverted_it_kw[MICROSOFT]
    assert agent.diverted_it_kw[MICROSOFT] == pytest.approx((rest - AGREED_IT_KW) * taken, abs=2)
    assert openai(paths, parameters, "2026-01").diverted_it_kw.sum() == 0


def test_wanted_is_demand_at_the_horizon_less_what_others_have(paths, parameters):
    p = parameters.compute
    ahead = month_index("2026-06") + round(p.contract_horizon_months)
    demand = paths.demand_it_mw.at(ahead, p.demand_growth_rate_per_year, p.growth_fade_share) * KW_PER_MW
    others = paths.supplied_it_kw(ahead, p.other_supply_growth_rate_per_year).sum()
    agent = openai(paths, parameters, "2026-06")
    assert agent.wanted_stargate_it_kw == pytest.approx(demand * p.unmet_demand_ratio - others, abs=2)


def test_longer_terms_move_demand_to_microsoft(paths, parameters):
    longer = with_compute(parameters, microsoft_terms_delay_months=48)
    agent = openai(paths, longer, "2026-06")
    assert agent.wanted_stargate_it_kw == AGREED_IT_KW
    assert agent.displaced_it_kw[MICROSOFT] == agent.diverted_it_kw[MICROSOFT]
    gone = openai(paths, parameters, "2026-06").wanted_stargate_it_kw - AGREED_IT_KW
    assert agent.displaced_it_kw[MICROSOFT] == pytest.approx(gone, abs=2)


def test_the_three_worlds_without_stargate(paths, parameters):
    whole = openai(paths, parameters, "2026-06").wanted_stargate_it_kw
    assert openai(paths, parameters, "2026-06", "vanishes").wanted_stargate_it_kw == 0
    assert openai(paths, parameters, "2026-06", "vanishes").diverted_it_kw.sum() == 0
    assert openai(paths, parameters, "2026-06", "underway").wanted_stargate_it_kw == AGREED_IT_KW
    rivals = openai(paths, parameters, "2026-06", "rivals")
    assert rivals.wanted_stargate_it_kw == 0
    assert rivals.displaced_it_kw.sum() == pytest.approx(whole, abs=len(SUPPLIERS))
    share = parameters.compute.rivals["Amazon"].diverted_share
    assert rivals.displaced_it_kw[SUPPLIER["Amazon"]] == pytest.approx(whole * share, rel=1e-4)
    with pytest.raises(ValueError, match="unknown world"):
        OpenAI(mesa.Model(rng=1), paths, "elsewhere")


def test_what_it_cannot_pay_it_does_not_sign_for(paths, parameters):
    poor = with_compute(parameters, revenue_growth_rate_per_year=0.4, commitment_ratio=1.0, other_cost_share=0.65)
    broke = openai(paths, poor, "2028-01", cash=0)
    assert broke.wanted_stargate_it_kw < openai(paths, poor, "2028-01").wanted_stargate_it_kw
    month_net = broke.revenue_cents - broke.other_cost_cents
    price = news(month_index("2028-01"), poor).compute_price_usd_m_per_it_mw_year
    assert broke.demand_it_kw * price * 1e6 * 100 / 1000 / 12 <= month_net * (1 + 1e-6)


def test_dear_compute_is_wanted_less(paths, parameters):
    assert price_response(news(0, parameters), parameters.compute) == pytest.approx(1.0)
    four = price_response(news(0, parameters, 4.0), parameters.compute)
    assert four == pytest.approx(4**-parameters.compute.demand_elasticity)
    assert (
        openai(paths, parameters, "2026-06", ratio=1.5).wanted_stargate_it_kw
        < openai(paths, parameters, "2026-06").wanted_stargate_it_kw
    )


def test_a_slump_halves_demand_and_revenue(paths, parameters):
    slump = with_compute(parameters, demand_factor=0.5)
    one, two = openai(paths, parameters, "2026-06"), openai(paths, slump, "2026-06")
    assert two.demand_it_kw == pytest.approx(one.demand_it_kw / 2, abs=1)
    assert two.revenue_cents == pytest.approx(one.revenue_cents / 2, abs=1)


def test_rivals_want_their_plans_and_more_for_what_begins_after_the_list_ends(parameters):
    """Works begin 14 months after the decision: until 14 months before its end the list holds all they want."""
    meta = Customer(mesa.Model(rng=1), "Meta")
    building = dataclasses.replace(parameters.building, new_campus_wait_months=14.0)
    parameters = dataclasses.replace(parameters, building=building)
    meta.plan(news(LIST_ENDS - 14, parameters), parameters, 0, 1000)
    assert meta.wanted_it_kw == 1000
    meta.plan(news(LIST_ENDS - 2, parameters), parameters, 0, 1000)
    assert meta.wanted_it_kw == round(1000 * (1 + parameters.compute.rival_demand_growth_rate_per_year))


def test_owners_are_wanted_for_their_own_demand_and_openais(paths, parameters):
    agent = openai(paths, parameters, "2026-06", "rivals")
    meta = Customer(mesa.Model(rng=1), "Meta")
    meta.wanted_it_kw = 5
    owners = ("Meta", "Microsoft", "Amazon", "CoreWeave", "Google")
    wanted = wanted_by_owner([meta], agent, owners)
    assert wanted[0] == 5
    assert wanted.sum() == 5 + agent.diverted_it_kw.sum()


def test_demand_is_placed_by_what_suppliers_have(paths, parameters):
    agent = openai(paths, parameters, "2026-06")
    have = np.array([30, 70, 0, 0, 0, 0])
    assert agent.weights(have).tolist() == [0.3, 0.7, 0, 0, 0, 0]
