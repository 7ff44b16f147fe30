"""The one door to the model: a scenario and a seed in, one record per month out."""

from collections.abc import Iterator

from abm.changes import MOST_SEED
from abm.errors import BadScenario
from abm.model import Stargate
from abm.observe import Month, observe
from abm.scenario import Scenario


def run(scenario: Scenario, *, seed: int) -> Iterator[Month]:
    """Run a scenario, one record per month.

    Args:
        scenario: the question
        seed: whole number from 0 on; the same seed gives the same records

    Raises:
        BadScenario: before the first month, if the seed or the scale cannot be used.
        BooksDoNotBalance: naming the month, the ledger and the amount.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise BadScenario(f"seed = {seed!r} is not a whole number in 0..{MOST_SEED}; write one")
    model = Stargate(scenario, seed)
    for month in range(scenario.months):
        model.step()
        yield observe(model, is_last=month == scenario.months - 1)
