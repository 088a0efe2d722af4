"""How is a sparse system solved? Elimination where it is small, conjugate gradients over aggregates where it is not."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse.linalg import splu

from thermopkg.arraytypes import FloatArray, IntArray, SparseMatrix
from thermopkg.errors import ConvergenceError
from thermopkg.solve.aggregation import Aggregation, aggregated, times
from thermopkg.solve.linear import ConjugateGradients, LinearSolution, check_tolerance

ELIMINATED = 12_000  # most unknowns: there elimination in space takes about as long as the hierarchy and 20 iterations
REPLACED_AFTER = 1e-6  # reduction of the running residual, after which the true one takes its place
REFINEMENTS = 4  # most corrections by elimination: each gains six digits and more
# A field in float64 cannot have a smaller residual than its own rounding; that counts as met.
ROUNDING = 4 * float(np.finfo(np.float64).eps)
ADVICE = "raise max_iterations, loosen relative_residual, or look for heated points with no path to ambient"


@dataclass(frozen=True, eq=False)
class PreparedMatrix:
    """A sparse matrix with its factors or its hierarchy.

    `points` : those that take part, which have any conductance; `matrix` is of them alone
    `factors` : scipy's SuperLU, or None where there is a `hierarchy`
    """

    method: ConjugateGradients
    n_points: int
    points: IntArray
    matrix: SparseMatrix
    factors: Any
    hierarchy: Aggregation | None
    setup_seconds: float

    @property
    def n_levels(self) -> int:
        return 1 if self.hierarchy is None else len(self.hierarchy.levels)

    def solve(
        self, load: FloatArray, start: FloatArray | None = None, relative_residual: float | None = None
    ) -> LinearSolution:
        """Solves A u = f. Points without any conductance are left at zero, and a load there is left out.

        Parameters
        ----------
        load : f, W, shape (n_points,)
        start : first guess of the rise, K
        relative_residual : stops at |f - A u| / |f|; that of the method if not given
        Raises
        ------
        ValueError : wrong shape, a value that is not finite, a tolerance outside (0, 1)
        ConvergenceError : the target is not met in `max_iterations`
        """
        started = time.perf_counter()
        target = self.method.relative_residual if relative_residual is None else relative_residual
        check_tolerance(target)
        for name, array in (("load", load), ("start", start)):
            if array is None:
                continue
            if array.shape != (self.n_points,):
                raise ValueError(f"{name} has shape {array.shape}, the system ({self.n_points},)")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} has {np.count_nonzero(~np.isfinite(array))} values that are not finite")
        own = load[self.points]
        field = np.zeros(own.size) if start is None else start[self.points].copy()
        size = float(np.linalg.norm(own))
        iterations = 0 if size == 0 else self._descend(own, field, target * size)
        if size == 0:
            field[:] = 0.0
        left = own - times(self.matrix, field)
        reached = float(np.linalg.norm(left)) / size if size else 0.0
        if reached > target and not self._at_rounding(field, left):
            raise ConvergenceError(reached, target, iterations, ADVICE)
        whole, residual = np.zeros(self.n_points), np.zeros(self.n_points)
        whole[self.points], residual[self.points] = field, left
        return LinearSolution(whole, residual, reached, iterations, time.perf_counter() - started)

    def _descend(self, load: FloatArray, field: FloatArray, target: float) -> int:
        """Moves the field until its true residual is at the target, W; returns the iterations."""
        if self.hierarchy is None:
            for count in range(REFINEMENTS):
                left = load - times(self.matrix, field)
                if float(np.linalg.norm(left)) <= target or (count and self._at_rounding(field, left)):
                    return count
                field += self.factors.solve(left)
            return REFINEMENTS
        iterations = 0
        while iterations < self.method.max_iterations:
            left = load - times(self.matrix, field)
            size = float(np.linalg.norm(left))
            if size <= target or (iterations and self._at_rounding(field, left)):
                break
            iterations += self._iterate(self.hierarchy, left, field, max(target, REPLACED_AFTER * size), iterations)
        return iterations

    def _iterate(self, hierarchy: Aggregation, left: FloatArray, field: FloatArray, target: float, before: int) -> int:
        """Conjugate gradients from a true residual down to a running one at the target; returns how often."""
        direction, slope = np.zeros_like(field), math.inf
        for count in range(1, self.method.max_iterations - before + 1):
            preconditioned = hierarchy.cycle(left)
            previous, slope = slope, float(left @ preconditioned)
            direction = preconditioned + slope / previous * direction
            image = times(self.matrix, direction)
            curvature = float(direction @ image)
            if not (curvature > 0 and math.isfinite(curvature)):
                return self.method.max_iterations - before  # no matrix of conductances: told as no convergence
            field += slope / curvature * direction
            left = left - slope / curvature * image
            if float(np.linalg.norm(left)) <= target:
                return count
        return self.method.max_iterations - before

    def _at_rounding(self, field: FloatArray, left: FloatArray) -> bool:
        """Whether a residual is what the rounding of the field itself leaves."""
        return float(np.linalg.norm(left)) <= ROUNDING * float(np.linalg.norm(self.matrix.diagonal() * field))


def prepare_matrix(
    matrix: SparseMatrix, method: ConjugateGradients, coarser: SparseMatrix | None = None
) -> PreparedMatrix:
    """Factors or the hierarchy: once for a matrix, for any number of loads.

    Parameters
    ----------
    coarser : from a field on fewer unknowns to the points, the first step of the hierarchy, if it is known
    """
    started = time.perf_counter()
    points = np.flatnonzero(matrix.diagonal())
    own = matrix if points.size == matrix.shape[0] else matrix[points][:, points].tocsr()
    factors, hierarchy = None, None
    if points.size <= ELIMINATED:
        factors = splu(own.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
    else:
        hierarchy = aggregated(own, None if coarser is None else coarser[points].tocsr())
    return PreparedMatrix(method, matrix.shape[0], points, own, factors, hierarchy, time.perf_counter() - started)
