"""A question put to the model: which numbers differ, what happens when, how many months and workers.

A scenario is a TOML file; every key but `why` may be left out:

    why = "One sentence: what this is for."
    months = 68                              # 1..188, counted from 2024-05
    workers_per_agent = 100                  # 1..1000; 1 is every worker of the United States
    finance_structure = "leases"             # or "joint_venture"
    stargate_world = "with"                  # or "vanishes", "rivals", "underway"
    abundant = ["grid_power", "cooling"]     # inputs nobody waits for

    allow_outside = false                    # true: numbers may leave their sourced ranges

    [overrides]                              # numbers that differ from the first month on
    labour.quit_prob_per_month = 0.02

    [[changes]]                              # what happens on a date; as many as wanted
    month = "2027-01"
    name = "power.reserve_margin_min_share"  # a number, "finance_structure" or an event
    value = 0.1

Events last `months` (needed for them, and only for them): `moratorium` in a zone or state, `factory_outage` of an
equipment class, `loan_withdrawn` by an investor; `value` says which.
"""

import dataclasses
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abm.changes import (
    CAN_BE_ABUNDANT,
    MOST_MONTHS,
    SWITCHES,
    Change,
    check_change,
    check_choice,
    check_value,
    check_whole,
)
from abm.errors import BadScenario, did_you_mean
from abm.units import month_index

SCENARIOS = Path(__file__).parent / "scenarios"
DEFAULT_MONTHS = month_index("2029-12") + 1
DEFAULT_WORKERS_PER_AGENT, MOST_WORKERS_PER_AGENT = 100, 1000
_LETTERS = r"A-Za-z0-9_.-"  # of a name, which every file system takes
_KEYS = ("why", "months", "workers_per_agent", *SWITCHES, "abundant", "allow_outside", "overrides", "changes")
_CHANGE_KEYS = ("month", "name", "value", "months")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question; checked whenever one is made, by `load`, `with_set` or `dataclasses.replace`.

    Attributes:
        name: of the file, as it names the folder of its results; "own-..." if the name of a shipped one was taken.
        why: what it is for, one sentence.
        months: how many to run.
        workers_per_agent: people one row of the worker table stands for.
        finance_structure: "leases" (as it turned out) or "joint_venture" (as announced).
        stargate_world: "with", or which world without Stargate: "vanishes", "rivals", "underway".
        abundant: inputs nobody waits for.
        overrides: numbers in force from the first month, by dotted name.
        changes: what happens on a date, in order of date.
        allow_outside: whether numbers may leave their sourced ranges; results then rest on no source.
    """

    name: str
    why: str
    months: int = DEFAULT_MONTHS
    workers_per_agent: int = DEFAULT_WORKERS_PER_AGENT
    finance_structure: str = "leases"
    stargate_world: str = "with"
    abundant: tuple[str, ...] = ()
    overrides: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    allow_outside: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"[A-Za-z0-9][{_LETTERS}]*", self.name):
            raise BadScenario(f"scenario name {self.name!r} cannot name a folder; use the letters a-z, digits, _ and -")
        if not isinstance(self.why, str) or not self.why.strip():
            told = f"{self.name}: why = {self.why!r} is no sentence"
            raise BadScenario(f'{told}; write why = "one sentence of what it is for"')
        check_whole("months", self.months, MOST_MONTHS)
        check_whole("workers_per_agent", self.workers_per_agent, MOST_WORKERS_PER_AGENT)
        for switch in SWITCHES:
            check_choice(switch, getattr(self, switch), SWITCHES[switch])
        for name in self.abundant:
            check_choice("abundant", name, CAN_BE_ABUNDANT)
        if not isinstance(self.allow_outside, bool):
            raise BadScenario(f"{self.name}: allow_outside = {self.allow_outside!r}; write true or false")
        for name, value in self.overrides.items():
            check_value(name, value, allow_outside=self.allow_outside)
        for change in self.changes:
            check_change(change, self.months, allow_outside=self.allow_outside)

    @staticmethod
    def shipped() -> tuple[str, ...]:
        """Names of the scenarios that come with the model."""
        return tuple(sorted(path.stem for path in SCENARIOS.glob("*.toml")))

    @staticmethod
    def load(name_or_path: str | Path) -> "Scenario":
        """Read a shipped scenario by name, or any by the path of its TOML file.

        Raises:
            BadScenario: if there is none, or the file cannot be read or says something impossible.
            BadNumber: if it sets an unknown number or one outside its range.
        """
        path = _path_of(name_or_path)
        tree = _tree(path)
        _check_keys(path.name, tree, _KEYS)
        if "why" not in tree:
            raise BadScenario(f'{path.name} does not say why; add why = "one sentence of what it is for"')
        overrides = _flat(_table(path.name, tree, "overrides"))
        changes = tuple(
            sorted((_change(path.name, entry) for entry in _changes(path.name, tree)), key=lambda c: c.month)
        )
        abundant = tree.get("abundant", [])
        if not isinstance(abundant, list):
            raise BadScenario(f'abundant = {abundant!r} is not a list; write abundant = ["labour"]')
        plain = {
            key: tree[key] for key in ("why", "months", "workers_per_agent", "allow_outside", *SWITCHES) if key in tree
        }
        return Scenario(name=_name_of(path), abundant=tuple(abundant), overrides=overrides, changes=changes, **plain)

    def with_set(self, settings: Iterable[str]) -> "Scenario":
        """The same with some numbers or switches set, each as "name=value".

        Raises:
            BadScenario: if a setting is not "name=value", comes twice, or sets a switch to what it has not.
            BadNumber: for an unknown number or a value outside its range.
        """
        overrides, others = dict(self.overrides), dict[str, Any]()
        for name, text in _split(settings).items():
            if name in SWITCHES:
                others[name] = text
            elif name == "abundant":
                others[name] = tuple(text.split(","))
            else:
                overrides[name] = _number_from(name, text)
        return dataclasses.replace(self, overrides=overrides, **others)

    def numbers_changed(self, month: int) -> dict[str, float]:
        """The numbers that change in this month, by dotted name."""
        return {c.name: c.value for c in self.changes if c.month == month and not isinstance(c.value, str)}

    def events(self, month: int) -> tuple[Change, ...]:
        """The events that are on in this month."""
        return tuple(c for c in self.changes if c.is_event and c.month <= month < c.month + c.months)

    def finance_structure_at(self, month: int) -> str:
        """The finance structure in force in this month."""
        switched = [str(c.value) for c in self.changes if c.name == "finance_structure" and c.month <= month]
        return switched[-1] if switched else self.finance_structure


# ---- reading ----


def _split(settings: Iterable[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not (name and equals and text):
            raise BadScenario(f"--set {setting!r} is not name=value; write for example finance_structure=joint_venture")
        if name in given:
            raise BadScenario(f"--set {name} is given twice, as {given[name]} and as {text}; leave out one")
        given[name] = text
    return given


def _name_of(path: Path) -> str:
    """What a file's scenario is called: a file of one's own never takes the name of a shipped scenario."""
    letters = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    name = re.sub(rf"[^{_LETTERS}]+", "-", letters).strip("-_.")
    is_taken = name.lower() in Scenario.shipped() and path.resolve().parent != SCENARIOS.resolve()
    return f"own-{name}" if is_taken else name


def _path_of(name_or_path: str | Path) -> Path:
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.name != str(name_or_path):
        return path
    if str(path) in Scenario.shipped():
        return SCENARIOS / f"{path}.toml"
    hint = did_you_mean(str(path), Scenario.shipped(), "`stargate scenarios` lists the shipped ones")
    raise BadScenario(f"unknown scenario {str(name_or_path)!r}; {hint} (or give the path of a .toml file)")


def _tree(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadScenario(f"no scenario file {path}; `stargate scenarios` lists the shipped ones") from error
    except OSError as error:
        raise BadScenario(f"cannot read {path}: {error.strerror}; give the path of a readable .toml file") from error
    except UnicodeDecodeError as error:
        raise BadScenario(f"{path} is not text (byte {error.start} is not UTF-8); a scenario is a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise BadScenario(f"{path} is not valid TOML: {error}; mend it there") from error


def _check_keys(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known, f"it may have {', '.join(known)}")
            if "." in key or isinstance(table[key], dict):
                hint += " (numbers go under [overrides])"
            raise BadScenario(f"{where}: unknown key {key!r}; {hint}")


def _table(where: str, tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = tree.get(key, {})
    if not isinstance(table, dict):
        raise BadScenario(f"{where}: {key} = {table!r} is not a table; write [{key}] and under it name = value")
    return table


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat


def _changes(where: str, tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    entries = tree.get("changes", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadScenario(f"{where}: changes is not a list of tables; write [[changes]] above each")
    return entries


def _change(where: str, entry: Mapping[str, Any]) -> Change:
    _check_keys(f"{where}, changes", entry, _CHANGE_KEYS)
    missing = [key for key in ("month", "name", "value") if key not in entry]
    if missing:
        raise BadScenario(f"{where}: a change lacks {' and '.join(missing)}; it has month, name and value")
    try:
        month = month_index(str(entry["month"]))
    except ValueError:
        raise BadScenario(f'{where}: month = {entry["month"]!r} is not a month; write "2027-01"') from None
    return Change(month, str(entry["name"]), entry["value"], entry.get("months", 0))


def _number_from(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        check_value(name, text)
        raise
