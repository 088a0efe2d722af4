"""Which powers may the chips have? All those with which no junction passes a limit, bounded from both sides.

A junction's temperature is the mean over the chip's active face. With P the chips' powers, all other sources and the
coolants as they are in the case, it rises over the reference temperature by

    rise_i(P) = sum_j R_ij P_j + c_i,

R the chips' block of the matrix and c_i what all else does. The matrix is known between two others in the order of
symmetric matrices, lower <= R <= upper, and with D = upper - lower

    |R_ij - middle_ij| <= 1/2 sqrt(D_ii D_jj)    and    |c_i - middle_i| <= 1/2 sqrt(D_ii b'D b), b the other loads.

Each of these follows from lower <= R <= upper alone and speaks of the one true R, whatever P is: all of them hold at
once, for all P at once. Entries of R are not negative either, since heat cools nothing. So for P >= 0

    sum_j R_ij(lower) P_j + c_i(lower)  <=  rise_i(P)  <=  sum_j R_ij(upper) P_j + c_i(upper),

and both sides are linear in P. Powers whose right sides keep the limit are surely allowed, powers of which a left side
passes it are surely not, and both regions are polygons. What is bounded at a single P is narrower, 1/2 sqrt(D_ii p'D p)
with p = (P, b), by the triangle inequality of the norm sqrt(p'D p); on the axes the two are the same where c_i is none.
That bound is convex in P, so its region would be convex as well and hold this one, with sides that are bent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.answer.bracket import Bracket, ResistanceMatrix
from thermopkg.arraytypes import FloatArray

Polygon = tuple[tuple[float, float], ...]  # corners in W, from the origin against the clock
SAME_CORNER = 1e-9  # of the polygon's extent; nearer corners are one, met twice by rounding


@dataclass(frozen=True)
class AllowedPower:
    """Powers that keep every junction within the limit. In every bracket `lower` is surely allowed, above `upper` none.

    The polygons are those of two chips; they are empty with another number of chips, and where a junction passes the
    limit with all chips off.
    """

    limit: float  # K, of the rise over the reference temperature
    chips: tuple[str, ...]  # their places in the matrix
    powers: tuple[float, ...]  # W, of the case
    headroom: tuple[Bracket, ...]  # K, by which each junction may still rise when all chips are off
    alone: tuple[Bracket, ...]  # W, of each chip while the others are off
    factor: Bracket | None  # on the powers of the case, all together; None where no chip has any
    safe: Polygon
    middle: Polygon
    optimistic: Polygon


@dataclass(frozen=True, eq=False)
class _Limits:
    """Linear limits on the powers: slope @ P <= room. `slope` in K/W, shape (n, n), `room` in K, shape (n,)."""

    slope: FloatArray
    room: FloatArray

    def most(self, direction: FloatArray) -> float:
        """The largest t for which t * direction (W, none negative, shape (n,)) is allowed; 0 where nothing is."""
        if self.room.min() <= 0:
            return 0.0
        return 1.0 / float((self.slope @ direction / self.room).max())

    def polygon(self) -> Polygon:
        """The corners of all allowed powers of two chips."""
        if len(self.room) != 2 or self.room.min() <= 0:
            return ()
        first, second = (self.most(axis) for axis in np.eye(2))
        corners = [np.array(c) for c in ((0.0, 0.0), (first, 0.0), (first, second), (0.0, second))]
        for row, room in zip(self.slope, self.room, strict=True):
            corners = _cut(corners, row, float(room))
        return _distinct(corners, SAME_CORNER * max(first, second))


def allowed_power(
    matrix: ResistanceMatrix, powers: Mapping[str, float], others: Mapping[str, float], limit: float
) -> AllowedPower:
    """Powers of the chips with which the mean rise of every one of their active faces stays within a limit.

    Parameters
    ----------
    powers : W of every chip in the case, by the chip's place in the matrix; none is a power of 0
    others : amounts of all other loads, by name
    limit : K over the reference temperature
    Source: derived in the module's first lines
    """
    names = list(powers)
    entries = [[matrix.entry(row, column) for column in names] for row in names]
    warmed = [matrix.combination({name: 1.0}, others) for name in names]
    headroom = tuple(Bracket(limit - c.value, limit - c.upper, limit - c.lower) for c in warmed)

    def limits(slope: FloatArray, room: list[float]) -> _Limits:
        return _Limits(np.maximum(slope, 0.0), np.array(room))

    safe = limits(np.array([[e.upper for e in row] for row in entries]), [h.lower for h in headroom])
    middle = limits(np.array([[e.value for e in row] for row in entries]), [h.value for h in headroom])
    optimistic = limits(np.array([[e.lower for e in row] for row in entries]), [h.upper for h in headroom])

    def most(direction: FloatArray) -> Bracket:
        return Bracket(middle.most(direction), safe.most(direction), optimistic.most(direction))

    case = np.array(list(powers.values()))
    return AllowedPower(
        limit=limit,
        chips=tuple(names),
        powers=tuple(powers.values()),
        headroom=headroom,
        alone=tuple(most(axis) for axis in np.eye(len(names))),
        factor=most(case) if case.any() else None,
        safe=safe.polygon(),
        middle=middle.polygon(),
        optimistic=optimistic.polygon(),
    )


def _cut(corners: list[FloatArray], row: FloatArray, room: float) -> list[FloatArray]:
    """What is left of a convex polygon where row @ P <= room."""
    kept = []
    for here, there in zip(corners, [*corners[1:], corners[0]], strict=True):
        over, over_there = float(row @ here) - room, float(row @ there) - room
        if over <= 0:
            kept.append(here)
        if over * over_there < 0:
            kept.append(here + (there - here) * (over / (over - over_there)))
    return kept


def _distinct(corners: list[FloatArray], apart: float) -> Polygon:
    """Every corner once, and none beside an axis by rounding."""
    kept: list[FloatArray] = []
    for corner in corners:
        if all(float(np.abs(corner - other).max()) > apart for other in kept):
            kept.append(np.where(corner > apart, corner, 0.0))
    return tuple((float(x), float(y)) for x, y in kept)
