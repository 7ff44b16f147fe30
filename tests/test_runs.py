"""The one door to the model: what it refuses, and that a seed fixes everything."""

import datetime
import re

import pytest

import abm
from abm.errors import BadScenario
from tests import tiny
from tests.conftest import SEED, question


@pytest.mark.parametrize("seed", [-1, True, False, 1.5, 1.0, "1", None, 2**63])
def test_a_seed_that_is_no_whole_number_is_refused_before_the_first_month(seed):
    with pytest.raises(BadScenario, match=re.escape(f"seed = {seed!r} is not a whole number")):
        next(abm.run(question(), seed=seed))


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_the_first_and_the_last_seed_are_taken(seed):
    assert next(abm.run(question(), seed=seed)).month == datetime.date(2024, 5, 1)


def test_there_is_one_record_for_each_month(records_of):
    records = records_of()
    assert [f"{record.month:%Y-%m}" for record in records] == [f"2024-{n:02}" for n in range(5, 11)]


def test_only_the_last_record_lists_the_agents(records_of):
    records = records_of()
    assert [record.agents is not None for record in records] == [False] * 5 + [True]
    (only,) = abm.run(question(months=1), seed=SEED)
    assert only.agents is not None


def test_the_same_seed_gives_the_same_records(records_of):
    again = tuple(abm.run(question(), seed=SEED))
    assert tiny.differing(records_of(), again) == []
    assert list(records_of()[-1].agents) == list(again[-1].agents)
    assert all(tiny.equal(records_of()[-1].agents[column], again[-1].agents[column]) for column in again[-1].agents)


def test_two_runs_side_by_side_do_not_disturb_each_other(records_of):
    """Months of two seeds in turn, as a reader who compares them would take them."""
    one, other = abm.run(question(), seed=SEED), abm.run(question(), seed=SEED + 1)
    pairs = list(zip(one, other, strict=True))
    assert tiny.differing(records_of(), tuple(first for first, _ in pairs)) == []


def test_another_seed_gives_other_records(records_of):
    other = tuple(abm.run(question(), seed=SEED + 1))
    assert tiny.differing(records_of(), other)


def test_a_shorter_run_is_the_beginning_of_a_longer_one(records_of):
    shorter = tuple(abm.run(question(months=3), seed=SEED))
    assert tiny.differing(records_of()[:3], shorter) == []
