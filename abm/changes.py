"""What a scenario may switch, change on a date or strike, and the checks of each setting."""

import csv
from dataclasses import dataclass

from abm.errors import BadScenario, did_you_mean
from abm.parameters import NUMBERS, check_range, known_number
from abm.units import month_date, month_index
from abm.vocabulary import EQUIPMENT, INPUTS, ZONES

MOST_MONTHS = month_index("2039-12") + 1
MOST_SEED = 2**63 - 1  # tables keep it as int64
SWITCHES = {
    "finance_structure": ("leases", "joint_venture"),
    "stargate_world": ("with", "vanishes", "rivals", "underway"),
}
CAN_BE_ABUNDANT = INPUTS
EVENTS = ("moratorium", "factory_outage", "loan_withdrawn")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens on a date.

    Attributes:
        month: counted from the start of the run.
        name: dotted name of a number, "finance_structure", or an event.
        value: the number, the switch's new position, or what the event strikes.
        months: how long an event lasts; 0 for a number or switch, which stays until changed again.
    """

    month: int
    name: str
    value: float | str
    months: int = 0

    @property
    def is_event(self) -> bool:
        """Whether it is an event, not a number or a switch."""
        return self.name in EVENTS


def check_whole(name: str, value: object, most: int) -> None:
    """Refuse what is not a whole number in 1..most."""
    if type(value) is not int or not 1 <= value <= most:
        raise BadScenario(f"{name} = {value!r} is not a whole number in 1..{most}; write one")


def check_choice(name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse what is not among the known."""
    if value not in known:
        hint = did_you_mean(str(value), known, f"choose from {', '.join(known)}")
        raise BadScenario(f"{name} = {value!r} is unknown; {hint}")


def check_value(name: str, value: object, *, allow_outside: bool = False) -> None:
    """Refuse an unknown number, a text, or a value outside the number's range unless that is allowed."""
    number = known_number(name)
    if isinstance(value, str):
        raise BadScenario(
            f"{name} = {value!r} is text; write the bare number{number.in_unit}, for example {name} = {number.value:g}"
        )
    check_range(number, value, allow_outside=allow_outside)  # type: ignore[arg-type]  # it refuses what is no number


def check_change(change: Change, months: int, *, allow_outside: bool = False) -> None:
    """Refuse a change outside the run, of an unknown name, or to an impossible value."""
    if not 0 <= change.month < months:
        raise BadScenario(
            f"{change.name} changes in {month_date(change.month):%Y-%m}, outside the run "
            f"({month_date(0):%Y-%m}..{month_date(months - 1):%Y-%m}); change the month or the number of months"
        )
    if change.is_event:
        check_whole(f"{change.name}.months", change.months, MOST_MONTHS)
        check_choice(change.name, change.value, _struck_by(change.name))
        return
    if change.months:
        raise BadScenario(f"{change.name} has months = {change.months!r}; only events end: {', '.join(EVENTS)}")
    if change.name == "finance_structure":
        check_choice(change.name, change.value, SWITCHES[change.name])
    elif change.name in (*SWITCHES, "abundant", "months", "workers_per_agent"):
        raise BadScenario(f"{change.name} cannot change within a run; set it at the top of the file")
    else:
        check_value(change.name, change.value, allow_outside=allow_outside)


def _struck_by(event: str) -> tuple[str, ...]:
    """What an event can strike."""
    if event == "factory_outage":
        return EQUIPMENT
    if event == "moratorium":
        return (*ZONES, *_column("regions.csv", "region"))
    return tuple(dict.fromkeys(_column("investors.csv", "investor")))


def _column(file: str, name: str) -> list[str]:
    with (NUMBERS / file).open(encoding="utf-8", newline="") as rows:
        return [row[name] for row in csv.DictReader(rows)]
