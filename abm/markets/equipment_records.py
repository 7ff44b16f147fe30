"""What the equipment market says: deals, places in a queue, facts of a month, and what a vendor knows of its lines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Deals:
    """Orders placed, cancelled or delivered, as columns of shape (n_deals,).

    Attributes:
        line: row of the lines.
        buyer: as the caller numbers its buyers.
        klass: row of EQUIPMENT.
        kw: kW served.
        cents_per_kw: price agreed with the order.
        deposit_cents_per_kw: of which paid with the order.
    """

    line: Ints
    buyer: Ints
    klass: Ints
    kw: Ints
    cents_per_kw: Ints
    deposit_cents_per_kw: Ints

    @property
    def cents(self) -> Ints:
        """Whole price, shape (n_deals,)."""
        return self.kw * self.cents_per_kw

    def of(self, rows: Flags) -> "Deals":
        """Some of the deals."""
        return Deals(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Queue:
    """Open orders of one buyer, the oldest first, each of shape (n_orders,).

    Attributes:
        line, klass, kw_left, month_placed: of each order.
        place, places: rank of the order in its line's queue, and length of that queue.
        ahead_kw: what stands before it.
        due_month: when it is complete if all are served as they came.
    """

    line: Ints
    klass: Ints
    kw_left: Ints
    month_placed: Ints
    place: Ints
    places: Ints
    ahead_kw: Ints
    due_month: Ints


@dataclass(frozen=True, slots=True)
class Facts:
    """The market at the end of a month: by class of shape (n_classes,), by line (n_lines,), by program first.

    Attributes:
        lead_months: wait of an order placed now, as buyers would choose lines.
        price_usd_per_kw: of such an order, tariff included.
        backlog_kw: on order, all buyers.
        capacity_kw_per_month: what makers can deliver.
        utilisation_share: delivered over capacity.
        ordered_kw, cancelled_kw: this month by rivals, Stargate and all others, shape (3, n_classes).
        delivered_kw: the same; row RIVAL, row STARGATE, row OTHERS.
        output_kw: delivered this month by line, all buyers.
        output_value_cents: its value, by line.
        stargate_output_kw, rival_output_kw: parts of it, by line.
    """

    lead_months: Floats
    price_usd_per_kw: Floats
    backlog_kw: Ints
    capacity_kw_per_month: Floats
    utilisation_share: Floats
    ordered_kw: Ints
    cancelled_kw: Ints
    delivered_kw: Ints
    output_kw: Ints
    output_value_cents: Ints
    stargate_output_kw: Ints
    rival_output_kw: Ints


@dataclass(frozen=True, slots=True)
class LineState:
    """What a vendor knows of its lines, each of shape (n_lines,).

    Attributes:
        backlog_kw: on order.
        capacity_kw_per_month: at full crew.
        coming_kw_per_month: expansions under way.
        planned_output_kw: next month, at full crew, from the orders that can be delivered by then.
    """

    backlog_kw: Ints
    capacity_kw_per_month: Floats
    coming_kw_per_month: Floats
    planned_output_kw: Floats
