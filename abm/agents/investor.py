"""Investors: sponsors, funds, lenders and strategic investors who offer money, at a rate, while they are patient."""

from dataclasses import dataclass

import mesa
import numpy as np
from numpy.typing import NDArray

from abm.news import News
from abm.parameters import Parameters
from abm.subjects.finance import Finance
from abm.tables_finance import EQUITY, GROUPS, Investors

_G = len(GROUPS)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an investor knows of its own money at work.

    Attributes:
        invested_cents: outstanding, by group of borrowers, shape (G,).
        debt_share: debt in all the group has been paid so far, shape (G,).
        reserved_cents: of its cash, promised to other payees this month.
        is_withdrawn: whether an event of the scenario keeps it out this month.
    """

    invested_cents: NDArray[np.int64]
    debt_share: NDArray[np.float64]
    reserved_cents: int
    is_withdrawn: bool


class Investor(mesa.Agent):
    """Someone with money to place.

    Attributes:
        name, kind, home: as in investors.csv.
        row: its row there.
        is_lender: whether it lends, or else buys shares.
        offer_cents: most it gives to a group this month, shape (G,).
        purse_cents: most it gives in all this month.
        rate_per_year: it asks of each group, shape (G,).
        usual_call_cents: what was called of it a month, of late.
        months_disappointed: months in a row with delivery below what it walks away at.
        has_walked: whether it has walked away; it comes back once delivery is above where it slows.
    """

    def __init__(self, model: mesa.Model, row: int, investors: Investors) -> None:
        super().__init__(model)
        self.row = row
        self.name, self.kind, self.home = investors.name[row], investors.kind[row], investors.home[row]
        self.is_lender = int(investors.instrument[row]) != EQUITY
        self._traits = investors
        self.offer_cents = np.zeros(_G, np.int64)
        self.purse_cents = 0
        self.rate_per_year = np.zeros(_G)
        self.usual_call_cents = 0.0
        self.months_disappointed = 0
        self.has_walked = False

    def plan(self, news: News, parameters: Parameters, cash_cents: int, own: Exposure) -> None:
        """Offer what is left of cash and limits, cut by impatience; the rate rises with leverage, use and delay."""
        p, month = parameters.finance, news.month + 1
        traits, i = self._traits, self.row
        delivered = delivered_share(news, p)
        patience = self._patience(delivered, p, float(traits.slow_below_share[month, i]),
                                  float(traits.walk_below_share[month, i]))  # fmt: skip
        supply = p.lender_supply_factor if self.is_lender else 1.0
        free = max(0, cash_cents - own.reserved_cents - int(traits.committed_cents[month, i]))
        willing = 0.0 if own.is_withdrawn else patience
        self.purse_cents = int(free * willing * min(1.0, supply))
        usual_rate = (
            (news.base_rate_per_year if self.is_lender else 0.0)
            + float(traits.required_return[month, i])
            + p.required_return_shift_rate_per_year
        )
        # Plain numbers, group by group: there are three, and arrays of that length cost more than they save.
        limits, invested = (traits.limit_cents[month, i] * supply).tolist(), own.invested_cents.tolist()
        for g, (limit, at_work, debt_share) in enumerate(zip(limits, invested, own.debt_share.tolist(), strict=True)):
            room = max(0.0, limit - at_work) * willing
            self.offer_cents[g] = int(min(room, float(self.purse_cents)))
            used = min(1.0, at_work / max(limit, 1.0)) if limit > 0 else 0.0
            self.rate_per_year[g] = (
                usual_rate
                + p.leverage_spread_rate_per_year * max(0.0, debt_share - p.facility_debt_share)
                + p.exposure_spread_rate_per_year * (used * used)
                + p.delay_spread_rate_per_year * (1 - delivered)
            )

    def note(self, called_cents: int, parameters: Parameters) -> None:
        """Remember what was called this month."""
        gap = called_cents - self.usual_call_cents
        self.usual_call_cents += gap / parameters.finance.kept_calls_months

    def outside_cents(self, cash_cents: int, month: int, parameters: Parameters) -> tuple[int, int, int]:
        """What of the cash left goes to other uses now: in the US, in China, in the rest of the world.

        It keeps what it has promised and some months of usual calls; of the rest it places a part each month.
        """
        p = parameters.finance
        kept = int(self._traits.committed_cents[month, self.row]) + self.usual_call_cents * p.kept_calls_months
        placed = int(max(0.0, cash_cents - kept) * p.uncalled_outside_share)
        us, china, _ = self._traits.outside_share[month, self.row]
        to_us, to_china = int(placed * us), int(placed * china)
        return to_us, to_china, placed - to_us - to_china

    def _patience(self, delivered: float, p: Finance, slow_below: float, walk_below: float) -> float:
        """Part of its offer left: 1 down to where it slows, falling to 0 where it would walk, 0 once it has walked."""
        self.months_disappointed = self.months_disappointed + 1 if delivered < walk_below else 0
        if self.months_disappointed >= p.patience_months:
            self.has_walked = True
        if delivered >= slow_below:
            self.has_walked = False
            return 1.0
        if self.has_walked or slow_below <= walk_below:
            return 0.0
        return min(1.0, max(0.0, (delivered - walk_below) / (slow_below - walk_below)))


def new_money_cents(investors: Investors, month: int, p: Finance) -> NDArray[np.int64]:
    """What investors raise outside this month: the usual inflow, lenders' by the lever, and lump sums, shape (I,)."""
    supply = np.where(investors.instrument == EQUITY, 1.0, p.lender_supply_factor)
    cents: NDArray[np.int64] = np.rint(investors.inflow_cents[month] * supply).astype(np.int64)
    cents += investors.raised_cents[month]
    return cents


def delivered_share(news: News, p: Finance) -> float:
    """Stargate MW built over those planned to be in service by now, 0..1; 1 while too little is planned to judge."""
    if news.stargate_planned_mw < p.judged_from_facility_mw:
        return 1.0
    return min(1.0, news.stargate_built_mw / news.stargate_planned_mw)
