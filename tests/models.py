"""Which models do the tests solve? Cells painted by hand, cooled and heated where a test says, and their exact solve.

Coordinates in m, conductivities in W/m/K, films in W/m²/K; all temperatures are rises over a reference of 0 K.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from tests.exact.stack import Layer
from thermopkg.answer.bracket import ResistanceMatrix, bracket
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.material import ElectricalRole
from thermopkg.lattice import dual, primal
from thermopkg.lattice.network import Network
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import NOTHING, ExposedFaces, Surface, VoxelModel
from thermopkg.package.package import Package
from thermopkg.system import ThermalSystem

Emit = Callable[[VoxelModel, Mapping[str, Patch], float], ThermalSystem]  # primal.emit or dual.emit

DIRECTIONS = {"x-": (0, False), "x+": (0, True), "y-": (1, False), "y+": (1, True), "z-": (2, False), "z+": (2, True)}


@dataclass(frozen=True)
class Coolant:
    """What exposed faces that look one way give their heat to: a film, infinite on a held face, and its rise."""

    film: float
    rise: float = 0.0


Cooling = Mapping[str | tuple[str, int], Coolant]  # by the direction that a face looks to, or by it and the region


def solid(region: int) -> str:
    """Name of the solid, and of the part, that a region of a painted model belongs to."""
    return f"solid-{region}"


def painted(
    ticks: tuple[FloatArray, FloatArray, FloatArray],
    region: IntArray,
    conductivity: FloatArray,
    cooling: Cooling,
    capacity: Sequence[float] = (),
    mirrored: tuple[bool, bool] = (False, False),
) -> VoxelModel:
    """A model from the region of each cell, NOTHING where it is empty, and each region's kx, ky, kz, shape (n, 3).

    `capacity` is what each region stores, J/m³/K; unknown by default.
    """
    grid = Grid(*ticks, mirrored)
    regions = tuple(
        Region(
            *(solid(number), solid(number), "body", solid(number), cast(ElectricalRole, None), own),
            capacity=capacity[number] if capacity else np.nan,
        )
        for number, own in enumerate(np.asarray(conductivity, float))
    )
    surfaces, exposed = [], []
    around = np.pad(region, 1, constant_values=NOTHING)
    for direction, (axis, high) in DIRECTIONS.items():
        beyond = np.roll(around, -1 if high else 1, axis)[1:-1, 1:-1, 1:-1]
        cells = np.flatnonzero((region != NOTHING) & (beyond == NOTHING))
        by_region = np.full(len(regions), -1)
        for number in range(len(regions)):
            coolant = cooling.get((direction, number), cooling.get(direction))
            if coolant is not None and coolant.film > 0:
                by_region[number] = len(surfaces)
                surfaces.append(Surface(f"{direction} of {number}", grid.copies * coolant.film, coolant.rise))
        exposed.append(ExposedFaces(axis, high, cells, by_region[region.ravel()[cells]]))
    package = cast(Package, None)  # nothing below the answer looks at it
    return VoxelModel(package, grid, region.astype(np.int16), regions, tuple(surfaces), tuple(exposed))


def even(*planes: float, parts: int | Sequence[int] = 1) -> FloatArray:
    """Ticks at the planes, each interval between two of them cut into equal parts."""
    parts = [parts] * (len(planes) - 1) if isinstance(parts, int) else parts
    pieces = [np.linspace(a, b, n, endpoint=False) for (a, b), n in zip(pairwise(planes), parts, strict=True)]
    return np.append(np.concatenate(pieces), planes[-1])


def interfaces(layers: Sequence[Layer]) -> FloatArray:
    """Heights of the interfaces of a stack over its bottom face."""
    return np.concatenate([[0.0], np.cumsum([layer.thickness for layer in layers])])


def stacked(
    layers: Sequence[Layer],
    x: FloatArray,
    y: FloatArray,
    parts: int | Sequence[int],
    cooling: Cooling,
    capacity: Sequence[float] = (),
) -> VoxelModel:
    """A stack of full-area layers, each a region of its own, cut into so many sheets of cells."""
    heights = interfaces(layers)
    parts = [parts] * len(layers) if isinstance(parts, int) else parts
    column = np.repeat(np.arange(len(layers)), parts)
    region = np.broadcast_to(column, (x.size - 1, y.size - 1, column.size)).copy()
    conductivity = np.array([layer.conductivity for layer in layers])
    return painted((x, y, even(*heights, parts=parts)), region, conductivity, cooling, capacity)


def ends(film_bottom: float, film_top: float, rise_bottom: float = 0.0, rise_top: float = 0.0) -> Cooling:
    """Films on the two end faces of a stack."""
    return {"z-": Coolant(film_bottom, rise_bottom), "z+": Coolant(film_top, rise_top)}


def on_interface(
    model: VoxelModel, layers: Sequence[Layer], interface: int, x: tuple[float, float], y: tuple[float, float]
) -> FacePatch:
    """A rectangle on an interface of a stack, as the top face of the layer below, or the bottom face of the lowest."""
    below = interface > 0
    z = float(interfaces(layers)[interface])
    return FacePatch(model.regions[interface - 1 if below else 0].solid, below, z, x, y)


def everything(model: VoxelModel) -> VolumePatch:
    """All that the model holds."""
    return VolumePatch(frozenset(region.solid for region in model.regions))


# ---------------------------------------------------------------- solving without the package's solver
def matrix(network: Network) -> sp.csc_matrix:
    """A, assembled edge by edge."""
    lattice = assembled(network)
    number = np.arange(lattice.n_points).reshape(lattice.shape)
    entries = [(number.ravel(), number.ravel(), lattice.ground.ravel())]
    for axis, edges in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        low, high = (np.delete(number, end, axis).ravel() for end in (-1, 0))
        g = edges.ravel()
        entries += [(low, low, g), (high, high, g), (low, high, -g), (high, low, -g)]
    rows, columns, values = (np.concatenate(arrays) for arrays in zip(*entries, strict=True))
    return sp.csc_matrix((values, (rows, columns)), shape=(lattice.n_points, lattice.n_points))


def fields(system: ThermalSystem) -> FloatArray:
    """The rise that one unit of every load makes, by sparse elimination, shape (n_loads, n_points)."""
    a = matrix(system.conductance)
    at_work = np.flatnonzero(a.diagonal())
    loads = np.array([load.ravel() for load in system.loads.values()])
    rises = np.zeros(loads.shape)
    if at_work.size:
        factors = splu(a[np.ix_(at_work, at_work)].tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        rises[:, at_work] = factors.solve(loads[:, at_work].T).T
    return rises


def taken_up(network: Network, rise: FloatArray) -> FloatArray:
    """A u by differences along the edges, W: exact to the rounding of the fluxes, however stiff the network is."""
    lattice = assembled(network)
    u = rise.reshape(lattice.shape)
    total = lattice.ground * u
    for axis, edges in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        flux = edges * np.diff(u, axis=axis)
        none = [(int(other == axis), int(other == axis)) for other in range(3)]
        total -= np.diff(np.pad(flux, none), axis=axis)
    return total.ravel()


def resistances(system: ThermalSystem) -> FloatArray:
    """The matrix of a lattice, K/W, shape (n_loads, n_loads): c + F'U + U'(F - A U), even in the error of U."""
    loads = np.array([load.ravel() for load in system.loads.values()])
    rises = fields(system)
    left = loads - np.array([taken_up(system.conductance, rise) for rise in rises])
    return system.constants + np.einsum("ik,jk->ij", loads, rises) + np.einsum("ik,jk->ij", rises, left)


def both(model: VoxelModel, patches: Mapping[str, Patch], reference: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """The matrices of the primal and of the dual lattice by sparse elimination."""
    lower, upper = (resistances(emit(model, patches, reference)) for emit in (primal.emit, dual.emit))
    return lower, upper


def bounded(model: VoxelModel, patches: Mapping[str, Patch], reference: float = 0.0) -> ResistanceMatrix:
    """The bracket as the program makes it."""
    places = {**patches, "everything": everything(model)}
    systems = primal.emit(model, places, reference), dual.emit(model, places, reference)
    return bracket(*systems, barrier=["everything"])
