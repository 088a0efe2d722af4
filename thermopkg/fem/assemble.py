"""How do elements become a thermal system? Weak forms assembled over a mesh, held points taken out.

Fields of first or second order are admissible in the maximum that defines the compliance, energies and loads are
integrated exactly, and so is every film: whatever the mesh, no diagonal entry of the matrix of resistances is above
that of the truth, in the order of symmetric matrices. Source: [braess2007] ch. II
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from skfem import (
    Basis,
    BilinearForm,
    ElementHex1,
    ElementHex2,
    ElementTetP1,
    ElementTetP2,
    FacetBasis,
    LinearForm,
)

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, SparseMatrix
from thermopkg.errors import ModelError
from thermopkg.fem import forms
from thermopkg.fem.effort import check_affordable
from thermopkg.fem.places import Places
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.system import AMBIENT, Outlet, ThermalSystem

ELEMENTS = {(4, 1): ElementTetP1, (4, 2): ElementTetP2, (8, 1): ElementHex1, (8, 2): ElementHex2}


def emit(
    model: ElementModel, patches: Mapping[str, Patch], reference: float, order: int = 1, free: float | None = None
) -> ThermalSystem:
    """The system of elements: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT. Points are
    those of the mesh, and for the second order the middles of its edges after them.

    Parameters
    ----------
    order : of the elements, 1 or 2
    free : memory that may be taken, bytes; what this machine can give away now if left out
    Raises
    ------
    GeometryError : the system would not fit into the memory; nothing has been allocated
    ModelError : two held temperatures meet in one point, or a patch is empty
    """
    check_affordable(model, order, free)
    places = Places(model)
    element = ELEMENTS[model.cells.shape[0], order]()
    conduction, n = conduction_matrix(places, element, order)
    loads = {name: unit_load(places, element, order, patch) for name, patch in patches.items()}
    film, outlets = _films(places, element, order, reference)
    held_points, held_rises, owner = _held(places, element, reference)
    cooling = np.zeros(n)  # what the coolants put into the points per unit of AMBIENT, W
    constant = 0.0
    for outlet in outlets:
        np.add.at(cooling, outlet.points, outlet.conductance * outlet.rise)
        constant -= float(np.dot(outlet.conductance, outlet.rise**2))
    whole = (conduction + film).tocsr() if film is not None else conduction
    differing = ambients_differ(model, reference)
    lift = np.zeros(n)
    lift[held_points] = held_rises
    put_in = cooling - whole @ lift  # at free points what held ones put in; at held ones what comes out less that
    constant += float(lift @ (put_in + cooling))
    means = np.array([float(load @ lift) for load in loads.values()])
    if held_points.size:
        films = tuple(_off_held(outlet, held_points, lift) for outlet in outlets)
        outlets = films + _held_outlets(model, whole, loads, put_in, held_points, owner)
        whole = _without(whole, held_points)
        loads = {name: _emptied(load, held_points) for name, load in loads.items()}
    constants = np.zeros((len(loads), len(loads)))
    if differing:
        loads[AMBIENT] = _emptied(put_in, held_points)
        constants = np.block([[constants, means[:, None]], [means[None, :], np.array([[constant]])]])
    return ThermalSystem(whole, loads, constants, outlets, held_points, held_rises)


def ambients_differ(model: ElementModel, reference: float) -> bool:
    """Whether anything that cools the model has another temperature than the reference (K)."""
    at_work = {facets.surface for facets in model.exposed if facets.surface >= 0}
    return any(model.surfaces[number].temperature != reference for number in at_work)


def conduction_matrix(places: Places, element: Any, order: int) -> tuple[SparseMatrix, int]:
    """∫ k ∇u · ∇v, W/K, and how many points there are."""
    bricks = places.model.cells.shape[0] == 8
    # gradients of tetrahedra are a degree lower than the fields, those of bricks are not, in all directions together
    basis = Basis(places.mesh, element, intorder=2 * order + 2 if bricks else 2 * (order - 1))
    kx, ky, kz = (np.broadcast_to(own[:, None], basis.dx.shape) for own in places.model.conductivity)
    return BilinearForm(forms.conduction).assemble(basis, kx=kx, ky=ky, kz=kz).tocsr(), basis.N


def unit_load(places: Places, element: Any, order: int, patch: Patch) -> FloatArray:
    """One watt spread evenly over a patch, W at the points; exact. Also the weights of the patch's mean temperature.

    Raises
    ------
    ModelError : the patch is empty
    """
    if isinstance(patch, VolumePatch):
        basis = Basis(places.mesh, element, elements=places.cells(patch), intorder=_exact_for(places, order))
    else:
        basis = FacetBasis(places.mesh, element, facets=places.face(patch), intorder=_exact_for(places, order))
    load = LinearForm(forms.heat).assemble(basis, q=np.ones(basis.dx.shape))
    return np.asarray(load / load.sum())


def _exact_for(places: Places, order: int) -> int:
    """Order of integration that is exact for one field: in bricks it has its degree along each axis."""
    return order if places.model.cells.shape[0] == 4 else 3 * order


# ---------------------------------------------------------------- what cools
def _films(
    places: Places, element: Any, order: int, reference: float
) -> tuple[SparseMatrix | None, tuple[Outlet, ...]]:
    """∫ h u v over all faces that films cool, W/K, and one outlet for each exposed face of each part."""
    model = places.model
    outlets, numbers, coefficients = [], list[IntArray](), list[FloatArray]()
    for facets in model.exposed:
        if facets.surface < 0 or not np.isfinite(model.surfaces[facets.surface].film):
            continue
        surface, own = model.surfaces[facets.surface], places.facets(facets.corners)
        basis = FacetBasis(places.mesh, element, facets=own, intorder=_exact_for(places, order))
        weights = LinearForm(forms.heat).assemble(basis, q=np.full(basis.dx.shape, surface.film))
        points = np.flatnonzero(np.abs(weights) > np.abs(weights).max() * 1e-14)  # of P2 the corners have rounding
        rise = np.broadcast_to(surface.temperature - reference, points.size)
        outlets.append(Outlet(facets.part, facets.face, surface.name, points, weights[points], rise))
        numbers.append(own)
        coefficients.append(np.full(own.size, surface.film))
    if not numbers:
        return None, ()
    basis = FacetBasis(places.mesh, element, facets=np.concatenate(numbers), intorder=2 * _exact_for(places, order))
    h = np.broadcast_to(np.concatenate(coefficients)[:, None], basis.dx.shape)
    return BilinearForm(forms.film).assemble(basis, h=h).tocsr(), tuple(outlets)


# ---------------------------------------------------------------- what is held
def _held(places: Places, element: Any, reference: float) -> tuple[IntArray, FloatArray, IntArray]:
    """Points on faces of given temperature, ascending, their rise over the reference, K, and the first face of each."""
    model = places.model
    points, rises, owners = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
    basis = None
    for number, facets in enumerate(model.exposed):
        if facets.surface < 0 or np.isfinite(model.surfaces[facets.surface].film):
            continue
        surface = model.surfaces[facets.surface]
        own, corners = surface.temperature - reference, places.facets(facets.corners)
        basis = Basis(places.mesh, element, intorder=1) if basis is None else basis
        new = np.unique(basis.get_dofs(facets=corners).all())
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
    return points[order], rises[order], owners[order]


def _off_held(outlet: Outlet, held_points: IntArray, lift: FloatArray) -> Outlet:
    """The outlet with links to free points alone; what its film takes from held ones leaves at once."""
    on_held = np.isin(outlet.points, held_points)
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
    held_points: IntArray,
    owner: IntArray,
) -> tuple[Outlet, ...]:
    """One outlet for each held face: what its points receive and nothing else takes from them.

    heat = sum over its points of  load + what coolants and held points put in - (K u) of the free points
    """
    outlets = []
    for number in np.unique(owner).tolist():
        facets, own = model.exposed[number], held_points[owner == number]
        links = np.asarray(whole[own].sum(axis=0)).ravel()
        links[held_points] = 0.0
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
