"""The story of a site: each sentence from a row, spells of waiting without gaps, and the whole command."""

import datetime
import json

import polars as pl
import pytest

from experiments import story
from experiments.cli import main
from experiments.errors import BadInput
from experiments.store import open_run
from experiments.why_command import concerns


def month(i):
    return datetime.date(2025 + i // 12, i % 12 + 1, 1)


def tables(**phase):
    """A campus of two buildings over six months; the first waits for switchgear in months 1, 2 and 4."""
    agents = [
        {"agent_id": 7, "name": "Alpha Site", "kind": "campus", "program": "stargate", "region": "TX", "zone": "ERCOT",
         "parent_id": 1, "facility_mw": 250.0},
        {"agent_id": 8, "name": "Alpha Annex", "kind": "campus", "program": "rival", "region": "TX", "zone": "ERCOT",
         "parent_id": 2, "facility_mw": 50.0},
        *({"agent_id": i, "name": f"Alpha Site {i}", "kind": "phase", "program": "stargate", "region": "TX",
           "zone": "ERCOT", "parent_id": 7, "facility_mw": 125.0} for i in (20, 21)),
    ]  # fmt: skip
    stages = ["planned", "site", "shell", "mep", "test", "operating"]
    binding = ["", "switchgear", "switchgear", "plan", "switchgear", "plan"]
    phases = [
        {"month": month(i), "phase_id": 20, "campus_id": 7, "stage": stages[i], "binding_input": binding[i],
         "lost_mw": [0.0, 5.0, 6.0, 2.0, 7.0, 0.0][i], "heads_wanted": 100, "heads": 90} for i in range(6)
    ]  # fmt: skip
    phases += [row | {"phase_id": 21, "stage": "planned", "binding_input": "", "lost_mw": 0.0} for row in phases]
    sites = [
        {"month": month(i), "campus_id": 7, "requested_mw": 300.0, "permitted_mw": 250.0 * (i > 2),
         "energised_mw": 60.0 * i, "jobs_onsite": 100 * (3 - abs(i - 3)), "travellers": 25 * (3 - abs(i - 3)),
         "refused_usd": 0.0} for i in range(6)
    ]  # fmt: skip
    equipment = [{"month": month(i), "equipment_class": "switchgear", "lead_months": 10.0 + i} for i in range(6)]
    zones = [{"month": month(0), "zone": "ERCOT", "queue_mw": 5000.0}]
    found = {"agents": agents, "phases": phases, "sites": sites, "equipment": equipment, "zones": zones}
    return {name: pl.DataFrame(rows) for name, rows in found.items()}


def told(found):
    return [(f"{s.month:%Y-%m}", s.text) for s in found]


def test_a_story_has_what_happened_in_order():
    t = tables()
    found = told(story.story(t, story.campus_called(t, "alpha site")))
    assert found == sorted(found, key=lambda pair: pair[0])
    assert ("2025-01", "300 MW of grid power are asked for, 300 in all") in found
    assert ("2025-02", "Works begin on building 1, 125 MW") in found
    assert ("2025-04", "Buildings of 250 MW have land and permits, 250 in all") in found
    assert ("2025-06", "Building 1, 125 MW, comes into service, 4 months after its works began") in found
    assert ("2025-04", "Most workers on site: 300, 25% of them from other regions") in found


def test_waits_are_spells_without_gaps_with_their_cost_and_what_stood_behind():
    """Months 1 and 2 together lose 11 MW, month 4 by itself 7; a new order waited 11 and 14 months then."""
    t = tables()
    waits = [s for s in story.story(t, story.campus_called(t, "Alpha Site")) if "switchgear" in s.text]
    assert told(waits) == [
        ("2025-02", "Building 1 waits for switchgear until 2025-03: 11 MW of progress lost; "
         "who orders then waits 11 months"),
        ("2025-05", "Building 1 waits for switchgear for a month: 7 MW of progress lost; "
         "who orders then waits 14 months"),
    ]  # fmt: skip
    assert [concerns(waits[0], month(i)) for i in range(5)] == [False, True, True, False, False]


def test_the_losses_told_are_those_of_the_table():
    phases = tables()["phases"]
    assert story.lost_by_input(phases) == [("switchgear", 18.0), ("plan", 2.0)]
    assert sum(mw for _, mw in story.lost_by_input(phases)) == phases["lost_mw"].sum()


@pytest.mark.parametrize(("name", "found"), [("Alpha Annex", 8), ("annex", 8), ("alpha", 7), ("ALPHA SITE", 7)])
def test_a_campus_is_found_by_a_part_of_its_name_stargates_first(name, found):
    assert story.campus_called(tables(), name)["agent_id"] == found


@pytest.mark.parametrize(("name", "says"), [("Alhpa Site", "did you mean 'Alpha Site'"), ("", "no campus")])
def test_who_is_not_there_is_asked_for(name, says):
    with pytest.raises(BadInput, match=says):
        story.campus_called(tables(), name)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("why") / "run"
    assert main(["run", "--months", "24", "--scale", "1000", "--quiet", "--out", str(out)]) == 0
    return out


def test_why_from_end_to_end(run, capsys):
    """From a folder and from a run of its own: the same story, each sentence with a row that is there."""
    assert main(["why", "Abilene", "--run", str(run), "--json"]) == 0
    from_folder = json.loads(capsys.readouterr().out)
    assert main(["why", "Abilene", "--months", "24", "--scale", "1000", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["story"] == from_folder["story"]
    assert from_folder["campus"] == "OpenAI Stargate Abilene"
    assert any("comes into service" in sentence["text"] for sentence in from_folder["story"])
    found = open_run(run)
    for sentence in from_folder["story"]:
        if ".." in sentence["row"]["month"]:
            continue
        rows = getattr(found, sentence["table"]).collect()
        for column, value in sentence["row"].items():
            rows = rows.filter(pl.col(column).cast(pl.String) == pl.lit(value).cast(pl.String))
        assert len(rows) == 1, sentence


def test_why_for_people(run, capsys):
    assert main(["why", "abilene", "--run", str(run), "--rows"]) == 0
    said = capsys.readouterr().out
    assert "Works begin on building 1" in said
    assert "[phases: phase_id=" in said
    assert main(["why", "abilene", "--run", str(run), "--month", "2025-06"]) == 0
    assert "2024-06" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Abilene", "--month", "soon"], "--month 'soon' is no month"),
        (["Abilene", "--month", "2031-01"], "outside the run"),
        (["Atlantis"], "no campus 'Atlantis'"),
    ],
)
def test_bad_input_is_one_line(run, capsys, words, says):
    assert main(["why", *words, "--run", str(run)]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_a_folder_that_is_no_run_is_refused(tmp_path, capsys):
    assert main(["why", "Abilene", "--run", str(tmp_path)]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err
