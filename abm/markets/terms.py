"""Terms of the capital market: how much debt is covered, what the joint venture releases, what rivals may spend."""

import functools

import numpy as np
from numpy.typing import NDArray

from abm.markets.capital import Deals
from abm.markets.filling import UNLIMITED
from abm.subjects.finance import Finance
from abm.sums import add_to
from abm.tables import constant
from abm.tables_finance import BUDGET, CENTS_PER_USD_BN, GROUPS, JOINT_VENTURE, JOINT_VENTURE_FROM, PURPOSES, Capex

_G = len(GROUPS)

type Cents = NDArray[np.int64]
type Floats = NDArray[np.float64]


def debt_shares(p: Finance, base_rate_per_year: float, spread_per_year: float, compute_rent_ratio: float) -> Floats:
    """Most debt in a building and in IT, by group and purpose: the usual share, or what expected rent covers.

    Args:
        p: the numbers in force
        base_rate_per_year: short rate
        spread_per_year: usual spread of lenders
        compute_rent_ratio: yearly rent of compute over the cost of IT, both per IT MW

    Returns:
        Shares, shape (G, 2).

    Source: loans sized by debt service coverage, as usual in project finance.
    """
    rate = base_rate_per_year + spread_per_year
    cover_facility = p.yield_on_cost_rate_per_year / (p.coverage_ratio * annuity(rate, p.facility_amortisation_years))
    free_rent = compute_rent_ratio * (1 - p.it_operating_cost_share)
    cover_it = free_rent / (p.coverage_ratio * annuity(rate, p.it_amortisation_years))
    usual = np.full((_G, len(PURPOSES)), (p.facility_debt_share, p.it_debt_share))
    usual[JOINT_VENTURE] = p.joint_venture_debt_share
    covered: Floats = np.clip(np.minimum(usual, (cover_facility, cover_it)), 0.0, 1.0)
    return covered


def base_rate_at(path: Floats, month: int, p: Finance) -> float:
    """The base rate of a month, per year: its path, moved by the lever and never below zero."""
    return max(0.0, float(path[month]) + p.base_rate_shift_rate_per_year)


def annuity(rate_per_year: float, years: float) -> float:
    """Yearly payment per unit of debt that pays interest and all of the debt over the years."""
    if rate_per_year <= 0:
        return 1 / years
    return float(rate_per_year / (1 - (1 + rate_per_year) ** -years))


def joint_venture_room(p: Finance, month: int, spent_cents: int) -> int:
    """What the joint venture may still spend: the first tranche at once, the rest by its pace over the programme."""
    if month < JOINT_VENTURE_FROM:
        return 0
    passed = min(1.0, (month - JOINT_VENTURE_FROM) / p.joint_venture_months)
    first, whole = p.joint_venture_initial_usd_bn, max(p.joint_venture_initial_usd_bn, p.joint_venture_total_usd_bn)
    released = first + (whole - first) * passed**p.joint_venture_pace_exponent
    return max(0, round(float(released) * CENTS_PER_USD_BN) - spent_cents)


def group_rooms(p: Finance, month: int, joint_venture_spent_cents: int) -> Cents:
    """Room of each group: only the joint venture has a ceiling, shape (G,)."""
    rooms = np.full(_G, UNLIMITED, np.int64)
    rooms[JOINT_VENTURE] = joint_venture_room(p, month, joint_venture_spent_cents)
    return rooms


@functools.lru_cache
def _campus_spending_ratio(p: Finance, owners: tuple[str, ...]) -> Floats:
    return constant([p.owners[name].campus_spending_ratio if name in p.owners else 0.0 for name in owners])


class Budgets:
    """What owners of rival campuses may still spend; a few months' worth may be carried over or spent ahead.

    Attributes:
        left_cents: below zero where spent ahead, shape (n_owners,).
    """

    def __init__(self, capex: Capex, owners: tuple[str, ...]) -> None:
        self._capex, self._owners = capex, owners
        self.left_cents = np.zeros(len(owners), np.int64)

    def open_month(self, month: int, p: Finance) -> Cents:
        """Add the month's budget, drop what is older than may be carried; returns the new money, shape (n_owners,)."""
        new = self.month_cents(month, p)
        most = np.rint(new * (1 + p.budget_carry_months)).astype(np.int64)
        added: Cents = np.maximum(0, np.minimum(self.left_cents + new, most) - self.left_cents)
        self.left_cents += added
        return added

    def ahead_cents(self, month: int, p: Finance) -> Cents:
        """What an owner may spend before its budget is there, on its bank's credit, shape (n_owners,)."""
        cents: Cents = np.rint(self.month_cents(month, p) * p.budget_carry_months).astype(np.int64)
        return cents

    def month_cents(self, month: int, p: Finance) -> Cents:
        """A month's budget for campuses, shape (n_owners,)."""
        ratio = _campus_spending_ratio(p, self._owners)
        spending = self._capex.at(month, p.capex_growth_rate_per_year) * ratio * p.rival_capex_factor
        cents: Cents = np.rint(spending * CENTS_PER_USD_BN).astype(np.int64)
        return cents

    def spend(self, deals: Deals) -> None:
        """Take what was paid out of what is left."""
        rows = deals.instrument == BUDGET
        add_to(self.left_cents, deals.investor[rows], -deals.cents[rows])
        self.left_cents += deals.budget_raised_cents
