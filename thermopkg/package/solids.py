"""What is a solid? Boxes of one material with a role in the package."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial import cKDTree

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.part import Pattern
from thermopkg.package.medium import Medium

Role = Literal[
    "body", "layer", "leads", "bumps", "balls", "pads", "terminals", "fill", "encapsulant", "vias", "via fill",
    "traces", "wires",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Solid:
    """Boxes that belong to one part and are of one material, or of one smeared over another.

    `boxes` in m, shape (n, 3, 2): box, axis, low and high. `share` is the part of every cross-section that
    `material` takes; `filler` takes the rest, and `pattern` says how the two lie in the plane.

    What is round has `discs` as well, which stand for upright cylinders or tubes between the low and the high end of
    its boxes: middle along x and y, inner and outer radius, m, shape (n, 4). The boxes have their cross-sections.
    """

    name: str
    part: str
    role: Role
    material: str
    boxes: FloatArray
    share: float = 1.0
    filler: str | None = None
    pattern: Pattern = "smeared"
    discs: FloatArray | None = None
    medium: Medium | None = None

    @property
    def bounds(self) -> FloatArray:
        """The box around all boxes, m, shape (3, 2)."""
        return bounds_of(self.boxes)

    @property
    def heights(self) -> FloatArray:
        """Low and high end of every disc, m, shape (n, 2); tubes have four boxes each, in four rows."""
        assert self.discs is not None
        return np.asarray(self.boxes[: len(self.discs), 2])

    @property
    def volume(self) -> float:
        """Of all boxes together, which do not overlap, m^3."""
        return float(np.prod(self.boxes[:, :, 1] - self.boxes[:, :, 0], axis=1).sum())


def box(centre: tuple[float, float], size: tuple[float, float], bottom: float, top: float) -> FloatArray:
    """A box over a centred footprint, m, shape (3, 2)."""
    (x, y), (a, b) = centre, size
    return np.array([[x - a / 2, x + a / 2], [y - b / 2, y + b / 2], [bottom, top]])


def bounds_of(boxes: FloatArray) -> FloatArray:
    """The box around boxes of shape (n, 3, 2)."""
    return np.stack([boxes[:, :, 0].min(axis=0), boxes[:, :, 1].max(axis=0)], axis=1)


def overlaps(first: FloatArray, second: FloatArray, slack: float) -> tuple[int, FloatArray] | None:
    """The largest overlap between two sets of boxes.

    Parameters
    ----------
    first, second : m, shapes (n, 3, 2) and (m, 3, 2)
    slack : overlaps thinner than this are contact, m
    Returns
    -------
    how many pairs overlap, and the overlap of the largest, m, shape (3, 2); None where they only touch or are apart
    """
    i, j = neighbours(first, second)
    one, other = first[i], second[j]
    low, high = np.maximum(one[:, :, 0], other[:, :, 0]), np.minimum(one[:, :, 1], other[:, :, 1])
    inside = (high - low > slack).all(axis=1)
    if not inside.any():
        return None
    largest = np.where(inside, np.prod(high - low, axis=1), 0.0).argmax()
    return int(inside.sum()), np.stack([low[largest], high[largest]], axis=1)


def neighbours(first: FloatArray, second: FloatArray) -> tuple[IntArray, IntArray]:
    """Pairs of boxes near enough to one another to overlap, as indices; no others do.

    Parameters
    ----------
    first, second : m, shapes (n, k, 2) and (m, k, 2), with as many axes as matter
    """
    middles, halves = zip(
        *((b.mean(axis=2), (b[:, :, 1] - b[:, :, 0]).max(axis=0) / 2) for b in (first, second)), strict=True
    )
    reach = halves[0] + halves[1]  # no boxes overlap whose middles are further apart along any axis
    trees = [cKDTree(middle / reach) for middle in middles]
    near = trees[0].sparse_distance_matrix(trees[1], 1.0, p=np.inf, output_type="ndarray")
    return near["i"], near["j"]
