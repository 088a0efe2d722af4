"""What does a reader see of powers that repeat for ever? Highest, lowest and mean of every junction, and one period."""

import csv
import json
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
from thermopkg.solve.periodic import Piece, Swing

SCHEMA = 1  # version of the JSON's layout


@dataclass(frozen=True)
class Period:
    """What every source does over a period, degC on the primal and the dual lattice."""

    title: str
    names: tuple[str, ...]
    seconds: float
    slowest: float  # longest time constant of the package, s
    swings: tuple[Swing, ...]
    notes: tuple[str, ...] = ()


def period_sheet(told: Period) -> RenderableType:
    """A row a source."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
    table.add_column("")
    for name in ("highest, °C", "at", "mean, °C", "lowest, °C", "at", "swing, K"):
        table.add_column(name, justify="right")
    for name, swing in zip(told.names, told.swings, strict=True):
        table.add_row(
            short(name),
            _shown(swing.highest.sides),
            told_time(swing.highest.time),
            _shown(swing.mean),
            _shown(swing.lowest.sides),
            told_time(swing.lowest.time),
            f"{swing.highest.value - swing.lowest.value:.3f}",
        )
    head = (
        Text(told.title, style="bold"),
        Text(
            f"powers that have repeated every {told_time(told.seconds)} for ever; longest time constant "
            f"{told_time(told.slowest)}",
            style="dim",
        ),
        Text("junctions as the mean of two lattices, and half their distance: an estimate", style="dim"),
    )
    return Group(*head, *(Text(note) for note in told.notes), "", Padding(table, (0, 0, 0, 2)))


def _shown(sides: Sequence[float]) -> str:
    return f"{_middle(sides):.3f} ±{_half(sides):.2g}"


def _middle(sides: Sequence[float]) -> float:
    return sum(sides) / len(sides)


def _half(sides: Sequence[float]) -> float:
    return 0.5 * (max(sides) - min(sides))


def period_document(told: Period) -> dict[str, Any]:
    """The same as JSON types."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "title": told.title,
        "guarantee": "estimate",
        "notes": list(told.notes),
        "period_s": told.seconds,
        "longest_time_constant_s": told.slowest,
        "sources": {
            name: {
                "highest_degC": swing.highest.value,
                "highest_at_s": swing.highest.time,
                "highest_half_distance_K": _half(swing.highest.sides),
                "lowest_degC": swing.lowest.value,
                "lowest_at_s": swing.lowest.time,
                "lowest_half_distance_K": _half(swing.lowest.sides),
                "mean_degC": _middle(swing.mean),
                "mean_half_distance_K": _half(swing.mean),
                "swing_K": swing.highest.value - swing.lowest.value,
            }
            for name, swing in zip(told.names, told.swings, strict=True)
        },
    }


def write_period(path: Path, told: Period) -> None:
    """The document as a file."""
    text = json.dumps(period_document(told), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    path.write_text(text, encoding="utf-8")


def written(path: Path, names: Sequence[str], pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces, each written to a CSV file on its way; one at a time, however many there are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        halves = [f"{short(name)} half-distance [K]" for name in names]
        lines.writerow(["time [s]", *(f"{short(name)} [degC]" for name in names), *halves])
        for piece in pieces:
            values, halves_now = piece.means.mean(axis=0), 0.5 * abs(piece.means[1] - piece.means[0])
            for after, own, half in zip(piece.after.tolist(), values.tolist(), halves_now.tolist(), strict=True):
                lines.writerow([repr(piece.begin + after), *map(repr, own), *map(repr, half)])
            yield piece
