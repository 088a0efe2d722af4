"""Where are the cell faces? Three arrays of ticks: the planes that the geometry needs, graded and halved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

SAME_PLANE = 1e-10  # m; planes nearer than this are one: far above rounding, and below the thinnest layer of 1 nm


@dataclass(frozen=True, eq=False)
class Grid:
    """A box of cells between ticks `x`, `y`, `z` in m, each strictly increasing.

    `mirrored` : whether the low end of x, and of y, is a plane in which everything is its own image: the cells then are
    half of the package, or a quarter, and stand for all of it
    """

    x: FloatArray
    y: FloatArray
    z: FloatArray
    mirrored: tuple[bool, bool] = (False, False)

    @property
    def axes(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.x, self.y, self.z

    @property
    def steps(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Cell sizes along each axis, m."""
        return np.diff(self.x), np.diff(self.y), np.diff(self.z)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along x, y, z."""
        return self.x.size - 1, self.y.size - 1, self.z.size - 1

    @property
    def n_cells(self) -> int:
        nx, ny, nz = self.shape
        return nx * ny * nz

    @property
    def copies(self) -> int:
        """How many such boxes of cells make up the package."""
        return int(2 ** sum(self.mirrored))

    def halved(self, times: int = 1) -> "Grid":
        """Every cell cut in two along every axis, `times` over; old ticks stay."""
        grid = self
        for _ in range(times):
            grid = grid._with([_halve(ticks) for ticks in grid.axes])
        return grid

    def divided(self, chosen: tuple[BoolArray, BoolArray, BoolArray]) -> "Grid":
        """The chosen slabs cut in two, axis by axis; old ticks stay. Shapes (nx,), (ny,), (nz,)."""
        return self._with([_divide(ticks, which) for ticks, which in zip(self.axes, chosen, strict=True)])

    def graded(self, growth: float) -> "Grid":
        """Cells divided until neighbouring steps differ by a factor of at most `growth`; old ticks stay."""
        return self._with([_grade(ticks, growth) for ticks in self.axes])

    def without(self, inner: tuple[FloatArray, FloatArray, FloatArray]) -> "Grid":
        """The grid less the ticks at some coordinates of it, m."""
        return self._with(
            [
                np.delete(ticks, [self.index_of(axis, value) for value in values])
                for axis, (ticks, values) in enumerate(zip(self.axes, inner, strict=True))
            ]
        )

    def also(self, inner: tuple[FloatArray, FloatArray, FloatArray]) -> "Grid":
        """The grid and ticks at some more coordinates, m."""
        return self._with([np.unique(np.concatenate(both)) for both in zip(self.axes, inner, strict=True)])

    def limited(self, lateral: float, vertical: float) -> "Grid":
        """Cells divided evenly until none is longer than the limits, m."""
        limits = lateral, lateral, vertical
        return self._with([_limit(ticks, longest) for ticks, longest in zip(self.axes, limits, strict=True)])

    def _with(self, ticks: Sequence[FloatArray]) -> "Grid":
        return Grid(ticks[0], ticks[1], ticks[2], self.mirrored)

    def joined(self, other: "Grid") -> "Grid":
        """With the planes of another grid as well, as far as they lie between the ends of this one."""
        assert self.mirrored == other.mirrored, "one of the grids is of a half and the other of the whole"
        return self._with(
            [
                _merged(np.concatenate([a, b[(b > a[0]) & (b < a[-1])]]))
                for a, b in zip(self.axes, other.axes, strict=True)
            ]
        )

    def limited_shape(self, lateral: float, vertical: float) -> tuple[int, int, int]:
        """The shape that `limited` would give, without making it."""
        nx, ny, nz = (int(_parts(t, d).sum()) for t, d in zip(self.axes, (lateral, lateral, vertical), strict=True))
        return nx, ny, nz

    def index_of(self, axis: int, coordinate: float) -> int:
        """The tick at a coordinate that the geometry has put on the grid."""
        ticks = self.axes[axis]
        i = int(np.abs(ticks - coordinate).argmin())
        assert abs(ticks[i] - coordinate) <= 2 * SAME_PLANE, f"no plane of axis {axis} lies at {coordinate} m"
        return i


def geometry_grid(
    package: Package,
    extra: tuple[FloatArray, FloatArray, FloatArray] | None = None,
    mirrored: tuple[bool, bool] = (False, False),
) -> Grid:
    """The coarsest grid: just the planes of all solids, contacts and regions, and `extra` coordinates for each axis, m.

    Parameters
    ----------
    mirrored : whether what lies below the package's middle along x, and along y, is to be left out
    """
    ticks = [
        np.concatenate(
            [*(_planes(package, solid, axis) for solid in package.solids), *(c.ticks(axis) for c in package.contacts)]
        )
        for axis in range(3)
    ]
    for ring in package.rings:
        ticks[:2] = [np.concatenate([own, ring.edges[:, axis].ravel()]) for axis, own in enumerate(ticks[:2])]
    if extra is not None:
        ticks = [np.concatenate([own, more]) for own, more in zip(ticks, extra, strict=True)]
    middle = package.bounds.mean(axis=1)
    for axis in (0, 1):
        if mirrored[axis]:
            kept = ticks[axis][ticks[axis] > middle[axis] + SAME_PLANE]
            ticks[axis] = np.append(kept, middle[axis])
    x, y, z = (_merged(values) for values in ticks)
    return Grid(x, y, z, mirrored)


def _planes(package: Package, solid: Solid, axis: int) -> FloatArray:
    """Where the solid's boxes end along an axis; for what is painted round, where its circles do."""
    if axis == 2 or solid.discs is None or not package.case.study.round:
        return np.asarray(solid.boxes[:, axis].ravel())
    middle, inner, outer = solid.discs[:, axis], solid.discs[:, 2], solid.discs[:, 3]
    return np.concatenate([middle - outer, middle - inner, middle + inner, middle + outer])


def _merged(values: FloatArray) -> FloatArray:
    ticks = np.unique(values)
    return np.asarray(ticks[np.append(True, np.diff(ticks) > SAME_PLANE)])


def _halve(ticks: FloatArray) -> FloatArray:
    out = np.empty(2 * ticks.size - 1)
    out[::2], out[1::2] = ticks, 0.5 * (ticks[1:] + ticks[:-1])
    return out


def _divide(ticks: FloatArray, chosen: BoolArray) -> FloatArray:
    middles = 0.5 * (ticks[1:] + ticks[:-1])
    return np.sort(np.concatenate([ticks, middles[chosen]]))


def _parts(ticks: FloatArray, longest: float) -> IntArray:
    """Into how many parts each step is cut; a step that fits to rounding stays whole."""
    return np.ceil(np.diff(ticks) / longest * (1 - 1e-12)).astype(np.int64)


def _limit(ticks: FloatArray, longest: float) -> FloatArray:
    parts = _parts(ticks, longest)
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(ticks, ticks[1:], parts, strict=False)]
    return np.append(np.concatenate(pieces), ticks[-1])


def _grade(ticks: FloatArray, growth: float) -> FloatArray:
    """Halve the longer of two neighbours that differ too much, all at once, until none do.

    Halving is symmetric about the middle of a step, so that mirrored geometries get mirrored grids.
    """
    while True:
        step = np.diff(ticks)
        shortest_neighbour = np.full(step.size, np.inf)
        shortest_neighbour[1:] = step[:-1]
        shortest_neighbour[:-1] = np.minimum(shortest_neighbour[:-1], step[1:])
        long = step > growth * shortest_neighbour * (1 + 1e-9)  # equal to rounding is allowed
        if not long.any():
            return ticks
        ticks = _divide(ticks, long)
