"""Governments: the federal one, and in each region the state, its counties and their permitting offices as one."""

from dataclasses import dataclass

import mesa

from abm import streams
from abm.news import News
from abm.parameters import Parameters
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR, USD_PER_USD_M, monthly_rate

FEDERAL, STATE = "federal", "state"
_MORATORIUM = streams.purpose("government moratorium")


@dataclass(frozen=True, slots=True)
class Files:
    """What a government knows of its own offices and purse.

    Attributes:
        local_wait_months: queue of applications over what the local office takes up in a month.
        air_wait_months: the same of the air office.
        contested_share: part of the applications under way that are contested.
        tariff_cents: tariffs collected last month (federal).
    """

    local_wait_months: float = 0.0
    air_wait_months: float = 0.0
    contested_share: float = 0.0
    tariff_cents: int = 0


class Government(mesa.Agent):
    """A government.

    Attributes:
        kind: federal, or state (with its counties and offices).
        region: row of regions.csv, -1 for the federal government.
        local_growth_ratio, air_growth_ratio: how it changes the staff of its offices this month.
        abatement_share: part of the property tax it offers to forgo for a new campus.
        moratorium_until: first month without the stop on decisions it has passed; none if not in the future.
        training_cents: federal money for training this month.
    """

    def __init__(self, model: mesa.Model, kind: str, region: int, seed: int) -> None:
        super().__init__(model)
        self.kind, self.region, self.seed = kind, region, seed
        self.local_growth_ratio = self.air_growth_ratio = 1.0
        self.abatement_share = 0.0
        self.moratorium_until = 0
        self.training_cents = 0

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: Files) -> None:
        """Staff offices by their queues, offer less where campuses are contested, and now and then stop decisions."""
        p = parameters.policy
        if self.kind == FEDERAL:
            steady = p.training_usd_m_per_year * USD_PER_USD_M * CENTS_PER_USD / MONTHS_PER_YEAR
            self.training_cents = round(steady + p.training_tariff_share * own.tariff_cents)
            return
        most = monthly_rate(p.office_growth_rate_per_year)
        self.local_growth_ratio = 1 + most * (own.local_wait_months > p.office_wait_months)
        self.air_growth_ratio = 1 + most * (own.air_wait_months > p.office_wait_months)
        self.abatement_share = p.abatement_share * (1 - own.contested_share)
        month = news.month + 1
        luck = streams.uniform(self.seed, _MORATORIUM, month, self.region)
        if month >= self.moratorium_until and luck < p.moratorium_prob_per_month * p.opposition_factor:
            self.moratorium_until = month + round(p.moratorium_months)

    def in_moratorium(self, month: int) -> bool:
        """Whether its stop on decisions is in force."""
        return month < self.moratorium_until
