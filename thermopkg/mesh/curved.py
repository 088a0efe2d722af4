"""What do curved joints and slanted wires look like as tetrahedra? A package through gmsh, which is an extra.

Circles are circles, balls and bumps bulge, wires slant. Solids are laid over one another in the order of painting, cut
where they meet, and every piece belongs to the last solid that holds it. Regions and faces have the names that
`tetrahedra` gives them. Source: [geuzaine2009]
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import CaseError, Fault, GeometryError
from thermopkg.mesh.elements import ON_PLANE, ElementModel
from thermopkg.mesh.exposing import exposed_facets
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.patch import FacePatch, Patch
from thermopkg.mesh.region import region_of
from thermopkg.mesh.tetra import check_known, surfaces_of
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

EXTRA = "thermopkg[gmsh]"
LIBRARIES = "libglu1-mesa libxft2 libxinerama1 libxcursor1"
ROUND = 24  # straight pieces of a circle, as a default
COARSEST = 8  # cells along the longer side of the plan at least
BULGING = ("balls", "bumps")  # roles of solder that was liquid
SLIMMEST = 0.2  # of a ball's ends over its own radius: more slender ones stay columns
MM = 1e3  # gmsh's own tolerances are meant for lengths near one

TETRAHEDRON = 4  # gmsh's number of its kind


def curved_tetrahedra(
    package: Package,
    patches: Iterable[Patch] = (),
    finer: float = 1.0,
    sides: int = ROUND,
    mirrored: tuple[bool, bool] = (False, False),
    bulging: bool = True,
) -> ElementModel:
    """A package as conforming tetrahedra whose corners lie on its curved faces.

    Parameters
    ----------
    patches : places whose outlines the mesh must have
    finer : how many times smaller cells are to be than they would be
    sides : straight pieces in place of a circle
    mirrored : whether what lies below the middle along x, and along y, is to be left out, which stands for all
    bulging : whether balls and bumps are pieces of spheres of their volume; cylinders otherwise
    Raises
    ------
    CaseError : gmsh is not installed, or a library of the system that it needs is not
    GeometryError : what only voxels know, any contact, or gmsh gives up; with its reason
    """
    patches = tuple(patches)
    check_known(package, round_=True)
    if package.contacts:
        raise GeometryError([Fault("contact", "gmsh lays no layers as thin as a contact")], source=package.case.title)
    whole = geometry_grid(package, None, mirrored)
    low = np.array([ticks[0] if cut else -np.inf for ticks, cut in zip(whole.axes, (*mirrored, False), strict=True)])
    with _gmsh(package.case.title) as gmsh:
        shapes = [
            (number, tag)
            for number, solid in enumerate(package.solids)
            for tag in _halved(gmsh, _shapes(gmsh, solid, bulging), low)
        ]
        owner = _fragmented(gmsh, shapes, _rectangles(gmsh, package, patches, low))
        reach = float(max(ticks[-1] - ticks[0] for ticks in whole.axes[:2]))
        points, cells, region = _meshed(gmsh, owner, reach, sides, finer)
    points /= MM
    for axis in range(3):  # planes are the package's own again, not what rounding made of them
        at = np.searchsorted(0.5 * (whole.axes[axis][1:] + whole.axes[axis][:-1]), points[axis])
        near = np.abs(points[axis] - whole.axes[axis][at]) < ON_PLANE
        points[axis, near] = whole.axes[axis][at[near]]
    regions = tuple(region_of(package, solid) for solid in package.solids)
    surfaces, numbers = surfaces_of(package, whole.copies)
    mirrors = np.array([ticks[0] if cut else -np.inf for ticks, cut in zip(whole.axes[:2], mirrored, strict=True)])
    exposed = exposed_facets(package, points, cells, region, regions, numbers, mirrors)
    return ElementModel(points, cells, region, regions, surfaces, exposed, whole.copies)


def gmsh_faults() -> list[Fault]:
    """Why gmsh cannot be used here, if so."""
    try:
        import gmsh  # noqa: F401
    except ImportError:
        return [Fault("--mesher", f"curved joints are meshed by gmsh, which is not installed: pip install '{EXTRA}'")]
    except OSError as error:  # it is linked against libraries of windows, even where it opens none
        return [Fault("--mesher", f"gmsh is installed and does not load: {error}; on Debian, apt install {LIBRARIES}")]
    return []


@contextmanager
def _gmsh(title: str) -> Iterator[Any]:
    """The library, quiet and with nothing in it, until the block ends."""
    faults = gmsh_faults()
    if faults:
        raise CaseError(faults, title)
    import gmsh

    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        yield gmsh
    except Exception as error:  # the library raises nothing more telling
        raise GeometryError([Fault("mesh", f"gmsh gives up: {error}")], source=title) from error
    finally:
        gmsh.finalize()


# ---------------------------------------------------------------- shapes, in mm
def _shapes(gmsh: Any, solid: Solid, bulging: bool) -> list[int]:
    """The volumes that a solid is made of; what is painted later may take some of their place."""
    if solid.role == "wires":
        return _wires(gmsh, solid)
    if solid.discs is None:
        return [_box(gmsh, own) for own in solid.boxes]
    found = []
    for (x, y, inner, outer), (low, high) in zip(MM * solid.discs, MM * solid.heights, strict=True):
        ends = outer**2 - (high - low) ** 2 / 6  # of the piece of a sphere with the column's volume, squared
        if bulging and solid.role in BULGING and ends > (SLIMMEST * outer) ** 2:
            radius = float(np.sqrt(outer**2 + (high - low) ** 2 / 12))
            angle = float(np.arcsin(0.5 * (high - low) / radius))
            found.append(gmsh.model.occ.addSphere(x, y, 0.5 * (low + high), radius, -1, -angle, angle))
            continue
        column = gmsh.model.occ.addCylinder(x, y, low, 0, 0, high - low, outer)
        if inner > 0:
            hole = gmsh.model.occ.addCylinder(x, y, low, 0, 0, high - low, inner)
            column = gmsh.model.occ.cut([(3, column)], [(3, hole)])[0][0][1]
        found.append(column)
    return found


def _box(gmsh: Any, bounds: FloatArray) -> int:
    low, high = MM * bounds.T
    return int(gmsh.model.occ.addBox(*low, *(high - low)))


def _wires(gmsh: Any, solid: Solid) -> list[int]:
    """Up from the chip and straight down to the carrier, round, of the cross-section of the three runs of boxes."""
    rises, levels, drops = np.split(MM * solid.boxes, 3)  # as `add_wires` lays them
    found = []
    for rise, level, drop in zip(rises, levels, drops, strict=True):
        radius = float((rise[0, 1] - rise[0, 0]) / np.sqrt(np.pi))
        start, end = rise[:, 0].copy(), drop[:, 0].copy()
        start[:2], end[:2] = rise[:2].mean(axis=1), drop[:2].mean(axis=1)
        top = np.array([*start[:2], level[2].mean()])
        down = end - top
        down *= 1 + 2 * radius * np.linalg.norm(down[:2]) / down[2] ** 2  # through the carrier's face, and cut there
        leg = gmsh.model.occ.addCylinder(*top, *down, radius)
        low, high = np.minimum(top, top + down) - 2 * radius, np.maximum(top, top + down) + 2 * radius
        low[2] = end[2]
        room = gmsh.model.occ.addBox(*low, *(high - low))
        leg = gmsh.model.occ.intersect([(3, leg)], [(3, room)])[0][0][1]
        stem = gmsh.model.occ.addCylinder(*start, *(top - start), radius)
        bend = gmsh.model.occ.addSphere(*top, radius)
        joined, _ = gmsh.model.occ.fuse([(3, stem)], [(3, bend), (3, leg)])
        found += [tag for dimension, tag in joined if dimension == 3]
    return found


def _halved(gmsh: Any, tags: list[int], low: FloatArray) -> list[int]:
    """What lies above the mirrors."""
    kept = list[int]()
    for tag in tags:
        own = np.array(gmsh.model.occ.getBoundingBox(3, tag)).reshape(2, 3)
        if (own[1] <= MM * low + 1e-6).any():
            gmsh.model.occ.remove([(3, tag)], recursive=True)
        elif (own[0] >= MM * low - 1e-6).all():
            kept.append(tag)
        else:
            corner = np.where(np.isfinite(low), MM * low, own[0] - 1)
            room = gmsh.model.occ.addBox(*corner, *(own[1] + 1 - corner))
            kept += [new for dimension, new in gmsh.model.occ.intersect([(3, tag)], [(3, room)])[0] if dimension == 3]
    return kept


def _rectangles(gmsh: Any, package: Package, patches: Iterable[Patch], low: FloatArray) -> list[int]:
    """Readings, active faces and regions of the environment that the mesh must have the outlines of."""
    wanted = [(patch.x, patch.y, patch.z) for patch in patches if isinstance(patch, FacePatch)]
    for ring in package.rings:
        z = float(package.parts[ring.part].box[2, 1 if ring.looks == "up" else 0])
        wanted += [(tuple(own[0]), tuple(own[1]), z) for own in ring.edges]
    found = []
    for x, y, z in wanted:
        ends = np.array([x, y])
        ends[:, 0] = np.maximum(ends[:, 0], low[:2])
        if (ends[:, 1] - ends[:, 0] > ON_PLANE).all():
            found.append(gmsh.model.occ.addRectangle(*MM * ends[:, 0], MM * z, *MM * (ends[:, 1] - ends[:, 0])))
    return found


# ---------------------------------------------------------------- cut and meshed
def _fragmented(gmsh: Any, shapes: list[tuple[int, int]], rectangles: list[int]) -> dict[int, int]:
    """All shapes cut where they meet; the solid that holds each volume then: of those that share it the last."""
    given = [(3, tag) for _, tag in shapes] + [(2, tag) for tag in rectangles]
    _, pieces = gmsh.model.occ.fragment(given[:1], given[1:])
    gmsh.model.occ.synchronize()
    owner: dict[int, int] = {}
    for (number, _), own in zip(shapes, pieces, strict=False):
        for dimension, tag in own:
            if dimension == 3:
                owner[tag] = max(number, owner.get(tag, number))
    return owner


def _meshed(
    gmsh: Any, owner: dict[int, int], reach: float, sides: int, finer: float
) -> tuple[FloatArray, IntArray, IntArray]:
    """Points, mm, cells and the solid of each."""
    for name, value in (
        ("MeshSizeFromCurvature", sides),
        ("MeshSizeMax", MM * reach / COARSEST),
        ("MeshSizeFactor", 1 / finer),
        ("Algorithm", 6),
    ):
        gmsh.option.setNumber(f"Mesh.{name}", value)
    gmsh.model.mesh.generate(3)
    names, coordinates, _ = gmsh.model.mesh.getNodes()
    cells, region = list[IntArray](), list[IntArray]()
    for tag, number in owner.items():
        _, corners = gmsh.model.mesh.getElementsByType(TETRAHEDRON, tag)
        cells.append(np.asarray(corners, np.int64).reshape(-1, 4).T)
        region.append(np.full(cells[-1].shape[1], number))
    used, numbered = np.unique(np.concatenate(cells, axis=1), return_inverse=True)
    place = np.empty(int(names.max()) + 1, np.int64)
    place[names.astype(np.int64)] = np.arange(names.size)
    points = coordinates.reshape(-1, 3)[place[used]].T.copy()
    return points, numbered.reshape(4, -1), np.concatenate(region)
