"""Counts what is ordered, delivered and cancelled, by buyer, by line and by program, apart from the queues."""

import numpy as np

from abm.markets.equipment_records import Deals, Ints
from abm.markets.equipment_supply import N_CLASSES
from abm.markets.orders import FRINGE
from abm.sums import add_cells, add_to

OTHERS = 2  # the program of all other buyers, after RIVAL and STARGATE
_N_PROGRAMS = 3
ORDERED, DELIVERED, CANCELLED = range(3)


class Tally:
    """Totals since the start and flows of the month, in kW.

    Attributes:
        totals: ordered, delivered, cancelled since the start, the last buyer for all others,
            shape (3, n_buyers + 1, n_classes).
        line_totals: the same by line, shape (3, n_lines).
        month_kw: the same this month by program, shape (3, 3, n_classes).
        output_kw: delivered this month by program and line, shape (3, n_lines).
        output_cents: its value by line, shape (n_lines,).
    """

    def __init__(self, n_buyers: int, n_lines: int) -> None:
        self.totals = np.zeros((3, n_buyers + 1, N_CLASSES), np.int64)
        self.line_totals = np.zeros((3, n_lines), np.int64)
        self.month_kw = np.zeros((3, _N_PROGRAMS, N_CLASSES), np.int64)
        self.output_kw = np.zeros((_N_PROGRAMS, n_lines), np.int64)
        self.output_cents = np.zeros(n_lines, np.int64)

    def open_month(self) -> None:
        """Start new flows."""
        for flow in (self.month_kw, self.output_kw, self.output_cents):
            flow[...] = 0

    def count(self, which: int, deals: Deals, program_of_buyer: Ints) -> None:
        """Add deals that were ORDERED, DELIVERED or CANCELLED by buyers of these programs, shape (n_buyers,)."""
        program = np.full(len(deals.buyer), OTHERS)
        real = deals.buyer != FRINGE
        program[real] = program_of_buyer[deals.buyer[real]]
        add_cells(self.totals[which], deals.buyer, deals.klass, deals.kw)
        add_to(self.line_totals[which], deals.line, deals.kw)
        add_cells(self.month_kw[which], program, deals.klass, deals.kw)
        if which == DELIVERED:
            add_cells(self.output_kw, program, deals.line, deals.kw)
            add_to(self.output_cents, deals.line, deals.cents)

    def uncount(self, line: int, klass: int, kw: int) -> None:
        """Take back orders of all other buyers."""
        self.totals[ORDERED, FRINGE, klass] -= kw
        self.line_totals[ORDERED, line] -= kw

    def residual_kw(self, on_order: Ints, backlog: Ints) -> int:
        """What was ordered and neither delivered, cancelled nor on order, by buyer and by line; 0 if all is counted.

        Args:
            on_order: recounted by buyer and class, shape (n_buyers + 1, n_classes)
            backlog: recounted by line, shape (n_lines,)
        """
        of_buyer = self.totals[ORDERED] - self.totals[DELIVERED] - self.totals[CANCELLED] - on_order
        of_line = self.line_totals[ORDERED] - self.line_totals[DELIVERED] - self.line_totals[CANCELLED] - backlog
        return int(np.abs(of_buyer).sum() + np.abs(of_line).sum())
