"""Turns whatever goes wrong into one line and an exit code."""

from abm import BadNumber, BadScenario, StargateError

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
MOST_LETTERS = 400


class BadInput(StargateError):
    """Something asked of a command that it cannot do."""


class BadResults(StargateError):
    """A results folder that cannot be read or written."""


_FULL = "No space left on device"
_REMEDY = "free the place or write elsewhere"
_INPUT_ERRORS = (BadInput, BadNumber, BadResults, BadScenario)


def exit_code(error: BaseException) -> int:
    """2 for what the user can mend in the question, 130 for an interruption, 1 for a failure inside."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    return BAD_INPUT if isinstance(error, _INPUT_ERRORS) else FAILED


def one_line(error: BaseException) -> str:
    """What to say about an error: one line, no traceback."""
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "interrupted; nothing was written"
    if isinstance(error, StargateError):
        return _shortened(str(error))
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return _shortened(f"{error.strerror}{where}; {_REMEDY}")
    if _FULL in str(error):  # Polars says so in an error of its own
        return f"{_FULL}; {_REMEDY}"
    return _shortened(f"failure inside: {type(error).__name__}: {error}") + "; add --debug to see where"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 3] + "..."
