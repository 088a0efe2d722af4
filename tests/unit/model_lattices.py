"""Which lattices do the solver's tests use? Random ones, and the primal and dual lattices of blocks, in plain NumPy."""

from itertools import product

import numpy as np
import scipy.sparse as sp

from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.network import Lattice

AXES = (0, 1, 2)


def ends(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Slices of the points at the lower and the upper end of the edges along an axis."""
    before = (slice(None),) * axis
    return (*before, slice(None, -1)), (*before, slice(1, None))


def matrix(lattice: Lattice) -> sp.csr_matrix:
    """A, assembled edge by edge: the twin of every compiled operator."""
    number = np.arange(lattice.n_points).reshape(lattice.shape)
    result = sp.diags(lattice.ground.ravel()).tocsr()
    for axis, edges in zip(AXES, (lattice.gx, lattice.gy, lattice.gz), strict=True):
        low, high = (number[end].ravel() for end in ends(axis))
        g = edges.ravel()
        rows, columns = np.concatenate([low, high, low, high]), np.concatenate([low, high, high, low])
        result = result + sp.csr_matrix((np.concatenate([g, g, -g, -g]), (rows, columns)), shape=result.shape)
    return result.tocsr()


def without_points(lattice: Lattice, gone: FloatArray) -> Lattice:
    """All conductances at the points where `gone` is true taken away."""
    edges = []
    for axis, values in zip(AXES, (lattice.gx, lattice.gy, lattice.gz), strict=True):
        low, high = ends(axis)
        edges.append(np.where(gone[low] | gone[high], 0.0, values))
    return Lattice(*edges, np.where(gone, 0.0, lattice.ground), lattice.x, lattice.y)


def random_lattice(
    shape: tuple[int, int, int], rng: np.random.Generator, decades: float = 3.0, gone: float = 0.0
) -> Lattice:
    """Conductances spread over `decades`, ground everywhere, irregular axes; a fraction `gone` of the points off."""
    nx, ny, nz = shape

    def spread(*size: int) -> FloatArray:
        return 10 ** rng.uniform(-decades / 2, decades / 2, size)

    x, y = (np.cumsum(10 ** rng.uniform(-6, -4, n)) for n in (nx, ny))
    edges = (spread(max(nx - 1, 0), ny, nz), spread(nx, max(ny - 1, 0), nz), spread(nx, ny, max(nz - 1, 0)))
    return without_points(Lattice(*edges, spread(nx, ny, nz) * 1e-2, x, y), rng.random(shape) < gone)


def primal(x: FloatArray, y: FloatArray, z: FloatArray, k: FloatArray, film_top: float, film_bottom: float) -> Lattice:
    """Trilinear elements with vertex quadrature: an edge gets k * (cross-section / 4) / length from each cell."""
    steps = [np.diff(v).reshape([-1 if a == axis else 1 for a in AXES]) for axis, v in enumerate((x, y, z))]
    edges = []
    for axis in AXES:
        one, two = (a for a in AXES if a != axis)
        cell = k * steps[one] * steps[two] / (4 * steps[axis])
        result = np.zeros([n + (a != axis) for a, n in enumerate(k.shape)])
        for shift in product((0, 1), (0, 1)):
            window = [slice(None)] * 3
            for other, by in zip((one, two), shift, strict=True):
                window[other] = slice(by, by + k.shape[other])
            result[tuple(window)] += cell
        edges.append(result)
    half_x, half_y = (np.convolve(np.diff(v), [0.5, 0.5]) for v in (x, y))
    area = half_x[:, None] * half_y[None, :]
    ground = np.zeros([n + 1 for n in k.shape])
    ground[:, :, -1] += film_top * area
    ground[:, :, 0] += film_bottom * area
    return Lattice(*edges, ground, x, y)


def dual(x: FloatArray, y: FloatArray, z: FloatArray, k: FloatArray, film_top: float, film_bottom: float) -> Lattice:
    """Two-point fluxes between cell centres: half a cell on each side, and half a cell and a film to ambient."""
    steps = [np.diff(v).reshape([-1 if a == axis else 1 for a in AXES]) for axis, v in enumerate((x, y, z))]
    edges, half = [], np.empty(0)
    for axis in AXES:
        one, two = (a for a in AXES if a != axis)
        half = steps[axis] / (2 * k * steps[one] * steps[two])
        low, high = ends(axis)
        edges.append(1 / (half[low] + half[high]))
    area = (steps[0] * steps[1])[:, :, 0]
    ground = np.zeros(k.shape)
    ground[:, :, -1] += 1 / (half[:, :, -1] + 1 / (film_top * area))
    ground[:, :, 0] += 1 / (half[:, :, 0] + 1 / (film_bottom * area))
    return Lattice(*edges, ground, 0.5 * (x[1:] + x[:-1]), 0.5 * (y[1:] + y[:-1]))
