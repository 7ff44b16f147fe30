"""What lies beside the tables of a study: manifest with checksums, Frictionless data package, and a page."""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from abm import Column
from experiments import facts, study_stop
from experiments.study_finish import Part
from experiments.study_metadata import EPOCH, LICENCE
from experiments.study_plan import Plan
from experiments.study_store import Stored, runs_of
from experiments.study_summary import RUN_ID

_TYPES = {
    "str": "string", "date": "date", "time": "datetime", "bool": "boolean",
    "i64": "integer", "i32": "integer", "f64": "number",
}  # fmt: skip
_CITATION = "stargate-abm {version}, study {name!r}, code {code_hash}, numbers {numbers_hash}"
_BLOCK = 1 << 20
SAID_IN_RUN = (
    "version", "commit", "has_uncommitted_changes", "code_hash", "numbers_hash", "python", "packages", "machine",
)  # fmt: skip


def manifest(
    root: Path, plan: Plan, parts: Sequence[Part], stored: Mapping[str, Stored], command: str
) -> dict[str, Any]:
    """Everything needed to trust and to repeat a study; the files are under `root`."""
    study, first = plan.study, plan.runs[0]
    now = datetime.datetime.now(datetime.UTC)
    row = facts.run_row(first.scenario, first.identity, facts.Timing(now, 0.0, ()), command)
    statuses = [stored[run.run_id].status for run in plan.runs]
    return {
        "kind": "stargate-abm study",
        "name": study.name,
        "why": study.why,
        "runs_of": runs_of(study.outputs, first.identity.code_hash, first.identity.numbers_hash),
        "command": command,
        "finished_at": now.isoformat(timespec="seconds"),
        "runs": len(plan.runs),
        "failed_runs": statuses.count("failed"),
        "run_seconds": round(sum(stored[run.run_id].seconds for run in plan.runs), 3),
        **{key: row[key] for key in SAID_IN_RUN},
        "citation": _citation(plan),
        "licence": LICENCE,
        "seeds": [*study.seeds],
        **study_stop.said(plan, stored),
        "scenarios": [json.loads(facts.identity_of(scenario, 0).question) for scenario in study.scenarios],
        "parameters": [_parameter(factor) for factor in study.factors],
        "designs": [
            {"kind": design.kind, **design.settings, "of": [factor.name for factor in design.factors]}
            for design in study.designs
        ],
        "study_file": study.text,
        "files": [
            {
                "path": part.path,
                "table": part.table,
                "rows": part.rows,
                "bytes": (root / part.path).stat().st_size,
                "sha256": checksum(root / part.path),
            }
            for part in parts
        ],
    }


def _parameter(factor: Any) -> dict[str, Any]:
    ends = {} if factor.values else {"low": factor.low, "high": factor.high, "whole": factor.is_whole}
    return {"name": factor.name, "kind": factor.kind, "values": [*factor.values], **ends}


def _citation(plan: Plan) -> str:
    identity = plan.runs[0].identity
    return _CITATION.format(
        version=identity.version,
        name=plan.study.name,
        code_hash=identity.code_hash,
        numbers_hash=identity.numbers_hash,
    )


def checksum(path: Path) -> str:
    """SHA-256 of a file, as `sha256sum` prints it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def data_package(plan: Plan, parts: Sequence[Part], described: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """The tables for machines to read, as a Frictionless data package.

    Source: Frictionless Data Package and Table Schema, version 1 [specs.frictionlessdata.io].
    """
    study = plan.study
    return {
        "profile": "data-package",
        "name": study.name.lower(),
        "title": f"stargate-abm: study {study.name}",
        "description": study.why,
        "version": plan.runs[0].identity.version,
        "licenses": [LICENCE, EPOCH],
        "sources": [{"title": _citation(plan)}],
        "resources": [
            {
                "name": table,
                "path": [part.path for part in parts if part.table == table],
                "profile": "tabular-data-resource",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": _schema(table, columns),
            }
            for table, columns in described.items()
        ],
    }


def _schema(table: str, columns: Sequence[Column]) -> dict[str, Any]:
    fields = [
        {
            "name": column.name,
            "type": _TYPES[column.dtype],
            "description": column.about,
            "unit": column.unit,
            "kind": column.kind,
        }
        for column in columns
    ]
    keys: dict[str, Any] = {"primaryKey": [RUN_ID.name]} if table in ("runs", "summary") else {}
    if table not in ("runs", "design"):
        reference = {"resource": "runs", "fields": [RUN_ID.name]}
        ours = [name for name in (RUN_ID.name, "reference_run_id") if name in {column.name for column in columns}]
        keys["foreignKeys"] = [{"fields": [name], "reference": reference} for name in ours]
    return {"fields": fields, **keys}


def page(plan: Plan, said: Mapping[str, Any], parts: Sequence[Part]) -> str:
    """The README of a study."""
    tables = dict.fromkeys(part.table for part in parts)
    rows = "\n".join(
        f"| `{table}` | {sum(p.rows for p in parts if p.table == table):,} | {_ABOUT.get(table, _OTHER)} |"
        for table in tables
    )
    failed = f", {said['failed_runs']:,} of them failed (see `runs.error`)" if said["failed_runs"] else ""
    return _PAGE.format(
        name=plan.study.name, why=plan.study.why, runs=said["runs"], failed=failed, rows=rows,
        command=said["command"], citation=said["citation"], machine=said["machine"], packages=said["packages"],
        python=said["python"],
    )  # fmt: skip


_ABOUT = {
    "runs": "one row per run: seed, value of everything that varied, status, the whole question",
    "design": "which run stands for which point of the design",
    "summary": "one row per run that was completed: headline figures",
    "months": "one row per run and month",
    "net": "one row per run with Stargate, scenario without, and month: what Stargate adds, with the same luck",
}
_OTHER = "as in the results of a single run, with `run_id`"
_PAGE = """# Study {name}

{why}

{runs:,} runs{failed}. Every row carries `run_id`; the scenario is in the path and comes back as a column.

| table | rows | holds |
|---|---|---|
{rows}

Unit, kind and meaning of every column are in `datapackage.json` and in the Parquet files themselves. `manifest.json`
has checksums, hashes of code and numbers, versions and the study's file; `croissant.json` and `ro-crate-metadata.json`
are for catalogues and archives; `_SUCCESS` says that every run is there.

## Open it in one line, from this folder

```python
# Python, Polars
import polars as pl; print(pl.read_parquet("summary/").join(pl.read_parquet("runs/"), on=["run_id", "scenario"]))
```

```python
# Python, this project: lazy frames, with what varied joined on
from experiments import open_study; print(open_study(".").with_parameters("summary").collect())
```

```sql
-- DuckDB (to be installed)
SELECT scenario, avg(peak_jobs) FROM read_parquet('summary/*/*.parquet', hive_partitioning = true) GROUP BY scenario;
```

```r
# R with the packages arrow and dplyr (to be installed)
library(arrow); library(dplyr); open_dataset("summary") |> group_by(scenario) |> summarise(mean(peak_jobs)) |> collect()
```

## Again

```sh
{command}
stargate results verify .        # are the files as they were written?
stargate reproduce RUN_ID        # makes one run again and compares every cell
```

Made with Python {python}, {packages} on {machine}.
Cite as: {citation} (`CITATION.cff`). Licence: Apache-2.0, data on campuses CC BY 4.0 (`LICENSE.txt`).
"""
