"""Sobol' indices: how much of the variance comes from which of what varies, with luck told apart."""

import warnings
from typing import Any

import numpy as np
import polars as pl
from SALib.analyze import sobol

from experiments.analysis import charts
from experiments.analysis.factors import COMMON, LEAST_BLOCKS, RESAMPLES, SEED, luck_sentence, problem_of, slug
from experiments.analysis.finding import Finding, Note, named
from experiments.analysis.luck import point_means, variance_of
from experiments.analysis.readout import FIGURES, Figure, Layout

# Below these the estimate can be far off and its bootstrap interval does not tell: both sides of each base point come
# from one short sequence, whose first points are alike.
_LEAST_BASE_POINTS, _LEAST_WHOLE = 32, 0.85

_SOBOL_NOTES = (
    *COMMON,
    Note("first", "1", "First-order index: share of the variance of the points' means that the factor explains alone"),
    Note("first_half_width", "1", "Half of its 95 % interval, by bootstrap over base points"),
    Note("total", "1", "Total index: the same with all joint effects it takes part in"),
    Note("total_half_width", "1", "Half of its 95 % interval"),
    Note("base_points", "", "Base points without a failed run, of which this is made"),
)


def indices(layout: Layout) -> Finding:
    """What a Sobol' design found."""
    rows = [row for figure in FIGURES for row in _index_rows(layout, figure)]
    schema = {note.name: pl.Float64 for note in _SOBOL_NOTES[3:-1]}
    table = pl.DataFrame(rows, schema_overrides=schema)
    seeds = next(iter(layout.outcomes.values())).shape[1]
    reading = [sentence for figure in FIGURES for sentence in _index_sentences(table, layout, figure)]
    limits = (
        "Limits: shares are of the variance over the ranges the study gave, each value in them taken as equally likely "
        "and the factors as independent; an index whose interval holds zero is not shown to differ from zero"
    )
    limits += "." if seeds > 1 else "; with one seed the luck of the draw counts as effect."
    return Finding(
        f"sobol-{slug(layout.world)}",
        f"Sobol' indices: {layout.world}",
        "How much of what is uncertain comes from which factor?",
        (*reading, limits),
        f"First-order and total indices by Saltelli's scheme (Saltelli et al. 2010), by SALib, of means over {seeds} "
        f"seeds; intervals by {RESAMPLES:,} bootstrap resamples; base points with a failed run are left out whole.",
        table,
        _SOBOL_NOTES,
        lambda: charts.indices(table, FIGURES),
    )


def _index_rows(layout: Layout, figure: Figure) -> list[dict[str, Any]]:
    n = len(layout.design.factors)
    means = point_means(layout.outcomes[figure.name]).reshape(-1, n + 2)
    whole = np.isfinite(means).all(axis=1)
    used = means[whole].ravel()
    if whole.sum() < LEAST_BLOCKS:
        return []
    found: dict[str, Any] = {}
    if np.ptp(used) > 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of resamples in which all values are equal
            found = sobol.analyze(problem_of(layout), used, calc_second_order=False, num_resamples=RESAMPLES, seed=SEED)
    names = {"first": "S1", "first_half_width": "S1_conf", "total": "ST", "total_half_width": "ST_conf"}
    return [
        {"figure": figure.name, "factor": factor.name, "kind": factor.kind}
        | {ours: float(found[theirs][i]) if found else None for ours, theirs in names.items()}
        | {"base_points": int(whole.sum())}
        for i, factor in enumerate(layout.design.factors)
    ]


def _index_sentences(table: pl.DataFrame, layout: Layout, figure: Figure) -> list[str]:
    rows = table.filter(pl.col("figure") == figure.name)
    if rows.is_empty():
        return [f"Too many runs failed to split the variance of {figure.label}."]
    known = rows.drop_nulls("total").sort("total", descending=True)
    if known.is_empty():
        return [f"Nothing that was varied moves {figure.label}."]
    whole = float(known["total"].sum())
    if known["base_points"][0] < _LEAST_BASE_POINTS or whole < _LEAST_WHOLE:
        return [
            f"{charts.capital(figure.label)}: not to be used. The totals add up to {whole:.0%} of the variance where "
            f"they cannot add up to less than all of it, from "
            f"{known['base_points'][0]} base points; take more, 64 or 128."
        ]
    first = known.row(0, named=True)
    said = [
        f"{figure.label[0].upper()}{figure.label[1:]}: {first['factor']} accounts for "
        f"{first['total']:.0%} ± {first['total_half_width']:.0%} of the variance with its joint effects, "
        f"{first['first']:.0%} ± {first['first_half_width']:.0%} alone."
    ]
    alone = float(known["first"].sum())
    wide = [*known.filter(pl.col("total_half_width") > 0.2)["factor"]]  # a fifth of all variance
    said.append(f"The factors alone add up to {alone:.0%}; the rest is joint effects and the error of the estimate.")
    if wide:
        said.append(f"More base points are needed for {named(wide)}: their intervals are wider than ± 20 %.")
    split = variance_of(layout.outcomes[figure.name])
    return said if split is None else [*said, luck_sentence(split, figure)]
