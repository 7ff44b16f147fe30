"""Supply of the grid zones: firm capacity against peak load, and the price and cuts that follow from the margin."""

import numpy as np

from abm.markets.onsite import FIRST, Plants, Started, by_kind
from abm.markets.requests import Floats, Ints, by_zone
from abm.subjects.power import Power
from abm.sums import add_to
from abm.tables_power import ZonePaths
from abm.units import HOURS_PER_YEAR, KW_PER_MW, MONTHS_PER_YEAR, MW_PER_GW
from abm.vocabulary import ZONES

_KW_PER_GW = KW_PER_MW * MW_PER_GW


class ZoneSupply:
    """Firm capacity of the zones.

    Attributes:
        firm_kw: accredited capacity, shape (n_zones,).
        plants: power plants that suppliers have decided on in the run, one owner for each zone.
    """

    def __init__(self, p: Power, paths: ZonePaths) -> None:
        self.paths = paths
        self.firm_kw = np.rint(by_zone(p, "firm_capacity_generation_gw") * _KW_PER_GW).astype(np.int64)
        self.plants = Plants(len(ZONES))

    def advance(self, month: int, p: Power, crew_share: Floats) -> Started:
        """Add what was planned before, and plants of the run that are finished, at their accredited part."""
        yearly = self.paths.firm_additions_generation_gw_per_year.step(month) * _KW_PER_GW
        self.firm_kw += np.rint(yearly / MONTHS_PER_YEAR).astype(np.int64)
        permitted = np.ones(len(ZONES), np.bool_)
        started = self.plants.advance(p, crew_share=crew_share, may_run=permitted, unlimited=False)
        accredited = np.floor(started.kw * by_kind(p, "accredited_share")[started.klass - FIRST]).astype(np.int64)
        add_to(self.firm_kw, started.owner, accredited)
        return started

    def coming_kw(self, p: Power) -> Ints:
        """Accredited capacity ordered in the run and not yet running, shape (n_zones,)."""
        plants = self.plants
        left = plants.ordered_kw - plants.cancelled_kw - plants.running_kw
        coming: Ints = np.floor(left @ by_kind(p, "accredited_share")).astype(np.int64)
        return coming

    def planned_kw(self, month: int, horizon_months: float) -> Ints:
        """Capacity that plans made before the run add until then, shape (n_zones,)."""
        months = range(month + 1, month + 1 + round(horizon_months))
        path = self.paths.firm_additions_generation_gw_per_year
        total = np.sum([path.step(m) for m in months[::MONTHS_PER_YEAR]], axis=0)
        planned: Ints = np.rint(total * _KW_PER_GW).astype(np.int64)
        return planned


def peak_kw(p: Power, month: float) -> Floats:
    """Peak load without the campuses of the list, shape (n_zones,)."""
    growth = (1 + by_zone(p, "peak_growth_rate_per_year")) ** (month / MONTHS_PER_YEAR)
    peak: Floats = by_zone(p, "peak_utility_gw") * _KW_PER_GW * growth
    return peak


def reserve_margin_share(firm_kw: Ints, peak: Floats, firm_load_kw: Ints) -> Floats:
    """Firm capacity over peak load with the campuses' firm load, less one, shape (n_zones,)."""
    margin: Floats = firm_kw / (peak + firm_load_kw) - 1.0
    return margin


def firm_room_kw(p: Power, firm_kw: Ints, peak: Floats, firm_load_kw: Ints) -> Floats:
    """New load that may have firm service before the margin falls to its minimum, at least zero, shape (n_zones,)."""
    room: Floats = np.maximum(0.0, firm_kw / (1.0 + p.reserve_margin_min_share) - peak - firm_load_kw)
    return room


def power_price_usd_per_mwh(p: Power, margin_share: Floats, paths: ZonePaths, month: int) -> Floats:
    """Industrial power price: the one at the start, moved by gas and by the margin short of its target, (n_zones,)."""
    henry_hub = paths.henry_hub_usd_per_mmbtu
    gas = henry_hub.line(month) * p.gas_price_ratio / henry_hub.line(0)
    short = np.maximum(0.0, by_zone(p, "target_margin_share") - margin_share)
    price: Floats = by_zone(p, "industrial_price_usd_per_mwh") * (1 + p.price_gas_share * (gas - 1))
    return price * np.exp(p.scarcity_price_exponent * short)


def gas_usd_per_mmbtu(p: Power, paths: ZonePaths, month: int) -> Floats:
    """Gas price for campuses by zone, shape (n_zones,)."""
    gas: Floats = paths.gas_usd_per_mmbtu.line(month) * p.gas_price_ratio
    return gas


def curtailed_share(p: Power, margin_share: Floats) -> Floats:
    """Part of the hours in which interruptible load is cut, shape (n_zones,)."""
    short = by_zone(p, "target_margin_share") - margin_share
    share: Floats = np.minimum(1.0, p.curtailed_at_target_share * np.exp(p.curtailment_exponent * short))
    return share


def curtailed_hours_per_year(p: Power, margin_share: Floats) -> Floats:
    """The same in hours a year, shape (n_zones,)."""
    hours: Floats = curtailed_share(p, margin_share) * HOURS_PER_YEAR
    return hours
