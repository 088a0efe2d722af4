"""What does a long trace of powers take? Seconds and memory of 1,000 and 10,000 steps, by both ways through time.

python -m benchmarks.traces            writes traces.{json,md} to benchmarks/results; some ten minutes, 2 GB
python -m benchmarks.traces --small    a coarse mesh and few steps, to out/benchmarks
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.busy import watch
from tests.small_case import BAR
from thermopkg import course, workflow
from thermopkg.answer.zth import Span
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.impedance import mesh_in_time, sources_in_time
from thermopkg.lattice import primal
from thermopkg.report.recording import LINES, record
from thermopkg.solve.schedule import Schedule, steps
from thermopkg.solve.transient import Marching, march

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
TRIAL = ROOT / "out" / "benchmarks"
CASE = ROOT / "cases" / "on-board" / "case.toml"
SPAN = Span(1e-3, 1e3)
EVERY = 0.1  # s, from one power to the next
SEED = 7
FULL = {"tolerance": "0.05 %", "max_cells": 600_000}
SMALL = {"tolerance": "2 %", "max_cells": 30_000}
REDUCED, ON_LATTICE, ON_SMALL = (1_000, 10_000), (5, 20), (1_000, 10_000)  # powers of each trace
COARSE = 20.0  # K, that a step on the small lattice may be off by: there memory is looked at, not temperatures
WANTED = 10_000  # that the lattice is not run for, but reckoned


@dataclass(frozen=True)
class Trace:
    """One trace: what it was, what it took, and the highest that memory stood at."""

    way: str
    n_powers: int
    n_cells: int
    n_steps: int  # of the lattice, one a power for the reduced system
    preparing: float  # s, until the first moment: mesh, and the reduced system where there is one
    going: float  # s, along the trace
    peak: float  # GB, of the process from its begin
    prepared_peak: float  # GB, before the trace
    neighbours: float  # cores that others kept busy meanwhile


def peak() -> float:
    """The highest that the memory of this process has stood at, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def powers(n: int, source: str = "chip.active") -> Schedule:
    """Powers of one source, W, another one every tenth of a second."""
    drawn = np.random.default_rng(SEED).uniform(0.0, 10.0, (n, 1))
    return steps([source], EVERY * np.arange(n + 1), drawn)


def reduced(case: Case, n: int) -> Trace:
    """By the reduced system, as the command does it: all moments, the picture and the JSON."""
    schedule, started = powers(n), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, watch() as others:
        found = course.find_course(case, SPAN)
        before, prepared = peak(), time.perf_counter()
        rows = sum(1 for _ in found.along(schedule))
        assert rows == n + 1
        going = time.perf_counter() - prepared
        course.course_of(case, SPAN, Path(folder) / "out", schedule=schedule)
    n_cells = found.impedance.mesh.model.grid.n_cells
    return Trace("reduced system", n, n_cells, n, prepared - started, going, peak(), before, others[0])


def on_lattice(case: Case, n: int, way: str = "lattice", error: float = course.STEP_ERROR) -> Trace:
    """Step by step, written as it goes, as the command does it."""
    source = next(iter(sources_in_time(workflow.geometry(case).package)))
    schedule, started = powers(n, source), time.perf_counter()
    mesh = mesh_in_time(case, SPAN)
    model, sources = mesh.model, sources_in_time(mesh.model.package)
    system = primal.emit(model.seen("conducting"), sources, case.environment.ambient)
    before, prepared, n_steps = peak(), time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as folder, watch() as others:
        for moment in record(march(system, schedule, Marching(error)), Path(folder), "", dict.fromkeys(sources, 25.0)):
            n_steps = moment.n_steps
        assert (Path(folder) / LINES).stat().st_size > 0
    ended = time.perf_counter()
    took = prepared - started, ended - prepared
    return Trace(way, n, model.grid.n_cells, n_steps, *took, peak(), before, others[0])


def one(way: str, n: int, small: bool) -> Trace:
    """What one process measures."""
    if way == "small lattice":
        document = {**tomllib.loads(BAR), "study": {"metrics": [], "refine": 2}}
        return on_lattice(from_document(document), n, way, COARSE)
    case = workflow.read(CASE, {"study": SMALL if small else FULL})
    return reduced(case, n) if way == "reduced" else on_lattice(case, n)


def report(found: list[Trace]) -> str:
    lattice = [trace for trace in found if trace.way == "lattice"][-1]
    hours = lattice.going * WANTED / lattice.n_powers / 3600
    return "\n".join(
        [
            "# Traces: a power every tenth of a second",
            "",
            f"`cases/on-board`, {found[0].n_cells:,} cells of a quarter, and a bar of {found[-1].n_cells:,} (small "
            "lattice) for the memory of many steps. Each row is a process of its own; its peak is the highest that its "
            "memory stood at, before the trace and in all.",
            "",
            "| by | powers | steps | until the first moment, s | along the trace, s | peak before, GB | peak, GB | "
            "neighbours |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(
                f"| {t.way} | {t.n_powers:,} | {t.n_steps:,} | {t.preparing:.1f} | {t.going:.2f} | "
                f"{t.prepared_peak:.3f} | {t.peak:.3f} | {t.neighbours:.1f} cores |"
                for t in found
            ),
            "",
            f"A trace of {WANTED:,} powers on the lattice was not run: at {lattice.going / lattice.n_powers:.1f} s a "
            f"power it would take about {hours:.0f} hours.",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "N"))
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asdict(one(asked.one[0], int(asked.one[1]), asked.small))))
        return
    found = []
    for way, sizes in (("reduced", REDUCED), ("lattice", ON_LATTICE), ("small lattice", ON_SMALL)):
        for n in sizes:
            size = n // 10 if asked.small else n
            command = [sys.executable, "-m", "benchmarks.traces", "--one", way, str(size)]
            command += ["--small"] if asked.small else []
            told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
            found.append(Trace(**json.loads(told.splitlines()[-1])))
            print(found[-1], flush=True)
    folder = TRIAL if asked.small else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.processor() or platform.machine(),
        "traces": [asdict(trace) for trace in found],
    }
    (folder / "traces.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (folder / "traces.md").write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
