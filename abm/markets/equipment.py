"""The equipment market: orders in, deliveries out; waits and prices are what backlog and capacity make them."""

import numpy as np

from abm.ledger import split, split_rows
from abm.markets.equipment_records import Deals, Facts, Flags, Floats, Ints, LineState, Queue
from abm.markets.equipment_supply import N_CLASSES, Supply
from abm.markets.equipment_tally import CANCELLED, DELIVERED, ORDERED, Tally
from abm.markets.orders import (
    BUYER,
    DEPOSIT,
    FRINGE,
    LEFT,
    LINE,
    PLACED,
    PRICE,
    SIZE,
    WANTED,
    Orders,
    foresee,
    latest,
    put_off,
    serve,
)
from abm.streams import purpose, uniforms
from abm.subjects.equipment import Equipment
from abm.sums import add_cells
from abm.tables_equipment import Lines
from abm.units import CENTS_PER_USD
from abm.vocabulary import RIVAL, STARGATE

NO_ORDER = -1
_CHOICE = purpose("equipment choice")


class OrderBook:
    """Queues of all lines, and what has been ordered, delivered and cancelled since the start.

    Attributes:
        lines: who makes what.
        supply: what lines can make and ask.
        seed: of the run.
        orders: open orders.
        tally: what has been ordered, delivered and cancelled.
        program_of_buyer: RIVAL or STARGATE, set by the caller, shape (n_buyers,).
        next_month: the next month in which anything is delivered.
    """

    def __init__(self, lines: Lines, p: Equipment, seed: int, n_buyers: int) -> None:
        self.lines, self.seed = lines, seed
        self.supply = Supply(lines, p)
        self.orders = Orders()
        self.tally = Tally(n_buyers, len(lines.klass))
        self.program_of_buyer = np.full(n_buyers, RIVAL)
        self.next_month = 0
        line, kw, placed = self.supply.backlog_at_start()
        self._add(line, FRINGE, kw, placed, 0, placed)
        self._refresh()

    # ---- before the first month ----

    def seed_orders(
        self, buyer: Ints, klass: Ints, kw: Ints, month_placed: Ints, priority: Ints, wanted: Ints
    ) -> Deals:
        """Put orders made before the run in their places, shared among the lines of their class by capacity.

        What they take comes out of the orders of all others, so the backlog of the class stays what it was.

        Args:
            buyer: of each order, shape (n,)
            klass: shape (n,)
            kw: shape (n,)
            month_placed: below 0, shape (n,)
            priority: 0 for none, higher goes first, shape (n,)
            wanted: month before which it is not to be delivered, shape (n,)

        Returns:
            the orders as placed, one for each line; their deposits have been paid before the run.
        """
        first, before = self.lines.first, self.orders.n
        for k in np.unique(klass):
            rows, lines = np.flatnonzero(klass == k), np.arange(first[k], first[k + 1])
            share = np.broadcast_to(self.lines.capacity_share[lines], (len(rows), len(lines)))
            parts = split_rows(kw[rows], share)
            i, j = np.nonzero(parts)
            self._add(lines[j], buyer[rows[i]], parts[i, j], month_placed[rows[i]], priority[rows[i]], wanted[rows[i]])
        placed = self._deals(np.arange(before, self.orders.n))
        self._displace(np.bincount(placed.line, placed.kw, len(self.lines.klass)).astype(np.int64))
        self.orders.sort()
        self._refresh()
        return placed

    def _displace(self, kw: Ints) -> None:
        """Take kW by line out of the orders of all other buyers."""
        columns = self.orders.columns
        for line in np.flatnonzero(kw):
            rows = np.flatnonzero((columns[LINE] == line) & (columns[BUYER] == FRINGE))
            cut = split(int(min(kw[line], columns[LEFT, rows].sum())), columns[LEFT, rows])
            columns[LEFT, rows] -= cut
            columns[SIZE, rows] -= cut
            self.tally.uncount(int(line), int(self.lines.klass[line]), int(cut.sum()))
        self.orders.drop_served()

    # ---- the month ----

    def open_month(self, month: int, p: Equipment, outage: Flags, abundant: Flags) -> None:
        """Expansions become ready and all other buyers place their orders.

        Args:
            month: the month, each one after the other from 0
            p: numbers in force
            outage: classes with a factory out, shape (n_classes,)
            abundant: classes that deliver at once, shape (n_classes,)
        """
        self.supply.take_over(p)
        self.supply.outage, self.supply.at_once = outage[self.lines.klass], abundant[self.lines.klass]
        self.supply.grow(month)
        self.tally.open_month()
        kw = self.supply.fringe_kw(month)
        rows = np.flatnonzero(kw)
        self._add(rows, FRINGE, kw[rows], month, 0, month)
        self._refresh()

    def place(self, month: int, buyer: Ints, klass: Ints, kw: Ints, priority: Ints, wanted: Ints) -> Deals:
        """Order; each order goes to a line, more likely to one that is quick, cheap and large.

        Args:
            month: this month
            buyer: of each order, shape (n,)
            klass: shape (n,)
            kw: at least 0; nothing is ordered where it is 0, shape (n,)
            priority: 0 for none, higher goes first, shape (n,)
            wanted: month before which it is not to be delivered, shape (n,)

        Raises:
            ValueError: for a negative order.
        """
        if len(kw) and kw.min() < 0:
            raise ValueError(f"an order of {kw.min()} kW; cancel instead")
        rows = np.flatnonzero(kw)
        buyer, klass = buyer[rows], klass[rows]
        draws = uniforms(self.seed, _CHOICE, month, buyer * N_CLASSES + klass)
        # Chances of a class add up to one, so those of class k lie between k and k + 1.
        line = np.searchsorted(np.cumsum(self.supply.choice()), klass + draws, side="right")
        line = np.clip(line, self.lines.first[klass], self.lines.first[klass + 1] - 1)
        before = self.orders.n
        self._add(line, buyer, kw[rows], month, priority[rows], wanted[rows])
        return self._deals(np.arange(before, self.orders.n))

    def put_off(self, wanted: Ints) -> None:
        """Put off open orders of the first buyers to the month they will need them, if later, shape (n, n_classes)."""
        put_off(self.orders.columns, self.lines.klass, wanted)
        self._refresh()

    def cancel(self, buyers: Ints) -> Deals:
        """Strike all open orders of some buyers; gives what was not yet delivered."""
        rows = np.flatnonzero(np.isin(self.orders.columns[BUYER], buyers))
        struck = self._deals(rows)
        self.orders.columns[LEFT, rows] = 0
        self.tally.count(CANCELLED, struck, self.program_of_buyer)
        self.orders.drop_served()
        self._refresh()
        return struck

    def deliver(self, month: int, staffed_share: Floats, abundant: Flags) -> Deals:
        """Make and deliver; gives the deliveries to real buyers.

        Args:
            month: this month
            staffed_share: crew at hand over crew wanted, 0..1, shape (n_lines,)
            abundant: classes that deliver at once, shape (n_classes,)
        """
        s, columns = self.supply, self.orders.columns
        s.at_once = abundant[self.lines.klass]
        given = serve(columns, month, s.output_kw(staffed_share), s.reserve, s.rule, s.make_months, s.at_once)
        rows = np.flatnonzero(given)
        made = self._deals(rows, given[rows])
        columns[LEFT, rows] -= made.kw
        self.tally.count(DELIVERED, made, self.program_of_buyer)
        self.orders.drop_served()
        self.next_month = month + 1
        self._refresh()
        return made.of(made.buyer != FRINGE)

    # ---- what vendors decide ----

    def expand(self, line: Ints, kw_per_month: Floats, ready_month: Ints) -> None:
        """Add capacity to lines from a month on, each of shape (n,)."""
        self.supply.expand(line, kw_per_month, ready_month)

    def set_markup(self, markup_share: Floats) -> None:
        """Set what scarcity adds to the prices of orders from now on, shape (n_lines,)."""
        self.supply.markup_share = markup_share.copy()

    # ---- views ----

    def line_state(self) -> LineState:
        """What vendors may know of their own lines."""
        columns, capacity = self.orders.columns, self.supply.full_kw
        made_by = np.maximum(columns[PLACED] + self.supply.make_months[columns[LINE]], columns[WANTED])
        ripe = made_by <= self.next_month
        ready = np.bincount(columns[LINE], columns[LEFT] * ripe, len(capacity))
        coming = self.supply.coming_kw.sum(axis=1)
        busy = self.supply.at_once  # where all is delivered at once nothing is ripe, but plants run as before
        return LineState(self._backlog(), capacity, coming, np.where(busy, capacity, np.minimum(capacity, ready)))

    def expected_month(self) -> Ints:
        """When the last open order of a buyer and class is complete, or NO_ORDER, shape (n_buyers, n_classes)."""
        out = np.full(self.tally.totals.shape[1:], NO_ORDER)
        latest(self.orders.columns, self.lines.klass, self._foreseen()[0], out)
        return out[:-1]

    def queue(self, buyer: int) -> Queue:
        """Where the open orders of a buyer stand."""
        columns = self.orders.columns
        due, ahead, _ = self._foreseen()
        rows = np.flatnonzero(columns[BUYER] == buyer)
        line = columns[LINE, rows]
        same = columns[LINE] == line[:, np.newaxis]
        place = (same & (np.arange(self.orders.n) <= rows[:, np.newaxis])).sum(axis=1)
        return Queue(line, self.lines.klass[line], columns[LEFT, rows], columns[PLACED, rows],
                     place, same.sum(axis=1), ahead[rows], due[rows])  # fmt: skip

    def facts(self) -> Facts:
        """The market as it stands, and the flows of the month."""
        t, capacity = self.tally, np.bincount(self.lines.klass, self.supply.full_kw, N_CLASSES)
        return Facts(
            lead_months=self.supply.mean_by_class(self.supply.wait_months),
            price_usd_per_kw=self.supply.mean_by_class(self.supply.price_cents) / CENTS_PER_USD,
            backlog_kw=np.bincount(self.lines.klass, self._backlog(), N_CLASSES).astype(np.int64),
            capacity_kw_per_month=capacity,
            utilisation_share=t.month_kw[DELIVERED].sum(axis=0) / np.maximum(1.0, capacity),
            ordered_kw=t.month_kw[ORDERED].copy(), delivered_kw=t.month_kw[DELIVERED].copy(),
            cancelled_kw=t.month_kw[CANCELLED].copy(), output_kw=t.output_kw.sum(axis=0),
            output_value_cents=t.output_cents.copy(), stargate_output_kw=t.output_kw[STARGATE].copy(),
            rival_output_kw=t.output_kw[RIVAL].copy(),
        )  # fmt: skip

    def on_order(self) -> Ints:
        """Open orders recounted row by row, the last row for all other buyers, shape (n_buyers + 1, n_classes)."""
        columns = self.orders.columns
        out = np.zeros(self.tally.totals.shape[1:], np.int64)
        add_cells(out, columns[BUYER], self.lines.klass[columns[LINE]], columns[LEFT])
        return out

    def residual_kw(self) -> int:
        """What was ordered and neither delivered, cancelled nor on order, by buyer and by line; always 0."""
        return self.tally.residual_kw(self.on_order(), self._backlog())

    # ---- inside ----

    def _backlog(self) -> Ints:
        columns, n_lines = self.orders.columns, len(self.lines.klass)
        return np.bincount(columns[LINE], columns[LEFT], n_lines).astype(np.int64)

    def _foreseen(self) -> tuple[Ints, Ints, Floats]:
        s, columns = self.supply, self.orders.columns
        at_work = s.full_kw * s.staffed_share
        due, ahead, wait = foresee(columns, self.next_month, at_work, s.staffed_coming_kw(), s.make_months, s.at_once)
        return due, ahead, wait

    def _refresh(self) -> None:
        self.supply.foresee(self.next_month, self._foreseen()[2])

    def _add(
        self, line: Ints, buyer: Ints | int, kw: Ints, placed: Ints | int, priority: Ints | int, wanted: Ints | int
    ) -> None:
        """Put orders in the queue at the price of the month they are placed in."""
        cents = self.supply.price_cents[line] if isinstance(placed, int) else self.supply.prices_of(line, placed)
        deposit = np.rint(cents * self.supply.deposit_share[line]).astype(np.int64)
        before = self.orders.n
        self.orders.add(line, buyer, kw, kw, placed, priority, cents, deposit, wanted)
        self.tally.count(ORDERED, self._deals(np.arange(before, self.orders.n)), self.program_of_buyer)

    def _deals(self, rows: Ints, kw: Ints | None = None) -> Deals:
        """Rows as deals; of all that is left of them if no kW are given."""
        part = self.orders.columns[:, rows]
        line = part[LINE]
        left = part[LEFT] if kw is None else kw
        return Deals(line, part[BUYER], self.lines.klass[line], left, part[PRICE], part[DEPOSIT])
