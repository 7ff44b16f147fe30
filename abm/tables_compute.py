"""Reads the dated paths of compute: OpenAI's demand and revenue, its other suppliers, Microsoft's terms."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.errors import BadNumber
from abm.tables import constant
from abm.tables_finance import Rows, rows_of, stepped
from abm.units import KW_PER_MW, MONTHS_PER_YEAR, month_index

# Who may serve OpenAI; all but Stargate and Cerebras own campuses under the same name in owners.csv.
SUPPLIERS = ("Stargate", "Microsoft", "CoreWeave", "Amazon", "Cerebras", "Google")
SUPPLIER = {name: i for i, name in enumerate(SUPPLIERS)}
NO_TERMS, FIRST_REFUSAL, EXCLUSIVE = range(3)
_KEPT = 1024  # months of paths read off once

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is read off it is kept by it
class Growing:
    """A path that grows evenly between dated values, and after the last at a rate that fades.

    Attributes:
        month: of the dated values, rising, shape (n,).
        value: shape (n,).
    """

    month: NDArray[np.int64]
    value: Floats

    def at(self, month: int, growth_rate_per_year: float, fade_share: float) -> float:
        """The value in a month; the growth rate loses `fade_share` of itself a year after the last dated value."""
        return _at(self, month, growth_rate_per_year, fade_share)


@dataclass(frozen=True, slots=True, eq=False)
class ComputePaths:
    """What is dated about OpenAI's compute.

    Attributes:
        demand_it_mw: compute OpenAI had, by month.
        revenue_usd_bn_per_year: its annualised revenue.
        supplier_month, supplier_it_mw: dated capacity for OpenAI by row of SUPPLIERS, Stargate's empty, each (n,).
        agreed_it_mw: Stargate capacity Microsoft agreed to before its terms ended, by month, shape (T,).
        terms: NO_TERMS, FIRST_REFUSAL or EXCLUSIVE by month, shape (T,).
    """

    demand_it_mw: Growing
    revenue_usd_bn_per_year: Growing
    supplier_month: tuple[NDArray[np.int64], ...]
    supplier_it_mw: tuple[Floats, ...]
    agreed_it_mw: Floats
    terms: Floats

    def terms_at(self, month: int, delay_months: float) -> int:
        """Microsoft's terms in a month if all of them ended so much later."""
        return int(self.terms[min(max(month - round(delay_months), 0), len(self.terms) - 1)])

    def agreed_it_kw(self, month: int) -> int:
        """Stargate capacity agreed under Microsoft's exclusivity."""
        return round(float(self.agreed_it_mw[min(max(month, 0), len(self.agreed_it_mw) - 1)]) * KW_PER_MW)

    def supplied_it_kw(self, month: int, growth_rate_per_year: float) -> Floats:
        """What others than Stargate have for OpenAI in a month, IT kW, shape (n_suppliers,)."""
        return _supplied_it_kw(self, month, growth_rate_per_year)


@functools.lru_cache(maxsize=_KEPT)
def _at(path: Growing, month: int, growth_rate_per_year: float, fade_share: float) -> float:
    last = int(path.month[-1])
    known = float(np.exp(np.interp(month, path.month, np.log(path.value))))
    if month <= last:
        return known
    years = np.arange(month - last) / MONTHS_PER_YEAR
    growth = np.log1p(growth_rate_per_year * (1 - fade_share) ** years).sum() / MONTHS_PER_YEAR
    return known * float(np.exp(growth))


@functools.lru_cache(maxsize=_KEPT)
def _supplied_it_kw(paths: ComputePaths, month: int, growth_rate_per_year: float) -> Floats:
    out = [0.0] * len(SUPPLIERS)
    for i, (dates, mw) in enumerate(zip(paths.supplier_month, paths.supplier_it_mw, strict=True)):
        if len(dates) and month >= dates[0]:
            years = max(0, month - int(dates[-1])) / MONTHS_PER_YEAR
            out[i] = float(np.interp(month, dates, mw)) * (1 + growth_rate_per_year) ** years * KW_PER_MW
    return constant(out)


def compute_paths(known_by: int | None = None) -> ComputePaths:
    """The dated paths, as far as known by a month (None: all).

    Raises:
        BadNumber: if a supplier is not in SUPPLIERS, or nothing is known of demand or revenue.
    """
    rows = rows_of("compute_path.csv", known_by)
    capacity = [_of(rows, "capacity_it_mw", name) for name in SUPPLIERS]
    strangers = {row["supplier"] for row in rows} - {"all", *SUPPLIERS}
    if strangers:
        raise BadNumber(f"compute_path.csv: unknown supplier {min(strangers)!r}; it may be {', '.join(SUPPLIERS)}")
    return ComputePaths(
        _growing(_of(rows, "demand_it_mw", "all")),
        _growing(_of(rows, "revenue_usd_bn_per_year", "all")),
        tuple(np.array([month_index(row["date"]) for row in own], np.int64) for own in capacity),
        tuple(np.array([float(row["value"]) for row in own]) for own in capacity),
        stepped(_of(rows, "agreed_it_mw", "Stargate")),
        stepped(_of(rows, "terms_count", "Microsoft")),
    )


def _of(rows: Rows, item: str, supplier: str) -> Rows:
    own = [row for row in rows if row["item"] == item and row["supplier"] == supplier]
    return sorted(own, key=lambda row: month_index(row["date"]))


def _growing(rows: Rows) -> Growing:
    if not rows:
        raise BadNumber("compute_path.csv: nothing is known yet of OpenAI's demand or revenue; take a later month")
    months = np.array([month_index(row["date"]) for row in rows], np.int64)
    return Growing(months, np.array([float(row["value"]) for row in rows]))
