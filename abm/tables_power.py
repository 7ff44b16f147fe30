"""Reads the tables on power of `numbers/`: dated paths by zone, suppliers of power, and the trades of their crews."""

import csv
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.parameters import NUMBERS
from abm.tables import constant
from abm.units import month_index
from abm.vocabulary import GENERATION_EQUIPMENT, KLASS, TRADES, ZONES

NO_ZONE = NO_CLASS = -1
_EVERYWHERE = "US"
_KEPT = 1024  # months of paths read off once

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is read off it is kept by it
class Path:
    """A dated series by zone.

    Attributes:
        months: of the dated points, rising, one array for each zone.
        values: at those points, one array for each zone.
    """

    months: tuple[Ints, ...]
    values: tuple[Floats, ...]

    def line(self, month: int) -> Floats:
        """Straight line between the points, flat outside them, shape (n_zones,)."""
        return _line(self, month)

    def step(self, month: int) -> Floats:
        """The last point not after the month, the first one before it, shape (n_zones,)."""
        return _step(self, month)


@functools.lru_cache(maxsize=_KEPT)
def _line(path: Path, month: int) -> Floats:
    return constant([np.interp(month, m, v) for m, v in zip(path.months, path.values, strict=True)])


@functools.lru_cache(maxsize=_KEPT)
def _step(path: Path, month: int) -> Floats:
    rows = (max(0, int(np.searchsorted(m, month, side="right")) - 1) for m in path.months)
    return constant([v[row] for v, row in zip(path.values, rows, strict=True)])


@dataclass(frozen=True, slots=True)
class ZonePaths:
    """Dated paths of zone_paths.csv.

    Attributes:
        fringe_requests_index: requests of others against the start of the run.
        gas_usd_per_mmbtu: gas price where campuses burn it; West Texas has its own.
        henry_hub_usd_per_mmbtu: the national gas price, which power prices follow.
        firm_additions_generation_gw_per_year: net accredited additions already planned.
    """

    fringe_requests_index: Path
    gas_usd_per_mmbtu: Path
    henry_hub_usd_per_mmbtu: Path
    firm_additions_generation_gw_per_year: Path


@dataclass(frozen=True, slots=True)
class Suppliers:
    """Suppliers of power, arrays of shape (n_suppliers,).

    Attributes:
        name: as in suppliers.csv.
        kind: wires (connects only), utility, independent (power plants only) or onsite.
        zone: row of ZONES; NO_ZONE for suppliers on site.
        klass: row of EQUIPMENT that a supplier on site installs; NO_CLASS for the others.
        region: code of the home region, a row of regions.csv by code.
        build_share: part of the zone's missing capacity it sets out to build.
        margin_share: mark-up on cost with a normal order book.
    """

    name: tuple[str, ...]
    kind: tuple[str, ...]
    zone: Ints
    klass: Ints
    region: tuple[str, ...]
    build_share: Floats
    margin_share: Floats


@dataclass(frozen=True, slots=True)
class Crews:
    """Trades of the crews of power projects; every row adds up to 1.

    Attributes:
        wires: substations and lines, shape (n_trades,).
        operation: staff of running plants, shape (n_trades,).
        generation: by class in the order of GENERATION_EQUIPMENT, shape (n_generation, n_trades).
    """

    wires: Floats
    operation: Floats
    generation: Floats


def _rows(file: str) -> list[dict[str, str]]:
    with (NUMBERS / file).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@functools.cache
def zone_paths(as_of: str = "") -> ZonePaths:
    """The paths, only with what was known by a month YYYY-MM if one is given."""
    known = [row for row in _rows("zone_paths.csv") if not as_of or row["known_from"] <= as_of]

    def path(name: str, *, local: bool = True) -> Path:
        points = []
        for zone in ZONES:
            own = [row for row in known if row["name"] == name and local and row["zone"] == zone]
            own = own or [row for row in known if row["name"] == name and row["zone"] == _EVERYWHERE]
            points.append(sorted((month_index(row["date"]), float(row["value"])) for row in own) or [(0, 0.0)])
        return Path(
            tuple(np.array([month for month, _ in point]) for point in points),
            tuple(np.array([value for _, value in point]) for point in points),
        )

    return ZonePaths(
        path("fringe_requests_index"),
        path("gas_usd_per_mmbtu"),
        path("gas_usd_per_mmbtu", local=False),
        path("firm_additions_generation_gw_per_year"),
    )


@functools.cache
def suppliers() -> Suppliers:
    """All suppliers of power, in the order of the file."""
    rows = _rows("suppliers.csv")
    return Suppliers(
        tuple(row["supplier"] for row in rows),
        tuple(row["kind"] for row in rows),
        np.array([ZONES.index(row["zone"]) if row["zone"] else NO_ZONE for row in rows]),
        np.array([KLASS[row["class"]] if row["class"] else NO_CLASS for row in rows]),
        tuple(row["home_region"] for row in rows),
        np.array([float(row["build_share"]) for row in rows]),
        np.array([float(row["margin_share"]) for row in rows]),
    )


@functools.cache
def crews() -> Crews:
    """The trades of power projects."""
    by_work = {row["work"]: np.array([float(row[trade]) for trade in TRADES]) for row in _rows("energy_crews.csv")}
    return Crews(by_work["wires"], by_work["operation"], np.array([by_work[name] for name in GENERATION_EQUIPMENT]))
