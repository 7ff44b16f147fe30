"""Numbers are read whole or refused with a message that helps."""

import dataclasses

import pytest

from abm import parameters
from abm.errors import BadNumber
from abm.parameters import Number, check_range, known_number, parameters_of, read_toml, shipped_numbers

GOOD = {
    "value": "3",
    "unit": '"month"',
    "low": "1",
    "high": "6",
    "source": '"doe-2025"',
    "known_from": '"2025-01"',
    "about": '"How long a request waits."',
}


SOURCE = '[doe-2025]\ntitle = "On queues"\ndate = "2024-12"\nurl = "https://doe.example"\n'


@pytest.fixture
def numbers_with(tmp_path, monkeypatch):
    """Write a folder of one number and one source, and read it as if it were shipped."""

    def read(name="queue_months", **entry):
        (tmp_path / "sources").mkdir(exist_ok=True)
        (tmp_path / "sources" / "power.toml").write_text(SOURCE, encoding="utf-8")
        lines = [f"{key} = {value}" for key, value in {**GOOD, **entry}.items() if value is not None]
        (tmp_path / "power.toml").write_text("\n".join([f"[{name}]", *lines]), encoding="utf-8")
        return shipped_numbers()

    monkeypatch.setattr(parameters, "NUMBERS", tmp_path)
    parameters.shipped_numbers.cache_clear()
    parameters.shipped_sources.cache_clear()
    yield read
    parameters.shipped_numbers.cache_clear()
    parameters.shipped_sources.cache_clear()


def test_a_good_number_is_read_whole(numbers_with):
    expected = Number("power.queue_months", 3, "month", 1, 6, "doe-2025", "2025-01", "How long a request waits.")
    assert numbers_with() == {"power.queue_months": expected}
    assert parameters.numbers_table() == (expected,)


def test_a_grouped_number_has_a_dotted_name(numbers_with):
    assert [*numbers_with(name="zones.ERCOT.queue_months")] == ["power.zones.ERCOT.queue_months"]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"unit": '"week"'}, r"power.queue_months: unit is 'week', but the name promises 'month'"),
        ({"name": "queue"}, r"power.queue: unit is 'month', but the name promises None"),
        ({"value": "7"}, r"power.queue_months = 7 month is outside 1\.\.6 \(source: doe-2025\); widen the range there"),
        ({"value": "0.5"}, "outside"),
        ({"low": "9"}, "outside"),
        ({"value": "nan"}, "power.queue_months = nan is not a number; give one in month"),
        ({"value": "true"}, "is not a number"),
        ({"value": '"3 months"'}, "'3 months' is not a number"),
        ({"high": '"six"'}, "'six' is not a number"),
        ({"source": '"doe-2026"'}, "source 'doe-2026' is not in numbers/sources/; add it there"),
        ({"about": None}, r"missing \['about'\], unknown \[\]; a number has value, unit"),
        ({"about": '" "'}, "about is empty"),
        ({"hight": "6"}, r"unknown \['hight'\]"),
        ({"known_from": '"lately"'}, "known_from is 'lately'; write the month as YYYY-MM"),
        ({"known_from": "2025"}, "known_from is 2025"),
        (
            {"known_from": '"2024-11"'},
            r"known_from is 2024-11, before its source was public \(2024-12\); write a later",
        ),
    ],
)
def test_a_bad_number_is_refused(numbers_with, entry, message):
    with pytest.raises(BadNumber, match=message):
        numbers_with(**entry)


def test_a_value_outside_a_table_is_refused(numbers_with, tmp_path):
    (tmp_path / "labour.toml").write_text("quit_prob_per_month = 0.02", encoding="utf-8")
    with pytest.raises(BadNumber, match=r"labour.quit_prob_per_month = 0.02 stands outside a number's table"):
        numbers_with()


@pytest.mark.parametrize("content", [b"[queue_months\nvalue = 3", b"\xff\xfe\x00binary"])
def test_a_broken_file_is_refused_by_name(tmp_path, content):
    (tmp_path / "power.toml").write_bytes(content)
    with pytest.raises(BadNumber, match=r"power\.toml is not valid TOML"):
        read_toml(tmp_path / "power.toml")


def test_an_unknown_number_suggests_the_closest(numbers_with):
    numbers_with()
    assert known_number("power.queue_months").value == 3
    for wrong in ("power.que_months", "queue_months"):
        with pytest.raises(BadNumber, match=f"unknown number '{wrong}'; did you mean 'power.queue_months'"):
            known_number(wrong)
    with pytest.raises(BadNumber, match="lists them all"):
        known_number("xyzzy")


def test_changes_are_held_to_the_range(numbers_with):
    numbers_with()
    before = {"power.queue_months": 3.0}
    assert parameters.changed(before, {"power.queue_months": 6}) == {"power.queue_months": 6}
    assert before == {"power.queue_months": 3.0}
    with pytest.raises(BadNumber, match="outside"):
        parameters.changed(before, {"power.queue_months": 6.1})


def test_the_ends_of_a_range_belong_to_it():
    number = Number("power.queue_months", 3, "month", 1, 6, "doe-2025", "2025-01", "A wait.")
    for end in (1, 6):
        check_range(number, end)


@dataclasses.dataclass(frozen=True)
class Zone:
    queue_months: float


@dataclasses.dataclass(frozen=True)
class Tiny:
    """Stands for Parameters in the tests of filling."""

    crew_workers: int
    zones: dict[str, Zone]


VALUES = {"crew_workers": 5.0, "zones.B.queue_months": 2.0, "zones.A.queue_months": 1.0}


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr(parameters, "Parameters", Tiny)


@pytest.mark.usefixtures("tiny")
def test_fields_are_filled_by_name_type_and_group():
    filled = parameters_of(VALUES)
    assert filled == Tiny(5, {"B": Zone(2.0), "A": Zone(1.0)})
    assert isinstance(filled.crew_workers, int)
    assert [*filled.zones] == ["B", "A"], "groups keep the order of the file"


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({**VALUES, "spare_usd": 1.0}, "spare_usd is in numbers/ but no field"),
        ({"zones.A.queue_months": 1.0}, r"crew_workers has a field in abm/subjects/ but no entry in numbers/"),
        ({**VALUES, "crew_workers": 2.5}, "crew_workers = 2.5 is not whole"),
        ({"crew_workers": 5.0, "zones.A.other_months": 1.0}, "zones.A.queue_months has a field"),
    ],
)
def test_fields_and_numbers_are_the_same_list(values, message):
    with pytest.raises(BadNumber, match=message):
        parameters_of(values)


@pytest.mark.parametrize(("value", "told"), [(5, "= 5 is outside 0.02..0.5 "), ("x", "is not a number; give one$")])
def test_a_share_is_told_without_a_unit(value, told):
    share = Number("policy.tax_share", 0.1, "1", 0.02, 0.5, "doe-2025", "2025-01", "A share.")
    with pytest.raises(BadNumber, match=told):
        check_range(share, value)
