"""Pairs, convergence and trade-offs, worked by hand."""

import numpy as np
import polars as pl
import pytest

from experiments.analysis import convergence, pairs, tradeoffs
from experiments.designs import Design
from experiments.study_factors import Factor
from tests.readouts import luck, readout

LEVER = Design("grid", {}, (Factor("officers", "levers", (2, 4, 8)),))


def jobs(table):
    return table.filter(pl.col("figure") == "peak_jobs")


# ---- pairs ----


def test_a_pair_shares_its_luck():
    """Seeds shift both scenarios by hundreds; the difference is 9, 10 and 11."""
    outcome = lambda name, _, s: 100 * s + (8 + s if name == "other" else 0)  # noqa: E731
    (found,) = pairs.findings(readout(outcome, scenarios=("baseline", "other"), seeds=(1, 2, 3)))
    row = jobs(found.table).row(0, named=True)
    assert (row["scenario"], row["reference"], row["mean"], row["seeds"]) == ("other", "baseline", 10.0, 3)
    assert row["half_width"] == pytest.approx(4.30265 / 3**0.5, rel=1e-5)
    assert row["positive_share"] == 1.0
    assert row["unpaired_half_width"] > 50 * row["half_width"]
    assert (
        "other moves it most against baseline, by +10.0 jobs ± 2.48 jobs (3 pairs, above zero in 100%"
        in (found.reading[0])
    )
    assert found.reading[-1].startswith("Limits: ")


def test_a_seed_that_failed_in_one_makes_no_pair():
    outcome = lambda name, _, s: {"baseline": 0, "other": 5}[name]  # noqa: E731
    study = readout(outcome, scenarios=("baseline", "other"), seeds=(0, 1, 2), failed={(0, 1)})
    (found,) = pairs.findings(study)
    assert set(found.table["seeds"]) == {2}


def test_no_difference_is_said_and_one_scenario_skipped():
    (found,) = pairs.findings(readout(lambda *_: 1, scenarios=("a", "b"), seeds=(1, 2)))
    assert found.reading[0] == "Peak gross jobs: the same in every scenario."
    (skipped,) = pairs.findings(readout(lambda *_: 1))
    assert "one scenario" in skipped.why


# ---- convergence ----


def test_means_as_seeds_are_added():
    (found,) = convergence.findings(readout(lambda _, x, s: s, seeds=(1, 2, 3, 4)))
    rows = jobs(found.table)
    assert rows.select("seeds", "mean").rows() == [(2, 1.5), (3, 2.0), (4, 2.5)]
    assert rows["half_width"][1] == pytest.approx(4.30265 / 3**0.5, rel=1e-5)
    # 2.5 +- 3.182 * 1.291 / 2 = 2.054, which is 82 % of the mean: 4 * 82.2 ** 2 seeds for one per cent
    assert "after 4 seeds; for ± 1 % about 27,0" in found.reading[0]


def test_differences_say_whether_their_sign_is_settled():
    outcome = lambda name, _, s: 1000 + luck(s, len(name)) + (50 if name == "better" else 0)  # noqa: E731
    names = ("base", "better", "same")
    (found,) = convergence.findings(readout(outcome, scenarios=names, seeds=range(10)))
    assert "Not enough seeds, or no difference: the interval of same less base holds zero." in found.reading
    (found,) = convergence.findings(readout(outcome, scenarios=names[:2], seeds=range(10)))
    assert "The sign of every difference from base is settled." in found.reading
    assert found.draw() is not None


def test_the_mean_is_over_the_points_of_a_seed():
    (found,) = convergence.findings(readout(lambda _, x, s: x["officers"] + s, [LEVER], seeds=(0, 1, 2)))
    assert jobs(found.table)["mean"][-1] == pytest.approx(14 / 3 + 1, rel=1e-12)


def test_two_seeds_are_too_few():
    (skipped,) = convergence.findings(readout(lambda *_: 1, seeds=(1, 2)))
    assert "fewer than 3 seeds" in skipped.why


# ---- trade-offs ----


def test_a_choice_is_beaten_by_one_better_in_something_and_worse_in_nothing():
    goods = np.array([[1.0, 1.0], [2.0, 0.0], [2.0, 1.0], [0.0, 0.0], [2.0, 1.0]])
    assert tradeoffs.unbeaten(goods) == [False, False, True, False, True]


def test_a_lever_that_helps_one_aim_and_hurts_another_is_a_trade_off():
    """More officers: more jobs and power, and more spending, for all figures rise alike here."""
    values = Design("grid", {}, (Factor("officers", "levers", tuple(range(10))),))
    (found,) = tradeoffs.findings(readout(lambda _, x, s: x["officers"] + s, [values], seeds=(0, 1)))
    assert found.table.height == 10
    assert found.table["peak_jobs"].to_list() == [x + 0.5 for x in range(10)]
    assert found.table["is_unbeaten"].all()  # each has more jobs and costs more than the last
    assert (
        "More of officers is better for peak gross jobs and Stargate power in service at the end and worse for "
        "Stargate spending: a trade-off." in found.reading
    )
    assert found.draw() is not None


def test_the_mean_of_a_choice_is_over_what_nobody_knows():
    numbers = Design("grid", {}, (Factor("unknown", "numbers", (0, 10)),))
    (found,) = tradeoffs.findings(readout(lambda _, x, s: x["officers"] + x["unknown"], [LEVER, numbers]))
    assert found.table.select("officers", "peak_jobs").rows() == [(2, 7.0), (4, 9.0), (8, 13.0)]
    assert found.table["peak_jobs_half_width"].null_count() == 3  # one seed


def test_one_choice_is_none():
    (skipped,) = tradeoffs.findings(readout(lambda *_: 1))
    assert "one choice only" in skipped.why
