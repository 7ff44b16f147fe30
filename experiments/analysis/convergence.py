"""Whether there are enough seeds: means and paired differences of scenarios, and how their intervals shrink."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from experiments.analysis import charts
from experiments.analysis.finding import Finding, Note, Result, Skipped, named, plural
from experiments.analysis.readout import FIGURES, Figure, Floats, Readout
from experiments.intervals import half_width

_LEAST_SEEDS = 3
_NOTES = (
    Note("figure", "", "Headline figure of the run"),
    Note("scenario", "", "Which, or the difference of two with the same seeds"),
    Note("seeds", "", "So many seeds, in the order of the study"),
    Note("mean", "figure", "Mean over them, each seed's value being its mean over the points"),
    Note("half_width", "figure", "Half of the 95 % interval of that mean, by Student's t"),
)


def by_seed(outcomes: Floats) -> Floats:
    """Mean over the points for each seed all whose runs were finished, shape (n_whole_seeds,)."""
    whole = np.isfinite(outcomes).all(axis=0)
    return np.asarray(outcomes[:, whole].mean(axis=0))


def findings(readout: Readout) -> Iterable[Result]:
    """One finding, if there are seeds to judge by."""
    rows = [row for figure in FIGURES for row in _rows(readout, figure)]
    if rows:
        yield _finding(pl.DataFrame(rows))
    else:
        yield Skipped("Enough seeds?", f"fewer than {_LEAST_SEEDS} seeds are finished at every point")


def _series(readout: Readout, figure: Figure) -> dict[str, Floats]:
    """By seed: every scenario, and the others less the first with the same seeds."""
    first, *others = readout.scenarios
    base = readout.outcomes(first, figure.name)
    found = {first: by_seed(base)}
    for other in others:
        outcomes = readout.outcomes(other, figure.name)
        found[other] = by_seed(outcomes)
        found[f"{other} less {first}"] = by_seed(outcomes - base)
    return {name: values for name, values in found.items() if len(values) >= _LEAST_SEEDS}


def _rows(readout: Readout, figure: Figure) -> Iterable[dict[str, Any]]:
    for name, values in _series(readout, figure).items():
        for n in range(2, len(values) + 1):
            yield {
                "figure": figure.name,
                "scenario": name,
                "seeds": n,
                "mean": float(values[:n].mean()),
                "half_width": half_width(values[:n]),
            }


def _finding(table: pl.DataFrame) -> Finding:
    return Finding(
        "convergence",
        "Means as seeds were added",
        "Are there enough seeds?",
        (
            *(sentence for figure in FIGURES for sentence in _sentences(table, figure)),
            "Limits: the intervals tell of the luck of the draw alone, not of numbers that may be wrong; they hold for "
            "means over the points of this study, and looking again and again until an interval is narrow makes it a "
            "little too narrow.",
        ),
        "Each seed gives one value, its mean over the points; intervals of the mean by Student's t; scenarios share "
        "their seeds, so differences are taken seed by seed.",
        table,
        _NOTES,
        lambda: _draw(table),
    )


def _sentences(table: pl.DataFrame, figure: Figure) -> Iterable[str]:
    last = table.filter(pl.col("figure") == figure.name).group_by("scenario", maintain_order=True).last()
    told = [row for row in last.iter_rows(named=True) if " less " not in row["scenario"]]
    differences = [row for row in last.iter_rows(named=True) if " less " in row["scenario"]]
    if not told:
        return
    first = told[0]
    yield (
        f"{charts.capital(figure.label)}, {first['scenario']}: {figure.shown(first['mean'])} ± "
        f"{figure.shown(first['half_width'])} after {plural(first['seeds'], 'seed')}; {_half_as_wide(first)}"
    )
    open_ones = [row["scenario"] for row in differences if abs(row["mean"]) <= row["half_width"]]
    if differences and not open_ones:
        yield f"The sign of every difference from {first['scenario']} is settled."
    elif open_ones:
        yield f"Not enough seeds, or no difference: the interval of {named(open_ones)} holds zero."


def _half_as_wide(row: dict[str, Any]) -> str:
    if not row["half_width"]:
        return "the seeds do not move it."
    share = row["half_width"] / abs(row["mean"]) if row["mean"] else math.inf
    if share <= 0.01:
        return "that is within one per cent of the mean, enough for any use of this model."
    needed = math.ceil(row["seeds"] * (share / 0.01) ** 2)
    return f"for ± 1 % about {plural(needed, 'seed')} would be needed."


def _draw(table: pl.DataFrame) -> charts.Drawing:
    known: Sequence[Figure] = [figure for figure in FIGURES if figure.name in set(table["figure"])]
    differences = table.filter(pl.col("scenario").str.contains(" less ", literal=True))
    shown = differences if differences.height else table
    with charts.style():
        picture = charts.drawing(12.0, 3.6)
        for i, figure in enumerate(known):
            ax = picture.add_subplot(1, len(known), i + 1)
            part = shown.filter(pl.col("figure") == figure.name)
            for colour, (name, rows) in zip(
                charts.colours(), part.group_by("scenario", maintain_order=True), strict=False
            ):
                n, mean = rows["seeds"].to_numpy(), rows["mean"].to_numpy() / figure.scale
                half = rows["half_width"].to_numpy() / figure.scale
                ax.plot(n, mean, color=colour, label=str(name[0]))
                ax.fill_between(n, mean - half, mean + half, color=colour, alpha=0.18, linewidth=0)
            charts.zero_line(ax)
            ax.set_xlabel("seeds")
            ax.set_ylabel(figure.unit)
            ax.set_title(charts.capital(figure.label))
            if i == 0:
                charts.legend(picture, ax)
        return picture
