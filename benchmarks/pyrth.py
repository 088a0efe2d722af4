"""Does a program for measured transients find the same way of the heat? PyRth on curves of known networks.

python -m benchmarks.pyrth --python ENVIRONMENT/bin/python     where PyRth is installed, in an environment of its own

PyRth [pyrth] has the samples of a curve alone: it takes the derivative, deconvolves it and makes a structure function.
Here the network is known, so that what both say can be held against the layers that are there.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.network.cauer import Cauer, foster
from thermopkg.network.foster import Foster
from thermopkg.network.structure import Stretch, StructureFunction, layer, stack_structure, structure_function

METHODS = ("sobhy", "lanczos")  # of PyRth, from the spectrum to the ladder: in many digits, and in double precision
SPAN = (1e-7, 1e3)  # s
SAMPLES = 2000
SLICES = 60  # of each layer
TIMEOUT = 600  # s

RUN = """
import sys, numpy as np
from PyRth import Evaluation
path, method = sys.argv[1:]
data = np.loadtxt(path + ".txt")
module = Evaluation().standard_module(
    {"data": data, "input_mode": "impedance", "label": "network", "struc_method": method, "extrapolate": False}
)
np.savez(path + ".npz", resistances=module.int_cau_res, capacities=module.int_cau_cap)
"""


@dataclass(frozen=True)
class Known:
    """A network, its exact structure function, and what its parts hold, J/K."""

    name: str
    network: Foster
    exact: StructureFunction
    capacities: tuple[float, ...]


def known() -> tuple[Known, ...]:
    """The ladder of PyRth's own tests, and a die on an interface material on copper under a film."""
    resistances = np.array([5.0, 15.0, 10.0, 10.0, 10.0])
    capacities = np.array([1e-5, 1e-3, 1e-4, 1e-2, 1e-1])
    stages = Cauer(resistances, capacities)
    area, film = 1e-4, 5000.0
    stack = (
        layer("die", 0.3e-3, 117.0, 1.66e6, area),
        layer("interface", 50e-6, 3.0, 2.0e6, area),
        layer("copper", 2e-3, 390.0, 3.43e6, area),
    )
    half = np.concatenate([np.full(SLICES, 0.5 * item.resistance / SLICES) for item in stack])
    held = np.concatenate([np.full(SLICES, item.capacity / SLICES) for item in stack])
    between = np.append(half[:-1] + half[1:], half[-1] + 1.0 / (film * area))
    ladder = Cauer(between, held, float(half[0]))
    return (
        Known("five stages", foster(stages), structure_function(stages), tuple(capacities.tolist())),
        Known(
            "die on copper",
            foster(ladder),
            stack_structure([*stack, Stretch("film", 1.0 / (film * area), 0.0)]),
            tuple(item.capacity for item in stack),
        ),
    )


def by_pyrth(python: Path, network: Foster, method: str) -> tuple[StructureFunction, float]:
    """Its structure function from samples of the curve, and the seconds that it took, starting included."""
    times = np.geomspace(*SPAN, SAMPLES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "curve"
        np.savetxt(path.with_suffix(".txt"), np.column_stack([times, network.impedance(times)]))
        began = time.perf_counter()
        ran = subprocess.run(
            [python, "-c", RUN, path, method], capture_output=True, text=True, timeout=TIMEOUT, cwd=folder, check=False
        )
        took = time.perf_counter() - began
        if ran.returncode:
            sys.exit(f"PyRth stopped:\n{ran.stderr[-2000:]}")
        with np.load(path.with_suffix(".npz")) as found:
            resistances, capacities = found["resistances"], found["capacities"]
    return StructureFunction(resistances, capacities, np.empty(0), np.empty(0)), took


def row(known: Known, name: str, function: StructureFunction, took: float | None) -> list[str]:
    """What one program says of the parts: where half of the capacity of each lies, beside where it does."""
    off = 100.0 * (function.total / known.exact.total - 1.0)
    cells = [known.name, name, f"{function.total:.4f} ({off:+.2f} %)"]
    for start, capacity in zip(accumulate(known.capacities, initial=0.0), known.capacities, strict=False):
        half = start + 0.5 * capacity
        cells.append(f"{_at(function, half):.4g} ({_at(known.exact, half):.4g})")
    return [*cells, "" if took is None else f"{took:.1f}"]


def _at(function: StructureFunction, capacity: float) -> float:
    rising: FloatArray = np.maximum.accumulate(function.capacities)
    return float(np.interp(capacity, rising, function.resistances))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; rows with fewer cells than the head are filled up before their last."""
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * len(head))} |"]
    for cells in rows:
        filled = [*cells[:-1], *[""] * (len(head) - len(cells)), cells[-1]]
        lines.append(f"| {' | '.join(filled)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the interpreter of an environment with PyRth")
    parser.add_argument("--out", type=Path, help="a Markdown file for the table")
    given = parser.parse_args()
    rows = []
    for one in known():
        began = time.perf_counter()
        own = structure_function(one.network)
        rows.append(row(one, "thermopkg, from the network", own, time.perf_counter() - began))
        for method in METHODS:
            function, took = by_pyrth(given.python, one.network, method)
            rows.append(row(one, f"PyRth, {method}, from {SAMPLES} samples", function, took))
    most = max(len(cells) for cells in rows) - 4
    middles = [f"middle of part {k + 1} (known), K/W" for k in range(most)]
    text = table(["network", "by", "total, K/W", *middles, "s"], rows)
    print(text)
    if given.out is not None:
        given.out.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
