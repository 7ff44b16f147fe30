"""Employers say whom they want, the labour market matches them with workers, and wages answer."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.markets import labour
from abm.markets.building import summed
from abm.steps.build import crews_ahead, crews_by_phase, progress
from abm.sums import add_rows
from abm.tables import Floats, Ints
from abm.tables_power import crews
from abm.units import CENTS_PER_USD, KW_PER_MW
from abm.vocabulary import PACKAGE_OF_TRADE, PACKAGES

if TYPE_CHECKING:
    from abm.model import Stargate

_PACKAGE = np.array(PACKAGE_OF_TRADE)
_PACKAGES = np.arange(len(PACKAGES))
_TINY = 1e-9


def hire(m: "Stargate") -> None:
    """Post every job wanted, let workers and employers meet, and set next month's market wages."""
    facts, sites, p, n = m.facts, m.sites, m.parameters, m.employers.n_regions
    facts.feasible = progress(m, np.ones(len(sites.campus)))
    facts.crews_by_phase = crews_by_phase(m)
    needed = by_campus(m, facts.crews_by_phase)
    # Jobs are posted once a month, so builders hire for what a growing site will need in the middle of it.
    facts.crews_wanted = np.maximum(needed, by_campus(m, crews_ahead(m)))
    onsite, _ = m.plants.crews_wanted(p.power, crews())
    wires, m.wires_share = views.wires_crews(m)
    people = np.concatenate([facts.crews_wanted, staff_wanted(m), onsite, m.line_people, wires])
    region = m.employers.regions(sites.region, m.lines.region, m.zones.home_region)
    wages = posted_wages(m, region)
    facts.posted_cents_per_hour = wages
    builds = np.zeros(len(people), np.bool_)  # crews on building sites work long shifts and are paid their board
    for block in (m.employers.crews, m.employers.plants, m.employers.wires):
        builds[m.employers.beyond(block)] = True
    demand = labour.demand_of(
        labour.background_wanted(m.workers, m.market_wages, m.month, p.labour), region,
        labour.rows_wanted(people, m.question.workers_per_agent, m.seed_number, n), wages,
        np.where(builds, round(p.labour.per_diem_usd_per_day * CENTS_PER_USD), 0),
        np.where(builds, p.building.long_shift_attraction_share, 0.0),
    )  # fmt: skip
    facts.labour = labour.labour_month(m.workers, demand, m.market_wages, m.seed_number, m.month, p.labour)
    m.last_outcome = facts.labour
    facts.home_heads = m.workers.heads_by_home(n)
    m.market_wages = labour.next_market_wages(m.market_wages, facts.labour, p.labour)
    block = m.employers.crews
    wanted, heads = demand.wanted[block], facts.labour.heads[block]
    found = crew_found(wanted, np.minimum(heads, wanted), sites.region, n, m.prior_rows)
    facts.fill_share = np.where(
        needed > 0, np.minimum(1.0, found * facts.crews_wanted / np.maximum(needed, _TINY)), 1.0
    )
    sites.unfilled_share = unfilled_by_package(wanted, heads)


def by_campus(m: "Stargate", by_phase: Floats) -> Floats:
    """Sum phases by campus, shape (C, T)."""
    return summed(m.sites.campus, by_phase, len(m.sites.region))


def staff_wanted(m: "Stargate") -> Floats:
    """Permanent staff of buildings in service and of power plants on site, by campus and trade, shape (C, T)."""
    jobs = m.sites.operating_kw / KW_PER_MW * m.parameters.building.permanent_jobs_per_facility_mw
    wanted: Floats = jobs[:, np.newaxis] * m.permanent_mix + m.plants.operators(m.parameters.power, crews())
    return wanted


def posted_wages(m: "Stargate", region: Ints) -> Ints:
    """What every employer beyond the background posts, cents an hour, shape (E - R, T).

    Builders add the premium of their package at the site, makers that of their line; permanent staff get their own
    pay, all others the market's.
    """
    sites, employers = m.sites, m.employers
    wages = m.market_wages[region]
    n = employers.n_campuses
    wages[:n] *= 1 + sites.premium_share[:, _PACKAGE]
    wages[employers.beyond(employers.makers)] *= 1 + m.line_premium_share[:, np.newaxis]
    grown = m.market_wages.mean() / m.first_market_wages.mean()
    staff = round(m.parameters.building.permanent_wage_usd_per_hour * CENTS_PER_USD * grown)
    wages[n : 2 * n] = np.maximum(wages[n : 2 * n], staff)
    return np.rint(wages).astype(np.int64)


def unfilled_by_package(wanted: Ints, heads: Ints) -> Floats:
    """Part of each package's crew that was not found, shape (C, n_packages)."""
    belongs = _PACKAGE[:, np.newaxis] == _PACKAGES
    missing, all_wanted = np.maximum(wanted - heads, 0) @ belongs, wanted @ belongs
    share: Floats = missing / np.maximum(all_wanted, 1)
    return share


def crew_found(wanted: Ints, heads: Ints, region: Ints, n_regions: int, prior_rows: float) -> Floats:
    """Part of the crew wanted that each campus found, by trade, shape (C, T).

    A row stands for many workers: whether one wanted row was found says little of a crew of a fifth of it. So a
    campus's share is weighed with that of all campuses of its region, and this with the nation's, each as if it had
    seen `prior_rows` more; at full scale the prior is a few hundred workers of all campuses.
    """
    by_region = np.zeros((2, n_regions, wanted.shape[1]))
    add_rows(by_region[0], region, wanted)
    add_rows(by_region[1], region, heads)
    everywhere = (by_region[1].sum(axis=0) + prior_rows) / (by_region[0].sum(axis=0) + prior_rows)
    around = (by_region[1] + prior_rows * everywhere) / (by_region[0] + prior_rows)
    share: Floats = (heads + prior_rows * around[region]) / (wanted + prior_rows)
    return share
