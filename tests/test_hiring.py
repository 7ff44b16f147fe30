"""Rows that sites want: right in the mean, even over sites and trades, and steady."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.markets.labour import rows_wanted

SITES, TRADES = 300, 12


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 500.0))
def test_each_crew_is_rounded_up_or_down(seed, people):
    wanted = rows_wanted(np.full((SITES, TRADES), people), 100, seed, 28)
    assert (wanted >= np.floor(people / 100)).all()
    assert (wanted <= np.ceil(people / 100)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 500.0))
def test_the_rows_of_all_sites_add_up_to_their_people(seed, people):
    """3,600 cells: a draw for each would miss the sum by some 30 rows; by trade three hundred, by 9."""
    wanted = rows_wanted(np.full((SITES, TRADES), people), 100, seed, 28)
    assert abs(wanted.sum() - SITES * TRADES * people / 100) <= 10
    assert np.abs(wanted.sum(axis=0) - SITES * people / 100).max() <= 6
    assert np.abs(wanted.sum(axis=1) - TRADES * people / 100).max() <= 4


def test_a_crew_is_right_in_the_mean_over_seeds():
    """A crew of 30 is a row of 100 in three runs of ten."""
    rows = [rows_wanted(np.full((5, TRADES), 30.0), 100, seed, 28) for seed in range(1000)]
    assert np.mean(rows, axis=0) == pytest.approx(0.3, abs=0.06)  # four standard errors


def test_sites_keep_their_rows_when_others_come_and_grow():
    people = np.random.default_rng(1).uniform(0, 400, (20, TRADES))
    before = rows_wanted(people, 100, 7, 28)
    more = np.concatenate([people, np.full((5, TRADES), 250.0)])
    assert (rows_wanted(more, 100, 7, 28)[:20] == before).all()
    grown = people * np.where(np.arange(20) == 3, 2.0, 1.0)[:, np.newaxis]
    assert (np.delete(rows_wanted(grown, 100, 7, 28), 3, axis=0) == np.delete(before, 3, axis=0)).all()
    assert (rows_wanted(grown, 100, 7, 28) >= before).all()
