"""Morris' screen: which of what varies matters at all, and which cannot be told from luck."""

import warnings
from typing import Any

import numpy as np
import polars as pl
from SALib.analyze import morris

from experiments.analysis import charts
from experiments.analysis.factors import COMMON, LEAST_BLOCKS, RESAMPLES, SEED, problem_of, slug
from experiments.analysis.finding import Finding, Note, named
from experiments.analysis.luck import point_means
from experiments.analysis.readout import FIGURES, Figure, Floats, Layout

# Mean of |x| of a normal x with standard deviation 1: what mu* would be of a factor that does nothing but luck.
_MEAN_ABSOLUTE = float(np.sqrt(2 / np.pi))

_MORRIS_NOTES = (
    *COMMON,
    Note("mu_star", "figure", "Mean absolute elementary effect: change of the figure per full range of the factor"),
    Note("mu_star_half_width", "figure", "Half of its 95 % interval, by bootstrap over trajectories"),
    Note("mu", "figure", "Mean elementary effect with its sign"),
    Note("sigma", "figure", "Standard deviation of the elementary effects: bends or joint effects with other factors"),
    Note("luck", "figure", "mu* that luck alone would give with these seeds; empty with one seed"),
    Note("is_beyond_luck", "", "Whether the lower end of mu*'s interval lies above luck"),
    Note("trajectories", "", "Trajectories without a failed run, of which this is made"),
)


def elementary_effects(shares: Floats, outcomes: Floats) -> Floats:
    """Change of the outcome per full range of the factor that moved.

    Args:
        shares: points of the trajectories, one after the other, shape (n_trajectories * (n_factors + 1), n_factors)
        outcomes: at each with each seed, shape (n_points, n_seeds)

    Returns:
        shape (n_factors, n_trajectories, n_seeds).

    Source: Morris (1991), "Factorial sampling plans for preliminary computational experiments".
    """
    n = shares.shape[1]
    steps = np.diff(shares.reshape(-1, n + 1, n), axis=1)
    rises = np.diff(outcomes.reshape(-1, n + 1, outcomes.shape[1]), axis=1)
    moved = np.abs(steps).argmax(axis=2)  # shape (n_trajectories, n_factors): which factor moves at each step
    size = np.take_along_axis(steps, moved[:, :, None], axis=2)
    order = np.argsort(moved, axis=1)[:, :, None]
    return np.asarray(np.take_along_axis(rises / size, order, axis=1).swapaxes(0, 1))


def screen(layout: Layout) -> Finding:
    """What a Morris design found."""
    rows = [row for figure in FIGURES for row in _screen_rows(layout, figure)]
    table = pl.DataFrame(rows, schema_overrides={"luck": pl.Float64, "is_beyond_luck": pl.Boolean})
    seeds = next(iter(layout.outcomes.values())).shape[1]
    reading = [sentence for figure in FIGURES for sentence in _screen_sentences(table, figure)]
    limits = (
        "Limits: a screen ranks what was varied over the ranges the study gave it, and says nothing of what was not "
        "varied; a rank within the intervals is not a rank"
    )
    limits += "." if seeds > 1 else "; with one seed luck cannot be told from effect."
    return Finding(
        f"morris-{slug(layout.world)}",
        f"Morris screen: {layout.world}",
        "Which factors matter at all?",
        (*reading, limits),
        f"Elementary effects of Morris (1991) with mu* of Campolongo et al. (2007), by SALib; means over {seeds} "
        "seeds, the same seeds at every point; trajectories with a failed run are left out.",
        table,
        _MORRIS_NOTES,
        lambda: charts.screen(table, FIGURES),
    )


def _screen_rows(layout: Layout, figure: Figure) -> list[dict[str, Any]]:
    n = len(layout.design.factors)
    means = point_means(layout.outcomes[figure.name]).reshape(-1, n + 1)
    whole = np.isfinite(means).all(axis=1)
    rows = np.repeat(whole, n + 1)
    if whole.sum() < LEAST_BLOCKS:
        return []
    effects = elementary_effects(layout.shares[rows], layout.outcomes[figure.name][rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a figure that nothing moves has no spread to divide by
        found = morris.analyze(
            problem_of(layout), layout.shares[rows], means[whole].ravel(), num_resamples=RESAMPLES,
            num_levels=layout.design.settings["levels"], seed=SEED,
        )  # fmt: skip
    return [
        {
            "figure": figure.name,
            "factor": factor.name,
            "kind": factor.kind,
            "mu_star": float(found["mu_star"][i]),
            "mu_star_half_width": float(found["mu_star_conf"][i]),
            "mu": float(found["mu"][i]),
            "sigma": float(found["sigma"][i]),
            "luck": (luck := _luck(effects[i])),
            "is_beyond_luck": None if luck is None else bool(found["mu_star"][i] - found["mu_star_conf"][i] > luck),
            "trajectories": int(whole.sum()),
        }
        for i, factor in enumerate(layout.design.factors)
    ]


def _luck(effects: Floats) -> float | None:
    """What mu* of a factor without effect would be, from how its effects differ from seed to seed.

    Args:
        effects: shape (n_trajectories, n_seeds)
    """
    full = effects[np.isfinite(effects).all(axis=1)]
    seeds = effects.shape[1]
    if seeds < 2 or not len(full):
        return None
    error = np.sqrt(full.var(axis=1, ddof=1).mean() / seeds)
    return float(_MEAN_ABSOLUTE * error)


def _screen_sentences(table: pl.DataFrame, figure: Figure) -> list[str]:
    rows = table.filter(pl.col("figure") == figure.name).sort("mu_star", descending=True)
    if rows.is_empty():
        return [f"Too many runs failed to screen {figure.label}."]
    first = rows.row(0, named=True)
    if not first["mu_star"]:
        return [f"Nothing that was varied moves {figure.label}."]
    said = [
        f"{charts.capital(figure.label)}: {first['factor']} moves it most, by {figure.shown(first['mu_star'])} "
        f"(± {figure.shown(first['mu_star_half_width'])}) over its full range, {_direction(first)}."
    ]
    known = rows.drop_nulls("is_beyond_luck")
    if known.height:
        beyond = [*known.filter("is_beyond_luck")["factor"]]
        rest = known.height - len(beyond)
        told = f"surely more than luck: {named(beyond)}" if beyond else "none surely more than luck"
        said.append(
            f"Of {known.height} factors {len(beyond)} move it, {told}; the other {rest} cannot be told from it."
        )
    bent = [*rows.filter((pl.col("sigma") > pl.col("mu_star")) & (pl.col("mu_star") > 0))["factor"]]
    if bent:
        said.append(f"What {named(bent)} does depends on the other factors or is not in proportion (sigma above mu*).")
    return said


def _direction(row: dict[str, Any]) -> str:
    if abs(row["mu"]) < 0.5 * row["mu_star"]:
        return "up in some places and down in others"
    return "upwards" if row["mu"] > 0 else "downwards"
