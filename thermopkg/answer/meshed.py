"""What did a run on a mesh from a file find? Numbers and means with bounds, watts, and how the mesh was refined."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.answer.refining import MeshStep
from thermopkg.arraytypes import FloatArray
from thermopkg.case.mesh_case import MeshCase
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.quality import Quality


@dataclass(frozen=True, eq=False)
class MeshAnswer:
    """Everything that a run on a mesh from a file found.

    `means` of all regions in K with their bounds; `leaving` through every face that takes heat, W; `rise` over the
    ambient at the corners of the last mesh, K
    """

    case: MeshCase
    name: str
    model: ElementModel
    quality: Quality
    steps: tuple[MeshStep, ...]
    reached: bool
    metrics: tuple[Metric, ...]
    means: Mapping[str, Bracket]
    leaving: Mapping[str, float]
    rise: FloatArray
    seconds: float

    @property
    def temperature(self) -> FloatArray:
        """At the corners of the last mesh, K."""
        return np.asarray(self.case.ambient + self.rise)

    @property
    def generated(self) -> float:
        """W, of all regions together."""
        return sum(self.case.powers.values())
