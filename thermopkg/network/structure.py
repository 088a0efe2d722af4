"""What does the heat pass on its way? Structure functions: capacity over resistance, counted from the junction.

For heat that goes one way, dC/dR = c k A^2 at every place: a steep piece is wide or conducts well, a flat one is an
interface. Where heat spreads, the surface that it has reached takes the place of A. Source: [szekely1988].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.foster import Foster


@dataclass(frozen=True, eq=False)
class StructureFunction:
    """C over R as a line through points, and its slope dC/dR, both along the way from the junction to ambient."""

    resistances: FloatArray  # K/W, shape (m,), not falling
    capacities: FloatArray  # J/K, shape (m,), not falling
    middles: FloatArray  # resistances at which the slopes are known, K/W, shape (k,)
    slopes: FloatArray  # dC/dR, J W/K^2, shape (k,)

    @property
    def total(self) -> float:
        """Where the line ends, K/W: the steady thermal resistance."""
        return float(self.resistances[-1])

    def capacity_at(self, resistance: FloatArray) -> FloatArray:
        """Capacity up to a resistance, J/K, straight between the points."""
        return np.asarray(np.interp(resistance, self.resistances, self.capacities))

    def resistance_at(self, capacity: FloatArray) -> FloatArray:
        """Resistance along which so much capacity lies, K/W, straight between the points."""
        return np.asarray(np.interp(capacity, self.capacities, self.resistances))


def structure_function(network: Cauer | Foster) -> StructureFunction:
    """The structure function of a ladder, or of the ladder with the same curve.

    A ladder is a staircase: C_k rises at the resistance before it, R_k follows level. The line that it stands for
    crosses every rise and every level piece, and is drawn through their middles; a lattice's ladder of one layer gives
    it exactly. Its slope over one R_k is that of C_k's and C_k+1's geometric mean. Half of the last capacity follows at
    the slope before it; what is then left of the last resistance, as of a film, is level.
    """
    steps = network if isinstance(network, Cauer) else ladder(network)
    before = steps.at_once + np.append(0.0, np.cumsum(steps.resistances)[:-1])
    under = np.append(0.0, np.cumsum(steps.capacities)[:-1])
    points = np.empty((2, 2 * len(steps) + 2))
    points[:, 0] = steps.at_once, 0.0
    points[:, 1:-1:2] = before, under + 0.5 * steps.capacities
    points[:, 2:-1:2] = before + 0.5 * steps.resistances, under + steps.capacities
    points[:, -1] = steps.total, under[-1] + steps.capacities[-1]
    middles = 0.5 * (before[:-1] + before[1:])
    slopes = np.sqrt(steps.capacities[:-1] * steps.capacities[1:]) / steps.resistances[:-1]
    if len(slopes):
        points[0, -2] = before[-1] + 0.5 * min(steps.resistances[-1], steps.capacities[-1] / slopes[-1])
    return StructureFunction(points[0], points[1], middles, slopes)


# ---------------------------------------------------------------- stacks that are known
@dataclass(frozen=True)
class Stretch:
    """One piece of the way that is known: a layer that the heat passes straight through, or a film (no capacity)."""

    name: str
    resistance: float  # K/W
    capacity: float  # J/K

    def __post_init__(self) -> None:
        if not (0.0 < self.resistance < np.inf and 0.0 <= self.capacity < np.inf):
            raise ModelError(f"'{self.name}' has {self.resistance:g} K/W and {self.capacity:g} J/K; positive is wanted")


@dataclass(frozen=True)
class Mark:
    """Where a layer ends on the way from the junction, K/W."""

    name: str
    end: float


def marks(stretches: Sequence[Stretch]) -> tuple[Mark, ...]:
    """The ends of layers in a row."""
    ends = accumulate(stretch.resistance for stretch in stretches)
    return tuple(Mark(stretch.name, end) for stretch, end in zip(stretches, ends, strict=True))


def layer(name: str, thickness: float, conductivity: float, capacity: float, area: float) -> Stretch:
    """A layer that heat crosses over all its area: t / (k A) and c t A.

    Parameters
    ----------
    thickness : m; conductivity : W/m/K; capacity : J/m^3/K, density times heat capacity; area : m^2
    """
    return Stretch(name, thickness / (conductivity * area), capacity * thickness * area)


def stack_structure(stretches: Sequence[Stretch]) -> StructureFunction:
    """The exact structure function of layers in a row, from the junction on: a straight line in each."""
    resistances = np.array([0.0, *accumulate(stretch.resistance for stretch in stretches)])
    capacities = np.array([0.0, *accumulate(stretch.capacity for stretch in stretches)])
    middles = 0.5 * (resistances[:-1] + resistances[1:])
    return StructureFunction(resistances, capacities, middles, np.diff(capacities) / np.diff(resistances))
