"""Draws differences as dots with their intervals, one line each."""

import matplotlib.style
import numpy as np
import polars as pl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.chart_style import BLUE, GREY, PALE, STYLE

_WIDTH, _PER_ROW, _AROUND = 7.2, 0.27, 1.5  # inches


def draw(rows: pl.DataFrame, title: str, unit: str, told: str) -> Figure:
    """A dot for each mean, a thick bar for its 95 % interval, a thin one for 90 % of the seeds.

    Args:
        rows: label, mean, low, high, p05, p95, from top to bottom
        title: of the chart
        unit: on the axis
        told: below, small: how many seeds, what was run
    """
    with matplotlib.style.context(["default", STYLE]):
        height = _AROUND + _PER_ROW * len(rows)
        figure = Figure(figsize=(_WIDTH, height))
        FigureCanvasAgg(figure)
        ax = figure.add_axes((0.34, 0.85 / height, 0.62, (height - _AROUND) / height))
        y = np.arange(len(rows))[::-1]
        clear = (rows["low"] > 0) | (rows["high"] < 0)
        colours = [BLUE if is_clear else GREY for is_clear in clear]
        ax.hlines(y, rows["p05"], rows["p95"], color=PALE, linewidth=1.2, zorder=2)
        ax.hlines(y, rows["low"], rows["high"], color=colours, linewidth=4, zorder=3)
        ax.scatter(rows["mean"], y, color=colours, s=26, zorder=4)
        ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
        ax.set_yticks(y, rows["label"].to_list())
        ax.set_ylim(-0.7, len(rows) - 0.3)
        ax.grid(axis="x")
        ax.grid(visible=False, axis="y")
        ax.set_xlabel(unit)
        figure.text(0.02, 1 - 0.3 / height, title, fontsize=10.5, weight="bold")
        figure.text(0.02, 0.12 / height, told, fontsize=7, color=GREY)
    return figure
