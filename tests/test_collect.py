"""Records become frames by columns; what does not fit is named."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import abm
from abm import SCHEMA
from experiments.collect import Collector
from tests.fakes import fake_run


@pytest.fixture
def records():
    scenario = dataclasses.replace(abm.Scenario.load("baseline"), months=3)
    return list(fake_run(scenario, seed=5))


def collected(records):
    collector = Collector()
    for record in records:
        collector.add(record)
    return collector.tables()


def changed(record, table, **columns):
    return dataclasses.replace(record, tables={**record.tables, table: {**record.tables[table], **columns}})


def test_every_table_has_the_columns_and_types_of_the_schema(records):
    types = {"date": pl.Date, "i64": pl.Int64, "i32": pl.Int32, "f64": pl.Float64, "str": pl.Categorical}
    tables = collected(records)
    assert list(tables) == list(SCHEMA)
    for name, columns in SCHEMA.items():
        assert tables[name].columns == [column.name for column in columns]
        for column in columns:
            wanted = pl.String if (name, column.dtype) == ("agents", "str") else types[column.dtype]
            assert tables[name].schema[column.name] == wanted, f"{name}.{column.name}"


def test_rows_stand_in_the_order_of_months_and_records(records):
    zones = collected(records)["zones"]
    assert zones["month"].to_list() == [record.month for record in records for _ in range(7)]
    assert zones["queue_mw"].to_list() == [mw for record in records for mw in record.tables["zones"]["queue_mw"]]


def test_codes_become_the_texts_they_stand_for(records):
    phases = collected(records)["phases"]
    record = records[1]
    labels = record.labels["phases"]["binding_input"]
    texts = [labels[code] for code in record.tables["phases"]["binding_input"]]
    assert phases.filter(pl.col("month") == record.month)["binding_input"].to_list() == texts


def test_a_table_may_grow(records):
    """A campus that is added in the run has rows from then on."""
    more = {name: np.append(cells, cells[-1:]) for name, cells in records[2].tables["sites"].items()}
    grown = [*records[:2], changed(records[2], "sites", **more)]
    heights = collected(grown)["sites"].group_by("month", maintain_order=True).len()["len"].to_list()
    assert heights == [68, 68, 69]


def test_labels_may_be_added_at_the_end_and_not_changed(records):
    longer = {**records[1].labels, "sites": {"binding_input": (*records[1].labels["sites"]["binding_input"], "water")}}
    assert collected(
        [records[0], dataclasses.replace(records[1], labels=longer), dataclasses.replace(records[2], labels=longer)]
    )
    turned = {**records[1].labels, "sites": {"binding_input": records[1].labels["sites"]["binding_input"][::-1]}}
    with pytest.raises(ValueError, match=r"sites\.binding_input: labels of 2024-06 change earlier codes"):
        collected([records[0], dataclasses.replace(records[1], labels=turned)])


def test_a_code_without_a_label_is_refused(records):
    codes = np.full(420, 99)
    with pytest.raises(pl.exceptions.PolarsError):
        collected([*records[:2], changed(records[2], "phases", binding_input=codes)])


def test_a_missing_column_and_an_odd_length_are_named(records):
    lacking = {name: cells for name, cells in records[0].tables["zones"].items() if name != "peak_load_mw"}
    with pytest.raises(ValueError, match=r"2024-05 lacks zones\.peak_load_mw"):
        collected([dataclasses.replace(records[0], tables={**records[0].tables, "zones": lacking})])
    with pytest.raises(ValueError, match=r"zones of 2024-05: columns differ in length, \[6, 7\]"):
        collected([changed(records[0], "zones", queue_mw=np.ones(6))])


def test_a_run_without_its_agents_is_refused(records):
    with pytest.raises(ValueError, match="last record"):
        collected(records[:2])
    with pytest.raises(ValueError, match="last record"):
        collected([])


def test_what_the_model_does_to_its_arrays_later_does_not_matter_to_other_months(records):
    """Each month brings arrays of its own; the frames hold copies."""
    tables = collected(records)
    before = tables["zones"]["queue_mw"].to_list()
    records[0].tables["zones"]["queue_mw"][:] = -1
    assert tables["zones"]["queue_mw"].to_list() == before


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_no_row_is_lost_whatever_the_lengths(lengths):
    scenario = dataclasses.replace(abm.Scenario.load("baseline"), months=len(lengths))
    short = [
        changed(record, "capital", **{name: cells[:n] for name, cells in record.tables["capital"].items()})
        for record, n in zip(fake_run(scenario, seed=1), lengths, strict=True)
    ]
    capital = collected(short)["capital"]
    assert capital.height == sum(lengths)
    called = [usd for record in short for usd in record.tables["capital"]["called_total_usd"]]
    assert capital["called_total_usd"].to_list() == called
