"""The command for studies, interrupted and killed: the same command goes on, and nothing is lost or made twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from experiments import open_study
from tests import study_fakes
from tests.study_fakes import FEW, direct, planned

COMMAND = (sys.executable, str(Path(study_fakes.__file__)))


def begun(tmp_path, seeds, seconds, *options):
    (tmp_path / "mine.toml").write_text(f"seeds = {seeds}\n{FEW}", encoding="utf-8")
    environment = os.environ | {"FAKE_SECONDS": str(seconds), "FAKE_LOG": str(tmp_path / "log")}
    words = [*COMMAND, "study", "mine.toml", "--workers", "2", *options]
    return subprocess.Popen(
        words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def wait_for_runs(tmp_path, count):
    log = tmp_path / "log"
    until = time.monotonic() + 30
    while time.monotonic() < until and not (log.exists() and len(log.read_text().splitlines()) >= count):
        time.sleep(0.02)


def end_of(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_interrupted_once_it_ends_cleanly_and_the_same_command_goes_on(tmp_path):
    process = begun(tmp_path, 50, 0.05)
    wait_for_runs(tmp_path, 12)
    os.killpg(process.pid, signal.SIGINT)  # as a key does: to all of them
    code, _, err = end_of(process)
    assert code == 130
    assert "of 100 runs are kept, the same command makes the rest" in err
    assert len(err.splitlines()) == 1
    made = len((tmp_path / "log").read_text().splitlines())
    code, out, _ = end_of(begun(tmp_path, 50, 0, "--json"))
    assert code == 0
    said = json.loads(out)
    assert (said["runs"], said["made"], said["failed"]) == (100, 100 - made, 0)  # not one was lost
    assert len((tmp_path / "log").read_text().splitlines()) == 100


def test_interrupted_twice_it_stops_at_once(tmp_path):
    process = begun(tmp_path, 5, 30)
    wait_for_runs(tmp_path, 2)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.7)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    before = time.monotonic()
    code, _, err = end_of(process)
    assert (code, len(err.splitlines())) == (130, 1)
    assert time.monotonic() - before < 5


def test_interrupted_while_the_workers_load_it_says_one_line(tmp_path):
    process = begun(tmp_path, 5, 0)
    until = time.monotonic() + 30
    while time.monotonic() < until and not (tmp_path / "results" / "mine" / ".work" / "new").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = end_of(process)
    assert (code, len(err.splitlines())) == (130, 1)
    assert "the same command" in err


def test_workers_end_with_who_began_them(tmp_path):
    process = begun(tmp_path, 5, 30)
    wait_for_runs(tmp_path, 2)
    process.kill()
    before = time.monotonic()
    end_of(process)  # when nobody holds its output any more
    assert time.monotonic() - before < 5


@pytest.mark.slow
def test_killed_at_twenty_moments_it_ends_as_if_undisturbed(tmp_path):
    """2,000 runs of three months, SIGKILL to the command; its workers must see that and end."""
    moments, on_the_way, made = random.Random(4), set(), 0
    for _ in range(20):
        process = begun(tmp_path, 1000, 0.005)
        wait_for_runs(tmp_path, made + moments.randrange(150))
        process.kill()
        made = len((tmp_path / "log").read_text().splitlines()) if (tmp_path / "log").exists() else 0
        end_of(process)
        pieces = (tmp_path / "results" / "mine" / ".work" / "pieces").glob("*/runs.parquet")
        on_the_way.add(sum(pl.read_parquet(path).height for path in pieces))
    assert len(on_the_way) > 8  # the kills came while there was something to lose
    code, out, _ = end_of(begun(tmp_path, 1000, 0, "--json"))
    assert code == 0
    assert json.loads(out)["runs"] == 2000
    stored = open_study(tmp_path / "results" / "mine")
    wanted = planned(tmp_path, 1000)
    assert [*stored.runs.collect()["run_id"].sort()] == sorted(wanted.by_id)
    for table in ("summary", "months"):
        frame = stored.table(table).collect()
        assert_frame_equal(frame.sort("scenario", maintain_order=True), direct(wanted, table).select(frame.columns))
