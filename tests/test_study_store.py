"""The folder of a study while it grows: one lock, whole pieces, nothing mixed."""

import json
import signal
import subprocess
import sys

import polars as pl
import pytest

from experiments.errors import BadResults
from experiments.study_store import OUTCOME, opened, runs_of, write_whole

SHARED = runs_of(("summary",), "code", "numbers")


def put(folder, run_id, status="done"):
    piece = folder.new_piece()
    pl.DataFrame([{"run_id": run_id, "status": status, "seconds": 1.5}], schema=OUTCOME).write_parquet(
        piece / "runs.parquet"
    )
    return piece


def test_a_piece_counts_once_it_is_kept(tmp_path):
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        piece = put(folder, "one")
        assert folder.stored() == {}
        folder.keep(piece)
        (run_id, run), *others = folder.stored().items()
        assert (run_id, run.status, run.seconds, others) == ("one", "done", 1.5, [])
        assert run.where.endswith("{table}.parquet")


def test_what_was_half_written_is_swept_away_and_what_was_kept_stays(tmp_path):
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        folder.keep(put(folder, "one"))
        half = put(folder, "two")
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        assert [*folder.stored()] == ["one"]
        assert not half.exists()


HOLDER = """
import sys, time
from pathlib import Path
from experiments.study_store import opened
with opened(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_processes_do_not_share_a_study_and_a_kill_frees_it(tmp_path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "s")], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BadResults, match=r"another process is at work in .*; wait for it"), opened(tmp_path / "s"):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("code_hash", "other", "holds runs with code_hash code, now it is other; give another --out"),
        ("outputs", ["summary", "sites"], "outputs summary, now it is summary, sites"),
        ("study_version", 2, "study_version 1, now it is 2"),
    ],
)
def test_runs_of_different_kinds_are_not_mixed(tmp_path, key, value, message):
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        folder.keep(put(folder, "one"))
        with pytest.raises(BadResults, match=message):
            folder.begin(SHARED | {key: value})
        assert [*folder.stored()] == ["one"]


def test_other_peoples_folders_are_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("x", encoding="utf-8")
    with pytest.raises(BadResults, match="holds files that are not a study's"), opened(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    with pytest.raises(BadResults, match=r"cannot write .*a file stands where"), opened(tmp_path / "thesis.tex"):
        pass


def test_a_damaged_piece_is_named(tmp_path):
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        folder.keep(put(folder, "one"))
        (path,) = folder.work.glob("pieces/*/runs.parquet")
        path.write_bytes(b"PAR1 no more PAR1")
        with pytest.raises(BadResults, match=r"runs.parquet is damaged .*; delete its folder, and the same command"):
            folder.stored()


def test_a_damaged_note_is_named(tmp_path):
    with opened(tmp_path / "s") as folder:
        folder.begin(SHARED)
        (folder.work / "study.json").write_text("{", encoding="utf-8")
        with pytest.raises(BadResults, match=r"study.json is damaged"):
            folder.begin(SHARED)


def test_small_files_are_replaced_whole(tmp_path):
    write_whole(tmp_path / "x.json", json.dumps([1]))
    write_whole(tmp_path / "x.json", json.dumps([2]))
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == "[2]\n"
