"""The numbers of numbers/labour.toml: workers, employers' hiring, wages, travel and training."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """What differs by trade.

    Attributes:
        growth_rate_per_year: growth of jobs without Stargate.
        leave_prob_per_month: chance to leave the trade for good.
    """

    growth_rate_per_year: float
    leave_prob_per_month: float


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Labour:
    """Labour market; meanings, ranges and sources stand in numbers/labour.toml."""

    unemployment_share: float
    layoff_prob_per_month: float
    quit_prob_per_month: float
    search_prob_per_month: float
    openings_share: float
    matching_exponent: float
    contact_prob_per_month: float
    move_prob_per_month: float
    move_pay_exponent: float
    offer_log_sd: float
    reservation_ratio: float
    travel_willing_share: float
    per_diem_usd_per_day: float
    living_cost_usd_per_day: float
    camp_cost_usd_per_day: float
    trip_cost_usd_per_km: float
    rotation_days: float
    shift_hours_per_day: float
    rent_elasticity: float
    rented_homes_ratio: float
    housing_reach_share: float
    demand_elasticity: float
    wage_trend_rate_per_year: float
    tightness_wage_elasticity_per_month: float
    pay_review_prob_per_month: float
    downward_wage_share: float
    smoothing_workers: float
    smoothing_rows_count: float
    participation_elasticity: float
    participation_prob_per_month: float
    spare_share: float
    spare_growth_years: float
    retirement_age_years: float
    retirement_prob_per_month: float
    older_age_years: float
    older_share: float
    last_age_years: float
    entry_age_years: float
    entry_span_years: float
    apprenticeship_months: float
    apprentice_pay_ratio: float
    apprentice_entrant_share: float
    apprenticeship_intake_ratio: float
    foreign_recruits_workers_per_month: float
    pay_log_sd: float
    median_tenure_months: float
    trades: dict[str, Trade]
