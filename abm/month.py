"""The month, in order. Read this file first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.steps.build import build
from abm.steps.close import close_month
from abm.steps.connect import connect
from abm.steps.enact import enact
from abm.steps.fund import fund
from abm.steps.hire import hire
from abm.steps.opening import open_month
from abm.steps.operate import operate
from abm.steps.order import deliver, order
from abm.steps.pay import pay
from abm.steps.permit import permit
from abm.steps.plan import plan
from abm.steps.publish import publish
from abm.steps.release import release
from abm.steps.spend import spend

if TYPE_CHECKING:
    from abm.model import Stargate


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the month.

    Attributes:
        do: what it does.
        writes: the stores of the model it may change (`Stargate.stores`); a test holds it to that.
    """

    do: Callable[["Stargate"], None]
    writes: frozenset[str]

    @property
    def name(self) -> str:
        """Name of the step."""
        return self.do.__name__


def _step(do: Callable[["Stargate"], None], *writes: str) -> Step:
    return Step(do, frozenset(writes))


MONTH = (
    # New books; laws and the scenario's dated changes; all other buyers order equipment.
    _step(open_month, "parameters", "book", "facts"),
    # Everyone decides, from last month's news, their own state and their own cash.
    _step(plan, "agents"),
    # What makers, builders, suppliers of power and offices decided is in force from now on.
    _step(enact, "book", "sites", "connections", "applications"),
    # Investors raise money; calls, loans and budgets pay the bills due, or are refused.
    _step(fund, "ledger", "debts", "capital", "facts", "agents"),
    # Land is bought; permits are asked for, given, and now and then refused.
    _step(permit, "sites", "applications", "bills", "ledger", "connections", "book", "plants"),
    # Power by both routes: the grid's studies, works and slots, and plants on site.
    _step(connect, "sites", "connections", "plants", "supply", "book", "bills", "ledger", "applications"),
    # Phases begin whose conditions all hold; builders bid; owners add campuses.
    _step(release, "sites", "agents", "connections", "bills", "ledger", "facts"),
    # Equipment is ordered, with deposits.
    _step(order, "sites", "book", "bills", "ledger"),
    # What makers ship arrives.
    _step(deliver, "sites", "book", "plants", "supply", "connections", "bills", "ledger", "facts"),
    # Quits, layoffs, search and hiring; wages answer.
    _step(hire, "workers", "sites", "facts"),
    # Crews, equipment, power and money become megawatts.
    _step(build, "sites", "facts"),
    # Megawatts earn rent, buy power, pay tax, serve debt.
    _step(operate, "compute", "debts", "bills", "ledger", "facts"),
    # Last month's bills, wages, builders, makers and their suppliers; spare money goes elsewhere.
    _step(pay, "bills", "capital", "book", "ledger", "agents", "facts"),
    # Households spend; local services hire.
    _step(spend, "ledger", "households", "facts"),
    # What may be known next month.
    _step(publish, "news"),
    # Money, people, power and equipment must balance.
    _step(close_month, "facts"),
)
