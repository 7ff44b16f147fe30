"""What Morris' screen and Sobol' indices share."""

from typing import Any

from experiments.analysis.finding import Note
from experiments.analysis.luck import Variance
from experiments.analysis.readout import Figure, Layout

RESAMPLES, SEED = 1000, 1  # of the bootstrap; the seed makes equal results give equal intervals
LEAST_BLOCKS = 2
COMMON = (
    Note("figure", "", "Headline figure of the run"),
    Note("factor", "", "What varied"),
    Note("kind", "", "levers (somebody decides), numbers (nobody knows), switches (how the model is built)"),
)


def luck_sentence(split: Variance, figure: Figure) -> str:
    """What luck contributes to a figure."""
    if not split.total:
        return f"Neither the points nor the seeds move {figure.label}."
    return (
        f"Of the variance of single runs {split.points / split.total:.0%} comes from what varied, "
        f"{split.seeds / split.total:.0%} from luck that all points share and {split.rest / split.total:.0%} from "
        f"luck that differs by point; in the means over {split.seed_count} seeds used here {split.left_in_means:.0%} "
        "is luck."
    )


def problem_of(layout: Layout) -> dict[str, Any]:
    """The factors as SALib wants them, in the unit cube."""
    names = [factor.name for factor in layout.design.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def slug(world: str) -> str:
    """A world in letters a file may have in its name."""
    return "".join(c if c.isalnum() or c in "_-." else "-" for c in world.replace(" = ", "-").replace(", ", "-"))
