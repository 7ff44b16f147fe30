"""A bar on the terminal while pairs of runs are made; nothing when standard error is a file."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from experiments.progress import COMPILING


class PairsBar:
    """Counts the runs that have ended."""

    def __init__(self, runs: int, is_shown: bool) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(),
            TimeRemainingColumn(), console=console, transient=True, disable=not (is_shown and console.is_terminal),
        )  # fmt: skip
        self._task = self._progress.add_task(COMPILING, total=runs)

    def __enter__(self) -> "PairsBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def watch[Made](self, made: Iterable[Made]) -> Iterator[Made]:
        """Hand on what is made, moving the bar with each."""
        for one in made:
            self._progress.update(self._task, advance=1, description="running")
            yield one
