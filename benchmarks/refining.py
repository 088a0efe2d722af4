"""What does a tolerance take on tetrahedra? Cells are halved until it is met; then both kinds of fluxes on the last.

    python -m benchmarks.refining open-frame 0.2% 1          # case; tolerance; order of the fields

Joints are square. Seconds are those of the processor, as other programs may keep the machine busy.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from thermopkg.answer.answer import mirrored_axes, reference_temperature, wanted_of, wanted_places
from thermopkg.answer.refining import balanced_bracket, refined_to
from thermopkg.fem import mixed
from thermopkg.fem.fluxes import flux_space
from thermopkg.fem.places import Places
from thermopkg.mesh.quality import quality
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.workflow import geometry, linearised, read

CASES = Path(__file__).parents[1] / "cases"
MOST_CELLS = 2_000_000


def measure(name: str, tolerance: float, order: int) -> Iterator[str]:
    """Lines of figures: one for each mesh, one for each kind of flux on the last."""
    case = read(CASES / name / "case.toml")
    case = linearised(case.model_copy(update={"study": case.study.model_copy(update={"round": False})}))
    package = geometry(case).package
    places, reference = wanted_places(package), reference_temperature(package.case)
    model = tetrahedra(package, places.values(), sides=None, mirrored=mirrored_axes(package))
    found = refined_to(model, places, wanted_of(package), reference, tolerance, order, MOST_CELLS)
    for step in found.steps:
        told = ", ".join(f"{m.name} {m.bracket.value:.5g} ± {m.relative_half_width:.2%}" for m in step.metrics)
        yield f"{step.n_cells:,} cells: {told}; {step.seconds:.0f} s of clock"
    angles = [quality(own).smallest_angle for own in (model, found.model)]
    yield f"smallest angle {angles[0]:.2g}° at first, {angles[1]:.2g}° now"
    started = time.process_time()
    balanced = balanced_bracket(found.model, places, reference, order)
    upper, lower = balanced.matrix.upper, balanced.matrix.lower
    yield f"field and balanced fluxes: widths {np.diag(upper - lower)} K/W, {time.process_time() - started:.1f} s"
    started = time.process_time()
    own = Places(found.model)
    system = mixed.emit(found.model, places, reference, places=own)
    responses = SteadySolver(system, ConjugateGradients(1e-4, 2000)).respond(dict.fromkeys(system.loads, 1e-4))
    space = flux_space(own, places, reference)
    fields = [responses.only([name]).rise({name: 1.0}) for name in responses.names]
    upper = space.energy(mixed.fluxes(space, fields))
    yield (
        f"fluxes of least energy: widths {np.diag(upper - lower)} K/W, {time.process_time() - started:.1f} s, "
        f"{responses.iterations} iterations"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("case")
    parser.add_argument("tolerance", help="as 0.5%%")
    parser.add_argument("order", nargs="?", type=int, default=1, choices=(1, 2))
    arguments = parser.parse_args()
    for line in measure(arguments.case, float(arguments.tolerance.rstrip("%")) / 100, arguments.order):
        print(line, flush=True)
