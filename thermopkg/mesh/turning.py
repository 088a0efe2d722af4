"""Which way does each polygon look? Turned about its middle, until no corner lies close beside another outline.

What is round may be turned at will: polygons keep their areas. Circles about one middle are turned together, and those
that a mirror cuts stay symmetric in it.
"""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.mesh.outlines import SAME_POINT, cut, distances, in_reach, loops, outreach, polygon
from thermopkg.package.package import Package

TRIED = 16  # turns of every polygon, evenly spread over the angle of a side
CLEAR = 0.15  # of a side, between a corner and another outline: more is not looked for


def turns_of(
    package: Package, straight: FloatArray, mirror: FloatArray, mirrored: tuple[bool, bool], sides: int
) -> tuple[FloatArray, ...]:
    """Angle by which the polygon of every disc of every solid is turned, rad; empty where a solid has none.

    Larger circles are laid first, those of one solid at once.

    Parameters
    ----------
    straight : other lines, m, shape (n, 2, 2)
    mirror : where a mirror would lie along x, and along y, m
    mirrored : whether one lies there
    """
    at = np.where(mirrored, mirror, np.inf)
    circles = _circles(package)
    turn, done = np.zeros(circles.n_middles), np.zeros(circles.n_middles, bool)
    lines = [straight]
    for solid in circles.largest_first:
        own = np.unique(circles.middle[circles.solid == solid])
        own = own[~done[own]]
        row = np.flatnonzero(np.isin(circles.middle, own))
        laid = cut(np.concatenate(lines))
        turn[own] = _clearest(circles, row, laid.points[laid.segments], at, sides)[own]
        done[own] = True
        lines.append(loops(polygon(circles.at[row], circles.radius[row], sides, turn[circles.middle[row]])))
    return tuple(
        np.zeros(0) if own.discs is None else turn[circles.middle_of[number]]
        for number, own in enumerate(package.solids)
    )


@dataclass(frozen=True, eq=False)
class _Circles:
    """All circles of a package, tubes as two: each one's solid, number of its middle, and radius, shape (n,)."""

    solid: IntArray
    middle: IntArray
    at: FloatArray  # m, shape (n, 2)
    radius: FloatArray
    n_middles: int
    middle_of: dict[int, IntArray]  # of the discs of every solid

    @property
    def largest_first(self) -> list[int]:
        """The solids, by their largest circle."""
        return sorted(set(self.solid.tolist()), key=lambda own: -float(self.radius[self.solid == own].max()))


def _circles(package: Package) -> _Circles:
    rows = [(number, own.discs) for number, own in enumerate(package.solids) if own.discs is not None]
    discs = np.concatenate([np.zeros((0, 4)), *(own for _, own in rows)])
    solid = np.repeat(np.array([number for number, _ in rows], np.int64), [len(own) for _, own in rows])
    _, middle = np.unique(np.round(discs[:, :2] / (2 * SAME_POINT)), axis=0, return_inverse=True)
    middle = middle.ravel()
    inner = np.flatnonzero(discs[:, 2] > 0)
    both = np.concatenate([np.arange(len(discs)), inner])
    return _Circles(
        solid[both],
        middle[both],
        discs[both, :2],
        np.concatenate([discs[:, 3], discs[inner, 2]]),
        int(middle.max(initial=-1)) + 1,
        {number: middle[solid == number] for number, _ in rows},
    )


def _clearest(circles: _Circles, row: IntArray, laid: FloatArray, mirror: FloatArray, sides: int) -> FloatArray:
    """Of every middle that rows belong to, the turn that keeps them clearest of what is laid; the first of equals."""
    at, radius, middle = circles.at[row], circles.radius[row], circles.middle[row]
    side = 2 * radius * outreach(sides) * np.sin(np.pi / sides)
    own, other = in_reach(at, radius * outreach(sides) + CLEAR * side, laid)
    cut = np.zeros(circles.n_middles, bool)
    cut[middle[(np.abs(at - mirror) < radius[:, None] * outreach(sides)).any(axis=1)]] = True
    best, found = np.full(circles.n_middles, -1.0), np.zeros(circles.n_middles)
    for step in range(TRIED):
        turn = step / TRIED * 2 * np.pi / sides
        corners = polygon(at[own], radius[own], sides, np.full(own.size, turn))
        clear = np.full(circles.n_middles, np.inf)
        np.minimum.at(clear, middle[own], _clearance(corners, laid[other]) / side[own])
        clear = np.minimum(clear, CLEAR)
        better = clear > best
        if step not in (0, TRIED // 2):
            better &= ~cut
        best[better], found[better] = clear[better], turn
    return found


def _clearance(corners: FloatArray, segment: FloatArray) -> FloatArray:
    """Least distance of a polygon's corners from a segment, and of its ends from the sides, m; what touches is clear.

    Parameters
    ----------
    corners, segment : m, shapes (n, sides, 2) and (n, 2, 2)
    """
    following = np.roll(corners, -1, axis=1)
    from_corners = distances(corners, segment[:, None, 0], segment[:, None, 1])
    ends = [distances(segment[:, None, end], corners, following) for end in (0, 1)]
    away = np.concatenate([from_corners, *ends], axis=1)
    touching: BoolArray = away < 1e-6 * SAME_POINT
    return np.asarray(np.where(touching, np.inf, away).min(axis=1))
