"""Which of what varies matters: Morris' screen and Sobol' indices of a study."""

from collections.abc import Iterable

from experiments.analysis.finding import Result, Skipped
from experiments.analysis.indices import indices
from experiments.analysis.readout import Readout
from experiments.analysis.screen import screen


def findings(readout: Readout) -> Iterable[Result]:
    """A finding for each Morris or Sobol' design in each world."""
    if not any(design.kind in ("morris", "sobol") for design in readout.designs):
        yield Skipped("Sensitivity", "no design is of kind morris or sobol")
        return
    for layout in readout.layouts():
        if layout.design.kind == "morris":
            yield screen(layout)
        elif layout.design.kind == "sobol":
            yield indices(layout)
