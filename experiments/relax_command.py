"""What `stargate relax` does: a little more of one input after the other, and what it is worth (its shadow value)."""

from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from abm import Column
from experiments import pairs, pairs_chart, pairs_store
from experiments.compare_command import PairWishes, plain
from experiments.levers import LEVERS, relaxed
from experiments.output import console, print_json
from experiments.pairs import Task
from experiments.pairs_progress import PairsBar
from experiments.pairs_store import RUNS
from experiments.store import RESULTS

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from abm import Scenario

BASE = "as it is"
FIGURES = ("stargate_gw_months", "job_years", "spent_usd")
VALUES = (
    Column("input", "str", "", "id", "What there is more of"),
    Column("figure", "str", "", "id", "What that adds to: a column of the table runs"),
    Column("unit", "str", "", "text", "Unit of what follows"),
    Column("added_mean", "f64", "as unit", "stock", "Mean over the seeds of the run with more less the run as it is"),
    Column("added_low", "f64", "as unit", "stock", "Low end of the 95 % confidence interval of that mean"),
    Column("added_high", "f64", "as unit", "stock", "High end of the same"),
    Column("added_p05", "f64", "as unit", "stock", "5 % of seeds lie below"),
    Column("added_p95", "f64", "as unit", "stock", "95 % of seeds lie below"),
    Column("base_median", "f64", "as unit", "stock", "Median of the run as it is"),
)


def relax(scenario: "Scenario", by_share: float, seeds: int, wishes: PairWishes) -> None:
    """Run the scenario as it is and with more of each input on seeds 1 to `seeds`; write, rank and tell.

    Raises:
        BadInput: if a number would leave its range.
        BadResults: if the folder cannot be written.
    """
    worlds = {BASE: scenario} | {name: relaxed(scenario, name, by_share) for name in LEVERS}
    tasks = [Task(name, world, seed) for seed in range(1, seeds + 1) for name, world in worlds.items()]
    with PairsBar(len(tasks), is_shown=not wishes.is_quiet) as bar:
        made = list(bar.watch(pairs.run_all(tasks, wishes.workers)))
    figures = pairs.columns_of([row for _, row in made], scenario.months)
    runs = pairs.frame_of(made, figures)
    values = shadow_values(runs, figures)
    out = RESULTS / f"relax-{scenario.name}" if wishes.out is None else wishes.out
    told = f"{scenario.name}, {by_share:.0%} more of one input at a time, {seeds} seeds. {wishes.command}."
    pairs_store.write_pairs(
        out,
        {"differences": (values, VALUES), "runs": (runs, (*RUNS, *figures))},
        lambda: _chart(values, by_share, f"{told} Thin: 90 % of seeds."),
        {"command": wishes.command, "scenario": scenario.name, "by_share": f"{by_share:g}"},
    )
    if wishes.is_json:
        shared = {"scenario": scenario.name, "by_share": by_share, "seeds": seeds}
        print_json({**shared, "command": wishes.command, "folder": str(out), "values": values.to_dicts()})
    elif not wishes.is_quiet:
        _print(console(), told, values, out)


def shadow_values(runs: pl.DataFrame, figures: tuple[Column, ...]) -> pl.DataFrame:
    """What more of each input adds, those that add most power first: the columns of VALUES."""
    kept = [column for column in figures if column.name in FIGURES]
    parts = []
    for name in LEVERS:
        moved = pairs.differences(runs, BASE, name, kept)
        parts.append(
            moved.select(
                pl.lit(name).alias("input"),
                "figure",
                "unit",
                added_mean="difference_mean",
                added_low="difference_low",
                added_high="difference_high",
                added_p05="difference_p05",
                added_p95="difference_p95",
                base_median="a_median",
            )
        )
    values = pl.concat(parts)
    rank = values.filter(pl.col("figure") == FIGURES[0]).sort("added_mean", "input", descending=[True, False])
    order = {name: place for place, name in enumerate(rank["input"])}
    of_figure = {name: place for place, name in enumerate(FIGURES)}
    places = (pl.col("input").replace_strict(order), pl.col("figure").replace_strict(of_figure))
    return values.sort(*places)


def _print(to: Console, told: str, values: pl.DataFrame, out: "Path") -> None:
    to.print(Text(told), Text(), sep="\n", soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("more of", no_wrap=True)
    for title in ("GW-months added", "job-years added", "USD added"):
        table.add_column(title, justify="right", no_wrap=True)
    for name in values["input"].unique(maintain_order=True):
        table.add_row(name, *(_cell(values, name, figure) for figure in FIGURES))
    to.print(table)
    notes = (
        "Added over the run, mean of the differences seed by seed and half its 95 % interval; in brackets what may be "
        "luck. Jobs are gross, not net."
    )
    to.print(Text(f"\n{notes}\nThe table, every run and a chart in {out}"), soft_wrap=True)


def _cell(values: pl.DataFrame, name: str, figure: str) -> str:
    row: dict[str, Any] = values.row(by_predicate=(pl.col("input") == name) & (pl.col("figure") == figure), named=True)
    mean, low, high = row["added_mean"], row["added_low"], row["added_high"]
    if low is None:
        return plain(mean)
    told = f"{plain(mean)} ± {plain(high - mean)}"
    return told if low > 0 or high < 0 else f"({told})"


def _chart(values: pl.DataFrame, by_share: float, told: str) -> "Figure":
    rows = values.filter(pl.col("figure") == FIGURES[0]).select(
        label="input",
        mean="added_mean",
        low=pl.col("added_low").fill_null(pl.col("added_mean")),
        high=pl.col("added_high").fill_null(pl.col("added_mean")),
        p05="added_p05",
        p95="added_p95",
    )
    return pairs_chart.draw(rows, f"What {by_share:.0%} more of an input is worth", "Stargate GW-months added", told)
