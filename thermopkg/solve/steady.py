"""What does one unit of every load do? The steady responses of a thermal system, with what is left of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.solve.linear import ConjugateGradients, LinearSolution
from thermopkg.solve.preparing import Prepared, prepared
from thermopkg.system import AMBIENT, ThermalSystem

Starts = Mapping[str, FloatArray]  # fields by the name of the load, K
NO_STARTS: Starts = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class UnitResponses:
    """The rises that one unit of each load makes, K, and the loads that the solver left unbalanced, W.

    Fields have the shape of the system's points and lie in the order of `names`, which are the system's loads.
    """

    system: ThermalSystem
    names: tuple[str, ...]
    rises: tuple[FloatArray, ...]
    residuals: tuple[FloatArray, ...]
    relative_residuals: tuple[float, ...]
    iterations: tuple[int, ...]
    setup_seconds: float
    solve_seconds: float
    n_levels: int

    def rise(self, powers: Mapping[str, float]) -> FloatArray:
        """The rise over the reference temperature for given amounts of each load, K, shape of the lattice."""
        return self.only(powers).rise(powers)

    def only(self, names: Iterable[str]) -> "Fields":
        """The fields of some loads, without all else that was needed to find them."""
        chosen = {name: self.rises[self.names.index(name)] for name in names}
        return Fields(self.rises[0].shape, chosen, self.system.held_points, self.system.held_rises)


@dataclass(frozen=True, eq=False)
class Fields:
    """Rises by the name of the load that makes them, K, and the points that are held."""

    shape: tuple[int, ...]
    by_load: Mapping[str, FloatArray]
    held_points: IntArray  # flat indices
    held_rises: FloatArray  # per unit of the load AMBIENT, K

    def rise(self, powers: Mapping[str, float]) -> FloatArray:
        """The rise over the reference temperature for given amounts of each load, K, shape of the lattice."""
        total = np.zeros(self.shape)
        for name, amount in powers.items():
            if amount:
                total += amount * self.by_load[name]
        if self.held_points.size:
            total.reshape(-1)[self.held_points] = powers.get(AMBIENT, 0.0) * self.held_rises
        return total


class SteadySolver:
    """A system prepared once; its responses can be made finer as often as a caller needs."""

    def __init__(self, system: ThermalSystem, method: ConjugateGradients) -> None:
        self._system = system
        self._prepared: Prepared = prepared(system.conductance, method)

    def solve(self, load: FloatArray, target: float, start: FloatArray | None = None) -> LinearSolution:
        """The field of one load that is not the system's own.

        Parameters
        ----------
        target : relative residual
        start : field to begin with, K
        Raises
        ------
        ConvergenceError : the target is out of reach
        """
        return self._prepared.solve(load, start, target)

    def respond(
        self,
        targets: Mapping[str, float],
        before: UnitResponses | None = None,
        starts: Starts = NO_STARTS,
    ) -> UnitResponses:
        """Solve for every load to its own target of the relative residual.

        Parameters
        ----------
        before : responses of this system to go on from
        starts : fields to begin with instead, K, by the name of the load; none for a load begins at rest

        Raises
        ------
        ConvergenceError : a target is out of reach
        """
        found: list[LinearSolution] = []
        for i, name in enumerate(self._system.loads):
            if before is not None and before.relative_residuals[i] <= targets[name]:
                found.append(LinearSolution(before.rises[i], before.residuals[i], before.relative_residuals[i], 0, 0.0))
                continue
            start = before.rises[i] if before is not None else starts.get(name)
            found.append(self._prepared.solve(self._system.loads[name], start, targets[name]))
        earlier = before.iterations if before is not None else (0,) * len(found)
        return UnitResponses(
            system=self._system,
            names=tuple(self._system.loads),
            rises=tuple(solution.field for solution in found),
            residuals=tuple(solution.residual for solution in found),
            relative_residuals=tuple(solution.relative_residual for solution in found),
            iterations=tuple(a + solution.iterations for a, solution in zip(earlier, found, strict=True)),
            setup_seconds=self._prepared.setup_seconds,
            solve_seconds=(before.solve_seconds if before else 0.0) + sum(solution.seconds for solution in found),
            n_levels=self._prepared.n_levels,
        )
