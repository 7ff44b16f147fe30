"""Campuses and phases as columns: what begins, advances, comes into service, is given up or added."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm import readers
from abm.sites import BUILDING_CLASSES, CANCELLED, IT_CLASSES, OPERATING, NewCampus, Room, Sites
from abm.tables import NEVER, UNKNOWN, Campuses, Phases, Stages
from abm.vocabulary import RIVAL, STAGE, STARGATE, TRADES

STAGES = Stages(
    ("site", "shell", "mep", "it", "test"), np.array([4.0, 4, 4, 2, 2]), np.eye(5, len(TRADES)), np.zeros(len(TRADES))
)  # each stage has a trade of its own; they end at 1/4, 1/2, 3/4, 7/8 and 1
NO_ROOM = Room(0, 0)


def campus_table(clearing, program=STARGATE):
    """The first shipped campuses under new dates."""
    n, shipped = len(clearing), readers.campuses()
    columns = {field.name: getattr(shipped, field.name)[:n] for field in fields(Campuses)}
    columns |= {"clearing_month": np.array(clearing), "program": np.full(n, program)}
    return Campuses(**columns)


def phase_table(campus, in_service=None, known_start=None, retrofit=False, kw=100_000, it_kw=70_000):
    """Phases in the order of building; all of one size, whole numbers for one and all."""
    n, campus = len(campus), np.array(campus)
    order = np.array([int((campus[: i + 1] == c).sum()) for i, c in enumerate(campus)])
    unknown, names = np.full(n, UNKNOWN), ("",) * n
    return Phases(
        campus, order, names, np.full(n, kw), np.full(n, it_kw), unknown,
        unknown if in_service is None else np.array(in_service),
        np.full(n, NEVER) if known_start is None else np.array(known_start),
        unknown, names, np.full(n, retrofit),
    )  # fmt: skip


def some_sites(campus, clearing, room=NO_ROOM, program=STARGATE, **columns):
    return Sites(campus_table(clearing, program), phase_table(campus, **columns), STAGES, room)


def step_of(sites, share):
    """A month in which every phase makes the same progress."""
    return SimpleNamespace(step_share=np.full(len(sites.campus), share))


def a_campus(**changes):
    values = {
        "name": "Rival ERCOT 1", "region": 4, "zone": 2, "owner": 5, "tenant": 6, "program": RIVAL,
        "phase_kw": 180_000, "it_kw": 140_000, "n_phases": 3, "start": 20, "gap": 2, "build_months": 24.5,
        "minimum_months": 14.0, "work_wm_per_kw": 0.05,
    }  # fmt: skip
    return NewCampus(**(values | changes))


@pytest.fixture
def sites():
    """A campus of three buildings and one of two, none begun."""
    return some_sites([0, 0, 0, 1, 1], [5, 9])


# ---- what phases need ----


def test_a_building_needs_its_facility_load_of_one_sort_and_its_it_load_of_the_other(sites):
    assert (sites.needed_kw[:, BUILDING_CLASSES] == 100_000).all()
    assert (sites.needed_kw[:, IT_CLASSES] == 70_000).all()
    others = np.setdiff1d(np.arange(sites.needed_kw.shape[1]), np.concatenate([BUILDING_CLASSES, IT_CLASSES]))
    assert len(others) == 5
    assert not sites.needed_kw[:, others].any()


def test_what_is_new_is_planned(sites):
    assert sites.planned.tolist() == [True] * 5
    assert not sites.under_way.any()
    assert not sites.operating.any()


def test_spare_rows_are_no_phases():
    sites = some_sites([0, 0], [5], room=Room(2, 3))
    assert (len(sites.region), len(sites.campus)) == (3, 8)
    assert sites.used.tolist() == [True, True] + [False] * 6
    assert sites.planned.tolist() == sites.is_stargate.tolist() == sites.used.tolist()
    assert sites.by_campus(np.ones(8, np.int64)).tolist() == [2, 0, 0]


# ---- building ----


def test_work_begins(sites):
    sites.begin(np.array([1, 3]), 7)
    assert sites.start.tolist() == [NEVER, 7, NEVER, 7, NEVER]
    assert sites.under_way.tolist() == [False, True, False, True, False]
    assert sites.stage[1] == STAGE["site"]


def test_a_building_goes_through_its_stages_and_comes_into_service(sites):
    """Sixteen steps of a sixteenth: four months each of three stages, two each of the others, then service."""
    sites.begin(np.array([0]), 0)
    seen = []
    for month in range(16):
        done = sites.advance(step_of(sites, 1 / 16), month)
        seen.append(int(sites.stage[0]))
        assert done.tolist() == ([0] if month == 15 else [])
    names = ["site"] * 3 + ["shell"] * 4 + ["mep"] * 4 + ["it"] * 2 + ["test"] * 2 + ["operating"]
    assert seen == [STAGE[name] for name in names]
    assert (sites.done[0], sites.progress[0]) == (15, 1.0)
    assert sites.finished_buildings.tolist() == [1, 0]
    assert sites.operating_kw.tolist() == [100_000, 0]


@pytest.mark.parametrize("months", [3, 7, 10, 13, 24, 49])
def test_as_many_equal_steps_as_there_are_months_finish_a_building(months):
    """Seven sevenths fall short of one by rounding; it is done in the seventh month all the same."""
    sites = some_sites([0], [0])
    sites.begin(np.array([0]), 0)
    took = 0
    while not sites.operating[0]:
        sites.advance(step_of(sites, 1 / months), took)
        took += 1
    assert took == months


def test_progress_is_cut_at_the_whole_building(sites):
    sites.begin(np.array([0]), 0)
    sites.progress[0] = 0.9
    assert sites.advance(step_of(sites, 0.5), 3).tolist() == [0]
    assert sites.progress[0] == 1.0


def test_only_what_is_under_way_advances(sites):
    sites.begin(np.array([0, 1]), 0)
    sites.put_in_service(np.array([1]), 2)
    sites.cancel(np.array([1]))
    sites.advance(step_of(sites, 0.125), 3)
    assert sites.progress.tolist() == [0.125, 1.0, 0, 0, 0]
    assert sites.stage.tolist() == [STAGE["site"], OPERATING, STAGE["planned"], CANCELLED, CANCELLED]
    assert sites.done.tolist() == [NEVER, 2, NEVER, NEVER, NEVER]


def test_two_buildings_finished_at_once_count_twice(sites):
    sites.put_in_service(np.array([0, 2, 4]), 6)
    assert sites.finished_buildings.tolist() == [2, 1]
    assert sites.done.tolist() == [6, NEVER, 6, NEVER, 6]
    assert sites.operating_kw.tolist() == [200_000, 100_000]


# ---- giving up ----


def test_what_has_not_begun_is_given_up_and_the_rest_goes_on(sites):
    sites.begin(np.array([0]), 1)
    sites.put_in_service(np.array([1]), 1)
    assert sites.cancel(np.array([0])).tolist() == [2]
    assert sites.cancelled.tolist() == [True, False]
    assert sites.stage.tolist()[:3] == [STAGE["site"], OPERATING, CANCELLED]
    assert sites.planned.tolist() == [False, False, False, True, True]
    assert sites.advance(step_of(sites, 1.0), 9).tolist() == [0]
    assert sites.cancel(np.array([0])).tolist() == []


# ---- adding ----


def test_a_campus_is_added_in_spare_rows():
    """Three phases of 180 MW from month 20, two months apart."""
    sites = some_sites([0, 0], [5], room=Room(2, 4))
    assert sites.add(a_campus()) == 1
    assert (sites.used_campuses, sites.used_phases) == (2, 5)
    assert sites.names[1] == sites.short_names[1] == "Rival ERCOT 1"
    assert (sites.region[1], sites.zone[1], sites.owner[1], sites.tenant[1], sites.program[1]) == (4, 2, 5, 6, RIVAL)
    assert sites.campus.tolist() == [0, 0, 1, 1, 1] + [NEVER] * 5
    assert sites.order[2:5].tolist() == [1, 2, 3]
    assert sites.planned_start[2:5].tolist() == [20, 22, 24]
    assert (sites.build_months[2:5] == 24.5).all()
    assert (sites.minimum_months[2:5] == 14).all()
    assert sites.clearing[1] == 20
    assert sites.work_wm_per_kw[1] == 0.05
    assert sites.by_campus(sites.facility_kw).tolist() == [200_000, 540_000, 0]
    assert (sites.needed_kw[2:5][:, BUILDING_CLASSES] == 180_000).all()
    assert (sites.needed_kw[2:5][:, IT_CLASSES] == 140_000).all()
    assert not sites.needed_kw[5:].any()
    assert sites.is_stargate.tolist() == [True] * 2 + [False] * 8
    assert sites.planned[2:5].all()


def test_no_campus_is_added_where_no_row_is_free():
    sites = some_sites([0], [5], room=Room(1, 8))
    assert sites.add(a_campus()) == 1
    before = (sites.used_campuses, sites.used_phases, list(sites.names), sites.facility_kw.copy())
    assert sites.add(a_campus()) is None
    assert before[:3] == (sites.used_campuses, sites.used_phases, sites.names)
    assert (before[3] == sites.facility_kw).all()


def test_no_campus_is_added_where_phases_do_not_fit():
    """Six spare rows: one campus of four leaves two, too few for three phases but enough for two."""
    sites = some_sites([0], [5], room=Room(3, 2))
    assert sites.add(a_campus(n_phases=4)) == 1
    assert sites.add(a_campus(n_phases=3)) is None
    assert sites.used_campuses == 2
    assert sites.add(a_campus(n_phases=2)) == 2


# ---- power ----


def power(grid, onsite):
    """Buildings one to three under way since months 4, 6 and 6, the fourth planned, a fifth in service."""
    sites = some_sites([0] * 5, [0])
    sites.begin(np.array([0]), 4)
    sites.begin(np.array([1, 2]), 6)
    sites.start[4] = 9
    sites.put_in_service(np.array([4]), 20)
    sites.grid_kw[0], sites.onsite_kw[0] = grid, onsite
    return sites.power_share().tolist()


def test_power_serves_what_is_in_service_first_and_then_the_earlier_building():
    """250 MW: 100 for the fifth, in service though begun last; 100 for the first; 50 for the second."""
    assert power(200_000, 50_000) == [1.0, 0.5, 0.0, 0.0, 1.0]
    assert power(0, 60_000) == [0.0, 0.0, 0.0, 0.0, 0.6]
    assert power(0, 0) == [0.0] * 5


def test_planned_buildings_take_no_power():
    assert power(9_000_000, 0) == [1.0, 1.0, 1.0, 0.0, 1.0]


def test_a_campus_does_not_live_on_the_power_of_another():
    sites = some_sites([0, 1], [0, 0])
    sites.begin(np.array([0, 1]), 0)
    sites.grid_kw[:] = 25_000, 300_000
    assert sites.power_share().tolist() == [0.25, 1.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**48)), min_size=1, max_size=30))
def test_sums_by_campus_are_exact(rows):
    campus = [0, 1, 2, 3, *(c for c, _ in rows)]
    sites = some_sites(campus, [0] * 4)
    values = np.array([0, 0, 0, 0, *(value for _, value in rows)])
    expected = [sum(value for c, value in rows if c == k) for k in range(4)]
    assert sites.by_campus(values).tolist() == expected
