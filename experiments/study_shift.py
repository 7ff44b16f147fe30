"""The workers' day: hands out batches, keeps what comes back, replaces who dies, ends when asked."""

import contextlib
import datetime
import math
import shutil
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from abm import StargateError
from experiments.errors import BadResults
from experiments.study_pieces import Piece, outcome
from experiments.study_plan import Plan, PlannedRun, by_scenario
from experiments.study_progress import StudyBar
from experiments.study_store import StudyFolder
from experiments.study_work import Batch, Finished, Trouble, Written
from experiments.study_workers import Died, Lost, News

# A worker writes when a batch is done, so a batch is what a kill costs: a small part of the time spent so far.
_BATCH_SHARE, _LEAST_BATCH_SECONDS, _MOST_BATCH_SECONDS = 0.05, 1.0, 20.0
_MOST_RUNS_IN_BATCH = 256
_LISTEN_SECONDS = 0.5
_TRIES = 2
_MOST_EARLY_DEATHS = 3


class AnyWorker(Protocol):
    """One that makes a batch at a time; see `study_workers.Worker`."""

    batch: Batch | None

    def give(self, batch: Batch) -> None:
        """Have it do a batch."""
        ...

    def stop(self) -> None:
        """Have it end after the run it is at."""
        ...


class AnyCrew[W: AnyWorker](Protocol):
    """Those who make the runs: processes here, or a cluster; see `study_workers.Crew`."""

    workers: list[W]

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *_: object) -> None:
        """End all at once."""
        ...

    def listen(self, seconds: float) -> Sequence[tuple[W, News]]:
        """What they say next; nothing if none speaks within the time."""
        ...

    def hire(self) -> None:
        """Replace one that died."""
        ...


class WorkersDie(StargateError):
    """Processes that end before they have begun a run."""


@dataclass
class Shift:
    """Makes the missing runs of a study.

    Attributes:
        plan: of the study.
        folder: where they go.
        bar: to tell how it goes.
        missing: runs to make.
    """

    plan: Plan
    folder: StudyFolder
    bar: StudyBar
    missing: Sequence[PlannedRun]
    _queues: deque[deque[PlannedRun]] = field(default_factory=deque)
    _again: deque[tuple[PlannedRun, ...]] = field(default_factory=deque)
    _deaths: dict[str, int] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)
    _seconds: float = 0.0
    _early_deaths: int = 0
    _is_stopping: bool = False

    def work(self, crew: AnyCrew[Any]) -> None:
        """Have a crew make every missing run.

        Raises:
            BadResults: if they cannot be written.
            WorkersDie: if no worker comes to its first run.
            KeyboardInterrupt: if asked to stop.
        """
        self._queues.extend(deque(runs) for runs in by_scenario(self.missing).values())
        with self._asked_to_stop(), crew:
            is_told = False
            while self._hand_out(crew):
                for worker, news in crew.listen(_LISTEN_SECONDS):
                    self._take(crew, worker, news)
                if self._is_stopping and not is_told:
                    is_told = True
                    self.bar.say("stopping after the runs under way; once more stops at once")
                    for worker in crew.workers:
                        worker.stop()
        if self._is_stopping and len(self._counted) < len(self.missing):
            kept = len(self.folder.stored())
            raise KeyboardInterrupt(
                f"interrupted; {kept:,} of {len(self.plan.runs):,} runs are kept, the same command makes the rest"
            )

    def _hand_out(self, crew: AnyCrew[Any]) -> bool:
        """Give work to whoever is free; whether anybody is at work."""
        for worker in crew.workers:
            if worker.batch is None and not self._is_stopping and (runs := self._next(len(crew.workers))):
                worker.give(Batch(runs, self.folder.new_piece()))
        return any(worker.batch for worker in crew.workers)

    def _next(self, workers: int) -> tuple[PlannedRun, ...]:
        if self._again:
            return self._again.popleft()
        if not self._queues:
            return ()
        queue = self._queues.popleft()  # scenarios take turns, so that differences are seen early
        runs = tuple(queue.popleft() for _ in range(min(self._size(workers, len(queue)), len(queue))))
        if queue:
            self._queues.append(queue)
        return runs

    def _size(self, workers: int, in_queue: int) -> int:
        """Runs for a batch: some seconds' worth, fewer towards the end so that all stop together."""
        if not self._counted:
            return 1
        left = in_queue + sum(map(len, self._queues))
        a_run = max(self._seconds / len(self._counted), 1e-9)
        wanted = min(max(_BATCH_SHARE * self._seconds / workers, _LEAST_BATCH_SECONDS), _MOST_BATCH_SECONDS)
        return max(1, min(int(wanted / a_run), math.ceil(left / (2 * workers)), _MOST_RUNS_IN_BATCH))

    def _take(self, crew: AnyCrew[Any], worker: AnyWorker, news: News) -> None:
        match news:
            case Finished():
                self._count(news)
            case Written() if worker.batch:
                self._keep(worker.batch.folder, news.runs)
                worker.batch = None
            case Trouble():
                raise BadResults(cannot_write(self.folder.path, news.error)) from news.error
            case Lost() if worker.batch:
                self._search(worker.batch)
                worker.batch = None
            case Died():
                self._bury(worker.batch, news)
                if not self._is_stopping:
                    crew.hire()

    def _count(self, news: Finished) -> None:
        self._early_deaths = 0
        if news.run_id not in self._counted:  # one that a dying worker took along is made twice
            self._counted.add(news.run_id)
            self._seconds += news.seconds
            self.bar.made(self.plan.by_id[news.run_id], news.seconds, news.figures, news.status == "failed")

    def _keep(self, piece: Path, runs: int) -> None:
        if not runs:
            shutil.rmtree(piece)
            return
        try:
            self.folder.keep(piece)
        except OSError as error:
            raise BadResults(cannot_write(self.folder.path, error)) from error

    def _search(self, batch: Batch) -> None:
        """Have the runs of a lost batch made one by one; one that is lost by itself has failed."""
        if len(batch.runs) > 1:
            self._again.extend((run,) for run in batch.runs)
            return
        self._deaths[batch.runs[0].run_id] = _TRIES - 1  # the cluster has tried it more often than that
        self._bury(batch, Died(batch.runs[0].run_id, None))

    def _bury(self, batch: Batch | None, died: Died) -> None:
        """Have a dead worker's runs made by others; one that kills whoever tries it has failed."""
        at = died.at
        if batch is None or at is None:
            self._early_deaths += 1
            if self._early_deaths > _MOST_EARLY_DEATHS:
                raise WorkersDie(
                    f"workers end before their first run ({_ended(died.exit_code)}); "
                    "try `stargate run`, free memory, or give fewer --workers"
                )
            if batch is not None:
                self._again.append(batch.runs)
            return
        place = [run.run_id for run in batch.runs].index(at)
        culprit, others = batch.runs[place], [batch.runs[:place], batch.runs[place + 1 :]]
        self._deaths[at] = self._deaths.get(at, 0) + 1
        if self._deaths[at] < _TRIES:
            others.append((culprit,))
        else:
            self._fail(culprit, died)
        self._again.extend(runs for runs in others if runs)

    def _fail(self, run: PlannedRun, died: Died) -> None:
        """Store as failed a run whose process died each time."""
        now = datetime.datetime.now(datetime.UTC)
        error = StargateError(f"its process ended {_TRIES} times ({_ended(died.exit_code)}); memory may be short")
        piece = Piece(())
        piece.add(outcome(run, None, error, now, 0.0), {})
        folder = self.folder.new_piece()
        piece.write(folder)
        self._keep(folder, 1)
        self._count(Finished(run.run_id, "failed", 0.0, {}))

    @contextlib.contextmanager
    def _asked_to_stop(self) -> Iterator[None]:
        """Within the block, the first request to end lets runs under way finish; the second ends at once."""
        if threading.current_thread() is not threading.main_thread():
            yield  # other threads get no signals
            return

        def stop(*_: object) -> None:
            if self._is_stopping:
                raise KeyboardInterrupt("stopped; the runs that were written are kept, the same command makes the rest")
            self._is_stopping = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def cannot_write(path: Path, error: OSError) -> str:
    """What to say when a disk is full or a folder cannot be written any more."""
    return f"cannot write {path}: {error.strerror}; what was finished is kept, mend that and give the same command"


def _ended(code: int | None) -> str:
    if code is None:
        return "as others did before"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
