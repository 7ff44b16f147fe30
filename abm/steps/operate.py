"""What is in service earns: compute is placed and paid, power is bought, debt is served, owners get the rest."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.bills import FACILITY, IT
from abm.ledger import split_rows
from abm.markets import compute, onsite, supply
from abm.steps.billing import bill
from abm.tables import Floats, Ints
from abm.tables_compute import SUPPLIER, SUPPLIERS
from abm.tables_finance import BOND
from abm.units import CENTS_PER_USD, HOURS_PER_MONTH, KW_PER_MW, MONTHS_PER_YEAR
from abm.vocabulary import STARGATE

if TYPE_CHECKING:
    from abm.model import Stargate


def operate(m: "Stargate") -> None:
    """Place compute, let customers pay for it, and pay what running a campus costs."""
    place_compute(m)
    pay_for_compute(m)
    buy_power(m)
    pay_property_tax(m)
    serve_debt(m)
    pay_dividends(m)


def place_compute(m: "Stargate") -> None:
    """Who computes where, and what compute will cost next month."""
    p, sites, openai = m.parameters.compute, m.sites, m.openai
    it_kw = sites.by_campus(sites.it_kw * sites.operating)
    stargate = sites.program == STARGATE
    have = compute.capacities(
        openai.supplied_it_kw, int(it_kw[stargate].sum()), openai.displaced_it_kw, fulfilled(m, it_kw)
    )
    placed = compute.clear(np.array([openai.wanted_it_kw]), openai.weights(have)[np.newaxis], have)
    m.placement = placed.placed_it_kw[0]
    m.openai_used_it_kw = int(m.placement.sum())
    used = compute.used_at_campuses(it_kw * stargate, int(m.placement[SUPPLIER["Stargate"]]))
    m.used_it_kw = np.where(stargate, used, it_kw)
    demand = openai.demand_it_kw + int(it_kw[~stargate].sum())
    m.compute_price = compute.next_price(m.compute_price, p, m.month, demand, int(have.sum() + it_kw[~stargate].sum()))


def fulfilled(m: "Stargate", it_kw: Ints) -> Floats:
    """What each of OpenAI's other suppliers has in service over what it wants of campuses, shape (S,)."""
    out = np.ones(len(SUPPLIERS))
    names = m.owner_table.name
    for i, name in enumerate(SUPPLIERS):
        if name in names and m.wanted_it_kw[names.index(name)] > 0:
            o = names.index(name)
            out[i] = min(1.0, it_kw[m.sites.owner == o].sum() / m.wanted_it_kw[o])
    return out


def pay_for_compute(m: "Stargate") -> None:
    """OpenAI earns and pays for compute, to tenants of Stargate campuses and to its other suppliers.

    Tenants pay the campus. OpenAI pays no more than it has. Rivals' campuses are paid by their own customers.
    """
    ledger, sites, openai = m.ledger, m.sites, m.openai
    rest, payer, campuses = ledger.account("rest_us"), m.openai_account, ledger.accounts("campuses")
    ledger.post("sales_revenue", rest, payer, openai.revenue_cents)
    cash = max(0, int(ledger.held("deposit", "investors")[m.openai_investor]))
    ledger.post("operating_cost", payer, rest, min(cash, openai.other_cost_cents))
    cut = np.where(views.is_interruptible(m), m.zone_facts.curtailed_hours[sites.zone] / HOURS_PER_MONTH, 0.0)
    rent = compute.compute_rent_cents(np.rint(m.used_it_kw * (1 - cut)).astype(np.int64), m.compute_price)
    stargate = sites.program == STARGATE
    elsewhere = compute.compute_rent_cents(m.placement, m.compute_price)
    elsewhere[SUPPLIER["Stargate"]] = 0
    m.openai_bill_cents = int(rent[stargate].sum() + elsewhere.sum()) + openai.other_cost_cents
    cash = max(0, int(ledger.held("deposit", "investors")[m.openai_investor]))
    owed = int(rent[stargate].sum() + elsewhere.sum())
    share = min(1.0, cash / owed) if owed else 1.0
    rent = np.where(stargate, np.floor(rent * share), rent).astype(np.int64)
    elsewhere = np.floor(elsewhere * share).astype(np.int64)
    names = m.owner_table.name
    payees = np.array([ledger.account("owners", names.index(name)) if name in names else rest for name in SUPPLIERS])
    ledger.post("compute_payment", payer, payees, elsewhere)
    rows = np.flatnonzero(stargate)
    tenants = ledger.accounts("owners")[sites.tenant[rows]]
    leased = m.question.finance_structure_at(m.month) == "leases"
    if leased:  # OpenAI pays the tenant, the tenant pays rent; in a joint venture the campus is paid itself
        ledger.post("compute_payment", payer, tenants, rent[rows], rows)
        ledger.post("rent", tenants, campuses[rows], rent[rows], rows)
    else:
        ledger.post("compute_payment", payer, campuses[rows], rent[rows], rows)
    others = np.flatnonzero(~stargate)
    ledger.post("compute_payment", rest, campuses[others], rent[others], others)


def buy_power(m: "Stargate") -> None:
    """Campuses pay the utility for grid power and their fuel for power made on site."""
    ledger, sites, p = m.ledger, m.sites, m.parameters.power
    load = sites.operating_kw
    from_grid = np.minimum(load, sites.grid_kw)
    hours = HOURS_PER_MONTH * p.onsite_load_share
    mwh = from_grid / KW_PER_MW * hours
    mwh = mwh * np.where(views.is_interruptible(m), 1 - m.zone_facts.curtailed_hours[sites.zone] / HOURS_PER_MONTH, 1.0)
    campus, accounts = np.arange(len(load)), ledger.accounts("campuses")
    cents = np.rint(mwh * m.zone_facts.price_usd_per_mwh[sites.zone] * CENTS_PER_USD).astype(np.int64)
    # A zone's wires company, utilities and independents share what its load pays.
    parts = split_rows(cents, m.zone_suppliers[sites.zone])
    at, supplier = np.nonzero(parts)
    ledger.post("power_bill", accounts[at], ledger.accounts("utilities")[supplier], parts[at, supplier], at)
    gas = supply.gas_usd_per_mmbtu(p, m.zone_paths, m.month)
    running = m.plants.running_kw
    shares = running / np.maximum(running.sum(axis=1, keepdims=True), 1)
    by_zone = np.stack([onsite.running_usd_per_mwh(p, float(price)) for price in gas])
    usd = (shares * by_zone[sites.zone]).sum(axis=1)
    fuel = np.rint((load - from_grid) / KW_PER_MW * hours * usd * CENTS_PER_USD).astype(np.int64)
    ledger.post("fuel_bill", accounts, ledger.account("rest_us"), fuel, campus)
    m.facts.power_cents = cents + fuel


def pay_property_tax(m: "Stargate") -> None:
    """States tax what buildings in service cost, less what they forgo."""
    p, sites = m.parameters.policy, m.sites
    base = m.paid_in_cents[:, FACILITY] * in_service_share(m)
    full = np.rint(base * p.property_tax_rate_per_year / MONTHS_PER_YEAR).astype(np.int64)
    back = np.floor(full * sites.abatement_share).astype(np.int64)
    campus, states = np.arange(len(full)), m.ledger.accounts("states")[sites.region]
    m.ledger.post("tax", m.ledger.accounts("campuses"), states, full, campus)
    m.ledger.post("abatement_rebate", states, m.ledger.accounts("campuses"), back, campus)


def in_service_share(m: "Stargate") -> Floats:
    """Part of each campus's begun buildings that is in service, shape (C,)."""
    sites = m.sites
    begun = sites.by_campus(sites.facility_kw * (sites.operating | sites.under_way))
    share: Floats = sites.operating_kw / np.maximum(begun, 1)
    return share


def serve_debt(m: "Stargate") -> None:
    """Pay interest and repay out of rent; interest that rent does not cover is part of the cost of building."""
    p, ledger = m.parameters.finance, m.ledger
    campuses, investors = ledger.accounts("campuses"), ledger.accounts("investors")
    is_bond, earns = m.investor_table.instrument == BOND, in_service_share(m)
    for purpose, years in ((FACILITY, p.facility_amortisation_years), (IT, p.it_amortisation_years)):
        debts = m.debts[purpose]
        if not debts.owed_cents.any():
            continue
        interest_due = debts.interest()
        cash = np.where(earns > 0, np.maximum(ledger.held("deposit", "campuses") - unspent_cents(m), 0), 0)
        paid = debts.serve(cash, earns, years)
        for kind, cents in (("interest", paid.interest_cents), ("repayment", paid.repayment_cents)):
            c, i = np.nonzero(cents)
            if kind == "interest":
                ledger.post("interest", campuses[c], investors[i], cents[c, i], c)
                continue
            for name, rows in (("bond_repayment", is_bond[i]), ("loan_repayment", ~is_bond[i])):
                ledger.post(name, campuses[c[rows]], investors[i[rows]], cents[c, i][rows], c[rows])
        c, i = np.nonzero(interest_due - paid.interest_cents)
        bill(m, "building_interest", purpose, c, investors[i], (interest_due - paid.interest_cents)[c, i])


def unspent_cents(m: "Stargate") -> Ints:
    """Capital drawn this month for bills that are paid at its end, by campus, shape (C,)."""
    drawn: Ints = m.facts.called_cents.sum(axis=1)
    return drawn


def pay_dividends(m: "Stargate") -> None:
    """What a campus has beyond its bills and a reserve goes to those who put in equity, by what they put in."""
    ledger = m.ledger
    cash = ledger.held("deposit", "campuses") - unspent_cents(m) - m.running_cost_cents
    payers = np.flatnonzero((cash > 0) & (m.equity_cents.sum(axis=1) > 0) & (m.sites.operating_kw > 0))
    if not len(payers):
        return
    parts = split_rows(cash[payers], m.equity_cents[payers])
    c, holder = np.nonzero(parts)
    accounts = np.concatenate([ledger.accounts("investors"), ledger.accounts("owners")])
    ledger.post("dividend", ledger.accounts("campuses")[payers[c]], accounts[holder], parts[c, holder], payers[c])
