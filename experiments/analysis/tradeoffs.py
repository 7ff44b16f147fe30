"""What levers buy and cost: outcomes of every choice beside one another, and what no other choice beats."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from experiments.analysis import charts
from experiments.analysis.finding import Finding, Note, Result, Skipped, named, plural
from experiments.analysis.readout import FIGURES, Floats, Readout
from experiments.intervals import half_width

# More jobs and more power for less money.
AIMS = {"peak_jobs": 1, "last_operating_mw": 1, "spent_usd": -1}
_STRONG, _SURE = 0.3, 0.05  # rank correlation, and chance of one so large without any
_LEAST_CHOICES = 2
_LEVER_ROWS = 4


def findings(readout: Readout) -> Iterable[Result]:
    """One finding, if there is anything to choose between."""
    choices = _choices(readout)
    if choices.height >= _LEAST_CHOICES:
        yield _finding(choices, readout)
    else:
        yield Skipped("Trade-offs", "there is one choice only: one scenario and no lever")


def _levers(readout: Readout) -> list[str]:
    return [factor.name for factor in readout.factors if factor.kind == "levers"]


def _choices(readout: Readout) -> pl.DataFrame:
    """One row for each scenario and combination of levers: mean and half-width of each aim, whether unbeaten.

    The mean is over uncertain numbers, switches and seeds; the interval is over seeds, which choices share.
    """
    keys = ["scenario", *_levers(readout)]
    by_seed = readout.rows.group_by(*keys, "seed", maintain_order=True).agg(pl.col(name).mean() for name in AIMS)
    rows = []
    for key, part in by_seed.group_by(*keys, maintain_order=True):
        row: dict[str, Any] = dict(zip(keys, key, strict=True))
        for name in AIMS:
            values = part[name].drop_nulls().to_numpy()
            row[name] = float(values.mean()) if len(values) else None
            half = half_width(values)
            row[f"{name}_half_width"] = None if np.isnan(half) else half
        rows.append(row)
    floats = {column: pl.Float64 for name in AIMS for column in (name, f"{name}_half_width")}
    found = pl.DataFrame(rows, schema_overrides=floats, infer_schema_length=None).drop_nulls([*AIMS])
    return found.with_columns(is_unbeaten=pl.Series(unbeaten(found.select(*AIMS).to_numpy() * [*AIMS.values()])))


def unbeaten(goods: Floats) -> list[bool]:
    """Whether no other row is at least as good in everything and better in something.

    Args:
        goods: more is better, shape (n_choices, n_aims)
    """
    return [not bool(((goods >= row).all(axis=1) & (goods > row).any(axis=1)).any()) for row in np.asarray(goods)]


def _finding(choices: pl.DataFrame, readout: Readout) -> Finding:
    levers = _levers(readout)
    notes = [Note("scenario", "", "Which")]
    notes += [Note(name, "", "Value of the lever") for name in levers]
    for figure in FIGURES:
        notes.append(Note(figure.name, "", f"Mean of {figure.label}, over seeds and whatever else varied"))
        notes.append(Note(f"{figure.name}_half_width", "", "Half of its 95 % interval over seeds; empty with one seed"))
    notes.append(Note("is_unbeaten", "", "No other choice has more jobs, more power and lower spending at once"))
    return Finding(
        "tradeoffs",
        "What the choices buy and cost",
        "What must be given up for what?",
        (
            *_sentences(choices),
            *(sentence for lever in levers for sentence in _lever_sentences(choices, lever)),
            "Limits: jobs and power are taken as better the more there are and spending the less, which is a "
            "judgement; an unbeaten choice may be unbeaten by luck where intervals overlap, and choices that were not "
            "tried are not compared.",
        ),
        "Means over seeds and over the points of uncertain numbers and switches; a choice is unbeaten (Pareto) if "
        "none is at least as good in all three aims and better in one; levers are judged by Spearman's rank "
        "correlation over the choices.",
        choices,
        tuple(notes),
        lambda: _draw(choices),
    )


def _sentences(choices: pl.DataFrame) -> Iterable[str]:
    best = choices.filter("is_unbeaten")
    yield (
        f"{best.height} of {plural(choices.height, 'choice')} are unbeaten: to have more jobs or more power than with "
        "one of them, something else must be given up."
    )
    for figure in FIGURES:
        top = choices.sort(figure.name, descending=AIMS[figure.name] > 0).row(0, named=True)
        word = "Most" if AIMS[figure.name] > 0 else "Least"
        told = [f"{name} = {_value(top[name])}" for name in choices.columns[1:] if not _is_outcome(name)]
        at = ", ".join([top["scenario"], *told[:_LEVER_ROWS]]) + (", ..." if len(told) > _LEVER_ROWS else "")
        yield f"{word} for {figure.label}: {figure.shown(top[figure.name])} at {at}."


def _lever_sentences(choices: pl.DataFrame, lever: str) -> Iterable[str]:
    values = choices[lever].to_numpy()
    if choices[lever].dtype == pl.String or len(set(values)) < _LEAST_CHOICES:
        return
    moves = {}
    for figure in FIGURES:
        outcomes = choices[figure.name].to_numpy()
        if np.ptp(outcomes) == 0:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of few points, for which it gives no probability
            found = stats.spearmanr(values, outcomes)
        if abs(found.statistic) >= _STRONG and found.pvalue < _SURE:
            moves[figure.name] = float(found.statistic)
    good = [figure.label for figure in FIGURES if moves.get(figure.name, 0) * AIMS[figure.name] > 0]
    bad = [figure.label for figure in FIGURES if moves.get(figure.name, 0) * AIMS[figure.name] < 0]
    if good and bad:
        yield f"More of {lever} is better for {named(good)} and worse for {named(bad)}: a trade-off."
    elif good or bad:
        yield f"More of {lever} is {'better' if good else 'worse'} for {named(good or bad)}, and no aim is against it."


def _is_outcome(name: str) -> bool:
    return name in AIMS or name.endswith("_half_width") or name == "is_unbeaten"


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _draw(choices: pl.DataFrame) -> charts.Drawing:
    jobs, power, money = FIGURES
    with charts.style():
        picture = charts.drawing(8.0, 4.6)
        ax = picture.add_subplot()
        x, y = (choices[figure.name].to_numpy() / figure.scale for figure in (money, power))
        size = choices[jobs.name].to_numpy()
        dots = ax.scatter(x, y, c=size / jobs.scale, cmap="cividis", s=36, zorder=3)
        best = choices["is_unbeaten"].to_numpy()
        ax.scatter(x[best], y[best], s=110, facecolors="none", edgecolors=charts.BLACK, zorder=4, label="unbeaten")
        picture.colorbar(dots, ax=ax, label=f"{jobs.label} ({jobs.unit})")
        ax.set_xlabel(f"{money.label} ({money.unit})")
        ax.set_ylabel(f"{power.label} ({power.unit})")
        ax.legend(frameon=False, loc="best")
        return picture
