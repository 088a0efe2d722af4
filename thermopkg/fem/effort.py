"""What will it take to assemble and solve a mesh of elements? Memory and time, before anything is allocated."""

from dataclasses import dataclass

from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.planning import free_memory

# Measured by benchmarks/tetrahedra.py on packages of 0.3 to 0.9 million tetrahedra on two busy cores: the peak of the
# assembly, which is above that of the solve, and the seconds of both with one load to 1e-8.
BYTES_PER_CELL = {1: 1_500.0, 2: 7_000.0}  # by the order of the elements
SECONDS_PER_CELL = {1: 3e-5, 2: 1.6e-4}
BYTES_PER_CELL_MIXED = 1_500.0  # of fluxes of lowest order, whose unknowns lie on the faces
SECONDS_PER_CELL_MIXED = 6e-5
BYTES_PER_CELL_BALANCED = 2_000.0  # of fluxes balanced star by star, beside the mesh and the fields that they come of
SECONDS_PER_CELL_BALANCED = 4e-5


@dataclass(frozen=True)
class Effort:
    """Memory at the peak, bytes, and time, s, for one load."""

    memory: float
    time: float


def effort(n_cells: int, order: int, mixed: bool = False, balanced: bool = False) -> Effort:
    """What so many tetrahedra take.

    Parameters
    ----------
    order : of the elements, 1 or 2
    mixed : fluxes instead of temperatures, for the bound from above
    balanced : both, the fluxes by stars from the temperatures
    """
    if mixed:
        return Effort(BYTES_PER_CELL_MIXED * n_cells, SECONDS_PER_CELL_MIXED * n_cells)
    memory, seconds = BYTES_PER_CELL[order], SECONDS_PER_CELL[order]
    if balanced:  # the mesh's own tables stay, the assembly's are gone by then
        memory, seconds = max(memory, BYTES_PER_CELL_BALANCED), seconds + SECONDS_PER_CELL_BALANCED
    return Effort(memory * n_cells, seconds * n_cells)


def check_affordable(
    model: ElementModel, order: int, free: float | None = None, mixed: bool = False, balanced: bool = False
) -> None:
    """Refuse what would not fit.

    Parameters
    ----------
    free : memory that may be taken, bytes; what this machine can give away now if left out
    Raises
    ------
    GeometryError : with what is needed, what is free, and what would fit
    """
    free = free_memory() if free is None else free
    needed = effort(model.n_cells, order, mixed, balanced)
    if needed.memory <= free:
        return
    fitting = free / needed.memory * model.n_cells
    kind = "fluxes of lowest order" if mixed else f"elements of order {order}" + balanced * " and balanced fluxes"
    told = (
        f"{model.n_cells:,} cells with {kind} would need about {needed.memory / 1e9:,.1f} GB and "
        f"{needed.time:,.0f} s; {free / 1e9:,.1f} GB are free for it; about {fitting:.2g} cells fit"
    )
    raise GeometryError([Fault("mesh", told)])
