"""What `stargate study` does once its question is understood: says what would run, or runs it and tells the outcome."""

import dataclasses
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from experiments import open_study
from experiments.output import console, print_json
from experiments.store import RESULTS
from experiments.study_file import Study
from experiments.study_plan import Plan, plan_of
from experiments.study_progress import NORMAL_95, duration
from experiments.study_run import Order, model, run_study
from experiments.study_stop import sentence

_COUNTED = ("runs", "failed")
_TOLD = {"peak_jobs": "peak jobs", "last_operating_mw": "MW at the end", "spent_usd": "spent, USD bn"}
_BILLION = 1e9


@dataclass(frozen=True, slots=True)
class StudyWishes:
    """How a person wants a study run.

    Attributes:
        out: folder, None for the usual place.
        workers: processes, None for as many as there are processors.
        cluster: address of a Dask scheduler, or "slurm"; None for processes here.
        command: what was typed, as far as it decides the numbers.
        is_retry: whether to make failed runs once more.
        is_quiet: whether to print nothing.
        is_json: whether to print JSON.
        started: reading of the clock when the command began.
    """

    out: Path | None
    workers: int | None
    cluster: str | None
    command: str
    is_retry: bool
    is_quiet: bool
    is_json: bool
    started: float

    def folder(self, plan: Plan) -> Path:
        """Where the results go."""
        return RESULTS / plan.study.name if self.out is None else self.out


def chosen(name_or_path: str, **changed: int | None) -> Plan:
    """The runs of a study; see `Study.load` for what may be changed."""
    return plan_of(Study.load(name_or_path, **changed))


def study_rows() -> list[dict[str, Any]]:
    """Name, number of runs and purpose of every shipped study."""
    plans = (chosen(name) for name in Study.shipped())
    return [{"name": plan.study.name, "runs": len(plan.runs), "why": plan.study.why} for plan in plans]


def print_studies(to: Console) -> None:
    """A table of the shipped studies."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("study", no_wrap=True, style="bold")
    table.add_column("runs", justify="right")
    table.add_column("why")
    for row in study_rows():
        table.add_row(row["name"], f"{row['runs']:,}", Text(row["why"]))
    to.print(table)
    to.print(
        Text("\nstargate study NAME --check tells how long one takes; a copy of its file is your own.", style="dim")
    )


def run(plan: Plan, wishes: StudyWishes) -> None:
    """Run what is missing, and tell the outcome."""
    out = wishes.folder(plan)
    order = Order(
        out, wishes.workers, wishes.command, is_shown=not wishes.is_quiet, runner=model, cluster=wishes.cluster,
        is_retry=wishes.is_retry,
    )  # fmt: skip
    found = run_study(plan, order)
    if wishes.is_quiet and not wishes.is_json:
        return
    seconds = time.perf_counter() - wishes.started
    rows = outcome_rows(out)
    if wishes.is_json:
        said = {"study": plan.study.name, "folder": str(out), "command": wishes.command}
        print_json({**said, **dataclasses.asdict(found), "seconds": seconds, "scenarios": rows})
        return
    to = console()
    made = f"{found.runs:,} runs, {found.made:,} made now in {duration(seconds)}" if found.made else "was complete"
    to.print(Text.assemble((plan.study.name, "bold"), f"  {made}"))
    to.print(Text(plan.study.why, style="italic"), Text(), _table(rows), sep="\n")
    if plan.study.stop is not None:
        manifest = open_study(out).manifest
        to.print(Text(sentence(manifest, manifest["seeds"]) + "."))
    if found.failed:
        to.print(Text(f"{found.failed:,} runs failed; `runs.error` says why", style="red"))
    to.print(Text(f"\nMean ± half of the 95 % interval of the mean. Tables and how to open them: {out}", style="dim"))


def outcome_rows(out: Path) -> list[dict[str, Any]]:
    """By scenario: runs, failed ones, and mean and half-width of the 95 % interval of headline figures."""
    study = open_study(out)
    half = [(pl.col(name).std() / pl.len().sqrt() * NORMAL_95).alias(f"{name}_half_width") for name in _TOLD]
    figures = study.summary.group_by("scenario").agg(*(pl.col(name).mean() for name in _TOLD), *half)
    counts = study.runs.group_by("scenario", maintain_order=True).agg(
        pl.len().alias("runs"), (pl.col("status") == "failed").sum().alias("failed")
    )
    rows = counts.join(figures, on="scenario", how="left", maintain_order="left").collect()
    by_name = {row["scenario"]: row for row in rows.iter_rows(named=True)}
    return [by_name[scenario["name"]] for scenario in study.manifest["scenarios"]]


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("scenario", no_wrap=True)
    for title in (*_COUNTED, *_TOLD.values()):
        table.add_column(title, justify="right")
    for row in rows:
        counts = [f"{row[name]:,}" for name in _COUNTED]
        table.add_row(row["scenario"], *counts, *(_band(row, name) for name in _TOLD))
    return table


def _band(row: dict[str, Any], name: str) -> str:
    if row[name] is None:
        return "-"
    scale = _BILLION if name.endswith("_usd") else 1
    half = row[f"{name}_half_width"]
    told = f"{row[name] / scale:,.0f}"
    return told if half is None or math.isnan(half) else f"{told} ± {half / scale:,.0f}"
