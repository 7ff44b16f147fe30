"""Builders: general contractors and specialty trades that bid, post wages and run crews."""

import mesa

from abm.agents.pay import next_premium
from abm.news import News
from abm.parameters import Parameters


class Builder(mesa.Agent):
    """A contractor with an order book.

    Knows its own order book, cash and crews; decides its mark-up and each site's posted premium.

    Attributes:
        name: as in builders.csv.
        package: 0 general, 1 electrical, 2 mechanical.
        region: home region.
        normal_margin_share: mark-up with a normal order book.
        order_book_cents: contracts won and not yet invoiced.
        invoiced_cents_per_month: work invoiced last month.
        markup_share: mark-up on expected cost this month.
        sites: campuses where it runs the crews.
        premium_share: posted over the market wage, by campus.
    """

    def __init__(self, model: mesa.Model, name: str, package: int, region: int, margin_share: float) -> None:
        super().__init__(model)
        self.name = name
        self.package = package
        self.region = region
        self.normal_margin_share = margin_share
        self.order_book_cents = 0
        self.invoiced_cents_per_month = self._invoiced = 0
        self.markup_share = margin_share
        self.sites: list[int] = []
        self.premium_share: dict[int, float] = {}

    def plan(self, news: News, parameters: Parameters, cash_cents: int) -> None:
        """Set the mark-up from the order book and each site's premium from the crew it could not find."""
        b = parameters.building
        usual = self.invoiced_cents_per_month * b.normal_order_book_months
        load = self.order_book_cents / usual if usual else 1.0  # nothing invoiced yet says nothing of the load
        dear_cash = 1 if cash_cents > 0 else 1 + news.base_rate_per_year  # who works on credit passes its price on
        self.markup_share = self.normal_margin_share * max(1.0, load) ** b.builder_margin_backlog_elasticity * dear_cash
        self.invoiced_cents_per_month, self._invoiced = self._invoiced, 0
        for site in self.sites:
            unfilled = float(news.site_unfilled_share[site, self.package])
            self.premium_share[site] = next_premium(self.premium_share.get(site, 0.0), unfilled, b)

    def bid_cents(self, expected_cost_cents: int) -> int:
        """Price for which it would do a job of this expected cost."""
        return round(expected_cost_cents * (1 + self.markup_share))

    def win(self, price_cents: int) -> None:
        """Take a contract into the order book."""
        self.order_book_cents += price_cents

    def invoice(self, cents: int) -> None:
        """Take finished work out of the order book."""
        self.order_book_cents = max(0, self.order_book_cents - cents)
        self._invoiced += cents
