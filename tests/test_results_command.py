"""Results on disk: checked, handed to other programs, and made again."""

import csv
import json
import os
import shutil
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from polars.testing import assert_frame_equal

import abm
from experiments import facts, open_run, open_study
from experiments.cli import main
from experiments.errors import BadInput, BadResults
from experiments.reproduce_command import DiffersNow, reproduced, scenario_of
from experiments.results_command import _stata_names, exported, verified
from experiments.study_file import Study
from experiments.study_plan import plan_of
from experiments.study_run import Order, model, run_study
from tests import fakes, study_fakes

TEXT = """
why = "x"
scenarios = ["baseline", "tight_capital"]
months = 2
workers_per_agent = 1000
outputs = ["months", "phases"]
[vary.levers]
labour.travel_willing_share = [0.2]
[design]
kind = "list"
"""


def study_in(path, runner, text=TEXT):
    (path / "mine.toml").write_text(text, encoding="utf-8")
    plan = plan_of(Study.load(str(path / "mine.toml")))
    run_study(plan, Order(path / "results" / "mine", 1, "stargate study mine.toml", runner=runner))
    return path / "results" / "mine"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study without the model."""
    return study_in(tmp_path_factory.mktemp("fake"), study_fakes.quick_run)


@pytest.fixture(scope="module")
def true(tmp_path_factory):
    """A study with the model, in a process of its own."""
    return study_in(tmp_path_factory.mktemp("true"), model)


@pytest.fixture
def copy(made, tmp_path):
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def a_file(folder):
    return sorted(folder.glob("months/*/*.parquet"))[0]


# ---- verify ----


def test_a_whole_study_is_whole(made):
    assert verified(made) == (2 * 5, True)  # two scenarios; runs, design, summary, months, phases


@pytest.mark.parametrize("place", [100, -100])
def test_a_changed_byte_is_found_and_its_file_named(copy, place):
    path = a_file(copy)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadResults, match=r"months/scenario=baseline/part-0.parquet is damaged .its checksum"):
        verified(copy)


def test_a_short_a_missing_and_a_foreign_file_are_named(copy):
    os.truncate(a_file(copy), 10)
    with pytest.raises(BadResults, match=r"part-0.parquet has 10 bytes instead of"):
        verified(copy)
    a_file(copy).rename(copy / "months/scenario=baseline/part-7.parquet")
    with pytest.raises(BadResults, match=r"part-0.parquet is missing; .*part-7.parquet is not of this study"):
        verified(copy)


def test_a_run_is_checked_by_reading_it(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(abm), "run", fakes.fake_run)
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--months", "2", "--quiet"]) == 0
    run = Path("results/baseline-s1")
    assert verified(run) == (11, False)
    size = (run / "phases.parquet").stat().st_size
    data = (run / "phases.parquet").read_bytes()
    (run / "phases.parquet").write_bytes(data[:4] + bytes(size // 2) + data[4 + size // 2 :])
    with pytest.raises(BadResults, match=r"phases.parquet is damaged"):
        verified(run)


# ---- export ----


def test_csv_holds_every_cell(made, tmp_path):
    out = exported(made, "csv", tmp_path / "out")
    study = open_study(made)
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [*(f"{name}.csv" for name in study.tables), "columns.csv"]
    )
    months = study.months.collect()
    assert_frame_equal(pl.read_csv(out / "months.csv", schema=months.schema), months)
    with (out / "columns.csv").open(encoding="utf-8", newline="") as file:
        told = {(row["table"], row["column"]): row["about"] for row in csv.DictReader(file)}
    assert {column for table, column in told if table == "months"} == {*months.columns}
    assert all(told.values())


def test_stata_holds_every_number_with_its_meaning(made, tmp_path):
    out = exported(made, "stata", tmp_path / "out")
    frame, meta = pyreadstat.read_dta(out / "summary.dta", output_format="polars")
    summary = open_study(made).summary.collect()
    assert frame["peak_jobs"].to_list() == summary["peak_jobs"].to_list()
    assert frame["peak_month"].to_list() == summary["peak_month"].to_list()
    assert frame["scenario"].to_list() == summary["scenario"].to_list()
    assert meta.column_names_to_labels["spent_usd"] == "Paid by Stargate campuses over the run, nominal [USD]"


def test_stata_names_are_short_and_different():
    long = ["site_market_wage_electrician_usd_per_hour", "x" * 40, "y" + "x" * 39, "policy.offices.local.staff_workers"]
    names = _stata_names([*long, "run_id", "2x"])
    assert names["run_id"] == "run_id"
    assert len({*names.values()}) == 6
    assert all(len(name) <= 32 and name.isidentifier() for name in names.values())


def test_a_run_can_be_exported_too(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(abm), "run", fakes.fake_run)
    monkeypatch.chdir(tmp_path)
    assert main(["run", "--months", "2", "--quiet"]) == 0
    for to, ending in (("csv", "csv"), ("stata", "dta")):
        assert main(["results", "export", "results/baseline-s1", "--to", to]) == 0
        assert len([*Path(f"results/baseline-s1-{to}").glob(f"*.{ending}")]) >= 11


def test_an_export_replaces_only_an_export(made, tmp_path):
    exported(made, "csv", tmp_path / "out")
    exported(made, "csv", tmp_path / "out")
    (tmp_path / "out" / "thesis.tex").touch()
    with pytest.raises(BadResults, match=r"holds files that are not"):
        exported(made, "csv", tmp_path / "out")
    with pytest.raises(BadInput, match="--to xlsx is unknown; choose from csv, stata"):
        exported(made, "xlsx", None)
    with pytest.raises(BadResults, match="is not the folder of a study"):
        exported(tmp_path / "none", "csv", None)


# ---- reproduce ----


def test_a_stored_run_comes_out_the_same_bit_by_bit(true):
    """By the study's worker, then here: two processes, one result."""
    for run_id in open_study(true).runs.collect()["run_id"]:
        found = reproduced(run_id, true.parent)
        assert (found.folder, found.tables, found.is_same_code) == (true, 3, True)
        assert found.cells > 1000


def test_command_python_and_study_agree(true, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["run", "--months", "2", "--scale", "1000", "--set", "labour.travel_willing_share=0.2", "--quiet"]
    assert main(words) == 0
    alone = open_run("results/baseline-s1")
    run_id = alone.run.collect()["run_id"][0]
    texts = pl.selectors.by_dtype(pl.Categorical).cast(pl.String)
    for table in ("months", "phases"):
        stored = open_study(true).table(table).filter(pl.col("run_id") == run_id).drop("run_id", "scenario").collect()
        assert not stored.is_empty()
        assert_frame_equal(stored, getattr(alone, table).with_columns(texts).collect())
    assert main(["reproduce", run_id]) == 0


def test_a_changed_cell_is_found_and_named(made, tmp_path, monkeypatch):
    monkeypatch.setitem(vars(abm), "run", study_fakes.quick_run)
    shutil.copytree(made, tmp_path / "copy")
    run_id = open_study(made).runs.filter(pl.col("scenario") == "baseline").collect()["run_id"][0]
    assert reproduced(run_id, tmp_path).tables == 3
    path = a_file(tmp_path / "copy")
    frame = pl.read_parquet(path, hive_partitioning=False)
    changed = [*frame["jobs_induced"]]
    changed[1] += 1
    frame.with_columns(jobs_induced=pl.Series(changed)).write_parquet(path)
    with pytest.raises(DiffersNow, match=rf"{run_id} differs .*: months.jobs_induced in 2024-06 was {changed[1]}, now"):
        reproduced(run_id, tmp_path)


def test_a_failure_is_met_again(tmp_path, monkeypatch):
    folder = study_in(tmp_path, study_fakes.failing_run, "seeds = [2]\n" + TEXT)
    run_id = open_study(folder).runs.collect()["run_id"][0]
    monkeypatch.setitem(vars(abm), "run", study_fakes.failing_run)
    assert reproduced(run_id, folder).tables == 0
    monkeypatch.setitem(vars(abm), "run", study_fakes.quick_run)
    with pytest.raises(DiffersNow, match="ended with ZeroDivisionError: a planted failure, now with no error"):
        reproduced(run_id, folder)


def test_a_run_that_is_nowhere(tmp_path):
    with pytest.raises(BadInput, match="no run 'abc' in"):
        reproduced("abc", tmp_path)


@pytest.mark.parametrize("name", abm.Scenario.shipped())
def test_a_stored_question_gives_the_scenario_back(name):
    scenario = abm.Scenario.load(name)
    question = facts.identity_of(scenario, 1).question
    assert scenario_of(question) == scenario
    assert facts.identity_of(scenario_of(question), 1).question == question


def test_an_event_comes_back_with_its_months():
    change = {"month": 32, "name": "moratorium", "value": "ERCOT", "months": 6}
    zero = {"month": 8, "name": "policy.federal_land_share", "value": 0, "months": 0}
    asked = json.loads(facts.identity_of(abm.Scenario.load("baseline"), 1).question)
    scenario = scenario_of(json.dumps(asked | {"changes": [zero, change]}))
    assert [(c.month, c.name, c.value, c.months) for c in scenario.changes] == [
        (8, "policy.federal_land_share", 0, 0),
        (32, "moratorium", "ERCOT", 6),
    ]


def test_a_question_that_cannot_be_read_is_said():
    with pytest.raises(BadResults, match="the stored question cannot be read"):
        scenario_of("{}")
