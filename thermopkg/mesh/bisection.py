"""How are some cells of a mesh of tetrahedra made smaller? By halving their longest edges, and those of neighbours.

A cell is always cut at the longest of its edges, and among equal ones at that of the highest numbers. A face is then
cut at its own longest edge first, from whichever side, so that neighbours agree; a cell with an edge that another one
has cut is cut as well, until none is left. Old points stay, and children are of the region of their parent.
Source: [rivara1984]
"""

from dataclasses import dataclass, replace

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.mesh.elements import ElementModel

CELL_EDGES = np.array([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]).T
FACE_EDGES = np.array([(0, 1), (0, 2), (1, 2)]).T
KEY = 1 << 31  # more than the number of any point


@dataclass(frozen=True, eq=False)
class Bisected:
    """The finer mesh and how its points were made.

    `parent` : the coarse cell that each fine one is a piece of, shape (n_cells,)
    `ends` : round by round, the two points whose middle is each new one, numbers of earlier rounds, shape (2, n)
    """

    model: ElementModel
    parent: IntArray
    ends: tuple[IntArray, ...]

    def after(self, before: "Bisected") -> "Bisected":
        """Both steps as one."""
        return Bisected(self.model, before.parent[self.parent], before.ends + self.ends)

    def carried(self, field: FloatArray) -> FloatArray:
        """A field at the corners of the coarse mesh, linear in its cells, at those of the fine one."""
        for ends in self.ends:
            field = np.concatenate([field, field[ends].mean(axis=0)])
        return field


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Edges that have been cut, as ascending keys, and the point in the middle of each."""

    keys: IntArray
    points: IntArray

    def at(self, keys: IntArray) -> IntArray:
        """The point in the middle of edges; -1 of those that are whole."""
        if not self.keys.size:
            return np.full(keys.shape, -1)
        place = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        return np.where(self.keys[place] == keys, self.points[place], -1)

    def plus(self, keys: IntArray, first: int) -> "_Cuts":
        """With more edges, whose points are numbered from the first on."""
        both = np.concatenate([self.keys, keys])
        order = np.argsort(both)
        points = np.concatenate([self.points, first + np.arange(keys.size)])
        return _Cuts(both[order], points[order])


def bisected(model: ElementModel, marked: BoolArray) -> Bisected:
    """The mesh with the marked cells halved at least once, and as few others as neighbours need.

    Parameters
    ----------
    marked : shape (n_cells,)
    """
    points, cells, parent = model.points, np.asarray(model.cells, np.int64), np.arange(model.n_cells)
    cuts, rounds = _Cuts(np.zeros(0, np.int64), np.zeros(0, np.int64)), list[IntArray]()
    chosen = np.flatnonzero(marked)
    while chosen.size:
        local, keys = _longest(points, cells[:, chosen], CELL_EDGES)
        new = np.unique(keys[cuts.at(keys) < 0])
        ends = np.stack(np.divmod(new, KEY))
        cuts = cuts.plus(new, points.shape[1])
        points = np.concatenate([points, points[:, ends].mean(axis=1)], axis=1)
        rounds.append(ends)
        cells, children = _halved(cells, chosen, CELL_EDGES[:, local], cuts.at(keys))
        parent = np.concatenate([parent, parent[chosen]])
        cells = np.concatenate([cells, children], axis=1)
        ended = np.zeros(points.shape[1], bool)
        ended[np.concatenate(np.divmod(cuts.keys, KEY))] = True
        near = np.flatnonzero(ended[cells].sum(axis=0) >= 2)
        chosen = near[(cuts.at(_keys(cells[:, near], CELL_EDGES)) >= 0).any(axis=0)]
    exposed = tuple(replace(facets, corners=_cut_faces(points, facets.corners, cuts)) for facets in model.exposed)
    finer = replace(model, points=points, cells=cells, region=model.region[parent], exposed=exposed)
    return Bisected(finer, parent, tuple(rounds))


def _cut_faces(points: FloatArray, corners: IntArray, cuts: _Cuts) -> IntArray:
    """Triangles as their cells have been cut."""
    corners = np.asarray(corners, np.int64)
    while True:
        chosen = np.flatnonzero((cuts.at(_keys(corners, FACE_EDGES)) >= 0).any(axis=0))
        if not chosen.size:
            return corners
        local, keys = _longest(points, corners[:, chosen], FACE_EDGES)
        middles = cuts.at(keys)
        assert (middles >= 0).all(), "a face is cut at its longest edge first"
        corners, children = _halved(corners, chosen, FACE_EDGES[:, local], middles)
        corners = np.concatenate([corners, children], axis=1)


def _halved(simplices: IntArray, chosen: IntArray, edge: IntArray, middle: IntArray) -> tuple[IntArray, IntArray]:
    """Simplices with some replaced by one half of theirs, and the other halves."""
    one, other, at = simplices.copy(), simplices[:, chosen], np.arange(chosen.size)
    one[edge[1], chosen] = middle
    other[edge[0], at] = middle
    return one, other


def _keys(simplices: IntArray, edges: IntArray) -> IntArray:
    """One number for every edge, the lower of its points first, shape (n_edges, n)."""
    both = simplices[edges]  # (2, n_edges, n)
    return np.asarray(both.min(axis=0) * KEY + both.max(axis=0))


def _longest(points: FloatArray, simplices: IntArray, edges: IntArray) -> tuple[IntArray, IntArray]:
    """Which edge of each is the longest, and its key."""
    keys = _keys(simplices, edges)
    low, high = np.divmod(keys, KEY)
    length = ((points[:, high] - points[:, low]) ** 2).sum(axis=0)
    longest = np.where(length == length.max(axis=0), keys, -1).argmax(axis=0)
    return longest, keys[longest, np.arange(longest.size)]
