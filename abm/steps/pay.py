"""Everybody is paid: last month's bills, this month's wages, builders' invoices, makers' suppliers, the bank."""

from typing import TYPE_CHECKING

import numpy as np

from abm import views
from abm.agents.government import FEDERAL
from abm.steps.billing import invoice, settle_bills
from abm.steps.makers import settle_makers
from abm.steps.wages import pay_wages
from abm.units import monthly_rate

if TYPE_CHECKING:
    from abm.model import Stargate

_ON_CREDIT = ("campuses", "builders", "vendors", "utilities", "owners")  # firms with a line of credit at the bank


def pay(m: "Stargate") -> None:
    """Settle what is due, pay for work, bill campuses for it, and let firms draw on or pay back their credit lines."""
    settle_bills(m)
    pay_wages(m)
    invoice(m)
    settle_makers(m)
    pay_for_training(m)
    place_outside(m)
    use_credit_lines(m)


def pay_for_training(m: "Stargate") -> None:
    """The federal government pays schools and colleges for training; how many it adds to a trade is not modelled."""
    for government in m.governments:
        if government.kind == FEDERAL:
            federal, schools = m.ledger.account("federal"), m.ledger.account("rest_us")
            m.ledger.post("training_grant", federal, schools, government.training_cents)


def place_outside(m: "Stargate") -> None:
    """What investors do not keep for calls goes elsewhere: in the country, to China, to the rest of the world."""
    cash = m.ledger.held("deposit", "investors")
    amounts = np.array(
        [investor.outside_cents(int(cash[i]), m.month, m.parameters) for i, investor in enumerate(m.investors)],
        np.int64,
    )
    for column, sector in enumerate(("rest_us", "china", "rest_of_world")):
        m.ledger.post(
            "outside_investment", m.ledger.accounts("investors"), m.ledger.account(sector), amounts[:, column]
        )


def use_credit_lines(m: "Stargate") -> None:
    """Firms pay interest on what they owe the bank, draw what they are short of, and repay from what they have over."""
    ledger, bank = m.ledger, m.ledger.account("bank")
    rate = monthly_rate(m.base_rate + m.parameters.finance.credit_line_spread_rate_per_year)
    accounts = np.concatenate([ledger.accounts(sector) for sector in _ON_CREDIT])
    owed = np.maximum(np.concatenate([views.bank_loans(m, sector) for sector in _ON_CREDIT]), 0)
    ledger.post("interest", accounts, bank, np.floor(owed * rate).astype(np.int64))
    cash = np.concatenate([ledger.held("deposit", sector) for sector in _ON_CREDIT])
    ledger.post("loan_draw", bank, accounts, np.maximum(-cash, 0))
    ledger.post("loan_repayment", accounts, bank, np.minimum(np.maximum(cash, 0), owed))
