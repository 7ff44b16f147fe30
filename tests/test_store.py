"""Tables go to disk with their meaning and come back the same; damage is told in a line."""

import dataclasses
import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import abm
from abm import SCHEMA
from experiments import facts, open_run, store
from experiments.errors import BadResults
from tests.fakes import fake_tables
from tests.test_arrow_metadata import stored_schema

TIMING = facts.Timing(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), 2.0, (1.0, 0.25))


@pytest.fixture(scope="module")
def tables():
    return fake_tables(months=2)


@pytest.fixture(scope="module")
def scenario():
    return dataclasses.replace(abm.Scenario.load("baseline"), months=2)


@pytest.fixture
def folder(tmp_path, tables, scenario):
    identity = facts.identity_of(scenario, 1)
    store.write_tables(tmp_path, tables, identity, facts.run_row(scenario, identity, TIMING, "stargate run"))
    return tmp_path


def test_tables_come_back_as_they_went(folder, tables):
    run = open_run(folder)
    for name in SCHEMA:
        assert_frame_equal(getattr(run, name).collect(), tables[name])


def test_opening_reads_nothing_yet(folder):
    assert all(isinstance(getattr(open_run(folder), name), pl.LazyFrame) for name in store.TABLES)


def test_the_run_table_has_one_row_and_its_columns(folder):
    run = open_run(folder).run.collect()
    assert run.columns == [column.name for column in store.RUN_COLUMNS]
    assert run.height == 1
    assert run["started_at"][0] == TIMING.started_at
    assert run["seconds_by_month"][0].to_list() == [1.0, 0.25]


def test_a_run_has_a_field_for_every_table():
    assert tuple(field.name for field in dataclasses.fields(store.Run)) == store.TABLES


@pytest.mark.parametrize("table", store.TABLES)
def test_unit_kind_and_meaning_are_in_the_file(folder, table):
    schema = stored_schema(folder / f"{table}.parquet")
    for column in {"run": store.RUN_COLUMNS, **SCHEMA}[table]:
        for text in (column.name, column.unit, column.kind, column.about):
            assert text.encode() in schema, column.name


def test_the_file_says_which_run_it_is_of(folder, scenario):
    notes = pl.read_parquet_metadata(folder / "months.parquet")
    assert notes["run_id"] == facts.identity_of(scenario, 1).run_id
    assert notes["table"] == "months"


def test_units_are_those_of_the_names():
    """A name that ends in a unit and a unit that says otherwise cannot both be right."""
    words = {
        "mw": "MW",
        "usd": "USD",
        "months": "month",
        "hours": "hour",
        "kw": "kW",
        "cents": "USD cent",
        "share": "1",
    }
    for table, columns in {"run": store.RUN_COLUMNS, **SCHEMA}.items():
        for column in columns:
            word = column.name.rsplit("_", 1)[-1]
            if word in words and column.name != "seconds_by_month":
                assert words[word] in column.unit, f"{table}.{column.name}"
            assert column.kind in {"id", "text", "stock", "flow", "price", "share", "residual"}, column.name


@pytest.mark.parametrize("missing", ["run", "zones"])
def test_a_folder_that_is_no_run_is_named(folder, missing):
    (folder / f"{missing}.parquet").unlink()
    with pytest.raises(BadResults, match=f"not the folder of a run: no {missing}.parquet"):
        open_run(folder)


def test_no_folder_at_all_is_named(tmp_path):
    with pytest.raises(BadResults, match=r"not the folder of a run: no run\.parquet"):
        open_run(tmp_path / "nothing")


@pytest.mark.parametrize("content", [b"", b"PAR1" + bytes(100) + b"PAR1", bytes(range(256))])
def test_a_damaged_file_is_named(folder, content):
    (folder / "flows.parquet").write_bytes(content)
    with pytest.raises(BadResults, match=r"flows\.parquet is damaged"):
        open_run(folder)


@pytest.mark.parametrize(
    ("version", "told"), [("2", "has schema version 2"), ("0", "has schema version 0"), ("x", "damaged")]
)
def test_another_schema_version_is_refused(folder, version, told):
    pl.DataFrame({"a": [1]}).write_parquet(folder / "flows.parquet", metadata={"schema_version": version})
    with pytest.raises(BadResults, match=told):
        open_run(folder)


def test_a_folder_is_ours_only_if_it_holds_a_run_and_nothing_else(folder):
    assert store.is_run_folder(folder)
    (folder / ".DS_Store").write_bytes(b"")
    assert store.is_run_folder(folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert not store.is_run_folder(folder)


def test_other_parquet_files_are_not_ours(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "months.parquet")
    assert not store.is_run_folder(tmp_path)


def test_the_usual_folder_names_scenario_and_seed(scenario):
    assert store.default_folder(scenario, 12).parts == ("results", "baseline-s12")
