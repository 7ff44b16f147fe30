"""Prints the summary of a run for a person at a terminal of 80 columns or more."""

from collections.abc import Iterable, Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from experiments.summary import Capacity, Jobs, Money, Summary

_MW_PER_GW = 1000
_USD_PER_BN = 1_000_000_000
_JOB_NAMES = {
    "onsite": "on site", "permanent": "permanent", "supplier": "suppliers", "offsite": "off site", "energy": "energy",
    "induced": "induced",
}  # fmt: skip
_RESIDUAL_UNITS = {"cents": "cents", "workers": "workers", "kw": "kW"}
_MOST_SOURCES = 8


def print_summary(console: Console, summary: Summary) -> None:
    """Jobs, megawatts, money, bottlenecks and books, then what the numbers are not."""
    console.print(
        *_section("Jobs", "standing at the end of the month, gross", _jobs_table(summary), _claim_line(summary)),
        *_section("Power in service", "facility GW", _capacity_table(summary)),
        *_section("Money", f"nominal USD bn, 2024-05 to {summary.last_month}", _money_tables(summary.money)),
        *_section(
            "What held Stargate back", "MW of building progress lost", _bottleneck_table(summary), _lost_line(summary)
        ),
        *_section("Books", "", _books_line(summary)),
        Text(summary.caveat, style="italic"),
        sep="\n",
    )


def _section(title: str, unit: str, *parts: RenderableType) -> Iterable[RenderableType]:
    yield Text.assemble((title, "bold"), (f"  {unit}" if unit else "", "dim"))
    yield Padding(Group(*parts), (0, 0, 1, 2), expand=False)


def _table(first: str, others: Iterable[str]) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(first, no_wrap=True, overflow="ellipsis")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _jobs_table(summary: Summary) -> Table:
    columns: list[Jobs] = [*summary.jobs, summary.peak]
    table = _table("", [*(jobs.month for jobs in summary.jobs), f"peak {summary.peak.month}"])
    for kind in summary.peak.by_kind:
        table.add_row(_JOB_NAMES.get(kind, kind), *(f"{jobs.by_kind[kind]:,}" for jobs in columns))
    table.add_row("all", *(f"{jobs.total:,}" for jobs in columns), style="bold")
    return table


def _claim_line(summary: Summary) -> Text:
    claim = f"The {summary.claim_jobs:,} jobs of the announcement: "
    if summary.claim_reached is not None:
        return Text(f"{claim}passed in {summary.claim_reached} in this run.")
    return Text(f"{claim}not passed in this run, which peaks at {summary.peak.total:,}.")


def _capacity_table(summary: Summary) -> Table:
    dates = [jobs.month for jobs in summary.jobs]
    table = _table("", ["planned", *dates])
    for campus in summary.campuses:
        table.add_row(campus.name, _gw(campus.planned_mw), *_gws(campus, dates))
    for group in summary.groups:
        table.add_row(group.name, "", *_gws(group, dates), style="bold")
    return table


def _gws(row: Capacity, dates: Iterable[str]) -> Iterable[str]:
    return (_gw(row.operating_mw.get(month)) for month in dates)


def _gw(mw: float | None) -> str:
    return "" if mw is None else f"{mw / _MW_PER_GW:.2f}"


def _money_tables(money: Money) -> RenderableType:
    sources = _table(f"paid in, {_bn(money.called_usd)}", [""])
    for source in money.by_source[:_MOST_SOURCES]:
        sources.add_row(f"{source.investor} ({source.instrument})", _bn(source.called_usd))
    if rest := sum(source.called_usd for source in money.by_source[_MOST_SOURCES:]):
        sources.add_row("others", _bn(rest))
    uses = _table(f"spent, {_bn(money.spent_usd)}", [""])
    for use, usd in money.by_use.items():
        uses.add_row(use, _bn(usd))
    uses.add_row("in USD of 2025", _bn(money.spent_usd_2025), style="dim")
    uses.add_row("of it to other countries", _bn(money.imports_usd), style="dim")
    uses.add_row("calls and loans refused", _bn(money.refused_usd), style="dim")
    beside = Table.grid(padding=(0, 4, 0, 0))
    beside.add_row(sources, uses)
    return beside


def _bn(usd: float) -> str:
    return f"{usd / _USD_PER_BN:,.1f}"


def _bottleneck_table(summary: Summary) -> RenderableType:
    if not summary.bottlenecks:
        return Text("Nothing: every building went at its owner's pace.")
    table = _table("", ["MW", "of all lost", "not begun", "slowed"])
    for b in summary.bottlenecks:
        slowed_mw = b.lost_mw - b.not_begun_mw
        parts = (f"{mw:,.0f}" for mw in (b.not_begun_mw, slowed_mw))
        table.add_row(b.input.replace("_", " "), f"{b.lost_mw:,.0f}", f"{b.share:.0%}", *parts)
    return table


_NOT_WORTH = "Waited for most is not worth most: `stargate relax` says what more of each would add."


def _lost_line(summary: Summary) -> Text:
    """Buildings that wait and sites that crawl lose in different ways; the sentence keeps them apart."""
    if not summary.bottlenecks:
        return Text()
    slowed_mw = summary.lost_mw - summary.not_begun_mw
    waiting = f"{summary.not_begun_mw:,.0f} MW by buildings not begun when planned"
    return Text(f"To all inputs: {waiting}, {slowed_mw:,.0f} MW by sites slower than can be. {_NOT_WORTH}")


def _books_line(summary: Summary) -> Text:
    if not any(summary.residuals.values()):
        return Text(f"Money, people, power and equipment balance exactly in every one of {summary.months} months.")
    return Text(f"DO NOT BALANCE: {_breaks(summary.residuals)}; the run is not valid.", style="bold red")


def _breaks(residuals: Mapping[str, int]) -> str:
    parts = []
    for name, residual in residuals.items():
        ledger, _, unit = name.removeprefix("residual_").rpartition("_")
        if residual:
            parts.append(f"{ledger} by {residual:,} {_RESIDUAL_UNITS.get(unit, unit)}")
    return ", ".join(parts)
