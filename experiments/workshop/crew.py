"""Shares a few warm processes among all sessions: the urgent first, each task once, and its answer kept."""

import itertools
import logging
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from experiments.study_workers import deaf_to_keys, one_thread_each
from experiments.workshop.work import READY, STOP, Failed, Said, Stopped, Task, heard, work

RELEASE, PREVIEW, SHARED, NET, BAND, IDLE = range(6)  # what is asked first is done first; a smaller number goes before
_CAN_WAIT = NET  # from here on a run under way gives way to what is urgent
_KEPT_BYTES = 256 * 2**20
_POLL_SECONDS = 0.01
_WARM_SECONDS = 300.0
_TRIES = 2
_LOG = logging.getLogger(__name__)

type Answer = bytes | Failed
type Done = Callable[[Answer], None]


@dataclass(eq=False)
class Ticket:
    """One asker's wish for a task; dropped, it is never answered."""

    task: Task
    rank: int
    done: Done
    is_dropped: bool = False

    def drop(self) -> None:
        """Wish no longer."""
        self.is_dropped = True


@dataclass(eq=False)
class _Job:
    task: Task
    number: int
    tickets: list[Ticket] = field(default_factory=list)
    is_running: bool = False
    deaths: int = 0

    def wanted(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if not ticket.is_dropped]

    def rank(self) -> int:
        return min((ticket.rank for ticket in self.wanted()), default=IDLE)


class Crew:
    """So many processes with the model loaded, and what they have answered.

    Attributes:
        runs_made: how many runs were finished since the start.
    """

    def __init__(self, count: int | None = None) -> None:
        self.runs_made = 0
        self._jobs: dict[Task, _Job] = {}
        self._kept: OrderedDict[Task, Answer] = OrderedDict()
        self._kept_bytes = 0
        self._numbers = itertools.count()
        self._change = threading.Condition()
        self._is_open = True
        self._ready = 0
        self._context = multiprocessing.get_context("spawn")
        self._threads = [
            threading.Thread(target=self._tend, daemon=True, name=f"workshop-{i}")
            for i in range(count or max(1, os.cpu_count() or 1))
        ]

    def start(self) -> None:
        """Start the processes; they load the model in the background."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End all; what is asked is not answered any more."""
        with self._change:
            self._is_open = False
            self._change.notify_all()
        for thread in self._threads:
            thread.join(5)

    def wait_until_ready(self, seconds: float = _WARM_SECONDS) -> bool:
        """Whether all processes have the model loaded within the time."""
        with self._change:
            return self._change.wait_for(lambda: self._ready == len(self._threads), seconds)

    def ask(self, task: Task, rank: int, done: Done) -> Ticket:
        """Have a task done; `done` is called once, from another thread, or at once if the answer is kept."""
        ticket = Ticket(task, rank, done)
        with self._change:
            kept = self._kept.get(task)
            if kept is not None:
                self._kept.move_to_end(task)
            else:
                job = self._jobs.setdefault(task, _Job(task, next(self._numbers)))
                job.tickets.append(ticket)
                self._change.notify_all()
        if kept is not None:
            done(kept)
        return ticket

    # ---- in the thread of one process ----

    def _tend(self) -> None:
        while self._is_open:
            process, pipe = self._hired()
            try:
                while pipe is not None and (job := self._next()) is not None:
                    self._do(job, pipe)
            except (EOFError, OSError):
                _LOG.warning("a process of the workshop ended; starting another")
            finally:
                process.kill()
                process.join()

    def _hired(self) -> tuple[Any, Any]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs,), daemon=True, name="workshop-worker")
        with self._change, one_thread_each(), deaf_to_keys():  # one at a time: the environment is everybody's
            process.start()
        theirs.close()
        try:
            while self._is_open and not ours.poll(_POLL_SECONDS * 10):
                pass
            if self._is_open and ours.recv_bytes() == READY:
                with self._change:
                    self._ready = min(self._ready + 1, len(self._threads))
                    self._change.notify_all()
                return process, ours
        except (EOFError, OSError):
            self._change_waits()
        return process, None

    def _change_waits(self) -> None:
        with self._change:
            self._change.wait(1.0)  # a machine on which no process can start is not asked a thousand times a second

    def _next(self) -> _Job | None:
        with self._change:
            while self._is_open:
                for task in [task for task, job in self._jobs.items() if not job.is_running and not job.wanted()]:
                    del self._jobs[task]
                waiting = [job for job in self._jobs.values() if not job.is_running and self._may_begin(job)]
                if waiting:
                    job = min(waiting, key=lambda job: (job.rank(), job.number))
                    job.is_running = True
                    return job
                self._change.wait()
        return None

    def _do(self, job: _Job, pipe: Any) -> None:
        try:
            pipe.send(job.task)
            is_stopped = False
            while not pipe.poll(_POLL_SECONDS):
                if not is_stopped and self._gives_way(job):
                    pipe.send(STOP)
                    is_stopped = True
                if not self._is_open:
                    return
            self._finish(job, heard(pipe))
        except (EOFError, OSError):
            job.deaths += 1
            is_hopeless = job.deaths >= _TRIES
            self._finish(job, Failed("the run ended without an answer; change something") if is_hopeless else Stopped())
            raise

    def _may_begin(self, job: _Job) -> bool:
        return job.rank() < _CAN_WAIT or not self._is_busy()

    def _is_busy(self) -> bool:
        """Whether urgent runs, waiting or under way, take half of the processes or more.

        Then nothing else runs: the browser, the server and the urgent run need the processors.
        """
        urgent = sum(job.rank() < _CAN_WAIT for job in self._jobs.values())
        return 2 * urgent >= len(self._threads) and urgent > 0

    def _gives_way(self, job: _Job) -> bool:
        """Whether nobody wants the run any more, or something urgent is about while this can wait."""
        with self._change:
            if not job.wanted():
                return True
            return job.rank() >= _CAN_WAIT and self._is_busy()

    def _finish(self, job: _Job, said: Said) -> None:
        with self._change:
            job.is_running = False
            if isinstance(said, Stopped):
                self._change.notify_all()
                return
            self._jobs.pop(job.task, None)
            self._change.notify_all()  # what waited for the urgent may begin
            self.runs_made += 1
            self._keep(job.task, said)
            tickets = job.wanted()
        for ticket in tickets:
            try:
                ticket.done(said)
            except Exception:  # one session's trouble is not another's
                _LOG.exception("an answer could not be delivered")

    def _keep(self, task: Task, answer: Answer) -> None:
        if isinstance(answer, Failed):
            return
        self._kept[task] = answer
        self._kept_bytes += len(answer)
        while self._kept_bytes > _KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._kept_bytes -= len(old) if isinstance(old, bytes) else 0
