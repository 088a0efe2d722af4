"""Between which two numbers does the truth lie? Primal and dual responses to bounds on every thermal resistance.

With unit loads as the columns of F and R = F' A^-1 F the matrix of mean rises per watt, in the order of symmetric
matrices, R_primal <= R <= R_dual. So with D = R_dual - R_primal and any two combinations a, b of the loads

    | a' R b - middle |  <=  1/2 sqrt(a'D a  b'D b).

The solver stops early, and the bounds say so. With U the fields it returned and W = F - A U what it left unbalanced:
on the primal side F'U + U'W is below F' A^-1 F whatever U is. On the dual side F'U + U'W + W' A^-1 W equals it, and
the last term is below W' diag(w / (A w)) W for any positive w with A w > 0, because A is an M-matrix.
Source: [pragersynge1947], [braess2007] ch. III; the last step is Barta's inequality, [barta1937].
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice.outflow import apply
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import NO_STARTS, Starts, SteadySolver, UnitResponses
from thermopkg.system import AMBIENT, ThermalSystem

ROUNDING = 1e-12  # relative; sums over millions of points are good to about this
FIRST_TARGET = 1e-6  # relative residual that every load is solved to at first
FURTHER = 1e-2  # how much deeper a load is solved whose remainder still shows in its bounds
DEEPEST_TARGET = 1e-12  # below this float64 sums stall
PIECE = 1 << 16  # points that are multiplied at once; a few pieces fit into the cache
MOST_ITERATIONS = 200  # for one load; well-posed packages take 10 to 30
BARRIER_TARGET = 1e-2  # a load that only guards needs no more than that A w is positive
BARRIER_FURTHER = 1e-1  # how much deeper it is solved where that is not so
TOO_ROUGH = "the fields are too rough to bound what is left of them"
INVISIBLE = 1e-11  # of its compliance, that a load's remainder may always be
ALGEBRAIC_SHARE = 1e-2  # most that the solver's remainder may add to a width, as a share of it
# Most heat that a field may lose, as a share of what crosses the package; three such pass as balanced.
UNBALANCED = 3e-7


# Loads that together heat every point, by name, whose fields are known anyway; or how to make one load that does so by
# itself, which need not be kept.
Barrier = Sequence[str] | Callable[[], FloatArray]


@dataclass(frozen=True)
class Bracket:
    """A value and the two bounds that hold whatever the grid."""

    value: float
    lower: float
    upper: float

    @property
    def half_width(self) -> float:
        return 0.5 * (self.upper - self.lower)

    @property
    def relative_half_width(self) -> float:
        """Half-width over the value; infinite for a value of zero."""
        return self.half_width / abs(self.value) if self.value else np.inf

    def scaled(self, factor: float, offset: float = 0.0) -> "Bracket":
        """The bracket of factor * value + offset, for a factor that is not negative."""
        return Bracket(*(factor * v + offset for v in (self.value, self.lower, self.upper)))


@dataclass(frozen=True, eq=False)
class ResistanceMatrix:
    """Mean rise of every place per watt in every other, bounded from both sides in the order of matrices, K/W."""

    names: tuple[str, ...]
    lower: FloatArray  # shape (n, n)
    upper: FloatArray  # shape (n, n)

    def combination(self, first: Mapping[str, float], second: Mapping[str, float]) -> Bracket:
        """Bounds on a' R b, for combinations of places (a) and loads (b) given by name.

        The mean rise of a place is a = {place: 1} with b the powers; a difference of two is a = {one: 1, other: -1}.
        """
        a, b = self._vector(first), self._vector(second)
        value = 0.5 * float(a @ (self.lower + self.upper) @ b)
        spread = self.upper - self.lower
        half = 0.5 * np.sqrt(max(float(a @ spread @ a), 0.0) * max(float(b @ spread @ b), 0.0))
        half += ROUNDING * abs(value)
        return Bracket(value, value - float(half), value + float(half))

    def entry(self, first: str, second: str) -> Bracket:
        """Bounds on one entry, K/W."""
        return self.combination({first: 1.0}, {second: 1.0})

    def _vector(self, amounts: Mapping[str, float]) -> FloatArray:
        vector = np.zeros(len(self.names))
        for name, amount in amounts.items():
            vector[self.names.index(name)] = amount
        return vector


def own_matrix(responses: UnitResponses) -> FloatArray:
    """F'U + U'W and the constants: a lattice's own answer, second order in what the solver left, K/W, shape (n, n).

    For primal fields of any accuracy it is never above the exact matrix.
    """
    total = _means(responses) + _products(responses.rises, responses.residuals)
    return responses.system.constants + 0.5 * (total + total.T)


def mean_matrix(responses: UnitResponses) -> FloatArray:
    """F'U and the constants: the mean of every place (rows) in the field of every load (columns), K/W, shape (n, n)."""
    return responses.system.constants + _means(responses)


def _means(responses: UnitResponses) -> FloatArray:
    """F'U, K/W, shape (n, n); one load at a time, for each may be made only now."""
    return np.concatenate([_products([load], responses.rises) for load in responses.system.loads.values()])


def remainder_bound(responses: UnitResponses, barrier: Sequence[str]) -> FloatArray:
    """Weights that bound A^-1 from above: r' A^-1 r <= sum of weight * r^2 for every r; K/W, shape of the lattice.

    Raises
    ------
    ConvergenceError : the fields are too rough to bound what is left
    """
    chosen = [responses.names.index(name) for name in barrier]
    w = sum((responses.rises[i] for i in chosen), np.zeros(responses.system.lattice.shape))
    supply = apply(responses.system.lattice, w)
    at_work = (w != 0.0) | (supply != 0.0)  # points without any conductance take no part
    if (supply[at_work] <= 0).any():  # w itself is positive where all of A w is: look at its lowest point
        worst = max(responses.relative_residuals)
        raise ConvergenceError(worst, worst * FURTHER, max(responses.iterations), TOO_ROUGH)
    return np.divide(w, supply, out=np.zeros_like(w), where=at_work)


def _products(
    first: Sequence[FloatArray], second: Sequence[FloatArray], weight: FloatArray | None = None
) -> FloatArray:
    """All dot products between two sets of fields, shape (n, m); in pieces, so that no copy of the fields is made."""
    total = np.zeros((len(first), len(second)))
    left, right = [field.ravel() for field in first], [field.ravel() for field in second]
    weights = None if weight is None else weight.ravel()
    for start in range(0, left[0].size, PIECE):
        piece = slice(start, start + PIECE)
        a = np.stack([field[piece] for field in left])
        if weights is not None:
            a *= weights[piece]
        total += np.einsum("ik,jk->ij", a, np.stack([field[piece] for field in right]))
    return total


@dataclass(frozen=True, eq=False)
class Settled:
    """Responses that the solver has no more to add to, and their bound on the matrix, K/W, shape (n, n)."""

    responses: UnitResponses
    bound: FloatArray


def from_below(system: ThermalSystem, barrier: Barrier | None, starts: Starts = NO_STARTS) -> Settled:
    """Solve a primal system until what the solver leaves does not show, and bound the matrix from below.

    Parameters
    ----------
    barrier : what tells how much is left; without it the loads are solved to the first target and balanced
    starts : fields to begin with, by the name of the load
    Raises
    ------
    ConvergenceError : no convergence within MOST_ITERATIONS for a load
    """
    return _settled(*_begun(system, starts), barrier, lambda energy: np.zeros(len(energy)), lambda energy, _: energy)


def from_above(system: ThermalSystem, barrier: Barrier, lower: FloatArray, starts: Starts = NO_STARTS) -> Settled:
    """Solve a dual system until what the solver leaves is a small share of every width; as `from_below`.

    Parameters
    ----------
    lower : the bound from below, which tells the widths
    """
    return from_above_on(*_begun(system, starts), barrier, lower)


def from_above_on(solver: SteadySolver, found: UnitResponses, barrier: Barrier, lower: FloatArray) -> Settled:
    """As `from_above`, of a dual system that is prepared and whose responses are there already."""

    def allowed(energy: FloatArray) -> FloatArray:
        return ALGEBRAIC_SHARE * (np.diag(energy) - np.diag(lower))

    return _settled(solver, found, barrier, allowed, lambda energy, remainder: energy + remainder)


def bracket(primal: ThermalSystem, dual: ThermalSystem, barrier: Sequence[str]) -> ResistanceMatrix:
    """Both bounds on the matrix.

    Raises
    ------
    ConvergenceError : no convergence within MOST_ITERATIONS for a load
    """
    lower = from_below(primal, barrier).bound
    return ResistanceMatrix(tuple(primal.loads), lower, from_above(dual, barrier, lower).bound)


def _begun(system: ThermalSystem, starts: Starts) -> tuple[SteadySolver, UnitResponses]:
    """A system prepared, and every load solved to the first target."""
    solver = SteadySolver(system, ConjugateGradients(FIRST_TARGET, MOST_ITERATIONS))
    return solver, solver.respond(dict.fromkeys(system.loads, FIRST_TARGET), starts=starts)


def _settled(
    solver: SteadySolver,
    found: UnitResponses,
    barrier: Barrier | None,
    allowed: Callable[[FloatArray], FloatArray],
    bound: Callable[[FloatArray, FloatArray], FloatArray],
) -> Settled:
    """Solve until every remainder is within what is allowed for its load [K/W], or invisible beside its compliance."""
    system = found.system
    weights = _own_barrier(solver, barrier()) if callable(barrier) else None
    targets = dict.fromkeys(system.loads, FIRST_TARGET)
    while True:
        energy = own_matrix(found)
        remainder, rough = np.zeros_like(energy), _unbalanced(found)
        try:
            if barrier is not None:
                own = weights if callable(barrier) else remainder_bound(found, barrier)
                remainder = _products(found.residuals, found.residuals, own)
                most = np.maximum(allowed(energy), INVISIBLE * np.abs(np.diag(energy)))
                rough |= {
                    n for n, left, limit in zip(found.names, np.diag(remainder), most, strict=True) if left > limit
                }
        except ConvergenceError:
            if min(targets.values()) * FURTHER < DEEPEST_TARGET:
                raise
            rough = set(system.loads)
        deeper = [name for name in system.loads if name in rough and targets[name] * FURTHER >= DEEPEST_TARGET]
        if not deeper:
            return Settled(found, bound(energy, remainder))
        for name in deeper:  # one at a time: so there are never two fields of every load
            targets[name] *= FURTHER
            found = solver.respond(targets, found)


def _own_barrier(solver: SteadySolver, load: FloatArray) -> FloatArray:
    """The weights of `remainder_bound` from one load that heats every point, kept in float32, rounded up."""
    target, start = BARRIER_TARGET, None
    while True:
        found = solver.solve(load, target, start)
        start, supply = found.field, found.residual  # both are this function's own: worked on in place
        np.subtract(load, supply, out=supply)
        if not ((supply <= 0) & (load > 0)).any():
            np.divide(start, supply, out=start, where=supply > 0)
            return np.nextafter(start, np.float32(np.inf), dtype=np.float32, casting="same_kind")
        target *= BARRIER_FURTHER
        if target < DEEPEST_TARGET:
            raise ConvergenceError(found.relative_residual, target, found.iterations, TOO_ROUGH)
        del found, supply  # room for the next attempt


def _unbalanced(below: UnitResponses) -> set[str]:
    """Loads whose primal field loses heat: all that is left together is exactly what fails to leave."""
    found = set()
    for name, rise, residual in zip(below.names, below.rises, below.residuals, strict=True):
        crossing = 1.0  # W for every watt of a source
        if name == AMBIENT:
            crossing = 0.5 * sum(abs(heat) for heat in below.system.leaving(rise, {AMBIENT: 1.0}).values())
        if abs(float(residual.sum())) > UNBALANCED * crossing:
            found.add(name)
    return found
