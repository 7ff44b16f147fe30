"""What goes to the browser of a run: the whole horizon at once, as JSON that the charts read without asking again."""

import csv
import functools
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import abm
from experiments import queries
from experiments.collect import Collector
from experiments.workshop.money import money_links

if TYPE_CHECKING:
    from abm import Month
    from experiments.workshop.question import Question

type Lists = dict[str, list[float]]
SERIES = tuple(column.name for column in abm.SCHEMA["months"] if column.dtype != "date")
_DIGITS = 5


def series_of(records: Sequence["Month"]) -> NDArray[np.float64]:
    """Every column of the table `months`, shape (n_series, n_months), in the order of `SERIES`."""
    return np.array([[record.value(name) for record in records] for name in SERIES])


def series_json(series: NDArray[np.float64]) -> Lists:
    """The same by name, to the last bit; what is not finite becomes null in JSON."""
    return {name: [_finite(x) for x in row] for name, row in zip(SERIES, series.tolist(), strict=True)}


def answer_of(records: Sequence["Month"]) -> dict[str, Any]:
    """Everything the charts need of a run, whatever the month."""
    collector = Collector()
    for record in records:
        collector.add(record)
    tables = collector.tables()
    return {
        "months": [f"{date:%Y-%m}" for date in collector.dates],
        "series": series_json(series_of(records)),
        "jobs_by_trade": _wide(tables, tables["regions"], "trade", "on_stargate"),
        "jobs_by_region": _wide(tables, _stargate(tables["jobs"]), "region", "jobs"),
        "unfilled_by_trade": _wide(tables, tables["regions"], "trade", "unfilled"),
        "wage_by_trade": _wages(tables),
        "lost_by_input": _wide(tables, queries.lost_by_input(tables), "input", "lost_mw"),
        "equipment": {
            name: _wide(tables, tables["equipment"], "equipment_class", name)
            for name in ("lead_months", "price_usd_per_kw", "backlog_mw", "utilisation_share")
        },
        "campuses": _campuses(tables),
        "money": money_links(tables),
    }


def dumped(value: Any) -> bytes:
    """Compact JSON; refuses what a browser cannot read."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False, default=float).encode()


def _stargate(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("program").cast(pl.String) == queries.STARGATE)


def _wide(tables: queries.Tables, rows: pl.DataFrame, key: str, value: str) -> Lists:
    """Sums of a column by month, one list for each key."""
    summed = rows.group_by("month", pl.col(key).cast(pl.String)).agg(pl.col(value).sum().cast(pl.Float64))
    return _lists(tables, summed, key, value)


def _lists(tables: queries.Tables, rows: pl.DataFrame, key: str, value: str) -> Lists:
    """A list for each key, zero in months without a row."""
    wide = rows.pivot(key, index="month", values=value)
    months = tables["months"].select("month").join(wide, on="month", how="left", maintain_order="left")
    return {name: _short(months[name].fill_null(0.0)) for name in sorted(wide.columns) if name != "month"}


def _wages(tables: queries.Tables) -> Lists:
    """Market wage of each trade, the mean over its employed in all regions."""
    paid, at_work = pl.col("wage_usd_per_hour") * pl.col("employed"), pl.col("employed")
    rows = tables["regions"].group_by("month", pl.col("trade").cast(pl.String))
    return _lists(tables, rows.agg(wage=paid.sum() / at_work.sum()), "trade", "wage")


def _campuses(tables: queries.Tables) -> list[dict[str, Any]]:
    """Each campus: where and how large it is, and by month what operates, what it lacks and who works there."""
    agents = tables["agents"].filter(pl.col("kind") == "campus").rows_by_key("agent_id", named=True, unique=True)
    count = len(tables["months"])
    by_campus = tables["sites"].sort("month").partition_by("campus_id", as_dict=True)
    stories = _stories(tables)
    found = []
    for key, rows in by_campus.items():
        agent = agents[key[0]]
        head = {name: agent[name] for name in ("name", "program", "region", "zone", "facility_mw")}
        lat, lon = _place(agent["name"], agent["region"])
        late = count - len(rows)  # a campus somebody adds has no rows before
        columns = {
            name: [0.0] * late + _short(rows[name])
            for name in ("operating_mw", "started_mw", "energised_mw", "jobs_onsite", "lost_mw")
        }
        binding = [queries.NOTHING_BINDS] * late + rows["binding_input"].cast(pl.String).to_list()
        story = stories.get(key[0], [])
        found.append({"id": key[0], **head, "lat": lat, "lon": lon, **columns, "binding": binding, "story": story})
    return found


def _stories(tables: queries.Tables) -> dict[int, list[list[Any]]]:
    """When each phase of Stargate's campuses entered each stage: phase, month and stage, by campus."""
    agents = tables["agents"]
    ours = agents.filter(pl.col("kind") == "campus", pl.col("program") == queries.STARGATE)["agent_id"]
    names = agents.filter(pl.col("kind") == "phase").select(phase_id="agent_id", phase="name")
    changes = (
        tables["phases"]
        .filter(pl.col("campus_id").is_in(ours.implode()))
        .sort("phase_id", "month")
        .select("month", "phase_id", "campus_id", pl.col("stage").cast(pl.String))
        .filter((pl.col("stage") != pl.col("stage").shift(1).over("phase_id")).fill_null(True))
        .join(names, on="phase_id", maintain_order="left")
    )
    stories: dict[int, list[list[Any]]] = {}
    for campus, phase, month, stage in changes.select("campus_id", "phase", "month", "stage").iter_rows():
        stories.setdefault(campus, []).append([phase, f"{month:%Y-%m}", stage])
    return stories


@functools.cache
def _places() -> Mapping[str, tuple[float, float]]:
    """Latitude and longitude of campuses by name and of regions by code, from the tables of numbers."""
    folder = Path(abm.__file__).parent / "numbers"
    places: dict[str, tuple[float, float]] = {}
    for file, key in (("regions.csv", "region"), ("campuses.csv", "campus")):
        with (folder / file).open(encoding="utf-8", newline="") as rows:
            places |= {row[key]: (float(row["lat"]), float(row["lon"])) for row in csv.DictReader(rows)}
    return places


def _place(name: str, region: str) -> tuple[float, float]:
    """Where a campus is; one that somebody adds in the run is at the middle of its state."""
    return _places().get(name) or _places()[region]


def _short(values: Iterable[float]) -> list[Any]:
    """Five digits are more than a chart shows and halve what is sent."""
    return [_finite(float(f"{x:.{_DIGITS}g}")) for x in values]


def _finite(x: float) -> Any:
    return x if math.isfinite(x) else None


def whole(records: Sequence["Month"], question: "Question") -> bytes:
    """The answer to a question with what proves it: how to get the same bits again."""
    told = {"question": question.for_page(), "command": question.command, "python": question.python}
    told["toml"] = question.toml if question.shocks else ""
    return dumped(told | answer_of(records))
