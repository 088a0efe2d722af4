"""What does a reader see of a run through time? Junctions by half decades as a table, and every moment as a file."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.report.zth import short, told_time

SCHEMA = 1  # version of the JSON's layout
APART = 10**0.5  # of the times of two rows of a sheet, at least
TOLD = {
    True: "junctions as the mean of two lattices, and half their distance: an estimate",
    False: "junctions on the primal lattice, which is nearly always too cold: an estimate",
}


@dataclass(frozen=True)
class Row:
    """A moment: temperatures of all sources, degC, and half of what lies between the lattices, where both are there."""

    time: float  # s
    temperatures: tuple[float, ...]
    half: tuple[float, ...] | None = None  # K


@dataclass(frozen=True)
class Told:
    """What is shown of a run: a few moments of all, the powers right after each, and what a reader should know.

    `powers` : W of each of `heated` after every row, by row; before the end for the last
    """

    title: str
    names: tuple[str, ...]  # of the sources
    rows: tuple[Row, ...]
    heated: tuple[str, ...] = ()
    powers: tuple[tuple[float, ...], ...] = ()
    notes: tuple[str, ...] = ()


def thinned(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The first row, those half a decade apart, the hottest and the last; of any number, for only these are kept."""
    kept: list[Row] = []
    last = hottest = None
    for row in rows:
        if hottest is None or max(row.temperatures) > max(hottest.temperatures):
            hottest = row
        if not kept or row.time >= APART * max(kept[-1].time, 0.0) * (1 - 1e-9) > 0 or kept[-1].time == 0.0 < row.time:
            kept.append(row)
        last = row
    if last is not None and kept[-1] is not last:
        kept.append(last)
    if hottest is not None and hottest not in kept:
        kept.append(hottest)
    return tuple(sorted(kept, key=lambda row: row.time))


def told_moment(time: float) -> str:
    """A time in the unit that suits it; nought has none that suits it better."""
    return told_time(time) if time > 0 else "0 s"


def course_sheet(told: Told) -> RenderableType:
    """Temperatures by half decades."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("after", justify="right")
    for name in told.names:
        table.add_column(f"{short(name)}, °C", justify="right")
    for row in told.rows:
        halves = row.half or (None,) * len(row.temperatures)
        shown = [_shown(value, half) for value, half in zip(row.temperatures, halves, strict=True)]
        table.add_row(told_moment(row.time), *shown)
    both = bool(told.rows) and told.rows[0].half is not None
    notes = [Text(note) for note in told.notes]
    head = Text(told.title, style="bold"), Text(TOLD[both], style="dim"), *notes
    return Group(*head, "", Padding(table, (0, 0, 0, 2)))


def _shown(value: float, half: float | None) -> str:
    return f"{value:.3f}" if half is None else f"{value:.3f} ±{half:.2g}"


def course_document(told: Told) -> dict[str, Any]:
    """The same as JSON types."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "title": told.title,
        "guarantee": "estimate",
        "notes": list(told.notes),
        "sources": list(told.names),
        "time_s": [row.time for row in told.rows],
        "temperature_degC": [list(row.temperatures) for row in told.rows],
        "half_distance_K": [None if row.half is None else list(row.half) for row in told.rows],
        "heated": list(told.heated),
        "power_W": [list(powers) for powers in told.powers],
    }


def written(path: Path, names: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows, each written to a CSV file on its way; one at a time, however many there are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        halves = [f"{short(name)} half-distance [K]" for name in names]
        lines.writerow(["time [s]", *(f"{short(name)} [degC]" for name in names), *halves])
        for row in rows:
            lines.writerow([repr(float(value)) for value in (row.time, *row.temperatures, *(row.half or ()))])
            yield row
