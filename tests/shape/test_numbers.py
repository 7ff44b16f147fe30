"""Every shipped number is whole: it has a field, a unit, a range, a source and a date, and something reads it."""

import csv
import dataclasses
import sys
from urllib.parse import urlsplit

import pytest

from abm import parameters
from abm.parameters import (
    NUMBERS,
    Parameters,
    check_known,
    public_from,
    read_toml,
    shipped_numbers,
    shipped_sources,
)
from abm.units import month_date, month_index, unit_of_name

SOURCE_KEYS = {"title", "publisher", "date", "url", "took"}
SUBJECTS = sorted(NUMBERS.glob("*.toml"))
TABLES = sorted(NUMBERS.glob("*.csv"))
START, LATER = month_date(0).strftime("%Y-%m"), "9999"


def name(path):
    return path.name


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_numbers_and_fields_are_the_same_list():
    assert dataclasses.is_dataclass(Parameters.load())


@pytest.mark.parametrize("path", SUBJECTS, ids=name)
def test_a_subject_is_whole(path):
    """The loader checks unit, range, source, keys and date; here we look at what it cannot."""
    numbers = {key: number for key, number in shipped_numbers().items() if key.startswith(f"{path.stem}.")}
    assert numbers, f"{path.name} has no number"
    for key, number in numbers.items():
        assert number.unit == unit_of_name(key.rsplit(".", 1)[-1])
        assert number.low <= number.value <= number.high
        assert "placeholder" not in number.source, f"{key} still has a placeholder for a source"
        assert not number.source.startswith("assumed-") or number.low < number.high, f"{key}: an assumption has a range"
        assert number.about.endswith("."), f"{key}: about is a sentence"


def test_every_source_says_what_it_is():
    for key, source in shipped_sources().items():
        assert set(source) - {"since"} == SOURCE_KEYS, f"{key} has {sorted(source)}"
        assert all(isinstance(text, str) for text in source.values()), key
        assert source["title"].strip(), key
        assert source["took"].strip(), key
        assert source["url"].startswith("http") or key.startswith("assumed-") or not source["url"], key


# What is known of these is a site of one page, or a book that was not retrieved.
WHOLE_SITES = {"ercot-energised", "jupiter-fuel-cells", "hamermesh-1993"}


def test_a_source_is_a_page_and_not_a_whole_site():
    parts = {key: urlsplit(source["url"]) for key, source in shipped_sources().items() if source["url"]}
    assert {key for key, url in parts.items() if not (url.path.strip("/") or url.query)} == WHOLE_SITES


def test_no_two_files_use_a_source_key_differently():
    seen = {}
    for path in sorted((NUMBERS / "sources").glob("*.toml")):
        for key, source in read_toml(path).items():
            assert seen.setdefault(key, source) == source, f"{key} in {path.name} differs from the other entry"


def test_every_source_is_used():
    in_tables = {row.get("source") for path in TABLES for row in rows_of(path)}
    split_up = {key for keys in in_tables if keys for key in keys.replace(";", " ").split()}
    used = {number.source for number in shipped_numbers().values()} | split_up
    assert set(shipped_sources()) - used == set()


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_a_table_has_sources_and_dates(path):
    rows = rows_of(path)
    assert rows, f"{path.name} is empty"
    assert "source" in rows[0], f"{path.name} has no column source"
    for line, row in enumerate(rows, start=2):
        assert None not in row, f"{path.name}, line {line}: more cells than columns"
        for key in row["source"].replace(";", " ").split():
            assert key in shipped_sources(), f"{path.name}, line {line}: unknown source {key!r}"
        assert row["source"], f"{path.name}, line {line}: no source"
        if row.get("known_from"):
            month_index(row["known_from"])


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_no_row_of_a_table_was_known_before_its_source(path):
    """The state in which a run begins is given to it, whenever its source came out."""
    for line, row in enumerate(rows_of(path), start=2):
        sources = [shipped_sources()[key] for key in row["source"].split() if not key.startswith("assumed-")]
        is_start = path.name != "history.csv" and (row.get("date") or row.get("from") or LATER)[: len(START)] <= START
        for column in [column for column in row if column.endswith("known_from") and row[column]]:
            if sources and not is_start:
                first = min(sources, key=public_from)
                check_known(f"{path.name}, line {line}, {column}", row[column], first)


def test_a_series_began_before_its_last_part():
    for key, source in shipped_sources().items():
        assert source.get("since", source["date"]) <= source["date"], key


@pytest.mark.parametrize("path", TABLES, ids=name)
def test_a_value_in_a_table_lies_in_its_range(path):
    """Where a table gives `low` and `high`, or `x_low` and `x_high`, the cell of `value`, or of `x_...`, is between."""
    for line, row in enumerate(rows_of(path), start=2):
        for low in [column for column in row if column == "low" or column.endswith("_low")]:
            stem, high = low.removesuffix("low"), low.removesuffix("low") + "high"
            columns = ["value"] if not stem else [c for c in row if c.startswith(stem) and c not in (low, high)]
            for column in columns:
                if row[low] and row.get(high) and row[column]:
                    value = float(row[column])
                    assert float(row[low]) <= value <= float(row[high]), f"{path.name}, line {line}: {column}"


# ---- what a run reads ----


class Recorded:
    """Stands for a dataclass of numbers and notes the dotted name of every number that is read."""

    def __init__(self, target, prefix, read):
        self._target, self._prefix, self._read = target, prefix, read

    def __getattr__(self, field):
        return self._noted(getattr(self._target, field), f"{self._prefix}{field}")

    def _noted(self, value, path):
        if dataclasses.is_dataclass(value):
            return Recorded(value, f"{path}.", self._read)
        if isinstance(value, dict):
            return {key: self._noted(item, f"{path}.{key}") for key, item in value.items()}
        self._read.add(path)
        return value


def recording(parameters_, read):
    """The parameters, noting in the set `read` the dotted name of every number that is read."""
    return Recorded(parameters_, "", read)


def test_recording_notes_what_is_read_and_nothing_else():
    @dataclasses.dataclass(frozen=True)
    class Zone:
        queue_months: float
        margin_share: float

    @dataclasses.dataclass(frozen=True)
    class Power:
        zones: dict[str, Zone]
        gas_usd_per_mmbtu: float

    read = set()
    power = recording(Power({"A": Zone(1.0, 0.1), "B": Zone(2.0, 0.2)}, 3.0), read)
    assert [zone.queue_months for zone in power.zones.values()] == [1.0, 2.0]
    assert read == {"zones.A.queue_months", "zones.B.queue_months"}
    assert power.gas_usd_per_mmbtu == 3.0
    assert "gas_usd_per_mmbtu" in read


# Between them these take every road through the model: how many months of each scenario, and what is set in it.
RUNS = (
    ("baseline", 36, ()),
    ("baseline", 12, ("finance_structure=joint_venture",)),
    ("no_stargate_rivals", 3, ()),
    ("abundant", 3, ()),
)


def test_every_number_is_read(monkeypatch):
    """A number nobody reads is deleted, or the code that should read it is mended."""
    import abm.model  # so that every module is there to be patched

    read, plain = set(), parameters.parameters_of

    def recorded(values):
        return recording(plain(values), read)

    monkeypatch.setattr(
        Parameters, "load", staticmethod(lambda: recorded({n.name: n.value for n in abm.numbers_table()}))
    )
    for module in [module for key, module in sys.modules.items() if key.startswith("abm.")]:
        if getattr(module, "parameters_of", None) is plain:
            monkeypatch.setattr(module, "parameters_of", recorded)
    for scenario, months, settings in RUNS:
        question = dataclasses.replace(abm.Scenario.load(scenario), months=months, workers_per_agent=1000)
        for _ in abm.run(question.with_set(settings), seed=1):
            pass
    assert set(shipped_numbers()) - read == set()
