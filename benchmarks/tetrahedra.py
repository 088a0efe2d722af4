"""What do tetrahedra take? Mesh, assembly, hierarchy and solve of a flip chip's quarter, by the number of its bumps.

    python -m benchmarks.tetrahedra 0.5mm 1          # pitch of the bumps; order of the fields, or 0 for fluxes

The package is that of cases/heat-sink-1 without its capacitor, of which a quarter tells all. The machine's load stands
beside the figures: where it is above the number of cores, seconds of the processor tell more than those of the clock.
"""

import argparse
import os
import resource
import time
import tomllib
from pathlib import Path

from thermopkg.answer.answer import reference_temperature, wanted_places
from thermopkg.case.load import from_document
from thermopkg.fem import assemble, mixed
from thermopkg.mesh.quality import quality
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver

CASE = Path(__file__).parents[1] / "cases/heat-sink-1/case.toml"
TARGET = 1e-8  # relative residual


def package(pitch: str) -> Package:
    """The flip chip with bumps at another pitch."""
    document = tomllib.loads(CASE.read_text(encoding="utf-8"))
    document["part"] = [part for part in document["part"] if part["kind"] != "passive"]
    next(part for part in document["part"] if part["kind"] == "chip")["bumps"]["pitch"] = pitch
    return place(from_document(document))


def measure(pitch: str, order: int) -> str:
    """One line of figures."""
    own = package(pitch)
    places, reference = wanted_places(own), reference_temperature(own.case)
    times, began = [time.perf_counter()], time.process_time()
    model = tetrahedra(own, places.values(), mirrored=(True, True))
    times.append(time.perf_counter())
    system = mixed.emit(model, places, reference) if order == 0 else assemble.emit(model, places, reference, order)
    times.append(time.perf_counter())
    solver = SteadySolver(system, ConjugateGradients(TARGET, 1000))
    times.append(time.perf_counter())
    found = solver.respond(dict.fromkeys(system.loads, TARGET))
    times.append(time.perf_counter())
    busy = time.process_time() - began
    figures = quality(model)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    steps = ", ".join(
        f"{name} {b - a:.1f} s"
        for name, a, b in zip(("mesh", "assembly", "hierarchy", "solve"), times, times[1:], strict=False)
    )
    return (
        f"{model.n_cells:,} tetrahedra, {system.conductance.shape[0]:,} unknowns: {steps}; "
        f"together {times[-1] - times[0]:.1f} s, {busy:.1f} s of the processor; "
        f"{found.iterations[0]} iterations, {peak:.2f} GB, load {os.getloadavg()[0]:.1f}; "
        f"smallest angle {figures.smallest_angle:.2g}°"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("pitch", nargs="?", default="0.5 mm")
    parser.add_argument("order", nargs="?", type=int, default=1, choices=(0, 1, 2))
    arguments = parser.parse_args()
    print(measure(arguments.pitch, arguments.order))
