"""How many iterations, and how long is one? Both lattices of one shape on all its grids, to the same true residual.

python -m benchmarks.iterations board --largest 3e6 --runs 3 --prototype PATH
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import get_args

import numpy as np

from benchmarks.busy import repeats, watch
from benchmarks.package_model import HEAT, MM, Side, model
from benchmarks.shapes import HEATED, Problem, ShapeName, grids_of
from benchmarks.solvers import MOST_ITERATIONS, TARGET, Solved, lattice_outflow, load_prototype
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import dual, primal
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.voxel import paint
from thermopkg.solve.linear import ROUNDING, ConjugateGradients, PreparedLattice

LITTLE = 1e-12  # of the largest conductance; coarse points gather it, and it must not cool them


@dataclass(frozen=True)
class Iterations:
    """The fastest of `runs` solves of one lattice by one solver; s. None where it did not get to the target."""

    solver: str
    shape: ShapeName
    name: str
    side: Side
    n_unknowns: int
    aspect: float
    idle_share: float  # of the lattice's points, that take no part
    runs: int
    iterations: int | None
    setup_seconds: float
    solve_seconds: float
    relative_residual: float
    rounding: float  # what the rounding of a rise in float64 leaves of a residual, relative to the load
    theta: float
    levels: float | None  # points on all levels over those of the finest; None where not known
    others: float

    @property
    def nanoseconds(self) -> float | None:
        """Per unknown and iteration, everything in the solve included."""
        if self.iterations is None:
            return None
        return 1e9 * self.solve_seconds / (self.n_unknowns * self.iterations)

    @property
    def nanoseconds_of_levels(self) -> float | None:
        """Per point of any level and iteration."""
        return None if self.nanoseconds is None or self.levels is None else self.nanoseconds / self.levels


def engine(prepared: PreparedLattice, load: FloatArray) -> Solved | None:
    """thermopkg, given a lattice."""
    try:
        solution = prepared.solve(load)
    except ConvergenceError:
        return None
    lattice = prepared.lattice
    return Solved(
        *(0.0, prepared.setup_seconds, solution.seconds, solution.iterations),
        *(solution.field, load, partial(lattice_outflow, lattice)),
    )


def prototype(module: ModuleType, idle: BoolArray, lattice: Lattice, load: FloatArray) -> Solved | None:
    """The prototype, given a lattice; points without conductance get a little, for it divides by their diagonal."""
    network = (lattice.gx, lattice.gy, lattice.gz, np.where(idle, LITTLE * lattice.gz.max(), lattice.ground))
    axes = (np.round(axis / MM, 9) for axis in (lattice.x, lattice.y))  # it tells steps apart that differ by rounding
    rise, iterations, setup_seconds, seconds = module.solve(network, load, *axes, TARGET, MOST_ITERATIONS)
    if iterations == MOST_ITERATIONS:
        return None
    return Solved(0.0, setup_seconds, seconds, iterations, rise, load, partial(lattice_outflow, lattice))


def measure(problem: Problem, shape: ShapeName, runs: int, module: ModuleType | None) -> Iterator[Iterations]:
    """Both lattices of one problem."""
    cells = paint(problem.package, problem.grid)
    for side in get_args(Side):
        emit = primal.emit if side == "primal" else dual.emit
        system = emit(cells, {HEAT: problem.heated}, problem.ambient)
        network, load = system.conductance, system.loads[HEAT]
        lattice = assembled(network)  # for the prototype, and to judge both
        idle = _idle(lattice)
        best: Solved | None = None
        levels: float | None = None
        with watch() as others:
            for _ in range(runs):
                if module is None:
                    prepared = ConjugateGradients(TARGET, MOST_ITERATIONS).prepare(network)
                    levels = sum(level.n_points for level in prepared.hierarchy.levels) / lattice.n_points
                    solved = engine(prepared, load)
                    del prepared
                else:
                    solved = prototype(module, idle, lattice, load)
                if solved is not None and (best is None or solved.solve_seconds < best.solve_seconds):
                    best = solved
        yield Iterations(
            solver="engine" if module is None else "prototype",
            shape=shape,
            name=problem.name,
            side=side,
            n_unknowns=lattice.n_points,
            aspect=problem.aspect,
            idle_share=float(idle.mean()),
            runs=runs,
            iterations=None if best is None else best.iterations,
            setup_seconds=0.0 if best is None else best.setup_seconds,
            solve_seconds=0.0 if best is None else best.solve_seconds,
            relative_residual=0.0 if best is None else best.relative_residual,
            rounding=0.0 if best is None else _rounding(lattice, best),
            theta=0.0 if best is None else best.theta,
            levels=levels,
            others=others[0],
        )


def _idle(lattice: Lattice) -> BoolArray:
    """Points without any conductance, shape of the lattice."""
    joined = lattice.ground > 0
    for axis, conductance in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        near, far = np.moveaxis(joined, axis, 0)[:-1], np.moveaxis(joined, axis, 0)[1:]
        at_work = np.moveaxis(conductance > 0, axis, 0)
        near |= at_work
        far |= at_work
    return ~joined


def _rounding(lattice: Lattice, solved: Solved) -> float:
    """The solver's own measure of it: 2 eps |D u| / |f|, with D the diagonal of A."""
    diagonal = lattice.ground.copy()
    for axis, conductance in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        moved = np.moveaxis(diagonal, axis, 0)
        moved[:-1] += np.moveaxis(conductance, axis, 0)
        moved[1:] += np.moveaxis(conductance, axis, 0)
    return float(ROUNDING * np.linalg.norm(diagonal * solved.rise) / np.linalg.norm(solved.load))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=get_args(ShapeName))
    parser.add_argument("--largest", type=float, default=1e6)
    parser.add_argument("--runs", type=int, help="fastest of so many; by size if not given")
    parser.add_argument("--prototype", type=Path)
    given = parser.parse_args()
    if given.prototype is not None and "NUMBA_CACHE_DIR" not in os.environ:
        parser.error("set NUMBA_CACHE_DIR: the folder of the prototype may belong to someone else")
    module = None if given.prototype is None else load_prototype(given.prototype)
    tiny = model("warm-up")
    for _ in measure(Problem("warm-up", tiny.package, tiny.grid, HEATED), "package", 1, module):
        pass
    for problem in grids_of(given.shape, given.largest):
        for row in measure(problem, given.shape, given.runs or repeats(problem.grid.n_cells), module):
            print(json.dumps(asdict(row)), flush=True)


if __name__ == "__main__":
    main()
