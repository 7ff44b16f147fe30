"""Tells luck from effect: outcomes by point and seed are split into what the point, the seed and their meeting do."""

from dataclasses import dataclass

import numpy as np
import numpy.ma as ma

from experiments.analysis.readout import Figure, Floats, Readout


@dataclass(frozen=True, slots=True)
class Variance:
    """Variance of a single run by where it comes from, in squared units of the figure.

    Attributes:
        points: what the points do.
        seeds: luck that all points share, which differences between points do not feel.
        rest: luck that differs from point to point.
        seed_count: seeds it was told from.
    """

    points: float
    seeds: float
    rest: float
    seed_count: int

    @property
    def total(self) -> float:
        """Of a single run."""
        return self.points + self.seeds + self.rest

    @property
    def left_in_means(self) -> float:
        """Share of the variance between the points' means that is luck."""
        luck = self.rest / self.seed_count
        whole = self.points + luck
        return luck / whole if whole > 0 else 0.0


def variance_of(outcomes: Floats) -> Variance | None:
    """Split the outcomes of points run with the same seeds; None with fewer than two points or seeds.

    Args:
        outcomes: shape (n_points, n_seeds); points with a failed run are left out

    Source: two-way analysis of variance with one run a cell, variance components from expected mean squares
    (Searle, Casella and McCulloch 1992, chapter 4).
    """
    y = outcomes[np.isfinite(outcomes).all(axis=1)]
    n, s = y.shape
    if n < 2 or s < 2:
        return None
    by_point, by_seed, mean = y.mean(axis=1), y.mean(axis=0), y.mean()
    left = y - by_point[:, None] - by_seed[None, :] + mean
    mean_square = float((left**2).sum() / ((n - 1) * (s - 1)))
    points = float(by_point.var(ddof=1)) - mean_square / s
    seeds = float(by_seed.var(ddof=1)) - mean_square / n
    return Variance(max(points, 0.0), max(seeds, 0.0), mean_square, s)


def point_means(outcomes: Floats) -> Floats:
    """Mean over the seeds that were finished, NaN where none was, shape (n_points,)."""
    found = ma.masked_invalid(outcomes).mean(axis=1)
    return np.asarray(ma.filled(found, np.nan), dtype=np.float64)


def means(readout: Readout, scenario: str, figure: Figure) -> Floats:
    """Mean over the finished seeds at each point of a scenario, shape (n_points,)."""
    return point_means(readout.outcomes(scenario, figure.name))
