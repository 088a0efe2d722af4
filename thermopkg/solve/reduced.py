"""Which small system does in time what a large lattice does? A few dozen states, and all of its curves at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.network.rates import rates_and_fields

KNOWN = 1e-10  # of a field: what it has beside the fields before it is their rounding


@dataclass(frozen=True, eq=False)
class Modes:
    """A reduced system turned so that no state sees another: dz/dt + rates z = loads u,  y = loads' z + D u.

    `rates` 1/s, positive, ascending, shape (r,); `loads` shape (r, n). The curve of place i for a watt in j is

        D_ij + sum over the states of  loads_i loads_j / rate * (1 - exp(-rate t))
    """

    rates: FloatArray
    loads: FloatArray

    @property
    def weights(self) -> FloatArray:
        """What each state adds to each curve in the end, K/W, shape (r, n, n); the diagonal is never negative."""
        return np.asarray(self.loads[:, :, None] * self.loads[:, None, :] / self.rates[:, None, None])


@dataclass(frozen=True, eq=False)
class ReducedSystem:
    """dx/dt + K x = F u,  y = F' x + D u: a thermal system whose capacitance is the identity.

    u are the powers of the sources, W, and y the mean rises of the same places, K. `conductance` K is symmetric and
    positive definite, 1/s, shape (r, r); `loads` F has shape (r, n); `at_once` D is what a place gains without delay,
    K/W, shape (n, n): on the dual lattice half a cell's resistance, which the grid makes as small as one likes.
    """

    names: tuple[str, ...]
    conductance: FloatArray
    loads: FloatArray
    at_once: FloatArray

    @property
    def size(self) -> int:
        """How many states there are."""
        return len(self.conductance)

    @cached_property
    def modes(self) -> Modes:
        """Its own modes, slowest first.

        Raises
        ------
        ModelError : K is not positive definite
        """
        rates, fields = rates_and_fields(self.conductance)
        return Modes(rates[::-1], fields[:, ::-1].T @ self.loads)

    @property
    def end(self) -> FloatArray:
        """Rises per watt once nothing changes any more, K/W, shape (n, n)."""
        return self.transfer(0.0)

    def transfer(self, shift: float) -> FloatArray:
        """F' (K + s I)^-1 F + D: rises per watt under powers that grow as exp(s t), s in 1/s; K/W, shape (n, n)."""
        shifted = self.conductance + shift * np.eye(self.size)
        found = self.at_once + self.loads.T @ np.linalg.solve(shifted, self.loads)
        return np.asarray(0.5 * (found + found.T))

    def step(self, times: FloatArray) -> FloatArray:
        """Rises of all places after times (s) of a steady watt in each source, K/W, shape (n_times, n, n)."""
        grown = -np.expm1(-np.multiply.outer(np.asarray(times, float), self.modes.rates))
        return np.asarray(self.at_once + np.tensordot(grown, self.modes.weights, 1))

    def alone(self, name: str, shifts: Sequence[float]) -> "ReducedSystem":
        """What one source needs of it: the fields that a watt in it makes under some shifts, 1/s, and no more.

        Fields of other sources, which this one hardly feels, are gone, and so is what two lattices side by side say
        twice. The curve goes through the same values and slopes over s at the shifts.

        Raises
        ------
        KeyError : there is no such source
        """
        if name not in self.names:
            raise KeyError(f"no source {name!r}; there are {', '.join(self.names)}")
        place = self.names.index(name)
        load, basis = self.loads[:, place], np.empty((0, self.size))
        for shift in shifts:
            field = np.linalg.solve(self.conductance + shift * np.eye(self.size), load)
            own = field / np.linalg.norm(field)
            for _ in range(2):  # once more takes away what the first time rounded
                own = own - basis.T @ (basis @ own)
            size = float(np.linalg.norm(own))
            if size > KNOWN:
                basis = np.concatenate([basis, own[None] / size])
        conductance = basis @ self.conductance @ basis.T
        constants = self.at_once[place, place].reshape(1, 1)
        return ReducedSystem((name,), 0.5 * (conductance + conductance.T), (basis @ load)[:, None], constants)

    def of_first(self, size: int) -> "ReducedSystem":
        """What the first states alone make of it."""
        return ReducedSystem(self.names, self.conductance[:size, :size], self.loads[:size], self.at_once)


def mean(systems: Sequence[ReducedSystem]) -> ReducedSystem:
    """The system whose every rise is the mean of those of some systems of the same sources, all states side by side."""
    share, sizes = 1 / len(systems), [system.size for system in systems]
    conductance = np.zeros((sum(sizes), sum(sizes)))
    for end, system in zip(np.cumsum(sizes), systems, strict=True):
        own = slice(int(end) - system.size, int(end))
        conductance[own, own] = system.conductance
    loads = np.concatenate([np.sqrt(share) * system.loads for system in systems])
    at_once = share * np.sum([system.at_once for system in systems], axis=0)
    return ReducedSystem(systems[0].names, conductance, loads, np.asarray(at_once))
