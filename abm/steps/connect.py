"""Power by both routes: the grid's queue, studies, works and slots; and generation on site."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.bills import FACILITY
from abm.facts import ZoneFacts
from abm.markets import onsite, supply, waits
from abm.steps.acts import order_plants, place, strike_orders
from abm.steps.billing import bill
from abm.steps.permit import zone_moratoria
from abm.sums import add_to, by_row
from abm.tables import NEVER, Ints
from abm.units import HOURS_PER_MONTH
from abm.vocabulary import KLASS

if TYPE_CHECKING:
    from abm.model import Stargate


def connect(m: "Stargate") -> None:
    """Ask for power, order plants, let utilities and crews work, and count what each campus has."""
    request_grid(m)
    order_known_plants(m)
    switch_route(m)
    order_for_zones(m)
    energise(m)
    run_plants(m)
    tell_dates(m)
    zone_balance(m)


# ---- the grid ----


def request_grid(m: "Stargate") -> None:
    """Ask for the power of phases whose date to ask has come."""
    sites = m.sites
    live = sites.used & ~sites.cancelled[sites.campus] & ~sites.islanded[sites.campus]
    rows = np.flatnonzero(live & ~sites.requested & (m.request_month[sites.campus] <= m.month))
    if not len(rows):
        return
    sites.requested[rows] = True
    campus = sites.campus[rows]
    wanted = np.ceil(views.power_needed_month(m)[rows]).astype(np.int64)
    m.connections.request(rows, campus, sites.zone[campus], m.request_kw[rows], m.month, m.parameters.power, wanted)


def energise(m: "Stargate") -> None:
    """A month of studies, works and energisation; the works are billed to the campus."""
    p, c = m.parameters.power, m.connections
    firm_load = firm_load_kw(m)
    room = supply.firm_room_kw(p, m.supply.firm_kw, supply.peak_kw(p, m.month), firm_load)
    unlimited = "grid_power" in m.question.abundant
    done = c.advance(
        m.month, p, transformers_kw=m.grid_kit_kw, crew_share=views.crew_share(m, m.employers.wires),
        moratorium=zone_moratoria(m),
        unlimited=unlimited, firm_room_kw=np.full(len(room), np.inf) if unlimited else room,
    )  # fmt: skip
    m.grid_kit_kw = np.zeros_like(m.grid_kit_kw)
    add_to(m.sites.grid_kw, done.campus, done.kw)
    utilities = m.ledger.accounts("utilities")[m.zone_utility]
    bill(m, "grid_works", FACILITY, done.bill_campus, utilities[done.bill_zone], done.bill_cents)


def firm_load_kw(m: "Stargate") -> Ints:
    """Load of campuses in service on firm grid power, shape (Z,)."""
    n = len(m.sites.region)
    firm = waits.energised_by_campus(m.connections, n, firm_only=True)
    load = np.minimum(m.sites.operating_kw, firm)
    return by_row(m.sites.zone, load, m.employers.n_zones)


# ---- generation on site ----


def order_known_plants(m: "Stargate") -> None:
    """Order the plants owners are known to build, with the first works; a later kind replaces what is on order."""
    table, used = m.campus_table, len(m.campus_table.name)
    alive = ~m.sites.cancelled[:used]
    first = np.flatnonzero(alive & (m.plant_order_month == m.month))
    later = np.flatnonzero(alive & (table.later_onsite_class != NEVER) & (table.later_onsite_known_month == m.month))
    order_plants(m, first, table.onsite_class[first], m.known_plants_kw[first])
    if len(later):
        strike_orders(m, m.campus_buyers[later])
        m.plants.cancel(later)
        kw = np.maximum(table.later_onsite_kw[later] - m.plants.delivered_kw[later].sum(axis=1), 0)
        order_plants(m, later, table.later_onsite_class[later], kw)


def switch_route(m: "Stargate") -> None:
    """Where the grid comes too late for what is due or under way, look for a plant that comes sooner."""
    sites, p, b = m.sites, m.parameters.power, m.parameters.building
    phases = views.late_power(m)
    if not len(phases):
        return
    campuses = np.unique(sites.campus[phases])
    coming = (m.plants.ordered_kw - m.plants.cancelled_kw - m.plants.running_kw)[campuses].sum(axis=1)
    wanted: list[tuple[int, int, int]] = []
    gas, wait = supply.gas_usd_per_mmbtu(p, m.zone_paths, m.month), m.air.wait_months(m.parameters.policy)
    needed, ratio = views.power_needed_month(m), onsite.overbuild_ratio(p, sites.islanded)
    for c in campuses[coming == 0].tolist():
        mine = phases[sites.campus[phases] == c]
        short_kw = int(sites.facility_kw[mine].sum())
        needed_in = float(needed[mine].mean()) - m.month + b.power_tolerance_months
        option = onsite.best_onsite(
            m.news.lead_months, m.news.price_usd_per_kw, float(gas[sites.zone[c]]), float(wait[sites.region[c]]),
            needed_in, p,
        )  # fmt: skip
        if m.month + option.months < float(m.power_months[mine].mean()):
            wanted.append((c, option.klass, int(np.ceil(short_kw * ratio[c]))))
    order_plants(m, *np.array(wanted, np.int64).reshape(-1, 3).T)


def order_for_zones(m: "Stargate") -> None:
    """Utilities order transformers for requests, suppliers the plants they decided on."""
    lead = float(m.news.lead_months[KLASS["substation_transformer"]])
    kit = m.connections.transformers_wanted_kw(m.month, lead)
    plants = [(s.zone, s.order_klass, s.order_kw) for s in m.suppliers if s.order_kw > 0]
    zone, klass, kw = np.array(plants, np.int64).reshape(-1, 3).T
    m.supply.plants.order(zone, klass, kw)
    transformer = np.full(len(kit), KLASS["substation_transformer"])
    buyer = np.concatenate([m.zone_buyers, m.zone_buyers[zone]])
    place(m, buyer, np.concatenate([transformer, klass]), np.concatenate([kit, kw]), np.full(len(buyer), m.month))


def run_plants(m: "Stargate") -> None:
    """Install what has come, run what is permitted, bill the installation to the campus."""
    p, unlimited = m.parameters.power, "onsite_power" in m.question.abundant
    done = m.plants.advance(
        p, crew_share=views.crew_share(m, m.employers.plants), may_run=m.air.granted, unlimited=unlimited
    )
    m.sites.onsite_kw = m.plants.served_kw(p, m.sites.islanded)
    supplier = m.plants_supplier[done.bill_owner]
    markup = np.array([agent.markup_share for agent in m.suppliers])[supplier]
    cents = np.rint(done.bill_cents * (1 + markup)).astype(np.int64)
    bill(m, "onsite_power", FACILITY, done.bill_owner, m.ledger.accounts("utilities")[supplier], cents)
    started = m.supply.advance(m.month, p, views.crew_share(m, m.employers.wires))
    # What a supplier builds for the zone it pays itself.
    m.ledger.post(
        "materials", m.ledger.accounts("utilities")[m.zone_utility[started.bill_owner]], m.ledger.account("rest_us"),
        started.bill_cents,
    )  # fmt: skip


def tell_dates(m: "Stargate") -> None:
    """Utilities tell requesters when to expect their connection; owners reckon when each phase has power."""
    lead = float(m.news.lead_months[KLASS["substation_transformer"]])
    share = views.crew_share(m, m.employers.wires)
    dates = waits.expected_month(m.connections, m.month, m.parameters.power, lead, share)
    m.grid_month = np.where(np.isnan(dates), views.FAR, dates)[: m.n_phases]
    m.power_months = views.power_month(m)
    m.connection_months = waits.connection_months(m.connections, m.month, m.parameters.power, lead, share)


def zone_balance(m: "Stargate") -> None:
    """Peak load, margin, price and cuts of each zone."""
    p = m.parameters.power
    peak, firm_load = supply.peak_kw(p, m.month), firm_load_kw(m)
    margin = supply.reserve_margin_share(m.supply.firm_kw, peak, firm_load)
    m.zone_facts = ZoneFacts(
        firm_kw=m.supply.firm_kw.copy(),
        peak_kw=peak + firm_load,
        margin_share=margin,
        curtailed_hours=supply.curtailed_share(p, margin) * HOURS_PER_MONTH,
        price_usd_per_mwh=supply.power_price_usd_per_mwh(p, margin, m.zone_paths, m.month),
    )
