"""How fine must a grid be for the first moments? Cells that grow with their distance from where heat is made.

Heat has come as far as sqrt(t k / c) after a time t: nothing that lies deeper is felt yet, and within that depth the
rise bends. A cell at the distance d from an active face may be as long as a share of that depth at the first time that
is asked for, and a share of d: then every later time, too, finds as many cells in its own depth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import FacePatch, face_shares
from thermopkg.mesh.storage import check_storage
from thermopkg.mesh.voxel import VoxelModel

ACROSS = (0.1, 0.3)  # of the depth and of the distance, of a cell above or below an active face
ALONG = (0.3, 0.5)  # beside its edges, where only a strip as wide as the depth differs from the middle
COARSER = 1.3  # on both shares, while the grid has more cells than it may
COARSEST = 8.0  # times the shares, from where on the first times are left to the bracket of the two lattices
SAMPLES = 100  # of the cells' length on the way from a face, evenly over the decades


@dataclass(frozen=True)
class Mark:
    """A plane that cells are to be short beside: at `place`, `first` long on its low and high side, m.

    They may grow by `growth` of their distance; None where nothing is asked on a side.
    """

    place: float
    first: tuple[float | None, float | None]
    growth: float

    def longest(self, at: FloatArray) -> FloatArray:
        """How long a cell may be, m."""
        length = np.full(at.shape, np.inf)
        for first, beyond in zip(self.first, (self.place - at, at - self.place), strict=True):
            if first is not None:
                own = beyond >= 0
                length[own] = np.minimum(length[own], first + self.growth * beyond[own])
        return length


@dataclass(frozen=True, eq=False)
class Resolved:
    """A grid for the first moments; `coarser` tells by how much it falls short of what they ask for, 1 for not at all.

    `depth` is how far heat has come at the first time where it spreads fastest beside an active face, m
    """

    grid: Grid
    coarser: float
    depth: float


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
    sides = [_depths(model, face, first) for face in faces]
    deepest = max((depth for pair in sides for depth, _ in pair if depth is not None), default=np.inf)
    coarser = 1.0
    while True:
        marks: tuple[list[Mark], list[Mark], list[Mark]] = ([], [], [])
        for face, ((below, low), (above, high)) in zip(faces, sides, strict=True):
            across = tuple(None if depth is None else coarser * ACROSS[0] * depth for depth in (below, above))
            marks[2].append(Mark(face.z, (across[0], across[1]), coarser * ACROSS[1]))
            along = below if above is None or (below is not None and low >= high) else above
            if along is not None:
                share = coarser * ALONG[0] * along
                for axis, ends in enumerate((face.x, face.y)):
                    marks[axis] += [Mark(end, (share, share), coarser * ALONG[1]) for end in ends]
        x, y, z = (_cut(ticks, own) for ticks, own in zip(model.grid.axes, marks, strict=True))
        grid = Grid(x, y, z, model.grid.mirrored)
        if affordable(grid) or coarser * COARSER > COARSEST:
            return Resolved(grid, coarser, float(deepest))
        coarser *= COARSER


def _depths(model: VoxelModel, face: FacePatch, first: float) -> tuple[tuple[float | None, float], ...]:
    """How far heat has come below and above a face, m, and how readily it goes there (k c); None where it cannot.

    Of several materials the one where it has come least far, unless that takes next to nothing.
    """
    plane, shares = face_shares(model, face)
    capacity, conductivity = model.capacity_table, model.conductivity_table[2]
    found: list[tuple[float | None, float]] = []
    for layer in (plane - 1, plane):
        depth, readiness = None, 0.0
        if 0 <= layer < model.grid.shape[2]:
            numbers = model.region[:, :, layer]
            for number in np.unique(numbers[shares > 0]):
                own = int(number) if number < 0 or model.regions[number].of is None else model.regions[number].of
                assert own is not None
                stored, conducting = capacity[own], conductivity[own]
                if own < 0 or not (stored > 0 and conducting > 0):
                    continue
                way = float(np.sqrt(first * conducting / stored))
                depth = way if depth is None else min(depth, way)
                readiness += float(shares[numbers == number].sum() * stored * conducting)
        found.append((depth, readiness))
    return tuple(found)


def _cut(ticks: FloatArray, marks: Sequence[Mark]) -> FloatArray:
    """Ticks with every interval cut into pieces no longer than all marks allow; each piece is as long as it may."""
    if not marks:
        return ticks
    pieces = []
    for low, high in zip(ticks[:-1], ticks[1:], strict=True):
        at = _samples(low, high, marks)
        density = 1 / np.min([mark.longest(at) for mark in marks], axis=0)
        counted = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(at))])
        count = max(1, int(np.ceil(counted[-1] - 1e-6)))
        pieces.append(np.interp(np.arange(count) * (counted[-1] / count), counted, at) if count > 1 else [low])
    return np.append(np.concatenate(pieces), ticks[-1])


def _samples(low: float, high: float, marks: Sequence[Mark]) -> FloatArray:
    """Where the length that is allowed is looked at between two ticks: dense beside the marks."""
    at = [np.linspace(low, high, SAMPLES)]
    for mark in marks:
        for first, sign in zip(mark.first, (-1.0, 1.0), strict=True):
            if first is not None:
                span = max(abs(mark.place - low), abs(mark.place - high), 2 * first)
                at.append(mark.place + sign * np.append(0.0, np.geomspace(0.1 * first, span, SAMPLES)))
    together = np.unique(np.concatenate(at))
    return together[(together >= low) & (together <= high)]

