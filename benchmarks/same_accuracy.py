"""What does an answer within 1 % take? One method on one grid of the small flip chip, or the engine's own search.

python -m benchmarks.same_accuracy scikit-fem-q1 --parts 4
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from typing import Any, Literal, assert_never, get_args

import numpy as np

from benchmarks.busy import watch
from benchmarks.lean_bracket import bound
from benchmarks.package_model import HEAT
from benchmarks.shapes import BUMP_FILMS, HEATED, Problem, bumps, divided
from benchmarks.solvers import MOST_ITERATIONS, TARGET, conjugate_gradients
from thermopkg.answer.adapt import adapt
from thermopkg.answer.metrics import mean_rise
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual
from thermopkg.lattice.kernels import thread_count
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import volume_shares
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.solve.linear import ConjugateGradients

Method = Literal["adaptive", "one-lattice", "scikit-fem-q1", "scikit-fem-p1"]
StartGrid = Literal["planes", "even"]

EVEN = 0.25e-3  # m; the width of a bump, as long as any step may be on a grid that is even
WANTED = 0.01  # half-width over the value for the engine, error over the value for those that know none


@dataclass(frozen=True)
class Accuracy:
    """One answer: θ in K/W, the time from solids to θ in s, and the bounds where the method has any."""

    method: Method
    start_grid: StartGrid
    parts: int  # that every cell of the start grid is cut into along every axis; 1 for the method that searches
    n_cells: int
    n_unknowns: int
    seconds: float
    theta: float
    lower: float | None
    upper: float | None
    others: float


def starting_grid(name: StartGrid) -> Grid:
    """The planes of the geometry, as they are or with even steps between them."""
    planes = geometry_grid(bumps())
    return planes if name == "planes" else planes.limited(EVEN, EVEN)


def solved(method: Method, start_grid: StartGrid, parts: int, tolerance: float) -> Accuracy:
    """The small flip chip by one method; `tolerance` is for the one that searches, the grid for all others."""
    package = bumps()
    grid = divided(starting_grid(start_grid), parts)
    problem = Problem("64 bumps", package, geometry_grid(package), HEATED)
    with watch() as others:
        started = time.perf_counter()
        lower: float | None = None
        upper: float | None = None
        match method:
            case "adaptive":
                n_cells, n_unknowns, lower, upper = adaptive(problem, tolerance)
                theta = 0.5 * (lower + upper)
            case "one-lattice":
                n_cells, n_unknowns, theta = one_lattice(paint(package, grid), problem)
            case "scikit-fem-q1" | "scikit-fem-p1":
                n_cells, n_unknowns, theta = scikit_fem(paint(package, grid), method == "scikit-fem-p1")
            case _:
                assert_never(method)
        seconds = time.perf_counter() - started
    return Accuracy(method, start_grid, parts, n_cells, n_unknowns, seconds, theta, lower, upper, others[0])


def adaptive(problem: Problem, tolerance: float) -> tuple[int, int, float, float]:
    """The engine's search, and then the bracket with what the solver left: cells, unknowns, bounds."""
    wanted = (mean_rise(HEAT, {HEAT: 1.0}),)
    found = adapt(
        *(problem.package, problem.grid, {HEAT: problem.heated}, wanted, problem.ambient, tolerance, lambda _: True)
    )
    sides = bound(problem, found.model, found.starts)
    return found.model.grid.n_cells, sides[0].n_unknowns, sides[1], sides[3]


def one_lattice(cells: VoxelModel, problem: Problem) -> tuple[int, int, float]:
    """Two-point fluxes between cell centres alone, as finite volumes and networks of resistors have them."""
    system = dual.emit(cells, {HEAT: problem.heated}, problem.ambient)
    solution = ConjugateGradients(TARGET, MOST_ITERATIONS).prepare(system.conductance).solve(system.loads[HEAT])
    n_points = system.conductance.n_points
    return n_points, n_points, float(np.vdot(system.loads[HEAT], solution.field))


def scikit_fem(cells: VoxelModel, tetrahedra: bool) -> tuple[int, int, float]:
    """scikit-fem with pyamg's smoothed aggregation: trilinear hexahedra, or linear tetrahedra in the same cells."""
    import skfem
    from pyamg import smoothed_aggregation_solver
    from skfem.helpers import dot, grad

    threads = thread_count()

    @skfem.BilinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def conduction(u: Any, v: Any, w: Any) -> Any:
        return w["conductivity"] * dot(grad(u), grad(v))

    @skfem.BilinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def film(u: Any, v: Any, w: Any) -> Any:
        return w["film"] * u * v

    @skfem.LinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def heat(v: Any, w: Any) -> Any:
        return w["heat"] * v

    x, y, z = cells.grid.axes
    mesh = (skfem.MeshTet if tetrahedra else skfem.MeshHex).init_tensor(x, y, z)
    element = skfem.ElementTetP1() if tetrahedra else skfem.ElementHex1()
    volume = skfem.Basis(mesh, element, intorder=2 if tetrahedra else 3)
    centres = mesh.p[:, mesh.t].mean(axis=1)  # (3, n_elements)
    place = tuple(np.searchsorted(t, c) - 1 for t, c in zip((x, y, z), centres, strict=True))
    density = volume_shares(cells, HEATED) / cells.volumes()
    conductivity = cells.conductivity(0)[place]
    matrix = conduction.assemble(volume, conductivity=_at_points(conductivity, volume))
    load = heat.assemble(volume, heat=_at_points(density[place], volume))
    n_elements = mesh.t.shape[1]
    for level, value in zip((z[-1], z[0]), BUMP_FILMS, strict=True):
        facets = mesh.facets_satisfying(lambda p, level=level: p[2] == level, boundaries_only=True)
        surface = skfem.FacetBasis(mesh, element, facets=facets, intorder=3)
        matrix = matrix + film.assemble(surface, film=value)
    matrix = matrix.tocsr()
    del mesh, volume, centres, place
    preconditioner = smoothed_aggregation_solver(matrix).aspreconditioner(cycle="V")
    rise, _ = conjugate_gradients(matrix, load, preconditioner)
    return n_elements, load.size, float(load @ rise)


def _at_points(per_element: FloatArray, basis: Any) -> FloatArray:
    """One value an element, seen at each of its quadrature points, shape (n_elements, n_points)."""
    return np.broadcast_to(per_element[:, None], (per_element.size, basis.X.shape[-1]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=get_args(Method))
    parser.add_argument("--start-grid", choices=get_args(StartGrid), default="planes")
    parser.add_argument("--parts", type=int, default=1)
    parser.add_argument("--tolerance", type=float, default=WANTED)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    solved(given.method, "planes", 1, 0.1)  # loads libraries and compiles loops
    rows = [solved(given.method, given.start_grid, given.parts, given.tolerance) for _ in range(given.runs)]
    print(json.dumps(asdict(min(rows, key=lambda row: row.seconds))))
