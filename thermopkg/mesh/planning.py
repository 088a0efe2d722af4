"""How fine is the grid to be, and does it fit? The study's wishes turned into a grid, refused before it is made."""

from collections.abc import Iterable

import numpy as np
import psutil

from thermopkg.arraytypes import FloatArray
from thermopkg.case.study import Study
from thermopkg.errors import Fault, GeometryError
from thermopkg.lattice.thinning import points_of_levels
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.package.package import Package

Planes = tuple[FloatArray, FloatArray, FloatArray]

# Measured: one lattice with its hierarchy, iteration and a single load, and the field kept. Most of it are the levels.
BYTES_PER_CELL = 56
BYTES_PER_CELL_OF_LEVELS = 33
BYTES_PER_CELL_AND_LOAD = 24  # field and remainder of each further place whose mean is bounded, and some more for one
FEWEST_LEVELS = 4 / 3  # over the finest: every axis halved every time
MEMORY_SHARE = 0.9  # of what is free; the rest is for everything else that runs


def starting_grid(
    package: Package, study: Study, extra: Iterable[Planes], mirrored: tuple[bool, bool] = (False, False)
) -> Grid:
    """Just the planes that the geometry and the readings need, and steps within the study's limit.

    Parameters
    ----------
    extra : coordinates that readings need beside the geometry's, m
    mirrored : whether what lies below the middle along x, and along y, is to be left out
    Raises
    ------
    GeometryError : the grid would not fit into this machine's memory; nothing has been allocated
    """
    planes = list(extra)
    together = tuple(np.concatenate([p[axis] for p in planes]) if planes else np.zeros(0) for axis in range(3))
    grid = geometry_grid(package, (together[0], together[1], together[2]), mirrored)
    _check(grid.shape, FEWEST_LEVELS, 0, package, "part")
    _check(grid.shape, _levels(grid), 0, package, "part")
    if study.largest_step is not None:
        _check(grid.limited_shape(*study.largest_step), FEWEST_LEVELS, 0, package, "study.largest_step")
        grid = grid.limited(*study.largest_step)
        _check(grid.shape, _levels(grid), 0, package, "study.largest_step")
    return grid


def fixed_grid(package: Package, study: Study, start: Grid, halvings: int) -> Grid:
    """The starting grid graded and halved, for a study that names its mesh.

    Raises
    ------
    GeometryError : the grid would not fit into this machine's memory; nothing has been allocated
    """
    inner = _inner_planes(start, package)
    graded = start.without(inner).graded(study.growth)
    _check(graded.shape, _levels(graded), halvings, package, "study.refine")
    return graded.halved(halvings).also(inner)


def _inner_planes(grid: Grid, package: Package) -> Planes:
    """Where layers of contacts end inside their part: one cell does for a layer, and none beside it need be as thin."""
    planes = [
        np.unique([grid.axes[axis][grid.index_of(axis, c.inner)] for c in package.contacts if c.axis == axis])
        for axis in range(3)
    ]
    return planes[0], planes[1], planes[2]


def affordable(grid: Grid, study: Study) -> bool:
    """Whether a study may use the grid: by its own limit of cells, and by the memory that it may take."""
    return (study.max_cells is None or grid.n_cells <= study.max_cells) and fits(grid, study)


def fits(grid: Grid, study: Study, n_loads: int = 1) -> bool:
    """Whether there is memory to bound the means of so many places at once."""
    return bytes_needed(grid, n_loads) <= memory_of(study)


def bytes_needed(grid: Grid, n_loads: int = 1) -> float:
    """Memory that bounds on the means of so many places take at their peak."""
    return grid.n_cells * (_bytes_per_cell(_levels(grid)) + BYTES_PER_CELL_AND_LOAD * (n_loads - 1))


def _levels(grid: Grid) -> float:
    return points_of_levels(grid.x, grid.y)


def _bytes_per_cell(levels: float) -> float:
    """Of one load, where all levels of the lattice have so many points over those of the finest."""
    return BYTES_PER_CELL + BYTES_PER_CELL_OF_LEVELS * levels


def free_memory() -> float:
    """Memory that this machine can give away now, bytes."""
    return MEMORY_SHARE * psutil.virtual_memory().available


def memory_of(study: Study) -> float:
    """Memory that a study may take, bytes."""
    return study.max_memory if study.max_memory is not None else free_memory()


def _check(shape: tuple[int, int, int], levels: float, halvings: int, package: Package, path: str) -> None:
    cells = float(shape[0]) * shape[1] * shape[2] * 8.0**halvings
    free, per_cell = memory_of(package.case.study), _bytes_per_cell(levels)
    needed = cells * per_cell
    if needed <= free:
        return
    halvings_that_fit = next((n for n in range(halvings, -1, -1) if needed / 8.0 ** (halvings - n) <= free), None)
    if halvings and halvings_that_fit is not None:
        advice = f"refine = {halvings_that_fit} fits"
    else:
        advice = f"about {free / per_cell:.2g} cells fit"
    message = (
        f"the grid would have {cells:.3g} cells and need about {needed / 1e9:,.0f} GB; "
        f"{free / 1e9:,.1f} GB are free for it; {advice}"
    )
    raise GeometryError([Fault(path, message)], source=package.case.title)
