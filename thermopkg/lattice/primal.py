"""Which lattice is never above the truth? Trilinear elements with vertex quadrature, unknowns at the grid's corners.

Restricting the maximum that defines the compliance to trilinear fields lowers it; the vertex rule over-integrates
the energy, which lowers it again. Source: [pragersynge1947], [braess2007] ch. III.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import ModelError
from thermopkg.lattice import cell_kernels
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.sharing import Crew
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares, volume_shares
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.system import AMBIENT, Outlet, ThermalSystem

CORNERS = ((0, 1), (0, 1), (0, 1))


def emit(model: VoxelModel, patches: Mapping[str, Patch], reference: float) -> ThermalSystem:
    """The primal system: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT.

    Raises
    ------
    ModelError : two held temperatures meet in one point
    """
    gx, gy, gz = (edge_conductance(model, axis) for axis in range(3))
    shape = (gx.shape[0] + 1, gx.shape[1], gx.shape[2])
    loads = {name: unit_load(model, patch) for name, patch in patches.items()}
    held_points, held_rises = _held(model, reference, shape)
    outlets, constant = _outlets(model, reference), 0.0
    held_means = np.array([load.reshape(-1)[held_points] @ held_rises for load in loads.values()])
    if held_points.size:
        outlets, constant = _hold((gx, gy, gz), outlets, held_points, held_rises, loads)
    ground, ambient_load = np.zeros(shape), np.zeros(shape)
    for outlet in outlets:
        np.add.at(ground.reshape(-1), outlet.points, outlet.conductance)
        np.add.at(ambient_load.reshape(-1), outlet.points, outlet.conductance * outlet.rise)
        constant -= float(np.dot(outlet.conductance, outlet.rise**2))
    constants = np.zeros((len(loads), len(loads)))
    if ambients_differ(model, reference):
        loads[AMBIENT] = ambient_load
        constants = np.block([[constants, held_means[:, None]], [held_means[None, :], np.array([[constant]])]])
    lattice = Lattice(gx, gy, gz, ground, model.grid.x, model.grid.y)
    return ThermalSystem(lattice, loads, constants, outlets, held_points, held_rises)


def ambients_differ(model: VoxelModel, reference: float) -> bool:
    """Whether anything that cools the model has another temperature than the reference (K)."""
    at_work = {int(number) for faces in model.exposed for number in np.unique(faces.surface) if number >= 0}
    return any(model.surfaces[number].temperature != reference for number in at_work)


def edge_conductance(model: VoxelModel, axis: int) -> FloatArray:
    """Conductance of every edge along one axis.

        g = sum over the four cells around the edge of  k * (cross-section / 4) / length

    Returns
    -------
    W/K, shape of the grid's corners with one fewer along `axis`
    """
    nx, ny, nz = model.grid.shape
    shape = [(nx, ny + 1, nz + 1), (nx + 1, ny, nz + 1), (nx + 1, ny + 1, nz)][axis]
    kernel = (cell_kernels.primal_edges_x, cell_kernels.primal_edges_y, cell_kernels.primal_edges_z)[axis]
    edges = np.empty(shape)
    Crew().share(
        kernel, shape[0], edges.size, model.region, model.conductivity_table(axis), *model.grid.steps, edges
    )  # fmt: skip
    return edges


def unit_load(model: VoxelModel, patch: Patch) -> FloatArray:
    """One watt spread evenly over a patch, W at the grid's corners; exact for trilinear fields.

    Also the weights of the patch's mean temperature.
    """
    nx, ny, nz = model.grid.shape
    load = np.zeros((nx + 1, ny + 1, nz + 1))
    match patch:
        case VolumePatch():
            share = volume_shares(model, patch) / 8
            for a, b, c in product(*CORNERS):
                load[a : nx + a, b : ny + b, c : nz + c] += share
        case FacePatch():
            plane, columns = face_shares(model, patch)
            for a, b in product((0, 1), (0, 1)):
                load[a : nx + a, b : ny + b, plane] += columns / 4
    return load


def _face_points(model: VoxelModel, faces: ExposedFaces, chosen: IntArray) -> tuple[IntArray, FloatArray]:
    """The four corners of each chosen face and a quarter of its area: flat indices and m^2, shape (4, n) each."""
    first, second = (other for other in range(3) if other != faces.axis)
    nx, ny, nz = model.grid.shape
    index = list(np.unravel_index(faces.cells[chosen], (nx, ny, nz)))
    steps = model.grid.steps
    quarter = steps[first][index[first]] * steps[second][index[second]] / 4
    index[faces.axis] = index[faces.axis] + int(faces.high)
    corners = []
    for a, b in product((0, 1), (0, 1)):
        corner = list(index)
        corner[first], corner[second] = corner[first] + a, corner[second] + b
        corners.append(np.ravel_multi_index(tuple(corner), (nx + 1, ny + 1, nz + 1)))
    return np.stack(corners), np.broadcast_to(quarter, (4, quarter.size))


def _held(model: VoxelModel, reference: float, shape: tuple[int, ...]) -> tuple[IntArray, FloatArray]:
    """Corners on faces of given temperature: flat indices and their rise over the reference, K."""
    rise = np.full(int(np.prod(shape)), np.nan)
    for number, surface in enumerate(model.surfaces):
        if np.isfinite(surface.film):
            continue
        own = surface.temperature - reference
        for faces in model.exposed:
            points, _ = _face_points(model, faces, np.flatnonzero(faces.surface == number))
            before = rise[points]
            if np.any(np.isfinite(before) & (before != own)):
                raise ModelError(
                    f"the held temperature of '{surface.name}' meets another one along an edge: no finite heat flow "
                    "can join them; keep a strip without a held temperature between the two"
                )
            rise[points] = own
    points = np.flatnonzero(np.isfinite(rise))
    return points, rise[points]


def _outlets(model: VoxelModel, reference: float) -> tuple[Outlet, ...]:
    """One outlet for each exposed face of each part that a film cools."""
    outlets = []
    for faces in model.exposed:
        face = "sides" if faces.axis < 2 else "top" if faces.high else "bottom"
        for part, number, chosen in faces_by_part(model, faces):
            surface = model.surfaces[number]
            if np.isfinite(surface.film):
                points, quarter = _face_points(model, faces, chosen)
                rise = np.full(points.size, surface.temperature - reference)
                conductance = surface.film * quarter.ravel()
                outlets.append(Outlet(part, face, surface.name, points.ravel(), conductance, rise))
            else:
                # the links of a held face are the edges that end on it, known once all held points are
                points, _ = _face_points(model, faces, chosen)
                held = np.unique(points)
                rise = np.full(held.size, surface.temperature - reference)
                outlets.append(Outlet(part, face, surface.name, held, np.full(held.size, np.inf), rise))
    return tuple(outlets)


def faces_by_part(model: VoxelModel, faces: ExposedFaces) -> list[tuple[str, int, IntArray]]:
    """Cooled faces grouped: part, number of the surface, and which of `faces` they are."""
    parts = sorted({region.part for region in model.regions})
    by_region = np.array([parts.index(region.part) for region in model.regions])
    part = by_region[model.region.ravel()[faces.cells]]
    groups = []
    for number in range(len(model.surfaces)):
        for index, name in enumerate(parts):
            chosen = np.flatnonzero((faces.surface == number) & (part == index))
            if chosen.size:
                groups.append((name, number, chosen))
    return groups


def _hold(
    edges: tuple[FloatArray, FloatArray, FloatArray],
    outlets: tuple[Outlet, ...],
    held_points: IntArray,
    held_rises: FloatArray,
    loads: Mapping[str, FloatArray],
) -> tuple[tuple[Outlet, ...], float]:
    """Take the held points out of the network: every edge that ends on one becomes a link of the other end.

    Heat that would enter the network at a held point leaves at once, through the first outlet that holds the point.
    Changes `edges` and `loads` in place. Returns the outlets and the constant that joins held points to one another
    and to films [W K].
    """
    shape = (edges[0].shape[0] + 1, edges[0].shape[1], edges[0].shape[2])
    rise = np.full(int(np.prod(shape)), np.nan)
    rise[held_points] = held_rises
    owner = np.zeros(rise.size, np.int64)
    for number, outlet in reversed(list(enumerate(outlets))):
        if np.isinf(outlet.conductance).any():
            owner[outlet.points] = number

    def by_outlet(points: IntArray, heat: FloatArray) -> FloatArray:
        return np.bincount(owner[points], weights=heat, minlength=len(outlets)).astype(np.float64)

    at_once = {}
    for name, load in loads.items():
        at_once[name] = by_outlet(held_points, load.reshape(-1)[held_points])
        load.reshape(-1)[held_points] = 0.0
    at_once[AMBIENT] = np.zeros(len(outlets))
    constant = 0.0
    held, flat = np.isfinite(rise).reshape(shape), np.arange(rise.size).reshape(shape)
    links = []  # free point, held point, conductance
    for axis, g in enumerate(edges):
        low, high = _ends(axis)
        for near, far in ((low, high), (high, low)):
            cut = held[far] & ~held[near] & (g > 0)
            links.append((flat[near][cut], flat[far][cut], g[cut]))
        both = held[low] & held[high] & (g > 0)
        gap = rise[flat[low][both]] - rise[flat[high][both]]
        at_once[AMBIENT] += by_outlet(flat[high][both], g[both] * gap) - by_outlet(flat[low][both], g[both] * gap)
        constant -= float(np.dot(g[both], gap**2))
        g[held[low] | held[high]] = 0.0
    points, ends, conductance = (np.concatenate(arrays) for arrays in zip(*links, strict=True))
    linked = []  # points, conductance and rise of each outlet's links
    for number, outlet in enumerate(outlets):
        if np.isinf(outlet.conductance).any():
            mine = owner[ends] == number
            linked.append((points[mine], conductance[mine], rise[ends[mine]]))
        else:
            on_held = held.reshape(-1)[outlet.points]
            gap = rise[outlet.points[on_held]] - outlet.rise[on_held]
            heat = outlet.conductance[on_held] * gap
            at_once[AMBIENT] -= by_outlet(outlet.points[on_held], heat)
            at_once[AMBIENT][number] += heat.sum()
            constant -= float(np.dot(heat, gap))
            linked.append((outlet.points[~on_held], outlet.conductance[~on_held], outlet.rise[~on_held]))
    return tuple(
        replace(
            outlet,
            points=points,
            conductance=conductance,
            rise=rise,
            at_once={name: float(heats[number]) for name, heats in at_once.items() if heats[number]},
        )
        for number, (outlet, (points, conductance, rise)) in enumerate(zip(outlets, linked, strict=True))
    ), constant


def _ends(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    low, high = [slice(None)] * 3, [slice(None)] * 3
    low[axis], high[axis] = slice(None, -1), slice(1, None)
    return tuple(low), tuple(high)
