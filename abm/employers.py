"""Who employs workers, in the order of the labour market's establishments: each region's background first."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from abm.tables import Ints


@dataclass(frozen=True)  # without slots, for each block is reckoned once
class Employers:
    """Blocks of establishments: background by region, then crews, staff and plants by campus, makers, wires crews.

    Attributes:
        n_regions: background employers.
        n_campuses: campuses, each with a building crew, permanent staff and a crew for power plants on site.
        n_lines: production lines of vendors.
        n_zones: crews that build the grid, one for each zone.
    """

    n_regions: int
    n_campuses: int
    n_lines: int
    n_zones: int

    @cached_property
    def crews(self) -> slice:
        """Building crews by campus."""
        return slice(self.n_regions, self.n_regions + self.n_campuses)

    @cached_property
    def staff(self) -> slice:
        """Permanent staff by campus."""
        return slice(self.crews.stop, self.crews.stop + self.n_campuses)

    @cached_property
    def plants(self) -> slice:
        """Crews that build power plants on site, by campus."""
        return slice(self.staff.stop, self.staff.stop + self.n_campuses)

    @cached_property
    def makers(self) -> slice:
        """Production lines of vendors."""
        return slice(self.plants.stop, self.plants.stop + self.n_lines)

    @cached_property
    def wires(self) -> slice:
        """Crews that build the grid, by zone."""
        return slice(self.makers.stop, self.makers.stop + self.n_zones)

    def beyond(self, block: slice) -> slice:
        """Where a block lies in arrays that leave the background out."""
        return slice(block.start - self.n_regions, block.stop - self.n_regions)

    def __len__(self) -> int:
        return int(self.wires.stop)

    def regions(self, campus: Ints, line: Ints, zone: Ints) -> Ints:
        """Region of every establishment beyond the background, from those of campuses, lines and zones."""
        return np.concatenate([campus, campus, campus, line, zone])
