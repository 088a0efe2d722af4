"""How few time constants tell the curves of several chips? Coupled networks with fewer modes, and how far off they are.

A mode of the whole is parted between two of the few time constants that it lies between, the shares adding up to one.
Its matrix goes along as it is: sums of such matrices with positive shares have no negative eigenvalue, so that what is
left is a circuit as much as what was there, ends at the same steady resistances, and is as symmetric.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.fewer import AFTER, BEFORE, BENDING, FITTED_PER_DECADE, PER_DECADE, gathered
from thermopkg.network.foster import Foster

MOST_FITS = 60  # steps of a fit; what more of them would gain is no digit of an error
APART = 1.05  # least ratio of neighbouring time constants; nearer ones are one to every curve


@dataclass(frozen=True, eq=False)
class FewerCoupled:
    """A coupled network of fewer time constants, and the most that any of its curves differs by at any time.

    Of an own curve over its steady resistance; of what i does to j over the root of the product of both own ones.
    """

    network: CoupledFoster
    error: float  # never too small: what lies between the times compared is included


def fewer_coupled(network: CoupledFoster, count: int) -> FewerCoupled:
    """The curves of several sources with so many time constants, the same for all of them.

    They are fitted as logarithms: least squares of what the sources do to themselves and to each other, over the
    logarithm of time, from the neighbours of the sum of the own curves made one.

    Raises
    ------
    ModelError : the count is below 1
    """
    if count < 1:
        raise ModelError(f"a network of {count} pairs is none; ask for at least 1")
    if count >= len(network.time_constants):
        return FewerCoupled(network, 0.0)
    together = np.trace(network.residues, axis1=1, axis2=2)
    felt = together > 0.0
    start = gathered(Foster(together[felt], network.time_constants[felt]), count)
    scale = _scale(network)
    times = _times(network, FITTED_PER_DECADE)
    wanted = network.impedance(times) / scale

    def misfit(logs: FloatArray) -> FloatArray:
        return np.asarray((_parted(network, np.exp(_spread(logs))).impedance(times) / scale - wanted).ravel())

    logs = np.log(start.time_constants)
    fit = least_squares(misfit, logs, method="trf", x_scale=1.0, max_nfev=MOST_FITS)
    found = [_parted(network, np.exp(_spread(at))) for at in (logs, fit.x)]
    errors = [difference_coupled(network, item) for item in found]
    best = int(np.argmin(errors))
    return FewerCoupled(found[best], errors[best])


def difference_coupled(first: CoupledFoster, second: CoupledFoster) -> float:
    """Most that any curve of two coupled networks of the same places differs by, scaled as `FewerCoupled` says.

    As of single curves: between two times, h apart in the logarithm, a largest value can hide no more than
    BENDING h^2 / 8 above the larger one, times what the terms of both curves have together, whatever their signs.
    """
    both = first, second
    times, scale = _times(first, PER_DECADE, second), _scale(first)
    terms = np.maximum(*(np.abs(network.residues).sum(axis=0) for network in both))
    apart = np.abs(first.impedance(times) - second.impedance(times)).max(axis=0)
    apart += BENDING * terms * (np.log(10.0) / PER_DECADE) ** 2 / 8.0
    early = sum(_sizes(network, -np.expm1(-times[0] / network.time_constants)) for network in both)
    late = sum(_sizes(network, np.exp(-times[-1] / network.time_constants)) for network in both)
    early, late = early + np.abs(first.at_once - second.at_once), late + np.abs(first.total - second.total)
    return float((np.maximum(apart, np.maximum(early, late)) / scale).max())


def _sizes(network: CoupledFoster, shares: FloatArray) -> FloatArray:
    """Sum of shares of all terms, each by its size, K/W, shape (n, n)."""
    return np.asarray(np.tensordot(shares, np.abs(network.residues), 1))


def _scale(network: CoupledFoster) -> FloatArray:
    own = np.diag(network.total)
    return np.asarray(np.sqrt(np.outer(own, own)))


def _times(network: CoupledFoster, per_decade: int, other: CoupledFoster | None = None) -> FloatArray:
    both = [network] if other is None else [network, other]
    low = BEFORE * min(item.time_constants[0] for item in both)
    high = AFTER * max(item.time_constants[-1] for item in both)
    return np.geomspace(low, high, int(np.ceil(np.log10(high / low) * per_decade)) + 1)


def _spread(logs: FloatArray) -> FloatArray:
    """In ascending order, none too near to the one before."""
    found = np.sort(logs)
    for k in range(1, len(found)):
        found[k] = max(found[k], found[k - 1] + np.log(APART))
    return found


def _parted(network: CoupledFoster, time_constants: FloatArray) -> CoupledFoster:
    """Every mode parted between its neighbours so that its curve is met best over the logarithm of time.

        share of the later = G(k, later) / G(later, later),
        G(a, b) = integral over ln t of (exp(-t / a) - exp(-t / earlier)) (exp(-t / b) - exp(-t / earlier))

    Integrals of products of differences of exponentials over t are logarithms (Frullani).
    """
    taus, few = network.time_constants, time_constants
    shares = np.zeros((len(taus), len(few)))
    inside = (taus > few[0]) & (taus < few[-1])
    shares[taus <= few[0], 0] = 1.0
    shares[(taus >= few[-1]) & ~(taus <= few[0]), -1] = 1.0
    if inside.any():
        modes = np.flatnonzero(inside)
        later = np.searchsorted(few, taus[modes])
        low, high = few[later - 1], few[later]
        shares[modes, later] = _together(taus[modes], high, low) / _together(high, high, low)
        shares[modes, later - 1] = 1.0 - shares[modes, later]
    residues = np.tensordot(shares.T, network.residues, 1)
    felt = np.any(residues != 0.0, axis=(1, 2))
    return CoupledFoster(network.names, residues[felt], few[felt], network.at_once)


def _together(first: FloatArray, second: FloatArray, base: FloatArray) -> FloatArray:
    """Integral over ln t of (exp(-t/first) - exp(-t/base)) (exp(-t/second) - exp(-t/base))."""
    a, b, c = 1.0 / first, 1.0 / second, 1.0 / base
    return np.asarray(np.log((a + c) * (b + c) / ((a + b) * 2.0 * c)))
