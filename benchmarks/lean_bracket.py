"""What does a whole bracket take? Paint, emit, set up and solve both lattices, from nothing but the solids.

python -m benchmarks.lean_bracket 1e6 --runs 3
"""

import argparse
import gc
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from benchmarks.busy import watch
from benchmarks.measure import _memory
from benchmarks.package_model import HEAT, model
from benchmarks.shapes import Problem, model_problem
from thermopkg.answer.answer import heat_everywhere
from thermopkg.answer.bracket import Settled, from_above, from_below
from thermopkg.lattice import dual, primal
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.solve.steady import NO_STARTS, Starts


@dataclass(frozen=True)
class Side:
    """One lattice of a bracket; s. `solve_seconds` is the load's iteration; emission, set-up and guard come on top."""

    n_unknowns: int
    seconds: float
    setup_seconds: float
    solve_seconds: float
    iterations: int
    relative_residual: float


@dataclass(frozen=True)
class WholeBracket:
    """The fastest of `runs`; times in s, bounds in K/W, memory in bytes.

    `peak_bytes` : most that the whole process held up to the end of the first run
    `idle_bytes` : what it held before it saw the problem
    `others` : cores that other programs kept busy meanwhile, on average
    """

    name: str
    n_cells: int
    runs: int
    seconds: float
    paint_seconds: float
    primal: Side
    dual: Side
    lower: float
    upper: float
    peak_bytes: int
    idle_bytes: int
    others: float

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "WholeBracket":
        return cls(**{**row, "primal": Side(**row["primal"]), "dual": Side(**row["dual"])})

    @property
    def nanoseconds_per_cell(self) -> float:
        return 1e9 * self.seconds / self.n_cells

    @property
    def bytes_per_unknown(self) -> float:
        """Of the larger lattice, above the idle process; at no time is there more than one lattice."""
        return (self.peak_bytes - self.idle_bytes) / self.primal.n_unknowns

    @property
    def half_width(self) -> float:
        """Over the middle."""
        return (self.upper - self.lower) / (self.upper + self.lower)


def bound(
    problem: Problem, cells: VoxelModel, starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS)
) -> tuple[Side, float, Side, float]:
    """Primal side and lower bound, dual side and upper bound: one lattice at a time, guarded by one load."""
    started = time.perf_counter()
    below = from_below(primal.emit(cells, {HEAT: problem.heated}, problem.ambient), None, starts[0])
    lower, primal_side = below.bound, _side(below, started)
    del below
    started = time.perf_counter()
    system = dual.emit(cells, {HEAT: problem.heated}, problem.ambient)
    above = from_above(system, partial(heat_everywhere, cells), lower, starts[1])
    return primal_side, float(lower[0, 0]), _side(above, started), float(above.bound[0, 0])


def _side(settled: Settled, started: float) -> Side:
    responses = settled.responses
    return Side(
        n_unknowns=responses.system.conductance.n_points,
        seconds=time.perf_counter() - started,
        setup_seconds=responses.setup_seconds,
        solve_seconds=responses.solve_seconds,
        iterations=responses.iterations[0],
        relative_residual=responses.relative_residuals[0],
    )


def measure(problem: Problem, runs: int) -> WholeBracket:
    """Bounds a tiny cut of the package first, so that loops are compiled, and then the real one."""
    tiny = model("warm-up")
    bound(Problem("warm-up", tiny.package, tiny.grid, problem.heated), tiny)
    del tiny
    gc.collect()
    idle, peak = _memory("VmRSS"), 0
    best: WholeBracket | None = None
    for _ in range(runs):
        with watch() as others:
            started = time.perf_counter()
            cells = paint(problem.package, problem.grid)
            painted = time.perf_counter()
            primal_side, lower, dual_side, upper = bound(problem, cells)
            done = time.perf_counter()
        peak = peak or _most_memory()
        del cells
        if best is None or done - started < best.seconds:
            best = WholeBracket(
                name=problem.name,
                n_cells=problem.grid.n_cells,
                runs=runs,
                seconds=done - started,
                paint_seconds=painted - started,
                primal=primal_side,
                dual=dual_side,
                lower=lower,
                upper=upper,
                peak_bytes=peak,
                idle_bytes=idle,
                others=others[0],
            )
    assert best is not None
    return best


def _most_memory() -> int:
    """The most that this process ever held, bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cells", type=float)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    print(json.dumps(asdict(measure(model_problem(given.cells), given.runs))))
