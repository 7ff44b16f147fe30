"""A step of the month changes only the stores it declares."""

import numpy as np
import pytest

from abm.month import MONTH
from tests.digest import digest

EARLY, EVERY = 3, 9  # looked at are the first months, in which Abilene begins, and every ninth after


def fingerprints(world):
    return {name: digest(parts) for name, parts in world.stores().items()}


def written_in(world, months, looked_at):
    """The stores each step wrote in those of the next months that are looked at."""
    seen = {step.name: set() for step in MONTH}
    for n in range(months):
        if not looked_at(n):
            world.step()
            continue
        world.month += 1
        before = fingerprints(world)
        for step in MONTH:
            step.do(world)
            after = fingerprints(world)
            seen[step.name] |= {name for name in after if after[name] != before[name]}
            before = after
    return seen


@pytest.fixture(scope="module")
def written(new_world):
    """What each step wrote in a dozen months of the baseline."""
    return written_in(new_world(months=68), 68, lambda n: n < EARLY or n % EVERY == EVERY - 1)


@pytest.mark.parametrize("step", MONTH, ids=lambda step: step.name)
def test_a_step_changes_only_what_it_declares(step, written):
    assert written[step.name] - step.writes == set()


@pytest.mark.slow
def test_over_all_months_steps_change_what_they_declare_and_nothing_else(new_world):
    """Some things happen in few months only: a permit is refused, a plant of another kind replaces one on order."""
    written = {step.name: set() for step in MONTH}
    for name in ("baseline", "announced", "no_stargate_rivals", "abundant"):
        for step, stores in written_in(new_world(name, months=68), 68, lambda n: True).items():
            written[step] |= stores
    assert written == {step.name: set(step.writes) for step in MONTH}


@pytest.mark.parametrize("step", MONTH, ids=lambda step: step.name)
def test_a_step_declares_stores_that_exist(step, first_of_may):
    assert step.writes - set(first_of_may.stores()) == set()


def _a_bill(m):
    one = np.ones(1, np.int64)
    m.bills.add("soft_cost", 0, 0 * one, 0 * one, one)


PLANTED = {
    "sites": lambda m: m.sites.progress.__setitem__(0, m.sites.progress[0] + 1e-9),
    "bills": _a_bill,
    "debts": lambda m: m.debts[0].owed_cents.__setitem__((0, 0), 1),
    "workers": lambda m: m.workers.table.columns.since_month.__setitem__(-1, -7),
    "book": lambda m: m.book.orders.columns.__setitem__((-1, 0), m.month),
    "agents": lambda m: m.builders[0].win(1),
    "parameters": lambda m: m.values.__setitem__("labour.quit_prob_per_month", 0.0),
    "news": lambda m: m.news.lead_months.__setitem__(0, 0.0),
}


@pytest.mark.parametrize("store", PLANTED)
def test_a_planted_write_is_found(store, new_world):
    """The smallest write deep inside a store changes its fingerprint, and no other store's."""
    world = new_world(steps=1)
    before = fingerprints(world)
    assert fingerprints(world) == before
    PLANTED[store](world)
    after = fingerprints(world)
    assert {name for name in after if after[name] != before[name]} == {store}


NOT_STATE = {"agents", "random", "rng", "question", "month", "steps", "running", "time", "ledger", "workers"}


def outside_stores(world):
    """Fingerprints of the attributes of the model that no store holds."""
    held = {id(part) for parts in world.stores().values() for part in parts}
    return {
        name: digest(value)
        for name, value in vars(world).items()
        if not name.startswith("_") and name not in NOT_STATE and id(value) not in held
    }


@pytest.fixture(scope="module")
def changing(new_world):
    """Attributes outside all stores that change in the run."""
    world = new_world(months=30)
    before = outside_stores(world)
    for _ in range(30):
        world.step()
    after = outside_stores(world)
    return sorted(name for name in after if after[name] != before.get(name))


@pytest.mark.parametrize("month", [2, 17])
def test_what_no_store_holds_is_made_anew_before_it_is_read(month, changing, new_world):
    """Delete each such attribute between two months: the next month must not miss it."""
    carried = []
    for name in changing:
        world = new_world(steps=month, months=30)
        delattr(world, name)
        try:
            world.step()
        except AttributeError:
            carried.append(name)
    assert carried == []
