"""What an analysis hands over: a question, a chart, a table and a reading that ends with its limits."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from matplotlib.figure import Figure as Drawing


@dataclass(frozen=True, slots=True)
class Note:
    """What a column of a table means: name, unit, meaning."""

    name: str
    unit: str
    about: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of an analysis.

    Attributes:
        key: of its files, such as "morris-baseline".
        title: of chart and table.
        question: it answers.
        reading: sentences; the last says what it cannot tell.
        method: how it was done, with what, after whom.
        table: its numbers.
        notes: meaning of every column of the table.
        draw: draws the chart; None where there is nothing to draw.
    """

    key: str
    title: str
    question: str
    reading: tuple[str, ...]
    method: str
    table: pl.DataFrame
    notes: tuple[Note, ...]
    draw: Callable[[], Drawing] | None


def named(items: list[str], most: int = 4) -> str:
    """Some names in a sentence: a, b and c; the rest as a number."""
    shown = items[:most] if len(items) <= most else [*items[: most - 1], f"{len(items) - most + 1} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def plural(count: int, what: str) -> str:
    """A count and its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """An analysis that this study or this machine does not allow: its name and why."""

    name: str
    why: str


type Result = Finding | Skipped
