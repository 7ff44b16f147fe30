"""Lists what is shipped: scenarios, and every number with unit, range, source and meaning."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

import abm
from experiments.errors import BadInput

if TYPE_CHECKING:
    from abm import Number

_FEW = 3  # so many numbers are told in full, with their source


def scenario_rows() -> list[dict[str, Any]]:
    """Name, months and purpose of every shipped scenario."""
    scenarios = (abm.Scenario.load(name) for name in abm.Scenario.shipped())
    return [{"name": s.name, "months": s.months, "why": s.why} for s in scenarios]


def print_scenarios(console: Console) -> None:
    """A table of the shipped scenarios."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("scenario", no_wrap=True, style="bold")
    table.add_column("why")
    for row in scenario_rows():
        table.add_row(row["name"], Text(row["why"]))
    console.print(table)
    console.print(Text("\nstargate run NAME runs one; a copy of its file, edited, is one of your own.", style="dim"))


def numbers_called(name: str | None) -> list["Number"]:
    """The numbers of a subject, of a group, of one name with or without its subject; all of them for None.

    Raises:
        BadInput: if there is none, naming the closest.
    """
    numbers = list(abm.numbers_table())
    if name is None:
        return numbers
    wanted = name.strip().rstrip(".")
    found = [n for n in numbers if n.name == wanted or n.name.startswith(f"{wanted}.")]
    found = found or [n for n in numbers if n.name.endswith(f".{wanted}")]
    if found:
        return found
    subjects = dict.fromkeys(n.name.split(".")[0] for n in numbers)
    leaves = dict.fromkeys(n.name.rsplit(".", 1)[-1] for n in numbers)
    known = [*subjects, *(n.name for n in numbers), *leaves]
    hint = abm.did_you_mean(wanted, known, f"subjects are {', '.join(subjects)}")
    raise BadInput(f"no subject or number {name!r}; {hint}")


def number_rows(numbers: Sequence["Number"]) -> list[dict[str, Any]]:
    """Everything known of each number, its source in full."""
    sources = abm.shipped_sources()
    return [dataclasses.asdict(n) | {"source": {"key": n.source, **sources[n.source]}} for n in numbers]


def print_numbers(console: Console, numbers: Sequence["Number"]) -> None:
    """A few numbers in full, many in two lines each, by subject."""
    if len(numbers) <= _FEW:
        for n in numbers:
            console.print(_in_full(n, abm.shipped_sources()[n.source]))
        return
    for subject in dict.fromkeys(n.name.split(".")[0] for n in numbers):
        console.print(Rule(Text(subject, style="bold"), align="left", characters="-"))
        for n in numbers:
            if n.name.split(".")[0] == subject:
                _print_number(console, n)
    note = f"\n{len(numbers)} numbers. `stargate numbers NAME` tells one in full; --json tells all."
    console.print(Text(note, style="dim"))


def _print_number(console: Console, n: "Number") -> None:
    told = f"{plain(n.value)}{n.unit_behind}  ({plain(n.low)} .. {plain(n.high)})"
    fits = len(n.name) + len(" = ") + len(told) <= console.width
    console.print(Text.assemble((n.name, "bold"), f" = {told}" if fits else f" =\n    {told}"))
    console.print(Padding(Text.assemble(n.about, (f" [{n.source}]", "dim")), (0, 0, 0, 4), expand=False))


def _in_full(n: "Number", source: Mapping[str, str]) -> Group:
    lines = Table.grid(padding=(0, 2, 0, 2))
    lines.add_row("value", Text(f"{plain(n.value)}{n.unit_behind}"))
    lines.add_row("range", Text(f"{plain(n.low)} .. {plain(n.high)}"))
    lines.add_row("known from", Text(n.known_from))
    lines.add_row("source", Text(f"{source['title']}, {source['publisher']}, {source['date']} [{n.source}]"))
    if source["url"]:
        lines.add_row("", Text(source["url"], overflow="fold"))
    lines.add_row("took", Text(source["took"]))
    return Group(Text(n.name, style="bold"), Text(f"  {n.about}"), lines, "")


def plain(value: float) -> str:
    """A number as a person writes it: 21,000, 0.018, 4.2e-07."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.6g}"
