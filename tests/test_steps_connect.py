"""Power by both routes: when it is asked for, when an owner goes its own way, and what reaches the campus."""

import numpy as np
import pytest

from abm.markets.onsite import overbuild_ratio
from abm.markets.requests import CONNECTED, NONE
from abm.sites import CANCELLED
from abm.steps.connect import connect, firm_load_kw, order_for_zones, order_known_plants, request_grid, switch_route
from abm.vocabulary import KLASS, STARGATE
from tests import tiny

FAR = 10_000.0


@pytest.fixture
def site():
    """One building of 100 MW of a Stargate campus, due now, that takes 20 months; everything else is struck."""
    m = tiny.world()
    tiny.months(m, 1)
    s = m.sites
    c = next(
        int(i) for i in np.flatnonzero(s.program == STARGATE) if m.plants.ordered_kw[i].sum() == 0 and not s.islanded[i]
    )
    rows = tiny.alone(m, c, 1)
    tiny.open_books(m)
    s.planned_start[rows], s.build_months[rows] = m.month, 20.0
    m.power_months = np.full(m.n_phases, FAR)
    m.news.lead_months[:] = 100.0
    m.news.lead_months[KLASS["gas_engine"]] = 6.0
    return m, c, rows


def ordered(m, c):
    return m.plants.ordered_kw[c].sum()


def test_where_the_grid_is_late_a_plant_is_ordered_for_the_load(site):
    """Engines come in 6 months and their crews; the plant is larger than the load by the usual overbuild."""
    m, c, _ = site
    switch_route(m)
    ratio = float(overbuild_ratio(m.parameters.power, m.sites.islanded[[c]])[0])
    assert ordered(m, c) == int(np.ceil(100_000 * ratio))
    assert m.has_route[c]
    assert m.plants.on_order_kw[c].argmax() == KLASS["gas_engine"] - m.generation_classes[0]


def test_where_the_grid_comes_in_time_nobody_builds_a_plant(site):
    m, c, _ = site
    m.power_months[:] = m.month
    switch_route(m)
    assert ordered(m, c) == 0


def test_a_plant_that_comes_even_later_is_not_ordered(site):
    m, c, rows = site
    m.news.lead_months[:] = 100.0
    m.power_months[rows] = m.month + 60.0
    switch_route(m)
    assert ordered(m, c) == 0


def test_who_waits_for_a_plant_orders_no_second_one(site):
    m, c, _ = site
    switch_route(m)
    once = ordered(m, c)
    switch_route(m)
    assert ordered(m, c) == once


def test_far_off_buildings_do_not_look_for_another_route(site):
    m, c, rows = site
    m.sites.planned_start[rows] = m.month + 1 + round(m.parameters.building.power_look_ahead_months)
    switch_route(m)
    assert ordered(m, c) == 0


def test_power_is_asked_for_in_its_month_and_once(site):
    m, c, rows = site
    m.sites.requested[rows] = False
    m.connections.withdraw(rows)
    m.request_kw[rows], m.request_month[c] = 100_000, m.month + 1
    request_grid(m)
    assert not m.sites.requested[rows[0]]
    m.request_month[c] = m.month
    request_grid(m)
    assert m.sites.requested[rows[0]]
    assert m.connections.kw[rows[0]] == 100_000
    request_grid(m)  # a second request of the row would be refused by the queue


def test_islands_never_ask_for_the_grid(site):
    m, c, rows = site
    m.sites.requested[rows], m.sites.islanded[c], m.request_month[c] = False, True, m.month
    request_grid(m)
    assert not m.sites.requested[rows[0]]


def test_known_plants_are_ordered_in_their_month_and_replaced_by_later_ones():
    m = tiny.world()
    tiny.open_books(m)
    table = m.campus_table
    later = np.flatnonzero((table.later_onsite_class >= 0) & ~m.sites.cancelled[: len(table.name)])
    assert len(later), "no campus of the list changed its plants"
    c = int(later[0])
    m.month = int(table.later_onsite_known_month[c])
    m.plant_order_month[:] = -1
    order_known_plants(m)
    kind = int(table.later_onsite_class[c] - m.generation_classes[0])
    assert m.plants.on_order_kw[c, kind] == table.later_onsite_kw[c] - m.plants.delivered_kw[c].sum()
    assert m.plants.on_order_kw[c].sum() == m.plants.on_order_kw[c, kind]


def test_suppliers_order_the_plants_they_decided_on(site):
    m, _, _ = site
    supplier = next(s for s in m.suppliers if s.zone >= 0)
    for other in m.suppliers:
        other.order_kw = 0
    supplier.order_klass, supplier.order_kw = KLASS["heavy_turbine"], 50_000
    before = m.supply.plants.ordered_kw[supplier.zone].sum()
    order_for_zones(m)
    assert m.supply.plants.ordered_kw[supplier.zone].sum() - before == 50_000
    assert m.book.on_order()[m.zone_buyers[supplier.zone], KLASS["heavy_turbine"]] >= 50_000


def test_firm_load_is_what_runs_on_firm_connections_only(site):
    """A substation of 200 MW carries 100 MW in service: the load counts, not the connection."""
    m, c, rows = site
    connections = m.connections
    mine = connections.campus == c
    connections.state[mine] = NONE
    connections.state[rows[0]], connections.campus[rows[0]], connections.kw[rows[0]] = CONNECTED, c, 200_000
    tiny.put(m, rows, 1.0)
    for firm, load in ((True, 100_000), (False, 0)):
        connections.firm[rows[0]] = firm
        assert firm_load_kw(m)[m.sites.zone[c]] == load


def test_with_an_abundant_grid_what_is_asked_for_is_there_at_once():
    m = tiny.world("abundant_grid_power")
    tiny.do_until(m, "connect")
    connect(m)
    states = m.connections.state[: m.n_phases]
    asked = m.sites.requested & (m.request_kw > 0) & ~m.sites.islanded[m.sites.campus] & (m.sites.stage != CANCELLED)
    assert asked.any()
    assert set(states[asked]) == {CONNECTED}
