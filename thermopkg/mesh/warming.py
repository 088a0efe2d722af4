"""How well does each cell conduct, and store, at its temperature? Regions divided into classes of temperature.

A region whose conductivity or heat capacity follows the temperature becomes one region for each class of temperatures
that its cells have, so that a lattice goes on to hold two bytes a cell, and every cell conducts as its own temperature
says.
"""

from dataclasses import replace

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray, RegionArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.region import Region, capacity_of, conductivity_of, follows
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

CLASS_WIDTH = 2e-4  # of the conductivity, or of what is stored: the most by which a cell is off, to either side alike
MOST_CLASSES = 2000  # of one region
MOST_REGIONS = 30_000  # of a model, whose cells hold their numbers in two bytes


def warmed(package: Package, grid: Grid, region: RegionArray, regions: list[Region]) -> None:
    """Divide in place every region that conducts or stores otherwise when it is warm; new regions are appended.

    Parameters
    ----------
    region : number of each cell, shape (nx, ny, nz)
    regions : in the order of the package's solids
    """
    following = [number for number, solid in enumerate(package.solids) if follows(package, solid)]
    if package.temperature is None or not following:
        return
    middles = tuple(0.5 * (ticks[1:] + ticks[:-1]) for ticks in grid.axes)
    temperature = package.temperature.at((middles[0], middles[1], middles[2])).ravel()
    flat = region.reshape(-1)
    most = max(min(MOST_CLASSES, (MOST_REGIONS - len(regions)) // len(following)), 1)
    for number in following:
        cells = np.flatnonzero(flat == number)
        if not cells.size:
            continue
        classes, members = _classes(package, package.solids[number], temperature[cells], most)
        conductivity = conductivity_of(package, package.solids[number], classes)
        capacity = capacity_of(package, package.solids[number], classes).tolist()
        first = len(regions)
        regions += [
            replace(regions[number], conductivity=own, capacity=stored)
            for own, stored in zip(conductivity.T, capacity, strict=True)
        ]
        flat[cells] = first + members


def _classes(
    package: Package, solid: Solid, temperature: FloatArray, most: int
) -> tuple[FloatArray, RegionArray | IntArray]:
    """Temperatures that stand for all, K, and which of them each cell takes: its own where there are few cells."""
    if temperature.size <= most:
        own, members = np.unique(np.round(temperature, 9), return_inverse=True)
        return own, members
    low, high = float(temperature.min()), float(temperature.max())
    looks = np.linspace(low, high, 33)
    ends = np.vstack(
        [conductivity_of(package, solid, looks), np.nan_to_num(capacity_of(package, solid, looks), nan=1.0)]
    )
    spread = float(np.abs(np.diff(np.log(ends))).sum(axis=1).max())  # there and back again counts twice
    count = int(np.clip(np.ceil(spread / CLASS_WIDTH), 1, most))
    edges = np.linspace(low, high, count + 1)
    # between the inner edges: what is on one belongs above it
    members = np.searchsorted(edges[1:-1], temperature, side="right").astype(np.int16)
    numbers = np.bincount(members, minlength=count)
    used = np.flatnonzero(numbers)
    places = np.zeros(count, np.int16)
    places[used] = np.arange(used.size)
    # each class conducts as at its mean: what is left is of second order in its width
    mean = np.bincount(members, weights=temperature, minlength=count)[used] / numbers[used]
    return mean, places[members]
