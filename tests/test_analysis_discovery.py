"""Scenario discovery where the rule is known."""

import re

import numpy as np
import pytest

from experiments.analysis import discovery, rules
from experiments.analysis.discovery import Outcome
from experiments.analysis.finding import Finding, Skipped
from experiments.analysis.readout import FIGURES
from experiments.analysis.rules import Limit, rule_of
from experiments.designs import Design
from experiments.study_factors import Factor
from tests.readouts import factor, hypercube, morris, readout

A, B, C = factor("a", 0.0, 100.0), factor("b"), factor("power.reserve_margin_min_share")
JOBS = FIGURES[0]


def in_corner(_, x, seed):
    """Few jobs where a is over 60 and b under 0.5."""
    return 80_000 if x["a"] > 60 and x["b"] < 0.5 else 150_000


def only(results):
    (found,) = results
    assert isinstance(found, Finding)
    return found


def test_a_corner_is_found_and_told():
    found = only(discovery.findings(readout(in_corner, [hypercube(A, B, C)])))
    rows = {row["factor"]: row for row in found.table.iter_rows(named=True)}
    assert rows["a"]["low"] == pytest.approx(60, abs=3)  # points lie about a third apart on average, luck of the draw
    assert rows["a"]["high"] is None
    assert rows["b"]["high"] == pytest.approx(0.5, abs=0.05)
    assert rows["b"]["low"] is None
    silent = rows["power.reserve_margin_min_share"]
    assert (silent["low"], silent["high"], silent["quasi_p"]) == (None, None, None)
    assert max(rows["a"]["quasi_p"], rows["b"]["quasi_p"]) < 0.05
    said = " ".join(found.reading)
    assert said.startswith("Peak gross jobs under 100,000 jobs when a is over ")
    assert "and b is under 0.5" in said
    assert re.search(r"of those in it that were kept apart, against (19|20|21)% of all points", said)
    assert found.reading[-1].startswith("Limits: ")
    assert found.draw() is not None


def test_luck_gives_no_rule():
    noise = np.random.default_rng(3)
    found = only(discovery.findings(readout(lambda *_: 100_000 + noise.normal(), [hypercube(A, B, points=90)])))
    assert found.reading[0].startswith("No rule: peak gross jobs under 100,000 jobs at ")
    assert found.table["quasi_p"].null_count() == 2
    assert found.draw is None


def test_a_switch_may_be_part_of_the_rule():
    designs = [hypercube(A, points=60), Design("grid", {}, (Factor("w", "switches", ("x", "y", "z")),))]
    found = only(discovery.findings(readout(lambda _, x, s: 1 if x["w"] == "y" else 200_000, designs)))
    row = dict(zip(found.table["factor"], found.table["values"], strict=True))
    assert row == {"a": None, "w": "y"}
    assert "when w is y" in found.reading[0]


def test_a_question_with_no_cases_is_asked_about_the_median():
    found = only(discovery.findings(readout(lambda _, x, s: 200_000 + x["a"], [hypercube(A, B)])))
    assert found.reading[0].startswith("Peak gross jobs under 100,000 jobs is too rare or too common here")
    assert "Peak gross jobs under 200,050 jobs when a is under " in found.reading[1]


def test_another_question():
    asked = Outcome(FIGURES[1], 70.0, is_below=False)
    found = only(discovery.findings(readout(lambda _, x, s: x["a"], [hypercube(A, B)]), asked))
    assert found.reading[0].startswith("Stargate power in service at the end over 70.0 MW when a is over ")


def test_constant_outcomes_and_few_points_are_skipped():
    (skipped,) = discovery.findings(readout(lambda *_: 5, [hypercube(A, B)]))
    assert skipped.why == "peak gross jobs under 100,000 jobs comes about at 300 of 300 points"
    (skipped,) = discovery.findings(readout(in_corner, [hypercube(A, B, points=59)]))
    assert skipped.why == "it has 59 finished points, and needs 60"


def test_a_screen_does_not_fill_the_space():
    (skipped,) = discovery.findings(readout(in_corner, [morris(A, B)]))
    assert isinstance(skipped, Skipped)
    assert "no design fills the space" in skipped.why


def test_without_the_library_it_is_said(monkeypatch):
    monkeypatch.setattr(rules, "is_installed", lambda: False)
    (skipped,) = discovery.findings(readout(in_corner, [hypercube(A, B)]))
    assert skipped.why == "it needs the EMA Workbench; install stargate-abm[discovery]"


def test_failed_points_are_left_out():
    failed = {(i, 1) for i in range(0, 300, 10)}
    found = only(discovery.findings(readout(in_corner, [hypercube(A, B)], failed=failed)))
    assert "judged on the other 90" in found.method  # a third of 270


def test_a_limit_admits_what_it_says():
    assert Limit("a", 1.0, None, (), 0.0).admits([0.9, 1.0, 2.0]).tolist() == [False, True, True]
    assert Limit("a", 1.0, 2.0, (), 0.0).admits([0.9, 1.5, 2.1]).tolist() == [False, True, False]
    assert Limit("a", None, None, ("x",), 0.0).admits(["x", "y"]).tolist() == [True, False]


def test_a_rule_holds_where_all_limits_do():
    rng = np.random.default_rng(2)
    values = {"a": [*rng.random(200)], "b": [*rng.random(200)]}
    cases = np.array([a > 0.7 and b > 0.5 for a, b in zip(*values.values(), strict=True)])
    rule = rule_of(values, cases)
    assert {limit.factor for limit in rule.limits} == {"a", "b"}
    inside = rule.holds(values)
    assert cases[inside].mean() > 0.9
    assert rule.place == pytest.approx((inside[cases].mean(), cases[inside].mean()), rel=1e-12)


def test_a_limit_that_may_be_luck_is_dropped_and_the_rest_stays():
    """Of many factors without effect, one is peeled a little on the way; the one with an effect must still be told."""
    rng = np.random.default_rng(5)
    values = {name: [*rng.random(150)] for name in "abcdefgh"}
    rule = rule_of(values, np.array(values["a"]) < 0.4)
    assert [limit.factor for limit in rule.limits] == ["a"]
    assert rule.limits[0].high == pytest.approx(0.4, abs=0.05)
