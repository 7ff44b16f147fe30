"""A fingerprint of anything the model keeps, deep: two equal fingerprints mean that nothing was written."""

import dataclasses
import hashlib

import mesa
import numpy as np

from abm.bills import Bills


def digest(thing):
    """Hexadecimal fingerprint of arrays, dataclasses, dicts, lists and objects; agents and models inside are passed."""
    found = hashlib.blake2b(digest_size=16)
    _feed(thing, found.update, {})
    return found.hexdigest()


def _feed(thing, update, seen):
    """Feed a thing; of what came before, only which it was: tables that many agents share are read once."""
    if thing is None or isinstance(thing, bool | int | float | str | bytes | np.generic):
        update(f"{type(thing).__name__} {thing!r};".encode())
    elif isinstance(thing, np.ndarray):
        update(f"{thing.dtype} {thing.shape};".encode())
        update(repr(thing.tolist()).encode() if thing.dtype == object else thing.tobytes())
    elif isinstance(thing, mesa.Agent | mesa.Model) or callable(thing):
        update(b"somebody;")
    elif id(thing) in seen:
        update(f"number {seen[id(thing)][0]};".encode())
    else:
        seen[id(thing)] = len(seen), thing  # held, so that its id stays its own
        for name, part in _parts(thing):
            update(f"{name}:".encode())
            _feed(part, update, seen)


def _parts(thing):
    """What a thing is made of, as pairs of name and part."""
    if isinstance(thing, Bills):
        thing.due()  # gathers what was noted since: another form of the same bills
    if isinstance(thing, dict):
        return sorted(((repr(key), part) for key, part in thing.items()), key=lambda pair: pair[0])
    if isinstance(thing, set | frozenset):
        return [("", item) for item in sorted(thing, key=repr)]
    if isinstance(thing, list | tuple):
        return enumerate(thing)
    if dataclasses.is_dataclass(thing):
        return [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    if hasattr(thing, "__dict__"):
        return sorted(vars(thing).items())
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return [(name, getattr(thing, name)) for name in slots]
