"""News is what may be known: a copy, made once a month."""

import dataclasses

import numpy as np

from abm.steps.publish import publish
from tests import tiny


def test_news_is_a_copy():
    """What changes in the world afterwards does not change what was published."""
    m = tiny.world()
    tiny.months(m, 2)
    publish(m)
    before = {f.name: np.array(getattr(m.news, f.name), copy=True) for f in dataclasses.fields(m.news)}
    m.market_wages += 1.0
    m.book_facts.lead_months[:] += 1.0
    m.book_facts.price_usd_per_kw[:] += 1.0
    m.connection_months += 1.0
    m.zone_facts.price_usd_per_mwh[:] += 1.0
    m.zone_facts.margin_share[:] += 1.0
    m.sites.unfilled_share += 1.0
    for name, value in before.items():
        assert np.array_equal(value, np.array(getattr(m.news, name))), name


def test_news_says_what_happened_this_month():
    m = tiny.world()
    tiny.months(m, 3)
    assert m.news.month == m.month == 2
    assert np.array_equal(m.news.wage_cents_per_hour, m.market_wages)
    assert np.array_equal(m.news.lead_months, m.book_facts.lead_months)
    assert m.news.base_rate_per_year == m.base_rate
    assert m.news.compute_price_usd_m_per_it_mw_year == m.compute_price


def test_every_month_has_its_own_news():
    m = tiny.world()
    tiny.months(m, 1)
    old = m.news
    tiny.months(m, 1)
    assert m.news is not old
    assert old.month == 0
