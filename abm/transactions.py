"""The instruments and the kinds of transaction, as data: read by rows it is the transaction-flow matrix."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Who may be below zero in an instrument: the sectors whose promise it is.
ISSUERS: dict[str, tuple[str, ...]] = {
    "reserve": ("federal",),  # money from before the run; treasury and central bank are one sector
    "deposit": ("bank",),
    "loan": ("campuses", "owners", "builders", "vendors", "utilities"),
    "bond": ("campuses", "owners", "vendors", "utilities"),
    "share": ("campuses", "owners", "investors", "rest_us", "china", "rest_of_world"),
    "prepaid": ("vendors",),  # equipment paid for and not yet delivered
    "payable": ("campuses", "owners", "utilities"),  # bills received and not yet paid
    "retainage": ("campuses",),  # held back from the builder until completion
}
INSTRUMENTS = tuple(ISSUERS)

type Legs = tuple[tuple[str, int], ...]
_PAID: Legs = (("deposit", +1),)
_LENT: Legs = (("deposit", +1), ("loan", -1))
_BOND: Legs = (("deposit", +1), ("bond", -1))
_SHARE: Legs = (("deposit", +1), ("share", -1))

# +1: the payer hands it to the payee; -1: the payee hands it to the payer.
TRANSACTIONS: dict[str, Legs] = {
    # the start of the run
    "reserve_issue": (("reserve", +1), ("deposit", -1)),
    "opening_balance": _PAID,
    "opening_loan": (("loan", -1),),
    "opening_share": (("share", -1),),
    "opening_prepaid": (("prepaid", -1),),
    # work
    "wages": _PAID,
    "benefits": _PAID,
    "per_diem": _PAID,
    "background_wages": _PAID,
    "local_services_wages": _PAID,
    "training_grant": _PAID,
    # households
    "consumption": _PAID,
    # building a campus
    "land_purchase": _PAID,
    "permit_fee": _PAID,
    "soft_cost": _PAID,
    "insurance": _PAID,
    "contractor_payment": _PAID,
    "materials": _PAID,
    "offsite_work": _PAID,
    "grid_works": _PAID,
    "onsite_power": _PAID,
    "bill_received": (("payable", +1),),
    "bill_settled": (("payable", -1),),
    "retainage_held": (("retainage", +1),),
    "retainage_due": (("retainage", -1), ("payable", +1)),
    # equipment
    "deposit_due": (("prepaid", -1), ("payable", +1)),  # a claim on the maker for a bill not yet paid
    "deposit_forfeited": (("prepaid", +1),),
    "equipment_payment": _PAID,
    "equipment_delivery": (("prepaid", +1),),
    "it_payment": _PAID,
    "import_payment": _PAID,
    "royalty": _PAID,
    "tariff": _PAID,
    # running it
    "rent": _PAID,
    "compute_payment": _PAID,
    "sales_revenue": _PAID,
    "operating_cost": _PAID,
    "power_bill": _PAID,
    "fuel_bill": _PAID,
    # capital
    "equity_call": _SHARE,
    "budget_funding": _SHARE,
    "outside_investment": _SHARE,
    "outside_raise": _SHARE,
    "outside_income": _PAID,
    "loan_draw": _LENT,
    "loan_repayment": (("deposit", +1), ("loan", -1)),
    "loan_write_off": (("loan", +1),),
    "bond_issue": _BOND,
    "bond_repayment": _BOND,
    "interest": _PAID,
    "building_interest": _PAID,
    "dividend": _PAID,
    # government
    "tax": _PAID,
    "abatement_rebate": _PAID,
}
KINDS = tuple(TRANSACTIONS)
KIND = {name: i for i, name in enumerate(KINDS)}
INSTRUMENT = {name: i for i, name in enumerate(INSTRUMENTS)}


@dataclass(frozen=True, slots=True)
class Flows:
    """The postings of a month as columns, each of shape (n_postings,).

    Attributes:
        kind: row of `KINDS`.
        payer: account.
        payee: account.
        campus: row of the campus it was for, -1 if none.
        cents: amount.
    """

    kind: NDArray[np.int64]
    payer: NDArray[np.int64]
    payee: NDArray[np.int64]
    campus: NDArray[np.int64]
    cents: NDArray[np.int64]
