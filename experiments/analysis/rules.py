"""Rules of few limits, found by PRIM.

PRIM is the EMA Workbench's: the one maintained library with it whose licence (BSD) goes with ours. It brings
scikit-learn and statsmodels and takes seconds to load, so it is an extra of the package.
"""

import importlib.util
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PEEL, _LEAST_MASS = 0.05, 0.05
_SURE = 0.05

type Values = Mapping[str, Sequence[float | str]]


def is_installed() -> bool:
    """Whether PRIM is there."""
    return importlib.util.find_spec("ema_workbench") is not None


@dataclass(frozen=True, slots=True)
class Limit:
    """What the rule says of a factor.

    Attributes:
        factor: which.
        low, high: between which values, None where it sets no limit.
        values: one of which, empty for a range.
        p: chance of a limit as good if the factor did nothing.
    """

    factor: str
    low: float | None
    high: float | None
    values: tuple[str, ...]
    p: float

    def admits(self, values: Sequence[float | str]) -> NDArray[np.bool_]:
        """Which values satisfy it."""
        if self.values:
            return np.array([value in self.values for value in values])
        numbers = np.array(values, dtype=np.float64)
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return (numbers >= low) & (numbers <= high)

    def text(self, unit: str) -> str:
        """In words."""
        if self.values:
            return f"{self.factor} is {' or '.join(self.values)}"
        told = unit and f" {unit}"
        if self.low is not None and self.high is not None:
            return f"{self.factor} is within {self.low:.3g} to {self.high:.3g}{told}"
        if self.low is not None:
            return f"{self.factor} is over {self.low:.3g}{told}"
        return f"{self.factor} is under {self.high:.3g}{told}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What PRIM found.

    Attributes:
        limits: all of which must hold.
        trajectory: coverage and density of every box on the way, shape (n_boxes, 2).
        place: coverage and density of the rule.
    """

    limits: tuple[Limit, ...]
    trajectory: NDArray[np.float64]
    place: tuple[float, float]

    def holds(self, values: Values) -> NDArray[np.bool_]:
        """Which points satisfy it."""
        return np.array([limit.admits(values[limit.factor]) for limit in self.limits]).all(axis=0)


def rule_of(values: Values, cases: NDArray[np.bool_]) -> Rule:
    """The rule PRIM finds: of the boxes on its way, without limits that may be luck, the best in coverage and density.

    Args:
        values: of each factor at each point
        cases: where the outcome comes about

    Source: Friedman and Fisher (1999), "Bump hunting in high-dimensional data"; Bryant and Lempert (2010), "Thinking
    inside the box", for coverage, density and the quasi-p-values.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what else could be installed
        import pandas as pd  # the one thing PRIM takes
        from ema_workbench.analysis.prim import Prim

        box = Prim(
            pd.DataFrame(dict(values)), cases.astype(np.int64), peel_alpha=_PEEL, mass_min=_LEAST_MASS
        ).find_box()
    if box is None:
        return Rule((), np.empty((0, 2)), (0.0, 0.0))
    trajectory = box.peeling_trajectory[["coverage", "density"]].to_numpy(dtype=np.float64)
    rules: list[Rule] = []
    for i in range(len(trajectory)):
        limits = _limits(box.box_lims[0], box.box_lims[i], box.p_values[i])
        sure = tuple(limit for limit in limits if limit.p < _SURE)  # one peel by chance is soon made on the way
        if sure:
            rules.append(Rule(sure, trajectory, _place(Rule(sure, trajectory, (0.0, 0.0)).holds(values), cases)))
    if not rules:
        return Rule((), trajectory, (0.0, 0.0))
    return max(rules, key=lambda rule: (round(_together(rule.place), 9), -len(rule.limits)))


def _place(inside: NDArray[np.bool_], cases: NDArray[np.bool_]) -> tuple[float, float]:
    """Coverage and density."""
    both = float((inside & cases).sum())
    return both / max(int(cases.sum()), 1), both / max(int(inside.sum()), 1)


def _together(place: tuple[float, float]) -> float:
    """Harmonic mean of coverage and density."""
    return 2 * place[0] * place[1] / max(sum(place), 1e-12)


def _limits(whole: Any, box: Any, ps: Mapping[str, Sequence[float]]) -> tuple[Limit, ...]:
    found = []
    for name in box.columns:
        before, now = [*whole[name]], [*box[name]]
        if isinstance(before[0], set):
            if now[0] != before[0]:
                found.append(Limit(str(name), None, None, tuple(sorted(map(str, now[0]))), _worst(ps.get(name, ()))))
            continue
        low = float(now[0]) if now[0] > before[0] else None
        high = float(now[1]) if now[1] < before[1] else None
        if low is not None or high is not None:
            found.append(Limit(str(name), low, high, (), _worst(ps.get(name, ()))))
    return tuple(found)


def _worst(ps: Sequence[float]) -> float:
    """The largest chance; the library writes -1 where there is no limit."""
    return max((float(p) for p in ps if p >= 0), default=1.0)
