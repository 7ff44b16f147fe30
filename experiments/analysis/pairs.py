"""What one scenario does against another with the same luck: differences seed by seed."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from experiments.analysis import charts
from experiments.analysis.convergence import by_seed
from experiments.analysis.finding import Finding, Note, Result, Skipped, named, plural
from experiments.analysis.readout import FIGURES, Figure, Readout
from experiments.intervals import half_width

_NOTES = (
    Note("figure", "", "Headline figure of the run"),
    Note("scenario", "", "Which"),
    Note("reference", "", "Less which, run with the same seeds"),
    Note("mean", "figure", "Mean difference"),
    Note("half_width", "figure", "Half of its 95 % interval, by Student's t; empty with one seed"),
    Note("positive_share", "1", "Share of seeds in which the difference is above zero"),
    Note("unpaired_half_width", "figure", "What the half-width would be had each scenario its own seeds"),
    Note("seeds", "", "Pairs it is made of"),
)


def findings(readout: Readout) -> Iterable[Result]:
    """One finding, if there are two scenarios."""
    first, *others = readout.scenarios
    rows = [row for figure in FIGURES for other in others if (row := _row(readout, figure, other, first))]
    if rows:
        table = pl.DataFrame(rows, schema_overrides={"half_width": pl.Float64, "unpaired_half_width": pl.Float64})
        yield _finding(table, first)
    else:
        yield Skipped("Differences by pairs", "the study has one scenario, or no seed is finished in two")


def _row(readout: Readout, figure: Figure, scenario: str, reference: str) -> dict[str, Any] | None:
    one, other = (readout.outcomes(name, figure.name) for name in (scenario, reference))
    found = by_seed(one - other)
    if not len(found):
        return None
    apart = np.hypot(half_width(by_seed(one)), half_width(by_seed(other)))
    half = half_width(found)
    return {
        "figure": figure.name,
        "scenario": scenario,
        "reference": reference,
        "mean": float(found.mean()),
        "half_width": None if np.isnan(half) else half,
        "positive_share": float((found > 0).mean()),
        "unpaired_half_width": None if np.isnan(apart) else float(apart),
        "seeds": len(found),
    }


def _finding(table: pl.DataFrame, reference: str) -> Finding:
    return Finding(
        "pairs",
        f"Differences from {reference} by pairs of equal seeds",
        "What does a scenario change?",
        (
            *(sentence for figure in FIGURES for sentence in _sentences(table, figure, reference)),
            "Limits: a pair shares every draw of luck that both worlds make, so the interval tells of luck alone; it "
            "is for the numbers at the values of this study, and a difference of gross jobs is net only if the "
            "reference is a world without Stargate and rivals' jobs are counted in both (the output `net`).",
        ),
        "Difference of two runs with the same seed, mean over the points of the study, then over seeds; interval by "
        "Student's t.",
        table,
        _NOTES,
        lambda: _draw(table),
    )


def _sentences(table: pl.DataFrame, figure: Figure, reference: str) -> Iterable[str]:
    rows = table.filter(pl.col("figure") == figure.name)
    if rows.is_empty():
        return
    most = rows.sort(pl.col("mean").abs(), descending=True).row(0, named=True)
    half = "" if most["half_width"] is None else f" ± {figure.shown(most['half_width'])}"
    if not most["mean"]:
        yield f"{charts.capital(figure.label)}: the same in every scenario."
        return
    yield (
        f"{charts.capital(figure.label)}: {most['scenario']} moves it most against {reference}, by "
        f"{figure.shown(most['mean'], is_signed=True)}{half} ({plural(most['seeds'], 'pair')}, above zero in "
        f"{most['positive_share']:.0%} of them)."
    )
    unclear = [*rows.filter(pl.col("mean").abs() <= pl.col("half_width"))["scenario"]]
    if unclear:
        yield f"Not told from no change: {named(unclear)}."
    if most["half_width"]:
        gain = (most["unpaired_half_width"] / most["half_width"]) ** 2
        if gain > 1:
            yield f"Pairing did the work of {gain:,.1f} times as many unpaired runs there."


def _draw(table: pl.DataFrame) -> charts.Drawing:
    known: list[Figure] = [figure for figure in FIGURES if figure.name in set(table["figure"])]
    with charts.style():
        picture = charts.drawing(12.0, 1.3 + 0.3 * table["scenario"].n_unique())
        for i, figure in enumerate(known):
            ax = picture.add_subplot(1, len(known), i + 1)
            rows = table.filter(pl.col("figure") == figure.name).reverse()
            y = np.arange(rows.height)
            half = rows["half_width"].fill_null(0.0).to_numpy() / figure.scale
            ax.errorbar(rows["mean"].to_numpy() / figure.scale, y, xerr=half, fmt="o", color=charts.BLUE, markersize=5)
            charts.factor_axis(ax, [*rows["scenario"]])
            charts.value_axis(ax, figure.unit)
            ax.set_title(charts.capital(figure.label))
        return picture
