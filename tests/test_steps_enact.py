"""What was planned is in force, for those it concerns and for no one else; worked on paper."""

import numpy as np
import pytest

from abm.steps.enact import enact
from tests import tiny


@pytest.fixture
def m():
    """Everybody has planned to change nothing."""
    world = tiny.world()
    tiny.do_until(world, "enact")
    for supplier in world.suppliers:
        supplier.studies_growth_ratio = supplier.slots_growth_ratio = 1.0
    for government in world.governments:
        government.local_growth_ratio = government.air_growth_ratio = 1.0
    for vendor in world.vendors:
        vendor.expansion_kw_per_month = np.zeros(len(vendor.rows))
    return world


def test_a_builders_premium_is_that_of_its_package_at_its_sites(m):
    builder = next(b for b in m.builders if b.package == 1 and b.sites)
    builder.premium_share[builder.sites[0]] = 0.07
    others = m.sites.premium_share.copy()
    enact(m)
    assert m.sites.premium_share[builder.sites[0], 1] == 0.07
    changed = m.sites.premium_share != others
    assert changed.sum() == 1


def test_a_utility_that_grows_does_so_for_its_zone(m):
    """Two per cent more studies and three per cent more slots in zone 2, month after month."""
    utility = m.suppliers[m.zone_utility[2]]
    utility.studies_growth_ratio, utility.slots_growth_ratio = 1.02, 1.03
    studies, slots = m.connections.studies_ratio.copy(), m.connections.slots_ratio.copy()
    enact(m)
    enact(m)
    elsewhere = np.arange(len(studies)) != 2
    assert m.connections.studies_ratio[2] == pytest.approx(studies[2] * 1.02**2)
    assert m.connections.slots_ratio[2] == pytest.approx(slots[2] * 1.03**2)
    assert np.array_equal(m.connections.studies_ratio[elsewhere], studies[elsewhere])
    assert np.array_equal(m.connections.slots_ratio[elsewhere], slots[elsewhere])


def test_offices_staff_their_own_region(m):
    texas = m.region_table.code.index("TX")
    government = next(g for g in m.governments if g.region == texas)
    government.local_growth_ratio, government.air_growth_ratio = 1.1, 1.2
    local, air = m.local.staff_ratio.copy(), m.air.staff_ratio.copy()
    enact(m)
    assert m.local.staff_ratio[texas] == pytest.approx(local[texas] * 1.1)
    assert m.air.staff_ratio[texas] == pytest.approx(air[texas] * 1.2)
    assert np.array_equal(np.delete(m.local.staff_ratio, texas), np.delete(local, texas))


def test_the_federal_government_has_no_such_office(m):
    local = m.local.staff_ratio.copy()
    m.governments[-1].local_growth_ratio = 5.0
    enact(m)
    assert np.array_equal(m.local.staff_ratio, local)


def test_makers_set_prices_and_crews_of_their_own_lines(m):
    vendor = m.vendors[3]
    vendor.markup_share = np.full(len(vendor.rows), 0.25)
    vendor.people_wanted = [11.0] * len(vendor.rows)
    enact(m)
    assert set(m.book.supply.markup_share[vendor.rows]) == {0.25}
    assert m.line_people[vendor.rows].sum(axis=1) == pytest.approx(11.0)


def test_capacity_that_is_decided_comes_in_its_month(m):
    """1,000 kW a month from month 9 on: coming until then."""
    vendor = m.vendors[0]
    vendor.expansion_kw_per_month = np.zeros(len(vendor.rows))
    vendor.expansion_kw_per_month[0] = 1_000.0
    vendor.ready_month = np.full(len(vendor.rows), 9)
    line = int(vendor.rows[0])
    before = float(m.book.line_state().coming_kw_per_month[line])
    enact(m)
    assert m.book.line_state().coming_kw_per_month[line] == pytest.approx(before + 1_000.0)
