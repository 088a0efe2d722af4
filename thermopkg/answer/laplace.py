"""Between which two numbers does a resistance lie under powers that grow? Both lattices with no load but their sources.

For powers that go as exp(s t), s real, the mean rise per watt Z(s) = f' (K + s C)^-1 f is an energy like a resistance
at rest, and is bounded like one. Below: restricting the maximum of 2 f v - a(v, v) - s (capacity v, v) to trilinear v
lowers it, and the vertex rule over-integrates both squares. Above: the minimum over fluxes of their own energy and of
(div flux - source)^2 / (s capacity), which is exact for fluxes whose divergence is constant in every cell; where
nothing is stored, they must be in balance. Source: [pragersynge1947] for the pair; docs/transient.md.
"""

from collections.abc import Mapping

from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.krylov import without_ambient
from thermopkg.system import ThermalSystem

Sides = tuple[VoxelModel, VoxelModel]  # the package as the primal and as the dual lattice must see it


def sources_of(sides: Sides, places: Mapping[str, Patch]) -> tuple[ThermalSystem, ThermalSystem]:
    """Both systems of a package with a load for every place, and none for its coolants."""
    low, high = primal.emit(sides[0], places, 0.0), dual.emit(sides[1], places, 0.0)
    return without_ambient(low), without_ambient(high)
