"""Everything that uses the model; it sees `abm` only through its public names."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.store import Run

__all__ = ["open_run"]


def open_run(path: str | Path) -> "Run":
    """Open the folder of one run as lazy Polars frames; see `experiments.store.open_run`."""
    from experiments import store  # Polars takes a third of a second, which `stargate --help` need not pay

    return store.open_run(path)
