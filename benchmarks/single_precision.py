"""Does float32 inside the preconditioner show in the answers? Against float64 throughout, and a direct solve.

python -m benchmarks.single_precision
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Literal, get_args

import numpy as np
from scipy.sparse.linalg import splu

from benchmarks.package_model import Side, lattice_and_load, model
from benchmarks.shapes import model_problem
from benchmarks.solvers import lattice_matrix
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.multigrid import Hierarchy
from thermopkg.lattice.network import Network
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.solve.linear import ConjugateGradients

Against = Literal["float64 throughout", "SciPy's direct solver"]
DEEP = 1e-11  # relative residual; far below, so that what is left of the iteration does not show
LARGER = 0.88e6  # cells; too many to solve directly in reasonable time


@dataclass(frozen=True)
class Agreement:
    """The rises of one lattice by two ways, largest difference over the largest rise, and their θ's, relative."""

    against: Against
    side: Side
    n_unknowns: int
    field_difference: float
    theta_difference: float
    iterations: int
    iterations_against: int | None


def agreements() -> Iterator[Agreement]:
    """Float64 throughout on the model problem, direct on its tiny cut."""
    problem = model_problem(LARGER)
    for against, cells in (
        ("float64 throughout", paint(problem.package, problem.grid)),
        ("SciPy's direct solver", model("warm-up")),
    ):
        for side in get_args(Side):
            yield agreement(against, cells, side)  # type: ignore[arg-type]  # a tuple's words are plain strings to mypy


def agreement(against: Against, cells: VoxelModel, side: Side) -> Agreement:
    """One lattice solved both ways."""
    lattice, load = lattice_and_load(cells, side)
    prepared = ConjugateGradients(DEEP).prepare(lattice)
    usual = prepared.solve(load)
    if against == "float64 throughout":
        other = replace(prepared, hierarchy=Hierarchy.build(lattice, np.float64)).solve(load)
        rise, iterations = other.field, other.iterations
    else:
        rise, iterations = direct(lattice, load), None
    theta = float(np.vdot(load, rise))
    return Agreement(
        against=against,
        side=side,
        n_unknowns=lattice.n_points,
        field_difference=float(np.abs(usual.field - rise).max() / np.abs(rise).max()),
        theta_difference=abs(float(np.vdot(load, usual.field)) / theta - 1),
        iterations=usual.iterations,
        iterations_against=iterations,
    )


def direct(lattice: Network, load: FloatArray) -> FloatArray:
    """The rise by a sparse factorisation of the same matrix, K."""
    return np.asarray(splu(lattice_matrix(lattice).tocsc()).solve(load.ravel())).reshape(load.shape)


if __name__ == "__main__":
    for row in agreements():
        print(json.dumps(asdict(row)), flush=True)
