"""Makes the runs of a study on a Dask cluster; its workers need this package and no shared disk.

A worker hands back the very files it would have written, so results do not depend on where they were made. Dask gives
a batch to another worker if one dies, and after some deaths says so.
"""

import contextlib
import importlib
import importlib.util
import logging
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm import StargateError
from experiments import facts
from experiments.errors import BadInput
from experiments.study_pieces import Piece
from experiments.study_plan import PlannedRun
from experiments.study_work import Batch, Finished, Runner, Trouble, Written, made
from experiments.study_workers import Lost

SLURM = "slurm"
_CONNECT_SECONDS, _WORKERS_SECONDS, _CLOSE_SECONDS = 10, 60, 5
_ONE_AT_A_TIME = threading.Lock()  # of a worker process: the model uses all threads it wants


class ClusterGone(StargateError):
    """The scheduler cannot be reached any more."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a worker hands back.

    Attributes:
        finished: how its runs went.
        files: Parquet files of the piece, by name.
        is_other_code: whether the worker has another version of the package; then nothing was run.
    """

    finished: tuple[Finished, ...]
    files: Mapping[str, bytes]
    is_other_code: bool = False


def make(runs: Sequence[PlannedRun], runner: Runner, outputs: tuple[str, ...]) -> Parcel:
    """Make runs on a worker."""
    if any(facts.identity_of(run.scenario, run.seed).run_id != run.run_id for run in runs):
        return Parcel((), {}, is_other_code=True)
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory() as name:
        piece, folder = Piece(outputs), Path(name)
        finished = tuple(made(run, piece, runner) for run in runs)
        piece.write(folder)
        return Parcel(finished, {path.name: path.read_bytes() for path in folder.iterdir()})


@dataclass(eq=False)
class Slot:
    """A place at the cluster for one batch at a time; which worker makes it the scheduler decides.

    Attributes:
        client: of the scheduler.
        work: runner and outputs.
        batch: what is being made, None if nothing.
        future: what will come of it.
    """

    client: Any
    work: tuple[Runner, tuple[str, ...]]
    batch: Batch | None = None
    future: Any = None

    def give(self, batch: Batch) -> None:
        """Have a batch made."""
        self.batch = batch
        self.future = self.client.submit(make, batch.runs, *self.work, pure=False)

    def stop(self) -> None:
        """Nothing: a batch under way is short, and is finished."""


class ClusterCrew:
    """As many slots as the cluster has workers, more when more join; see `study_workers.Crew`."""

    def __init__(self, address: str, most: int | None, runner: Runner, outputs: Sequence[str]) -> None:
        self.workers: list[Slot] = []
        self._address, self._most, self._work = address, most, (runner, tuple(outputs))
        self._open = contextlib.ExitStack()

    def __enter__(self) -> "ClusterCrew":
        try:
            self._client = self._open.enter_context(_client(self._address, self._most))
            self._grow()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for slot in self.workers:
            with contextlib.suppress(Exception):  # the scheduler may be gone
                slot.future.release()
        self.workers.clear()
        self._open.close()

    def hire(self) -> None:
        """Nothing: the cluster replaces its workers."""

    def listen(self, seconds: float) -> list[tuple[Slot, Any]]:
        """What came of batches; nothing if none is done within the time.

        Raises:
            ClusterGone: if the scheduler cannot be reached.
            BadInput: if a worker has another version of the package.
        """
        busy = {slot.future: slot for slot in self.workers if slot.batch}
        try:
            _dask().wait([*busy], timeout=seconds, return_when="FIRST_COMPLETED")
        except TimeoutError:
            pass
        except _dask().client.FuturesCancelledError as error:
            raise self._gone() from error
        if self._client.status != "running":
            raise self._gone()
        heard = [(slot, news) for future, slot in busy.items() if future.done() for news in self._news(slot)]
        self._grow()
        return heard

    def _news(self, slot: Slot) -> Iterator[Any]:
        status = slot.future.status
        if status == "error":
            error = slot.future.exception()
            if not isinstance(error, _dask().KilledWorker):
                raise error
            yield Lost()
            return
        if status != "finished":
            raise self._gone()
        parcel: Parcel = slot.future.result()
        if parcel.is_other_code:
            raise BadInput(f"the workers at {self._address} have other code or numbers; install the same version there")
        yield from parcel.finished
        yield _unpacked(parcel, slot.batch)
        slot.future.release()

    def _grow(self) -> None:
        """One slot for each worker there is, and one in any case."""
        try:
            there = len(self._client.nthreads())
        except (OSError, TimeoutError) as error:
            raise self._gone() from error
        wanted = max(1, there if self._most is None else min(there, self._most))
        self.workers += [Slot(self._client, self._work) for _ in range(wanted - len(self.workers))]

    def _gone(self) -> ClusterGone:
        return ClusterGone(
            f"the scheduler at {self._address} is gone; what was finished is kept, and the same command goes on, with "
            "it, with another one, or without --cluster"
        )


def _unpacked(parcel: Parcel, batch: Batch | None) -> Written | Trouble:
    try:
        for name, content in parcel.files.items() if batch else ():
            (batch.folder / name).write_bytes(content)  # type: ignore[union-attr]  # there are none without a batch
    except OSError as error:
        return Trouble(error)
    return Written(len(parcel.finished))


def check(address: str) -> None:
    """Refuse what cannot be a cluster.

    Raises:
        BadInput: if the address makes no sense or Dask is not installed.
    """
    if address != SLURM and not address.startswith(("tcp://", "tls://")):
        raise BadInput(f"--cluster {address} is no address; write tcp://HOST:PORT of a Dask scheduler, or {SLURM}")
    if importlib.util.find_spec("distributed") is None:
        raise BadInput(f"--cluster {address} needs Dask; install stargate-abm[cluster]")


@contextlib.contextmanager
def _client(address: str, workers: int | None) -> Iterator[Any]:
    """A client with workers behind it."""
    with contextlib.ExitStack() as stack:
        if address == SLURM:
            from experiments import study_slurm

            client = stack.enter_context(_dask().Client(stack.enter_context(study_slurm.cluster(workers))))
            client.wait_for_workers(1)  # however long the queue is
        else:
            client = stack.enter_context(_connected(address))
        yield client


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        client = _dask().Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise BadInput(f"no scheduler answers at {address}; start one with `dask scheduler`") from error
    try:
        client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        yield client
    except TimeoutError as error:
        raise BadInput(
            f"no worker has joined {address} in {_WORKERS_SECONDS} seconds; start some with `dask worker {address}`"
        ) from error
    finally:
        with contextlib.suppress(Exception):  # the scheduler may be gone
            client.close(timeout=_CLOSE_SECONDS)


def _dask() -> Any:
    """Dask's `distributed`, which takes a second to load and has no types."""
    distributed = importlib.import_module("distributed")
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what matters is said in one line
    return distributed
