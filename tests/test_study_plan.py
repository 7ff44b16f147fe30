"""From a study to its runs."""

import dataclasses

import abm
from experiments import facts
from experiments.study_file import Study
from experiments.study_plan import at_point, by_scenario, plan_of

TRAVEL = "labour.travel_willing_share"


def planned(tmp_path, text):
    (tmp_path / "mine.toml").write_text('why = "x"\n' + text, encoding="utf-8")
    return plan_of(Study.load(str(tmp_path / "mine.toml")))


def test_runs_go_by_scenario_point_and_seed(tmp_path):
    plan = planned(
        tmp_path,
        f'scenarios = ["baseline", "no_stargate"]\nseeds = [3, 0]\n[vary.levers]\n{TRAVEL} = [0.2, 0.1]\n'
        '[design]\nkind = "grid"',
    )
    assert [(run.scenario.name, run.parameters[TRAVEL], run.seed) for run in plan.runs] == [
        (name, share, seed) for name in ("baseline", "no_stargate") for share in (0.2, 0.1) for seed in (3, 0)
    ]
    assert [run.number for run in plan.runs] == [*range(8)]
    assert [len(runs) for runs in by_scenario(plan.runs).values()] == [4, 4]


def test_a_run_has_the_name_it_has_when_run_alone(tmp_path):
    plan = planned(tmp_path, f'[vary.levers]\n{TRAVEL} = [0.2]\n[design]\nkind = "list"')
    alone = abm.Scenario.load("baseline").with_set([f"{TRAVEL}=0.2"])
    assert [run.run_id for run in plan.runs] == [facts.identity_of(alone, 1).run_id]


def test_points_that_coincide_share_a_run(tmp_path):
    """One at a time, with the value the scenario has anyway, under a switch at its own position."""
    plan = planned(
        tmp_path,
        'seeds = 2\n[vary.switches]\nfinance_structure = ["leases", "joint_venture"]\n[design]\nkind = "one_at_a_time"',
    )
    assert len(plan.design) == 3 * 2
    assert len(plan.runs) == 2 * 2
    ids = {(row["point"], row["seed"]): row["run_id"] for row in plan.design}
    assert ids[0, 1] == ids[1, 1] != ids[2, 1]


def test_what_a_point_does_not_name_is_as_in_the_scenario(tmp_path):
    plan = planned(
        tmp_path,
        'scenarios = ["fast_permits"]\n[vary.levers]\npolicy.federal_land_share = [0.1]\n'
        f'{TRAVEL} = [0.3]\n[design]\nkind = "one_at_a_time"',
    )
    assert [tuple(run.parameters.values()) for run in plan.runs] == [(0.2, 0.1), (0.1, 0.1), (0.2, 0.3)]


def test_a_point_changes_numbers_switches_and_what_is_abundant():
    base = abm.Scenario.load("abundant_labour")
    point = {TRAVEL: 0.3, "finance_structure": "joint_venture", "abundant": "land,permits"}
    assert at_point(base, point) == dataclasses.replace(
        base, overrides={TRAVEL: 0.3}, finance_structure="joint_venture", abundant=("land", "permits")
    )
    assert at_point(base, {"abundant": ""}).abundant == ()
    assert at_point(base, {}) == base
