"""The six charts of the overview, each drawn into axes from the tables of a run."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from experiments import claims, queries
from experiments.chart_style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PALETTE,
    PURPLE,
    RED,
    SKY,
    Floats,
    Label,
    day,
    label_ends,
    time_axis,
    value_axis,
)
from experiments.queries import Tables

_PER_THOUSAND, _MW_PER_GW, _USD_PER_BN = 1000, 1000, 1_000_000_000
_HEAD_ROOM = 1.06
_BAR_DAYS = 24
_HALO = [withStroke(linewidth=2.5, foreground="#FFFFFFB0")]  # keeps words legible where a band runs under them
_JOBS = {
    "onsite": ("on site", BLUE), "offsite": ("off site", SKY), "supplier": ("suppliers", GREEN),
    "energy": ("energy", ORANGE), "permanent": ("permanent", RED), "induced": ("induced", PURPLE),
}  # fmt: skip
_CLASSES = {
    "heavy_turbine": RED, "substation_transformer": BLUE, "building_transformer": SKY, "genset": ORANGE,
    "switchgear": GREEN, "accelerator": PURPLE,
}  # fmt: skip
_INPUTS_SHOWN = 5


def dates_of(tables: Tables) -> list[datetime.date]:
    """The last day of each month: stocks are as of then."""
    return tables["months"].sort("month")["month"].dt.month_end().to_list()


def _days(tables: Tables) -> Floats:
    return np.array([day(date) for date in dates_of(tables)])


def jobs(ax: Axes, tables: Tables) -> None:
    """Standing jobs by kind, stacked, against the 100,000 of the announcement."""
    months = tables["months"].sort("month")
    bands = {name: months[f"jobs_{kind}"].to_numpy() / _PER_THOUSAND for kind, (name, _) in _JOBS.items()}
    days = _days(tables)
    colours = [colour for _, colour in _JOBS.values()]
    highest = _stacked(ax, days, bands, colours, "thousand jobs", claims.JOBS / _PER_THOUSAND)
    ax.axhline(claims.JOBS / _PER_THOUSAND, color=BLACK, linewidth=1, linestyle=(0, (5, 3)))
    ax.text(
        0.015, claims.JOBS / _PER_THOUSAND + highest * 0.012, "announced: 100,000", transform=ax.get_yaxis_transform(),
        va="bottom", fontsize=8, path_effects=_HALO,
    )  # fmt: skip


def capacity(ax: Axes, tables: Tables) -> None:
    """GW in service: Stargate, its announced plan, and all campuses."""
    months, days = tables["months"].sort("month"), _days(tables)
    lines = {
        "all\ncampuses": ("operating_mw", GREY, "-"),
        "Stargate\nas announced": ("stargate_announced_mw", BLACK, (0, (5, 3))),
        "Stargate": ("stargate_operating_mw", BLUE, "-"),
    }
    labels = []
    for name, (column, colour, style) in lines.items():
        gw = months[column].to_numpy() / _MW_PER_GW
        _line(ax, days, gw, colour, linestyle=style)
        labels.append(Label(name, gw[-1], colour))
    stargate = months["stargate_operating_mw"].to_numpy() / _MW_PER_GW
    _band(ax, days, 0.0, stargate, BLUE, alpha=0.12, linewidth=0)
    time_axis(ax, days)
    value_axis(ax, "GW of facility power in service")
    label_ends(ax, labels)


def lost(ax: Axes, tables: Tables) -> None:
    """MW of building progress lost a month, by the input that held it back most."""
    days = _days(tables)
    by_input = _by_month(tables, queries.lost_by_input(tables), "input", "lost_mw")
    ranked = sorted(by_input, key=lambda name: -by_input[name].sum())
    bands = {name.replace("_", "\n", 1).replace("_", " "): by_input[name] for name in ranked[:_INPUTS_SHOWN]}
    if len(ranked) > _INPUTS_SHOWN:
        bands["others"] = np.sum([by_input[name] for name in ranked[_INPUTS_SHOWN:]], axis=0)
    colours = [*PALETTE[: len(ranked[:_INPUTS_SHOWN])], PALE]
    _stacked(ax, days, bands, colours, "MW of progress lost a month")


def leads(ax: Axes, tables: Tables) -> None:
    """Months a buyer would wait, by class of equipment; six in colour, the others grey."""
    days, labels = _days(tables), []
    by_class = _by_month(tables, tables["equipment"], "equipment_class", "lead_months")
    for name, found in by_class.items():
        waits = np.where(np.isfinite(found), found, np.nan)  # nobody knows when from a maker who makes none
        if name in _CLASSES:
            _line(ax, days, waits, _CLASSES[name], zorder=3)
            labels += _end_label(name.replace("_", "\n"), waits, _CLASSES[name])
        else:
            _line(ax, days, waits, PALE, linewidth=1.0)
            labels += _end_label(name.replace("_", " "), waits, PALE)
    time_axis(ax, days)
    value_axis(ax, "months from order to delivery")
    label_ends(ax, labels)


def wages(ax: Axes, tables: Tables) -> None:
    """Hourly pay of electricians, on Stargate sites and in the market."""
    months, days = tables["months"].sort("month"), _days(tables)
    lines = {
        "Stargate\nsites": ("site_wage_electrician_usd_per_hour", RED),
        "market\nthere": ("site_market_wage_electrician_usd_per_hour", BLACK),
    }
    labels, lowest = [], np.inf
    for name, (column, colour) in lines.items():
        pay = months[column].to_numpy()
        shown = np.where(pay > 0, pay, np.nan)  # no site, no posted wage
        _line(ax, days, shown, colour)
        labels += _end_label(name, shown, colour)
        lowest = min(lowest, *shown[np.isfinite(shown)], np.inf)
    time_axis(ax, days)
    if np.isfinite(lowest):
        ax.set_ylim(bottom=lowest * 0.95, top=ax.get_ylim()[1] * 1.02)
    ax.set_ylabel("USD an hour")
    label_ends(ax, labels)


def short(ax: Axes, tables: Tables) -> None:
    """Construction workers wanted and not found."""
    days = _days(tables)
    people = tables["months"].select("month").join(queries.people_short(tables), on="month", how="left").sort("month")
    everywhere, stargate = (
        people[name].fill_null(0).to_numpy() / _PER_THOUSAND for name in ("all_campuses", "stargate")
    )
    _band(ax, days, 0.0, everywhere, PALE, linewidth=0)
    _band(ax, days, 0.0, stargate, RED, alpha=0.75, linewidth=0)
    time_axis(ax, days)
    value_axis(ax, "thousand people\nshort")
    label_ends(ax, [Label("all\ncampuses", everywhere[-1], GREY), Label("Stargate", stargate[-1], RED)])


def money(ax: Axes, tables: Tables) -> None:
    """Spending added up, by what it bought, beside what was announced."""
    days = _days(tables)
    by_use = _by_month(tables, queries.spent_by_use(tables), "use", "usd")
    ranked = sorted(by_use, key=lambda use: -by_use[use].sum())
    bands = {use.replace(" and ", "\nand "): np.cumsum(by_use[use]) / _USD_PER_BN for use in ranked}
    announced = claims.TOTAL_USD / _USD_PER_BN
    is_due = days[0] <= day(claims.TOTAL_BY) <= days[-1]
    _stacked(ax, days, bands, PALETTE, "USD bn, nominal, since 2024-05", announced if is_due else 0.0)
    if is_due:
        ax.plot(day(claims.TOTAL_BY), announced, "o", color="white", markeredgecolor=BLACK, markersize=6, zorder=5)
        ax.annotate(
            "announced:\n500 bn in four years", (day(claims.TOTAL_BY), announced), (-9, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8, path_effects=_HALO,
        )  # fmt: skip


def _line(ax: Axes, days: Floats, values: Floats, colour: str, **style: Any) -> None:
    ax.plot(days, values, color=colour, marker="o" if len(days) == 1 else None, **style)


def _end_label(name: str, values: Floats, colour: str) -> list[Label]:
    """A label at the last value there is, none if there is none."""
    there = values[np.isfinite(values)]
    return [Label(name, float(there[-1]), colour)] if len(there) else []


def _band(ax: Axes, days: Floats, low: Floats | float, high: Floats, colour: str, **style: Any) -> None:
    if len(days) == 1:  # an area has no width then
        ax.bar(days, high - low, bottom=low, width=_BAR_DAYS, color=colour, **style)
    else:
        ax.fill_between(days, low, high, color=colour, **style)


def _stacked(
    ax: Axes, days: Floats, bands: Mapping[str, Floats], colours: Sequence[str], unit: str,
    at_least: float = 0.0,
) -> float:  # fmt: skip
    """Bands on top of each other, labelled at their ends; returns the top of the axis."""
    base = np.zeros(len(days))
    labels = []
    highest = at_least
    for (name, values), colour in zip(bands.items(), colours, strict=False):
        _band(ax, days, base, base + values, colour, linewidth=0.4, edgecolor="white")
        labels.append(Label(name, float(base[-1] + values[-1] / 2), colour))
        base = base + values
    highest = max(highest, float(base.max())) * _HEAD_ROOM
    time_axis(ax, days)
    value_axis(ax, unit, top=highest)
    label_ends(ax, labels)
    return highest


def _by_month(tables: Tables, rows: pl.DataFrame, key: str, value: str) -> dict[str, Floats]:
    """A column as one series for each key, zero in months without a row."""
    wide = (
        rows.select("month", pl.col(key).cast(pl.String), pl.col(value).cast(pl.Float64))
        .pivot(key, index="month", values=value, aggregate_function="sum")
    )  # fmt: skip
    months = tables["months"].select("month").sort("month").join(wide, on="month", how="left").sort("month")
    return {name: months[name].fill_null(0.0).to_numpy() for name in sorted(wide.columns) if name != "month"}
