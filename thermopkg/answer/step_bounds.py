"""Between which two numbers does Z_th lie at a time? What bounds on Z(s) at a few real s leave open, and no more.

Whatever the package, the modes of its own have positive weights a_i, and

    Z(s) = sum of a_i rate_i / (rate_i + s),    Z_th(t) = sum of a_i (1 - exp(-rate_i t)).

So where some numbers c_k make

    sum of c_k rate / (rate + s_k)  >=  1 - exp(-rate t)    at every rate > 0,

the sum of c_k Z(s_k) is not below Z_th(t), and bounds on Z(s_k) bound it: the upper where c_k is positive, the lower
where it is negative. The c_k that bound it best are the solution of a linear programme, found with the inequality at
some rates; then one of them is raised until it holds at all. From below it is the same with both signs turned.
Source: [krein1977], the moment problem of Markov, whose moments are here bounded and not known
"""

from itertools import product
from typing import Literal

import numpy as np
from scipy.optimize import linprog

from thermopkg.arraytypes import BoolArray, FloatArray

REACH = 1e3  # times 1/t; shifts farther off tell nothing of a time
BEYOND = 1e3  # times the outermost shifts, that rates are looked at; what lies beyond is bounded by hand
ROW_STEP = 0.2  # of the logarithm of the rate, between rows of the programme
FINE_STEP = 0.006  # between rates at which it is checked; in between, its curvature is bounded
ROUNDS = 5  # of the programme at most, each with rates added where the one before was found to miss
ENOUGH = 1e-3  # of the bound, that it may have been raised by
LARGEST = 1e3  # of the c_k; they are below 100 but where rows are few at first
# Relative, that bounds are held to be apart at least: keeps the c_k small, which would grow without end. The larger one
# is for programmes that defeat the solver, as where bounds meet.
BLURS = (1e-5, 1e-3)
# One after the other: bounds that meet may defeat the first, which is faster.
METHODS: tuple[Literal["highs-ds", "highs-ipm"], ...] = ("highs-ds", "highs-ipm")
ROUNDING = 1e-14  # of all terms, of a sum of terms


def step_bounds(
    times: FloatArray, shifts: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds on the rise per watt so long after a watt is switched on, K/W, each of the shape of the times.

    Parameters
    ----------
    times : s, ascending, positive, shape (n_times,)
    shifts : s_k, 1/s, not negative, one positive at least, shape (n,); those within a few decades of 1/t tell most,
        and zero tells most of late times
    lower, upper : bounds on Z(s_k), K/W, shape (n,)
    """
    low, high = np.empty(len(times)), np.empty(len(times))
    for i, time in enumerate(times):
        near = (shifts == 0.0) | ((shifts * time > 1 / REACH) & (shifts * time < REACH))
        if not (shifts[near] > 0).any():  # nothing is known nearby: any positive shift will do
            near = np.ones(len(shifts), bool)
        known = shifts[near], lower[near], upper[near]
        high[i], low[i] = _least(float(time), 1.0, *known), -_least(float(time), -1.0, *known)
    # a package that is heated steadily never gets cooler
    return np.maximum.accumulate(np.maximum(low, 0.0)), np.minimum.accumulate(high[::-1])[::-1]


def _least(time: float, sign: float, shifts: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """The least upper bound that is found on sign * Z_th(time), K/W."""
    at_rest = shifts == 0.0
    pivot = int(np.argmin(np.abs(np.log(np.where(at_rest, np.inf, shifts * time)))))
    positive = np.append(shifts[~at_rest], 1 / time)
    ends = np.log(positive.min() / BEYOND), np.log(positive.max() * BEYOND)
    fine = np.exp(np.arange(ends[0], ends[1] + FINE_STEP, FINE_STEP))
    rows = np.exp(np.linspace(*ends, int((ends[1] - ends[0]) / ROW_STEP) + 2))
    factors = np.zeros(len(shifts))  # the pivot alone, raised far enough, is a bound already
    least, missing = _raised(time, sign, fine, shifts, lower, upper, factors, pivot)
    for _ in range(ROUNDS):
        found = _programme(time, sign, rows, shifts, lower, upper, pivot)
        if found is None:
            break
        bound, missing = _raised(time, sign, fine, shifts, lower, upper, found, pivot)
        least, rows = min(least, bound), np.append(rows, fine[_peaks(missing)])
        if missing.max() * upper[pivot] < ENOUGH * abs(least):
            break
    return least


def _raised(
    time: float,
    sign: float,
    fine: FloatArray,
    shifts: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    factors: FloatArray,
    pivot: int,
) -> tuple[float, FloatArray]:
    """The bound that some c_k give once the pivot's is raised by what is missing, K/W, and what is, by the rate."""
    missing = _missing(time, sign, fine, shifts, factors, pivot)
    raised = factors.copy()
    raised[pivot] += max(float(missing.max()), 0.0)
    return float(np.where(raised > 0, raised * upper, raised * lower).sum()), missing


def _shares(rates: FloatArray, shifts: FloatArray) -> FloatArray:
    """What of a mode is there under a power that grows: rate / (rate + s), shape (n_rates, n)."""
    return np.asarray(rates[:, None] / (rates[:, None] + shifts))


def _programme(
    time: float, sign: float, rates: FloatArray, shifts: FloatArray, lower: FloatArray, upper: FloatArray, pivot: int
) -> FloatArray | None:
    """The c_k of the least bound, with the inequality at some rates, at 0 and at infinity; None where none is found.

    Every row is divided by the pivot's share, and every column by its largest entry, for a solver's tolerances are
    absolute ones: what a millisecond does to a mode of a minute counts as much as what it does to one of a microsecond.
    """
    shares = _shares(rates, shifts)
    scale = np.where(shifts > 0, np.minimum(1.0, shifts / shifts[pivot]), rates.min() / shifts[pivot])
    table = np.vstack([shares * scale / shares[:, [pivot]], scale])
    wanted = np.append(-sign * np.expm1(-rates * time) / shares[:, pivot], sign)
    most = np.tile(LARGEST / scale, 2)
    most[len(shifts) :][shifts == 0.0] = 0.0  # a negative one would fail at rate 0
    limits = [(0.0, float(limit)) for limit in most]
    for blur, method in product(BLURS, METHODS):
        costs = np.concatenate([upper * (1 + blur), -lower * (1 - blur)]) * np.tile(scale, 2) / upper[pivot]
        found = linprog(costs, A_ub=np.hstack([-table, table]), b_ub=-wanted, bounds=limits, method=method)
        if found.status == 0 and found.x is not None:
            return np.asarray((found.x[: len(shifts)] - found.x[len(shifts) :]) * scale)
    return None


def _missing(
    time: float, sign: float, fine: FloatArray, shifts: FloatArray, factors: FloatArray, pivot: int
) -> FloatArray:
    """How much the pivot's c must be raised for the inequality to hold from each of the rates to the next, and beyond.

    Between two rates a function of the logarithm of the rate is above its chord by step²/8 of its curvature at most.
    With p = rate / (rate + s) that is p (1 - p) |1 - 2 p|, of 1 - exp(-x), x = rate t, it is x |1 - x| exp(-x); within
    a step the former change by exp(step) at most, and the latter, bounded by x (1 + x) exp(-x), by exp(2 step). Below
    the first rate all is as good as linear in the rate, and above the last as good as constant.

    Returns
    -------
    shape of the rates; the first and last hold for what lies beyond
    """
    shares, size = _shares(fine, shifts), np.abs(factors)
    x = fine * time
    miss = -sign * np.expm1(-x) - shares @ factors + ROUNDING * (shares @ size)
    curved = shares * (1 - shares) @ size * np.exp(FINE_STEP) + x * (1 + x) * np.exp(2 * FINE_STEP - x)
    between = np.maximum(miss[:-1], miss[1:]) + FINE_STEP**2 / 8 * curved[:-1]
    slow = shifts > 0
    first = x[0] if sign > 0 else -x[0] * np.exp(-x[0])
    below = first - shares[0] @ factors + (size * shares[0])[slow] @ (fine[0] / shifts[slow])
    last = sign if sign > 0 else sign * -np.expm1(-x[-1])
    above = last - factors.sum() + size @ (1 - shares[-1])
    needed = np.concatenate([[below], between, [above]]) / shares[np.r_[0, : len(fine) - 1, -1], pivot]
    return np.asarray(np.append(needed[1:-1], max(needed[0], needed[-1])))


def _peaks(missing: FloatArray) -> BoolArray:
    """Where it is positive and highest among its neighbours."""
    beside = np.pad(missing, 1, constant_values=-np.inf)
    return np.asarray((missing > 0) & (missing >= beside[:-2]) & (missing >= beside[2:]))
