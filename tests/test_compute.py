"""Compute is placed where there is some; its rent follows scarcity; the dated paths grow on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.markets.compute import (
    capacities,
    clear,
    compute_rent_cents,
    lease_rent_cents,
    next_price,
    trend_price,
    used_at_campuses,
)
from abm.parameters import Parameters
from abm.tables_compute import (
    EXCLUSIVE,
    FIRST_REFUSAL,
    NO_TERMS,
    SUPPLIER,
    SUPPLIERS,
    Growing,
    compute_paths,
)
from abm.units import month_index


@pytest.fixture(scope="module")
def p():
    return Parameters.load().compute


def test_what_one_supplier_lacks_is_placed_with_the_other():
    """100 wanted, half of it each; the first has 30, so the second gets 70."""
    placed = clear(np.array([100]), np.array([[0.5, 0.5]]), np.array([30, 200]))
    assert placed.placed_it_kw.tolist() == [[30, 70]]
    assert placed.unserved_it_kw.tolist() == [0]
    assert placed.idle_it_kw.tolist() == [0, 130]
    assert placed.share.tolist() == [[0.3, 0.7]]


def test_who_takes_only_one_supplier_stays_unserved():
    placed = clear(np.array([100, 50]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([30, 200]))
    assert placed.placed_it_kw.tolist() == [[30, 0], [0, 50]]
    assert placed.unserved_it_kw.tolist() == [70, 0]
    with pytest.raises(ValueError, match="not placed backwards"):
        clear(np.array([-1]), np.array([[1.0]]), np.array([3]))


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(1, 4), st.integers(1, 4))
def test_nobody_computes_more_than_wanted_or_is_there(data, n, s):
    kw = st.integers(0, 10**8)
    demand = np.array(data.draw(st.lists(kw, min_size=n, max_size=n)))
    capacity = np.array(data.draw(st.lists(kw, min_size=s, max_size=s)))
    weight = np.array(data.draw(st.lists(st.floats(0, 1), min_size=n * s, max_size=n * s))).reshape(n, s)
    placed = clear(demand, weight, capacity)
    assert (placed.placed_it_kw >= 0).all()
    assert (placed.unserved_it_kw >= 0).all()
    assert (placed.idle_it_kw >= 0).all()
    more = clear(demand, weight, capacity * 2)
    if n == 1:
        assert more.placed_it_kw.sum() >= placed.placed_it_kw.sum()


def test_rent_closes_a_tenth_of_the_gap_to_scarcity(p):
    """At the start demand twice capacity calls for 2^0.3 times the price; a month goes a tenth of the way."""
    start = trend_price(p, 0)
    assert start == p.price_usd_m_per_it_mw_year
    after = next_price(start, p, 0, 200.0, 100.0)
    assert after == pytest.approx(start * (1 + p.price_adjustment_share * (2**p.scarcity_elasticity - 1)))
    assert next_price(start, p, 0, 100.0, 100.0) == pytest.approx(start)


def test_a_megawatt_costs_thirteen_million_a_year():
    """13 m a year are USD 1,083,333.33 a month."""
    assert compute_rent_cents(np.array([1000]), 13.0).tolist() == [108_333_333]
    assert lease_rent_cents(np.array([12_000]), 0.10).tolist() == [100]


def test_idle_capacity_is_spread_over_campuses():
    assert used_at_campuses(np.array([60, 40]), 50).tolist() == [30, 20]
    assert used_at_campuses(np.array([60, 40]), 500).tolist() == [60, 40]
    assert used_at_campuses(np.array([0, 0]), 0).tolist() == [0, 0]


def test_displaced_demand_is_supplied_as_far_as_rivals_have_built():
    supplied = np.zeros(len(SUPPLIERS))
    supplied[SUPPLIER["Microsoft"]] = 100.0
    displaced = np.zeros(len(SUPPLIERS), np.int64)
    displaced[SUPPLIER["Microsoft"]] = 50
    have = capacities(supplied, 7, displaced, np.full(len(SUPPLIERS), 0.4))
    assert have[SUPPLIER["Microsoft"]] == 120
    assert have[SUPPLIER["Stargate"]] == 7


def test_a_growing_path_is_even_between_points_and_fades_after():
    """From 100 to 400 in two years is 200 after one; then +100 % the first year with no fade."""
    path = Growing(np.array([0, 24]), np.array([100.0, 400.0]))
    assert path.at(12, 1.0, 0.0) == pytest.approx(200)
    assert path.at(36, 1.0, 0.0) == pytest.approx(800)
    assert 400 < path.at(36, 1.0, 0.5) < 800
    assert path.at(-5, 1.0, 0.0) == pytest.approx(100)


def test_microsofts_terms_end_in_january_and_october_2025():
    paths = compute_paths()
    assert paths.terms_at(month_index("2024-12"), 0) == EXCLUSIVE
    assert paths.terms_at(month_index("2025-01"), 0) == FIRST_REFUSAL
    assert paths.terms_at(month_index("2025-11"), 0) == NO_TERMS
    assert paths.terms_at(month_index("2026-12"), 24) == EXCLUSIVE
    assert paths.agreed_it_kw(0) == 206_000


def test_suppliers_begin_with_their_first_date_and_grow_after_the_last():
    paths = compute_paths()
    before = paths.supplied_it_kw(month_index("2025-01"), 0.1)
    assert before[SUPPLIER["Amazon"]] == before[SUPPLIER["Stargate"]] == 0
    end = month_index("2026-12")
    later = paths.supplied_it_kw(end + 12, 0.1)
    assert later[SUPPLIER["CoreWeave"]] == pytest.approx(345_000 * 1.1)


def test_nothing_known_later_is_used():
    early = compute_paths(known_by=month_index("2025-06"))
    assert early.demand_it_mw.value[-1] == 200  # OpenAI told the 600 of 2024 in 2026
    assert compute_paths(known_by=month_index("2026-01")).demand_it_mw.value[-1] == 1900
    assert early.supplied_it_kw(month_index("2027-01"), 0.0)[SUPPLIER["Amazon"]] == 0
