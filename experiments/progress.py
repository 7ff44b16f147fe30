"""A bar on the terminal while a run goes on; nothing at all when standard error is a file."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

COMPILING = "loading the model (the first time it compiles, up to a minute)"


class Bar:
    """Says what is being done, and how many months are."""

    def __init__(self, months: int, is_shown: bool) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(),
            TimeElapsedColumn(), console=console, transient=True, disable=not (is_shown and console.is_terminal),
        )  # fmt: skip
        self._task = self._progress.add_task(COMPILING, total=months)

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def watch[Record](self, records: Iterable[Record]) -> Iterator[Record]:
        """Hand on the records, moving the bar with each."""
        for record in records:
            self._progress.update(self._task, advance=1, description="running")
            yield record

    def say(self, what: str) -> None:
        """Show what is being done after the last month."""
        self._progress.update(self._task, description=what)
