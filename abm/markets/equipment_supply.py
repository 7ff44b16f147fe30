"""The makers' side of the equipment market: what lines can make, ask, and how buyers choose between them."""

import numpy as np
from numpy.typing import NDArray

from abm.ledger import split
from abm.markets.equipment_prices import IT_ROWS, by_class, line_prices, price_terms
from abm.markets.orders import FIRST_COME, HORIZON_MONTHS
from abm.subjects.equipment import Equipment
from abm.sums import add_cells
from abm.tables_equipment import Lines
from abm.vocabulary import EQUIPMENT

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]

N_CLASSES = len(EQUIPMENT)


class Supply:
    """Production lines and the numbers in force, spread from classes to lines; arrays of shape (n_lines,).

    Attributes:
        lines: who makes what.
        p: numbers in force.
        reference: kW a month of 2024-05, which orders of all other buyers are a multiple of.
        capacity: kW a month before the supply lever.
        coming: capacity that becomes ready by month, shape (n_lines, n_months).
        markup_share: what scarcity adds to the price.
        wait_months, price_cents: of an order placed now.
        staffed_share: crew at hand over crew wanted last month, 0..1.
        outage: lines with a factory out.
        at_once: lines that deliver every order at once.
        make_months, rule, reserve: shortest time to make, allocation rule, output kept for orders that rank.
        deposit_share: part of the price paid with the order.
    """

    def __init__(self, lines: Lines, p: Equipment) -> None:
        n_lines = len(lines.klass)
        self.lines = lines
        self.p = p
        self._take_over(p)
        self.reference = self.of_line("capacity_kw_per_month") * lines.capacity_share
        self.capacity = self.reference.copy()
        self.coming = np.zeros((n_lines, len(lines.fringe) + HORIZON_MONTHS))
        self.markup_share, self.wait_months = np.zeros(n_lines), self.of_line("start_backlog_months")
        self.price_cents = self.price_at(0)
        self.outage, self.at_once = np.zeros(n_lines, np.bool_), np.zeros(n_lines, np.bool_)
        self.staffed_share = np.ones(n_lines)
        self._made_carry, self._fringe_carry = np.zeros(n_lines), np.zeros(n_lines)
        lag = np.maximum(1, np.rint(self.of_line("expansion_lag_months"))).astype(np.int64)
        growth = self.reference * self.of_line("start_expansion_share") / lag
        for line in range(n_lines):
            self.coming[line, 1 : lag[line] + 1] = growth[line]
        self._last_ready_month = int(lag.max())

    def take_over(self, p: Equipment) -> None:
        """Use these numbers from now on."""
        if p is not self.p:
            self._take_over(p)

    def _take_over(self, p: Equipment) -> None:
        self.p = p
        self.make_months = np.rint(self.of_line("minimum_make_months")).astype(np.int64)
        self.rule = self.of_line("allocation_rule_count").astype(np.int64)
        self.reserve = np.where(self.rule == FIRST_COME, 0.0, p.priority_reserve_share)
        self._factor = self.of_line("supply_factor")
        self.deposit_share = np.where(np.isin(self.lines.klass, IT_ROWS), p.it_deposit_share, p.deposit_share)
        self._terms = price_terms(self.lines, p)

    def of_line(self, name: str) -> Floats:
        """A number of each line's class."""
        spread: Floats = by_class(self.p, name)[self.lines.klass]
        return spread

    # ---- quantities ----

    @property
    def full_kw(self) -> Floats:
        """What lines make in a month at full crew."""
        return self.capacity * self._factor

    @property
    def coming_kw(self) -> Floats:
        """Output that becomes possible by month, shape (n_lines, n_months)."""
        return self.coming * self._factor[:, np.newaxis]

    def staffed_coming_kw(self) -> Floats:
        """The same with the crew at hand, up to the last month for which any is planned, shape (n_lines, n)."""
        planned = self.coming[:, : self._last_ready_month + 1]
        coming: Floats = planned * self._factor[:, np.newaxis] * self.staffed_share[:, np.newaxis]
        return coming

    def grow(self, month: int) -> None:
        """Expansions due become capacity."""
        self.capacity += self.coming[:, month]
        self.coming[:, month] = 0  # so that what is foreseen does not count it twice

    def expand(self, line: Ints, kw_per_month: Floats, ready_month: Ints) -> None:
        """Plan capacity; what lies beyond the last month never comes."""
        ready = np.minimum(ready_month, self.coming.shape[1] - 1)
        add_cells(self.coming, line, ready, kw_per_month)
        self._last_ready_month = max(self._last_ready_month, int(ready.max(initial=0)))

    def output_kw(self, staffed_share: Floats) -> Ints:
        """Whole kW made this month; fractions are carried to the next."""
        self.staffed_share = staffed_share
        lost = np.where(self.outage, self.p.outage_loss_share, 0.0)
        exact = self.full_kw * staffed_share * (1 - lost) + self._made_carry
        whole: Ints = np.floor(exact).astype(np.int64)
        self._made_carry = exact - whole
        return whole

    def fringe_kw(self, month: int) -> Ints:
        """Whole kW all other buyers order this month; fractions are carried to the next."""
        path = self.lines.fringe[min(month, len(self.lines.fringe) - 1)]
        exact = path[self.lines.klass] * self.reference + self._fringe_carry
        whole: Ints = np.floor(exact).astype(np.int64)
        self._fringe_carry = exact - whole
        return whole

    def backlog_at_start(self) -> tuple[Ints, Ints, Ints]:
        """Orders of all others at the start, the oldest first: line, kW, month; one for each line and month of wait."""
        months = self.of_line("start_backlog_months")
        total = np.rint(self.reference * months).astype(np.int64)
        queued = np.ceil(months).astype(np.int64)
        line = np.repeat(np.arange(len(queued)), queued)
        kw = np.concatenate([split(int(t), np.ones(n)) for t, n in zip(total, queued, strict=True)])
        placed = np.concatenate([np.arange(-n, 0) for n in queued])
        oldest = np.argsort(placed, kind="stable")
        return line[oldest], kw[oldest], placed[oldest]

    # ---- prices and choice ----

    def price_at(self, month: int) -> Ints:
        """Cents per kW of an order placed in a month, with the wait of today."""
        return line_prices(self._terms, month, self.wait_months, self.markup_share)

    def prices_of(self, line: Ints, placed: Ints) -> Ints:
        """Cents per kW of orders of several months, shape (n_orders,)."""
        months, i = np.unique(placed, return_inverse=True)
        cents: Ints = np.array([self.price_at(int(month)) for month in months])[i, line]
        return cents

    def foresee(self, month: int, wait_months: Floats) -> None:
        """Take over what a new order would wait, and price it."""
        self.wait_months = wait_months
        self.price_cents = self.price_at(month)

    def choice(self) -> Floats:
        """Chance of each line to get an order of its class, adding up to one in each class.

        Source: logit choice on wait and price, McFadden (1974).
        """
        klass, first = self.lines.klass, self.lines.first[:-1]
        wait = (self.wait_months - np.minimum.reduceat(self.wait_months, first)[klass]) / self.p.choice_months
        price = self.price_cents / np.minimum.reduceat(self.price_cents, first)[klass]
        pull = self.capacity * np.exp(-wait) * price**-self.p.choice_price_exponent
        chance: Floats = pull / np.add.reduceat(pull, first)[klass]
        return chance

    def mean_by_class(self, values: Ints | Floats) -> Floats:
        """Mean of a line's value by class, weighted as buyers choose, shape (n_classes,)."""
        mean: Floats = np.bincount(self.lines.klass, self.choice() * values, N_CLASSES)
        return mean
