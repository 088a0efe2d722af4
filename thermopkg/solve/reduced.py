"""Which small system does in time what a large lattice does? A few dozen states, and all of its curves at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgError, cholesky
from scipy.linalg.lapack import dgejsv

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError


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

        K is factored and its triangle turned by rotations, which leave the slowest rates their digits beside rates that
        are twelve decades faster (Demmel and Veselic 1992); eigenvalues of K itself are good to those of the fastest.

        Raises
        ------
        ModelError : K is not positive definite
        """
        try:
            triangle = cholesky(self.conductance)
        except LinAlgError as error:
            raise ModelError(f"heat has no way out of the reduced system: {error}") from error
        roots, _, turned, work, _, info = dgejsv(triangle, joba=0, jobu=3, jobv=0)  # small values to their own digits
        if info:
            raise ModelError(f"the modes of the reduced system were not found (LAPACK says {info})")
        rates = (roots * (work[1] / work[0])) ** 2
        order = np.argsort(rates)
        return Modes(rates[order], turned[:, order].T @ self.loads)

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
