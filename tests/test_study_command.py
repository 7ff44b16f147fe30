"""The commands for studies, over a stand-in for the model."""

import json
from pathlib import Path

import pytest

import abm
from experiments import open_study, study_command
from experiments.cli import main
from experiments.study_command import chosen
from experiments.study_progress import Headline, duration
from tests import study_fakes


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder to work in, and the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study_command, "model", study_fakes.quick_run)
    monkeypatch.setitem(vars(abm), "run", study_fakes.quick_run)
    return tmp_path


def said_by(capsys, *words):
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_a_study_says_what_came_out_and_where(capsys):
    out = said_by(capsys, "study", "smoke", "--workers", "1")
    for words in ("smoke  4 runs, 4 made now", "baseline", "abundant", "peak jobs", "±", "results/smoke"):
        assert words in out
    assert "smoke  was complete" in said_by(capsys, "study", "smoke")
    assert said_by(capsys, "study", "smoke", "--quiet") == ""
    verified = json.loads(said_by(capsys, "results", "verify", "results/smoke", "--json"))
    assert verified == {"folder": "results/smoke", "files": 8, "is_whole": True, "has_checksums": True}
    assert "summary.csv" in said_by(capsys, "results", "export", "results/smoke", "--to", "csv")
    page = (Path(__file__).parents[1] / "experiments" / "README.md").read_text(encoding="utf-8")
    exec(page.split("```Python\n")[1].split("```")[0], {})
    assert "peak_jobs" in capsys.readouterr().out
    run_id = open_study("results/smoke").runs.collect()["run_id"][0]
    assert f"{run_id} in results/smoke: equal, " in said_by(capsys, "reproduce", run_id)


def test_the_summary_for_a_program_is_right(capsys):
    words = ["study", "smoke", "--seeds", "3", "--months", "4", "--workers", "1", "--out", "here", "--json"]
    said = json.loads(said_by(capsys, *words))
    assert (said["runs"], said["made"], said["failed"], said["folder"]) == (6, 6, 0, "here")
    assert said["command"] == "stargate study smoke --months 4 --seeds 3"
    first, second = said["scenarios"]
    # Seeds 1, 2, 3 add so many jobs: their standard deviation is 1, its error 1 / sqrt(3)
    assert first["peak_jobs_half_width"] == pytest.approx(1.96 / 3**0.5, rel=1e-12)
    names = len(first["scenario"]) - len(second["scenario"])
    assert first["peak_jobs"] - second["peak_jobs"] == pytest.approx(100 * names, rel=1e-12)


def test_a_check_runs_nothing_and_says_what_would(place, capsys):
    said = json.loads(said_by(capsys, "study", "morris", "--check", "--json", "--workers", "2"))
    assert (said["runs"], said["points"], said["seeds"], said["stored"]) == (550, 110, 5, 0)
    assert (said["workers"], said["pace_from"]) == (2, "a short probe")
    assert said["about_seconds"] > 0
    assert said["about_mb"] > 0
    assert [*place.iterdir()] == []
    out = said_by(capsys, "study", "morris", "--check")
    assert "levers" in out
    assert "policy.federal_land_share" in out


def test_a_check_of_what_is_begun_takes_its_pace(capsys):
    said_by(capsys, "study", "smoke", "--workers", "1")
    said = json.loads(said_by(capsys, "study", "smoke", "--seeds", "5", "--check", "--json"))
    assert (said["runs"], said["stored"]) == (10, 4)
    assert said["pace_from"] == "the pace of the 4 runs in results/smoke"


def test_the_shipped_studies_are_listed(capsys):
    rows = json.loads(said_by(capsys, "studies", "--json"))
    assert {"smoke", "claim", "bottlenecks", "morris"} <= {row["name"] for row in rows}
    assert {row["name"]: row["runs"] for row in rows}["claim"] == 4 * 30
    assert "bottlenecks" in said_by(capsys, "studies")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["study", "smok"], "unknown study 'smok'; did you mean 'smoke'"),
        (["study", "smoke", "--seeds", "0"], "seeds = 0; write how many"),
        (["study", "smoke", "--months", "0"], "months = 0 is not a whole number"),
        (["study", "smoke", "--workers", "0"], "--workers 0 is outside"),
        (["study", "smoke", "--workers", "two"], "'two' is not a whole number"),
        (["study", "smoke", "--cluster", "x:1"], "--cluster x:1 is no address"),
        (["results", "verify", "nowhere"], "nowhere is not the folder of a run"),
        (["results", "export", "nowhere", "--to", "csv"], "nowhere is not the folder of a study"),
        (["reproduce", "abc"], "no run 'abc' in results"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_code_two(capsys, words, message):
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert len(said.err.splitlines()) == 1


def test_a_folder_with_other_things_is_refused(place, capsys):
    (place / "thesis").mkdir()
    (place / "thesis" / "chapter.tex").touch()
    assert main(["study", "smoke", "--out", "thesis"]) == 2
    assert "holds files that are not a study's" in capsys.readouterr().err
    assert [path.name for path in Path("thesis").iterdir()] == ["chapter.tex"]


# ---- progress ----


def test_the_headline_is_a_difference_of_pairs():
    plan = chosen("smoke")
    headline = Headline(plan)
    assert headline.text() == ""
    jobs = {("baseline", 1): 100.0, ("abundant", 1): 110.0, ("baseline", 2): 200.0, ("abundant", 2): 214.0}
    for run in plan.runs:
        headline.add(run, {"peak_jobs": jobs[run.scenario.name, run.seed]})
    # Differences 10 and 14: mean 12, standard deviation sqrt(8), its error 2, half-width 1.96 x 2
    assert headline.text() == "peak jobs, abundant less baseline: 12 ± 4"


@pytest.mark.parametrize(("seconds", "words"), [(3, "3 s"), (90, "2 min"), (5400, "1.5 h")])
def test_times_are_said_as_people_do(seconds, words):
    assert duration(seconds) == words
