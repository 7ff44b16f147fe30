"""What may be known next month."""

from typing import TYPE_CHECKING

from abm import views
from abm.news import News

if TYPE_CHECKING:
    from abm.model import Stargate


def publish(m: "Stargate") -> None:
    """Replace the news by a whole new object; everything in it is a copy."""
    sites = m.sites
    m.news = News(
        month=m.month,
        wage_cents_per_hour=m.market_wages.copy(),
        lead_months=m.book_facts.lead_months.copy(),
        needed_kw_per_facility_kw=m.needed_kw_per_facility_kw,
        price_usd_per_kw=m.book_facts.price_usd_per_kw.copy(),
        connection_months=m.connection_months.copy(),
        power_usd_per_mwh=m.zone_facts.price_usd_per_mwh.copy(),
        reserve_margin_share=m.zone_facts.margin_share.copy(),
        site_unfilled_share=sites.unfilled_share.copy(),
        stargate_built_mw=views.built_mw(m),
        stargate_planned_mw=views.announced_mw(m, m.month),
        compute_price_usd_m_per_it_mw_year=m.compute_price,
        base_rate_per_year=m.base_rate,
    )
