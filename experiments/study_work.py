"""What one process of a study does: makes the runs it is given, writes them, and says so."""

import contextlib
import datetime
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.study_pieces import Piece, Recorder, outcome
from experiments.study_plan import PlannedRun

if TYPE_CHECKING:
    import polars as pl

    from abm import Month

type Runner = Callable[..., Iterator["Month"]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some runs for one worker, written as one piece.

    Attributes:
        runs: of one scenario.
        folder: where to write them.
    """

    runs: tuple[PlannedRun, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class Finished:
    """A run came to its end.

    Attributes:
        run_id: which.
        status: "done" or "failed".
        seconds: it took.
        figures: headline figures, empty if it failed.
    """

    run_id: str
    status: str
    seconds: float
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Written:
    """A batch lies in its folder; `runs` are those that were made before it was told to stop."""

    runs: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A batch could not be written, which no other attempt will mend."""

    error: OSError


def work(pipe: Connection, runner: Runner, outputs: tuple[str, ...]) -> None:
    """Do batches until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where a process begins with its ears open
    _end_with_parent()
    with contextlib.suppress(EOFError, OSError):
        while True:
            batch = pipe.recv()
            if isinstance(batch, Batch):
                _do(batch, pipe, runner, outputs)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _do(batch: Batch, pipe: Connection, runner: Runner, outputs: tuple[str, ...]) -> None:
    piece = Piece(outputs)
    done = 0
    for run in batch.runs:
        if pipe.poll() and pipe.recv() == "stop":
            break
        pipe.send(run.run_id)
        pipe.send(made(run, piece, runner))
        done += 1
    try:
        piece.write(batch.folder)
    except OSError as error:
        pipe.send(Trouble(error))
        return
    pipe.send(Written(done))


def made(run: PlannedRun, piece: Piece, runner: Runner) -> Finished:
    """Make a run and put what came of it into a piece."""
    started_at, before = datetime.datetime.now(datetime.UTC), time.perf_counter()
    recorder = Recorder()
    tables: Mapping[str, pl.DataFrame] = {}
    failure: Exception | None = None
    try:
        for record in runner(run.scenario, seed=run.seed):
            recorder.add(record)
        tables = recorder.tables(run)
    except Exception as error:  # a run that fails is a result; the rest go on
        failure = error
    seconds = time.perf_counter() - before
    piece.add(outcome(run, recorder.last_month, failure, started_at, seconds), tables)
    status = "done" if failure is None else "failed"
    return Finished(run.run_id, status, seconds, {} if failure else recorder.figures)
