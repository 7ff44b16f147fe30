"""What a worker keeps of its runs, and the Parquet files it writes for a batch of them."""

import datetime
import errno
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm import SCHEMA, Column, month_date
from experiments.collect import NUMBER_TYPES, Collector
from experiments.errors import one_line
from experiments.study_plan import PlannedRun
from experiments.study_store import OUTCOME
from experiments.study_summary import HEADLINES, RUN_ID, columns, inputs_of, row_of

if TYPE_CHECKING:
    from abm import Month


class Recorder:
    """Collects one run.

    Attributes:
        figures: headline figures, once the tables are made.
    """

    def __init__(self) -> None:
        self._collector = Collector()
        self._inputs: tuple[str, ...] = ()
        self.figures: dict[str, float] = {}

    def add(self, record: "Month") -> None:
        """Keep a month."""
        self._collector.add(record)
        self._inputs = self._inputs or inputs_of(record.labels)

    @property
    def months(self) -> int:
        """So many were kept."""
        return len(self._collector.dates)

    @property
    def last_month(self) -> datetime.date | None:
        """The last one that was kept."""
        return self._collector.dates[-1] if self._collector.dates else None

    def tables(self, run: PlannedRun) -> dict[str, pl.DataFrame]:
        """Every table of the run and its summary, each row with its run_id."""
        tables = self._collector.tables()
        row = row_of(run.run_id, tables, self._inputs)
        self.figures = {name: float(row[name]) for name in HEADLINES}
        found = {name: _named(table, run.run_id) for name, table in tables.items()}
        return {"summary": pl.DataFrame([row], schema=types_of(columns(self.months, self._inputs)))} | found


class Piece:
    """Some runs on their way to the disk."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self._tables: dict[str, list[pl.DataFrame]] = {name: [] for name in outputs}
        self._outcomes: list[Mapping[str, Any]] = []

    def add(self, outcome: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> None:
        """Keep a run; one that failed has no tables."""
        self._outcomes.append(outcome)
        for name, kept in self._tables.items():
            if name in tables:
                kept.append(tables[name])

    def write(self, folder: Path) -> None:
        """Write the tables, `runs` last.

        Raises:
            OSError: if the disk will not take them.
        """
        for name, kept in self._tables.items():
            if kept:
                write(pl.concat(kept), folder / f"{name}.parquet")
        write(pl.DataFrame(self._outcomes, schema=OUTCOME), folder / "runs.parquet")


def write(frame: pl.DataFrame, path: Path, **options: Any) -> None:
    """Write a Parquet file.

    Raises:
        OSError: if the disk is full or will not take it, which Polars calls an error of computing.
    """
    try:
        frame.write_parquet(path, compression="zstd", **options)
    except pl.exceptions.ComputeError as error:
        raise OSError(errno.EIO, str(error).rsplit("error: ", 1)[-1], str(path)) from error


def outcome(
    run: PlannedRun,
    last_month: datetime.date | None,
    failure: BaseException | None,
    started_at: datetime.datetime,
    seconds: float,
) -> dict[str, Any]:
    """How a run went: its row of `runs`, as far as it is not in the plan; `last_month` is the last it completed."""
    row = {"run_id": run.run_id, "status": "done", "started_at": started_at, "seconds": seconds}
    if failure is None:
        return row
    return row | {"status": "failed", "failed_month": _month_after(last_month), "error": told(failure)}


def told(failure: BaseException) -> str:
    """A failure in one line, with its kind."""
    line = one_line(failure).removeprefix("failure inside: ").removesuffix("; add --debug to see where")
    name = type(failure).__name__
    return line if line.startswith(name) else f"{name}: {line}"


def _month_after(last: datetime.date | None) -> str:
    """The month in which it failed, YYYY-MM; of a run that failed at once, its first."""
    if last is None:
        return f"{month_date(0):%Y-%m}"
    return f"{last.year + last.month // 12}-{last.month % 12 + 1:02d}"


def _named(table: pl.DataFrame, run_id: str) -> pl.DataFrame:
    texts = pl.selectors.by_dtype(pl.Categorical).cast(pl.String)  # the codes would depend on the order of runs
    return table.select(pl.lit(run_id).alias(RUN_ID.name), pl.all()).with_columns(texts)


def table_columns(table: str) -> tuple[Column, ...]:
    """The columns of a table of the model in a study."""
    return (RUN_ID, *SCHEMA[table])


def types_of(listed: Sequence[Column]) -> dict[str, Any]:
    """Polars types of columns."""
    plain: dict[str, Any] = {"str": pl.String, "date": pl.Date, "bool": pl.Boolean, "time": pl.Datetime("us", "UTC")}
    numbers = {dtype: polars_type for dtype, (polars_type, _) in NUMBER_TYPES.items()}
    return {column.name: (plain | numbers)[column.dtype] for column in listed}
