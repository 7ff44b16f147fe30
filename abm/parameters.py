"""Reads and checks the numbers of `abm/numbers/`; every number has one home there and a typed field here."""

import dataclasses
import functools
import math
import tomllib
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from abm.errors import BadNumber, did_you_mean
from abm.subjects.building import Building
from abm.subjects.compute import Compute
from abm.subjects.equipment import Equipment
from abm.subjects.finance import Finance
from abm.subjects.households import Households
from abm.subjects.labour import Labour
from abm.subjects.policy import Policy
from abm.subjects.power import Power
from abm.units import BARE, month_index, unit_of_name

NUMBERS = Path(__file__).parent / "numbers"
_ENTRY_KEYS = ("value", "unit", "low", "high", "source", "known_from", "about")


@dataclasses.dataclass(frozen=True, slots=True)
class Number:
    """One number with all that makes it defensible.

    Attributes:
        name: dotted path, `power.zones.ERCOT.connection_months`.
        value: what the model uses.
        unit: as the name promises.
        low: lower end of the sourced range.
        high: upper end of the sourced range.
        source: key of `sources/*.toml`.
        known_from: month from which the figure could be known, YYYY-MM.
        about: what it means, one sentence.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str
    known_from: str
    about: str

    @property
    def unit_behind(self) -> str:
        """The unit as it stands behind a value: " month"; nothing for a share or a ratio."""
        return "" if self.unit == BARE else f" {self.unit}"

    @property
    def in_unit(self) -> str:
        """The unit in a sentence: " in month"; nothing for a share or a ratio."""
        return self.unit_behind and f" in{self.unit_behind}"


@dataclasses.dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Parameters:
    """All numbers in force, by subject; frozen, so a dated change makes a new one."""

    labour: Labour
    power: Power
    equipment: Equipment
    building: Building
    finance: Finance
    households: Households
    compute: Compute
    policy: Policy

    @staticmethod
    def load() -> "Parameters":
        """The shipped numbers, checked."""
        return parameters_of({name: number.value for name, number in shipped_numbers().items()})


def _flatten(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, value in tree.items():
        if not isinstance(value, Mapping):
            raise BadNumber(
                f"{prefix}{key} = {value!r} stands outside a number's table; write [{key}] with value, unit..."
            )
        if "value" in value:
            yield prefix + key, value
        else:
            yield from _flatten(value, f"{prefix}{key}.")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict.

    Raises:
        BadNumber: if the file is not UTF-8 text or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadNumber(f"{path.name} is not valid TOML: {error}; mend the file") from error


def _checked(name: str, entry: Mapping[str, Any], sources: Mapping[str, Any]) -> Number:
    missing = [key for key in _ENTRY_KEYS if key not in entry]
    unknown = [key for key in entry if key not in _ENTRY_KEYS]
    if missing or unknown:
        raise BadNumber(f"{name}: missing {missing}, unknown {unknown}; a number has {', '.join(_ENTRY_KEYS)}")
    promised = unit_of_name(name.rsplit(".", 1)[-1])
    if promised != entry["unit"]:
        raise BadNumber(f"{name}: unit is {entry['unit']!r}, but the name promises {promised!r}")
    if entry["source"] not in sources:
        raise BadNumber(f"{name}: source {entry['source']!r} is not in numbers/sources/; add it there")
    number = Number(name=name, **entry)
    _check_texts(number)
    check_known(name, number.known_from, sources[number.source])
    for end in (number.low, number.value, number.high):
        check_range(dataclasses.replace(number, low=-math.inf, high=math.inf), end)
    check_range(number, number.value)
    return number


def _check_texts(number: Number) -> None:
    try:
        month_index(number.known_from)
    except (TypeError, ValueError):
        raise BadNumber(f"{number.name}: known_from is {number.known_from!r}; write the month as YYYY-MM") from None
    if not isinstance(number.about, str) or not number.about.strip():
        raise BadNumber(f"{number.name}: about is empty; say in one sentence what the number means")


def public_from(source: Mapping[str, str]) -> str:
    """When the first of what a source tells was public: since its first part, if it is a series or record of acts."""
    return source.get("since", source["date"])


def check_known(name: str, known_from: str, source: Mapping[str, str]) -> None:
    """Refuse a figure known before its source was public; an assumption, which has no address, has no such date.

    Raises:
        BadNumber: naming the figure, both dates and the remedy.
    """
    public = public_from(source)
    if source["url"] and known_from[: len(public)] < public:
        raise BadNumber(
            f"{name}: known_from is {known_from}, before its source was public ({public}); "
            "write a later month, or `since` in the source if it is a series"
        )


def check_range(number: Number, value: float, *, allow_outside: bool = False) -> None:
    """Refuse a value that is not finite or, unless that is allowed, lies outside the number's sourced range.

    Raises:
        BadNumber: naming the number, the value, the range and the remedy.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadNumber(f"{number.name} = {value!r} is not a number; give one{number.in_unit}")
    if not allow_outside and not number.low <= value <= number.high:
        raise BadNumber(
            f"{number.name} = {value:g}{number.unit_behind} is outside {number.low:g}..{number.high:g} "
            f"(source: {number.source}); widen the range there, with a source, if it is meant"
        )


@functools.cache
def shipped_sources() -> dict[str, dict[str, str]]:
    """The bibliography: key to title, publisher, date, url and what was taken."""
    sources: dict[str, dict[str, str]] = {}
    for path in sorted((NUMBERS / "sources").glob("*.toml")):
        sources |= read_toml(path)
    return sources


@functools.cache
def shipped_numbers() -> dict[str, Number]:
    """Every number of `abm/numbers/*.toml` by dotted name, checked for unit, range, source and keys."""
    sources = shipped_sources()
    numbers: dict[str, Number] = {}
    for path in sorted(NUMBERS.glob("*.toml")):
        for name, entry in _flatten(read_toml(path), f"{path.stem}."):
            numbers[name] = _checked(name, entry, sources)
    return numbers


def numbers_table() -> tuple[Number, ...]:
    """Every shipped number, in the order of the files."""
    return tuple(shipped_numbers().values())


def known_number(name: str) -> Number:
    """A shipped number by its dotted name.

    Raises:
        BadNumber: if there is none, naming the closest.
    """
    numbers = shipped_numbers()
    if name in numbers:
        return numbers[name]
    by_leaf = [known for known in numbers if known.endswith(f".{name}")]
    in_full = f"did you mean {by_leaf[0]!r}?" if by_leaf else ""
    hint = in_full or did_you_mean(name, numbers, "`stargate numbers` lists them all")
    raise BadNumber(f"unknown number {name!r}; {hint}")


def parameters_of(values: Mapping[str, float]) -> Parameters:
    """Fill the typed dataclasses from values by dotted name, holding the two lists equal.

    Raises:
        BadNumber: if a field has no number or a number has no field.
    """
    left = dict(values)
    parameters: Parameters = _filled(Parameters, "", left)
    if left:
        raise BadNumber(f"{next(iter(left))} is in numbers/ but no field of abm/subjects/ reads it; add or delete it")
    return parameters


_hints = functools.cache(typing.get_type_hints)  # slow, and the same for every model


def _filled(kind: Any, prefix: str, values: dict[str, float]) -> Any:
    arguments: dict[str, Any] = {}
    for name, hint in _hints(kind).items():
        path = f"{prefix}{name}"
        if dataclasses.is_dataclass(hint):
            arguments[name] = _filled(hint, f"{path}.", values)
        elif typing.get_origin(hint) is dict:
            item = typing.get_args(hint)[1]
            start, skip = f"{path}.", len(path) + 1
            keys = dict.fromkeys([known[skip:].split(".", 1)[0] for known in values if known.startswith(start)])
            arguments[name] = {key: _filled(item, f"{path}.{key}.", values) for key in keys}
        elif path in values:
            value = values.pop(path)
            if hint is int and value != int(value):
                raise BadNumber(f"{path} = {value:g} is not whole; it counts things, so write a whole number")
            arguments[name] = hint(value)
        else:
            raise BadNumber(f"{path} has a field in abm/subjects/ but no entry in numbers/; add [{name}] there")
    return kind(**arguments)


def changed(
    parameters_values: Mapping[str, float], changes: Mapping[str, float], *, allow_outside: bool = False
) -> dict[str, float]:
    """Values by dotted name with some replaced, each checked against its number's range unless it may leave it.

    Raises:
        BadNumber: for an unknown name or a value outside its range.
    """
    for name, value in changes.items():
        check_range(known_number(name), value, allow_outside=allow_outside)
    return {**parameters_values, **changes}
