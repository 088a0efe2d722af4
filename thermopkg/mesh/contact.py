"""Which cells are a contact? The thin layers between two parts that touch, cut from one of them.

Planes of solids and layers are all on the grid of the geometry, and between two of its planes a region never changes:
what touches what is found there, whatever the grid to be painted, and laid into all cells between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import TypeVar

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, RegionArray
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.package.interfaces import LAYER, Interface, named
from thermopkg.package.package import Package

Number = TypeVar("Number", np.bool_, np.float64)


@dataclass(frozen=True, eq=False)
class Cut:
    """A region of cells that are cut from those of solid number `of` and conduct across their contact alone."""

    of: int
    contact: str
    conductivity: FloatArray  # along x, y, z, W/m/K, shape (3,)


def lay_contacts(
    package: Package, grid: Grid, region: RegionArray, conductivity: Sequence[FloatArray]
) -> tuple[Cut, ...]:
    """Number the cells of all contacts on from the last region, in place.

    Across its interface a cell passes what the contact and its own material in series would, LAYER / (R + LAYER / k);
    along it nothing, nor in the edges where layers of one contact meet: heat would pass round the contact there.

    Parameters
    ----------
    region : of each cell, painted with the solids and nothing else, shape (nx, ny, nz)
    conductivity : of every solid along x, y, z, W/m/K, shape (3,) each
    """
    coarse = _Coarse.of(package, grid, region)
    laid, cuts = coarse.region.copy(), list[Cut]()
    numbers: dict[tuple[int, int, int, float], int] = {}

    def number_of(solid: int, contact: int, axis: int, resistance: float) -> int:
        key = solid, contact, axis, resistance
        if key not in numbers:
            own = np.zeros(3)
            if np.isfinite(resistance):
                own[axis] = LAYER / (resistance + LAYER / conductivity[solid][axis])
            numbers[key] = len(conductivity) + len(cuts)
            cuts.append(Cut(solid, named(package.case.contact[contact]), own))
        return numbers[key]

    for interface in package.contacts:
        touching, resistance = coarse.faces(interface), coarse.resistances(interface)
        for layer in coarse.layers(interface):
            cells = np.moveaxis(laid, interface.axis, 0)[layer]
            for value in np.unique(resistance[touching & (resistance > 0)]).tolist():
                at = touching & (resistance == value)
                again = at & (cells >= len(conductivity))  # an edge of this layer and one of another axis
                for solid in np.unique(coarse.beside(interface)[0][at]).tolist():
                    own = coarse.beside(interface)[0] == solid
                    cells[at & own & ~again] = number_of(solid, interface.contact, interface.axis, value)
                    cells[again & own] = number_of(solid, interface.contact, interface.axis, np.inf)
    for contact in range(len(package.case.contact)):
        for edge in coarse.edges([one for one in package.contacts if one.contact == contact]):
            for solid in np.unique(coarse.region[edge]).tolist():
                laid[edge & (coarse.region == solid)] = number_of(solid, contact, 0, np.inf)
    region[...] = laid[np.ix_(*coarse.cell_of)]
    return tuple(cuts)


def touching_areas(package: Package, grid: Grid, region: RegionArray) -> tuple[tuple[float, tuple[float, ...]], ...]:
    """Area in which the parts of every contact touch, and of it the area of each patch, m^2.

    Parameters
    ----------
    region : as `lay_contacts` takes it
    """
    coarse = _Coarse.of(package, grid, region)
    whole = [0.0] * len(package.case.contact)
    patched = [np.zeros(len(contact.patch)) for contact in package.case.contact]
    for interface in package.contacts:
        areas = coarse.areas(interface.axis) * coarse.faces(interface)
        whole[interface.contact] += float(areas.sum())
        for i in range(len(interface.patches)):
            patched[interface.contact][i] += areas[coarse.patch_numbers(interface) == i].sum()
    return tuple((area, tuple(own.tolist())) for area, own in zip(whole, patched, strict=True))


def check_contacts(package: Package, grid: Grid, region: RegionArray) -> None:
    """Every contact and every patch lies where its two parts touch.

    Parameters
    ----------
    region : as `lay_contacts` takes it
    Raises
    ------
    GeometryError : naming each contact that other parts keep from touching, and each patch that covers nothing
    """
    faults = []
    for contact, (area, patched) in zip(package.case.contact, touching_areas(package, grid, region), strict=True):
        if area == 0.0:
            told = "they do not touch: whatever of them would is taken by other parts"
            faults.append(Fault(named(contact), told))
        for i, own in enumerate(patched):
            if area > 0.0 and own == 0.0:
                told = "covers no place where the two touch, or later patches cover all of it; check `at` and `size`"
                faults.append(Fault(f"{named(contact)}, patch[{i}]", told))
    if faults:
        raise GeometryError(faults, source=package.case.title)


# ---------------------------------------------------------------- on the planes of the geometry
@dataclass(frozen=True, eq=False)
class _Coarse:
    """The cells between the planes of the geometry, and which of them each cell of the painted grid lies in."""

    package: Package
    grid: Grid
    region: RegionArray
    cell_of: tuple[IntArray, IntArray, IntArray]

    @classmethod
    def of(cls, package: Package, grid: Grid, region: RegionArray) -> "_Coarse":
        firsts = []
        for ticks, planes in zip(grid.axes, geometry_grid(package).axes, strict=True):
            middles = 0.5 * (ticks[1:] + ticks[:-1])  # a plane lies below the first cell whose middle is beyond it
            firsts.append(np.unique(np.append(0, np.searchsorted(middles, planes[:-1]))))
        cells = [
            np.repeat(np.arange(first.size), np.diff(np.append(first, ticks.size - 1)))
            for first, ticks in zip(firsts, grid.axes, strict=True)
        ]
        kept = [ticks[np.append(first, ticks.size - 1)] for first, ticks in zip(firsts, grid.axes, strict=True)]
        return cls(package, Grid(*kept), region[np.ix_(*firsts)], (cells[0], cells[1], cells[2]))

    def is_part(self, part: str) -> BoolArray:
        """Which solids belong to a part and do not merely fill the room between its joints; False for NOTHING = -1."""
        return np.array([*(s.part == part and s.role != "fill" for s in self.package.solids), False])

    def layers(self, interface: Interface) -> range:
        """Sheets of cells between the plane of an interface and its inner one."""
        ends = [self.grid.index_of(interface.axis, value) for value in (interface.plane, interface.inner)]
        assert ends[0] != ends[1], "the layer of a contact is on the grid"
        return range(min(ends), max(ends))

    def beside(self, interface: Interface) -> tuple[RegionArray, RegionArray]:
        """Regions of the sheets on the giver's and on the other side of the plane, shapes of a sheet."""
        plane = self.grid.index_of(interface.axis, interface.plane)
        sheets = np.moveaxis(self.region, interface.axis, 0)
        own, beyond = (plane - 1, plane) if interface.high else (plane, plane - 1)
        return sheets[own], sheets[beyond]

    def faces(self, interface: Interface) -> BoolArray:
        """Where the two parts touch in the plane, shape of a sheet."""
        own, beyond = self.beside(interface)
        return np.asarray(self.is_part(interface.giver)[own] & self.is_part(interface.other)[beyond])

    def areas(self, axis: int) -> FloatArray:
        """Of the cells' faces across an axis, m^2, shape of a sheet."""
        first, second = (step for other, step in enumerate(self.grid.steps) if other != axis)
        return np.asarray(first[:, None] * second[None, :])

    def patch_numbers(self, interface: Interface) -> IntArray:
        """Of the last patch that holds each place in the plane, -1 where none does, shape of a sheet."""
        numbers = np.full(self.areas(interface.axis).shape, -1)
        if interface.patches:
            middles = [0.5 * (ticks[1:] + ticks[:-1]) for ticks in self.grid.axes[:2]]
            for i, patch in enumerate(interface.patches):
                x, y = ((at > low) & (at < high) for at, (low, high) in zip(middles, (patch.x, patch.y), strict=True))
                numbers[np.ix_(x, y)] = i
        return numbers

    def resistances(self, interface: Interface) -> FloatArray:
        """m^2 K/W of each place in the plane, shape of a sheet."""
        table = np.array([*(patch.resistance for patch in interface.patches), interface.resistance])
        return np.asarray(table[self.patch_numbers(interface)])

    def edges(self, interfaces: Sequence[Interface]) -> Iterator[BoolArray]:
        """Cells as thin as a layer along two axes which, seen along the third, meet the other part in a point at least.

        There a giver would reach the other part past its layers: its corners lie against the other's inner corners.
        """
        thin = [np.zeros(n, bool) for n in self.grid.shape]
        for interface in interfaces:
            thin[interface.axis][list(self.layers(interface))] = True
        for axes in combinations(range(3), 2):
            i, j = (np.flatnonzero(thin[axis]) for axis in axes)
            if not (i.size and j.size):
                continue
            sheets = np.moveaxis(self.region, axes, (0, 1))
            padded = np.pad(sheets, ((1, 1), (1, 1), (0, 0)), constant_values=-1)
            found = np.zeros(sheets.shape, bool)
            for part, other in ((one.giver, one.other) for one in interfaces[:1]):
                for own, against in ((part, other), (other, part)):
                    near = np.zeros((i.size, j.size, sheets.shape[2]), bool)
                    for a, b in product((0, 1, 2), (0, 1, 2)):
                        near |= self.is_part(against)[padded[np.ix_(i + a, j + b)]]
                    found[np.ix_(i, j)] |= near & self.is_part(own)[sheets[np.ix_(i, j)]]
            yield np.moveaxis(found, (0, 1), axes)
