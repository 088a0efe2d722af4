"""What does a plane cut? The regions in it, their outlines, and a field sampled evenly over it; lengths in mm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, RegionArray
from thermopkg.mesh.voxel import NOTHING, VoxelModel

MM = 1e3  # mm in a metre
JOINTS = ("bumps", "balls", "pads", "vias", "traces", "wires")
MUCH_WIDER = 1.5  # a board this much wider than what it carries would leave the package too small to read
MARGIN = 0.12  # of the package's width, shown of the board on either side where it is cut off
SAME_HEAT = 1e-6  # of the field's span; symmetric packages have several hottest points, apart by rounding
INSET = 0.02  # of the window's width, that a telling point lies inside its thing


@dataclass(frozen=True, eq=False)
class Cut:
    """A plane through the cells at `at`: `region` has shape (nu, nv) between the ticks `u` and `v`, all in mm."""

    at: float
    u: FloatArray
    v: FloatArray
    region: RegionArray

    def merged(self) -> "Cut":
        """The same picture on as few cells as it takes: neighbouring columns and rows that are equal become one."""
        u = np.append(True, (self.region[1:] != self.region[:-1]).any(axis=1))
        v = np.append(True, (self.region[:, 1:] != self.region[:, :-1]).any(axis=0))
        return replace(
            self,
            u=self.u[np.append(u, True)],
            v=self.v[np.append(v, True)],
            region=self.region[np.ix_(u, v)],
        )


# ---------------------------------------------------------------- where to cut
def package_box(model: VoxelModel) -> FloatArray:
    """The box around all parts but boards, mm, shape (3, 2); around everything where there are only boards."""
    kinds = {name: part.kind for name, part in model.package.parts.items()}
    boxes = [solid.bounds for solid in model.package.solids if kinds[solid.part] != "board"]
    if not boxes:
        return np.asarray(model.package.bounds * MM)
    both = np.stack(boxes)
    return np.asarray(np.stack([both[:, :, 0].min(axis=0), both[:, :, 1].max(axis=0)], axis=1) * MM)


def window_x(model: VoxelModel) -> tuple[float, float]:
    """How much to show along x, mm: everything, or the package where a board is much wider than it."""
    low, high = (float(v) for v in model.package.bounds[0] * MM)
    inner_low, inner_high = (float(v) for v in package_box(model)[0])
    width = inner_high - inner_low
    if high - low <= MUCH_WIDER * width:
        return low, high
    return max(low, inner_low - MARGIN * width), min(high, inner_high + MARGIN * width)


def telling_y(model: VoxelModel) -> float:
    """Where to cut so that as many kinds of joints, then as many other solids as can be are met; near the middle, m."""
    ticks = model.grid.y
    middles = 0.5 * (ticks[1:] + ticks[:-1])
    joints, others = np.zeros(middles.size), np.zeros(middles.size)
    for solid in model.package.solids:
        spans = np.unique(solid.boxes[:, 1, :], axis=0)  # joints of a row share one span
        met = ((middles >= spans[:, :1]) & (middles <= spans[:, 1:])).any(axis=0)
        if solid.role in JOINTS:
            joints += met
        else:
            others += met
    off_middle = np.round(np.abs(middles - package_box(model)[1].mean() / MM), 12)  # equal on both sides to rounding
    return float(middles[np.lexsort((-middles, off_middle, -others, -joints))[0]])


def telling_z(model: VoxelModel) -> float:
    """Where to cut so that as many parts as can be are met, chips first; of equals the lowest, m."""
    ticks = model.grid.z
    middles = 0.5 * (ticks[1:] + ticks[:-1])
    parts, chips = np.zeros(middles.size), np.zeros(middles.size)
    for name, part in model.package.parts.items():
        met = np.zeros(middles.size, bool)
        for solid in model.package.of_part(name):
            spans = np.unique(solid.boxes[:, 2, :], axis=0)
            met |= ((middles >= spans[:, :1]) & (middles <= spans[:, 1:])).any(axis=0)
        parts += met
        if part.kind == "chip":
            chips += (middles >= part.box[2, 0]) & (middles <= part.box[2, 1])
    return float(middles[np.lexsort((middles, -parts, -chips))[0]])


def hottest_corner(values: FloatArray, axes: Sequence[FloatArray]) -> tuple[int, ...]:
    """Indices of the hottest value between ticks along each axis; of equals, that nearest to the middle."""
    hottest, coldest = np.nanmax(values), np.nanmin(values)
    equals = np.argwhere(values >= hottest - SAME_HEAT * (hottest - coldest))
    scaled = [(ticks - ticks.mean()) / (ticks[-1] - ticks[0]) for ticks in axes]
    off_middle = sum(np.abs(ticks[equals[:, axis]]) for axis, ticks in enumerate(scaled))
    return tuple(int(i) for i in equals[np.argmin(off_middle)])


# ---------------------------------------------------------------- cutting
def cut_section(model: VoxelModel, y: float) -> Cut:
    """The x-z plane at y (m); on a plane of the grid the side with more solids is shown."""
    row = _row(model, y)
    return Cut(y * MM, model.grid.x * MM, model.grid.z * MM, model.region[:, row, :])


def section_values(model: VoxelModel, temperature: FloatArray, y: float) -> FloatArray:
    """A field given at the grid's corners, linear between them, on the x-z plane at y (m); shape (nx+1, nz+1)."""
    row, ticks = _row(model, y), model.grid.y
    share = (y - ticks[row]) / (ticks[row + 1] - ticks[row])
    return np.asarray((1 - share) * temperature[:, row, :] + share * temperature[:, row + 1, :])


def _row(model: VoxelModel, y: float) -> int:
    ticks = model.grid.y
    last = ticks.size - 2
    rows = {int(np.clip(np.searchsorted(ticks, y, side=side) - 1, 0, last)) for side in ("left", "right")}
    return max(rows, key=lambda row: np.unique(model.region[:, row, :]).size)


def cut_plan(model: VoxelModel, z: float) -> tuple[Cut, int]:
    """The x-y plane of the grid nearest to z (m), with what lies over it or else under it; and the plane's index."""
    plane = int(np.abs(model.grid.z - z).argmin())
    n_layers = model.grid.shape[2]
    over, under = model.region[:, :, min(plane, n_layers - 1)], model.region[:, :, max(plane - 1, 0)]
    region = np.where(over != NOTHING, over, under)
    return Cut(float(model.grid.z[plane]) * MM, model.grid.x * MM, model.grid.y * MM, region), plane


# ---------------------------------------------------------------- what is seen in it
def outlines(cut: Cut, window: tuple[float, float]) -> FloatArray:
    """The borders between different regions as straight lines, mm, shape (n, 2, 2): line, end, (u, v).

    Lines end at the `window` along u; there is none along its sides, unless something ends there.
    """
    padded = np.pad(cut.region, 1, constant_values=NOTHING)
    upright = padded[1:, 1:-1] != padded[:-1, 1:-1]  # shape (nu + 1, nv)
    level = padded[1:-1, 1:] != padded[1:-1, :-1]  # shape (nu, nv + 1)
    i, low, high = _runs(upright)
    j, left, right = _runs(level.T)
    lines = np.concatenate(
        [
            np.stack([np.stack([cut.u[i], cut.v[low]], 1), np.stack([cut.u[i], cut.v[high]], 1)], 1),
            np.stack([np.stack([cut.u[left], cut.v[j]], 1), np.stack([cut.u[right], cut.v[j]], 1)], 1),
        ]
    )
    inside = (lines[:, :, 0].max(axis=1) >= window[0]) & (lines[:, :, 0].min(axis=1) <= window[1])
    lines = lines[inside]
    lines[:, :, 0] = np.clip(lines[:, :, 0], *window)
    return np.asarray(lines)


def telling_points(cut: Cut, window: tuple[float, float]) -> dict[int, tuple[float, float]]:
    """For everything that is seen in a window along u, a point inside it near its right end, mm."""
    seen = (cut.u[:-1] < window[1]) & (cut.u[1:] > window[0])
    inset = INSET * (window[1] - window[0])
    points = {}
    for number in np.unique(cut.region[seen]):
        if number == NOTHING:
            continue
        held = (cut.region == number) & seen[:, None]
        i = int(np.flatnonzero(held.any(axis=1))[-1])
        rows = np.flatnonzero(held[i])
        j = int(rows[np.diff(cut.v)[rows].argmax()])
        first = i - int(np.argmin(np.append(held[i::-1, j], False))) + 1  # of the cells that run into this one
        left, right = max(cut.u[first], window[0]), min(cut.u[i + 1], window[1])
        points[int(number)] = float(right - min(inset, 0.5 * (right - left))), float(0.5 * (cut.v[j] + cut.v[j + 1]))
    return points


def _runs(flags: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Runs of set flags along the second axis: row, first, one past the last; each of shape (n,)."""
    change = np.diff(np.pad(flags.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    row, first = np.nonzero(change == 1)
    _, last = np.nonzero(change == -1)
    return row, first, last


def sample(
    cut: Cut, values: FloatArray, u: tuple[float, float], v: tuple[float, float], pixels: tuple[int, int]
) -> FloatArray:
    """A field at the middles of even pixels over a window, bilinear in each cell, NaN where the cut holds nothing.

    Parameters
    ----------
    values : at the corners of the cut's cells, shape (nu+1, nv+1)
    u, v : the window, mm
    Returns
    -------
    shape `pixels`
    """
    i, a = _cell_and_share(cut.u, u, pixels[0])
    j, b = _cell_and_share(cut.v, v, pixels[1])
    columns = (1 - a[:, None]) * values[i] + a[:, None] * values[i + 1]
    image = (1 - b) * columns[:, j] + b * columns[:, j + 1]
    image[cut.region[np.ix_(i, j)] == NOTHING] = np.nan
    return np.asarray(image)


def _cell_and_share(ticks: FloatArray, window: tuple[float, float], n: int) -> tuple[IntArray, FloatArray]:
    at = window[0] + (np.arange(n) + 0.5) * (window[1] - window[0]) / n
    cell = np.clip(np.searchsorted(ticks, at, side="right") - 1, 0, ticks.size - 2)
    return np.asarray(cell, np.int64), (at - ticks[cell]) / (ticks[cell + 1] - ticks[cell])
