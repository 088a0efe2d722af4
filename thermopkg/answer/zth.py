"""How does a junction warm after a watt is switched on? Z_th of both lattices, from a dozen solves on each.

Every curve is a sum of a_i (1 - exp(-rate_i t)), all a_i and rates positive. The value is the mean of the two lattices:
the curve of the primal lies below nearly always and that of the dual above, but no theorem says so, and the two are
called an estimate. What they come to in the end is bounded, and so is Z(s) under powers that grow
(`thermopkg.answer.laplace`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from thermopkg.answer.bracket import ResistanceMatrix, from_above, from_below
from thermopkg.answer.laplace import Sides, sources_of
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.mesh.patch import Patch
from thermopkg.solve.krylov import Reduction, reduce, shifts_between, shifts_for
from thermopkg.solve.reduced import ReducedSystem, mean
from thermopkg.solve.steady import NO_STARTS, Fields, Starts
from thermopkg.system import ThermalSystem

FIRST, LAST = 1e-6, 1e3  # s; from a pulse on bare silicon to a package that is at rest
PER_DECADE = 20  # times of a curve
# Measured on 0.96 million cells, beside the fields of the space: hierarchy, iteration, what is stored and shifted.
BYTES_PER_POINT = 310
BYTES_PER_FIELD = 8  # and point


@dataclass(frozen=True)
class Span:
    """From which time to which, s."""

    first: float = FIRST
    last: float = LAST

    def __post_init__(self) -> None:
        if not 0 < self.first < self.last < np.inf:
            raise ValueError(
                f"the first time ({self.first:g} s) must be above zero and below the last ({self.last:g} s)"
            )

    @property
    def times(self) -> FloatArray:
        """Evenly over the decades, both ends included, s."""
        count = int(np.ceil(PER_DECADE * np.log10(self.last / self.first))) + 1
        return np.asarray(np.geomspace(self.first, self.last, count))

    @property
    def shifts(self) -> tuple[float, ...]:
        """One over a time in each decade, both ends included, fastest last, 1/s."""
        count = max(2, round(np.log10(self.last / self.first)) + 1)
        return tuple(float(s) for s in np.geomspace(1 / self.last, 1 / self.first, count))


@dataclass(frozen=True, eq=False)
class Curves:
    """Rises per watt over time, K/W, shape (n_times, n, n): place by place, source by source.

    `value` is the mean of what the two lattices make of it; `primal` and `dual` are the two sides of the estimate.
    """

    times: FloatArray
    value: FloatArray
    primal: FloatArray
    dual: FloatArray

    @property
    def half_width(self) -> FloatArray:
        """Half of what lies between the two lattices, K/W; an estimate of the mesh's error, and no bound."""
        return np.asarray(0.5 * np.abs(self.dual - self.primal))


@dataclass(frozen=True, eq=False)
class AtRest:
    """What a steady watt in one source does on the primal lattice: the rise, K, at its points, and where it leaves, W.

    `leaving` : by the name of the condition that takes it: top, bottom, sides, or a named face such as sink.top
    """

    rise: FloatArray
    leaving: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class ThermalImpedance:
    """Z_th of every source, and what each makes of every other."""

    span: Span
    primal: Reduction
    dual: Reduction
    steady: ResistanceMatrix  # what the curves come to, bounded, K/W
    at_rest: Mapping[str, AtRest]  # by the source's name
    n_cells: int
    seconds: float

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sources, which are the places too."""
        return self.primal.system.names

    @cached_property
    def system(self) -> ReducedSystem:
        """The reduced system whose curves are the mean of both lattices'."""
        return mean([self.primal.system, self.dual.system])

    def curves(self, times: FloatArray | None = None) -> Curves:
        """Rises per watt after times, s; by default those of the span."""
        at = self.span.times if times is None else np.asarray(times, float)
        low, high = self.primal.system.step(at), self.dual.system.step(at)
        return Curves(at, 0.5 * (low + high), low, high)

    @cached_property
    def reduction_error(self) -> float:
        """What the last few shifts changed in any source's own curve, relative: estimates what is missing."""
        at = self.span.times

        def own(system: ReducedSystem) -> FloatArray:
            return np.asarray(np.einsum("tii->ti", system.step(at)))

        changes = [own(side.system) / own(side.before) - 1 for side in (self.primal, self.dual)]
        return float(np.abs(changes).max())

    @property
    def widest(self) -> float:
        """Largest half-distance of the two lattices in any source's own curve, over the curve."""
        curves = self.curves()
        value, half = (np.einsum("tii->ti", each) for each in (curves.value, curves.half_width))
        return float((half / value).max())

    @property
    def slowest(self) -> float:
        """The longest time constant, s."""
        return float(1 / self.system.modes.rates[0])


def bytes_needed(n_cells: int, n_sources: int, span: Span) -> float:
    """Memory that Z_th takes at its peak."""
    shifts = shifts_for(span.first, span.last)
    fields = n_sources * (len(shifts) + len(shifts_between(shifts)))
    return n_cells * (BYTES_PER_POINT + BYTES_PER_FIELD * (fields + 3 * n_sources))


def thermal_impedance(
    sides: Sides,
    sources: Mapping[str, Patch],
    guard: Callable[[], FloatArray],
    span: Span,
    starts: tuple[Starts, Starts] = (NO_STARTS, NO_STARTS),
    progress: Callable[[str], None] = lambda _: None,
) -> ThermalImpedance:
    """Z_th of all sources over a span of time.

    Parameters
    ----------
    guard : makes a load that heats every cell, W, which tells how much the dual lattice's solver leaves
    starts : steady fields to begin with on either lattice, K, by the source's name
    Raises
    ------
    CaseError : a material does not tell what it stores
    ModelError : the place of a source is held at a temperature
    ConvergenceError : a solve fails
    """
    started, shifts = time.perf_counter(), shifts_for(span.first, span.last)
    checks, (low, high) = shifts_between(shifts), sources_of(sides, sources)
    fields = f"solving for {len(sources) * (len(shifts) + len(checks))} fields"
    # one lattice at a time: a space of fields is most of the memory
    progress("bounding what the curves come to")
    below = from_below(low, None, starts[0])
    lower, fields_at_rest = below.bound, below.responses.only(low.loads)
    _check_warmed(lower, list(low.loads))
    del below
    at_rest = {name: _at_rest(low, fields_at_rest, name) for name in low.loads}
    progress(f"{fields} on the primal lattice")
    primal = reduce(low, shifts, checks, fields_at_rest.by_load)
    del low
    progress("bounding what the curves come to")
    above = from_above(high, guard, lower, starts[1])
    steady, starts_above = ResistanceMatrix(tuple(high.loads), lower, above.bound), above.responses.only(high.loads)
    del above
    progress(f"{fields} on the dual lattice")
    dual = reduce(high, shifts, checks, starts_above.by_load)
    n_cells = int(np.prod(sides[0].grid.shape))
    return ThermalImpedance(span, primal, dual, steady, at_rest, n_cells, time.perf_counter() - started)


def _check_warmed(lower: FloatArray, names: Sequence[str]) -> None:
    held = [name for name, own in zip(names, np.diag(lower), strict=True) if own <= 0.0]
    if held:
        told = "is held at a temperature: a watt there warms nothing, and Z_th is nought at all times"
        raise ModelError(f"{', '.join(held)} {told}")


def _at_rest(system: ThermalSystem, fields: Fields, name: str) -> AtRest:
    amounts = {name: 1.0}
    rise, leaving = fields.rise(amounts), dict[str, float]()
    for (_, _, condition), heat in system.leaving(rise, amounts).items():
        leaving[condition] = leaving.get(condition, 0.0) + heat
    return AtRest(rise, leaving)
