"""The Slurm recipe: the script each worker is submitted with, run here by a stand-in for sbatch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import open_study, study_command, study_slurm
from experiments.cli import main
from tests import study_fakes

SBATCH = """#!/bin/sh
# What Slurm would do, at once and on this machine: run the script, say a number.
sh "$1" >/dev/null 2>&1 &
echo $! >> "$JOBS"
echo "Submitted batch job $!"
"""
SCANCEL = """#!/bin/sh
kill "$@" 2>/dev/null
exit 0
"""


def test_the_script_asks_for_one_processor_and_starts_one_worker(tmp_path):
    script = study_slurm.job_script()
    lines = script.splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    for line in ("#SBATCH -J stargate", "#SBATCH -n 1", "#SBATCH --cpus-per-task=1", "#SBATCH --mem=2G"):
        assert line in lines
    assert "#SBATCH -t 04:00:00" in lines
    assert "export POLARS_MAX_THREADS=1" in lines
    (worker,) = [line for line in lines if "dask_worker" in line]
    assert "tcp://THIS_MACHINE:PORT" in worker
    assert "--nthreads 1" in worker
    (tmp_path / "script").write_text(script, encoding="utf-8")
    assert subprocess.run(["bash", "-n", str(tmp_path / "script")], check=False).returncode == 0


def test_the_page_shows_that_script():
    page = (Path(study_slurm.__file__).parent / "clusters.md").read_text(encoding="utf-8")
    shown = page.split("```bash\n")[1].split("```")[0].splitlines()
    lines = study_slurm.job_script().replace(sys.executable, "PYTHON").splitlines()
    assert [line for line in shown if line] == [line for line in lines if line]


def test_the_users_settings_are_heard():
    import dask

    said = {"jobqueue.slurm.queue": "long", "jobqueue.slurm.walltime": "12:00:00", "jobqueue.slurm.memory": "8GB"}
    study_slurm.job_script()  # so that the library's own settings are there to be changed
    with dask.config.set(said):
        script = study_slurm.job_script()
    for line in ("#SBATCH -p long", "#SBATCH -t 12:00:00", "#SBATCH --mem=8G"):
        assert line in script.splitlines()


def test_a_check_shows_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["study", "smoke", "--check", "--json", "--cluster", "slurm", "--workers", "8"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["job_script"] == study_slurm.job_script()
    assert main(["study", "smoke", "--check", "--cluster", "slurm", "--workers", "8"]) == 0
    assert "#SBATCH -J stargate" in capsys.readouterr().out


def test_without_slurm_it_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["study", "smoke", "--cluster", "slurm", "--workers", "2"]) == 2
    assert "needs the command sbatch, which is not here" in capsys.readouterr().err


def test_how_many_must_be_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["study", "smoke", "--cluster", "slurm"]) == 2
    assert "needs --workers" in capsys.readouterr().err


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Commands that do what Slurm's do, and a scheduler that listens on this machine only."""
    import dask

    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("JOBS", str(tmp_path / "jobs"))
    study_slurm.job_script()
    options = {"host": "127.0.0.1", "dashboard": False, "dashboard_address": None}
    with dask.config.set({"jobqueue.slurm.scheduler-options": options}):
        yield tmp_path
    for number in (tmp_path / "jobs").read_text().split():
        subprocess.run(["pkill", "-P", number], check=False)


def test_the_jobs_make_the_runs(slurm, monkeypatch, capsys):
    monkeypatch.chdir(slurm)
    monkeypatch.setattr(study_command, "model", study_fakes.quick_run)
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(os.path.dirname(study_fakes.__file__)))
    assert main(["study", "smoke", "--cluster", "slurm", "--workers", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["runs"], said["made"], said["failed"]) == (4, 4, 0)
    assert len((slurm / "jobs").read_text().split()) == 2
    assert open_study("results/smoke").runs.collect().height == 4
