"""Writes `results/README.md` from the schema: `uv run python -m experiments.schema_page`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from abm import SCHEMA, SCHEMA_VERSION, Column
from experiments.store import CHARTS, RUN_COLUMNS

PAGE = Path(__file__).parents[1] / "results" / "README.md"
_EXAMPLE = "results/baseline-s1"
_TABLES = {
    "run": "One row: the question, the code, the machine and the times. All that differs by clock or machine is here.",
    "months": "One row a month: the whole in a few columns. Start here.",
    "sites": "One row a month and campus.",
    "phases": "One row a month and phase, a phase being about one building.",
    "regions": "One row a month, labour region and trade.",
    "jobs": "One row a month, program, kind of job and region.",
    "equipment": "One row a month and class of equipment.",
    "zones": "One row a month and grid zone.",
    "flows": "One row a month, kind of transaction, payer, payee and program: the transaction-flow matrix.",
    "capital": "One row a month, investor, program and instrument.",
    "agents": "One row an agent: what the ids in the other tables stand for.",
}
_TYPES = {
    "str": "text", "date": "date", "i64": "int64", "i32": "int32", "f64": "float64", "bool": "bool",
    "time": "time, UTC", "f64 list": "list of float64",
}  # fmt: skip


def page() -> str:
    """The whole page, as Markdown."""
    tables = {"run": RUN_COLUMNS, **SCHEMA}
    parts = [_head(), *(_table(name, columns) for name, columns in tables.items())]
    return "\n".join(line for part in parts for line in part)


def _head() -> Iterator[str]:
    yield f"""# What a run leaves behind

<!-- Written by experiments/schema_page.py from abm/schema.py; do not edit by hand. -->

`stargate run SCENARIO --seed N` writes `results/SCENARIO-sN/` (or the folder given with `--out`), whole or not at all.
In it are the tables below as Parquet files and {" and ".join(f"`{chart}`" for chart in CHARTS)}, six charts of the run.
Results are not kept in git; this page is.

Schema version {SCHEMA_VERSION}: columns are only ever added within a version.

- Months are dates, the first of the month. A **stock** is as of the month's last day, a **flow** is the sum over the
  month, a **price** holds for new contracts of the month. A **residual** is the largest break of a ledger; it is zero,
  or the run has stopped.
- Amounts are nominal US dollars. Columns ending in `_2025` are in constant US dollars of 2025.
- A megawatt has a kind: *facility* (what a campus draws), *IT* (what its computers draw), *utility* (at the grid's
  meter), *generation* (a plant's nameplate). *MW served* counts equipment by the facility or IT power it serves. Do not
  add different kinds.
- Jobs are gross: people at work on something a Stargate dollar paid for, whether or not they would have had other work.
- Two runs with equal question, seed, code and numbers have equal tables, row by row, but for `run`, and one `run_id`.
- Unit, kind and meaning of each column are in the files too, as Parquet field metadata; each file's own metadata names
  the run, the scenario with every key, the seed and the hashes of code and numbers.

## Open it

From the folder of the repository, after `uv run stargate run`:

```python
# Python, Polars
import polars

print(polars.read_parquet("{_EXAMPLE}/months.parquet", columns=["month", "jobs_total"]))
```

```python
# Python, all tables, lazily
from experiments import open_run

print(open_run("{_EXAMPLE}").sites.tail().collect())
```

```python
# Python, units and meanings
import abm

for column in abm.SCHEMA["months"]:
    print(column.name, column.unit, column.about, sep=" | ")
```

With programs that do not come with this project:

```sql
-- DuckDB (to be installed)
SELECT month, name, operating_mw
FROM '{_EXAMPLE}/sites.parquet' JOIN '{_EXAMPLE}/agents.parquet' ON agent_id = campus_id;
```

```r
# R with the package arrow (to be installed)
months <- arrow::read_parquet("{_EXAMPLE}/months.parquet"); plot(months$month, months$jobs_total, type = "l")
```

```python
# Python, units and meanings from the file itself, with PyArrow (to be installed: uv run --with pyarrow python)
import pyarrow.parquet

print(pyarrow.parquet.read_schema("{_EXAMPLE}/months.parquet"))
```
"""


def _table(name: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f"## {name}.parquet\n"
    yield f"{_TABLES[name]}\n"
    yield "| column | type | unit | kind | meaning |"
    yield "|---|---|---|---|---|"
    for column in columns:
        kind = "" if column.kind == "text" else column.kind
        yield f"| `{column.name}` | {_TYPES[column.dtype]} | {_unit(column)} | {kind} | {column.about} |"
    yield ""


def _unit(column: Column) -> str:
    return "share" if column.kind == "share" else "" if column.unit == "1" else column.unit


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
