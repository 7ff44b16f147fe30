"""The scenario a command is asked for: a name or file, and what the options change."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import abm
from experiments.errors import BadInput


def scenario_asked(
    name: str, months: int | None, scale: int | None, settings: Sequence[str], *, allow_outside: bool = False
) -> "abm.Scenario":
    """The scenario with what the options change; a shorter run does without later changes."""
    scenario = abm.Scenario.load(name)
    if allow_outside:
        scenario = dataclasses.replace(scenario, allow_outside=True)
    scenario = scenario.with_set(settings)
    if scale is not None:
        scenario = _with(scenario, "--scale", scale, workers_per_agent=scale)
    if months is not None:
        changes = tuple(change for change in scenario.changes if change.month < months) if months > 0 else ()
        scenario = _with(scenario, "--months", months, months=months, changes=changes)
    return scenario


def _with(scenario: "abm.Scenario", option: str, given: int, **changed: Any) -> "abm.Scenario":
    try:
        return dataclasses.replace(scenario, **changed)
    except abm.BadScenario as error:
        raise BadInput(f"{option} {given}: {error}") from error
