"""How does a junction warm after a watt is switched on? Z_th of both lattices, from a dozen solves on each.

Every curve is a sum of a_i (1 - exp(-rate_i t)), all a_i and rates positive. The value is the mean of the two lattices:
the curve of the primal lies below nearly always and that of the dual above, but no theorem says so, and the two are
called an estimate. Bounded is Z(s), under powers that grow and at rest, and with it the curve itself, more widely
(`thermopkg.answer.step_bounds`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from thermopkg.answer.bracket import ResistanceMatrix, from_above_on, own_matrix
from thermopkg.answer.laplace import Sides, sources_of
from thermopkg.answer.step_bounds import step_bounds
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.mesh.patch import Patch
from thermopkg.solve.krylov import Reduction, reduce, shifts_between, shifts_for
from thermopkg.solve.reduced import ReducedSystem, mean
from thermopkg.solve.steady import NO_STARTS, Fields, Starts, SteadySolver, UnitResponses
from thermopkg.system import ThermalSystem

FIRST, LAST = 1e-6, 1e3  # s; from a pulse on bare silicon to a package that is at rest
PER_DECADE = 20  # times of a curve
BOUNDED = 2  # times of a decade at which it is bounded; one costs a twentieth of a second
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
class BoundedCurves:
    """Two numbers between which each source's own curve lies at some times, K/W, shape (n_times, n): guaranteed."""

    times: FloatArray
    lower: FloatArray
    upper: FloatArray


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
    growing: tuple[tuple[float, ResistanceMatrix], ...]  # bounds on Z(s), K/W, by s, 1/s, from nought upwards
    at_rest: Mapping[str, AtRest]  # by the source's name
    n_cells: int
    seconds: float

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sources, which are the places too."""
        return self.primal.system.names

    @property
    def steady(self) -> ResistanceMatrix:
        """What the curves come to, bounded, K/W."""
        return self.growing[0][1]

    def bounds(self, times: FloatArray, place: str, source: str) -> tuple[FloatArray, FloatArray]:
        """Two numbers between which the rise of a place lies after times (s) of a watt in a source, K/W.

        Guaranteed, and wider than the curves' own estimate: they are made of the bounds on Z(s) alone. What one place
        does to another is a difference of what two act on both: of the watt in both, and of the one against the other.
        """
        if place == source:
            return self._own_bounds(times, {place: 1.0})
        one, other = self.steady.entry(place, place).value, self.steady.entry(source, source).value
        scale = float((other / one) ** 0.25)  # so that both are as hot
        both = self._own_bounds(times, {place: scale, source: 1 / scale})
        against = self._own_bounds(times, {place: scale, source: -1 / scale})
        low, high = 0.25 * (both[0] - against[1]), 0.25 * (both[1] - against[0])
        # no place is ever cooled by a watt elsewhere, nor warmed ever less by it
        return np.maximum.accumulate(np.maximum(low, 0.0)), np.minimum.accumulate(high[::-1])[::-1]

    @cached_property
    def bounded(self) -> BoundedCurves:
        """Bounds on the own curve of every source, at two times of each decade of the span."""
        count = int(np.ceil(BOUNDED * np.log10(self.span.last / self.span.first))) + 1
        times = np.geomspace(self.span.first, self.span.last, count)
        sides = np.array([self.bounds(times, name, name) for name in self.names])  # shape (n, 2, n_times)
        return BoundedCurves(times, sides[:, 0].T, sides[:, 1].T)

    def _own_bounds(self, times: FloatArray, amounts: Mapping[str, float]) -> tuple[FloatArray, FloatArray]:
        """Of what is felt as amounts of all places, under the same amounts of all sources."""
        known = [matrix.combination(amounts, amounts) for _, matrix in self.growing]
        shifts = np.array([shift for shift, _ in self.growing])
        lower, upper = (np.array([getattr(own, side) for own in known]) for side in ("lower", "upper"))
        return step_bounds(np.asarray(times, float), shifts, lower, upper)

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
    return n_cells * (BYTES_PER_POINT + BYTES_PER_FIELD * (fields + 5 * n_sources))


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
    told = f"solving for {len(sources) * (len(shifts) + len(checks))} fields"
    lower: dict[float, FloatArray] = {}
    upper: dict[float, FloatArray] = {}
    at_rest: dict[str, AtRest] = {}

    def bound_below(shift: float, _: SteadySolver, found: UnitResponses) -> None:
        lower[shift] = own_matrix(found)
        if shift == 0.0:
            _check_warmed(lower[shift], found.names)
            fields = found.only(found.names)
            at_rest.update({name: _at_rest(found.system, fields, name) for name in found.names})

    def bound_above(shift: float, solver: SteadySolver, found: UnitResponses) -> None:
        upper[shift] = from_above_on(solver, found, guard, lower[shift]).bound

    # one lattice at a time: a space of fields is most of the memory
    progress(f"{told} on the primal lattice")
    primal = reduce(low, shifts, checks, starts[0], bound_below)
    del low
    progress(f"{told} on the dual lattice")
    dual = reduce(high, shifts, checks, starts[1], bound_above)
    names = tuple(high.loads)
    growing = tuple((shift, ResistanceMatrix(names, lower[shift], upper[shift])) for shift in sorted(lower))
    n_cells = int(np.prod(sides[0].grid.shape))
    return ThermalImpedance(span, primal, dual, growing, at_rest, n_cells, time.perf_counter() - started)


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
