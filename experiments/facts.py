"""What is true of one run only: its question, its code, its machine and its times; the row of `run.parquet`."""

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import abm
from abm import SCHEMA_VERSION

if TYPE_CHECKING:
    from abm import Scenario

_PACKAGES = ("mesa", "numba", "numpy", "polars")
_KB_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the time of a run went.

    Attributes:
        started_at: when it began, UTC.
        loading_seconds: importing the model.
        seconds_by_month: inside the model, by month; the first includes compilation and making the world.
    """

    started_at: datetime.datetime
    loading_seconds: float
    seconds_by_month: Sequence[float]

    @property
    def first_seconds(self) -> float:
        """Until the first month was there."""
        return sum(self.seconds_by_month[:1])

    @property
    def other_seconds(self) -> float:
        """All months but the first."""
        return sum(self.seconds_by_month[1:])


@dataclass(frozen=True, slots=True)
class Identity:
    """What decides every number of a run but those that differ by clock or machine.

    Attributes:
        run_id: the same for the same question to the same code and numbers.
        scenario: its name.
        question: the scenario as JSON, every key.
        seed: of the random numbers.
        version: of the package.
        schema_version: of the tables.
        code_hash: of every source file of the model.
        numbers_hash: of every file of numbers.
    """

    run_id: str
    scenario: str
    question: str
    seed: int
    version: str
    schema_version: int
    code_hash: str
    numbers_hash: str


def identity_of(scenario: "Scenario", seed: int) -> Identity:
    """Name a run by what goes into it."""
    folder = Path(abm.__file__).parent
    question = json.dumps(dataclasses.asdict(scenario), sort_keys=True, default=dict)
    code_hash, numbers_hash = _hash_of(folder, "*.py"), _hash_of(folder / "numbers", "*")
    version = importlib.metadata.version("stargate-abm")
    told = json.dumps([question, seed, version, SCHEMA_VERSION, code_hash, numbers_hash])
    run_id = hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
    return Identity(run_id, scenario.name, question, seed, version, SCHEMA_VERSION, code_hash, numbers_hash)


@functools.cache
def _hash_of(folder: Path, pattern: str) -> str:
    """Hash of the names and contents of the files that match, whatever the machine."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.rglob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_row(scenario: "Scenario", identity: Identity, timing: Timing, command: str) -> dict[str, Any]:
    """The one row of `run.parquet`, in the order of `store.RUN_COLUMNS`."""
    commit, is_changed = _commit(Path(abm.__file__).parent)
    return {
        "run_id": identity.run_id,
        "scenario": scenario.name,
        "why": scenario.why,
        "question": identity.question,
        "command": command,
        "seed": identity.seed,
        "months": len(timing.seconds_by_month),
        "workers_per_agent": scenario.workers_per_agent,
        "schema_version": identity.schema_version,
        "version": identity.version,
        "commit": commit,
        "has_uncommitted_changes": is_changed,
        "code_hash": identity.code_hash,
        "numbers_hash": identity.numbers_hash,
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "started_at": timing.started_at,
        "loading_seconds": timing.loading_seconds,
        "first_month_seconds": timing.first_seconds,
        "other_months_seconds": timing.other_seconds,
        "seconds_by_month": [*timing.seconds_by_month],
        "peak_memory_mb": peak_memory_mb(),
    }


def peak_memory_mb() -> float | None:
    """The most memory this process has held, None where the system does not say."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KB_PER_MB / (_KB_PER_MB if sys.platform == "darwin" else 1)


def _commit(folder: Path) -> tuple[str | None, bool | None]:
    """The commit of the model's source and whether files differ from it; None for an installed package."""
    if not (folder.parent / ".git").exists():
        return None, None
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        commit = _git(folder, "rev-parse", "HEAD").strip()
        return commit, bool(_git(folder, "status", "--porcelain", "--", "."))
    return None, None


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=5)
    return done.stdout


def notes_of_file(table: str, identity: Identity) -> Mapping[str, str]:
    """What each Parquet file says of itself; the same for two runs with equal inputs."""
    return {
        "table": table,
        "schema_version": str(identity.schema_version),
        "run_id": identity.run_id,
        "scenario": identity.scenario,
        "question": identity.question,
        "seed": str(identity.seed),
        "model": f"stargate-abm {identity.version}",
        "code_hash": identity.code_hash,
        "numbers_hash": identity.numbers_hash,
    }
