"""Runs a scenario into a results folder: records, tables, charts and the row of facts, whole or not at all."""

import datetime
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import abm
from experiments import facts, store
from experiments.collect import Collector
from experiments.folder import staged
from experiments.queries import Tables

if TYPE_CHECKING:
    from abm import Month, Scenario


class Watcher(Protocol):
    """Follows a run; see `progress.Bar`."""

    def watch[Record](self, records: Iterable[Record]) -> Iterator[Record]:
        """Hand on the records."""
        ...

    def say(self, what: str) -> None:
        """Take note of what is being done."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What to run and where to put it.

    Attributes:
        scenario: which.
        seed: of the random numbers.
        out: the folder to come.
        command: what to type to get this run again.
    """

    scenario: "Scenario"
    seed: int
    out: Path
    command: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished run.

    Attributes:
        identity: what decided its numbers.
        timing: where the time went.
        tables: all but `run`.
    """

    identity: facts.Identity
    timing: facts.Timing
    tables: Tables


@dataclass
class _Clock:
    """Times each record while it passes through."""

    seconds: list[float] = field(default_factory=list)

    def time[Record](self, records: Iterable[Record]) -> Iterator[Record]:
        before = time.perf_counter()
        for record in records:
            self.seconds.append(time.perf_counter() - before)
            yield record
            before = time.perf_counter()


def run_into_folder(question: Question, watcher: Watcher) -> Answer:
    """Run, and write the folder; until the last file is written nothing is to be seen of it.

    Raises:
        BadResults: before the run, if the folder cannot be written or holds something else.
    """
    with staged(question.out, store.is_run_folder) as folder:
        identity = facts.identity_of(question.scenario, question.seed)
        collector, timing = _collected(question, watcher)
        tables = collector.tables()
        watcher.say("writing tables and charts")
        row = facts.run_row(question.scenario, identity, timing, question.command)
        store.write_tables(folder, tables, identity, row)
        store.write_charts(folder, tables, identity)
    return Answer(identity, timing, tables)


def _collected(question: Question, watcher: Watcher) -> tuple[Collector, facts.Timing]:
    started_at, before = datetime.datetime.now(datetime.UTC), time.perf_counter()
    run = abm.run  # loads the model: Mesa alone takes seconds
    loading = time.perf_counter() - before
    collector, clock = Collector(), _Clock()
    records: Iterable[Month] = run(question.scenario, seed=question.seed)
    for record in watcher.watch(clock.time(records)):
        collector.add(record)
    return collector, facts.Timing(started_at, loading, tuple(clock.seconds))
