"""Compute customers: OpenAI, who decides how much to contract and where, and rivals, who compute at home."""

from dataclasses import dataclass

import mesa
import numpy as np
from numpy.typing import NDArray

from abm.news import News
from abm.parameters import Parameters
from abm.subjects.compute import Compute
from abm.tables_compute import EXCLUSIVE, FIRST_REFUSAL, SUPPLIER, SUPPLIERS, ComputePaths
from abm.units import CENTS_PER_USD, KW_PER_MW, MONTHS_PER_YEAR, USD_PER_USD_BN, USD_PER_USD_M, month_index

WORLDS = ("with", "vanishes", "rivals", "underway")
LIST_ENDS = month_index("2026-01")  # campuses.csv knows the campuses whose works began before
_CENTS_PER_USD_BN = USD_PER_USD_BN * CENTS_PER_USD
_USD_BN_PER_USD_M = USD_PER_USD_M / USD_PER_USD_BN
_MICROSOFT = SUPPLIER["Microsoft"]

type Kw = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contract:
    """What OpenAI wants contracted by the end of its horizon, IT kW.

    Attributes:
        stargate_it_kw: at Stargate campuses.
        diverted_it_kw: with others beyond their dated paths, shape (S,).
    """

    stargate_it_kw: int
    diverted_it_kw: Kw


class Customer(mesa.Agent):
    """A rival that computes on its own campuses.

    Attributes:
        name: as in owners.csv.
        wanted_it_kw: capacity it wants, in service or under way.
    """

    def __init__(self, model: mesa.Model, name: str) -> None:
        super().__init__(model)
        self.name = name
        self.wanted_it_kw = 0

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: int) -> None:
        """Want the plans known of its campuses, more of them as demand grows, less where compute is dear.

        What it decides on now begins `new_campus_wait_months` later; what began before the list ends is on it.

        Args:
            news: last month's
            parameters: the numbers in force
            cash_cents: not looked at: its budget limits what it starts
            own: IT kW planned at its campuses as known by now, those it added itself apart
        """
        p, month = parameters.compute, news.month + 1
        begins = month + parameters.building.new_campus_wait_months
        years = max(0.0, begins - LIST_ENDS) / MONTHS_PER_YEAR
        growth = (1 + p.rival_demand_growth_rate_per_year) ** years
        self.wanted_it_kw = round(own * growth * min(1.0, price_response(news, p)))


class OpenAI(Customer):
    """The user of Stargate's compute, who may also compute with Microsoft and others.

    Attributes:
        demand_it_kw: compute it would use this month.
        wanted_stargate_it_kw: Stargate capacity it wants contracted, in service or not.
        diverted_it_kw: what it wants of others beyond their dated paths, shape (S,).
        displaced_it_kw: of that, what in history went to Stargate, shape (S,).
        supplied_it_kw: dated capacity of others this month, shape (S,).
        revenue_cents: this month.
        other_cost_cents: of anything but compute this month.
    """

    def __init__(self, model: mesa.Model, paths: ComputePaths, world: str) -> None:
        super().__init__(model, "OpenAI")
        if world not in WORLDS:
            raise ValueError(f"unknown world {world!r}; it may be {', '.join(WORLDS)}")
        self._paths, self._world = paths, world
        nothing = np.zeros(len(SUPPLIERS), np.int64)
        self.demand_it_kw = self.wanted_stargate_it_kw = 0
        self.diverted_it_kw = self.displaced_it_kw = nothing
        self.supplied_it_kw = nothing.astype(np.float64)
        self.revenue_cents = self.other_cost_cents = 0

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: int) -> None:
        """Look ahead to the end of the contract horizon: how much compute, how much of it at Stargate.

        Args:
            news: last month's
            parameters: the numbers in force
            cash_cents: at hand
            own: IT kW in service for it last month, of all suppliers: use does not fall below it at once
        """
        p, month = parameters.compute, news.month + 1
        paths, price = self._paths, news.compute_price_usd_m_per_it_mw_year
        revenue = self._revenue_usd_bn(month, p)
        self.revenue_cents = round(revenue * _CENTS_PER_USD_BN / MONTHS_PER_YEAR)
        self.other_cost_cents = round(self.revenue_cents * p.other_cost_share)
        self.supplied_it_kw = paths.supplied_it_kw(month, p.other_supply_growth_rate_per_year)
        payable = self.revenue_cents - self.other_cost_cents + max(0, cash_cents)
        payable_it_kw = payable * MONTHS_PER_YEAR / _CENTS_PER_USD_BN / (price * _USD_BN_PER_USD_M) * KW_PER_MW
        self.demand_it_kw = round(min(self._demand_it_kw(news, p, month), max(payable_it_kw, 0.0)))
        contract = self._contract(news, p, cash_cents, p.microsoft_terms_delay_months, self._world)
        in_history = self._contract(news, p, cash_cents, 0.0, "with")
        self.wanted_stargate_it_kw, self.diverted_it_kw = contract.stargate_it_kw, contract.diverted_it_kw
        self.displaced_it_kw = np.maximum(0, contract.diverted_it_kw - in_history.diverted_it_kw)
        # The others have only so much for it beyond their paths; what vanishes with Stargate is not wanted elsewhere.
        if self._world in ("vanishes", "underway"):
            here = contract.stargate_it_kw + self.supplied_it_kw.sum()
            self.demand_it_kw = min(self.demand_it_kw, round(here))
        self.wanted_it_kw = max(self.demand_it_kw, min(own, round(payable_it_kw)))

    def weights(self, capacity_it_kw: Kw) -> NDArray[np.float64]:
        """Shares in which it places its demand: by what each supplier has for it.

        Args:
            capacity_it_kw: of each supplier, shape (S,)
        """
        total = max(1, int(capacity_it_kw.sum()))
        weights: NDArray[np.float64] = capacity_it_kw / total
        return weights

    def _revenue_usd_bn(self, month: int, p: Compute) -> float:
        path = self._paths.revenue_usd_bn_per_year
        return path.at(month, p.revenue_growth_rate_per_year, p.growth_fade_share) * p.demand_factor

    def _demand_it_kw(self, news: News, p: Compute, month: int) -> float:
        path = self._paths.demand_it_mw
        had = path.at(month, p.demand_growth_rate_per_year, p.growth_fade_share) * KW_PER_MW
        return had * p.unmet_demand_ratio * p.demand_factor * price_response(news, p)

    def _payable_it_kw(self, news: News, p: Compute, cash_cents: int, month: int) -> float:
        """What it may sign for: expected revenue less other costs, and cash spread over its runway."""
        years = (month - news.month) / MONTHS_PER_YEAR
        price = news.compute_price_usd_m_per_it_mw_year * (1 + p.price_trend_rate_per_year) ** years
        revenue = self._revenue_usd_bn(month, p) * (1 - p.other_cost_share)
        cash = max(0, cash_cents) / _CENTS_PER_USD_BN * MONTHS_PER_YEAR / p.runway_months
        return float(p.commitment_ratio * (revenue + cash) / (price * _USD_BN_PER_USD_M) * KW_PER_MW)

    def _contract(self, news: News, p: Compute, cash_cents: int, delay_months: float, world: str) -> Contract:
        """Split what it will want between Stargate and the others, under Microsoft's terms and in a world."""
        paths, month = self._paths, news.month + 1
        ahead = month + round(p.contract_horizon_months)
        wanted = min(self._demand_it_kw(news, p, ahead), self._payable_it_kw(news, p, cash_cents, ahead))
        rest = max(0.0, wanted - float(paths.supplied_it_kw(ahead, p.other_supply_growth_rate_per_year).sum()))
        agreed = paths.agreed_it_kw(month)
        terms = paths.terms_at(month, delay_months)
        taken = 1.0 if terms == EXCLUSIVE else p.first_refusal_taken_share if terms == FIRST_REFUSAL else 0.0
        to_microsoft = max(0.0, rest - agreed) * taken
        stargate = max(float(agreed), rest - to_microsoft)
        diverted = np.zeros(len(SUPPLIERS))
        diverted[_MICROSOFT] = to_microsoft
        if world == "rivals":
            shares = np.array([p.rivals[name].diverted_share if name in p.rivals else 0.0 for name in SUPPLIERS])
            diverted += stargate * shares / max(float(shares.sum()), 1e-9)
        kept = {"with": stargate, "underway": float(agreed)}.get(world, 0.0)
        return Contract(round(kept), np.floor(diverted).astype(np.int64))


def price_response(news: News, p: Compute) -> float:
    """Demand over what it would be at the trend of the rent of compute."""
    trend = p.price_usd_m_per_it_mw_year * (1 + p.price_trend_rate_per_year) ** (news.month / MONTHS_PER_YEAR)
    return float((news.compute_price_usd_m_per_it_mw_year / trend) ** -p.demand_elasticity)


def wanted_by_owner(customers: list[Customer], openai: OpenAI, owners: tuple[str, ...]) -> Kw:
    """What rivals' campuses are wanted for: own demand, and what of OpenAI's stood at Stargate in history, (n_owners,).

    What OpenAI takes of them in history is in their dated paths already.
    """
    out = np.zeros(len(owners), np.int64)
    for customer in customers:
        out[owners.index(customer.name)] += customer.wanted_it_kw
    for supplier, kw in zip(SUPPLIERS, openai.displaced_it_kw, strict=True):
        if kw > 0:
            out[owners.index(supplier)] += int(kw)
    return out
