"""Which faces of tetrahedra border on nothing? Found from the cells alone, named by part and by the way they look."""

from collections.abc import Mapping

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.elements import ExposedFacets
from thermopkg.mesh.region import Region
from thermopkg.package.package import Package

LEVEL = 1e-6  # of a normal's slant, below which a face looks up or down and not sideways
ON_MIRROR = 1e-9  # m
ADIABATIC = -1


def exposed_facets(
    package: Package,
    points: FloatArray,
    cells: IntArray,
    region: IntArray,
    regions: tuple[Region, ...],
    numbers: Mapping[str, int],
    mirrors: FloatArray,
) -> tuple[ExposedFacets, ...]:
    """Faces of one cell alone, by part, the way that they look, and the surface that takes their heat.

    Parameters
    ----------
    points, cells, region : as of an `ElementModel`
    numbers : of the surface of each condition
    mirrors : where a mirror lies along x and along y, m; what lies in it is inside
    """
    corners, own = _alone(cells)
    in_mirror = [(np.abs(points[axis][corners] - mirrors[axis]) < ON_MIRROR).all(axis=0) for axis in (0, 1)]
    kept = ~(in_mirror[0] | in_mirror[1])
    corners, own = corners[:, kept], own[kept]
    a, b, c = (points[:, corner] for corner in corners)
    normal = np.cross(b - a, c - a, axis=0)
    outwards = a - points[:, cells[:, own]].mean(axis=1)
    upright = normal[2] * np.sign(np.einsum("kn,kn->n", normal, outwards)) / np.linalg.norm(normal, axis=0)
    looks = np.where(upright > 1 - LEVEL, "top", np.where(upright < LEVEL - 1, "bottom", "sides"))
    part = np.array([one.part for one in regions])[region[own]]
    names = np.char.add(np.char.add(part, "."), looks)
    surface = np.full(own.size, ADIABATIC)
    for name in np.unique(names).tolist():
        general = name.rpartition(".")[2]
        surface[names == name] = numbers.get(name, numbers[general])
    x, y = points[:2, corners].mean(axis=1)
    for ring in package.rings:
        held = ring.holds(x, y) & (names == f"{ring.part}.{'top' if ring.looks == 'up' else 'bottom'}")
        surface[held] = numbers.get(ring.name, ADIABATIC)
    found = []
    for name in np.unique(names).tolist():
        of_part, _, face = name.rpartition(".")
        for number in np.unique(surface[names == name]).tolist():
            chosen = (names == name) & (surface == number)
            found.append(ExposedFacets(of_part, face, number, corners[:, chosen]))
    return tuple(found)


def _alone(cells: IntArray) -> tuple[IntArray, IntArray]:
    """Faces that only one cell has: their corners, shape (3, n), and the cell."""
    n = cells.shape[1]
    faces = np.concatenate([np.delete(cells, corner, axis=0) for corner in range(4)], axis=1)
    order = np.sort(faces, axis=0)
    _, first, counts = np.unique(order.T, axis=0, return_index=True, return_counts=True)
    alone = first[counts == 1]
    return faces[:, alone], alone % n
