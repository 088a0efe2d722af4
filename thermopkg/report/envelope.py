"""How do ten million moments become a curve as wide as a page? As they are where they are few, else lowest and highest.

The time axis is cut into as many pieces as a page has dots, and each keeps its lowest and its highest value: a pulse is
seen however short it is, and memory is that of the page.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thermopkg.arraytypes import FloatArray

PIECES = 1200  # of the time axis, about the dots of a page's width
MOST = 4 * PIECES  # moments that are drawn as they are


@dataclass(frozen=True, eq=False)
class Envelope:
    """Curves over time, s: `low` and `high` of each, shape (n, n_curves); the same where every moment is there."""

    times: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def is_whole(self) -> bool:
        """Whether every moment is there."""
        return self.low is self.high


def envelope(moments: Iterable[tuple[float, Sequence[float]]], first: float, last: float, log: bool) -> Envelope:
    """Curves of any number of moments, read once.

    Parameters
    ----------
    moments : time, s, and values, times ascending
    first, last : of the axis, s; where it is logarithmic, moments before the first are left out
    """
    own, kept = iter(moments), list[tuple[float, Sequence[float]]]()
    for moment in own:
        kept.append(moment)
        if len(kept) > MOST:
            break
    else:
        times, values = np.array([time for time, _ in kept]), np.array([list(value) for _, value in kept])
        chosen = times >= first if log else np.ones(times.size, bool)
        return Envelope(times[chosen], whole := values[chosen], whole)
    edges = np.geomspace(first, last, PIECES + 1) if log else np.linspace(first, last, PIECES + 1)
    n_curves = len(kept[0][1])
    low, high = np.full((PIECES, n_curves), np.inf), np.full((PIECES, n_curves), -np.inf)
    for block_times, block in _blocks(kept, own):
        piece = np.clip(np.searchsorted(edges, block_times, side="right") - 1, 0, PIECES - 1)
        inside = block_times >= first
        np.minimum.at(low, piece[inside], block[inside])
        np.maximum.at(high, piece[inside], block[inside])
    seen = np.isfinite(low).all(axis=1)
    middles = np.sqrt(edges[1:] * edges[:-1]) if log else 0.5 * (edges[1:] + edges[:-1])
    return Envelope(middles[seen], low[seen], high[seen])


def _blocks(
    kept: list[tuple[float, Sequence[float]]], rest: Iterator[tuple[float, Sequence[float]]]
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Times and values, so many at once."""
    while kept:
        yield np.array([time for time, _ in kept]), np.array([list(value) for _, value in kept])
        kept = [moment for moment, _ in zip(rest, range(MOST), strict=False)]


def read_columns(path: Path, n_columns: int) -> Iterator[tuple[float, list[float]]]:
    """The time and the first columns behind it of a CSV file that a run has written, line by line."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for line in lines:
            yield float(line[0]), [float(value) for value in line[1 : 1 + n_columns]]
