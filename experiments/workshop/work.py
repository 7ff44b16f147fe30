"""What one process of the workshop does: it has the model loaded and makes the runs it is given, one at a time."""

import dataclasses
import multiprocessing
import os
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from experiments.errors import one_line
from experiments.workshop.question import Question

if TYPE_CHECKING:
    from abm import Month

STOP = "stop"


@dataclass(frozen=True, slots=True)
class Task:
    """A run and what to tell of it; equal tasks have equal answers.

    Attributes:
        question: to run.
        scale: people for whom one row of the worker table stands.
        is_whole: whether to tell everything the charts show, as JSON, or the series of `months` only, as bytes.
        months: how many, None for the scenario's.
    """

    question: Question
    scale: int
    is_whole: bool
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A run could not be made; what to tell a person."""

    why: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run was given up because somebody asked for it."""


type Said = bytes | Failed | Stopped
READY = b"ready"


def work(pipe: Connection) -> None:
    """Load the model, say so, then do tasks until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    try:
        _made(Task(Question(), 1000, is_whole=True, months=1), pipe)
        pipe.send_bytes(READY)
        while True:
            task = pipe.recv()
            if isinstance(task, Task):  # a stop that came too late is nothing
                _tell(pipe, _made(task, pipe))
    except (EOFError, OSError):
        return


def _tell(pipe: Connection, said: Said) -> None:
    if isinstance(said, bytes):
        pipe.send_bytes(b"=" + said)  # as it is, unpickled by nobody
    else:
        pipe.send_bytes(b"!" + (said.why.encode() if isinstance(said, Failed) else b""))


def heard(pipe: Connection) -> Said:
    """What a worker says of its task.

    Raises:
        EOFError: if it has died.
    """
    said = pipe.recv_bytes()
    if said.startswith(b"="):
        return said[1:]
    return Failed(said[1:].decode()) if len(said) > 1 else Stopped()


def _made(task: Task, pipe: Connection) -> Said:
    import abm
    from experiments.workshop import answers

    changed: dict[str, Any] = {"workers_per_agent": task.scale}
    try:
        scenario = task.question.asked(**changed)
        if task.months is not None:
            scenario = dataclasses.replace(scenario, months=task.months, changes=())
        records: list[Month] = []
        for record in abm.run(scenario, seed=task.question.seed):
            records.append(record)
            if pipe.poll() and pipe.recv() == STOP:
                return Stopped()
        return answers.whole(records, task.question) if task.is_whole else answers.series_of(records).tobytes()
    except (EOFError, OSError):
        raise
    except Exception as error:  # a run that fails is an answer; the worker lives on
        return Failed(one_line(error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
