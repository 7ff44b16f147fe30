"""Phases are released as events: site and permits, a customer, money, a power date and long-lead slots in reach."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from abm import streams, views
from abm.agents.builder import Builder
from abm.bills import FACILITY
from abm.sites import PHASE_CLASSES, NewCampus
from abm.steps.acts import give_package
from abm.steps.billing import bill
from abm.steps.build import INPUT_OF_CLASS
from abm.tables import NEVER, Flags, Floats, Ints
from abm.units import CENTS_PER_USD, KW_PER_MW
from abm.vocabulary import INPUT, PACKAGES, STARGATE, ZONES

_TAKER = streams.purpose("who takes a new campus")
_PLACE = streams.purpose("place of a new campus")

if TYPE_CHECKING:
    from abm.model import Stargate


def release(m: "Stargate") -> None:
    """Start the phases whose conditions hold, in the order they were planned; note what the others wait for."""
    add_campuses(m)
    sites = m.sites
    due = np.flatnonzero(sites.planned & (sites.planned_start <= m.month) & ~sites.cancelled[sites.campus])
    sites.waiting_for[:] = 0
    if not len(due):
        return
    due = due[np.lexsort((sites.order[due], sites.planned_start[due]))]
    lacking = first_lacking(m, due)
    begun = []
    for phase, lacks in zip(due.tolist(), lacking.tolist(), strict=True):
        scarce = lacks or customers_or_purse(m, phase)
        if scarce:
            sites.waiting_for[phase] = scarce
        else:
            begun.append(phase)
    rows = np.array(begun, np.int64)
    sites.begin(rows, m.month)
    m.facts.released = rows
    pay_for_land(m, rows)
    award(m, rows)
    b = m.parameters.building
    soft = sites.facility_kw[rows] * b.soft_cost_usd_per_facility_kw * m.construction_price * CENTS_PER_USD
    bill(m, "soft_cost", FACILITY, sites.campus[rows], m.ledger.account("rest_us"), np.rint(soft).astype(np.int64))


def pay_for_land(m: "Stargate", phases: Ints) -> None:
    """What is left of the price of the land falls due with a campus's first works."""
    campuses = np.unique(m.sites.campus[phases])
    owners = m.ledger.accounts("landowners")[m.sites.region[campuses]]
    bill(m, "land_purchase", FACILITY, campuses, owners, m.land_due_cents[campuses])
    m.land_due_cents[campuses] = 0


def first_lacking(m: "Stargate", due: Ints) -> Ints:
    """What each due phase lacks first of land, permits, power date and equipment slots, 0 for nothing, shape (n,).

    Nobody asks for power or equipment for a building that customers do not want or the purse does not carry, so what
    is lacking then is demand or capital.
    """
    sites, b = m.sites, m.parameters.building
    campus = sites.campus[due]
    needed = m.month + m.needed_at * sites.build_months[due, np.newaxis] + b.power_tolerance_months
    late = slot_month(m, due) > needed
    lacks = np.where(late.any(axis=1), INPUT_OF_CLASS[late.argmax(axis=1)], 0)
    code = np.where(sites.islanded[campus], INPUT["onsite_power"], INPUT["grid_power"])
    lacks = np.where(power_is_late(m, due), code, lacks)
    queue = views.planned_queue(m)
    lacks = np.where((lacks > 0) & ~views.is_carried(m, queue)[due], INPUT["capital"], lacks)
    lacks = np.where((lacks > 0) & ~views.is_wanted(m, queue)[due], INPUT["demand"], lacks)
    lacks = np.where(sites.permit[campus], lacks, INPUT["permits"])
    return np.where(sites.land[campus], lacks, INPUT["land"])


def slot_month(m: "Stargate", phases: Ints) -> Floats:
    """When the equipment of each phase will be there, shape (n, n_phase_classes).

    Its open order's date, or the published wait.
    """
    at = (phases[:, np.newaxis], PHASE_CLASSES)
    missing = m.sites.needed_kw[at] > m.sites.ordered_kw[at]
    month: Floats = np.where(missing, m.month + m.news.lead_months[PHASE_CLASSES], m.slot_months[at])
    return month


def power_is_late(m: "Stargate", phases: Ints) -> Flags:
    """Whether power will come later than the building plus what the owner tolerates, shape (n,)."""
    sites, b = m.sites, m.parameters.building
    ready = m.month + sites.build_months[phases] * sites.stage_ends[-2] + b.power_tolerance_months
    late: Flags = m.power_months[phases] > ready
    return late


def customers_or_purse(m: "Stargate", phase: int) -> int:
    """Take a phase off what its owner may start; the input that is scarce if it may not, else 0."""
    sites = m.sites
    developer = m.developers[int(sites.owner[sites.campus[phase]])]
    it_kw, kw = int(sites.it_kw[phase]), int(sites.facility_kw[phase])
    if "demand" not in m.question.abundant and 2 * developer.start_it_kw < it_kw:
        return INPUT["demand"]  # whole buildings are let: one is begun once most of it is wanted
    if developer.start_kw < kw:
        return INPUT["capital"]
    same_purse = [d for d in m.developers if d is developer or (developer.program == STARGATE == d.program)]
    for other in same_purse:
        other.start_it_kw -= it_kw
        other.start_kw -= kw
    return 0


def award(m: "Stargate", phases: Ints) -> None:
    """Builders bid for campuses that have none for a package; the lowest price wins, local ones knowing the place."""
    sites = m.sites
    for c in np.unique(sites.campus[phases]).tolist():
        for package in range(len(PACKAGES)):
            if sites.builder[c, package] == NEVER:
                give_package(m, c, package, winner(m, c, package))
    for phase in phases.tolist():
        c = int(sites.campus[phase])
        for package in range(len(PACKAGES)):
            builder = m.builders[int(sites.builder[c, package])]
            sites.markup_share[c, package] = builder.markup_share
            builder.win(builder.bid_cents(views.expected_cost_cents(m, phase, package)))


def winner(m: "Stargate", campus: int, package: int) -> int:
    """The builder with the lowest bid; who is at work elsewhere in the region bids without moving its crews."""
    b, region = m.parameters.building, m.sites.region[campus]
    bids = [
        (price(builder, m.sites.region, region, b.away_bid_share), i)
        for i, builder in enumerate(m.builders) if builder.package == package
    ]  # fmt: skip
    return min(bids)[1]


def price(builder: Builder, region_of: Ints, region: int, away_share: float) -> float:
    """Mark-up a builder asks for a place: more where it has neither its home nor a site."""
    near = builder.region == region or any(region_of[site] == region for site in builder.sites)
    return builder.markup_share + (0.0 if near else away_share)


def add_campuses(m: "Stargate") -> None:
    """Owners who want more than all they have planned take a new site, where power is soonest."""
    b, kind = m.parameters.building, m.owner_table.kind
    ours = [d for d in m.developers if d.program == STARGATE and kind[d.owner] == "developer" and d.add_kw > 0]
    wanting = [d for d in m.developers if d.program != STARGATE and d.add_kw > 0]
    if ours:  # they build for one customer: one of them takes its next campus
        wanting.append(ours[int(streams.uniform(m.seed_number, _TAKER, m.month, 0) * len(ours))])
    for developer in wanting:
        is_stargate = developer.program == STARGATE
        region, zone = best_place(m, developer.owner)
        n = b.new_campus_phases_count
        phase_kw = developer.add_kw // n
        ratio = b.stargate_facility_to_it_ratio if is_stargate else b.rival_facility_to_it_ratio
        c = m.sites.add(NewCampus(
            name=f"{developer.name} new campus {1 + int((m.sites.owner[m.added] == developer.owner).sum())}",
            region=region, zone=zone, owner=developer.owner,
            tenant=m.openai_owner if is_stargate else developer.owner, program=developer.program,
            phase_kw=phase_kw, it_kw=round(phase_kw / ratio), n_phases=n,
            start=m.month + round(b.new_campus_wait_months), gap=round(b.late_gap_months),
            build_months=views.usual_build_months(m, developer.program), minimum_months=b.minimum_build_months,
            work_wm_per_kw=b.other_work_worker_months_per_facility_mw / KW_PER_MW / b.labour_productivity_index,
        ))  # fmt: skip
        if c is None:
            return
        m.added[c], m.request_month[c] = True, m.month
        new = m.sites.campus == c
        m.request_kw[new] = m.sites.facility_kw[new]
        m.sites.abatement_share[c] = m.governments[region].abatement_share
        m.borrowers = replace(m.borrowers, owner=m.sites.owner, tenant=m.sites.tenant)


def best_place(m: "Stargate", owner: int) -> tuple[int, int]:
    """Region and zone an owner takes, among those with campuses: soon to be permitted and powered, at a low price.

    Source: logit choice, McFadden (1974); what else an owner likes of a place counts some months more or less.
    """
    b, n = m.parameters.building, m.sites.used_campuses
    region, zone = np.divmod(np.unique(m.sites.region[:n] * len(ZONES) + m.sites.zone[:n]), len(ZONES))
    permits = m.local.wait_months(m.parameters.policy)[region]
    price = m.news.power_usd_per_mwh[zone]
    months = permits + m.news.connection_months[zone] * price / price.mean()
    draws = streams.uniforms(m.seed_number, _PLACE, m.month, owner * len(region) + np.arange(len(region)))
    liking = -b.site_choice_months * np.log(-np.log(draws))
    best = int(np.argmax(liking - months))
    return int(region[best]), int(zone[best])
