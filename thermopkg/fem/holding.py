"""What becomes of points whose temperature is given? They leave the system, and what they do becomes loads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, SparseMatrix
from thermopkg.errors import ModelError
from thermopkg.mesh.elements import ElementModel
from thermopkg.system import AMBIENT, ElementNetwork, Outlet, ThermalSystem


@dataclass(frozen=True, eq=False)
class Held:
    """Points that are held, ascending, their rise over the reference, K, and the first exposed face that holds each."""

    points: IntArray
    rises: FloatArray
    owner: IntArray


def held_points(model: ElementModel, reference: float, points_of: Callable[[IntArray], IntArray]) -> Held:
    """Points on faces of given temperature.

    Parameters
    ----------
    points_of : the points on faces given by their corners
    Raises
    ------
    ModelError : two held temperatures meet in one point
    """
    points, rises, owners = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
    for number, facets in enumerate(model.exposed):
        if facets.surface < 0 or np.isfinite(model.surfaces[facets.surface].film):
            continue
        surface = model.surfaces[facets.surface]
        own, new = surface.temperature - reference, np.unique(points_of(facets.corners))
        if (rises[np.isin(points, new)] != own).any():
            raise ModelError(
                f"the held temperature of '{surface.name}' meets another one along an edge: no finite heat flow "
                "can join them; keep a strip without a held temperature between the two"
            )
        new = np.setdiff1d(new, points)
        points = np.concatenate([points, new])
        rises = np.concatenate([rises, np.full(new.size, own)])
        owners = np.concatenate([owners, np.full(new.size, number)])
    order = np.argsort(points)
    return Held(points[order], rises[order], owners[order])


def system_of(
    model: ElementModel,
    reference: float,
    whole: SparseMatrix,
    loads: Mapping[str, FloatArray],
    constants: FloatArray,
    outlets: tuple[Outlet, ...],
    held: Held,
    coarser: SparseMatrix | None,
) -> ThermalSystem:
    """The system without its held points, and with the load AMBIENT where coolants differ from the reference (K).

    With l the rise of held points and zero elsewhere, g the film's conductances and r their coolants' rises, the load
    is g r - K l at free points, and its own constant l' (2 g r - K l) - r' g r.

    Parameters
    ----------
    whole : conduction and films of all points, W/K
    constants : of the loads, K/W, shape (n_loads, n_loads)
    outlets : of all films
    coarser : as of `ElementNetwork`
    """
    cooling, lift, constant = np.zeros(whole.shape[0]), np.zeros(whole.shape[0]), 0.0
    for outlet in outlets:
        np.add.at(cooling, outlet.points, outlet.conductance * outlet.rise)
        constant -= float(np.dot(outlet.conductance, outlet.rise**2))
    lift[held.points] = held.rises
    put_in = cooling - np.asarray(whole @ lift)
    constant += float(lift @ (put_in + cooling))
    means = np.array([float(load @ lift) for load in loads.values()])
    if held.points.size:
        films = tuple(_off_held(outlet, held.points, lift) for outlet in outlets)
        outlets = films + _held_outlets(model, whole, loads, put_in, held)
        whole = _without(whole, held.points)
    loads = {name: _emptied(load, held.points) for name, load in loads.items()}
    if ambients_differ(model, reference):
        loads[AMBIENT] = _emptied(put_in, held.points)
        constants = np.block([[constants, means[:, None]], [means[None, :], np.array([[constant]])]])
    return ThermalSystem(ElementNetwork(whole, coarser), loads, constants, outlets, held.points, held.rises)


def ambients_differ(model: ElementModel, reference: float) -> bool:
    """Whether anything that cools the model has another temperature than the reference (K)."""
    at_work = {facets.surface for facets in model.exposed if facets.surface >= 0}
    return any(model.surfaces[number].temperature != reference for number in at_work)


def _off_held(outlet: Outlet, held: IntArray, lift: FloatArray) -> Outlet:
    """The outlet with links to free points alone; what its film takes from held ones leaves at once."""
    on_held = np.isin(outlet.points, held)
    heat = outlet.conductance[on_held] * (lift[outlet.points[on_held]] - outlet.rise[on_held])
    free = ~on_held
    at_once = {AMBIENT: float(heat.sum())} if on_held.any() else {}
    return replace(
        outlet,
        points=outlet.points[free],
        conductance=outlet.conductance[free],
        rise=outlet.rise[free],
        at_once=at_once,
    )


def _held_outlets(
    model: ElementModel,
    whole: SparseMatrix,
    loads: Mapping[str, FloatArray],
    put_in: FloatArray,
    held: Held,
) -> tuple[Outlet, ...]:
    """One outlet for each held face: what its points receive and nothing else takes from them.

    heat = sum over its points of  load + what coolants and held points put in - (K u) of the free points
    """
    outlets = []
    for number in np.unique(held.owner).tolist():
        facets, own = model.exposed[number], held.points[held.owner == number]
        links = np.asarray(whole[own].sum(axis=0)).ravel()
        links[held.points] = 0.0
        points = np.flatnonzero(links)
        at_once = {name: float(load[own].sum()) for name, load in loads.items() if load[own].any()}
        at_once[AMBIENT] = float(put_in[own].sum())
        name = model.surfaces[facets.surface].name
        outlets.append(Outlet(facets.part, facets.face, name, points, -links[points], np.zeros(points.size), at_once))
    return tuple(outlets)


def _emptied(load: FloatArray, points: IntArray) -> FloatArray:
    """The load with nothing at some points."""
    emptied = load.copy()
    emptied[points] = 0.0
    return emptied


def _without(matrix: SparseMatrix, points: IntArray) -> SparseMatrix:
    """The matrix with nothing in the rows and columns of some points, which then take no part."""
    free: BoolArray = np.ones(matrix.shape[0], bool)
    free[points] = False
    mask = sp.diags(free.astype(np.float64))
    cut: SparseMatrix = (mask @ matrix @ mask).tocsr()
    cut.eliminate_zeros()
    return cut


def means(system: ThermalSystem, fields: Sequence[FloatArray]) -> FloatArray:
    """The mean of every place (rows) in the field of every load (columns), K/W, shape (n, n)."""
    return np.asarray(
        system.constants + np.array([[float(load @ field) for field in fields] for load in system.loads.values()])
    )
