"""Asks Slurm for workers, through dask-jobqueue; partition, account and limits come from its own file of settings."""

import contextlib
import importlib
import shutil
from collections.abc import Iterator
from typing import Any

from experiments.errors import BadInput
from experiments.study_workers import THREADS

# One process with one thread makes one run at a time; at scale 1 more memory is needed, which the file can say.
_JOB = {"cores": 1, "processes": 1}
_MEMORY, _WALLTIME = "2GB", "04:00:00"
_ADDRESS = "tcp://THIS_MACHINE:PORT"


def job_script() -> str:
    """The script each worker is submitted with, but for the scheduler's address."""
    job = importlib.import_module("dask_jobqueue.slurm").SLURMJob(_ADDRESS, name="stargate-worker", **_settings())
    return str(job.job_script())


@contextlib.contextmanager
def cluster(workers: int | None) -> Iterator[Any]:
    """So many workers, as soon as Slurm has room for them; their jobs end with the block.

    Raises:
        BadInput: if it is not said how many, or Slurm is not there.
    """
    if workers is None:
        raise BadInput("--cluster slurm needs --workers; say how many jobs to submit")
    if shutil.which("sbatch") is None:
        raise BadInput("--cluster slurm needs the command sbatch, which is not here; give the command on a login node")
    with _jobqueue().SLURMCluster(**_settings()) as made:
        made.scale(jobs=workers)
        yield made


def _settings() -> dict[str, Any]:
    """Ours where the user's file (~/.config/dask/jobqueue.yaml) says nothing."""
    _jobqueue()  # adds its settings to Dask's
    said = importlib.import_module("dask").config.get("jobqueue.slurm")
    return {
        **_JOB,
        "memory": said.get("memory") or _MEMORY,
        "walltime": _WALLTIME if said.get("walltime") in (None, "00:30:00") else said["walltime"],
        "job_name": "stargate",
        "job_script_prologue": [*(said.get("job-script-prologue") or []), *(f"export {name}=1" for name in THREADS)],
    }


def _jobqueue() -> Any:
    """The library, which has no types."""
    return importlib.import_module("dask_jobqueue")
