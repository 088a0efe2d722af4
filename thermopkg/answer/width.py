"""Where does the width of the bracket come from? The constitutive error, slab by slab and part by part.

For the primal field u and the dual flux s of the same loads, the integral of |s + k grad u|^2 / k over the cells and
of (s.n - h u)^2 / h over the cooled faces is the width c_dual - c_primal, exactly so with both lattices' own quadrature
rules. Source: [pragersynge1947].
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import cell_kernels
from thermopkg.lattice.fluxes import FaceFluxes, FilmFlow
from thermopkg.lattice.primal import face_points
from thermopkg.lattice.sharing import Crew
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True, eq=False)
class Width:
    """What slabs between neighbouring ticks, and parts, add to a width [K W].

    `slabs` : through x, y, z, shapes (nx,), (ny,), (nz,): together the whole width
    `parts` : by the name of the solid or of the contact: again the whole
    """

    slabs: tuple[FloatArray, FloatArray, FloatArray]
    parts: Mapping[str, float]

    @property
    def total(self) -> float:
        return float(sum(slab.sum() for slab in self.slabs))

    def plus(self, other: "Width", factor: float, other_factor: float) -> "Width":
        """factor * self + other_factor * other."""
        slabs = [factor * a + other_factor * b for a, b in zip(self.slabs, other.slabs, strict=True)]
        parts = {name: factor * value + other_factor * other.parts[name] for name, value in self.parts.items()}
        return Width((slabs[0], slabs[1], slabs[2]), parts)


def width(model: VoxelModel, above: VoxelModel, rise: FloatArray, fluxes: FaceFluxes) -> Width:
    """The width between a primal field and a dual flux of the same loads.

    Parameters
    ----------
    model, above : as the primal and as the dual lattice see the package; one and the same unless circles are painted
    rise : primal, at the grid's corners, K
    """
    by_x = np.zeros(model.grid.shape[0])
    parts = Crew().share(
        cell_kernels.constitutive_error,
        by_x.size,
        model.grid.n_cells,
        *(model.region, model.conductivity_table, above.region, above.conductivity_table),
        *(*model.grid.steps, np.ascontiguousarray(rise), *fluxes.along, fluxes.gained),
        by_x,
    )
    by_y, by_z, by_region = (sum(arrays) for arrays in zip(*parts, strict=True))
    slabs = (by_x, np.asarray(by_y), np.asarray(by_z))
    regions = np.asarray(by_region)
    for film in fluxes.films:
        _add_film(model, rise, film, slabs, regions)
    by_solid: dict[str, float] = {}
    for region, value in zip(model.regions, regions, strict=True):
        name = region.contact or region.solid
        by_solid[name] = by_solid.get(name, 0.0) + float(value)
    return Width(slabs, by_solid)


def _add_film(
    model: VoxelModel, rise: FloatArray, film: FilmFlow, slabs: tuple[FloatArray, ...], regions: FloatArray
) -> None:
    """A film's own share, which halving the face's two sides lessens: half to the slabs of either."""
    finite = np.isfinite(film.film)
    cells = film.faces.cells[film.chosen][finite]
    heat, conductance = film.heat[finite], film.film[finite]
    first, second = (other for other in range(3) if other != film.faces.axis)
    index = np.unravel_index(cells, model.grid.shape)
    corners, _ = face_points(model, film.faces, film.chosen[finite])
    error = 0.25 * ((heat - conductance * (rise.ravel()[corners] - film.rise[finite])) ** 2).sum(axis=0) / conductance
    for other in (first, second):
        np.add.at(slabs[other], index[other], 0.5 * error)
    np.add.at(regions, model.region.ravel()[cells], error)
