"""What a study varies: levers, numbers and switches, three kinds that are kept apart."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import abm
from experiments.errors import BadInput

if TYPE_CHECKING:
    from abm import Number

type Value = float | str

# What somebody could decide, what nobody knows, and how the model itself is built.
KINDS = ("levers", "numbers", "switches")
SWITCHES = (*abm.SWITCHES, "abundant")
FULL_RANGE = "range"
_RANGE_KEYS = ("low", "high", "steps", "whole")
_MOST_STEPS = 1000
_COUNTS = "_count"  # what ends so is whole


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that varies.

    Attributes:
        name: of the number or switch.
        kind: "levers", "numbers" or "switches".
        values: those listed; empty for a range.
        low, high: ends of a range; 0 for a list.
        is_whole: whether values of a range are rounded to whole numbers.
    """

    name: str
    kind: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False

    @property
    def levels(self) -> tuple[Value, ...]:
        """The values listed, or the two ends of the range."""
        return self.values or (self.low, self.high)

    def at(self, share: float) -> Value:
        """The value at a share 0..1 of the way through the range or the list."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        value = min(max(self.low + share * (self.high - self.low), self.low), self.high)
        return float(round(value)) if self.is_whole else value


def factors_of(where: str, vary: object, *, allow_outside: bool = False) -> tuple[Factor, ...]:
    """The factors of a study's `vary`, in the order of the file.

    Raises:
        BadInput: if one is of no kind, unknown, outside its number's range, or named twice.
    """
    groups = _table(where, "vary", vary)
    found: list[Factor] = []
    for kind, group in groups.items():
        if kind not in KINDS:
            raise BadInput(
                f"{where}: vary.{kind} is of no kind; write [vary.levers], [vary.numbers] or [vary.switches]"
            )
        for name, given in _leaves(_table(where, f"vary.{kind}", group)):
            found.append(
                _switch(where, name, given) if kind == "switches" else _number(where, kind, name, given, allow_outside)
            )
    names = [factor.name for factor in found]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"{where}: {name} varies twice; keep one of the two")
    return tuple(found)


def _table(where: str, key: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadInput(f"{where}: {key} = {given!r} is not a table; write [{key}] and under it name = values")
    return given


def _leaves(group: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in group.items():
        if isinstance(value, dict) and not {"low", "high"} & set(value):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _switch(where: str, name: str, given: Any) -> Factor:
    if name not in SWITCHES:
        raise BadInput(f"{where}: {name!r} is no switch; switches are {', '.join(SWITCHES)}, numbers go elsewhere")
    if not isinstance(given, list) or not given or not all(isinstance(value, str) for value in given):
        raise BadInput(f'{where}: {name} = {given!r} is not a list of texts; write {name} = ["one", "other"]')
    return Factor(name, "switches", _distinct(where, name, given))


def _number(where: str, kind: str, name: str, given: Any, allow_outside: bool) -> Factor:
    if name in SWITCHES:
        raise BadInput(f"{where}: {name} is a switch; write it under [vary.switches]")
    number = _known(name)
    if given == FULL_RANGE:
        factor = Factor(name, kind, low=number.low, high=number.high)
    elif isinstance(given, dict):
        factor = _range(where, kind, number, given, allow_outside)
    elif isinstance(given, list) and given:
        factor = Factor(name, kind, _distinct(where, name, given))
    else:
        raise BadInput(
            f'{where}: {name} = {given!r} does not vary; write a list of values, {{ low = ..., high = ... }} or "range"'
        )
    for value in factor.levels:
        _check(where, number, value, allow_outside)
    is_whole = factor.is_whole or (factor.values and all(float(value).is_integer() for value in factor.values))
    if name.endswith(_COUNTS) and not is_whole:
        raise BadInput(f"{where}: {name} counts things; list whole values, or add whole = true to its range")
    return factor


def _range(where: str, kind: str, number: "Number", given: Mapping[str, Any], allow_outside: bool) -> Factor:
    unknown = [key for key in given if key not in _RANGE_KEYS]
    if unknown:
        raise BadInput(f"{where}: {number.name} has the key {unknown[0]!r}; a range has {', '.join(_RANGE_KEYS)}")
    low, high = given.get("low", number.low), given.get("high", number.high)
    for value in (low, high):
        _check(where, number, value, allow_outside)
    if not low < high:
        raise BadInput(f"{where}: {number.name} ranges from {low:g} to {high:g}; low must be below high")
    whole, steps = given.get("whole", False), given.get("steps")
    if not isinstance(whole, bool):
        raise BadInput(f"{where}: {number.name} has whole = {whole!r}; write true or false")
    factor = Factor(number.name, kind, low=float(low), high=float(high), is_whole=whole)
    if steps is None:
        return factor
    if type(steps) is not int or not 1 < steps <= _MOST_STEPS:
        raise BadInput(f"{where}: {number.name} has steps = {steps!r}; write a whole number in 2..{_MOST_STEPS}")
    values = tuple(dict.fromkeys(factor.at(i / (steps - 1)) for i in range(steps)))
    return Factor(number.name, kind, values)


def _distinct(where: str, name: str, values: list[Any]) -> tuple[Value, ...]:
    if len({*map(repr, values)}) < len(values):
        raise BadInput(f"{where}: {name} lists a value twice; the same run would only be repeated")
    return tuple(values)


def _known(name: str) -> "Number":
    for number in abm.numbers_table():
        if number.name == name:
            return number
    from experiments.listings import numbers_called

    found = numbers_called(name)  # refuses what there is not, naming the closest
    raise BadInput(f"{name!r} is not the full name of a number; did you mean {found[0].name!r}?")


def _check(where: str, number: "Number", value: Any, allow_outside: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadInput(f"{where}: {number.name} = {value!r} is not a number; write a bare one{number.in_unit}")
    if not allow_outside and not number.low <= value <= number.high:
        raise BadInput(
            f"{where}: {number.name} = {value:g} is outside {number.low:g}..{number.high:g}{number.in_unit} "
            f"(source: {number.source}); stay inside, widen the range in abm/numbers/ with a "
            "source, or add --allow-outside"
        )
