"""Net jobs: the difference of two runs of one seed, month by month, and what cannot be netted."""

import pytest

from experiments import open_study
from experiments.analysis import net
from experiments.analysis.readout import readout_of
from experiments.errors import BadInput
from experiments.results_command import verified
from experiments.study_run import Order, run_study
from tests import study_fakes
from tests.study_fakes import planned

TEXT = """why = "x"
scenarios = ["baseline", "no_stargate", "no_stargate_rivals"]
months = 3
workers_per_agent = 1000
outputs = ["net"]
"""


def do(folder, text=TEXT, seeds="[0, 5]", runner=study_fakes.quick_run):
    plan = planned(folder, seeds, text)
    run_study(plan, Order(folder / "s", 1, "stargate study mine.toml", runner=runner))
    return open_study(folder / "s")


def test_net_is_the_run_less_its_twin(tmp_path):
    study = do(tmp_path)
    rows = study.table("net").collect()
    assert rows.height == 2 * 2 * 3  # seeds, worlds without, months
    assert set(rows["scenario"]) == {"baseline"}
    runs = {row["run_id"]: row for row in study.runs.collect().iter_rows(named=True)}
    months = {(row["run_id"], row["month"]): row for row in study.months.collect().iter_rows(named=True)}
    for row in rows.iter_rows(named=True):
        one, other = runs[row["run_id"]], runs[row["reference_run_id"]]
        assert (one["seed"], other["scenario"]) == (other["seed"], row["reference"])
        here, there = (months[run_id, row["month"]] for run_id in (row["run_id"], row["reference_run_id"]))
        all_jobs = [its["jobs_total"] + its["rival_jobs_total"] for its in (here, there)]
        assert row["net_jobs"] == all_jobs[0] - all_jobs[1]
        assert row["gross_jobs"] == here["jobs_total"]
        # The stand-in's jobs differ by 100 for each letter of the scenario's name
        assert row["net_jobs"] == 100 * (len("baseline") - len(row["reference"]))
    assert verified(tmp_path / "s") == (len(study.manifest["files"]), True)


def test_net_keeps_months_which_it_is_made_of(tmp_path):
    assert [*do(tmp_path).tables] == ["runs", "design", "summary", "months", "net"]


def test_a_pair_with_a_failed_run_is_left_out(tmp_path):
    rows = do(tmp_path, seeds=3, runner=study_fakes.failing_run).table("net").collect()  # seed 2 fails
    assert rows.height == 2 * 2 * 3


def test_each_point_is_paired_with_its_own(tmp_path):
    more = '[vary.levers]\nlabour.travel_willing_share = [0.1, 0.3]\n[design]\nkind = "grid"\n'
    study = do(tmp_path, TEXT + more)
    rows = study.with_parameters("net").collect()
    assert rows.height == 2 * 2 * 2 * 3
    points = dict(study.runs.select("run_id", "labour.travel_willing_share").collect().iter_rows())
    assert all(points[a] == points[b] for a, b in rows.select("run_id", "reference_run_id").iter_rows())


def test_the_analysis_tells_net_beside_gross(tmp_path):
    do(tmp_path, seeds=3)
    (found,) = net.findings(readout_of(tmp_path / "s"))
    by_reference = found.table.group_by("reference", maintain_order=True).first()
    assert [*by_reference["net_jobs"]] == [-300.0, -1000.0]  # 8 letters less 11, less 18
    assert [*by_reference["net_jobs_half_width"]] == [0.0, 0.0]
    assert set(found.table["seeds"]) == {3}
    assert (
        "Against no_stargate, baseline has most net jobs in 2024-05: -300 jobs ± 0.00 jobs (3 pairs)"
        in found.reading[0]
    )
    assert found.reading[-1].startswith("Limits: net is net of what this model knows")
    assert found.draw() is not None


def test_without_the_table_it_is_said(tmp_path):
    do(tmp_path, TEXT.replace('outputs = ["net"]\n', ""))
    (skipped,) = net.findings(readout_of(tmp_path / "s"))
    assert 'add "net" to its outputs' in skipped.why


@pytest.mark.parametrize(
    ("scenarios", "message"),
    [
        ('["baseline"]', "add no_stargate to scenarios"),
        ('["no_stargate"]', "add baseline to scenarios"),
    ],
)
def test_net_needs_both_worlds(tmp_path, scenarios, message):
    text = TEXT.replace('["baseline", "no_stargate", "no_stargate_rivals"]', scenarios)
    with pytest.raises(BadInput, match=message):
        planned(tmp_path, 1, text)


def test_net_pairs_scenarios_and_not_switches(tmp_path):
    more = '[vary.switches]\nstargate_world = ["with", "rivals"]\n[design]\nkind = "grid"\n'
    with pytest.raises(BadInput, match="stargate_world cannot vary"):
        planned(tmp_path, 1, TEXT + more)
