"""Makers of equipment: they set prices by their backlog, expand when it stays long, and employ people at home."""

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
    """What a vendor knows of its own lines, each of shape (n_lines,).

    Attributes:
        backlog_kw: on order.
        capacity_kw_per_month: at full crew.
        coming_kw_per_month: expansions under way.
        planned_output_kw: next month, at full crew.
        staffed_share: crew found over crew wanted last month, 0..1.
    """

    backlog_kw: Ints
    capacity_kw_per_month: Floats
    coming_kw_per_month: Floats
    planned_output_kw: Floats
    staffed_share: Floats


class Vendor(mesa.Agent):
    """A maker with one line or more, one for each class it makes.

    Attributes:
        name: as in vendors.csv.
        about: what it is.
        rows: its lines, shape (n_lines,).
        klass: row of EQUIPMENT of each line, shape (n_lines,).
        home_share: part of the value it adds in the country, shape (n_lines,).
        long_months: months in a row its backlog has stood above the trigger, shape (n_lines,).
        expansion_kw_per_month: capacity it decides on this month, shape (n_lines,).
        ready_month: when that gives output, shape (n_lines,).
        markup_share: what scarcity adds to its price, shape (n_lines,).
        premium_share: posted over the market wage, shape (n_lines,).
        heads_wanted: workers at home by line and trade, shape (n_lines, n_trades).
    """

    def __init__(self, model: mesa.Model, name: str, about: str, rows: Ints, klass: Ints, home_share: Floats) -> None:
        super().__init__(model)
        self.name = name
        self.about = about
        self.rows = rows
        self.klass = klass
        self._klasses: list[int] = klass.tolist()
        self.home_share = home_share
        self.long_months = np.zeros(len(rows), np.int64)
        self.expansion_kw_per_month = np.zeros(len(rows))
        self.ready_month = np.zeros(len(rows), np.int64)
        self.markup_share = np.zeros(len(rows))
        self.premium_share = np.zeros(len(rows))
        self.heads_wanted = np.zeros((len(rows), len(TRADES)))

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: VendorState) -> None:
        """Price by the backlog, expand if it has stayed long and there is cash, and want the crew for next month.

        A line that cannot man what it has pays more before it adds to it.
        """
        p = parameters.equipment
        people = []
        # Plain numbers, line by line: a vendor has one to four, and arrays of that length cost more than they save.
        for i, k in enumerate(self._klasses):
            item, capacity = p.classes[EQUIPMENT[k]], max(1.0, float(own.capacity_kw_per_month[i]))
            backlog = float(own.backlog_kw[i])
            covered_months = backlog / (capacity + float(own.coming_kw_per_month[i]))
            self.long_months[i] = self.long_months[i] + 1 if covered_months > item.expansion_trigger_months else 0
            staffed = float(own.staffed_share[i])
            patient = self.long_months[i] >= p.expansion_patience_months
            may_expand = cash_cents > 0 and patient and staffed >= p.expansion_min_staffed_share
            self.expansion_kw_per_month[i] = capacity * expansion_share(covered_months, item) if may_expand else 0.0
            self.ready_month[i] = news.month + 1 + max(1, round(item.expansion_lag_months))  # news is a month old
            normal_months = max(1.0, item.start_backlog_months)
            self.markup_share[i] = markup(backlog / capacity / normal_months, item.price_backlog_elasticity, p)
            unfilled = max(0.0, 1 - staffed - parameters.labour.openings_share)  # some jobs are open in any month
            self.premium_share[i] = next_premium(float(self.premium_share[i]), unfilled, parameters.building)
            people.append(plant_people(float(own.planned_output_kw[i]), float(self.home_share[i]), item))
        self.heads_wanted = np.array(people)[:, np.newaxis] * plant_mix(p)


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


def plant_mix(p: Equipment) -> Floats:
    """Trades of a plant, adding up to one, shape (n_trades,)."""
    mix = np.zeros(len(TRADES))
    mix[TRADE["assembler"]], mix[TRADE["technician"]] = p.assembler_share, p.technician_share
    mix[TRADE["supervisor"]] = max(0.0, 1 - p.assembler_share - p.technician_share)
    return mix
