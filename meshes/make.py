"""Where do the meshes of this folder come from? This makes all five anew: python meshes/make.py

Coordinates are in mm but in the flip chip's file, which is in m. Regions and faces have names, or numbers where the
format knows none.
"""

import tomllib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from skfem import MeshTet

from thermopkg.answer.answer import wanted_places
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.load import from_document
from thermopkg.mesh.meshfile import FileMesh, mesh_of, write_mesh
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.package.placing import place

HERE = Path(__file__).parent
MM = 1e3

Names = Callable[[FloatArray], IntArray]


def file_mesh(mesh: MeshTet, regions: Sequence[str], region: IntArray, faces: Sequence[str], face: Names) -> FileMesh:
    """A mesh with the name of every outer face, from its middle; -1: none."""
    outer = mesh.facets[:, mesh.boundary_facets()]
    names = face(mesh.p[:, outer].mean(axis=1))
    kept = names >= 0
    cells = np.array(mesh.t)
    corners = mesh.p[:, cells]
    volume = np.einsum("in,in->n", corners[:, 1] - corners[:, 0],
                       np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 0], axis=0))  # fmt: skip
    turned = volume < 0
    cells[2:, turned] = cells[[3, 2]][:, turned]
    return FileMesh(np.array(mesh.p), cells, region, tuple(regions), outer[:, kept], names[kept], tuple(faces))


def spread(*planes: float, parts: int) -> FloatArray:
    """Planes, and even steps between them."""
    return np.concatenate([np.linspace(a, b, parts + 1)[:-1] for a, b in pairwise(planes)] + [[planes[-1]]])


def stack() -> FileMesh:
    """Die, interface and copper of 2 mm × 2 mm: heat goes one way."""
    z = spread(0.0, 1.0, 1.05, 1.55, parts=3)
    mesh = MeshTet.init_tensor(spread(0.0, 2.0, parts=3), spread(0.0, 2.0, parts=3), z)
    region = np.searchsorted([1.0, 1.05], mesh.p[2, mesh.t].mean(axis=0))

    def face(middle: FloatArray) -> IntArray:
        return np.where(middle[2] < 1e-9, 0, np.where(middle[2] > 1.55 - 1e-9, 1, -1))

    return file_mesh(mesh, ("copper", "interface", "die"), region, ("bottom", "top"), face)


def corner() -> FileMesh:
    """An L of 4 mm × 4 mm × 0.5 mm with a quarter cut out: its inner corner has no second derivatives."""
    lines = spread(0.0, 2.0, 4.0, parts=3)
    mesh = MeshTet.init_tensor(lines, lines, spread(0.0, 0.5, parts=1))
    middle = mesh.p[:, mesh.t].mean(axis=1)
    mesh = mesh.restrict(elements=np.flatnonzero(~((middle[0] > 2.0) & (middle[1] > 2.0))))
    region = (mesh.p[1, mesh.t].mean(axis=0) > 3.3).astype(int)

    def face(middle: FloatArray) -> IntArray:
        return np.where(middle[0] > 4.0 - 1e-9, 0, -1)

    return file_mesh(mesh, ("plate", "heater"), region, ("end",), face)


def shell() -> FileMesh:
    """A quarter of a heated core in solder in mould, radii 0.5, 1 and 3 mm, bent from a box."""
    radii = np.concatenate([np.linspace(0.1, 0.5, 4)[:-1], np.linspace(0.5, 1.0, 4)[:-1], np.geomspace(1.0, 3.0, 7)])
    mesh = MeshTet.init_tensor(radii, np.linspace(0.0, np.pi / 2, 13), spread(0.0, 0.5, parts=1))
    r, angle, z = mesh.p
    region = np.searchsorted([0.5, 1.0], mesh.p[0, mesh.t].mean(axis=0))
    bent = MeshTet(np.stack([r * np.cos(angle), r * np.sin(angle), z]), mesh.t)

    def face(middle: FloatArray) -> IntArray:
        return np.where(np.hypot(middle[0], middle[1]) > 2.9, 0, -1)

    return file_mesh(bent, ("core", "solder", "mould"), region, ("outside",), face)


def fin() -> FileMesh:
    """A tapered fin on a base with a chip under it: slanted sides, which no part of a package has."""
    x, y = spread(0.0, 3.0, 4.5, 5.5, 7.0, 10.0, parts=2), spread(0.0, 3.0, 7.0, 10.0, parts=3)
    mesh = MeshTet.init_tensor(x, y, spread(0.0, 0.5, 2.5, 14.5, parts=3))
    middle = mesh.p[:, mesh.t].mean(axis=1)
    chip = (middle[2] < 0.5) & (abs(middle[0] - 5) < 2.0) & (abs(middle[1] - 5) < 2.0)
    stem = (middle[2] > 2.5) & (abs(middle[0] - 5) < 2.0)
    kept = np.flatnonzero(chip | ((middle[2] > 0.5) & (middle[2] < 2.5)) | stem)
    region = np.where(chip, 0, 1)[kept]
    mesh = mesh.restrict(elements=kept)
    px, py, pz = mesh.p
    narrower = np.where(pz > 2.5, 1.0 - 0.75 * (pz - 2.5) / 12.0, 1.0)
    mesh = MeshTet(np.stack([5 + (px - 5) * narrower, py, pz]), mesh.t)

    def face(middle: FloatArray) -> IntArray:
        return np.where(middle[2] > 2.5 + 1e-9, 0, np.where(middle[2] > 0.5 + 1e-9, 1, -1))

    return file_mesh(mesh, ("chip", "sink"), region, ("fin", "base"), face)


def flip_chip() -> FileMesh:
    """A quarter of cases/open-frame on four bumps of 0.6 mm, without balls and board, as the program meshes it."""
    document = tomllib.loads((HERE.parent / "cases/open-frame/case.toml").read_text(encoding="utf-8"))
    document["part"] = [part for part in document["part"] if part["name"] not in ("balls", "board")]
    chip = next(part for part in document["part"] if part["kind"] == "chip")
    chip["bumps"] = {**chip["bumps"], "pitch": "2 mm", "diameter": "0.6 mm"}
    for name in ("datasheet", "transient"):
        document.pop(name, None)
    package = place(from_document(document))
    return mesh_of(tetrahedra(package, wanted_places(package).values(), mirrored=(True, True)))


def main() -> None:
    for name, make in (("stack.msh", stack), ("corner.inp", corner), ("tube.vtu", shell), ("fin.msh", fin),
                       ("flip-chip.inp", flip_chip)):  # fmt: skip
        write_mesh(HERE / name, make())


if __name__ == "__main__":
    main()
