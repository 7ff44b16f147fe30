"""Types of options that several commands share."""

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter, Token


def _whole(_: object, tokens: Sequence[Token]) -> int:
    text = tokens[0].value
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


type Whole = Annotated[int, Parameter(converter=_whole)]  # the library by itself makes 4 of 3.7
type Flag = Annotated[bool, Parameter(negative=(), show_default=False)]
