"""Where the command begins: Ctrl-C is answered in one line while all else is still being loaded."""

import os
import signal
import sys

TYPE_CHECKING = False  # as type checkers know it; nothing is imported before the handler stands that need not be
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

_INTERRUPTED = 130
_SAID = "stargate: interrupted; nothing was written\n"


def main() -> int:
    """Load the command and do what its words say."""
    try:
        return _loaded()()
    except KeyboardInterrupt:  # between the two handlers
        _leave()
    finally:
        _listen(signal.SIG_DFL)  # all that is left is Python's own end, which would show a trace


def _loaded() -> "Callable[[], int]":
    """Import the command with a handler that leaves at once: an import can swallow or disguise an exception."""
    _listen(_leave)
    try:
        from experiments.cli import main as obey
    finally:
        _listen(signal.default_int_handler)
    return obey


def _listen(handler: "Callable[..., object] | signal.Handlers") -> None:
    if signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _leave):  # else it is ignored, as by nohup
        signal.signal(signal.SIGINT, handler)


def _leave(*_: object) -> "NoReturn":
    sys.stderr.write(_SAID)
    sys.stderr.flush()
    os._exit(_INTERRUPTED)
