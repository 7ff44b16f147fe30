"""The only file that knows what a results folder looks like: writes the tables of a run, opens them again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm import SCHEMA, SCHEMA_VERSION, Column, columns_of
from experiments import facts
from experiments.arrow_metadata import AnnotatedSchema
from experiments.errors import BadResults

if TYPE_CHECKING:
    from abm import Scenario

RESULTS = Path("results")
CHARTS = ("overview.png", "overview.svg")
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}  # what file managers leave in a folder one looks at

# The table that differs by clock or machine; all others are in abm.SCHEMA.
RUN_COLUMNS = columns_of("""
run_id|str||id|The same for the same question put to the same code and numbers
scenario|str||id|Name of the scenario
why|str||text|What the scenario is for
question|str||text|The scenario as JSON, every key
command|str||text|What to type to get this run again
seed|i64||id|Seed of the random numbers
months|i64|month|stock|Months run
workers_per_agent|i64|worker|stock|People one row of the worker table stands for
schema_version|i64||id|Version of these tables
version|str||text|Version of the model
commit|str||id|Git commit of the model's source; empty if it was installed
has_uncommitted_changes|bool||text|Whether the source differed from that commit
code_hash|str||id|Hash of every source file of the model
numbers_hash|str||id|Hash of every file of numbers
python|str||text|Version of Python
packages|str||text|Versions of the packages that compute
machine|str||text|System, processor and how many
started_at|time||text|When the run began, UTC
loading_seconds|f64|second|flow|Importing the model and its libraries
first_month_seconds|f64|second|flow|Making the world and the first month, compilation included
other_months_seconds|f64|second|flow|All later months
seconds_by_month|f64 list|second|flow|Inside the model, month by month
peak_memory_mb|f64|MiB|stock|Most memory the process held
""")
_RUN_TYPES: dict[str, Any] = {
    "str": pl.String, "i64": pl.Int64, "f64": pl.Float64, "bool": pl.Boolean,
    "time": pl.Datetime("us", "UTC"), "f64 list": pl.List(pl.Float64),
}  # fmt: skip
TABLES = ("run", *SCHEMA)
FILES = (*(f"{table}.parquet" for table in TABLES), *CHARTS)


@dataclass(frozen=True, slots=True)
class Run:
    """One run on disk, a lazy frame per table; columns and units are described in `results/README.md`."""

    run: pl.LazyFrame
    months: pl.LazyFrame
    sites: pl.LazyFrame
    phases: pl.LazyFrame
    regions: pl.LazyFrame
    jobs: pl.LazyFrame
    equipment: pl.LazyFrame
    zones: pl.LazyFrame
    flows: pl.LazyFrame
    capital: pl.LazyFrame
    agents: pl.LazyFrame


def default_folder(scenario: "Scenario", seed: int) -> Path:
    """Where a run goes if nobody says otherwise."""
    return RESULTS / f"{scenario.name}-s{seed}"


def is_run_folder(folder: Path) -> bool:
    """Whether a folder holds a run and nothing else, so that a new one may replace it."""
    names = {path.name for path in folder.iterdir()} - _LITTER
    return "run.parquet" in names and names <= {*FILES}


def write_tables(
    folder: Path, tables: Mapping[str, pl.DataFrame], identity: facts.Identity, row: Mapping[str, Any]
) -> None:
    """Write the tables and the row of `run` into a folder that exists."""
    for table, columns in SCHEMA.items():
        _write(folder, table, tables[table], columns, identity)
    types = {column.name: _RUN_TYPES[column.dtype] for column in RUN_COLUMNS}
    _write(folder, "run", pl.DataFrame([row], schema=types), RUN_COLUMNS, identity)


def write_charts(folder: Path, tables: Mapping[str, pl.DataFrame], identity: facts.Identity) -> None:
    """Draw the overview into a folder that exists."""
    # That Matplotlib builds its font cache, once on a new machine, is no news for who runs a model.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from experiments.overview import draw  # takes a second

    draw(tables, [folder / chart for chart in CHARTS], identity)


def _write(
    folder: Path, table: str, frame: pl.DataFrame, columns: tuple[Column, ...], identity: facts.Identity
) -> None:
    notes = {column.name: {"unit": column.unit, "kind": column.kind, "about": column.about} for column in columns}
    frame.write_parquet(
        folder / f"{table}.parquet",
        compression="zstd",
        metadata={**facts.notes_of_file(table, identity)},
        arrow_schema=AnnotatedSchema(frame.schema, notes),
    )


def open_run(path: str | Path) -> Run:
    """Open the folder of a run as lazy frames; nothing is read until asked.

    Raises:
        BadResults: if it is not the folder of a run, is damaged, or was written by a newer version.
    """
    folder = Path(path)
    missing = [field.name for field in fields(Run) if not (folder / f"{field.name}.parquet").is_file()]
    if missing:
        raise BadResults(f"{folder} is not the folder of a run: no {missing[0]}.parquet; `stargate run` writes one")
    for table in TABLES:
        _check_version(folder / f"{table}.parquet")
    return Run(**{table: pl.scan_parquet(folder / f"{table}.parquet") for table in TABLES})


def _check_version(path: Path) -> None:
    try:
        version = int(pl.read_parquet_metadata(path).get("schema_version", "0"))
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise BadResults(f"{path} is damaged ({error}); run the scenario again") from error
    if not 1 <= version <= SCHEMA_VERSION:
        raise BadResults(
            f"{path} has schema version {version}, this package reads up to {SCHEMA_VERSION}; update stargate-abm"
        )
