"""Which lattices stand in for a lattice when its slow errors are to be removed? The hierarchy and its V-cycle.

One V-cycle in float32 is the preconditioner of the conjugate gradients in `thermopkg.solve.linear`.
Smoother: zebra Gauss-Seidel over whole z-lines, colour 0 then 1 on the way down, 1 then 0 on the way up, so that
the cycle is symmetric. Coarsening: x and y only, and only near points. Interpolation: weights from the conductances,
with which the series combination of two edges is exactly the Galerkin coarse edge.
Source: design note "The lattice solver"; [trottenberg2001] ch. 5 for zebra lines and semicoarsening
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermopkg.lattice import kernels
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.sharing import Crew
from thermopkg.typing import FloatArray, IntArray

Float32Array = NDArray[np.float32]

LANES = 16  # z-lines side by side in one vector register of float32
FEW = 5  # an axis with no more points is not coarsened; at most FEW * FEW lines are solved directly
NEAR = 1.95  # a point nearer to its neighbour than this times the smallest step may be dropped
MORE = 1.3  # the next attempt's factor on NEAR where no point could be dropped


def near_points_dropped(position: FloatArray, limit: float) -> IntArray:
    """Indices of the points that stay when near ones are dropped.

    A point may go if a neighbour is nearer than `limit`; closest first, never two in a row, never an end. Steps
    are compared in classes of 2 %: on a uniform axis rounding must not decide the order, or the gaps that it leaves
    would make the coarse axis irregular and larger than half.

    Parameters
    ----------
    position : ascending, m, shape (n,)
    limit : m
    """
    step = np.diff(position)
    kept = np.ones(position.size, dtype=bool)
    near = 1 + np.flatnonzero(np.minimum(step[:-1], step[1:]) <= limit)
    room = np.round(np.log(step[near - 1] + step[near]) / np.log(1.02))
    for i in near[np.argsort(room, kind="stable")]:
        kept[i] = not (kept[i - 1] and kept[i + 1])
    return np.flatnonzero(kept)


def next_points(x: FloatArray, y: FloatArray) -> tuple[IntArray, IntArray]:
    """Which points of the two axes the next level keeps; at least one fewer in all as long as an axis has many."""
    limit = NEAR * min(float(np.diff(axis).min()) for axis in (x, y) if axis.size > FEW)
    while True:
        kept_x, kept_y = (
            near_points_dropped(axis, limit) if axis.size > FEW else np.arange(axis.size) for axis in (x, y)
        )
        if kept_x.size + kept_y.size < x.size + y.size:
            return kept_x, kept_y
        limit *= MORE


def apply(lattice: Lattice, rise: FloatArray) -> FloatArray:
    """What flows out of every point, A u, in float64.

    Parameters
    ----------
    rise : u, K, shape of the lattice
    Returns
    -------
    W, shape of the lattice
    Raises
    ------
    ValueError : the shapes differ
    """
    if rise.shape != lattice.shape:
        raise ValueError(f"rise has shape {rise.shape}, the lattice {lattice.shape}")
    outflow = np.empty(lattice.shape)
    Crew().share(
        kernels.apply_plain,
        lattice.shape[0],
        lattice.n_points,
        *plain_arrays(lattice),
        np.ascontiguousarray(rise, np.float64),
        outflow,
    )
    return outflow


def plain_arrays(lattice: Lattice) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """gx, gy, gz, ground as the compiled loops want them: float64, contiguous."""
    gx, gy, gz, ground = (
        np.ascontiguousarray(array, np.float64) for array in (lattice.gx, lattice.gy, lattice.gz, lattice.ground)
    )
    return gx, gy, gz, ground


def coarsen(lattice: Lattice, axis: int, kept: IntArray, crew: Crew) -> tuple[Lattice, FloatArray]:
    """The lattice on the kept points of one axis, and the right-hand share of each dropped point.

    Edges along the axis combine in series; edges across it and ground go to the kept neighbours in the shares with
    which the dropped point is interpolated from them (the mean of both ends' shares for an edge).

    Parameters
    ----------
    axis : 0 or 1
    kept : ascending indices along the axis, with both ends and no gap over 2
    Returns
    -------
    lattice : with `kept.size` points along the axis
    shares : 1, shape of the points with `kept.size - 1` along the axis; 0 where no point was dropped
    """
    arrays = plain_arrays(lattice)

    def resized(shape: tuple[int, ...], n: int) -> tuple[int, ...]:
        return (*shape[:axis], n, *shape[axis + 1 :])

    def folded(array: FloatArray) -> FloatArray:
        return array.reshape(int(np.prod(array.shape[:axis])), array.shape[axis], int(np.prod(array.shape[axis + 1 :])))

    shares = np.empty(resized(lattice.shape, kept.size - 1))
    along, target = folded(arrays[axis]), folded(shares)
    n_lines = target.shape[0] * target.shape[1]
    crew.share(kernels.split_weights, n_lines, target.size, kept, along, target)

    coarse = []
    for direction, array in enumerate(arrays):
        result = np.empty(resized(array.shape, kept.size - (direction == axis)))
        if direction == axis:
            crew.share(kernels.join_in_series, n_lines, target.size, kept, along, target, folded(result))
        else:
            share = shares
            if direction < 3:
                low, high = (np.delete(np.arange(array.shape[direction] + 1), end) for end in (-1, 0))
                share = 0.5 * (shares.take(low, direction) + shares.take(high, direction))
            n_points = result.shape[axis] * folded(result).shape[0]
            crew.share(kernels.gather, n_points, result.size, kept, folded(array), folded(share), folded(result))
        coarse.append(result)
    gx, gy, gz, ground = coarse
    x, y = (lattice.x[kept], lattice.y) if axis == 0 else (lattice.x, lattice.y[kept])
    return Lattice(gx, gy, gz, ground, x, y), shares
