"""Designs of experiments: which points of what varies to try. Randomised ones repeat exactly, by their seed."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.errors import BadInput
from experiments.study_factors import Factor, Value

type Point = dict[str, Value]

# Every kind, with the whole numbers it needs and the least of each.
KEYS: dict[str, dict[str, int]] = {
    "grid": {},
    "list": {},
    "one_at_a_time": {},
    "latin_hypercube": {"points": 1, "seed": 0},
    "sobol": {"base_points": 2, "seed": 0},
    "morris": {"trajectories": 2, "levels": 2, "seed": 0},
}
_MOST = 2**31 - 1
_MOST_POINTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Design:
    """How some factors are combined.

    Attributes:
        kind: a key of KEYS.
        settings: its whole numbers.
        factors: what is combined.
    """

    kind: str
    settings: Mapping[str, int]
    factors: tuple[Factor, ...]

    def points(self) -> list[Point]:
        """The points to try, in order; a factor a point does not name keeps the scenario's value.

        Source: latin hypercube of SciPy; Morris (1991) and Saltelli's sampling for Sobol' indices of SALib.
        """
        match self.kind:
            case "grid":
                return [_named(self.factors, row) for row in itertools.product(*(f.values for f in self.factors))]
            case "list":
                return [_named(self.factors, row) for row in zip(*(f.values for f in self.factors), strict=True)]
            case "one_at_a_time":
                return [{}, *({factor.name: value} for factor in self.factors for value in factor.levels)]
        return [
            _named(self.factors, [f.at(float(share)) for f, share in zip(self.factors, row, strict=True)])
            for row in self.shares()
        ]

    def shares(self) -> NDArray[np.float64]:
        """Points of the unit cube, shape (n_points, n_factors)."""
        n, settings = len(self.factors), self.settings
        if self.kind == "latin_hypercube":
            from scipy.stats import qmc

            return np.asarray(qmc.LatinHypercube(n, rng=settings["seed"]).random(settings["points"]))
        from SALib.sample import morris, sobol

        names = [factor.name for factor in self.factors]
        problem = {"num_vars": n, "names": names, "bounds": [[0.0, 1.0]] * n}
        if self.kind == "morris":
            return np.asarray(
                morris.sample(problem, settings["trajectories"], num_levels=settings["levels"], seed=settings["seed"])
            )
        rows = sobol.sample(problem, settings["base_points"], calc_second_order=False, seed=settings["seed"])
        return np.asarray(rows)


def design_of(where: str, key: str, given: object, factors: tuple[Factor, ...]) -> Design:
    """A design as a study's file says it.

    Raises:
        BadInput: if its kind is unknown, a setting is missing or impossible, or it does not fit the factors.
    """
    if not isinstance(given, dict) or "kind" not in given:
        raise BadInput(f'{where}: {key} says no kind; write [{key}] and kind = "grid" (or {", ".join(KEYS)})')
    kind = given["kind"]
    if kind not in KEYS:
        raise BadInput(f"{where}: {key}.kind = {kind!r} is unknown; choose from {', '.join(KEYS)}")
    settings = _settings(where, key, {name: value for name, value in given.items() if name != "kind"}, kind)
    _check_fit(where, kind, settings, factors)
    return Design(kind, settings, factors)


def _settings(where: str, key: str, given: Mapping[str, Any], kind: str) -> dict[str, int]:
    needed = KEYS[kind]
    for name in (*needed, *given):
        if name not in given or name not in needed:
            listed = ", ".join(needed) or "no settings"
            raise BadInput(
                f"{where}: {key}.{name} is {'missing' if name in needed else 'unknown'}; {kind} has {listed}"
            )
    for name, least in needed.items():
        if type(given[name]) is not int or not least <= given[name] <= _MOST:
            raise BadInput(f"{where}: {key}.{name} = {given[name]!r} is not a whole number from {least} on")
    return {name: given[name] for name in needed}


def _check_fit(where: str, kind: str, settings: Mapping[str, int], factors: Sequence[Factor]) -> None:
    lengths = {len(factor.values) for factor in factors}
    if kind in ("grid", "list"):
        for factor in factors:
            if not factor.values:
                raise BadInput(f"{where}: {factor.name} is a range, a {kind} needs values; list them or add steps = 5")
    if kind == "list" and len(lengths) > 1:
        raise BadInput(f"{where}: a list takes the first values, then the second ones; give every factor as many")
    base = settings.get("base_points", 2)
    if base & (base - 1):
        raise BadInput(f"{where}: base_points = {base} is not a power of 2, which Sobol' points need; take 64 or 128")
    if settings.get("levels", 2) % 2:
        raise BadInput(f"{where}: levels = {settings['levels']} is odd, Morris needs an even number; take 4")
    if kind in ("sobol", "morris") and len(factors) < 2:
        raise BadInput(f"{where}: {kind} compares factors and has only {factors[0].name}; vary two or more")


def crossed(designs: Sequence[Design]) -> Iterator[Point]:
    """Every point of the first design with every point of the second, and so on; one empty point for none.

    Raises:
        BadInput: if there are more points than anyone can run.
    """
    parts = [design.points() for design in designs]
    count = 1
    for part in parts:
        count *= len(part)
    if count > _MOST_POINTS:
        raise BadInput(f"the design has {count:,} points, more than {_MOST_POINTS:,}; list fewer values")
    for combination in itertools.product(*parts):
        yield {name: value for point in combination for name, value in point.items()}


def _named(factors: Sequence[Factor], row: Sequence[Value]) -> Point:
    return {factor.name: value for factor, value in zip(factors, row, strict=True)}
