"""Tells a site's story from the tables of a run, as dated sentences, each with the row it can be checked against."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

import abm
from experiments import queries
from experiments.errors import BadInput
from experiments.queries import Tables

SERVICE, PLANNED = "operating", "planned"
_UNBUILT = ("planned", "land", "permit")
_WAITS = {
    "demand": "for customers", "capital": "for money", "land": "for land", "permits": "for permits",
    "grid_power": "for grid power", "onsite_power": "for power plants on site", "labour": "for crews",
    "substation_transformer": "for substation transformers", "building_transformer": "for transformers",
    "switchgear": "for switchgear", "genset": "for gensets", "cooling": "for cooling", "structure": "for steel",
    "accelerator": "for accelerators", "network": "for networks", "cpu": "for CPUs",
}  # fmt: skip
_STEP_MW = 1.0  # what changes by less is rounding


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that happened.

    Attributes:
        month: first day of the month in which it happened or began.
        text: what.
        table: in which it can be looked up.
        row: columns and values that find it there.
    """

    month: datetime.date
    text: str
    table: str
    row: dict[str, Any]


def campus_called(tables: Tables, name: str) -> dict[str, Any]:
    """The row of agents of a campus, by its name or a part of it that only it, or only it of Stargate's, has.

    Raises:
        BadInput: if there is none or more than one.
    """
    campuses = tables["agents"].filter(pl.col("kind") == "campus")
    folded = name.strip().casefold()
    rows = campuses.to_dicts()
    exact = [row for row in rows if row["name"].casefold() == folded]
    found = exact or [row for row in rows if folded and folded in row["name"].casefold()]
    ours = [row for row in found if row["program"] == queries.STARGATE]
    for candidates in (found, ours):
        if len(candidates) == 1:
            return candidates[0]
    if found:
        raise BadInput(f"{name!r} is in {len(found)} campuses: {', '.join(row['name'] for row in found[:6])}; give one")
    close = abm.did_you_mean(name, [row["name"] for row in rows], "the table agents of a run lists them")
    raise BadInput(f"no campus {name!r}; {close}")


def story(tables: Tables, campus: dict[str, Any]) -> list[Sentence]:
    """Everything worth telling of a campus, in order of date."""
    c = campus["agent_id"]
    sites = tables["sites"].filter(pl.col("campus_id") == c).sort("month")
    phases = tables["phases"].filter(pl.col("campus_id") == c).sort("phase_id", "month")
    found = [
        *_steps(sites, "requested_mw", "{:,.0f} MW of grid power are asked for, {:,.0f} in all"),
        *_steps(sites, "permitted_mw", "Buildings of {:,.0f} MW have land and permits, {:,.0f} in all"),
        *_steps(sites, "energised_mw", "{:,.0f} MW more power are there, {:,.0f} in all"),
        *_starts_and_ends(phases, names_of(tables, c)),
        *waits(tables, campus, phases),
        *_height(sites),
    ]
    return sorted(found, key=lambda sentence: (sentence.month, sentence.table, sentence.text))


def names_of(tables: Tables, campus_id: int) -> dict[int, tuple[str, float]]:
    """Short name and facility MW of each building of a campus, by phase_id."""
    agents = tables["agents"]
    mine = agents.filter(pl.col("kind") == "phase", pl.col("parent_id") == campus_id).sort("agent_id")
    return {row["agent_id"]: (f"building {i}", row["facility_mw"]) for i, row in enumerate(mine.to_dicts(), 1)}


def _steps(sites: pl.DataFrame, column: str, text: str) -> Iterator[Sentence]:
    before = 0.0
    for row in sites.select("month", "campus_id", column).iter_rows(named=True):
        now = row[column]
        if now - before >= _STEP_MW:
            where = {"campus_id": row["campus_id"], "month": row["month"], column: now}
            yield Sentence(row["month"], text.format(now - before, now), "sites", where)
        elif before - now >= _STEP_MW and column == "requested_mw":
            where = {"campus_id": row["campus_id"], "month": row["month"], column: now}
            yield Sentence(row["month"], f"Requests of {before - now:,.0f} MW are withdrawn", "sites", where)
        before = now


def _starts_and_ends(phases: pl.DataFrame, names: dict[int, tuple[str, float]]) -> Iterator[Sentence]:
    for part in phases.partition_by("phase_id"):
        stages, months = part["stage"].cast(pl.String).to_list(), part["month"].to_list()
        phase = part["phase_id"][0]
        name, mw = names[phase]
        begun: datetime.date | None = None
        for i in range(1, len(stages)):
            where = {"phase_id": phase, "month": months[i], "stage": stages[i]}
            if stages[i - 1] in _UNBUILT and stages[i] not in (*_UNBUILT, "cancelled"):
                begun = months[i]
                yield Sentence(months[i], f"Works begin on {name}, {mw:,.0f} MW", "phases", where)
            if stages[i] == SERVICE != stages[i - 1]:
                took = f", {_apart(begun, months[i])} months after its works began" if begun else ""
                yield Sentence(months[i], f"{_upper(name)}, {mw:,.0f} MW, comes into service{took}", "phases", where)
            if stages[i] == "cancelled" != stages[i - 1]:
                yield Sentence(months[i], f"{_upper(name)} is given up", "phases", where)


def waits(tables: Tables, campus: dict[str, Any], phases: pl.DataFrame) -> Iterator[Sentence]:
    """What buildings waited for, in spells of months without a gap, with what it cost."""
    names = names_of(tables, campus["agent_id"])
    lost = phases.with_columns(pl.col("binding_input", "stage").cast(pl.String)).filter(
        pl.col("lost_mw") > 0, ~pl.col("binding_input").is_in([queries.NOTHING_BINDS, ""])
    )
    for name in sorted(lost["binding_input"].unique()):
        rows = lost.filter(pl.col("binding_input") == name).sort("month")
        for spell in _spells(rows):
            if spell["lost_mw"].sum() < _STEP_MW:
                continue
            first, last = spell["month"][0], spell["month"][-1]
            who = _listed([names[phase][0] for phase in spell["phase_id"].unique().sort()])
            verb = "waits" if spell["phase_id"].n_unique() == 1 else "wait"
            cost = f"{spell['lost_mw'].sum():,.0f} MW of progress lost"
            span = f"until {last:%Y-%m}" if last > first else "for a month"
            waited = f"{_upper(who)} {verb} {_WAITS.get(name, f'for {name}')} {span}"
            told = f"{waited}: {cost}{_because(tables, campus, name, spell)}"
            where = {"campus_id": campus["agent_id"], "binding_input": name, "month": f"{first} .. {last}"}
            yield Sentence(first, told, "phases", where)


def _spells(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows of months that follow each other without a gap."""
    months = rows["month"].unique().sort().to_list()
    starts = [month for i, month in enumerate(months) if i == 0 or _apart(months[i - 1], month) > 1]
    ends = [*starts[1:], datetime.date.max]
    return [
        rows.filter((pl.col("month") >= start) & (pl.col("month") < end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _because(tables: Tables, campus: dict[str, Any], name: str, spell: pl.DataFrame) -> str:
    """What stood behind a wait in its first month, from the other tables."""
    first = spell["month"][0]
    if name == "labour":
        short = int((spell["heads_wanted"] - spell["heads"]).clip(lower_bound=0).max() or 0)  # type: ignore[arg-type]
        return f"; up to {short:,} workers short at one of them"
    if name == "capital":
        site = tables["sites"].filter(
            pl.col("campus_id") == campus["agent_id"], pl.col("month").is_in(spell["month"].unique().to_list())
        )
        return f"; financiers refused USD {float(site['refused_usd'].sum()) / 1e9:,.1f} bn in these months"
    if name == "grid_power":
        zone = tables["zones"].filter(pl.col("month") == first, pl.col("zone").cast(pl.String) == campus["zone"])
        queue = float(zone["queue_mw"].sum()) / 1000
        return f"; {queue:,.1f} GW wait for a connection in {campus['zone']}"
    klass = tables["equipment"].filter(pl.col("month") == first, pl.col("equipment_class").cast(pl.String) == name)
    if len(klass):
        return f"; who orders then waits {klass['lead_months'][0]:,.0f} months"
    return ""


def _height(sites: pl.DataFrame) -> Iterator[Sentence]:
    most = sites.filter(pl.col("jobs_onsite") > 0).sort(["jobs_onsite", "month"], descending=[True, False]).head(1)
    for row in most.iter_rows(named=True):
        away = row["travellers"] / row["jobs_onsite"]
        told = f"Most workers on site: {row['jobs_onsite']:,}, {away:.0%} of them from other regions"
        where = {"campus_id": row["campus_id"], "month": row["month"], "jobs_onsite": row["jobs_onsite"]}
        yield Sentence(row["month"], told, "sites", where)


def lost_by_input(phases: pl.DataFrame) -> list[tuple[str, float]]:
    """MW of progress lost by what was waited for, the most first."""
    rows = phases.with_columns(pl.col("binding_input").cast(pl.String)).filter(
        pl.col("lost_mw") > 0, pl.col("binding_input") != ""
    )
    sums = rows.group_by("binding_input").agg(pl.col("lost_mw").sum())
    return list(sums.sort(["lost_mw", "binding_input"], descending=[True, False]).iter_rows())


def _listed(names: Sequence[str]) -> str:
    """Buildings 1, 2 and 3."""
    numbers = [name.removeprefix("building ") for name in names]
    if len(numbers) == 1:
        return f"building {numbers[0]}"
    return f"buildings {', '.join(numbers[:-1])} and {numbers[-1]}"


def _apart(before: datetime.date, after: datetime.date) -> int:
    """Months between two dates."""
    return (after.year - before.year) * 12 + after.month - before.month


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
