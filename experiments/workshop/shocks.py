"""Dated shocks a page may ask for: a number or a structure of finance from a month on, or an event for some months."""

import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import abm
from experiments.errors import BadInput
from experiments.workshop.levers import numbers

MOST_SHOCKS = 12
EVENTS = ("moratorium", "factory_outage", "loan_withdrawn")
_SWITCH = "finance_structure"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MOST_LETTERS = 60
_FIRST_YEAR, _FIRST_MONTH, _YEAR_MONTHS = 2024, 5, 12


@dataclass(frozen=True, slots=True, order=True)
class Shock:
    """One thing that happens on a date.

    Attributes:
        month: YYYY-MM.
        name: a number, "finance_structure" or an event.
        value: the number's new value, the switch's new position, or what the event strikes.
        months: how long an event lasts; 0 for what stays.
    """

    month: str
    name: str
    value: float | str
    months: int = 0

    @staticmethod
    def of(told: Any) -> "Shock":
        """Read a shock a page sent.

        Raises:
            BadInput: if it is not one, naming what is wrong.
        """
        if not isinstance(told, Mapping):
            raise BadInput("a dated shock is not an object; reload the page")
        month, name, value, months = (told.get(key) for key in ("month", "name", "value", "months"))
        if not isinstance(month, str) or not _MONTH.fullmatch(month):
            raise BadInput(f"month = {str(month)[:_MOST_LETTERS]!r} is not a month; write it as 2027-01")
        if name not in (*EVENTS, _SWITCH) and name not in numbers():
            raise BadInput(f"there is no number or event {str(name)[:_MOST_LETTERS]!r} that could change on a date")
        if type(months or 0) is not int or not isinstance(value, int | float | str) or isinstance(value, bool):
            raise BadInput(f"{name} on {month} = {str(value)[:_MOST_LETTERS]!r} cannot be; give a number or a name")
        clean = value[:_MOST_LETTERS] if isinstance(value, str) else float(value)
        return Shock(month, str(name), clean, months or 0)

    @staticmethod
    def read(word: str) -> "Shock":
        """Read a shock of a link: 2027-01:name=value, and :months behind it for an event.

        Raises:
            BadInput: if it is not one.
        """
        month, _, rest = word.partition(":")
        name, equals, value = rest.partition("=")
        if not equals:
            raise BadInput(f"the link says at={word[:_MOST_LETTERS]!r}; a dated shock is 2027-01:name=value")
        if name in EVENTS:
            value, _, months = value.partition(":")
            return Shock.of({"month": month, "name": name, "value": value, "months": _whole(months)})
        return Shock.of({"month": month, "name": name, "value": value if name == _SWITCH else _number(name, value)})

    def for_page(self) -> dict[str, Any]:
        """As the page keeps it."""
        return {"month": self.month, "name": self.name, "value": self.value, "months": self.months}

    def as_change(self) -> dict[str, Any]:
        """As a scenario keeps it: the month counted from the start of the run."""
        year, month = map(int, self.month.split("-"))
        at = (year - _FIRST_YEAR) * _YEAR_MONTHS + month - _FIRST_MONTH
        return {"month": at, "name": self.name, "value": self.value, "months": self.months}


def shocks_of(told: Any) -> tuple[Shock, ...]:
    """Read the shocks of a question, in order of date.

    Raises:
        BadInput: if one is none, or there are too many.
    """
    if not isinstance(told, list) or len(told) > MOST_SHOCKS:
        raise BadInput(f"dated shocks are not a list of at most {MOST_SHOCKS}; remove some")
    return tuple(sorted((Shock.of(one) for one in told), key=lambda shock: (shock.month, shock.name)))


@functools.cache
def strikeable() -> dict[str, list[str]]:
    """What each kind of event can strike, from the tables of numbers."""
    folder = Path(abm.__file__).parent / "numbers"
    regions, zones = _column(folder / "regions.csv", "region"), _column(folder / "campuses.csv", "zone")
    prefix = "equipment.classes."
    classes = dict.fromkeys(name.removeprefix(prefix).split(".")[0] for name in numbers() if name.startswith(prefix))
    return {
        "moratorium": sorted(zones) + regions,
        "factory_outage": list(classes),
        "loan_withdrawn": _column(folder / "investors.csv", "investor"),
    }


def _column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as rows:
        return list(dict.fromkeys(row[name] for row in csv.DictReader(rows)))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise BadInput(f"{text[:_MOST_LETTERS]!r} is not how many months an event lasts; write :6 behind it")
    return int(text)


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{name[:_MOST_LETTERS]} = {text[:_MOST_LETTERS]!r} is not a number; give a bare one") from None
