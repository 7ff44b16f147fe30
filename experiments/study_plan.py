"""From a study to its runs: every scenario at every point with every seed, each run once."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import abm
from experiments import facts
from experiments.designs import Point, crossed
from experiments.study_factors import SWITCHES

if TYPE_CHECKING:
    from abm import Scenario
    from experiments.study_file import Study


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run to make.

    Attributes:
        number: its place in the order of the results.
        scenario: with the point's values in it.
        seed: of the random numbers.
        identity: what decides its numbers.
        point: first point of the design it stands for.
        parameters: value of every factor.
    """

    number: int
    scenario: "Scenario"
    seed: int
    identity: facts.Identity
    point: int
    parameters: Mapping[str, float | str]

    @property
    def run_id(self) -> str:
        """The name of the run."""
        return self.identity.run_id


@dataclass(frozen=True)
class Plan:
    """All runs of a study.

    Attributes:
        study: which.
        runs: each different run once, by scenario, point and seed.
        design: one row for each scenario, point and seed; points that coincide share a run.
    """

    study: "Study"
    runs: tuple[PlannedRun, ...]
    design: tuple[Mapping[str, Any], ...]

    @functools.cached_property
    def by_id(self) -> dict[str, PlannedRun]:
        """The runs by name."""
        return {run.run_id: run for run in self.runs}

    def with_seeds(self, count: int) -> "Plan":
        """The same with the first so many seeds only."""
        seeds = self.study.seeds[:count]
        if len(seeds) == len(self.study.seeds):
            return self
        kept = set(seeds)
        return Plan(
            dataclasses.replace(self.study, seeds=seeds),
            tuple(run for run in self.runs if run.seed in kept),
            tuple(row for row in self.design if row["seed"] in kept),
        )

    @property
    def months(self) -> int:
        """Of the longest run."""
        return max(scenario.months for scenario in self.study.scenarios)


def plan_of(study: "Study") -> Plan:
    """Every run of a study, checked.

    Raises:
        BadScenario, BadNumber: if a point asks for something impossible.
        BadInput: if there are too many.
    """
    points = [*crossed(study.designs)]
    runs: dict[str, PlannedRun] = {}
    design = []
    for scenario in study.scenarios:
        for index, point in enumerate(points):
            changed = at_point(scenario, point)
            values = {factor.name: point.get(factor.name, _value(scenario, factor.name)) for factor in study.factors}
            for seed in study.seeds:
                identity = facts.identity_of(changed, seed)
                run = PlannedRun(len(runs), changed, seed, identity, index, values)
                runs.setdefault(run.run_id, run)
                design.append({"scenario": scenario.name, "point": index, "seed": seed, "run_id": run.run_id, **values})
    return Plan(study, tuple(runs.values()), tuple(design))


def at_point(scenario: "Scenario", point: Point) -> "Scenario":
    """The scenario with the values of a point."""
    switches: dict[str, Any] = {name: value for name, value in point.items() if name in SWITCHES}
    if "abundant" in switches:
        switches["abundant"] = tuple(name for name in str(switches["abundant"]).split(",") if name)
    numbers: dict[str, Any] = {name: value for name, value in point.items() if name not in SWITCHES}
    return dataclasses.replace(scenario, overrides={**scenario.overrides, **numbers}, **switches)


def _value(scenario: "Scenario", name: str) -> float | str:
    """What a scenario has where a point says nothing."""
    if name == "abundant":
        return ",".join(scenario.abundant)
    if name in SWITCHES:
        return str(getattr(scenario, name))
    return scenario.overrides[name] if name in scenario.overrides else _shipped()[name]


@functools.cache
def _shipped() -> dict[str, float]:
    return {number.name: number.value for number in abm.numbers_table()}


def by_scenario(runs: Sequence[PlannedRun]) -> dict[str, list[PlannedRun]]:
    """The runs of each scenario, in order."""
    parts: dict[str, list[PlannedRun]] = {}
    for run in runs:
        parts.setdefault(run.scenario.name, []).append(run)
    return parts
