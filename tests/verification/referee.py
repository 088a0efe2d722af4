"""What do trilinear elements say on the same cells? An independent assembly by scikit-fem, point by point."""

from itertools import product

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve
from skfem import Basis, BilinearForm, ElementHex1, FacetBasis, LinearForm, MeshHex
from skfem.helpers import grad

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.voxel import VoxelModel

VERTICES = np.array(list(product((0.0, 1.0), repeat=3))).T, np.full(8, 1 / 8)
FACE_VERTICES = np.array(list(product((0.0, 1.0), repeat=2))).T, np.full(4, 1 / 4)


@BilinearForm
def conduction(u, v, w):
    return sum(k * a * b for k, a, b in zip((w.kx, w.ky, w.kz), grad(u), grad(v), strict=True))


@BilinearForm
def film(u, v, w):
    return w.h * u * v


@LinearForm
def heat(v, w):
    return w.q * v


def conductance(model: VoxelModel, lumped: bool) -> sp.csr_matrix:
    """Conduction and films of a model, W/K; its points numbered like the grid's corners.

    `lumped`: integrated at the vertices of cells and of cooled faces, instead of exactly.
    """
    mesh, number, cells = _mesh(model)
    element = ElementHex1()
    inner = Basis(mesh, element, elements=cells, **({"quadrature": VERTICES} if lumped else {}))
    k = [_per_element(model.conductivity(axis).ravel(), inner) for axis in range(3)]
    total = conduction.assemble(inner, kx=k[0], ky=k[1], kz=k[2])
    for faces in model.exposed:
        cooled = faces.surface >= 0
        if cooled.any():
            facets = _facets(mesh, faces.cells[cooled], faces.axis, faces.high)
            rule = {"quadrature": FACE_VERTICES} if lumped else {}
            outer = FacetBasis(mesh, element, facets=facets, **rule)
            own = np.array([model.surfaces[n].film for n in faces.surface[cooled]])
            total = total + film.assemble(outer, h=own[:, None] * np.ones(outer.dx.shape[1]))
    order = np.argsort(number)
    return total.tocsr()[order][:, order]


def mean_of_cells(model: VoxelModel, chosen: IntArray) -> FloatArray:
    """One watt spread evenly over cells, exactly integrated, W at the grid's corners."""
    mesh, number, _ = _mesh(model)
    basis = Basis(mesh, ElementHex1(), elements=chosen)
    load = heat.assemble(basis, q=np.ones(basis.dx.shape))
    return (load / load.sum())[np.argsort(number)]


def theta(model: VoxelModel, load: FloatArray) -> float:
    """Source-averaged rise per watt with exact integration, K/W."""
    a = conductance(model, lumped=False)
    around = np.pad(model.active, 1)
    used = np.zeros([n + 1 for n in model.grid.shape], bool)  # corners of active cells; the others' rows are rounding
    for i, j, k in product((0, 1), repeat=3):
        used |= around[i : i + used.shape[0], j : j + used.shape[1], k : k + used.shape[2]]
    points = np.flatnonzero(used)
    return float(load[points] @ spsolve(a[np.ix_(points, points)].tocsc(), load[points]))


def _mesh(model: VoxelModel) -> tuple[MeshHex, IntArray, IntArray]:
    """The grid with element e the cell of flat index e; which corner each of its points is; the active cells."""
    mesh = MeshHex.init_tensor(*model.grid.axes)
    corner = [np.abs(model.grid.axes[axis][:, None] - mesh.p[axis]).argmin(axis=0) for axis in range(3)]
    number = np.ravel_multi_index(corner, [n + 1 for n in model.grid.shape])
    middles = mesh.p[:, mesh.t].mean(axis=1)
    place = [np.searchsorted(model.grid.axes[axis], middles[axis]) - 1 for axis in range(3)]
    cell = np.ravel_multi_index(place, model.grid.shape)
    mesh = MeshHex(mesh.p, mesh.t[:, np.argsort(cell)])
    return mesh, number, np.flatnonzero(model.active.ravel())


def _per_element(values: FloatArray, basis: Basis) -> FloatArray:
    return values[basis.tind][:, None] * np.ones(basis.dx.shape[1])


def _facets(mesh: MeshHex, cells: IntArray, axis: int, high: bool) -> IntArray:
    """The facet of each cell that looks one way."""
    middles = mesh.p[:, mesh.facets].mean(axis=1)
    of_cell = mesh.t2f[:, cells]  # (6, n)
    along = middles[axis][of_cell]
    chosen = along.argmax(axis=0) if high else along.argmin(axis=0)
    return of_cell[chosen, np.arange(cells.size)]
