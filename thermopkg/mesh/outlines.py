"""Which lines does a plan have? Outlines of everything in a package, from all heights, cut where they meet.

Circles are polygons of the same area. What is left are points and segments between them that touch in points alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.mesh.patch import FacePatch, Patch
from thermopkg.package.package import Package
from thermopkg.package.solids import neighbours

SAME_POINT = 1e-8  # m; points nearer than this are one: a hundredth of what any plan is drawn to
MOST_ROUNDS = 8  # of cutting; where points are merged, segments move by SAME_POINT and may meet anew
LONG = 2.0  # over the mean length, of lines that are looked at in pieces


@dataclass(frozen=True, eq=False)
class Outlines:
    """`points` in m, shape (n, 2); `segments` between them as pairs of numbers, shape (m, 2)."""

    points: FloatArray
    segments: IntArray


def outlines(pieces: Sequence[FloatArray], domain: FloatArray) -> Outlines:
    """Lines within a rectangle cut where they meet, and the rectangle.

    Parameters
    ----------
    pieces : lines from end to end, m, shape (n, 2, 2) each
    domain : m, low and high along x and y, shape (2, 2)
    """
    ends = np.concatenate([loops(corners_of(domain[None])), *pieces])
    low, high = domain[:, 0] - SAME_POINT, domain[:, 1] + SAME_POINT
    outside = np.asarray((ends < low).all(axis=1) | (ends > high).all(axis=1)).any(axis=1)
    return _within(cut(ends[~outside]), domain)


def straight_lines(package: Package, extra: Iterable[Patch], squares: bool) -> FloatArray:
    """Sides of all boxes, regions, readings and patches of contacts, m, shape (n, 2, 2).

    Parameters
    ----------
    extra : patches whose outlines are wanted, too
    squares : whether those in place of circles are among them
    """
    found = [solid.boxes[:, :2] for solid in package.solids if squares or solid.discs is None]
    found += [ring.edges for ring in package.rings]
    for contact in package.contacts:
        found += [np.array([patch.x, patch.y])[None] for patch in contact.patches]
    found += [np.array([patch.x, patch.y])[None] for patch in extra if isinstance(patch, FacePatch)]
    return loops(corners_of(np.concatenate([np.zeros((0, 2, 2)), *found])))


def round_lines(package: Package, sides: int, turns: Sequence[FloatArray]) -> list[FloatArray]:
    """The sides of the polygons of all circles, turned by angles (rad, for every disc of every solid), m."""
    found = []
    for solid, turn in zip(package.solids, turns, strict=True):
        if solid.discs is not None:
            for radius in (solid.discs[:, 2], solid.discs[:, 3]):
                some = radius > 0
                found.append(loops(polygon(solid.discs[some, :2], radius[some], sides, turn[some])))
    return found


def polygon(middles: FloatArray, radius: FloatArray, sides: int, turn: FloatArray) -> FloatArray:
    """Regular polygons with the areas of circles, upright on a side and then turned (rad), m, shape (n, sides, 2)."""
    angle = turn[:, None] + 2 * np.pi * (np.arange(sides) + 0.5) / sides
    around = np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return np.asarray(middles[:, None, :] + (radius * outreach(sides))[:, None, None] * around)


def outreach(sides: int) -> float:
    """Distance of a regular polygon's corners from its middle over the radius of the circle of the same area."""
    return float(np.sqrt(2 * np.pi / (sides * np.sin(2 * np.pi / sides))))


def in_polygon(points: FloatArray, middles: FloatArray, radius: FloatArray, sides: int, turn: FloatArray) -> BoolArray:
    """Which points lie in the polygon of a circle, all of shape (n, ...)."""
    away = points - middles
    angle = np.arctan2(away[:, 1], away[:, 0]) - turn
    from_normal = (angle + np.pi / sides) % (2 * np.pi / sides) - np.pi / sides  # to the middle of the nearest side
    apothem = radius * outreach(sides) * np.cos(np.pi / sides)
    return np.asarray(np.hypot(away[:, 0], away[:, 1]) * np.cos(from_normal) < apothem)


def corners_of(rectangles: FloatArray) -> FloatArray:
    """Of rectangles of shape (n, 2, 2), all around, shape (n, 4, 2)."""
    x, y = rectangles[:, 0], rectangles[:, 1]
    return np.stack([np.stack([x[:, i], y[:, j]], axis=1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], axis=1)


def loops(corners: FloatArray) -> FloatArray:
    """The sides of polygons of shape (n, sides, 2), from corner to corner, shape (n * sides, 2, 2)."""
    return np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2, 2)


def in_reach(places: FloatArray, reach: FloatArray, lines: FloatArray) -> tuple[IntArray, IntArray]:
    """Pairs of places and lines that pass them within the reach of each, as numbers; some that pass a little farther.

    Parameters
    ----------
    places, reach, lines : m, shapes (n, 2), (n,), (m, 2, 2)
    """
    pieces, line = _short(lines)
    half = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).max() / 2
    near = cKDTree(pieces.mean(axis=1)).query_ball_point(places, reach + half)
    place = np.repeat(np.arange(len(near)), [len(own) for own in near])
    passing = line[np.concatenate([np.zeros(0, np.int64), *(np.array(own, np.int64) for own in near)])]
    first, second = np.divmod(np.unique(place * len(lines) + passing), len(lines))
    return first, second


def distances(points: FloatArray, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Of points from lines from end to end, m, all of shape (..., 2)."""
    way = ends - starts
    along = np.clip(np.sum((points - starts) * way, axis=-1) / np.sum(way**2, axis=-1), 0.0, 1.0)
    return np.asarray(np.linalg.norm(points - starts - along[..., None] * way, axis=-1))


# ---------------------------------------------------------------- where they meet
def cut(ends: FloatArray) -> Outlines:
    """Segments cut at every point where they meet, and every point once."""
    found = _joined(ends.reshape(-1, 2), np.arange(2 * len(ends)).reshape(-1, 2))
    for _ in range(MOST_ROUNDS):
        along, which = _meetings(found)
        if not which.size:
            break
        found = _divided(found, along, which)
    return found


def _joined(points: FloatArray, segments: IntArray) -> Outlines:
    """Points nearer than SAME_POINT become one, segments between one and the same pair, too, and none are in vain."""
    pairs = cKDTree(points).query_pairs(SAME_POINT, output_type="ndarray")
    n = len(points)
    links = sp.csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, group = connected_components(links, directed=False)
    first = np.unique(group, return_index=True)[1]
    own = np.sort(group[segments], axis=1)
    own = np.unique(own[own[:, 0] != own[:, 1]], axis=0)
    used, numbered = np.unique(own, return_inverse=True)
    return Outlines(points[first[used]], numbered.reshape(-1, 2).astype(np.int64))


def _divided(found: Outlines, along: FloatArray, which: IntArray) -> Outlines:
    """Segments divided at some places, given by the segment and how far along it, from 0 to 1."""
    first, second = found.points[found.segments[:, 0]], found.points[found.segments[:, 1]]
    new = first[which] + along[:, None] * (second - first)[which]
    n, m = len(found.points), len(found.segments)
    owner = np.concatenate([np.arange(m), which, np.arange(m)])
    place = np.concatenate([np.zeros(m), along, np.ones(m)])
    number = np.concatenate([found.segments[:, 0], n + np.arange(which.size), found.segments[:, 1]])
    order = np.lexsort((place, owner))
    chain, belongs = number[order], owner[order]
    same = belongs[1:] == belongs[:-1]
    pieces = np.stack([chain[:-1][same], chain[1:][same]], axis=1)
    return _joined(np.concatenate([found.points, new]), pieces)


def _meetings(found: Outlines) -> tuple[FloatArray, IntArray]:
    """Where segments are to be cut: how far along, from 0 to 1, and which; not at their ends."""
    ends = found.points[found.segments]  # (m, 2, 2)
    pieces, owner = _short(ends)
    boxes = np.stack([pieces.min(axis=1) - SAME_POINT, pieces.max(axis=1) + SAME_POINT], axis=2)
    i, j = neighbours(boxes, boxes)
    near = ((boxes[i, :, 0] <= boxes[j, :, 1]) & (boxes[j, :, 0] <= boxes[i, :, 1])).all(axis=1)
    pairs = np.unique(owner[i[near]] * len(ends) + owner[j[near]])
    i, j = np.divmod(pairs, len(ends))
    i, j = i[i != j], j[i != j]
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    along, meeting = _crossings(ends[i], ends[j], length[i], length[j])
    return along[meeting], i[meeting]


def _short(ends: FloatArray) -> tuple[FloatArray, IntArray]:
    """Lines as pieces none of which is much longer than lines are on average, m, and the line of each."""
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    count = np.maximum(np.ceil(length / (LONG * length.mean())).astype(np.int64), 1)
    line = np.repeat(np.arange(len(ends)), count)
    step = np.arange(line.size) - np.repeat(np.cumsum(count) - count, count)
    way = ((ends[:, 1] - ends[:, 0]) / count[:, None])[line]
    start = ends[line, 0] + step[:, None] * way
    return np.stack([start, start + way], axis=1), line


def _crossings(
    ends: FloatArray, others: FloatArray, length: FloatArray, other_length: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """How far along each first segment it meets the second of its pair, and whether it does, not at its own ends.

    It meets an end of the other that lies on it, and otherwise crosses it; parallels only meet in their ends.
    """
    start, way = ends[:, 0], ends[:, 1] - ends[:, 0]
    other_start, other_way = others[:, 0], others[:, 1] - others[:, 0]
    inset = SAME_POINT / length
    places, valid = list[FloatArray](), list[BoolArray]()
    for end in (others[:, 0], others[:, 1]):
        away = end - start
        t = np.einsum("ij,ij->i", away, way) / length**2
        off = np.abs(_cross(way, away)) / length
        places.append(t)
        valid.append((off <= SAME_POINT) & (t > inset) & (t < 1 - inset))
    turning = _cross(way, other_way)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = _cross(other_start - start, other_way) / turning
        s = _cross(other_start - start, way) / turning
    margin = SAME_POINT / other_length
    inside = (t > inset) & (t < 1 - inset) & (s > margin) & (s < 1 - margin)
    inside &= np.abs(turning) > SAME_POINT * np.maximum(length, other_length)  # of pieces of one line, t is any number
    at_end = valid[0] | valid[1]
    place = np.where(valid[0], places[0], np.where(valid[1], places[1], t))
    return place, np.asarray(at_end | inside)


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _within(found: Outlines, domain: FloatArray) -> Outlines:
    """What lies in a rectangle whose sides are among the segments."""
    middle = found.points[found.segments].mean(axis=1)
    inside = ((middle > domain[:, 0] - SAME_POINT) & (middle < domain[:, 1] + SAME_POINT)).all(axis=1)
    used, numbered = np.unique(found.segments[inside], return_inverse=True)
    return Outlines(found.points[used], numbered.reshape(-1, 2).astype(np.int64))
