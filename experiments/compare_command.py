"""What `stargate compare` does: two scenarios on the same seeds, and what moved between them."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

import abm
from experiments import pairs, pairs_chart, pairs_store
from experiments.errors import BadInput
from experiments.output import console, print_json
from experiments.pairs import DIFFERENCES, Task
from experiments.pairs_progress import PairsBar
from experiments.pairs_store import RUNS
from experiments.store import RESULTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from abm import Scenario

ALWAYS = ("peak_jobs", "job_years", "last_operating_mw", "stargate_gw_months", "spent_usd", "imports_usd")
_FIELDS = ("finance_structure", "stargate_world", "workers_per_agent")
_MOST_ROWS = 24
_PERCENT = 100


@dataclasses.dataclass(frozen=True, slots=True)
class PairWishes:
    """How a person wants pairs of runs told.

    Attributes:
        out: folder to write, None for the usual place.
        workers: processes, None for as many as there are processors.
        command: what was typed.
        is_quiet: whether to print nothing.
        is_json: whether to print JSON.
    """

    out: Path | None
    workers: int | None
    command: str
    is_quiet: bool
    is_json: bool


def compare(a: "Scenario", b: "Scenario", seeds: int, wishes: PairWishes) -> None:
    """Run both on seeds 1 to `seeds`, write what moved, and tell it.

    Raises:
        BadInput: if there is nothing to compare.
        BadResults: if the folder cannot be written.
    """
    if a.months != b.months:
        raise BadInput(f"{a.name} runs {a.months} months, {b.name} {b.months}; give both the same with --months")
    labels = (a.name, b.name if b.name != a.name else f"{b.name} (2)")
    tasks = [Task(label, s, seed) for seed in range(1, seeds + 1) for label, s in zip(labels, (a, b), strict=True)]
    with PairsBar(len(tasks), is_shown=not wishes.is_quiet) as bar:
        made = list(bar.watch(pairs.run_all(tasks, wishes.workers)))
    figures = pairs.columns_of([row for _, row in made], a.months)
    runs = pairs.frame_of(made, figures)
    moved = pairs.differences(runs, *labels, figures)
    out = RESULTS / f"compare-{a.name}-{b.name}" if wishes.out is None else wishes.out
    told = f"{labels[1]} less {labels[0]}, {seeds} seeds. {wishes.command}. Gross jobs. Thin: 90 % of seeds."
    pairs_store.write_pairs(
        out,
        {"differences": (moved, DIFFERENCES), "runs": (runs, (*RUNS, *figures))},
        lambda: _chart(moved, labels, told),
        {"command": wishes.command, "a": labels[0], "b": labels[1]},
    )
    if wishes.is_json:
        print_json(_as_json(moved, labels, seeds, out, wishes))
    elif not wishes.is_quiet:
        _print(console(), (a, b), moved, seeds, out)


def what_differs(a: "Scenario", b: "Scenario") -> list[str]:
    """In sentences, what sets the second question apart from the first."""
    shipped = {number.name: number.value for number in abm.numbers_table()}
    fields = [name for name in _FIELDS if getattr(a, name) != getattr(b, name)]
    values = {
        name: (a.overrides.get(name, shipped[name]), b.overrides.get(name, shipped[name]))
        for name in sorted({*a.overrides, *b.overrides})
    }
    return [
        *(f"{name} is {getattr(b, name)} instead of {getattr(a, name)}" for name in fields),
        *(f"nobody waits for {name}" for name in b.abundant if name not in a.abundant),
        *(f"one waits for {name}" for name in a.abundant if name not in b.abundant),
        *(f"{name} is {two:g} instead of {one:g}" for name, (one, two) in values.items() if one != two),
        *([f"{len(b.changes)} dated changes instead of {len(a.changes)}"] if a.changes != b.changes else []),
    ]


def key_rows(moved: pl.DataFrame) -> pl.DataFrame:
    """The figures to tell: always a few, then those that moved, the clearest first, at most two dozen."""
    clarity = pl.col("difference_mean").abs() / (pl.col("difference_high") - pl.col("difference_low"))
    always = moved.filter(pl.col("figure").is_in(ALWAYS))
    rest = moved.filter(~pl.col("figure").is_in(ALWAYS), "moved").sort(clarity, descending=True)
    return pl.concat([always, rest.head(_MOST_ROWS - len(always))])


def _print(to: Console, scenarios: "tuple[Scenario, Scenario]", moved: pl.DataFrame, seeds: int, out: Path) -> None:
    a, b = scenarios
    to.print(Text.assemble((a.name, "bold"), " against ", (b.name, "bold"), f", seeds 1 to {seeds}, {a.months} months"))
    for line in what_differs(a, b) or ["nothing differs in the questions"]:
        to.print(Text(f"  {line}", style="dim"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("figure", no_wrap=True)
    for title in (a.name, b.name, "moved by", "from", "to"):
        table.add_column(title, justify="right", overflow="fold")
    for row in key_rows(moved).iter_rows(named=True):
        table.add_row(*_cells(row))
    to.print(Text(), table, sep="\n")
    others = len(moved) - len(key_rows(moved))
    notes = (
        "Medians over the seeds; moved by: mean of the differences, seed by seed, with its 95 % interval, in brackets "
        "where it may be luck. Jobs are gross, not net."
    )
    to.print(Text(f"\n{notes}\n{others} other figures, every run and a chart in {out}"), soft_wrap=True)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    low, high = row["difference_low"], row["difference_high"]
    change = plain(row["difference_mean"]) if row["moved"] else f"({plain(row['difference_mean'])})"
    return row["figure"], plain(row["a_median"]), plain(row["b_median"]), change, plain(low), plain(high)


def plain(value: float | None) -> str:
    """A figure with three or four digits, large ones in thousands, millions or billions."""
    if value is None:
        return "-"
    for size, letter in ((1e9, "bn"), (1e6, "m")):
        if abs(value) >= size:
            return f"{value / size:,.1f} {letter}"
    return f"{value:,.0f}" if abs(value) >= _PERCENT else f"{value:.3g}"


def _chart(moved: pl.DataFrame, labels: tuple[str, str], told: str) -> "Figure":
    parts = {"mean": "difference_mean", "low": "difference_low", "high": "difference_high"}
    parts |= {"p05": "difference_p05", "p95": "difference_p95"}
    base = pl.col("a_median").abs() / _PERCENT
    rows = key_rows(moved).filter(pl.col("a_median") != 0)
    shown = rows.select(label="figure", **{name: pl.col(part).fill_null(0.0) / base for name, part in parts.items()})
    return pairs_chart.draw(shown, f"{labels[1]} against {labels[0]}", f"% of the median of {labels[0]}", told)


def _as_json(moved: pl.DataFrame, labels: tuple[str, str], seeds: int, out: Path, wishes: PairWishes) -> dict[str, Any]:
    told = {"a": labels[0], "b": labels[1], "seeds": seeds, "command": wishes.command, "folder": str(out)}
    return {**told, "differences": moved.to_dicts()}
