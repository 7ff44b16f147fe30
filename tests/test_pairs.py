"""Pairs of runs: what moved between two scenarios, and what more of an input adds."""

import dataclasses
import json
import sys

import polars as pl
import pytest

import abm
from abm import Column
from experiments import pairs
from experiments.cli import main
from experiments.compare_command import key_rows, plain, what_differs
from experiments.levers import LEVERS, relaxed
from experiments.pairs_store import NAMES

FIGURES = (
    Column("peak_jobs", "i64", "worker", "stock", "Jobs"),
    Column("spent_usd", "f64", "USD", "flow", "Money"),
    Column("claim_month", "date", "", "id", "A month"),
)


def runs(a, b):
    """Two scenarios with jobs on seeds 1, 2, ...; money stays."""
    rows = [
        {"scenario": name, "seed": seed, "peak_jobs": jobs, "spent_usd": 5.0, "claim_month": None}
        for name, values in (("a", a), ("b", b))
        for seed, jobs in enumerate(values, start=1)
    ]
    return pl.DataFrame(rows, schema_overrides={"claim_month": pl.Date})


def test_differences_are_taken_seed_by_seed():
    """116-100, 220-200 and 324-300: 16, 20 and 24; mean 20, half-width of the 95 % interval 4.30 x 4 / sqrt(3)."""
    row = pairs.differences(runs([100, 200, 300], [116, 220, 324]), "a", "b", FIGURES).row(0, named=True)
    assert row["difference_mean"] == pytest.approx(20)
    assert row["difference_low"] == pytest.approx(20 - 4.302653 * 4 / 3**0.5)
    assert (row["a_median"], row["b_median"], row["difference_p50"], row["seeds"]) == (200, 220, 20, 3)
    assert row["moved"]


def test_what_may_be_luck_has_not_moved_and_one_seed_has_no_interval():
    assert not pairs.differences(runs([100, 200, 300], [90, 220, 290]), "a", "b", FIGURES)["moved"][0]
    alone = pairs.differences(runs([100], [110]), "a", "b", FIGURES)
    assert alone["difference_low"].to_list() == [None, None]
    assert not alone["moved"].any()
    assert pairs.differences(runs([100, 200], [110, 210]), "a", "b", FIGURES)["figure"].to_list() == [
        "peak_jobs", "spent_usd",
    ]  # fmt: skip


def test_a_seed_that_lacks_a_figure_is_left_out():
    lacking = runs([100, 200, 300], [110, 220, 330]).with_columns(
        peak_jobs=pl.when(pl.col("seed") < 3).then("peak_jobs")
    )
    assert pairs.differences(lacking, "a", "b", FIGURES)["seeds"][0] == 2


def test_the_figures_told_are_a_few_always_and_then_the_clearest():
    always = {"figure": "peak_jobs", "difference_mean": 0.0, "difference_low": -1.0, "difference_high": 1.0}
    rest = [
        {"figure": f"f{i}", "difference_mean": 1.0 * i, "difference_low": i - 0.5, "difference_high": i + 0.5}
        for i in range(40)
    ]
    told = key_rows(pl.DataFrame([always, *rest]).with_columns(moved=pl.col("difference_low") > 0))["figure"].to_list()
    assert told[:3] == ["peak_jobs", "f39", "f38"]
    assert len(told) == 24


def test_questions_are_told_apart_in_sentences():
    base = abm.Scenario.load("baseline")
    other = dataclasses.replace(
        base, name="o", stargate_world="rivals", abundant=("labour",), overrides={"compute.demand_factor": 1.5}
    )
    assert what_differs(base, other) == [
        "stargate_world is rivals instead of with", "nobody waits for labour",
        "compute.demand_factor is 1.5 instead of 1",
    ]  # fmt: skip
    assert what_differs(base, base) == []


@pytest.mark.parametrize(
    ("value", "told"), [(None, "-"), (5.7e11, "570.0 bn"), (-2.5e6, "-2.5 m"), (12_345.6, "12,346"), (1.2345, "1.23")]
)
def test_figures_are_told_short(value, told):
    assert plain(value) == told


@pytest.mark.parametrize("name", LEVERS)
def test_a_tenth_more_of_each_input_is_within_the_ranges(name):
    base = abm.Scenario.load("baseline")
    shipped = {number.name: number.value for number in abm.numbers_table()}
    more = relaxed(base, name, 0.1)
    assert set(more.overrides) == set(LEVERS[name])
    for number, sign in LEVERS[name].items():
        assert more.overrides[number] == pytest.approx(shipped[number] * 1.1**sign)


def test_what_a_scenario_has_set_is_where_more_begins():
    base = abm.Scenario.load("baseline").with_set(["compute.demand_factor=0.5"])
    assert relaxed(base, "demand", 0.2).overrides["compute.demand_factor"] == pytest.approx(0.6)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_compare_from_end_to_end(place, capsys):
    """Ten months at 1:1000, two seeds: tables whose differences are those of the runs, and the same bits again."""
    words = ["compare", "baseline", "abundant_labour", "--months", "10", "--scale", "1000", "--seeds", "2"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "nobody waits for labour" in said
    assert "peak_jobs" in said
    folder = place / "results" / "compare-baseline-abundant_labour"
    assert {path.name for path in folder.iterdir()} == set(NAMES)
    made, moved = pl.read_parquet(folder / "runs.parquet"), pl.read_parquet(folder / "differences.parquet")
    by_seed = made.pivot("scenario", index="seed", values="job_years")
    mean = (by_seed["abundant_labour"] - by_seed["baseline"]).mean()
    assert moved.filter(pl.col("figure") == "job_years")["difference_mean"][0] == pytest.approx(mean)
    alone = pairs.figures_of(dataclasses.replace(abm.Scenario.load("baseline"), months=10, workers_per_agent=1000), 2)
    row = made.filter(pl.col("scenario") == "baseline", pl.col("seed") == 2).row(0, named=True)
    assert {name: row[name] for name in alone} == alone
    assert main([*words, "--workers", "1", "--json", "--out", "again"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert [row["figure"] for row in again["differences"]] == moved["figure"].to_list()
    assert pl.read_parquet("again/differences.parquet").equals(moved)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["compare", "baseline", "nowhere"], "nowhere"),
        (["compare", "baseline", "announced", "--seeds", "0"], "--seeds 0"),
        (["compare", "baseline", "announced", "--workers", "0"], "--workers 0"),
        (["relax", "--by", "much"], "'much' is no share"),
        (["relax", "--by", "-5%"], "outside 0..100%"),
        (["relax", "--by", "80%"], "plan cannot be relaxed by 80%"),
        (["relax", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line(place, capsys, words, told):
    assert main(words) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not any(place.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="spawned processes are slow there")
def test_relax_ranks_what_adds_most_power(place, capsys, monkeypatch):
    monkeypatch.setattr("experiments.relax_command.LEVERS", {name: LEVERS[name] for name in ("labour", "plan")})
    assert main(["relax", "--months", "8", "--scale", "1000", "--seeds", "2", "--json", "--out", "o"]) == 0
    values = json.loads(capsys.readouterr().out)["values"]
    ranked = [row["added_mean"] for row in values if row["figure"] == "stargate_gw_months"]
    assert ranked == sorted(ranked, reverse=True)
    assert {row["input"] for row in values} == {"labour", "plan"}
    assert (place / "o" / "chart.png").stat().st_size > 10_000
