"""Do reduced models keep their promises? Bounds at random designs, what they cost, and how fast they answer.

python -m benchmarks.explore                 writes explore.{json,md} and a map to benchmarks/results; ten minutes
python -m benchmarks.explore --designs 20    fewer designs, to out/benchmarks
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import statement_lines
from benchmarks.statements import Statement
from thermopkg import exploration, workflow
from thermopkg.answer.answer import heat_everywhere, reference_temperature, wanted_places
from thermopkg.answer.bracket import from_above, from_below, own_matrix
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.explore import storing
from thermopkg.explore.building import Snapshot, build
from thermopkg.explore.family import Family, family
from thermopkg.explore.parameters import parameter, with_values
from thermopkg.lattice import dual, primal

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "cases"
RESULTS = ROOT / "benchmarks" / "results"
TRIAL = ROOT / "out" / "benchmarks"  # where a shorter run goes, so that it does not replace the whole
DESIGNS = 500
BELOW = 1e-10  # relative; far above what the lattices' own answers are off by, which is second order
SHARE = 0.1  # of the mesh's own width, that a model may add
MOST_BRACKETS, FASTEST, MAP_SECONDS = 8, 5e5, 2.0
N_RATE = 200_000  # designs of the measured rate

GAP_AND_COMPOUND = {"sink.gap": (3e-5, 2e-4), "mould.conductivity": (0.6, 6.0)}
PACKAGES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "on-board": GAP_AND_COMPOUND,
    "stacked-pair": GAP_AND_COMPOUND,
    "open-frame": {"grease.thickness": (2e-5, 1e-4), "underfill.conductivity": (0.3, 3.0), "top.film": (5.0, 5e3)},
    "heat-sink-9-side-by-side": {
        **GAP_AND_COMPOUND,
        "top.film": (5.0, 2e3),
        "chip.bumps.conductivity": (20.0, 80.0),
        "carrier[1].thickness": (2e-4, 8e-4),
    },
}
MILLION = "heat-sink-1"  # takes a million cells at its own tolerance
VARY = ("sink.gap=0.03mm:0.2mm:60", "mould.conductivity=0.6W/m/K:6W/m/K:80")


@dataclass(frozen=True)
class Row:
    """A model beside full solutions at random designs."""

    case: str
    parameters: tuple[str, ...]
    n_cells: int
    n_loads: int
    n_designs: int
    n_snapshots: int
    crossed: int  # designs at which a reduced bound lies inside what the lattices give
    added_most: float  # to a width, as a share of the mesh's own
    added_middle: float
    build_seconds: float
    full_seconds: float  # of one full bracket, in the middle of all


@dataclass(frozen=True)
class Cost:
    """What a model of a million cells takes, in seconds; full brackets on the same mesh, from rest."""

    n_cells: int
    n_snapshots: int
    build_seconds: float
    full_seconds: float
    bytes: int
    designs_per_second: float  # on one core
    map_seconds: float  # 60 x 80 designs and their picture from the stored model, in a running program
    command_seconds: float  # the same by the command, from its start, with two more pictures, CSV and JSON


def middle_case(name: str, ranges: Mapping[str, tuple[float, float]]) -> tuple[Case, list[Any], FloatArray, FloatArray]:
    """The case in the middle of its ranges, its parameters and their ends."""
    case = workflow.read(CASES / name / "case.toml")
    names = {
        key.replace("chip.", "processor.") if name.startswith("heat-sink-9") else key: v for key, v in ranges.items()
    }
    own = [parameter(case, key) for key in names]
    low, high = (np.array([v[i] for v in names.values()]) for i in (0, 1))
    return with_values(case, dict(zip(own, np.sqrt(low * high).tolist(), strict=True))), own, low, high


def full(found: Family, design: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """What both lattices give for one design on the family's mesh, solved in full from rest, and the seconds it took.

    The bracket of a full solution adds what its solver left to the upper lattice's answer, some 1e-8; a model's fluxes
    balance, and are held against the lattice's own answer.
    """
    started = time.perf_counter()
    model = found.model_at(design)
    places, reference = wanted_places(model.package), reference_temperature(model.package.case)
    lower = from_below(primal.emit(model, places, reference), None).bound
    system = dual.emit(model, places, reference)
    above = from_above(system, partial(heat_everywhere, model), lower)
    return lower, own_matrix(above.responses), time.perf_counter() - started


def row_of(name: str, ranges: Mapping[str, tuple[float, float]], n_designs: int) -> Row:
    """One package on the mesh of its geometry, against full solutions."""
    case, own, low, high = middle_case(name, ranges)
    found = family(workflow.mesh(workflow.geometry(case)), own, low, high)
    snapshots: list[Snapshot] = []
    started = time.perf_counter()
    model = build(found, progress=snapshots.append)
    seconds = time.perf_counter() - started
    drawn = low * (high / low) ** np.random.default_rng(7).random((n_designs, len(own)))
    lower, upper = model.matrices(drawn)
    crossed, added, times = 0, [], []
    for design, below, above in zip(drawn, lower, upper, strict=True):
        full_below, full_above, taken = full(found, design)
        slack = BELOW * float(np.trace(full_above))
        inside = [float(np.linalg.eigvalsh(gap)[0]) for gap in (full_below - below, above - full_above)]
        crossed += min(inside) < -slack
        widths = np.diag(full_above - full_below)
        added.append(float((np.diag(above - below) / widths - 1).max()))
        times.append(taken)
    return Row(
        case=name,
        parameters=tuple(p.name for p in own),
        n_cells=found.model.grid.n_cells,
        n_loads=len(model.names),
        n_designs=n_designs,
        n_snapshots=len(snapshots),
        crossed=int(crossed),
        added_most=max(added),
        added_middle=float(np.median(added)),
        build_seconds=seconds,
        full_seconds=float(np.median(times)),
    )


def cost_of(folder: Path) -> Cost:
    """The million cells."""
    case, own, low, high = middle_case(MILLION, GAP_AND_COMPOUND)
    adapted = workflow.search(workflow.mesh(workflow.geometry(case)), workflow.silent)
    found = family(adapted.model, own, low, high)
    build(found, adapted.starts, most=2)  # compiles
    started = time.perf_counter()
    model = build(found, adapted.starts)
    seconds = time.perf_counter() - started
    times = [full(found, design)[2] for design in low * (high / low) ** np.random.default_rng(1).random((3, 2))]
    file = folder / "million.npz"
    # by the names of the case itself, so that the command takes it
    given = workflow.read(CASES / MILLION / "case.toml")
    storing.save(model, file)
    exploration.chart_map(given, VARY, file)
    words = ["-c", "from thermopkg.cli import main; main()", "sweep", str(CASES / MILLION / "case.toml"), "-q"]
    for vary in VARY:
        words += ["--vary", vary]
    command = [sys.executable, *words, "--model", str(file), "--out", str(folder / "map")]
    return Cost(
        n_cells=model.n_cells,
        n_snapshots=len(model.snapshots),
        build_seconds=seconds,
        full_seconds=float(np.median(times)),
        bytes=file.stat().st_size,
        designs_per_second=_on_one_core(["--rate", str(file)]),
        map_seconds=_on_one_core(["--map", str(file)]),
        command_seconds=min(_seconds(command) for _ in range(3)),
    )


def _on_one_core(words: Sequence[str]) -> float:
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "benchmarks.explore", *words]
    done = subprocess.run(command, env={**os.environ, **one}, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return time.perf_counter() - started


def rate(file: Path) -> float:
    """Bracketed designs a second, the fastest of five."""
    model = storing.load(file)
    low, high = (np.array([getattr(one, end) for one in model.ranges]) for end in ("low", "high"))
    drawn = low * (high / low) ** np.random.default_rng(2).random((N_RATE, len(low)))
    times = []
    for _ in range(5):
        started = time.perf_counter()
        model.bracket(drawn)
        times.append(time.perf_counter() - started)
    return N_RATE / min(times)


def map_seconds(file: Path) -> float:
    """From the stored model to the picture of a map; the fastest of three."""
    from thermopkg.report.pictures import save
    from thermopkg.report.sweep_plot import MAP_SIZE, draw_maps

    case = workflow.read(CASES / MILLION / "case.toml")
    times = []
    for _ in range(3):
        started = time.perf_counter()
        chart = exploration.chart_map(case, VARY, file)
        save(file.with_suffix(".png"), partial(draw_maps, chart), MAP_SIZE)
        times.append(time.perf_counter() - started)
    return min(times)


# ---------------------------------------------------------------- what is said
def statements(rows: Sequence[Row], cost: Cost) -> Iterator[Statement]:
    """What the models are to keep."""

    def said(text: str, holds: bool, measured: str) -> Statement:
        return Statement(text, "PASS" if holds else "FAIL", measured)

    for row in rows:
        told = f"{row.case}: reduced bounds hold the full ones at {row.n_designs} random designs"
        yield said(told, row.crossed == 0, f"{row.crossed} crossed")
        told = f"{row.case}: the model adds at most a tenth of the mesh's own width"
        yield said(told, row.added_most <= SHARE, f"{100 * row.added_most:.2g} % at most")
        most = 8 if len(row.parameters) <= 2 else 20
        told = f"{row.case}: {len(row.parameters)} parameters take at most {most} snapshots"
        yield said(told, row.n_snapshots <= most, str(row.n_snapshots))
    times = cost.build_seconds / cost.full_seconds
    told = f"a model of {cost.n_cells:,} cells costs at most {MOST_BRACKETS} full brackets"
    yield said(told, times <= MOST_BRACKETS, f"{times:.1f}")
    told = "at least 500,000 bracketed designs a second on one core"
    yield said(told, cost.designs_per_second >= FASTEST, f"{cost.designs_per_second:,.0f}")
    told = "a 60 x 80 map with its picture takes less than 2 s from the stored model"
    yield said(told, cost.map_seconds < MAP_SECONDS, f"{cost.map_seconds:.2f} s")


def page_of(rows: Sequence[Row], cost: Cost, found: Sequence[Statement], settings: str) -> list[str]:
    """The results as Markdown."""
    lines = [
        *("# Reduced models", ""),
        "Each package on the mesh of its geometry; the full bounds are solved from rest on the same mesh, stretched.",
        *("What a model adds is a share of the mesh's own width, the largest of all loads.", ""),
        "| case | parameters | cells | loads | snapshots | designs | crossed | added, middle | added, most | build, s "
        "| full bracket, s |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        cells = [
            *(row.case, ", ".join(row.parameters), f"{row.n_cells:,}", row.n_loads, row.n_snapshots, row.n_designs),
            *(row.crossed, f"{100 * row.added_middle:.2g} %", f"{100 * row.added_most:.2g} %"),
            *(f"{row.build_seconds:.1f}", f"{row.full_seconds:.2f}"),
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    lines += [
        *("", "## A million cells", ""),
        f"{MILLION}, two parameters, {cost.n_cells:,} cells: {cost.n_snapshots} snapshots in",
        f"{cost.build_seconds:.1f} s, a full bracket takes {cost.full_seconds:.1f} s. The file has {cost.bytes:,}",
        f"bytes; from it {cost.designs_per_second:,.0f} designs a second on one core, the map with its picture in",
        f"{cost.map_seconds:.2f} s, the whole command with three pictures, CSV and JSON in",
        f"{cost.command_seconds:.1f} s.",
        *("", "![map](explore-map.png)", "", "## Statements", ""),
        *(f"- {line}" for line in statement_lines(found)),
        *("", "## Settings", "", f"- {settings}"),
    ]
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--designs", type=int, default=DESIGNS, help=f"of each package ({DESIGNS})")
    parser.add_argument("--out", type=Path, help="folder for the results (benchmarks/results)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a statement fails")
    parser.add_argument("--rate", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--map", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.rate or given.map:
        print(rate(given.rate) if given.rate else map_seconds(given.map))
        return 0
    folder: Path = given.out or (RESULTS if given.designs >= DESIGNS else TRIAL)
    for made in (folder, TRIAL):
        made.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    print(MILLION, file=sys.stderr, flush=True)
    cost = cost_of(TRIAL)
    rows = []
    for name, ranges in PACKAGES.items():
        print(name, file=sys.stderr, flush=True)
        rows.append(row_of(name, ranges, given.designs))
    found = list(statements(rows, cost))
    settings = (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}; {load:.1f} programs ran already when this one began"
    )
    record = {"rows": [asdict(row) for row in rows], "cost": asdict(cost),
              "statements": [asdict(statement) for statement in found], "settings": settings}  # fmt: skip
    (folder / "explore.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (TRIAL / "map" / "map.png").replace(folder / "explore-map.png")
    page = page_of(rows, cost, found, settings)
    (folder / "explore.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    print("\n".join(page))
    return 1 if given.check and any(statement.verdict == "FAIL" for statement in found) else 0


if __name__ == "__main__":
    sys.exit(main())
