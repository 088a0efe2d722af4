"""What have two fields in common? Energies of pairs of fields by region, layer and film, for unit conductivities.

A primal field is its rises at the grid's corners, K; a flux is the heat through every face, W. What a conductivity or a
film makes of the products, and what a layer's height does, is left to whoever knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice import product_kernels
from thermopkg.lattice.dual import half_cell_at
from thermopkg.lattice.fluxes import FaceFluxes
from thermopkg.lattice.primal import face_points
from thermopkg.lattice.sharing import Crew
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares, volume_shares
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel


@dataclass(frozen=True, eq=False)
class Products:
    """Of two fields, per unit of conductivity (fluxes: of resistivity) or of film (of its inverse).

    `cells` by axis, region and layer, shape (3, n_regions, nz); `sides` through films on upright faces by surface and
    layer, shape (n_surfaces, nz); `flats` through the others by surface, shape (n_surfaces,).
    """

    cells: FloatArray
    sides: FloatArray
    flats: FloatArray


@dataclass(frozen=True, eq=False)
class Cooled:
    """Exposed faces under one direction that something cools: their layers, surfaces and areas, shape (n,)."""

    faces: ExposedFaces
    chosen: IntArray
    surface: IntArray
    layer: IntArray
    area: FloatArray


def _cooled(model: VoxelModel) -> tuple[Cooled, ...]:
    found = []
    for faces in model.exposed:
        chosen = np.flatnonzero(faces.surface >= 0)
        if chosen.size:
            layer = np.unravel_index(faces.cells[chosen], model.grid.shape)[2]
            area = half_cell_at(model, faces, chosen)[1]
            found.append(Cooled(faces, chosen, faces.surface[chosen], layer, area))
    return tuple(found)


def _by_film(model: VoxelModel, cooled: tuple[Cooled, ...], energy: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sums of what every cooled face has, shape (n,), all in the order of `cooled`."""
    n, nz = len(model.surfaces), model.grid.shape[2]
    sides, flats, start = np.zeros((n, nz)), np.zeros(n), 0
    for item in cooled:
        own = energy[start : start + item.chosen.size]
        start += item.chosen.size
        if item.faces.axis < 2:
            sides += np.bincount(item.surface * nz + item.layer, own, n * nz).reshape(n, nz)
        else:
            flats += np.bincount(item.surface, own, n)
    return sides, flats


@dataclass(frozen=True, eq=False)
class PrimalFields:
    """Fields of the primal lattice of a model, each one vector: at all corners, and again at those of cooled faces."""

    model: VoxelModel

    @cached_property
    def cooled(self) -> tuple[Cooled, ...]:
        """Faces that something cools."""
        return _cooled(self.model)

    @cached_property
    def _points(self) -> tuple[IntArray, FloatArray]:
        found = [face_points(self.model, item.faces, item.chosen) for item in self.cooled]
        corners, quarter = zip(*found, strict=True)
        return np.concatenate(corners, axis=1), np.concatenate([quarters[0] for quarters in quarter])

    @property
    def corners(self) -> IntArray:
        """Of every cooled face its four corners, flat, shape (4, n)."""
        return self._points[0]

    @property
    def quarter(self) -> FloatArray:
        """Of every cooled face a quarter of its area, m^2, shape (n,)."""
        return self._points[1]

    def vector(self, field: FloatArray) -> FloatArray:
        """A field at the grid's corners, K, as one vector."""
        values = field.ravel()
        return np.concatenate([values, values[self.corners].ravel()])

    def views(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The field at the grid's corners, and at those of cooled faces, shape (4, n)."""
        nx, ny, nz = self.model.grid.shape
        n_points = (nx + 1) * (ny + 1) * (nz + 1)
        return vector[:n_points].reshape(nx + 1, ny + 1, nz + 1), vector[n_points:].reshape(4, -1)

    def products(self, first: FloatArray, second: FloatArray) -> Products:
        """Of two fields as vectors."""
        model, (u, on_faces), (v, on_those) = self.model, self.views(first), self.views(second)
        parts = Crew().share(
            product_kernels.primal_products,
            model.grid.shape[0], model.grid.n_cells,
            model.region, len(model.regions), *model.grid.steps, u, v,
        )  # fmt: skip
        energy = self.quarter * np.einsum("cn,cn->n", on_faces, on_those)
        return Products(np.sum(parts, axis=0), *_by_film(model, self.cooled, energy))


@dataclass(frozen=True, eq=False)
class Fluxes:
    """Fluxes of the dual lattice of a model, each one vector: through x, y and z, what heated planes add, into films.

    Heat that is made on a plane leaves it for the cells above by `extra`, all else as the cell below sees it.
    """

    model: VoxelModel
    places: Mapping[str, Patch]

    @cached_property
    def planes(self) -> IntArray:
        """Where heat may be made on a plane."""
        patches = [patch for patch in self.places.values() if isinstance(patch, FacePatch)]
        return np.unique([face_shares(self.model, patch)[0] for patch in patches]).astype(np.int64)

    @cached_property
    def _plane_of(self) -> IntArray:
        found = np.full(self.model.grid.shape[2] + 1, -1, np.int64)
        found[self.planes] = np.arange(self.planes.size)
        return found

    @cached_property
    def _cooled(self) -> tuple[Cooled, ...]:
        return _cooled(self.model)

    @cached_property
    def _shapes(self) -> tuple[tuple[int, ...], ...]:
        nx, ny, nz = self.model.grid.shape
        n_cooled = sum(item.chosen.size for item in self._cooled)
        return (nx + 1, ny, nz), (nx, ny + 1, nz), (nx, ny, nz + 1), (self.planes.size, nx, ny), (n_cooled,)

    def _views(self, vector: FloatArray) -> list[FloatArray]:
        ends = np.cumsum([np.prod(shape, dtype=int) for shape in self._shapes])[:-1]
        return [piece.reshape(shape) for piece, shape in zip(np.split(vector, ends), self._shapes, strict=True)]

    def vector(self, fluxes: FaceFluxes) -> FloatArray:
        """As one vector."""
        extra = np.moveaxis(fluxes.gained[:, :, self.planes], -1, 0)
        heats = [film.heat for film in fluxes.films]
        return np.concatenate([*(along.ravel() for along in fluxes.along), extra.ravel(), *heats])

    def products(self, first: FloatArray, second: FloatArray) -> Products:
        """Of two fluxes as vectors."""
        model, f, g = self.model, self._views(first), self._views(second)
        parts = Crew().share(
            product_kernels.dual_products,
            model.grid.shape[0], model.grid.n_cells,
            model.region, len(model.regions), *model.grid.steps, self._plane_of, *f[:4], *g[:4],
        )  # fmt: skip
        area = np.concatenate([item.area for item in self._cooled])
        return Products(np.sum(parts, axis=0), *_by_film(model, self._cooled, f[4] * g[4] / area))

    @cached_property
    def _ways_out(self) -> tuple[IntArray, IntArray, IntArray]:
        """Every cell in the order in which the films reach it, by which face it hands on, and into which film."""
        n = self.model.grid.n_cells
        way, heat_of, start = np.full(n, -1, np.int64), np.full(n, -1, np.int64), 0
        for item in self._cooled:
            cells = item.faces.cells[item.chosen]
            way[cells] = 2 * item.faces.axis + int(item.faces.high)
            heat_of[cells] = start + np.arange(cells.size)
            start += cells.size
        order = np.empty(self.model.n_active, np.int64)
        reached = product_kernels.spread_out(self.model.region, np.flatnonzero(way >= 0), order, way)
        assert reached == order.size, "every cell hangs together with one that is cooled"
        return order, way, heat_of

    def balanced(self, vector: FloatArray, load: str) -> FloatArray:
        """The flux of a load with what the solver left of it sent out on the shortest ways: to rounding in balance."""
        patch = self.places[load]
        model = self.model
        source = volume_shares(model, patch) if isinstance(patch, VolumePatch) else np.zeros(model.grid.shape)
        found = vector.copy()
        product_kernels.make_balance(*self._ways_out, source, self._plane_of, *self._views(found))
        return found
