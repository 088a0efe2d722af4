"""What stands for many joints? One orthotropic medium, and the cell of the grid that it is made of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.package.effective import in_parallel, round_columns

Directions = tuple[float, float, float]  # of a conductivity: along x, y, z, W/m/K
Homogenised = Literal["effective", "unit-cell"]


@dataclass(frozen=True)
class Column:
    """One of the columns that stand in one another, each reaching in to the next: a joint, a via's wall, its hole."""

    side: float  # of the square that the program paints, m
    diameter: float  # of the circle of the same area, m
    conductivity: Directions


@dataclass(frozen=True)
class Cell:
    """One joint of a grid in the middle of its share of the fill; lengths in m.

    `columns` from the outermost inwards, all around the middle; `circles` whether they are round or square.
    """

    size: tuple[float, float]
    columns: tuple[Column, ...]
    fill: Directions
    circles: bool = False

    @property
    def shares(self) -> tuple[float, ...]:
        """Of the cell's plane, those of the columns, without what stands in each, and that of the fill."""
        taken = [column.side**2 / (self.size[0] * self.size[1]) for column in self.columns]
        return (*(a - b for a, b in zip(taken, [*taken[1:], 0.0], strict=True)), 1 - taken[0])

    @property
    def share(self) -> float:
        """Of the cell's plane, that of the joint with all that it holds."""
        return 1 - self.shares[-1]

    def through(self) -> float:
        """Along the columns, W/m/K: shares add up, exactly so between faces of one temperature."""
        along = [*(column.conductivity[2] for column in self.columns), self.fill[2]]
        return float(in_parallel(self.shares, along))

    def by_formula(self) -> Directions:
        """Along x, y, z, W/m/K: round columns on a square pitch, a wall around its hole as one column (`effective`)."""
        return self._across(0), self._across(1), self.through()

    def _across(self, axis: int) -> float:
        *coats, core = self.columns
        inner, conductivity = core.side, core.conductivity[axis]
        for coat in reversed(coats):
            conductivity = float(round_columns((inner / coat.side) ** 2, conductivity, coat.conductivity[axis]))
            inner = coat.side
        return float(round_columns(self.share, conductivity, self.fill[axis]))


@dataclass(frozen=True)
class Medium:
    """What a solid of many joints is made of; `lower` and `upper` bound what a solved unit cell conducts.

    `conductivity` is that by formula until a unit cell that is asked for has been solved.
    """

    model: Homogenised
    n_joints: int
    cell: Cell
    materials: tuple[tuple[str, float], ...]  # each with its share of the volume, the joints' own first
    conductivity: Directions
    lower: Directions | None = None
    upper: Directions | None = None

    @property
    def pending(self) -> bool:
        """Whether its unit cell is still to be solved."""
        return self.model == "unit-cell" and self.lower is None

    @property
    def name(self) -> str:
        """What it is made of, as sheets tell it."""
        (joint, share), *others = self.materials
        return f"{joint} {share:.0%}, {', '.join(material for material, _ in others)}"

    def along(self) -> FloatArray:
        """Conductivity along x, y, z, W/m/K, shape (3,)."""
        assert not self.pending, "unit cells are solved before anything is painted"
        return np.array(self.conductivity)
