"""Vendors on paper: when they expand, what they ask, whom they employ."""

import dataclasses
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from abm.agents.vendor import Vendor, VendorState, expansion_share, markup, plant_mix, plant_people
from abm.parameters import Parameters
from abm.vocabulary import KLASS, TRADE

GENSET, ENGINE = KLASS["genset"], KLASS["gas_engine"]


@pytest.fixture(scope="module")
def p():
    return Parameters.load().equipment


def genset(p, **values):
    return dataclasses.replace(p.classes["genset"], **values)


def vendor_of(home=(0.5, 0.5)):
    return Vendor(mesa.Model(), "Maker", "Makes things", np.array([3, 9]), np.array([GENSET, ENGINE]), np.array(home))


def state(backlog, capacity=(1000.0, 1000.0), coming=(0.0, 0.0), output=(0.0, 0.0), staffed=(1.0, 1.0)):
    return VendorState(*(np.array(part) for part in (backlog, capacity, coming, output, staffed)))


def planned(vendor, p, own, months=1, cash=1, first=0):
    for m in range(first, first + months):
        vendor.plan(SimpleNamespace(month=m - 1), dataclasses.replace(Parameters.load(), equipment=p), cash, own)
    return vendor


def test_a_maker_expands_in_proportion_up_to_twice_the_trigger(p):
    """At a trigger of 8 months and 12 % a year: nothing at 8, half a per cent a month at 12, one at 16 and at 40."""
    item = genset(p, expansion_trigger_months=8.0, expansion_rate_per_year=0.12)
    steps = [expansion_share(months, item) for months in (0, 8, 12, 16, 40)]
    assert steps == pytest.approx([0, 0, 0.005, 0.01, 0.01])


def test_scarcity_adds_to_prices_within_bounds(p):
    assert markup(2.0, 0.4, p) == pytest.approx(2**0.4 - 1)
    assert markup(1.0, 0.4, p) == 0
    assert markup(1e9, 0.4, p) == p.markup_max_share
    assert markup(0.0, 0.4, p) == -p.discount_max_share
    assert markup(0.0, 0.0, p) == -p.discount_max_share


def test_a_million_a_year_made_at_home_employs_what_the_table_says(p):
    """1,000 kW a month at 1,000 USD are 12 USD m a year; half at home with 2 workers per USD m: 12 people."""
    item = genset(p, price_usd_per_kw=1000.0, worker_years_per_usd_m=2.0)
    assert plant_people(1000.0, 0.5, item) == pytest.approx(12.0)


def test_a_plant_is_mostly_assemblers(p):
    mix = plant_mix(p)
    assert mix.sum() == pytest.approx(1)
    assert mix.argmax() == TRADE["assembler"]
    assert plant_mix(dataclasses.replace(p, assembler_share=0.9, technician_share=0.2)).min() == 0


def test_only_a_lasting_backlog_makes_it_expand(p):
    """The genset line has twice its trigger on order, the engine line nothing; it waits out its patience first."""
    p = dataclasses.replace(p, expansion_patience_months=3.0)
    backlog = (2000 * p.classes["genset"].expansion_trigger_months, 0)
    vendor = vendor_of()
    assert not any(planned(vendor, p, state(backlog), 2).expansion_kw_per_month)
    planned(vendor, p, state(backlog), 1, first=2)
    full = 1000 * p.classes["genset"].expansion_rate_per_year / 12
    assert vendor.expansion_kw_per_month == pytest.approx([full, 0])
    assert vendor.ready_month[0] == 2 + round(p.classes["genset"].expansion_lag_months)
    planned(vendor, p, state((0, 0)), 1, first=3)
    planned(vendor, p, state(backlog), 1, first=4)
    assert vendor.expansion_kw_per_month[0] == 0  # patience starts anew


def test_expansions_under_way_calm_it_and_no_cash_stops_it(p):
    backlog = (2000 * p.classes["genset"].expansion_trigger_months, 0)
    assert planned(vendor_of(), p, state(backlog, coming=(1000.0, 0.0)), 9).expansion_kw_per_month[0] == 0
    assert planned(vendor_of(), p, state(backlog), 9, cash=0).expansion_kw_per_month[0] == 0


def test_it_asks_more_when_its_backlog_stands_above_normal(p):
    normal = p.classes["genset"].start_backlog_months
    vendor = planned(vendor_of(), p, state((2000 * normal, 1000 * p.classes["gas_engine"].start_backlog_months)))
    assert vendor.markup_share[0] == pytest.approx(2 ** p.classes["genset"].price_backlog_elasticity - 1)
    assert vendor.markup_share[1] == pytest.approx(0)


def test_it_wants_a_crew_for_next_months_output_at_home(p):
    vendor = planned(vendor_of(home=(0.5, 0.0)), p, state((0, 0), output=(1000.0, 1000.0)))
    people = plant_people(1000.0, 0.5, p.classes["genset"])
    assert vendor.people_wanted == pytest.approx([people, 0])
    assert plant_mix(p)[TRADE["assembler"]] == pytest.approx(p.assembler_share)


def test_a_line_short_of_crew_pays_more_and_does_not_grow(p):
    """Openings of 3 % are ordinary. At 87 % a tenth of the crew is missing: the full raise each month; no new line."""
    backlog, building = (2000 * p.classes["genset"].expansion_trigger_months, 0), Parameters.load().building
    p = dataclasses.replace(p, expansion_min_staffed_share=0.9)
    normal = 1 - Parameters.load().labour.openings_share
    short = normal - building.premium_full_shortage_share
    vendor = planned(vendor_of(), p, state(backlog, staffed=(short, normal)), 9)
    assert vendor.premium_share == pytest.approx(
        [min(9 * building.wage_raise_share, building.wage_premium_max_share), 0]
    )
    assert vendor.expansion_kw_per_month[0] == 0
    assert planned(vendor_of(), p, state(backlog, staffed=(normal, normal)), 9).expansion_kw_per_month[0] > 0


def test_a_maker_without_capacity_does_not_divide_by_it(p):
    vendor = planned(vendor_of(), p, state((500, 0), capacity=(0.0, 0.0)), 9)
    assert np.isfinite(vendor.markup_share).all()
    assert np.isfinite(vendor.expansion_kw_per_month).all()
