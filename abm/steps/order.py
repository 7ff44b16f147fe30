"""Equipment: buyers order when the published wait calls for it, makers deliver what their queues allow."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.bills import FACILITY, IT
from abm.markets.equipment_prices import by_class, payments
from abm.sites import PHASE_CLASSES
from abm.steps.acts import IS_IT, place, vendor_accounts
from abm.steps.billing import bill
from abm.steps.opening import abundant_classes
from abm.sums import add_cells, add_to
from abm.tables import NEVER, Flags, Floats, Ints
from abm.vocabulary import EQUIPMENT, KLASS

if TYPE_CHECKING:
    from abm.markets.equipment_records import Deals
    from abm.model import Stargate


def order(m: "Stargate") -> None:
    """Order what buildings will need by the time it can be had, but not earlier than buyers do."""
    sites = m.sites
    put_off(m)
    m.slot_months = m.book.expected_month()
    advance = by_class(m.parameters.equipment, "max_advance_months")[PHASE_CLASSES]
    # What takes longer than a building is reserved for all that is planned, before customers and power are certain.
    early = advance >= m.parameters.building.minimum_build_months
    queue = views.planned_queue(m)
    carried = views.is_carried(m, queue)
    certain = sites.under_way | views.is_wanted(m, queue) & power_in_reach(m) & carried
    phases = np.flatnonzero(certain | carried)
    live = certain[phases, np.newaxis] | early
    at = (phases[:, np.newaxis], PHASE_CLASSES)
    missing = sites.needed_kw[at] - sites.ordered_kw[at]
    start, need = works_month(m, phases), need_month(m, phases)
    i, k = np.nonzero(live & (missing > 0) & (order_month(m, start, need) <= m.month))
    if not len(i):
        return
    phase, klass, kw = phases[i], PHASE_CLASSES[k], missing[i, k]
    place(m, phase, klass, kw, wanted_month(need[i, k], m.parameters.building.order_buffer_months))
    sites.ordered_kw[phase, klass] += kw


def put_off(m: "Stargate") -> None:
    """Owners whose buildings are late have what is on order for them later: nobody stores what it cannot use."""
    phases = np.flatnonzero(m.sites.used & ~m.sites.operating)
    wanted = np.full((m.n_phases, len(EQUIPMENT)), NEVER)
    months = wanted_month(need_month(m, phases), m.parameters.building.order_buffer_months)
    wanted[np.ix_(phases, PHASE_CLASSES)] = months
    m.book.put_off(wanted)


def power_in_reach(m: "Stargate") -> Flags:
    """Phases whose power comes in time for owners to order ahead of a release, shape (P,)."""
    ready = views.power_needed_month(m) + m.parameters.building.power_tolerance_months
    in_time: Flags = m.power_months <= ready
    return in_time


def works_month(m: "Stargate", phases: Ints) -> Ints:
    """When the works of phases began, or will if they go as planned, shape (n, 1)."""
    sites = m.sites
    planned = np.maximum(sites.planned_start[phases], m.month)
    return np.where(sites.under_way[phases], sites.start[phases], planned)[:, np.newaxis]


def need_month(m: "Stargate", phases: Ints) -> Floats:
    """When phases will need each class if they go on as planned from where they are, shape (n, n_phase_classes)."""
    sites = m.sites
    left = np.maximum(m.needed_at - sites.progress[phases, np.newaxis], 0) * sites.build_months[phases, np.newaxis]
    begin = np.where(sites.under_way[phases], m.month, np.maximum(sites.planned_start[phases], m.month))
    month: Floats = begin[:, np.newaxis] + left
    return month


def wanted_month(need: Floats, buffer_months: float) -> Ints:
    """The month before which buyers want nothing delivered: a buffer ahead of the need, same shape."""
    month: Ints = np.floor(need - buffer_months).astype(np.int64)
    return month


def order_month(m: "Stargate", start: Ints, need: Floats) -> Floats:
    """When buyers order each class for phases with works from `start`, shape (n, n_phase_classes).

    The published wait and a buffer before the need, but not earlier than buyers commit.
    """
    wait = m.news.lead_months[PHASE_CLASSES] + m.parameters.building.order_buffer_months
    month: Floats = np.maximum(need - wait, earliest_order(m, start, need))
    return month


def earliest_order(m: "Stargate", start: Ints, need: Floats) -> Floats:
    """The earliest month buyers commit: so long before the works, or before the need in a new building built fast.

    A conversion takes four months; its buyers order as long before they need the equipment as those of new buildings.
    """
    advance = by_class(m.parameters.equipment, "max_advance_months")[PHASE_CLASSES]
    month: Floats = np.minimum(
        start - advance, need - advance - m.needed_at * m.parameters.building.minimum_build_months
    )
    return month


def deliver(m: "Stargate") -> None:
    """What makers ship arrives at sites, utilities and power plants; the part due on delivery is billed."""
    got = m.book.deliver(m.month, views.crew_share(m, m.employers.makers), abundant_classes(m))
    m.facts.delivered = got
    add_to(m.shipped_kw, got.klass, np.where(got.buyer < m.n_phases, got.kw, 0))
    to_phase = np.flatnonzero(got.buyer < m.n_phases)
    add_cells(m.sites.delivered_kw, got.buyer[to_phase], got.klass[to_phase], got.kw[to_phase])
    at_zone = np.flatnonzero((got.buyer >= m.zone_buyers[0]) & (got.buyer <= m.zone_buyers[-1]))
    zone, klass = got.buyer[at_zone] - m.zone_buyers[0], got.klass[at_zone]
    is_kit = klass == KLASS["substation_transformer"]
    add_to(m.grid_kit_kw, zone[is_kit], got.kw[at_zone][is_kit])
    m.supply.plants.receive(zone[~is_kit], klass[~is_kit], got.kw[at_zone][~is_kit])
    at_campus = np.flatnonzero(got.buyer >= m.campus_buyers[0])
    m.plants.receive(got.buyer[at_campus] - m.campus_buyers[0], got.klass[at_campus], got.kw[at_campus])
    m.book_facts = m.book.facts()
    pay_for(m, got)


def pay_for(m: "Stargate", got: "Deals") -> None:
    """Redeem deposits and bill the rest: campuses next month, utilities at once."""
    due = payments(got.kw, got.cents_per_kw, got.deposit_cents_per_kw, m.parameters.equipment)
    vendor = vendor_accounts(m, got)
    rest = due.shipment_cents + due.test_cents
    campus = views.campus_of_buyer(m, got.buyer)
    ours = np.flatnonzero(campus >= 0)
    m.ledger.post("equipment_delivery", m.ledger.accounts("campuses")[campus[ours]], vendor[ours],
                  due.deposit_cents[ours], campus[ours])  # fmt: skip
    for purpose in (FACILITY, IT):
        rows = ours[IS_IT[got.klass[ours]] == (purpose == IT)]
        kind = "it_payment" if purpose == IT else "equipment_payment"
        bill(m, kind, purpose, campus[rows], vendor[rows], rest[rows])
    grid = np.flatnonzero(campus < 0)
    payer = m.ledger.accounts("utilities")[m.zone_utility[got.buyer[grid] - m.zone_buyers[0]]]
    m.ledger.post("equipment_payment", payer, vendor[grid], due.deposit_cents[grid] + rest[grid])
