"""The numbers of numbers/households.toml: what households and local services do with their money."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Households:
    """Spending out of wages; meanings, ranges and sources stand in numbers/households.toml."""

    spent_share: float
    local_share: float
    local_usd_per_worker_year: float
    local_wage_share: float
