"""Studies on a Dask cluster of this machine: equal results, and what happens when parts of it are killed."""

import contextlib
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from experiments import open_study, study_cluster
from experiments.cli import main
from experiments.errors import BadInput
from experiments.study_cluster import ClusterGone, make
from experiments.study_run import Order, model, run_study
from tests import study_fakes
from tests.study_fakes import FEW, planned

ROOT = Path(__file__).parents[1]
OUTPUTS = 'outputs = ["summary", "months", "flows"]\n'


@contextlib.contextmanager
def process(words, environment=()):
    """A process that ends with the block, and all it began."""
    begun = subprocess.Popen(
        [sys.executable, "-m", *map(str, words)], cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield begun
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(begun.pid, signal.SIGKILL)
        begun.wait(20)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def scheduler(port):
    words = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    with process(words) as begun:
        until = time.monotonic() + 60
        while time.monotonic() < until and begun.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield begun


@contextlib.contextmanager
def workers(port, count=1, environment=()):
    words = ["distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--host", "127.0.0.1", "--nthreads", "2"]
    words += ["--nworkers", count, "--no-dashboard", "--death-timeout", "60", "--local-directory"]
    with process([*words, os.environ.get("TMPDIR", "/tmp")], environment) as begun:
        yield begun


@pytest.fixture(scope="module")
def cluster():
    """Address of a scheduler with two workers."""
    port = free_port()
    with scheduler(port), workers(port, 2):
        yield f"tcp://127.0.0.1:{port}"


def do(plan, out, cluster=None, runner=study_fakes.quick_run, workers=None):
    return run_study(plan, Order(out, workers, "stargate study mine.toml", runner=runner, cluster=cluster))


def sums_of(out):
    """Checksums of all files but those with times in them."""
    files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {file["path"]: file["sha256"] for file in files if file["table"] != "runs"}


def test_a_cluster_gives_the_files_that_processes_give(cluster, tmp_path):
    plan = planned(tmp_path, 10, FEW + OUTPUTS)
    found = do(plan, tmp_path / "cluster", cluster)
    assert (found.runs, found.made, found.failed) == (20, 20, 0)
    do(plan, tmp_path / "here", workers=1)
    assert sums_of(tmp_path / "cluster") == sums_of(tmp_path / "here")


def test_the_model_itself_gives_the_same_on_a_cluster(cluster, tmp_path):
    plan = planned(tmp_path, 1, FEW)
    do(plan, tmp_path / "cluster", cluster, model)
    do(plan, tmp_path / "here", None, model, workers=1)
    assert sums_of(tmp_path / "cluster") == sums_of(tmp_path / "here")


def test_a_failing_run_is_a_row(cluster, tmp_path):
    found = do(planned(tmp_path, 3), tmp_path / "s", cluster, study_fakes.failing_run)
    assert (found.runs, found.failed) == (6, 2)
    rows = open_study(tmp_path / "s").runs.collect().drop_nulls("error")
    assert set(rows["error"]) == {"ZeroDivisionError: a planted failure"}


def test_what_is_begun_here_goes_on_there_and_back(cluster, tmp_path):
    do(planned(tmp_path, 2), tmp_path / "s", workers=1)
    assert do(planned(tmp_path, 4), tmp_path / "s", cluster).made == 4
    assert do(planned(tmp_path, 5), tmp_path / "s", workers=1).made == 2
    do(planned(tmp_path, 5), tmp_path / "fresh", workers=1)
    assert sums_of(tmp_path / "s") == sums_of(tmp_path / "fresh")


def test_workers_with_other_code_are_refused(tmp_path):
    plan = planned(tmp_path, 1)
    (run, *_) = plan.runs
    strange = dataclasses.replace(run, identity=dataclasses.replace(run.identity, run_id="another"))
    assert make([strange], study_fakes.quick_run, ("summary",)).is_other_code
    assert not make([run], study_fakes.quick_run, ("summary",)).is_other_code


def test_a_killed_worker_costs_no_run(tmp_path):
    """One of two workers is killed, hard, while runs are under way; the other makes what it had."""
    port = free_port()
    plan = planned(tmp_path, 12)
    log = tmp_path / "log"
    environment = {"FAKE_SECONDS": "0.2", "FAKE_LOG": str(log)}
    with scheduler(port), workers(port, 1, environment) as victim, workers(port, 1, environment):

        def kill():
            until = time.monotonic() + 60
            while time.monotonic() < until and not (log.exists() and len(log.read_text().splitlines()) > 6):
                time.sleep(0.05)
            os.killpg(victim.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        found = do(plan, tmp_path / "s", f"tcp://127.0.0.1:{port}")
        killer.join()
    assert victim.poll() is not None
    assert (found.runs, found.failed) == (24, 0)
    do(plan, tmp_path / "calm", workers=1)
    assert sums_of(tmp_path / "s") == sums_of(tmp_path / "calm")


def test_a_killed_scheduler_ends_in_one_line_and_the_study_goes_on_without(tmp_path, capfd):
    port = free_port()
    plan = planned(tmp_path, 40)
    log = tmp_path / "log"
    environment = {"FAKE_SECONDS": "0.1", "FAKE_LOG": str(log)}
    with scheduler(port) as victim, workers(port, 1, environment):

        def kill():
            until = time.monotonic() + 60
            while time.monotonic() < until and not list((tmp_path / "s").glob(".work/pieces/*/runs.parquet")):
                time.sleep(0.05)
            os.killpg(victim.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(ClusterGone, match=r"the scheduler at tcp://.* is gone; what was finished is kept"):
            do(plan, tmp_path / "s", f"tcp://127.0.0.1:{port}")
        killer.join()
    assert "Traceback" not in capfd.readouterr().err
    kept = len(list((tmp_path / "s").glob(".work/pieces/*/runs.parquet")))
    assert kept
    found = do(plan, tmp_path / "s", workers=1)
    assert found.runs == 80
    assert found.made < 80
    do(plan, tmp_path / "calm", workers=1)
    assert sums_of(tmp_path / "s") == sums_of(tmp_path / "calm")


@pytest.mark.slow
def test_a_run_that_kills_every_worker_has_failed(tmp_path):
    port = free_port()
    with scheduler(port), workers(port, 1):  # a nanny begins it anew each time
        found = do(planned(tmp_path, 3), tmp_path / "s", f"tcp://127.0.0.1:{port}", study_fakes.dying_run)
    assert (found.runs, found.failed) == (6, 2)
    errors = open_study(tmp_path / "s").runs.collect().drop_nulls("error")["error"].unique()
    assert [*errors] == ["StargateError: its process ended 2 times (as others did before); memory may be short"]


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("there", "--cluster there is no address; write tcp://HOST:PORT of a Dask scheduler, or slurm"),
        ("tcp://127.0.0.1:1", "no scheduler answers at tcp://127.0.0.1:1; start one with `dask scheduler`"),
    ],
)
def test_what_is_no_cluster_is_one_line(tmp_path, monkeypatch, capsys, address, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study_cluster, "_CONNECT_SECONDS", 1)
    assert main(["study", "smoke", "--cluster", address]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def test_a_scheduler_without_workers_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(study_cluster, "_WORKERS_SECONDS", 1)
    port = free_port()
    with scheduler(port), pytest.raises(BadInput, match=r"no worker has joined tcp://.*; start some with `dask worker"):
        do(planned(tmp_path, 1), tmp_path / "s", f"tcp://127.0.0.1:{port}")


def test_without_dask_it_is_said(monkeypatch):
    monkeypatch.setattr(study_cluster.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"needs Dask; install stargate-abm\[cluster\]"):
        study_cluster.check("tcp://127.0.0.1:1")
