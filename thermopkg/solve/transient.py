"""How does a package go from one moment to the next? One step after another, as long as its error allows.

The step is TR-BDF2: a trapezoid over the share G = 2 - sqrt(2) of it, then a backward difference over the whole, both
of which solve K + s C with s = 2 / (G step). It is of second order, and damps all that is faster than the step
[bank1985]. Between it and a third-order formula on the same three points lies an estimate of its error, which the same
lattice smooths so that fast states do not drown it [hoseashampine1996].

A system that follows its temperature goes the same way: what it does beyond the linear one that stands for it is found
together with the temperatures at G and at the end, again and again until these stay, so the order and the account of
energy are those of a linear one.

Steps halve and double, and a stretch between two breaks is cut into 2^level of them: so few lattices K + s C serve for
many steps, and every stretch ends exactly where it should. After a break the steps begin anew.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice.outflow import apply
from thermopkg.lattice.shifted import shifted
from thermopkg.solve.following import Beyond, Fixed, Following, Standing
from thermopkg.solve.linear import ConjugateGradients, PreparedLattice
from thermopkg.solve.schedule import Schedule
from thermopkg.system import AMBIENT, ThermalSystem

G = 2 - float(np.sqrt(2))  # of a step, that the trapezoid takes: the one with which both halves solve the same lattice
ENDS, LAST = float(np.sqrt(2)) / 4, G / 2  # weights of the flows at the begin and at G, and at the end
THIRD = ((1 - ENDS) / 3, ENDS + 1 / 3, LAST / 3)  # those of the third order on the same points
SAFE = 0.9  # of the step that the estimate would just allow
LARGEST_IMBALANCE = 1e-8  # of the energy that went in or out; beyond it a run fails
LINEAR_TARGET = 1e-8  # relative residual of what a step changes
ERROR_TARGET = 0.05  # of the estimate, which steers the step and no more
LEVELS = 60  # a stretch is never cut finer than 2^-60: below float64's own idea of time
KEPT = 3  # lattices that wait for steps of their length; each is as large as the one at work
DIGITS = 12  # of a step that is told from another: stretches of one length differ in their last digits
MOST_ITERATIONS = 200  # of one solve
MOST_PASSES = 12  # of a half of a step, until faces and junctions stay where films and leakage were taken; mostly two
MOST_READINGS = 4  # of the conductivities of one step, until its middle is where they were read
STAYS = 0.01  # of the tolerance: what none of them may move by in the last pass
UNSETTLED = 64.0  # times the tolerance, that a step whose passes do not end is taken to be off by


@dataclass(frozen=True)
class Energy:
    """Since the start, J: what the sources made, what is stored, and what has left; negative where it came in."""

    supplied: float = 0.0
    stored: float = 0.0
    left: float = 0.0

    @property
    def imbalance(self) -> float:
        """What is missing, over the largest of the three."""
        scale = max(abs(self.supplied), abs(self.stored), abs(self.left))
        return abs(self.supplied - self.stored - self.left) / scale if scale > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Moment:
    """Where a run stands, and all that it needs to go on from there to the very same numbers."""

    time: float  # s
    rise: FloatArray  # K, shape of the lattice
    slope: FloatArray  # K/s over the last step, which tells where the next may lead
    means: Mapping[str, float]  # mean rise of every source's place, K
    energy: Energy
    step: float  # s, that led here
    error: float  # largest of any point in that step, K, estimated
    stretch: int  # of the schedule; the place in it is `place` steps of 2^-level
    place: int
    level: int
    opening: float  # s, the step that was taken right after the last break; 0 before there was one
    n_steps: int
    read: FloatArray | None = None  # rise, K, at which the system was made that led here, where it follows it


@dataclass(frozen=True)
class Marching:
    """How steps are chosen.

    `tolerance` : K, that no point may be off after one step, by the estimate
    `fixed` : s, the longest step where every step is to be as long as the stretch allows; None adapts them
    """

    tolerance: float
    fixed: float | None = None

    def __post_init__(self) -> None:
        if not (self.tolerance > 0 and (self.fixed is None or self.fixed > 0)):
            raise ValueError("the tolerance and a fixed step must be above zero")


def march(
    system: ThermalSystem | Following,
    schedule: Schedule,
    marching: Marching,
    start: FloatArray | None = None,
    resumed: Moment | None = None,
) -> Iterator[Moment]:
    """Every moment that a system reaches, from the schedule's first break to its last; the first is the start itself.

    Parameters
    ----------
    system : one that stays as it is, or what makes one anew at a field of rises
    start : rise to begin with, K; none by default
    resumed : a moment of a run of the same system and schedule to go on from, which is not given out again
    Raises
    ------
    CaseError : a material does not tell what it stores
    ModelError : it gets hotter than anything is known to be
    ConvergenceError : a solve fails, energy gets lost, or no step is short enough
    """
    made_at = start if resumed is None else resumed.read
    return _March(system, schedule, marching, made_at).moments(start, resumed)


@dataclass(frozen=True, eq=False)
class _Stage:
    """K + s C for steps of one length; `evenly` is what one kelvin everywhere makes flow, W."""

    step: float
    shift: float
    prepared: PreparedLattice
    evenly: float


class _March:
    def __init__(
        self,
        system: ThermalSystem | Following,
        schedule: Schedule,
        marching: Marching,
        made_at: FloatArray | None = None,
    ) -> None:
        self.schedule, self.marching = schedule, marching
        self.follows: Following | None = None if isinstance(system, ThermalSystem) else system
        self.stages: OrderedDict[float, _Stage] = OrderedDict()
        self.stand_on(Fixed(system) if isinstance(system, ThermalSystem) else system(made_at))
        unknown = [name for name in schedule.names if name not in self.system.loads]
        if unknown:
            raise ValueError(f"no load is called {', '.join(unknown)}; there are {', '.join(self.system.loads)}")

    def stand_on(self, standing: Standing) -> None:
        """Go on with another linear system."""
        loads = dict(standing.system.loads)  # made once: every step asks for them
        self.standing, self.system = standing, replace(standing.system, loads=loads)
        self.capacitance = self.system.capacitance
        self.stores = self.capacitance > 0
        self.stages.clear()

    def moments(self, start: FloatArray | None, resumed: Moment | None) -> Iterator[Moment]:
        now = resumed
        if now is None:
            now = self.first(start)
            yield now
        while now.stretch < self.schedule.n_stretches:
            yield (now := self.next(now))

    def first(self, start: FloatArray | None) -> Moment:
        shape = self.system.lattice.shape
        rise = np.zeros(shape) if start is None else np.ascontiguousarray(start, float)
        time = float(self.schedule.breaks[0])
        means, read = self.means(rise, 0, time), self.standing.read
        return Moment(time, rise, np.zeros(shape), means, Energy(), 0.0, 0.0, 0, 0, -1, 0.0, 0, read)

    def next(self, now: Moment) -> Moment:
        """The moment after a step whose error is allowed; its length is halved until that is so."""
        begin, end = (float(at) for at in self.schedule.breaks[now.stretch : now.stretch + 2])
        opens, tolerance = now.place == 0, self.marching.tolerance
        level, place = now.level, now.place
        if opens:
            level = self.opening_level(end - begin, now)
        while level <= LEVELS:
            step = float(f"{(end - begin) / 2**level:.{DIGITS}g}")
            leaves, arrives = now.time, begin + (end - begin) * ((place + 1) / 2**level)
            self.stay_near(now, step, opens)
            found = self.read_well(now, step, (leaves, leaves + G * (arrives - leaves), arrives), opens)
            if self.marching.fixed is not None or found.error <= tolerance:
                self.standing.check(found.rise, found.time)
                return self.accepted(found, place + 1, level, opens)
            finer = max(1, int(np.ceil(-np.log2(SAFE * np.cbrt(tolerance / found.error)))))
            level, place = level + finer, place * 2**finer
        raise ConvergenceError(found.error, tolerance, level, "no step is short enough; loosen the tolerance")

    def read_well(self, now: Moment, step: float, times: tuple[float, float, float], opens: bool) -> Moment:
        """Where one step leads, s, with conductivities read near its middle; made anew there until they are."""
        for _ in range(MOST_READINGS):
            found = self.tried(now, step, times, opens)
            middle = 0.5 * (now.rise + found.rise)
            if self.follows is None or self.standing.is_read_at(middle) or found.error > self.marching.tolerance:
                return found
            self.stand_on(self.follows(middle))
        return replace(found, error=max(found.error, UNSETTLED * self.marching.tolerance))

    def stay_near(self, now: Moment, step: float, opens: bool) -> None:
        """Make the system anew where the middle of the step is not near enough, or its lattices have to be made anyway.

        What decides this is all in the moment, so that a run that goes on makes the same.
        """
        if self.follows is None:
            return
        middle = now.rise if opens else now.rise + (0.5 * step) * now.slope
        if step != now.step or not self.standing.is_near(middle):
            self.stand_on(self.follows(middle))

    def opening_level(self, length: float, now: Moment) -> int:
        """Into how many steps, 2^level, a stretch is cut at its begin."""
        if self.marching.fixed is not None:
            wanted = self.marching.fixed * (1 + 1e-9)
        elif now.opening > 0:
            wanted = 2 * now.opening  # a longer one may do
        else:  # until the first point that is heated has warmed by the tolerance
            beyond = self.standing.beyond(now.rise)
            flow = self.load(now.stretch, now.time) + beyond.load - apply(self.system.lattice, now.rise)
            fastest = float((np.abs(flow[self.stores]) / self.capacitance[self.stores]).max(initial=0.0))
            wanted = self.marching.tolerance / fastest if fastest > 0 else length
        return int(np.clip(np.ceil(np.log2(length / wanted)), 0, LEVELS))

    def accepted(self, found: Moment, place: int, level: int, opens: bool) -> Moment:
        """The moment with the place of its next step: twice as long, where the error and the halving allow it."""
        opening = found.step if opens else found.opening
        if place == 2**level:
            return replace(found, stretch=found.stretch + 1, place=0, level=-1, opening=opening)
        room = self.marching.tolerance / max(found.error, np.finfo(float).tiny)
        if self.marching.fixed is None and place % 2 == 0 and SAFE * np.cbrt(room) >= 2:
            place, level = place // 2, level - 1
        return replace(found, place=place, level=level, opening=opening)

    def tried(self, now: Moment, step: float, times: tuple[float, float, float], opens: bool) -> Moment:
        """Where one step leads, s."""
        stage, stretch = self.stage(step), now.stretch
        at_begin = self.standing.beyond(now.rise)
        begin, between, end = (self.load(stretch, time) for time in times)
        begin = begin + at_begin.load
        flow = begin - apply(self.system.lattice, now.rise)  # into every point, W
        warmed = stage.shift * self.capacitance
        ahead = np.zeros(()) if opens else step * now.slope
        guess = None if opens else G * ahead
        first, at_g, settled = self.reached(stage, now.rise, 2 * flow + (between - begin), guess, G * ahead)
        guess = first / G
        load = warmed * first / (G * (2 - G)) + flow + (end - begin)
        whole, at_end, ended = self.reached(stage, now.rise, load, guess, guess)
        flows = flow, warmed * first - flow, warmed * (whole - first / (G * (2 - G)))
        gaps = (ENDS - THIRD[0], ENDS - THIRD[1], LAST - THIRD[2])
        missed = (stage.shift * step) * sum((gap * own for gap, own in zip(gaps, flows, strict=True)), np.zeros(()))
        error = float(np.abs(stage.prepared.solve(missed, relative_residual=ERROR_TARGET).field).max())
        if not (settled and ended):
            error = max(error, UNSETTLED * self.marching.tolerance)
        rise = now.rise + whole
        stored = float(np.einsum("ijk,ijk->", self.capacitance, whole))
        points = zip(
            (ENDS, ENDS, LAST), times, (now.rise, now.rise + first, rise), (at_begin, at_g, at_end), strict=True
        )
        energy = self.balanced(now, step, points, stored)
        return Moment(
            *(times[2], rise, whole / step, self.means(rise, stretch, times[2]), energy, step, error),
            *(stretch, now.place, now.level, now.opening, now.n_steps + 1, self.standing.read),
        )

    def reached(
        self, stage: _Stage, begin: FloatArray, load: FloatArray, guess: FloatArray | None, ahead: FloatArray
    ) -> tuple[FloatArray, Beyond, bool]:
        """The change from the begin of a step that a load makes, with what is beyond the system at its end.

        Parameters
        ----------
        ahead : the change that is expected, K
        Returns
        -------
        the change, what was put in beyond the load to make it, and whether that is what belongs there
        """
        beyond = self.standing.beyond(begin + ahead)
        for _ in range(MOST_PASSES):
            change = self.solved(stage, load + beyond.load, guess)
            found = self.standing.beyond(begin + change)
            if np.abs(found.seen - beyond.seen).max(initial=0.0) <= STAYS * self.marching.tolerance:
                return change, beyond, True
            beyond, used, guess = found, beyond, change
        return change, used, False

    def solved(self, stage: _Stage, load: FloatArray, guess: FloatArray | None) -> FloatArray:
        """The change that a load makes; what the solver leaves of it adds up to nothing, so that no heat is lost."""
        found = stage.prepared.solve(load, guess)
        if stage.evenly > 0:
            found.field[self.stores] += float(found.residual.sum()) / stage.evenly
        return found.field

    def stage(self, step: float) -> _Stage:
        if step in self.stages:
            self.stages.move_to_end(step)
            return self.stages[step]
        while len(self.stages) >= KEPT:
            self.stages.popitem(last=False)
        shift = 2 / (G * step)
        network = shifted(self.system.lattice, self.capacitance, shift)
        prepared = ConjugateGradients(LINEAR_TARGET, MOST_ITERATIONS).prepare(network)
        evenly = float(apply(network, self.stores.astype(float)).sum())
        self.stages[step] = _Stage(step, shift, prepared, evenly)
        return self.stages[step]

    def load(self, stretch: int, time: float) -> FloatArray:
        total = np.zeros(self.system.lattice.shape)
        for name, amount in self.schedule.at(stretch, time).items():
            total += amount * self.system.loads[name]
        return total

    def means(self, rise: FloatArray, stretch: int, time: float) -> Mapping[str, float]:
        amounts = self.schedule.at(stretch, time)
        return {name: self.system.mean(name, rise, amounts) for name in self.system.loads if name != AMBIENT}

    def balanced(
        self, now: Moment, step: float, points: Iterable[tuple[float, float, FloatArray, Beyond]], stored: float
    ) -> Energy:
        """The account of a step added to that of those before; by the same weights as the step itself.

        Parameters
        ----------
        points : weight, time, rise and what was beyond the system there
        """
        supplied, left = now.energy.supplied, now.energy.left
        for weight, time, rise, beyond in points:
            amounts = self.schedule.at(now.stretch, time)
            for name, more in beyond.amounts.items():
                amounts[name] = amounts.get(name, 0.0) + more
            supplied += weight * step * sum(amount for name, amount in amounts.items() if name != AMBIENT)
            left += weight * step * (sum(self.system.leaving(rise, amounts).values()) + beyond.left)
        energy = Energy(supplied, now.energy.stored + stored, left)
        if energy.imbalance > LARGEST_IMBALANCE:
            told = (
                f"{energy.supplied:.9g} J were made, {energy.stored:.9g} J are stored and {energy.left:.9g} J have left"
            )
            raise ConvergenceError(energy.imbalance, LARGEST_IMBALANCE, now.n_steps, told)
        return energy
