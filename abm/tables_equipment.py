"""Reads who makes what (vendors.csv) and what all other buyers order (fringe_path.csv)."""

import csv
import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm.changes import MOST_MONTHS
from abm.errors import BadNumber
from abm.parameters import NUMBERS
from abm.units import month_index
from abm.vocabulary import EQUIPMENT, KLASS


@dataclass(frozen=True, slots=True, eq=False)  # itself alone: what is worked out from it is kept by it
class Lines:
    """Production lines, one for each vendor and class, in the order of EQUIPMENT; V vendors, L lines, K classes.

    Attributes:
        name: of each line, length L.
        vendors: names, length V.
        about: what each vendor is, length V.
        vendor: row of `vendors`, shape (L,).
        klass: row of EQUIPMENT, shape (L,).
        first: first line of each class, then L, shape (K + 1,).
        region: row of regions.csv where it makes in the country, shape (L,).
        capacity_share: of the class, adds up to one within a class, shape (L,).
        us_share: part of the value it adds in the country, shape (L,).
        is_arm: whether it pays Arm a royalty, shape (L,).
        fringe: orders of all other buyers by month of the run over capacity of 2024-05, shape (MOST_MONTHS, K).
    """

    name: tuple[str, ...]
    vendors: tuple[str, ...]
    about: tuple[str, ...]
    vendor: NDArray[np.int64]
    klass: NDArray[np.int64]
    first: NDArray[np.int64]
    region: NDArray[np.int64]
    capacity_share: NDArray[np.float64]
    us_share: NDArray[np.float64]
    is_arm: NDArray[np.bool_]
    fringe: NDArray[np.float64]


def _rows(file: str) -> list[dict[str, str]]:
    with (NUMBERS / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _code(row: dict[str, str], column: str, known: dict[str, int], file: str) -> int:
    if row[column] not in known:
        raise BadNumber(f"{file}: {column} {row[column]!r} is unknown; choose from {', '.join(known)}")
    return known[row[column]]


def lines(as_of: int | None = None) -> Lines:
    """The lines of vendors.csv with the fringe's path; a date `as_of` leaves out what was not yet known.

    Raises:
        BadNumber: for an unknown class or region, or shares of a class that do not add up to one.
    """
    rows = sorted(_rows("vendors.csv"), key=lambda row: _code(row, "class", KLASS, "vendors.csv"))
    regions = {row["region"]: i for i, row in enumerate(_rows("regions.csv"))}
    about = {row["vendor"]: row["about"] for row in reversed(rows)}
    vendors = tuple(sorted(about))
    klass = np.array([KLASS[row["class"]] for row in rows])
    share = np.array([float(row["capacity_share"]) for row in rows])
    for k, total in enumerate(np.bincount(klass, share, len(EQUIPMENT))):
        if round(total, 9) != 1:
            raise BadNumber(f"vendors.csv: shares of {EQUIPMENT[k]} add up to {total:g}; make them add up to 1")
    return Lines(
        name=tuple(f"{row['vendor']} {row['class'].replace('_', ' ')}" for row in rows),
        vendors=vendors,
        about=tuple(about[name] for name in vendors),
        vendor=np.array([vendors.index(row["vendor"]) for row in rows]),
        klass=klass,
        first=np.searchsorted(klass, np.arange(len(EQUIPMENT) + 1)),
        region=np.array([_code(row, "region", regions, "vendors.csv") for row in rows]),
        capacity_share=share,
        us_share=np.array([float(row["us_share"]) for row in rows]),
        is_arm=np.array([row["arm"] == "1" for row in rows]),
        fringe=fringe_path(as_of),
    )


@functools.cache
def tariff_path(as_of: int | None) -> NDArray[np.float64]:
    """Tariffs added by law since 2024-05, by month, each in force until the next date, shape (MOST_MONTHS, K)."""
    out = np.zeros((MOST_MONTHS, len(EQUIPMENT)))
    for row in _rows("tariff_path.csv"):  # in order of date within a class
        if as_of is None or month_index(row["known_from"]) <= as_of:
            out[month_index(row["date"]) :, KLASS[row["class"]]] = float(row["added_rate"])
    out.flags.writeable = False
    return out


@functools.cache
def fringe_path(as_of: int | None) -> NDArray[np.float64]:
    """Orders of all other buyers by month over capacity of 2024-05, straight between the dates, shape (MOST_MONTHS, K).

    Raises:
        BadNumber: if a class has no dated value that was known.
    """
    rows = [row for row in _rows("fringe_path.csv") if as_of is None or month_index(row["known_from"]) <= as_of]
    out = np.empty((MOST_MONTHS, len(EQUIPMENT)))
    for name, k in KLASS.items():
        points = np.array(
            sorted((month_index(row["date"]), float(row["orders_ratio"])) for row in rows if row["class"] == name)
        )
        if not len(points):
            raise BadNumber(f"fringe_path.csv: {name} has no value known by then; add one for 2024-05")
        out[:, k] = np.interp(np.arange(MOST_MONTHS), points[:, 0], points[:, 1])
    out.flags.writeable = False
    return out


def fringe(month: int) -> NDArray[np.float64]:
    """Orders of all other buyers in a month over capacity of 2024-05, shape (K,)."""
    orders: NDArray[np.float64] = fringe_path(None)[min(month, MOST_MONTHS - 1)]
    return orders
