"""Is our own multigrid of matrices worth keeping? Its aggregates beside pyamg on the systems of tetrahedra.

    python -m benchmarks.algebraic            # writes algebraic.md to benchmarks/results; half an hour
    python -m benchmarks.algebraic --small    # the smallest package alone, to out/benchmarks

All precondition the same conjugate gradients, scipy's, to one relative residual. Every row is a process of its own.
What pyamg is told beyond its defaults stands in METHODS.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg

from benchmarks.bump_packages import package
from thermopkg.answer.answer import mirrored_axes, reference_temperature, wanted_places
from thermopkg.arraytypes import SparseMatrix
from thermopkg.fem import assemble, mixed
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.solve.aggregation import STRONG, WEAKENING, aggregated

ROOT = Path(__file__).resolve().parents[1]
RESULTS, TRIAL = ROOT / "benchmarks" / "results", ROOT / "out" / "benchmarks"
TARGET = 1e-8  # relative residual
MOST_ITERATIONS = 1000
LONGEST = 150  # s, of one row
KINDS = {0: "fluxes", 1: "fields, order 1", 2: "fields, order 2"}
PROBLEMS = [  # package, gap in mm, bumps, order
    ("open frame", 0.1, 400, 1),
    ("open frame", 0.1, 400, 0),
    ("two carriers face to face", 0.1, 400, 1),
    ("two carriers face to face", 0.1, 400, 0),
    ("flip chip under a sink", 0.1, 900, 1),
]
METHODS = {
    "our aggregates": "Chebyshev of degree 3; fields of order 2 step down to order 1 first",
    "pyamg SA": "smoothed_aggregation_solver as it comes",
    "pyamg SA, 0.08": "strength as ours, symmetric Gauss–Seidel, the constant as it is, elimination at last",
    "pyamg RS": "ruge_stuben_solver as it comes",
}


@dataclass(frozen=True)
class Row:
    """One system by one method; seconds, GB that the hierarchy holds; a reason where it failed."""

    package: str
    cells: int
    kind: str
    unknowns: int
    method: str
    setup: float = 0.0
    solve: float = 0.0
    iterations: int = 0
    residual: float = 0.0
    memory: float = 0.0
    load: float = 0.0
    failure: str = ""


def hierarchy(method: str, matrix: SparseMatrix, coarser: SparseMatrix | None) -> Callable[[Any], Any]:
    """The preconditioner as a function of a residual."""
    if method == "our aggregates":
        return aggregated(matrix, coarser).cycle
    import pyamg

    if method == "pyamg RS":
        return pyamg.ruge_stuben_solver(matrix).aspreconditioner().matvec
    if method == "pyamg SA":
        return pyamg.smoothed_aggregation_solver(matrix).aspreconditioner().matvec
    sweeps = ("gauss_seidel", {"sweep": "symmetric"})
    strengths = [("symmetric", {"theta": STRONG * WEAKENING**level}) for level in range(12)]
    told = {"strength": strengths, "max_levels": 12, "presmoother": sweeps, "postsmoother": sweeps}
    solver = pyamg.smoothed_aggregation_solver(
        matrix, improve_candidates=None, max_coarse=400, coarse_solver="splu", **told
    )
    return solver.aspreconditioner().matvec


def measure(name: str, gap: float, n_bumps: int, order: int, method: str) -> Row:
    """One row, in this process."""
    own = package(name, gap, n_bumps)
    places, reference = wanted_places(own), reference_temperature(own.case)
    model = tetrahedra(own, places.values(), mirrored=mirrored_axes(own))
    free = float("inf")
    system = mixed.emit(model, places, reference, free) if order == 0 else assemble.emit(
        model, places, reference, order, free
    )  # fmt: skip
    points = np.flatnonzero(system.conductance.matrix.diagonal())
    matrix = system.conductance.matrix[points][:, points].tocsr()
    coarser = system.conductance.coarser
    coarser = None if coarser is None else coarser[points].tocsr()
    load = next(iter(system.loads.values())).ravel()[points]
    before, started = _resident(), time.perf_counter()
    cycle = hierarchy(method, matrix, coarser)
    setup, memory = time.perf_counter() - started, _resident() - before
    count = [0]
    started = time.perf_counter()
    field, _ = cg(
        *(matrix, load),
        rtol=TARGET,
        atol=0.0,
        maxiter=MOST_ITERATIONS,
        M=LinearOperator(matrix.shape, matvec=cycle, dtype=float),
        callback=lambda _: count.__setitem__(0, count[0] + 1),
    )
    solve = time.perf_counter() - started
    residual = float(np.linalg.norm(load - matrix @ field) / np.linalg.norm(load))
    return Row(
        *(name, model.n_cells, KINDS[order], matrix.shape[0], method),
        *(setup, solve, count[0], residual, memory, os.getloadavg()[0]),
        failure="" if residual < 2 * TARGET else "not there",
    )


def _resident() -> float:
    line = next(own for own in Path("/proc/self/status").read_text().splitlines() if own.startswith("VmRSS"))
    return int(line.split()[1]) / 1e6


def alone(problem: tuple[str, float, int, int], method: str) -> Row:
    """One row from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.algebraic", "--one", *map(str, problem), method]
    told = Row(problem[0], 0, KINDS[problem[3]], 0, method)
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, cwd=ROOT, check=False)
    except subprocess.TimeoutExpired:
        return Row(**{**asdict(told), "failure": f"stopped after {LONGEST} s"})
    if ran.returncode:
        return Row(**{**asdict(told), "failure": ran.stderr.strip().splitlines()[-1][:80]})
    return Row(**json.loads(ran.stdout.splitlines()[-1]))


def table(rows: list[Row]) -> str:
    lines = [
        "| package | tetrahedra | system | unknowns | by | set-up, s | solve, s | iterations | hierarchy, GB | load |",
        "| --- | ---: | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        if row.failure:
            figures = [row.failure, "", f"{row.iterations or ''}", "", ""]
        else:
            figures = [f"{row.setup:.1f}", f"{row.solve:.1f}", f"{row.iterations}", f"{row.memory:.2f}",
                       f"{row.load:.1f}"]  # fmt: skip
        cells = f"{row.cells / 1e6:.2f} M" if row.cells else ""
        unknowns = f"{row.unknowns:,}" if row.unknowns else ""
        lines.append("| " + " | ".join([row.package, cells, row.kind, unknowns, row.method, *figures]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--one", nargs=5, metavar=("PACKAGE", "GAP", "BUMPS", "ORDER", "METHOD"))
    given = parser.parse_args()
    if given.one:
        name, gap, bumps, order, method = given.one
        print(json.dumps(asdict(measure(name, float(gap), int(bumps), int(order), method))))
        return
    rows = list[Row]()
    for problem in PROBLEMS[:1] if given.small else PROBLEMS:
        for method in METHODS:
            rows.append(alone(problem, method))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    out = TRIAL if given.small else RESULTS
    out.mkdir(parents=True, exist_ok=True)
    told = "\n".join(f"- {name}: {what}" for name, what in METHODS.items())
    text = "\n\n".join(["# Multigrid of matrices: ours beside pyamg", f"One load to {TARGET:g}.", told, table(rows)])
    (out / "algebraic.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
