"""Unit, kind and meaning travel in the fields of a Parquet file and harm nothing else."""

import base64
import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from experiments.arrow_metadata import AnnotatedSchema, _decoded, _encoded

FRAME = pl.DataFrame(
    {
        "day": [datetime.date(2025, 1, 1), datetime.date(2025, 2, 1)],
        "mw": [1.5, None],
        "heads": [3, 4],
        "name": ["Abilene", "Milam"],
        "kind": pl.Series(["loan", "bond"], dtype=pl.Categorical),
        "fixed": pl.Series(["a", "b"], dtype=pl.Enum(["a", "b"])),
        "each": [[0.1], [0.2, 0.3]],
        "at": pl.Series([datetime.datetime(2025, 1, 1), None], dtype=pl.Datetime("us", "UTC")),
    }
)


def notes_for(frame):
    return {name: {"unit": f"unit of {name}", "about": f"Größe „{name}“"} for name in frame.columns}


def stored_schema(path):
    """The Arrow schema a writer leaves in a Parquet file, as bytes; its texts stand in it as they are."""
    return base64.b64decode(pl.read_parquet_metadata(path)["ARROW:schema"])


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "table.parquet"
    FRAME.write_parquet(path, arrow_schema=AnnotatedSchema(FRAME.schema, notes_for(FRAME)))
    return path


def test_every_field_carries_its_notes(written):
    schema = stored_schema(written)
    for name, notes in notes_for(FRAME).items():
        for text in notes.values():
            assert text.encode() in schema, name


def test_the_table_is_the_same_as_without_notes(written):
    assert_frame_equal(pl.read_parquet(written), FRAME)
    assert pl.read_parquet_schema(written) == FRAME.schema


def test_writing_often_harms_no_memory(tmp_path):
    """Each schema frees its own texts; freeing ours instead would end the process here."""
    for _ in range(200):
        schema = AnnotatedSchema(FRAME.schema, notes_for(FRAME))
        FRAME.write_parquet(tmp_path / "table.parquet", arrow_schema=schema)
        del schema
    assert_frame_equal(pl.read_parquet(tmp_path / "table.parquet"), FRAME)


def test_a_column_without_notes_is_refused(tmp_path):
    with pytest.raises(KeyError, match="heads"):
        AnnotatedSchema(FRAME.select("heads").schema, {}).__arrow_c_schema__()


def test_texts_survive_the_interface():
    import ctypes

    notes = {"unit": "MW", "about": "", "größe": "x" * 300}
    buffer = ctypes.create_string_buffer(_encoded(notes))
    assert _decoded(ctypes.addressof(buffer)) == notes
    assert _decoded(None) == {}
