"""What does a balanced flux bound? Heat through the faces of tetrahedra, made exact in every cell, and its energy.

A flux s of lowest order that balances the heat, ∇·s = q, has an energy that is never below the compliance:

    c  <=  ∫ s·s / k  +  ∫ (s·n)² / h  +  2 ∫ (s·n) r

over the cells, over cooled faces, and over cooled and held ones, r the rise of what cools. This holds whatever flux it
is, and whatever found it: what a solver leaves unbalanced is sent out along a tree of well conducting faces, after
which every cell balances to rounding. Source: [pragersynge1947]; [raviartthomas1977]; [braess2007] ch. III
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.errors import ModelError
from thermopkg.fem.holding import ambients_differ
from thermopkg.fem.places import Places
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.mesh.quality import volumes
from thermopkg.system import AMBIENT

PIECE = 200_000  # cells that are worked out at once: some 200 MB
OPPOSITE = (3, 2, 1, 0)  # the corner that each of a cell's faces lacks, in scikit-fem's order of them


@dataclass(frozen=True, eq=False)
class FluxSpace:
    """The faces of a mesh, what is made in its cells and on its faces, and what takes heat from it.

    A flux is the heat through every face, W, shape (n_faces,): from the face's first cell to its second one, or out of
    the package. Loads are those of the system, AMBIENT last where coolants differ.
    """

    places: Places
    names: tuple[str, ...]
    in_cells: FloatArray  # heat of one unit of every load, W, shape (n_loads, n_cells)
    on_faces: FloatArray  # the same made on faces, W, shape (n_loads, n_faces)
    film: FloatArray  # what takes heat from a face, W/K, shape (n_faces,); infinite where held, 0 where nothing does
    rise: FloatArray  # of what cools over the reference, K, shape (n_faces,)

    @cached_property
    def inner(self) -> BoolArray:
        """Which faces lie between two cells."""
        return np.asarray(self.places.mesh.f2t[1] >= 0)

    @cached_property
    def outwards(self) -> FloatArray:
        """1 where a cell is the first one of its face, -1 where it is the second, shape (4, n_cells)."""
        mesh = self.places.mesh
        return np.where(mesh.f2t[0][mesh.t2f] == np.arange(mesh.t.shape[1]), 1.0, -1.0)

    def leaving(self, flux: FloatArray, load: int, piece: slice = slice(None)) -> FloatArray:
        """Heat that a flux takes out of cells through their faces, W, shape (4, n_cells).

        What is made on a face between two cells goes to either by halves, and the flux tells what is exchanged.
        """
        faces = self.places.mesh.t2f[:, piece]
        own = self.on_faces[load]
        return np.asarray(
            self.outwards[:, piece] * flux[faces] - np.where(self.inner[faces], 0.5, 1.0) * own[faces]
            if own.any()
            else self.outwards[:, piece] * flux[faces]
        )

    def left(self, flux: FloatArray, load: int) -> FloatArray:
        """Heat that is made in cells and does not leave them, W, shape (n_cells,)."""
        return np.asarray(self.in_cells[load] - self.leaving(flux, load).sum(axis=0))

    def rise_of(self, load: int) -> FloatArray:
        """Rise of what cools for one unit of a load, K, shape (n_faces,)."""
        return self.rise if self.names[load] == AMBIENT else np.zeros_like(self.rise)

    # ------------------------------------------------------------ balance
    def balanced(self, fluxes: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        """The fluxes with all that is left sent out along the tree, and nothing through adiabatic faces."""
        shut = ~self.inner & (self.film == 0)
        found = []
        for load, given in enumerate(fluxes):
            flux = np.where(shut, 0.0, given)
            below = self.left(flux, load)
            for nodes, parents, faces, signs in self._tree:
                flux[faces] += signs * below[nodes]
                inside = parents >= 0
                np.add.at(below, parents[inside], below[nodes[inside]])
            found.append(flux)
        return tuple(found)

    @cached_property
    def _tree(self) -> tuple[tuple[IntArray, IntArray, IntArray, FloatArray], ...]:
        """From the leaves up: cells, the next cell on their way out (-1: outside), the face between, and its sign.

        Raises
        ------
        ModelError : a cell has no way out
        """
        mesh, n = self.places.mesh, self.places.model.n_cells
        resistance = np.zeros(mesh.facets.shape[1])
        np.add.at(resistance, mesh.t2f, np.einsum("nii->in", self.resistances))
        outlets = np.flatnonzero(self.film > 0)
        resistance[outlets] += 1 / self.film[outlets]
        outlets = outlets[np.lexsort((resistance[outlets], mesh.f2t[0, outlets]))]
        _, first = np.unique(mesh.f2t[0, outlets], return_index=True)  # a cell in a corner may have several
        used = np.concatenate([np.flatnonzero(self.inner), outlets[first]])
        ends = mesh.f2t[:, used].astype(np.int64)
        ends[1, ends[1] < 0] = n
        graph = sp.coo_matrix((resistance[used], (ends[0], ends[1])), shape=(n + 1, n + 1)).tocsr()
        found = breadth_first_order(minimum_spanning_tree(graph), n, directed=False)
        order, before = (np.asarray(nodes, np.int64) for nodes in found)
        if order.size <= n:
            raise ModelError(f"{n + 1 - order.size:,} cells have no way for their heat to leave")
        keys = ends.min(axis=0) * (n + 1) + ends.max(axis=0)
        sorting = np.argsort(keys)
        own, parent = order[1:], before[order[1:]]
        wanted = np.minimum(own, parent) * (n + 1) + np.maximum(own, parent)
        faces = used[sorting[np.searchsorted(keys[sorting], wanted)]]
        signs = np.where(mesh.f2t[0, faces] == own, 1.0, -1.0)
        depth = _depths(order, before)[order[1:]]
        cuts = [0, *(np.flatnonzero(np.diff(depth)) + 1).tolist(), depth.size]
        parent = np.where(parent == n, -1, parent)
        return tuple((own[a:b], parent[a:b], faces[a:b], signs[a:b]) for a, b in reversed(list(pairwise(cuts))))

    # ------------------------------------------------------------ energy
    @cached_property
    def resistances(self) -> FloatArray:
        """M of all cells, K/W, shape (n_cells, 4, 4): ∫ s_i · s_j / k of the fluxes of one watt through one face."""
        n = self.places.model.n_cells
        found = np.empty((n, 4, 4))
        for start, stop in pairwise([*range(0, n, PIECE), n]):
            found[start:stop] = resistances(self.places, slice(start, stop))
        return found

    def drop(self, flux: FloatArray, load: int) -> FloatArray:
        """Half the slope of the energy with the heat through every face, K, shape (n_faces,)."""
        mesh, outlets = self.places.mesh, np.flatnonzero(self.film > 0)
        own = np.einsum("nij,jn->in", self.resistances, self.leaving(flux, load))
        found = np.zeros(flux.size)
        np.add.at(found, mesh.t2f, self.outwards * own)
        found[outlets] += flux[outlets] / self.film[outlets] + self.rise_of(load)[outlets]
        return np.asarray(found)

    def energy(self, fluxes: Sequence[FloatArray]) -> FloatArray:
        """The bound from above on the matrix of resistances, of balanced fluxes of all loads, K/W, shape (n, n)."""
        n = self.places.model.n_cells
        total = np.zeros((len(fluxes),) * 2)
        for start, stop in pairwise([*range(0, n, PIECE), n]):
            piece = slice(start, stop)
            own = np.stack([self.leaving(flux, load, piece) for load, flux in enumerate(fluxes)])
            total += np.einsum("ain,nij,bjn->ab", own, self.resistances[piece], own, optimize=True)
        outlets = np.flatnonzero(self.film > 0)
        out = np.stack([flux[outlets] for flux in fluxes])
        total += (out / self.film[outlets]) @ out.T
        if AMBIENT in self.names:
            taken = out @ self.rise[outlets]
            total[-1] += taken
            total[:, -1] += taken
        return np.asarray(0.5 * (total + total.T))


def flux_space(places: Places, patches: Mapping[str, Patch], reference: float) -> FluxSpace:
    """What is made and what cools, face by face, over the reference temperature (K).

    Raises
    ------
    ModelError : a patch is empty, or something conducts nothing along some axis, as layers of contacts do
    """
    model = places.model
    if (model.conductivity <= 0).any():
        told = "a contact conducts nothing along itself: bounds of tetrahedra from above are not known for it"
        raise ModelError(told)
    area, size = areas(model.points, places.mesh.facets), volumes(model)
    film, rise = np.zeros(area.size), np.zeros(area.size)
    for facets in model.exposed:
        if facets.surface >= 0:
            surface, own = model.surfaces[facets.surface], places.facets(facets.corners)
            film[own] = surface.film * area[own]
            rise[own] = surface.temperature - reference
    names = (*patches, *((AMBIENT,) if ambients_differ(model, reference) else ()))
    in_cells, on_faces = np.zeros((len(names), model.n_cells)), np.zeros((len(names), area.size))
    for load, patch in enumerate(patches.values()):
        if isinstance(patch, VolumePatch):
            cells = places.cells(patch)
            in_cells[load, cells] = size[cells] / size[cells].sum()
        else:
            faces = places.face(patch)
            on_faces[load, faces] = area[faces] / area[faces].sum()
    return FluxSpace(places, names, in_cells, on_faces, film, rise)


def resistances(places: Places, piece: slice) -> FloatArray:
    """M of some cells, K/W, shape (m, 4, 4): ∫ λ_a λ_b = |T| (1 + δ_ab) / 20 makes them exact."""
    mesh, model = places.mesh, places.model
    corners = mesh.p[:, mesh.t[:, piece]].transpose(2, 1, 0)  # (m, 4, 3); scikit-fem's own order of a cell's corners
    edges = corners[:, 1:] - corners[:, :1]
    volume = np.abs(np.linalg.det(edges)) / 6
    apex = corners[:, list(OPPOSITE)]
    away = corners[:, None, :, :] - apex[:, :, None, :]  # (m, face, corner, 3)
    conductivity = np.where(model.in_contact[piece], 1.0, model.conductivity[:, piece])  # of those nothing is taken
    weighted = away / conductivity.T[:, None, None, :]
    both = np.einsum("niac,njac->nij", weighted, away)
    total = np.einsum("nic,njc->nij", weighted.sum(axis=2), away.sum(axis=2))
    return np.asarray((both + total) / (180 * volume[:, None, None]))  # |T| / 20 over (3 |T|)²


def areas(points: FloatArray, corners: IntArray) -> FloatArray:
    """Of triangles, m^2, shape (n,)."""
    a, b, c = (points[:, corners[i]] for i in range(3))
    return np.asarray(0.5 * np.linalg.norm(np.cross(b - a, c - a, axis=0), axis=0))


def _depths(order: IntArray, before: IntArray) -> IntArray:
    """How many steps every node of a tree is from its root, the first in the order; by doubling, shape (n,)."""
    towards = before.copy()
    towards[order[0]] = order[0]
    depth = (towards != np.arange(towards.size)).astype(np.int64)
    while (towards != order[0]).any():
        depth += depth[towards]
        towards = towards[towards]
    return np.asarray(depth)
