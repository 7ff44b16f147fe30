"""Turns the pieces of a study into its final tables; whatever kills it, the same command goes on where it stopped."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

import abm
from abm import SCHEMA_VERSION, Column
from experiments import study_net
from experiments.arrow_metadata import AnnotatedSchema
from experiments.errors import BadResults
from experiments.study_factors import KINDS
from experiments.study_pieces import table_columns, types_of, write
from experiments.study_plan import Plan, PlannedRun, by_scenario
from experiments.study_store import MANIFEST, SUCCESS, Stored, StudyFolder, write_whole
from experiments.study_summary import RUN_ID, columns

MOST_ROWS = 4_000_000  # of a file, so that none needs more memory than a laptop has
_SINGULAR = {"levers": "lever", "numbers": "number", "switches": "switch"}

RUNS_COLUMNS = (
    RUN_ID,
    Column("point", "i64", "", "id", "Point of the design, see design; the first, if several coincide"),
    Column("seed", "i64", "", "id", "Seed of the random numbers"),
    Column("months", "i64", "month", "stock", "Months to run"),
    Column("workers_per_agent", "i64", "worker", "stock", "People one row of the worker table stands for"),
    Column("status", "str", "", "text", "done or failed"),
    Column("failed_month", "str", "", "text", "Month in which it failed, YYYY-MM"),
    Column("error", "str", "", "text", "What went wrong"),
    Column("started_at", "time", "", "text", "When the run began, UTC; differs each time"),
    Column("seconds", "f64", "second", "flow", "Time it took; differs each time"),
    Column("question", "str", "", "text", "The scenario as JSON, every key"),
)
CLOCK_COLUMNS = ("started_at", "seconds")
_DESIGN_COLUMNS = (
    RUN_ID,
    Column("point", "i64", "", "id", "Point of the design, counted from 0"),
    Column("seed", "i64", "", "id", "Seed of the random numbers"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One final file.

    Attributes:
        table: it belongs to.
        path: in the folder, with slashes.
        rows: in it.
    """

    table: str
    path: str
    rows: int


def finish(folder: StudyFolder, plan: Plan, stored: Mapping[str, Stored]) -> tuple[list[Part], dict[str, Any]]:
    """Write every table's final files into `.work/final`; nothing that is there already is touched.

    Returns:
        The files, and by table its columns.

    Raises:
        BadResults: if a file of finished runs is damaged.
    """
    final = folder.work / "final"
    shutil.rmtree(final, ignore_errors=True)
    parts: list[Part] = []
    described: dict[str, tuple[Column, ...]] = {}
    for table in ("runs", "design", *plan.study.outputs):
        listed = _columns(table, plan, stored)
        described[table] = listed
        for scenario, runs in by_scenario(plan.runs).items():
            if table == study_net.NET and runs[0].scenario.stargate_world != study_net.WITH:
                continue
            for number, frame in enumerate(_frames(table, plan, runs, stored, listed)):
                name = f"{table}/scenario={scenario}/part-{number}.parquet"
                _write(final / name, frame, listed, plan, table, scenario)
                parts.append(Part(table, name, frame.height))
    return parts, described


def put_in_place(folder: StudyFolder, manifest: str, beside: Mapping[str, str]) -> None:
    """Let the final files take their place, then say that the study is complete.

    Args:
        folder: of the study
        manifest: text of `manifest.json`, which marks the final files as whole
        beside: other small files, by name
    """
    final = folder.work / "final"
    for name, text in beside.items():
        write_whole(final / name, text)
    write_whole(final / MANIFEST, manifest)
    resume_placing(folder)


def resume_placing(folder: StudyFolder) -> bool:
    """Go on with putting final files in place, if that was begun; whether it was."""
    final = folder.work / "final"
    if not (final / MANIFEST).is_file():
        return False
    for table in sorted(path for path in final.iterdir() if path.is_dir()):
        shutil.rmtree(folder.path / table.name, ignore_errors=True)
        table.rename(folder.path / table.name)
    for path in sorted(final.iterdir(), key=lambda path: path.name == MANIFEST):  # the manifest last
        path.replace(folder.path / path.name)
    write_whole(folder.path / SUCCESS, "")
    shutil.rmtree(folder.work)
    return True


def parameter_columns(plan: Plan) -> tuple[Column, ...]:
    """One column for each factor, saying of which kind it is."""
    numbers = {number.name: number for number in abm.numbers_table()}
    found = []
    for kind in KINDS:
        for factor in (factor for factor in plan.study.factors if factor.kind == kind):
            told = f"Varied ({_SINGULAR[kind]})"
            number = numbers.get(factor.name)
            if number is None:
                found.append(Column(factor.name, "str", "", "text", f"{told}: switch of the model"))
            else:
                found.append(Column(factor.name, "f64", number.unit, "stock", f"{told}: {number.about}"))
    return tuple(found)


def _columns(table: str, plan: Plan, stored: Mapping[str, Stored]) -> tuple[Column, ...]:
    if table == "runs":
        return (*RUNS_COLUMNS, *parameter_columns(plan))
    if table == "design":
        return (*_DESIGN_COLUMNS, *parameter_columns(plan))
    if table == study_net.NET:
        return study_net.COLUMNS
    if table == "summary":
        return columns(plan.months, _inputs(stored))
    return table_columns(table)


def _inputs(stored: Mapping[str, Stored]) -> tuple[str, ...]:
    """What buildings can wait for, as any finished run lists it in its summary."""
    done = next((run for run in stored.values() if run.status == "done"), None)
    if done is None:
        return ()
    names = pl.read_parquet_schema(_file(done, "summary"))
    return tuple(name.removeprefix("lost_").removesuffix("_mw") for name in names if name.startswith("lost_"))[1:]


def _file(run: Stored, table: str) -> Path:
    return Path(run.where.replace("{table}", table))


def _frames(
    table: str, plan: Plan, runs: Sequence[PlannedRun], stored: Mapping[str, Stored], listed: Sequence[Column]
) -> Iterator[pl.DataFrame]:
    """The final files of a table and scenario, in the order of the runs."""
    types = types_of(listed)
    if table == "design":
        rows = [row for row in plan.design if row["scenario"] == runs[0].scenario.name]
        yield pl.DataFrame([{name: row[name] for name in types} for row in rows], schema=types)
        return
    done = [run for run in runs if table == "runs" or stored[run.run_id].status == "done"]
    size = _runs_in_a_file(table, done, stored)
    for start in range(0, max(len(done), 1), size):
        chunk = done[start : start + size]
        if table == study_net.NET:
            yield _net(plan, chunk, stored)
            continue
        order = pl.DataFrame({RUN_ID.name: [run.run_id for run in chunk]}, schema={RUN_ID.name: pl.String})
        found = _rows(table, chunk, stored, types)
        if table == "runs":
            planned = pl.DataFrame([_planned(run) for run in chunk], schema=_planned_types(types))
            found = planned.join(found, on=RUN_ID.name, how="left")
        # `left` keeps the order of the plan, and within a run the order in which its rows came
        joined = order.join(found, on=RUN_ID.name, how="inner", maintain_order="left_right")
        yield joined.select(*types).rechunk()


def _net(plan: Plan, runs: Sequence[PlannedRun], stored: Mapping[str, Stored]) -> pl.DataFrame:
    pairs = [pair for pair in study_net.pairs(plan, runs) if stored[pair[2].run_id].status == "done"]
    needed = {run.run_id: run for run, _, other in pairs for run in (run, other)}
    months = _rows(study_net.MONTHS, [*needed.values()], stored, types_of(table_columns(study_net.MONTHS)))
    return study_net.frame_of(pairs, months)


def _planned(run: PlannedRun) -> dict[str, Any]:
    known = {
        "run_id": run.run_id, "point": run.point, "seed": run.seed, "months": run.scenario.months,
        "workers_per_agent": run.scenario.workers_per_agent, "question": run.identity.question,
    }  # fmt: skip
    return {**known, **run.parameters}


def _planned_types(types: Mapping[str, Any]) -> dict[str, Any]:
    told = ("status", "failed_month", "error", *CLOCK_COLUMNS)
    return {name: kind for name, kind in types.items() if name not in told}


def _rows(
    table: str, runs: Sequence[PlannedRun], stored: Mapping[str, Stored], types: Mapping[str, Any]
) -> pl.DataFrame:
    """All rows of these runs, from wherever they lie."""
    files: dict[Path, list[str]] = {}  # a run that failed and was tried once more has rows in two: the later counts
    for run in runs:
        files.setdefault(_file(stored[run.run_id], table), []).append(run.run_id)
    told = {
        name: types[name] for name in ("run_id", "status", "failed_month", "error", *CLOCK_COLUMNS) if name in types
    }
    schema = told if table == "runs" else types
    frames = [pl.DataFrame(schema=dict(schema))]
    for path, wanted in files.items():
        try:
            frame = pl.read_parquet(path, hive_partitioning=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            again = "delete its folder, and the same command makes its runs again"
            raise BadResults(f"{path} is damaged ({error}); {again}") from error
        known = [name for name in schema if name in frame.columns]
        frames.append(frame.filter(pl.col(RUN_ID.name).is_in(wanted)).select(known))
    return pl.concat(frames, how="diagonal")


def _runs_in_a_file(table: str, runs: Sequence[PlannedRun], stored: Mapping[str, Stored]) -> int:
    """So many runs make a file of a bearable size; the same however the pieces were cut."""
    if table in ("runs", "summary") or not runs:
        return MOST_ROWS
    table = study_net.MONTHS if table == study_net.NET else table
    first = pl.scan_parquet(_file(stored[runs[0].run_id], table), hive_partitioning=False)
    rows: int = first.filter(pl.col(RUN_ID.name) == runs[0].run_id).select(pl.len()).collect().item()
    return max(MOST_ROWS // max(rows, 1), 1)


def _write(path: Path, frame: pl.DataFrame, listed: Sequence[Column], plan: Plan, table: str, scenario: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    notes = {column.name: {"unit": column.unit, "kind": column.kind, "about": column.about} for column in listed}
    identity = plan.runs[0].identity
    said = {
        "table": table, "study": plan.study.name, "scenario": scenario, "schema_version": str(SCHEMA_VERSION),
        "model": f"stargate-abm {identity.version}", "code_hash": identity.code_hash,
        "numbers_hash": identity.numbers_hash,
    }  # fmt: skip
    write(frame, path, metadata=said, arrow_schema=AnnotatedSchema(frame.schema, notes))
