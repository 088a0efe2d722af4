"""How does each solver solve the model problem? One function a solver, each to the same true residual."""

import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks.package_model import FILM, MM, Side, heat_density, lattice_and_load
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.kernels import thread_count
from thermopkg.lattice.network import Lattice, Network
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.linear import ConjugateGradients

TARGET = 1e-8  # on |f - A u| / |f|, for every solver
MOST_ITERATIONS = 500


@dataclass(frozen=True, eq=False)
class Solved:
    """One solve by one solver, with what is needed to check it.

    `assembly_seconds` : from cells to the operator that the solver reads; `setup_seconds` : its preconditioner
    `rise` : K, and `load` : W for one watt in all, of the same shape
    `outflow` : u -> A u in plain NumPy or SciPy, W
    """

    assembly_seconds: float
    setup_seconds: float
    solve_seconds: float
    iterations: int
    rise: FloatArray
    load: FloatArray
    outflow: Callable[[FloatArray], FloatArray]

    @property
    def relative_residual(self) -> float:
        """|f - A u| / |f|, computed anew."""
        return float(np.linalg.norm(self.load - self.outflow(self.rise)) / np.linalg.norm(self.load))

    @property
    def theta(self) -> float:
        """Source-averaged rise per watt, K/W."""
        return float(np.vdot(self.load, self.rise))


Solver = Callable[[VoxelModel, Side], Solved]


# ---------------------------------------------------------------- the solvers
def engine(cells: VoxelModel, side: Side) -> Solved:
    """thermopkg: conjugate gradients over its float32 zebra-line multigrid."""
    started = time.perf_counter()
    lattice, load = lattice_and_load(cells, side)
    assembled = time.perf_counter()
    prepared = ConjugateGradients(TARGET, MOST_ITERATIONS).prepare(lattice)
    ready = time.perf_counter()
    solution = prepared.solve(load)
    done = time.perf_counter()
    return Solved(
        *(assembled - started, ready - assembled, done - ready, solution.iterations),
        *(solution.field, load, partial(lattice_outflow, lattice)),
    )


def prototype(module: ModuleType, cells: VoxelModel, side: Side) -> Solved:
    """The prototype that the engine grew from: the same method in a plain version."""
    ticks = [axis / MM for axis in cells.grid.axes]
    conductivity, heat = cells.conductivity(0), heat_density(cells)
    started = time.perf_counter()
    gx, gy, gz, ground = getattr(module, side)(*ticks, conductivity, FILM, FILM)
    load = getattr(module, f"{side}_load")(*ticks, heat)
    assembled = time.perf_counter()
    x, y = ticks[:2] if side == "primal" else (0.5 * (t[1:] + t[:-1]) for t in ticks[:2])
    rise, iterations, setup_seconds, _ = module.solve((gx, gy, gz, ground), load, x, y, TARGET, MOST_ITERATIONS)
    done = time.perf_counter()
    return Solved(
        *(assembled - started, setup_seconds, done - assembled - setup_seconds, iterations),
        *(rise, load, partial(lattice_outflow, Lattice(gx, gy, gz, ground, x * MM, y * MM))),
    )


def ruge_stuben(cells: VoxelModel, side: Side) -> Solved:
    """pyamg's classical algebraic multigrid in conjugate gradients, on the engine's own lattice as a CSR matrix."""
    from pyamg import ruge_stuben_solver  # here, so that no other solver's process holds it

    started = time.perf_counter()
    lattice, load = lattice_and_load(cells, side)
    matrix = lattice_matrix(lattice)
    assembled = time.perf_counter()
    preconditioner = ruge_stuben_solver(matrix).aspreconditioner(cycle="V")
    ready = time.perf_counter()
    rise, iterations = conjugate_gradients(matrix, load.ravel(), preconditioner)
    done = time.perf_counter()
    return Solved(
        *(assembled - started, ready - assembled, done - ready, iterations),
        *(rise.reshape(load.shape), load, partial(lattice_outflow, lattice)),
    )


def scikit_fem(cells: VoxelModel, _: Side) -> Solved:
    """scikit-fem: trilinear elements with two Gauss points an axis, exact on boxes; pyamg's smoothed aggregation."""
    import skfem
    from pyamg import smoothed_aggregation_solver
    from skfem.helpers import dot, grad

    threads = thread_count()

    @skfem.BilinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def conduction(u: Any, v: Any, w: Any) -> Any:
        return w["conductivity"] * dot(grad(u), grad(v))

    @skfem.BilinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def film(u: Any, v: Any, _: Any) -> Any:
        return FILM * u * v

    @skfem.LinearForm(nthreads=threads)  # type: ignore[untyped-decorator]  # it publishes no types
    def heat(v: Any, w: Any) -> Any:
        return w["heat"] * v

    conductivity, density = cells.conductivity(0), heat_density(cells)
    x, y, z = cells.grid.axes
    started = time.perf_counter()
    mesh = skfem.MeshHex.init_tensor(x, y, z)
    volume = skfem.Basis(mesh, skfem.ElementHex1(), intorder=3)
    centres = mesh.p[:, mesh.t].mean(axis=1)  # (3, n_cells); the mesh numbers cells in an order of its own
    place = tuple(np.searchsorted(t, c) - 1 for t, c in zip((x, y, z), centres, strict=True))
    cooled = mesh.facets_satisfying(lambda p: (p[2] == z[0]) | (p[2] == z[-1]), boundaries_only=True)
    surface = skfem.FacetBasis(mesh, skfem.ElementHex1(), facets=cooled, intorder=3)
    matrix = conduction.assemble(volume, conductivity=_at_points(conductivity[place], volume)) + film.assemble(surface)
    matrix = matrix.tocsr()
    load = heat.assemble(volume, heat=_at_points(density[place], volume))
    del mesh, volume, surface, centres, place  # of no more use, and they would count as memory of the solve
    assembled = time.perf_counter()
    preconditioner = smoothed_aggregation_solver(matrix).aspreconditioner(cycle="V")
    ready = time.perf_counter()
    rise, iterations = conjugate_gradients(matrix, load, preconditioner)
    done = time.perf_counter()
    return Solved(
        *(assembled - started, ready - assembled, done - ready, iterations),
        *(rise, load, lambda u: matrix @ u),
    )


def _at_points(per_cell: FloatArray, basis: Any) -> FloatArray:
    """One value a cell, seen at each of its quadrature points, shape (n_cells, n_points)."""
    return np.broadcast_to(per_cell[:, None], (per_cell.size, basis.X.shape[-1]))


def load_prototype(path: Path) -> ModuleType:
    """The prototype's module, from wherever it is kept."""
    spec = importlib.util.spec_from_file_location("lattice_multigrid", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its compiled loops are cached by the module's name
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- what they share
def lattice_outflow(network: Network, rise: FloatArray) -> FloatArray:
    """A u edge by edge in NumPy: no solver's own operator, so that it can judge them all; W, shape of the lattice."""
    lattice = assembled(network)
    outflow = lattice.ground * rise
    for axis, conductance in enumerate((lattice.gx, lattice.gy, lattice.gz)):
        low, high = _ends(axis)
        flow = conductance * np.diff(rise, axis=axis)
        outflow[low] -= flow
        outflow[high] += flow
    return outflow


def lattice_matrix(network: Network) -> sp.csr_array:
    """A as a CSR matrix with 32-bit indices, which pyamg's loops want."""
    lattice = assembled(network)
    diagonal, off_diagonals, offsets = lattice.ground.copy(), [], []
    _, ny, nz = lattice.shape
    for axis, (conductance, offset) in enumerate(
        zip((lattice.gx, lattice.gy, lattice.gz), (ny * nz, nz, 1), strict=True)
    ):
        low, high = _ends(axis)
        diagonal[low] += conductance
        diagonal[high] += conductance
        off_diagonal = np.zeros(lattice.shape)
        off_diagonal[low] = -conductance
        off_diagonals.append(off_diagonal.ravel()[:-offset])
        offsets.append(offset)
    bands = [diagonal.ravel(), *off_diagonals, *off_diagonals]
    places = [0, *offsets, *(-offset for offset in offsets)]
    matrix = sp.csr_array(sp.diags_array(bands, offsets=places))  # type: ignore[arg-type]  # its stubs know only lists
    matrix.sort_indices()
    assert matrix.indices.dtype == np.int32
    return matrix


def conjugate_gradients(
    matrix: sp.csr_array, load: FloatArray, preconditioner: LinearOperator
) -> tuple[FloatArray, int]:
    """SciPy's conjugate gradients, begun again from what they reached until the true residual is at the target."""
    rise, iterations, norm = np.zeros(load.size), 0, np.linalg.norm(load)

    def count(_: FloatArray) -> None:
        nonlocal iterations
        iterations += 1

    while np.linalg.norm(load - matrix @ rise) > TARGET * norm:
        rise, failed = cg(
            *(matrix, load, rise), rtol=TARGET, atol=0.0, maxiter=MOST_ITERATIONS, M=preconditioner, callback=count
        )
        if failed:
            raise RuntimeError(f"not at {TARGET:g} after {iterations} iterations")
    return rise, iterations


def _ends(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    before = (slice(None),) * axis
    return (*before, slice(None, -1)), (*before, slice(1, None))
