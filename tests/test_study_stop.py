"""A study that adds seeds until differences are known: when it looks, when it ends, and that it can be interrupted."""

import dataclasses
import json
import math

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from experiments import open_study, study_stop
from experiments.errors import BadInput
from experiments.intervals import half_width
from experiments.study_file import Study
from experiments.study_finish import CLOCK_COLUMNS
from experiments.study_run import Order, run_study
from experiments.study_stop import Stop
from tests import study_fakes
from tests.study_fakes import FEW, direct, planned

RULE = '\n[stop]\nfigure = "peak_jobs"\nwidth = {width}\nmost_seeds = {most}\n'


def plan_of(folder, width=1.0, most=12, seeds=3, text=FEW):
    return planned(folder, seeds, text + RULE.format(width=width, most=most))


def do(plan, out, runner=study_fakes.noisy_run):
    return run_study(plan, Order(out, 1, "stargate study mine.toml", runner=runner))


def widths_of_loop(plan, count):
    """Width of the interval from a bare loop over the first so many seeds."""
    rows = direct(plan.with_seeds(count), "summary", study_fakes.noisy_run)
    by = {name: rows.filter(pl.col("scenario") == name)["peak_jobs"].to_numpy() for name in ("baseline", "abundant")}
    return 2 * half_width((by["abundant"] - by["baseline"]).astype(float))


def test_half_width_by_hand():
    # mean 2, standard deviation 1, Student's t with two degrees of freedom 4.3027
    assert half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(4.30265 / 3**0.5, rel=1e-5)
    assert math.isnan(half_width(np.array([1.0])))


def test_each_look_comes_at_half_as_many_seeds_again():
    assert [*Stop("peak_jobs", 1.0, 4, 20).stages()] == [4, 6, 9, 14, 20]
    assert [*Stop("peak_jobs", 1.0, 4, 4).stages()] == [4]


def test_it_ends_at_the_first_look_that_is_narrow_enough(tmp_path):
    plan = plan_of(tmp_path, most=30)
    by_look = {count: widths_of_loop(plan, count) for count in plan.study.stop.stages()}
    looks = [*by_look]
    wanted = looks[2]
    assert by_look[wanted] < min(by_look[looks[0]], by_look[looks[1]])
    plan = plan_of(tmp_path, width=by_look[wanted] * 1.001, most=30)
    found = do(plan, tmp_path / "s")
    assert found.runs == found.made == 2 * wanted
    said = json.loads((tmp_path / "s" / "manifest.json").read_text(encoding="utf-8"))
    assert said["seeds"] == [*range(1, wanted + 1)]
    assert said["stop"]["is_reached"]
    assert said["stop"]["widths"]["abundant"] == pytest.approx(by_look[wanted], rel=1e-12)
    assert f"Stop rule reached with {wanted} seeds" in study_stop.sentence(said, said["seeds"])
    assert do(plan, tmp_path / "s").made == 0


def test_it_ends_at_the_most(tmp_path):
    plan = plan_of(tmp_path, width=1e-9, most=7)
    assert do(plan, tmp_path / "s").runs == 14
    said = json.loads((tmp_path / "s" / "manifest.json").read_text(encoding="utf-8"))
    assert not said["stop"]["is_reached"]
    assert "not reached with 7 seeds" in study_stop.sentence(said, said["seeds"])
    assert do(plan, tmp_path / "s").made == 0


def test_no_noise_ends_at_the_first_look(tmp_path):
    """The stand-in without noise gives every seed the same difference."""
    assert do(plan_of(tmp_path), tmp_path / "s", study_fakes.quick_run).runs == 6


def test_interrupted_it_goes_on_to_the_same_end(tmp_path):
    plan = plan_of(tmp_path, width=1e-9)
    do(plan, tmp_path / "calm")
    stages = [*plan.study.stop.stages()]
    early = dataclasses.replace(plan.study, stop=dataclasses.replace(plan.study.stop, most_seeds=stages[1]))
    first = dataclasses.replace(
        plan.with_seeds(stages[1]), study=dataclasses.replace(early, seeds=early.seeds[: stages[1]])
    )
    do(first, tmp_path / "s")  # as far as the second look
    found = do(plan, tmp_path / "s")
    assert (found.runs, found.made) == (24, 24 - 2 * stages[1])
    for name, frame in open_study(tmp_path / "calm").tables.items():
        other = open_study(tmp_path / "s").tables[name].collect()
        drop = CLOCK_COLUMNS if name == "runs" else ()
        assert_frame_equal(frame.collect().drop(drop), other.drop(drop))


def test_a_looser_rule_keeps_what_is_there(tmp_path):
    do(plan_of(tmp_path, width=1e-9, most=7), tmp_path / "s")
    assert do(plan_of(tmp_path, width=1e9, most=7), tmp_path / "s").made == 0
    assert open_study(tmp_path / "s").runs.collect().height == 14


def test_pairs_with_a_failed_run_are_left_out(tmp_path):
    plan = plan_of(tmp_path, width=1e-9, most=4)
    do(plan, tmp_path / "s", study_fakes.failing_run)  # seed 2 fails
    assert open_study(tmp_path / "s").manifest["stop"]["widths"] == {"abundant": 0.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stop = 3", r"stop = 3; write \[stop\] and under it figure, width, most_seeds"),
        (RULE.format(width=0, most=9), "stop.width = 0; write how wide"),
        (RULE.format(width='"x"', most=9), "stop.width = 'x'; write how wide"),
        (RULE.format(width=1, most=2), r"stop.most_seeds = 2 is not a whole number in 3\.\."),
        (RULE.format(width=1, most=9).replace("peak_jobs", "peak_month"), "stop.figure = 'peak_month' is no figure"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(tmp_path, text, message):
    with pytest.raises(BadInput, match=message):
        planned(tmp_path, 3, FEW + text)


def test_two_seeds_are_too_few_to_begin_with(tmp_path):
    with pytest.raises(BadInput, match="with stop, seeds = 2 must say how many to begin with, 3 or more"):
        plan_of(tmp_path, seeds=2)
    with pytest.raises(BadInput, match=r"with stop, seeds = \[1, 2, 3\] must say how many"):
        plan_of(tmp_path, seeds="[1, 2, 3]")


def test_one_scenario_has_no_difference(tmp_path):
    (tmp_path / "one.toml").write_text('why = "x"\nseeds = 3' + RULE.format(width=1, most=9), encoding="utf-8")
    with pytest.raises(BadInput, match="there is one scenario; name two or more"):
        Study.load(str(tmp_path / "one.toml"))
