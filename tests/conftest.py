"""Worlds and runs that many tests share; a whole-model run costs seconds, so each is made once a process.

What is shared is not to be changed: a test that steps or writes takes a world of its own from `new_world`.
"""

import dataclasses
import signal

import pytest

import abm

SEED = 1


def pytest_sessionstart():
    """Commands are interrupted in some tests, so signals must reach them even where the shell began us in the back."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def question(name="baseline", **changes):
    """A shipped scenario at the coarsest scale, for six months, with some of its fields changed."""
    quick = {"workers_per_agent": 1000, "months": 6}
    return dataclasses.replace(abm.Scenario.load(name), **quick | changes)


@pytest.fixture(scope="session")
def new_world():
    """Make a world that has settled in and done some months: `new_world("abundant", steps=2, months=3)`."""
    from abm.model import Stargate

    def make(name="baseline", *, seed=SEED, steps=0, **changes):
        world = Stargate(question(name, **changes), seed)
        for _ in range(steps):
            world.step()
        return world

    return make


@pytest.fixture(scope="session")
def first_of_may(new_world):
    """The baseline as it has settled in, before its first month. Look, do not touch."""
    return new_world()


@pytest.fixture(scope="session")
def records_of():
    """All records of a run, each question asked once: `records_of("baseline", seed=2, months=24)`."""
    asked = {}

    def records(name="baseline", *, seed=SEED, **changes):
        asked_for = question(name, **changes)
        key = (repr(asked_for), seed)
        if key not in asked:
            asked[key] = tuple(abm.run(asked_for, seed=seed))
        return asked[key]

    return records
