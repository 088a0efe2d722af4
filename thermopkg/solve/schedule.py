"""How do powers change over time? Amounts of every load, smooth between breaks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray

Amounts = Callable[[int, float], FloatArray]  # number of the stretch and time, s -> of every load, shape (n,)


@dataclass(frozen=True, eq=False)
class Schedule:
    """Amounts of loads from the first to the last of the breaks: W of a source, one for what differing coolants do.

    `breaks` in s, ascending; between two of them amounts are smooth, and at each they may jump: `amounts(i, t)` are
    those of the stretch that begins at break i, its ends included. Loads that are not named are off.
    """

    names: tuple[str, ...]
    breaks: FloatArray
    amounts: Amounts

    def __post_init__(self) -> None:
        if self.breaks.size < 2 or not (np.isfinite(self.breaks).all() and (np.diff(self.breaks) > 0).all()):
            raise ValueError("breaks must be two or more, finite, each after the one before")

    @property
    def n_stretches(self) -> int:
        """How many smooth stretches there are."""
        return int(self.breaks.size) - 1

    def at(self, stretch: int, time: float) -> dict[str, float]:
        """Amounts by the name of the load."""
        return dict(zip(self.names, self.amounts(stretch, time).tolist(), strict=True))


def piecewise_linear(names: Sequence[str], times: FloatArray, after: FloatArray, before: FloatArray) -> Schedule:
    """Straight lines between times.

    Parameters
    ----------
    times : s, ascending, shape (n + 1,)
    after : amounts right after each of the first n times, shape (n, n_loads)
    before : amounts right before each of the last n times, shape (n, n_loads)
    """
    ends = np.asarray(times, float)
    first, last = np.asarray(after, float), np.asarray(before, float)

    def amounts(stretch: int, time: float) -> FloatArray:
        share = (time - ends[stretch]) / (ends[stretch + 1] - ends[stretch])
        return np.asarray((1 - share) * first[stretch] + share * last[stretch])

    return Schedule(tuple(names), ends, amounts)


def steps(names: Sequence[str], times: FloatArray, amounts: FloatArray) -> Schedule:
    """Constant between times: amounts from each of the first n times to the next, shape (n, n_loads)."""
    return piecewise_linear(names, times, amounts, amounts)


def mean_powers(schedule: Schedule) -> FloatArray:
    """Of every load from the first break to the last, W, shape (n_loads,), of what goes in straight lines between."""
    total = np.zeros(len(schedule.names))
    for stretch in range(schedule.n_stretches):
        begin, end = (float(at) for at in schedule.breaks[stretch : stretch + 2])
        total += 0.5 * (end - begin) * (schedule.amounts(stretch, begin) + schedule.amounts(stretch, end))
    return np.asarray(total / (schedule.breaks[-1] - schedule.breaks[0]))
