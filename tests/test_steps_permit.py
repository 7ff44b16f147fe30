"""Land and permits: when a campus applies, what it pays, and what a refusal strikes."""

import numpy as np
import pytest

from abm.bills import FACILITY
from abm.changes import Change
from abm.steps.permit import HISTORY_ENDS, apply, buy_land, given_up, moratoria, permit, zone_moratoria
from abm.vocabulary import STAGE, STARGATE, ZONES
from tests import tiny


@pytest.fixture
def site():
    """One building of 100 MW at a Stargate campus that has neither land nor permits; its works are due in month 40."""
    m = tiny.world()
    tiny.do_until(m, "permit")
    tiny.open_books(m)
    s = m.sites
    c = next(int(c) for c in np.flatnonzero(s.program == STARGATE) if c < s.used_campuses and m.local.state[c] == 0)
    rows = tiny.alone(m, c, 1)
    s.planned_start[rows] = s.clearing[c] = 40
    s.land[c] = s.permit[c] = s.applied[c] = False
    m.acres[c] = 0
    s.cancelled[:] = np.arange(len(s.region)) != c
    return m, c, rows


def wait_months(m, c):
    return float(m.local.wait_months(m.parameters.policy)[m.sites.region[c]])


def test_a_campus_applies_the_published_wait_ahead_of_its_works(site):
    m, c, _ = site
    due = 40 - wait_months(m, c)
    m.month = int(np.ceil(due)) - 1
    apply(m)
    assert not m.sites.applied[c]
    m.month = int(np.ceil(due))
    apply(m)
    assert m.sites.applied[c]


def test_the_fee_is_by_size_and_paid_once(site):
    """100 MW at 3,000 USD/MW is 300,000 USD."""
    m, c, _ = site
    m.month = 40
    tiny.numbers(m, "policy", permit_fee_usd_per_facility_mw=3_000.0)
    apply(m)
    apply(m)
    fee = tiny.posted(m, "bill_received")
    assert fee.of(c) == fee.to(m.ledger.accounts("states")[m.sites.region[c]]) == 30_000_000


@pytest.mark.parametrize(("clearing", "at_once"), [(HISTORY_ENDS - 1, True), (HISTORY_ENDS, False)])
def test_what_history_cleared_had_its_permits_and_later_ones_queue(site, clearing, at_once):
    m, c, rows = site
    m.sites.clearing[c] = m.sites.planned_start[rows] = m.month = clearing
    apply(m)
    assert m.sites.permit[c] == at_once


def test_land_is_optioned_now_and_paid_with_the_works(site):
    """100 MW at 2 acres/MW are 200 acres at 50,000 USD, 10 m USD; a tenth for the option."""
    m, c, _ = site
    region = int(m.sites.region[c])
    tiny.numbers(m, "policy", land_acres_per_facility_mw=2.0, land_option_share=0.1)
    m.land_owners[region].asking_usd_per_acre, m.land_owners[region].offered_acres = 50_000.0, 1_000
    m.sites.applied[c] = True
    buy_land(m)
    assert m.acres[c] == 200
    assert m.sites.land[c]
    assert m.bills.due()[c, FACILITY] == 100_000_000
    assert m.land_due_cents[c] == 900_000_000
    assert m.sold_acres[region] == m.wanted_acres[region] == 200


def test_what_is_not_offered_is_bought_later(site):
    m, c, _ = site
    region = int(m.sites.region[c])
    tiny.numbers(m, "policy", land_acres_per_facility_mw=2.0)
    m.sites.applied[c] = True
    for offered, acres, whole in ((150, 150, False), (0, 150, False), (60, 200, True)):
        m.land_owners[region].offered_acres = offered
        buy_land(m)
        assert (m.acres[c], m.sites.land[c]) == (acres, whole)


def test_abundant_land_is_always_offered():
    m = tiny.world("abundant_land")
    tiny.do_until(m, "permit")
    c = int(np.flatnonzero(~m.sites.land[: m.sites.used_campuses] & ~m.sites.cancelled[: m.sites.used_campuses])[0])
    m.sites.applied[c] = True
    m.land_owners[m.sites.region[c]].offered_acres = 0
    buy_land(m)
    assert m.sites.land[c]


def test_events_stop_the_states_and_zones_they_name():
    m = tiny.world(changes=(Change(3, "moratorium", "TX", 2), Change(3, "moratorium", "PJM", 2)))
    texas = m.region_table.code.index("TX")
    for month, on in ((2, False), (3, True), (4, True), (5, False)):
        m.month = month
        assert bool(moratoria(m)[texas]) == on
        assert [ZONES[z] for z in np.flatnonzero(zone_moratoria(m))] == (["PJM"] if on else [])


def test_a_refused_campus_is_struck_with_its_requests_and_orders():
    m = tiny.world()
    tiny.do_until(m, "permit")
    on_order = m.book.on_order().sum(axis=1)
    s = m.sites
    phases_of = [np.flatnonzero(s.planned & (s.campus == c)) for c in range(s.used_campuses)]
    c = max(range(s.used_campuses), key=lambda c: on_order[phases_of[c]].sum())
    rows = phases_of[c]
    assert on_order[rows].sum() > 0
    given_up(m, np.array([c]))
    assert s.cancelled[c]
    assert (s.stage[rows] == STAGE["cancelled"]).all()
    assert m.book.on_order()[rows].sum() == 0
    assert tiny.posted(m, "deposit_forfeited").of(c) > 0
    assert m.plants.on_order_kw[c].sum() == 0


def test_stages_say_how_far_a_planned_building_is(site):
    m, c, rows = site
    m.month = 1
    for land, applied, stage in ((False, False, "planned"), (True, False, "land"), (True, True, "permit")):
        m.sites.land[c], m.sites.applied[c] = land, applied
        permit(m)
        assert m.sites.stage[rows[0]] == STAGE[stage]
