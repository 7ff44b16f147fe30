"""Net of what would have been anyway: each run with Stargate less the run of the same luck in a world without it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from abm import Column
from experiments.errors import BadInput
from experiments.study_summary import RUN_ID

if TYPE_CHECKING:
    from abm import Scenario
    from experiments.study_plan import Plan, PlannedRun

NET, MONTHS = "net", "months"
WITH = "with"  # of the switch stargate_world
_REFERENCE_RUN = "reference_run_id"

COLUMNS = (
    RUN_ID,
    Column("reference", "str", "", "id", "Scenario without Stargate"),
    Column(_REFERENCE_RUN, "str", "", "id", "Its run at the same point with the same seed"),
    Column("month", "date", "", "id", "First day of the month"),
    Column("gross_jobs", "i64", "worker", "stock", "Gross Stargate jobs of the run, as in months.jobs_total"),
    Column("net_jobs", "i64", "worker", "stock", "Jobs of all campuses, Stargate's and rivals', less the reference's"),
    Column("net_onsite_jobs", "i64", "worker", "stock", "Of which construction workers on campus sites"),
    Column("net_employed", "f64", "worker", "stock", "Employed people of all modelled trades, less the reference's"),
    Column(
        "net_operating_mw", "f64", "facility MW", "stock", "Buildings in service, all campuses, less the reference's"
    ),
)
_SUMS = {
    "net_jobs": pl.col("jobs_total") + pl.col("rival_jobs_total"),
    "net_onsite_jobs": pl.col("jobs_onsite") + pl.col("rival_jobs_onsite"),
    "net_employed": pl.col("trades_employed"),
    "net_operating_mw": pl.col("operating_mw"),
}


def check(where: str, scenarios: Sequence["Scenario"], factors: Sequence[str]) -> None:
    """Refuse the output where there is nothing to take the difference of.

    Raises:
        BadInput: saying what is missing.
    """
    if "stargate_world" in factors:
        raise BadInput(f"{where}: net pairs scenarios, so stargate_world cannot vary; name no_stargate as a scenario")
    worlds = {scenario.stargate_world == WITH for scenario in scenarios}
    if worlds != {True, False}:
        raise BadInput(
            f"{where}: net is the difference from a world without Stargate; "
            f"{'add no_stargate to' if worlds == {True} else 'add baseline to'} scenarios"
        )


def pairs(plan: "Plan", runs: Sequence["PlannedRun"]) -> Iterator[tuple["PlannedRun", str, "PlannedRun"]]:
    """Each run with Stargate, a scenario without, and the run there at the same point with the same seed."""
    references = [scenario.name for scenario in plan.study.scenarios if scenario.stargate_world != WITH]
    known = {(row["scenario"], row["point"], row["seed"]): row["run_id"] for row in plan.design}
    for run in runs:
        if run.scenario.stargate_world == WITH:
            for name in references:
                yield run, name, plan.by_id[known[name, run.point, run.seed]]


def frame_of(found: Sequence[tuple["PlannedRun", str, "PlannedRun"]], months: pl.DataFrame) -> pl.DataFrame:
    """The rows of `net` for these pairs; one whose other run failed has none.

    Args:
        found: see `pairs`
        months: rows of the table `months` of all these runs
    """
    rows: list[Mapping[str, Any]] = [
        {RUN_ID.name: run.run_id, "reference": name, _REFERENCE_RUN: other.run_id} for run, name, other in found
    ]
    wanted = pl.DataFrame(rows, schema={RUN_ID.name: pl.String, "reference": pl.String, _REFERENCE_RUN: pl.String})
    sums = months.select(RUN_ID.name, "month", gross_jobs=pl.col("jobs_total"), **_SUMS)
    others = sums.drop("gross_jobs").rename({RUN_ID.name: _REFERENCE_RUN} | {name: f"other_{name}" for name in _SUMS})
    both = wanted.join(sums, on=RUN_ID.name, maintain_order="left_right").join(
        others, on=[_REFERENCE_RUN, "month"], maintain_order="left_right"
    )
    less = [(pl.col(name) - pl.col(f"other_{name}")).alias(name) for name in _SUMS]
    return both.with_columns(less).select(column.name for column in COLUMNS)
