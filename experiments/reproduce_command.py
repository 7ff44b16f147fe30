"""What `stargate reproduce` does: makes one stored run again and compares every cell."""

import dataclasses
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from experiments import facts, open_run, open_study
from experiments.errors import BadInput, BadResults
from experiments.store import RESULTS
from experiments.study_pieces import Recorder, told
from experiments.study_plan import PlannedRun
from experiments.study_store import SUCCESS

if TYPE_CHECKING:
    from abm import Scenario


class DiffersNow(abm.StargateError):
    """A run that does not come out as it is stored."""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run found on disk.

    Attributes:
        run_id: of it.
        folder: where.
        question: its scenario as JSON.
        seed: of it.
        error: how it failed, None if it did not.
        code_hash, numbers_hash: what made it.
        tables: as they are stored.
    """

    run_id: str
    folder: Path
    question: str
    seed: int
    error: str | None
    code_hash: str
    numbers_hash: str
    tables: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it.

    Attributes:
        folder: in which the run is stored.
        tables: compared.
        cells: in them.
        is_same_code: whether code and numbers are those that made it.
    """

    folder: Path
    tables: int
    cells: int
    is_same_code: bool


def reproduced(run_id: str, where: Path = RESULTS) -> Comparison:
    """Make a stored run again and compare.

    Args:
        run_id: of it
        where: a folder of results, or one that holds such folders

    Raises:
        BadInput: if there is no such run.
        DiffersNow: naming table, column and month of the first difference.
    """
    stored = _found(run_id, where)
    scenario = scenario_of(stored.question)
    identity = facts.identity_of(scenario, stored.seed)
    is_same_code = (identity.code_hash, identity.numbers_hash) == (stored.code_hash, stored.numbers_hash)
    run = PlannedRun(0, scenario, stored.seed, dataclasses.replace(identity, run_id=run_id), 0, {})
    tables, error = _made(run)
    if error != stored.error:
        raise DiffersNow(f"{run_id} ended with {stored.error or 'no error'}, now with {error or 'no error'}")
    for name, before in stored.tables.items() if error is None else ():
        now = tables[name].select(before.columns)
        if not before.equals(now, null_equal=True):
            why = "" if is_same_code else "; code or numbers have changed since"
            raise DiffersNow(f"{run_id} differs from {stored.folder}: {_difference(name, before, now)}{why}")
    compared = [] if error else [*stored.tables.values()]
    return Comparison(stored.folder, len(compared), sum(table.height * table.width for table in compared), is_same_code)


def _made(run: PlannedRun) -> tuple[Mapping[str, pl.DataFrame], str | None]:
    recorder = Recorder()
    try:
        for record in abm.run(run.scenario, seed=run.seed):
            recorder.add(record)
        return recorder.tables(run), None
    except Exception as failure:  # a stored failure is to be met again
        return {}, told(failure)


def _found(run_id: str, where: Path) -> StoredRun:
    folders = [where, *(sorted(where.iterdir()) if where.is_dir() else [])]
    for folder in folders:
        found = None
        if (folder / SUCCESS).is_file():
            found = _in_study(run_id, folder)
        elif (folder / "run.parquet").is_file():
            found = _in_run(run_id, folder)
        if found is not None:
            return found
    raise BadInput(
        f"no run {run_id!r} in {where}; ids are in `runs` of a study and in run.parquet (--where says where)"
    )


def _in_study(run_id: str, folder: Path) -> StoredRun | None:
    study = open_study(folder)
    rows = study.runs.filter(pl.col("run_id") == run_id).collect()
    if rows.is_empty():
        return None
    row, said = rows.row(0, named=True), study.manifest["runs_of"]
    tables = {
        name: frame.filter(pl.col("scenario") == row["scenario"], pl.col("run_id") == run_id).drop("scenario").collect()
        for name, frame in study.tables.items()
        if name not in ("runs", "design", "net")  # net is of two runs
    }
    tables["summary"] = _without_other_years(tables["summary"])
    return StoredRun(
        run_id, folder, row["question"], row["seed"], row["error"], said["code_hash"], said["numbers_hash"], tables
    )


def _without_other_years(summary: pl.DataFrame) -> pl.DataFrame:
    """A run shorter than others of its study has empty columns for the years it does not reach."""
    return summary.select(
        name for name in summary.columns if not (summary[name].null_count() and name.strip("_mw")[-4:].isdigit())
    )


def _in_run(run_id: str, folder: Path) -> StoredRun | None:
    run = open_run(folder)
    row = run.run.collect().row(0, named=True)
    if row["run_id"] != run_id:
        return None
    texts = pl.selectors.by_dtype(pl.Categorical).cast(pl.String)
    tables = {name: getattr(run, name).with_columns(texts).collect() for name in abm.SCHEMA}
    return StoredRun(run_id, folder, row["question"], row["seed"], None, row["code_hash"], row["numbers_hash"], tables)


def _difference(table: str, before: pl.DataFrame, now: pl.DataFrame) -> str:
    if before.height != now.height:
        return f"{table} had {before.height:,} rows, now {now.height:,}"
    for name in before.columns:
        places = before[name].ne_missing(now[name]).arg_true()
        if len(places):
            at = int(places[0])
            month = f" in {before['month'][at]:%Y-%m}" if "month" in before.columns else f" in row {at}"
            return f"{table}.{name}{month} was {before[name][at]}, now {now[name][at]}"
    return f"{table} has other columns or types"


# ---- from a stored question back to a scenario ----


def scenario_of(question: str) -> "Scenario":
    """The scenario a stored question was put with.

    Raises:
        BadResults: if the question cannot be read.
    """
    try:
        asked = json.loads(question)
        name, text = asked["name"], scenario_text(asked)
    except (ValueError, KeyError, TypeError) as error:
        raise BadResults(f"the stored question cannot be read ({error})") from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "question.toml"
        path.write_text(text, encoding="utf-8")
        return dataclasses.replace(abm.Scenario.load(path), name=name)


def scenario_text(asked: Mapping[str, Any]) -> str:
    """A stored question as the TOML file of a scenario."""
    plain = {key: value for key, value in asked.items() if key not in ("name", "overrides", "changes")}
    lines = [f"{key} = {_toml(value)}" for key, value in plain.items()]
    lines += ["", "[overrides]", *(f"{_toml(name)} = {_toml(value)}" for name, value in asked["overrides"].items())]
    for change in asked["changes"]:
        said = {**change, "month": f"{abm.month_date(change['month']):%Y-%m}"}
        lines += ["", "[[changes]]", *(f"{key} = {_toml(value)}" for key, value in said.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
