"""Where does a reduced system settle under powers that repeat? The state that every period leads back to.

Over one period P the modes go z -> Phi z + z_1, where Phi = exp(-rates P) and z_1 is what the period makes of a system
at rest. So they settle at

    z = (I - Phi)^-1 z_1

without any warming up: a division, mode by mode, for rates and periods of whatever size.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from thermopkg.arraytypes import FloatArray
from thermopkg.solve.reduced import ReducedSystem
from thermopkg.solve.schedule import Schedule, mean_powers
from thermopkg.solve.tracing import follow, within

# Shares of a stretch at which it is looked at: close behind a jump of power, where rises turn fastest, and evenly.
LOOKS = np.unique(np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 31), np.linspace(0.0, 1.0, 17)]))


SIGNS = -1.0, 1.0  # with which the highest, and the lowest, is the smallest


@dataclass(frozen=True, eq=False)
class Piece:
    """One stretch of a period that repeats: means of all places on each side.

    `after` : s since its begin, shape (m,), both ends included
    `means` : K, shape (n_sides, m, n)
    `states` : modes of each side at its begin
    """

    stretch: int
    begin: float  # s
    after: FloatArray
    means: FloatArray
    states: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Extreme:
    """The highest or lowest value of a place over a period, and when: on each side, K."""

    time: float  # s
    sides: tuple[float, ...]

    @property
    def value(self) -> float:
        """The mean of the sides, which is what is highest or lowest."""
        return float(np.mean(self.sides))


@dataclass(frozen=True)
class Swing:
    """What a place does over a period, K."""

    highest: Extreme
    lowest: Extreme
    mean: tuple[float, ...]  # over the period, on each side


def periodic_state(system: ReducedSystem, schedule: Schedule) -> FloatArray:
    """Modes at the begin of every period once all are alike.

    Parameters
    ----------
    schedule : one period, whose amounts go in straight lines between breaks
    """
    *_, last = follow(system, schedule)
    period = schedule.breaks[-1] - schedule.breaks[0]
    return np.asarray(last.state / -np.expm1(-system.modes.rates * period))


def pieces(
    sides: Sequence[ReducedSystem], schedule: Schedule, rest: FloatArray, looks: FloatArray = LOOKS
) -> Iterator[Piece]:
    """A period that repeats, stretch by stretch.

    Parameters
    ----------
    sides : systems of the same sources
    rest : what all values are counted from, K: those of every place on each side without any power, (n_sides, n)
    looks : shares of each stretch at which values are wanted, from nought to one
    """
    runs = [follow(side, schedule, periodic_state(side, schedule)) for side in sides]
    for stretch, moments in enumerate(zip(*runs, strict=True)):
        if stretch == schedule.n_stretches:
            return
        begin, end = (float(at) for at in schedule.breaks[stretch : stretch + 2])
        states = tuple(moment.state for moment in moments)
        after = looks * (end - begin)
        yield Piece(stretch, begin, after, _seen(sides, schedule, rest, stretch, states, after), states)


def swings(
    sides: Sequence[ReducedSystem], schedule: Schedule, rest: FloatArray, found: Iterable[Piece]
) -> tuple[Swing, ...]:
    """Highest, lowest and mean of every place, in order, K.

    Parameters
    ----------
    found : all pieces of the period
    """
    n = len(sides[0].names)
    best = np.full((2, n), np.inf)  # of minus the value, and of the value
    where: dict[tuple[int, int], tuple[Piece, int]] = {}
    for piece in found:
        curves = piece.means.mean(axis=0)  # (m, n)
        for number, sign in enumerate(SIGNS):
            at = (sign * curves).argmin(axis=0)
            own = (sign * curves)[at, np.arange(n)]
            for place in np.flatnonzero(own < best[number]).tolist():
                best[number, place] = own[place]
                where[number, place] = piece, int(at[place])
    power = mean_powers(schedule)
    means = [
        low + side.end[:, [side.names.index(name) for name in schedule.names]] @ power
        for side, low in zip(sides, rest, strict=True)
    ]

    def polished(number: int, place: int) -> Extreme:
        """Between the looks on either side of the best one; that one itself, where it lies at an end of the stretch."""
        piece, at = where[number, place]
        chosen, seen = float(piece.after[at]), piece.means[:, at, place]

        def seen_after(after: float) -> FloatArray:
            return _seen(sides, schedule, rest, piece.stretch, piece.states, np.array([after]))[:, 0, place]

        if 0 < at < piece.after.size - 1:
            bounds = float(piece.after[at - 1]), float(piece.after[at + 1])
            better = minimize_scalar(
                lambda after: SIGNS[number] * float(seen_after(after).mean()), bounds=bounds, method="bounded"
            )
            if better.fun < SIGNS[number] * seen.mean():
                chosen, seen = float(better.x), seen_after(float(better.x))
        return Extreme(piece.begin + chosen, tuple(seen.tolist()))

    return tuple(
        Swing(polished(0, place), polished(1, place), tuple(float(side[place]) for side in means)) for place in range(n)
    )


def _seen(
    sides: Sequence[ReducedSystem],
    schedule: Schedule,
    rest: FloatArray,
    stretch: int,
    states: Sequence[FloatArray],
    after: FloatArray,
) -> FloatArray:
    named = zip(sides, states, rest, strict=True)
    return np.stack([low + within(side, schedule, stretch, state, after) for side, state, low in named])
