"""Opens the results of a study as lazy Polars frames."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from abm import SCHEMA_VERSION
from experiments.errors import BadResults
from experiments.study_store import MANIFEST, STUDY_VERSION, SUCCESS, is_study_folder

_ALWAYS = ("run_id", "scenario")


@dataclass(frozen=True, slots=True)
class StudyFrames:
    """A complete study on disk; nothing is read until asked.

    Attributes:
        manifest: what `manifest.json` says.
        tables: a lazy frame for each table, with columns `run_id` and `scenario`.
    """

    manifest: Mapping[str, Any]
    tables: Mapping[str, pl.LazyFrame]

    @property
    def runs(self) -> pl.LazyFrame:
        """One row per run: seed, parameters, status, question."""
        return self.tables["runs"]

    @property
    def summary(self) -> pl.LazyFrame:
        """One row per run that was completed: headline figures."""
        return self.tables["summary"]

    @property
    def months(self) -> pl.LazyFrame:
        """One row per run and month."""
        return self.table("months")

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of everything that varied."""
        return tuple(parameter["name"] for parameter in self.manifest["parameters"])

    def table(self, name: str) -> pl.LazyFrame:
        """A table by name.

        Raises:
            BadResults: if the study did not keep it.
        """
        if name not in self.tables:
            kept = ", ".join(self.tables)
            raise BadResults(f"the study {self.manifest['name']} has no table {name!r}; it kept {kept}")
        return self.tables[name]

    def with_parameters(self, table: str = "summary", *names: str) -> pl.LazyFrame:
        """A table with columns of `runs` joined on.

        Args:
            table: which
            names: columns of `runs`; the seed and every parameter if none are given

        Raises:
            BadResults: if there is no such table or column.
        """
        wanted = names or ("seed", *self.parameters)
        known = self.runs.collect_schema().names()
        for name in wanted:
            if name not in known:
                raise BadResults(f"runs has no column {name!r}; it has {', '.join(known)}")
        return self.table(table).join(self.runs.select(*_ALWAYS, *wanted), on=[*_ALWAYS], how="left")


def open_study(path: str | Path) -> StudyFrames:
    """Open the folder of a study.

    Raises:
        BadResults: if it is not the folder of a study, is not complete, or was written by a newer version.
    """
    folder = Path(path).expanduser()
    manifest = manifest_of(folder)
    tables = {
        name: pl.scan_parquet(
            folder / name / "scenario=*" / "*.parquet", hive_partitioning=True, hive_schema={"scenario": pl.String}
        )
        for name in dict.fromkeys(file["table"] for file in manifest["files"])
    }
    return StudyFrames(manifest, tables)


def is_incomplete(folder: Path) -> bool:
    """Whether it is the folder of a study that lacks runs."""
    return folder.is_dir() and is_study_folder(folder) and not (folder / SUCCESS).is_file()


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the manifest of a complete study says, checked for its version.

    Raises:
        BadResults: as `open_study`.
    """
    if not folder.is_dir() or not is_study_folder(folder):
        raise BadResults(f"{folder} is not the folder of a study; `stargate study` writes one")
    if not (folder / SUCCESS).is_file():
        raise BadResults(
            f"{folder} is not complete; the command that began it goes on where it stopped, "
            "open_study(..., partial=True) opens what is there"
        )
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        versions = manifest["runs_of"]["study_version"], manifest["runs_of"]["schema_version"]
        _ = [file["table"] for file in manifest["files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadResults(f"{path} is damaged ({error}); the tables beside it can still be read one by one") from error
    if versions[0] > STUDY_VERSION or versions[1] > SCHEMA_VERSION:
        raise BadResults(
            f"{folder} has layout {versions[0]} and schema version {versions[1]}, this package reads up to "
            f"{STUDY_VERSION} and {SCHEMA_VERSION}; update stargate-abm"
        )
    return manifest
