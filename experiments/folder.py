"""A results folder appears whole or not at all: written beside its place, then renamed."""

import contextlib
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from experiments.errors import BadResults

_RANDOM_BYTES = 4
_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def staged(out: Path, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A hidden folder beside `out` that takes its place when the block ends, and vanishes if it fails.

    Args:
        out: the folder to come; one that `is_ours` is replaced as a whole, an empty one too
        is_ours: whether an existing folder may be replaced

    Raises:
        BadResults: before anything is done, if `out` cannot be written or holds something else.
    """
    out = Path(os.path.abspath(out.expanduser()))  # without the dots, which would hide the folder one is in
    with _as_bad_results(out):
        _check_replaceable(out, is_ours)
    missing = [parent for parent in out.parents if not parent.exists()]
    part = out.with_name(f".{out.name}-{secrets.token_hex(_RANDOM_BYTES)}.part")
    try:
        with _as_bad_results(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            part.mkdir()
        yield part
        with _uninterrupted():
            _swap(part, out)
    except BaseException:
        with _uninterrupted():
            shutil.rmtree(part, ignore_errors=True)
            for folder in missing:  # innermost first; one that somebody else has used meanwhile stays
                with contextlib.suppress(OSError):
                    folder.rmdir()
        raise


def _check_replaceable(out: Path, is_ours: Callable[[Path], bool]) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadResults(f"{out} is a file or link, not a folder; give another --out")
    if not out.exists():
        return
    here = Path.cwd()
    if out.samefile(here) or out in here.parents:
        what = "is" if out.samefile(here) else "holds"
        raise BadResults(f"{out} {what} the folder you are in; give --out the name of a new one")
    if any(out.iterdir()) and not is_ours(out):
        raise BadResults(f"{out} holds files that are not a run's; give --out the name of a new folder")


@contextlib.contextmanager
def _as_bad_results(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
        why = "a file stands where a folder must be" if in_the_way else error.strerror
        raise BadResults(f"cannot write {out}: {why}; give --out a folder you may write to") from error


def _swap(part: Path, out: Path) -> None:
    if not out.exists():
        part.rename(out)
        return
    old = part.with_suffix(".old")
    out.rename(old)
    try:
        part.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let a short clean-up end whatever key is pressed; other threads than the main one get no signals anyway."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(number, signal.signal(number, signal.SIG_IGN)) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
