"""Everything that uses the model; it sees `abm` only through its public names."""

TYPE_CHECKING = False  # as type checkers know it; importing `typing` would delay what `start` does first
if TYPE_CHECKING:
    from pathlib import Path

    from experiments.store import Run
    from experiments.study_frames import StudyFrames

__all__ = ["open_run", "open_study"]


def open_run(path: "str | Path") -> "Run":
    """Open the folder of one run as lazy Polars frames; see `experiments.store.open_run`."""
    from experiments import store  # Polars takes a third of a second, which `stargate --help` need not pay

    return store.open_run(path)


def open_study(path: "str | Path", *, partial: bool = False) -> "StudyFrames":
    """Open the folder of a study as lazy Polars frames; see `experiments.study_frames.open_study`.

    Args:
        path: of the folder
        partial: if it is not complete, open what is there, with a warning
    """
    from pathlib import Path

    from experiments import study_frames, study_partial

    folder = Path(path).expanduser()
    if partial and study_frames.is_incomplete(folder):
        return study_partial.open_partial(folder)
    return study_frames.open_study(folder)
