"""What `stargate results` does with what is on disk: check it, and hand it to other programs."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from abm import SCHEMA, Column
from experiments import open_run, open_study
from experiments.errors import BadInput, BadResults
from experiments.folder import staged
from experiments.store import RUN_COLUMNS, TABLES, is_run_folder
from experiments.study_frames import manifest_of
from experiments.study_package import checksum
from experiments.study_store import is_study_folder

FORMATS = ("csv", "stata")
_ENDINGS = {"csv": ".csv", "stata": ".dta"}
_NAMED = 5  # so many damaged files are named
_STATA_LETTERS, _STATA_TEXT = 32, 2045  # of a name, and of a text
_STATA_LABEL = 80


# ---- verify ----


def verified(path: Path) -> tuple[int, bool]:
    """Check every file of a study or run.

    Returns:
        How many files, and whether against checksums; those of a single run have none and are read to the end.

    Raises:
        BadResults: naming what is damaged, missing or was not there before.
    """
    if is_study_folder(path):
        return _verified_study(path), True
    run = open_run(path)
    for table in TABLES:
        try:
            getattr(run, table).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise BadResults(f"{path / table}.parquet is damaged ({error}); run the scenario again") from error
    return len(TABLES), False


def _verified_study(path: Path) -> int:
    files = {file["path"]: file for file in manifest_of(path)["files"]}
    wrong = [f"{name} {why}" for name, file in files.items() if (why := _wrong(path / name, file))]
    found = {part.relative_to(path).as_posix() for part in path.glob("*/scenario=*/*.parquet")}
    wrong += [f"{name} is not of this study" for name in sorted(found - {*files})]
    if wrong:
        more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise BadResults(f"{path}: {'; '.join(wrong[:_NAMED])}{more}; take them from a copy or make the study again")
    return len(files)


def _wrong(path: Path, file: Mapping[str, Any]) -> str | None:
    """What is wrong with a file, None if it is as it was written."""
    if not path.is_file():
        return "is missing"
    if path.stat().st_size != file["bytes"]:
        return f"has {path.stat().st_size:,} bytes instead of {file['bytes']:,}"
    return None if checksum(path) == file["sha256"] else "is damaged (its checksum differs)"


# ---- export ----


def exported(path: Path, to: str, out: Path | None) -> Path:
    """Write every table for another program, and beside them what the columns mean; the folder they are in.

    Raises:
        BadInput: for a format that is not known.
        BadResults: if the results cannot be read or the folder cannot be written.
    """
    if to not in FORMATS:
        raise BadInput(f"--to {to} is unknown; choose from {', '.join(FORMATS)}")
    tables, columns = _tables(path)
    out = path.absolute().with_name(f"{path.absolute().name}-{to}") if out is None else out
    write: Callable[[pl.LazyFrame, Path, Sequence[Column]], None] = _write_csv if to == "csv" else _write_stata
    with staged(out, _is_export) as folder:
        for name, frame in tables.items():
            write(frame, folder / f"{name}{_ENDINGS[to]}", columns[name])
        _write_columns(folder / "columns.csv", columns)
    return out


def _is_export(folder: Path) -> bool:
    return {file.suffix for file in folder.iterdir()} <= {".csv", ".dta"}


def _tables(path: Path) -> tuple[dict[str, pl.LazyFrame], dict[str, Sequence[Column]]]:
    if path.is_dir() and not is_study_folder(path) and is_run_folder(path):
        run = open_run(path)
        frames = {table: getattr(run, table) for table in TABLES}
        frames["run"] = frames["run"].drop("seconds_by_month")  # a list does not fit a cell
        return frames, {"run": RUN_COLUMNS, **SCHEMA}
    study = open_study(path)
    return {**study.tables}, {name: _described(path, name) for name in study.tables}


def _described(path: Path, table: str) -> Sequence[Column]:
    """The columns as the study's data package describes them."""
    import json

    package = json.loads((path / "datapackage.json").read_text(encoding="utf-8"))
    (resource,) = (resource for resource in package["resources"] if resource["name"] == table)
    scenario = Column("scenario", "str", "", "id", "Name of the scenario")
    fields = resource["schema"]["fields"]
    return (*(Column(f["name"], f["type"], f["unit"], f["kind"], f["description"]) for f in fields), scenario)


def _write_columns(path: Path, columns: Mapping[str, Sequence[Column]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["table", "column", "unit", "kind", "about"])
        rows.writerows([table, c.name, c.unit, c.kind, c.about] for table, listed in columns.items() for c in listed)


def _write_csv(frame: pl.LazyFrame, path: Path, _: Sequence[Column]) -> None:
    frame.sink_csv(path)


def _write_stata(frame: pl.LazyFrame, path: Path, columns: Sequence[Column]) -> None:
    import pyreadstat

    table = frame.collect()
    table = table.with_columns(
        pl.selectors.by_dtype(pl.Categorical).cast(pl.String), pl.selectors.datetime().dt.replace_time_zone(None)
    )
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    table = table.drop(name for name in texts if (table[name].str.len_bytes() > _STATA_TEXT).any())
    labels = {c.name: f"{c.about} [{c.unit}]" if c.unit else c.about for c in columns}
    told: list[str | None] = [labels.get(name, name)[:_STATA_LABEL] for name in table.columns]
    pyreadstat.write_dta(table.rename(_stata_names(table.columns)), path, column_labels=told)


def _stata_names(names: Sequence[str]) -> dict[str, str]:
    """Names Stata takes: letters, digits and _, at most 32, none twice; a long one keeps its end, which tells more."""
    found: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name, flags=re.ASCII)
        plain = plain[-_STATA_LETTERS:].lstrip("_0123456789") or "v"
        number = 1
        while plain in found.values():
            number += 1
            plain = f"{plain[: _STATA_LETTERS - 4]}_{number}"
        found[name] = plain
    return found
