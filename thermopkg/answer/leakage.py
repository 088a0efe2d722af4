"""Where does leakage come to rest, and where does it run away? Powers that grow with the temperature they make.

With the junctions at T = T_0 + R P and P = P_own + leakage(T), which is convex and grows, Newton's method from below
climbs to the lowest solution, the stable one, and never past it. There is none where an eigenvalue of I - R P'(T)
reaches zero on the way: then a watt more makes more than a watt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.material import REFERENCE_TEMPERATURE
from thermopkg.case.parts import Chip, Leakage

HOTTEST = 2000.0  # K; beyond it no chip is one any more
MOST_STEPS = 100  # of Newton's method; it takes about ten, and more only a hair away from the limit
AT_REST = 1e-12  # of the temperature, K
BISECTIONS = 50


@dataclass(frozen=True, eq=False)
class Leaks:
    """Chips that may leak: their own power (W) and their leakage, as arrays of shape (n,).

    `at_reference` : W at the temperature `reference` (K); `doubling` : K; a chip that does not leak has 0 W and never
    doubles them
    """

    own: FloatArray
    at_reference: FloatArray
    reference: FloatArray
    doubling: FloatArray

    def power(self, temperature: FloatArray, factor: float = 1.0) -> FloatArray:
        """W at temperatures in K, with the own powers times a factor."""
        with np.errstate(over="ignore"):
            grown = np.exp2((temperature - self.reference) / self.doubling)
        return np.asarray(factor * self.own + self.at_reference * grown)

    def scaled(self, share: float) -> "Leaks":
        """The same chips with a share of their leakage."""
        return replace(self, at_reference=share * self.at_reference)

    def slope(self, temperature: FloatArray) -> FloatArray:
        """W/K."""
        return np.asarray(self.power(temperature, 0.0) * np.log(2.0) / self.doubling)


def leaks_of(chips: Sequence[Chip]) -> Leaks:
    """The numbers of chips, in their order."""
    none = Leakage.model_construct(power=0.0, at=REFERENCE_TEMPERATURE, doubling=np.inf)
    leakage = [chip.leakage or none for chip in chips]
    return Leaks(
        np.array([chip.power for chip in chips]),
        np.array([one.power for one in leakage]),
        np.array([one.at for one in leakage]),
        np.array([one.doubling for one in leakage]),
    )


def at_rest(leaks: Leaks, resistance: FloatArray, cold: FloatArray, factor: float = 1.0) -> FloatArray | None:
    """Temperatures of the junctions at rest, K, shape (n,); None where they run away.

    Parameters
    ----------
    resistance : mean rise of each junction per watt in each, K/W, shape (n, n)
    cold : temperatures with all these chips off, K, shape (n,)
    factor : on the chips' own powers
    """
    temperature = cold + resistance @ leaks.power(cold, factor)
    for _ in range(MOST_STEPS):
        if not temperature.max() <= HOTTEST:  # where powers have no number any more, it has none either
            return None
        # in units of the temperature: J = I - R P'
        jacobian = np.eye(len(cold)) - resistance * leaks.slope(temperature)
        if not np.isfinite(jacobian).all() or np.linalg.eigvals(jacobian).real.min() <= 0:
            return None
        gap = cold + resistance @ leaks.power(temperature, factor) - temperature
        step = np.linalg.solve(jacobian, gap)
        temperature = temperature + step
        if np.abs(step).max() <= AT_REST * temperature.max():
            return temperature
    return None


def share_at_rest(leaks: Leaks, resistance: FloatArray, cold: FloatArray) -> float:
    """How much of their leakage the chips may have with which it just does not run away; at most all of it, one."""
    low, high = 0.0, 1.0
    if at_rest(leaks, resistance, cold) is not None:
        return high
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        found = at_rest(leaks.scaled(middle), resistance, cold)
        low, high = (middle, high) if found is not None else (low, middle)
    return low


def runaway_factor(leaks: Leaks, resistance: FloatArray, cold: FloatArray) -> float:
    """How many times their own powers the chips may take before their leakage runs away; infinite without leakage.

    Conductivities and films stay what they are.
    """
    if not leaks.at_reference.any():
        return np.inf
    low, high = 0.0, 1.0
    if at_rest(leaks, resistance, cold, 0.0) is None:
        return 0.0
    if not leaks.own.any():
        return np.inf
    while at_rest(leaks, resistance, cold, high) is not None:
        low, high = high, 2 * high
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if at_rest(leaks, resistance, cold, middle) is not None else (low, middle)
    return low
