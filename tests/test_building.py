"""Work curves, stages, weak substitution and the scarcest input, each worked by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.markets.building import build, heads_wanted, labour_allows, served_in_order, stage_of, work_done
from abm.vocabulary import INPUT

CLOSED_FORM = pytest.approx  # beta(2, 1.5): 1 - 2.5 u^1.5 + 1.5 u^2.5 with u = 1 - x


@pytest.mark.parametrize("x", [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
def test_work_follows_the_beta_curve(x):
    u = 1 - x
    assert work_done(x, 2.0, 1.5) == CLOSED_FORM(1 - 2.5 * u**1.5 + 1.5 * u**2.5, abs=1e-6)


def test_stages_change_at_their_ends():
    ends = np.array([3, 7, 12, 14, 16]) / 16
    assert [stage_of(x, ends, 3) for x in (0.0, 0.1874, 3 / 16, 0.5, 0.8, 0.9, 1.0)] == [3, 3, 4, 5, 6, 7, 7]


def one_phase(**changes):
    arguments = {
        "active": np.array([True]),
        "progress": np.array([0.5]),
        "planned_step": np.array([0.05]),
        "shortest_step": np.array([0.10]),
        "facility_kw": np.array([100_000]),
        "labour_share": np.array([1.0]),
        "capital_share": np.array([1.0]),
        "have_share": np.array([[1.0]]),
        "needed_at": np.array([0.4]),
        "input_of": np.array([INPUT["switchgear"]]),
        "power_share": np.array([1.0]),
        "power_at": 0.875,
        "islanded": np.array([False]),
    }
    return build(**arguments | changes)


def test_nothing_scarce_means_the_plan():
    made = one_phase()
    assert made.step_share[0] == 0.05
    assert made.binding[0] == INPUT["plan"]
    assert made.lost_kw[0] == 0
    assert made.plan_lost_kw[0] == pytest.approx(5_000)  # (0.10 - 0.05) of 100 MW


def test_half_a_crew_makes_half_the_step():
    made = one_phase(labour_share=np.array([0.5]))
    assert made.step_share[0] == 0.025
    assert made.binding[0] == INPUT["labour"]
    assert made.lost_kw[0] == pytest.approx(2_500)


def test_a_small_rest_is_finished_by_a_crew_that_is_short():
    """Shares are of the whole planned step of 0.05: half a crew makes 0.025, which is all of a rest of 0.02."""
    for short in ("labour_share", "capital_share"):
        done = one_phase(**{short: np.array([0.5])}, progress=np.array([0.98]))
        assert done.step_share[0] == pytest.approx(0.02)
        assert done.binding[0] == INPUT["plan"]
        assert done.lost_kw[0] == 0
        rest = one_phase(**{short: np.array([0.5])}, progress=np.array([0.96]))
        assert rest.step_share[0] == pytest.approx(0.025)  # of a rest of 0.04
        assert rest.lost_kw[0] == pytest.approx(1_500)  # 0.015 of 100 MW
        assert rest.allowed_share[0].min() == pytest.approx(0.025 / 0.04)


def test_missing_switchgear_stops_past_its_point():
    """Needed from 0.4 and nothing delivered: at 0.5 there is no room; with a fifth delivered there is 0.02."""
    assert one_phase(have_share=np.array([[0.0]])).step_share[0] == 0.0
    some = one_phase(have_share=np.array([[0.2]]))
    assert some.step_share[0] == pytest.approx(0.02)
    assert some.binding[0] == INPUT["switchgear"]


def test_power_binds_only_at_the_test_stage():
    assert one_phase(power_share=np.array([0.0])).step_share[0] == 0.05
    late = one_phase(power_share=np.array([0.0]), progress=np.array([0.86]))
    assert late.step_share[0] == pytest.approx(0.015)
    assert late.binding[0] == INPUT["grid_power"]
    island = one_phase(power_share=np.array([0.0]), progress=np.array([0.86]), islanded=np.array([True]))
    assert island.binding[0] == INPUT["onsite_power"]


def test_the_scarcest_of_several_is_named():
    made = one_phase(labour_share=np.array([0.8]), capital_share=np.array([0.3]))
    assert made.binding[0] == INPUT["capital"]
    assert made.allowed_share[0] == pytest.approx([0.8, 1.0, 1.0, 0.3])


def test_power_is_served_in_order():
    """A campus with 150 kW and buildings of 100, 100 and 50: the first has all, the second half, the third none."""
    queue, group = np.array([2, 0, 1]), np.array([0, 0, 0])
    share = served_in_order(queue, group, np.array([100, 50, 100]), np.array([150]))
    assert share.tolist() == [0.5, 0.0, 1.0]
    assert served_in_order(queue[:1], group, np.array([0, 0, 0]), np.array([0])).tolist() == [0.0, 0.0, 1.0]


def test_trades_are_weak_substitutes():
    """Half of one trade in two equal ones, elasticity 1/2: the harmonic mean of 1 and 1/2 is 2/3."""
    share = labour_allows(np.array([[1.0, 0.5]]), np.array([[10.0, 10.0]]), 0.5)
    assert share[0] == pytest.approx(2 / 3)
    assert labour_allows(np.array([[1.0, 0.0]]), np.array([[10.0, 1.0]]), 0.5)[0] == 0.0
    assert labour_allows(np.array([[0.0, 1.0]]), np.array([[0.0, 1.0]]), 0.5)[0] == 1.0


def test_a_whole_build_uses_all_its_worker_months():
    """Twenty equal steps of a 1,000 worker-month building add up to 1,000 worker-months."""
    mix = np.full((5, 2), 0.5)
    total = 0.0
    for step in range(20):
        heads = heads_wanted(
            np.array([True]), np.array([step / 20]), np.array([0.05]), np.array([0.05]), np.array([1000.0]),
            np.arange(0.1, 1, 0.2), mix, 2.0, 1.5, 0.3,
        )  # fmt: skip
        total += heads.sum()
    assert total == pytest.approx(1000)


@pytest.mark.parametrize(("progress", "first"), [(0.0, 1.0), (0.2, 1.0), (0.45, 0.5), (0.7, 0.0), (0.9, 0.0)])
def test_trades_come_and_go_gradually(progress, first):
    """Two stages, one trade each, middles at 1/4 and 3/4: a step of 0.1 from 0.45 is half way from one to the other."""
    step = np.array([0.1])
    heads = heads_wanted(
        np.array([True]), np.array([progress]), step, step, np.array([1000.0]),
        np.array([0.25, 0.75]), np.eye(2), 2.0, 1.5, 0.3,
    )  # fmt: skip
    assert heads[0, 0] / heads.sum() == pytest.approx(first)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 0.999), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_of_an_input_never_slows_a_building(progress, labour, capital, have, power):
    def step(**more):
        base = {
            "progress": np.array([progress]),
            "labour_share": np.array([labour]),
            "capital_share": np.array([capital]),
            "have_share": np.array([[have]]),
            "power_share": np.array([power]),
        }
        return one_phase(**base | more).step_share[0]

    for name in ("labour_share", "capital_share", "power_share"):
        assert step(**{name: np.array([1.0])}) >= step() - 1e-12
    assert step(have_share=np.array([[1.0]])) >= step() - 1e-12


def test_kernels_equal_their_python_twins():
    args = (np.array([[1.0, 0.5], [0.2, 0.9]]), np.array([[10.0, 10.0], [3.0, 7.0]]), 0.3)
    np.testing.assert_allclose(labour_allows(*args), labour_allows.py_func(*args), rtol=1e-12)
