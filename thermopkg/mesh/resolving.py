"""How fine must a grid be for the first moments? Cells that grow with the time that heat takes to reach them.

Heat has come as far as sqrt(a t) after a time t, a = k / c the diffusivity: nothing that lies deeper is felt yet, and
within that depth the rise bends. A place that heat reaches through layers of thicknesses d lies at a time tau^2 from
where it is made, tau = sum of d / sqrt(a). A cell there may be as long as a share of what the depth is at that time,
and at an active face as a share of the depth at the first time that is asked for: so every time finds as many cells in
its own depth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import FacePatch, face_shares
from thermopkg.mesh.storage import check_storage
from thermopkg.mesh.voxel import VoxelModel

ACROSS = (0.1, 0.3)  # shares of the depth at first and later on, of a cell above or below an active face
ALONG = (0.3, 0.5)  # beside its edges, where only a strip as wide as the depth differs from the middle
COARSER = 1.3  # times both shares, while the grid has more cells than it may
COARSEST = 10.0  # times a share, from where on it gains nothing, and the distance of the two lattices must tell
SAMPLES = 100  # of the cells' length on the way from a face, evenly over the decades


@dataclass(frozen=True, eq=False)
class Mark:
    """A plane that cells are to be short beside, on the layers that heat goes through from there.

    `ticks` of the layers, m, shape (n + 1,); `slowest` and `fastest` what is sqrt(a) in them, m/s^(1/2), infinite
    where no heat is stored, shape (n,); `first` and `growth` the shares of sqrt(time)
    """

    place: float
    ticks: FloatArray
    slowest: FloatArray
    fastest: FloatArray
    first: float  # s^(1/2): share of the root of the first time
    growth: float

    def longest(self, at: FloatArray, layer: int) -> FloatArray:
        """How long a cell of one layer may be at places in it, m."""
        passed = np.concatenate([[0.0], np.cumsum(np.diff(self.ticks) / self.fastest)])
        tau = np.abs(np.interp(at, self.ticks, passed) - np.interp(self.place, self.ticks, passed))
        return np.asarray(self.slowest[layer] * (self.first + self.growth * tau))

    def shortest(self, layer: int) -> float:
        """How long a cell of one layer may be at the very plane, m."""
        return float(self.slowest[layer] * self.first)


@dataclass(frozen=True, eq=False)
class Resolved:
    """A grid for the first moments.

    `coarser` tells by how much it falls short of what they ask for: 1 for not at all, infinite where nothing was done.
    """

    grid: Grid
    coarser: float


def resolved(
    model: VoxelModel, faces: Sequence[FacePatch], first: float, affordable: Callable[[Grid], bool]
) -> Resolved:
    """The grid of a model with cells cut until they resolve a first time, s, at its active faces; all ticks stay.

    Parameters
    ----------
    affordable : a grid that is not is made coarser beside the faces
    Raises
    ------
    CaseError : a material does not tell what it stores
    """
    if model.package is not None:
        check_storage(model.package)
    coarser, root = 1.0, float(np.sqrt(first))
    while coarser <= COARSEST**2:
        marks: tuple[list[Mark], list[Mark], list[Mark]] = ([], [], [])
        for face in faces:
            slowest, fastest, beside = _speeds(model, face)
            across = float(np.sqrt(coarser))  # first moments go by what lies across, and lines of cells cost little
            shares = across * ACROSS[0] * root, across * ACROSS[1]
            marks[2].append(Mark(face.z, model.grid.z, slowest, fastest, *shares))
            shares = coarser * ALONG[0] * root, coarser * ALONG[1]
            for axis, ends in enumerate((face.x, face.y) if coarser <= COARSEST else ()):
                ticks = model.grid.axes[axis]
                even = np.full(ticks.size - 1, beside)
                inside = [end for end in ends if ticks[0] <= end <= ticks[-1]]  # of a half only one edge is there
                marks[axis].extend(Mark(end, ticks, even, even, *shares) for end in inside)
        x, y, z = (_cut(ticks, own) for ticks, own in zip(model.grid.axes, marks, strict=True))
        grid = Grid(x, y, z, model.grid.mirrored)
        if affordable(grid):
            return Resolved(grid, coarser)
        coarser *= COARSER
    return Resolved(model.grid, np.inf)


def _speeds(model: VoxelModel, face: FacePatch) -> tuple[FloatArray, FloatArray, float]:
    """sqrt(a) of the slowest and of the fastest material in every layer over and under a face, shape (nz,), m/s^(1/2).

    And that of what takes most of the heat at the face, by sqrt(k c).
    """
    plane, shares = face_shares(model, face)
    numbers = np.array([n if region.of is None else region.of for n, region in enumerate(model.regions)] + [-1])
    capacity, conductivity = model.capacity_table[numbers], model.conductivity_table[2][numbers]
    stores = (capacity > 0) & (conductivity > 0)
    speed = np.sqrt(np.divide(conductivity, capacity, out=np.full(capacity.size, np.inf), where=stores))
    own = model.region[shares > 0]  # shape (n_columns, nz)
    slowest = speed[own].min(axis=0)
    fastest = np.where(np.isfinite(speed), speed, 0.0)[own].max(axis=0)
    readiness = np.where(stores, conductivity * capacity, 0.0)
    layers = [layer for layer in (plane - 1, plane) if 0 <= layer < model.grid.shape[2]]
    best = max((int(n) for n in np.unique(own[:, layers])), key=lambda n: float(readiness[n]))
    return slowest, np.where(fastest > 0, fastest, np.inf), float(speed[best])


def _cut(ticks: FloatArray, marks: Sequence[Mark]) -> FloatArray:
    """Ticks with every layer cut into pieces no longer than all marks allow; each piece is as long as it may."""
    if not marks:
        return ticks
    pieces: list[FloatArray] = []
    for layer, (low, high) in enumerate(pairwise(ticks)):
        at = _samples(low, high, layer, marks)
        density = 1 / np.min([mark.longest(at, layer) for mark in marks], axis=0)
        counted = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(at))])
        count = max(1, int(np.ceil(counted[-1] - 1e-6)))  # a piece may be too long by rounding
        pieces.append(np.interp(np.arange(count) * (counted[-1] / count), counted, at) if count > 1 else ticks[[layer]])
    return np.concatenate([*pieces, ticks[-1:]])


def _samples(low: float, high: float, layer: int, marks: Sequence[Mark]) -> FloatArray:
    """Where the length that is allowed is looked at in a layer: dense beside the marks."""
    at = [np.linspace(low, high, SAMPLES)]
    for mark in marks:
        if np.isfinite(first := mark.shortest(layer)):
            span = max(abs(mark.place - low), abs(mark.place - high), 2 * first)
            steps = np.append(0.0, np.geomspace(0.1 * first, span, SAMPLES))
            at += [mark.place - steps, mark.place + steps]
    together = np.unique(np.concatenate(at))
    return np.unique(np.append(together[(together > low) & (together < high)], [low, high]))
