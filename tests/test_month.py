"""The order of the month, and what it must not depend on."""

import numpy as np

from abm.month import MONTH
from tests import tiny


def test_the_month_is_in_the_order_of_the_model_description():
    """Money before bills, power before release, orders before deliveries, crews before works, pay before spending."""
    names = [step.name for step in MONTH]
    assert names[0] == "open_month"
    assert names[-1] == "close_month"
    for first, then in (
        ("plan", "fund"), ("connect", "release"), ("permit", "release"), ("release", "order"), ("order", "deliver"),
        ("deliver", "build"), ("hire", "build"), ("build", "operate"), ("fund", "pay"), ("pay", "spend"),
        ("spend", "publish"),
    ):  # fmt: skip
        assert names.index(first) < names.index(then), (first, then)


def test_steps_have_different_names():
    assert len({step.name for step in MONTH}) == len(MONTH)


def test_steps_write_only_stores_the_model_has():
    known = set(tiny.world().stores()) | {"facts"}
    for step in MONTH:
        assert step.writes <= known, step.name


def test_every_store_is_written_by_a_step():
    written = set().union(*(step.writes for step in MONTH))
    assert set(tiny.world().stores()) <= written


def test_what_is_funded_this_month_was_billed_before():
    """A bill of this month is due next month: what opens the month's funding is what last month left."""
    m = tiny.world()
    tiny.months(m, 5)
    due = m.bills.due().copy()
    tiny.do_until(m, "fund")
    assert np.array_equal(m.bills.due(), due)


def test_a_model_leaves_another_alone():
    """Two worlds in one process, one a step ahead of the other, go as each would alone."""
    one, other, alone = tiny.world(seed=1), tiny.world(seed=2), tiny.world(seed=1)
    for _ in range(4):
        other.step()
        one.step()
        alone.step()
    assert np.array_equal(one.ledger.position, alone.ledger.position)
    assert np.array_equal(one.market_wages, alone.market_wages)
    assert not np.array_equal(one.market_wages, other.market_wages)
