"""What a page may ask, and that its answer can be had again elsewhere, bit for bit."""

import contextlib
import dataclasses
import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import abm
from experiments.cli import main
from experiments.errors import BadInput
from experiments.workshop import answers
from experiments.workshop.levers import lever_names, levers_for_page, numbers, step_of
from experiments.workshop.link import Link
from experiments.workshop.opening import texts
from experiments.workshop.question import Question

ASKED = Question.of(
    {"scenario": "tight_capital", "seed": 3, "set": {"labour.travel_willing_share": 0.2, "stargate_world": "with"}}
)


def test_the_same_bits_come_from_the_page_the_command_and_python(tmp_path):
    told = json.loads(answers.whole(list(abm.run(ASKED.asked(), seed=ASKED.seed)), ASKED))
    words = told["command"].split()
    assert words[0] == "stargate"
    assert main([*words[1:], "--quiet", "--out", str(tmp_path / "run")]) == 0
    months = pl.read_parquet(tmp_path / "run" / "months.parquet")
    nothing = months.with_columns(pl.col(pl.Float64).fill_nan(None))  # JSON has no other word for it
    assert {name: nothing[name].to_list() for name in answers.SERIES} == told["series"]
    given_names = {}
    exec(told["python"], given_names)
    assert [month.value("jobs_total") for month in given_names["months"]] == told["series"]["jobs_total"]


def test_dated_shocks_go_into_a_file_that_gives_the_same_scenario(tmp_path):
    asked = Link.read(
        "?at=2024-07:finance.lender_supply_factor=0.5&at=2024-06:moratorium=TX:6&set=compute.demand_factor=0.8"
    )
    path = tmp_path / "workshop.toml"
    path.write_text(asked.question.toml, encoding="utf-8")
    scenario = abm.Scenario.load(path)
    assert dataclasses.replace(scenario, name="baseline") == asked.question.asked()
    assert [(change.month, change.name, change.value, change.months) for change in scenario.changes] == [
        (1, "moratorium", "TX", 6),
        (2, "finance.lender_supply_factor", 0.5, 0),
    ]
    assert asked.question.command == "stargate run workshop.toml --seed 1"


NO_SHOCKS = (
    "x",
    "2027-13:moratorium=TX:6",
    "2027-01:moratorium=Mars:6",
    "2027-01:moratorium=TX:x",
    "1999-01:moratorium=TX:6",
    "2027-01:compute.demand_factor=much",
    "2027-01:compute.demand_factor=9",
    "2027-01:stargate_world=rivals",
    "2027-01:=1",
)


@pytest.mark.parametrize("word", NO_SHOCKS)
def test_what_is_no_dated_shock_is_refused(word):
    with pytest.raises(abm.StargateError):
        Link.read(f"?at={word}")


def test_a_link_gives_the_question_it_was_made_of():
    link = Link.read(
        "?scenario=slow_demand&set=compute.demand_factor=0.7&seed=4&month=2027-03&view=money&lang=fr&model=x"
    )
    assert link == Link(Question("slow_demand", (("compute.demand_factor", 0.7),), 4), "2027-03", "money", "fr", "x")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (None, "not an object"),
        ({"scenario": "/etc/passwd"}, "no shipped scenario"),
        ({"scenario": ["baseline"]}, "no shipped scenario"),
        ({"seed": True}, "not a whole number"),
        ({"seed": -1}, "not a whole number"),
        ({"set": [1]}, "not a list"),
        ({"set": {"compute.demand_factor": "1"}}, "not a number"),
        ({"set": {"compute.demand_factor": float("inf")}}, "not a number"),
        ({"set": {"nothing": 1}}, "no number"),
        ({"set": {"stargate_world": 1}}, "no position"),
        ({"set": {f"x{i}": 1 for i in range(61)}}, "at most 60"),
    ],
)
def test_what_is_no_question_is_refused(told, why):
    with pytest.raises(BadInput, match=why):
        Question.of(told)


@given(st.text(max_size=200))
def test_no_link_does_worse_than_be_refused(text):
    with contextlib.suppress(abm.StargateError):
        assert Link.read(text).question.asked().name in abm.Scenario.shipped()


def test_every_lever_is_a_number_with_a_step_that_meets_its_default():
    for lever in levers_for_page(1)["levers"]:
        steps = [(lever[end] - lever["low"]) / lever["step"] for end in ("value", "high")]
        assert steps == pytest.approx([round(step) for step in steps])
        assert steps[1] >= 50
        assert lever["value"] == numbers()[lever["name"]].value
    assert len(set(lever_names())) == len(lever_names())


@pytest.mark.parametrize(
    ("low", "value", "high", "step"), [(0, 0, 20_000, 100), (0.02, 0.1, 0.5, 0.001), (0.5, 1, 2, 0.01), (0, 0, 6, 0.1)]
)
def test_a_step_is_a_power_of_ten(low, value, high, step):
    assert step_of(low, value, high) == step


def test_both_languages_say_everything():
    english, french = texts("en"), texts("fr")
    keys = lambda told: {(group, key) for group, words in told.items() for key in words}  # noqa: E731
    assert keys(english) == keys(french)
    places = lambda text: sorted(part.split("}")[0] for part in text.split("{")[1:])  # noqa: E731
    assert [k for k in sorted(keys(english)) if places(english[k[0]][k[1]]) != places(french[k[0]][k[1]])] == []
