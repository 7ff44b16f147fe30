"""Who is wanted, what is posted, and what a crew found says: worked on paper."""

import numpy as np
import pytest

from abm.steps.hire import crew_found, hire, posted_wages, staff_wanted, unfilled_by_package
from abm.vocabulary import TRADE, TRADES
from tests import tiny


def test_one_row_not_found_says_little_alone():
    """One row wanted, none found, a prior of one row.

    The nation: (0 + 1) / (1 + 1) = 1/2. The region: (0 + 1 x 1/2) / (1 + 1) = 1/4. The campus: (0 + 1/4) / 2 = 1/8.
    """
    share = crew_found(np.array([[1]]), np.array([[0]]), np.array([0]), 1, 1.0)
    assert share.tolist() == [[0.125]]


def test_a_neighbour_that_found_all_lifts_the_share():
    """Two campuses of a region want one row each, one finds it: nation 2/3, region (1 + 2/3) / 3 = 5/9, campus 5/18."""
    share = crew_found(np.array([[1], [1]]), np.array([[0], [1]]), np.array([0, 0]), 1, 1.0)
    assert share[:, 0] == pytest.approx([5 / 18, 14 / 18])


def test_the_prior_matters_little_to_a_large_crew():
    """300 of 1,000 found: three tenths, to a third of a per cent."""
    share = crew_found(np.array([[1000]]), np.array([[300]]), np.array([0]), 1, 1.0)
    assert share[0, 0] == pytest.approx(0.3, abs=0.003)


@pytest.mark.parametrize("wanted", [0, 1, 7])
def test_who_finds_all_it_wants_is_complete(wanted):
    share = crew_found(np.array([[wanted]]), np.array([[wanted]]), np.array([0]), 1, 3.0)
    assert share[0, 0] == pytest.approx(1.0)


def test_unfilled_is_counted_by_package():
    """Electricians and line workers are one package: 4 + 2 wanted, 3 + 2 found, a sixth is missing; none too many."""
    wanted, heads = np.zeros((1, len(TRADES)), np.int64), np.zeros((1, len(TRADES)), np.int64)
    wanted[0, [TRADE["electrician"], TRADE["line_worker"]]] = [4, 2]
    heads[0, [TRADE["electrician"], TRADE["line_worker"]]] = [3, 2]
    wanted[0, TRADE["labourer"]], heads[0, TRADE["labourer"]] = 2, 5
    assert unfilled_by_package(wanted, heads)[0] == pytest.approx([0.0, 1 / 6, 0.0])


def test_permanent_staff_follow_the_megawatts_in_service():
    """200 MW at 0.5 jobs per MW are 100 jobs; plants on site would add theirs."""
    m = tiny.world()
    rows = tiny.alone(m, 0, 2)
    tiny.put(m, rows, 1.0)
    tiny.numbers(m, "building", permanent_jobs_per_facility_mw=0.5)
    m.plants.running_kw[:] = 0
    wanted = staff_wanted(m)
    assert wanted[0].sum() == pytest.approx(100.0)
    assert wanted.sum() == pytest.approx(100.0)


def test_builders_post_their_premium_and_staff_their_own_pay():
    """A market of 40 USD and 10 % for the electrical package: 44 USD for electricians, 40 for labourers."""
    m = tiny.world()
    m.market_wages = np.full_like(m.market_wages, 4000.0)
    m.first_market_wages = m.market_wages.copy()
    tiny.numbers(m, "building", permanent_wage_usd_per_hour=50.0)
    m.sites.premium_share[:] = 0.0
    m.sites.premium_share[0, 1] = 0.10
    region = m.employers.regions(m.sites.region, m.lines.region, m.zones.home_region)
    wages, n = posted_wages(m, region), m.employers.n_campuses
    assert wages[0, TRADE["electrician"]] == 4400
    assert wages[0, TRADE["labourer"]] == 4000
    assert wages[1, TRADE["electrician"]] == 4000
    assert set(wages[n : 2 * n].ravel()) == {5000}
    assert set(wages[2 * n :].ravel()) == {4000}


@pytest.fixture(scope="module")
def hired():
    m = tiny.world()
    tiny.months(m, 9)
    tiny.do_until(m, "hire")
    hire(m)
    return m


def test_builders_hire_for_a_need_that_grows_a_month_ahead(hired):
    """Never fewer than this month's step takes, and more somewhere: crews are on their way up."""
    m, sites = hired, hired.sites
    needed = np.zeros_like(m.facts.crews_wanted)
    np.add.at(needed, sites.campus[sites.used], m.facts.crews_by_phase[sites.used])
    assert (m.facts.crews_wanted >= needed).all()
    assert m.facts.crews_wanted.sum() > needed.sum() > 0


def test_shares_of_crews_are_shares(hired):
    for share in (hired.facts.fill_share, hired.sites.unfilled_share):
        assert (share >= 0).all()
        assert (share <= 1).all()


def test_nobody_is_paid_for_a_job_nobody_wanted(hired):
    """Heads of every campus are within what it wants this month, in rows rounded up."""
    e, m = hired.employers, hired
    heads = m.facts.labour.heads[e.crews]
    assert (heads <= np.ceil(m.facts.crews_wanted / tiny.SCALE)).all()


def test_homes_and_establishments_count_the_same_people(hired):
    m, n = hired, hired.employers.n_regions
    assert (m.facts.home_heads.sum(axis=1) == m.facts.labour.heads[n:].sum(axis=1)).all()


def test_a_long_shortage_is_answered_by_the_wage():
    """Crews wanted at a site without end: after half a year its builders post a premium."""
    m = tiny.world()
    tiny.months(m, 1)
    c = int(np.flatnonzero(m.sites.under_way)[0])
    c = int(m.sites.campus[c])
    for _ in range(6):
        m.sites.unfilled_share[c] = 0.5
        m.news.site_unfilled_share[c] = 0.5
        m.step()
    assert (m.sites.premium_share[c] > 0).any()
