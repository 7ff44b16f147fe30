"""The numbers of numbers/equipment.toml: what makers of equipment can make, ask, and employ."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EquipmentClass:
    """What differs by class; kW are kW served: facility kW, IT kW or generation kW.

    Attributes:
        price_usd_per_kw: in 2024-05, without tariff.
        price_trend_rate_per_year: of cost.
        minimum_make_months: no order is delivered sooner.
        capacity_kw_per_month: of all makers in 2024-05.
        supply_factor: capacity over what it would be.
        start_backlog_months: on order in 2024-05, in months of capacity.
        start_expansion_share: growth of capacity under way in 2024-05, ready within the lag.
        expansion_rate_per_year: the most makers add a year.
        expansion_lag_months: from decision to output.
        expansion_trigger_months: backlog from which makers expand.
        price_backlog_elasticity: of the price to the backlog in months.
        tariff_rate: on the customs value.
        import_share: part of the price before tariff that leaves the country.
        china_share: part of the imports that comes from China.
        worker_years_per_usd_m: work of a maker per USD m of domestic value at the prices of 2024-05.
        margin_share: part of the price before tariff its makers keep.
        needed_at_share: progress of a building at which it must be on site.
        max_advance_months: before the planned start buyers order at most.
        allocation_rule_count: 0 first come, 1 contract priority, 2 size.
    """

    price_usd_per_kw: float
    price_trend_rate_per_year: float
    minimum_make_months: float
    capacity_kw_per_month: float
    supply_factor: float
    start_backlog_months: float
    start_expansion_share: float
    expansion_rate_per_year: float
    expansion_lag_months: float
    expansion_trigger_months: float
    price_backlog_elasticity: float
    tariff_rate: float
    import_share: float
    china_share: float
    worker_years_per_usd_m: float
    margin_share: float
    needed_at_share: float
    max_advance_months: float
    allocation_rule_count: int


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Equipment:
    """Equipment markets; meanings, ranges and sources stand in numbers/equipment.toml."""

    deposit_share: float
    it_deposit_share: float
    shipment_share: float
    choice_months: float
    choice_price_exponent: float
    priority_reserve_share: float
    outage_loss_share: float
    expansion_patience_months: float
    expansion_min_staffed_share: float
    markup_max_share: float
    discount_max_share: float
    rubin_price_ratio: float
    rubin_from_month: float
    arm_royalty_share: float
    assembler_share: float
    technician_share: float
    classes: dict[str, EquipmentClass]
