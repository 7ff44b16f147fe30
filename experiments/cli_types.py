"""Types of options that several commands share."""

import shlex
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


def command_line(command: str, what: str | tuple[str, ...], *options: tuple[str, object]) -> str:
    """What to type to ask the same again, without the options that were not given."""
    words = [str(word) for option in options if option[1] is not None for word in option]
    return shlex.join(["stargate", command, *((what,) if isinstance(what, str) else what), *words])
