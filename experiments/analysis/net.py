"""How many of the jobs would not have been without Stargate: net beside gross, month by month."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from experiments.analysis import charts
from experiments.analysis.finding import Finding, Note, Result, Skipped, plural
from experiments.analysis.readout import FIGURES, Readout
from experiments.chart_style import day
from experiments.intervals import half_width

_JOBS = FIGURES[0]
_NOTES = (
    Note("scenario", "", "World with Stargate"),
    Note("reference", "", "World without it, run with the same seeds"),
    Note("month", "", "As of its last day"),
    Note("gross_jobs", "worker", "Mean gross Stargate jobs"),
    Note("net_jobs", "worker", "Mean difference of the jobs of all campuses, Stargate's and rivals'"),
    Note("net_jobs_half_width", "worker", "Half of its 95 % interval over seeds; empty with one seed"),
    Note("net_employed", "worker", "Mean difference of employed people of all modelled trades, the whole country"),
    Note("net_employed_half_width", "worker", "Half of its 95 % interval over seeds; empty with one seed"),
    Note("seeds", "", "Pairs it is made of"),
)
_KEYS = ("scenario", "reference", "month")


def findings(readout: Readout) -> Iterable[Result]:
    """One finding, if the study kept the table `net`."""
    if readout.net is None or readout.net.is_empty():
        yield Skipped("Net jobs", 'the study has no table net; add "net" to its outputs and a world without Stargate')
    else:
        yield _finding(_table(readout.net))


def _table(net: pl.DataFrame) -> pl.DataFrame:
    """Mean and interval by month; each seed counts once, with the mean over its points."""
    figures = ("gross_jobs", "net_jobs", "net_employed")
    by_seed = net.group_by(*_KEYS, "seed").agg(pl.col(name).mean() for name in figures).sort(*_KEYS, "seed")
    rows = [
        _row(dict(zip(_KEYS, key, strict=True)), part) for key, part in by_seed.group_by(*_KEYS, maintain_order=True)
    ]
    floats = {note.name: pl.Float64 for note in _NOTES if note.unit}
    return pl.DataFrame(rows, schema_overrides=floats, infer_schema_length=None)


def _row(row: dict[str, Any], part: pl.DataFrame) -> dict[str, Any]:
    row["gross_jobs"] = part["gross_jobs"].mean()
    for name in ("net_jobs", "net_employed"):
        values = part[name].to_numpy()
        row[name] = float(values.mean())
        half = half_width(values)
        row[f"{name}_half_width"] = None if np.isnan(half) else half
    return row | {"seeds": part.height}


def _finding(table: pl.DataFrame) -> Finding:
    return Finding(
        "net",
        "Net jobs: what Stargate adds to a world without it",
        "How many of the jobs would not have been there anyway?",
        (
            *(
                sentence
                for (scenario, reference), rows in table.group_by("scenario", "reference", maintain_order=True)
                for sentence in _sentences(str(scenario), str(reference), rows)
            ),
            "Limits: net is net of what this model knows, campuses and their trades; that money and people would have "
            'gone elsewhere in the economy is not in it, and "without Stargate" is a world somebody has to imagine, '
            "which is why several are shipped.",
        ),
        "Difference of runs with the same seed, point and month; mean over points, then over seeds; interval by "
        "Student's t over seeds.",
        table,
        _NOTES,
        lambda: _draw(table),
    )


def _sentences(scenario: str, reference: str, rows: pl.DataFrame) -> Iterable[str]:
    top = rows.sort("net_jobs", descending=True).row(0, named=True)
    half = top["net_jobs_half_width"]
    told = "" if half is None else f" ± {_JOBS.shown(half)}"
    net_jobs = _JOBS.shown(top["net_jobs"])
    yield (
        f"Against {reference}, {scenario} has most net jobs in {top['month']:%Y-%m}: {net_jobs}{told} "
        f"({plural(top['seeds'], 'pair')}), beside "
        f"{_JOBS.shown(top['gross_jobs'])} gross."
    )
    gross, net, employed = (float(rows[name].sum()) for name in ("gross_jobs", "net_jobs", "net_employed"))
    if gross > 0:
        yield (
            f"Over all months {100 * net / gross:,.0f} of 100 gross job-months are net; employment of the modelled "
            f"trades is higher by {100 * employed / gross:,.0f} of them."
        )


def _draw(table: pl.DataFrame) -> charts.Drawing:
    pairs = table.partition_by("scenario", "reference", maintain_order=True)
    with charts.style():
        picture = charts.drawing(4.0 * len(pairs) + 1.0, 3.8)
        axes = picture.subplots(1, len(pairs), sharey=True, squeeze=False)[0]
        for ax, rows in zip(axes, pairs, strict=True):
            days = [day(date) for date in rows["month"]]
            half = rows["net_jobs_half_width"].fill_null(0.0).to_numpy()
            net = rows["net_jobs"].to_numpy()
            ax.plot(days, rows["gross_jobs"].to_numpy(), color=charts.ORANGE, label="gross")
            ax.plot(days, net, color=charts.BLUE, label="net, 95 % interval")
            ax.fill_between(days, net - half, net + half, color=charts.BLUE, alpha=0.2, linewidth=0)
            charts.date_axis(ax)
            charts.zero_line(ax)
            ax.set_title(f"{rows['scenario'][0]} less {rows['reference'][0]}")
        axes[0].set_ylabel("jobs")
        charts.legend(picture, axes[0])
        return picture
