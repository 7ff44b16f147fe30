"""The rule by which a study ends by itself: seeds are added until differences of scenarios are known well enough."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from experiments.errors import BadInput
from experiments.intervals import half_width
from experiments.study_summary import columns

if TYPE_CHECKING:
    from experiments.study_plan import Plan
    from experiments.study_store import Stored

_KEYS = ("figure", "width", "most_seeds")
_GROWTH = 1.5  # each look at half as many seeds again: few looks, and at most a third of the runs too many
_LEAST_SEEDS = 3
_MOST_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stop:
    """When to stop.

    Attributes:
        figure: column of `summary` whose paired differences are asked about.
        width: the 95 % interval of each must be narrower than this, in the figure's unit.
        first_seeds: so many before the first look.
        most_seeds: not more than this in any case.
    """

    figure: str
    width: float
    first_seeds: int
    most_seeds: int

    def stages(self) -> Iterator[int]:
        """Seeds at each look, the last being the most."""
        seeds = self.first_seeds
        while seeds < self.most_seeds:
            yield seeds
            seeds = math.ceil(seeds * _GROWTH)
        yield self.most_seeds


def stop_of(where: str, given: object, first_seeds: object, scenarios: int, months: int) -> Stop:
    """The rule as a study's file says it.

    Raises:
        BadInput: if it says something impossible, or there is nothing to take a difference of.
    """
    if not isinstance(given, dict) or {*given} != {*_KEYS}:
        raise BadInput(f"{where}: stop = {given!r}; write [stop] and under it {', '.join(_KEYS)}")
    if scenarios < 2:
        raise BadInput(f"{where}: stop asks about differences and there is one scenario; name two or more")
    figures = [column.name for column in columns(months, ()) if column.dtype in ("i64", "f64")]
    if given["figure"] not in figures:
        raise BadInput(f"{where}: stop.figure = {given['figure']!r} is no figure; choose from {', '.join(figures)}")
    width, most = given["width"], given["most_seeds"]
    if isinstance(width, bool) or not isinstance(width, int | float) or not 0 < width < math.inf:
        raise BadInput(f"{where}: stop.width = {width!r}; write how wide the interval may be, a number above zero")
    if type(first_seeds) is not int or first_seeds < _LEAST_SEEDS:
        raise BadInput(
            f"{where}: with stop, seeds = {first_seeds!r} must say how many to begin with, {_LEAST_SEEDS} or more"
        )
    if type(most) is not int or not first_seeds <= most <= _MOST_SEEDS:
        raise BadInput(f"{where}: stop.most_seeds = {most!r} is not a whole number in {first_seeds}..{_MOST_SEEDS}")
    return Stop(given["figure"], float(width), first_seeds, most)


def widths(plan: "Plan", stored: Mapping[str, "Stored"], figure: str) -> dict[str, float]:
    """Width of the 95 % interval of each scenario's difference from the first, seed by seed; NaN if it is not known.

    Args:
        plan: whose runs are all stored
        stored: where they lie
        figure: column of `summary`
    """
    values = _values(plan, stored, figure)
    first, *others = (scenario.name for scenario in plan.study.scenarios)
    found = {}
    for other in others:
        difference = np.array(values[other]) - np.array(values[first])  # shape (n_points, n_seeds)
        whole = np.isfinite(difference).all(axis=0)
        found[other] = 2 * half_width(difference[:, whole].mean(axis=0))
    return found


def is_enough(plan: "Plan", stored: Mapping[str, "Stored"], stop: Stop) -> bool:
    """Whether every difference is known well enough."""
    return all(width < stop.width for width in widths(plan, stored, stop.figure).values())


def _values(plan: "Plan", stored: Mapping[str, "Stored"], figure: str) -> dict[str, list[list[float]]]:
    """By scenario: the figure at each point and seed, NaN where the run failed."""
    files = {stored[run.run_id].where for run in plan.runs if stored[run.run_id].status == "done"}
    known: dict[str, float] = {}
    for where in sorted(files):
        path = where.replace("{table}", "summary")
        known |= dict(pl.read_parquet(path, columns=["run_id", figure], hive_partitioning=False).iter_rows())
    places = {seed: i for i, seed in enumerate(plan.study.seeds)}
    found: dict[str, list[list[float]]] = {}
    for row in plan.design:
        points = found.setdefault(row["scenario"], [])
        if row["point"] == len(points):
            points.append([math.nan] * len(places))
        value = known.get(row["run_id"])
        points[row["point"]][places[row["seed"]]] = math.nan if value is None else float(value)
    return found


def said(plan: "Plan", stored: Mapping[str, "Stored"]) -> dict[str, Any]:
    """What the manifest tells of the rule and of how it ended."""
    stop = plan.study.stop
    if stop is None:
        return {}
    found = widths(plan, stored, stop.figure)
    told = {name: None if math.isnan(width) else width for name, width in found.items()}
    reached = all(width < stop.width for width in found.values())
    rule = {"figure": stop.figure, "width": stop.width, "most_seeds": stop.most_seeds}
    return {"stop": {**rule, "is_reached": reached, "widths": told}}


def sentence(said: Mapping[str, Any], seeds: Sequence[int]) -> str:
    """How it ended, for a person."""
    stop = said["stop"]
    widest = max((width for width in stop["widths"].values() if width is not None), default=math.nan)
    verb = "reached" if stop["is_reached"] else "not reached"
    return (
        f"Stop rule {verb} with {len(seeds):,} seeds: the widest 95 % interval of a paired difference in "
        f"{stop['figure']} is {widest:,.6g}, asked for was {stop['width']:,.6g}"
    )
