"""Questions to the tables of a run that both the summary and the charts ask."""

from collections.abc import Mapping

import polars as pl

from abm import SCHEMA

type Tables = Mapping[str, pl.DataFrame]

STARGATE = "stargate"
JOB_KINDS = tuple(
    column.name.removeprefix("jobs_")
    for column in SCHEMA["months"]
    if column.name.startswith("jobs_") and column.name != "jobs_total"
)
RESIDUALS = tuple(column.name for column in SCHEMA["months"] if column.kind == "residual")

# What Stargate's money buys, by kind of transaction; what a buyer gets back counts against it.
USES = {
    "IT": ("it_payment",),
    "equipment": ("equipment_payment",),
    "buildings": ("contractor_payment", "soft_cost"),
    "power": ("grid_works", "onsite_power"),
    "land and permits": ("land_purchase", "permit_fee"),
}
BUYERS = ("campuses", "owners")  # the sectors that build; what they pay each other buys nothing
NOTHING_BINDS = "plan"
NOT_BEGUN = ("planned", "land", "permit")  # the stages before there is a site at work


def operating_by_campus(tables: Tables) -> pl.DataFrame:
    """Facility MW in service: month, campus_id, name, program, planned_mw, operating_mw."""
    campuses = tables["agents"].filter(pl.col("kind") == "campus")
    return (
        tables["sites"]
        .select("month", "campus_id", "operating_mw")
        .join(
            campuses.select(pl.col("agent_id").alias("campus_id"), "name", "program", planned_mw="facility_mw"),
            on="campus_id",
        )
        .sort("month", "campus_id")
    )


def lost_by_input(tables: Tables) -> pl.DataFrame:
    """Progress Stargate's buildings lost, by month and by the input that held them back.

    Returns:
        month, input, lost_mw, and not_begun_mw: what of it was lost by buildings whose planned start had passed.
    """
    not_begun = pl.when(pl.col("stage").cast(pl.String).is_in(NOT_BEGUN)).then("lost_mw").otherwise(0.0)
    phases = tables["phases"].select("month", "campus_id", "binding_input", "lost_mw", not_begun_mw=not_begun)
    return (
        _of_stargate(tables, phases)
        .with_columns(input=pl.col("binding_input").cast(pl.String))
        .filter(pl.col("input") != NOTHING_BINDS)
        .group_by("month", "input")
        .agg(pl.col("lost_mw", "not_begun_mw").sum())
        .sort("month", "input")
    )


def people_short(tables: Tables) -> pl.DataFrame:
    """Construction workers wanted and not found, by month: month, stargate, all_campuses."""
    short = tables["phases"].select(
        "month", "campus_id", short=(pl.col("heads_wanted") - pl.col("heads")).clip(lower_bound=0)
    )
    total = pl.col("short").sum()
    everywhere = short.group_by("month").agg(all_campuses=total)
    stargate = _of_stargate(tables, short).group_by("month").agg(stargate=total)
    return everywhere.join(stargate, on="month", how="left").with_columns(pl.col("stargate").fill_null(0)).sort("month")


def spent_by_use(tables: Tables) -> pl.DataFrame:
    """What Stargate's buyers paid, by month and use: month, use, usd."""
    use_of = {kind: use for use, kinds in USES.items() for kind in kinds}
    paid, got_back = (pl.col(f"{side}_sector").cast(pl.String).is_in(BUYERS) for side in ("payer", "payee"))
    sign = paid.cast(pl.Int8) - got_back.cast(pl.Int8)
    return (
        tables["flows"]
        .filter(pl.col("program").cast(pl.String) == STARGATE, pl.col("kind").cast(pl.String).is_in([*use_of]))
        .select("month", use=pl.col("kind").cast(pl.String).replace_strict(use_of), usd=pl.col("amount_usd") * sign)
        .group_by("month", "use")
        .agg(pl.col("usd").sum())
        .sort("month", "use")
    )


def called_by_source(tables: Tables) -> pl.DataFrame:
    """Capital paid in for Stargate by the end of the run, largest first: investor, instrument, called_usd."""
    names = tables["agents"].select(pl.col("agent_id").alias("investor_id"), investor="name")
    return (
        tables["capital"]
        .filter(pl.col("program").cast(pl.String) == STARGATE)
        .sort("month")
        .group_by("investor_id", pl.col("instrument").cast(pl.String))
        .agg(called_usd=pl.col("called_total_usd").last())
        .join(names, on="investor_id")
        .select("investor", "instrument", "called_usd")
        .filter(pl.col("called_usd") > 0)
        .sort(["called_usd", "investor", "instrument"], descending=[True, False, False])
    )


def _of_stargate(tables: Tables, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows whose campus_id is a campus of Stargate's."""
    agents = tables["agents"].filter(pl.col("kind") == "campus", pl.col("program") == STARGATE)
    return rows.join(agents.select(campus_id="agent_id"), on="campus_id", how="semi")
