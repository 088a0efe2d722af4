"""Is a package its own mirror image? Then a half or a quarter of it tells all that the whole would."""

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.package.package import Package

SAME_PLACE = 1e-9  # m; what mirrored faces may be apart, far above rounding and below the thinnest layer


def mirror_axes(package: Package) -> tuple[bool, bool]:
    """Whether everything in a package is its own image in its middle plane across x, and across y.

    Every solid, every heated face and every region by itself, so that a watt in one of them makes a field that is its
    own image too.
    """
    middle = package.bounds.mean(axis=1)
    if package.has_circles or any(interface.axis != 2 for interface in package.contacts):
        return False, False
    return _is_image(package, 0, float(middle[0])), _is_image(package, 1, float(middle[1]))


def is_image(interval: tuple[float, float], middle: float) -> bool:
    """Whether an interval is its own image, m."""
    return bool(abs(interval[0] + interval[1] - 2 * middle) <= SAME_PLACE)


def _is_image(package: Package, axis: int, middle: float) -> bool:
    intervals = [face.x if axis == 0 else face.y for face in package.active_faces]
    intervals += [(patch.x, patch.y)[axis] for interface in package.contacts for patch in interface.patches]
    intervals += [(float(low), float(high)) for ring in package.rings for low, high in ring.edges[:, axis]]
    return all(is_image(interval, middle) for interval in intervals) and all(
        _same(solid.boxes, axis, middle) for solid in package.solids
    )


def _same(boxes: FloatArray, axis: int, middle: float) -> bool:
    """Whether boxes, shape (n, 3, 2), are the same set when they are mirrored."""
    own = boxes - np.array([middle if a == axis else 0.0 for a in range(3)])[:, None]
    image = own.copy()
    image[:, axis] = -own[:, axis, ::-1]
    rows = [np.round(each.reshape(len(boxes), -1) / SAME_PLACE) for each in (own, image)]
    ordered = [row[np.lexsort(row.T)] for row in rows]
    return bool(np.array_equal(*ordered))
