"""What is told of a run: the same identity for the same question, and the machine's facts beside it."""

import dataclasses
import datetime
import json
import shutil
import subprocess
import sys

import pytest

import abm
from experiments import facts, store


@pytest.fixture
def scenario():
    return abm.Scenario.load("baseline")


TIMING = facts.Timing(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), 2.0, (1.0, 0.25, 0.5))


def test_seconds_are_split_between_the_first_month_and_the_others():
    assert (TIMING.first_seconds, TIMING.other_seconds) == (1.0, 0.75)
    assert facts.Timing(TIMING.started_at, 0.0, ()).first_seconds == 0


def test_the_same_question_has_the_same_id(scenario):
    again = abm.Scenario.load("baseline")
    assert facts.identity_of(scenario, 1) == facts.identity_of(again, 1)


@pytest.mark.parametrize(
    "changed",
    [{"months": 3}, {"workers_per_agent": 7}, {"finance_structure": "joint_venture"}, {"abundant": ("labour",)},
     {"overrides": {"labour.quit_prob_per_month": 0.017}}],
    ids=str,
)  # fmt: skip
def test_another_question_has_another_id(scenario, changed):
    other = dataclasses.replace(scenario, **changed)
    assert facts.identity_of(other, 1).run_id != facts.identity_of(scenario, 1).run_id


def test_another_seed_and_another_code_have_other_ids(scenario, monkeypatch):
    ids = {facts.identity_of(scenario, seed).run_id for seed in range(3)}
    monkeypatch.setattr(facts, "_hash_of", lambda folder, pattern: "edited")
    ids.add(facts.identity_of(scenario, 0).run_id)
    assert len(ids) == 4


def test_the_id_is_the_same_in_another_process(scenario):
    code = "import abm; from experiments import facts; s = abm.Scenario.load('baseline')"
    code += "; print(facts.identity_of(s, 1).run_id)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == facts.identity_of(scenario, 1).run_id


def test_the_question_can_be_read_back(scenario):
    question = json.loads(facts.identity_of(scenario, 1).question)
    assert question["name"] == "baseline"
    assert question["months"] == scenario.months
    assert set(question) == {field.name for field in dataclasses.fields(scenario)}


def test_a_hash_sees_names_and_contents(tmp_path):
    def hash_of(**files):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return facts._hash_of(folder, "*.py")

    assert hash_of(a="1", b="2") == hash_of(b="2", a="1")
    assert len({hash_of(a="1", b="2"), hash_of(a="12"), hash_of(a="1", c="2"), hash_of(a="1", b="3")}) == 4


def test_the_row_of_a_run_has_every_column_in_order(scenario):
    row = facts.run_row(scenario, facts.identity_of(scenario, 1), TIMING, "stargate run")
    assert list(row) == [column.name for column in store.RUN_COLUMNS]
    assert (row["months"], row["loading_seconds"], row["first_month_seconds"], row["other_months_seconds"]) == (
        3,
        2.0,
        1.0,
        0.75,
    )
    assert "numpy" in row["packages"]


def test_memory_is_told_in_mib_where_the_system_says():
    peak = facts.peak_memory_mb()
    assert peak is None or 20 < peak < 100_000


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_the_commit_and_whether_the_source_differs_from_it(tmp_path):
    package = tmp_path / "abm"
    package.mkdir()
    (package / "a.py").write_text("1", encoding="utf-8")
    assert facts._commit(package) == (None, None)
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "x"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    commit, is_changed = facts._commit(package)
    assert (len(commit), is_changed) == (40, False)
    (package / "a.py").write_text("2", encoding="utf-8")
    assert facts._commit(package) == (commit, True)


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    (tmp_path / "abm").mkdir()
    monkeypatch.setenv("PATH", "")
    assert facts._commit(tmp_path / "abm") == (None, None)


def test_what_a_file_says_of_itself_does_not_differ_by_clock(scenario):
    notes = facts.notes_of_file("months", facts.identity_of(scenario, 3))
    assert notes == facts.notes_of_file("months", facts.identity_of(scenario, 3))
    assert (notes["table"], notes["seed"], notes["schema_version"]) == ("months", "3", str(abm.SCHEMA_VERSION))
    assert all(isinstance(text, str) for text in notes.values())
