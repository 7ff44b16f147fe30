"""Governments: staff by queues, abatements, moratoria, training money."""

import dataclasses
from types import SimpleNamespace

import mesa
import pytest

from abm.agents.government import FEDERAL, STATE, Files, Government
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.policy import Policy


def planned(kind=STATE, own=None, month=0, region=3, seed=1, **changes):
    p = _filled(Policy, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / "policy.toml"), "")})
    agent = Government(mesa.Model(rng=1), kind, region, seed)
    agent.plan(
        SimpleNamespace(month=month - 1), SimpleNamespace(policy=dataclasses.replace(p, **changes)), 0, own or Files()
    )
    return agent


def test_long_queues_bring_staff():
    agent = planned(own=Files(local_wait_months=5, air_wait_months=2))
    assert agent.local_growth_ratio**12 == pytest.approx(1.1)
    assert agent.air_growth_ratio == 1


def test_contested_campuses_get_smaller_abatements():
    assert planned().abatement_share == pytest.approx(0.85)
    assert planned(own=Files(contested_share=0.2)).abatement_share == pytest.approx(0.68)


def test_training_money_comes_from_the_budget_and_from_tariffs():
    """20 USD m a year and a tenth of 5 USD m."""
    agent = planned(kind=FEDERAL, own=Files(tariff_cents=500_000_000), training_tariff_share=0.1)
    assert agent.training_cents == round(20e8 / 12) + 50_000_000


def test_a_moratorium_lasts_its_months():
    agent = planned(month=7, moratorium_prob_per_month=1.0)
    assert [agent.in_moratorium(month) for month in (7, 18, 19)] == [True, True, False]
    assert not planned(moratorium_prob_per_month=0.0).in_moratorium(0)
    assert not planned(moratorium_prob_per_month=1.0, opposition_factor=0.0).in_moratorium(0)


def test_moratoria_are_as_rare_as_their_chance():
    """Two in a hundred states and months."""
    struck = sum(
        planned(region=r, month=m, moratorium_prob_per_month=0.02).in_moratorium(m)
        for r in range(28)
        for m in range(36)
    )
    assert struck == pytest.approx(20, abs=14)
