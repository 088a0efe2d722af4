"""Where is everything? The placed parts of a case as ordered, named solids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.case import Case
from thermopkg.package.interfaces import Interface
from thermopkg.package.solids import Solid

Looks = Literal["up", "down"]


@dataclass(frozen=True, eq=False)
class PlacedPart:
    """A part with its box: of the body alone, without the bumps that it stands on. `box` in m, shape (3, 2)."""

    name: str
    kind: str
    box: FloatArray


@dataclass(frozen=True)
class ActiveFace:
    """The horizontal rectangle in which a chip makes its heat; lengths in m, power in W."""

    part: str
    x: tuple[float, float]
    y: tuple[float, float]
    z: float
    looks: Looks
    power: float


@dataclass(frozen=True, eq=False)
class TemperatureField:
    """Temperatures at the corners of a grid, trilinear between them.

    `axes` : ticks along x, y, z, m; `values` : K, shape (nx + 1, ny + 1, nz + 1)
    """

    axes: tuple[FloatArray, FloatArray, FloatArray]
    values: FloatArray

    def at(self, coordinates: tuple[FloatArray, FloatArray, FloatArray]) -> FloatArray:
        """Temperatures wherever coordinates along x, y and z cross, K; coordinates lie between the first tick and last.

        A grid whose ticks are all among the coordinates keeps its very field.
        """
        field = self.values
        for axis, (old, new) in enumerate(zip(self.axes, coordinates, strict=True)):
            upper = np.clip(np.searchsorted(old, new), 1, old.size - 1)
            share = (new - old[upper - 1]) / (old[upper] - old[upper - 1])
            weight = share.reshape([-1 if a == axis else 1 for a in range(3)])
            below, above = np.take(field, upper - 1, axis), np.take(field, upper, axis)
            below *= 1 - weight  # in place: these are the largest arrays that there are beside the lattices
            above *= weight
            below += above
            field = below
        return field


@dataclass(frozen=True, eq=False)
class Ring:
    """Where a region of the environment lies: a rectangle of a part's face, with or without a hole.

    `edges` in m, shape (1 or 2, 2, 2): of the rectangle, and of the hole in it, low and high along x and y
    """

    name: str
    part: str
    looks: Looks
    edges: FloatArray

    def holds(self, x: FloatArray, y: FloatArray) -> BoolArray:
        """Which points lie in it, m, all of one shape."""
        (x0, x1), (y0, y1) = np.moveaxis(self.edges, 0, -1)[..., None]  # each of shape (1 or 2, 1)
        inside = (x > x0) & (x < x1) & (y > y0) & (y < y1)  # shape (1 or 2, n)
        return np.asarray(inside[0] & ~inside[1:].any(axis=0))


@dataclass(frozen=True, eq=False)
class Package:
    """Parts with coordinates: z up from the lowest point, x and y from the part that all others are placed from.

    `solids` in the order of painting: where two share a place the later one holds it, which only fills and
    encapsulants give way to.
    """

    case: Case
    parts: Mapping[str, PlacedPart]
    solids: tuple[Solid, ...]
    active_faces: tuple[ActiveFace, ...]
    volume_powers: Mapping[str, float]  # W by the name of the part that makes it throughout
    contacts: tuple[Interface, ...] = ()
    temperature: TemperatureField | None = None  # that conductivities are read at; without one all at 25 degC

    @property
    def has_circles(self) -> bool:
        """Whether anything is to be painted round."""
        return self.case.study.round and any(solid.discs is not None for solid in self.solids)

    @property
    def bounds(self) -> FloatArray:
        """The box around everything, m, shape (3, 2)."""
        all_bounds = np.stack([solid.bounds for solid in self.solids])
        return np.stack([all_bounds[:, :, 0].min(axis=0), all_bounds[:, :, 1].max(axis=0)], axis=1)

    @property
    def rings(self) -> tuple[Ring, ...]:
        """Where the regions of the environment lie, in their order."""
        found = []
        for region in self.case.environment.region:
            part, _, face = region.face.rpartition(".")
            middle = self.parts[part].box[:2].mean(axis=1) + np.array(region.at)
            halves = [np.array(size) / 2 for size in (region.size, region.inside) if size is not None]
            edges = np.stack([np.stack([middle - half, middle + half], axis=1) for half in halves])
            found.append(Ring(region.name, part, "up" if face == "top" else "down", edges))
        return tuple(found)

    @property
    def powers(self) -> Mapping[str, float]:
        """W by the name of each part that makes heat."""
        faces = {face.part: face.power for face in self.active_faces if face.power > 0}
        return {**faces, **self.volume_powers}

    def of_part(self, name: str) -> tuple[Solid, ...]:
        """All solids that belong to a part."""
        return tuple(solid for solid in self.solids if solid.part == name)

    def height_inside(self, part: str, top: bool, z: float) -> float:
        """Where the top or bottom face of a part at z (m) is read: under the layer that it gave to a contact."""
        for one in self.contacts:
            if (one.giver, one.axis, one.high) == (part, 2, top) and abs(one.plane - z) < abs(one.plane - one.inner):
                return one.inner
        return z
