"""Makers of equipment: they set prices by their backlog, expand when it stays long, and employ people at home."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import mesa
import numpy as np
from numpy.typing import NDArray

from abm.agents.pay import next_premium
from abm.news import News
from abm.parameters import Parameters
from abm.subjects.equipment import Equipment, EquipmentClass
from abm.units import MONTHS_PER_YEAR, USD_PER_USD_M
from abm.vocabulary import EQUIPMENT, TRADE, TRADES

type Floats = NDArray[np.float64]
type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class VendorState:
    """What a vendor knows of its own lines, each of length n_lines.

    Attributes:
        backlog_kw: on order.
        capacity_kw_per_month: at full crew.
        coming_kw_per_month: expansions under way.
        planned_output_kw: next month, at full crew.
        staffed_share: crew found over crew wanted last month, 0..1.
    """

    backlog_kw: Sequence[int]
    capacity_kw_per_month: Sequence[float]
    coming_kw_per_month: Sequence[float]
    planned_output_kw: Sequence[float]
    staffed_share: Sequence[float]


class Vendor(mesa.Agent):
    """A maker with one line or more, one for each class it makes.

    Attributes:
        name: as in vendors.csv.
        about: what it is.
        rows, row_list: its lines, shape (n_lines,).
        klass: row of EQUIPMENT of each line, shape (n_lines,).
        home_share: part of the value it adds in the country, shape (n_lines,).
        long_months: months in a row its backlog has stood above the trigger, of each line.
        expansion_kw_per_month: capacity it decides on this month, of each line.
        ready_month: when that gives output, of each line.
        markup_share: what scarcity adds to its price, of each line.
        premium_share: posted over the market wage, of each line.
        people_wanted: workers at home in the trades of `plant_mix`, of each line.
    """

    def __init__(self, model: mesa.Model, name: str, about: str, rows: Ints, klass: Ints, home_share: Floats) -> None:
        super().__init__(model)
        self.name = name
        self.about = about
        self.rows = rows
        self.klass = klass
        self.home_share = home_share
        self.row_list: list[int] = rows.tolist()
        self._klasses: list[int] = klass.tolist()
        self._home_shares: list[float] = home_share.tolist()
        # Plain numbers, line by line: a vendor has one to four, and arrays of that length cost more than they save.
        n = len(rows)
        self.long_months, self.ready_month = [0] * n, [0] * n
        self.expansion_kw_per_month, self.markup_share = [0.0] * n, [0.0] * n
        self.premium_share, self.people_wanted = [0.0] * n, [0.0] * n

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: VendorState) -> None:
        """Price by the backlog, expand if it has stayed long and there is cash, and want the crew for next month.

        A line that cannot man what it has pays more before it adds to it.
        """
        p, usually_open = parameters.equipment, parameters.labour.openings_share  # some jobs are open in any month
        lines = zip(
            self._klasses, own.backlog_kw, own.capacity_kw_per_month, own.coming_kw_per_month, own.staffed_share,
            strict=True,
        )  # fmt: skip
        for i, (k, backlog, full, coming, staffed) in enumerate(lines):
            item, capacity = p.classes[EQUIPMENT[k]], max(1.0, full)
            covered_months = backlog / (capacity + coming)
            self.long_months[i] = self.long_months[i] + 1 if covered_months > item.expansion_trigger_months else 0
            expands = self.long_months[i] >= p.expansion_patience_months and staffed >= p.expansion_min_staffed_share
            self.expansion_kw_per_month[i] = (
                capacity * expansion_share(covered_months, item) if expands and cash_cents > 0 else 0.0
            )
            self.ready_month[i] = news.month + 1 + max(1, round(item.expansion_lag_months))  # news is a month old
            normal_months = max(1.0, item.start_backlog_months)
            self.markup_share[i] = markup(backlog / capacity / normal_months, item.price_backlog_elasticity, p)
            unfilled = max(0.0, 1 - staffed - usually_open)
            self.premium_share[i] = next_premium(self.premium_share[i], unfilled, parameters.building)
            self.people_wanted[i] = plant_people(own.planned_output_kw[i], self._home_shares[i], item)


def expansion_share(backlog_months: float, item: EquipmentClass) -> float:
    """Growth of capacity a maker decides on in a month: none at the trigger, the most from twice the trigger on."""
    pressure = min(1.0, max(0.0, backlog_months / item.expansion_trigger_months - 1))
    return pressure * item.expansion_rate_per_year / MONTHS_PER_YEAR


def markup(backlog_ratio: float, elasticity: float, p: Equipment) -> float:
    """What scarcity adds to a price when the backlog stands at a ratio to its normal.

    A backlog twice the normal with an elasticity of 0.4 adds 32 %.
    """
    added = backlog_ratio**elasticity - 1 if backlog_ratio > 0 else -1.0
    return min(p.markup_max_share, max(-p.discount_max_share, added))


def plant_people(output_kw_per_month: float, home_share: float, item: EquipmentClass) -> float:
    """People at work in the country to make an output a month, of which a share of the value is added there.

    Source: jobs per USD m of output, at prices of 2024-05 so that scarcity employs nobody [useeio-detail].
    """
    home_usd_m_per_year = output_kw_per_month * item.price_usd_per_kw * home_share * MONTHS_PER_YEAR / USD_PER_USD_M
    return home_usd_m_per_year * item.worker_years_per_usd_m


@functools.lru_cache
def plant_mix(p: Equipment) -> Floats:
    """Trades of a plant, adding up to one, shape (n_trades,)."""
    mix = np.zeros(len(TRADES))
    mix[TRADE["assembler"]], mix[TRADE["technician"]] = p.assembler_share, p.technician_share
    mix[TRADE["supervisor"]] = max(0.0, 1 - p.assembler_share - p.technician_share)
    mix.setflags(write=False)  # one for all makers
    return mix
