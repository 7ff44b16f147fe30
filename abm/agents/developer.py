"""Developer-operators: owners of campuses who decide how much to start, and whether to add a campus."""

import functools
from dataclasses import dataclass

import mesa

from abm.news import News
from abm.parameters import Parameters
from abm.units import CENTS_PER_USD, KW_PER_MW
from abm.vocabulary import INPUT, STARGATE

MOST_KW = 10**9  # a purse without limit carries more than the country could use


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What an owner knows of its own campuses and purse.

    Attributes:
        committed_it_kw: in service or under way.
        planned_it_kw: not yet released, at campuses it has.
        wanted_it_kw: what its customers want of it, in service or not.
        under_way_kw: facility kW being built.
        budget_usd_per_month: what it, or those who finance it, can spend on campuses a month.
        build_months: usual build time.
        purse_usd: what is left of the sum that may be spent in all; infinite where nobody has set one.
        unpaid_kw: facility kW that what is under way has still to pay for out of it.
    """

    committed_it_kw: int
    planned_it_kw: int
    wanted_it_kw: int
    under_way_kw: int
    budget_usd_per_month: float
    build_months: float
    purse_usd: float
    unpaid_kw: int


class Developer(mesa.Agent):
    """An owner of campuses.

    Attributes:
        name: as in owners.csv.
        owner: its row in owners.csv.
        program: STARGATE or RIVAL.
        start_it_kw: what it may start this month for its customers.
        start_kw: facility kW it may start this month for its purse.
        carried_kw: facility kW that what is left of the sum set for it carries beyond what is under way.
        scarce: input that keeps it from starting more, a row of INPUTS.
        add_kw: size of a new campus it decides on this month, 0 for none.
    """

    def __init__(self, model: mesa.Model, name: str, owner: int, program: int) -> None:
        super().__init__(model)
        self.name = name
        self.owner = owner
        self.program = program
        self.start_it_kw = self.start_kw = self.carried_kw = self.add_kw = 0
        self.scarce = INPUT["demand"]

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: Pipeline) -> None:
        """Start what customers want and the purse carries; add a campus when both outlast all that is planned."""
        b = parameters.building
        cost = cost_usd_per_facility_kw(news, parameters)
        self.start_it_kw = max(0, own.wanted_it_kw - own.committed_it_kw)
        monthly = affordable_kw(own.budget_usd_per_month, own.under_way_kw, own.build_months, cost)
        # Something is kept back for what turns out dearer at the buildings under way, and for their power.
        reserved_kw = own.unpaid_kw + b.cost_contingency_share * own.under_way_kw
        in_all = min(own.purse_usd / cost / (1 + b.cost_contingency_share), float(MOST_KW)) - reserved_kw
        self.carried_kw = max(0, int(in_all))
        self.start_kw = min(monthly, self.carried_kw)
        ratio = b.stargate_facility_to_it_ratio if self.program == STARGATE else b.rival_facility_to_it_ratio
        self.scarce = INPUT["demand"] if self.start_it_kw * ratio <= self.start_kw else INPUT["capital"]
        size_kw = round(b.new_campus_facility_mw * KW_PER_MW)
        size_it_kw = size_kw / ratio
        outlasts = self.start_it_kw - own.planned_it_kw >= size_it_kw and self.start_kw >= size_kw
        self.add_kw = size_kw if outlasts else 0


def affordable_kw(budget_usd_per_month: float, under_way_kw: int, build_months: float, cost_usd_per_kw: float) -> int:
    """Facility kW that can be started so that spending stays within the budget, cost spread over the build time.

    A budget of USD 100 m a month, 20 months and 40,000 USD/kW carry 50,000 kW under way; with 30,000 kW there,
    20,000 more can start.
    """
    carried_kw = min(budget_usd_per_month * build_months / cost_usd_per_kw, float(MOST_KW))
    return max(0, int(carried_kw) - under_way_kw)


@functools.lru_cache(maxsize=1)  # all owners of a month reckon with the same
def cost_usd_per_facility_kw(news: News, parameters: Parameters) -> float:
    """All-in cost a developer reckons with: equipment and IT at last month's prices, work on site and off."""
    b, prices = parameters.building, news.price_usd_per_kw
    equipment = float(prices @ news.needed_kw_per_facility_kw)
    hours = b.other_work_worker_months_per_facility_mw / KW_PER_MW * b.worked_hours_per_month
    work = hours * float(news.wage_cents_per_hour.mean()) / CENTS_PER_USD * b.paid_hour_burden_ratio
    return equipment + work + b.offsite_work_usd_per_facility_kw + b.soft_cost_usd_per_facility_kw
