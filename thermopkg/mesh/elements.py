"""What is a mesh of elements? Points, cells with their regions, and faces that border on nothing."""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import Surface

ON_PLANE = 2e-10  # m; what lies this near to a plane lies in it: planes nearer than half of it have been merged


@dataclass(frozen=True, eq=False)
class ExposedFacets:
    """Faces of cells that border on nothing, of one part and looking one way, and the surface that takes their heat.

    `corners` are numbers of points, shape (3, n) of tetrahedra, (4, n) of bricks
    """

    part: str
    face: str  # "top", "bottom" or "sides"
    surface: int  # of the model's surfaces; -1: adiabatic
    corners: IntArray


@dataclass(frozen=True, eq=False)
class ElementModel:
    """A package, or part of one, as tetrahedra (four points each) or bricks (eight, for tests).

    `points` in m, shape (3, n_points); `cells` numbers of points, shape (4 or 8, n_cells); `region` of each cell
    indexes `regions`, shape (n_cells,). A half or a quarter stands for `copies` of itself, whose surfaces' films have
    been multiplied already.
    """

    points: FloatArray
    cells: IntArray
    region: IntArray
    regions: tuple[Region, ...]
    surfaces: tuple[Surface, ...]
    exposed: tuple[ExposedFacets, ...]
    copies: int = 1

    @property
    def n_cells(self) -> int:
        return int(self.cells.shape[1])

    @property
    def n_points(self) -> int:
        return int(self.points.shape[1])

    @property
    def conductivity(self) -> FloatArray:
        """Of every cell along x, y, z, W/m/K, as often as there are copies of it, shape (3, n_cells)."""
        table = self.copies * np.stack([region.conductivity for region in self.regions], axis=1)
        return np.asarray(table[:, self.region])

    @property
    def in_contact(self) -> BoolArray:
        """Which cells are the layer of a contact, and conduct across it alone, shape (n_cells,)."""
        return np.asarray(np.array([region.of is not None for region in self.regions])[self.region])

    @property
    def middles(self) -> FloatArray:
        """Means of the corners of all cells, m, shape (3, n_cells)."""
        return np.asarray(self.points[:, self.cells].mean(axis=1))

    def cells_of(self, patch: Patch) -> BoolArray:
        """Which cells make up a patch, or lie on the side of it that its solid is on, shape (n_cells,)."""
        solids = patch.solids if isinstance(patch, VolumePatch) else {patch.solid}
        table = np.array([region.solid in solids and region.of is None for region in self.regions])
        return np.asarray(table[self.region])

    def on_plane(self, patch: FacePatch) -> BoolArray:
        """Which points lie in the plane of a patch, shape (n_points,)."""
        return np.asarray(np.abs(self.points[2] - patch.z) < ON_PLANE)
