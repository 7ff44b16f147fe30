"""The numbers of numbers/compute.toml: demand for compute, its price, and who may supply it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rival:
    """What differs by owner that could supply OpenAI instead of Stargate.

    Attributes:
        diverted_share: part of OpenAI's demand it gets where Stargate does not.
    """

    diverted_share: float


@dataclass(frozen=True, slots=True)
class Compute:
    """Compute market; meanings, ranges and sources stand in numbers/compute.toml."""

    price_usd_m_per_it_mw_year: float
    price_trend_rate_per_year: float
    scarcity_elasticity: float
    price_adjustment_share: float
    demand_elasticity: float
    demand_factor: float
    unmet_demand_ratio: float
    demand_growth_rate_per_year: float
    revenue_growth_rate_per_year: float
    growth_fade_share: float
    contract_horizon_months: float
    other_cost_share: float
    runway_months: float
    commitment_ratio: float
    microsoft_terms_delay_months: float
    first_refusal_taken_share: float
    other_supply_growth_rate_per_year: float
    rival_demand_growth_rate_per_year: float
    rivals: dict[str, Rival]
