"""How does a field of temperatures become a balanced flux? Star by star, without solving anything on the whole mesh.

With ψ the hat function of a point, the flux -k ∇u of a field is cut into pieces -ψ k ∇u, one for the star of cells
around every point. Each piece is brought into balance on its own star: of all fluxes of lowest order that balance
ψ q - k ∇u·∇ψ there and let nothing through the outside of the star, the nearest one in the norm of the energy. As the
hats add up to one, so do the pieces, to a flux that balances q. A star is in balance as a whole because the field was
solved for: what the solver left is little, and is put right afterwards.
Source: [braessschoeberl2008]; [braess2007] ch. III
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.fem.fields import HATS, gradients, on_faces, order_of
from thermopkg.fem.fluxes import OPPOSITE, FluxSpace

BATCH = 1_000_000  # entries of the stars' matrices that are worked out at once: with all beside them 40 MB
HELD = 1e12  # times a face's own conductance: what stands for a held temperature within a star
FACES_AT = np.array([[face for face in range(4) if OPPOSITE[face] != corner] for corner in range(4)])
FACE_OPPOSITE = np.array([OPPOSITE.index(corner) for corner in range(4)])
# the row of a cell's corner among those of its face: both are in ascending order
ROW = np.array([[corner - (OPPOSITE[face] < corner) for face in FACES_AT[corner]] for corner in range(4)])


@dataclass(frozen=True, eq=False)
class _Stars:
    """The faces and the cells at every point of a mesh, points in the order of how many faces they have.

    `order` : the points; `sizes` their numbers of faces; `faces` of a star, as 3 x n_faces flat indices of
    mesh.facets, and `corners` of its cells, as 4 x n_cells flat indices of mesh.t, lie between successive ends
    `place` : of a face among those of its corner's star, shape (3, n_faces)
    """

    order: IntArray
    rank: IntArray
    sizes: IntArray
    faces: IntArray
    face_ends: IntArray
    corners: IntArray
    corner_ends: IntArray
    place: IntArray
    has_outlet: BoolArray

    def batches(self) -> Iterator[tuple[int, int]]:
        """Points whose matrices, padded to the largest of them, are worked out together."""
        low, n = 0, self.order.size
        while low < n:
            high = min(n, low + max(1, BATCH // int(self.sizes[low]) ** 2))
            while high > low + 1 and (high - low) * int(self.sizes[high - 1]) ** 2 > 2 * BATCH:
                high = low + (high - low) // 2
            yield low, high
            low = high


def _stars(space: FluxSpace) -> _Stars:
    mesh, n_points = space.places.mesh, space.places.model.n_points
    sizes = np.bincount(mesh.facets.ravel(), minlength=n_points)
    order = np.argsort(sizes, kind="stable")
    rank = np.empty(n_points, np.int64)
    rank[order] = np.arange(n_points)
    ranked = rank[mesh.facets].ravel()
    faces = np.argsort(ranked, kind="stable")
    face_ends = np.concatenate([[0], np.cumsum(sizes[order])])
    place = np.empty(ranked.size, np.int64)
    place[faces] = np.arange(ranked.size) - face_ends[ranked[faces]]
    ranked = rank[mesh.t].ravel()
    corner_ends = np.concatenate([[0], np.cumsum(np.bincount(ranked, minlength=n_points))])
    has_outlet = np.bincount(mesh.facets[:, space.film > 0].ravel(), minlength=n_points) > 0
    return _Stars(
        order, rank, sizes[order], faces, face_ends, np.argsort(ranked, kind="stable"), corner_ends,
        place.reshape(mesh.facets.shape), has_outlet[order],
    )  # fmt: skip


def equilibrated(space: FluxSpace, fields: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """Balanced fluxes near those of solved fields, W, shape (n_faces,) each.

    Parameters
    ----------
    fields : rises that one unit of every load makes, K, held points included; of order 1 or 2 on the space's mesh
    """
    stars = _stars(space)
    through = np.stack([_through_cells(space, field) for field in fields])  # (n_loads, 4, n_cells)
    taken = np.stack([_taken(space, field, load) for load, field in enumerate(fields)])  # (n_loads, 3, n_faces)
    flux = np.zeros((len(fields), space.film.size))
    for low, high in stars.batches():
        _add_batch(space, stars, low, high, through, taken, flux)
    flux += np.where(space.inner, 0.0, space.on_faces)
    return space.balanced(list(flux))


def _through_cells(space: FluxSpace, field: FloatArray) -> FloatArray:
    """What -k times the mean gradient of a field takes through the four faces of cells, W, shape (4, n_cells)."""
    places = space.places
    mesh = places.mesh
    flux = -places.model.conductivity * gradients(places, field).mean(axis=0)
    found = np.empty(mesh.t.shape)
    corners = mesh.p[:, mesh.t]  # (3, 4, n_cells)
    for face in range(4):
        a, b, c = (corners[:, corner] for corner in range(4) if corner != OPPOSITE[face])
        normal = 0.5 * np.cross(b - a, c - a, axis=0)
        outwards = np.sign(np.einsum("cn,cn->n", normal, a - corners[:, OPPOSITE[face]]))
        found[face] = outwards * np.einsum("cn,cn->n", normal, flux)
    return found


def _taken(space: FluxSpace, field: FloatArray, load: int) -> FloatArray:
    """∫ h (u - r) ψ of the three corners of cooled faces, W, shape (3, n_faces); nothing where held or adiabatic."""
    cooled = np.flatnonzero((space.film > 0) & np.isfinite(space.film))
    values = on_faces(space.places, field, cooled) - space.rise_of(load)[cooled]
    found = np.zeros(space.places.mesh.facets.shape)
    found[:, cooled] = space.film[cooled] * (HATS[order_of(space.places, field)] @ values)
    return found


def _add_batch(
    space: FluxSpace, stars: _Stars, low: int, high: int, through: FloatArray, taken: FloatArray, flux: FloatArray
) -> None:
    """Add the pieces of some stars to the fluxes.

    With the temperatures λ of a star's faces as prices and B = M⁻¹ - w w'/σ of the three faces at the point, a cell's
    piece is F = B (M F₀ - λ) + w Q / σ, F₀ what it is to be near and Q what it has to give; as in `mixed`.
    """
    mesh, n_loads, count = space.places.mesh, len(through), high - low
    m = int(stars.sizes[high - 1])
    corner, cell = np.divmod(stars.corners[stars.corner_ends[low] : stars.corner_ends[high]], mesh.t.shape[1])
    faces = FACES_AT[corner]  # (p, 3)
    number = mesh.t2f[faces, cell[:, None]]
    where = (stars.rank[mesh.t[corner, cell]] - low)[:, None] * m + stars.place[ROW[corner], number]
    rows = space.resistances[cell[:, None, None], faces[:, :, None], faces[:, None, :]]  # (p, 3, 3)
    inverse = np.linalg.inv(rows)
    w = inverse.sum(axis=2)
    share = w / w.sum(axis=1, keepdims=True)
    balancing = inverse - w[:, :, None] * share[:, None, :]
    near = np.einsum("pij,lpj->lpi", rows, through[:, faces, cell[:, None]]) / 3
    give = space.in_cells[:, cell] / 4 - through[:, FACE_OPPOSITE[corner], cell] / 3  # of ψ q - k ∇u·∇ψ
    free = np.einsum("pij,lpj->lpi", balancing, near) + share * give[:, :, None]
    matrix = _summed(where[:, :, None] * m + where[:, None, :] % m, balancing, count * m * m).reshape(count, m, m)
    loads = np.stack([_summed(where, own, count * m) for own in free])
    # what is made on faces, and what films take
    row, face = np.divmod(stars.faces[stars.face_ends[low] : stars.face_ends[high]], space.film.size)
    at = (stars.rank[mesh.facets[row, face]] - low) * m + stars.place[row, face]
    loads[:, at] += space.on_faces[:, face] / 3 - taken[:, row, face]
    diagonal = np.einsum("nii->ni", matrix)  # a view
    film = np.zeros(count * m)
    film[at] = np.minimum(space.film[face], HELD * diagonal.ravel()[at])
    diagonal += film.reshape(count, m)
    prices = _solved(matrix, loads.reshape(n_loads, count, m), stars.has_outlet[low:high])
    piece = free - np.einsum("pij,lpj->lpi", balancing, prices.reshape(n_loads, -1)[:, where])
    signs = np.where(space.inner[number], 0.5, 1.0) * space.outwards[faces, cell[:, None]]
    for own, found in zip(flux, piece, strict=True):
        own += _summed(number, signs * found, own.size)


def _solved(matrix: FloatArray, loads: FloatArray, has_outlet: BoolArray) -> FloatArray:
    """Temperatures of the faces of stars, K, shape (n_loads, n, m); zero where a padded star has no face.

    Where nothing cools a star they are known but for a constant: their mean is set to zero.
    """
    diagonal = np.einsum("nii->ni", matrix)  # a view
    face = diagonal > 0
    size = np.sqrt(np.where(face, diagonal, 1.0))
    level = np.where(face & ~has_outlet[:, None], size, 0.0)
    level /= np.sqrt(np.where(has_outlet, 1.0, (level**2).sum(axis=1)))[:, None]
    scaled = matrix / (size[:, :, None] * size[:, None, :]) + level[:, :, None] * level[:, None, :]
    np.einsum("nii->ni", scaled)[~face] = 1.0
    found = np.linalg.solve(scaled, (loads / size).transpose(1, 2, 0))
    return np.asarray(found.transpose(2, 0, 1) / size)


def _summed(at: IntArray, values: FloatArray, n: int) -> FloatArray:
    """Values added up in so many places."""
    return np.asarray(np.bincount(at.ravel(), values.ravel(), n), np.float64)
