"""Between which two numbers does a resistance lie under powers that grow? Both lattices under one and the same shift.

For powers that go as exp(s t), s real, the mean rise per watt Z(s) = f' (K + s C)^-1 f is an energy like a resistance
at rest, and is bounded like one. Below: restricting the maximum of 2 f v - a(v, v) - s (capacity v, v) to trilinear v
lowers it, and the vertex rule over-integrates both squares. Above: the minimum over fluxes of their own energy and of
(div flux - source)^2 / (s capacity), which is exact for fluxes whose divergence is constant in every cell; where
nothing is stored, they must be in balance. Source: [pragersynge1947] for the pair; design note "Time".
"""

from collections.abc import Callable, Mapping

from thermopkg.answer.bracket import ResistanceMatrix, from_above, from_below
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual, primal
from thermopkg.lattice.shifted import under
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.krylov import without_ambient
from thermopkg.solve.steady import NO_STARTS, Starts
from thermopkg.system import ThermalSystem

Sides = tuple[VoxelModel, VoxelModel]  # the package as the primal and as the dual lattice must see it


def sources_of(sides: Sides, places: Mapping[str, Patch]) -> tuple[ThermalSystem, ThermalSystem]:
    """Both systems of a package with a load for every place, and none for its coolants."""
    low, high = primal.emit(sides[0], places, 0.0), dual.emit(sides[1], places, 0.0)
    return without_ambient(low), without_ambient(high)


def laplace_bracket(
    sides: Sides,
    places: Mapping[str, Patch],
    shift: float,
    guard: Callable[[], FloatArray],
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS),
) -> ResistanceMatrix:
    """Bounds on Z(s) of all places: their mean rise per watt in each, for powers that go as exp(s t), K/W.

    Parameters
    ----------
    shift : s, 1/s, real and not negative; at zero these are the bounds at rest
    guard : makes a load that heats every cell, W, which tells how much the dual lattice's solver leaves
    starts : fields to begin with on either lattice, K, by the place's name
    Raises
    ------
    CaseError : a material does not tell what it stores
    ConvergenceError : a solve fails
    """
    low, high = (under(system, shift) for system in sources_of(sides, places))
    lower = from_below(low, None, starts[0]).bound
    return ResistanceMatrix(tuple(low.loads), lower, from_above(high, guard, lower, starts[1]).bound)
