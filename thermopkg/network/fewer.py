"""How few pairs tell the same curve? Foster networks with fewer terms, and how far off they are at the worst time."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.coupled import neighbours
from thermopkg.network.foster import Foster

PER_DECADE = 200  # times at which two curves are compared
BEFORE, AFTER = 1e-6, 40.0  # first and last time over the shortest and the longest time constant; exp(-40) is nothing
BENDING = 0.62  # most that (Z - Z_n) / Z(inf) bends over ln t: twice the largest of |x - x^2| exp(-x)
FITTED_PER_DECADE = 20  # times that a fit looks at
REACH = 12.0  # how far logarithms may move from where a fit starts: five decades, beyond which a pair is gone or stuck


@dataclass(frozen=True, eq=False)
class Fewer:
    """A network of fewer pairs, and the most that its curve differs by at any time, over the whole resistance."""

    network: Foster
    error: float  # at most so large: max over t of |Z - Z_n| / Z(inf), what lies between the times compared included


def merged(network: Foster, ratio: float) -> Foster:
    """The same with time constants that lie within a ratio of one another made one.

    Their resistances add up and the sum of R tau stays: neither the end of the curve nor the area above it changes.

    Raises
    ------
    ModelError : the ratio is below 1
    """
    groups = neighbours(network.time_constants, ratio)
    resistances = np.add.reduceat(network.resistances, groups)
    moments = np.add.reduceat(network.resistances * network.time_constants, groups)
    return Foster(resistances, moments / resistances, network.at_once)


def fewer(network: Foster, count: int) -> Fewer:
    """The curve with so many pairs: least squares of (Z - Z_n) / Z(inf) over the logarithm of time.

    It starts from the two neighbours that differ least made one, again and again, with R and R tau kept. Then time
    constants and resistances are fitted, both as logarithms, so that all stay positive; their sum is not fitted: the
    curve ends at the same steady resistance. What rises at once stays as it is.

    Raises
    ------
    ModelError : the count is below 1
    """
    if count < 1:
        raise ModelError(f"a network of {count} pairs is none; ask for at least 1")
    if count >= len(network):
        return Fewer(network, 0.0)
    start = gathered(network, count)
    times = _times(network, FITTED_PER_DECADE)
    wanted, whole = network.impedance(times) - network.at_once, network.resistances.sum()

    def read(logs: FloatArray) -> tuple[FloatArray, FloatArray]:
        weights = np.exp(logs[:count] - logs[:count].max())
        return whole * weights / weights.sum(), np.exp(logs[count:])

    def misfit(logs: FloatArray) -> FloatArray:
        resistances, time_constants = read(logs)
        shares = -np.expm1(-times[:, None] / time_constants)
        return np.asarray((shares @ resistances - wanted) / whole)

    logs = np.log(np.concatenate([start.resistances, start.time_constants]))
    fit = least_squares(misfit, logs, method="trf", x_scale=1.0, bounds=(logs - REACH, logs + REACH))
    found = Foster(*read(fit.x), network.at_once)
    best = min((start, found), key=lambda item: difference(network, item))
    return Fewer(best, difference(network, best))


def difference(first: Foster, second: Foster) -> float:
    """Most that two curves differ by at any time, over the steady resistance of the first: never too small.

    Compared are times by the logarithm. Between two of them, h apart, a largest value can hide no more than
    BENDING h^2 / 8 above the larger one; before the first, the curves have only their own heights there.
    """
    times = _times(first, PER_DECADE, second)
    own, other = first.impedance(times), second.impedance(times)
    apart = np.abs(own - other)
    early = max(own[0] - first.at_once, other[0] - second.at_once) + abs(first.at_once - second.at_once)
    step = np.log(10.0) / PER_DECADE
    scale = max(first.total, second.total)
    hidden = BENDING * scale * step**2 / 8.0
    late = abs(first.total - second.total) + max(first.total - own[-1], second.total - other[-1])
    return float(max(apart.max() + hidden, early, late) / first.total)


def _times(network: Foster, per_decade: int, other: Foster | None = None) -> FloatArray:
    both = [network] if other is None else [network, other]
    low = BEFORE * min(item.time_constants[0] for item in both)
    high = AFTER * max(item.time_constants[-1] for item in both)
    return np.geomspace(low, high, int(np.ceil(np.log10(high / low) * per_decade)) + 1)


def gathered(network: Foster, count: int) -> Foster:
    """The two neighbours whose merging moves the curve least made one, until so many are left.

    Two pairs R, S with time constants apart by d in ln tau are moved by about  R S / (R + S) d,  over ln t.
    """
    resistances, time_constants = list(network.resistances), list(network.time_constants)
    while len(resistances) > count:
        pairs = zip(resistances, resistances[1:], time_constants, time_constants[1:], strict=False)
        moved = [r * s / (r + s) * np.log(u / t) for r, s, t, u in pairs]
        k = int(np.argmin(moved))
        whole = resistances[k] + resistances[k + 1]
        moment = resistances[k] * time_constants[k] + resistances[k + 1] * time_constants[k + 1]
        resistances[k : k + 2], time_constants[k : k + 2] = [whole], [moment / whole]
    return Foster(np.array(resistances), np.array(time_constants), network.at_once)
