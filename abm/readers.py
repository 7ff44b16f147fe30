"""Reads the tables of `numbers/` into arrays, checked: an unknown name or month is refused with file and line."""

import csv
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from abm.errors import BadNumber
from abm.parameters import NUMBERS
from abm.tables import (
    NEVER,
    UNKNOWN,
    Builders,
    Campuses,
    Flags,
    Floats,
    History,
    Ints,
    Owners,
    Phases,
    Regions,
    Stages,
)
from abm.units import KW_PER_MW, month_index
from abm.vocabulary import EQUIPMENT, PACKAGES, RIVAL, STARGATE, TRADES, ZONES

PROGRAMS = {"stargate": STARGATE, "rival": RIVAL}
ABROAD = "rest_of_world"
WHOLE_SHARE = 100  # the shares of stages.csv are per cent


class Sheet:
    """A CSV file by columns; every reading names file and line when it fails.

    Attributes:
        name: of the file.
        rows: one dict per line.

    Raises:
        BadNumber: if a line has more or fewer cells than the first.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        with (NUMBERS / name).open(encoding="utf-8", newline="") as file:
            self.rows: list[dict[str, str]] = list(csv.DictReader(file))
        for line, row in enumerate(self.rows, start=2):
            if None in row or None in row.values():
                raise BadNumber(f"{name}, line {line}: it has more or fewer cells than the first line; mend it there")

    def each[T](self, column: str, read: Callable[[str], T]) -> list[T]:
        """Every cell of a column through a reader.

        Raises:
            BadNumber: naming file, line, column and cell.
        """
        cells = []
        for line, row in enumerate(self.rows, start=2):
            try:
                cells.append(read(row[column]))
            except (KeyError, ValueError) as error:
                raise BadNumber(
                    f"{self.name}, line {line}: {column} = {row.get(column)!r} cannot be used ({error}); mend it there"
                ) from None
        return cells

    def texts(self, column: str) -> tuple[str, ...]:
        """A column of texts."""
        return tuple(self.each(column, str))

    def wholes(self, column: str, read: Callable[[str], int]) -> Ints:
        """A column of whole numbers, shape (n_rows,)."""
        return np.array(self.each(column, read), np.int64)

    def floats(self, column: str) -> Floats:
        """A column of finite numbers, shape (n_rows,)."""
        return np.array(self.each(column, _finite), np.float64)

    def flags(self, column: str) -> Flags:
        """A column of 0 and 1, shape (n_rows,)."""
        return np.array(self.each(column, {"0": False, "1": True}.__getitem__), np.bool_)

    def kw(self, column: str) -> Ints:
        """A column of megawatts in kW, empty cells as 0, shape (n_rows,)."""
        return self.wholes(column, lambda cell: round(_finite(cell or "0") * KW_PER_MW))

    def months(self, column: str, empty: int = UNKNOWN) -> Ints:
        """A column of months counted from 2024-05, shape (n_rows,)."""
        return self.wholes(column, lambda cell: month_index(cell) if cell else empty)

    def codes(self, column: str, known: Sequence[str], empty: int | None = None) -> Ints:
        """A column of names as rows of a list, shape (n_rows,)."""
        place = {name: i for i, name in enumerate(known)}
        return self.wholes(column, lambda cell: empty if not cell and empty is not None else place[cell])


def _finite(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


@functools.cache
def regions() -> Regions:
    """The labour regions."""
    sheet = Sheet("regions.csv")
    return Regions(
        sheet.texts("region"), sheet.texts("name"), sheet.floats("lat"), sheet.floats("lon"),
        sheet.wholes("population", int), sheet.floats("rental_vacancy_share"), sheet.floats("wage_level_index"),
    )  # fmt: skip


@functools.cache
def owners() -> Owners:
    """Owners of campuses and tenants."""
    sheet = Sheet("owners.csv")
    home = {code: i for i, code in enumerate(regions().code)} | {ABROAD: NEVER}
    return Owners(
        sheet.texts("owner"), sheet.texts("kind"), sheet.wholes("program", PROGRAMS.__getitem__),
        sheet.wholes("home_region", home.__getitem__), sheet.flags("is_listed"), sheet.texts("funding"),
        sheet.texts("about"),
    )  # fmt: skip


@functools.cache
def builders() -> Builders:
    """General contractors and specialty trades."""
    sheet = Sheet("builders.csv")
    return Builders(
        sheet.texts("builder"), sheet.codes("package", PACKAGES), sheet.texts("kind"),
        sheet.codes("home_region", regions().code), sheet.floats("margin_share"),
    )  # fmt: skip


@functools.cache
def stages() -> Stages:
    """Stages of a building and who works in them."""
    sheet = Sheet("stages.csv")
    mix = np.stack([sheet.floats(trade) for trade in TRADES], axis=1) / WHOLE_SHARE
    if not np.allclose(mix.sum(axis=1), 1):
        raise BadNumber("stages.csv: the shares of the trades of a stage do not add up to 100; mend them there")
    # The last row is the permanent staff: a stage without months.
    return Stages(sheet.texts("stage")[:-1], sheet.floats("months_of_16")[:-1], mix[:-1], mix[-1])


@functools.cache
def campuses() -> Campuses:
    """The listed campuses."""
    sheet = Sheet("campuses.csv")
    known_builders = {name: i for i, name in enumerate(builders().name)}
    read: Mapping[str, Callable[[], Any]] = {
        "name": lambda: sheet.texts("campus"),
        "short_name": lambda: sheet.texts("short_name"),
        "developer": lambda: sheet.texts("developer"),
        "note": lambda: sheet.texts("note"),
        "users": lambda: tuple(sheet.each("users", lambda cell: tuple(cell.split(";")) if cell else ())),
        "builders": lambda: tuple(
            sheet.each("builders", lambda cell: tuple(known_builders[name] for name in cell.split(";") if name))
        ),
        "region": lambda: sheet.codes("region", regions().code),
        "zone": lambda: sheet.codes("zone", ZONES),
        "program": lambda: sheet.wholes("program", PROGRAMS.__getitem__),
        "owner": lambda: sheet.codes("owner", owners().name),
        "tenant": lambda: sheet.codes("tenant", owners().name),
        "lat": lambda: sheet.floats("lat"),
        "lon": lambda: sheet.floats("lon"),
        "facility_kw": lambda: sheet.kw("planned_facility_mw"),
        "it_kw": lambda: sheet.kw("planned_it_mw"),
        "plan_known_month": lambda: sheet.months("plan_known_from"),
        "earlier_facility_kw": lambda: sheet.kw("earlier_plan_facility_mw"),
        "known_month": lambda: sheet.months("known_from"),
        "announced_month": lambda: sheet.months("announced_month"),
        "clearing_month": lambda: sheet.months("clearing_month"),
        "retrofit": lambda: sheet.flags("retrofit"),
        "islanded": lambda: sheet.flags("islanded"),
        "onsite_class": lambda: sheet.codes("onsite_kind", EQUIPMENT, NEVER),
        "onsite_kw": lambda: sheet.kw("onsite_generation_mw"),
        "onsite_known_month": lambda: sheet.months("onsite_known_from"),
        "later_onsite_class": lambda: sheet.codes("later_onsite_kind", EQUIPMENT, NEVER),
        "later_onsite_kw": lambda: sheet.kw("later_onsite_generation_mw"),
        "later_onsite_known_month": lambda: sheet.months("later_onsite_known_from"),
        "substation_kw": lambda: sheet.kw("substation_utility_mw"),
        "substation_known_month": lambda: sheet.months("substation_known_from"),
        "abatement_share": lambda: sheet.floats("abatement_share"),
        "permanent_jobs_claim": lambda: sheet.wholes("permanent_jobs_claim", lambda cell: int(cell or 0)),
        "permanent_jobs_low": lambda: sheet.wholes("permanent_jobs_low", lambda cell: int(cell or 0)),
        "announced_first_month": lambda: sheet.months("announced_first_month"),
        "announced_first_known_month": lambda: sheet.months("announced_first_known_from"),
        "announced_full_month": lambda: sheet.months("announced_full_month"),
        "announced_full_known_month": lambda: sheet.months("announced_full_known_from"),
    }
    return Campuses(**{field.name: read[field.name]() for field in fields(Campuses)})


@functools.cache
def phases() -> Phases:
    """The phases of the listed campuses, whose sizes must add up to the plan."""
    sheet, listed = Sheet("phases.csv"), campuses()
    found = Phases(
        sheet.codes("campus", listed.name), sheet.wholes("order", int), sheet.texts("building"),
        sheet.kw("facility_mw"), sheet.kw("it_mw"), sheet.months("plan_known_from"),
        sheet.months("in_service_month"), sheet.months("known_start_month", NEVER), sheet.months("start_known_from"),
        sheet.texts("start_basis"), sheet.flags("retrofit"),
    )  # fmt: skip
    planned = np.bincount(found.campus, found.facility_kw, len(listed.name)).astype(np.int64)
    off = np.flatnonzero(planned != listed.facility_kw)
    if len(off):
        c = int(off[0])
        raise BadNumber(
            f"phases.csv: phases of {listed.name[c]} add up to {planned[c]} kW, its plan is {listed.facility_kw[c]} kW"
        )
    return found


@functools.cache
def history() -> History:
    """What was in service when, to the end of 2025."""
    sheet = Sheet("history.csv")
    dates = sheet.texts("date")
    return History(
        sheet.codes("campus", campuses().name), dates, sheet.months("date"), sheet.kw("facility_mw"),
        sheet.kw("it_mw"), sheet.wholes("buildings", int),
    )  # fmt: skip
