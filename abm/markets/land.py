"""Land: acres asked for and offered in each region become sales; what each buyer gets is whole acres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.ledger import split
from abm.subjects.policy import Policy
from abm.sums import add_to
from abm.units import CENTS_PER_USD, KW_PER_MW

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Deals:
    """What buyers got, each shape (n,)."""

    acres: Ints
    cents: Ints


def acres_wanted(facility_kw: Ints, p: Policy) -> Ints:
    """Whole acres for campuses of these sizes, shape (n,)."""
    acres: Ints = np.ceil(facility_kw / KW_PER_MW * p.land_acres_per_facility_mw).astype(np.int64)
    return acres


def clear(wanted_acres: Ints, region: Ints, asking_usd_per_acre: Floats, offered_acres: Ints) -> Deals:
    """Give every buyer what it wants where enough is offered, else whole acres in proportion.

    Args:
        wanted_acres: shape (n,).
        region: of each buyer, shape (n,).
        asking_usd_per_acre: shape (n_regions,).
        offered_acres: shape (n_regions,).
    """
    acres = np.asarray(wanted_acres, np.int64).copy()
    wanted = np.zeros(len(offered_acres), np.int64)
    add_to(wanted, region, acres)
    for r in np.flatnonzero(wanted > offered_acres):
        buyers = np.flatnonzero(region == r)
        acres[buyers] = split(int(offered_acres[r]), acres[buyers])
    price_cents = np.rint(np.asarray(asking_usd_per_acre) * CENTS_PER_USD).astype(np.int64)
    return Deals(acres, acres * price_cents[region])


def option_cents(price_cents: Ints, p: Policy) -> Ints:
    """What is paid when land is optioned; the rest is due with the first works, shape (n,)."""
    part: Ints = np.floor(price_cents * p.land_option_share).astype(np.int64)
    return part
