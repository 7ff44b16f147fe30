"""What equipment costs and where the money for it goes: prices, terms, imports, tariffs, royalties."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.ledger import split_rows
from abm.subjects.equipment import Equipment
from abm.tables import constant
from abm.tables_equipment import Lines
from abm.units import CENTS_PER_USD, MONTHS_PER_YEAR
from abm.vocabulary import BUILDING_EQUIPMENT, IT_EQUIPMENT, KLASS

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]

_RACKS = np.array([KLASS["accelerator"], KLASS["cpu"]])  # what changes from Blackwell to Rubin
IT_ROWS = np.array([KLASS[name] for name in IT_EQUIPMENT])


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What makes the price of each line besides date, wait and scarcity, arrays of shape (n_lines,).

    Attributes:
        start_cents: per kW in 2024-05, tariff included.
        growth_per_year: one plus the trend of cost.
        step_ratio: price of the next generation over this one.
        step_month: from which deliveries are of the next generation.
    """

    start_cents: Floats
    growth_per_year: Floats
    step_ratio: Floats
    step_month: float


@dataclass(frozen=True, slots=True)
class Payments:
    """The three payments for each deal, together its whole price, in cents, each of shape (n_deals,)."""

    deposit_cents: Ints
    shipment_cents: Ints
    test_cents: Ints


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where the price of each delivery goes, together the whole of it, in cents, each of shape (n,).

    Attributes:
        china_cents: to makers in China.
        abroad_cents: to makers elsewhere abroad.
        tariff_cents: to the federal government.
        royalty_cents: to Arm, abroad.
        margin_cents: the vendor's profit.
        domestic_cents: wages and supplies of the vendor at home.
    """

    china_cents: Ints
    abroad_cents: Ints
    tariff_cents: Ints
    royalty_cents: Ints
    margin_cents: Ints
    domestic_cents: Ints


@functools.lru_cache
def by_class(p: Equipment, name: str) -> Floats:
    """A number of every class in the order of EQUIPMENT, shape (n_classes,)."""
    return constant([getattr(p.classes[klass], name) for klass in KLASS])


def needed_kw_per_facility_kw(facility_to_it_ratio: float) -> Floats:
    """Equipment a building needs by class, without its own generation, shape (n_classes,)."""
    need = np.array([float(name in BUILDING_EQUIPMENT) for name in KLASS])
    need[IT_ROWS] = 1 / facility_to_it_ratio
    return need


def import_share(lines: Lines, p: Equipment) -> Floats:
    """Part of the price before tariff that leaves the country by line, shape (n_lines,).

    The lines of a class import in proportion to what each of them does not make in the country, and together what the
    class imports; none more than all.
    """
    foreign = 1 - lines.us_share
    mean = np.add.reduceat(foreign * lines.capacity_share, lines.first[:-1])
    ratio = by_class(p, "import_share") / np.where(mean > 0, mean, 1)
    share: Floats = np.minimum(1.0, foreign * ratio[lines.klass])
    return share


def price_terms(lines: Lines, p: Equipment) -> PriceTerms:
    """What does not change from month to month in the price of each line."""
    tariff = by_class(p, "tariff_rate")[lines.klass] * import_share(lines, p)
    is_rack = np.isin(lines.klass, _RACKS)
    return PriceTerms(
        by_class(p, "price_usd_per_kw")[lines.klass] * CENTS_PER_USD * (1 + tariff),
        1 + by_class(p, "price_trend_rate_per_year")[lines.klass],
        np.where(is_rack, p.rubin_price_ratio, 1.0),
        p.rubin_from_month,
    )


def line_prices(terms: PriceTerms, month: int, wait_months: Floats, markup_share: Floats) -> Ints:
    """Cents per kW of an order placed in a month by line, tariff included, shape (n_lines,).

    Args:
        terms: of the lines
        month: of the order, below 0 before the run
        wait_months: until delivery, which decides the generation of the racks, shape (n_lines,)
        markup_share: what scarcity adds, shape (n_lines,)
    """
    step = np.where(month + wait_months >= terms.step_month, terms.step_ratio, 1.0)
    price = terms.start_cents * terms.growth_per_year ** (month / MONTHS_PER_YEAR) * step * (1 + markup_share)
    cents: Ints = np.rint(price).astype(np.int64)
    return cents


def payments(kw: Ints, cents_per_kw: Ints, deposit_cents_per_kw: Ints, p: Equipment) -> Payments:
    """Split the price of deals into what is due with the order, on delivery and after the test.

    All three are whole cents per kW, so an order delivered in parts costs what it costs in one piece.
    """
    rest = cents_per_kw - deposit_cents_per_kw
    shipment = np.minimum(rest, np.rint(cents_per_kw * p.shipment_share).astype(np.int64))
    return Payments(kw * deposit_cents_per_kw, kw * shipment, kw * (rest - shipment))


def settle(line: Ints, cents: Ints, lines: Lines, p: Equipment) -> Settlement:
    """Follow the price of deliveries to those who get it, losing no cent.

    Args:
        line: of each delivery, shape (n,)
        cents: its whole price, tariff included, shape (n,)
        lines: who makes what
        p: numbers
    """
    return Settlement(*split_rows(cents, _settled_shares(lines, p)[line]).T)


@functools.lru_cache(maxsize=16)
def _settled_shares(lines: Lines, p: Equipment) -> Floats:
    """Parts of a line's price that go where `Settlement` says, shape (n_lines, 6)."""
    imports = import_share(lines, p)
    china = imports * by_class(p, "china_share")[lines.klass]
    tariff = imports * by_class(p, "tariff_rate")[lines.klass]
    left = 1 - imports
    royalty = np.minimum(left, np.where(lines.is_arm, p.arm_royalty_share, 0.0))
    margin = np.minimum(left - royalty, by_class(p, "margin_share")[lines.klass])
    domestic = np.maximum(0.0, left - royalty - margin)  # subtraction may leave -1e-17
    shares = np.stack([china, imports - china, tariff, royalty, margin, domestic], axis=1)
    shares.setflags(write=False)
    return shares
