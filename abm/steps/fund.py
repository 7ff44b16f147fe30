"""Capital: investors raise money, campuses ask for what is due, the market decides who pays."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.agents.investor import new_money_cents
from abm.bills import FACILITY, IT
from abm.markets import capital, terms
from abm.markets.capital import Asks, Deals, Supply
from abm.sums import add_cells, by_row
from abm.tables import Ints
from abm.tables_finance import BOND, BUDGET, EQUITY, JOINT_VENTURE, LOAN, NO_GROUP

if TYPE_CHECKING:
    from abm.model import Stargate

_POSTED_AS = {EQUITY: "equity_call", LOAN: "loan_draw", BOND: "bond_issue", BUDGET: "budget_funding"}


def fund(m: "Stargate") -> None:
    """Raise new money, clear the capital market for the bills due, and draw what was agreed."""
    raise_money(m)
    facts, p = m.facts, m.parameters.finance
    facts.due_cents = m.bills.due()
    tenants_buy_it(m)
    deals = capital.clear(asks(m), offers(m), p.cheapness_exponent, "capital" in m.question.abundant)
    raise_beyond(m, deals)
    draw(m, deals)
    m.budgets.spend(deals)
    called = deals.called(len(m.investors))
    for investor in m.investors:
        investor.note(int(called[investor.row]), m.parameters)
    facts.called_cents, facts.refused_cents = deals.paid_in(), deals.refused_cents
    facts.capital_share = 1 - facts.refused_cents / np.maximum(facts.due_cents, 1)


def raise_money(m: "Stargate") -> None:
    """Investors raise money outside, pay OpenAI for shares, and owners of rival campuses set a budget aside."""
    p, ledger, month = m.parameters.finance, m.ledger, m.month
    investors = ledger.accounts("investors")
    ledger.post("outside_raise", m.home_accounts, investors, new_money_cents(m.investor_table, month, p))
    shares = np.minimum(m.investor_table.openai_equity_cents[month], np.maximum(ledger.held("deposit", "investors"), 0))
    ledger.post("equity_call", investors, m.openai_account, shares)
    ledger.post("sales_revenue", ledger.account("rest_us"), ledger.accounts("owners"), m.budgets.open_month(month, p))


def tenants_buy_it(m: "Stargate") -> None:
    """Tenants of landlords, whose names are not published, put up the money for the IT they buy there."""
    it_cents = by_row(m.sites.owner, m.facts.due_cents[:, IT].copy(), len(m.owner_table.name))
    it_cents *= np.array([kind == "landlord" for kind in m.owner_table.kind])
    m.budgets.left_cents += it_cents
    m.ledger.post("sales_revenue", m.ledger.account("rest_us"), m.ledger.accounts("owners"), it_cents)


def asks(m: "Stargate") -> Asks:
    """What campuses owe, by who borrows for them."""
    sites, p = m.sites, m.parameters.finance
    shares = views.expected_debt_shares(m)
    spent = int(m.called_by_group[:, JOINT_VENTURE].sum())
    m.groups = borrowing_groups(m)
    return Asks(m.facts.due_cents, m.groups, sites.owner, shares, terms.group_rooms(p, m.month, spent))


def borrowing_groups(m: "Stargate") -> Ints:
    """Who borrows for each campus, NO_GROUP for unused rows, shape (C,)."""
    groups = m.borrowers.groups(m.owner_table.name, m.question.finance_structure_at(m.month), m.month)
    return np.where(np.arange(len(groups)) < m.sites.used_campuses, groups, NO_GROUP)


def offers(m: "Stargate") -> Supply:
    """What investors have offered this month, and what rivals' budgets hold."""
    table, investors = m.investor_table, m.investors
    return Supply(
        instrument=table.instrument,
        weight=table.weight[m.month],
        offer_cents=np.array([investor.offer_cents for investor in investors]),
        purse_cents=np.array([investor.purse_cents for investor in investors]),
        rate_per_year=np.array([investor.rate_per_year for investor in investors]),
        budget_cents=np.maximum(m.budgets.left_cents + m.budgets.ahead_cents(m.month, m.parameters.finance), 0),
    )


def raise_beyond(m: "Stargate", deals: Deals) -> None:
    """Where capital is abundant, what is given beyond a purse is raised outside first."""
    ledger = m.ledger
    ledger.post("outside_raise", m.home_accounts, ledger.accounts("investors"), deals.raised_cents)
    ledger.post("sales_revenue", ledger.account("rest_us"), ledger.accounts("owners"), deals.budget_raised_cents)


def draw(m: "Stargate", deals: Deals) -> None:
    """Post what was agreed and note who holds what of whom."""
    ledger, n = m.ledger, len(m.investors)
    to = ledger.accounts("campuses")[deals.campus]
    for instrument, kind in _POSTED_AS.items():
        rows = np.flatnonzero(deals.instrument == instrument)
        sector = "owners" if instrument == BUDGET else "investors"
        payers = ledger.accounts(sector)[deals.investor[rows]]
        ledger.post(kind, payers, to[rows], deals.cents[rows], deals.campus[rows])
    is_debt = (deals.instrument == LOAN) | (deals.instrument == BOND)
    for purpose in (FACILITY, IT):
        rows = np.flatnonzero(is_debt & (deals.purpose == purpose))
        m.debts[purpose].draw(deals.campus[rows], deals.investor[rows], deals.cents[rows], deals.rate_per_year[rows])
    payer = np.where(deals.instrument == BUDGET, n + deals.investor, deals.investor)
    m.facts.called_by_program = np.zeros_like(m.called_by_program)
    add_cells(m.facts.called_by_program, payer, m.sites.program[deals.campus], deals.cents)
    m.called_by_program += m.facts.called_by_program
    equity = np.flatnonzero(~is_debt)
    add_cells(m.equity_cents, deals.campus[equity], payer[equity], deals.cents[equity])
    ours = np.flatnonzero(deals.instrument != BUDGET)
    add_cells(m.called_by_group, deals.investor[ours], m.groups[deals.campus[ours]], deals.cents[ours])
    add_cells(m.paid_in_cents, deals.campus, deals.purpose, deals.cents)
