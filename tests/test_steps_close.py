"""Each ledger finds the break that is its own: one unit moved without saying so."""

import numpy as np
import pytest

from abm.errors import BooksDoNotBalance
from abm.sites import PHASE_CLASSES
from abm.steps.close import close_month, equipment_off, people_off, power_off
from tests import tiny


@pytest.fixture
def m():
    world = tiny.world()
    tiny.months(world, 2)
    tiny.do_until(world, "close_month")
    return world


def test_an_honest_month_closes(m):
    close_month(m)
    assert m.facts.residuals == {"money_cents": 0, "people_workers": 0, "power_kw": 0, "equipment_kw": 0}


def test_a_cent_that_moved_unposted(m):
    m.ledger.position[1, m.ledger.account("builders")] += 1
    m.ledger.position[1, m.ledger.account("bank")] -= 1
    with pytest.raises(BooksDoNotBalance, match=r"2024-07.*builders"):
        close_month(m)


def test_a_bill_nobody_was_told_of(m):
    m.bills.add("soft_cost", 0, np.array([0]), np.array([0]), np.array([7]))
    with pytest.raises(BooksDoNotBalance, match="money_cents is off by 7"):
        close_month(m)


def test_a_worker_in_two_places(m):
    m.workers.table.tally.heads[0, 0] += 1
    assert people_off(m) == 1
    with pytest.raises(BooksDoNotBalance, match="people_workers is off by 1"):
        close_month(m)


def test_a_worker_whose_home_is_not_counted(m):
    employer, home = (int(i[0]) for i in np.nonzero(m.facts.home_heads))
    m.facts.home_heads[employer, home] -= 1
    assert people_off(m) == 1


def test_power_from_nowhere(m):
    m.sites.grid_kw[0] += 3
    assert power_off(m) == 3


def test_a_building_that_runs_without_power(m):
    """100 kW in service beyond all power of the campus."""
    c = int(np.flatnonzero(m.sites.operating_kw > 0)[0])
    row = int(np.flatnonzero((m.sites.campus == c) & m.sites.operating)[0])
    over = int((m.sites.grid_kw + m.sites.onsite_kw - m.sites.operating_kw)[c])
    m.sites.facility_kw[row] += over + 100
    assert power_off(m) == 100


def test_equipment_that_nobody_shipped(m):
    row = int(np.flatnonzero(m.sites.used)[0])
    m.sites.delivered_kw[row, PHASE_CLASSES[0]] += 5
    assert equipment_off(m) == 5
    with pytest.raises(BooksDoNotBalance, match="equipment_kw is off by 5"):
        close_month(m)
