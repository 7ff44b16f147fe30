"""Land owners: the real-estate side of each region, which asks a price and offers parcels."""

from dataclasses import dataclass

import mesa

from abm.news import News
from abm.parameters import Parameters
from abm.units import MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class LandBook:
    """What the owners of a region know: comparable sales of last month and offers made then, in acres."""

    sold_acres: int
    wanted_acres: int


class LandOwner(mesa.Agent):
    """The land owners of a region.

    Attributes:
        region: row of regions.csv.
        heat_ratio: how far demand has moved the price from its trend.
        asking_usd_per_acre: price asked this month.
        offered_acres: what is offered this month, what was not sold before included.
    """

    def __init__(self, model: mesa.Model, region: int) -> None:
        super().__init__(model)
        self.region = region
        self.heat_ratio = 1.0
        self.asking_usd_per_acre = 0.0
        self.offered_acres = 0

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: LandBook) -> None:
        """Ask the trend price, more after months in which buyers wanted much of the land, and offer parcels."""
        p = parameters.policy
        months = news.month + 1
        fresh = p.land_offer_acres_per_month
        pressure = min(1.0, own.wanted_acres / fresh)
        # A year of such months moves the price by the whole elasticity; without buyers it drifts back as fast.
        self.heat_ratio += (1 + p.land_price_elasticity * pressure - self.heat_ratio) / MONTHS_PER_YEAR
        trend = (1 + p.land_price_rate_per_year) ** (months / MONTHS_PER_YEAR)
        self.asking_usd_per_acre = p.land_usd_per_acre * trend * self.heat_ratio
        left = max(0, self.offered_acres - own.sold_acres)
        self.offered_acres = round(min(left + fresh, fresh * MONTHS_PER_YEAR))
