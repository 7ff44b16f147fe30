"""Draws what the analyses found; one look for all, the same as that of a single run."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import matplotlib.style
import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from experiments.analysis.readout import Figure
from experiments.chart_style import BLACK, BLUE, GREY, ORANGE, PALE, PALETTE, RED, SKY, STYLE

__all__ = ["BLACK", "BLUE", "ORANGE", "Drawing"]

_WIDTH_INCHES, _ROW_INCHES, _AROUND_INCHES = 11.0, 0.24, 1.3
_MOST_ROWS = 20
_MOST_LETTERS = 38


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Ours alone, whatever the user's own file says."""
    with matplotlib.style.context(["default", STYLE]):
        yield


def drawing(width: float, height: float) -> Drawing:
    """An empty drawing, in inches."""
    figure = Drawing(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def screen(table: pl.DataFrame, figures: Sequence[Figure]) -> Drawing:
    """mu* with its interval, sigma, and what luck alone would give, by factor."""

    def draw(ax: Axes, rows: pl.DataFrame, figure: Figure) -> None:
        y = np.arange(rows.height)
        mu, half, sigma = (_scaled(rows, name, figure) for name in ("mu_star", "mu_star_half_width", "sigma"))
        ax.errorbar(mu, y, xerr=half, fmt="o", color=BLUE, markersize=5, linewidth=1.2, label="mu*, 95 % interval")
        ax.plot(sigma, y, "D", markersize=4, markerfacecolor="none", color=ORANGE, label="sigma")
        luck = _scaled(rows, "luck", figure)
        ax.plot(luck, y, "|", color=BLACK, markersize=11, markeredgewidth=1.5, label="mu* of luck alone")

    return _by_factor(table, figures, "mu_star", "over the full range", draw)


def indices(table: pl.DataFrame, figures: Sequence[Figure]) -> Drawing:
    """First-order and total indices with their intervals, by factor."""

    def draw(ax: Axes, rows: pl.DataFrame, _: Figure) -> None:
        y = np.arange(rows.height)
        for name, shift, colour, label in (("total", 0.17, BLUE, "total"), ("first", -0.17, ORANGE, "alone")):
            values, half = rows[name].to_numpy(), rows[f"{name}_half_width"].to_numpy()
            ax.barh(y + shift, values, height=0.32, color=colour, label=label)
            ax.errorbar(values, y + shift, xerr=half, fmt="none", ecolor=BLACK, elinewidth=0.9)

    shares = [Figure(figure.name, figure.label, "share of variance") for figure in figures]
    return _by_factor(table.drop_nulls("total"), shares, "total", "", draw)


def _by_factor(
    table: pl.DataFrame,
    figures: Sequence[Figure],
    order: str,
    told: str,
    draw: Callable[[Axes, pl.DataFrame, Figure], None],
) -> Drawing:
    """A panel for each figure, a row for each factor, largest on top."""
    with style():
        known = [figure for figure in figures if not table.filter(pl.col("figure") == figure.name).is_empty()]
        rows = min(table["factor"].n_unique(), _MOST_ROWS) if table.height else 1
        picture = drawing(_WIDTH_INCHES * max(len(known), 1) / 3 + 2.2, _AROUND_INCHES + _ROW_INCHES * 1.5 * rows)
        for i, figure in enumerate(known):
            ax = picture.add_subplot(1, len(known), i + 1)
            part = table.filter(pl.col("figure") == figure.name).sort(order, descending=True).head(_MOST_ROWS)
            part = part.reverse()
            draw(ax, part, figure)
            factor_axis(ax, [*part["factor"]])
            value_axis(ax, f"{figure.unit} {told}".strip())
            ax.set_title(capital(figure.label))
            if i == 0:
                legend(picture, ax)
        return picture


def legend(picture: Drawing, ax: Axes) -> None:
    """One legend under all panels."""
    handles, labels = ax.get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)


def factor_axis(ax: Axes, names: Sequence[str]) -> None:
    """Names of rows on the y axis, and faint lines to follow."""
    ax.set_yticks(range(len(names)), [short(name) for name in names])
    ax.set_ylim(-0.6, len(names) - 0.4)
    ax.grid(axis="y", color=PALE, linewidth=0.5)


def value_axis(ax: Axes, unit: str) -> None:
    """Unit and few ticks on the x axis, and a line at zero if it is in sight."""
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.set_xlabel(unit)
    low, high = ax.get_xlim()
    if low <= 0 <= high:
        ax.axvline(0, color=GREY, linewidth=0.8)


def zero_line(ax: Axes) -> None:
    """A line at zero if it is in sight on the y axis."""
    low, high = ax.get_ylim()
    if low <= 0 <= high:
        ax.axhline(0, color=GREY, linewidth=0.8)


def date_axis(ax: Axes) -> None:
    """Few dates on the x axis."""
    locator = AutoDateLocator(minticks=3, maxticks=6)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def colours() -> Iterator[str]:
    """The palette, again and again."""
    return itertools.cycle(PALETTE)


def short(name: str) -> str:
    """A long dotted name by its end, which tells more."""
    return name if len(name) <= _MOST_LETTERS else f"…{name[-_MOST_LETTERS + 1 :]}"


def capital(text: str) -> str:
    """With a capital letter."""
    return f"{text[0].upper()}{text[1:]}"


def _scaled(rows: pl.DataFrame, name: str, figure: Figure) -> Any:
    return rows[name].cast(pl.Float64).to_numpy() / figure.scale


def rule(trajectory: Any, place: tuple[float, float], bars: Sequence[tuple[str, Any, Any]]) -> Drawing:
    """The boxes PRIM passed on its way, and the limits of the one that was chosen.

    Args:
        trajectory: coverage and density of each box, shape (n_boxes, 2)
        place: coverage and density of the rule
        bars: name, limits and whole range of each factor with limits
    """
    with style():
        picture = drawing(10.0, 3.6)
        left, right = picture.subplots(1, 2, width_ratios=(1, 1.2))
        left.plot(trajectory[:, 0], trajectory[:, 1], "o-", color=SKY, markersize=3.5, linewidth=0.8)
        left.plot(*place, "o", color=RED, markersize=8, label="the rule")
        left.set_xlabel("coverage: share of the cases that lie in the box")
        left.set_ylabel("density: share of cases in it")
        left.set_xlim(0, 1.03)
        left.set_ylim(0, 1.03)
        left.legend(frameon=False)
        for y, (_, (low, high), (least, most)) in enumerate(reversed(bars)):
            start, end = ((value - least) / (most - least) for value in (low, high))
            right.barh(y, 1, height=0.5, color="#EEEEEE")
            right.barh(y, end - start, left=start, height=0.5, color=BLUE)
            right.text(0, y + 0.32, f"{least:.3g}", va="bottom", color=GREY)
            right.text(1, y + 0.32, f"{most:.3g}", va="bottom", ha="right", color=GREY)
            right.text((start + end) / 2, y, f"{low:.3g} to {high:.3g}", va="center", ha="center", color="white")
        factor_axis(right, [name for name, *_ in reversed(bars)])
        right.set_xticks([])
        right.set_xlabel("limits within the range of the study")
        return picture
