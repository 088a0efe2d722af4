"""How does a junction warm over time? A Foster network: what Z_th is under a step, pulses, and at any frequency.

Its pairs of a resistance and a capacity side by side, in a row, have no place in the package; their sum is exact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import ComplexArray, FloatArray
from thermopkg.errors import ModelError


@dataclass(frozen=True, eq=False)
class Foster:
    """Z(t) = at_once + sum over i of  R_i (1 - exp(-t / tau_i)),  K/W for a watt that sets in at t = 0.

    `at_once` is what rises without any delay: heat made on a face that has no capacity of its own. Terms may be given
    in any order and are kept with the shortest time constant first.

    Raises
    ------
    ModelError : not as many resistances as time constants, or one that is not positive
    """

    resistances: FloatArray  # R, K/W, shape (n,)
    time_constants: FloatArray  # tau, s, shape (n,)
    at_once: float = 0.0  # K/W

    def __post_init__(self) -> None:
        resistances = positive(self.resistances, "resistance", "K/W")
        times = positive(self.time_constants, "time constant", "s")
        if len(resistances) != len(times):
            raise ModelError(
                f"{len(resistances)} resistances and {len(times)} time constants; one of each makes a pair"
            )
        if not 0.0 <= self.at_once < np.inf:
            raise ModelError(f"{self.at_once:g} K/W cannot rise at once; give 0 or a positive number")
        order = np.argsort(times, kind="stable")
        object.__setattr__(
            self, "resistances", resistances[order]
        )  # a frozen record in one order, whatever it was given
        object.__setattr__(self, "time_constants", times[order])

    def __len__(self) -> int:
        return len(self.resistances)

    @property
    def total(self) -> float:
        """Z after all time, K/W: the steady thermal resistance."""
        return float(self.at_once + self.resistances.sum())

    @property
    def capacities(self) -> FloatArray:
        """C_i = tau_i / R_i, J/K, shape (n,)."""
        return np.asarray(self.time_constants / self.resistances)

    def impedance(self, times: FloatArray) -> FloatArray:
        """Z_th: the rise of a watt so long after it set in, K/W; times in s, of any shape, not negative."""
        return self.at_once + self._sum(lambda tau: -np.expm1(-times / tau), np.shape(times))

    def slope(self, times: FloatArray) -> FloatArray:
        """dZ/d ln t, K/W: how much of the resistance the heat meets around a time; times in s, of any shape."""
        return self._sum(lambda tau: (times / tau) * np.exp(-times / tau), np.shape(times))

    def transform(self, s: ComplexArray) -> ComplexArray:
        """Z(s) = at_once + sum of R_i / (1 + s tau_i), K/W; s = 2 pi i f at the frequency f; of any shape."""
        found = np.full(np.shape(s), self.at_once, complex)
        for resistance, tau in zip(self.resistances, self.time_constants, strict=True):
            found += resistance / (1.0 + np.asarray(s) * tau)
        return found

    def pulsed(self, widths: FloatArray, duty: float) -> FloatArray:
        """Highest rise per watt of endless rectangular pulses, K/W: the curves of a data sheet.

            Z(t, D) = at_once + sum of R_i (1 - exp(-t / tau_i)) / (1 - exp(-t / (D tau_i)))

        The end of a pulse in the periodic state, in closed form; a duty of 0 is the single pulse.

        Parameters
        ----------
        widths : t, s, of any shape, not negative
        duty : D, share of the period in which the watt is on, 0 to 1
        """
        if not 0.0 <= duty <= 1.0:
            raise ModelError(f"a duty of {duty:g} is no share of the period; give a number from 0 to 1")
        if duty == 0.0:
            return self.impedance(widths)
        return self.at_once + self._sum(lambda tau: self._held(widths, duty, tau), np.shape(widths))

    def pulsed_least(self, widths: FloatArray, duty: float) -> FloatArray:
        """Lowest rise per watt of the same pulses, K/W: just before one sets in; the duty must be above 0.

        exp(-(t/D - t) / tau_i) times the share of R_i that `pulsed` holds
        """
        if not 0.0 < duty <= 1.0:
            raise ModelError(f"a duty of {duty:g} has no period; give a number above 0, at most 1")

        def left(tau: float) -> FloatArray:
            return np.exp(-np.asarray(widths) * (1.0 / duty - 1.0) / tau) * self._held(widths, duty, tau)

        return (self.at_once if duty == 1.0 else 0.0) + self._sum(left, np.shape(widths))

    def _held(self, widths: FloatArray, duty: float, tau: float) -> FloatArray:
        """Share of its resistance that one pair holds at the end of a pulse; pulses without length leave the mean."""
        on = np.asarray(widths) / tau
        with np.errstate(invalid="ignore"):
            return np.where(on > 0.0, np.expm1(-on) / np.expm1(-on / duty), duty)

    def _sum(self, share: Callable[[float], FloatArray], shape: tuple[int, ...]) -> FloatArray:
        """Sum of R_i share(tau_i), pair by pair: a million times need no matrix of a million rows."""
        found = np.zeros(shape)
        for resistance, tau in zip(self.resistances, self.time_constants, strict=True):
            found += resistance * share(float(tau))
        return found


def positive(values: FloatArray, what: str, unit: str) -> FloatArray:
    """The values as an array of their own, shape (n,).

    Raises
    ------
    ModelError : there is none, or one is not positive and finite
    """
    found = np.array(values, float, ndmin=1)
    if found.ndim != 1 or not found.size:
        raise ModelError(f"a network has one row of {what}s, at least one; got an array of shape {found.shape}")
    for i, value in enumerate(found):
        if not 0.0 < value < np.inf:
            raise ModelError(f"{what}[{i}] is {value:g} {unit}; it must be positive and finite")
    return found
