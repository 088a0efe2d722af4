"""How do tetrahedra go into a file and come out of one? Through meshio, with the names of regions and faces checked.

Gmsh keeps names as physical groups, Abaqus and CalculiX as element sets. VTU and XDMF files have numbers alone, in the
cell data `region` and `face`: there a name is the number as text. XDMF is written with its data in the text, and still
takes the extra `hdf`, for meshio asks for it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import meshio
import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.elements import ElementModel, ExposedFacets

Unit = Literal["m", "mm", "um"]
METRES = {"m": 1.0, "mm": 1e-3, "um": 1e-6}
SUFFIXES = {
    ".msh": "gmsh22",
    ".vtu": "vtu",
    ".xdmf": "xdmf",
    ".inp": "abaqus",
}  # Gmsh's version 2.2 is what most programs read
HDF = "needs a library that is not installed: pip install 'thermopkg[hdf]'"
NUMBERED = {"vtu", "xdmf"}  # formats whose regions and faces have numbers and no names
# CalculiX reads twenty characters of a number, and stops where there are more.
OPTIONS: dict[str, dict[str, Any]] = {
    "gmsh22": {"binary": False},
    "vtu": {},
    "xdmf": {"data_format": "XML"},
    "abaqus": {"float_fmt": ".13e"},
}
LARGEST, SMALLEST = 1.0, 10e-6  # m, of a whole package; beyond it the unit is wrong
FLAT = 1e-9  # of the cube of a cell's longest edge; sheets of 20 µm under plates of 30 mm have 1e-5 and more
NAMELESS = "(none)"
SOLID = {"tetra"}
FACES = {"triangle"}
IGNORED = {"vertex", "line"}  # what mesh generators leave of points and edges


@dataclass(frozen=True, eq=False)
class FileMesh:
    """Tetrahedra with named regions, and triangles of their outside with named faces.

    `points` in m, shape (3, n); `cells` shape (4, m), `region` of each indexes `regions`; `facets` shape (3, k),
    `face` of each indexes `faces`
    """

    points: FloatArray
    cells: IntArray
    region: IntArray
    regions: tuple[str, ...]
    facets: IntArray
    face: IntArray
    faces: tuple[str, ...]


def mesh_of(model: ElementModel) -> FileMesh:
    """What of a model goes into a file: regions by `region_names`, and faces as "part.face"."""
    names = region_names(model)
    used = np.unique(model.region)
    regions = tuple(names[number] for number in used.tolist())
    number = np.full(len(names), -1)
    number[used] = np.arange(used.size)
    faces = tuple(dict.fromkeys(f"{facets.part}.{facets.face}" for facets in model.exposed))
    face = [np.full(f.corners.shape[1], faces.index(f"{f.part}.{f.face}")) for f in model.exposed]
    corners = [facets.corners for facets in model.exposed]
    cells = model.cells.copy()
    turned = _signed(model.points, cells) < 0
    cells[2:, turned] = cells[[3, 2]][:, turned]
    none = np.zeros((3, 0), np.int64)
    return FileMesh(
        *(model.points, cells, number[model.region], regions),
        *(np.concatenate([none, *corners], axis=1), np.concatenate([none[0], *face]), faces),
    )


def region_names(model: ElementModel) -> tuple[str, ...]:
    """Of all regions: that of the solid, or of several of one solid, as the layers of a carrier, "solid.1" and on."""
    solids = [region.solid for region in model.regions]
    several = {solid for solid, count in Counter(solids).items() if count > 1}
    return tuple(
        f"{solid}.{solids[: number + 1].count(solid)}" if solid in several else solid
        for number, solid in enumerate(solids)
    )


def write_mesh(path: Path, mesh: FileMesh) -> None:
    """Write a mesh in the format of the file's suffix, lengths in m.

    Raises
    ------
    GeometryError : the suffix is not known, or a library that the format needs is not there
    """
    kind = _kind(path)
    first = 1 + len(mesh.regions)  # Gmsh's tags of faces follow those of regions: each names one group
    whole = [
        ("tetra", mesh.cells, mesh.regions, mesh.region, 3, 1),
        ("triangle", mesh.facets, mesh.faces, mesh.face, 2, first),
    ]
    kept = [block for block in whole if block[1].size]  # VTU knows no empty blocks
    blocks = [(name, corners.T) for name, corners, *_ in kept]
    data: dict[str, Any] = {}
    if kind in NUMBERED:
        data["cell_data"] = {
            key: [own if name == of else np.full(own.size, -1) for name, _, _, own, _, _ in kept]
            for key, of in (("region", "tetra"), ("face", "triangle"))
        }
    elif kind == "gmsh22":
        tags = [(start + own).astype(np.int32) for _, _, _, own, _, start in kept]
        data["cell_data"] = {"gmsh:physical": tags, "gmsh:geometrical": tags}
        data["field_data"] = {
            name: np.array([start + number, dimension])
            for _, _, names, _, dimension, start in whole
            for number, name in enumerate(names)
        }
    else:
        data["cell_sets"] = {
            name: [np.flatnonzero(own == number) if own is other[3] else np.zeros(0, np.int64) for other in kept]
            for _, _, names, own, _, _ in kept
            for number, name in enumerate(names)
        }
    written = meshio.Mesh(mesh.points.T, blocks, **data)
    try:
        meshio.write(path, written, file_format=kind, **OPTIONS[kind])
    except ImportError as error:
        raise GeometryError([Fault("", HDF)], path) from error


def read_mesh(path: Path, regions: Iterable[str], faces: Iterable[str] = (), unit: Unit = "m") -> FileMesh:
    """Read a mesh of tetrahedra whose regions and faces have just these names.

    Faces of the file that nobody asks for are left out; those that are asked for must be there.

    Raises
    ------
    GeometryError : with everything that is wrong with the file
    """
    kind = _kind(path)
    try:
        found = meshio.read(path, file_format="gmsh" if kind == "gmsh22" else kind)
    except (OSError, ValueError, KeyError, IndexError, AssertionError, meshio.ReadError) as error:
        raise GeometryError([Fault("", f"cannot be read as {kind}: {error or type(error).__name__}")], path) from error
    except ImportError as error:
        raise GeometryError([Fault("", HDF)], path) from error
    except SystemExit as error:  # meshio ends the program where a file is none of its formats
        raise GeometryError([Fault("", f"cannot be read as {kind}")], path) from error
    points = np.asarray(found.points, float)
    faults = _cell_faults(found)
    if faults or points.shape[1] != 3:
        raise GeometryError(faults or [Fault("points", "have two coordinates; a package has three")], path)
    points = METRES[unit] * points.T
    cells, region = _named(found, kind, SOLID, "region", 3)
    facets, face = _named(found, kind, FACES, "face", 2)
    faults += _name_faults("region", region, regions, _all_names(found, 3), exact=True)
    faults += _name_faults("face", face, faces, _all_names(found, 2), exact=False)
    faults += _shape_faults(points, cells, unit)
    wanted = np.isin(face, list(faces))
    facets, face = facets[:, wanted], face[wanted]
    faults += _face_faults(cells, facets, face)
    if faults:
        raise GeometryError(faults, path)
    if _signed(points, cells)[0] < 0:  # then all are
        cells = cells[[0, 1, 3, 2]]
    used, numbered = np.unique(np.concatenate([cells.ravel(), facets.ravel()]), return_inverse=True)
    names, face_names = tuple(dict.fromkeys(regions)), tuple(dict.fromkeys(faces))
    return FileMesh(
        *(points[:, used], numbered[: cells.size].reshape(cells.shape)),
        *(np.array([names.index(name) for name in region.tolist()], np.int64), names),
        numbered[cells.size :].reshape(facets.shape),
        *(np.array([face_names.index(name) for name in face.tolist()], np.int64), face_names),
    )


def _kind(path: Path) -> str:
    if path.suffix not in SUFFIXES:
        told = f"ends in '{path.suffix}'; allowed are {', '.join(SUFFIXES)}"
        raise GeometryError([Fault("", told)], path)
    return SUFFIXES[path.suffix]


# ---------------------------------------------------------------- names
def _named(found: Any, kind: str, types: set[str], what: str, dimension: int) -> tuple[IntArray, Any]:
    """Corners of all cells of some types, shape (n, m), and the name of each, NAMELESS where it has none."""
    tags = {int(tag): name for name, (tag, own) in found.field_data.items() if own == dimension}
    corners, names = [np.zeros((dimension + 1, 0), np.int64)], [np.zeros(0, "U1")]
    for number, block in enumerate(found.cells):
        if block.type not in types:
            continue
        own = np.full(len(block.data), NAMELESS, "U200")
        if kind == "abaqus":
            for name, members in found.cell_sets.items():
                if members[number] is not None:
                    own[np.asarray(members[number], np.int64)] = name
        else:
            key = "gmsh:physical" if kind == "gmsh22" else what
            if key in found.cell_data:
                values = np.asarray(found.cell_data[key][number]).astype(int)
                for value in np.unique(values).tolist():
                    if value >= 0 and not (kind == "gmsh22" and value == 0):
                        own[values == value] = tags.get(value, str(value))
        corners.append(np.asarray(block.data, np.int64).T)
        names.append(own)
    return np.concatenate(corners, axis=1), np.concatenate(names)


def _all_names(found: Any, dimension: int) -> set[str]:
    """Names that a file gives to groups of a dimension, those without cells as well."""
    return {name for name, (_, own) in found.field_data.items() if own == dimension}


def _name_faults(what: str, own: Any, wanted: Iterable[str], given: set[str], exact: bool) -> list[Fault]:
    names, wanted = set(np.unique(own).tolist()) - {NAMELESS}, list(dict.fromkeys(wanted))
    faults = []
    there = ", ".join(sorted(names)) or "none"
    for name in wanted:
        if name not in names:
            told = "is empty: no cell belongs to it" if name in given else f"is not in the file; there are {there}"
            faults.append(Fault(f"{what} '{name}'", told))
    if exact:
        for name in sorted((names | given) - set(wanted)):
            faults.append(Fault(f"{what} '{name}'", f"is in the file and has no material; wanted are {_list(wanted)}"))
        count = int(np.count_nonzero(own == NAMELESS))
        if count:
            faults.append(Fault(what, f"{count:,} cells belong to none; give every cell a region"))
    return faults


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


# ---------------------------------------------------------------- shapes
def _cell_faults(found: Any) -> list[Fault]:
    """Cells of other kinds than tetrahedra, and of none."""
    types = [block.type for block in found.cells if len(block.data)]
    strange = sorted(set(types) - SOLID - FACES - IGNORED)
    faults = [Fault("cells", f"are of kind '{kind}', too; write tetrahedra of four points alone") for kind in strange]
    if not strange and not set(types) & SOLID:
        faults.append(Fault("cells", f"hold no tetrahedra; there are {_list(dict.fromkeys(types))}"))
    return faults


def _signed(points: FloatArray, cells: IntArray) -> FloatArray:
    """Volumes, negative where the fourth corner lies on the other side, m^3, shape (n,)."""
    a, b, c = (points[:, cells[i]] - points[:, cells[0]] for i in (1, 2, 3))
    return np.asarray(np.einsum("kn,kn->n", np.cross(a, b, axis=0), c) / 6)


def _shape_faults(points: FloatArray, cells: IntArray, unit: str) -> list[Fault]:
    corners = points[:, cells]
    if not np.isfinite(corners).all():
        return [Fault("points", f"{np.count_nonzero(~np.isfinite(corners).all(axis=(0, 1))):,} cells are not finite")]
    faults = []
    extent = float((corners.max(axis=(1, 2)) - corners.min(axis=(1, 2))).max())
    if not SMALLEST <= extent <= LARGEST:
        told = f"the mesh is {extent:.3g} m long, read in {unit}; a package has {SMALLEST:g} to {LARGEST:g} m"
        told += ": name its unit"
        faults.append(Fault("unit", told))
    volume = _signed(points, cells)
    longest = np.max(
        [np.linalg.norm(corners[:, i] - corners[:, j], axis=0) for i in range(4) for j in range(i)], axis=0
    )
    flat = int(np.count_nonzero(np.abs(volume) <= FLAT * longest**3))
    if flat:
        faults.append(Fault("cells", f"{flat:,} have no volume; mesh again, or drop them"))
    inside_out = min(np.count_nonzero(volume < 0), np.count_nonzero(volume > 0))
    if inside_out:
        faults.append(Fault("cells", f"{inside_out:,} are turned inside out beside the others; mesh again"))
    return faults


def _face_faults(cells: IntArray, facets: IntArray, face: Any) -> list[Fault]:
    """Cells that overlap, and faces that are not on the outside."""
    sides = np.sort(np.concatenate([np.delete(cells, i, axis=0) for i in range(4)], axis=1), axis=0).T
    found, counts = np.unique(sides, axis=0, return_counts=True)
    faults = []
    if (counts > 2).any():
        faults.append(Fault("cells", f"{np.count_nonzero(counts > 2):,} faces lie between more than two cells"))
    number = {tuple(corners): int(count) for corners, count in zip(found.tolist(), counts, strict=True)}
    of_facets = np.array([number.get(tuple(corners), 0) for corners in np.sort(facets, axis=0).T.tolist()], int)
    for name in dict.fromkeys(face.tolist()):
        own = of_facets[face == name]
        if (own == 0).any():
            told = f"{np.count_nonzero(own == 0):,} triangles are sides of no cell; mesh faces and regions together"
            faults.append(Fault(f"face '{name}'", told))
        if (own > 1).any():
            faults.append(
                Fault(f"face '{name}'", f"{np.count_nonzero(own > 1):,} triangles lie inside, where no film is")
            )
    return faults


def model_of(mesh: FileMesh, like: ElementModel, cooled: Mapping[str, int]) -> ElementModel:
    """The mesh with the regions and surfaces of a model of the same package.

    Parameters
    ----------
    cooled : of every face of the mesh, "part.face", the number of the model's surface that takes its heat
    """
    own = {name: number for number, name in enumerate(region_names(like))}
    exposed = []
    for number, name in enumerate(mesh.faces):
        part, _, face = name.rpartition(".")
        exposed.append(ExposedFacets(part, face, cooled[name], mesh.facets[:, mesh.face == number]))
    region = np.array([own[name] for name in mesh.regions])[mesh.region]
    return ElementModel(mesh.points, mesh.cells, region, like.regions, like.surfaces, tuple(exposed), like.copies)
