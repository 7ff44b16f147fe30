"""A step of the month changes only the stores it declares."""

import pytest

from abm.month import MONTH
from tests.digest import digest


def fingerprints(world):
    return {name: digest(parts) for name, parts in world.stores().items()}


@pytest.fixture(scope="module")
def written(new_world):
    """What each step wrote over months in which much happens: Abilene begins in the second."""
    world = new_world("baseline", steps=1, months=12)
    seen = {step.name: set() for step in MONTH}
    for _ in range(3):
        world.month += 1
        before = fingerprints(world)
        for step in MONTH:
            step.do(world)
            after = fingerprints(world)
            seen[step.name] |= {name for name in after if after[name] != before[name]}
            before = after
    return seen


@pytest.mark.parametrize("step", MONTH, ids=lambda step: step.name)
def test_a_step_changes_only_what_it_declares(step, written):
    assert written[step.name] - step.writes == set()


@pytest.mark.parametrize("step", MONTH, ids=lambda step: step.name)
def test_a_step_declares_stores_that_exist(step, first_of_may):
    assert step.writes - set(first_of_may.stores()) - {"facts"} == set()


def test_a_planted_write_is_found(new_world):
    world = new_world(steps=1)
    before = fingerprints(world)
    world.sites.progress[0] += 1e-9
    after = fingerprints(world)
    assert {name for name in after if after[name] != before[name]} == {"sites"}
