"""Orders, forfeited deposits, packages and plants: what several steps do to the world in the same way."""

import numpy as np
import pytest

from abm.bills import FACILITY, IT
from abm.steps.acts import give_package, installer, order_plants, place, strike_orders
from abm.vocabulary import KLASS
from tests import tiny


@pytest.fixture
def m():
    world = tiny.world(overrides={"equipment.it_deposit_share": 0.1})
    tiny.open_books(world)
    world.book.open_month(
        world.month, world.parameters.equipment, np.zeros(len(KLASS), bool), np.zeros(len(KLASS), bool)
    )
    return world


def deposits(m, klass, kw):
    """What a campus pays with an order on average: the deposit's part of the published price."""
    p = m.parameters.equipment
    share = p.it_deposit_share if klass in ("accelerator", "network", "cpu") else p.deposit_share
    return kw * float(m.book_facts.price_usd_per_kw[KLASS[klass]]) * 100 * share


def test_an_order_makes_a_campus_owe_a_deposit_and_claim_it(m):
    phase = int(np.flatnonzero(m.sites.used)[0])
    c = int(m.sites.campus[phase])
    for klass, purpose in (("switchgear", FACILITY), ("accelerator", IT)):
        before, claim = m.bills.due()[c].copy(), int(m.ledger.held("prepaid", "campuses")[c])
        place(m, np.array([phase]), np.array([KLASS[klass]]), np.array([1000]), np.array([m.month]))
        owed = m.bills.due()[c] - before
        assert owed[purpose] > owed[1 - purpose] == 0
        assert owed[purpose] == m.ledger.held("prepaid", "campuses")[c] - claim
        assert owed[purpose] == pytest.approx(deposits(m, klass, 1000), rel=0.25)  # lines differ in price


def test_utilities_order_without_a_campus_owing(m):
    before = m.bills.owed()
    place(m, m.zone_buyers[:1], np.array([KLASS["substation_transformer"]]), np.array([1000]), np.array([m.month]))
    assert m.bills.owed() == before
    assert m.book.on_order()[m.zone_buyers[0]].sum() >= 1000


def test_struck_orders_leave_the_deposit_with_the_maker(m):
    """What is forfeited is what was put down, and nothing of the campus stays on order."""
    phase = int(np.flatnonzero(m.sites.used & (m.sites.stage == 0))[-1])
    c = int(m.sites.campus[phase])
    strike_orders(m, np.array([phase]))
    tiny.open_books(m)
    claim = int(m.ledger.held("prepaid", "campuses")[c])
    place(m, np.array([phase]), np.array([KLASS["genset"]]), np.array([5000]), np.array([m.month]))
    put_down = int(m.ledger.held("prepaid", "campuses")[c]) - claim
    assert put_down > 0
    strike_orders(m, np.array([phase]))
    assert tiny.posted(m, "deposit_forfeited").of(c) == put_down
    assert m.ledger.held("prepaid", "campuses")[c] == claim
    assert m.book.on_order()[phase].sum() == 0
    assert m.bills.due()[c].sum() >= put_down  # the bill for it stays


def test_a_builder_given_a_package_has_the_site_and_its_markup(m):
    builder = next(i for i, b in enumerate(m.builders) if b.package == 1)
    m.builders[builder].markup_share = 0.17
    give_package(m, 5, 1, builder)
    assert m.sites.builder[5, 1] == builder
    assert m.builders[builder].sites[-1] == 5
    assert m.sites.markup_share[5, 1] == 0.17


def test_plants_come_with_an_application_for_an_air_permit(m):
    c = int(np.flatnonzero(~m.air_applied[: m.sites.used_campuses])[-1])
    engine, kw = np.array([KLASS["gas_engine"]]), np.array([40_000])
    before = m.plants.ordered_kw[c].sum()
    applied = m.air.applied_count
    order_plants(m, np.array([c]), engine, kw)
    assert m.plants.ordered_kw[c].sum() - before == 40_000
    assert m.book.on_order()[m.campus_buyers[c], KLASS["gas_engine"]] == 40_000
    assert m.has_route[c]
    assert m.air_applied[c]
    assert m.air.applied_count == applied + 1
    order_plants(m, np.array([c]), engine, kw)  # more of them needs no second application
    assert m.air.applied_count == applied + 1


def test_nothing_ordered_is_nothing_done(m):
    nothing = np.zeros(0, np.int64)
    order_plants(m, nothing, nothing, nothing)
    assert tiny.kinds_posted(m) == set()


@pytest.mark.parametrize("kind", ["gas_engine", "small_turbine", "fuel_cell"])
def test_the_installer_knows_the_kind_of_plant(m, kind):
    able = set(np.flatnonzero(m.supplier_table.klass == KLASS[kind]).tolist())
    assert able, "no supplier installs this kind"
    assert {installer(m, c, KLASS[kind]) for c in range(20)} <= able
