"""Draws a run on one page: jobs, power, bottlenecks, lead times, pay and money."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec

from experiments import claims, panels
from experiments.chart_style import GREY, STYLE
from experiments.queries import Tables
from experiments.summary import CAVEAT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.facts import Identity

type Panel = Callable[[Axes, Tables], None]

_SIZE_INCHES = (16.0, 9.4)


def draw(tables: Tables, paths: Sequence[Path], identity: "Identity") -> None:
    """Save the six charts; equal tables give equal files.

    Args:
        tables: of one run
        paths: files to write, their endings say the format
        identity: of the run, told under the charts and in the files
    """
    figure = figure_of(tables, identity)
    with _style():
        for path in paths:
            figure.savefig(path, metadata=_metadata(path, identity))


def figure_of(tables: Tables, identity: "Identity") -> Figure:
    """The figure with its six charts."""
    with _style():
        figure = Figure(figsize=_SIZE_INCHES)
        FigureCanvasAgg(figure)
        _draw_panels(figure, tables)
        _write_around(figure, tables, identity)
    return figure


def _style() -> contextlib.AbstractContextManager[None]:
    """Ours alone, whatever the user's own file says."""
    return matplotlib.style.context(["default", STYLE])


def _draw_panels(figure: Figure, tables: Tables) -> None:
    grid = GridSpec(2, 3, figure, left=0.042, right=0.93, top=0.86, bottom=0.095, wspace=0.47, hspace=0.33)
    pay_and_people = grid[1, 1].subgridspec(2, 1, height_ratios=(3, 2), hspace=0.3)
    places: tuple[tuple[SubplotSpec, str, Panel], ...] = (
        (grid[0, 0], "a  Jobs a Stargate dollar paid for, gross", panels.jobs),
        (grid[0, 1], "b  Power in service", panels.capacity),
        (grid[0, 2], "c  What held Stargate's buildings back", panels.lost),
        (grid[1, 0], "d  Waiting for equipment ordered now", panels.leads),
        (pay_and_people[0], "e  Electricians' pay, and site workers short", panels.wages),
        (pay_and_people[1], "", panels.short),
        (grid[1, 2], "f  What Stargate's money bought", panels.money),
    )
    for place, title, panel in places:
        ax = figure.add_subplot(place)
        panel(ax, tables)
        ax.set_title(title, pad=9)


def _write_around(figure: Figure, tables: Tables, identity: "Identity") -> None:
    dates = panels.dates_of(tables)
    figure.text(0.012, 0.958, "Stargate, month by month", fontsize=15, weight="bold")
    told = f"Scenario {identity.scenario}, seed {identity.seed}, {dates[0]:%Y-%m} to {dates[-1]:%Y-%m}."
    dotted = "Dotted line: the announcement of 21 January 2025."
    figure.text(0.012, 0.928, f"{told} {dotted if dates[0] <= claims.ANNOUNCED <= dates[-1] else ''}", fontsize=9.5)
    source = f"stargate-abm {identity.version}, run {identity.run_id}. Campus list: Epoch AI (CC-BY)."
    figure.text(0.012, 0.022, f"{CAVEAT} {source}", fontsize=8, color=GREY)


def _metadata(path: Path, identity: "Identity") -> dict[str, Any]:
    title = f"Stargate overview: {identity.scenario}, seed {identity.seed}"
    words = {"Title": title, "Description": f"stargate-abm {identity.version}, run {identity.run_id}. {CAVEAT}"}
    return words | ({"Date": None} if path.suffix == ".svg" else {})  # a date would make equal runs differ
