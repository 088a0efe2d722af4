"""Where do bars and bands stand? In columns from the sources to the exits, in an order in which little crosses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression

from thermopkg.arraytypes import FloatArray
from thermopkg.report.streams import OUT, REST, Streams

APART = 5.0  # points between bands that pass a column
MOST_FREE = 0.7  # of the height, that is kept free for labels in a column however many bars it has
SWEEPS = 30  # of the columns, back and forth; the places change no more after some ten
LEVEL = {OUT + "top": 1.0, OUT + "sides": 0.0, OUT + REST: -0.5, OUT + "bottom": -1.0}
SLIGHTLY = 1e-9  # of what crosses; by so much no order is better than another
NARROWEST = 1e-9  # points; the weight of a bar that has no height

Pair = tuple[str, str]
Row = Sequence["Place"]
Links = Sequence[tuple[str, str, float]]  # names of places in neighbouring columns, and what goes from one to the other


@dataclass(frozen=True)
class Place:
    """A bar, or a band that passes a column: its watts, how far up its heat leaves, the points kept free over it."""

    name: str
    watts: float
    level: float
    over: float


@dataclass(frozen=True)
class Columns:
    """Every bar's column and middle, and the middles of every band from its first bar to its last, in points."""

    scale: float  # points a watt
    free: float  # of a label's room, that every bar has
    column: Mapping[str, int]
    middle: Mapping[str, float]
    bands: Mapping[Pair, Sequence[float]]  # one in each column that the band touches

    @property
    def last(self) -> int:
        """The column of the exits."""
        return max(self.column.values())


def columns(found: Streams, height: float, label: float) -> Columns:
    """Bars and bands in a picture of a height, with room for a label over every bar where they are few; in points.

    A bar stands as many columns from the left as the longest way from a source has bands, the exits behind all
    others. Bands pass the columns between as bars do, so that nothing is drawn over anything.
    """
    column = _column_of(found)
    ways = {(a, b): [a, *(f"{a} to {b} at {c}" for c in range(column[a] + 1, column[b])), b] for a, b in found.bands}
    levels = _levels(found)
    rows: list[list[Place]] = [[] for _ in range(max(column.values()) + 1)]
    for name, bar in found.bars.items():
        rows[column[name]].append(Place(name, bar.watts, levels[name], label))
    for pair, way in ways.items():
        for c, name in enumerate(way[1:-1], column[pair[0]] + 1):
            rows[c].append(Place(name, found.bands[pair], levels[pair[1]], APART))
    crowded = max(sum(place.over for place in row) for row in rows) / (MOST_FREE * height)
    if crowded > 1:
        rows = [[replace(place, over=place.over / crowded) for place in row] for row in rows]
    links = [(a, b, found.bands[pair]) for pair, way in ways.items() for a, b in pairwise(way)]
    ordered = _untangled([sorted(row, key=lambda place: place.level) for row in rows], links)
    scale = min((height - sum(p.over for p in row)) / sum(p.watts for p in row) for row in ordered)
    middles = _middles(ordered, links, scale, height)
    first, last = (_attached(found, ways, middles, scale, end) for end in (0, 1))
    bands = {pair: [first[pair], *(middles[name] for name in way[1:-1]), last[pair]] for pair, way in ways.items()}
    return Columns(scale, 1 / max(crowded, 1.0), column, {name: middles[name] for name in found.bars}, bands)


def _column_of(found: Streams) -> dict[str, int]:
    column: dict[str, int] = {}
    for name in _in_order(found):
        column[name] = max((column[other] + 1 for other in found.into(name)), default=0)
    last = max(c for name, c in column.items() if not name.startswith(OUT)) + 1
    return {name: last if name.startswith(OUT) else c for name, c in column.items()}


def _in_order(found: Streams) -> list[str]:
    """All bars, each after those that it has heat from."""
    return list(TopologicalSorter({name: found.into(name) for name in found.bars}).static_order())


def _levels(found: Streams) -> dict[str, float]:
    """How far up the heat of every bar leaves in the end: the mean of the exits, one for the top."""
    levels: dict[str, float] = {}
    for name in reversed(_in_order(found)):
        parts = [(found.bands[name, other], levels[other]) for other in found.out_of(name)]
        levels[name] = LEVEL[name] if name in LEVEL else sum(w * up for w, up in parts) / sum(w for w, _ in parts)
    return levels


def _untangled(rows: Sequence[list[Place]], links: Links) -> list[list[Place]]:
    """Every column in the order in which the least crosses: by the means of both sides' places, then pair by pair."""
    column = {place.name: c for c, row in enumerate(rows) for place in row}
    between: list[Links] = [[link for link in links if column[link[0]] == c] for c in range(len(rows) - 1)]
    best = found = [list(row) for row in rows]
    least = _crossed(best, between)
    for sweep in range(SWEEPS):
        found = _by_neighbours(found, links, forwards=sweep % 2 == 0)
        if (now := _crossed(found, between)) < least * (1 - SLIGHTLY):
            best, least = found, now
    better = True
    while better:
        better = False
        for c, row in enumerate(best):
            near = slice(max(c - 1, 0), c + 2)  # the columns that a change of this one may matter to
            for i in range(len(row) - 1):
                before = _crossed(best[near], between[near.start : c + 1])
                row[i], row[i + 1] = row[i + 1], row[i]
                if _crossed(best[near], between[near.start : c + 1]) < before * (1 - SLIGHTLY):
                    better = True
                else:
                    row[i], row[i + 1] = row[i + 1], row[i]
    return best


def _crossed(rows: Sequence[Row], between: Sequence[Links]) -> float:
    """What crosses what: watts of the narrower band, of every pair that does; `between` each column and the next."""
    rank = {place.name: i for row in rows for i, place in enumerate(row)}
    total = 0.0
    for links in between:
        start, end = np.array([(rank[a], rank[b]) for a, b, _ in links]).T
        watts = np.array([watts for *_, watts in links])
        across = (start[:, None] - start) * (end[:, None] - end) < 0
        total += 0.5 * float(np.minimum(watts[:, None], watts)[across].sum())
    return total


def _by_neighbours(rows: Sequence[Row], links: Links, forwards: bool) -> list[list[Place]]:
    """One column after the other sorted by the mean height of what it is linked to in the one before it."""
    ordered = [list(row) for row in rows]
    beside: dict[str, list[tuple[str, float]]] = {}
    for a, b, watts in links:
        one, other = (b, a) if forwards else (a, b)
        beside.setdefault(one, []).append((other, watts))
    height = {place.name: (i + 0.5) / len(row) for row in rows for i, place in enumerate(row)}
    for row in ordered if forwards else ordered[::-1]:
        wanted = {
            place.name: _mean([(height[name], watts) for name, watts in beside[place.name]])
            for place in row
            if place.name in beside
        }
        row.sort(key=lambda place: wanted.get(place.name, height[place.name]))
        height |= {place.name: (i + 0.5) / len(row) for i, place in enumerate(row)}
    return ordered


def _middles(rows: Sequence[Row], links: Links, scale: float, height: float) -> dict[str, float]:
    """Heights at which bands are as level as the order within the columns and the room between allow, points."""
    middles: dict[str, float] = {}
    for row in rows:
        at = 0.5 * (height - sum(scale * place.watts + place.over for place in row))
        for place in row:
            middles[place.name] = at + 0.5 * scale * place.watts
            at += scale * place.watts + place.over
    beside: dict[str, list[tuple[str, float]]] = {name: [] for name in middles}
    for a, b, watts in links:
        beside[a].append((b, watts))
        beside[b].append((a, watts))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            wanted = [_mean([(middles[name], watts) for name, watts in beside[place.name]]) for place in row]
            for place, middle in zip(row, _apart(row, wanted, scale, height), strict=True):
                middles[place.name] = float(middle)
    return middles


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in weighted) / sum(weight for _, weight in weighted)


def _apart(row: Row, wanted: Sequence[float], scale: float, height: float) -> FloatArray:
    """Middles as near to those wanted as their heights and what is kept free over each allow, in this order."""
    heights, over = (np.array([getattr(place, name) for place in row]) for name in ("watts", "over"))
    heights = scale * heights
    offsets = np.concatenate([[0.0], np.cumsum(0.5 * (heights[:-1] + heights[1:]) + over[:-1])])
    free = isotonic_regression(np.array(wanted) - offsets, weights=heights + NARROWEST).x
    low, high = 0.5 * heights[0], height - over[-1] - 0.5 * heights[-1] - offsets[-1]
    return np.asarray(np.clip(free, low, max(low, high)) + offsets)


def _attached(
    found: Streams, ways: Mapping[Pair, Sequence[str]], middles: Mapping[str, float], scale: float, end: int
) -> dict[Pair, float]:
    """Middles of all bands at the first (0) or the last bar (1) of each: side by side in the order in which they go on.

    What a bar makes itself, or hands to bands that are not drawn, stays free at the end that is farther from them.
    """
    nearest = -2 if end else 1
    found_at: dict[Pair, float] = {}
    for name, bar in found.bars.items():
        own = sorted((pair for pair in ways if pair[end] == name), key=lambda pair: middles[ways[pair][nearest]])
        if not own:
            continue
        together = sum(found.bands[pair] for pair in own)
        upwards = _mean([(middles[ways[pair][nearest]], found.bands[pair]) for pair in own]) > middles[name]
        at = middles[name] + scale * (0.5 * bar.watts - together if upwards else -0.5 * bar.watts)
        for pair in own:
            found_at[pair] = at + 0.5 * scale * found.bands[pair]
            at += scale * found.bands[pair]
    return found_at
