"""What everyone may know: last month's prices, queues and deliveries, frozen once published."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is reckoned from it is kept by it
class News:
    """Public facts at the end of a month.

    Attributes:
        month: the month they describe.
        wage_cents_per_hour: market wage, shape (n_regions, n_trades).
        lead_months: wait of an order placed now by class, shape (n_classes,).
        price_usd_per_kw: price of new orders by class, shape (n_classes,).
        needed_kw_per_facility_kw: what a building needs by class, shape (n_classes,).
        connection_months: wait of a grid request made now, shape (n_zones,).
        power_usd_per_mwh: industrial power price, shape (n_zones,).
        reserve_margin_share: shape (n_zones,).
        site_unfilled_share: share of the wanted crew not found, by builder's package, shape (n_campuses, n_packages).
        stargate_built_mw: Stargate buildings in service and the finished part of those under way, facility MW.
        stargate_planned_mw: what the plan had promised by now.
        compute_price_usd_m_per_it_mw_year: rent of compute.
        base_rate_per_year: short risk-free rate.
    """

    month: int
    wage_cents_per_hour: NDArray[np.float64]
    lead_months: NDArray[np.float64]
    price_usd_per_kw: NDArray[np.float64]
    needed_kw_per_facility_kw: NDArray[np.float64]
    connection_months: NDArray[np.float64]
    power_usd_per_mwh: NDArray[np.float64]
    reserve_margin_share: NDArray[np.float64]
    site_unfilled_share: NDArray[np.float64]
    stargate_built_mw: float
    stargate_planned_mw: float
    compute_price_usd_m_per_it_mw_year: float
    base_rate_per_year: float
