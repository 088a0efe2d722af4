"""Which cells are a contact? The thin layers between two parts that touch, cut from one of them.

Planes of solids and layers are all on the grid of the geometry, and between two of its planes a region never changes:
what touches what is found there, whatever the grid to be painted, and laid into all cells between.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, RegionArray
from thermopkg.case.contact import resisted
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.package.interfaces import LAYER, Interface, named
from thermopkg.package.package import Package


@dataclass(frozen=True, eq=False)
class Cut:
    """A region of cells that are cut from those of solid number `of` and conduct across their contact alone."""

    of: int
    contact: str
    conductivity: FloatArray  # along x, y, z, W/m/K, shape (3,)


@dataclass(frozen=True)
class Patched:
    """Area that a patch takes of an interface, m^2, and its resistance, m^2 K/W, infinite where it is open."""

    area: float
    resistance: float


@dataclass(frozen=True)
class Touching:
    """Area in which the two parts of a contact touch, m^2, and what its patches take of it."""

    area: float
    patches: tuple[Patched, ...]


def lay_contacts(
    package: Package, grid: Grid, region: RegionArray, conductivity: Sequence[FloatArray]
) -> tuple[Cut, ...]:
    """Number the cells of all contacts on from the last region, in place.

    Across its interface a cell passes what the contact and its own material in series would, LAYER / (R + LAYER / k);
    along it nothing, nor in the edges where layers along x and y meet.

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
        given = coarse.beside(interface)[0]
        for layer in coarse.layers(interface):
            cells = np.moveaxis(laid, interface.axis, 0)[layer]
            for value in np.unique(resistance[touching & (resistance > 0)]).tolist():
                at = touching & (resistance == value)
                edge = cells >= len(conductivity)
                for solid in np.unique(given[at]).tolist():
                    own = at & (given == solid)
                    cells[own & ~edge] = number_of(solid, interface.contact, interface.axis, value)
                    cells[own & edge] = number_of(solid, interface.contact, interface.axis, np.inf)
    region[...] = laid[np.ix_(*coarse.cell_of)]
    return tuple(cuts)


def touching_areas(package: Package, grid: Grid, region: RegionArray) -> tuple[Touching, ...]:
    """Where the parts of every contact of the case touch.

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
    return tuple(
        Touching(
            area,
            tuple(Patched(float(a), resisted(p.resistance)) for a, p in zip(own, contact.patch, strict=True)),
        )
        for contact, area, own in zip(package.case.contact, whole, patched, strict=True)
    )


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
    for contact, found in zip(package.case.contact, touching_areas(package, grid, region), strict=True):
        if found.area == 0.0:
            told = "they do not touch: other parts take the place where they would"
            faults.append(Fault(named(contact), told))
        for i, patch in enumerate(found.patches):
            if found.area > 0.0 and patch.area == 0.0:
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
        for ticks, planes in zip(grid.axes, geometry_grid(package, mirrored=grid.mirrored).axes, strict=True):
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
