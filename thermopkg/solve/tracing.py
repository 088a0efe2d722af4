"""How does a reduced system follow its powers? Exactly, from one break to the next, in a few dozen numbers.

Each mode obeys dz/dt + rate z = f u. Where u goes in a straight line from a to b during a time h,

    z -> exp(-x) z + h (p1 f a + p2 f (b - a)),   p1 = (1 - exp(-x)) / x,   p2 = (x - 1 + exp(-x)) / x^2

with x = rate h, so a trace of straight lines is followed without any error of time, however long its stretches are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.solve.reduced import ReducedSystem
from thermopkg.solve.schedule import Schedule

SMALL = 1e-3  # of x, below which p2 is a series: its closed form loses as many digits as x is small


@dataclass(frozen=True, eq=False)
class Followed:
    """A moment of a reduced system: mean rises of its places, K, right before whatever happens then; and its modes."""

    time: float  # s
    means: FloatArray  # shape (n,)
    state: FloatArray  # shape (r,)


def follow(
    system: ReducedSystem, schedule: Schedule, start: FloatArray | None = None, inside: int = 1
) -> Iterator[Followed]:
    """Every break of a schedule whose amounts go in straight lines between breaks, and moments evenly in between.

    The first is the start, with all powers off.

    Parameters
    ----------
    schedule : its names are sources of the system; a source that it does not name is off
    start : modes to begin with; at rest by default
    inside : into how many parts each stretch is cut; one gives the breaks alone
    Raises
    ------
    ValueError : a load of the schedule is not a source
    """
    own = _numbers(system, schedule)
    modes, at_once = system.modes, system.at_once[:, own]
    state = np.zeros(system.size) if start is None else start
    yield Followed(float(schedule.breaks[0]), modes.loads.T @ state, state)
    for stretch in range(schedule.n_stretches):
        times = np.linspace(schedule.breaks[stretch], schedule.breaks[stretch + 1], inside + 1)
        for begin, end in zip(times[:-1].tolist(), times[1:].tolist(), strict=True):
            a, b = schedule.amounts(stretch, begin), schedule.amounts(stretch, end)
            x = modes.rates * (end - begin)
            held, ramped = -np.expm1(-x) / x, _ramped(x)
            state = np.exp(-x) * state
            state += (end - begin) * (held * (modes.loads[:, own] @ a) + ramped * (modes.loads[:, own] @ (b - a)))
            yield Followed(end, modes.loads.T @ state + at_once @ b, state)


def within(system: ReducedSystem, schedule: Schedule, stretch: int, state: FloatArray, after: FloatArray) -> FloatArray:
    """Mean rises of all places inside one stretch, K, shape (n_times, n).

    Parameters
    ----------
    state : modes at its begin
    after : times since its begin, s, ascending, none behind its end; shape (n_times,)
    Raises
    ------
    ValueError : a load of the schedule is not a source
    """
    own, modes = _numbers(system, schedule), system.modes
    begin, end = (float(at) for at in schedule.breaks[stretch : stretch + 2])
    a, b = schedule.amounts(stretch, begin), schedule.amounts(stretch, end)
    share = after[:, None] / (end - begin)
    x = np.multiply.outer(after, modes.rates)
    held = np.where(x > 0, -np.expm1(-x) / np.where(x > 0, x, 1.0), 1.0)
    made = held * (modes.loads[:, own] @ a) + _ramped(x) * share * (modes.loads[:, own] @ (b - a))
    states = np.exp(-x) * state + after[:, None] * made
    return np.asarray(states @ modes.loads + (a + share * (b - a)) @ system.at_once[:, own].T)


def _numbers(system: ReducedSystem, schedule: Schedule) -> list[int]:
    """Of the schedule's loads among the sources of the system."""
    unknown = [name for name in schedule.names if name not in system.names]
    if unknown:
        raise ValueError(f"no source is called {', '.join(unknown)}; there are {', '.join(system.names)}")
    return [system.names.index(name) for name in schedule.names]


def _ramped(x: FloatArray) -> FloatArray:
    """(x - 1 + exp(-x)) / x^2."""
    series = 0.5 - x / 6 + x**2 / 24
    return np.where(x < SMALL, series, (x + np.expm1(-x)) / np.maximum(x, SMALL) ** 2)
