"""What is one package like, number by number? Heights of its faces, its plan, conductivities, films and powers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from thermopkg.answer.answer import powers_of, wanted_places
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.grid import SAME_PLANE
from thermopkg.mesh.patch import FacePatch
from thermopkg.mesh.region import region_of
from thermopkg.mesh.voxel import surface_of
from thermopkg.package.package import Package


@dataclass(frozen=True, eq=False)
class Sheet:
    """The numbers that parameters change, always in the same order."""

    heights: FloatArray  # of every face of every solid, and of the faces that are heated or read, m, shape (n,)
    owners: tuple[str, ...]  # whose faces they are
    plan: FloatArray  # everything in x and y, m
    conductivity: FloatArray  # along x, y, z, W/m/K, shape (n_regions, 3)
    film: FloatArray  # of every surface, W/m^2/K, infinite where it is held
    power: FloatArray  # of every load that makes heat, W


def sheet(package: Package) -> Sheet:
    """Read off a package that has been put together."""
    heights, owners, plan = [], [], []
    for solid in package.solids:
        heights.append(solid.boxes[:, 2].ravel())
        owners += [solid.name] * heights[-1].size
        plan.append(solid.boxes[:, :2].ravel())
    for name, patch in wanted_places(package).items():
        if isinstance(patch, FacePatch):
            heights.append(np.array([patch.z]))
            owners.append(name)
            plan.append(np.array([*patch.x, *patch.y]))
    environment = package.case.environment
    surfaces = [surface_of(name, one, environment.ambient) for name, one in environment.conditions().items()]
    return Sheet(
        heights=np.concatenate(heights),
        owners=tuple(owners),
        plan=np.concatenate(plan),
        conductivity=np.stack([region_of(package, solid).conductivity for solid in package.solids]),
        film=np.array([surface.film for surface in surfaces if surface is not None]),
        power=np.array(list(powers_of(package).values())),
    )


def misfits(first: Sheet, second: Sheet) -> Iterator[str]:
    """Why the second package does not take the cells of the first, stretched up and down; nothing where it does."""
    if first.owners != second.owners:
        yield "changes how many faces there are"
    elif np.abs(first.plan - second.plan).max() > SAME_PLANE:
        yield "changes the package in plan"
    else:
        yield from _torn(first, second)


def _torn(first: Sheet, second: Sheet) -> Iterator[str]:
    order = np.argsort(first.heights, kind="stable")
    before, after = first.heights[order], second.heights[order]
    apart = np.flatnonzero(np.diff(before) > SAME_PLANE) + 1
    planes = np.split(np.arange(before.size), apart)
    for plane in planes:
        low, high = (int(plane[after[plane].argmin()]), int(plane[after[plane].argmax()]))
        if after[high] - after[low] > 2 * SAME_PLANE:
            names = [first.owners[order[i]] for i in (low, high)]
            yield (
                f"is no slab that spans the package: of the faces {1e3 * before[low]:.4g} mm up, that of '{names[1]}' "
                f"moves and that of '{names[0]}' does not move with it; --one-by-one can vary it"
            )
            return
    for lower, upper in pairwise(planes):
        if after[upper[0]] - after[lower[0]] <= SAME_PLANE:
            names = [first.owners[order[plane[0]]] for plane in (lower, upper)]
            yield f"brings a face of '{names[1]}' down to one of '{names[0]}': end the range before"
            return
