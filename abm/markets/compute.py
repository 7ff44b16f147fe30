"""The compute market: demand and suppliers' capacity in, who computes where and at what rent out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.markets.filling import UNLIMITED, fill
from abm.subjects.compute import Compute
from abm.tables_compute import SUPPLIER
from abm.units import CENTS_PER_USD, KW_PER_MW, MONTHS_PER_YEAR, USD_PER_USD_M

type Kw = NDArray[np.int64]
type Floats = NDArray[np.float64]
_CENTS_PER_KW_MONTH = USD_PER_USD_M * CENTS_PER_USD / KW_PER_MW / MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Placement:
    """Who computes where; N customers, S suppliers.

    Attributes:
        placed_it_kw: shape (N, S).
        unserved_it_kw: shape (N,).
        idle_it_kw: shape (S,).
    """

    placed_it_kw: Kw
    unserved_it_kw: Kw
    idle_it_kw: Kw

    @property
    def share(self) -> Floats:
        """Share of each supplier in a customer's compute, rows add up to 1 or 0, shape (N, S)."""
        total = self.placed_it_kw.sum(axis=1, keepdims=True)
        shares: Floats = self.placed_it_kw / np.maximum(total, 1)
        return shares


def capacities(supplied_it_kw: Floats, stargate_it_kw: int, displaced_it_kw: Kw, fulfilled_share: Floats) -> Kw:
    """What each supplier has for OpenAI this month, shape (S,).

    Args:
        supplied_it_kw: dated path of the others, shape (S,)
        stargate_it_kw: in service at Stargate campuses
        displaced_it_kw: demand that in history went to Stargate and now stands with others, shape (S,)
        fulfilled_share: what each of them has in service over what it wants, 0..1, shape (S,)
    """
    out: Kw = np.floor(supplied_it_kw + displaced_it_kw * fulfilled_share).astype(np.int64)
    out[SUPPLIER["Stargate"]] = stargate_it_kw
    return out


def clear(demand_it_kw: Kw, weight: Floats, capacity_it_kw: Kw) -> Placement:
    """Place demand with suppliers by weights; what one supplier lacks is placed with the others a customer takes.

    Args:
        demand_it_kw: of each customer, shape (N,)
        weight: share of its demand a customer would place with each supplier, 0 for never, shape (N, S)
        capacity_it_kw: shape (S,)

    Raises:
        ValueError: if a demand, weight or capacity is negative.
    """
    if min(demand_it_kw.min(), capacity_it_kw.min(), weight.min()) < 0:
        raise ValueError("a demand, weight or capacity is negative; compute is not placed backwards")
    each = np.arange(len(demand_it_kw))
    no_limit = np.full((len(capacity_it_kw), len(demand_it_kw)), UNLIMITED, np.int64)
    placed = fill(demand_it_kw, each, np.ascontiguousarray(weight.T, dtype=np.float64), no_limit, capacity_it_kw).T
    return Placement(placed, demand_it_kw - placed.sum(axis=1), capacity_it_kw - placed.sum(axis=0))


def trend_price(p: Compute, month: int) -> float:
    """Rent of compute if demand and supply kept in step, USD m per IT MW-year."""
    return float(p.price_usd_m_per_it_mw_year * (1 + p.price_trend_rate_per_year) ** (month / MONTHS_PER_YEAR))


def next_price(price: float, p: Compute, month: int, demand_it_kw: float, capacity_it_kw: float) -> float:
    """Rent of compute after a month: part of the way to the one that scarcity calls for, USD m per IT MW-year.

    Args:
        price: last month's
        p: the numbers in force
        month: the month
        demand_it_kw: wanted by all customers
        capacity_it_kw: of all suppliers
    """
    scarcity = max(demand_it_kw, 1.0) / max(capacity_it_kw, 1.0)
    called_for = trend_price(p, month) * float(scarcity**p.scarcity_elasticity)
    return price + p.price_adjustment_share * (called_for - price)


def compute_rent_cents(it_kw: Kw, price_usd_m_per_it_mw_year: float) -> Kw:
    """A month's rent of compute for what is used, by campus or supplier, shape as it_kw."""
    cents: Kw = np.rint(it_kw * (price_usd_m_per_it_mw_year * _CENTS_PER_KW_MONTH)).astype(np.int64)
    return cents


def lease_rent_cents(cost_in_service_cents: Kw, yield_on_cost_rate_per_year: float) -> Kw:
    """A month's lease rent of the buildings in service, by campus, from what they cost, shape (C,)."""
    cents: Kw = np.rint(cost_in_service_cents * (yield_on_cost_rate_per_year / MONTHS_PER_YEAR)).astype(np.int64)
    return cents


def used_at_campuses(operating_it_kw: Kw, placed_at_stargate_it_kw: int) -> Kw:
    """What of each campus's IT in service is rented, in the same share, shape (C,)."""
    total = int(operating_it_kw.sum())
    if placed_at_stargate_it_kw >= total:
        return operating_it_kw.copy()
    used: Kw = np.floor(operating_it_kw * (placed_at_stargate_it_kw / total)).astype(np.int64)
    return used
