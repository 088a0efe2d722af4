"""Where do the joints of an array stand? Centred grids of bumps and balls, whole or depopulated."""

import math

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.part import Array

MOST_JOINTS = 250_000  # of one array, 500 by 500; cells between more of them outgrow any memory
FIT_SLACK = 1e-9  # of a pitch; a joint that ends on the edge to rounding still fits


def equal_area_side(diameter: float) -> float:
    """Side of the square with the area of a circle, m."""
    return diameter * math.sqrt(math.pi) / 2


def joint_count(array: Array, size: tuple[float, float]) -> tuple[int, int]:
    """Places along x and y: as asked for, or as many as fit on a face of `size` (m)."""
    if array.mask is not None:
        return len(array.mask[0]), len(array.mask)
    if array.count is not None:
        return array.count
    side = equal_area_side(array.diameter)
    nx, ny = (max(0, math.floor((length - side) / array.pitch + FIT_SLACK) + 1) for length in size)
    return nx, ny


def kept_joints(array: Array, count: tuple[int, int]) -> BoolArray:
    """Which places of the grid carry a joint, shape (nx, ny)."""
    nx, ny = count
    if array.mask is not None:
        return np.array([[c == "1" for c in row] for row in array.mask]).T
    kept = np.ones((nx, ny), bool)
    if array.rows is not None:
        kept[array.rows : nx - array.rows, array.rows : ny - array.rows] = False
    return kept


def joint_boxes(array: Array, count: tuple[int, int], centre: tuple[float, float], bottom: float) -> FloatArray:
    """Every joint as a square column of equal area, m, shape (n, 3, 2)."""
    kept = kept_joints(array, count)
    half = equal_area_side(array.diameter) / 2
    i, j = np.nonzero(kept)
    x = centre[0] + (i - (count[0] - 1) / 2) * array.pitch
    y = centre[1] + (j - (count[1] - 1) / 2) * array.pitch
    boxes = np.empty((len(i), 3, 2))
    boxes[:, 0, 0], boxes[:, 0, 1] = x - half, x + half
    boxes[:, 1, 0], boxes[:, 1, 1] = y - half, y + half
    boxes[:, 2, 0], boxes[:, 2, 1] = bottom, bottom + array.height
    return boxes
