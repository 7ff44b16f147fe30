"""Turns the records of a run into one Polars frame per table, by columns, never by rows."""

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from abm import SCHEMA

if TYPE_CHECKING:
    from abm import Month

type Cells = NDArray[Any] | Sequence[Any]
NUMBER_TYPES: dict[str, tuple[type[pl.DataType], type[np.generic]]] = {
    "i64": (pl.Int64, np.int64),
    "i32": (pl.Int32, np.int32),
    "f64": (pl.Float64, np.float64),
}


class Collector:
    """Keeps the columns of the months it is given, and joins them at the end.

    Attributes:
        dates: month of each record.
    """

    def __init__(self) -> None:
        self.dates: list[datetime.date] = []
        self._chunks: dict[str, dict[str, list[Cells]]] = {
            table: {column.name: [] for column in columns if column.name != "month"}
            for table, columns in SCHEMA.items()
            if table != "agents"
        }
        self._rows: dict[str, list[int]] = {table: [] for table in self._chunks}
        self._labels: dict[tuple[str, str], Sequence[str]] = {}
        self._agents: Mapping[str, Cells] | None = None

    def add(self, record: "Month") -> None:
        """Keep a month.

        Raises:
            ValueError: if a table or column is missing, or columns of a table differ in length.
        """
        self.dates.append(record.month)
        for table, columns in self._chunks.items():
            rows = set()
            for name, chunks in columns.items():
                cells = _cells(record, table, name)
                chunks.append(cells)
                rows.add(len(cells))
                self._note_labels(record, table, name)
            if len(rows) != 1:
                raise ValueError(f"{table} of {record.month:%Y-%m}: columns differ in length, {sorted(rows)}")
            self._rows[table].append(rows.pop())
        self._agents = record.agents

    def _note_labels(self, record: "Month", table: str, name: str) -> None:
        labels = record.labels.get(table, {}).get(name)
        known = self._labels.get((table, name))
        if labels is None or labels is known:
            return
        if known is not None and tuple(labels[: len(known)]) != tuple(known):
            raise ValueError(f"{table}.{name}: labels of {record.month:%Y-%m} change earlier codes; only append")
        self._labels[table, name] = labels

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table of the schema, rows in the order they came.

        Raises:
            ValueError: if there is no month, or the last one had no agents.
        """
        if self._agents is None:
            raise ValueError("the last record of a run must carry the agents")
        frames = {table: self._monthly(table) for table in self._chunks}
        agents = [pl.Series(column.name, self._agents[column.name]) for column in SCHEMA["agents"]]
        types = {column.name: agent_type(column.dtype) for column in SCHEMA["agents"]}
        return frames | {"agents": pl.DataFrame(agents).cast(types)}  # type: ignore[arg-type]

    def _monthly(self, table: str) -> pl.DataFrame:
        days = np.array(self.dates, "datetime64[D]").repeat(self._rows[table])
        columns = [pl.Series("month", days, dtype=pl.Date)]
        for column in SCHEMA[table][1:]:
            chunks = self._chunks[table][column.name]
            if column.dtype == "str":
                columns.append(_texts(column.name, chunks, self._labels.get((table, column.name))))
            else:
                polars_type, numpy_type = NUMBER_TYPES[column.dtype]
                columns.append(pl.Series(column.name, _joined(chunks, numpy_type), dtype=polars_type))
        return pl.DataFrame(columns)


def agent_type(dtype: str) -> type[pl.DataType]:
    """The Polars type of a column of `agents`, whose texts are names and stay plain."""
    return pl.String if dtype == "str" else NUMBER_TYPES[dtype][0]


def _cells(record: "Month", table: str, name: str) -> Cells:
    try:
        cells = record.tables[table][name]
    except KeyError:
        raise ValueError(f"the record of {record.month:%Y-%m} lacks {table}.{name}") from None
    return cells if isinstance(cells, Sequence) and not isinstance(cells, str) else np.atleast_1d(cells)


def _joined(chunks: Sequence[Cells], numpy_type: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([np.asarray(chunk, numpy_type) for chunk in chunks])


def _texts(name: str, chunks: Sequence[Cells], labels: Sequence[str] | None) -> pl.Series:
    """A column of texts, from codes into labels or from the texts themselves."""
    if labels is None:
        return pl.Series(name, np.concatenate([np.asarray(chunk, object) for chunk in chunks]), dtype=pl.Categorical)
    return pl.Series(name, labels, dtype=pl.Categorical).gather(_joined(chunks, np.uint32))
