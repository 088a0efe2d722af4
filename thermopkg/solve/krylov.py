"""How do a dozen solves tell all of a package in time? A rational Krylov space, and what is left of the lattice on it.

The rise under powers that grow as exp(s t) is (K + s C)^-1 f. The span of a few such fields, s from nought to the
fastest that is asked for, holds nearly all that the package does in between: project K and C on it (Galerkin), and the
small system that comes out answers for the large one. Its transfer F' (K + s I)^-1 F is never above that of the
lattice, and misses it by the square of what the fields miss.
Source: [ruhe1984] for the space, [druskin1998] for symmetric problems.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.lattice.outflow import apply
from thermopkg.lattice.shifted import under
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.reduced import KNOWN, ReducedSystem
from thermopkg.solve.steady import NO_STARTS, Starts, SteadySolver, UnitResponses
from thermopkg.system import AMBIENT, ThermalSystem

SHIFT_TARGET = 1e-7  # relative residual of each field; the model misses by its square
MOST_ITERATIONS = 200  # of one field
PIECE = 1 << 13  # points that are multiplied at once; a piece of each of thirty fields fits into the cache
PER_DECADE = 2.0  # shifts; one more a decade changes no digit that a mesh allows


@dataclass(frozen=True, eq=False)
class Reduction:
    """A reduced system and what it took.

    `before` : the same without the fields of the last shifts, which are there to tell how much they change
    """

    system: ReducedSystem
    before: ReducedSystem
    shifts: tuple[float, ...]  # 1/s, as they were solved
    iterations: tuple[int, ...]  # of all sources together, by shift
    seconds: float


def shifts_for(first: float, last: float) -> tuple[float, ...]:
    """Shifts that tell of times from the first to the last, s: nought, and evenly over the decades, 1/s.

    Two decades beyond the first time and half of one below the last: what happens within a time t is made of rates up
    to a hundred times 1/t.
    """
    low, high = np.log10(0.3 / last), np.log10(100.0 / first)
    count = int(np.ceil(PER_DECADE * (high - low))) + 1
    return (0.0, *(float(s) for s in np.logspace(low, high, count)))


def shifts_between(shifts: Sequence[float]) -> tuple[float, ...]:
    """Three shifts in the middle between two others each, at a quarter, half and three quarters of the way, 1/s."""
    own = sorted(s for s in shifts if s > 0)
    places = sorted({len(own) * quarter // 4 for quarter in (1, 2, 3)} & set(range(1, len(own))))
    return tuple(float(np.sqrt(own[place - 1] * own[place])) for place in places)


def without_ambient(system: ThermalSystem) -> ThermalSystem:
    """The system of its sources alone: what each watt does, whatever the coolants' temperatures are."""
    if AMBIENT not in system.loads:
        return system
    names = [name for name in system.loads if name != AMBIENT]
    own = [list(system.loads).index(name) for name in names]
    loads = MappingProxyType({name: system.loads[name] for name in names})
    return replace(system, loads=loads, constants=system.constants[np.ix_(own, own)])


Seen = Callable[[float, SteadySolver, UnitResponses], None]


def unseen(_: float, __: SteadySolver, ___: UnitResponses) -> None:
    """Fields that nobody else looks at."""


def reduce(
    system: ThermalSystem,
    shifts: Sequence[float],
    checks: Sequence[float] = (),
    starts: Starts = NO_STARTS,
    seen: Seen = unseen,
) -> Reduction:
    """The reduced system of all sources of a system, by a block of solves for every shift.

    Parameters
    ----------
    shifts : 1/s, from nought upwards
    checks : shifts that come last, to tell what more of them would change
    starts : steady fields to begin with, K, by the source's name
    seen : is shown every shift, 1/s, and the fields under it, with the solver that found them, before they are dropped
    Raises
    ------
    CaseError : a material does not tell what it stores
    ConvergenceError : a solve fails
    """
    started, system = time.perf_counter(), without_ambient(system)
    names = tuple(system.loads)
    basis = _Basis(system, len(names) * (len(shifts) + len(checks)))
    iterations, known = [], 0
    for number, shift in enumerate((*shifts, *checks)):
        if number == len(shifts):
            known = basis.size
        begun = {name: guess for name in names if (guess := basis.guess(name, shift)) is not None}
        solver = SteadySolver(under(system, shift), ConjugateGradients(SHIFT_TARGET, MOST_ITERATIONS))
        known_fields = {**begun, **starts} if shift == 0.0 else begun
        found = solver.respond(dict.fromkeys(names, SHIFT_TARGET), starts=known_fields)
        for field in found.rises:
            basis.add(field)
        iterations.append(sum(found.iterations))
        seen(shift, solver, found)
        del solver, found, begun, known_fields  # room for the next
    whole = basis.reduced()
    before = whole.of_first(known) if checks else whole
    return Reduction(whole, before, (*shifts, *checks), tuple(iterations), time.perf_counter() - started)


class _Basis:
    """Fields made orthonormal in C one after the other, and what is left of the system on them."""

    def __init__(self, system: ThermalSystem, most: int) -> None:
        self._system, self._most = system, most
        self._capacitance = system.capacitance.reshape(-1)
        self._fields = np.empty((most, self._capacitance.size))
        self._conductance = np.zeros((most, most))
        self._loads = np.zeros((most, len(system.loads)))
        self.size = 0

    def add(self, field: FloatArray) -> None:
        """Take in what a field has beside those that are there; nothing where that is rounding."""
        vector, known = field.reshape(-1).copy(), self._fields[: self.size]
        whole = self._norm(vector)
        for _ in range(2):  # once more takes away what the first time rounded
            vector -= _mixed(_along(known, self._capacitance * vector), known)
        own = self._norm(vector)
        if not own > KNOWN * whole:
            return
        vector /= own
        self._fields[self.size] = vector
        self.size += 1
        taken = apply(self._system.lattice, vector.reshape(field.shape)).reshape(-1)
        row = _along(self._fields[: self.size], taken)
        self._conductance[self.size - 1, : self.size] = self._conductance[: self.size, self.size - 1] = row
        for number, load in enumerate(self._system.loads.values()):
            self._loads[self.size - 1, number] = _along(vector[None], load.reshape(-1))[0]

    def guess(self, name: str, shift: float) -> FloatArray | None:
        """The field of a source under a shift as far as it is known; None where nothing is."""
        if self.size == 0:
            return None
        own, place = self.reduced(), list(self._system.loads).index(name)
        shifted_own = own.conductance + shift * np.eye(self.size)
        mixture = np.asarray(np.linalg.solve(shifted_own, own.loads[:, place]), float)
        return _mixed(mixture, self._fields[: self.size]).reshape(self._system.lattice.shape)

    def reduced(self) -> ReducedSystem:
        own = slice(0, self.size)
        constants = np.array(self._system.constants)
        return ReducedSystem(tuple(self._system.loads), self._conductance[own, own].copy(), self._loads[own], constants)

    def _norm(self, vector: FloatArray) -> float:
        return float(np.sqrt(_along(vector[None], self._capacitance * vector)[0]))


# By pieces, and not by matrix products: their threads wait for one another, which beside a busy core costs more than
# all the rest. Measured with 1.5 of two cores taken by others: 12 ms for a product that takes 0.1 ms.
def _along(fields: FloatArray, vector: FloatArray) -> FloatArray:
    """Products of all fields, shape (r, n), with a vector, shape (r,)."""
    total = np.zeros(len(fields))
    for begin in range(0, vector.size, PIECE):
        piece = slice(begin, begin + PIECE)
        total += np.einsum("ik,k->i", fields[:, piece], vector[piece])
    return total


def _mixed(shares: FloatArray, fields: FloatArray) -> FloatArray:
    """The sum of shares of fields, shape (n,)."""
    total = np.empty(fields.shape[1])
    for begin in range(0, total.size, PIECE):
        piece = slice(begin, begin + PIECE)
        np.einsum("i,ik->k", shares, fields[:, piece], out=total[piece])
    return total
