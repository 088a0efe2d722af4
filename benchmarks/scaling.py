"""Does the time of a bracket grow with its cells alone? And are iterations, neighbours and accuracy as promised?

python -m benchmarks.scaling                                     up to 10 M cells
python -m benchmarks.scaling --largest 100e6 --prototype PATH    up to 100 M, beside the prototype
python -m benchmarks.scaling --only busy float32                 some sections; the others keep their last figures
python -m benchmarks.scaling --small                             0.3 M, to see that it runs
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from benchmarks.busy import busy_neighbour, repeats
from benchmarks.iterations import Iterations
from benchmarks.lean_bracket import WholeBracket
from benchmarks.peers import ONE_THREAD, RESULTS, ROOT, THREADS, TRIAL, _existing, _machine, _versions
from benchmarks.same_accuracy import WANTED, Accuracy, Method, StartGrid
from benchmarks.scaling_report import SECTIONS, Section, SectionName, lines_of, read_sections, write
from benchmarks.scaling_statements import BusySolve, Row
from benchmarks.shapes import ShapeName
from benchmarks.single_precision import Agreement

SIZES = (0.1e6, 0.3e6, 1e6, 3e6, 10e6, 30e6, 100e6)  # cells
SHAPES: tuple[ShapeName, ...] = get_args(ShapeName)
HARD = 6e6  # cells; most for the shapes that are hard for other reasons than their size
LONGEST = 60.0  # s, that a solve beside a busy core may take
REFERENCE = 0.002  # half-width of the bracket whose middle counts as true; the middle is far better
PARTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)  # tried in turn, until the answer is within what is wanted
MOST_UNKNOWNS = {"one-lattice": 10e6, "scikit-fem-q1": 0.7e6, "scikit-fem-p1": 0.7e6}  # 5 GB for either


@dataclass(frozen=True)
class Bench:
    """What is the same for all sections; `runs` is None where each section and size has its own number."""

    largest: float
    runs: int | None
    threads: int
    prototype: Path | None
    compiled: str  # folder for the prototype's compiled loops; its own folder may belong to someone else

    def printed(self, module: str, *words: str, limit: float | None = None) -> list[dict[str, Any]]:
        """The objects that a module of this folder prints, a line each, in a process of its own."""
        environment = {
            **os.environ,
            **dict.fromkeys(THREADS, str(self.threads)),
            **dict.fromkeys(ONE_THREAD, "1"),
        }
        if str(self.prototype) in words:
            environment |= {"NUMBA_CACHE_DIR": self.compiled, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", f"benchmarks.{module}", *words]
        print(" ".join(command[2:4]), *words[1:], file=sys.stderr, flush=True)
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=limit
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    def runs_of(self, n_cells: float) -> str:
        return str(self.runs or repeats(n_cells))

    def solvers(self) -> list[tuple[str, ...]]:
        """Words that choose the engine and, where its path is given, the prototype."""
        return [(), *([("--prototype", str(self.prototype))] if self.prototype else [])]

    # ------------------------------------------------------------ the sections
    def bracket(self) -> Iterator[WholeBracket]:
        """Time and memory of whole brackets of the model problem."""
        for size in SIZES:
            if size <= self.largest:
                for row in self.printed("lean_bracket", str(size), "--runs", self.runs_of(size)):
                    yield WholeBracket.from_json(row)

    def iterations(self) -> Iterator[Iterations]:
        """Iterations and their time on all shapes."""
        for shape in SHAPES:
            largest = self.largest if shape == "package" else min(self.largest, HARD)
            for words in self.solvers():
                runs = ("--runs", str(self.runs)) if self.runs else ()
                rows = self.printed("iterations", shape, "--largest", str(largest), *runs, *words)
                yield from (Iterations(**row) for row in rows)

    def busy(self) -> Iterator[BusySolve]:
        """Single solves of 0.9 M unknowns alone and beside a busy core, each in a process of its own."""
        for words in self.solvers():
            solver = "prototype" if words else "engine"
            times: dict[bool, list[float]] = {False: [], True: []}
            task = ("measure", solver, "primal", "medium", *words)
            self.printed("measure", solver, "primal", "warm-up", *words)  # fills the cache of compiled loops
            for _ in range(self.runs or 5):
                for beside, seconds in times.items():
                    with busy_neighbour() if beside else nullcontext():
                        try:
                            (row,) = self.printed(*task, limit=LONGEST)
                        except subprocess.TimeoutExpired:
                            continue
                    seconds.append(row["solve_seconds"])
            yield BusySolve(solver, self.runs or 5, LONGEST, tuple(times[False]), tuple(times[True]))

    def float32(self) -> Iterator[Agreement]:
        """Answers beside those in float64 throughout and those of a direct solver."""
        yield from (Agreement(**row) for row in self.printed("single_precision"))

    def accuracy(self) -> Iterator[Accuracy]:
        """The reference, the engine's own search, and the first grid of every other method that is good enough."""
        reference = self._accuracy("adaptive", "--tolerance", str(REFERENCE))
        yield reference
        yield self._accuracy("adaptive", "--runs", self.runs_of(0))
        for method in get_args(Method)[1:]:
            for start_grid in get_args(StartGrid):
                yield self._first_within(method, start_grid, reference.theta)

    def _first_within(self, method: str, start_grid: str, theta: float) -> Accuracy:
        """The coarsest division that is within what is wanted, or the finest that fits."""
        words = (method, "--start-grid", start_grid)
        last: tuple[Accuracy, str] | None = None
        for parts in PARTS:
            if last is not None and last[0].n_unknowns * (parts / last[0].parts) ** 3 > MOST_UNKNOWNS[method]:
                break
            last = self._accuracy(*words, "--parts", str(parts)), str(parts)
            if abs(last[0].theta / theta - 1) <= WANTED:
                break
        assert last is not None
        # once more, the best of some, where that takes no more than a moment
        again = (
            self._accuracy(*words, "--parts", last[1], "--runs", self.runs_of(0)) if last[0].seconds < 10 else last[0]
        )
        return min(last[0], again, key=lambda row: row.seconds)

    def _accuracy(self, *words: str) -> Accuracy:
        (row,) = self.printed("same_accuracy", *words)
        return Accuracy(**row)

    def _rows(self, name: SectionName) -> Iterator[Row]:
        match name:
            case "bracket":
                return self.bracket()
            case "iterations":
                return self.iterations()
            case "busy":
                return self.busy()
            case "float32":
                return self.float32()
            case "accuracy":
                return self.accuracy()

    def section(self, name: SectionName) -> Section:
        """One section with what its figures hold for; what failed is told, and the rows before it stay."""
        rows: list[Row] = []
        failed: list[str] = []
        try:
            for row in self._rows(name):
                rows.append(row)
        except subprocess.CalledProcessError as error:
            failed.append(f"{' '.join(error.cmd[2:])}: ended with exit code {error.returncode}")
        date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return Section(name, date, _machine(), _versions(), self.threads, tuple(rows), tuple(failed))


def main() -> int:
    given = _arguments()
    largest = 0.9e6 if given.small else given.largest
    folder = given.out or (TRIAL if given.small else RESULTS)
    sections = {} if given.small else read_sections(folder)
    with tempfile.TemporaryDirectory() as compiled:
        bench = Bench(largest, 1 if given.small else given.runs, given.threads, given.prototype, compiled)
        for name in given.only:
            sections[name] = bench.section(name)
            write(sections, folder)  # at once: a long run may be broken off
    print("\n".join(lines_of(sections)))
    return 1 if any(section.failed for section in sections.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=float, default=10e6, help="cells; 100e6 takes 12 GB")
    parser.add_argument("--small", action="store_true", help="at most 0.9 M cells, one run; results to out/benchmarks")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, help="sections to run (all)")
    parser.add_argument("--prototype", type=_existing, help="lattice_multigrid.py; without it those rows are left out")
    parser.add_argument("--runs", type=int, help="fastest of so many (5 below 2 M cells, 3 below 20 M, else 1)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for every solver (all cores)")
    parser.add_argument("--out", type=Path, help="folder for the results (benchmarks/results)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
