"""How is A u = f solved? Conjugate gradients in float64, preconditioned by one float32 V-cycle."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import kernels
from thermopkg.lattice.multigrid import Hierarchy, plain_arrays, power_of_two_below
from thermopkg.lattice.network import Lattice

Result = TypeVar("Result")

# The iteration reads the conductances in float32. Each of them is off by 6e-8 of itself, so is the energy, and the
# residual that the iteration keeps drifts from the true one by some such fraction of where it started. After this
# much reduction it is replaced by the true one.
TRUST = 1e-5
# A field in float64 cannot have a smaller residual than its own rounding, a fraction of 1e-16 of diagonal * rise at
# each point; beside films of nanometres this is above 1e-9 of the load.
ROUNDING = 2 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class LinearSolution:
    """The answer and what is known of its error.

    `field` : rise, K, shape of the lattice
    `residual` : f - A u in float64 with the lattice as given, W, shape of the lattice; 0 at points without conductance
    `relative_residual` : |residual| / |f|
    `iterations`, `seconds` : of this solve
    """

    field: FloatArray
    residual: FloatArray
    relative_residual: float
    iterations: int
    seconds: float


@dataclass(frozen=True)
class ConjugateGradients:
    """Tolerances of the solve."""

    relative_residual: float = 1e-9  # on |f - A u| / |f|
    max_iterations: int = 200

    def __post_init__(self) -> None:
        check_tolerance(self.relative_residual)
        if self.max_iterations < 1:
            raise ValueError(f"max_iterations must be at least 1, got {self.max_iterations}")

    def prepare(self, lattice: Lattice) -> "PreparedLattice":
        """Builds the hierarchy: once for a lattice, for any number of loads."""
        started = time.perf_counter()
        hierarchy = Hierarchy.build(lattice)
        return PreparedLattice(self, lattice, hierarchy, time.perf_counter() - started)


def check_tolerance(relative_residual: float) -> None:
    if not 0 < relative_residual < 1:
        raise ValueError(f"relative_residual must lie between 0 and 1, got {relative_residual:g}")


def check_array(name: str, array: FloatArray, shape: tuple[int, int, int]) -> FloatArray:
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, the lattice {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has {np.count_nonzero(~np.isfinite(array))} values that are not finite")
    return np.ascontiguousarray(array, np.float64)


@dataclass(frozen=True, eq=False)
class PreparedLattice:
    """A lattice with its hierarchy. One solve at a time: the hierarchy's work arrays are shared by all solves."""

    method: ConjugateGradients
    lattice: Lattice
    hierarchy: Hierarchy
    setup_seconds: float

    @property
    def n_levels(self) -> int:
        return len(self.hierarchy.levels)

    def solve(
        self, load: FloatArray, start: FloatArray | None = None, relative_residual: float | None = None
    ) -> LinearSolution:
        """Solves A u = f. Points without any conductance are left at zero, and a load there is left out.

        Parameters
        ----------
        load : f, W, shape of the lattice
        start : first guess of the rise, K, shape of the lattice; zero if not given
        relative_residual : stops at |f - A u| / |f|; that of the method if not given
        Raises
        ------
        ValueError : wrong shape, a value that is not finite, a tolerance outside (0, 1)
        ConvergenceError : the target is not met in `max_iterations`, or numbers overflow

        A residual as small as the rounding of the field itself allows counts as met; `relative_residual` of the
        solution then tells what was reached.
        """
        started = time.perf_counter()
        target = self.method.relative_residual if relative_residual is None else relative_residual
        check_tolerance(target)
        load = check_array("load", load, self.lattice.shape)
        if start is not None:
            start = check_array("start", start, self.lattice.shape)
        iteration = Iteration(self.lattice, self.hierarchy, load, start)
        iterations = iteration.run(target, self.method.max_iterations)
        field, residual, reached = iteration.result()
        return LinearSolution(field, residual, reached, iterations, time.perf_counter() - started)


class Iteration:
    """One run of the conjugate gradients: its vectors, in zebra order and scaled to magnitudes near one."""

    def __init__(self, lattice: Lattice, hierarchy: Hierarchy, load: FloatArray, start: FloatArray | None) -> None:
        self.plain, self.load = plain_arrays(lattice), load
        self.hierarchy, self.finest = hierarchy, hierarchy.levels[0]
        self.load_scale = power_of_two_below(float(np.abs(load).max()))
        self.rise_scale = self.load_scale / hierarchy.conductance_scale
        self.x, self.r, self.p, self.q = (np.zeros(self.finest.rise.shape) for _ in range(4))
        if start is not None:
            self._share(kernels.to_zebra, start, 1 / self.rise_scale, self.finest.width, self.x)

    def run(self, target: float, max_iterations: int) -> int:
        """Iterates until the true residual is at `target`; returns the number of iterations."""
        residual = self.replace_residual()
        slope, alpha, iterations = math.inf, 0.0, 0
        while self.relative_residual > target and not self.at_rounding:
            trusted = max(target, TRUST * self.relative_residual)
            while residual > trusted:
                if iterations == max_iterations:
                    raise self.failure(target, iterations)
                iterations += 1
                self.hierarchy.cycle()
                old, slope = slope, sum(self._share(kernels.dot, self.finest.rise, self.r))
                self._share(kernels.new_direction, alpha, slope / old, self.finest.rise, self.p, self.x)
                curvature = sum(self._share(kernels.apply_dot, *self.operator, self.p, self.q))
                if not (slope > 0 and curvature > 0):
                    raise self.failure(target, iterations)
                alpha = slope / curvature
                squares = sum(self._share(kernels.reduce_residual, alpha, self.q, self.r, self.finest.load))
                residual = math.sqrt(squares) / self.load_norm
            self._share(kernels.advance, alpha, self.p, self.x)
            alpha = 0.0
            residual = self.replace_residual()
        return iterations

    @property
    def operator(self) -> tuple[object, ...]:
        level = self.finest
        return level.gx, level.gy, level.gz, level.ground, level.width

    def replace_residual(self) -> float:
        """Sets r to the true residual of x in float64; returns its norm relative to the load."""
        sums = self._share(
            kernels.true_residual,
            *(*self.plain, self.load, 1 / self.hierarchy.conductance_scale, 1 / self.load_scale),
            *(self.x, self.r, self.finest.load, self.finest.width),
        )
        squares, size, loads = (math.fsum(column) for column in zip(*sums, strict=True))
        self.load_norm = math.sqrt(loads)
        self.relative_residual = math.sqrt(squares / loads) if loads > 0 else 0.0
        self.at_rounding = squares <= ROUNDING**2 * size
        return self.relative_residual

    def result(self) -> tuple[FloatArray, FloatArray, float]:
        """Rise and residual in plain order, and the relative residual."""
        del self.p, self.q  # room for what follows
        shape = self.finest.shape
        if self.load_norm == 0:
            return np.zeros(shape), np.zeros(shape), 0.0
        field, residual = np.empty(shape), np.empty(shape)
        self._share(kernels.to_plain, self.x, self.rise_scale, self.finest.width, field)
        self._share(kernels.to_plain, self.r, self.load_scale, self.finest.width, residual)
        return field, residual, self.relative_residual

    def failure(self, target: float, iterations: int) -> ConvergenceError:
        """What to tell the user: the true residual as far as it can be had."""
        residual = self.replace_residual()
        if math.isfinite(residual):
            advice = "raise max_iterations, loosen relative_residual, or look for heated points with no path to ambient"
        else:
            advice = "numbers overflowed; look for conductances that differ by more than 1e30"
        return ConvergenceError(residual, target, iterations, advice)

    def _share(self, kernel: Callable[..., Result], *arguments: object) -> list[Result]:
        return self.hierarchy.crew.share(kernel, self.finest.shape[0], self.finest.n_points, *arguments)
