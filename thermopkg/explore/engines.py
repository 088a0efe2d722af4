"""Do both engines agree, and how much of a difference is shape? The runs of one package side by side."""

from dataclasses import dataclass

from thermopkg.answer.metrics import Metric
from thermopkg.claims.worth import Difference, differences
from thermopkg.mesh.quality import Quality


@dataclass(frozen=True, eq=False)
class EngineRun:
    """What the study asks for, by one engine, with joints of one shape, and what it took.

    `name` is "voxels" or "tetrahedra", `joints` "square", "round" or "curved"; `order` of the fields on tetrahedra, 0
    on voxels; `copies` of what was meshed make the package, 2 of a half and 4 of a quarter; `quality` of the tetrahedra
    """

    name: str
    joints: str
    metrics: tuple[Metric, ...]
    n_cells: int
    seconds: float
    order: int = 0
    copies: int = 1
    quality: Quality | None = None


@dataclass(frozen=True, eq=False)
class Crosscheck:
    """One package by voxels and by tetrahedra, both with square joints, and by tetrahedra with round ones.

    `round` is None where nothing in the package is round, or where it would take `left_out` tetrahedra. Round joints
    have the cross-sections of the square ones; where they are curved, balls bulge with the same volume and wires slant.
    """

    title: str
    voxels: EngineRun
    square: EngineRun
    round: EngineRun | None
    left_out: int = 0

    @property
    def runs(self) -> tuple[EngineRun, ...]:
        return (self.voxels, self.square) if self.round is None else (self.voxels, self.square, self.round)

    @property
    def engines(self) -> tuple[Difference, ...]:
        """Number by number, tetrahedra less voxels of one and the same model: none may be certain."""
        return differences(self.voxels.metrics, self.square.metrics)

    @property
    def shape(self) -> tuple[Difference, ...]:
        """Number by number, round or curved less square joints, both of tetrahedra; none where nothing is round."""
        return () if self.round is None else differences(self.square.metrics, self.round.metrics)

    @property
    def agree(self) -> bool:
        """Whether the brackets of both engines share a value for every number."""
        return not any(difference.certain for difference in self.engines)
