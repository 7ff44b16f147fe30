"""Laws of the grid's queues: nobody is served twice or beyond capacity, order does not matter, more never hurts."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.markets import requests as states
from abm.markets import waits
from abm.markets.onsite import Plants
from abm.markets.power import Connections
from abm.markets.queues import in_order, serve
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.power import Power
from abm.tables_power import zone_paths
from abm.vocabulary import KLASS, ZONES

N = len(ZONES)
P = _filled(Power, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / "power.toml"), "")})
requests = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(1, 500)), max_size=25)
fringes = st.lists(st.floats(0, 300), min_size=18, max_size=18)
capacities = st.lists(st.floats(0, 900), min_size=3, max_size=3)


def cleared(asked, fringe, capacity, credit=0.0):
    columns = np.array(asked, np.int64).reshape(-1, 3).T
    columns = columns[:, in_order(*columns)]
    others = np.array(fringe).reshape(3, 6)
    saved = np.full(3, credit)
    served, taken = serve(others, saved, np.array(capacity), 5, *columns)
    return columns, served, taken, others, saved


@settings(deadline=None)
@given(requests, fringes, capacities)
def test_nothing_is_served_beyond_capacity(asked, fringe, capacity):
    columns, served, taken, others, saved = cleared(asked, fringe, capacity)
    own = np.bincount(columns[0][served], columns[2][served], 3)
    assert (own + taken + saved <= np.array(capacity) + 1e-6).all()
    assert (others >= 0).all()
    np.testing.assert_allclose(others.sum(axis=1) + taken, np.array(fringe).reshape(3, 6).sum(axis=1), atol=1e-6)


@settings(deadline=None)
@given(requests, fringes, capacities)
def test_nobody_overtakes(asked, fringe, capacity):
    """Whoever is served finds all older cohorts of its place empty."""
    columns, served, _, others, _ = cleared(asked, fringe, capacity)
    for place, cohort, _size in columns[:, served].T:
        older = (columns[0] == place) & (columns[1] < cohort)
        assert served[older].all()
        assert others[place, : cohort + 1].sum() == 0


@settings(deadline=None)
@given(requests, fringes, capacities, st.floats(0, 500))
def test_more_capacity_never_serves_fewer(asked, fringe, capacity, extra):
    _, few, taken, _, _ = cleared(asked, fringe, capacity)
    _, many, more, _, _ = cleared(asked, fringe, [c + extra for c in capacity])
    assert (many >= few).all()
    assert (more >= taken - 1e-9).all()


def run(kw, zone, month, *, rename=None, throughput=1.0, months=50, withdraw=()):
    """A run of the connections; `rename` permutes zones with all their numbers."""
    p = dataclasses.replace(P, connection_throughput_factor=throughput, works_log_sd=0.0)
    if rename is not None:
        values = list(p.zones.values())
        p = dataclasses.replace(p, zones={ZONES[rename[i]]: values[i] for i in range(N)})
        zone = np.array(rename)[zone]
    c = Connections(len(kw), p, zone_paths(), 1)
    rows = np.arange(len(kw))
    old = rows[month < 0]
    c.start(old, old, zone[old], kw[old], month[old], p)
    kits = np.zeros(N, np.int64)
    for m in range(months):
        new = rows[month == m]
        c.request(new, new, zone[new], kw[new], m, p)
        if m == months // 2:
            c.withdraw(np.array(withdraw, np.int64))
        c.advance(m, p, transformers_kw=kits, crew_share=np.ones(N), moratorium=np.zeros(N, np.bool_),
                  unlimited=False, firm_room_kw=np.full(N, 1e12))  # fmt: skip
        kits = c.transformers_wanted_kw(m, 0)
        assert waits.residual_kw(c) == 0
        assert (c.stock_kw >= 0).all()
    return c


campuses = st.lists(
    st.tuples(st.integers(1_000, 900_000), st.integers(0, N - 1), st.integers(-60, 30)), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None)
@given(campuses, st.permutations(range(N)))
def test_renaming_zones_changes_nothing(asked, rename):
    kw, zone, month = (np.array(column) for column in zip(*asked, strict=True))
    plain, renamed = run(kw, zone, month), run(kw, zone, month, rename=rename)
    np.testing.assert_array_equal(plain.connected_month, renamed.connected_month)


@settings(max_examples=15, deadline=None)
@given(campuses)
def test_more_throughput_never_lowers_connections(asked):
    kw, zone, month = (np.array(column) for column in zip(*asked, strict=True))
    slow, fast = run(kw, zone, month), run(kw, zone, month, throughput=1.5)
    assert fast.kw[fast.state == states.CONNECTED].sum() >= slow.kw[slow.state == states.CONNECTED].sum()


@settings(max_examples=15, deadline=None)
@given(campuses)
def test_counters_equal_a_recount_with_withdrawals(asked):
    kw, zone, month = (np.array(column) for column in zip(*asked, strict=True))
    c = run(kw, zone, month, withdraw=[0])
    held = c.kw[np.isin(c.state, [1, 2, 3, 4])].sum()
    assert c.requested_kw.sum() == held + c.withdrawn_kw.sum()


def test_a_planted_error_is_found():
    c = run(np.array([1000]), np.array([0]), np.array([0]), months=3)
    c.kw[0] += 7
    assert waits.residual_kw(c) == 7


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["gas_engine", "fuel_cell", "battery"]), st.integers(1, 999)),
        max_size=10,
    )
)
def test_plants_lose_nothing(orders):
    plants = Plants(4)
    for owner, klass, kw in orders:
        plants.order(np.array([owner]), np.array([KLASS[klass]]), np.array([kw]))
        plants.receive(np.array([owner]), np.array([KLASS[klass]]), np.array([kw // 2]))
        plants.advance(P, crew_share=np.ones(4), may_run=np.ones(4, np.bool_), unlimited=False)
        assert plants.residual_kw() == 0
    plants.cancel(np.arange(4))
    for _ in range(12):
        plants.advance(P, crew_share=np.ones(4), may_run=np.ones(4, np.bool_), unlimited=False)
    assert plants.residual_kw() == 0
    assert plants.running_kw.sum() == sum(kw // 2 for _, _, kw in orders)
