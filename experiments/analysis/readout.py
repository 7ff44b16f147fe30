"""A study's results as the analyses want them: outcomes by point and seed, laid out as each design asked for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from experiments.designs import Design
from experiments.errors import BadInput, BadResults
from experiments.study_factors import Factor
from experiments.study_frames import StudyFrames, open_study

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure of a run.

    Attributes:
        name: column of `summary`.
        label: what a reader calls it.
        unit: as it is shown.
        scale: what to divide by to show it.
    """

    name: str
    label: str
    unit: str
    scale: float = 1.0

    def shown(self, value: float, *, is_signed: bool = False) -> str:
        """A value with three significant digits or none after the point, and its unit."""
        scaled = value / self.scale
        digits = 0 if abs(scaled) >= 100 else 1 if abs(scaled) >= 10 else 2
        return f"{scaled:{'+' if is_signed else ''},.{digits}f} {self.unit}"


FIGURES = (
    Figure("peak_jobs", "peak gross jobs", "jobs"),
    Figure("last_operating_mw", "Stargate power in service at the end", "MW"),
    Figure("spent_usd", "Stargate spending", "USD bn", 1e9),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """One design in one world: a scenario, and one point of whatever else was crossed with it.

    Attributes:
        world: in words.
        design: of the study.
        shares: its points in the unit cube, shape (n_points, n_factors); empty for designs that are listed.
        points: value of each factor at each point.
        outcomes: by figure, shape (n_points, n_seeds); NaN where a run failed.
    """

    world: str
    design: Design
    shares: Floats
    points: tuple[Mapping[str, float | str], ...]
    outcomes: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Readout:
    """All an analysis may know of a study.

    Attributes:
        manifest: of the study.
        folder: it lies in.
        designs: how what varied was combined.
        rows: one for each scenario, point and seed: these, every factor, every headline figure (null if it failed).
        net: the table `net` with the seed, None if the study did not keep it.
    """

    manifest: Mapping[str, Any]
    folder: Path
    designs: tuple[Design, ...]
    rows: pl.DataFrame
    net: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        """Of the study."""
        return str(self.manifest["name"])

    @property
    def scenarios(self) -> tuple[str, ...]:
        """In the order of the study."""
        return tuple(scenario["name"] for scenario in self.manifest["scenarios"])

    @property
    def factors(self) -> tuple[Factor, ...]:
        """Everything that varied."""
        return tuple(factor for design in self.designs for factor in design.factors)

    @property
    def seeds(self) -> tuple[int, ...]:
        """In the order of the study."""
        return tuple(self.manifest["seeds"])

    def outcomes(self, scenario: str, figure: str) -> Floats:
        """Values of a figure by point and seed, shape (n_points, n_seeds)."""
        rows = self.rows.filter(pl.col("scenario") == scenario)
        places = {seed: i for i, seed in enumerate(self.seeds)}
        found = np.full((int(rows["point"].max()) + 1, len(places)), np.nan)  # type: ignore[arg-type]
        for point, seed, value in rows.select("point", "seed", figure).iter_rows():
            if value is not None and seed in places:
                found[point, places[seed]] = value
        return found

    def layouts(self) -> Iterator[Layout]:
        """Every design in every world it was tried in."""
        sizes = [len(design.points()) for design in self.designs]
        for scenario in self.scenarios:
            outcomes = {figure.name: self.outcomes(scenario, figure.name) for figure in FIGURES}
            known = self._points_of(scenario)
            grid = np.arange(int(np.prod(sizes, dtype=np.int64))).reshape(sizes)
            if grid.size != len(known):
                raise BadResults(f"{self.folder} holds {len(known)} points where its designs have {grid.size}")
            for axis, design in enumerate(self.designs):
                for rows in np.moveaxis(grid, axis, -1).reshape(-1, sizes[axis]):
                    yield self._layout(scenario, design, rows, known, outcomes)

    def _layout(
        self,
        scenario: str,
        design: Design,
        rows: NDArray[np.int64],
        known: list[dict[str, Any]],
        outcomes: Mapping[str, Floats],
    ) -> Layout:
        names = [factor.name for factor in design.factors]
        points = tuple({name: known[row][name] for name in names} for row in rows)
        others = [factor.name for factor in self.factors if factor.name not in names]
        told = ", ".join(f"{name} = {known[rows[0]][name]}" for name in others)
        shares = np.empty((0, len(names)))
        if design.kind in ("morris", "sobol", "latin_hypercube"):
            shares = design.shares()
            asked = design.points()
            if any(not _is_same(a[name], b[name]) for a, b in zip(asked, points, strict=True) for name in names):
                raise BadResults(
                    f"{self.folder}: the {design.kind} points are not those this version of the sampler gives; "
                    "analyse with the versions in its manifest.json"
                )
        world = f"{scenario}, {told}" if told else scenario
        return Layout(world, design, shares, points, {name: values[rows] for name, values in outcomes.items()})

    def _points_of(self, scenario: str) -> list[dict[str, Any]]:
        rows = self.rows.filter(pl.col("scenario") == scenario).unique("point", keep="first").sort("point")
        return rows.select("point", *(factor.name for factor in self.factors)).to_dicts()


def _is_same(asked: float | str, stored: float | str) -> bool:
    if isinstance(asked, str) or isinstance(stored, str):
        return asked == stored
    return bool(np.isclose(asked, stored, rtol=1e-9))  # another machine may round the last digit otherwise


def readout_of(folder: Path) -> Readout:
    """Read a study.

    Raises:
        BadResults: if it cannot be read.
        BadInput: if it kept nothing that could be analysed.
    """
    return readout_from(open_study(folder), folder)


def readout_from(study: StudyFrames, folder: Path) -> Readout:
    """The same from opened frames."""
    names = [figure.name for figure in FIGURES]
    design = study.table("design")
    if "summary" not in study.tables:
        raise BadInput(f"{folder} holds no finished run to analyse; see `runs.error`")
    summary = study.summary.select("run_id", "scenario", *(pl.col(name).cast(pl.Float64) for name in names))
    rows = design.join(summary, on=["run_id", "scenario"], how="left", maintain_order="left").collect()
    if all(rows[name].null_count() == rows.height for name in names):
        raise BadInput(f"{folder} holds no finished run to analyse; see `runs.error`")
    net = study.with_parameters("net", "seed").collect() if "net" in study.tables else None
    return Readout(study.manifest, folder, _designs(study.manifest), rows, net)


def _designs(manifest: Mapping[str, Any]) -> tuple[Design, ...]:
    factors = {
        said["name"]: Factor(
            said["name"], said["kind"], tuple(said["values"]), said.get("low", 0.0), said.get("high", 0.0),
            said.get("whole", False),
        )
        for said in manifest["parameters"]
    }  # fmt: skip
    return tuple(
        Design(
            said["kind"],
            {key: value for key, value in said.items() if key not in ("kind", "of")},
            tuple(factors[name] for name in said["of"]),
        )
        for said in manifest["designs"]
    )
