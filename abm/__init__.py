"""The Stargate build-out as an agent-based model; this file lists the names others may use."""

import importlib
from typing import TYPE_CHECKING

from abm._cache import use_cache_folder

if TYPE_CHECKING:
    from abm.changes import MOST_SEED, SWITCHES
    from abm.errors import BadNumber, BadScenario, StargateError, did_you_mean
    from abm.observe import Month
    from abm.parameters import Number, numbers_table, shipped_sources
    from abm.runs import run
    from abm.scenario import Scenario
    from abm.schema import SCHEMA, SCHEMA_VERSION, Column, columns_of
    from abm.units import month_date

use_cache_folder()

# Where each public name lives; looked up on first use, so that `import abm` is fast.
# `run` lives in `runs`: a module of the same name would hide the function once imported.
_HOMES = {
    "BadNumber": "abm.errors",
    "BadScenario": "abm.errors",
    "Column": "abm.schema",
    "MOST_SEED": "abm.changes",
    "Month": "abm.observe",
    "Number": "abm.parameters",
    "SCHEMA": "abm.schema",
    "SCHEMA_VERSION": "abm.schema",
    "Scenario": "abm.scenario",
    "StargateError": "abm.errors",
    "SWITCHES": "abm.changes",
    "columns_of": "abm.schema",
    "did_you_mean": "abm.errors",
    "month_date": "abm.units",
    "numbers_table": "abm.parameters",
    "run": "abm.runs",
    "shipped_sources": "abm.parameters",
}
__all__ = [
    "MOST_SEED", "SCHEMA", "SCHEMA_VERSION", "SWITCHES", "BadNumber", "BadScenario", "Column", "Month", "Number",
    "Scenario", "StargateError", "columns_of", "did_you_mean", "month_date", "numbers_table", "run", "shipped_sources",
]  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"abm has no public name {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
