"""Long-lived processes that make the runs of a study; each loads the model once, and each may die."""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from experiments.study_work import Batch, Finished, Runner, Trouble, Written, work

THREADS = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_POLITE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Died:
    """A worker ended; `at` is the run it was at, None if it was at none."""

    at: str | None
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Lost:
    """Workers ended at a batch, nobody knows at which of its runs."""


type News = Finished | Written | Trouble | Died | Lost


@dataclass
class Worker:
    """One process, seen from outside.

    Attributes:
        process: it.
        pipe: to it.
        batch: what it is at, None if it is free.
    """

    process: Any
    pipe: Connection
    batch: Batch | None = None
    _at: str | None = None

    def give(self, batch: Batch) -> None:
        """Have it do a batch."""
        self.batch, self._at = batch, None
        with contextlib.suppress(OSError):  # it has died, which `news` will tell
            self.pipe.send(batch)

    def stop(self) -> None:
        """Have it write what it has after the run it is at."""
        with contextlib.suppress(OSError):
            self.pipe.send("stop")

    def news(self) -> News | None:
        """The next thing it says, None if it is only that it has begun a run."""
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(_POLITE_SECONDS)
            return Died(self._at, self.process.exitcode)
        if isinstance(said, str):
            self._at = said
            return None
        return said  # type: ignore[no-any-return]  # a pipe is not typed


class Crew:
    """So many workers; one that died can be replaced. All end with the block."""

    def __init__(self, count: int, runner: Runner, outputs: Sequence[str]) -> None:
        self.workers: list[Worker] = []
        self._count, self._work = count, (runner, tuple(outputs))
        self._context = multiprocessing.get_context("spawn")  # a fork would share the state of threads

    def __enter__(self) -> "Crew":
        try:
            for _ in range(self._count):
                self.hire()
        except BaseException:
            self.dismiss()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()

    def hire(self) -> None:
        """Start one more."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, *self._work), daemon=True, name="stargate-worker")
        with one_thread_each(), deaf_to_keys():
            process.start()
        theirs.close()
        self.workers.append(Worker(process, ours))

    def listen(self, seconds: float) -> list[tuple[Worker, News]]:
        """What the workers say next; nothing if none speaks within the time."""
        by_pipe = {worker.pipe: worker for worker in self.workers}
        heard = []
        for pipe in wait([*by_pipe], seconds):
            worker = by_pipe[pipe]  # type: ignore[index]  # only pipes were given
            news = worker.news()
            if isinstance(news, Died):
                self.workers.remove(worker)
            if news is not None:
                heard.append((worker, news))
        return heard

    def dismiss(self) -> None:
        """End all at once; what they have not written is lost."""
        for worker in self.workers:
            worker.process.kill() if worker.batch else worker.pipe.close()
        for worker in self.workers:
            worker.process.join(_POLITE_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.pipe.close()
        self.workers.clear()


@contextlib.contextmanager
def one_thread_each() -> Iterator[None]:
    """As many workers as processors, each with all their threads, would hinder one another."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ |= dict.fromkeys(THREADS, "1")
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def deaf_to_keys() -> Iterator[None]:
    """A process begun within the block hears no Ctrl-C, not even while it starts; ours waits till the block ends."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
