"""Opens a study before it is complete: what is there, with a warning that it is not all."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from abm import SCHEMA_VERSION
from experiments.errors import BadResults
from experiments.study_frames import StudyFrames
from experiments.study_store import MANIFEST, OUTCOME, STUDY_VERSION, WORK, StudyFolder

if TYPE_CHECKING:
    from experiments.study_plan import Plan

_PLAN = "plan.parquet"
_NOTE = "study"


class IncompleteStudy(UserWarning):
    """What was opened is part of a study: means and counts of it are not those of the whole."""


def note_plan(work: Path, plan: "Plan") -> None:
    """Keep what the runs to come stand for, so that those which are there can be told apart before all are."""
    said = {
        "name": plan.study.name,
        "scenarios": [{"name": scenario.name} for scenario in plan.study.scenarios],
        "parameters": [{"name": factor.name} for factor in plan.study.factors],
        "seeds": [*plan.study.seeds],
    }
    beside = work / f".{_PLAN}.new"
    pl.DataFrame([*plan.design], infer_schema_length=None).write_parquet(beside, metadata={_NOTE: json.dumps(said)})
    beside.replace(work / _PLAN)


def open_partial(folder: Path) -> StudyFrames:
    """The runs an incomplete study has so far, with a warning.

    The table `runs` has no question, and failed runs that are tried once more count as they were last.

    Raises:
        BadResults: if there are none yet, or a newer version wrote them.
    """
    work = folder / WORK
    if (work / "final" / MANIFEST).is_file():
        raise BadResults(f"{folder} is all but complete; the command that began it needs a moment to finish it")
    try:
        said = json.loads(pl.read_parquet_metadata(work / _PLAN)[_NOTE])
    except (OSError, ValueError, KeyError, pl.exceptions.PolarsError) as error:
        raise BadResults(f"{folder} holds no run yet ({error})") from error
    runs_of = StudyFolder(folder).said() or {}
    if runs_of["study_version"] > STUDY_VERSION or runs_of["schema_version"] > SCHEMA_VERSION:
        raise BadResults(f"{folder} was begun by a newer version of stargate-abm; update it")
    design = pl.read_parquet(work / _PLAN)
    found = {name: _table(folder, name, design) for name in ("runs", *runs_of["outputs"])}
    tables = {name: frame for name, frame in found.items() if frame is not None}
    if "runs" not in tables:
        raise BadResults(f"{folder} holds no run yet; the command that began it makes them")
    stored, planned = tables["runs"].collect().height, design["run_id"].n_unique()
    warnings.warn(
        f"{folder} is not complete: {stored:,} of {planned:,} runs are there; scenarios, points and seeds are not "
        "equally represented",
        IncompleteStudy,
        stacklevel=3,
    )
    manifest = {**said, "runs_of": runs_of, "is_partial": True, "runs": stored, "planned_runs": planned}
    return StudyFrames(manifest, {"design": design.lazy()} | tables)


def _table(folder: Path, name: str, design: pl.DataFrame) -> pl.LazyFrame | None:
    """Rows of a table in final files and in pieces; None if there are none."""
    parts = sorted(folder.glob(f"{name}/scenario=*/part-*.parquet"))
    pieces = sorted((folder / WORK).glob(f"pieces/*/{name}.parquet"))
    if not parts and not pieces:
        return None
    frames = [pl.scan_parquet(path, hive_partitioning=False) for path in (*parts, *pieces)]
    found = pl.concat(frames, how="diagonal_relaxed")
    of_runs = design.lazy().unique("run_id", keep="first", maintain_order=True)
    if name != "runs":
        return found.join(of_runs.select("run_id", "scenario"), on="run_id", how="inner")
    last = found.select(*OUTCOME).sort("started_at").unique("run_id", keep="last", maintain_order=True)
    return of_runs.join(last, on="run_id", how="inner", maintain_order="left")
