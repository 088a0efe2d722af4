"""Which system of elements is never below the truth? Fluxes of lowest order that balance the heat in every cell.

With F the heat that leaves a cell through its four faces and s = sum of F_i (x - p_i) / (3 |T|) the flux that goes with
it, p_i the corner opposite face i, the energy of a cell is F' M F, M the integrals of s_i · s_j / k. Its least value
under sum F = Q, the heat made in the cell, with the temperatures λ of the faces as prices, is reached by

    F = w Q / σ - (M⁻¹ - w w' / σ) λ,     w = M⁻¹ e,   σ = e' w

What leaves one cell enters the next one, or the film, whose energy F² / (h A) is exact: a system of the faces'
temperatures, symmetric and positive definite. What enters a contact leaves it straight across, with the energy
R F² / A of its resistance: its cells are left out, and a conductance A / R joins the faces on both of its sides.
Balanced fluxes bound the compliance from above whatever the mesh.
Source: [raviartthomas1977]; [pragersynge1947]; [braess2007] ch. III
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from thermopkg.arraytypes import FloatArray, SparseMatrix
from thermopkg.errors import ModelError
from thermopkg.fem.effort import check_affordable
from thermopkg.fem.fluxes import PIECE, FluxSpace, areas, resistances
from thermopkg.fem.holding import held_points, system_of
from thermopkg.fem.places import Places
from thermopkg.mesh.elements import ON_PLANE, ElementModel
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.mesh.quality import volumes
from thermopkg.system import Outlet, ThermalSystem


def emit(
    model: ElementModel,
    patches: Mapping[str, Patch],
    reference: float,
    free: float | None = None,
    places: Places | None = None,
) -> ThermalSystem:
    """The system of the faces' temperatures of tetrahedra: loads, outlets and constants as `assemble.emit`.

    Points are the faces of the mesh.

    Parameters
    ----------
    free : memory that may be taken, bytes; what this machine can give away now if left out
    places : of the model, where they are known already
    Raises
    ------
    GeometryError : the system would not fit into the memory; nothing has been allocated
    ModelError : a patch is empty, or something that is no contact conducts nothing along some axis
    """
    check_affordable(model, 1, free, mixed=True)
    if (model.conductivity[:, ~model.in_contact] <= 0).any():
        told = "something conducts nothing along some axis: bounds of tetrahedra from above are not known for it"
        raise ModelError(told)
    places = Places(model) if places is None else places
    matrix, share, spread = _cells(places)
    n_faces = matrix.shape[0]
    area = areas(model.points, places.mesh.facets)
    outlets, diagonal = [], np.zeros(n_faces)
    for facets in model.exposed:
        if facets.surface >= 0 and np.isfinite(model.surfaces[facets.surface].film):
            surface, own = model.surfaces[facets.surface], places.facets(facets.corners)
            conductance = surface.film * area[own]
            diagonal[own] += conductance
            rise = np.full(own.size, surface.temperature - reference)
            outlets.append(Outlet(facets.part, facets.face, surface.name, own, conductance, rise))
    loads, heats = dict[str, FloatArray](), dict[str, FloatArray]()
    size = volumes(model)
    for name, patch in patches.items():
        load, heat = np.zeros(n_faces), np.zeros(model.n_cells)
        if isinstance(patch, VolumePatch):
            cells = places.cells(patch)
            heat[cells] = size[cells] / size[cells].sum()
            np.add.at(load, places.mesh.t2f[:, cells], share[:, cells] * heat[cells])
        else:
            faces = places.face(patch)
            load[faces] = area[faces] / area[faces].sum()
        loads[name], heats[name] = load, heat
    constants = np.array([[float(np.sum(a * b / spread)) for b in heats.values()] for a in heats.values()])
    held = held_points(model, reference, places.facets)
    whole: SparseMatrix = (matrix + sp.diags(diagonal) + _contacts(places)).tocsr()
    return system_of(model, reference, whole, loads, constants.reshape((len(loads),) * 2), tuple(outlets), held, None)


def _cells(places: Places) -> tuple[SparseMatrix, FloatArray, FloatArray]:
    """Σ of M⁻¹ - w w' / σ over the cells, W/K; w / σ, shape (4, n_cells); and σ, W/K, shape (n_cells,)."""
    model, t2f = places.model, places.mesh.t2f
    n = model.n_cells
    blocks, share, spread = np.empty((n, 4, 4)), np.empty((4, n)), np.empty(n)
    for start, stop in pairwise([*range(0, n, PIECE), n]):
        piece = slice(start, stop)
        inverse = np.linalg.inv(resistances(places, piece))  # (m, 4, 4)
        w = inverse.sum(axis=2)
        spread[piece] = w.sum(axis=1)
        share[:, piece] = (w / spread[piece, None]).T
        blocks[piece] = inverse - w[:, :, None] * w[:, None, :] / spread[piece, None, None]
    blocks[model.in_contact] = 0.0
    rows = np.broadcast_to(t2f.T[:, :, None], (n, 4, 4)).ravel()
    columns = np.broadcast_to(t2f.T[:, None, :], (n, 4, 4)).ravel()
    n_faces = places.mesh.facets.shape[1]
    matrix = sp.coo_matrix((blocks.ravel(), (rows, columns)), shape=(n_faces, n_faces)).tocsr()
    return matrix, share, spread


def fluxes(space: FluxSpace, temperatures: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """The fluxes of faces' temperatures, as in the module's first lines, and balanced where a solver left something.

    Parameters
    ----------
    temperatures : of the faces for one unit of every load, K, held ones included
    """
    mesh, n = space.places.mesh, space.places.model.n_cells
    found = np.where(space.inner, 0.0, space.on_faces)
    for start, stop in pairwise([*range(0, n, PIECE), n]):
        piece = slice(start, stop)
        faces = mesh.t2f[:, piece]
        inverse = np.linalg.inv(space.resistances[piece])
        w = inverse.sum(axis=2)
        share = w / w.sum(axis=1, keepdims=True)
        signs = np.where(space.inner[faces], 0.5, 1.0) * space.outwards[:, piece]
        for own, heat, prices in zip(found, space.in_cells[:, piece], temperatures, strict=True):
            drops = np.einsum("nij,jn->ni", inverse, prices[faces])
            out = share * (heat + np.einsum("ni,in->n", w, prices[faces]))[:, None] - drops
            np.add.at(own, faces, signs * out.T)
    return space.balanced(list(found))


def _contacts(places: Places) -> SparseMatrix:
    """A / R between the lower and the upper face of every prism of a contact's layer, W/K.

    Faces inside the layer touch no other cell: nothing is left of them, as of faces that are held.
    """
    model, mesh = places.model, places.mesh
    cells = np.flatnonzero(model.in_contact)
    n_faces = mesh.facets.shape[1]
    faces, owners = mesh.t2f[:, cells].ravel(), np.tile(cells, 4)
    corners = model.points[:, mesh.facets[:, faces]]  # (3, corner, n)
    flat = np.ptp(corners[2], axis=0) < ON_PLANE
    faces, owners, middles = faces[flat], owners[flat], np.sort(corners[:, :, flat], axis=1).sum(axis=1) / 3
    above = model.points[2, model.cells[:, owners]].mean(axis=0) > middles[2]
    order = [own[np.lexsort(middles[::-1, own])] for own in (np.flatnonzero(above), np.flatnonzero(~above))]
    low, high = order
    assert low.size == high.size, "a layer has as many faces below as above"
    assert np.array_equal(middles[:2, low], middles[:2, high]), "and each pair is one above the other"
    area = areas(model.points, mesh.facets[:, faces[low]])
    link = model.conductivity[2, owners[low]] * area / (middles[2, high] - middles[2, low])
    rows = np.concatenate([faces[low], faces[high], faces[low], faces[high]])
    columns = np.concatenate([faces[low], faces[high], faces[high], faces[low]])
    values = np.concatenate([link, link, -link, -link])
    matrix: SparseMatrix = sp.csr_matrix((values, (rows, columns)), shape=(n_faces, n_faces))
    return matrix
