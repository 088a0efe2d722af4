"""How does a package become tetrahedra? Its plan with all outlines in it, extruded through its layers, prisms split.

Every prism between two planes is of one solid, so that faces are kept exactly; round joints are prisms on polygons of
the circles' area. A prism is split along the diagonals that start at the lower number of its points: neighbours agree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.case.case import Case
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.elements import ElementModel, ExposedFacets
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.outlines import corners_of, in_polygon, loops, outlines, outreach, round_lines, straight_lines
from thermopkg.mesh.patch import FacePatch, Patch
from thermopkg.mesh.region import Region, region_of
from thermopkg.mesh.triangles import Plan, triangulated
from thermopkg.mesh.turning import turns_of
from thermopkg.mesh.voxel import NOTHING, Surface, paint, surface_of
from thermopkg.package.package import Package

SIDES = 8  # of the polygon in place of a circle, as a default: a multiple of four, for the mirrors of packages
GROWTH = 6.0  # most that neighbouring layers of cells differ by: at 3 there are half as many again
ADIABATIC = -1


def tetrahedra(
    package: Package,
    patches: Iterable[Patch] = (),
    finer: float = 1.0,
    sides: int | None = SIDES,
    mirrored: tuple[bool, bool] = (False, False),
) -> ElementModel:
    """A package as conforming tetrahedra.

    Parameters
    ----------
    patches : places whose outlines and planes the mesh must have
    finer : how many times smaller cells are to be than the geometry asks for, in plan and across layers
    sides : of the polygon in place of the circle of every bump, ball, pad and via; None: the squares of equal area
    mirrored : whether what lies below the middle along x, and along y, is to be left out, which stands for all
    Raises
    ------
    GeometryError : conductivities follow the temperature, a contact ends on something round or upright, or the
        outlines defeat the triangulation
    """
    patches = tuple(patches)
    check_known(package, round_=sides is not None)
    planes = np.array([patch.z for patch in patches if isinstance(patch, FacePatch)])
    whole = geometry_grid(package, (np.zeros(0), np.zeros(0), planes), mirrored)
    domain = np.array([[ticks[0], ticks[-1]] for ticks in whole.axes[:2]])
    lines, turns = [straight_lines(package, patches, squares=sides is None)], tuple[FloatArray, ...]()
    if sides is not None:
        turns = turns_of(
            package, np.concatenate([loops(corners_of(domain[None])), *lines]), domain[:, 0], mirrored, sides
        )
        lines += round_lines(package, sides, turns)
    plan = triangulated(outlines(lines, domain), domain, finer)
    heights = _heights(whole, package, finer)
    kept = [number for number, solid in enumerate(package.solids) if sides is None or solid.discs is None]
    region, regions = _painted(package, kept, whole, plan, heights)
    if sides is not None:
        _paint_round(package, plan, heights, region, sides, turns)
    surfaces, numbers = surfaces_of(package, whole.copies)
    exposed = _exposed(package, plan, region, regions, numbers, whole)
    points, cells, cell_regions, used = _tetrahedra(plan, heights, region)
    exposed = tuple(replace(facets, corners=used[facets.corners]) for facets in exposed)
    return ElementModel(points, cells, cell_regions, regions, surfaces, exposed, whole.copies)


def check_known(package: Package, round_: bool) -> None:
    """Refuse what no mesh of tetrahedra knows.

    Parameters
    ----------
    round_ : whether joints are round
    Raises
    ------
    GeometryError : with every reason
    """
    faults = []
    if package.temperature is not None:
        faults.append(Fault("study.temperature_dependent", "tetrahedra take conductivities at one temperature"))
    if any(contact.axis != 2 for contact in package.contacts):
        faults.append(Fault("contact", "a contact on upright faces is known to the voxels alone"))
    discs = {solid.part for solid in package.solids if solid.discs is not None}
    ending = sorted(discs & {part for c in package.contacts for part in (c.giver, c.other)})
    if round_ and ending:
        faults.append(Fault("contact", f"ends on round joints of {', '.join(ending)}: known for squares alone"))
    if faults:
        raise GeometryError(faults, source=package.case.title)


def _heights(whole: Grid, package: Package, finer: float) -> FloatArray:
    """Planes between layers of cells, m: those of the geometry, graded beside what is thin; contacts stay as thin."""
    inner = np.array([whole.axes[2][whole.index_of(2, c.inner)] for c in package.contacts if c.axis == 2])
    kept = np.setdiff1d(whole.z, inner)
    flat = Grid(np.array([0.0, 1.0]), np.array([0.0, 1.0]), kept)
    return np.union1d(flat.graded(GROWTH).halved(max(0, round(np.log2(finer)))).z, inner)


# ---------------------------------------------------------------- what is where
def _painted(
    package: Package, kept: list[int], whole: Grid, plan: Plan, heights: FloatArray
) -> tuple[IntArray, tuple[Region, ...]]:
    """Region of every prism, shape (n_triangles, n_layers), of some solids; and all regions, those of solids first."""
    flat = replace(package, solids=tuple(package.solids[number] for number in kept))
    grid = geometry_grid(flat, mirrored=whole.mirrored)
    box = paint(replace(flat, case=_square(package)), grid)
    regions = [*(region_of(package, solid) for solid in package.solids)]
    table = [*kept]
    for own in box.regions[len(kept) :]:  # cut by contacts
        assert own.of is not None, "nothing else has regions of its own where nothing is round or warm"
        table.append(len(regions))
        regions.append(replace(own, of=kept[own.of]))
    places = [plan.middles[:, 0], plan.middles[:, 1], 0.5 * (heights[1:] + heights[:-1])]
    at = [np.searchsorted(ticks, place) - 1 for ticks, place in zip(grid.axes, places, strict=True)]
    inside = [(i >= 0) & (i < ticks.size - 1) for i, ticks in zip(at, grid.axes, strict=True)]
    i, j, k = (np.clip(number, 0, n - 1) for number, n in zip(at, grid.shape, strict=True))
    found = box.region[i[:, None], j[:, None], k[None, :]].astype(np.int64)
    found[~(inside[0] & inside[1])] = NOTHING
    found[:, ~inside[2]] = NOTHING
    return np.array([*table, NOTHING])[found], tuple(regions)


def _square(package: Package) -> Case:
    """The case with nothing round in it: what is, is painted by this module."""
    case = package.case
    return case.model_copy(update={"study": case.study.model_copy(update={"round": False})})


def _paint_round(
    package: Package, plan: Plan, heights: FloatArray, region: IntArray, sides: int, turns: Sequence[FloatArray]
) -> None:
    """Paint the polygons of all round solids into the prisms, each over what comes before it."""
    middles, layers = cKDTree(plan.middles), 0.5 * (heights[1:] + heights[:-1])
    for number, solid in enumerate(package.solids):
        if solid.discs is None:
            continue
        reach = solid.discs[:, 3] * outreach(sides)
        near = middles.query_ball_point(solid.discs[:, :2], reach)
        triangle = np.concatenate([np.array(own, np.int64) for own in near])
        disc = np.repeat(np.arange(len(near)), [len(own) for own in near])
        at, centre, turn = plan.middles[triangle], solid.discs[disc, :2], turns[number][disc]
        inside = in_polygon(at, centre, solid.discs[disc, 3], sides, turn)
        inside &= ~in_polygon(at, centre, solid.discs[disc, 2], sides, turn)
        low, high = solid.heights[disc].T
        for layer, z in enumerate(layers):
            chosen = triangle[inside & (low < z) & (z < high)]
            chosen = chosen[region[chosen, layer] < number]  # what is painted later has a higher number
            region[chosen, layer] = number


# ---------------------------------------------------------------- what is exposed, and to what
def surfaces_of(package: Package, copies: int) -> tuple[tuple[Surface, ...], Mapping[str, int]]:
    """What takes heat, and the number of each condition's, ADIABATIC of those that take none."""
    environment = package.case.environment
    surfaces: list[Surface] = []
    numbers: dict[str, int] = {}
    for name, condition in environment.conditions().items():
        surface = surface_of(name, condition, environment.ambient)
        numbers[name] = ADIABATIC if surface is None else len(surfaces)
        if surface is not None:
            surfaces.append(replace(surface, film=copies * surface.film))
    return tuple(surfaces), numbers


def _exposed(
    package: Package,
    plan: Plan,
    region: IntArray,
    regions: tuple[Region, ...],
    numbers: Mapping[str, int],
    whole: Grid,
) -> tuple[ExposedFacets, ...]:
    """Faces of prisms that border on nothing, by part, way that they look, and surface; corners as of `_tetrahedra`."""
    n, found = len(plan.points), dict[tuple[str, str, int], list[IntArray]]()
    parts = np.array([own.part for own in regions])
    no_film = np.array([own.of is not None for own in regions])  # what is as thin as a contact needs none
    beyond = np.pad(region, ((0, 0), (1, 1)), constant_values=NOTHING)
    for face, looks, step in (("top", "up", 1), ("bottom", "down", -1)):
        triangle, layer = np.nonzero(
            (region != NOTHING) & (beyond[:, 1 + step : beyond.shape[1] - 1 + step or None] == NOTHING)
        )
        corners = plan.triangles[triangle].T + n * (layer + (step > 0))
        own = region[triangle, layer]
        condition = np.array([numbers.get(f"{part}.{face}", numbers[face]) for part in parts])[own]
        for ring in package.rings:
            if ring.looks == looks:
                held = ring.holds(*plan.middles[triangle].T) & (parts[own] == ring.part)
                condition[held] = numbers.get(ring.name, ADIABATIC)
        _gather(found, face, corners, own, condition, parts, no_film)
    edges, sides = _sides(plan, region, whole)
    condition = np.array([numbers.get(f"{part}.sides", numbers["sides"]) for part in parts])
    for (low, high), (layer, own) in zip(edges, sides, strict=True):
        walls = [np.stack([low + n * layer, high + n * layer, high + n * (layer + 1)]),
                 np.stack([low + n * layer, low + n * (layer + 1), high + n * (layer + 1)])]  # fmt: skip
        for corners in walls:
            _gather(found, "sides", corners, own, condition[own], parts, no_film)
    return tuple(ExposedFacets(*key, np.concatenate(corners, axis=1)) for key, corners in found.items())


def _gather(
    found: dict[tuple[str, str, int], list[IntArray]],
    face: str,
    corners: IntArray,
    own: IntArray,
    condition: IntArray,
    parts: IntArray,
    no_film: BoolArray,
) -> None:
    """Sort faces by part and condition into `found`."""
    for part in np.unique(parts[own]).tolist():
        for number in np.unique(condition).tolist():
            chosen = (parts[own] == part) & (condition == number) & ~no_film[own]
            if chosen.any():
                found.setdefault((part, face, number), []).append(corners[:, chosen])


def _sides(
    plan: Plan, region: IntArray, whole: Grid
) -> tuple[list[tuple[IntArray, IntArray]], list[tuple[IntArray, IntArray]]]:
    """Upright faces that border on nothing: their edges in plan, lower number first, and their layer and region."""
    triangles = plan.triangles
    m = len(triangles)
    all_edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    _, first, inverse, counts = np.unique(all_edges, axis=0, return_index=True, return_inverse=True, return_counts=True)
    inverse = inverse.ravel()
    order = np.argsort(inverse, kind="stable")
    start = np.concatenate([[0], np.cumsum(counts)])[:-1]
    one = order[start] % m
    other = np.where(counts == 2, order[np.minimum(start + 1, order.size - 1)] % m, -1)
    edges = all_edges[first]
    rim = counts == 1
    for axis in (0, 1):
        if whole.mirrored[axis]:  # heat comes from the other side as much as it goes there
            rim &= ~(np.abs(plan.points[edges][:, :, axis] - whole.axes[axis][0]) < 1e-9).all(axis=1)
    nothing = np.full((1, region.shape[1]), NOTHING)
    lined = np.concatenate([region, nothing])  # -1 picks the row of nothing
    found_edges, found_sides = [], []
    for own, beside in ((one, other), (other, one)):
        looked = np.flatnonzero((counts == 2) | (rim & (own >= 0)))
        edge, layer = np.nonzero((lined[own[looked]] != NOTHING) & (lined[beside[looked]] == NOTHING))
        edge = looked[edge]
        found_edges.append((edges[edge, 0], edges[edge, 1]))
        found_sides.append((layer, lined[own[edge], layer]))
    return found_edges, found_sides


# ---------------------------------------------------------------- prisms split
def _tetrahedra(plan: Plan, heights: FloatArray, region: IntArray) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Points, m, tetrahedra, their regions, and the number of each point of the extruded plan, -1 of the unused."""
    n = len(plan.points)
    triangle, layer = np.nonzero(region != NOTHING)
    a, b, c = np.sort(plan.triangles[triangle], axis=1).T + n * layer
    a_up, b_up, c_up = a + n, b + n, c + n
    cells = np.concatenate(
        [np.stack(corners) for corners in ((a, b, c, c_up), (a, b, b_up, c_up), (a, a_up, b_up, c_up))], axis=1
    )
    taken = np.zeros(n * heights.size, bool)
    taken[cells] = True
    used = np.flatnonzero(taken)
    number = np.full(n * heights.size, -1)
    number[used] = np.arange(used.size)
    points = np.stack([plan.points[used % n, 0], plan.points[used % n, 1], heights[used // n]])
    return points, number[cells], np.tile(region[triangle, layer], 3), number
