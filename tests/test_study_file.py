"""A study's file: what it may say, and what is said of one that says something else."""

from pathlib import Path

import pytest

from experiments.errors import BadInput
from experiments.study_factors import Factor
from experiments.study_file import Study
from experiments.study_plan import plan_of

QUIT, TRAVEL = "labour.quit_prob_per_month", "labour.travel_willing_share"
HEAD = 'why = "x"\n'


@pytest.fixture
def load(tmp_path):
    def loaded(text, **changed):
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        return Study.load(str(tmp_path / "mine.toml"), **changed)

    return loaded


def test_a_file_says_all(load):
    study = load(
        HEAD
        + f"""
name = "permits"
scenarios = ["baseline", "fast_permits"]
months = 12
workers_per_agent = 1000
seeds = [0, 7]
outputs = ["months", "sites"]
[vary.levers]
policy.offices.local.staff_workers = [2, 4, 8]
[vary.numbers]
{TRAVEL} = {{ low = 0.05, high = 0.3 }}
compute.demand_factor = "range"
[vary.switches]
finance_structure = ["leases", "joint_venture"]
[design]
kind = "latin_hypercube"
points = 4
seed = 1
"""
    )
    assert (study.name, study.seeds, study.outputs) == ("permits", (0, 7), ("summary", "months", "sites"))
    assert [(s.name, s.months, s.workers_per_agent) for s in study.scenarios] == [
        ("baseline", 12, 1000),
        ("fast_permits", 12, 1000),
    ]
    staff, travel, demand, finance = study.factors
    assert staff == Factor("policy.offices.local.staff_workers", "levers", (2, 4, 8))
    assert (travel.name, travel.kind, travel.low, travel.high) == (TRAVEL, "numbers", 0.05, 0.3)
    assert (demand.low, demand.high) == (0.2, 2)
    assert finance == Factor("finance_structure", "switches", ("leases", "joint_venture"))
    assert len(plan_of(study).runs) == 2 * 4 * 2


def test_what_a_short_file_leaves_out(load):
    study = load(HEAD)
    assert (study.name, study.seeds, study.factors, study.designs) == ("mine", (1,), (), ())
    assert study.outputs == ("summary", "months")
    assert [scenario.name for scenario in study.scenarios] == ["baseline"]


def test_seeds_are_a_count_or_a_list_and_zero_is_a_seed(load):
    assert load(HEAD + "seeds = 3").seeds == (1, 2, 3)
    assert load(HEAD + "seeds = [0]").seeds == (0,)
    assert [run.seed for run in plan_of(load(HEAD + "seeds = [0]")).runs] == [0]


def test_options_take_the_place_of_what_the_file_says(load):
    study = load(HEAD + "seeds = 3\nmonths = 20", months=2, workers_per_agent=500, seeds=2)
    (scenario,) = study.scenarios
    assert (scenario.months, scenario.workers_per_agent, study.seeds) == (2, 500, (1, 2))


def test_a_shorter_study_does_without_what_a_scenario_changes_later(load):
    (scenario,) = load(HEAD + 'scenarios = ["tight_capital"]\nmonths = 20').scenarios
    assert scenario.changes == ()


def test_a_path_in_a_study_begins_at_its_file(load, tmp_path):
    (tmp_path / "own.toml").write_text(HEAD + "months = 3", encoding="utf-8")
    assert load(HEAD + 'scenarios = ["own.toml"]').scenarios[0].name == "own"


def test_steps_make_a_range_a_list(load):
    text = f'[vary.numbers]\n{TRAVEL} = {{ low = 0.1, high = 0.3, steps = 3 }}\n[design]\nkind = "grid"'
    (factor,) = load(HEAD + text).factors
    assert factor.values == pytest.approx((0.1, 0.2, 0.3), rel=1e-12)


def test_kinds_can_have_designs_of_their_own(load):
    study = load(
        HEAD
        + f"""
[vary.levers]
{TRAVEL} = [0.1, 0.2]
[vary.numbers]
{QUIT} = "range"
[design.levers]
kind = "grid"
[design.numbers]
kind = "latin_hypercube"
points = 5
seed = 0
"""
    )
    assert len(plan_of(study).runs) == 2 * 5


def test_the_study_of_the_how_to_can_be_run(load):
    page = (Path(__file__).parents[1] / "experiments" / "README.md").read_text(encoding="utf-8")
    plan = plan_of(load(page.split("```TOML\n")[1].split("```")[0]))
    assert len(plan.runs) == 2 * 20 * 3 * 10 * 2


@pytest.mark.parametrize("name", Study.shipped())
def test_shipped_studies_can_be_run(name):
    plan = plan_of(Study.load(name))
    assert plan.study.name == name
    assert 0 < len(plan.runs) <= 1000


VARY = f"[vary.numbers]\n{TRAVEL} = "
GRID = '\n[design]\nkind = "grid"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds = 0", "seeds = 0; write how many, at least 1, or a list"),
        ("seeds = []", r"seeds = \[\]; write how many"),
        ("seeds = true", "seeds = True; write how many"),
        ("seeds = [-1]", "seed -1 is not a whole number in 0.."),
        ("seeds = [1, 1]", "seeds lists one twice"),
        ("sceanrios = []", "unknown key 'sceanrios'; did you mean 'scenarios'"),
        ("scenarios = []", r"scenarios = \[\] is not a list of names"),
        ('scenarios = ["baseline", "baseline"]', "two scenarios are called 'baseline'"),
        ("months = 0", "mine.toml: months = 0 is not a whole number in 1"),
        ('name = "../x"', "cannot name a folder"),
        ('outputs = ["month"]', "unknown output 'month'; did you mean 'months'"),
        ("vary = 3", "vary = 3 is not a table"),
        ("[vary.things]\nx = 1", "vary.things is of no kind"),
        (VARY + "[0.1, 0.7]" + GRID, "= 0.7 is outside 0.02..0.5"),
        (VARY + "{ low = 0.01 }" + GRID, "= 0.01 is outside 0.02..0.5"),
        (VARY + "{ low = 0.3, high = 0.2 }" + GRID, "low must be below high"),
        (VARY + "{ low = 0.1, hgih = 0.2 }" + GRID, "has the key 'hgih'; a range has low, high"),
        (VARY + "{ low = 0.1, steps = 1 }" + GRID, "steps = 1; write a whole number in 2.."),
        (VARY + "0.1" + GRID, "= 0.1 does not vary; write a list of values"),
        (VARY + '["much"]' + GRID, "= 'much' is not a number; write a bare one"),
        (VARY + "[0.1, 0.1]" + GRID, "lists a value twice"),
        (
            '[vary.numbers]\nequipment.classes.genset.allocation_rule_count = "range"' + GRID,
            "counts things; list whole values",
        ),
        ("[vary.numbers]\nbuilding.new_campus_phases_count = [3.5]" + GRID, "counts things; list whole values"),
        (VARY + "[0.1, 0.2]", "varies without a design"),
        ('[design]\nkind = "grid"', "the design is empty, for nothing varies"),
        ("[vary.numbers]\nlabour.travel_wiling_share = [0.1]" + GRID, "did you mean 'labour.travel_willing_share'"),
        ("[vary.numbers]\ntravel_willing_share = [0.1]" + GRID, "did you mean 'labour.travel_willing_share'"),
        ('[vary.numbers]\nfinance_structure = ["leases"]' + GRID, r"is a switch; write it under \[vary.switches\]"),
        (f"[vary.switches]\n{TRAVEL} = [0.1]" + GRID, "is no switch; switches are finance_structure"),
        ("[vary.switches]\nfinance_structure = 3" + GRID, "is not a list of texts"),
        (f"[vary.levers]\n{TRAVEL} = [0.1]\n{VARY}[0.2]{GRID}", "varies twice"),
        (VARY + '[0.1]\n[design.levers]\nkind = "grid"', "design.levers does not fit what varies"),
        (
            'scenarios = ["tight_capital"]\n[vary.levers]\nfinance.lender_supply_factor = [1.0]' + GRID,
            "varies, but the scenario tight_capital changes it on a date",
        ),
        ("seeds = [", "is not valid TOML"),
    ],
)
def test_a_study_that_cannot_be_is_refused_in_words(load, text, message):
    with pytest.raises(BadInput, match=message):
        load(HEAD + text)


def test_a_study_must_say_why(load):
    with pytest.raises(BadInput, match="does not say why"):
        load("seeds = 1")


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="unknown study 'moris'; did you mean 'morris'"):
        Study.load("moris")
    with pytest.raises(BadInput, match=r"no study file .*; `stargate studies` lists"):
        Study.load(str(tmp_path / "none.toml"))
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BadInput, match="cannot read"):
        Study.load(str(tmp_path / "folder.toml"))


def test_an_impossible_switch_is_found_before_the_first_run(load):
    import abm

    study = load(HEAD + '[vary.switches]\nstargate_world = ["with", "gone"]' + GRID)
    with pytest.raises(abm.BadScenario, match="stargate_world = 'gone' is unknown"):
        plan_of(study)
