"""Where is everything? The placed parts of a case as ordered, named solids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
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
            field = (1 - weight) * np.take(field, upper - 1, axis) + weight * np.take(field, upper, axis)
        return field


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
    def powers(self) -> Mapping[str, float]:
        """W by the name of each part that makes heat."""
        faces = {face.part: face.power for face in self.active_faces if face.power > 0}
        return {**faces, **self.volume_powers}

    def of_part(self, name: str) -> tuple[Solid, ...]:
        """All solids that belong to a part."""
        return tuple(solid for solid in self.solids if solid.part == name)
