"""Studies that are not complete, runs that are tried again, and values outside their ranges."""

import json

import polars as pl
import pytest

import abm
from experiments import open_study
from experiments.errors import BadInput, BadResults
from experiments.reproduce_command import reproduced
from experiments.study_file import Study
from experiments.study_partial import IncompleteStudy
from experiments.study_plan import plan_of
from experiments.study_run import Order, run_study
from tests import study_fakes
from tests.study_fakes import FEW, planned

TRAVEL = "labour.travel_willing_share"
VARY = f'[vary.levers]\n{TRAVEL} = [0.1, 0.3]\n[design]\nkind = "grid"\n'
OUTSIDE = f'[vary.levers]\n{TRAVEL} = [0.1, 0.7]\n[design]\nkind = "grid"\n'  # its range ends at 0.5


def do(plan, out, runner=study_fakes.quick_run, *, retry=False):
    return run_study(plan, Order(out, 1, "stargate study mine.toml", runner=runner, is_retry=retry))


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A study of 8 runs that stopped before its end: the disk of its last worker was full."""

    class Enough(Exception):
        pass

    from experiments.study_store import StudyFolder

    keep, kept = StudyFolder.keep, []

    def keeps_three(folder, piece):
        if len(kept) == 3:
            raise Enough
        kept.append(piece)
        keep(folder, piece)

    plan = planned(tmp_path, 2, FEW + VARY)
    with monkeypatch.context() as patch:
        patch.setattr(StudyFolder, "keep", keeps_three)
        with pytest.raises(Enough):
            do(plan, tmp_path / "s")
    return plan, tmp_path / "s"


def test_what_is_there_is_opened_with_a_warning(begun):
    plan, folder = begun
    with pytest.raises(BadResults, match=r"is not complete; .*open_study\(..., partial=True\) opens what is there"):
        open_study(folder)
    with pytest.warns(IncompleteStudy, match=r"is not complete: \d of 8 runs are there"):
        study = open_study(folder, partial=True)
    runs = study.runs.collect()
    assert 0 < runs.height < 8
    assert (study.manifest["runs"], study.manifest["planned_runs"]) == (runs.height, 8)
    assert study.summary.collect().height == runs.height
    assert study.months.collect().height == 3 * runs.height
    for row in study.with_parameters("summary").collect().iter_rows(named=True):
        run = plan.by_id[row["run_id"]]
        assert (row["scenario"], row["seed"], row[TRAVEL]) == (run.scenario.name, run.seed, run.parameters[TRAVEL])


def test_once_complete_it_opens_without_a_warning(begun):
    plan, folder = begun
    do(plan, folder)
    assert open_study(folder, partial=True).runs.collect().height == 8


def test_a_complete_study_that_grows_shows_old_and_new(tmp_path, monkeypatch):
    do(planned(tmp_path, 2), tmp_path / "s")
    monkeypatch.setattr("experiments.study_run._finished", lambda *_: None)  # killed before the end
    do(planned(tmp_path, 3), tmp_path / "s")
    with pytest.warns(IncompleteStudy, match="6 of 6 runs are there"):
        study = open_study(tmp_path / "s", partial=True)
    assert sorted(study.runs.collect()["seed"]) == [1, 1, 2, 2, 3, 3]
    assert study.months.collect().height == 6 * 3


def test_nothing_there_yet_is_said(tmp_path):
    (tmp_path / ".work").mkdir()
    with pytest.raises(BadResults, match="holds no run yet"):
        open_study(tmp_path, partial=True)


# ---- retries ----


def test_failed_runs_are_made_again_when_asked(tmp_path):
    plan = planned(tmp_path, 3)
    assert do(plan, tmp_path / "s", study_fakes.failing_run).failed == 2
    assert (do(plan, tmp_path / "s").made, open_study(tmp_path / "s").summary.collect().height) == (0, 4)
    found = do(plan, tmp_path / "s", retry=True)
    assert (found.runs, found.made, found.failed) == (6, 2, 0)
    study = open_study(tmp_path / "s")
    assert study.runs.collect().height == study.summary.collect().height == 6
    assert set(study.runs.collect()["status"]) == {"done"}
    do(plan, tmp_path / "calm")
    sums = [
        {
            file["path"]: file["sha256"]
            for file in open_study(tmp_path / name).manifest["files"]
            if file["table"] != "runs"
        }
        for name in ("s", "calm")
    ]
    assert sums[0] == sums[1]


def test_a_run_that_fails_again_stays_one_row(tmp_path):
    plan = planned(tmp_path, 3)
    do(plan, tmp_path / "s", study_fakes.failing_run)
    found = do(plan, tmp_path / "s", study_fakes.failing_run, retry=True)
    assert (found.runs, found.made, found.failed) == (6, 2, 2)
    runs = open_study(tmp_path / "s").runs.collect()
    assert runs.height == runs["run_id"].n_unique() == 6
    assert do(plan, tmp_path / "s", retry=True).failed == 0


# ---- outside the ranges ----


def test_values_outside_a_range_are_refused_unless_allowed(tmp_path):
    with pytest.raises(BadInput, match=r"= 0.7 is outside 0.02..0.5 .*, or add --allow-outside"):
        planned(tmp_path, 1, FEW + OUTSIDE)
    for text, changed in ((f"allow_outside = true\n{FEW}", {}), (FEW, {"allow_outside": True})):
        (tmp_path / "mine.toml").write_text(text + OUTSIDE, encoding="utf-8")
        plan = plan_of(Study.load(str(tmp_path / "mine.toml"), **changed))
        assert {run.scenario.overrides[TRAVEL] for run in plan.runs} == {0.1, 0.7}
        assert all(json.loads(run.identity.question)["allow_outside"] for run in plan.runs)


def test_an_outside_run_can_be_reproduced(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(abm), "run", study_fakes.quick_run)
    do(planned(tmp_path, 1, f"allow_outside = true\n{FEW}{OUTSIDE}"), tmp_path / "s")
    for run_id in open_study(tmp_path / "s").runs.filter(pl.col(TRAVEL) == 0.7).collect()["run_id"]:
        assert reproduced(run_id, tmp_path / "s").cells > 0


def test_what_is_allowed_must_be_true_or_false(tmp_path):
    with pytest.raises(BadInput, match="allow_outside = 'yes'; write true or false"):
        planned(tmp_path, 1, f'allow_outside = "yes"\n{FEW}')


def test_other_mistakes_are_found_all_the_same(tmp_path):
    for values, message in (("[nan]", "is not a number"), ('["x"]', "is not a number")):
        with pytest.raises(BadInput, match=message):
            planned(tmp_path, 1, f"allow_outside = true\n{FEW}{VARY.replace('[0.1, 0.3]', values)}")
