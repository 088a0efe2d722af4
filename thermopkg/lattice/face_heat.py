"""What becomes of heat that is put onto a face between cells? It parts by what both sides conduct.

Heat Q on a face between conductances g1 and g2: Q g1/(g1+g2) reaches the first side, Q g2/(g1+g2) the second, and the
face lies Q/(g1+g2) above what the two sides alone would make of it. On a cooled face one side is the film.
"""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.patch import FacePatch, face_shares
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True, eq=False)
class FaceHeat:
    """One watt on a face patch, column by column; arrays of shape (nx, ny)."""

    plane: int
    share: FloatArray  # W on each column's face
    to_below: FloatArray  # W that reach the cell below
    to_above: FloatArray  # W that reach the cell above
    to_film: FloatArray  # W that leave at once
    total: FloatArray  # conductance of both sides, W/K; infinite on a held face
    film_rise: FloatArray  # of the coolant over the reference, K

    def load(self, shape: tuple[int, int, int]) -> FloatArray:
        """The heat as it reaches the cells, W, shape (nx, ny, nz)."""
        load = np.zeros(shape)
        if self.plane > 0:
            load[:, :, self.plane - 1] = self.to_below
        if self.plane < shape[2]:
            load[:, :, self.plane] = self.to_above
        return load


def heat_on_face(model: VoxelModel, patch: FacePatch, reference: float) -> FaceHeat:
    """How one watt, spread evenly over the patch, parts; `reference` in K."""
    plane, share = face_shares(model, patch)
    below, film_below, rise_below = _side(model, plane - 1, True, reference)
    above, film_above, rise_above = _side(model, plane, False, reference)
    film = film_below + film_above
    total = below + above + film
    per_conductance = np.divide(share, total, out=np.zeros_like(total), where=total > 0)
    # a held face takes all heat that is put on it: an infinite film leaves nothing for the cells
    with np.errstate(invalid="ignore"):
        to_film = np.where(np.isinf(film), share, film * per_conductance)
    film_rise = np.where(film_below > 0, rise_below, rise_above)
    return FaceHeat(plane, share, below * per_conductance, above * per_conductance, to_film, total, film_rise)


def _side(model: VoxelModel, layer: int, high: bool, reference: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What a plane's side conducts: by half a cell, or by the film on the other side's bare face, W/K; and its rise.

    `layer` is the layer of cells on that side, `high` whether the plane is their high face; shapes (nx, ny).
    """
    nx, ny, nz = model.grid.shape
    half, film, rise = np.zeros((nx, ny)), np.zeros((nx, ny)), np.zeros((nx, ny))
    if 0 <= layer < nz:
        dx, dy, dz = model.grid.steps
        table = model.conductivity_table[2]
        half = 2 * table[model.region[:, :, layer]] * dx[:, None] * dy[None, :] / dz[layer]
    other = layer + 1 if high else layer - 1  # the cells across the plane, which are bare where this side is nothing
    for faces in model.exposed:
        if faces.axis == 2 and faces.high is not high:
            i, j, k = np.unravel_index(faces.cells, model.grid.shape)
            here = (k == other) & (faces.surface >= 0)
            films = np.array([surface.film for surface in model.surfaces])
            rises = np.array([surface.temperature - reference for surface in model.surfaces])
            area = model.grid.steps[0][i[here]] * model.grid.steps[1][j[here]]
            film[i[here], j[here]] = films[faces.surface[here]] * area
            rise[i[here], j[here]] = rises[faces.surface[here]]
    return half, film, rise
