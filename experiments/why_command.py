"""What `stargate why` does: one run, and the story of one of its sites."""

import dataclasses
import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

import abm
from experiments import story
from experiments.collect import Collector
from experiments.errors import BadInput
from experiments.output import console, print_json
from experiments.progress import Bar
from experiments.queries import Tables
from experiments.store import open_run
from experiments.story import Sentence

if TYPE_CHECKING:
    from abm import Scenario

_MOST = 8


@dataclasses.dataclass(frozen=True, slots=True)
class WhyWishes:
    """How a person wants the story.

    Attributes:
        month: only what concerns this month, first day; None for all.
        command: what was typed.
        is_quiet: whether to print nothing.
        is_json: whether to print JSON.
        with_rows: whether to name the row behind each sentence.
    """

    month: datetime.date | None
    command: str
    is_quiet: bool
    is_json: bool
    with_rows: bool


def of_scenario(name: str, scenario: "Scenario", seed: int, wishes: WhyWishes) -> None:
    """Run, and tell the story.

    Raises:
        BadInput: if there is no such campus or month.
    """
    collector = Collector()
    with Bar(scenario.months, is_shown=not wishes.is_quiet) as bar:
        for record in bar.watch(abm.run(scenario, seed=seed)):
            collector.add(record)
    tell(name, collector.tables(), f"scenario {scenario.name}, seed {seed}", wishes)


def of_folder(name: str, folder: Path, wishes: WhyWishes) -> None:
    """Tell the story of a run on disk.

    Raises:
        BadInput, BadResults: if there is no such campus, month or run.
    """
    run = open_run(folder)
    row = run.run.select("scenario", "seed").collect().row(0)
    tables = {table: getattr(run, table).collect() for table in ("agents", "sites", "phases", "zones", "equipment")}
    tell(name, tables, f"scenario {row[0]}, seed {row[1]}", wishes)


def tell(name: str, tables: Tables, of_run: str, wishes: WhyWishes) -> None:
    """Print the story of a campus."""
    campus = story.campus_called(tables, name)
    phases = tables["phases"].filter(pl.col("campus_id") == campus["agent_id"]).sort("phase_id", "month")
    months = tables["sites"]["month"].unique().sort()
    if wishes.month is not None and wishes.month not in months.to_list():
        raise BadInput(f"--month {wishes.month:%Y-%m} is outside the run, {months[0]:%Y-%m} to {months[-1]:%Y-%m}")
    sentences = [s for s in story.story(tables, campus) if wishes.month is None or concerns(s, wishes.month)]
    lost = story.lost_by_input(phases if wishes.month is None else phases.filter(pl.col("month") == wishes.month))
    if wishes.is_json:
        print_json(_as_json(campus, of_run, sentences, lost, wishes))
    elif not wishes.is_quiet:
        _print(console(), campus, of_run, sentences, lost, wishes)


def concerns(sentence: Sentence, month: datetime.date) -> bool:
    """Whether a sentence is of a month, or of a spell the month is in."""
    first, _, last = str(sentence.row["month"]).partition(" .. ")
    return first <= month.isoformat() <= (last or first)


def _print(
    to: Console,
    campus: dict[str, Any],
    of_run: str,
    sentences: list[Sentence],
    lost: list[tuple[str, float]],
    wishes: WhyWishes,
) -> None:
    place = f"{campus['region']}, {campus['zone']}, {campus['facility_mw']:,.0f} MW planned"
    to.print(Text.assemble((campus["name"], "bold"), f"  {place}; {of_run}"), Text(), sep="\n", soft_wrap=True)
    for sentence in sentences:
        told = Text.assemble((f"{sentence.month:%Y-%m}  ", "dim"), sentence.text, ".")
        if wishes.with_rows:
            keys = ", ".join(f"{key}={value}" for key, value in sentence.row.items())
            told.append(f"  [{sentence.table}: {keys}]", "dim")
        to.print(told, soft_wrap=True)
    if not sentences:
        to.print(Text("Nothing happened here."))
    if not lost:
        return
    total = sum(mw for _, mw in lost)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("waited for")
    table.add_column("MW of progress lost", justify="right")
    table.add_column("share", justify="right")
    for name, mw in lost[:_MOST]:
        table.add_row(name, f"{mw:,.0f}", f"{mw / total:.0%}")
    note = "plan: the owner's own pace over the technical minimum. One run with one seed; --rows names the rows behind."
    to.print(Text(), table, Text(f"\n{note}", style="dim"), sep="\n", soft_wrap=True)


def _as_json(
    campus: dict[str, Any],
    of_run: str,
    sentences: list[Sentence],
    lost: list[tuple[str, float]],
    wishes: WhyWishes,
) -> dict[str, Any]:
    return {
        "campus": campus["name"],
        "run": of_run,
        "command": wishes.command,
        "story": [dataclasses.asdict(sentence) for sentence in sentences],
        "lost_mw": dict(lost),
    }
