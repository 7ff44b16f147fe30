"""The levers of the page: which numbers they are, with all that `abm/numbers/` says of them."""

import functools
import math
import tomllib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import abm
from experiments.errors import BadInput

if TYPE_CHECKING:
    from abm import Number

_FILE = Path(__file__).parent / "levers.toml"
_LEAST_STEPS = 50
SWITCHES = ("finance_structure", "stargate_world")


@functools.cache
def numbers() -> dict[str, "Number"]:
    """Every number of the model by its dotted name."""
    return {number.name: number for number in abm.numbers_table()}


@functools.cache
def lever_file() -> dict[str, Any]:
    """What `levers.toml` says.

    Raises:
        BadInput: if it names a number or a group there is not.
    """
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    groups = {group["key"] for group in told["groups"]}
    for lever in told["levers"]:
        if lever["name"] not in numbers() or lever["group"] not in groups:
            raise BadInput(f"levers.toml: {lever['name']} in group {lever['group']!r} is not known; mend the file")
    return told


def lever_names() -> tuple[str, ...]:
    """The numbers that are levers, in the order of the page."""
    return tuple(lever["name"] for lever in lever_file()["levers"])


def levers_for_page(language: int) -> dict[str, Any]:
    """Groups and levers with texts in a language, 0 English or 1 French, ready for JSON."""
    told = lever_file()
    groups = [{"key": group["key"], "title": group["title"][language]} for group in told["groups"]]
    levers = [
        numbers_for_page([lever["name"]])[lever["name"]]
        | {
            "group": lever["group"],
            "title": lever["title"][language],
            "isnt": lever["isnt"][language],
            **({"about": lever["about"]} if language else {}),
        }
        for lever in told["levers"]
    ]
    return {"groups": groups, "levers": levers}


def numbers_for_page(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Value, unit, range, step, source and meaning of numbers, by name."""
    sources = abm.shipped_sources()
    found = {}
    for number in (numbers()[name] for name in names):
        source = sources[number.source]
        found[number.name] = {
            "name": number.name,
            "value": number.value,
            "unit": number.unit,
            "low": number.low,
            "high": number.high,
            "step": step_of(number.low, number.value, number.high),
            "about": number.about,
            "source": f"{source['title']}, {source['publisher']}, {source['date']}",
            "url": source["url"],
            "known_from": number.known_from,
        }
    return found


def step_of(low: float, value: float, high: float) -> float:
    """The largest power of ten on whose grid from `low` on lie the value and `high`, and which makes steps enough."""
    exact = [Fraction(str(x)) for x in (low, value, high)]
    spans = [abs(x - exact[0]) for x in exact[1:]]
    step = Fraction(10) ** math.ceil(math.log10(spans[-1] or 1))
    while spans[-1] < _LEAST_STEPS * step or any(span % step for span in spans):
        step /= 10
    return float(step)
