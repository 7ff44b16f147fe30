"""What a run says in a minute: jobs, megawatts, money and bottlenecks at a few dates."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from experiments import claims, queries
from experiments.queries import Tables

KEY_MONTHS = ("2025-12", "2026-12", "2027-12", "2028-12", "2029-12")
WORST_INPUTS = 3
_ROUNDING = 1e-6
CAVEAT = (
    "Jobs are gross, not net: whoever would have worked elsewhere is counted. One run with one seed is not a forecast."
)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Standing jobs at the end of a month.

    Attributes:
        month: YYYY-MM.
        by_kind: jobs of each kind.
        total: their sum.
    """

    month: str
    by_kind: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Capacity:
    """Facility MW in service of a campus or a group of them.

    Attributes:
        name: of the campus or group.
        planned_mw: when complete, None for a group.
        operating_mw: by month, YYYY-MM.
    """

    name: str
    planned_mw: float | None
    operating_mw: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Source:
    """Capital paid in by an investor through an instrument."""

    investor: str
    instrument: str
    called_usd: float


@dataclass(frozen=True, slots=True)
class Money:
    """Stargate's money from 2024-05 to the end of the run, nominal USD.

    Attributes:
        spent_usd: on land, buildings, equipment, power and IT.
        spent_usd_2025: the same in constant 2025 USD.
        imports_usd: part of the spending that left the country.
        called_usd: capital paid in.
        refused_usd: capital asked for and refused; the same need may be refused month after month.
        by_source: capital paid in, largest first.
        by_use: spending by what it bought, largest first.
    """

    spent_usd: float
    spent_usd_2025: float
    imports_usd: float
    called_usd: float
    refused_usd: float
    by_source: tuple[Source, ...]
    by_use: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Progress Stargate's buildings lost to an input.

    Attributes:
        input: which.
        lost_mw: MW of progress lost over the run.
        share: of all progress lost.
        not_begun_mw: of it by buildings that had not begun when planned; the rest by sites slower than can be.
    """

    input: str
    lost_mw: float
    share: float
    not_begun_mw: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The answer of a run in short.

    Attributes:
        first_month, last_month: of the run, YYYY-MM.
        months: how many.
        workers_simulated: rows of the worker table in the last month.
        jobs: at the key dates and the last month.
        peak: the month with most jobs.
        claim_jobs: what was announced.
        claim_reached: first month with more, None if there is none.
        campuses: Stargate campuses, largest first, as they operate at the key dates.
        groups: Stargate, its announced plan, rivals and all campuses at the same dates.
        money: sources and uses.
        bottlenecks: the inputs that cost most, worst first.
        lost_mw: progress lost to all inputs.
        not_begun_mw: of it by buildings that had not begun when planned.
        residuals: largest break of each ledger in any month; zero in a valid run.
        caveat: what the numbers are not.
    """

    first_month: str
    last_month: str
    months: int
    workers_simulated: int
    jobs: tuple[Jobs, ...]
    peak: Jobs
    claim_jobs: int
    claim_reached: str | None
    campuses: tuple[Capacity, ...]
    groups: tuple[Capacity, ...]
    money: Money
    bottlenecks: tuple[Bottleneck, ...]
    lost_mw: float
    not_begun_mw: float
    residuals: Mapping[str, int]
    caveat: str = CAVEAT

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return dataclasses.asdict(self)


def summarise(tables: Tables) -> Summary:
    """Sum up the tables of a run."""
    months = tables["months"].with_columns(pl.col("month").dt.strftime("%Y-%m")).sort("month")
    rows = {row["month"]: row for row in months.iter_rows(named=True)}
    last = months["month"][-1]
    lost = queries.lost_by_input(tables)
    dates = tuple(dict.fromkeys([*(month for month in KEY_MONTHS if month in rows), last]))
    peak = max(rows.values(), key=lambda row: row["jobs_total"])  # the first of equals
    return Summary(
        first_month=months["month"][0],
        last_month=last,
        months=len(months),
        workers_simulated=rows[last]["workers_simulated"],
        jobs=tuple(_jobs(rows[month]) for month in dates),
        peak=_jobs(peak),
        claim_jobs=claims.JOBS,
        claim_reached=next((month for month, row in rows.items() if row["jobs_total"] > claims.JOBS), None),
        campuses=_campuses(tables, dates),
        groups=_groups(rows, dates),
        money=_money(tables, months),
        bottlenecks=_bottlenecks(lost),
        lost_mw=float(lost["lost_mw"].sum()),
        not_begun_mw=float(lost["not_begun_mw"].sum()),
        residuals={name: _largest(months[name]) for name in queries.RESIDUALS},
    )


def _jobs(row: Mapping[str, Any]) -> Jobs:
    return Jobs(row["month"], {kind: row[f"jobs_{kind}"] for kind in queries.JOB_KINDS}, row["jobs_total"])


def _campuses(tables: Tables, dates: tuple[str, ...]) -> tuple[Capacity, ...]:
    at = pl.col("month").dt.strftime("%Y-%m")
    ours = queries.operating_by_campus(tables).filter(pl.col("program") == queries.STARGATE)
    found = [
        Capacity(
            str(part["name"][0]),
            float(part["planned_mw"][0]),
            dict(part.filter(at.is_in(dates)).select(at, "operating_mw").iter_rows()),
        )
        for part in ours.partition_by("campus_id")
    ]
    return tuple(sorted(found, key=lambda campus: (-float(campus.planned_mw or 0), campus.name)))


def _groups(rows: Mapping[str, Mapping[str, Any]], dates: tuple[str, ...]) -> tuple[Capacity, ...]:
    columns = {
        "Stargate": "stargate_operating_mw",
        "as announced": "stargate_announced_mw",
        "rivals": "rival_operating_mw",
        "all campuses": "operating_mw",
    }
    return tuple(
        Capacity(name, None, {month: rows[month][column] for month in dates}) for name, column in columns.items()
    )


def _money(tables: Tables, months: pl.DataFrame) -> Money:
    sums = months.select(
        pl.col("stargate_spent_usd", "stargate_spent_usd_2025", "stargate_imports_usd", "stargate_refused_usd").sum()
    ).row(0)
    uses = queries.spent_by_use(tables).group_by("use").agg(pl.col("usd").sum()).sort("usd", "use", descending=True)
    return Money(
        spent_usd=sums[0],
        spent_usd_2025=sums[1],
        imports_usd=sums[2],
        called_usd=months["stargate_called_total_usd"][-1],
        refused_usd=sums[3],
        by_source=tuple(Source(*row) for row in queries.called_by_source(tables).iter_rows()),
        by_use=dict(uses.iter_rows()) | _rest(sums[0] - uses["usd"].sum(), sums[0]),
    )


def _rest(usd: float, whole: float) -> dict[str, float]:
    """Spending that no use accounts for, told so that nothing is hidden; rounding is not."""
    return {"of no listed kind": usd} if abs(usd) > _ROUNDING * whole else {}


def _bottlenecks(by_month: pl.DataFrame) -> tuple[Bottleneck, ...]:
    lost = by_month.group_by("input").agg(pl.col("lost_mw", "not_begun_mw").sum())
    lost = lost.filter(pl.col("lost_mw") > 0).sort(["lost_mw", "input"], descending=[True, False])
    total = lost["lost_mw"].sum()
    return tuple(Bottleneck(name, mw, mw / total, waiting) for name, mw, waiting in lost.head(WORST_INPUTS).iter_rows())


def _largest(residuals: pl.Series) -> int:
    return int(max(residuals.to_list(), key=abs))
