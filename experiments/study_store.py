"""The folder of a study while it grows: one lock, and pieces that appear whole or not at all.

STUDY/.lock                      held by the one process that writes; the system frees it when that process ends
STUDY/.work/study.json           what the pieces are of
STUDY/.work/new/...              being written by a worker
STUDY/.work/pieces/PIECE/*.parquet   finished runs, one folder for each batch
STUDY/TABLE/scenario=NAME/part-*.parquet   when complete; see `study_finish`
"""

import contextlib
import itertools
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

from abm import SCHEMA_VERSION
from experiments.errors import BadResults

SUCCESS, MANIFEST, LOCK, WORK = "_SUCCESS", "manifest.json", ".lock", ".work"
STUDY_VERSION = 1  # of this layout
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}

# What a piece says of each run; the rest of `runs` is known from the plan.
OUTCOME: dict[str, Any] = {
    "run_id": pl.String, "status": pl.String, "failed_month": pl.String, "error": pl.String,
    "started_at": pl.Datetime("us", "UTC"), "seconds": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a run lies.

    Attributes:
        status: "done" or "failed".
        seconds: it took.
        where: path of its tables' files, with {table} for the table.
    """

    status: str
    seconds: float
    where: str


class StudyFolder:
    """The folder of a study that this process alone may write.

    Attributes:
        path: of the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._names = (f"{os.getpid()}-{os.urandom(3).hex()}-{i}" for i in itertools.count())

    @property
    def work(self) -> Path:
        """What is not finished."""
        return self.path / WORK

    @property
    def is_complete(self) -> bool:
        """Whether every run is there and all files are written."""
        return (self.path / SUCCESS).is_file()

    def check(self, said: Mapping[str, Any]) -> None:
        """Refuse a folder whose runs cannot be put together with those to come.

        Raises:
            BadResults: if it holds runs of another question, another code, other numbers or a newer layout.
        """
        known = self.said()
        for key, value in said.items():
            if known is not None and known.get(key) != value:
                raise BadResults(
                    f"{self.path} holds runs with {key} {_short(known.get(key))}, now it is {_short(value)}; "
                    "give another --out, or delete the folder to start anew"
                )

    def begin(self, said: Mapping[str, Any]) -> None:
        """Make it the folder of this study, if it is not; refuse as `check` does."""
        self.check(said)
        (self.work / "pieces").mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.work / "new", ignore_errors=True)  # what a killed process left half-written
        (self.work / "new").mkdir(exist_ok=True)
        if self.said() is None:
            write_whole(self.work / "study.json", json.dumps(dict(said), indent=2))

    def said(self) -> dict[str, Any] | None:
        """What the folder says its runs are of; None for a new one."""
        for path, take in ((self.path / MANIFEST, lambda d: d["runs_of"]), (self.work / "study.json", dict)):
            if path.is_file():
                try:
                    said: dict[str, Any] = take(json.loads(path.read_text(encoding="utf-8")))
                except (ValueError, KeyError, TypeError) as error:
                    raise BadResults(f"{path} is damaged ({error}); delete the folder to start anew") from error
                return said
        return None

    def new_piece(self) -> Path:
        """A fresh folder for a worker to write to."""
        piece = self.work / "new" / next(self._names)
        piece.mkdir(parents=True)
        return piece

    def keep(self, piece: Path) -> None:
        """Take what a worker has written; from now on its runs are stored."""
        for path in (*piece.iterdir(), piece):
            _sync(path)
        piece.rename(self.work / "pieces" / piece.name)
        _sync(self.work / "pieces")

    def stored(self) -> dict[str, Stored]:
        """Every run that is there, by run_id.

        Raises:
            BadResults: naming the file, if one is damaged.
        """
        parts = sorted(self.path.glob("runs/scenario=*/part-*.parquet"))
        places = {path: str(self.path / "{table}" / path.parent.name / path.name) for path in parts}
        pieces = sorted(self.work.glob("pieces/*/runs.parquet"))
        places |= {path: str(path.parent / "{table}.parquet") for path in pieces}
        found: dict[str, Stored] = {}
        for path, where in places.items():
            for run_id, status, seconds in _read(path, ["run_id", "status", "seconds"]).iter_rows():
                if run_id not in found or found[run_id].status == "failed":  # it was tried once more
                    found[run_id] = Stored(status, seconds, where)
        return found


@contextlib.contextmanager
def opened(path: Path) -> Iterator[StudyFolder]:
    """The folder of a study, new or begun before, for this process alone.

    Raises:
        BadResults: if it cannot be written, holds something else, or another process is at work in it.
    """
    path = Path(os.path.abspath(path.expanduser()))
    try:
        if path.is_dir() and not is_study_folder(path) and {p.name for p in path.iterdir()} - _LITTER - {LOCK}:
            raise BadResults(f"{path} holds files that are not a study's; give --out the name of a new folder")
        path.mkdir(parents=True, exist_ok=True)
        lock = (path / LOCK).open("a+b")
    except OSError as error:
        why = "a file stands where a folder must be" if isinstance(error, FileExistsError) else error.strerror
        raise BadResults(f"cannot write {path}: {why}; give --out a folder you may write to") from error
    with lock:
        if not _locked(lock):
            raise BadResults(f"another process is at work in {path}; wait for it, or give another --out")
        yield StudyFolder(path)


def is_study_folder(path: Path) -> bool:
    """Whether a folder is a study's, complete or not."""
    return (path / WORK).is_dir() or (path / MANIFEST).is_file()


def runs_of(outputs: tuple[str, ...], code_hash: str, numbers_hash: str) -> dict[str, Any]:
    """What all runs in a folder share; if one of these differs, they cannot be put together."""
    return {
        "study_version": STUDY_VERSION,
        "schema_version": SCHEMA_VERSION,
        "outputs": [*outputs],
        "code_hash": code_hash,
        "numbers_hash": numbers_hash,
    }


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it appears whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(path: Path, names: list[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, columns=names, hive_partitioning=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        again = "delete its folder, and the same command makes its runs again"
        raise BadResults(f"{path} is damaged ({error}); {again}") from error


def _sync(path: Path) -> None:
    """Have the disk keep what was written, so that a power cut loses none of it."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(file: IO[bytes]) -> bool:
    """Take the lock of a file that is free when its holder ends, however that ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _short(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
