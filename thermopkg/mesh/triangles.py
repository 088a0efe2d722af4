"""How is a plan triangulated? Graded points, their Delaunay triangles, and edges flipped until every outline is there.

The wanted size of triangles at a place grows with the distance from the outlines, from what their own corners leave.
Long segments are divided by it, and a quadtree's middles fill the room between. Flips: [sloan1993]
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay, cKDTree

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.outlines import SAME_POINT, Outlines

COARSEST = 8  # triangles along the longer side of the plan at least
GROWTH = 0.7  # of the wanted size with the distance from a corner: neighbours differ by about two
LONGEST = 1.3  # over the wanted size, of a segment that stays whole
CLEAR = 0.7  # of the wanted size, between a point of the quadtree and all others
NEIGHBOURS = 12  # corners that a place takes its size from; the nearest are those that matter
MOST_HALVINGS = 24  # of the quadtree: 30 mm become 2 nm
MOST_TURNS = 200  # of the edges that cross one segment, each looked at so often


@dataclass(frozen=True, eq=False)
class Plan:
    """`points` in m, shape (n, 2); `triangles` as numbers of points, counter-clockwise, shape (m, 3)."""

    points: FloatArray
    triangles: IntArray

    @property
    def middles(self) -> FloatArray:
        """Of all triangles, m, shape (m, 2)."""
        return np.asarray(self.points[self.triangles].mean(axis=1))

    @property
    def areas(self) -> FloatArray:
        """Of all triangles, m^2, shape (m,)."""
        return _areas(self.points, self.triangles)


def triangulated(lines: Outlines, domain: FloatArray, finer: float = 1.0) -> Plan:
    """Triangles that fill a rectangle, with every segment among their edges.

    Parameters
    ----------
    domain : m, low and high along x and y, shape (2, 2)
    finer : how many times smaller triangles are to be than the outlines ask for
    Raises
    ------
    GeometryError : the outlines defeat the triangulation
    """
    size = _Size(lines.points, float((domain[:, 1] - domain[:, 0]).max()) / COARSEST, finer)
    points, segments = _divided(lines, size)
    points = np.concatenate([points, _filling(points, segments, domain, size)])
    middle, reach = domain.mean(axis=1), (domain[:, 1] - domain[:, 0]).max()
    far = middle + 1.5 * reach * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    everything = np.concatenate([points, far])
    whole = Delaunay((everything - middle) / reach)
    triangles = _with_segments(everything, whole.simplices.astype(np.int64), segments)
    inside = everything[triangles].mean(axis=1)
    kept = ((inside > domain[:, 0]) & (inside < domain[:, 1])).all(axis=1) & (triangles < len(points)).all(axis=1)
    plan = Plan(points, triangles[kept])
    wanted = float(np.prod(domain[:, 1] - domain[:, 0]))
    if not ((plan.areas > 0).all() and np.isclose(plan.areas.sum(), wanted, rtol=1e-9)):
        told = "outlines lie too near to one another to be triangulated; move parts together or apart by a micrometre"
        raise GeometryError([Fault("mesh", told)])
    return plan


# ---------------------------------------------------------------- how fine, and where
class _Size:
    """The wanted length of an edge at any place, m."""

    def __init__(self, corners: FloatArray, largest: float, finer: float) -> None:
        self.tree, self.largest, self.finer = cKDTree(corners), largest, finer
        self.own = np.minimum(np.asarray(self.tree.query(corners, k=2)[0])[:, 1], largest)
        self.count = min(NEIGHBOURS, len(corners))

    def at(self, places: FloatArray) -> FloatArray:
        distance, number = self.tree.query(places, k=self.count)
        found = (self.own[number] + GROWTH * np.asarray(distance)).min(axis=1)
        return np.asarray(np.minimum(found, self.largest) / self.finer)


def _divided(lines: Outlines, size: _Size) -> tuple[FloatArray, IntArray]:
    """Segments halved until each is as short as is wanted in its middle."""
    points, segments = lines.points, lines.segments
    while True:
        ends = points[segments]
        middle, length = ends.mean(axis=1), np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
        long = length > LONGEST * size.at(middle)
        if not long.any():
            return points, segments
        new = len(points) + np.arange(np.count_nonzero(long))
        points = np.concatenate([points, middle[long]])
        first, second = segments[long].T
        halves = [np.stack([first, new], axis=1), np.stack([new, second], axis=1)]
        segments = np.concatenate([segments[~long], *halves])


def _filling(points: FloatArray, segments: IntArray, domain: FloatArray, size: _Size) -> FloatArray:
    """Middles of a quadtree's squares that are as small as is wanted there, clear of points and segments, m."""
    reach = float((domain[:, 1] - domain[:, 0]).max())
    counts = np.ceil((domain[:, 1] - domain[:, 0]) / reach * COARSEST).astype(int)
    side = reach / COARSEST
    axes = [domain[axis].mean() + side * (np.arange(counts[axis]) - (counts[axis] - 1) / 2) for axis in (0, 1)]
    squares = np.stack([a.ravel() for a in np.meshgrid(*axes, indexing="ij")], axis=1)
    kept = list[FloatArray]()
    for _ in range(MOST_HALVINGS):
        wanted = size.at(squares)
        small = side <= wanted
        kept.append(np.column_stack([squares[small], wanted[small]]))
        large = squares[~small]
        if not large.size:
            break
        side /= 2
        steps = side / 2 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        squares = (large[:, None, :] + steps).reshape(-1, 2)
    found = np.concatenate(kept)
    inside = ((found[:, :2] > domain[:, 0]) & (found[:, :2] < domain[:, 1])).all(axis=1)
    found = found[inside]
    taken = cKDTree(np.concatenate([points, points[segments].mean(axis=1)]))
    clear = taken.query(found[:, :2])[0] > CLEAR * found[:, 2]
    return np.asarray(found[clear, :2])


# ---------------------------------------------------------------- edges flipped
def _areas(points: FloatArray, triangles: IntArray) -> FloatArray:
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.asarray(0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]))


def _with_segments(points: FloatArray, triangles: IntArray, segments: IntArray) -> IntArray:
    """The triangles with edges flipped until every segment is one."""
    turned = _areas(points, triangles) < 0
    triangles[turned] = triangles[turned][:, [0, 2, 1]]
    n = len(points)
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    own = np.sort(segments, axis=1)
    missing = segments[~np.isin(own[:, 0] * n + own[:, 1], edges[:, 0] * n + edges[:, 1])]
    if not len(missing):
        return triangles
    flipping = _Flipping(points, triangles)
    for a, b in missing.tolist():
        flipping.force(a, b)
    return np.array(list(flipping.triangles.values()))


class _Flipping:
    """Triangles by number, and which of them lie at every point; private to this module."""

    def __init__(self, points: FloatArray, triangles: IntArray) -> None:
        self.points = points.tolist()
        self.triangles: dict[int, tuple[int, int, int]] = dict(enumerate(map(tuple, triangles.tolist())))
        self.at: list[set[int]] = [set() for _ in self.points]
        for number, corners in self.triangles.items():
            for corner in corners:
                self.at[corner].add(number)

    def turn(self, a: int, b: int, c: int) -> float:
        """Twice the area of three points, positive counter-clockwise, m^2."""
        (ax, ay), (bx, by), (cx, cy) = self.points[a], self.points[b], self.points[c]
        return float((bx - ax) * (cy - ay) - (by - ay) * (cx - ax))

    def beside(self, a: int, b: int) -> list[int]:
        """The triangles on both sides of an edge."""
        return list(self.at[a] & self.at[b])

    def apex(self, number: int, a: int, b: int) -> int:
        """The third corner of a triangle."""
        return next(corner for corner in self.triangles[number] if corner not in (a, b))

    def force(self, a: int, b: int) -> None:
        """Flip what crosses the segment from a to b until it is an edge; through any point that lies on it."""
        if self.beside(a, b):
            return
        crossing = self.crossed(a, b)
        if isinstance(crossing, int):
            self.force(a, crossing)
            self.force(crossing, b)
            return
        turns = MOST_TURNS * len(crossing)
        while crossing and turns:
            turns -= 1
            u, v = crossing.popleft()
            first, second = self.beside(u, v)
            p, q = self.apex(first, u, v), self.apex(second, u, v)
            if self.turn(p, q, u) * self.turn(p, q, v) >= 0:  # no convex quadrangle: another flip comes first
                crossing.append((u, v))
                continue
            self.flip((first, second), (u, v), (p, q))
            if {p, q}.isdisjoint((a, b)) and self.turn(a, b, p) * self.turn(a, b, q) < 0:
                crossing.append((p, q))
        if crossing:
            told = "an outline cannot be laid through the plan; move parts together or apart by a micrometre"
            raise GeometryError([Fault("mesh", told)])

    def crossed(self, a: int, b: int) -> deque[tuple[int, int]] | int:
        """The edges that the segment crosses, from a to b; or a point that lies on it."""
        length = ((self.points[b][0] - self.points[a][0]) ** 2 + (self.points[b][1] - self.points[a][1]) ** 2) ** 0.5
        slack = 1e-3 * SAME_POINT * length  # outlines have been cut at all points that lie nearer to them
        for number in self.at[a]:
            corners = self.triangles[number]
            i = corners.index(a)
            right, left = corners[(i + 1) % 3], corners[(i + 2) % 3]
            on_right, on_left = self.turn(a, b, right), self.turn(a, b, left)
            for corner, side in ((right, on_right), (left, on_left)):
                if abs(side) <= slack and self.ahead(a, b, corner):
                    return corner
            if on_right < 0 < on_left:
                break
        else:
            raise GeometryError([Fault("mesh", "the triangles of the plan do not close around a point")])
        found = deque([(right, left)])
        while True:
            number = next(n for n in self.beside(right, left) if n != number)
            apex = self.apex(number, right, left)
            if apex == b:
                return found
            side = self.turn(a, b, apex)
            if abs(side) <= slack:
                return apex
            right, left = (apex, left) if side < 0 else (right, apex)
            found.append((right, left))

    def ahead(self, a: int, b: int, c: int) -> bool:
        """Whether c lies towards b, seen from a."""
        (ax, ay), (bx, by), (cx, cy) = self.points[a], self.points[b], self.points[c]
        return bool((bx - ax) * (cx - ax) + (by - ay) * (cy - ay) > 0)

    def flip(self, pair: tuple[int, int], old: tuple[int, int], new: tuple[int, int]) -> None:
        """Two triangles with one common edge get the other diagonal of their quadrangle."""
        (u, v), (p, q) = old, new
        for number, tip in zip(pair, (u, v), strict=True):
            for corner in self.triangles[number]:
                self.at[corner].discard(number)
            corners = (p, q, tip) if self.turn(p, q, tip) > 0 else (q, p, tip)
            self.triangles[number] = corners
            for corner in corners:
                self.at[corner].add(number)
