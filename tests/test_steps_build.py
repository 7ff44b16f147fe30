"""A month on site, worked on paper: what crews, equipment, power and money allow, and who is named."""

import numpy as np
import pytest

from abm.facts import Facts
from abm.sites import PHASE_CLASSES
from abm.steps.build import build, crew_for, crew_ratio, progress
from abm.vocabulary import EQUIPMENT, INPUT, KLASS
from tests import tiny


@pytest.fixture
def site():
    """One building of 100 MW planned for 20 months, half done, that lacks nothing."""
    m = tiny.world()
    tiny.open_books(m)
    rows = tiny.alone(m, 0, 1)
    tiny.put(m, rows, 0.5)
    s = m.sites
    s.build_months[rows], s.minimum_months[rows] = 20.0, 14.0
    s.delivered_kw[rows] = s.needed_kw[rows]
    s.grid_kw[0] = 100_000
    m.facts = Facts(capital_share=np.ones((len(s.region), 2)))
    m.facts.fill_share = np.ones((len(s.region), 12))
    m.facts.crews_by_phase = np.zeros((len(s.campus), 12))
    m.facts.crews_by_phase[rows] = 10.0
    return m, int(rows[0])


def built(m):
    """What the step that hires leaves for the works, then the works."""
    m.facts.feasible = progress(m, np.ones(len(m.sites.campus)))
    build(m)


def test_a_month_of_twenty_is_a_twentieth(site):
    m, row = site
    built(m)
    assert m.sites.progress[row] == pytest.approx(0.55)
    assert m.facts.made.binding[row] == INPUT["plan"]
    assert len(m.facts.finished) == 0


@pytest.mark.parametrize("klass", ["switchgear", "genset", "cooling", "accelerator"])
def test_what_is_missing_at_its_point_stops_the_building_and_is_named(site, klass):
    m, row = site
    k = [EQUIPMENT[i] for i in PHASE_CLASSES].index(klass)
    at = float(m.needed_at[k])
    m.sites.progress[row] = at
    m.sites.delivered_kw[row, KLASS[klass]] = 0
    built(m)
    assert m.sites.progress[row] == pytest.approx(at)
    assert m.facts.made.binding[row] == INPUT[klass]
    assert m.facts.made.lost_kw[row] == pytest.approx(5_000)  # a twentieth of 100 MW


def test_nobody_at_work_means_nothing_built(site):
    m, row = site
    m.facts.fill_share[0] = 0.0
    built(m)
    assert m.sites.progress[row] == 0.5
    assert m.facts.made.binding[row] == INPUT["labour"]


def test_abundant_labour_builds_without_a_crew():
    m = tiny.world(abundant=("labour",))
    tiny.open_books(m)
    rows = tiny.alone(m, 0, 1)
    tiny.put(m, rows, 0.0)
    m.sites.build_months[rows] = 20.0
    m.sites.delivered_kw[rows] = m.sites.needed_kw[rows]
    m.facts = Facts(capital_share=np.ones((len(m.sites.region), 2)))
    m.facts.fill_share = np.zeros((len(m.sites.region), 12))
    m.facts.crews_by_phase = np.ones((len(m.sites.campus), 12))
    built(m)
    assert m.sites.progress[rows[0]] == pytest.approx(0.05)


def test_no_money_no_progress(site):
    m, row = site
    m.facts.capital_share[0] = [0.0, 1.0]
    built(m)
    assert m.sites.progress[row] == 0.5
    assert m.facts.made.binding[row] == INPUT["capital"]


def test_money_for_the_it_is_needed_once_it_is_fitted(site):
    """Nothing for IT: at a half the works go on; from the stage in which IT is fitted they stop."""
    m, row = site
    m.facts.capital_share[0] = [1.0, 0.0]
    built(m)
    assert m.sites.progress[row] == pytest.approx(0.55)
    m.sites.progress[row] = at = float(m.sites.stage_ends[2])
    built(m)
    assert m.sites.progress[row] == pytest.approx(at)
    assert m.facts.made.binding[row] == INPUT["capital"]


def test_a_crew_on_standby_is_a_part_of_the_planned_one(site):
    """Nothing else to do (0 of 0.05): three tenths of the crew. Half of the step: 1/2 + 3/10 x 1/2 = 0.65."""
    m, row = site
    tiny.numbers(m, "building", standby_crew_share=0.3)
    for step, ratio in ((0.05, 1.0), (0.025, 0.65), (0.0, 0.3)):
        made = progress(m, np.ones(len(m.sites.campus)))
        made.step_share[row] = step
        m.facts.feasible = made
        assert crew_ratio(m)[row] == pytest.approx(ratio)


def test_without_power_a_building_stops_before_its_test(site):
    m, row = site
    at = float(m.sites.stage_ends[-2])
    m.sites.progress[row] = at
    m.sites.grid_kw[0] = 0
    built(m)
    assert m.sites.progress[row] == pytest.approx(at)
    assert m.facts.made.binding[row] == INPUT["grid_power"]
    m.sites.islanded[0] = True
    built(m)
    assert m.facts.made.binding[row] == INPUT["onsite_power"]


def test_the_last_step_puts_a_building_in_service(site):
    m, row = site
    m.sites.progress[row] = 0.96
    built(m)
    assert m.facts.finished.tolist() == [row]
    assert m.sites.operating[row]
    assert m.sites.done[row] == m.month
    assert m.sites.operating_kw[0] == 100_000
    assert m.sites.finished_buildings[0] == 1


def test_power_serves_buildings_in_their_order(site):
    """150 MW for two buildings of 100 MW: the second gets half of its power, so it stops half-way in its test."""
    m, _ = site
    rows = tiny.alone(m, 0, 2)
    tiny.put(m, rows, 0.9)
    m.sites.grid_kw[0] = 150_000
    assert m.sites.power_share()[rows].tolist() == [1.0, 0.5]


def test_the_second_building_takes_less_work(site):
    """Each doubling of experience takes the learning share off: after one building, log2(2) = 1 time."""
    m, row = site
    step = np.full(len(m.sites.campus), 0.05)
    first = crew_for(m, step)[row].sum()
    m.sites.finished_buildings[0] = 1
    assert crew_for(m, step)[row].sum() == pytest.approx(first * (1 - m.parameters.building.learning_share))


def test_a_whole_build_uses_its_worker_months(site):
    """Twenty steps of a twentieth: 100,000 kW times the worker-months per kW."""
    m, row = site
    m.sites.work_wm_per_kw[0] = 0.02
    step, total = np.full(len(m.sites.campus), 0.05), 0.0
    for i in range(20):
        m.sites.progress[row] = i / 20
        total += crew_for(m, step)[row].sum()
    assert total == pytest.approx(2_000, rel=1e-9)


def test_what_is_not_needed_is_not_waited_for(site):
    """A building without IT of its own does not wait for accelerators."""
    m, row = site
    m.sites.it_kw[row] = 0
    m.sites.set_needs(np.array([row]))
    m.sites.delivered_kw[row, KLASS["accelerator"]] = 0
    m.sites.progress[row] = 0.95
    made = progress(m, np.ones(len(m.sites.campus)))
    assert made.step_share[row] == pytest.approx(0.05)
