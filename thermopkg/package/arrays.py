"""Where do joints, leads and traces stand? Grids of round joints, whole or depopulated, and strips along a rim."""

import math

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.part import Joints, Sides

MOST_JOINTS = 250_000  # of one array, 500 by 500; cells between more of them outgrow any memory
FIT_SLACK = 1e-9  # of a pitch; a joint that ends on the edge to rounding still fits

Size = tuple[float, float]


def equal_area_side(diameter: float) -> float:
    """Side of the square with the area of a circle, m."""
    return diameter * math.sqrt(math.pi) / 2


# ---------------------------------------------------------------- joints
def joint_count(joints: Joints, size: Size) -> tuple[int, int]:
    """Places along x and y: as asked for, or as many as fit on a face of `size` (m)."""
    if joints.mask is not None:
        return len(joints.mask[0]), len(joints.mask)
    if joints.count is not None:
        return joints.count
    assert joints.pitch is not None, "joints without a pitch name their places"
    side = equal_area_side(joints.diameter)
    nx, ny = (max(0, math.floor((length - side) / joints.pitch + FIT_SLACK) + 1) for length in size)
    return nx, ny


def kept_joints(joints: Joints, count: tuple[int, int]) -> BoolArray:
    """Which places of the grid carry a joint, shape (nx, ny)."""
    nx, ny = count
    if joints.mask is not None:
        return np.array([[c == "1" for c in row] for row in joints.mask]).T
    kept = np.ones((nx, ny), bool)
    if joints.rows is not None:
        kept[joints.rows : nx - joints.rows, joints.rows : ny - joints.rows] = False
    return kept


def joint_middles(joints: Joints, size: Size) -> FloatArray:
    """Middles of all joints, from that of a face of `size`, m, shape (n, 2)."""
    if joints.places is not None:
        return np.array(joints.places)
    assert joints.pitch is not None, "joints without a pitch name their places"
    count = joint_count(joints, size)
    i, j = np.nonzero(kept_joints(joints, count))
    return np.stack([(i - (count[0] - 1) / 2) * joints.pitch, (j - (count[1] - 1) / 2) * joints.pitch], axis=1)


def joint_boxes(joints: Joints, size: Size, centre: tuple[float, float], z: tuple[float, float]) -> FloatArray:
    """Every joint as a square column of equal area between two heights, m, shape (n, 3, 2)."""
    return columns(joint_middles(joints, size) + np.array(centre), equal_area_side(joints.diameter), z)


def columns(middles: FloatArray, side: float, z: tuple[float, float]) -> FloatArray:
    """Square columns between two heights around middles of shape (n, 2); all in m, shape (n, 3, 2)."""
    boxes = np.empty((len(middles), 3, 2))
    boxes[:, :2, 0], boxes[:, :2, 1] = middles - side / 2, middles + side / 2
    boxes[:, 2] = z
    return boxes


def discs(boxes: FloatArray, diameter: float, hole: float = 0.0) -> FloatArray:
    """The cylinders or tubes in place of boxes around the same middles; diameters in m.

    Returns
    -------
    middle along x and y, inner and outer radius, m, shape (n, 4)
    """
    middles = boxes[:, :2].mean(axis=2)
    return np.column_stack([middles, np.full(len(boxes), hole / 2), np.full(len(boxes), diameter / 2)])


def square_rings(middles: FloatArray, outer: float, inner: float, z: tuple[float, float]) -> FloatArray:
    """Square tubes between two heights, four boxes each: `outer` and `inner` are their sides, m, shape (4 n, 3, 2)."""
    whole, hole = columns(middles, outer, z), columns(middles, inner, z)
    walls = [whole.copy() for _ in range(4)]
    walls[0][:, 1, 1] = walls[2][:, 1, 0] = walls[3][:, 1, 0] = hole[:, 1, 0]
    walls[1][:, 1, 0] = walls[2][:, 1, 1] = walls[3][:, 1, 1] = hole[:, 1, 1]
    walls[2][:, 0, 1], walls[3][:, 0, 0] = hole[:, 0, 0], hole[:, 0, 1]
    return np.concatenate(walls)


# ---------------------------------------------------------------- along a rim
def side_strips(
    rim: FloatArray, sides: Sides, across: float, reach: tuple[float, float], z: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """Strips that cross a rim at right angles, in line along each of its sides; m, shapes (n, 3, 2).

    Parameters
    ----------
    rim : m, shape (2, 2), low and high along x and y
    across : how wide each strip is along its side, m
    reach : where it begins and ends, m, from the rim inwards; negative outside
    Returns
    -------
    those on the sides that run along x, and those on the sides that run along y
    """
    found = []
    for along in (0, 1):
        n = sides.count[along]
        middles = rim[along].mean() + (np.arange(n) - (n - 1) / 2) * sides.pitch
        low, high = (np.empty((n, 3, 2)) for _ in range(2))
        for strips in (low, high):
            strips[:, along, 0], strips[:, along, 1] = middles - across / 2, middles + across / 2
            strips[:, 2] = z
        low[:, 1 - along] = rim[1 - along, 0] + reach[0], rim[1 - along, 0] + reach[1]
        high[:, 1 - along] = rim[1 - along, 1] - reach[1], rim[1 - along, 1] - reach[0]
        found.append(np.concatenate([low, high]))
    return found[0], found[1]
