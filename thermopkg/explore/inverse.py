"""Which values of one parameter still keep a limit? Answered with the side of the bracket that makes it safe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.answer.answer import ACTIVE
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.errors import CaseError, Fault
from thermopkg.explore.reduced import Asked, Brackets, Range, ReducedModel

N_VALUES = 4001  # at which the range is looked at first
N_HALVINGS = 60  # of an interval between two of them, to find the end of what is safe


@dataclass(frozen=True)
class Interval:
    """Values from one to the other, SI."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Safe:
    """Where every junction is certainly within a limit, and where one certainly is not; nothing is known between."""

    limit: float  # K
    range: Range
    safe: tuple[Interval, ...]  # the upper bound of every junction is within the limit
    unsafe: tuple[Interval, ...]  # the lower bound of some junction is beyond it
    values: FloatArray  # SI, shape (n,)
    hottest: Brackets  # of the hottest junction at these values, K
    note: str = ""  # what is taken for granted, in words; empty where nothing


def junctions(model: ReducedModel) -> tuple[Asked, ...]:
    """The rise of every junction that a model knows, under all powers, K."""
    found = []
    for i, name in enumerate(model.names):
        if name.endswith(ACTIVE):
            own = np.eye(len(model.names))[i]
            found.append(Asked(name, "K", "mean rise of the active face", own, None, own, None))
    return tuple(found)


def hottest(model: ReducedModel, designs: FloatArray, reference: float, extrapolate: bool = False) -> Brackets:
    """Bounds on the temperature of the hottest junction at every design, K."""
    matrices = model.matrices(designs, extrapolate)
    each = [model.read(designs, one, *matrices) for one in junctions(model)]
    value, lower, upper = (np.max([getattr(b, name) for b in each], axis=0) for name in ("value", "lower", "upper"))
    return Brackets(reference + value, reference + lower, reference + upper, 0.5 * (upper - lower) / value)


def safe_values(model: ReducedModel, limit: float, reference: float) -> Safe:
    """Which values keep every junction within a limit.

    Parameters
    ----------
    model : of one parameter
    limit, reference : K; the temperature of everything that cools
    Raises
    ------
    CaseError : the model has several parameters, or knows no junction
    """
    if len(model.ranges) != 1:
        told = f"varies {', '.join(one.name for one in model.ranges)}; a limit is solved for one parameter at a time"
        raise CaseError([Fault("", told)], model.title)
    if not junctions(model):
        raise CaseError([Fault("", "knows no junction: the study asks for none")], model.title)
    (wanted,) = model.ranges
    values = np.geomspace(wanted.low, wanted.high, N_VALUES)
    values[[0, -1]] = wanted.low, wanted.high
    found = hottest(model, values[:, None], reference)

    def excess(side: Literal["lower", "upper"]) -> Callable[[float], float]:
        return lambda value: float(getattr(hottest(model, np.array([[value]]), reference), side)[0]) - limit

    return Safe(
        limit=limit,
        range=wanted,
        safe=_intervals(values, found.upper <= limit, lambda v: excess("upper")(v) <= 0),
        unsafe=_intervals(values, found.lower > limit, lambda v: excess("lower")(v) > 0),
        values=values,
        hottest=found,
    )


def _intervals(values: FloatArray, holds: BoolArray, test: Callable[[float], bool]) -> tuple[Interval, ...]:
    """The runs of values at which something holds, their ends found by halving; what is returned still holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(holds, int), [0]])))
    found = []
    for first, last in zip(edges[::2], edges[1::2] - 1, strict=True):
        low = values[0] if first == 0 else _end(values[first], values[first - 1], test)
        high = values[-1] if last == len(values) - 1 else _end(values[last], values[last + 1], test)
        found.append(Interval(float(low), float(high)))
    return tuple(found)


def _end(inside: float, outside: float, test: Callable[[float], bool]) -> float:
    for _ in range(N_HALVINGS):
        middle = 0.5 * (inside + outside)
        inside, outside = (middle, outside) if test(middle) else (inside, middle)
    return inside
