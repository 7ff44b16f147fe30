"""Designs: worked by hand where there are few points, laws where chance chooses them."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.designs import Design, crossed, design_of
from experiments.errors import BadInput
from experiments.study_factors import Factor

A = Factor("a", "levers", (1.0, 2.0))
B = Factor("b", "numbers", (5.0, 6.0, 7.0))
C = Factor("c", "switches", ("x", "y"))
RANGE = Factor("r", "numbers", low=10.0, high=20.0)
WHOLE = Factor("w", "levers", low=0.0, high=3.0, is_whole=True)


def test_a_grid_is_every_combination_the_last_factor_first():
    assert Design("grid", {}, (A, C)).points() == [
        {"a": 1.0, "c": "x"},
        {"a": 1.0, "c": "y"},
        {"a": 2.0, "c": "x"},
        {"a": 2.0, "c": "y"},
    ]


def test_a_list_takes_the_first_values_then_the_second():
    assert Design("list", {}, (A, C)).points() == [{"a": 1.0, "c": "x"}, {"a": 2.0, "c": "y"}]


def test_one_at_a_time_begins_with_the_scenario_as_it_is():
    points = Design("one_at_a_time", {}, (A, RANGE)).points()
    assert points == [{}, {"a": 1.0}, {"a": 2.0}, {"r": 10.0}, {"r": 20.0}]


def test_crossed_designs_try_every_point_of_one_with_every_point_of_the_other():
    points = [*crossed([Design("grid", {}, (A,)), Design("list", {}, (B,))])]
    assert len(points) == 6
    assert points[:3] == [{"a": 1.0, "b": 5.0}, {"a": 1.0, "b": 6.0}, {"a": 1.0, "b": 7.0}]
    assert [*crossed([])] == [{}]


@settings(deadline=None)  # the first example imports SciPy
@given(n=st.integers(1, 30), seed=st.integers(0, 2**31 - 1))
def test_a_latin_hypercube_has_one_point_in_every_slice(n, seed):
    factors = tuple(Factor(name, "levers", low=0.0, high=1.0) for name in "st")
    points = Design("latin_hypercube", {"points": n, "seed": seed}, factors).points()
    for name in "st":
        assert sorted(math.floor(point[name] * n) for point in points) == [*range(n)]


def test_morris_changes_one_factor_at_a_step():
    factors = (RANGE, Factor("s", "levers", low=0, high=1), C)
    points = Design("morris", {"trajectories": 5, "levels": 4, "seed": 3}, factors).points()
    assert len(points) == 5 * (3 + 1)
    for start in range(0, len(points), 4):
        path = points[start : start + 4]
        changed = [[name for name in a if a[name] != b[name]] for a, b in itertools.pairwise(path)]
        assert sorted(map(tuple, changed)) == [("c",), ("r",), ("s",)]
    assert {point["r"] for point in points} <= {10.0, 10 + 10 / 3, 10 + 10 * (2 / 3), 20.0}


def test_sobol_swaps_one_factor_between_two_samples():
    """Rows come in blocks of a, a with the first factor of b, a with the second of b, b (Saltelli)."""
    points = Design("sobol", {"base_points": 8, "seed": 0}, (RANGE, Factor("s", "levers", low=0, high=1))).points()
    assert len(points) == 8 * (2 + 2)
    for start in range(0, len(points), 4):
        a, first, second, b = points[start : start + 4]
        assert first == {"r": b["r"], "s": a["s"]}
        assert second == {"r": a["r"], "s": b["s"]}


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("latin_hypercube", {"points": 7}),
        ("sobol", {"base_points": 4}),
        ("morris", {"trajectories": 3, "levels": 4}),
    ],
)
def test_chance_repeats_by_its_seed_and_zero_is_one(kind, settings):
    def made(seed):
        return Design(kind, {**settings, "seed": seed}, (RANGE, WHOLE, C)).points()

    assert made(0) == made(0) != made(1)
    for point in made(0):
        assert 10 <= point["r"] <= 20
        assert point["w"] in (0.0, 1.0, 2.0, 3.0)
        assert point["c"] in ("x", "y")


@given(share=st.floats(0, 1))
def test_a_value_never_leaves_its_range(share):
    tricky = Factor("t", "numbers", low=0.1, high=0.1 + 0.2)
    assert tricky.low <= tricky.at(share) <= tricky.high
    assert C.at(share) in C.values


@pytest.mark.parametrize(
    ("given_", "factors", "message"),
    [
        ({}, (A,), 'says no kind; write .design. and kind = "grid"'),
        ({"kind": "halton"}, (A,), "'halton' is unknown; choose from grid, list"),
        ({"kind": "latin_hypercube", "points": 3}, (A,), "design.seed is missing; latin_hypercube has points, seed"),
        ({"kind": "grid", "points": 3}, (A,), "design.points is unknown; grid has no settings"),
        ({"kind": "latin_hypercube", "points": 0, "seed": 1}, (A,), "points = 0 is not a whole number from 1 on"),
        ({"kind": "grid"}, (RANGE,), "r is a range, a grid needs values; list them or add steps"),
        ({"kind": "list"}, (A, B), "give every factor as many"),
        ({"kind": "sobol", "base_points": 12, "seed": 1}, (A, B), "base_points = 12 is not a power of 2"),
        ({"kind": "morris", "trajectories": 4, "levels": 3, "seed": 1}, (A, B), "levels = 3 is odd"),
        ({"kind": "sobol", "base_points": 8, "seed": 1}, (A,), "sobol compares factors and has only a"),
    ],
)
def test_a_design_that_cannot_be_is_refused(given_, factors, message):
    with pytest.raises(BadInput, match=message):
        design_of("x.toml", "design", given_, factors)


def test_a_design_too_large_for_anyone_is_refused_before_it_is_made():
    many = Factor("m", "numbers", tuple(map(float, range(1001))))
    with pytest.raises(BadInput, match="1,002,001 points, more than 1,000,000"):
        next(crossed([Design("grid", {}, (many,)), Design("list", {}, (many,))]))
