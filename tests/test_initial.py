"""Where campuses stand on the first of May 2024, worked on paper."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.initial import draw_traits, lay_out, truncated_lognormal
from abm.parameters import parameters_of, shipped_numbers
from abm.sites import OPERATING
from abm.tables import NEVER, UNKNOWN
from abm.units import month_index
from abm.vocabulary import RIVAL, STAGE
from tests.test_sites import phase_table, some_sites

SHIPPED = {number.name: number.value for number in shipped_numbers().values()}
PAPER = {
    "minimum_build_months": 14.0, "minimum_retrofit_months": 4.0, "stargate_pace_ratio": 1.2, "rival_pace_ratio": 1.5,
    "pace_log_sd": 0.0, "early_gap_months": 10.0, "late_gap_months": 2.0, "learning_share": 0.1,
    "stargate_work_worker_months_per_facility_mw": 80.0, "other_work_worker_months_per_facility_mw": 50.0,
    "labour_productivity_index": 1.0,
}  # fmt: skip


def numbers(**changes):
    """Round numbers, and no luck unless asked for."""
    return parameters_of(SHIPPED | {f"building.{name}": value for name, value in (PAPER | changes).items()})


def laid_out(clearing, campus=(0,), build_months=16.0, seed=1, p=None, **columns):
    """A campus (or several) of buildings that take so many months, as history puts them."""
    sites = some_sites([*campus], clearing, **columns)
    sites.build_months[:] = build_months
    sites.minimum_months[:] = 14.0
    lay_out(sites, phase_table([*campus], **columns), numbers() if p is None else p, seed)
    return sites


# ---- how long a build takes that is not yet done ----


def test_nothing_known_is_the_plain_lognormal():
    """The middle is the median; one standard deviation up is at a share of 0.8413."""
    assert truncated_lognormal(0.5, 16, 0.35, 0) == pytest.approx(16)
    assert truncated_lognormal(0.841344746, 16, 0.35, 0) == pytest.approx(16 * math.exp(0.35))
    assert truncated_lognormal(0.158655254, 16, 0.35, 0) == pytest.approx(16 * math.exp(-0.35))


def test_half_of_those_past_the_median_end_before_the_upper_quartile():
    """Ten months gone of a median of ten: the middle of the upper half is at three quarters, 0.6745 deviations up."""
    assert truncated_lognormal(0.5, 10, 0.5, 10) == pytest.approx(10 * math.exp(0.5 * 0.674490))
    assert truncated_lognormal(0.0, 10, 0.5, 10) == pytest.approx(10)


def test_one_deviation_gone_leaves_the_upper_sixth():
    """Above one deviation lies 0.1587; its middle is at 1 - 0.0793, which is 1.4096 deviations up."""
    assert truncated_lognormal(0.5, 10, 0.5, 10 * math.exp(0.5)) == pytest.approx(20.2345, rel=1e-5)


def test_without_luck_a_build_takes_its_median():
    assert truncated_lognormal(0.9, 16, 0.0, 5) == pytest.approx(16)


@given(u=st.floats(0, 1), step=st.floats(0, 1), above=st.floats(1, 40))
def test_it_takes_longer_than_has_passed_and_later_luck_takes_longer(u, step, above):
    months = truncated_lognormal(u, 16, 0.35, above)
    assert above * (1 - 1e-6) <= months < math.inf
    assert truncated_lognormal(min(1.0, u + step), 16, 0.35, above) >= months


# ---- pace and work ----


def test_stargate_builds_at_its_pace_and_learns_with_every_doubling():
    """14 * 1.2 = 16.8 months; 0.9 of that for the second, 0.81 for the fourth; the eighth hits the minimum."""
    sites = some_sites([0] * 8, [0])
    draw_traits(sites, 0, numbers(learning_share=0.1), 1, at_minimum=False)
    assert sites.build_months[[0, 1, 3]] == pytest.approx([16.8, 15.12, 14.0])  # 13.6 is below the minimum
    assert sites.build_months[7] == 14.0
    assert (sites.minimum_months == 14.0).all()


def test_rivals_take_longer_and_conversions_less():
    """14 * 1.5 = 21 months; a conversion 4 * 1.5 = 6."""
    for retrofit, months, least in ((False, 21.0, 14.0), (True, 6.0, 4.0)):
        sites = some_sites([0], [0], program=RIVAL, retrofit=retrofit)
        draw_traits(sites, 0, numbers(), 1, at_minimum=False)
        assert sites.build_months.tolist() == pytest.approx([months])
        assert sites.minimum_months.tolist() == [least]


def test_an_abundant_plan_is_the_shortest_build():
    sites = some_sites([0, 0, 1], [0, 0], program=RIVAL)
    draw_traits(sites, 0, numbers(pace_log_sd=0.35), 1, at_minimum=True)
    assert sites.build_months.tolist() == sites.minimum_months.tolist() == [14.0] * 3


def test_pace_is_a_trait_of_a_campus_but_not_at_stargate():
    p = numbers(pace_log_sd=0.35, learning_share=0.0)
    rivals = some_sites([0, 0, 1, 1], [0, 0], program=RIVAL)
    draw_traits(rivals, 0, p, 1, at_minimum=False)
    assert rivals.build_months[0] == rivals.build_months[1] != rivals.build_months[2] == rivals.build_months[3]
    ours = some_sites([0, 1], [0, 0])
    draw_traits(ours, 0, p, 1, at_minimum=False)
    assert ours.build_months == pytest.approx([16.8, 16.8])


def test_work_was_measured_at_one_campus():
    """80 worker-months a MW there, 50 elsewhere; a quarter more productive, 64 and 40."""
    sites = some_sites([0, 1], [0, 0])
    draw_traits(sites, 1, numbers(), 1, at_minimum=False)
    assert sites.work_wm_per_kw == pytest.approx([0.05, 0.08])
    draw_traits(sites, 1, numbers(labour_productivity_index=1.25), 1, at_minimum=False)
    assert sites.work_wm_per_kw == pytest.approx([0.04, 0.064])


# ---- starts ----


def test_buildings_follow_at_the_early_gap_and_from_2025_at_the_late_one():
    """Clearing in month -3, then 10 later in 7. The next would be in 17, but two months into 2025 is 10. Then 12."""
    sites = laid_out([-3], campus=[0] * 5)
    assert sites.planned_start.tolist() == [-3, 7, 10, 12, 14]


def test_a_campus_cleared_in_2025_knows_the_late_gap_only():
    assert month_index("2025-01") == 8
    assert laid_out([8], campus=[0] * 3).planned_start.tolist() == [8, 10, 12]
    assert laid_out([7], campus=[0] * 3).planned_start.tolist() == [7, 10, 12]


def test_a_gap_is_counted_from_the_building_before_even_if_that_was_dated():
    """The first is dated in month 1, and the third in 30; the second comes 10 months after 1: in 10, not in 11."""
    sites = laid_out([0], campus=[0] * 4, known_start=[1, NEVER, 30, NEVER])
    assert sites.planned_start.tolist() == [1, 10, 30, 32]


@given(seed=st.integers(0, 2**32))
def test_from_2025_on_the_gap_is_the_same_everywhere(seed):
    """Campuses differ in the gap before, not in the late one."""
    p = numbers(pace_log_sd=0.35)
    assert laid_out([8], campus=[0] * 3, seed=seed, p=p).planned_start.tolist() == [8, 10, 12]
    early = laid_out([7], campus=[0] * 3, seed=seed, p=p).planned_start.tolist()
    assert 8 <= early[1] <= 24
    assert early[2] == early[1] + 2


def test_buildings_start_in_their_order_wherever_they_stand_in_the_table():
    sites = some_sites([0, 0, 0], [9])
    sites.order[:] = 3, 1, 2
    lay_out(sites, phase_table([0, 0, 0]), numbers(), 1)
    assert sites.planned_start.tolist() == [13, 9, 11]


def test_a_new_building_waits_until_the_site_is_cleared():
    """An older building was in service in month -12, begun in -28; ten months later would be -18, clearing is in 5."""
    sites = laid_out([5], campus=[0, 0], in_service=[-12, UNKNOWN])
    assert sites.planned_start.tolist() == [-28, 5]
    # Nor do the starts sped up in 2025, which would put it in month 10, come before clearing in 20.
    assert laid_out([20], campus=[0, 0], in_service=[-12, UNKNOWN]).planned_start.tolist() == [-28, 20]


def test_campuses_do_not_depend_on_each_other():
    one, both = laid_out([-3], campus=[0, 0]), laid_out([-3, 11], campus=[0, 0, 1, 1])
    assert both.planned_start[:2].tolist() == one.planned_start.tolist()
    assert both.planned_start[2:].tolist() == [11, 13]


# ---- what is there ----


def test_what_came_into_service_before_the_run_is_in_service():
    """In service since month -2 after 16 months: begun in -18."""
    sites = laid_out([-20], in_service=[-2])
    assert (sites.start[0], sites.planned_start[0], sites.done[0]) == (-18, -18, -2)
    assert (sites.stage[0], sites.progress[0], sites.finished_buildings[0]) == (OPERATING, 1.0, 1)
    assert sites.operating_kw.tolist() == [100_000]


def test_what_is_under_way_has_done_the_months_that_passed():
    """Six months of sixteen: 3/8, past the quarter where the site works end and before the half."""
    sites = laid_out([-6])
    assert sites.start[0] == -6
    assert sites.progress[0] == pytest.approx(6 / 16)
    assert sites.stage[0] == STAGE["shell"]
    assert sites.under_way.tolist() == [True]
    assert sites.done[0] == NEVER


@pytest.mark.parametrize(("begun", "stage"), [(-3, "site"), (-4, "shell"), (-8, "mep"), (-12, "it"), (-14, "test")])
def test_the_stage_follows_from_the_months_that_passed(begun, stage):
    """Of sixteen months the site takes 4, the shell 4, the electrical work 4, the IT 2 and the tests 2."""
    assert laid_out([begun]).stage[0] == STAGE[stage]


def test_what_should_be_done_but_is_not_has_one_month_left():
    """Forty months gone of a build of sixteen: a month's step is missing."""
    sites = laid_out([-40])
    assert sites.progress[0] == pytest.approx(15 / 16)
    assert sites.stage[0] == STAGE["test"]


def test_what_is_planned_has_not_begun():
    sites = laid_out([0])
    assert (sites.start[0], sites.stage[0], sites.progress[0]) == (NEVER, STAGE["planned"], 0.0)
    assert sites.planned_start[0] == 0


def test_a_site_cleared_before_the_run_has_land_and_permit():
    sites = laid_out([-1, 0], campus=[0, 1])
    for has in (sites.land, sites.permit, sites.applied):
        assert has.tolist() == [True, False]


@given(seed=st.integers(0, 2**32), begun=st.integers(-60, -1))
def test_what_is_under_way_is_on_course_for_its_build_time(seed, begun):
    """Progress is the months that passed over the build time, of which a month at least is left."""
    sites = laid_out([begun], seed=seed, p=numbers(pace_log_sd=0.35))
    months = sites.build_months[0]
    assert months >= max(14.0, -begun + 1 - 1e-4)
    assert sites.progress[0] == pytest.approx(min(-begun / months, 1 - 1 / months))
    assert 0 < sites.progress[0] < 1
    assert sites.under_way[0]


def test_the_later_a_building_is_the_longer_it_still_takes():
    """Over many seeds, a build of median 16 has 16.x months as its middle after none, and ever more after more."""
    p = numbers(pace_log_sd=0.35)
    middle = [
        np.median([laid_out([begun], seed=s, p=p).build_months[0] for s in range(60)]) for begun in (-1, -16, -30)
    ]
    assert middle[0] == pytest.approx(16, rel=0.15)
    assert middle[1] == pytest.approx(truncated_lognormal(0.5, 16, 0.35, 17), rel=0.1)
    assert middle[0] < middle[1] < middle[2]


# ---- as shipped ----


def test_abilene_begins_in_june_2024(first_of_may):
    m = first_of_may
    rows = m.sites.campus == m.campus_table.short_name.index("Abilene")
    assert m.sites.planned_start[rows].tolist() == [1, 1, 10, 11, 12, 13, 14, 15]
    assert m.sites.planned[rows].all()


def test_what_history_had_in_service_before_the_run_is_in_service(first_of_may):
    """The phases with a month of service are those that operate, and sum to the campuses' kW."""
    from abm.readers import phases

    table, sites = phases(), first_of_may.sites
    there = table.in_service_month != UNKNOWN
    assert sites.operating[: len(there)].tolist() == there.tolist()
    expected = np.bincount(table.campus[there], table.facility_kw[there], len(sites.region))
    assert sites.operating_kw.tolist() == expected.astype(int).tolist()
