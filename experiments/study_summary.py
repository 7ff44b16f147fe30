"""One row of headline figures per run; each figure is defined here and nowhere else."""

import datetime
import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from abm import Column, month_date
from experiments import claims, queries
from experiments.queries import Tables

RUN_ID = Column("run_id", "str", "", "id", "The run, see runs")
HEADLINES = ("peak_jobs", "last_operating_mw", "spent_usd")  # those a running study tells of
_MW_PER_GW, _YEAR_MONTHS = 1000, 12

_WHOLE_RUN = (
    RUN_ID,
    Column("peak_jobs", "i64", "worker", "stock", "Gross Stargate jobs in the month with most of them"),
    Column("peak_month", "date", "", "id", "The first month with that many"),
    Column("claim_month", "date", "", "id", f"First month with more than {claims.JOBS:,} gross jobs; empty if none"),
    Column("job_years", "f64", "worker-year", "flow", "Gross jobs added over the months, divided by twelve"),
    Column("last_jobs", "i64", "worker", "stock", "Gross jobs in the last month"),
    Column("last_operating_mw", "f64", "facility MW", "stock", "Stargate buildings in service in the last month"),
    Column("stargate_gw_months", "f64", "facility GW-month", "flow", "Stargate GW in service, added over the months"),
    Column("spent_usd", "f64", "USD", "flow", "Paid by Stargate campuses over the run, nominal"),
    Column("spent_usd_2025", "f64", "USD of 2025", "flow", "The same in constant 2025 USD"),
    Column("imports_usd", "f64", "USD", "flow", "Part of it that left the country"),
    Column("called_usd", "f64", "USD", "flow", "Capital called for Stargate over the run"),
    Column("refused_usd", "f64", "USD", "flow", "Capital asked for and refused; one need may be refused many times"),
    Column("travellers_max_workers", "i64", "worker", "stock", "Most workers on campus sites from other regions"),
    Column(
        "pay_premium_max_ratio", "f64", "1", "price", "Electricians' site wage over their market wage, at its highest"
    ),
    Column("residual_max", "i64", "", "residual", "Largest break of any ledger; zero in every valid run"),
    Column("lost_mw", "f64", "facility MW", "flow", "Progress Stargate's buildings lost to all inputs over the run"),
)


def year_ends(months: int) -> tuple[datetime.date, ...]:
    """The Decembers within so many months from 2024-05 on."""
    dates = (month_date(month) for month in range(months))
    return tuple(date for date in dates if date.month == _YEAR_MONTHS)


def columns(months: int, inputs: Sequence[str]) -> tuple[Column, ...]:
    """The columns of `summary` for runs of at most so many months.

    Args:
        months: of the longest run; a shorter one has nothing in later years
        inputs: what a building can wait for
    """
    by_year = [column for date in year_ends(months) for column in _of_year(date.year)]
    lost = [
        Column(f"lost_{name}_mw", "f64", "facility MW", "flow", f"Progress lost over the run, held back most by {name}")
        for name in inputs
    ]
    return (*_WHOLE_RUN, *by_year, *lost)


def _of_year(year: int) -> list[Column]:
    jobs = [
        Column(f"jobs_{kind}_{year}", "i64", "worker", "stock", f"Gross jobs in December {year}: {kind}")
        for kind in (*queries.JOB_KINDS, "total")
    ]
    told = f"buildings in service in December {year}"
    return [
        *jobs,
        Column(f"stargate_operating_{year}_mw", "f64", "facility MW", "stock", f"Stargate {told}"),
        Column(f"operating_{year}_mw", "f64", "facility MW", "stock", f"All {told}"),
    ]


def row_of(run_id: str, tables: Tables, inputs: Sequence[str]) -> dict[str, Any]:
    """The row of one run; years it does not reach are left out."""
    months = tables["months"].sort("month")
    jobs = months["jobs_total"]
    peak = int(jobs.arg_max() or 0)  # the first of equals
    over = months.filter(pl.col("jobs_total") > claims.JOBS)["month"]
    lost = _lost(tables)
    last = months.row(-1, named=True)
    whole = {
        "run_id": run_id,
        "peak_jobs": jobs[peak],
        "peak_month": months["month"][peak],
        "claim_month": over[0] if len(over) else None,
        "job_years": jobs.sum() / _YEAR_MONTHS,
        "last_jobs": last["jobs_total"],
        "last_operating_mw": last["stargate_operating_mw"],
        "stargate_gw_months": months["stargate_operating_mw"].sum() / _MW_PER_GW,
        "spent_usd": months["stargate_spent_usd"].sum(),
        "spent_usd_2025": months["stargate_spent_usd_2025"].sum(),
        "imports_usd": months["stargate_imports_usd"].sum(),
        "called_usd": last["stargate_called_total_usd"],
        "refused_usd": months["stargate_refused_usd"].sum(),
        "travellers_max_workers": months["travellers"].max(),
        "pay_premium_max_ratio": _premium(months),
        "residual_max": max(abs(value) for name in queries.RESIDUALS for value in months[name]),
        "lost_mw": math.fsum(lost.values()),
    }
    return whole | _years(months) | {f"lost_{name}_mw": lost.get(name, 0.0) for name in inputs}


def inputs_of(labels: Mapping[str, Mapping[str, Sequence[str]]]) -> tuple[str, ...]:
    """What a building can wait for, as the records of a run list it."""
    return tuple(name for name in labels["phases"]["binding_input"] if name and name != queries.NOTHING_BINDS)


def _lost(tables: Tables) -> dict[str, float]:
    """Lost MW by input, summed exactly: the order in which threads bring the rows must not show."""
    campuses = tables["agents"].filter(pl.col("kind") == "campus", pl.col("program") == queries.STARGATE)
    ours = pl.col("campus_id").is_in(campuses["agent_id"].to_list())
    rows = tables["phases"].filter(ours).select(pl.col("binding_input").cast(pl.String), "lost_mw")
    parts = rows.filter(pl.col("binding_input") != queries.NOTHING_BINDS).group_by("binding_input").agg("lost_mw")
    return {name: math.fsum(lost) for name, lost in parts.sort("binding_input").iter_rows()}


def _premium(months: pl.DataFrame) -> float | None:
    ratio = pl.col("site_wage_electrician_usd_per_hour") / pl.col("site_market_wage_electrician_usd_per_hour")
    found = months.select(ratio.alias("ratio"))["ratio"].drop_nulls()
    ratios = [value for value in found if value == value and value not in (float("inf"), float("-inf"))]
    return max(ratios, default=None)


def _years(months: pl.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for month in months.filter(pl.col("month").dt.month() == _YEAR_MONTHS).iter_rows(named=True):
        year = month["month"].year
        row |= {f"jobs_{kind}_{year}": month[f"jobs_{kind}"] for kind in (*queries.JOB_KINDS, "total")}
        row[f"stargate_operating_{year}_mw"] = month["stargate_operating_mw"]
        row[f"operating_{year}_mw"] = month["operating_mw"]
    return row
