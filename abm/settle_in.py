"""The first of May 2024: what is in service and under way, requested, ordered, permitted, and who holds what."""

from typing import TYPE_CHECKING

import numpy as np

from abm import initial, streams, views
from abm.facts import ZoneFacts
from abm.markets import supply, waits
from abm.markets.building import served_in_order
from abm.markets.equipment_prices import needed_kw_per_facility_kw
from abm.markets.labour import rows_wanted
from abm.markets.onsite import FIRST, by_kind, overbuild_ratio
from abm.markets.requests import request_months
from abm.markets.supply import curtailed_share, power_price_usd_per_mwh, reserve_margin_share
from abm.news import News
from abm.readers import phases as phase_table
from abm.sites import CANCELLED, PHASE_CLASSES, Sites
from abm.steps.acts import CONTRACT, give_package
from abm.steps.build import crew_for
from abm.steps.enact import enact_makers
from abm.steps.order import earliest_order, wanted_month
from abm.steps.plan import plan_investors, plan_vendors
from abm.tables import NEVER, UNKNOWN, Floats, Ints
from abm.units import HOURS_PER_MONTH, KW_PER_MW, month_index
from abm.vocabulary import KLASS, PACKAGE_OF_TRADE, PACKAGES, STARGATE, ZONES

if TYPE_CHECKING:
    from abm.model import Stargate

HUGE_CENTS = 10**17  # what closing sectors hold: enough for any run, far from the end of int64
_BUILDER = streams.purpose("builder at the start")
_STARGATE_STARTS = month_index("2025-01")  # what was under way before is history in every world
NEVER_COMES = 10_000  # a month no run reaches


def settle_in(m: "Stargate") -> None:
    """Put the world where history says it stood when the run begins."""
    lay_out_sites(m)
    ask_for_power(m)
    place_orders(m)
    permit_what_is_there(m)
    hand_out_packages(m)
    endow(m)
    first_news(m)
    plan_investors(m)
    settle_people(m)


def lay_out_sites(m: "Stargate") -> None:
    """Campuses and phases by their history; in a world without Stargate its campuses never come."""
    sites, p, abundant = m.sites, m.parameters, "plan" in m.question.abundant
    initial.draw_traits(sites, m.campus_table.name.index("OpenAI Stargate Abilene"), p, m.seed_number, abundant)
    initial.lay_out(sites, phase_table(), p, m.seed_number)
    world = m.question.stargate_world
    if world != "with":
        gone = sites.is_stargate & sites.planned
        if world == "underway":
            gone &= ~((sites.planned_start >= 0) & (sites.planned_start < _STARGATE_STARTS))
        sites.stage[gone] = CANCELLED
        sites.facility_kw[gone] = sites.it_kw[gone] = 0
        sites.set_needs(np.flatnonzero(gone))
        empty = np.isin(np.arange(len(sites.region)), sites.campus[gone]) & (sites.by_campus(sites.facility_kw) == 0)
        sites.cancelled |= empty
    # Workshops are busy with what the sites under way called for in the months before.
    monthly_kw, n = np.where(sites.under_way, sites.facility_kw / sites.build_months, 0.0), sites.used_phases
    whole_kw = np.bincount(sites.campus[:n], monthly_kw[:n], len(sites.region)).astype(np.int64)
    m.offsite_usd_per_month[:] = whole_kw * p.building.offsite_work_usd_per_facility_kw
    m.announced_path = announced(m)
    m.package_mix = package_mix(m)


def announced(m: "Stargate") -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Stargate MW in service by announced dates: one building at the first date, all at the last, even between."""
    table, sites = m.campus_table, m.sites
    months = np.arange(m.question.months + 1)
    total = np.zeros(len(months))
    for c in np.flatnonzero(table.program == STARGATE):
        if sites.cancelled[c]:
            continue
        first, full = int(table.announced_first_month[c]), int(table.announced_full_month[c])
        if full == UNKNOWN:
            continue
        mine = sites.campus[: sites.used_phases] == c
        whole = sites.facility_kw[: sites.used_phases][mine].sum() / KW_PER_MW
        building = sites.facility_kw[: sites.used_phases][mine].max() / KW_PER_MW
        if first == UNKNOWN or first >= full:
            first = full - 1
        total += np.where(months < first, 0.0, np.interp(months, [first, full], [building, whole]))
    return total


def package_mix(m: "Stargate") -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Share of a whole building's work by package and trade, shape (n_packages, n_trades)."""
    sites = m.sites
    lengths = np.diff(np.concatenate([[0.0], sites.stage_ends]))
    trades = lengths @ sites.stage_mix
    belongs = np.array(PACKAGE_OF_TRADE) == np.arange(len(PACKAGES))[:, np.newaxis]
    mix: np.ndarray[tuple[int, int], np.dtype[np.float64]] = belongs * trades
    return mix


def ask_for_power(m: "Stargate") -> None:
    """Substations that stand, what was connected and requested before the run, and when the others will ask.

    A phase asks for what neither a substation nor plants of its own carry. Rows of the queue beyond the phases are
    the substations.
    """
    sites, p, c, table = m.sites, m.parameters.power, m.connections, m.campus_table
    m.request_month = request_months(sites.clearing, np.arange(len(sites.region)), p, m.seed_number)
    alive = sites.used & (sites.stage != CANCELLED)
    stands = np.flatnonzero((table.substation_kw > 0) & ~sites.cancelled[: len(table.name)])
    before = np.minimum(m.request_month, -1)
    c.connect_now(m.n_phases + stands, stands, sites.zone[stands], table.substation_kw[stands], before[stands], p)
    n = len(table.name)
    have = np.zeros(len(sites.region), np.int64)
    have[stands] = table.substation_kw[stands]
    # Nobody asks the grid for what its own plants are to carry.
    have[:n] += (known_plants_kw(m) / overbuild_ratio(p, sites.islanded[:n])).astype(np.int64)
    rows = np.flatnonzero(alive)
    queue = rows[np.lexsort((sites.order[rows], sites.campus[rows]))]
    carried = served_in_order(queue, sites.campus, sites.facility_kw, have)
    m.request_kw = np.where(alive, np.rint(sites.facility_kw * (1 - carried)), 0).astype(np.int64)
    asks = alive & ~sites.islanded[sites.campus] & (m.request_kw > 0)
    there = np.flatnonzero(asks & sites.operating)
    campus = sites.campus[there]
    c.connect_now(there, campus, sites.zone[campus], m.request_kw[there], before[campus], p)
    early = np.flatnonzero(asks & ~sites.operating & (m.request_month[sites.campus] < 0))
    campus = sites.campus[early]
    m.placed_before = c.start(
        early, campus, sites.zone[campus], m.request_kw[early], m.request_month[campus], p, power_wanted(sites)[early]
    )
    sites.requested = alive & ~asks
    sites.requested[there] = sites.requested[early] = True
    sites.grid_kw = waits.energised_by_campus(c, len(sites.region))


def power_wanted(sites: Sites) -> Ints:
    """When each building wants its power by the plans of the start: when its tests begin, shape (P,)."""
    start = np.where(sites.start != NEVER, sites.start, sites.planned_start)
    month: Ints = np.ceil(start + sites.stage_ends[-2] * sites.build_months).astype(np.int64)
    return month


def place_orders(m: "Stargate") -> None:
    """Equipment that is on site, and orders that were made before the run, in their places in the queues."""
    sites, p = m.sites, m.parameters
    facts = m.book.facts()
    lead = facts.lead_months[PHASE_CLASSES] + p.building.order_buffer_months
    start = np.where(sites.start != NEVER, sites.start, sites.planned_start)[:, np.newaxis]
    need = start + m.needed_at * sites.build_months[:, np.newaxis]
    # What was begun before the run had its slots in time; nobody else orders earlier than buyers commit.
    ordered = np.where(start < 0, need - lead, np.maximum(need - lead, earliest_order(m, start, need)))
    ordered = np.floor(ordered).astype(np.int64)
    alive = (sites.used & (sites.stage != CANCELLED))[:, np.newaxis]
    there = alive & (
        sites.operating[:, np.newaxis]
        | (sites.under_way[:, np.newaxis] & (sites.progress[:, np.newaxis] >= m.needed_at))
    )
    phase, k = np.nonzero(there)
    klass = PHASE_CLASSES[k]
    sites.delivered_kw[phase, klass] = sites.ordered_kw[phase, klass] = sites.needed_kw[phase, klass]
    np.add.at(m.shipped_kw, klass, sites.needed_kw[phase, klass])
    m.book.program_of_buyer = np.concatenate(
        [sites.program[np.maximum(sites.campus, 0)], np.full(len(ZONES), 2), sites.program]
    )
    phase, k = np.nonzero(alive & ~there & (ordered < 0) & (sites.needed_kw[:, PHASE_CLASSES] > 0))
    klass = PHASE_CLASSES[k]
    kw = sites.needed_kw[phase, klass]
    before = m.placed_before
    zone_kit = np.full(len(before.kw), KLASS["substation_transformer"])
    m.plant_order_month = plant_orders(m, facts.lead_months)
    m.known_plants_kw = known_plants_kw(m)
    own = np.flatnonzero(m.plant_order_month < 0)
    plant, plant_kw = m.campus_table.onsite_class[own], m.known_plants_kw[own]
    asked = m.plant_order_month[own]
    m.plants.order(own, plant, plant_kw)
    m.has_route[own] = True
    buyer = np.concatenate([phase, m.zone_buyers[before.zone], m.campus_buyers[own]])
    deals = m.book.seed_orders(
        buyer, np.concatenate([klass, zone_kit, plant]), np.concatenate([kw, before.kw, plant_kw]),
        np.concatenate([ordered[phase, k], np.minimum(before.month, -1), asked]),
        np.full(len(buyer), CONTRACT),
        np.concatenate([
            wanted_month(need[phase, k], p.building.order_buffer_months), np.minimum(before.month, -1), asked,
        ]),
    )  # fmt: skip
    sites.ordered_kw[phase, klass] = kw
    m.deals_before = deals


def plant_orders(m: "Stargate", lead_months: Floats) -> Ints:
    """When owners order the power plants they are known to build, NEVER_COMES for none, shape (n_listed,).

    Plants of Stargate are known from permits and contracts, so they are ordered then, or with the first works. Those of
    rivals were seen standing, so they were ordered a wait before.
    """
    table, p = m.campus_table, m.parameters.power
    has = table.onsite_class != NEVER
    kind = np.where(has, table.onsite_class - FIRST, 0)
    wait = lead_months[FIRST + kind] + by_kind(p, "install_months")[kind]
    seen = table.onsite_known_month - np.ceil(wait).astype(np.int64)
    told = np.minimum(table.onsite_known_month, table.clearing_month)
    month = np.where(table.program == STARGATE, told, np.minimum(seen, table.clearing_month))
    return np.where(has & ~m.sites.cancelled[: len(has)], month, NEVER_COMES)


def known_plants_kw(m: "Stargate") -> Ints:
    """Generation owners are known to build, kW; what was worked out for rivals is load carried, shape (n_listed,)."""
    table, n = m.campus_table, len(m.campus_table.name)
    carried = np.ceil(table.onsite_kw * overbuild_ratio(m.parameters.power, m.sites.islanded[:n])).astype(np.int64)
    return np.where(table.program == STARGATE, table.onsite_kw, carried)


def permit_what_is_there(m: "Stargate") -> None:
    """Campuses whose works have begun have land and permits."""
    sites = m.sites
    rows = np.flatnonzero(sites.applied)
    m.local.grant_now(rows, sites.region[rows], -1)
    m.air_applied = sites.applied.copy()
    m.air.grant_now(rows, sites.region[rows], -1)
    asked = np.flatnonzero((m.plant_order_month < 0) & ~sites.applied[: len(m.plant_order_month)])
    m.air.start(asked, sites.region[asked], m.plant_order_month[asked], m.parameters.policy)
    m.air_applied[asked] = True


def hand_out_packages(m: "Stargate") -> None:
    """Builders known to work at a campus, and others drawn for what is under way; their order books."""
    sites, table = m.sites, m.builder_table
    campuses = np.unique(sites.campus[sites.under_way])
    for c, known in enumerate(m.campus_table.builders):
        for builder in known:
            if sites.builder[c, table.package[builder]] == NEVER:
                give_package(m, c, int(table.package[builder]), builder)
    for c in campuses.tolist():
        for package in range(len(PACKAGES)):
            if sites.builder[c, package] == NEVER:
                able = np.flatnonzero(table.package == package)
                draw = streams.uniform(m.seed_number, _BUILDER, package, c)
                give_package(m, c, package, int(able[int(draw * len(able))]))
    for phase in np.flatnonzero(sites.under_way).tolist():
        for package in range(len(PACKAGES)):
            builder = m.builders[int(sites.builder[sites.campus[phase], package])]
            left = 1 - float(sites.progress[phase])
            builder.win(builder.bid_cents(round(views.expected_cost_cents(m, phase, package) * left)))


def endow(m: "Stargate") -> None:
    """Opening balances, and claims on makers for orders made before the run."""
    ledger = m.ledger
    closing = np.array([ledger.account(sector) for sector in ("rest_us", "china", "rest_of_world", "federal")])
    ledger.endow(closing, np.full(len(closing), HUGE_CENTS))
    ledger.endow(ledger.accounts("investors"), m.investor_table.opening_cash_cents)
    deals = m.deals_before
    campus = views.campus_of_buyer(m, deals.buyer)
    ours = np.flatnonzero(campus >= 0)
    cents = (deals.kw * deals.deposit_cents_per_kw)[ours]
    vendors = ledger.accounts("vendors")[m.lines.vendor[deals.line[ours]]]
    ledger.post("opening_prepaid", ledger.accounts("campuses")[campus[ours]], vendors, cents, campus[ours])
    del m.deals_before, m.placed_before


def first_news(m: "Stargate") -> None:
    """What everyone knew at the end of April 2024."""
    p, sites = m.parameters, m.sites
    m.book_facts = m.book.facts()
    m.needed_kw_per_facility_kw = needed_kw_per_facility_kw(p.building.stargate_facility_to_it_ratio)
    lead = float(m.book_facts.lead_months[KLASS["substation_transformer"]])
    m.connection_months = waits.connection_months(m.connections, m.month, p.power, lead, np.ones(len(ZONES)))
    peak, firm_load = supply.peak_kw(p.power, 0), np.zeros(len(ZONES), np.int64)
    margin = reserve_margin_share(m.supply.firm_kw, peak, firm_load)
    m.zone_facts = ZoneFacts(
        m.supply.firm_kw.copy(), peak, margin, curtailed_share(p.power, margin) * HOURS_PER_MONTH,
        power_price_usd_per_mwh(p.power, margin, m.zone_paths, 0),
    )  # fmt: skip
    stargate = sites.program == STARGATE
    m.news = News(
        month=-1, wage_cents_per_hour=m.market_wages.copy(), lead_months=m.book_facts.lead_months.copy(),
        price_usd_per_kw=m.book_facts.price_usd_per_kw.copy(), needed_kw_per_facility_kw=m.needed_kw_per_facility_kw,
        connection_months=m.connection_months.copy(), power_usd_per_mwh=m.zone_facts.price_usd_per_mwh.copy(),
        reserve_margin_share=margin.copy(), site_unfilled_share=sites.unfilled_share.copy(),
        stargate_built_mw=views.built_mw(m), stargate_planned_mw=0.0,
        compute_price_usd_m_per_it_mw_year=m.compute_price, base_rate_per_year=m.base_rate,
    )  # fmt: skip
    m.openai_used_it_kw = int(sites.by_campus(sites.it_kw * sites.operating)[stargate].sum())


def settle_people(m: "Stargate") -> None:
    """Makers, crews and staff at work when the run begins are among the jobs the sources count."""
    sites, b, e = m.sites, m.parameters.building, m.employers
    plan_vendors(m)
    enact_makers(m)
    step = 1 / sites.build_months
    by_phase = crew_for(m, step)
    crews_there = np.zeros((e.n_campuses, by_phase.shape[1]))
    np.add.at(crews_there, sites.campus[sites.used], by_phase[sites.used])
    staff = (sites.operating_kw / KW_PER_MW * b.permanent_jobs_per_facility_mw)[:, np.newaxis] * m.permanent_mix
    wires, _ = views.wires_crews(m)
    people = np.concatenate([crews_there, staff, np.zeros_like(staff), m.line_people, wires])
    rows = rows_wanted(people, m.question.workers_per_agent, m.seed_number, e.n_regions)
    region = np.concatenate([np.arange(e.n_regions), e.regions(sites.region, m.lines.region, m.zones.home_region)])
    m.workers.settle(region, np.concatenate([np.zeros((e.n_regions, rows.shape[1]), np.int64), rows]))
