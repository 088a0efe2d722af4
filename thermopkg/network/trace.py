"""What power goes in over time? A trace: constant between its times, once or again and again.

Constant and not linear: a power that is switched is so, a counter's mean over an interval is so, and the energy of each
interval is known without a question. A trace of samples of something smooth has its own step as its error.
"""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError

MOST_JUMPS = 10_000_000  # 80 MB of times


@dataclass(frozen=True, eq=False)
class Trace:
    """powers[k] from times[k] on until the next time, the last one on and on; nothing before the first.

    With a period, what lies within it repeats for ever; every period begins with nothing until the first time.

    Raises
    ------
    ModelError : times that are negative or do not increase, powers that are negative, a period that ends too early
    """

    times: FloatArray  # s, shape (n,)
    powers: FloatArray  # W, shape (n,)
    period: float | None = None  # s

    def __post_init__(self) -> None:
        times, powers = np.array(self.times, float), np.array(self.powers, float)
        if times.ndim != 1 or times.shape != powers.shape or not times.size:
            raise ModelError(f"a trace has as many times as powers; got shapes {times.shape} and {powers.shape}")
        if not (np.isfinite(times).all() and np.isfinite(powers).all()):
            raise ModelError("a trace has a time or a power that is not finite")
        if times[0] < 0.0 or (np.diff(times) <= 0.0).any():
            raise ModelError("times of a trace increase, from 0 s or later")
        if (powers < 0.0).any():
            raise ModelError("a power of a trace is negative")
        if self.period is not None and not times[-1] < self.period < np.inf:
            raise ModelError(f"a period of {self.period:g} s does not reach behind the last time, {times[-1]:g} s")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "powers", powers)

    def at(self, times: FloatArray) -> FloatArray:
        """Power at these times, W; where it jumps, that behind the jump. Times in s, of any shape."""
        number = np.searchsorted(self.times, self._within(times)[1], side="right")
        return np.asarray(np.append(0.0, self.powers)[number])

    def energy(self, times: FloatArray) -> FloatArray:
        """What has gone in since 0 s, J; times in s, of any shape, not negative."""
        return self._integral(times, self.powers)

    def mean(self, until: float | None = None) -> float:
        """Mean power from 0 s on, W; over the period where no end is given.

        Raises
        ------
        ModelError : no end is given and the trace has no period, or the end is not positive
        """
        end = self._end(until)
        return float(self.energy(np.array(end))) / end

    def rms(self, until: float | None = None) -> float:
        """Root of the mean of the power's square, W; as `mean`."""
        end = self._end(until)
        return float(np.sqrt(self._integral(np.array(end), self.powers**2) / end))

    def jumps(self, until: float) -> FloatArray:
        """Times from 0 s to an end at which the power is another than before, s, shape (m,).

        Raises
        ------
        ModelError : there are more than a computer could hold
        """
        times, powers = self.times, self.powers
        if self.period is not None:
            pattern = np.unique(np.append(0.0, self.times))  # where a period begins, what the last one ended with ends
            count = int(until // self.period) + 1
            if count * len(pattern) > MOST_JUMPS:
                raise ModelError(
                    f"{count} periods until {until:g} s have more than {MOST_JUMPS:,} jumps; ask for fewer"
                )
            times = (np.arange(count)[:, None] * self.period + pattern).ravel()
            powers = np.tile(self.at(pattern), count)
        return np.asarray(times[(powers != np.append(0.0, powers[:-1])) & (times <= until)])

    def resampled(self, edges: FloatArray) -> "Trace":
        """The mean power of each interval: the energy of every one of them stays what it is.

        Parameters
        ----------
        edges : s, ascending, shape (n + 1,); behind the last one the power is that of the trace there
        """
        edges = np.asarray(edges, float)
        means = np.diff(self.energy(edges)) / np.diff(edges)
        return Trace(edges, np.append(np.maximum(means, 0.0), self.at(edges[-1:])))

    def _within(self, times: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Whole periods before each time, and the time that is left of it."""
        times = np.asarray(times, float)
        if self.period is None:
            return np.zeros(times.shape), times
        whole = np.floor(times / self.period)
        return whole, times - whole * self.period

    def _integral(self, times: FloatArray, values: FloatArray) -> FloatArray:
        """Integral of values that hold as the powers do, from 0 s on."""
        whole, rest = self._within(times)
        sums = np.append(0.0, np.cumsum(values[:-1] * np.diff(self.times)))
        number = np.maximum(np.searchsorted(self.times, rest, side="right") - 1, 0)
        found = sums[number] + values[number] * np.maximum(rest - self.times[number], 0.0)
        if self.period is not None:
            found = found + whole * (sums[-1] + values[-1] * (self.period - self.times[-1]))
        return np.asarray(found)

    def _end(self, until: float | None) -> float:
        end = self.period if until is None else until
        if end is None or not end > 0.0:
            raise ModelError("the mean of a trace without a period is that until an end, which must be above 0 s")
        return end
