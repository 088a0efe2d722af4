"""Which cells does a circle cut? Columns of cells against discs and rings in plan."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.mesh.grid import SAME_PLANE, Grid


@dataclass(frozen=True, eq=False)
class Footprint:
    """The columns around one disc or ring: which lie in it by their middles, which wholly, and which at all.

    `columns` are slices along x and y; the arrays have their shape.
    """

    columns: tuple[slice, slice]
    middle: BoolArray
    whole: BoolArray
    touched: BoolArray


def footprints(grid: Grid, discs: FloatArray) -> Iterator[Footprint]:
    """One for each disc, given by its middle along x and y, inner and outer radius, m, shape (n, 4)."""
    for x, y, inner, outer in discs:
        columns = _reached(grid.x, x, outer), _reached(grid.y, y, outer)
        (near_x, middle_x, far_x), (near_y, middle_y, far_y) = (
            _distances(ticks[part.start : part.stop + 1], centre)
            for ticks, part, centre in ((grid.x, columns[0], x), (grid.y, columns[1], y))
        )
        near, middle, far = (
            np.hypot(a[:, None], b[None, :]) for a, b in ((near_x, near_y), (middle_x, middle_y), (far_x, far_y))
        )
        yield Footprint(
            columns,
            (middle < outer) & (middle >= inner),
            (far <= outer) & (near >= inner),
            (near < outer) & (far > inner),
        )


def _reached(ticks: FloatArray, centre: float, radius: float) -> slice:
    """Cells along an axis that the circle reaches into; planes were merged that lie as near as SAME_PLANE."""
    first = int(np.searchsorted(ticks, centre - radius + 2 * SAME_PLANE, side="right")) - 1
    last = int(np.searchsorted(ticks, centre + radius - 2 * SAME_PLANE, side="left"))
    return slice(max(first, 0), min(last, ticks.size - 1))


def _distances(ticks: FloatArray, centre: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of the nearest point, the middle and the farthest point of every cell along an axis, m, shape (n,) each."""
    low, high = ticks[:-1] - centre, ticks[1:] - centre
    nearest = np.maximum(np.maximum(low, -high), 0.0)
    return nearest, np.abs(0.5 * (low + high)), np.maximum(np.abs(low), np.abs(high))
