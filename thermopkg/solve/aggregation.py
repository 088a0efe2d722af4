"""How is a sparse matrix coarsened? Smoothed aggregation: neighbours that conduct well become one coarse unknown.

Roots of the aggregates are a set of points no two of which are within two strong links of one another, found for all
points at once by the largest of random priorities. A coarse field is constant on every aggregate (as the field of a
body that loses no heat is), smoothed once by Jacobi's iteration. Relaxation is Chebyshev's, a polynomial of the
matrix, so that the V-cycle is symmetric. Source: [vanek1996] for smoothed aggregation
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, SparseMatrix

STRONG = 0.08  # of the geometric mean of two diagonals: weaker links do not join; [vanek1996]
WEAKENING = 0.5  # from level to level, of STRONG: coarse links are more and each is weaker; [vanek1996]
FEWEST = 400  # points that are eliminated: that takes a millisecond
MOST_LEVELS = 12
SEED = 1  # of the priorities: the same matrix always has the same hierarchy
STEPS_TO_RADIUS = 12  # of the power method; good to some percent
ABOVE_RADIUS = 1.1  # margin on what the power method finds, which is too low
SMOOTHED_BELOW = 20.0  # relaxation takes care of the upper part of the spectrum, down to its end over this
DEGREE = 3  # of the relaxation's polynomial; 2 takes as long, with more iterations
DAMPING = 4 / 3  # over the spectral radius, for the prolongation; [vanek1996]


@dataclass(frozen=True, eq=False)
class Level:
    """A matrix, what its relaxation needs, and the way to the next coarser one; None on the coarsest."""

    matrix: SparseMatrix
    inverse_diagonal: FloatArray
    radius: float  # no eigenvalue of diagonal^-1 matrix is above
    prolongation: SparseMatrix | None
    restriction: SparseMatrix | None


@dataclass(frozen=True, eq=False)
class Aggregation:
    """Levels from fine to coarse, the last of which is eliminated."""

    levels: tuple[Level, ...]
    coarsest: Any  # scipy's SuperLU, which has no public type

    def cycle(self, load: FloatArray, number: int = 0) -> FloatArray:
        """One V-cycle from rest: a field whose image is near the load; symmetric in the load."""
        level = self.levels[number]
        if level.prolongation is None or level.restriction is None:
            return np.asarray(self.coarsest.solve(load))
        field = _relax(level, load)
        coarse = self.cycle(times(level.restriction, load - times(level.matrix, field)), number + 1)
        field += times(level.prolongation, coarse)
        field += _relax(level, load - times(level.matrix, field))
        return field


def aggregated(matrix: SparseMatrix, coarser: SparseMatrix | None = None) -> Aggregation:
    """The hierarchy of a symmetric positive definite matrix.

    Parameters
    ----------
    coarser : the first prolongation, if it is known; what is constant on its columns is so on the points
    """
    levels: list[Level] = []
    if coarser is not None and matrix.shape[0] > FEWEST:
        inverse = 1 / matrix.diagonal()
        prolongation = coarser[:, np.flatnonzero(np.bincount(coarser.indices, minlength=coarser.shape[1]))].tocsr()
        restriction = prolongation.T.tocsr()
        levels.append(Level(matrix, inverse, _radius(matrix, inverse), prolongation, restriction))
        matrix = (restriction @ (matrix @ prolongation)).tocsr()
    constant, strong = np.ones(matrix.shape[0]), STRONG
    while True:
        inverse = 1 / matrix.diagonal()
        if matrix.shape[0] <= FEWEST or len(levels) == MOST_LEVELS - 1:
            levels.append(Level(matrix, inverse, 0.0, None, None))
            return Aggregation(tuple(levels), splu(matrix.tocsc()))
        radius = _radius(matrix, inverse)
        links = _strong_links(matrix, strong)
        aggregate = _aggregates(links)
        if int(aggregate.max()) + 1 > 0.8 * matrix.shape[0]:  # hardly anything joins: more levels would not help
            levels.append(Level(matrix, inverse, 0.0, None, None))
            return Aggregation(tuple(levels), splu(matrix.tocsc()))
        prolongation, constant = _prolongation(matrix, links, aggregate, constant)
        restriction = prolongation.T.tocsr()
        levels.append(Level(matrix, inverse, radius, prolongation, restriction))
        matrix, strong = (restriction @ (matrix @ prolongation)).tocsr(), strong * WEAKENING


def times(matrix: SparseMatrix, field: FloatArray) -> FloatArray:
    """The image of a field."""
    return np.asarray(matrix @ field)


def _relax(level: Level, load: FloatArray) -> FloatArray:
    """Chebyshev's iteration from rest on the upper part of the spectrum of diagonal^-1 matrix."""
    high, low = level.radius, level.radius / SMOOTHED_BELOW
    middle, half = 0.5 * (high + low), 0.5 * (high - low)
    step = level.inverse_diagonal * load / middle
    field, share = step.copy(), half / middle
    for _ in range(DEGREE - 1):
        left = level.inverse_diagonal * (load - times(level.matrix, field))
        following = 1 / (2 * middle / half - share)
        step = following * share * step + 2 * following / half * left
        field += step
        share = following
    return field


def _radius(matrix: SparseMatrix, inverse: FloatArray) -> float:
    """Spectral radius of diagonal^-1 matrix, from above for all that matters."""
    vector = np.random.default_rng(SEED).standard_normal(matrix.shape[0])
    size = 1.0
    for _ in range(STEPS_TO_RADIUS):
        vector = inverse * (matrix @ (vector / np.linalg.norm(vector)))
        size = float(np.linalg.norm(vector))
    return ABOVE_RADIUS * size


def _strong_links(matrix: SparseMatrix, strong: float) -> SparseMatrix:
    """The entries that join, and the whole diagonal."""
    scale = 1 / np.sqrt(matrix.diagonal())
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    kept = (-matrix.data * scale[rows] * scale[matrix.indices] >= strong) | (rows == matrix.indices)
    counts = np.bincount(rows[kept], minlength=matrix.shape[0])
    ends = np.concatenate([[0], np.cumsum(counts)])
    return sp.csr_matrix((matrix.data[kept], matrix.indices[kept], ends), shape=matrix.shape)


def _largest_near(links: SparseMatrix, values: IntArray) -> IntArray:
    """The largest of the values of a point and of all that it is linked to."""
    return np.asarray(np.maximum.reduceat(values[links.indices], links.indptr[:-1]))


def _aggregates(links: SparseMatrix) -> IntArray:
    """Number of the aggregate that each point joins, shape (n,)."""
    n = links.shape[0]
    priority = np.random.default_rng(SEED).permutation(n).astype(np.int64)
    root: BoolArray = np.zeros(n, bool)
    open_ = np.ones(n, bool)
    while open_.any():
        own = np.where(open_, priority, -1)
        root |= open_ & (_largest_near(links, _largest_near(links, own)) == priority)
        near = _largest_near(links, _largest_near(links, root.astype(np.int64)))
        open_ &= near == 0
    number = np.full(n, -1)
    number[root] = np.arange(np.count_nonzero(root))
    for _ in range(2):
        number = np.where(number >= 0, number, _largest_near(links, number))
    return number


def _prolongation(
    matrix: SparseMatrix, links: SparseMatrix, aggregate: IntArray, constant: FloatArray
) -> tuple[SparseMatrix, FloatArray]:
    """From a field on the aggregates to one on the points, and what is constant there on the aggregates."""
    n, count = matrix.shape[0], int(aggregate.max()) + 1
    sizes = np.sqrt(np.bincount(aggregate, constant**2, count))
    rough = sp.csr_matrix((constant / sizes[aggregate], aggregate, np.arange(n + 1)), shape=(n, count))
    # weak links are left out, and their conductance with them: what is smoothed must leave the constant as it is
    filtered = links.copy()
    lost = np.asarray((matrix - links) @ constant).ravel() / constant
    filtered.setdiag(filtered.diagonal() + lost)
    inverse = 1 / matrix.diagonal()  # that of what is left may vanish where every link is weak
    damped = sp.diags(DAMPING / _radius(filtered, inverse) * inverse)
    return (rough - damped @ (filtered @ rough)).tocsr(), sizes
