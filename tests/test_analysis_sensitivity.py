"""Sensitivity where the answer is known: straight lines, sums, and luck of a known size."""

import numpy as np
import polars as pl
import pytest

from experiments.analysis import sensitivity
from experiments.analysis.finding import Skipped
from experiments.analysis.luck import point_means, variance_of
from experiments.analysis.readout import FIGURES
from experiments.analysis.screen import elementary_effects
from experiments.designs import Design
from experiments.errors import BadResults
from tests.readouts import factor, luck, morris, readout, sobol

A, B, C = factor("a", 0.0, 2.0), factor("b", 10.0, 20.0), factor("c")


def only(results):
    (found,) = results
    return found, found.table.filter(pl.col("figure") == FIGURES[0].name)


def row(table, name):
    return table.filter(pl.col("factor") == name).row(0, named=True)


# ---- Morris ----


def test_a_straight_line_has_its_slope_times_the_range_as_effect_and_no_spread():
    found, table = only(sensitivity.findings(readout(lambda _, x, s: 3 * x["a"] - x["b"], [morris(A, B, C)])))
    # 3 per unit over a range of 2; -1 over 10; nothing
    assert row(table, "a")["mu"] == pytest.approx(6, rel=1e-9)
    assert row(table, "b")["mu"] == pytest.approx(-10, rel=1e-9)
    assert row(table, "b")["mu_star"] == pytest.approx(10, rel=1e-9)
    assert row(table, "c")["mu_star"] == pytest.approx(0, abs=1e-9)
    assert max(table["sigma"]) == pytest.approx(0, abs=1e-9)
    assert "Peak gross jobs: b moves it most, by 10.0 jobs" in " ".join(found.reading)
    assert "downwards" in found.reading[0]


def test_a_product_shows_in_sigma():
    found, table = only(sensitivity.findings(readout(lambda _, x, s: (x["a"] - 1) * (x["c"] - 0.5), [morris(A, C)])))
    assert min(table["sigma"]) > max(table["mu_star"])
    assert "depends on the other factors" in " ".join(found.reading)


def test_effects_by_hand():
    """One trajectory of two factors: the second moves down by 2/3, then the first up by 2/3; two seeds."""
    shares = np.array([[0, 1], [0, 1 / 3], [2 / 3, 1 / 3]])
    outcomes = np.array([[10.0, 20.0], [8.0, 20.0], [9.0, 24.0]])
    effects = elementary_effects(shares, outcomes)
    assert effects.shape == (2, 1, 2)
    assert effects[0, 0].tolist() == pytest.approx([1.5, 6.0], rel=1e-12)
    assert effects[1, 0].tolist() == pytest.approx([3.0, 0.0], abs=1e-12)


def test_our_effects_are_those_of_the_library():
    study = readout(lambda _, x, s: x["a"] ** 2 * x["b"] + luck(s, int(1e6 * x["b"])), [morris(A, B)], seeds=(1, 2, 3))
    _, table = only(sensitivity.findings(study))
    (layout,) = study.layouts()
    effects = elementary_effects(layout.shares, layout.outcomes["peak_jobs"]).mean(axis=2)
    assert [*np.abs(effects).mean(axis=1)] == pytest.approx([*table["mu_star"]], rel=1e-9)


def test_luck_is_told_from_effect():
    """Luck of standard deviation 1 at every point: an effect of 40 stands out, one of 0 does not."""
    outcome = lambda _, x, s: 20 * x["a"] + luck(s, int(1e6 * (x["a"] + 7 * x["b"] + 49 * x["c"])))  # noqa: E731
    found, table = only(sensitivity.findings(readout(outcome, [morris(A, B, C, trajectories=40)], seeds=range(8))))
    assert [*table["is_beyond_luck"]] == [True, False, False]
    # An effect is a difference of two means over 8 seeds, over two thirds of the range: sqrt(2 / 8) * 1.5 = 0.75
    assert row(table, "b")["luck"] == pytest.approx(0.75 * np.sqrt(2 / np.pi), rel=0.1)  # of 40 trajectories
    assert "surely more than luck: a; the other 2 cannot be told from it" in " ".join(found.reading)


def test_luck_that_all_points_share_is_no_luck_for_differences():
    outcome = lambda _, x, s: x["a"] + 1000 * luck(s)  # noqa: E731
    _, table = only(sensitivity.findings(readout(outcome, [morris(A, B)], seeds=(1, 2, 3))))
    assert max(table["luck"]) == pytest.approx(0, abs=1e-9)
    assert [*table["is_beyond_luck"]] == [True, False]


def test_one_seed_cannot_tell_luck():
    found, table = only(sensitivity.findings(readout(lambda _, x, s: x["a"], [morris(A, B)])))
    assert table["luck"].null_count() == table["is_beyond_luck"].null_count() == 2
    assert "with one seed luck cannot be told from effect" in found.reading[-1]


def test_a_trajectory_with_a_failed_run_is_left_out():
    _, table = only(sensitivity.findings(readout(lambda _, x, s: x["a"], [morris(A, B)], failed={(4, 1)})))
    assert set(table["trajectories"]) == {19}
    assert row(table, "a")["mu"] == pytest.approx(2, rel=1e-9)


def test_what_moves_nothing_is_said():
    found, _ = only(sensitivity.findings(readout(lambda *_: 5, [morris(A, B)])))
    assert "Nothing that was varied moves peak gross jobs." in found.reading


# ---- Sobol' ----


def test_indices_of_a_sum_are_the_shares_of_its_variance():
    """a and c uniform: variances (2^2 * 3^2) / 12 = 3 and 1 / 12 * 36 = 3 for 3a + 6c, b does nothing."""
    found, table = only(sensitivity.findings(readout(lambda _, x, s: 3 * x["a"] + 6 * x["c"], [sobol(A, B, C)])))
    for name, share in (("a", 0.5), ("b", 0.0), ("c", 0.5)):
        assert row(table, name)["first"] == pytest.approx(share, abs=0.03)  # of 256 base points
        assert row(table, name)["total"] == pytest.approx(share, abs=0.03)
        assert row(table, name)["total_half_width"] < 0.1
    assert found.reading[-1].startswith("Limits: shares are of the variance")


def test_a_pure_product_has_only_a_joint_effect():
    _, table = only(sensitivity.findings(readout(lambda _, x, s: (x["a"] - 1) * (x["c"] - 0.5), [sobol(A, C)])))
    for name in ("a", "c"):
        assert row(table, name)["first"] == pytest.approx(0, abs=0.05)  # of 256 base points
        assert row(table, name)["total"] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("base_points", [8, 16])
def test_few_base_points_are_told_apart_from_an_answer(base_points):
    """With 16 base points the totals of a function of one factor came out as 12 % and as 180 %."""
    factors = [factor(name) for name in "abcde"]
    design = sobol(*factors, base_points=base_points)
    found, _ = only(sensitivity.findings(readout(lambda _, x, s: x["a"], [design])))
    assert found.reading[0].startswith("Peak gross jobs: not to be used. The totals add up to ")


def test_a_base_point_with_a_failed_run_is_left_out_whole():
    _, table = only(
        sensitivity.findings(readout(lambda _, x, s: x["a"], [sobol(A, B)], failed={(0, 1), (1, 1), (9, 1)}))
    )
    assert set(table["base_points"]) == {254}  # blocks of four: two are hit
    assert row(table, "a")["first"] == pytest.approx(1, abs=0.05)


def test_equal_results_give_equal_intervals():
    study = readout(lambda _, x, s: x["a"], [sobol(A, B)])
    one, other = (next(iter(sensitivity.findings(study))).table for _ in range(2))
    assert one.equals(other)


def test_a_crossed_design_is_taken_apart_by_world():
    switch = Design("grid", {}, (factor("w", kind="levers"),))
    switch = Design("grid", {}, (type(switch.factors[0])("w", "switches", ("x", "y")),))
    outcome = lambda _, v, s: v["a"] * (1 if v["w"] == "x" else 3)  # noqa: E731
    for designs in ([switch, morris(A, B)], [morris(A, B), switch]):
        first, second = sensitivity.findings(readout(outcome, designs))
        assert (first.title, second.title) == ("Morris screen: baseline, w = x", "Morris screen: baseline, w = y")
        assert row(first.table, "a")["mu"] == pytest.approx(2, rel=1e-9)
        assert row(second.table, "a")["mu"] == pytest.approx(6, rel=1e-9)


def test_points_of_another_sampler_are_refused():
    study = readout(lambda _, x, s: 0.0, [morris(A, B)])
    study = type(study)(study.manifest, study.folder, study.designs, study.rows.with_columns(pl.col("a") + 0.1))
    with pytest.raises(BadResults, match="the morris points are not those this version of the sampler gives"):
        [*study.layouts()]


def test_without_such_a_design_it_is_said():
    (skipped,) = sensitivity.findings(readout(lambda *_: 0.0))
    assert isinstance(skipped, Skipped)
    assert skipped.why == "no design is of kind morris or sobol"


# ---- luck ----


def test_variance_is_split_by_hand():
    """Points 0 and 10, seeds shift both by 0, 3 and 6, and meet without a remainder."""
    split = variance_of(np.array([[0.0, 3.0, 6.0], [10.0, 13.0, 16.0]]))
    # between points: variance of 3 and 13 is 50; between seeds: of 5, 8, 11 is 9
    assert (split.points, split.seeds, split.rest, split.left_in_means) == (50.0, 9.0, 0.0, 0.0)


def test_variance_of_pure_noise_is_all_rest():
    noise = np.random.default_rng(1).normal(size=(400, 50))
    split = variance_of(noise)
    assert split.rest == pytest.approx(1, rel=0.05)  # of 20,000 draws
    assert split.points + split.seeds < 0.02


def test_one_seed_or_one_point_cannot_be_split():
    assert variance_of(np.ones((5, 1))) is None
    assert variance_of(np.array([[1.0, 2.0], [np.nan, 1.0]])) is None


def test_means_leave_out_failed_runs():
    means = point_means(np.array([[1.0, 3.0], [np.nan, 5.0], [np.nan, np.nan]]))
    assert means[:2].tolist() == [2.0, 5.0]
    assert np.isnan(means[2])
