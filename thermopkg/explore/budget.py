"""How many full solutions does the memory hold? What a reduced model takes while it is made, told from its grid."""

from thermopkg.case.study import Study
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.planning import bytes_needed, free_memory

# Measured with tracemalloc on 94, 147 and 240 thousand cells, one load and two, of which a quarter has a cooled face.
BYTES_PER_CELL_ONCE = 112  # signs and ways out of every cell, and what the first solution's products are made with
BYTES_PER_CELL_AND_LOAD = 64  # of every solution: its field and its flux, 45, and what further ones start from, 16
USUAL_SNAPSHOTS = 10  # of a model of two or three parameters; so many should fit beside the mesh
FEWEST_SNAPSHOTS = 2  # of one alone nobody knows what its model adds to the mesh's own width


def bytes_kept(grid: Grid, n_loads: int, n_snapshots: int) -> float:
    """Memory that so many full solutions of every load take once they are there."""
    each = BYTES_PER_CELL_AND_LOAD * n_loads * n_snapshots
    return float(grid.n_cells * (BYTES_PER_CELL_ONCE + each if n_snapshots else 0))


def bytes_at_peak(grid: Grid, n_loads: int, n_snapshots: int) -> float:
    """Most memory that is taken until so many full solutions are there: the last is made beside all others."""
    return bytes_kept(grid, n_loads, n_snapshots) + bytes_needed(grid, n_loads)


def room(grid: Grid, study: Study, n_loads: int, n_snapshots: int, n_kept: int = 0) -> bool:
    """Whether so many full solutions fit into the memory, of which some are there already."""
    wanted = bytes_at_peak(grid, n_loads, n_snapshots)
    if study.max_memory is not None:
        return bool(wanted <= study.max_memory)
    return wanted - bytes_kept(grid, n_loads, n_kept) <= free_memory()


def check_room(grid: Grid, study: Study, n_loads: int, title: str) -> None:
    """Nothing where the fewest full solutions fit that make a model.

    Raises
    ------
    GeometryError : they do not; nothing has been allocated
    """
    if room(grid, study, n_loads, FEWEST_SNAPSHOTS):
        return
    needed = bytes_at_peak(grid, n_loads, FEWEST_SNAPSHOTS)
    free = study.max_memory if study.max_memory is not None else free_memory()
    places = "one place that makes heat" if n_loads == 1 else f"{n_loads} places that make heat or are read"
    told = (
        f"a map on {grid.n_cells:,} cells, with {places}, needs about {needed / 1e9:.3g} GB for its first "
        f"{FEWEST_SNAPSHOTS} full solutions; {free / 1e9:.3g} GB are free for it; "
        f"about {grid.n_cells * free / needed:.2g} cells fit"
    )
    raise GeometryError([Fault("study.max_memory" if study.max_memory is not None else "study", told)], title)
