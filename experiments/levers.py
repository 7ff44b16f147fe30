"""What gives a little more of each input a building can wait for: the numbers to raise, and those to lower."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import abm
from experiments.errors import BadInput

if TYPE_CHECKING:
    from abm import Scenario

MORE, LESS = 1, -1
_OFFICES = ("local", "air")
_GENERATION = ("small_turbine", "gas_engine", "fuel_cell", "battery", "heavy_turbine")
_EQUIPMENT = (
    "substation_transformer", "building_transformer", "switchgear", "genset", "cooling", "structure",
    "accelerator", "network", "cpu",
)  # fmt: skip


def _supply(*classes: str) -> dict[str, int]:
    return {f"equipment.classes.{klass}.supply_factor": MORE for klass in classes}


# Of land there is no lever: what a region offers hardly ever binds.
LEVERS: Mapping[str, Mapping[str, int]] = {
    "plan": {"building.stargate_pace_ratio": LESS},
    "demand": {"compute.demand_factor": MORE},
    "capital": {"finance.lender_supply_factor": MORE},
    "permits": {f"policy.offices.{office}.staff_workers": MORE for office in _OFFICES}
    | {f"policy.offices.{office}.review_months": LESS for office in _OFFICES},
    "grid_power": {"power.connection_throughput_factor": MORE},
    "onsite_power": _supply(*_GENERATION),
    **{klass: _supply(klass) for klass in _EQUIPMENT},
    "labour": {"building.labour_productivity_index": MORE},
}


def relaxed(scenario: "Scenario", name: str, by_share: float) -> "Scenario":
    """The scenario with so much more of an input.

    Args:
        scenario: to start from
        name: of the input, one of LEVERS
        by_share: how much more, 0.1 for a tenth

    Raises:
        BadInput: if that leaves the range of a number.
    """
    shipped = {number.name: number.value for number in abm.numbers_table()}
    overrides = dict(scenario.overrides)
    for number, sign in LEVERS[name].items():
        overrides[number] = overrides.get(number, shipped[number]) * (1 + by_share) ** sign
    try:
        return dataclasses.replace(scenario, overrides=overrides)
    except (abm.BadNumber, abm.BadScenario) as error:
        raise BadInput(f"{name} cannot be relaxed by {by_share:.0%}: {error}") from error
