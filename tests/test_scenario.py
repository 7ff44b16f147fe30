"""Scenarios are read whole or refused with a message that helps."""

import dataclasses
import pickle
import re

import pytest

from abm.changes import CAN_BE_ABUNDANT, Change
from abm.errors import BadNumber, BadScenario
from abm.parameters import Number, shipped_numbers
from abm.scenario import SCENARIOS, Scenario
from abm.vocabulary import INPUTS

WHY = 'why = "To see."\n'
NUMBERS = {
    "power.queue_months": Number("power.queue_months", 30, "month", 6, 84, "doe-2025", "2025-01", "A wait."),
    "power.new_facility_mw": Number(
        "power.new_facility_mw", 900, "facility MW", 1, 2000, "doe-2025", "2025-01", "Size."
    ),
}


@pytest.fixture
def two_numbers(monkeypatch):
    """As if only two numbers were shipped."""
    monkeypatch.setattr("abm.parameters.shipped_numbers", lambda: NUMBERS)


@pytest.fixture
def load(tmp_path):
    """Write a scenario file and load it."""

    def write_and_load(content, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Scenario.load(path)

    return write_and_load


# ---- shipped ----


@pytest.mark.parametrize("name", Scenario.shipped())
def test_a_shipped_scenario_loads_and_says_why(name):
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.months == 68
    assert scenario.workers_per_agent == 100
    assert scenario.why.endswith(".")


def test_every_promised_scenario_is_shipped():
    promised = {
        *("baseline", "no_stargate", "no_stargate_rivals", "no_stargate_underway", "announced", "abundant"),
        *("tight_capital", "fast_permits", "trade_war", "slow_demand"),
        *(f"abundant_{name}" for name in INPUTS if name != "plan"),
    }
    assert promised <= set(Scenario.shipped())


def test_abundance_of_one_and_of_all():
    for name in CAN_BE_ABUNDANT:
        assert Scenario.load(f"abundant_{name}").abundant == (name,)
    assert Scenario.load("abundant").abundant == CAN_BE_ABUNDANT


def test_baseline_changes_nothing():
    baseline = Scenario.load("baseline")
    assert baseline == Scenario("baseline", baseline.why)


@pytest.mark.parametrize("name", [name for name in Scenario.shipped() if name != "baseline"])
def test_a_scenario_does_something(name):
    """One that sets nothing would be the baseline under a promising name."""
    scenario, baseline = Scenario.load(name), Scenario.load("baseline")
    assert dataclasses.replace(scenario, name=baseline.name, why=baseline.why) != baseline


def test_the_worlds_without_stargate_differ_in_the_world_alone():
    worlds = {"no_stargate": "vanishes", "no_stargate_rivals": "rivals", "no_stargate_underway": "underway"}
    for name, world in worlds.items():
        scenario = Scenario.load(name)
        assert scenario == Scenario(name, scenario.why, stargate_world=world)


# ---- reading ----


@pytest.mark.usefixtures("two_numbers")
def test_every_key_is_read(load):
    text = """
    months = 24
    workers_per_agent = 1
    finance_structure = "joint_venture"
    stargate_world = "rivals"
    abundant = ["labour", "genset"]
    overrides.power.queue_months = 12
    overrides."power.new_facility_mw" = 100.5
    [[changes]]
    month = "2026-01"
    name = "factory_outage"
    value = "genset"
    months = 3
    [[changes]]
    month = "2025-01"
    name = "power.queue_months"
    value = 18
    [[changes]]
    month = "2025-06-01"
    name = "finance_structure"
    value = "leases"
    """
    scenario = load(WHY + text)
    assert scenario == Scenario(
        name="mine",
        why="To see.",
        months=24,
        workers_per_agent=1,
        finance_structure="joint_venture",
        stargate_world="rivals",
        abundant=("labour", "genset"),
        overrides={"power.queue_months": 12, "power.new_facility_mw": 100.5},
        changes=(
            Change(8, "power.queue_months", 18),
            Change(13, "finance_structure", "leases"),
            Change(20, "factory_outage", "genset", 3),
        ),
    )
    assert scenario.numbers_changed(8) == {"power.queue_months": 18}
    assert scenario.numbers_changed(9) == {}
    assert [scenario.finance_structure_at(month) for month in (0, 12, 13, 23)] == ["joint_venture"] * 2 + ["leases"] * 2
    assert [len(scenario.events(month)) for month in (19, 20, 22, 23)] == [0, 1, 1, 0]


def test_a_scenario_travels_to_another_process():
    scenario = Scenario.load("abundant")
    assert pickle.loads(pickle.dumps(scenario)) == scenario


@pytest.mark.usefixtures("two_numbers")
def test_settings_are_added_to_what_is_set(load):
    scenario = load(WHY + "[overrides]\npower.queue_months = 12\npower.new_facility_mw = 100")
    changed = scenario.with_set(["power.queue_months = 6", "finance_structure=joint_venture", "abundant=labour,cpu"])
    assert changed.overrides == {"power.queue_months": 6, "power.new_facility_mw": 100}
    assert changed.finance_structure == "joint_venture"
    assert changed.abundant == ("labour", "cpu")
    assert scenario.overrides["power.queue_months"] == 12
    assert scenario.with_set([]) == scenario


# ---- refusing ----


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.toml does not say why"),
        ("why = ' '", "mine: why = ' ' is no sentence"),
        ("why = 3", "mine: why = 3 is no sentence"),
        (WHY + "mnths = 3", "mine.toml: unknown key 'mnths'; did you mean 'months'"),
        (WHY + "power.queue_months = 3", r"unknown key 'power'; .*numbers go under \[overrides\]"),
        (WHY + "months = -3", r"months = -3 is not a whole number in 1\.\.188"),
        (WHY + "months = 0", "months = 0 is not"),
        (WHY + "months = 12.0", r"months = 12\.0 is not"),
        (WHY + "months = true", "months = True is not"),
        (WHY + "months = '12'", "months = '12' is not"),
        (WHY + "months = 1000", "months = 1000 is not"),
        (WHY + "workers_per_agent = 0", r"workers_per_agent = 0 is not a whole number in 1\.\.1000"),
        (WHY + "workers_per_agent = 2.5", r"workers_per_agent = 2\.5 is not"),
        (WHY + "finance_structure = 'lease'", "finance_structure = 'lease' is unknown; did you mean 'leases'"),
        (WHY + "stargate_world = 7", "stargate_world = 7 is unknown; choose from with, vanishes, rivals, underway"),
        (WHY + "abundant = ['labor']", "abundant = 'labor' is unknown; did you mean 'labour'"),
        (WHY + "abundant = ['labour', 'planning']", "abundant = 'planning' is unknown; did you mean 'plan'"),
        (WHY + "abundant = 'labour'", "is not a list"),
        (WHY + "overrides = 3", "overrides = 3 is not a table"),
        (WHY + "changes = 3", r"changes is not a list of tables; write \[\[changes\]\]"),
        (WHY + "changes = [3]", "changes is not a list of tables"),
        (WHY + "[overrides]\npower.queue_months = '3 months'", "write the bare number in month, for example .* = 30"),
        (WHY + "[overrides]\npower.new_facility_mw = '3 GW'", "'3 GW' is text; write the bare number in facility MW"),
        ("why = 'a", r"mine\.toml is not valid TOML: .*; mend it there"),
        (b"\xff\xfe\x00\x01", r"mine\.toml is not text \(byte 0 is not UTF-8\)"),
        (b"why = 'a\x00b'", "is not valid TOML"),
    ],
)
@pytest.mark.usefixtures("two_numbers")
def test_a_bad_file_is_refused(load, text, message):
    with pytest.raises(BadScenario, match=message) as refused:
        load(text)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("power.que_months = 3", "unknown number 'power.que_months'; did you mean 'power.queue_months'"),
        ("power.queue_months = 120", r"power.queue_months = 120 month is outside 6\.\.84 \(source: doe-2025\)"),
        ("power.queue_months = nan", "nan is not a number"),
        ("power.queue_months = true", "True is not a number"),
        ("power.queue_months = [3]", r"\[3\] is not a number"),
        ("power = 3", "unknown number 'power'"),
    ],
)
@pytest.mark.usefixtures("two_numbers")
def test_a_bad_number_is_refused(load, text, message):
    with pytest.raises(BadNumber, match=message):
        load(f"{WHY}[overrides]\n{text}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "month='2024-04', name='power.queue_months', value=7",
            r"changes in 2024-04, outside the run \(2024-05\.\.2029-12\)",
        ),
        ("month='2030-01', name='power.queue_months', value=7", "changes in 2030-01, outside the run"),
        ("month='January', name='power.queue_months', value=7", "month = 'January' is not a month; write"),
        ("month=2025, name='power.queue_months', value=7", "month = 2025 is not a month"),
        ("month='2025-01', name='power.queue_months'", "a change lacks value"),
        ("month='2025-01', name='power.queue_months', valeu=7", "unknown key 'valeu'; did you mean 'value'"),
        ("month='2025-01', name='power.queue_months', value='3 GW'", "'3 GW' is text"),
        ("month='2025-01', name='power.queue_months', value=7, months=2", "only events end"),
        ("month='2025-01', name='finance_structure', value='bonds'", "finance_structure = 'bonds' is unknown"),
        ("month='2025-01', name='stargate_world', value='with'", "stargate_world cannot change within a run"),
        ("month='2025-01', name='factory_outage', value='gensets', months=2", "did you mean 'genset'"),
        ("month='2025-01', name='factory_outage', value='genset'", r"factory_outage\.months = 0 is not a whole number"),
        ("month='2025-01', name='loan_withdrawn', value='SoftBnk', months=2", "did you mean 'SoftBank'"),
        ("month='2025-01', name='moratorium', value='ERCOTT', months=2", "did you mean 'ERCOT'"),
    ],
)
@pytest.mark.usefixtures("two_numbers")
def test_a_bad_change_is_refused(load, change, message):
    with pytest.raises(BadScenario, match=message):
        load(f"{WHY}changes = [{{{change}}}]")


@pytest.mark.usefixtures("two_numbers")
def test_a_change_of_an_unknown_number_is_refused(load):
    with pytest.raises(BadNumber, match="unknown number"):
        load(f"{WHY}changes = [{{month='2025-01', name='power.que', value=1}}]")


def test_an_unknown_name_suggests_the_closest_or_where_all_are(tmp_path):
    with pytest.raises(BadScenario, match="unknown scenario 'basline'; did you mean 'baseline'"):
        Scenario.load("basline")
    with pytest.raises(BadScenario, match="unknown scenario 'BASELINE'; did you mean 'baseline'"):
        Scenario.load("BASELINE")
    with pytest.raises(BadScenario, match="unknown scenario ''; `stargate scenarios` lists"):
        Scenario.load("")
    with pytest.raises(BadScenario, match="unknown scenario 'xyzzy'; `stargate scenarios` lists the shipped ones"):
        Scenario.load("xyzzy")
    with pytest.raises(BadScenario, match="no scenario file"):
        Scenario.load(tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(BadScenario, match=r"cannot read .*: Is a directory"):
        Scenario.load(tmp_path / "folder.toml")


@pytest.mark.parametrize("setting", ["power.queue_months", "=3", "power.queue_months=", "", "="])
def test_a_setting_that_is_not_name_and_value_is_refused(setting):
    with pytest.raises(BadScenario, match=re.escape(f"--set {setting!r} is not name=value")):
        Scenario.load("baseline").with_set([setting])


@pytest.mark.usefixtures("two_numbers")
def test_a_bad_setting_is_refused():
    baseline = Scenario.load("baseline")
    for setting, message in (
        ("power.queue_months=3 GW", "'3 GW' is text; write the bare number in month"),
        ("power.que_months=3", "unknown number"),
        ("power.que_months=3 GW", "unknown number"),
        ("power.queue_months=inf", "inf is not a number"),
        ("power.Queue_Months=3", "did you mean 'power.queue_months'"),
        ("finance_structure=Leases", "did you mean 'leases'"),
        ("stargate_world=none", "stargate_world = 'none' is unknown"),
    ):
        with pytest.raises((BadScenario, BadNumber), match=message):
            baseline.with_set([setting])


@pytest.mark.parametrize("settings", [["power.queue_months=7", " power.queue_months =8"], ["abundant=7", "abundant=8"]])
@pytest.mark.usefixtures("two_numbers")
def test_a_setting_that_comes_twice_is_refused(settings):
    with pytest.raises(
        BadScenario, match=r"(power.queue_months|abundant) is given twice, as 7 and as 8; leave out one"
    ):
        Scenario.load("baseline").with_set(settings)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("mine.toml", "mine"),
        ("my own plan.toml", "my-own-plan"),
        ("Größe (2).toml", "Groe-2"),
        (".hidden.toml", "hidden"),
        ("baseline.toml", "own-baseline"),
        ("Baseline.toml", "own-Baseline"),
    ],
)
def test_a_file_of_any_name_has_one_that_can_name_a_folder_and_is_not_a_shipped_one(load, file, name):
    assert load(WHY, file).name == name


def test_a_shipped_scenario_keeps_its_name_when_it_is_read_by_its_path():
    assert Scenario.load(SCENARIOS / "baseline.toml") == Scenario.load("baseline")


def test_a_file_whose_name_has_no_letter_is_refused(load):
    with pytest.raises(BadScenario, match="scenario name '' cannot name a folder; use the letters a-z"):
        load(WHY, "計画.toml")


def test_a_replaced_scenario_is_checked_too():
    baseline = Scenario.load("baseline")
    assert dataclasses.replace(baseline, workers_per_agent=1, months=24).months == 24
    with pytest.raises(BadScenario, match="months = -3"):
        dataclasses.replace(baseline, months=-3)
    with pytest.raises(BadScenario, match="cannot name a folder"):
        dataclasses.replace(baseline, name="../up")


def test_shipped_numbers_are_not_touched_by_these_tests():
    assert shipped_numbers() is not NUMBERS


def test_a_value_outside_its_range_needs_leave():
    baseline = Scenario.load("baseline")
    with pytest.raises(BadNumber, match="is outside"):
        dataclasses.replace(baseline, overrides={"labour.travel_willing_share": 0.7})
    outside = dataclasses.replace(baseline, overrides={"labour.travel_willing_share": 0.7}, allow_outside=True)
    assert outside.with_set(["labour.travel_willing_share=0.8"]).overrides["labour.travel_willing_share"] == 0.8
    with pytest.raises(BadNumber, match="is not a number"):
        outside.with_set(["labour.travel_willing_share=nan"])
    with pytest.raises(BadScenario, match="allow_outside = 1; write true or false"):
        dataclasses.replace(baseline, allow_outside=1)
