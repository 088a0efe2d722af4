"""Which points does the next coarser lattice keep? A rule on coordinates, which tells the size of every level, too.

Only x and y are coarsened, for the smoother solves whole z-lines, and only near points are dropped: halving every
axis at every level takes ten times the iterations where cells are stretched.
Source: decision 2; [trottenberg2001] ch. 5 for semicoarsening
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray

FEW = 25  # so many z-lines are solved directly
NEAR = 1.95  # a point nearer to its neighbour than this times the smallest step may be dropped
# An interval that is shorter than both beside it by so much is one that planes left between them by accident. What the
# smoother leaves of errors across it, beside still shorter ones along the other axis, are few; so it may go earlier.
LONE = 1.5
EARLIER = 1.54  # times the limit for others: at 3 times the smallest step
MORE = 1.3  # the next attempt's factor on NEAR where no point could be dropped


def near_points_dropped(position: FloatArray, limit: float) -> IntArray:
    """Indices of the points that stay when near ones are dropped.

    A point may go if a neighbour is nearer than `limit`, or than EARLIER times that over a lone interval; closest
    first, never two in a row, never an end. Steps are compared in classes of 2 %: on a uniform axis rounding must not
    decide the order, or the gaps that it leaves would make the coarse axis irregular and larger than half.

    Parameters
    ----------
    position : ascending, m, shape (n,)
    limit : m
    """
    step = np.diff(position)
    kept = np.ones(position.size, dtype=bool)
    beside = np.concatenate([[np.inf], step, [np.inf]])
    lone = LONE * step <= np.minimum(beside[:-2], beside[2:])
    short = step <= limit * np.where(lone, EARLIER, 1.0)
    near = 1 + np.flatnonzero(short[:-1] | short[1:])
    room = np.round(np.log(step[near - 1] + step[near]) / np.log(1.02))
    for i in near[np.argsort(room, kind="stable")]:
        kept[i] = not (kept[i - 1] and kept[i + 1])
    return np.flatnonzero(kept)


def next_points(x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Which points of the two axes the next level keeps; at least one fewer in all if there are more than FEW lines.

    An axis of few points takes part like any other: a tiny interval on it makes the lines on its two sides so stiff a
    pair that nothing across the pair can be smoothed.
    """
    inner = [axis for axis in (x, y) if axis.size > 2]
    limit = NEAR * min(float(np.diff(axis).min()) for axis in inner)
    while True:
        kept_x, kept_y = near_points_dropped(x, limit), near_points_dropped(y, limit)
        if kept_x.size + kept_y.size < x.size + y.size:
            return kept_x, kept_y
        limit *= MORE


def points_of_levels(x: FloatArray, y: FloatArray) -> float:
    """How many z-lines all levels have, over those of the finest: 4/3 on even axes, up to 7 on real packages."""
    finest, total = x.size * y.size, x.size * y.size
    while x.size * y.size > FEW:
        kept_x, kept_y = next_points(x, y)
        x, y = x[kept_x], y[kept_y]
        total += x.size * y.size
    return total / finest
