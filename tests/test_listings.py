"""Scenarios and numbers are listed so that 80 columns suffice and every figure can be traced."""

import io
import json

import pytest
from rich.console import Console

import abm
from experiments import listings
from experiments.cli import main
from experiments.errors import BadInput


def printed(function, *words, width=80):
    out = io.StringIO()
    function(Console(file=out, width=width, highlight=False), *words)
    return out.getvalue()


def widest(text):
    return max(len(line.rstrip()) for line in text.splitlines())


def test_every_scenario_is_listed_with_its_purpose():
    text = printed(listings.print_scenarios)
    assert widest(text) <= 80
    for name in abm.Scenario.shipped():
        assert name in text
    rows = listings.scenario_rows()
    assert [row["name"] for row in rows] == list(abm.Scenario.shipped())
    assert all(row["why"] and row["months"] for row in rows)


def test_every_number_is_listed_with_unit_range_source_and_meaning():
    text = printed(listings.print_numbers, listings.numbers_called(None), width=200)
    for number in abm.numbers_table():
        assert number.name in text
    number = next(n for n in abm.numbers_table() if n.name == "labour.quit_prob_per_month")
    assert "labour.quit_prob_per_month = 0.016 1/month  (0.014 .. 0.019)" in text
    assert f"{number.about} [{number.source}]" in text


def test_the_list_fits_80_columns():
    assert widest(printed(listings.print_numbers, listings.numbers_called("labour"))) <= 80


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("labour", "labour."),
        ("labour.trades", "labour.trades."),
        ("labour.trades.electrician.", "labour.trades.electrician."),
        ("labour.quit_prob_per_month", "labour.quit_prob_per_month"),
        ("quit_prob_per_month", "labour.quit_prob_per_month"),
        ("electrician.leave_prob_per_month", "labour.trades.electrician.leave_prob_per_month"),
    ],
)
def test_numbers_are_found_by_subject_group_or_name(name, found):
    numbers = listings.numbers_called(name)
    assert numbers
    assert all(number.name.startswith(found) for number in numbers)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("labor", "did you mean 'labour'"),
        ("quit_prob", "did you mean 'quit_prob_per_month'"),
        ("zzz", "subjects are "),
    ],
)
def test_an_unknown_name_is_answered_with_the_closest(name, hint):
    with pytest.raises(BadInput, match=f"no subject or number '{name}'; {hint}"):
        listings.numbers_called(name)


def test_a_single_number_is_told_with_its_source_in_full():
    text = printed(listings.print_numbers, listings.numbers_called("quit_prob_per_month"))
    source = abm.shipped_sources()["jolts-2025"]
    for words in ("0.016 1/month", "0.014 .. 0.019", "2025-11", source["url"], "[jolts-2025]"):
        assert words in text
    assert widest(text) <= 80


def test_the_commands_print_json(capsys):
    assert main(["numbers", "labour", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["source"]["title"]
    assert {row["name"] for row in rows} == {n.name for n in abm.numbers_table() if n.name.startswith("labour.")}
    assert main(["scenarios", "--json"]) == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == list(abm.Scenario.shipped())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (21_000, "21,000"),
        (0.018, "0.018"),
        (2.0, "2"),
        (-0.00134, "-0.00134"),
        (4.2e-7, "4.2e-07"),
        (1234.5, "1,234.5"),
    ],
)
def test_numbers_are_written_plainly(value, text):
    assert listings.plain(value) == text
