"""The numbers of numbers/finance.toml: what money costs, how much may be borrowed, who waits how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owner:
    """What differs by owner of rival campuses.

    Attributes:
        campus_spending_ratio: spending on its listed campuses over its whole capital spending.
    """

    campus_spending_ratio: float


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Finance:
    """Capital market; meanings, ranges and sources stand in numbers/finance.toml."""

    base_rate_shift_rate_per_year: float
    required_return_shift_rate_per_year: float
    lender_supply_factor: float
    facility_debt_share: float
    it_debt_share: float
    joint_venture_debt_share: float
    coverage_ratio: float
    yield_on_cost_rate_per_year: float
    it_operating_cost_share: float
    facility_amortisation_years: float
    it_amortisation_years: float
    leverage_spread_rate_per_year: float
    exposure_spread_rate_per_year: float
    delay_spread_rate_per_year: float
    cheapness_exponent: float
    patience_months: float
    judged_from_facility_mw: float
    uncalled_outside_share: float
    kept_calls_months: float
    joint_venture_initial_usd_bn: float
    joint_venture_total_usd_bn: float
    joint_venture_months: float
    joint_venture_pace_exponent: float
    rival_capex_factor: float
    capex_growth_rate_per_year: float
    budget_carry_months: float
    credit_line_spread_rate_per_year: float
    owners: dict[str, Owner]
