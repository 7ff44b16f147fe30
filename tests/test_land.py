"""Land: sales, prices asked, options."""

from types import SimpleNamespace

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.agents.land import LandBook, LandOwner
from abm.markets.land import acres_wanted, clear, option_cents
from abm.parameters import NUMBERS, _filled, _flatten, read_toml
from abm.subjects.policy import Policy


def policy():
    return _filled(
        Policy, "", {name: entry["value"] for name, entry in _flatten(read_toml(NUMBERS / "policy.toml"), "")}
    )


def test_enough_land_is_sold_as_asked():
    deals = clear(np.array([100, 50]), np.array([0, 1]), np.array([1000.0, 2000.0]), np.array([500, 50]))
    assert list(deals.acres) == [100, 50]
    assert list(deals.cents) == [10_000_000, 10_000_000]


def test_scarce_land_is_shared_in_whole_acres():
    """100 acres among buyers of 90, 60 and 30 in proportion: 50, 33 and 17 by largest remainder."""
    deals = clear(np.array([90, 60, 30]), np.zeros(3, np.int64), np.array([1.0]), np.array([100]))
    assert list(deals.acres) == [50, 33, 17]


def test_a_gigawatt_takes_seven_hundred_acres_at_one_percent_of_its_cost():
    acres = acres_wanted(np.array([1_000_000]), policy())
    assert list(acres) == [700]
    cost_usd = acres[0] * policy().land_usd_per_acre
    assert cost_usd / 12.3e9 == pytest.approx(0.01, abs=0.0005)


def test_an_option_costs_a_tenth():
    assert list(option_cents(np.array([1_000_009]), policy())) == [100_000]


def owner_after(months, wanted):
    owner = LandOwner(mesa.Model(rng=1), 0)
    for month in range(months):
        owner.plan(
            SimpleNamespace(month=month - 1), SimpleNamespace(policy=policy()), 0, LandBook(min(wanted, 2000), wanted)
        )
    return owner


def test_without_buyers_the_price_follows_its_trend():
    owner = owner_after(13, 0)
    assert owner.asking_usd_per_acre == pytest.approx(175_000 * 1.06)
    assert owner.offered_acres == 24_000


def test_buyers_make_land_dear():
    calm, busy = owner_after(24, 0), owner_after(24, 5_000)
    assert 1.2 < busy.asking_usd_per_acre / calm.asking_usd_per_acre < 1.3
    assert busy.offered_acres == 2_000


buyers = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 3)), min_size=1, max_size=12)
offers = st.lists(st.integers(0, 8_000), min_size=4, max_size=4)


@settings(deadline=None)
@given(buyers, offers)
def test_nobody_gets_more_than_wanted_or_sells_more_than_offered(wants, offered):
    wanted, region = np.array([w for w, _ in wants]), np.array([r for _, r in wants])
    got = clear(wanted, region, np.ones(4), np.array(offered)).acres
    sold = np.bincount(region, got, 4)
    assert (got >= 0).all()
    assert (got <= wanted).all()
    assert (sold == np.minimum(offered, np.bincount(region, wanted, 4))).all()
    more = clear(wanted, region, np.ones(4), np.array(offered) + 100).acres
    assert more.sum() >= got.sum()
