"""Where commands print: a console that leaves a closed pipe to the caller, and JSON."""

import json
import sys
from typing import Any

from rich.console import Console


class _Console(Console):
    """A console on standard output."""

    def on_broken_pipe(self) -> None:
        """Let the error through, which the command takes for an end; Rich would exit with 1."""
        raise


def console() -> Console:
    """The console for what a person reads."""
    return _Console(highlight=False, soft_wrap=False)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n")
