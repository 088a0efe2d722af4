"""Where are the kelvins? The answer's energy by region, layer and film, and what each solid and film has of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.answer.products import Fluxes, PrimalFields, Products
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.fluxes import FaceFluxes
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True, eq=False)
class Energies:
    """What all that conducts has of an energy: by axis, region and layer, by upright films and layers, by other films.

    Shapes (3, n_regions, nz), (n_surfaces, nz), (n_surfaces,). Over an answer these are shares of it.
    """

    cells: FloatArray
    sides: FloatArray
    flats: FloatArray

    @property
    def total(self) -> float:
        """All of it."""
        return float(self.cells.sum() + self.sides.sum() + self.flats.sum())


def of_fields(model: VoxelModel, products: Products) -> Energies:
    """The energy that a pair of primal fields has in common, K W: the integral of k du dv, and of h u v over films."""
    film = np.array([surface.film for surface in model.surfaces])
    finite = np.where(np.isinf(film), 0.0, film)  # nothing falls over a held face
    conductivity = _conductivity(model)
    return Energies(products.cells * conductivity, products.sides * finite[:, None], products.flats * finite)


def of_fluxes(model: VoxelModel, products: Products) -> Energies:
    """The energy that a pair of fluxes has in common, K W: the integral of f g / k, and of f g / h over films."""
    inverse = 1 / np.array([surface.film for surface in model.surfaces])
    conductivity = _conductivity(model)
    # nothing flows where nothing conducts, as along a contact
    cells = np.divide(products.cells, conductivity, out=np.zeros_like(products.cells), where=conductivity > 0)
    return Energies(cells, products.sides * inverse[:, None], products.flats * inverse)


def energies(
    sides: tuple[VoxelModel, VoxelModel], n_regions: int, fields: Products, fluxes: Products, answer: float
) -> Energies:
    """Shares of an answer [K/W or K W], the middle of both lattices, in everything that conducts.

    Parameters
    ----------
    sides : the package as the primal and as the dual lattice see it
    n_regions : of the package; what only one side sees, where a circle cuts, counts to the solid whose it is
    """
    half = 0.5 / answer if answer else 0.0  # nothing has a share of nothing
    below, above = of_fields(sides[0], fields), of_fluxes(sides[1], fluxes)
    cells = _of_solids(sides[0], n_regions, below.cells) + _of_solids(sides[1], n_regions, above.cells)
    return Energies(half * cells, half * (below.sides + above.sides), half * (below.flats + above.flats))


def _of_solids(side: VoxelModel, n_regions: int, cells: FloatArray) -> FloatArray:
    """By axis, region and layer, with the regions beyond the first added to those of their solids."""
    found = cells[:, :n_regions].copy()
    solids = [region.solid for region in side.regions[:n_regions]]
    for number, region in enumerate(side.regions[n_regions:], n_regions):
        found[:, solids.index(region.solid)] += cells[:, number]
    return found


def by_solid(model: VoxelModel, found: Energies) -> dict[str, float]:
    """What each solid and each film has of an energy, most first; layers of one solid are told together."""
    shares: dict[str, float] = {}
    for region, share in zip(model.regions, found.cells.sum(axis=(0, 2)), strict=True):
        shares[region.solid] = shares.get(region.solid, 0.0) + float(share)
    for surface, share in zip(model.surfaces, found.sides.sum(axis=1) + found.flats, strict=True):
        name = f"film of {surface.name}"
        shares[name] = shares.get(name, 0.0) + float(share)
    return most_first(shares)


def most_first(shares: Mapping[str, float]) -> dict[str, float]:
    """The same, largest first."""
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _conductivity(model: VoxelModel) -> FloatArray:
    """Of every region along x, y, z, W/m/K, as the lattices count it, shape (3, n_regions, 1)."""
    return model.conductivity_table[:, :-1, None]


# ---------------------------------------------------------------- of the powers of a case
@dataclass(frozen=True)
class Shares:
    """Where the rise is spent that the powers of a case make.

    `rise` is the mean over the sources, each by its power, K: of a single chip the rise of its junction. `by_part` is
    the share of it in each solid and in each film, most first; together one. `below` and `above` are the energies of
    the primal and of the dual field, K W; they are powers times rises on either lattice.
    """

    rise: float
    by_part: Mapping[str, float]
    below: float
    above: float


def shares(
    sides: tuple[VoxelModel, VoxelModel],
    rise: FloatArray,
    fluxes: FaceFluxes,
    places: Mapping[str, Patch],
    powers: Mapping[str, float],
) -> Shares:
    """What each solid and film has of the energies of both fields, half from either.

    Parameters
    ----------
    sides : the package as the primal and as the dual lattice see it
    rise : primal, of `powers`, K at the grid's corners; `fluxes` the dual ones
    places : of the loads that `powers` (W) names, and of no more than these
    """
    fields, crossing = PrimalFields(sides[0]), Fluxes(sides[1], places)
    u, f = fields.vector(rise), crossing.vector(fluxes)
    halves = of_fields(sides[0], fields.products(u, u)), of_fluxes(sides[1], crossing.products(f, f))
    below, above = (half.total for half in halves)
    whole = below + above or 1.0  # of no rise nothing has a share
    parts: dict[str, float] = {}
    for side, half in zip(sides, halves, strict=True):
        for name, energy in by_solid(side, half).items():
            parts[name] = parts.get(name, 0.0) + energy / whole
    return Shares(0.5 * (below + above) / sum(powers.values()), most_first(parts), below, above)
