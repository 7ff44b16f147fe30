"""The numbers of numbers/power.toml: grid connections, supply of the zones, generation on site."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Zone:
    """What differs by grid zone.

    Attributes:
        studies_utility_mw_per_month: large-load requests studied, those of others included.
        fringe_requests_utility_mw_per_month: requests of others that take a study, at the start of the run.
        initial_queue_utility_mw: requests waiting for a study at the start.
        works_months: median months of wires works.
        slots_utility_mw_per_month: new large load energised, that of others included.
        initial_slot_backlog_utility_mw: finished connections waiting for energisation at the start.
        wires_usd_m_per_utility_mw: cost of substations and lines charged to the campus.
        firm_capacity_generation_gw: accredited capacity at the start.
        peak_utility_gw: peak load at the start, campuses of the list excluded.
        peak_growth_rate_per_year: growth of that load.
        industrial_price_usd_per_mwh: power price of industry at the start.
        target_margin_share: planning reserve margin aimed at.
    """

    studies_utility_mw_per_month: float
    fringe_requests_utility_mw_per_month: float
    initial_queue_utility_mw: float
    works_months: float
    slots_utility_mw_per_month: float
    initial_slot_backlog_utility_mw: float
    wires_usd_m_per_utility_mw: float
    firm_capacity_generation_gw: float
    peak_utility_gw: float
    peak_growth_rate_per_year: float
    industrial_price_usd_per_mwh: float
    target_margin_share: float


@dataclass(frozen=True, slots=True)
class Generation:
    """What differs by class of generation.

    Attributes:
        installation_usd_per_generation_kw: cost beyond the equipment itself.
        install_months: months of crew work after delivery.
        install_work_worker_months_per_generation_mw: that work.
        heat_rate_mmbtu_per_mwh: fuel burnt.
        variable_usd_per_mwh: other variable cost.
        accredited_share: part of nameplate that counts as firm.
        operators_jobs_per_generation_mw: staff of a running plant.
    """

    installation_usd_per_generation_kw: float
    install_months: float
    install_work_worker_months_per_generation_mw: float
    heat_rate_mmbtu_per_mwh: float
    variable_usd_per_mwh: float
    accredited_share: float
    operators_jobs_per_generation_mw: float


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Power:
    """Grid and on-site power; meanings, ranges and sources stand in numbers/power.toml."""

    connection_throughput_factor: float
    fringe_survival_share: float
    works_log_sd: float
    request_before_clearing_months: float
    ramp_buffer_months: float
    request_before_clearing_log_sd: float
    grid_transformer_ratio: float
    transformer_needed_share: float
    initial_transformer_lead_months: float
    transformer_stock_months: float
    wires_work_worker_months_per_utility_mw: float
    acceptable_connection_months: float
    studies_growth_rate_per_year: float
    slots_growth_rate_per_year: float
    reserve_margin_min_share: float
    forecast_months: float
    build_pace_share: float
    gas_price_ratio: float
    price_gas_share: float
    scarcity_price_exponent: float
    curtailed_at_target_share: float
    curtailment_exponent: float
    gridtied_overbuild_share: float
    islanded_overbuild_share: float
    capital_charge_rate_per_year: float
    onsite_load_share: float
    provider_backlog_elasticity: float
    generation: dict[str, Generation]
    zones: dict[str, Zone]
