"""The four ledgers close, or the run stops and says where."""

from typing import TYPE_CHECKING

import numpy as np

from abm.errors import BooksDoNotBalance
from abm.markets import waits
from abm.sites import PHASE_CLASSES
from abm.units import month_date
from abm.workers import recount

if TYPE_CHECKING:
    from abm.model import Stargate


def close_month(m: "Stargate") -> None:
    """Hold money, people, power and equipment to their laws, each by two separate accumulations.

    Raises:
        BooksDoNotBalance: naming the month, the ledger and the amount.
    """
    m.facts.residuals = {
        "money_cents": max(m.ledger.close_month(m.month).largest_cents, _bills_off(m)),
        "people_workers": people_off(m),
        "power_kw": power_off(m),
        "equipment_kw": equipment_off(m),
    }
    for what, left in m.facts.residuals.items():
        if left:
            raise BooksDoNotBalance(f"{month_date(m.month):%Y-%m}: the ledger of {what} is off by {left}")


def _bills_off(m: "Stargate") -> int:
    """Bills that are due against what the ledger says campuses owe for them, cents."""
    return abs(m.bills.owed() + int(m.ledger.held("payable", "campuses").sum()))


def people_off(m: "Stargate") -> int:
    """Workers counted as they moved against all rows counted anew, and homes against employers, rows."""
    table, outcome = m.workers.table, m.facts.labour
    assert outcome is not None
    counted = recount(table)
    off = max(int(np.abs(kept - anew).max()) for kept, anew in zip(table.tally, counted, strict=True))
    everybody = int(counted.employed.sum() + counted.idle.sum() + counted.out.sum())
    at_work = outcome.heads.sum(axis=1)[m.employers.n_regions :]
    return max(off, abs(everybody - len(m.workers)), int(np.abs(m.facts.home_heads.sum(axis=1) - at_work).max()))


def power_off(m: "Stargate") -> int:
    """Requests against their rows; power at campuses against connections; load against power, kW."""
    sites = m.sites
    on_grid = np.abs(waits.energised_by_campus(m.connections, len(sites.region)) - sites.grid_kw).max()
    beyond = np.maximum(sites.operating_kw - sites.grid_kw - sites.onsite_kw, 0).max()
    return max(waits.residual_kw(m.connections), m.plants.residual_kw(), int(on_grid), int(beyond))


def equipment_off(m: "Stargate") -> int:
    """Orders against delivered, open and cancelled; deliveries against what sites have installed and in stock, kW."""
    sites = m.sites
    at_sites = sites.delivered_kw[:, PHASE_CLASSES].sum(axis=0)
    shipped = m.shipped_kw[PHASE_CLASSES]
    return max(m.book.residual_kw(), int(np.abs(at_sites - shipped).max()))
