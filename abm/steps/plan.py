"""Everybody decides, from last month's news, their own state and their own cash; nobody reads another's mind."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.agents.customer import wanted_by_owner
from abm.agents.developer import Pipeline, cost_usd_per_facility_kw
from abm.agents.energy import SupplierBook, forecast_peak_kw
from abm.agents.government import FEDERAL, Files
from abm.agents.investor import Exposure
from abm.agents.land import LandBook
from abm.agents.vendor import VendorState
from abm.markets import supply
from abm.markets.onsite import FIRST
from abm.sites import CANCELLED
from abm.sums import by_row
from abm.tables import Floats, Ints
from abm.tables_finance import EQUITY, JOINT_VENTURE
from abm.tables_power import NO_ZONE
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR, USD_PER_USD_BN
from abm.views import expected_debt_shares
from abm.vocabulary import RIVAL, STARGATE

_TINY = 1e-9

if TYPE_CHECKING:
    from abm.model import Stargate


def plan(m: "Stargate") -> None:
    """Let every agent plan, each with its own state."""
    plan_customers(m)
    plan_developers(m)  # before the investors, whose offers of last month they know
    plan_investors(m)
    plan_builders(m)
    plan_vendors(m)
    plan_suppliers(m)
    plan_governments(m)
    plan_land_owners(m)


def plan_customers(m: "Stargate") -> None:
    """OpenAI and the rivals say how much compute they want, and of whom."""
    cash = m.ledger.held("deposit", "owners")
    purse = int(m.ledger.held("deposit", "investors")[m.openai_investor])
    m.openai.plan(m.news, m.parameters, purse, m.openai_used_it_kw)
    sites = m.sites
    known = sites.by_campus(sites.it_kw * (sites.stage != CANCELLED) * np.logical_not(m.added[sites.campus]))
    planned = _by_owner(m, known)
    for customer in m.customers:
        o = m.owner_table.name.index(customer.name)
        customer.plan(m.news, m.parameters, int(cash[o]), int(planned[o]))
    m.wanted_it_kw = wanted_by_owner(m.customers, m.openai, m.owner_table.name)


def plan_investors(m: "Stargate") -> None:
    """Investors say what they offer to whom, and at what rate."""
    cash = m.ledger.held("deposit", "investors")
    withdrawn = {change.value for change in m.question.events(m.month) if change.name == "loan_withdrawn"}
    invested = views.invested_by_group(m)
    is_lender = np.array([investor.is_lender for investor in m.investors])
    debt = invested[is_lender].sum(axis=0) / np.maximum(invested.sum(axis=0), 1)
    for i, investor in enumerate(m.investors):
        promised = int(m.investor_table.openai_equity_cents[m.month, i])
        if i == m.openai_investor:  # it keeps what it needs for its next compute bill
            promised += m.openai_bill_cents
        own = Exposure(invested[i], debt, promised, investor.name in withdrawn)
        investor.plan(m.news, m.parameters, int(cash[i]), own)


def plan_developers(m: "Stargate") -> None:
    """Owners say how much they may start, for their customers and for their purse."""
    sites = m.sites
    begun = sites.operating | sites.under_way
    committed, planned = _by_purse(m, sites.it_kw * begun), _by_purse(m, sites.it_kw * sites.planned)
    under_way, unpaid = _by_purse(m, sites.facility_kw * sites.under_way), _by_purse(m, unpaid_kw(m))
    stargate = m.owner_table.program == STARGATE
    budget, purse = budgets_usd(m), joint_purse_usd(m)
    wanted = np.where(stargate, m.openai.wanted_stargate_it_kw, m.wanted_it_kw)
    cash = m.ledger.held("deposit", "owners")
    for developer in m.developers:
        o = developer.owner
        own = Pipeline(
            committed[o], planned[o], int(wanted[o]), under_way[o], float(budget[o]),
            views.usual_build_months(m, developer.program), purse if developer.program == STARGATE else np.inf,
            unpaid[o],
        )  # fmt: skip
        developer.plan(m.news, m.parameters, int(cash[o]), own)


def joint_purse_usd(m: "Stargate") -> float:
    """What the joint venture may still spend, infinite under leases, where nobody has set a sum.

    The sum set for it, or what its sponsors' equity carries at the debt lenders grant, whichever is less, less what it
    has called.
    """
    if m.question.finance_structure_at(m.month) == "leases" or "capital" in m.question.abundant:
        return np.inf
    table, p = m.investor_table, m.parameters.finance
    sponsors = (table.instrument == EQUITY) & (table.weight[m.month, :, JOINT_VENTURE].sum(axis=1) > 0)
    equity_usd = float(table.limit_cents[m.month, sponsors, JOINT_VENTURE].sum()) / CENTS_PER_USD
    it_share = it_cost_share(m)
    facility_debt, it_debt = expected_debt_shares(m)[JOINT_VENTURE]
    debt = (1 - it_share) * facility_debt + it_share * it_debt
    in_all = min(p.joint_venture_total_usd_bn * USD_PER_USD_BN, equity_usd / max(1 - float(debt), _TINY))
    return in_all - float(m.called_by_group[:, JOINT_VENTURE].sum()) / CENTS_PER_USD


def it_cost_share(m: "Stargate") -> float:
    """Part of the IT in what a facility kW costs at last month's prices."""
    it_usd = float(m.news.price_usd_per_kw[m.it_classes] @ m.news.needed_kw_per_facility_kw[m.it_classes])
    return it_usd / cost_usd_per_facility_kw(m.news, m.parameters)


def unpaid_kw(m: "Stargate") -> Ints:
    """Facility kW each building under way has still to pay for: works as they proceed, IT as it comes, shape (P,)."""
    sites, it_share = m.sites, it_cost_share(m)
    rows = np.flatnonzero(sites.under_way)
    it = (rows[:, np.newaxis], m.it_classes)
    come = sites.delivered_kw[it] / np.maximum(sites.needed_kw[it], 1)
    price = m.news.price_usd_per_kw[m.it_classes]
    come = (come * price).sum(axis=1) / price.sum()
    paid = (1 - it_share) * sites.progress[rows] + it_share * come
    unpaid = np.zeros(len(sites.campus), np.int64)
    unpaid[rows] = np.rint(sites.facility_kw[rows] * (1 - paid)).astype(np.int64)
    return unpaid


def _by_purse(m: "Stargate", values: Ints) -> list[int]:
    """Phase values by owner; those of Stargate share one purse, so each of them is told the sum, length O."""
    total = _by_owner(m, m.sites.by_campus(values))
    stargate = m.owner_table.program == STARGATE
    total[stargate] = total[stargate].sum()
    whole: list[int] = total.tolist()
    return whole


def _by_owner(m: "Stargate", by_campus: Ints) -> Ints:
    """Whole values of campuses by owner, shape (O,)."""
    used = m.sites.used_campuses
    return by_row(m.sites.owner[:used], by_campus[:used], len(m.owner_table.name))


def budgets_usd(m: "Stargate") -> Floats:
    """What each owner, or those who finance it, can spend a month: a rival's budget, or what investors offer, (O,).

    A rival reckons with its own capital plan at the middle of the build. What investors offer is a stock; they keep
    their money ready over `kept_calls_months`, so a month's part of it counts.
    """
    p = m.parameters.finance
    middle = m.month + round(views.usual_build_months(m, RIVAL) / 2)
    rivals = m.budgets.month_cents(middle, p) / CENTS_PER_USD
    offers = np.array([investor.offer_cents for investor in m.investors])
    purse = np.array([investor.purse_cents for investor in m.investors])
    inflow = m.investor_table.inflow_cents[m.month]
    joint = m.question.finance_structure_at(m.month) == "joint_venture"
    reach = offers[:, JOINT_VENTURE] if joint else offers[:, :JOINT_VENTURE].sum(axis=1)
    ours = (np.minimum(purse, reach) / p.kept_calls_months + np.minimum(inflow, reach)).sum() / CENTS_PER_USD
    if "capital" in m.question.abundant:
        return np.full(len(rivals), np.inf)
    return np.where(m.owner_table.program == STARGATE, ours, rivals)


def plan_builders(m: "Stargate") -> None:
    """Builders set mark-ups and the premium of each site."""
    cash = m.ledger.held("deposit", "builders")
    for i, builder in enumerate(m.builders):
        builder.plan(m.news, m.parameters, int(cash[i]))


def plan_vendors(m: "Stargate") -> None:
    """Makers price, expand, want crews and say what they pay."""
    state, cash = m.book.line_state(), m.ledger.held("deposit", "vendors")
    staffed = views.crew_share(m, m.employers.makers)
    columns = [column.tolist() for column in (
        state.backlog_kw, state.capacity_kw_per_month, state.coming_kw_per_month, state.planned_output_kw, staffed,
    )]  # fmt: skip
    for vendor, cents in zip(m.vendors, cash.tolist(), strict=True):
        own = VendorState(*[[column[row] for row in vendor.row_list] for column in columns])
        vendor.plan(m.news, m.parameters, cents, own)


def plan_suppliers(m: "Stargate") -> None:
    """Suppliers of power expand connections and order plants; those on site price their work."""
    p, cash = m.parameters.power, m.ledger.held("deposit", "utilities")
    horizon = p.forecast_months
    firm = m.supply.firm_kw + m.supply.planned_kw(m.month, horizon)
    coming, peak = m.supply.coming_kw(p), supply.peak_kw(p, m.month)
    growth = [zone.peak_growth_rate_per_year for zone in p.zones.values()]
    under_contract = views.contracted_kw(m)
    busy = m.plants.ordered_kw.sum(axis=0) - m.plants.cancelled_kw.sum(axis=0) - m.plants.running_kw.sum(axis=0)
    capacity = m.book_facts.capacity_kw_per_month  # a year of what makers can make is a full order book
    for i, supplier in enumerate(m.suppliers):
        z = supplier.zone
        if z == NO_ZONE:
            book = int(busy[supplier.klass - FIRST])
            own = SupplierBook(order_book_kw=book, normal_order_book_kw=int(capacity[supplier.klass]) * MONTHS_PER_YEAR)
        else:
            ahead = forecast_peak_kw(float(peak[z]), growth[z], horizon, float(under_contract[z]))
            own = SupplierBook(int(firm[z]), int(coming[z]), ahead)
        supplier.plan(m.news, m.parameters, int(cash[i]), own)


def plan_land_owners(m: "Stargate") -> None:
    """Land owners price and offer parcels."""
    sold, wanted = m.sold_acres.tolist(), m.wanted_acres.tolist()
    for owner in m.land_owners:
        owner.plan(m.news, m.parameters, 0, LandBook(sold[owner.region], wanted[owner.region]))


def plan_governments(m: "Stargate") -> None:
    """Governments staff their offices, offer abatements, and now and then stop decisions."""
    p = m.parameters.policy
    waits = [queue.queue_permits() / queue.capacity_permits(p) for queue in (m.local, m.air)]
    is_open = (m.local.state > 0) & ~m.local.granted
    n = m.employers.n_regions
    contested = np.bincount(m.sites.region[is_open & m.local.contested], minlength=n)
    contested_share = contested / np.maximum(np.bincount(m.sites.region[is_open], minlength=n), 1)
    files = list(zip(*(column.tolist() for column in (*waits, contested_share)), strict=True))
    for government in m.governments:
        if government.kind == FEDERAL:
            government.plan(m.news, m.parameters, 0, Files(tariff_cents=m.tariff_cents))
        else:
            government.plan(m.news, m.parameters, 0, Files(*files[government.region]))
