"""What does a field of temperatures do within its cells and on its faces? Gradients and moments of orders 1 and 2.

A field is given at the corners of a mesh of tetrahedra and, of second order, in the middles of its edges after them,
as scikit-fem numbers both.
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.fem.places import Places

EDGES = ((0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3))  # of a cell, in scikit-fem's order
EDGES_OF_FACE = EDGES[:3]
# ∫ over a triangle of a corner's hat times the shape functions, over its area, of corners and of middles
HATS = {
    1: (np.full((3, 3), 1 / 12) + np.eye(3) / 12),
    2: np.hstack([
        np.full((3, 3), -1 / 60) + np.eye(3) / 20,
        np.array([[2.0 if corner in edge else 1.0 for edge in EDGES_OF_FACE] for corner in range(3)]) / 15,
    ]),
}  # fmt: skip


def order_of(places: Places, field: FloatArray) -> int:
    """Of the elements that a field is made of, 1 or 2."""
    return 1 if field.size == places.model.n_points else 2


def slopes(places: Places, piece: slice = slice(None)) -> FloatArray:
    """Gradients of the hats of a cell's four corners, 1/m, shape (4, 3, m)."""
    mesh = places.mesh
    corners = mesh.p[:, mesh.t[:, piece]]  # (3, 4, m)
    inverse = np.linalg.inv((corners[:, 1:] - corners[:, :1]).transpose(2, 1, 0))  # rows of the matrix are edges
    others = inverse.transpose(2, 1, 0)  # (corner 1 to 3, xyz, m)
    return np.concatenate([-others.sum(axis=0, keepdims=True), others])


def gradients(places: Places, field: FloatArray, piece: slice = slice(None)) -> FloatArray:
    """Of a field at the four corners of cells, K/m, shape (4, 3, m): between them it is linear."""
    mesh, slope = places.mesh, slopes(places, piece)
    own = field[mesh.t[:, piece]]
    if order_of(places, field) == 1:
        return np.broadcast_to(np.einsum("in,icn->cn", own, slope), slope.shape)
    found = np.einsum("in,icn->cn", -own, slope) + 4 * own[:, None, :] * slope
    middles = field[places.model.n_points + mesh.t2e[:, piece]]
    for (i, j), value in zip(EDGES, middles, strict=True):
        found[i] += 4 * value * slope[j]
        found[j] += 4 * value * slope[i]
    return np.asarray(found)


def on_faces(places: Places, field: FloatArray, faces: IntArray) -> FloatArray:
    """Values of a field at the corners of faces, and in the middles of their edges, K, shape (3 or 6, m)."""
    mesh = places.mesh
    corners = field[mesh.facets[:, faces]]
    if order_of(places, field) == 1:
        return np.asarray(corners)
    return np.concatenate([corners, field[places.model.n_points + mesh.f2e[:, faces]]])
