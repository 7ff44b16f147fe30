"""How charts look: colours everybody can tell apart, labels beside the lines, units on the axes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from experiments import claims

type Floats = NDArray[np.float64]

# Okabe and Ito (2008), "Color universal design": told apart by colour-blind readers; labels use the darker shade.
BLUE, SKY, GREEN, ORANGE, RED, PURPLE, YELLOW = (
    "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#F0E442",
)  # fmt: skip
BLACK, GREY, PALE = "#1A1A1A", "#767676", "#C8C8C8"
PALETTE = (BLUE, ORANGE, GREEN, RED, SKY, PURPLE, YELLOW)
_DARKER = {SKY: "#2A7DB0", ORANGE: "#9A6A00", YELLOW: "#857B00", GREEN: "#00734F", PURPLE: "#A0487A", PALE: GREY}

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": 8.5, "axes.titlesize": 10, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.labelsize": 8.5, "axes.labelcolor": BLACK, "axes.edgecolor": GREY,
    "axes.linewidth": 0.8, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": "#E6E6E6", "grid.linewidth": 0.7,
    "xtick.color": GREY, "ytick.color": GREY, "xtick.labelcolor": BLACK, "ytick.labelcolor": BLACK,
    "ytick.major.size": 0, "lines.linewidth": 1.8, "lines.solid_capstyle": "round", "text.color": BLACK,
    "svg.hashsalt": "stargate", "svg.fonttype": "path", "figure.dpi": 100, "savefig.dpi": 170,
}  # fmt: skip
_LINE_INCHES = 0.155  # height of a line of a label
_DAYS_PER_MONTH = 30.4
_MOST_TICKS = 6
_MONTHS_OF_YEARS = 30  # from so many months on, years are enough


@dataclass(frozen=True, slots=True)
class Label:
    """What to write beside the end of a line or band: text, where it ends on the y axis, colour."""

    text: str
    y: float
    colour: str


def dark(colour: str) -> str:
    """The shade of a colour that can be read as text on white."""
    return _DARKER.get(colour, colour)


def spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Middles of labels that do not meet within 0..1, in the order of those wanted and as near to them as can be.

    Rising least squares by pooling neighbours; if there is no room the labels' heights give way.
    """
    order = np.argsort(wanted, kind="stable")
    tall = np.asarray(heights, float)[order]
    tall = tall * min(1.0, 1 / tall.sum())
    below = np.cumsum(tall) - tall / 2  # the middle of each if all lay on the axis, touching
    blocks: list[tuple[float, int]] = []
    for value in np.asarray(wanted, float)[order] - below:
        blocks.append((float(value), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    shifts = np.repeat([value for value, _ in blocks], [n for _, n in blocks])
    middles = np.empty(len(order))
    middles[order] = np.clip(shifts, 0.0, 1 - tall.sum()) + below
    return middles.tolist()


def label_ends(ax: Axes, labels: Sequence[Label]) -> None:
    """Write labels to the right of the axes at the height of what they name, moved apart where they would meet."""
    if not labels:
        return
    low, high = ax.get_ylim()
    inches = ax.get_position().height * _figure_of(ax).get_figheight()
    heights = [_LINE_INCHES * (label.text.count("\n") + 1) / inches for label in labels]
    wanted = [(label.y - low) / (high - low) for label in labels]
    for label, start, end in zip(labels, wanted, spread(wanted, heights), strict=True):
        colour = dark(label.colour)
        ax.plot([1.005, 1.03], [start, end], transform=ax.transAxes, clip_on=False, color=colour, linewidth=0.7)
        ax.text(1.04, end, label.text, transform=ax.transAxes, color=colour, va="center", linespacing=0.95)


def _figure_of(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure; make them with Figure.add_subplot")
    return figure


def day(date: datetime.date) -> float:
    """A date as Matplotlib counts them."""
    return float(mdates.date2num(date))


def time_axis(ax: Axes, days: Floats) -> None:
    """Let the axis of time run from the first month to the last, and mark the announcement if it lies between."""
    first, last = days[0] - _DAYS_PER_MONTH, max(days[-1], days[0] + _DAYS_PER_MONTH)
    ax.set_xlim(first, last)
    if len(days) >= _MONTHS_OF_YEARS:
        ax.xaxis.set_major_locator(mdates.YearLocator())
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    else:
        ax.xaxis.set_major_locator(mdates.MonthLocator(interval=1 + len(days) // _MOST_TICKS))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y-%m"))
    if first <= day(claims.ANNOUNCED) <= last:
        ax.axvline(day(claims.ANNOUNCED), color=GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)


def value_axis(ax: Axes, unit: str, *, top: float | None = None) -> None:
    """Start at zero, leave head room, few ticks, the unit on the axis."""
    highest = max(ax.get_ylim()[1], 0.0) if top is None else top
    ax.set_ylim(0, highest if highest > 0 else 1)
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.set_ylabel(unit)
