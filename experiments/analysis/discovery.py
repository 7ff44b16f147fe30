"""Scenario discovery: under which values of what varies an outcome comes about, in a rule of few limits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

import abm
from experiments import claims
from experiments.analysis import charts, rules
from experiments.analysis.finding import Finding, Note, Result, Skipped
from experiments.analysis.luck import means
from experiments.analysis.readout import FIGURES, Figure, Readout
from experiments.analysis.rules import Rule, Values, rule_of
from experiments.study_factors import Factor

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_POINTS, LEAST_CASES = 60, 10
_FOUND_ON, _SEED = 2 / 3, 1  # share of the points on which the rule is found; the others only judge it
_FILLING = ("latin_hypercube", "sobol", "grid")  # designs whose points fill the space


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is asked about: a figure below or above a threshold.

    Attributes:
        figure: which.
        threshold: in the units of the table.
        is_below: below it, or above.
    """

    figure: Figure
    threshold: float
    is_below: bool

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.figure.label} {'under' if self.is_below else 'over'} {self.figure.shown(self.threshold)}"

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Where it comes about."""
        return np.asarray(values < self.threshold if self.is_below else values > self.threshold)


CLAIM = Outcome(FIGURES[0], claims.JOBS, is_below=True)


def findings(readout: Readout, outcome: Outcome = CLAIM) -> Iterable[Result]:
    """One finding for each scenario, if points fill the space."""
    name = "Scenario discovery"
    if not any(design.kind in _FILLING for design in readout.designs):
        yield Skipped(name, f"no design fills the space; take one of {', '.join(_FILLING)}")
    elif not rules.is_installed():
        yield Skipped(name, "it needs the EMA Workbench; install stargate-abm[discovery]")
    else:
        for scenario in readout.scenarios:
            yield _for_scenario(readout, scenario, outcome)


def _for_scenario(readout: Readout, scenario: str, asked: Outcome) -> Result:
    name = f"Scenario discovery: {scenario}"
    outcomes = means(readout, scenario, asked.figure)
    rows = readout.rows.filter(pl.col("scenario") == scenario).unique("point", keep="first").sort("point")
    whole = np.isfinite(outcomes)
    if whole.sum() < LEAST_POINTS:
        return Skipped(name, f"it has {whole.sum()} finished points, and needs {LEAST_POINTS}")
    values = {f.name: [v for v, is_whole in zip(rows[f.name], whole, strict=True) if is_whole] for f in readout.factors}
    outcomes = outcomes[whole]
    outcome = asked
    if not LEAST_CASES <= asked.holds(outcomes).sum() <= len(outcomes) - LEAST_CASES:
        outcome = Outcome(asked.figure, float(np.median(outcomes)), asked.is_below)
    cases = outcome.holds(outcomes)
    if not LEAST_CASES <= cases.sum() <= len(cases) - LEAST_CASES:
        return Skipped(name, f"{asked.text} comes about at {asked.holds(outcomes).sum()} of {len(cases)} points")
    found_on = np.zeros(len(cases), dtype=np.bool_)
    found_on[np.random.default_rng(_SEED).permutation(len(cases))[: int(_FOUND_ON * len(cases))]] = True
    rule = rule_of({name: _chosen(column, found_on) for name, column in values.items()}, cases[found_on])
    return _finding(readout, scenario, (asked, outcome), rule, values, cases, found_on)


def _chosen(column: Sequence[float | str], which: NDArray[np.bool_]) -> list[float | str]:
    return [value for value, is_chosen in zip(column, which, strict=True) if is_chosen]


_NOTES = (
    Note("factor", "", "What varied"),
    Note("kind", "", "levers (somebody decides), numbers (nobody knows), switches (how the model is built)"),
    Note("unit", "", "Of its limits"),
    Note("low", "", "The rule asks for more than this; empty if it does not"),
    Note("high", "", "The rule asks for less than this; empty if it does not"),
    Note("values", "", "The rule asks for one of these"),
    Note("quasi_p", "1", "Chance of a limit as good if the factor did nothing; empty if the rule is silent about it"),
)


def _finding(
    readout: Readout,
    scenario: str,
    asked: tuple[Outcome, Outcome],
    rule: Rule,
    values: Values,
    cases: NDArray[np.bool_],
    found_on: NDArray[np.bool_],
) -> Finding:
    units = {number.name: number.unit for number in abm.numbers_table()}
    _, outcome = asked
    return Finding(
        f"discovery-{scenario}",
        f"When is {outcome.text}? {scenario}",
        f"Under which values is {outcome.text}?",
        (
            *_asked_sentence(*asked),
            *_sentences(outcome, rule, values, cases, found_on, units),
            "Limits: the rule holds for the ranges and the model of this study; it says where the outcome was found, "
            "not what causes it, and another rule may fit almost as well.",
        ),
        "PRIM (Friedman and Fisher 1999) of the EMA Workbench on the points' means over seeds; of the boxes on its "
        "way, without limits whose quasi-p-value is 5 % or more, the one with the best harmonic mean of coverage and "
        f"density; found on {found_on.sum()} points drawn at random, judged on the other {(~found_on).sum()}.",
        _table(readout.factors, rule, units),
        _NOTES,
        _drawing(rule, readout.factors) if rule.limits else None,
    )


def _asked_sentence(asked: Outcome, outcome: Outcome) -> Iterable[str]:
    if asked != outcome:
        yield f"{charts.capital(asked.text)} is too rare or too common here to ask about; the median is taken."


def _sentences(
    outcome: Outcome,
    rule: Rule,
    values: Values,
    cases: NDArray[np.bool_],
    found_on: NDArray[np.bool_],
    units: Mapping[str, str],
) -> Iterable[str]:
    share = cases.mean()
    if not rule.limits:
        yield f"No rule: {outcome.text} at {share:.0%} of the points, and no limit on any factor is surely better."
        return
    told = " and ".join(limit.text(_unit(units.get(limit.factor, ""))) for limit in rule.limits)
    inside = rule.holds(values)
    yield f"{charts.capital(outcome.text)} when {told}."
    yield (
        f"So it is at {_share(cases, inside & found_on)} of the points in the rule on which it was found, and at "
        f"{_share(cases, inside & ~found_on)} of those in it that were kept apart, against {share:.0%} of all points; "
        f"the rule covers {_share(inside, cases)} of the points where it comes about."
    )


def _share(what: NDArray[np.bool_], among: NDArray[np.bool_]) -> str:
    return (
        f"{what[among].mean():.0%} ({what[among].sum()} of {among.sum()})" if among.any() else "none (there are none)"
    )


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _table(factors: Sequence[Factor], rule: Rule, units: Mapping[str, str]) -> pl.DataFrame:
    by_name = {limit.factor: limit for limit in rule.limits}
    rows = [
        (factor.name, factor.kind, units.get(factor.name, ""), it and it.low, it and it.high,
         ", ".join(it.values) if it else None, it and it.p)
        for factor in factors for it in [by_name.get(factor.name)]
    ]  # fmt: skip
    texts, floats = pl.String, pl.Float64
    kinds = (texts, texts, texts, floats, floats, texts, floats)
    return pl.DataFrame(rows, schema={n.name: k for n, k in zip(_NOTES, kinds, strict=True)}, orient="row")


def _drawing(rule: Rule, factors: Sequence[Factor]) -> "Callable[[], charts.Drawing]":
    ranges = {f.name: (min(f.levels), max(f.levels)) for f in factors if not isinstance(f.levels[0], str)}
    bars = [
        (it.factor, (low if it.low is None else it.low, high if it.high is None else it.high), (low, high))
        for it in rule.limits if it.factor in ranges for low, high in [ranges[it.factor]]
    ]  # fmt: skip
    return lambda: charts.rule(rule.trajectory, rule.place, bars)
