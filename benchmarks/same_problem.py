"""Are the arrays that every solver is given the prototype's own? A statement, printed as JSON.

python -m benchmarks.same_problem medium PATH/lattice_multigrid.py
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.package_model import MM, SizeName, heat_density, model
from benchmarks.solvers import load_prototype
from benchmarks.statements import Statement

PROTOTYPE_SCALES: dict[SizeName, int] = {"medium": 1, "large": 2}  # its names for the sizes that it also has
ROUNDING = 1e-12  # relative; ticks and heat are summed and scaled in another order


def same_problem(size: SizeName, prototype: Path) -> Statement:
    """Ticks and heat agree to rounding, conductivities exactly."""
    cells = model(size)
    x, y, z, conductivity, heat = load_prototype(prototype).package(PROTOTYPE_SCALES[size])
    pairs = (*zip(cells.grid.axes, (axis * MM for axis in (x, y, z)), strict=True), (heat_density(cells), heat))
    apart = max(float(np.abs(ours - theirs).max() / np.abs(theirs).max()) for ours, theirs in pairs)
    same = bool(np.array_equal(cells.conductivity(0), conductivity)) and apart < ROUNDING
    text = f"{size}: ticks, conductivity and heat of every cell are the prototype's"
    return Statement(text, "PASS" if same else "FAIL", f"apart by {apart:.0e}")


if __name__ == "__main__":
    print(json.dumps(asdict(same_problem(sys.argv[1], Path(sys.argv[2])))))  # type: ignore[arg-type]  # a size's name
