"""Which resistance lies before the case? The dual-interface method on two curves of one package: jesd51-14-style.

The package stands on a cooler twice, with two interfaces between them. As long as the heat is inside, both warm alike;
where they part, the resistance so far is theta_JC. Both criteria need a threshold, and depend on it: a value alone
would hide that. A simulator knows theta_JC without all this, so that here it tests the method, and the transients.
The trend of the first criterion is recalled with medium confidence, not read. Source: [jesd51-14].
"""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.foster import Foster
from thermopkg.network.structure import StructureFunction, structure_function

TREND = (0.0045, 0.003)  # W/K and 1: what slopes may differ by at a resistance, over the difference of the ends
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)  # on the trend
SHARES = (0.003, 0.01, 0.03, 0.1)  # of the difference of the ends, by which structures part; less is a ladder's scatter
PER_DECADE = 400  # times at which slopes are compared
EARLIEST, LATEST = 1e-3, 20.0  # over the shortest and the longest time constant
LEAST_DIFFERENCE = 1e-3  # of the steady resistances, relative; below it two interfaces are one


@dataclass(frozen=True, eq=False)
class Separation:
    """What is found at each threshold; NaN where two curves never part that far."""

    thresholds: FloatArray  # shape (k,), ascending
    resistances: FloatArray  # theta_JC, K/W, shape (k,)
    usual: int  # which of them is meant where one number is wanted

    @property
    def value(self) -> float:
        """theta_JC at the usual threshold, K/W."""
        return float(self.resistances[self.usual])

    @property
    def spread(self) -> tuple[float, float]:
        """Smallest and largest of what all thresholds say, K/W."""
        return float(np.nanmin(self.resistances)), float(np.nanmax(self.resistances))


@dataclass(frozen=True, eq=False)
class DualInterface:
    """theta_JC by both criteria, and how far the two interfaces part in the end."""

    by_curves: Separation  # thresholds are factors on the trend
    by_structures: Separation  # thresholds are shares of `difference`
    difference: float  # of the steady resistances, K/W


def dual_interface(worse: Foster, better: Foster) -> DualInterface:
    """theta_JC from the curves of one package on two interfaces.

    Curves: the first time at which  (dZ/d ln t of one - of the other) / difference  reaches  factor (0.0045 theta +
    0.003), theta the mean of the two there. Structures: the first capacity up to which the two resistances differ by a
    share of the difference; what the better one has there.

    Parameters
    ----------
    worse, better : the network with the larger, and with the smaller steady resistance
    Raises
    ------
    ModelError : the first does not end above the second
    """
    difference = worse.total - better.total
    if difference < LEAST_DIFFERENCE * better.total:
        raise ModelError(
            f"the curves end at {worse.total:.6g} and {better.total:.6g} K/W; the worse interface, given first, must "
            "end higher, or nothing parts the two"
        )
    return DualInterface(
        Separation(np.array(FACTORS), _by_curves(worse, better), FACTORS.index(1.0)),
        Separation(
            np.array(SHARES),
            _by_structures(structure_function(worse), structure_function(better), difference),
            SHARES.index(0.01),
        ),
        difference,
    )


def parting(worse: Foster, better: Foster) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How slopes part over time: times, s; the mean of both curves, K/W; (slope - slope) / difference of the ends."""
    low = EARLIEST * min(worse.time_constants[0], better.time_constants[0])
    high = LATEST * max(worse.time_constants[-1], better.time_constants[-1])
    times = np.geomspace(low, high, int(np.ceil(np.log10(high / low) * PER_DECADE)) + 1)
    middle = 0.5 * (worse.impedance(times) + better.impedance(times))
    return times, middle, (worse.slope(times) - better.slope(times)) / (worse.total - better.total)


def _by_curves(worse: Foster, better: Foster) -> FloatArray:
    _, middle, apart = parting(worse, better)
    slope, foot = TREND
    return np.array([_first(np.abs(apart) - factor * (slope * middle + foot), middle) for factor in FACTORS])


def _by_structures(worse: StructureFunction, better: StructureFunction, difference: float) -> FloatArray:
    """Compared at the corners of both lines, between which they are straight, up to where the shorter one is level."""
    level = min(worse.capacities[-1], better.capacities[-1])
    corners = np.unique(np.concatenate([worse.capacities, better.capacities]))
    corners = corners[corners < level]
    ways = [np.interp(corners, line.capacities, line.resistances) for line in (worse, better)]
    return np.array([_first(np.abs(ways[0] - ways[1]) - share * difference, ways[1]) for share in SHARES])


def _first(excess: FloatArray, values: FloatArray) -> float:
    """The value where the excess first rises through zero, straight between points; NaN where it never does."""
    above = np.flatnonzero(excess >= 0.0)
    if not above.size:
        return float("nan")
    k = int(above[0])
    if k == 0:
        return float(values[0])
    share = -excess[k - 1] / (excess[k] - excess[k - 1])
    return float(values[k - 1] + share * (values[k] - values[k - 1]))
