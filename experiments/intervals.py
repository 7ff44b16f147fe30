"""Intervals of means, the same wherever one is told."""

import math

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


def half_width(values: NDArray[np.float64]) -> float:
    """Half of the 95 % interval of the mean of independent values, by Student's t; NaN for fewer than two."""
    from scipy import stats  # takes most of a second to load

    n = len(values)
    if n < 2:
        return math.nan
    return float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * values.std(ddof=1) / math.sqrt(n))
