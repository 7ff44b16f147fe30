"""The numbers of numbers/building.toml: time, work and cost of a building."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Building:
    """On-site building; meanings, ranges and sources stand in numbers/building.toml."""

    minimum_build_months: float
    minimum_retrofit_months: float
    stargate_pace_ratio: float
    rival_pace_ratio: float
    pace_log_sd: float
    early_gap_months: float
    late_gap_months: float
    stargate_work_worker_months_per_facility_mw: float
    other_work_worker_months_per_facility_mw: float
    work_curve_rise_exponent: float
    work_curve_fall_exponent: float
    trade_substitution_elasticity: float
    standby_crew_share: float
    worked_hours_per_month: float
    paid_hour_burden_ratio: float
    learning_share: float
    labour_productivity_index: float
    cost_contingency_share: float
    offsite_work_usd_per_facility_kw: float
    offsite_work_months: float
    offsite_usd_per_worker_year: float
    offsite_domestic_share: float
    soft_cost_usd_per_facility_kw: float
    builder_margin_backlog_elasticity: float
    retainage_share: float
    permanent_jobs_per_facility_mw: float
    permanent_wage_usd_per_hour: float
    wage_raise_share: float
    wage_premium_max_share: float
    stargate_facility_to_it_ratio: float
    new_campus_facility_mw: float
    new_campus_phases_count: int
    new_campus_wait_months: float
    price_level_rate_per_year: float
    construction_price_rate_per_year: float
    power_tolerance_months: float
    order_buffer_months: float
    long_shift_attraction_share: float
    normal_order_book_months: float
    power_look_ahead_months: float
    away_bid_share: float
    site_choice_months: float
    rival_facility_to_it_ratio: float
    premium_full_shortage_share: float
    premium_fall_share: float
