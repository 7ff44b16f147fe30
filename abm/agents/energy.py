"""Energy suppliers: wires companies, utilities, independent producers, and those who sell power on site."""

from dataclasses import dataclass

import mesa
import numpy as np

from abm.news import News
from abm.parameters import Parameters
from abm.units import MONTHS_PER_YEAR, monthly_rate
from abm.vocabulary import GENERATION_EQUIPMENT, KLASS

_TURBINE, _BATTERY = KLASS["heavy_turbine"], KLASS["battery"]
KINDS = ("wires", "utility", "independent", "onsite")


@dataclass(frozen=True, slots=True)
class SupplierBook:
    """What a supplier knows of its own business.

    Attributes:
        firm_kw: firm capacity of its zone, with what was planned before the run until the end of its forecast.
        coming_kw: accredited capacity that suppliers have ordered for the zone.
        peak_kw: peak load it forecasts for the end of its forecast, large load under contract included.
        order_book_kw: generation on site sold and not yet running.
        normal_order_book_kw: the same in a normal month.
    """

    firm_kw: int = 0
    coming_kw: int = 0
    peak_kw: float = 0.0
    order_book_kw: int = 0
    normal_order_book_kw: int = 1


class EnergySupplier(mesa.Agent):
    """A supplier of power.

    Attributes:
        name: as in suppliers.csv.
        kind: wires, utility, independent or onsite.
        zone: row of ZONES, -1 for suppliers on site.
        klass: row of EQUIPMENT it installs on site, -1 for the others.
        build_share: part of the zone's missing capacity it sets out to build.
        studies_growth_ratio: how it changes the studies it can do this month.
        slots_growth_ratio: how it changes the load it can energise this month.
        order_klass: class of generation it orders, row of EQUIPMENT.
        order_kw: how much of it, nameplate.
        margin_share: mark-up with a normal order book.
        markup_share: mark-up this month.
    """

    def __init__(
        self, model: mesa.Model, name: str, kind: str, zone: int, klass: int, build_share: float, margin_share: float
    ) -> None:
        super().__init__(model)
        self.name, self.kind, self.zone, self.klass = name, kind, zone, klass
        self.build_share, self.margin_share, self.markup_share = build_share, margin_share, margin_share
        self.studies_growth_ratio = self.slots_growth_ratio = 1.0
        self.order_klass, self.order_kw = _TURBINE, 0

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: SupplierBook) -> None:
        """Expand connections while waits are long, order plants while capacity is missing, price by the order book."""
        p = parameters.power
        if self.kind == "onsite":
            load = max(1, own.order_book_kw) / max(1, own.normal_order_book_kw)
            self.markup_share = self.margin_share * max(1.0, load) ** p.provider_backlog_elasticity
            return
        if self.kind != "independent":
            wait = float(news.connection_months[self.zone])
            self.studies_growth_ratio = growth(wait, p.acceptable_connection_months, p.studies_growth_rate_per_year)
            self.slots_growth_ratio = growth(wait, p.acceptable_connection_months, p.slots_growth_rate_per_year)
        self.order_klass, self.order_kw = self._plants(news, parameters, own)

    def _plants(self, news: News, parameters: Parameters, own: SupplierBook) -> tuple[int, int]:
        """Which plants to order, and how much.

        A share of the capacity missing at the end of the forecast, as turbines if these come in time, else as storage.
        Plants are financed on delivery, so cash does not limit them. An independent builds only where scarcity lifts
        the price above that at the start.
        """
        p = parameters.power
        zone = [*p.zones.values()][self.zone]
        missing_kw = own.peak_kw * (1 + zone.target_margin_share) - own.firm_kw - own.coming_kw
        pays = self.kind == "utility" or news.power_usd_per_mwh[self.zone] > zone.industrial_price_usd_per_mwh
        turbine = p.generation["heavy_turbine"]
        in_time = float(news.lead_months[_TURBINE]) + turbine.install_months <= p.forecast_months
        klass = _TURBINE if in_time else _BATTERY
        kind = p.generation[GENERATION_EQUIPMENT[klass - _TURBINE]]
        if missing_kw <= 0 or not pays:
            return klass, 0
        return klass, int(missing_kw * self.build_share * p.build_pace_share / kind.accredited_share)


def growth(wait_months: float, acceptable_months: float, rate_per_year: float) -> float:
    """Monthly growth of throughput: none while waits are acceptable, all of it once they are twice that."""
    excess = min(1.0, max(0.0, wait_months / acceptable_months - 1))
    return 1 + monthly_rate(rate_per_year) * excess


def forecast_peak_kw(peak_kw: float, growth_rate_per_year: float, horizon_months: float, contracted_kw: float) -> float:
    """Peak load at the end of a forecast: today's at its growth, and large load under contract."""
    return float(peak_kw * np.power(1 + growth_rate_per_year, horizon_months / MONTHS_PER_YEAR) + contracted_kw)
