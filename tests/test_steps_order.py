"""When equipment is ordered: worked on paper, in months counted from 2024-05."""

import numpy as np
import pytest

from abm.markets.orders import BUYER, WANTED
from abm.sites import PHASE_CLASSES
from abm.steps.order import (
    deliver,
    earliest_order,
    need_month,
    order,
    order_month,
    put_off,
    wanted_month,
    works_month,
)
from abm.vocabulary import EQUIPMENT, KLASS, STARGATE
from tests import tiny

N = len(PHASE_CLASSES)
SWITCHGEAR = [EQUIPMENT[k] for k in PHASE_CLASSES].index("switchgear")


@pytest.fixture
def site():
    """One building of a Stargate campus, planned for month 30, 20 months to build; everything needed at 0.4 of it.

    Published waits are 10 months, buyers keep a buffer of 2 and commit at most 12 months ahead; it is month 5.
    """
    m = tiny.world()
    tiny.months(m, 1)
    c = int(np.flatnonzero(m.sites.program == STARGATE)[0])
    rows = tiny.alone(m, c, 1)
    m.book.cancel(np.arange(m.n_phases))
    tiny.open_books(m)
    m.month = 5
    m.sites.planned_start[rows], m.sites.build_months[rows] = 30, 20.0
    m.needed_at = np.full(N, 0.4)
    m.power_months = np.zeros(m.n_phases)
    m.news.lead_months[:] = 10.0
    for name in EQUIPMENT:
        tiny.class_numbers(m, name, max_advance_months=12.0)
    tiny.numbers(m, "building", order_buffer_months=2.0, minimum_build_months=14.0)
    for developer in m.developers:
        developer.start_it_kw = developer.start_kw = developer.carried_kw = 10**9
    return m, int(rows[0])


def test_nothing_is_wanted_before_a_buffer_ahead_of_the_need():
    assert wanted_month(np.array([20.5, 20.0]), 2.0).tolist() == [18, 18]


def test_the_need_follows_the_start(site):
    """Planned for 30: 30 + 8; late in month 35: 35 + 8; under way, 0.3 of 20 months from the need: 35 + 6."""
    m, row = site
    assert set(need_month(m, np.array([row]))[0]) == {38.0}
    m.month = 35
    assert set(need_month(m, np.array([row]))[0]) == {43.0}
    tiny.put(m, np.array([row]), 0.1)
    assert need_month(m, np.array([row]))[0] == pytest.approx(41.0)


def month_of(m, row):
    """When each class is ordered for a phase."""
    rows = np.array([row])
    return order_month(m, works_month(m, rows), need_month(m, rows))[0]


def test_who_is_late_has_what_is_on_order_for_it_later(site):
    """Ordered for 36. In month 40 a fifth is done, the need comes at two fifths: 4 months, less the buffer: 42."""
    m, row = site
    m.month = 26
    order(m)
    before = m.book.orders.columns[WANTED][m.book.orders.columns[BUYER] == row]
    assert len(before)
    assert set(before) == {36}
    tiny.put(m, np.array([row]), 0.2)
    m.month = 40
    put_off(m)
    assert set(m.book.orders.columns[WANTED][m.book.orders.columns[BUYER] == row]) == {42}


def test_orders_are_placed_the_wait_and_a_buffer_before_the_need(site):
    """38 - (10 + 2) = 26, later than the 30 - 12 = 18 in which buyers commit at the earliest."""
    m, row = site
    assert set(month_of(m, row)) == {26.0}


def test_nobody_orders_before_it_commits(site):
    """A wait of 40 months would call for an order in month -4; buyers commit in 18."""
    m, row = site
    m.news.lead_months[:] = 40.0
    assert set(month_of(m, row)) == {18.0}


def test_a_conversion_orders_as_long_before_its_need_as_a_new_building(site):
    """Four months to build: the need is 31.6; min(30 - 12, 31.6 - 12 - 0.4 x 14) = 14."""
    m, row = site
    m.sites.build_months[row] = 4.0
    need = need_month(m, np.array([row]))
    assert earliest_order(m, np.array([[30]]), need)[0, 0] == pytest.approx(14.0)


@pytest.mark.parametrize(("month", "ordered"), [(25, 0), (26, 100_000), (27, 100_000)])
def test_the_whole_need_is_ordered_in_its_month(site, month, ordered):
    m, row = site
    m.month = month
    order(m)
    assert m.sites.ordered_kw[row, KLASS["switchgear"]] == ordered
    assert m.book.on_order()[row, KLASS["switchgear"]] == ordered


def test_nothing_is_ordered_twice(site):
    m, row = site
    m.month = 30
    order(m)
    order(m)
    assert m.sites.ordered_kw[row].tolist() == m.sites.needed_kw[row].tolist()
    assert m.book.on_order()[row].tolist() == m.sites.needed_kw[row].tolist()


def test_a_building_nobody_wants_orders_nothing_that_can_wait(site):
    """Customers want none of it: only what takes longer than a building may be reserved, and here nothing does."""
    m, row = site
    m.month = 30
    for developer in m.developers:
        developer.start_it_kw = 0
    order(m)
    assert m.sites.ordered_kw[row].sum() == 0


def test_what_the_sum_set_for_it_does_not_carry_orders_nothing(site):
    """A building of 100 MW: what carries half of it is enough to order, what carries less is not."""
    m, row = site
    m.month = 30
    tiny.class_numbers(m, "switchgear", max_advance_months=14.0)
    for carried, ordered in ((49_999, 0), (50_000, 100_000)):
        for developer in m.developers:
            developer.carried_kw = carried
        order(m)
        assert m.sites.ordered_kw[row, KLASS["switchgear"]] == ordered


def test_what_takes_longer_than_a_building_is_reserved_all_the_same(site):
    m, row = site
    m.month = 29
    for developer in m.developers:
        developer.start_it_kw = 0
    tiny.class_numbers(m, "switchgear", max_advance_months=14.0)
    order(m)
    assert m.sites.ordered_kw[row, KLASS["switchgear"]] == 100_000
    assert m.sites.ordered_kw[row].sum() == 100_000


def test_a_cancelled_campus_orders_nothing(site):
    m, row = site
    m.month = 30
    m.sites.cancelled[m.sites.campus[row]] = True
    order(m)
    assert m.sites.ordered_kw[row].sum() == 0


def test_a_delivery_is_counted_where_it_arrives_and_billed():
    """All classes abundant: what is ordered arrives at once; deposit and the rest are together the whole price."""
    m = tiny.world("abundant")
    tiny.do_until(m, "order")
    before = m.sites.delivered_kw.copy()
    order(m)
    owed = m.bills.due().sum()
    deliver(m)
    got = m.facts.delivered
    arrived = (m.sites.delivered_kw - before).sum()
    assert arrived == got.kw[got.buyer < m.n_phases].sum() > 0
    campus = got.buyer < m.n_phases
    price, deposit = got.cents[campus].sum(), (got.kw * got.deposit_cents_per_kw)[campus].sum()
    at_campus = got.buyer >= m.campus_buyers[0]
    price += got.cents[at_campus].sum()
    deposit += (got.kw * got.deposit_cents_per_kw)[at_campus].sum()
    assert m.bills.due().sum() - owed == price - deposit
    assert tiny.posted(m, "equipment_delivery").total == deposit
