"""What can go wrong for a user: each message says what, which value, and what to do."""

import difflib
from collections.abc import Iterable


class StargateError(Exception):
    """Anything a user can cause or should be told in one line."""


class BadNumber(StargateError):
    """A number, a unit or a range that cannot be used."""


class BadScenario(StargateError):
    """A scenario that cannot be read or run."""


class BadPosting(StargateError):
    """A posting that cannot be written: names the kind, the row and the amount."""


class BooksDoNotBalance(StargateError):
    """A ledger that does not close: names the month, who is off, and by how much."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for an unknown word: the known one most like it, whatever their case, or something else."""
    by_lower_case = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower_case, n=1)
    return f"did you mean {by_lower_case[close[0]]!r}?" if close else otherwise
