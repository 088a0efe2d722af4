"""Which mesh of tetrahedra is fine enough? Cells are halved where the width of the bracket is made, until it is.

On every mesh a field bounds from below, and its own flux, balanced star by star and bettered by currents around edges,
from above: no system of fluxes is solved. The constitutive error tells what every cell adds to the width. The cells
that make most of it are halved (Dörfler's rule), and the field of one mesh is where the solver starts on the next.
Source: [doerfler1996]; [pragersynge1947]
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.answer.metrics import Metric, Wanted, metric
from thermopkg.answer.referee import MOST_ITERATIONS
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.errors import GeometryError, ModelError
from thermopkg.fem import assemble
from thermopkg.fem.circulating import circulations
from thermopkg.fem.effort import check_affordable
from thermopkg.fem.equilibrated import equilibrated
from thermopkg.fem.fluxes import FluxSpace, flux_space
from thermopkg.fem.places import Places
from thermopkg.fem.width import constitutive_error
from thermopkg.mesh.bisection import Bisected, bisected
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.quality import volumes
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import NO_STARTS, Starts, SteadySolver
from thermopkg.system import ElementNetwork

STEP_TARGET = 1e-4  # relative residual of every load: what it leaves shows in the last digits of a width
SHARE = 0.3  # of the width, that the cells make together which are halved at once
GROWTH = 1.8  # of the cells, after which a mesh is solved: until then what a cell adds is foretold
# A cell's share of the width falls with its volume to this power where the field is smooth: all halved three times,
# h is half and the width a quarter.
POWER = 5 / 3


@dataclass(frozen=True, eq=False)
class Balanced:
    """Bounds on one mesh, and the fields and fluxes that they are of, one of each for every load.

    `fields` : rises that one unit of every load makes, K, held points included; `iterations` of all of them together
    """

    matrix: ResistanceMatrix
    space: FluxSpace
    fields: tuple[FloatArray, ...]
    fluxes: tuple[FloatArray, ...]
    iterations: int


@dataclass(frozen=True)
class MeshStep:
    """One mesh on the way: its cells, what is wanted, the widest of it over its measure, and what it took."""

    n_cells: int
    metrics: tuple[Metric, ...]
    widest: float
    iterations: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Refined:
    """The mesh that is fine enough, or as fine as the budget allows, its bounds, and how it was found."""

    model: ElementModel
    matrix: ResistanceMatrix
    steps: tuple[MeshStep, ...]
    reached: bool


def balanced_bracket(
    model: ElementModel,
    patches: Mapping[str, Patch],
    reference: float,
    order: int = 1,
    free: float | None = None,
    starts: Starts = NO_STARTS,
) -> Balanced:
    """Bounds on the mean rise of every patch per watt in every other, without a system of fluxes.

    They hold whatever the mesh and whatever the solver leaves. From above they are a little wider than those of
    `element_bracket`, whose fluxes have the least energy on the mesh.

    Parameters
    ----------
    order : of the fields; fluxes are of the lowest
    free : memory that may be taken, bytes; what this machine can give away now if left out
    starts : fields at the corners of the mesh to begin with, K, by the name of the load
    Raises
    ------
    GeometryError : it would not fit into the memory; nothing has been allocated
    ModelError : two held temperatures meet in one point, a patch is empty, or bounds are not known for a contact
    ConvergenceError : a solve fails
    """
    if model.in_contact.any():
        raise ModelError("contacts have no balanced fluxes made from fields: element_bracket bounds such meshes")
    check_affordable(model, order, free, balanced=True)
    places = Places(model)
    system = assemble.emit(model, patches, reference, order, free, places)
    assert isinstance(system.conductance, ElementNetwork)
    coarser = system.conductance.coarser
    if coarser is not None:
        starts = {name: np.asarray(coarser @ field) for name, field in starts.items()}
    solver = SteadySolver(system, ConjugateGradients(STEP_TARGET, MOST_ITERATIONS))
    found = solver.respond(dict.fromkeys(system.loads, STEP_TARGET), starts=starts)
    lower, iterations, names = own_matrix(found), sum(found.iterations), found.names
    fields = tuple(found.only([name]).rise({name: 1.0}) for name in names)
    del found, solver, system
    space = flux_space(places, patches, reference)
    fluxes = equilibrated(space, fields)
    widths = np.diag(space.energy(fluxes)) - np.diag(lower)
    fluxes = circulations(space).improved(fluxes, [float(width) for width in widths])
    return Balanced(ResistanceMatrix(names, lower, space.energy(fluxes)), space, fields, fluxes, iterations)


def refined_to(
    model: ElementModel,
    places: Mapping[str, Patch],
    wanted: Sequence[Wanted],
    reference: float,
    tolerance: float,
    order: int = 1,
    most_cells: int | None = None,
    free: float | None = None,
    progress: Callable[[MeshStep], None] = lambda _: None,
) -> Refined:
    """Halve cells until everything wanted is known to the tolerance, or the budget is spent.

    Parameters
    ----------
    model : to start from; its points, regions and faces stay
    places : of the loads that `wanted` names
    reference : K
    tolerance : half-width over its measure, of everything wanted
    order : of the fields, 1 or 2
    most_cells : that a mesh may have; left out, the memory alone is the limit
    free : memory that may be taken, bytes; what this machine can give away now if left out
    Raises
    ------
    GeometryError : the first mesh would not fit into the memory
    ModelError, ConvergenceError : as `balanced_bracket`
    """
    steps: list[MeshStep] = []
    starts: Starts = NO_STARTS
    while True:
        started = time.perf_counter()
        found = balanced_bracket(model, places, reference, order, free, starts)
        metrics = tuple(metric(item, found.matrix) for item in wanted)
        worst = max(range(len(metrics)), key=lambda i: metrics[i].relative_half_width)
        widest, reached = metrics[worst].relative_half_width, metrics[worst].relative_half_width <= tolerance
        following = None if reached else _following(found, wanted[worst], widest / tolerance, order, most_cells, free)
        steps.append(MeshStep(model.n_cells, metrics, widest, found.iterations, time.perf_counter() - started))
        progress(steps[-1])
        if following is None:
            return Refined(model, found.matrix, tuple(steps), reached)
        names, n = found.matrix.names, model.n_points
        starts = {name: following.carried(field[:n]) for name, field in zip(names, found.fields, strict=True)}
        model = following.model
        del found


def _following(
    found: Balanced, wanted: Wanted, excess: float, order: int, most_cells: int | None, free: float | None
) -> Bisected | None:
    """The next mesh, or None where the budget does not allow it.

    Parameters
    ----------
    excess : what the width is to be divided by
    """
    start = found.space.places.model
    error, size = half_width(found, wanted), volumes(start)
    foretold, following = error, Bisected(start, np.arange(start.n_cells), ())
    while following.model.n_cells < GROWTH * start.n_cells and foretold.sum() * excess > error.sum():
        following = bisected(following.model, cells_to_halve(foretold)).after(following)
        foretold = error[following.parent] * (volumes(following.model) / size[following.parent]) ** POWER
    if most_cells is not None and following.model.n_cells > most_cells:
        return None
    try:
        check_affordable(following.model, order, free, balanced=True)
    except GeometryError:
        return None
    return following


def cells_to_halve(error: FloatArray, share: float = SHARE) -> BoolArray:
    """The fewest cells that make the share of the whole error together, shape (n_cells,)."""
    order = np.argsort(-error, kind="stable")
    carried = np.cumsum(error[order])
    chosen = np.zeros(error.size, bool)
    chosen[order[: 1 + int(np.searchsorted(carried, share * carried[-1]))]] = True
    return chosen


def half_width(found: Balanced, wanted: Wanted) -> FloatArray:
    """Half-width of a' R b, `wanted.scale` left out, cell by cell, K W, shape (n_cells,).

    1/2 sqrt(A B), with A and B the widths of a and of b alone, grows by 1/4 sqrt(B / A) of what A gains and by
    1/4 sqrt(A / B) of what B gains; these add up to the whole.
    """

    def own(amounts: Mapping[str, float]) -> FloatArray:
        vector = [amounts.get(name, 0.0) for name in found.matrix.names]
        return constitutive_error(found.space, found.fields, found.fluxes, vector)

    first = own(wanted.first)
    second = first if wanted.second == wanted.first else own(wanted.second)
    totals = float(first.sum()), float(second.sum())
    ratio = np.sqrt(totals[1] / totals[0]) if min(totals) > 0 else 1.0
    return np.asarray(0.25 * (ratio * first + second / ratio))
