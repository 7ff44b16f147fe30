"""What can go wrong for a user: each message says what, which value, and what to do."""


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
