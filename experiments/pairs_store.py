"""Writes tables and charts of paired runs into a folder, whole or not at all."""

import importlib.metadata
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import abm
from abm import Column
from experiments.arrow_metadata import AnnotatedSchema
from experiments.folder import staged

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

NAMES = ("differences.parquet", "runs.parquet", "chart.png", "chart.svg")
RUNS = (
    Column("scenario", "str", "", "id", "Which of the scenarios compared"),
    Column("seed", "i64", "", "id", "Seed of the random numbers"),
)


def write_pairs(
    out: Path,
    tables: Mapping[str, tuple[pl.DataFrame, Sequence[Column]]],
    draw: "Callable[[], Figure]",
    notes: Mapping[str, str],
) -> None:
    """Write the folder.

    Args:
        out: the folder to come; one of the same kind is replaced
        tables: by name, each with its columns
        draw: makes the chart
        notes: what every file says of itself: command, scenarios

    Raises:
        BadResults: if it cannot be written or holds something else.
    """
    said = {
        "model": f"stargate-abm {importlib.metadata.version('stargate-abm')}",
        "schema_version": str(abm.SCHEMA_VERSION),
        **notes,
    }
    with staged(out, is_pairs_folder) as folder:
        for name, (frame, columns) in tables.items():
            about = {c.name: {"unit": c.unit, "kind": c.kind, "about": c.about} for c in columns}
            frame.write_parquet(
                folder / f"{name}.parquet",
                compression="zstd",
                metadata={**said, "table": name},
                arrow_schema=AnnotatedSchema(frame.schema, about),
            )
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        figure = draw()
        for ending, metadata in (("png", {}), ("svg", {"Date": None})):  # a date would make equal runs differ
            figure.savefig(folder / f"chart.{ending}", metadata={"Description": said["command"], **metadata})


def is_pairs_folder(folder: Path) -> bool:
    """Whether a folder holds what `write_pairs` writes and nothing else."""
    return {path.name for path in folder.iterdir()} <= set(NAMES)
