"""Says on the terminal how a study goes: rate, time left, failures and a headline so far."""

import math
import statistics
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from experiments.study_summary import HEADLINES

if TYPE_CHECKING:
    from experiments.study_plan import Plan, PlannedRun

_HOUR_SECONDS, _MINUTE_SECONDS = 3600, 60
NORMAL_95 = 1.96  # half-width of a 95 % interval in standard errors


class Headline:
    """The first headline figure so far: paired difference of two scenarios, or its mean."""

    def __init__(self, plan: "Plan") -> None:
        self._names = [scenario.name for scenario in plan.study.scenarios][:2]
        self._found: dict[str, dict[tuple[int, int], float]] = {name: {} for name in self._names}

    def add(self, run: "PlannedRun", figures: Mapping[str, float]) -> None:
        """Take note of a run."""
        if run.scenario.name in self._found and HEADLINES[0] in figures:
            self._found[run.scenario.name][run.point, run.seed] = figures[HEADLINES[0]]

    def text(self) -> str:
        """In words, empty as long as there is nothing to say."""
        first, *others = (self._found[name] for name in self._names)
        if not others:
            return _told("peak jobs", [*first.values()])
        (second,) = others
        pairs = [second[key] - first[key] for key in first if key in second]
        return _told(f"peak jobs, {self._names[1]} less {self._names[0]}", pairs)


def _told(what: str, values: list[float]) -> str:
    if not values:
        return ""
    mean = statistics.fmean(values)
    if len(values) == 1:
        return f"{what}: {mean:,.0f}"
    half = NORMAL_95 * statistics.stdev(values) / math.sqrt(len(values))
    return f"{what}: {mean:,.0f} ± {half:,.0f}"


class StudyBar:
    """A bar for the runs of a study; nothing at all when standard error is a file.

    Attributes:
        failures: runs that failed.
    """

    def __init__(self, plan: "Plan", stored: int, is_shown: bool) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(),
            TextColumn("{task.fields[told]}"), console=console, transient=True,
            disable=not (is_shown and console.is_terminal),
        )  # fmt: skip
        self._task = self._progress.add_task("loading the model", total=len(plan.runs), completed=stored, told="")
        self._headline = Headline(plan)
        self._left, self._made, self._began = len(plan.runs) - stored, 0, 0.0
        self.failures = 0

    def __enter__(self) -> "StudyBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def made(self, run: "PlannedRun", seconds: float, figures: Mapping[str, float], is_failed: bool) -> None:
        """Count a run."""
        now = time.monotonic()
        if not self._made:
            self._began = now - seconds  # loading the model is not part of the pace
        self._made += 1
        self.failures += is_failed
        self._headline.add(run, figures)
        parts = [*_pace(self._made, self._left, now - self._began), self._headline.text()]
        if self.failures:
            parts.insert(0, f"[red]{self.failures} failed[/red]")
        told = "  ".join(part for part in parts if part)
        self._progress.update(self._task, advance=1, description="running", told=told)

    def expect(self, total: int, left: int) -> None:
        """Count towards so many runs, of which so many are to be made."""
        self._left, self._made = left, 0
        self._progress.update(self._task, total=total, completed=total - left)

    def say(self, what: str) -> None:
        """Show what is being done."""
        self._progress.update(self._task, description=what)


def _pace(made: int, left: int, seconds: float) -> tuple[str, str]:
    rate = made / max(seconds, 1e-9)
    return f"{rate:,.1f} runs/s", f"{duration(max(left - made, 0) / rate)} left"


def duration(seconds: float) -> str:
    """A time as a person says it."""
    if seconds >= _HOUR_SECONDS:
        return f"{seconds / _HOUR_SECONDS:.1f} h"
    if seconds >= _MINUTE_SECONDS:
        return f"{seconds / _MINUTE_SECONDS:.0f} min"
    return f"{seconds:.0f} s"
