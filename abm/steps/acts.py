"""What several steps do to the world in the same way: order equipment, strike orders, give a builder a package."""

from typing import TYPE_CHECKING

import numpy as np

from abm import streams, views
from abm.bills import FACILITY, IT
from abm.tables import Ints
from abm.vocabulary import IT_EQUIPMENT, KLASS

if TYPE_CHECKING:
    from abm.markets.equipment_records import Deals
    from abm.model import Stargate

IS_IT = np.isin(np.arange(len(KLASS)), [KLASS[name] for name in IT_EQUIPMENT])
CONTRACT = 1  # orders of campuses and utilities rank before those of all other buyers, where makers rank them
_INSTALLER = streams.purpose("installer")


def place(m: "Stargate", buyer: Ints, klass: Ints, kw: Ints, wanted: Ints) -> None:
    """Order equipment for a month; a campus owes the deposit from now on and holds a claim on the maker for it."""
    deals = m.book.place(m.month, buyer, klass, kw, np.full(len(buyer), CONTRACT), wanted)
    campus = views.campus_of_buyer(m, deals.buyer)
    ours = np.flatnonzero(campus >= 0)
    cents = (deals.kw * deals.deposit_cents_per_kw)[ours]
    vendors, campus = vendor_accounts(m, deals)[ours], campus[ours]
    m.ledger.post("deposit_due", m.ledger.accounts("campuses")[campus], vendors, cents, campus)
    for purpose in (FACILITY, IT):
        rows = IS_IT[deals.klass[ours]] == (purpose == IT)
        kind = "it_payment" if purpose == IT else "equipment_payment"
        m.bills.add(kind, purpose, campus[rows], vendors[rows], cents[rows])


def vendor_accounts(m: "Stargate", deals: "Deals") -> Ints:
    """Account of the maker of each deal, shape (n,)."""
    return m.ledger.accounts("vendors")[m.lines.vendor[deals.line]]


def strike_orders(m: "Stargate", buyers: Ints) -> None:
    """Cancel all open orders of some buyers; the makers keep the deposits."""
    struck = m.book.cancel(buyers)
    campus = views.campus_of_buyer(m, struck.buyer)
    ours = np.flatnonzero(campus >= 0)
    lost = (struck.kw * struck.deposit_cents_per_kw)[ours]
    accounts = m.ledger.accounts("campuses")[campus[ours]]
    m.ledger.post("deposit_forfeited", accounts, vendor_accounts(m, struck)[ours], lost, campus[ours])


def give_package(m: "Stargate", campus: int, package: int, builder: int) -> None:
    """Let a builder run a package of a campus from now on."""
    m.sites.builder[campus, package] = builder
    m.builders[builder].sites.append(campus)
    m.sites.markup_share[campus, package] = m.builders[builder].markup_share


def order_plants(m: "Stargate", campus: Ints, klass: Ints, kw: Ints) -> None:
    """Order power plants for campuses, through a supplier that installs their kind, and ask for the air permit."""
    if not len(campus):
        return
    m.has_route[campus] = True
    m.plants.order(campus, klass, kw)
    place(m, m.campus_buyers[campus], klass, kw, np.full(len(kw), m.month))
    for c, k in zip(campus.tolist(), klass.tolist(), strict=True):
        m.plants_supplier[c] = installer(m, c, k)
    fresh = campus[~m.air_applied[campus]]
    if len(fresh):
        m.air_applied[fresh] = True
        m.air.apply(fresh, m.sites.region[fresh], m.month, m.parameters.policy)


def installer(m: "Stargate", campus: int, klass: int) -> int:
    """A supplier that installs this kind of plant, drawn by campus."""
    able = np.flatnonzero(m.supplier_table.klass == klass)
    if not len(able):
        able = np.flatnonzero(np.array(m.supplier_table.kind) == "onsite")
    return int(able[int(streams.uniform(m.seed_number, _INSTALLER, 0, campus) * len(able))])
