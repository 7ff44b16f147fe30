"""Puts unit, kind and meaning on the columns of a Parquet file, through the Arrow C data interface.

Polars writes field metadata only if handed an Arrow schema that carries it, and cannot make one itself; PyArrow could,
at forty megabytes. So the schema Polars exports is taken and its fields' metadata pointers are set to ours.
Source: Apache Arrow, "The Arrow C data interface", section ArrowSchema [format specification 1.0].
"""

import ctypes
import struct
from collections.abc import Mapping

import polars as pl


class _CSchema(ctypes.Structure):
    """The C structure ArrowSchema; the children follow as an array of pointers."""


_CSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_CSchema))),
    ("dictionary", ctypes.POINTER(_CSchema)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


class AnnotatedSchema:
    """A Polars schema whose fields carry metadata, for `write_parquet(arrow_schema=...)`.

    Attributes:
        schema: names and types of the columns.
        notes: by column, what to say about it.
    """

    def __init__(self, schema: pl.Schema, notes: Mapping[str, Mapping[str, str]]) -> None:
        self.schema = schema
        self.notes = notes
        self._alive: list[ctypes.Array[ctypes.c_char]] = []  # the reader follows pointers into these

    def __arrow_c_schema__(self) -> object:
        capsule = self.schema.__arrow_c_schema__()
        whole = _CSchema.from_address(_pointer_of(capsule, b"arrow_schema"))
        for i in range(whole.n_children):
            field = whole.children[i].contents
            notes = self.notes[field.name.decode()]
            # Types such as Categorical have entries of their own, which must stay.
            buffer = ctypes.create_string_buffer(_encoded(_decoded(field.metadata) | dict(notes)))
            self._alive.append(buffer)
            # The old text stays with Polars, which frees it by its own pointer, not by this one.
            field.metadata = ctypes.addressof(buffer)
        return capsule


def _encoded(notes: Mapping[str, str]) -> bytes:
    """Key-value pairs as the interface wants them: count, then length and bytes of each key and value."""
    texts = [text.encode() for pair in notes.items() for text in pair]
    return struct.pack("=i", len(notes)) + b"".join(struct.pack("=i", len(text)) + text for text in texts)


def _decoded(address: int | None) -> dict[str, str]:
    if address is None:
        return {}
    count, at = ctypes.c_int32.from_address(address).value, address + 4
    texts = []
    for _ in range(2 * count):
        length = ctypes.c_int32.from_address(at).value
        texts.append(ctypes.string_at(at + 4, length).decode())
        at += 4 + length
    return dict(zip(texts[::2], texts[1::2], strict=True))
