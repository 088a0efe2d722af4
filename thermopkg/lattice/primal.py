"""Which lattice is never above the truth? Trilinear elements with vertex quadrature, unknowns at the grid's corners.

Restricting the maximum that defines the compliance to trilinear fields lowers it; the vertex rule over-integrates
the energy, which lowers it again. Source: [pragersynge1947], [braess2007] ch. III.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import ModelError
from thermopkg.lattice.network import CellLattice
from thermopkg.lattice.outflow import assembled, ends
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares, shares_in_box
from thermopkg.mesh.storage import cell_capacitance
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.system import AMBIENT, MadeWhenAsked, Outlet, ThermalSystem

NO_POINTS = np.zeros(0, np.int64)


def emit(model: VoxelModel, patches: Mapping[str, Patch], reference: float) -> ThermalSystem:
    """The primal system: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT.

    Raises
    ------
    ModelError : two held temperatures meet in one point
    """
    held_points, held_rises = _held(model, reference)
    outlets, constant = _outlets(model, reference), 0.0
    shape = (model.grid.x.size, model.grid.y.size, model.grid.z.size)
    films = [outlet for outlet in outlets if np.isfinite(outlet.conductance).all()]
    lattice = CellLattice(
        *(model.region, model.conductivity_table, model.grid.steps, False, model.grid.x, model.grid.y),
        *cooled_points(films, shape, held_points),
        held_points,
    )
    loads: dict[str, Callable[[], FloatArray]] = {n: partial(unit_load, model, patch) for n, patch in patches.items()}
    held_means = np.zeros(len(loads))
    if held_points.size:
        held_heats = {name: load().reshape(-1)[held_points] for name, load in loads.items()}
        held_means = np.array([heats @ held_rises for heats in held_heats.values()])
        outlets, constant = _hold(lattice, outlets, held_rises, held_heats)
        loads = {name: partial(_without, load, held_points) for name, load in loads.items()}
    for outlet in outlets:
        constant -= float(np.dot(outlet.conductance, outlet.rise**2))
    constants = np.zeros((len(loads), len(loads)))
    if ambients_differ(model, reference):
        loads[AMBIENT] = partial(ambient_load, outlets, shape)
        constants = np.block([[constants, held_means[:, None]], [held_means[None, :], np.array([[constant]])]])
    stored = partial(capacitance, model, held_points)
    return ThermalSystem(lattice, MadeWhenAsked(loads), constants, outlets, held_points, held_rises, stored)


def capacitance(model: VoxelModel, held: IntArray = NO_POINTS) -> FloatArray:
    """What the corners take up for every kelvin, J/K: an eighth of each cell around; none at held points.

    The vertex rule over-integrates the square of a trilinear rise, so what is stored is never too little.

    Raises
    ------
    CaseError : a material lacks its density or its heat capacity
    """
    nx, ny, nz = model.grid.shape
    capacitance, eighth = np.zeros((nx + 1, ny + 1, nz + 1)), cell_capacitance(model)
    eighth /= 8
    for a, b, c in product((0, 1), (0, 1), (0, 1)):
        capacitance[a : nx + a, b : ny + b, c : nz + c] += eighth
    capacitance.reshape(-1)[held] = 0.0
    return capacitance


def cooled_points(
    films: Iterable[Outlet], shape: tuple[int, int, int], held: IntArray = NO_POINTS
) -> tuple[IntArray, FloatArray]:
    """The points that films cool, save those that are held: flat indices, ascending, and their ground, W/K."""
    ground = np.zeros(math.prod(shape))
    for film in films:
        np.add.at(ground, film.points, film.conductance)
    ground[held] = 0.0
    points = np.flatnonzero(ground)
    return points, ground[points]


def ambient_load(outlets: Iterable[Outlet], shape: tuple[int, int, int]) -> FloatArray:
    """What coolants of other temperatures than the reference put into the points per unit of AMBIENT, W."""
    load = np.zeros(shape)
    for outlet in outlets:
        np.add.at(load.reshape(-1), outlet.points, outlet.conductance * outlet.rise)
    return load


def _without(load: Callable[[], FloatArray], points: IntArray) -> FloatArray:
    """The load with nothing at some points."""
    made = load()
    made.reshape(-1)[points] = 0.0
    return made


def ambients_differ(model: VoxelModel, reference: float) -> bool:
    """Whether anything that cools the model has another temperature than the reference (K)."""
    at_work = {int(number) for faces in model.exposed for number in np.unique(faces.surface) if number >= 0}
    return any(model.surfaces[number].temperature != reference for number in at_work)


def unit_load(model: VoxelModel, patch: Patch) -> FloatArray:
    """One watt spread evenly over a patch, W at the grid's corners; exact for trilinear fields.

    Also the weights of the patch's mean temperature.
    """
    nx, ny, nz = model.grid.shape
    load = np.zeros((nx + 1, ny + 1, nz + 1))
    match patch:
        case VolumePatch():
            box, shares = shares_in_box(model, patch)
            shares /= 8
            for corner in product((0, 1), (0, 1), (0, 1)):
                load[tuple(slice(s.start + by, s.stop + by) for s, by in zip(box, corner, strict=True))] += shares
        case FacePatch():
            plane, columns = face_shares(model, patch)
            for a, b in product((0, 1), (0, 1)):
                load[a : nx + a, b : ny + b, plane] += columns / 4
    return load


def face_points(model: VoxelModel, faces: ExposedFaces, chosen: IntArray) -> tuple[IntArray, FloatArray]:
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


def _held(model: VoxelModel, reference: float) -> tuple[IntArray, FloatArray]:
    """Corners on faces of given temperature: flat indices, ascending, and their rise over the reference, K."""
    points, rises = NO_POINTS, np.zeros(0)
    for number, surface in enumerate(model.surfaces):
        if np.isfinite(surface.film):
            continue
        own = surface.temperature - reference
        found = [face_points(model, faces, np.flatnonzero(faces.surface == number))[0] for faces in model.exposed]
        new = np.unique(np.concatenate([corners.ravel() for corners in found]))
        if (rises[np.isin(points, new)] != own).any():
            raise ModelError(
                f"the held temperature of '{surface.name}' meets another one along an edge: no finite heat flow "
                "can join them; keep a strip without a held temperature between the two"
            )
        points, first = np.unique(np.concatenate([points, new]), return_index=True)
        rises = np.concatenate([rises, np.full(new.size, own)])[first]
    return points, rises


def _outlets(model: VoxelModel, reference: float) -> tuple[Outlet, ...]:
    """One outlet for each exposed face of each part that a film cools."""
    outlets = []
    for faces in model.exposed:
        face = "sides" if faces.axis < 2 else "top" if faces.high else "bottom"
        for part, number, chosen in faces_by_part(model, faces):
            surface = model.surfaces[number]
            if np.isfinite(surface.film):
                points, quarter = face_points(model, faces, chosen)
                rise = np.broadcast_to(surface.temperature - reference, points.size)
                conductance = surface.film * quarter.ravel()
                outlets.append(Outlet(part, face, surface.name, points.ravel(), conductance, rise))
            else:
                # the links of a held face are the edges that end on it, known once all held points are
                points, _ = face_points(model, faces, chosen)
                held = np.unique(points)
                rise = np.broadcast_to(surface.temperature - reference, held.size)
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
    lattice: CellLattice,
    outlets: tuple[Outlet, ...],
    held_rises: FloatArray,
    held_heats: Mapping[str, FloatArray],
) -> tuple[tuple[Outlet, ...], float]:
    """Every edge that ends on a held point is a link of its other end, through the first outlet that holds the point.

    Heat that would enter the network at a held point (`held_heats`, W for a unit of each load) leaves at once, through
    the same outlet. Returns the outlets and the constant that joins held points to one another and to films [W K].
    """
    free = assembled(replace(lattice, held=NO_POINTS))
    rise = np.full(lattice.n_points, np.nan)
    rise[lattice.held] = held_rises
    owner = np.zeros(rise.size, np.int64)
    for number, outlet in reversed(list(enumerate(outlets))):
        if np.isinf(outlet.conductance).any():
            owner[outlet.points] = number

    def by_outlet(points: IntArray, heat: FloatArray) -> FloatArray:
        return np.bincount(owner[points], weights=heat, minlength=len(outlets)).astype(np.float64)

    at_once = {name: by_outlet(lattice.held, heats) for name, heats in held_heats.items()}
    at_once[AMBIENT] = np.zeros(len(outlets))
    constant = 0.0
    held, flat = np.isfinite(rise).reshape(lattice.shape), np.arange(rise.size).reshape(lattice.shape)
    links = []  # free point, held point, conductance
    for axis, g in enumerate((free.gx, free.gy, free.gz)):
        low, high = ends(axis)
        for near, far in ((low, high), (high, low)):
            cut = held[far] & ~held[near] & (g > 0)
            links.append((flat[near][cut], flat[far][cut], g[cut]))
        both = held[low] & held[high] & (g > 0)
        gap = rise[flat[low][both]] - rise[flat[high][both]]
        at_once[AMBIENT] += by_outlet(flat[high][both], g[both] * gap) - by_outlet(flat[low][both], g[both] * gap)
        constant -= float(np.dot(g[both], gap**2))
    points, fixed, conductance = (np.concatenate(arrays) for arrays in zip(*links, strict=True))
    linked = []  # points, conductance and rise of each outlet's links
    for number, outlet in enumerate(outlets):
        if np.isinf(outlet.conductance).any():
            mine = owner[fixed] == number
            linked.append((points[mine], conductance[mine], rise[fixed[mine]]))
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
