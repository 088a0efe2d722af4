"""How much heat crosses every cell face? The fluxes of a dual field, which balance the heat in every cell."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice.dual import half_cell_at
from thermopkg.lattice.face_heat import heat_on_face
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.patch import FacePatch, Patch
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.system import AMBIENT, ThermalSystem


@dataclass(frozen=True, eq=False)
class FilmFlow:
    """Heat into the film of exposed faces, W, and what the film conducts, W/K; all of shape (n,)."""

    faces: ExposedFaces
    chosen: IntArray  # which of `faces`
    heat: FloatArray
    film: FloatArray
    rise: FloatArray  # of the coolant over the reference, K


@dataclass(frozen=True, eq=False)
class FaceFluxes:
    """Heat through every face in the sense of its axis, W.

    `along` : as the cell below the face sees it, one more than the cells along its axis
    `gained` : what a face hands to the cell above it beyond that, where heat is made on the face; shape of along[2]
    """

    along: tuple[FloatArray, FloatArray, FloatArray]
    gained: FloatArray
    films: tuple[FilmFlow, ...]


def face_fluxes(
    model: VoxelModel,
    system: ThermalSystem,
    rise: FloatArray,
    patches: Mapping[str, Patch],
    amounts: Mapping[str, float],
    reference: float,
) -> FaceFluxes:
    """The fluxes of a dual field.

    Parameters
    ----------
    rise : of the cells, K, for `amounts` (W) of the loads on `patches`; `reference` in K
    """
    lattice = assembled(system.lattice)
    along = tuple(np.zeros([n + (a == axis) for a, n in enumerate(model.grid.shape)]) for axis in range(3))
    for axis, conductance in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        inner = [slice(None)] * 3
        inner[axis] = slice(1, -1)
        along[axis][tuple(inner)] = -conductance * np.diff(rise, axis=axis)
    coolant = amounts.get(AMBIENT, 0.0)
    films = []
    for faces in model.exposed:
        cooled = np.flatnonzero(faces.surface >= 0)
        if cooled.size:
            films.append(_through_films(model, faces, cooled, rise, coolant, reference, along[faces.axis]))
    gained = np.zeros_like(along[2])
    for name, amount in amounts.items():
        patch = patches.get(name)
        if isinstance(patch, FacePatch) and amount:
            heat = heat_on_face(model, patch, reference)
            along[2][:, :, heat.plane] -= amount * heat.to_below
            gained[:, :, heat.plane] += amount * (heat.to_below + heat.to_above)
            for film in films:
                _add_direct(model, film, heat.plane, amount * heat.to_film)
    return FaceFluxes((along[0], along[1], along[2]), gained, tuple(films))


def _through_films(
    model: VoxelModel,
    faces: ExposedFaces,
    cooled: IntArray,
    rise: FloatArray,
    coolant: float,
    reference: float,
    along: FloatArray,
) -> FilmFlow:
    half, area = half_cell_at(model, faces, cooled)
    surface = faces.surface[cooled]
    film = np.array([s.film for s in model.surfaces])[surface] * area
    own = coolant * np.array([s.temperature - reference for s in model.surfaces])[surface]
    heat = (rise.ravel()[faces.cells[cooled]] - own) / (1 / half + 1 / film)
    index = list(np.unravel_index(faces.cells[cooled], model.grid.shape))
    index[faces.axis] = index[faces.axis] + int(faces.high)
    along[tuple(index)] = heat if faces.high else -heat
    return FilmFlow(faces, cooled, heat.copy(), film, own)


def _add_direct(model: VoxelModel, film: FilmFlow, plane: int, heat: FloatArray) -> None:
    """Heat put onto a cooled face that leaves by its film at once; changes `film.heat` in place."""
    if film.faces.axis != 2:
        return
    i, j, layer = np.unravel_index(film.faces.cells[film.chosen], model.grid.shape)
    here = layer + int(film.faces.high) == plane
    film.heat[here] += heat[i[here], j[here]]
