"""Nothing changed by accident: the baseline gives what it gave when it was last renewed."""

import csv

import pytest

from tests.baseline.golden import CSV, HASHES, hash_of, months_of, tables

REMEDY = "results changed; if it is meant, run `uv run python -m tests.baseline.renew` and add a changelog line"


@pytest.fixture(scope="module")
def found():
    return tables()


def test_headline_figures_are_the_golden_ones(found):
    now, then = months_of(found).splitlines(), CSV.read_text().splitlines()
    assert now[0] == then[0], "columns changed; " + REMEDY
    for line, (new, old) in enumerate(zip(now[1:], then[1:], strict=True), start=2):
        assert new == old, f"line {line}: {REMEDY}"


def test_every_table_is_the_golden_one(found):
    with HASHES.open(newline="") as file:
        golden = {row["table"]: row["hash"] for row in csv.DictReader(file)}
    assert {name: hash_of(frame) for name, frame in found.items()} == golden, REMEDY
