"""Studies whose outcomes are formulas, so that what an analysis should find is known beforehand."""

from pathlib import Path

import numpy as np
import polars as pl

from experiments.analysis.readout import FIGURES, Readout
from experiments.designs import Design
from experiments.study_factors import Factor

NAMES = tuple(figure.name for figure in FIGURES)


def factor(name, low=0.0, high=1.0, kind="numbers"):
    return Factor(name, kind, low=low, high=high)


def readout(outcome, designs=(), scenarios=("baseline",), seeds=(1,), failed=()):
    """A study in which `outcome(scenario, values, seed)` gives every headline figure.

    `failed` lists (point, seed) whose run failed.
    """
    grids = [design.points() for design in designs]
    points = [{}]
    for grid in grids:
        points = [{**before, **after} for before in points for after in grid]
    rows = [
        {"scenario": scenario, "point": i, "seed": seed, **values}
        | dict.fromkeys(NAMES, None if (i, seed) in failed else float(outcome(scenario, values, seed)))
        for scenario in scenarios
        for i, values in enumerate(points)
        for seed in seeds
    ]
    manifest = {
        "name": "formula", "why": "A formula.", "seeds": [*seeds], "scenarios": [{"name": name} for name in scenarios],
        "parameters": [
            {"name": f.name, "kind": f.kind, "values": [*f.values], "low": f.low, "high": f.high}
            for design in designs for f in design.factors
        ],
        "designs": [{"kind": d.kind, **d.settings, "of": [f.name for f in d.factors]} for d in designs],
    }  # fmt: skip
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(NAMES, pl.Float64), infer_schema_length=None)
    return Readout(manifest, Path("formula"), tuple(designs), frame)


def morris(*factors, trajectories=20, seed=1):
    return Design("morris", {"trajectories": trajectories, "levels": 4, "seed": seed}, factors)


def sobol(*factors, base_points=256, seed=1):
    return Design("sobol", {"base_points": base_points, "seed": seed}, factors)


def hypercube(*factors, points=300, seed=1):
    return Design("latin_hypercube", {"points": points, "seed": seed}, factors)


def luck(seed, key=0):
    """A number with mean 0 and standard deviation 1 that depends on both and on nothing else."""
    return np.random.default_rng([seed, key]).normal()
