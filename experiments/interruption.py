"""Ends a command that is asked to end, whatever swallows or disguises the exception on the way."""

import _thread
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_SECONDS_UNTIL_AGAIN = 0.05
_HANDLERS = {"SIGINT": signal.default_int_handler, "SIGTERM": signal.SIG_DFL, "SIGHUP": signal.SIG_DFL}


class _Ear:
    """Hears requests to end.

    Attributes:
        has_heard: whether there was one.
        again: what asks once more, if the exception fell into a place that drops exceptions.
        drop: what Python does there with all other exceptions.
    """

    def __init__(self) -> None:
        self.has_heard = False
        self.again: threading.Timer | None = None
        self.drop: Callable[[UnraisableHookArgs], object] = sys.unraisablehook

    def interrupt(self, *_: object) -> NoReturn:
        """Handle a signal."""
        self.has_heard = True
        raise KeyboardInterrupt

    def on_dropped(self, dropped: "UnraisableHookArgs") -> None:
        """Ask again where a finaliser or a callback has dropped the interruption, with no word about it."""
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            self.drop(dropped)
            return
        self.again = threading.Timer(_SECONDS_UNTIL_AGAIN, _thread.interrupt_main)
        self.again.daemon = True
        self.again.start()


@contextlib.contextmanager
def ended_politely() -> Iterator[None]:
    """Take a request to end for an interruption, so that half-written folders are cleared away.

    Raises:
        KeyboardInterrupt: if there was one, even if what was under way has made another error of it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # other threads get no signals
        return
    ear = _Ear()
    before = _taken(ear)
    sys.unraisablehook = ear.on_dropped
    try:
        yield
    except Exception as error:
        if ear.has_heard:
            raise KeyboardInterrupt from error
        raise
    finally:
        sys.unraisablehook = ear.drop
        if ear.again is not None:
            ear.again.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _taken(ear: _Ear) -> dict[int, Any]:
    """Listen to the signals that nobody handles or ignores yet (nohup has SIGHUP ignored); return what was there."""
    wanted = {getattr(signal, name): handler for name, handler in _HANDLERS.items() if hasattr(signal, name)}
    taken = {number: handler for number, handler in wanted.items() if signal.getsignal(number) is handler}
    for number in taken:
        signal.signal(number, ear.interrupt)
    return taken
