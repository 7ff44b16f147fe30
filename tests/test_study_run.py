"""Studies run by processes, killed and resumed: the results are those of one undisturbed loop."""

import json
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from experiments import open_study, study_finish
from experiments.errors import BadInput, BadResults
from experiments.study_finish import CLOCK_COLUMNS
from experiments.study_run import Order, run_study
from experiments.study_shift import WorkersDie
from tests import study_fakes
from tests.study_fakes import FEW, direct, planned


@pytest.fixture
def plan(tmp_path):
    return lambda seeds=3, text=FEW: planned(tmp_path, seeds, text)


@pytest.fixture
def log(tmp_path, monkeypatch):
    """The runs begun, in order."""
    path = tmp_path / "log"
    monkeypatch.setenv("FAKE_LOG", str(path))
    return lambda: path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def do(plan, out, workers=1, runner=study_fakes.quick_run):
    return run_study(plan, Order(out, workers, "stargate study mine.toml", runner=runner))


def tables_of(out):
    """Every table, without what differs by clock."""
    frames = {name: frame.collect() for name, frame in open_study(out).tables.items()}
    return {**frames, "runs": frames["runs"].drop(CLOCK_COLUMNS)}


def assert_same(one, other):
    assert [*one] == [*other]
    for name, frame in one.items():
        assert_frame_equal(frame, other[name])


def sums_of(out):
    """Checksums of all files but those with times in them."""
    files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {file["path"]: file["sha256"] for file in files if file["table"] != "runs"}


def test_results_are_those_of_a_loop_whatever_the_number_of_workers(plan, tmp_path):
    few = plan(text=FEW + 'outputs = ["months", "flows", "agents"]')
    for workers in (1, 3):
        found = do(few, tmp_path / str(workers), workers)
        assert (found.runs, found.made, found.failed) == (6, 6, 0)
    for table in ("summary", "months", "flows", "agents"):
        stored = open_study(tmp_path / "1").table(table).collect()
        assert_frame_equal(stored.sort("scenario", maintain_order=True), direct(few, table).select(stored.columns))
    assert sums_of(tmp_path / "1") == sums_of(tmp_path / "3")


def test_what_is_complete_is_not_run_again(plan, tmp_path, log):
    do(plan(), tmp_path / "s")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").rglob("*")}
    assert do(plan(), tmp_path / "s").made == 0
    assert len(log()) == 6
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "s").rglob("*")} == before


def test_more_seeds_add_to_what_is_there(plan, tmp_path, log):
    do(plan(2), tmp_path / "s")
    first = open_study(tmp_path / "s").runs.collect()
    assert do(plan(4), tmp_path / "s").made == 4
    assert sorted(log()) == sorted(f"{name} {seed}" for name in ("baseline", "abundant") for seed in (1, 2, 3, 4))
    do(plan(4), tmp_path / "fresh")
    assert_same(tables_of(tmp_path / "s"), tables_of(tmp_path / "fresh"))
    kept = open_study(tmp_path / "s").runs.filter(pl.col("seed") <= 2).collect()
    assert_frame_equal(first, kept)  # the same runs, with the times of then


def test_fewer_seeds_throw_nothing_away(plan, tmp_path):
    do(plan(2), tmp_path / "s")
    with pytest.raises(BadResults, match="holds 2 runs that this study does not ask for"):
        do(plan(1), tmp_path / "s")
    assert open_study(tmp_path / "s").runs.collect().height == 4
    assert not (tmp_path / "s" / ".work").exists()


def test_a_failing_run_is_a_row_and_the_rest_go_on(plan, tmp_path):
    found = do(plan(), tmp_path / "s", runner=study_fakes.failing_run)
    assert (found.runs, found.failed) == (6, 2)
    rows = open_study(tmp_path / "s").runs.filter(pl.col("status") == "failed").collect()
    assert rows.select("scenario", "seed", "failed_month", "error").rows() == [
        ("abundant", 2, "2024-06", "ZeroDivisionError: a planted failure"),
        ("baseline", 2, "2024-06", "ZeroDivisionError: a planted failure"),
    ]
    assert open_study(tmp_path / "s").summary.collect().height == 4


def test_a_worker_that_dies_is_replaced(plan, tmp_path, monkeypatch):
    """In the middle of a batch, so that what it had made and what it was to make are made by another."""
    monkeypatch.setenv("FAKE_DIES_ONCE", str(tmp_path / "died"))
    long = plan([1, 3, 4, 5, 6, 2, 7, 8, 9, 10, 11, 12])
    found = do(long, tmp_path / "s", 1, study_fakes.dying_run)
    assert (tmp_path / "died").exists()
    assert (found.runs, found.failed) == (24, 0)
    do(long, tmp_path / "calm")
    assert_same(tables_of(tmp_path / "s"), tables_of(tmp_path / "calm"))


def test_a_run_that_kills_whoever_tries_it_has_failed(plan, tmp_path):
    found = do(plan(), tmp_path / "s", 1, study_fakes.dying_run)
    assert (found.runs, found.failed) == (6, 2)
    errors = open_study(tmp_path / "s").runs.drop_nulls("error").collect()["error"].unique()
    assert [*errors] == ["StargateError: its process ended 2 times (signal 9); memory may be short"]


class Unstartable:
    """A runner that ends the process it comes to."""

    def __reduce__(self):
        return os._exit, (3,)


def test_workers_that_cannot_begin_are_not_replaced_for_ever(plan, tmp_path):
    with pytest.raises(WorkersDie, match=r"workers end before their first run .exit code 3.; try `stargate run`"):
        do(plan(), tmp_path / "s", runner=Unstartable())


def test_a_full_disk_stops_the_study_and_loses_nothing(plan, tmp_path):
    with pytest.raises(BadResults, match=r"cannot write .*; what was finished is kept, mend that and give the same"):
        do(plan(), tmp_path / "s", runner=study_fakes.small_disk_run)
    with pytest.raises(BadResults, match="is not complete"):
        open_study(tmp_path / "s")
    assert do(plan(), tmp_path / "s").runs == 6


def test_zero_workers_are_refused(plan, tmp_path):
    with pytest.raises(BadInput, match=r"--workers 0 is outside 1\.\."):
        do(plan(), tmp_path / "s", 0)


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_kill_while_the_final_files_take_their_place_is_mended(plan, tmp_path, monkeypatch, moved):
    """Killed before the first, second, third table was moved."""
    do(plan(), tmp_path / "calm")
    rename, count = Path.rename, []

    def dies(path, target):
        if "final" in path.parts:
            count.append(path)
            if len(count) > moved:
                raise SystemExit("killed")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dies)
        with pytest.raises(SystemExit):
            do(plan(), tmp_path / "s")
    with pytest.raises(BadResults, match="is not complete"):
        open_study(tmp_path / "s")
    assert do(plan(), tmp_path / "s").made == 0
    assert_same(tables_of(tmp_path / "s"), tables_of(tmp_path / "calm"))


def test_large_tables_are_cut_into_files_the_same_way(plan, tmp_path, monkeypatch):
    do(plan(), tmp_path / "whole")
    monkeypatch.setattr(study_finish, "MOST_ROWS", 6)  # two runs of three months
    do(plan(), tmp_path / "cut")
    names = sorted(path.name for path in (tmp_path / "cut" / "months" / "scenario=baseline").iterdir())
    assert names == ["part-0.parquet", "part-1.parquet"]
    assert_same(tables_of(tmp_path / "cut"), tables_of(tmp_path / "whole"))
