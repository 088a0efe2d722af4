"""How is A u = f solved? Conjugate gradients, preconditioned by one V-cycle, to a residual that is measured in float64.

The rise, the true residual and all sums are float64. The direction, its image, the running residual and the V-cycle
are float32, which halves the traffic: the V-cycle rounds as much anyway, and the true residual replaces the running
one before that has drifted. A lattice that defeats float32 is carried on in float64 throughout.
Source: decision 2; Notay 2000 (flexible conjugate gradients), van der Vorst and Ye 2000 (residual
replacement)
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import kernels, outflow, outflow_kernels
from thermopkg.lattice.kernels import RealArray
from thermopkg.lattice.multigrid import Hierarchy, power_of_two_below
from thermopkg.lattice.network import Network

Result = TypeVar("Result")

# Conductances in float32 are each off by 6e-8 of themselves, so is the energy, and the running residual drifts from the
# true one by some such fraction of where it started. After this much reduction it is replaced by the true one.
TRUST = 1e-5
# A field in float64 cannot have a smaller residual than its own rounding, a fraction of 1e-16 of diagonal * rise at
# each point; beside films of nanometres this is above 1e-9 of the load.
ROUNDING = 2 * float(np.finfo(np.float64).eps)
# Packages take 10 to 25 iterations. A lattice that is not done after so many may be one that float32 hides from.
PATIENCE = 40


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

    def prepare(self, lattice: Network) -> "PreparedLattice":
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
    """A lattice with its hierarchy. One solve at a time: the hierarchy's work arrays are shared by all solves.

    `setup_seconds` : what building the hierarchy took
    """

    method: ConjugateGradients
    lattice: Network
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
        iteration = Iteration(self.lattice, load, start, self.hierarchy)
        iterations = iteration.descend(self.hierarchy, target, min(PATIENCE, self.method.max_iterations))
        if not iteration.meets(target) and iterations < self.method.max_iterations:
            iterations += iteration.descend(self.precise, target, self.method.max_iterations - iterations)
        if not iteration.meets(target):
            raise iteration.failure(target, iterations)
        field, residual, reached = iteration.result()
        return LinearSolution(field, residual, reached, iterations, time.perf_counter() - started)

    @cached_property
    def precise(self) -> Hierarchy:
        """The hierarchy in float64, for the rare lattice that float32 is too coarse for; built when first needed."""
        return Hierarchy.build(self.lattice, np.float64)


class Iteration:
    """One run of the conjugate gradients: its vectors, in zebra order and scaled to magnitudes near one."""

    def __init__(self, lattice: Network, load: FloatArray, start: FloatArray | None, hierarchy: Hierarchy) -> None:
        self.lattice, self.load = lattice, load
        self.load_scale = power_of_two_below(max(float(load.max()), -float(load.min())))
        self.rise_scale = self.load_scale / hierarchy.conductance_scale
        self.hierarchy, self.finest = hierarchy, hierarchy.levels[0]
        self.x, self.at_rest = np.zeros(self.finest.rise.shape), start is None
        if start is not None:
            self._share(kernels.to_zebra, start, 1 / self.rise_scale, self.finest.width, self.x)

    def descend(self, hierarchy: Hierarchy, target: float, most: int) -> int:
        """Iterates from x until the true residual is at `target`, at most so often; returns how often.

        beta and alpha are written out as what they are for, p conjugate to the last p and r orthogonal to p, not in
        the shorter forms that exact arithmetic allows: so the iteration bears a residual that was replaced and a
        preconditioner that rounds. It ends early where numbers leave their range.
        """
        self.hierarchy, self.finest = hierarchy, hierarchy.levels[0]
        self.p, self.q = np.zeros_like(self.finest.rise), np.zeros_like(self.finest.rise)
        residual = self.replace_residual()
        alpha, curvature, iterations = 0.0, math.inf, 0
        while iterations < most and not self.meets(target) and curvature > 0:
            trusted = max(target, TRUST * self.relative_residual)
            while residual > trusted and iterations < most:
                iterations += 1
                self.at_rest = False
                hierarchy.cycle()
                beta = -sum(self._share(kernels.dot, self.finest.rise, self.q)) / curvature
                self._share(kernels.new_direction, alpha, beta, self.finest.rise, self.p, self.x)
                curvature, slope = self.apply_to_direction()
                if not (curvature > 0 and math.isfinite(slope)):
                    alpha, curvature = 0.0, 0.0
                    break
                alpha = slope / curvature
                squares = sum(self._share(kernels.reduce_residual, alpha, self.q, self.finest.load))
                residual = math.sqrt(squares) / self.load_norm
            if alpha:
                self._share(kernels.advance, alpha, self.p, self.x)
                alpha = 0.0
            residual = self.replace_residual()
        del self.p, self.q  # room for what follows
        return iterations

    def meets(self, target: float) -> bool:
        """Whether the true residual is at the target, or at what the rounding of the field itself leaves.

        The latter only if the watts balance, for rounding does not make any: heat with no way out piles up rises
        whose rounding would excuse anything.
        """
        return self.relative_residual <= target or (self.at_rounding and self.imbalance <= target)

    def apply_to_direction(self) -> tuple[float, float]:
        """q = A p; returns p . q and p . r."""
        level = self.finest
        operator = (level.gx, level.gy, level.gz, level.ground, level.width)
        sums = self._share(kernels.apply_dot, *operator, self.p, self.finest.load, self.q)
        curvature, slope = (sum(column) for column in zip(*sums, strict=True))
        return curvature, slope

    def replace_residual(self) -> float:
        """Sets r to the true residual of x in float64; returns its norm relative to the load."""
        if self.at_rest:
            level = self.finest
            arguments = level.pivot, self.load, 1 / self.load_scale, level.width, level.load
            sums = np.sum(self._share(outflow_kernels.residual_at_rest, *arguments), axis=0)
        else:
            scales = 1 / self.hierarchy.conductance_scale, 1 / self.load_scale
            sums = self._residual(*scales, True, self.x, self.finest.load)
        squares, size, loads, imbalance, power = (float(value) for value in sums)
        self.load_norm = math.sqrt(loads)
        self.relative_residual = math.sqrt(squares / loads) if loads > 0 else 0.0
        self.at_rounding = squares <= ROUNDING**2 * size
        self.imbalance = abs(imbalance) / power if power > 0 else 0.0
        return self.relative_residual

    def result(self) -> tuple[FloatArray, FloatArray, float]:
        """Rise and residual in plain order, and the residual's norm relative to the load."""
        if self.load_norm == 0:
            return np.zeros(self.finest.shape), np.zeros(self.finest.shape), 0.0
        field = np.empty(self.finest.shape)
        self._share(kernels.to_plain, self.x, self.rise_scale, self.finest.width, field)
        del self.x  # room for what follows
        residual = np.empty(self.finest.shape)
        squares, *_ = self._residual(1.0, 1.0, False, field, residual)
        return field, residual, math.sqrt(squares) / (self.load_norm * self.load_scale)

    def failure(self, target: float, iterations: int) -> ConvergenceError:
        """What to tell the user."""
        advice = "raise max_iterations, loosen relative_residual, or look for heated points with no path to ambient"
        return ConvergenceError(self.relative_residual, target, iterations, advice)

    def _residual(self, per_conductance: float, per_load: float, zebra: bool, x: RealArray, r: RealArray) -> FloatArray:
        """`outflow.residual` of this lattice and load."""
        scales = per_conductance, per_load
        return outflow.residual(self.lattice, self.hierarchy.crew, self.load, *scales, zebra, self.finest.width, x, r)

    def _share(self, kernel: Callable[..., Result], *arguments: object) -> list[Result]:
        return self.hierarchy.crew.share(kernel, self.finest.shape[0], self.finest.n_points, *arguments)
