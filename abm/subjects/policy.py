"""The numbers of numbers/policy.toml: permits, moratoria, taxes, training money and land."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """A kind of permitting office; every region has one.

    Attributes:
        staff_workers: staff that handles large projects at the start.
        permits_per_worker_year: applications one of them takes through a year.
        other_permits_per_year: applications of others a year.
        initial_queue_permits: applications of others waiting at the start.
        review_months: technical minimum of a review once it begins.
        review_log_sd: spread of that time, standard deviation of the logarithm.
        contested_share: chance that an application is contested.
        contested_months: what a contest adds to the review.
        contest_cancel_prob: chance that a contested application ends in cancellation.
    """

    staff_workers: float
    permits_per_worker_year: float
    other_permits_per_year: float
    initial_queue_permits: float
    review_months: float
    review_log_sd: float
    contested_share: float
    contested_months: float
    contest_cancel_prob: float


@dataclass(frozen=True, slots=True)
class Policy:
    """Government and land; meanings, ranges and sources stand in numbers/policy.toml."""

    cancel_prob_per_year: float
    opposition_factor: float
    opposition_growth_rate_per_year: float
    air_review_saved_months: float
    federal_land_share: float
    federal_review_months: float
    office_wait_months: float
    office_growth_rate_per_year: float
    moratorium_prob_per_month: float
    moratorium_months: float
    abatement_share: float
    property_tax_rate_per_year: float
    federal_wage_tax_share: float
    state_wage_tax_share: float
    permit_fee_usd_per_facility_mw: float
    training_usd_m_per_year: float
    training_tariff_share: float
    land_acres_per_facility_mw: float
    land_usd_per_acre: float
    land_price_rate_per_year: float
    land_price_elasticity: float
    land_offer_acres_per_month: float
    land_option_share: float
    offices: dict[str, Office]
