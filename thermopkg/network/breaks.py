"""Where does one layer end and the next begin? Break points of a structure function, read from a ladder."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.foster import Foster
from thermopkg.network.structure import structure_function

APART = 2.0  # ratio of slopes that makes two layers of what would be one with a noise: stages of a layer scatter by 1.3
SHORTEST = 2  # stages of a layer; one stage alone is the corner between two
BARE = 3.0  # the last resistance over what the last layer would have there: beyond it heat leaves through a film


@dataclass(frozen=True)
class BreakPoint:
    """An end of a layer on the structure function, and the slopes before and behind it."""

    resistance: float  # from the junction, K/W
    capacity: float  # from the junction, J/K
    before: float  # dC/dR, J W/K^2
    behind: float


def break_points(network: Cauer | Foster, apart: float = APART) -> tuple[BreakPoint, ...]:
    """Where the structure function changes its slope, from the junction on.

    The slopes over the stages, as logarithms, are cut into runs of one value each, so that what they scatter about the
    medians of their runs, plus a price of ln(apart) for every cut, is least. Each run is a line with its median slope
    through its own middle points; breaks are where neighbouring lines meet, or, where that is outside both runs,
    between them. Behind the last capacity the line is level.

    Parameters
    ----------
    apart : ratio of slopes that two stages of one run may scatter by before a cut is worth its price; above 1
    Raises
    ------
    ModelError : the ratio is not above 1
    """
    if not apart > 1.0:
        raise ModelError(f"slopes are told apart by a ratio above 1; got {apart:g}")
    steps = network if isinstance(network, Cauer) else ladder(network)
    if len(steps) <= SHORTEST:
        return ()
    function = structure_function(steps)
    logs = np.log(function.slopes)
    levels, capacities = function.resistances[2:-1:2][:-1], function.capacities[2:-1:2][:-1]
    lines = []
    for start, end in _runs(logs, np.log(apart)):
        slope = float(np.exp(np.median(logs[start:end])))
        foot = float(np.median(capacities[start:end] - slope * levels[start:end]))
        lines.append(_Line(slope, foot, float(levels[start]), float(levels[end - 1])))
    if steps.resistances[-1] * lines[-1].slope > BARE * steps.capacities[-1]:
        lines.append(_Line(0.0, float(function.capacities[-1]), lines[-1].end, steps.total))
    found = []
    for one, other in pairwise(lines):
        resistance = (other.foot - one.foot) / (one.slope - other.slope)
        if not one.start <= resistance <= other.end:  # lines of nearly one slope meet anywhere
            resistance = 0.5 * (one.end + other.start)
        found.append(BreakPoint(resistance, one.foot + one.slope * resistance, one.slope, other.slope))
    return tuple(found)


@dataclass(frozen=True)
class _Line:
    """What a run stands for: capacity = foot + slope * resistance, from one resistance to another, K/W."""

    slope: float
    foot: float
    start: float
    end: float


def _runs(values: FloatArray, price: float) -> list[tuple[int, int]]:
    """Pieces of a row, each of SHORTEST values or more, with the least scatter about their medians plus their price."""
    n = len(values)
    cost, start = np.full(n + 1, np.inf), np.zeros(n + 1, int)
    cost[0] = 0.0
    for end in range(SHORTEST, n + 1):
        for begin in range(end - SHORTEST + 1):
            piece = values[begin:end]
            whole = cost[begin] + price + float(np.abs(piece - np.median(piece)).sum())
            if whole < cost[end]:
                cost[end], start[end] = whole, begin
    runs, end = list[tuple[int, int]](), n
    while end:
        runs.append((int(start[end]), end))
        end = int(start[end])
    return runs[::-1]
