"""When a building begins, what it waits for, and who gets to build it."""

import numpy as np
import pytest

from abm.sites import PHASE_CLASSES
from abm.steps.release import add_campuses, customers_or_purse, first_lacking, price, release, slot_month, winner
from abm.tables import NEVER
from abm.vocabulary import EQUIPMENT, INPUT, INPUTS, KLASS, STARGATE
from tests import tiny

SWITCHGEAR = [EQUIPMENT[k] for k in PHASE_CLASSES].index("switchgear")


@pytest.fixture
def site():
    """Three buildings of 100 MW (70 of IT) of a Stargate campus that are due, lack nothing and are wanted."""
    m = tiny.world()
    tiny.do_until(m, "release")
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    rows = tiny.alone(m, c, 3)
    tiny.open_books(m)
    s = m.sites
    s.planned_start[rows], s.build_months[rows] = m.month, 20.0
    s.land[c] = s.permit[c] = s.applied[c] = True
    s.ordered_kw[rows] = s.needed_kw[rows]
    m.slot_months = np.full_like(m.slot_months, m.month)
    m.power_months = np.zeros(m.n_phases)
    for developer in m.developers:
        developer.start_it_kw = developer.start_kw = 10**9
        developer.add_kw = 0
    return m, c, rows


def begun(m, rows):
    return m.sites.under_way[rows].tolist()


def test_a_building_that_lacks_nothing_begins(site):
    m, c, rows = site
    release(m)
    assert begun(m, rows) == [True] * 3
    assert m.facts.released.tolist() == rows.tolist()
    assert set(m.sites.start[rows]) == {m.month}
    assert set(m.sites.waiting_for[rows]) == {0}
    assert (m.sites.builder[c] != NEVER).all()


def test_a_building_does_not_begin_before_its_planned_month(site):
    m, _, rows = site
    m.sites.planned_start[rows[0]] = m.month + 1
    release(m)
    assert begun(m, rows) == [False, True, True]
    assert m.sites.waiting_for[rows[0]] == 0  # it waits for nothing: it is not its turn


def lack(m, c, rows, what):
    """Take one thing away from the first building."""
    row, far = rows[:1], m.month + 100
    match what:
        case "land":
            m.sites.land[c] = False
        case "permits":
            m.sites.permit[c] = False
        case "grid_power":
            m.power_months[row] = far
        case "onsite_power":
            m.power_months[row] = far
            m.sites.islanded[c] = True
        case "demand":
            for developer in m.developers:
                developer.start_it_kw = 0
        case "capital":
            for developer in m.developers:
                developer.start_kw = 99_999
        case _:
            m.slot_months[row, KLASS[what]] = far


@pytest.mark.parametrize(
    "what",
    ["land", "permits", "grid_power", "onsite_power", "switchgear", "genset", "accelerator", "demand", "capital"],
)
def test_what_a_building_lacks_is_what_it_waits_for(site, what):
    m, c, rows = site
    lack(m, c, rows, what)
    release(m)
    assert not m.sites.under_way[rows[0]]
    assert INPUTS[m.sites.waiting_for[rows[0]]] == what


def test_the_first_of_several_reasons_is_named(site):
    """Land before permits before customers before power before equipment: what nobody wants is not ordered for."""
    m, c, rows = site
    order = ["switchgear", "grid_power", "demand", "permits", "land"]
    for what in order:
        lack(m, c, rows, what)
        release(m)
        assert INPUTS[m.sites.waiting_for[rows[0]]] == what


def test_power_may_come_a_tolerated_while_after_the_building(site):
    """20 months to the end, fitted out at 14/16 of them: month + 17.5 + tolerance is in time, a month more is late."""
    m, _, rows = site
    tiny.numbers(m, "building", power_tolerance_months=3.0)
    m.sites.stage_ends = np.array([3, 7, 12, 14, 16]) / 16
    m.power_months[rows] = m.month + np.array([20.5, 20.6, 0.0])
    lacks = first_lacking(m, rows)
    assert lacks.tolist() == [0, INPUT["grid_power"], 0]


def test_a_slot_is_the_date_of_the_order_or_the_published_wait(site):
    m, _, rows = site
    m.slot_months[rows, KLASS["switchgear"]] = m.month + 7
    m.news.lead_months[KLASS["switchgear"]] = 11.5
    m.sites.ordered_kw[rows[1], KLASS["switchgear"]] = 0
    assert (slot_month(m, rows)[:, SWITCHGEAR] - m.month).tolist() == [7.0, 11.5, 7.0]


def test_a_half_wanted_building_is_begun_and_a_less_wanted_one_is_not(site):
    """70,000 kW of IT: 35,000 wanted is half."""
    m, c, rows = site
    developer = m.developers[m.sites.owner[c]]
    developer.start_it_kw = 34_999
    assert customers_or_purse(m, int(rows[0])) == INPUT["demand"]
    developer.start_it_kw = 35_000
    assert customers_or_purse(m, int(rows[0])) == 0


def test_what_is_begun_leaves_less_to_begin(site):
    """105,000 IT kW wanted: one whole building and half of another; the third waits for customers."""
    m, _, rows = site
    for developer in m.developers:
        developer.start_it_kw = 105_000
    release(m)
    assert begun(m, rows) == [True, True, False]
    assert m.sites.waiting_for[rows[2]] == INPUT["demand"]


def test_stargate_owners_share_one_purse_and_rivals_have_their_own(site):
    m, _, rows = site
    assert customers_or_purse(m, int(rows[0])) == 0
    for developer in m.developers:
        expected = 10**9 - 100_000 if developer.program == STARGATE else 10**9
        assert developer.start_kw == expected


def test_abundant_demand_asks_no_customer():
    m = tiny.world(abundant=("demand",))
    phase = int(np.flatnonzero(m.sites.planned)[0])
    developer = m.developers[m.sites.owner[m.sites.campus[phase]]]
    developer.start_it_kw, developer.start_kw = 0, 10**9
    assert customers_or_purse(m, phase) == 0


def test_with_the_first_works_the_rest_of_the_land_and_soft_costs_fall_due(site):
    """100 MW at 20 USD/kW is 2 m USD a building."""
    m, c, _ = site
    m.land_due_cents[c] = 5_000_000
    tiny.numbers(m, "building", soft_cost_usd_per_facility_kw=20.0)
    m.construction_price = 1.0
    release(m)
    received = tiny.posted(m, "bill_received")
    assert received.to(m.ledger.accounts("landowners")[m.sites.region[c]]) == 5_000_000
    assert received.to(m.ledger.account("rest_us")) == 3 * 200_000_000
    assert m.land_due_cents[c] == 0


# ---- who builds ----


def test_a_place_costs_more_where_a_builder_is_a_stranger(site):
    m, c, _ = site
    builder = m.builders[0]
    builder.markup_share, builder.sites, builder.region = 0.05, [], 3
    region_of = m.sites.region
    assert price(builder, region_of, 3, 0.02) == 0.05
    assert price(builder, region_of, 4, 0.02) == pytest.approx(0.07)
    builder.sites = [c]
    assert price(builder, region_of, int(region_of[c]), 0.02) == 0.05


@pytest.mark.parametrize(("away_markup", "local_wins"), [(0.09, True), (0.07, False)])
def test_the_local_builder_wins_unless_the_other_is_cheaper_all_the_same(site, away_markup, local_wins):
    """At home 10 %; away 9 % and 2 % for the move is dearer, 7 % and 2 % is not."""
    m, c, _ = site
    tiny.numbers(m, "building", away_bid_share=0.02)
    region = int(m.sites.region[c])
    general = [i for i, b in enumerate(m.builders) if b.package == 0]
    for i in general:
        m.builders[i].markup_share, m.builders[i].region, m.builders[i].sites = 0.5, region + 1, []
    local, away = general[1], general[0]
    m.builders[local].markup_share, m.builders[local].region = 0.10, region
    m.builders[away].markup_share = away_markup
    assert winner(m, c, 0) == (local if local_wins else away)


# ---- new campuses ----


def test_an_owner_who_wants_more_takes_a_new_campus(site):
    """Of what it adds each of the phases gets its part; the power is asked for at once."""
    m, _, _ = site
    developer = next(d for d in m.developers if m.owner_table.kind[d.owner] != "tenant")
    n = m.parameters.building.new_campus_phases_count
    developer.add_kw = 50_000 * n
    before = m.sites.used_campuses
    add_campuses(m)
    assert m.sites.used_campuses == before + 1
    new = m.sites.campus == before
    assert m.sites.facility_kw[new].tolist() == [50_000] * n
    assert m.request_kw[new].tolist() == [50_000] * n
    assert m.request_month[before] == m.month
    assert m.added[before]
    assert m.sites.owner[before] == developer.owner
    gap = round(m.parameters.building.late_gap_months)
    start = m.month + round(m.parameters.building.new_campus_wait_months)
    assert m.sites.planned_start[new].tolist() == [start + gap * i for i in range(n)]


def test_stargate_adds_one_campus_a_month_for_all_its_owners(site):
    m, _, _ = site
    for developer in m.developers:
        if developer.program == STARGATE:
            developer.add_kw = 1_000_000
    before = m.sites.used_campuses
    add_campuses(m)
    assert m.sites.used_campuses == before + 1
