"""How fast is the engine beside its peers? Every solver on the same package, each in a process of its own.

python -m benchmarks.peers                                           0.9 M unknowns
python -m benchmarks.peers --large --prototype PATH --check          7.0 M as well, with the prototype
python -m benchmarks.peers --small                                   0.1 M, to see that it runs
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import get_args

import psutil

from benchmarks.measure import Measurement, SolverName
from benchmarks.package_model import Side, SizeName
from benchmarks.report import Run, engine_lines, setting_lines, statement_lines, table, write
from benchmarks.same_problem import PROTOTYPE_SCALES
from benchmarks.statements import Statement, statements

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
TRIAL = ROOT / "out" / "benchmarks"  # where a small run goes, so that it does not replace the figures of a full one
RUNS: dict[SizeName, int] = {"small": 3, "medium": 1, "large": 1}
SOLVERS: tuple[SolverName, ...] = get_args(SolverName)
THREADS = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
# SciPy's iteration calls BLAS for sums of a million terms, where a second thread gains nothing, and waiting for one
# beside a busy core made pyamg four to six times slower. So BLAS gets one thread, for every solver.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def sides_of(solver: SolverName, size: SizeName) -> tuple[Side, ...]:
    """Which lattices a solver solves at a size; scikit-fem, with one operator of its own, counts as primal."""
    if solver != "scikit-fem":
        return "primal", "dual"
    return () if size == "large" else ("primal",)  # 7 M unknowns would take it some 40 GB


def main() -> int:
    given = _arguments()
    sizes: list[SizeName] = ["small"] if given.small else ["medium", "large"] if given.large else ["medium"]
    solvers: list[SolverName] = [name for name in SOLVERS if name in given.only]
    if given.prototype is None:
        solvers = [name for name in solvers if name != "prototype"]
    with tempfile.TemporaryDirectory() as compiled:
        bench = Bench(given.threads, given.runs, given.prototype, compiled)
        rows, failed = bench.rows(sizes, solvers)
        same = [bench.same_problem(size) for size in sizes if "prototype" in solvers and size in PROTOTYPE_SCALES]
    if not rows:
        sys.exit("\n".join(["nothing was measured", *failed]))

    run = Run(
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        machine=_machine(),
        versions=_versions(),
        threads=given.threads,
        rows=tuple(rows),
        statements=(*same, *statements(rows)),
    )
    write(run, given.out or (TRIAL if given.small else RESULTS))
    blocks = (table(rows), engine_lines(rows), setting_lines(run), statement_lines(run.statements), failed)
    print("\n\n".join("\n".join(block) for block in blocks if block))
    untrue = any(statement.verdict == "FAIL" for statement in run.statements)
    return 1 if failed or (given.check and untrue) else 0


@dataclass(frozen=True)
class Bench:
    """What is the same for every solver: threads, number of runs (None: by size), and where things are."""

    threads: int
    runs: int | None
    prototype: Path | None
    compiled: str  # folder for the prototype's compiled loops; its own folder may belong to someone else

    def rows(self, sizes: Sequence[SizeName], solvers: Sequence[SolverName]) -> tuple[list[Measurement], list[str]]:
        """One measurement a row, and a sentence for each that did not end well."""
        rows, failed = [], []
        for size, solver in product(sizes, solvers):
            for side in sides_of(solver, size):
                try:
                    if size == sizes[0]:
                        self._measurement(solver, side, "warm-up")  # fills the cache of compiled loops
                    rows.append(self._measurement(solver, side, size))
                except subprocess.CalledProcessError as error:
                    failed.append(f"{size} {solver} {side}: ended with exit code {error.returncode}")
                    continue
                print(f"{size} {solver} {side}: {rows[-1].total_seconds:.2f} s", file=sys.stderr, flush=True)
        return rows, failed

    def same_problem(self, size: SizeName) -> Statement:
        """Whether the prototype's own arrays are those that every solver was given."""
        return Statement(**json.loads(self._printed("same_problem", size, str(self.prototype))))

    def _measurement(self, solver: SolverName, side: Side, size: SizeName) -> Measurement:
        runs = 1 if size == "warm-up" else self.runs or RUNS[size]
        path = ("--prototype", str(self.prototype)) if solver == "prototype" else ()
        return Measurement(**json.loads(self._printed("measure", solver, side, size, "--runs", str(runs), *path)))

    def _printed(self, module: str, *words: str) -> str:
        """What a module of this folder prints in a fresh process."""
        environment = {
            **os.environ,
            **dict.fromkeys(THREADS, str(self.threads)),
            **dict.fromkeys(ONE_THREAD, "1"),
        }
        if str(self.prototype) in words:
            environment |= {"NUMBA_CACHE_DIR": self.compiled, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", f"benchmarks.{module}", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help="0.1 M unknowns alone; results go to out/benchmarks")
    size.add_argument("--large", action="store_true", help="7.0 M unknowns as well; some ten minutes, 6 GB")
    parser.add_argument("--prototype", type=_existing, help="lattice_multigrid.py; without it those rows are left out")
    parser.add_argument("--runs", type=int, help="fastest of so many (3 at small size, 1 at the others)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for every solver (all cores)")
    parser.add_argument("--only", nargs="+", choices=SOLVERS, default=SOLVERS, help="solvers to run (all)")
    parser.add_argument("--out", type=Path, help="folder for the results (benchmarks/results)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a statement fails")
    return parser.parse_args()


def _existing(text: str) -> Path:
    path = Path(text).resolve()  # the measuring processes run elsewhere
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no file at {path}")
    return path


def _machine() -> dict[str, str]:
    processor = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        names = [line.split(":")[1].strip() for line in described.read_text().splitlines() if "model name" in line]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
    }


def _versions() -> dict[str, str]:
    packages = ("thermopkg", "numpy", "scipy", "numba", "scikit-fem", "pyamg")
    return {"Python": platform.python_version(), **{name: version(name) for name in packages}}


if __name__ == "__main__":
    sys.exit(main())
