"""How good is a mesh of tetrahedra? Smallest angle between faces, longest against shortest, volumes of all solids."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.elements import ElementModel

EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


@dataclass(frozen=True)
class Quality:
    """Of a whole mesh.

    `smallest_angle` : between two faces of one cell, in degrees; that of a regular tetrahedron is 70.5
    `largest_aspect` : longest edge of a cell over its smallest height; 1.22 of a regular tetrahedron
    `volumes` : of every solid, m^3, all copies of it together
    """

    n_points: int
    n_cells: int
    smallest_angle: float
    largest_aspect: float
    volumes: Mapping[str, float]


def quality(model: ElementModel) -> Quality:
    """The figures of a mesh of tetrahedra."""
    corners = model.points[:, model.cells]  # (3, 4, n)
    volume = volumes(model)
    normals = np.stack([_normal(corners, face) for face in range(4)])  # (4, 3, n), of twice the area's length
    area = np.linalg.norm(normals, axis=1)
    cosine = np.full(model.n_cells, -1.0)
    for i, j in EDGES:
        along = -np.einsum("kn,kn->n", normals[i], normals[j]) / (area[i] * area[j])
        cosine = np.maximum(cosine, along)
    longest = np.max([np.linalg.norm(corners[:, i] - corners[:, j], axis=0) for i, j in EDGES], axis=0)
    height = 6 * volume / area.max(axis=0)
    by_region = np.bincount(model.region, volume, len(model.regions)) * model.copies
    of_solids: dict[str, float] = {}
    for region, own in zip(model.regions, by_region, strict=True):
        of_solids[region.solid] = of_solids.get(region.solid, 0.0) + float(own)
    return Quality(
        model.n_points,
        model.n_cells,
        float(np.degrees(np.arccos(np.clip(cosine.max(), -1.0, 1.0)))),
        float((longest / height).max()),
        of_solids,
    )


def volumes(model: ElementModel) -> FloatArray:
    """Of all tetrahedra, m^3, shape (n_cells,)."""
    corners = model.points[:, model.cells]
    a, b, c = (corners[:, i] - corners[:, 0] for i in (1, 2, 3))
    return np.asarray(np.abs(np.einsum("kn,kn->n", a, np.cross(b, c, axis=0))) / 6)


def _normal(corners: FloatArray, face: int) -> FloatArray:
    """Outwards from the face opposite a corner, of twice its area's length, m^2, shape (3, n)."""
    a, b, c = (corners[:, i] for i in range(4) if i != face)
    normal = np.cross(b - a, c - a, axis=0)
    inwards = np.einsum("kn,kn->n", normal, corners[:, face] - a) > 0
    return np.asarray(np.where(inwards, -normal, normal))
