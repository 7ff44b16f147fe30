"""The one door for Mesa's own viewer and batch tools: the model made by keyword arguments, with a data collector.

In a notebook, with Mesa's viewer installed (`mesa[viz]`):

    from mesa.visualization import SolaraViz, make_plot_component
    from abm.mesa_adapter import ViewedStargate, model_params

    SolaraViz(ViewedStargate(), [make_plot_component("jobs_total")], model_params=model_params())
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import mesa

from abm.model import Stargate
from abm.observe import Month, observe
from abm.parameters import shipped_numbers
from abm.scenario import Scenario

FIGURES = (
    "jobs_total", "jobs_onsite", "jobs_supplier", "jobs_offsite", "jobs_induced", "stargate_operating_mw",
    "stargate_announced_mw", "rival_operating_mw", "stargate_spent_total_usd", "trades_unemployment_share",
)  # fmt: skip
_STEPS_OF_A_SLIDER = 20


class ViewedStargate(Stargate):
    """The model as Mesa's tools make it; with the same question and seed its months are those of `abm.run`.

    Attributes:
        datacollector: FIGURES after each month, columns of the table `months`.
        record: of the last month, None before the first.
    """

    def __init__(
        self,
        scenario_name: str = "baseline",
        seed_number: int = 1,
        months: int | None = None,
        workers_per_agent: int | None = None,
        **numbers: float,
    ) -> None:
        """Make the world.

        Args:
            scenario_name: a shipped name or the path of a .toml file.
            seed_number: of the random numbers.
            months: how many to run; the scenario's if not given.
            workers_per_agent: people for whom one row of the worker table stands; the scenario's if not given.
            numbers: values by dotted name, as in `model_params`.

        Raises:
            BadScenario, BadNumber: if a scenario or number cannot be used.
        """
        super().__init__(_question(scenario_name, months, workers_per_agent, numbers), seed_number)
        self.record: Month | None = None
        self.datacollector = mesa.DataCollector({name: lambda model, name=name: model.figure(name) for name in FIGURES})

    def step(self) -> None:
        """Do one month; after the last one of the question the model stops."""
        if self.month + 1 >= self.question.months:
            self.running = False
            return
        super().step()
        self.record = observe(self, is_last=self.month == self.question.months - 1)
        self.datacollector.collect(self)

    def figure(self, name: str) -> float:
        """A column of the table `months`, of the last month.

        Raises:
            ValueError: before the first month.
        """
        if self.record is None:
            raise ValueError("no month has been run; call step() first")
        return float(self.record.value(name))


def _question(name: str, months: int | None, workers_per_agent: int | None, numbers: Mapping[str, float]) -> Scenario:
    question = Scenario.load(name)
    changed: dict[str, Any] = {"overrides": {**question.overrides, **numbers}}
    if months is not None:
        changed |= {"months": months, "changes": tuple(c for c in question.changes if c.month < months)}
    if workers_per_agent is not None:
        changed["workers_per_agent"] = workers_per_agent
    return dataclasses.replace(question, **changed)


def model_params(*names: str) -> dict[str, Any]:
    """Controls for Mesa's viewer: a field for the seed, and a slider over the range of each number.

    Args:
        names: numbers by dotted name; those that call themselves levers if none are given.

    Raises:
        KeyError: for a number that is not there.
    """
    numbers = shipped_numbers()
    chosen = names or [name for name, number in numbers.items() if number.about.startswith("Lever:")]
    seed = {"type": "InputText", "value": 1, "label": "seed"}
    return {"seed_number": seed, **{name: _slider(name, numbers[name]) for name in chosen}}


def _slider(name: str, number: Any) -> dict[str, Any]:
    return {
        "type": "SliderFloat",
        "value": float(number.value),
        "label": f"{name} ({number.unit})",
        "min": float(number.low),
        "max": float(number.high),
        "step": float(number.high - number.low) / _STEPS_OF_A_SLIDER,
    }
