"""Which elements and faces does a name mean? Meshes of scikit-fem, and the cells and faces of patches and surfaces."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from skfem import MeshHex, MeshTet

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.errors import ModelError
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import FacePatch, VolumePatch

CORNERS_TOLD = 3  # of a face that name it, the lowest numbers: three points of a brick's face belong to no other


@dataclass(frozen=True, eq=False)
class Places:
    """A model as scikit-fem sees it. Cells keep their numbers; faces have those of the mesh."""

    model: ElementModel

    @cached_property
    def mesh(self) -> Any:
        """MeshTet, the corners of every cell in ascending order, or MeshHex."""
        if self.model.cells.shape[0] == 4:
            return MeshTet(self.model.points, np.sort(self.model.cells, axis=0))
        return MeshHex(self.model.points, self.model.cells)

    @cached_property
    def _keys(self) -> tuple[IntArray, IntArray]:
        """Of all faces of the mesh in ascending order, and which face each belongs to."""
        keys = self._key(self.mesh.facets)
        order = np.argsort(keys)
        return keys[order], order

    def _key(self, corners: IntArray) -> IntArray:
        low = np.sort(corners, axis=0)[:CORNERS_TOLD].astype(np.int64)
        n = self.model.n_points
        assert n < 2_000_000, "three numbers of points fit into one of 63 bits"
        return np.asarray((low[0] * n + low[1]) * n + low[2])

    def facets(self, corners: IntArray) -> IntArray:
        """Numbers of the faces with these corners, shape (3 or 4, n)."""
        keys, order = self._keys
        wanted = self._key(corners)
        at = np.clip(np.searchsorted(keys, wanted), 0, keys.size - 1)
        assert (keys[at] == wanted).all(), "faces of the model are faces of the mesh"
        return np.asarray(order[at])

    def cells(self, patch: VolumePatch) -> IntArray:
        """Cells of a patch.

        Raises
        ------
        ModelError : the solids hold no cell
        """
        found = np.flatnonzero(self.model.cells_of(patch))
        if not found.size:
            raise ModelError(f"no cell belongs to {', '.join(sorted(patch.solids))}: other parts take all of its place")
        return found

    def face(self, patch: FacePatch) -> IntArray:
        """Faces of the mesh that make up a patch, which the outlines of the mesh have kept.

        Raises
        ------
        ModelError : the rectangle misses the solid's face
        """
        model, facets = self.model, self.mesh.facets
        in_plane = np.flatnonzero(model.on_plane(patch)[facets].all(axis=0))
        middle = model.points[:2, facets[:, in_plane]].mean(axis=1)
        inside = np.ones(in_plane.size, bool)
        for at, (low, high) in zip(middle, (patch.x, patch.y), strict=True):
            inside &= (at > low) & (at < high)
        chosen = in_plane[inside]
        own, heights = model.cells_of(patch), self._heights
        beside = np.zeros(chosen.size, bool)
        for side in self.mesh.f2t[:, chosen]:  # -1 where there is no second cell
            below = heights[side] < patch.z
            beside |= (side >= 0) & own[side] & (below == patch.top)
        if not beside.any():
            told = f"no part of the {'top' if patch.top else 'bottom'} face of {patch.solid} lies in the rectangle"
            raise ModelError(told)
        return np.asarray(chosen[beside])

    @cached_property
    def _heights(self) -> FloatArray:
        return np.asarray(self.model.points[2, self.model.cells].mean(axis=0))
