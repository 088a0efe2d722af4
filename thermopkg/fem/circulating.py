"""How does a balanced flux get better without losing its balance? By currents that run around the edges of the mesh.

A current around an edge, through all faces that meet in it, takes nothing from any cell. Such currents x change a flux
by C x, C the incidence of faces and edges with signs, and its energy by x' C' (M F) + x' K x / 2, K = C' M C. Conjugate
gradients lower it, preconditioned by the inverse of K on the edges of every point, one after the other added up. Every
iterate is balanced, so its energy is a bound: where the iteration ends is a matter of width, not of truth.
Source: [arnoldfalkwinther2000] for the blocks
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from thermopkg.arraytypes import FloatArray, IntArray, SparseMatrix
from thermopkg.fem.fields import EDGES_OF_FACE
from thermopkg.fem.fluxes import FluxSpace

BATCH = 1_000_000  # entries of the points' matrices that are inverted at once: with their places 50 MB
PADDED = 1.3  # most that a point's matrix grows by sharing a batch with larger ones
TINY = 1e-300  # no length of anything: nothing is divided by zero
# It ends when so many iterations together gain less than this share of the width. One alone tells little: on flat cells
# some gain a hundredth of a percent before others gain half of the width.
PATIENCE = 10
GAINED = 5e-3
MOST_ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Circulations:
    """Currents around the edges of a mesh, but for those that would cross an adiabatic face.

    `around` : C, shape (n_faces, n_edges); `matrix` K, K/W; `blocks` what preconditions it, W/K, in float32
    """

    space: FluxSpace
    around: SparseMatrix
    matrix: SparseMatrix
    blocks: SparseMatrix

    def improved(self, fluxes: Sequence[FloatArray], widths: Sequence[float]) -> tuple[FloatArray, ...]:
        """Fluxes of less energy, balanced as the given ones are.

        Parameters
        ----------
        fluxes : of all loads of the space, W
        widths : of their bounds by now, K/W: what an iteration gains is measured by them
        """
        return tuple(
            self._improved(flux, load, width) for load, (flux, width) in enumerate(zip(fluxes, widths, strict=True))
        )

    def _improved(self, flux: FloatArray, load: int, width: float) -> FloatArray:
        left = -np.asarray(self.around.T @ self.space.drop(flux, load))
        current, direction, slope = np.zeros(left.size), np.zeros(left.size), np.inf
        before = width
        for count in range(1, MOST_ITERATIONS + 1):
            preconditioned = np.asarray(self.blocks @ left.astype(np.float32), np.float64)
            previous, slope = slope, float(left @ preconditioned)
            direction = preconditioned + slope / previous * direction
            image = np.asarray(self.matrix @ direction)
            curvature = float(direction @ image)
            if not curvature > 0:  # nothing is left that a current could better
                break
            current += slope / curvature * direction
            left -= slope / curvature * image
            width -= slope * slope / curvature
            if count % PATIENCE == 0:
                if before - width <= GAINED * width:
                    break
                before = width
        return np.asarray(flux + self.around @ current)


def circulations(space: FluxSpace) -> Circulations:
    """The currents of a mesh, and what preconditions them."""
    mesh = space.places.mesh
    ends, edges_of = _edges(mesh.facets)
    n_faces, n_edges = mesh.facets.shape[1], ends.shape[1]
    signs = _orientations(space) * np.array([1.0 if b - a == 1 else -1.0 for a, b in EDGES_OF_FACE])[:, None]
    shut = ~space.inner & (space.film == 0)
    crossing = np.zeros(n_edges, bool)
    crossing[edges_of[:, shut]] = True
    signs[crossing[edges_of]] = 0.0
    rows = np.broadcast_to(np.arange(n_faces), signs.shape)
    around = sp.coo_matrix((signs.ravel(), (rows.ravel(), edges_of.ravel())), shape=(n_faces, n_edges)).tocsr()
    around.eliminate_zeros()
    matrix = (around.T @ (_energy(space) @ around)).tocsr()
    matrix.sort_indices()
    blocks = sp.csr_matrix(matrix.shape, dtype=np.float32)
    shut_off = np.bincount(ends[:, crossing].ravel(), minlength=space.places.model.n_points) > 0
    for points, edges in _stars(ends, np.flatnonzero(~crossing), space.places.model.n_points):
        # currents around all edges of a point, towards it, add up to none
        towards = np.where(ends[1][edges] == points[:, None], 1.0, -1.0) * ~shut_off[points, None]
        blocks = blocks + _inverses(matrix, edges, towards)
    return Circulations(space, around, matrix, blocks)


def _edges(facets: IntArray) -> tuple[IntArray, IntArray]:
    """Both ends of all edges, the lower first, shape (2, n_edges), and those of every face, shape (3, n_faces).

    The mesh knows them too, but takes ten times as long to find them.
    """
    span = int(facets.max()) + 1
    keys = np.stack([facets[a].astype(np.int64) * span + facets[b] for a, b in EDGES_OF_FACE])
    unique, numbers = np.unique(keys, return_inverse=True)
    return np.stack(np.divmod(unique, span)), numbers.reshape(keys.shape)


def _orientations(space: FluxSpace) -> FloatArray:
    """1 where the corners of a face run around the way from its first cell to the next, -1 elsewhere."""
    mesh = space.places.mesh
    a, b, c = (mesh.p[:, corners] for corners in mesh.facets)
    from_cell = a - mesh.p[:, mesh.t[:, mesh.f2t[0]]].mean(axis=1)
    return np.asarray(np.sign(np.einsum("cn,cn->n", np.cross(b - a, c - a, axis=0), from_cell)))


def _energy(space: FluxSpace) -> SparseMatrix:
    """M of the fluxes of all faces, with 1 / (h A) of cooled ones, K/W, shape (n_faces, n_faces)."""
    t2f, signs, n_faces = space.places.mesh.t2f.astype(np.int32), space.outwards.T, space.film.size
    n = t2f.shape[1]
    blocks = space.resistances * signs[:, :, None] * signs[:, None, :]
    rows = np.broadcast_to(t2f.T[:, :, None], (n, 4, 4)).ravel()
    columns = np.broadcast_to(t2f.T[:, None, :], (n, 4, 4)).ravel()
    cells = sp.coo_matrix((blocks.ravel(), (rows, columns)), shape=(n_faces, n_faces)).tocsr()
    films = sp.diags(np.divide(1.0, space.film, out=np.zeros(n_faces), where=space.film > 0))
    whole: SparseMatrix = (cells + films).tocsr()
    return whole


def _stars(ends: IntArray, edges: IntArray, n_points: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Points in batches and the edges at each, shapes (n,) and (n, m), padded with -1."""
    points, both = ends[:, edges].ravel(), np.tile(edges, 2)
    both = both[np.argsort(points, kind="stable")]
    counts = np.bincount(points, minlength=n_points)
    starts = np.concatenate([[0], np.cumsum(counts)])
    order = np.argsort(counts, kind="stable")
    low = int(np.count_nonzero(counts == 0))
    sizes = counts[order]
    while low < n_points:
        high = int(np.searchsorted(sizes, PADDED * sizes[low] + 1, "right"))
        high = min(high, low + max(1, BATCH // int(sizes[low]) ** 2))
        own, m = order[low:high], int(sizes[high - 1])
        at = np.arange(m)
        found = both[np.minimum(starts[own][:, None] + at, both.size - 1)]
        yield own, np.where(at < counts[own][:, None], found, -1)
        low = high


def _inverses(matrix: SparseMatrix, edges: IntArray, idle: FloatArray) -> SparseMatrix:
    """The inverses of K on the edges of some points, added up, in float32; what is idle has no image."""
    n, m = edges.shape
    edges = edges.astype(np.int32)
    rows, columns = (np.broadcast_to(own, (n, m, m)) for own in (edges[:, :, None], edges[:, None, :]))
    there = (rows >= 0) & (columns >= 0)
    rows, columns = rows[there], columns[there]
    blocks = np.zeros((n, m, m))
    blocks[there] = np.asarray(matrix[rows, columns]).ravel()
    diagonal = np.einsum("nii->ni", blocks)  # a view
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    blocks /= scale[:, :, None] * scale[:, None, :]
    diagonal[:] = 1.0
    idle = np.where(edges >= 0, idle * scale, 0.0)
    idle /= np.maximum(np.linalg.norm(idle, axis=1, keepdims=True), TINY)
    blocks += idle[:, :, None] * idle[:, None, :]
    inverse = np.linalg.inv(blocks) / (scale[:, :, None] * scale[:, None, :])
    found: SparseMatrix = sp.coo_matrix((inverse[there].astype(np.float32), (rows, columns)), matrix.shape).tocsr()
    return found
