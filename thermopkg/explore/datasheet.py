"""What does a data sheet hold? Its rows, how far each may lie off, and the setups that they were found in."""

from dataclasses import dataclass

from thermopkg.answer.account import HeatAccount
from thermopkg.answer.adapt import Step
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.answer.operating import OperatingPoint
from thermopkg.answer.wandering import Wandering
from thermopkg.case.case import Case
from thermopkg.case.datasheet import Published
from thermopkg.errors import Fault
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.setups.rows import Row, SetupCase


@dataclass(frozen=True)
class Line:
    """One row of a data sheet: its number with the bracket of the mesh, and how far the inputs let it wander.

    `measure` is what all its percents are of, K/W: the number itself, or, of a psi, the junction's rise per watt. A psi
    is a small difference of two large rises, and may be next to nothing.
    """

    row: Row
    metric: Metric
    wandering: Wandering
    measure: float
    reached: bool  # whether the bracket is as narrow as the study wants
    published: Published | None = None

    @property
    def own_share(self) -> float:
        """The number over its measure, without sign: what turns percents of the one into percents of the other."""
        return abs(self.metric.bracket.value) / self.measure if self.measure > 0 else 0.0

    @property
    def by_materials(self) -> float:
        """What the ranges of the materials make of it, over its measure."""
        return self.wandering.by_materials * self.own_share

    @property
    def by_films(self) -> float:
        """What the stated uncertainties of the films make of it, over its measure."""
        return self.wandering.films * self.own_share

    @property
    def unranged(self) -> float:
        """By how many per cent of its measure it moves where all materials without a range are off by one per cent."""
        return sum(abs(share) for _, share in self.wandering.unranged) * self.own_share

    @property
    def deviation(self) -> float | None:
        """From the published value, over that; None where none is given."""
        if self.published is None or self.published.value is None:
            return None
        return float(self.metric.bracket.value / self.published.value - 1)


@dataclass(frozen=True, eq=False)
class Setting:
    """One setup solved: its lines, the junction (degC would be 273.15 less), and how it was found."""

    setup: SetupCase
    lines: tuple[Line, ...]
    junction: Bracket  # K
    power: float  # W
    point: OperatingPoint | None
    heat: HeatAccount
    model: VoxelModel
    steps: tuple[Step, ...]  # grids on the way
    seconds: float

    @property
    def title(self) -> str:
        """The setup in words."""
        return self.setup.setup.title

    @property
    def reached(self) -> bool:
        """Whether all its lines are within the tolerance."""
        return all(line.reached for line in self.lines)


@dataclass(frozen=True, eq=False)
class SolvedRows:
    """All rows of a package, in the order of the sheet."""

    case: Case
    alone: VoxelModel  # the package by itself, on the planes of its own geometry
    lines: tuple[Line, ...]
    settings: tuple[Setting, ...]
    warnings: tuple[Fault, ...]
    seconds: float

    @property
    def reached(self) -> bool:
        """Whether all rows are within the tolerance."""
        return all(line.reached for line in self.lines)

    def line(self, name: str) -> Line:
        """The row of that name; KeyError where it was not asked for."""
        for line in self.lines:
            if line.row.name == name:
                return line
        raise KeyError(name)

    def setting_of(self, line: Line) -> Setting:
        """Where a line was found."""
        return next(setting for setting in self.settings if line in setting.lines)
