"""How is the mesh found? Refine where the width of the bracket is made, until it is narrow enough."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.answer.bracket import ALGEBRAIC_SHARE, MOST_ITERATIONS, ResistanceMatrix, own_matrix
from thermopkg.answer.metrics import Metric, Wanted, metric
from thermopkg.answer.operating import OperatingPoint
from thermopkg.answer.width import Width, width
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import Patch
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package, TemperatureField
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import NO_STARTS, Fields, Starts, SteadySolver
from thermopkg.system import ThermalSystem

STEP_TARGET = 1e-5  # relative residual on the way; what it leaves is far below the width of a grid to be refined
LEFT = 0.4  # of a slab's share, that its halves still carry: 0.35 to 0.6 measured, a quarter where the field is smooth
MOST_LEFT = 0.85  # that a search believes after a step which saved less
SHARE = 0.8  # of the width, that a full step's halved slabs carry together
GROWTH = 1.6  # of the cells in a full step, at least; smaller steps find smaller grids and take longer over it
LEAST_GROWTH = 1.1  # in the last step, which may fall short of its goal: no search creeps up to it
# of the width before, from which a step counts as lost. The width of heat along an axis is counted to the slabs across
# that axis, and where cells are too long beside it, halving those does nothing; small last steps that work save 3 %
STANDSTILL = 0.99
SAME_WORTH = 1e-3  # slabs as like as this are cut together: what the solver leaves must not turn a square package


Slabs = tuple[FloatArray, FloatArray, FloatArray]  # what each slab adds to the width, shapes (nx,), (ny,), (nz,)
Chosen = tuple[BoolArray, BoolArray, BoolArray]  # of the same shapes


@dataclass(frozen=True)
class Step:
    """One grid on the way: its cells, what is wanted, the widest of it over its measure, and what it took."""

    n_cells: int
    metrics: tuple[Metric, ...]
    widest: float
    parts: Mapping[str, float]  # share of the widest bracket's width made in each solid
    iterations: tuple[int, int]  # of all loads together, on the primal and on the dual lattice
    seconds: float


@dataclass(frozen=True, eq=False)
class Adapted:
    """The grid that is fine enough, or as fine as the budget allows, and how it was found."""

    model: VoxelModel
    steps: tuple[Step, ...]
    reached: bool
    starts: tuple[Starts, Starts]  # fields on either lattice, to go on from
    point: OperatingPoint | None = None  # where a package that follows its temperature came to rest


def adapt(
    package: Package,
    grid: Grid,
    places: Mapping[str, Patch],
    wanted: Sequence[Wanted],
    reference: float,
    tolerance: float,
    affordable: Callable[[Grid], bool],
    progress: Callable[[Step], None] = lambda _: None,
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS),
    relinearised: Callable[[VoxelModel, Fields], Package] | None = None,
) -> Adapted:
    """Halve the slabs that make the width, step by step.

    Parameters
    ----------
    grid : to start from; its ticks stay
    places : of the loads that `wanted` names
    reference : K
    tolerance : half-width over its measure, of everything wanted
    affordable : the search ends before a grid that is not
    starts : fields on either lattice to begin with
    relinearised : the package once more, from what was solved and its primal fields, where it follows its temperature
    Raises
    ------
    ConvergenceError : a solve fails
    """
    goal = tolerance / (1 + ALGEBRAIC_SHARE)  # the bounds of the answer count what its solver leaves
    steps: list[Step] = []
    left, carried = LEFT, 1.0
    while True:
        started = time.perf_counter()
        model = paint(package, grid)
        # one lattice at a time: of the primal only its fields are there when the dual is made
        sides = model.seen("conducting"), model.seen("insulating")
        below, lower, primal_iterations = _solved(primal.emit(sides[0], places, reference), starts[0])
        system = dual.emit(sides[1], places, reference)
        above, upper, dual_iterations = _solved(system, starts[1])
        matrix = ResistanceMatrix(tuple(system.loads), lower, upper)
        metrics = tuple(metric(item, matrix) for item in wanted)
        worst = max(range(len(metrics)), key=lambda i: metrics[i].relative_half_width)
        widest = metrics[worst].relative_half_width
        found = half_width(sides, wanted[worst], below, above, system, places, reference)
        shares = {name: part / found.total if found.total > 0 else 0.0 for name, part in found.parts.items()}
        iterations = primal_iterations, dual_iterations
        steps.append(Step(grid.n_cells, metrics, widest, shares, iterations, time.perf_counter() - started))
        progress(steps[-1])
        if widest <= goal:
            return Adapted(model, tuple(steps), True, (below.by_load, above.by_load))
        if len(steps) > 1:
            left = min(max(1 - (1 - widest / steps[-2].widest) / carried, LEFT), MOST_LEFT)
        chosen = slabs_to_halve(grid, found.slabs, goal / widest, left)
        if len(steps) > 1 and widest > STANDSTILL * steps[-2].widest:
            chosen = _beside(found.slabs, chosen)
        carried = sum(float(slab[cut].sum()) for slab, cut in zip(found.slabs, chosen, strict=True)) / found.total
        finer = grid.divided(chosen)
        if relinearised is not None:
            package = relinearised(model, below)
        if not affordable(finer):
            return Adapted(model, tuple(steps), False, (below.by_load, above.by_load))
        starts = _on(finer, grid, (below.by_load, above.by_load))
        grid = finer


def carried(adapted: Adapted, grid: Grid) -> tuple[Starts, Starts]:
    """The fields of both lattices on a grid that has all planes of theirs; just a guess where it has not."""
    return _on(grid, adapted.model.grid, adapted.starts)


def _on(after: Grid, before: Grid, fields: tuple[Starts, Starts]) -> tuple[Starts, Starts]:
    return (
        {name: at_corners(field, before, after) for name, field in fields[0].items()},
        {name: in_cells(field, before, after) for name, field in fields[1].items()},
    )


def _solved(system: ThermalSystem, starts: Starts) -> tuple[Fields, FloatArray, int]:
    """The fields of all loads, the lattice's own matrix (K/W), and how many iterations all took together."""
    method = ConjugateGradients(relative_residual=STEP_TARGET, max_iterations=MOST_ITERATIONS)
    responses = SteadySolver(system, method).respond(dict.fromkeys(system.loads, STEP_TARGET), starts=starts)
    return responses.only(responses.names), own_matrix(responses), sum(responses.iterations)


def slabs_to_halve(
    grid: Grid, slabs: tuple[FloatArray, FloatArray, FloatArray], goal: float, left: float = LEFT
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Which slabs to cut, by one ranking over all three axes: width saved for each cell added.

    As many as should be enough, or as make a full step.

    Parameters
    ----------
    slabs : what each slab adds to the width, shapes (nx,), (ny,), (nz,)
    goal : width wanted over width now
    left : of a slab's share, that its halves are expected to carry
    """
    scores = [_mirrored(ticks, slab) for ticks, slab in zip(grid.axes, slabs, strict=True)]
    total = sum(float(score.sum()) for score in scores)
    # one slab more along an axis of n adds one n-th of all cells
    worth = np.concatenate([score * score.size for score in scores])
    order = np.argsort(-worth, kind="stable")
    carried = np.cumsum(np.concatenate(scores)[order]) / total
    axis_of = np.repeat(np.arange(3), grid.shape)[order]
    growth = np.ones(order.size)
    for axis, n in enumerate(grid.shape):
        growth *= 1 + np.cumsum(axis_of == axis) / n
    enough = (1 - (1 - left) * carried <= goal) & (growth >= LEAST_GROWTH)
    full = (carried >= SHARE) & (growth >= GROWTH)
    last = int(np.argmax(enough | full))  # cutting all is a full step
    tie = worth[order[last]] * (1 - SAME_WORTH)
    chosen = worth >= tie
    nx, ny, _ = grid.shape
    return chosen[:nx], chosen[nx : nx + ny], chosen[nx + ny :]


def _beside(slabs: Slabs, chosen: Chosen) -> Chosen:
    """Instead of the axis that slabs were to be halved along, the two beside it, from end to end."""
    along = int(np.argmax([float(slab[cut].sum()) for slab, cut in zip(slabs, chosen, strict=True)]))
    x, y, z = (np.full(cut.size, axis != along) for axis, cut in enumerate(chosen))
    return x, y, z


def _mirrored(ticks: FloatArray, slab: FloatArray) -> FloatArray:
    """On an axis that is its own mirror image both of a pair take the larger share, and so stay a pair."""
    span = ticks[-1] - ticks[0]
    if np.abs(ticks + ticks[::-1] - ticks[0] - ticks[-1]).max() > 1e-9 * span:
        return slab
    return np.maximum(slab, slab[::-1])


def half_width(
    sides: tuple[VoxelModel, VoxelModel],
    wanted: Wanted,
    below: Fields,
    above: Fields,
    system: ThermalSystem,
    places: Mapping[str, Patch],
    reference: float,
) -> Width:
    """Half-width of a' R b, `wanted.scale` left out, by slabs and parts, K W.

    1/2 sqrt(A B), with A and B the widths of a and of b alone, grows by 1/4 sqrt(B / A) of what A gains and by
    1/4 sqrt(A / B) of what B gains; these add up to the whole.

    Parameters
    ----------
    sides : the package as the primal and as the dual lattice see it
    below, above : fields of the primal and of the dual lattice
    system : the dual one
    places : of the loads that `wanted` names
    reference : K
    """

    def own(amounts: Mapping[str, float]) -> Width:
        fluxes = face_fluxes(sides[1], system, above.rise(amounts), places, amounts, reference)
        return width(*sides, below.rise(amounts), fluxes)

    first = own(wanted.first)
    factor = _multiple(wanted.first, wanted.second)
    second = own(wanted.second) if factor is None else first.plus(first, factor**2, 0.0)
    ratio = np.sqrt(second.total / first.total) if first.total > 0 and second.total > 0 else 1.0
    return first.plus(second, 0.25 * ratio, 0.25 / ratio)


def _multiple(first: Mapping[str, float], second: Mapping[str, float]) -> float | None:
    """How many times the first the second is, where both are of one and the same load: no second field is needed."""
    if len(first) == 1 and first.keys() == second.keys():
        (name,) = first
        return second[name] / first[name]
    return None


def at_corners(field: FloatArray, before: Grid, after: Grid) -> FloatArray:
    """Trilinear: the very same field where the old grid is part of the new one."""
    return TemperatureField(before.axes, field).at(after.axes)


def in_cells(field: FloatArray, before: Grid, after: Grid) -> FloatArray:
    """Every new cell starts from the old one that it lies in."""
    for axis, (old, new) in enumerate(zip(before.axes, after.axes, strict=True)):
        middle = 0.5 * (new[1:] + new[:-1])
        field = np.take(field, np.clip(np.searchsorted(old, middle) - 1, 0, old.size - 2), axis)
    return field
