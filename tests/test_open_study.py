"""Opening a study: lazy frames, parameters on request, and clear words where that cannot be."""

import json
import time

import polars as pl
import pytest

import abm
from experiments import open_study, study_package
from experiments.errors import BadResults
from experiments.study_file import Study
from experiments.study_plan import plan_of
from experiments.study_run import Order, run_study
from tests import study_fakes

TEXT = """
why = "Two scenarios at two points."
scenarios = ["baseline", "no_stargate"]
months = 9
workers_per_agent = 1000
seeds = 2
[vary.levers]
labour.travel_willing_share = [0.1, 0.3]
[vary.switches]
finance_structure = ["leases", "joint_venture"]
[design]
kind = "list"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("study")
    (path / "mine.toml").write_text(TEXT, encoding="utf-8")
    plan = plan_of(Study.load(str(path / "mine.toml")))
    run_study(plan, Order(path / "s", 1, "stargate study mine.toml", runner=study_fakes.quick_run))
    return path / "s"


def test_frames_are_lazy_and_name_run_and_scenario(folder):
    study = open_study(str(folder))
    assert [*study.tables] == ["runs", "design", "summary", "months"]
    for frame in study.tables.values():
        assert isinstance(frame, pl.LazyFrame)
        assert {"run_id", "scenario"} <= {*frame.collect_schema().names()}
    assert study.runs.collect().height == study.summary.collect().height == 8
    assert study.months.collect().height == 8 * 9


def test_parameters_are_joined_on_request(folder):
    study = open_study(folder)
    assert study.parameters == ("labour.travel_willing_share", "finance_structure")
    joined = study.with_parameters("months").collect()
    assert joined.height == 8 * 9
    pairs = joined.select("labour.travel_willing_share", "finance_structure", "seed").unique().rows()
    assert sorted(pairs) == [
        (0.1, "leases", 1),
        (0.1, "leases", 2),
        (0.3, "joint_venture", 1),
        (0.3, "joint_venture", 2),
    ]
    assert study.with_parameters("summary", "seed").collect_schema().names()[-1] == "seed"


def test_each_run_has_the_question_it_was_asked(folder):
    for row in open_study(folder).runs.collect().iter_rows(named=True):
        question = json.loads(row["question"])
        assert question["name"] == row["scenario"]
        assert question["overrides"]["labour.travel_willing_share"] == row["labour.travel_willing_share"]
        assert question["finance_structure"] == row["finance_structure"]


def test_what_is_not_there_is_said(folder, tmp_path):
    study = open_study(folder)
    with pytest.raises(BadResults, match="has no table 'phases'; it kept runs, design"):
        study.table("phases")
    with pytest.raises(BadResults, match="runs has no column 'wage'; it has run_id"):
        study.with_parameters("summary", "wage")
    with pytest.raises(BadResults, match="is not the folder of a study"):
        open_study(tmp_path)
    with pytest.raises(BadResults, match="is not the folder of a study"):
        open_study(tmp_path / "none")


@pytest.mark.parametrize("key", ["study_version", "schema_version"])
def test_a_newer_layout_is_refused(folder, monkeypatch, tmp_path, key):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["runs_of"][key] += 1
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "_SUCCESS").touch()
    with pytest.raises(BadResults, match=r"layout \d and schema version \d, this package reads up to .*; update"):
        open_study(tmp_path)


def test_a_damaged_manifest_is_named(tmp_path):
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadResults, match=r"manifest.json is damaged"):
        open_study(tmp_path)


def test_a_scenario_with_the_name_of_a_number_stays_a_name(tmp_path):
    (tmp_path / "2030.toml").write_text('why = "x"\nmonths = 2', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('why = "x"\nscenarios = ["2030.toml"]', encoding="utf-8")
    plan = plan_of(Study.load(str(tmp_path / "mine.toml")))
    run_study(plan, Order(tmp_path / "s", 1, "x", runner=study_fakes.quick_run))
    assert open_study(tmp_path / "s").summary.collect()["scenario"].to_list() == ["2030"]


def test_ten_thousand_runs_are_grouped_in_a_second(tmp_path):
    n = 10_000
    ids = [f"{i:012x}" for i in range(n)]
    frames = {
        "runs": pl.DataFrame({"run_id": ids, "seed": range(n), "x": [i % 10 for i in range(n)]}),
        "summary": pl.DataFrame({"run_id": ids, "peak_jobs": range(n)}),
    }
    for table, frame in frames.items():
        path = tmp_path / table / "scenario=baseline"
        path.mkdir(parents=True)
        frame.write_parquet(path / "part-0.parquet")
    versions = {"study_version": 1, "schema_version": abm.SCHEMA_VERSION}
    manifest = {"runs_of": versions, "parameters": [{"name": "x"}], "files": [{"table": table} for table in frames]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (tmp_path / "_SUCCESS").touch()
    before = time.perf_counter()
    grouped = open_study(tmp_path).with_parameters("summary").group_by("x").agg(pl.col("peak_jobs").mean()).collect()
    assert time.perf_counter() - before < 1
    assert dict(grouped.rows())[3] == 4998.0  # the mean of 3, 13, ... 9993


# ---- what lies beside the tables ----


def test_the_package_describes_every_file_and_column(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    found = {path.relative_to(folder).as_posix() for path in folder.glob("*/*/*.parquet")}
    assert found == {path for resource in package["resources"] for path in resource["path"]}
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        assert all(field["description"] for field in fields)
        for path in resource["path"]:
            schema = pl.read_parquet_schema(folder / path)
            assert [*schema] == [field["name"] for field in fields]
            kinds = {"integer": pl.Int64, "number": pl.Float64, "string": pl.String, "date": pl.Date}
            for field in fields:
                if field["type"] in kinds:
                    assert schema[field["name"]] in (kinds[field["type"]], pl.Int32)


def test_the_files_say_unit_and_meaning_of_their_columns(folder):
    (path,) = folder.glob("summary/scenario=baseline/*.parquet")
    raw = path.read_bytes()
    assert b"facility MW" in raw or b"ARROW:schema" in raw
    assert pl.read_parquet_metadata(path)["table"] == "summary"


def test_the_manifest_says_what_was_asked_and_of_what_kind(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [(p["name"], p["kind"]) for p in manifest["parameters"]] == [
        ("labour.travel_willing_share", "levers"),
        ("finance_structure", "switches"),
    ]
    assert (manifest["runs"], manifest["failed_runs"], manifest["seeds"]) == (8, 0, [1, 2])
    assert manifest["study_file"] == TEXT
    for key in study_package.SAID_IN_RUN:
        assert key in manifest


def test_the_python_of_the_page_runs(folder, monkeypatch, capsys):
    page = (folder / "README.md").read_text(encoding="utf-8")
    blocks = page.split("```python\n")[1:]
    assert len(blocks) == 2
    monkeypatch.chdir(folder)
    for block in blocks:
        exec(block.split("```")[0], {})
        assert "peak_jobs" in capsys.readouterr().out
