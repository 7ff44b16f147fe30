"""Plants from order to service, the choice of a class on site, and what suppliers of power decide."""

import dataclasses
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from abm.agents.energy import EnergySupplier, SupplierBook, forecast_peak_kw, growth
from abm.markets.onsite import Plants, best_onsite, option_cost_usd_per_mwh, overbuild_ratio, running_usd_per_mwh
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.power import Power
from abm.tables_power import crews
from abm.vocabulary import EQUIPMENT, GENERATION_EQUIPMENT, KLASS, STARGATE, TRADE, ZONE

ENGINE, CELL, TURBINE, BATTERY = (KLASS[name] for name in ("gas_engine", "fuel_cell", "heavy_turbine", "battery"))
ERCOT = ZONE["ERCOT"]


def power(**changes):
    p = _filled(Power, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / "power.toml"), "")})
    return dataclasses.replace(p, **changes)


def one(value):
    return np.array([value])


def month(plants, p, *, crew=1.0, permit=True, unlimited=False):
    n = len(plants.running_kw)
    started = plants.advance(p, crew_share=np.full(n, crew), may_run=np.full(n, permit), unlimited=unlimited)
    assert plants.residual_kw() == 0
    return started


def delivered(kw=100_000, klass=ENGINE, owners=2):
    plants = Plants(owners)
    plants.order(one(0), one(klass), one(kw))
    plants.receive(one(0), one(klass), one(kw))
    return plants


def test_engines_run_after_six_months_of_work():
    plants, p = delivered(), power()
    ran = [int(month(plants, p).kw.sum()) for _ in range(7)]
    assert ran == [0, 0, 0, 0, 0, 100_000, 0]
    assert plants.running_kw[0, ENGINE - KLASS["heavy_turbine"]] == 100_000


def test_a_plant_without_air_permit_stands_ready_and_does_not_run():
    plants, p = delivered(), power()
    for _ in range(8):
        month(plants, p, permit=False)
    assert plants.running_kw.sum() == 0
    assert month(plants, p).kw.sum() == 100_000


def test_half_a_crew_needs_twice_the_months():
    plants, p = delivered(), power()
    for _ in range(11):
        month(plants, p, crew=0.5)
    assert plants.running_kw.sum() == 0
    assert month(plants, p, crew=0.5).kw.sum() == 100_000


def test_installation_is_billed_to_the_cent():
    """100 MW of engines at 550 USD a kW are 55 USD m, in six parts."""
    plants, p = delivered(), power()
    bills = [int(month(plants, p).bill_cents.sum()) for _ in range(7)]
    assert sum(bills) == 100_000 * 550 * 100
    assert bills[-1] == 0
    assert max(bills[:6]) - min(bills[:6]) <= 1


def test_abundance_runs_at_once_without_permit():
    plants, p = delivered(), power()
    assert month(plants, p, permit=False, unlimited=True).kw.sum() == 100_000


def test_cancelled_orders_are_counted():
    plants = Plants(2)
    plants.order(np.array([0, 1]), np.array([ENGINE, CELL]), np.array([50, 70]))
    assert plants.cancel(one(1)).sum() == 70
    assert plants.residual_kw() == 0
    with pytest.raises(ValueError, match="more generation is delivered than is on order"):
        plants.receive(one(1), one(CELL), one(70))


def test_many_batches_are_kept_apart():
    plants, p = Plants(3), power()
    rng = np.random.default_rng(0)
    for _ in range(10):
        owner, klass = rng.integers(0, 3, 100), rng.choice([ENGINE, CELL, BATTERY], 100)
        plants.order(owner, klass, np.full(100, 10))
        plants.receive(owner, klass, np.full(100, 10))
        month(plants, p)
    assert plants.ordered_kw.sum() == 10_000


def test_islands_need_a_third_more():
    """133 MW serve 100 MW of an island and 125.4 MW where the grid stands behind."""
    p = power()
    plants = Plants(2)
    plants.run_now(np.array([0, 1]), np.array([ENGINE, ENGINE]), np.array([133_000, 133_000]))
    assert list(plants.served_kw(p, np.array([True, False]))) == [100_000, 125_471]
    assert overbuild_ratio(p, np.array([True])) == pytest.approx(1.33)
    plants.run_now(one(0), one(BATTERY), one(500_000))
    assert plants.served_kw(p, np.array([True, False]))[0] == 100_000


def test_crews_and_operators():
    """100 MW of engines: 600 worker-months in six are 100 heads; 8 operators when it runs."""
    p, plants = power(), delivered()
    heads, stargate = plants.crews_wanted(p, crews(), np.array([STARGATE, 0]))
    assert heads.sum() == pytest.approx(100)
    assert heads[0, TRADE["electrician"]] == pytest.approx(30)
    assert stargate.sum() == pytest.approx(100)
    for _ in range(6):
        month(plants, p)
    assert plants.crews_wanted(p, crews())[0].sum() == 0
    assert plants.operators(p, crews())[0].sum() == pytest.approx(8)


def test_power_of_a_class_costs_capital_fuel_and_upkeep():
    """Engines at 800 + 550 USD a kW: 135 USD a year over 7,008 hours is 19.3; 8.3 x 4 + 9 = 42.2."""
    p = power()
    prices = np.full(len(GENERATION_EQUIPMENT), 800.0)
    assert option_cost_usd_per_mwh(p, prices, 4.0)[2] == pytest.approx(135_000 / 7008 + 42.2)
    assert running_usd_per_mwh(p, 4.0)[2] == pytest.approx(42.2)


def market(**leads):
    lead = np.full(len(EQUIPMENT), 30.0)
    for name, months in leads.items():
        lead[KLASS[name]] = months
    return lead, np.full(len(EQUIPMENT), 800.0)


def test_the_cheapest_class_in_time_is_chosen():
    lead, price = market(fuel_cell=10, gas_engine=12, small_turbine=20)
    assert best_onsite(lead, price, 3.5, 5, 24, power()).klass == ENGINE
    assert best_onsite(lead, price, 3.5, 5, 15, power()).klass == CELL


def test_the_earliest_class_is_chosen_when_none_is_in_time():
    lead, price = market(fuel_cell=10, gas_engine=9)
    option = best_onsite(lead, price, 3.5, 5, 1, power())
    assert (option.klass, option.months) == (CELL, 14)
    assert best_onsite(lead, price, 3.5, 40, 1, power()).months >= 40


def test_storage_alone_feeds_no_campus():
    lead, price = market(battery=0)
    assert best_onsite(lead, price, 3.5, 0, 0, power()).klass != BATTERY


# ---- suppliers ----


def news(**changes):
    facts = {
        "month": 10,
        "connection_months": np.full(7, 24.0),
        "power_usd_per_mwh": np.full(7, 90.0),
        "lead_months": np.full(len(EQUIPMENT), 6.0),
        "price_usd_per_kw": np.full(len(EQUIPMENT), 300.0),
    }
    return SimpleNamespace(**facts | changes)


def supplier(kind, share=0.5, klass=-1):
    return EnergySupplier(mesa.Model(rng=1), "Test", kind, ERCOT, klass, share, 0.1)


SHORT = SupplierBook(firm_kw=100_000_000, coming_kw=0, peak_kw=100_000_000.0)
RICH = 10**15


def plan(agent, facts, book, cash=RICH, **changes):
    agent.plan(facts, SimpleNamespace(power=power(**changes)), cash, book)
    return agent


def test_a_utility_orders_its_part_of_what_is_missing():
    """13.75 GW short; half of it, 4 % a month, turbines count 0.93: 295.7 MW."""
    utility = plan(supplier("utility"), news(), SHORT)
    assert utility.order_klass == TURBINE
    assert utility.order_kw == pytest.approx(13_750_000 * 0.5 * 0.04 / 0.93, abs=1)


def test_storage_is_built_when_turbines_come_too_late():
    late = news(lead_months=np.full(len(EQUIPMENT), 61.0))
    assert plan(supplier("utility"), late, SHORT).order_klass == BATTERY


def test_nothing_is_ordered_when_nothing_is_missing():
    book = SupplierBook(firm_kw=100_000_000, coming_kw=20_000_000, peak_kw=100_000_000.0)
    assert plan(supplier("utility"), news(), book).order_kw == 0


def test_an_independent_builds_only_when_it_pays():
    cheap = news(power_usd_per_mwh=np.full(7, 50.0))
    assert plan(supplier("independent"), cheap, SHORT).order_kw == 0
    assert plan(supplier("independent"), news(), SHORT).order_kw > 0
    assert plan(supplier("utility"), cheap, SHORT).order_kw > 0


def test_plants_are_financed_on_delivery_so_cash_sets_no_limit():
    poor, rich = (plan(supplier("utility"), news(), SHORT, cash=cash) for cash in (-5, RICH))
    assert poor.order_kw == rich.order_kw


def test_long_waits_make_connections_grow():
    calm = plan(supplier("wires"), news(), SHORT)
    assert calm.studies_growth_ratio == calm.slots_growth_ratio == 1
    busy = plan(supplier("wires"), news(connection_months=np.full(7, 48.0)), SHORT)
    assert busy.studies_growth_ratio**12 == pytest.approx(1.12)
    assert growth(36, 24, 0.2) ** 12 == pytest.approx(1.096, abs=0.002)


def test_full_order_books_make_power_on_site_dear():
    onsite = supplier("onsite", klass=ENGINE)
    assert plan(onsite, news(), SupplierBook(order_book_kw=0)).markup_share == 0.1
    full = SupplierBook(order_book_kw=4_000, normal_order_book_kw=1_000)
    assert plan(onsite, news(), full).markup_share == pytest.approx(0.1 * 4**0.3)


def test_peak_forecast():
    assert forecast_peak_kw(100.0, 0.1, 24, 7.0) == pytest.approx(128)
