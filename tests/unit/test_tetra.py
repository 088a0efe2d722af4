"""Is a package as tetrahedra the package, conforming, with its names, whatever its outlines?"""

import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from tests.small_case import TEXT
from thermopkg.answer.answer import mirrored_axes, patches
from thermopkg.case.load import from_document, load
from thermopkg.errors import GeometryError
from thermopkg.mesh.contents import contents
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.outlines import (
    SAME_POINT,
    Outlines,
    cut,
    in_polygon,
    loops,
    outlines,
    outreach,
    polygon,
    round_lines,
    straight_lines,
)
from thermopkg.mesh.quality import quality, volumes
from thermopkg.mesh.tetra import _paint_round, tetrahedra
from thermopkg.mesh.triangles import triangulated
from thermopkg.mesh.turning import CLEAR, turns_of
from thermopkg.mesh.voxel import NOTHING, paint
from thermopkg.package.package import Package
from thermopkg.package.placing import place

CASES = Path(__file__).parents[2] / "cases"
ROUNDING = 1e-9  # relative


def small(text=TEXT):
    return place(from_document(tomllib.loads(text)))


def shipped(name):
    return place(load(CASES / name / "case.toml"))


def document(name, **chip):
    read = tomllib.loads((CASES / name / "case.toml").read_text(encoding="utf-8"))
    for part in read["part"]:
        if part["kind"] == "chip":
            part["bumps"] = {**part.get("bumps", {}), **chip} if chip else part.get("bumps")
    return read


def faces(cells):
    """The four faces of every cell, sorted, shape (4 n, 3)."""
    return np.sort(np.concatenate([cells[list(three)] for three in combinations(range(4), 3)], axis=1), axis=0).T


def areas(points, corners):
    a, b, c = (points[:, corners[i]] for i in range(3))
    return 0.5 * np.linalg.norm(np.cross(b - a, c - a, axis=0), axis=0)


def check_conforming(model, mirrored=(False, False)):
    """Every face lies between two cells, or is exposed and in the list, or in a mirror plane."""
    found, counts = np.unique(faces(model.cells), axis=0, return_counts=True)
    assert counts.max() == 2
    rim = found[counts == 1]
    on_mirror = np.zeros(len(rim), bool)
    for axis in (0, 1):
        if mirrored[axis]:
            on_mirror |= (model.points[axis][rim] < model.points[axis].min() + 1e-9).all(axis=1)
    listed = np.sort(np.concatenate([facets.corners for facets in model.exposed], axis=1), axis=0).T
    assert len(np.unique(listed, axis=0)) == len(listed)
    assert {tuple(face) for face in rim[~on_mirror]} == {tuple(face) for face in listed}


# ---------------------------------------------------------------- the small flip chip, as squares and as circles
@pytest.mark.parametrize("sides", [None, 8, 12])
def test_every_solid_keeps_its_volume_and_every_face_its_neighbour(sides):
    """Polygons have the area of their circles, which is that of the squares that the voxels paint."""
    package = small()
    model = tetrahedra(package, patches(package).values(), sides=sides)
    check_conforming(model)
    exact = Counter()
    for item in contents(paint(package, geometry_grid(package))):
        exact[item.solid] += item.volume
    found = quality(model).volumes
    assert set(found) == set(exact)
    for solid, volume in exact.items():
        assert found[solid] == pytest.approx(volume, rel=ROUNDING)


@pytest.mark.parametrize("sides", [None, 12])
def test_faces_keep_their_names_conditions_and_areas(sides):
    """As those of the voxels, which are painted by another module; none of its bare faces is round."""
    package = small()
    voxels = paint(package, geometry_grid(package))
    exact = Counter()
    for exposed in voxels.exposed:
        face = "sides" if exposed.axis < 2 else "top" if exposed.high else "bottom"
        steps = [step for axis, step in enumerate(voxels.grid.steps) if axis != exposed.axis]
        index = [i for axis, i in enumerate(np.unravel_index(exposed.cells, voxels.grid.shape)) if axis != exposed.axis]
        for area, cell, number in zip(steps[0][index[0]] * steps[1][index[1]], exposed.cells, exposed.surface,
                                      strict=True):  # fmt: skip
            part = voxels.regions[voxels.region.ravel()[cell]].part
            exact[part, face, voxels.surfaces[number].name] += area
    model = tetrahedra(package, sides=sides)
    found = Counter()
    for facets in model.exposed:
        name = model.surfaces[facets.surface].name
        found[facets.part, facets.face, name] += areas(model.points, facets.corners).sum()
    assert set(found) == set(exact)
    for key, area in exact.items():
        assert found[key] == pytest.approx(area, rel=ROUNDING), key


def test_a_quarter_stands_for_the_whole():
    package = small(TEXT.split('[[part]]\nname = "capacitor"')[0])
    mirrored = mirrored_axes(package)
    assert mirrored == (True, True)
    whole, quarter = tetrahedra(package, sides=8), tetrahedra(package, sides=8, mirrored=mirrored)
    check_conforming(quarter, mirrored)
    assert quarter.copies == 4
    first, second = quality(whole).volumes, quality(quarter).volumes
    assert {name: pytest.approx(volume, rel=ROUNDING) for name, volume in first.items()} == second
    assert quarter.n_cells < 0.35 * whole.n_cells


def test_what_is_painted_later_keeps_its_place():
    """A plate over one of two heights of a column, as a chip over the ends of its vias."""

    class Painted:
        pass

    package, round_ = Painted(), Painted()
    round_.discs, round_.heights = np.array([[5e-3, 5e-3, 0.0, 1e-3]]), np.array([[0.0, 2.0]])
    package.solids = (round_,)
    lines, turns = turned(Lines(np.zeros((0, 3, 2)), round_.discs))
    plan = triangulated(lines, DOMAIN)
    region = np.full((len(plan.triangles), 2), NOTHING)
    region[:, 1] = 1  # a solid that comes later
    _paint_round(package, plan, np.array([0.0, 1.0, 2.0]), region, 8, turns[1:])
    assert plan.areas[region[:, 0] == 0].sum() == pytest.approx(np.pi * 1e-6, rel=1e-6)
    assert (region[:, 1] == 1).all()


def test_finer_cells_are_finer():
    package = small()
    assert tetrahedra(package, finer=2.0).n_cells > 3 * tetrahedra(package).n_cells


# ---------------------------------------------------------------- shipped packages
@pytest.mark.parametrize(
    "name", ["open-frame", "stacked-pair", "heat-sink-13-two-chips", "stacked-7-vias-instead", "on-board"]
)
def test_shipped_packages_are_meshed(name):
    package = shipped(name)
    mirrored = mirrored_axes(package)
    model = tetrahedra(package, patches(package).values(), sides=8, mirrored=mirrored)
    assert volumes(model).min() > 0
    assert quality(model).smallest_angle > 0.1  # degrees; of flat cells in wide layers
    assert {region.solid for region in model.regions} == {solid.name for solid in package.solids}


@pytest.mark.parametrize("gap", ["0.02 mm", "0.06 mm", "0.2 mm"])
@pytest.mark.parametrize(("pitch", "joints"), [("1.01 mm", 100), ("0.5 mm", 400), ("0.25 mm", 1600)])
def test_any_gap_over_any_number_of_bumps_is_meshed(pitch, joints, gap):
    """Bumps and balls of unlike pitches lie over one another in plan: their polygons cross in every way."""
    read = document("heat-sink-1", pitch=pitch)
    read["part"] = [part for part in read["part"] if part["kind"] != "passive"]  # it breaks the symmetry
    next(part for part in read["part"] if part["kind"] == "heat-sink")["gap"] = gap
    package = place(from_document(read))
    assert len(next(solid for solid in package.solids if solid.role == "bumps").discs) == joints
    model = tetrahedra(package, sides=8, mirrored=(True, True))
    exact = Counter()
    for item in contents(paint(package, geometry_grid(package))):
        exact[item.solid] += item.volume
    figures = quality(model)
    assert figures.volumes == {name: pytest.approx(volume, rel=ROUNDING) for name, volume in exact.items()}
    assert figures.smallest_angle > 0.1  # degrees; of upright polygons 0.02, where they cross beside a corner


# ---------------------------------------------------------------- what is refused
def test_what_only_voxels_know_is_told_all_at_once():
    text = TEXT + '\n[[contact]]\nbetween = ["chip", "carrier"]\nresistance = "5 mm^2 K/W"\n'
    package = small(text)
    assert package.contacts
    with pytest.raises(GeometryError, match="ends on round joints of chip: known for squares alone"):
        tetrahedra(package)
    assert tetrahedra(package, sides=None).n_cells > 0


# ---------------------------------------------------------------- plans of anything
RECTANGLES = st.lists(st.tuples(*[st.floats(0, 1).map(lambda v: round(v, 3)) for _ in range(4)]), max_size=6)
CIRCLES = st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.01, 0.3)), max_size=5)
DOMAIN = np.array([[0.0, 1e-2], [0.0, 1e-2]])  # m
CORNERS = np.array([[[0.0, 0.0], [1e-2, 0.0], [1e-2, 1e-2], [0.0, 1e-2]]])


class Lines:
    """Just what `outlines` looks at."""

    def __init__(self, boxes, discs):
        self.solids, self.rings, self.contacts = (), (), ()
        self._solids(boxes, discs)

    def _solids(self, boxes, discs):
        class Solid:
            pass

        flat, round_ = Solid(), Solid()
        flat.boxes, flat.discs = boxes, None
        round_.boxes, round_.discs = np.zeros((0, 3, 2)), discs
        self.solids = (flat, round_)


def turned(package):
    """The outlines of a plan, and the turns of its polygons."""
    straight = straight_lines(package, (), squares=False)
    turns = turns_of(package, np.concatenate([loops(CORNERS), straight]), DOMAIN[:, 0], (False, False), 8)
    return outlines([straight, *round_lines(package, 8, turns)], DOMAIN), turns


@given(RECTANGLES, CIRCLES)
@settings(max_examples=60, deadline=None)
def test_every_outline_is_in_the_plan(rectangles, circles):
    """Rectangles and polygons that cross, touch and repeat one another in any way."""
    boxes = np.array([[sorted((a, b)), sorted((c, d)), (0, 1)] for a, b, c, d in rectangles if a != b and c != d])
    boxes = boxes.reshape(-1, 3, 2) * 1e-2
    discs = np.array([[x, y, 0.0, r] for x, y, r in circles]).reshape(-1, 4) * 1e-2
    lines, turns = turned(Lines(boxes, discs))
    plan = triangulated(lines, DOMAIN)
    assert plan.areas.min() > 0
    assert plan.areas.sum() == pytest.approx(1e-4, rel=1e-9)
    for x0, y0, x1, y1 in boxes[:, :2].transpose(0, 2, 1).reshape(-1, 4):
        inside = ((plan.middles > (x0, y0)) & (plan.middles < (x1, y1))).all(axis=1)
        assert plan.areas[inside].sum() == pytest.approx((x1 - x0) * (y1 - y0), abs=1e-2 * 8 * SAME_POINT)
    for disc, turn in zip(discs, turns[1], strict=True):
        if (np.abs(disc[:2] - 0.5e-2) + disc[3] * outreach(8) > 0.5e-2).any():
            continue  # reaches out of the plan
        inside = in_polygon(plan.middles, disc[None, :2], disc[None, 3], 8, turn)
        assert plan.areas[inside].sum() == pytest.approx(np.pi * disc[3] ** 2, abs=8 * disc[3] * SAME_POINT)


def test_two_lines_that_cross_are_cut_once():
    """Pieces of one line point the same way to rounding alone, which says nothing of where they would meet."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        middle, (one, other) = rng.uniform(0, 1e-2, 2), rng.uniform(0, 2 * np.pi, 2)
        if abs(np.sin(one - other)) < 0.1:
            continue
        ways = np.array([[np.cos(angle), np.sin(angle)] for angle in (one, other)])
        ends = middle + ways[:, None] * np.array([-0.7e-3, 1.1e-3])[None, :, None]
        found = cut(ends)
        assert (len(found.points), len(found.segments)) == (5, 4)


def test_polygons_turn_out_of_the_way_of_corners():
    """A rectangle's side passes a corner of the upright polygon in a hundredth of its side; both circles turn alike."""
    radius = 1e-3
    corner = 5e-3 + radius * outreach(8) * np.cos(np.pi / 8)
    side = 2 * radius * outreach(8) * np.sin(np.pi / 8)
    wall = np.array([[[corner - 0.01 * side, 9e-3], [1e-3, 9e-3], [0, 1]]])
    package = Lines(wall, np.array([[5e-3, 5e-3, 0.5 * radius, radius], [8e-3, 2e-3, 0.0, 0.3e-3]]))
    lines, (_, turns) = turned(package)
    assert turns[0] > 0
    assert turns[1] == 0.0  # nothing is near
    clear = cKDTree(lines.points).query(lines.points, k=2)[0][:, 1]
    assert clear.min() > 0.5 * CLEAR * side * 0.5  # of the smaller polygon, along lines at some slant
    rings = np.sort(np.hypot(*(lines.points - 5e-3).T))
    assert np.count_nonzero(np.isclose(rings, 0.5 * radius * outreach(8), rtol=1e-9)) == 8


def test_a_polygon_on_a_mirror_stays_symmetric():
    """A wall close beside a side of the upright polygon, another beside a corner of the one turned by half a side."""
    walls = np.array([[[5.96e-3, 7e-3], [0, 1e-2], [0, 1]], [[2e-3, 3.96e-3], [0, 1e-2], [0, 1]]])
    package = Lines(walls, np.array([[5e-3, 0.0, 0.0, 1e-3]]))
    straight = straight_lines(package, (), squares=False)
    (_, (turn,)) = turns_of(package, straight, DOMAIN[:, 0], (False, True), 8)
    (_, (free,)) = turns_of(package, straight, DOMAIN[:, 0], (False, False), 8)
    assert turn in (0.0, np.pi / 8)
    assert 0 < free != turn


def test_a_missing_edge_is_flipped_into_place():
    """A chord through a fan of points that a Delaunay triangulation would never draw."""
    x = np.linspace(1e-3, 9e-3, 12)
    points = np.concatenate([[[0.5e-3, 5e-3], [9.5e-3, 5e-3]], np.stack([x, np.full(12, 5.1e-3)], axis=1),
                             np.stack([x, np.full(12, 4.9e-3)], axis=1), DOMAIN[0][[0, 1, 1, 0], None]
                             * [1, 0] + DOMAIN[1][[0, 0, 1, 1], None] * [0, 1]])  # fmt: skip
    rim = [[26, 27], [27, 28], [28, 29], [26, 29]]
    plan = triangulated(Outlines(points, np.array([[0, 1], *rim])), DOMAIN, finer=0.02)
    edges = {tuple(sorted(pair)) for t in plan.triangles.tolist() for pair in combinations(t, 2)}
    assert (0, 1) in edges


def test_polygons_have_the_area_of_their_circles():
    corners = polygon(np.array([[1.0, 2.0]]), np.array([0.5]), 8, np.array([0.2]))[0]
    x, y = corners.T
    shoelace = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    assert shoelace == pytest.approx(np.pi * 0.25, rel=1e-12)
    assert isinstance(small(), Package)
