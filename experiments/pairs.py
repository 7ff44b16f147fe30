"""Runs scenarios on the same seeds in local processes, and tells what moved between two of them, with bands.

Two runs with one seed share every draw that does not depend on what differs between them, so their difference varies
far less than either (common random numbers).
"""

import math
import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm import Column
from experiments.collect import Collector
from experiments.intervals import half_width
from experiments.study_pieces import types_of
from experiments.study_summary import RUN_ID, columns, inputs_of, row_of
from experiments.study_workers import one_thread_each

if TYPE_CHECKING:
    from abm import Scenario

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

DIFFERENCES = (
    Column("figure", "str", "", "id", "A column of the table runs"),
    Column("unit", "str", "", "text", "Unit of all that follows"),
    Column("about", "str", "", "text", "What the figure is"),
    Column("a_median", "f64", "as unit", "stock", "Median over the seeds in the first scenario"),
    Column("b_median", "f64", "as unit", "stock", "Median over the seeds in the second"),
    Column("difference_mean", "f64", "as unit", "stock", "Mean of second less first, seed by seed"),
    Column("difference_low", "f64", "as unit", "stock", "Low end of the 95 % confidence interval of that mean"),
    Column("difference_high", "f64", "as unit", "stock", "High end of the same"),
    *(
        Column(f"difference_p{round(100 * q):02d}", "f64", "as unit", "stock", f"{round(100 * q)} % of seeds lie below")
        for q in _QUANTILES
    ),
    Column("seeds", "i64", "seed", "stock", "Seeds in which both scenarios have the figure"),
    Column("moved", "bool", "", "text", "Whether the interval of the mean leaves zero out"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One run: the label of its scenario, the scenario, the seed."""

    label: str
    scenario: "Scenario"
    seed: int


def run_all(tasks: Sequence[Task], workers: int | None = None) -> Iterator[tuple[Task, dict[str, Any]]]:
    """Make the runs, giving each with its row of headline figures as it ends.

    Raises:
        Exception: whatever a run raises; the others are then given up.
    """
    count = min(workers or os.cpu_count() or 1, len(tasks))
    context = multiprocessing.get_context("spawn")
    with one_thread_each(), ProcessPoolExecutor(count, context, initializer=_deaf) as pool:
        try:
            yield from _as_they_end(pool, tasks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _as_they_end(pool: ProcessPoolExecutor, tasks: Sequence[Task]) -> Iterator[tuple[Task, dict[str, Any]]]:
    waiting: dict[Future[dict[str, Any]], Task] = {pool.submit(figures_of, t.scenario, t.seed): t for t in tasks}
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield waiting.pop(future), future.result()


def _deaf() -> None:
    """Ctrl-C is for the process in charge."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def figures_of(scenario: "Scenario", seed: int) -> dict[str, Any]:
    """The headline figures of one run, as in the table `summary` of a study."""
    collector = Collector()
    inputs: tuple[str, ...] = ()
    for record in abm.run(scenario, seed=seed):
        collector.add(record)
        inputs = inputs or inputs_of(record.labels)
    row = row_of("", collector.tables(), inputs)
    return {name: value for name, value in row.items() if name != RUN_ID.name}


def columns_of(rows: Sequence[Mapping[str, Any]], months: int) -> tuple[Column, ...]:
    """The columns of headline figures, those of inputs in the order of the rows."""
    inputs = [name.removeprefix("lost_").removesuffix("_mw") for name in rows[0] if name.startswith("lost_")]
    return tuple(c for c in columns(months, [name for name in inputs if name != "mw"]) if c.name != RUN_ID.name)


def frame_of(made: Sequence[tuple[Task, Mapping[str, Any]]], figures: Sequence[Column]) -> pl.DataFrame:
    """Headline figures of all runs: scenario, seed and a column each, in the order of labels and seeds."""
    rows = [{"scenario": task.label, "seed": task.seed, **row} for task, row in made]
    schema = {"scenario": pl.String, "seed": pl.Int64, **types_of(figures)}
    return pl.DataFrame(rows, schema=schema).sort("scenario", "seed")


def differences(runs: pl.DataFrame, a: str, b: str, figures: Sequence[Column]) -> pl.DataFrame:
    """What moved from scenario a to b, seed by seed, one row for each figure that is a number."""
    one, two = (runs.filter(pl.col("scenario") == name).drop("scenario") for name in (a, b))
    both = one.join(two, on="seed", suffix="_b")
    rows = [_difference(both, column) for column in figures if column.dtype in ("i64", "f64")]
    types: dict[str, Any] = {"str": pl.String, "f64": pl.Float64, "i64": pl.Int64, "bool": pl.Boolean}
    return pl.DataFrame(rows, schema={column.name: types[column.dtype] for column in DIFFERENCES})


def _difference(both: pl.DataFrame, column: Column) -> dict[str, Any]:
    name = column.name
    known = both.select(a=pl.col(name).cast(pl.Float64), b=pl.col(f"{name}_b").cast(pl.Float64)).drop_nulls()
    moved = known["b"] - known["a"]
    low, high = interval(moved)
    row = {"figure": name, "unit": column.unit, "about": column.about, "seeds": len(known)}
    row |= {"a_median": known["a"].median(), "b_median": known["b"].median(), "difference_mean": moved.mean()}
    row |= {"difference_low": low, "difference_high": high}
    row |= {f"difference_p{round(100 * q):02d}": moved.quantile(q, "linear") for q in _QUANTILES}
    return row | {"moved": low is not None and high is not None and (low > 0 or high < 0)}


def interval(values: pl.Series) -> tuple[float | None, float | None]:
    """The 95 % confidence interval of a mean, both None for fewer than two values."""
    half = half_width(values.to_numpy())
    if math.isnan(half):
        return None, None
    mean = float(values.to_numpy().mean())
    return mean - half, mean + half
