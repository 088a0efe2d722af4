"""What does one solver need for one problem? Run alone in a process of its own, it prints the answer as JSON.

python -m benchmarks.measure engine primal medium --runs 3
"""

import argparse
import gc
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal, get_args

import psutil

from benchmarks.package_model import Side, SizeName, model
from benchmarks.solvers import Solved, Solver, engine, load_prototype, prototype, ruge_stuben, scikit_fem

SolverName = Literal["engine", "prototype", "ruge-stuben", "scikit-fem"]


@dataclass(frozen=True)
class Measurement:
    """The fastest of `runs` solves; times in s, memory in bytes.

    `peak_bytes` : most that the whole process held up to the end of the first solve
    `idle_bytes` : what it held before: interpreter, libraries, compiled code
    `others` : cores that other programs kept busy meanwhile, on average
    """

    solver: SolverName
    operator: str
    size: SizeName
    runs: int
    n_unknowns: int
    assembly_seconds: float
    setup_seconds: float
    solve_seconds: float
    iterations: int
    peak_bytes: int
    idle_bytes: int
    relative_residual: float
    theta: float
    others: float

    @property
    def solver_seconds(self) -> float:
        """Set-up and solve, given the operator."""
        return self.setup_seconds + self.solve_seconds

    @property
    def total_seconds(self) -> float:
        """From cells to the answer."""
        return self.assembly_seconds + self.solver_seconds


def solver_named(name: SolverName, prototype_path: Path | None) -> Solver:
    match name:
        case "engine":
            return engine
        case "prototype":
            if prototype_path is None:
                raise ValueError("the prototype needs its path: --prototype PATH")
            return partial(prototype, load_prototype(prototype_path))
        case "ruge-stuben":
            return ruge_stuben
        case "scikit-fem":
            return scikit_fem


def measure(name: SolverName, side: Side, size: SizeName, runs: int, prototype_path: Path | None) -> Measurement:
    """Solves a tiny problem first, so that libraries are loaded and loops compiled, and then the real one."""
    solver = solver_named(name, prototype_path)
    solver(model("warm-up"), side)
    gc.collect()
    idle = _memory("VmRSS")
    cells = model(size)
    best: Solved | None = None
    peak = 0
    busy, own, started = _busy_seconds(), time.process_time(), time.perf_counter()
    for _ in range(runs):
        solved = solver(cells, side)
        peak = peak or _memory("VmHWM")
        if best is None or _seconds(solved) < _seconds(best):
            best = solved
        del solved
    took = time.perf_counter() - started
    others = (_busy_seconds() - busy - (time.process_time() - own)) / took
    assert best is not None
    return Measurement(
        solver=name,
        operator="full Q1" if name == "scikit-fem" else side,
        size=size,
        runs=runs,
        n_unknowns=best.rise.size,
        assembly_seconds=best.assembly_seconds,
        setup_seconds=best.setup_seconds,
        solve_seconds=best.solve_seconds,
        iterations=best.iterations,
        peak_bytes=peak,
        idle_bytes=idle,
        relative_residual=best.relative_residual,
        theta=best.theta,
        others=max(others, 0.0),
    )


def _seconds(solved: Solved) -> float:
    return solved.assembly_seconds + solved.setup_seconds + solved.solve_seconds


def _busy_seconds() -> float:
    """Seconds that all cores of the machine have worked for anyone, or were withheld from it."""
    times = psutil.cpu_times()._asdict()
    guests = ("guest", "guest_nice")  # are counted as user's and nice time once more
    return float(sum(value for name, value in times.items() if name not in ("idle", "iowait", *guests)))


def _memory(field: str) -> int:
    """Resident memory of this process, now (VmRSS) or at most (VmHWM), bytes.

    Where there is no /proc, the most for both: too much for the idle process, never too little for the peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith(field))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("solver", choices=get_args(SolverName))
    parser.add_argument("side", choices=get_args(Side))
    parser.add_argument("size", choices=get_args(SizeName))
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--prototype", type=Path)
    given = parser.parse_args()
    measurement = measure(given.solver, given.side, given.size, given.runs, given.prototype)
    print(json.dumps(asdict(measurement)))


if __name__ == "__main__":
    main()
