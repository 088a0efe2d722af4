"""How do elements become a thermal system? Weak forms assembled over a mesh, held points taken out.

Fields of first or second order are admissible in the maximum that defines the compliance, energies and loads are
integrated exactly, and so is every film: whatever the mesh, no diagonal entry of the matrix of resistances is above
that of the truth, in the order of symmetric matrices. Source: [braess2007] ch. II
"""

from collections.abc import Mapping
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

from thermopkg.arraytypes import FloatArray, IntArray, SparseMatrix
from thermopkg.fem import forms
from thermopkg.fem.effort import check_affordable
from thermopkg.fem.holding import held_points, system_of
from thermopkg.fem.places import Places
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.system import Outlet, ThermalSystem

ELEMENTS = {(4, 1): ElementTetP1, (4, 2): ElementTetP2, (8, 1): ElementHex1, (8, 2): ElementHex2}


def emit(
    model: ElementModel,
    patches: Mapping[str, Patch],
    reference: float,
    order: int = 1,
    free: float | None = None,
    places: Places | None = None,
) -> ThermalSystem:
    """The system of elements: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT. Points are
    those of the mesh, and for the second order the middles of its edges after them.

    Parameters
    ----------
    order : of the elements, 1 or 2
    free : memory that may be taken, bytes; what this machine can give away now if left out
    places : of the model, where they are known already
    Raises
    ------
    GeometryError : the system would not fit into the memory; nothing has been allocated
    ModelError : two held temperatures meet in one point, or a patch is empty
    """
    check_affordable(model, order, free)
    places = Places(model) if places is None else places
    element = ELEMENTS[model.cells.shape[0], order]()
    conduction = conduction_matrix(places, element, order)
    loads = {name: unit_load(places, element, order, patch) for name, patch in patches.items()}
    film, outlets = _films(places, element, order, reference)
    basis = Basis(places.mesh, element, intorder=1)
    held = held_points(model, reference, lambda corners: basis.get_dofs(facets=places.facets(corners)).all())
    whole = conduction if film is None else (conduction + film).tocsr()
    return system_of(
        model, reference, whole, loads, np.zeros((len(loads), len(loads))), outlets, held, _coarser(basis, places)
    )


def conduction_matrix(places: Places, element: Any, order: int) -> SparseMatrix:
    """∫ k ∇u · ∇v, W/K."""
    bricks = places.model.cells.shape[0] == 8
    # gradients of tetrahedra are a degree lower than the fields, those of bricks are not, in all directions together
    basis = Basis(places.mesh, element, intorder=2 * order + 2 if bricks else 2 * (order - 1))
    kx, ky, kz = (np.broadcast_to(own[:, None], basis.dx.shape) for own in places.model.conductivity)
    matrix: SparseMatrix = BilinearForm(forms.conduction).assemble(basis, kx=kx, ky=ky, kz=kz).tocsr()
    return matrix


def _coarser(basis: Any, places: Places) -> SparseMatrix | None:
    """From linear fields to those of second order: the means of both ends in the middles of edges.

    With such a first step conjugate gradients take two thirds of the iterations; faces of fluxes are better off without
    one, by a factor of up to five, for flat cells couple them across far more than along.
    """
    n = places.model.n_points
    if n == basis.N or places.model.cells.shape[0] == 8:
        return None
    edges = places.mesh.edges
    rows = np.concatenate([np.arange(n), *[basis.dofs.edge_dofs[0]] * 2])
    columns = np.concatenate([np.arange(n), edges[0], edges[1]])
    values = np.concatenate([np.ones(n), np.full(edges.size, 0.5)])
    return sp.csr_matrix((values, (rows, columns)), shape=(basis.N, n))


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
