"""What does Z_th take, and how exact is it? A small source on die, interface material and copper, by both ways.

python -m benchmarks.zth            writes zth.{json,md} to benchmarks/results; two minutes, 2 GB
python -m benchmarks.zth --small    without the million cells, to out/benchmarks
"""

import argparse
import json
import platform
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.busy import watch
from tests.exact import ExactCase, case
from tests.timed import curve_of, prepared, timed
from thermopkg.answer.laplace import sources_of
from thermopkg.answer.zth import Span
from thermopkg.solve.schedule import steps
from thermopkg.solve.transient import Marching, march

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
TRIAL = ROOT / "out" / "benchmarks"
SPAN = Span(1e-6, 1e3)
HALF, SIDE = 1e-3, 5e-3  # m, halves of the source's and of the stack's sides
STEP_ERROR = 3e-6  # K for one watt: so the steps miss the lattice's curve by no more than its reduced system may


@dataclass(frozen=True)
class Reduced:
    """Z_th of T07 from both lattices: largest errors from 10 us to 10 s, percent, and what it took."""

    n_cells: int
    seconds: float
    primal: float
    dual: float
    mean: float
    below: float  # that the guaranteed bounds lie below and above the exact curve, at most
    above: float
    bound_seconds: float  # of the bounds at seven times
    reduction_error: float
    states: tuple[int, int]
    neighbours: float  # cores that others kept busy meanwhile


@dataclass(frozen=True)
class Stepped:
    """The same step by step on the primal lattice alone, beside its reduced system."""

    n_cells: int
    n_steps: int
    seconds: float
    apart: float  # from the reduced system of the same lattice, percent, from 10 us to 10 s
    reduced_seconds: float  # of that lattice
    neighbours: float

    @property
    def faster(self) -> float:
        return self.seconds / self.reduced_seconds


def reduced(exact: ExactCase, halvings: int) -> Reduced:
    times, values = curve_of(exact)
    with watch() as others:
        found = timed(exact, HALF, SIDE, SPAN, halvings)
    curves = found.curves(times)
    sides = (curves.primal, curves.dual, curves.value)
    primal, dual, mean = (100 * float(np.abs(side[:, 0, 0] / values - 1).max()) for side in sides)
    states = found.primal.system.size, found.dual.system.size
    started = time.perf_counter()
    low, high = found.bounds(times, "die", "die")
    seconds = time.perf_counter() - started
    if (low > values).any() or (high < values).any():
        raise AssertionError("the exact curve lies outside of its guaranteed bounds")
    below, above = 100 * float((1 - low / values).max()), 100 * float((high / values - 1).max())
    return Reduced(
        found.n_cells,
        found.seconds,
        primal,
        dual,
        mean,
        below,
        above,
        seconds,
        found.reduction_error,
        states,
        others[0],
    )


def stepped(exact: ExactCase, halvings: int) -> Stepped:
    found = timed(exact, HALF, SIDE, SPAN, halvings)
    model, source, _ = prepared(exact, HALF, SIDE, SPAN, halvings)
    system, _ = sources_of((model, model), {"die": source})
    on = steps(["die"], np.array([0.0, SPAN.last]), np.ones((1, 1)))
    started = time.perf_counter()
    with watch() as others:
        seen = [(moment.time, moment.means["die"]) for moment in march(system, on, Marching(STEP_ERROR))]
    seconds = time.perf_counter() - started
    times, rises = np.array(seen).T
    told = (times >= 1e-5) & (times <= 10.0)
    apart = rises[told] / found.primal.system.step(times[told])[:, 0, 0] - 1
    own = found.primal.seconds
    return Stepped(found.n_cells, len(seen) - 1, seconds, 100 * float(np.abs(apart).max()), own, others[0])


def report(curves: list[Reduced], step: Stepped) -> str:
    lines = [
        "# Z_th: nine decades from two dozen solves",
        "",
        f"Case T07, a quarter of it, {SPAN.first:g} to {SPAN.last:g} s. Errors against the exact curve, 10 us to 10 s.",
        "",
        "| cells | both lattices, s | primal, % | dual, % | mean, % | guaranteed, % | more shifts, % | neighbours |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {c.n_cells:,} | {c.seconds:.1f} | {c.primal:.3f} | {c.dual:.3f} | **{c.mean:.4f}** | "
            f"−{c.below:.2f} +{c.above:.2f} | "
            f"{100 * c.reduction_error:.4f} | {c.neighbours:.1f} cores |"
            for c in curves
        ),
        "",
        f"Step by step, {step.n_cells:,} cells, primal lattice alone: {step.n_steps} steps, {step.seconds:.1f} s; its "
        f"reduced system {step.reduced_seconds:.2f} s, **{step.faster:.0f} times faster**; the two are within "
        f"{step.apart:.3f} % of one another ({step.neighbours:.1f} cores busy with other work).",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    exact = case("T07")
    timed(exact, HALF, SIDE, SPAN)  # compiles
    curves = [reduced(exact, halvings) for halvings in ((0, 1) if small else (0, 1, 2))]
    step = stepped(exact, 1)
    folder = TRIAL if small else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    found = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.processor() or platform.machine(),
        "reduced": [asdict(c) for c in curves],
        "stepped": {**asdict(step), "faster": step.faster},
    }
    (folder / "zth.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (folder / "zth.md").write_text(report(curves, step), encoding="utf-8")
    print(report(curves, step))


if __name__ == "__main__":
    main()
