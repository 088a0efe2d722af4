"""What does the search for the mesh save? Searched grids beside evenly halved ones, and the way from file to sheet.

python -m benchmarks.adaptive                   writes adaptive.{json,md,png} to benchmarks/results; two minutes, 3 GB
python -m benchmarks.adaptive --only on-board   a single case, to out/benchmarks
"""

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.report import statement_lines
from benchmarks.statements import Statement
from thermopkg import workflow
from thermopkg.answer.adapt import MOST_ITERATIONS, STEP_TARGET, Adapted, Step
from thermopkg.answer.answer import reference_temperature, wanted_of, wanted_places
from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.answer.metrics import Metric, metric
from thermopkg.lattice import dual, primal
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "cases"
RESULTS = ROOT / "benchmarks" / "results"
TRIAL = ROOT / "out" / "benchmarks"  # where a part of the cases goes, so that it does not replace the whole
TOLERANCE = 0.5  # percent
RUNS = 3  # of a journey
FEWER = 15  # times the cells that even halving needs, over those of the search
MOST_CELLS = 12e6  # of an even grid; beyond this it is told that even halving needs more

COOLED: Mapping[str, Any] = {"environment": {"top": {"film": "2000 W/m^2/K"}}}
STILL: Mapping[str, Any] = {"environment": {"top": {"film": "10 W/m^2/K"}}}
SEARCHED: Mapping[str, Mapping[str, Any]] = {  # case, and what changes: all of them under 2000 W/m2/K
    "heat-sink-1": COOLED,
    "stacked-pair": {},
    "on-board": {},
    "open-frame": {},
    "flip-chip-27mm": {},
}


@dataclass(frozen=True)
class Journey:
    """From case file to sheet: half-width wanted in percent and what it may take."""

    name: str
    case: str
    changes: Mapping[str, Any]
    tolerance: float
    seconds: float


JOURNEYS = (
    Journey("cooled sink", "flip-chip-27mm", {}, 0.5, 4.0),
    Journey("still air", "flip-chip-27mm", STILL, 1.0, 8.0),
)


@dataclass(frozen=True)
class Grid:
    """One grid: its cells, the widest answer's half-width over its measure, iterations on both lattices, time."""

    cells: int
    half_width: float
    iterations: tuple[int, int]
    seconds: float

    @property
    def work(self) -> float:
        """Cells times iterations."""
        return self.cells * sum(self.iterations)


@dataclass(frozen=True)
class Row:
    """One case: grids of the search, evenly halved ones from the same start, and every answer on a finer grid."""

    case: str
    searched: tuple[Grid, ...]
    even: tuple[Grid, ...]
    even_cells: int  # that the tolerance takes, or more than which it takes
    even_reached: bool
    at_once: Grid  # the search's last grid solved from rest, as by someone who knows it beforehand
    middles: Mapping[str, tuple[float, float, float]]  # value of the search, bounds on its grid halved everywhere

    @property
    def times_fewer(self) -> float:
        return self.even_cells / self.searched[-1].cells

    @property
    def between(self) -> float | None:
        """Cells of an even grid that is just good enough, between the last two by the order that they show."""
        if not self.even_reached or len(self.even) < 2:
            return None
        (n, wide), (m, narrow) = ((grid.cells, 100 * grid.half_width) for grid in self.even[-2:])
        order = math.log(wide / narrow) / math.log(m / n)
        return n * (wide / TOLERANCE) ** (1 / order)

    @property
    def work(self) -> float:
        """Of all steps of the search, cells times iterations."""
        return sum(grid.work for grid in self.searched)


@dataclass(frozen=True)
class Trip:
    """A journey measured, the program compiled and its files in memory; imports are included. The fastest of RUNS."""

    name: str
    tolerance: float
    seconds_allowed: float
    wall: float
    processor: float  # user and system time of all threads, s
    reached: float  # half-width, percent
    steps: tuple[Grid, ...]


# ---------------------------------------------------------------- grids
def row_of(name: str, changes: Mapping[str, Any], most_cells: float) -> Row:
    """Search one case, and halve its start evenly until that is as good."""
    case = workflow.read(CASES / name / "case.toml", {**changes, "study": {"tolerance": f"{TOLERANCE} %"}})
    start = workflow.mesh(workflow.geometry(case))
    found = workflow.search(start, lambda text: print(f"  {text}", file=sys.stderr, flush=True))
    if not found.reached:
        raise SystemExit(f"{name}: the search ran out of memory")
    even: list[Grid] = []
    for halvings in range(7):
        if start.grid.n_cells * 8**halvings > most_cells:
            break
        even.append(measured(paint(start.package, start.grid.halved(halvings)))[0])
        print(f"  {even[-1].cells:,} cells evenly: ±{100 * even[-1].half_width:.2g} %", file=sys.stderr, flush=True)
        if 100 * even[-1].half_width <= TOLERANCE:
            break
    reached = 100 * even[-1].half_width <= TOLERANCE
    return Row(
        case=name,
        searched=tuple(grid_of(step) for step in found.steps),
        even=tuple(even),
        even_cells=even[-1].cells,
        even_reached=reached,
        at_once=measured(found.model)[0],
        middles=middles_of(found),
    )


def middles_of(found: Adapted) -> dict[str, tuple[float, float, float]]:
    _, finer = measured(paint(found.model.package, found.model.grid.halved()))
    pairs = zip(found.steps[-1].metrics, finer, strict=True)
    return {ours.name: (ours.bracket.value, fine.bracket.lower, fine.bracket.upper) for ours, fine in pairs}


def grid_of(step: Step) -> Grid:
    return Grid(step.n_cells, step.widest, step.iterations, step.seconds)


def measured(model: VoxelModel) -> tuple[Grid, tuple[Metric, ...]]:
    """What the search would find on a grid, begun at rest; one lattice at a time."""
    started = time.perf_counter()
    places, asked = wanted_places(model.package), wanted_of(model.package)
    reference = reference_temperature(model.package.case)
    method = ConjugateGradients(relative_residual=STEP_TARGET, max_iterations=MOST_ITERATIONS)
    names: tuple[str, ...] = ()
    bounds, iterations = [], []
    for emit in (primal.emit, dual.emit):
        system = emit(model, places, reference)
        responses = SteadySolver(system, method).respond(dict.fromkeys(system.loads, STEP_TARGET))
        names = responses.names
        bounds.append(own_matrix(responses))
        iterations.append(sum(responses.iterations))
        del system, responses  # room for the other
    metrics = tuple(metric(item, ResistanceMatrix(names, *bounds)) for item in asked)
    widest = max(item.relative_half_width for item in metrics)
    took = time.perf_counter() - started
    return Grid(model.grid.n_cells, widest, (iterations[0], iterations[1]), took), metrics


# ---------------------------------------------------------------- from file to sheet
def trip_of(journey: Journey, folder: Path) -> Trip:
    """Run the program in processes of their own, the first one not counted."""
    case = folder / f"{journey.name.replace(' ', '-')}.toml"
    case.write_text((CASES / journey.case / "case.toml").read_text(encoding="utf-8"), encoding="utf-8")
    for condition, value in journey.changes.get("environment", {}).items():
        change = f'title = "{journey.name}"\nextends = "{case.name}"\n[environment]\n'
        change += f'{condition} = {{ film = "{value["film"]}" }}\n'
        case = folder / f"{case.stem}-changed.toml"
        case.write_text(change, encoding="utf-8")
    words = [sys.executable, "-c", "from thermopkg.cli import main; main()", "run", str(case), "--json", "--quiet"]
    words += ["--tolerance", f"{journey.tolerance} %"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    wall, processor, reached = math.inf, math.inf, math.inf
    for _ in range(RUNS):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        printed = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=ROOT, text=True).stdout
        took, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if took < wall:
            wall, processor = took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        reached = 100 * json.loads(printed)["tolerance"]["reached"]
    model = workflow.mesh(workflow.geometry(workflow.read(case, {"study": {"tolerance": f"{journey.tolerance} %"}})))
    steps = tuple(grid_of(step) for step in workflow.search(model, workflow.silent).steps)
    return Trip(journey.name, journey.tolerance, journey.seconds, wall, processor, reached, steps)


# ---------------------------------------------------------------- what a run says
def statements(rows: Sequence[Row], trips: Sequence[Trip]) -> Iterator[Statement]:
    for row in rows:
        last = row.searched[-1]
        many = f"{row.even_cells:,}" if row.even_reached else f"more than {row.even_cells:,}"
        yield Statement(
            f"{row.case}: ±{TOLERANCE} % takes at most a fifteenth of the cells that even halving takes",
            "PASS" if row.times_fewer >= FEWER else "FAIL",
            f"{last.cells:,} beside {many}",
        )
        yield Statement(
            f"{row.case}: all steps together cost at most twice a solve of the last grid from rest",
            "PASS" if row.work <= 2 * row.at_once.work else "FAIL",
            f"{row.work / 1e6:.1f} beside {row.at_once.work / 1e6:.1f} million cells times iterations",
        )
        inside = all(low <= value <= high for value, low, high in row.middles.values())
        listed = ", ".join(
            f"{name} {value:.5g} in [{low:.5g}, {high:.5g}]" for name, (value, low, high) in row.middles.items()
        )
        yield Statement(
            f"{row.case}: the value lies inside the bracket of a grid 8 times larger",
            "PASS" if inside else "FAIL",
            listed,
        )
    for trip in trips:
        ok = trip.wall <= trip.seconds_allowed and trip.reached <= trip.tolerance
        yield Statement(
            f"{trip.name}: from case file to ±{trip.tolerance} % within {trip.seconds_allowed:g} s, imports included",
            "PASS" if ok else "FAIL",
            f"±{trip.reached:.2f} %, {trip.wall:.1f} s by the clock, {trip.processor:.1f} s of processor time",
        )


def page_of(rows: Sequence[Row], trips: Sequence[Trip], found: Sequence[Statement], settings: str) -> list[str]:
    """adaptive.md."""
    header = ("case", "cells of the geometry", "±%", "cells of the search", "±%", "steps", "iterations", "work",
              "cells of even halving", "±%", "times fewer", "just enough")  # fmt: skip
    lines = [
        *("# The search for the mesh", ""),
        *(f"Half-widths of the widest answer of each case, ±{TOLERANCE} % wanted, sink or lid under 2,000 W/m²K.", ""),
        "Both ways start from the planes of the geometry. Iterations are those of the primal and the dual lattice, all "
        "loads, step by step; work is cells times iterations of all steps together, in millions. Even halving comes in "
        "steps of eight times the cells: *just enough* is where the order of its last two grids would put an even grid "
        "between them that just meets the tolerance.",
        "",
        "| " + " | ".join(header) + " |",
        "| --- |" + " ---: |" * (len(header) - 1),
    ]
    for row in rows:
        first, last, even = row.searched[0], row.searched[-1], row.even[-1]
        lines.append(
            f"| {row.case} | {first.cells:,} | {100 * first.half_width:.2f} | {last.cells:,} | "
            f"{100 * last.half_width:.2f} | {len(row.searched)} | {_iterations(row.searched)} | {row.work / 1e6:.1f} | "
            f"{'' if row.even_reached else '> '}{row.even_cells:,} | {100 * even.half_width:.2f} | "
            f"{row.times_fewer:.0f} | {'' if row.between is None else f'{row.between:,.0f}'} |"
        )
    if trips:
        lines += [
            "",
            "## From case file to sheet",
            "",
            f"flip-chip-27mm, every part bounded; the fastest of {RUNS} runs:",
            "",
        ]
        lines += ["| | wanted | cells, step by step | iterations | wall, s | processor, s |"]
        lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
        lines += [
            f"| {trip.name} | ±{trip.tolerance} % | {', '.join(f'{grid.cells:,}' for grid in trip.steps)} | "
            f"{_iterations(trip.steps)} | {trip.wall:.1f} | {trip.processor:.1f} |"
            for trip in trips
        ]
    lines += ["", "## Statements", "", *(f"- {line}" for line in statement_lines(found)), "", f"{settings}"]
    return [*lines, "", "![half-width over cells](adaptive.png)"]


def _iterations(grids: Sequence[Grid]) -> str:
    return ", ".join(f"{below}+{above}" for below, above in (grid.iterations for grid in grids))


def figure(rows: Sequence[Row]) -> Figure:
    """Half-width over cells, a panel a case."""
    whole = Figure(figsize=(3.1 * len(rows), 3.2), layout="constrained")
    axes = whole.subplots(1, len(rows), sharey=True, squeeze=False)[0]
    for ax, row in zip(axes, rows, strict=True):
        draw_row(ax, row)
    axes[0].set_ylabel("half-width, %")
    axes[0].legend(frameon=False)
    return whole


def draw_row(ax: Axes, row: Row) -> Axes:
    for grids, colour, label in ((row.even, "tab:gray", "halved evenly"), (row.searched, "tab:red", "searched")):
        ax.loglog([g.cells for g in grids], [100 * g.half_width for g in grids], "o-", color=colour, label=label)
    ax.xaxis.set_major_locator(LogLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.axhline(TOLERANCE, color="black", lw=0.8, ls=":")
    ax.set_title(row.case, fontsize="medium")
    ax.set_xlabel("cells")
    return ax


# ---------------------------------------------------------------- the run
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=tuple(SEARCHED), default=tuple(SEARCHED), help="cases (all)")
    parser.add_argument("--most-cells", type=float, default=MOST_CELLS, help="of an even grid (12e6)")
    parser.add_argument("--out", type=Path, help="folder for the results (benchmarks/results)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a statement fails")
    given = parser.parse_args()
    whole = len(given.only) == len(SEARCHED)
    folder: Path = given.out or (RESULTS if whole else TRIAL)
    folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    rows = []
    for name in given.only:
        print(name, file=sys.stderr, flush=True)
        rows.append(row_of(name, SEARCHED[name], given.most_cells))
    TRIAL.mkdir(parents=True, exist_ok=True)
    trips = [trip_of(journey, TRIAL) for journey in JOURNEYS if whole]
    found = list(statements(rows, trips))
    settings = (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}; {load:.1f} programs ran already when this one began"
    )
    record = {"rows": [asdict(row) for row in rows], "journeys": [asdict(trip) for trip in trips],
              "statements": [asdict(statement) for statement in found], "settings": settings}  # fmt: skip
    (folder / "adaptive.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = page_of(rows, trips, found, settings)
    (folder / "adaptive.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    figure(rows).savefig(folder / "adaptive.png", dpi=120)
    print("\n".join(page))
    return 1 if given.check and any(statement.verdict == "FAIL" for statement in found) else 0


if __name__ == "__main__":
    sys.exit(main())
