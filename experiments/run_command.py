"""What `stargate run` does once its question is understood: a bar, the run, and what came out."""

import dataclasses
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from abm import StargateError
from experiments import store
from experiments.output import console, print_json
from experiments.progress import Bar
from experiments.running import Answer, Question, run_into_folder
from experiments.summary import Summary, summarise
from experiments.summary_text import print_summary

if TYPE_CHECKING:
    from abm import Scenario


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants the answer.

    Attributes:
        out: folder to write, None for the usual place.
        is_quiet: whether to print nothing.
        is_json: whether to print JSON.
        started: reading of the clock when the command began.
    """

    out: Path | None
    is_quiet: bool
    is_json: bool
    started: float


def run(scenario: "Scenario", seed: int, command: str, wishes: Wishes) -> None:
    """Run, write, and print the summary.

    Raises:
        BadResults: if the folder cannot be written.
        StargateError: if the summary cannot be printed.
    """
    out = store.default_folder(scenario, seed) if wishes.out is None else wishes.out
    question = Question(scenario, seed, out, command)
    with Bar(scenario.months, is_shown=not wishes.is_quiet) as bar:
        answer = run_into_folder(question, bar)
    try:
        _tell(question, answer, wishes)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StargateError(f"cannot print the summary: {error.strerror}; the run is whole in {out}") from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted while printing; the run is whole in {out}") from None


def _tell(question: Question, answer: Answer, wishes: Wishes) -> None:
    if wishes.is_quiet and not wishes.is_json:
        return
    summary, seconds = summarise(answer.tables), _seconds(answer, wishes)
    if wishes.is_json:
        print_json(_facts(question, answer, seconds) | summary.as_dict())
    else:
        _print(console(), question, summary, seconds)


def _seconds(answer: Answer, wishes: Wishes) -> dict[str, float]:
    timing = answer.timing
    return {
        "loading": timing.loading_seconds,
        "first_month": timing.first_seconds,
        "other_months": timing.other_seconds,
        "all": time.perf_counter() - wishes.started,
    }


def _facts(question: Question, answer: Answer, seconds: dict[str, float]) -> dict[str, Any]:
    identity = dataclasses.asdict(answer.identity)
    return {
        **{key: identity[key] for key in ("run_id", "scenario", "seed", "version", "schema_version")},
        "why": question.scenario.why,
        "workers_per_agent": question.scenario.workers_per_agent,
        "command": question.command,
        "folder": str(question.out),
        "files": list(store.FILES),
        "seconds": seconds,
    }


def _print(to: Console, question: Question, summary: Summary, seconds: dict[str, float]) -> None:
    scenario = question.scenario
    span = f"seed {question.seed}, {summary.first_month} to {summary.last_month}"
    rows = f"{summary.workers_simulated:,} worker rows of {scenario.workers_per_agent} people each"
    to.print(Text.assemble((scenario.name, "bold"), f"  {span}, {rows}"))
    to.print(Text(scenario.why, style="italic"), Text(), sep="\n")
    print_summary(to, summary)
    spent = f"{seconds['first_month'] + seconds['other_months']:.2f} s"
    to.print(Text(f"\n{summary.months} months in {spent}; {seconds['all']:.1f} s with loading, tables and charts"))
    to.print(Text(f"{len(store.TABLES)} tables, {' and '.join(store.CHARTS)} in {question.out}"), soft_wrap=True)
