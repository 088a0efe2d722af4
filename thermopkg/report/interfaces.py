"""What does a reader see of a package on two interfaces? theta_JC by every threshold, beside what it is at rest."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.interfaces import OnTwo
from thermopkg.answer.zth import ThermalImpedance
from thermopkg.network.interface import DualInterface, Separation
from thermopkg.report.digits import decimals, interval
from thermopkg.report.zth import short

SCHEMA = 1  # version of the JSON's layout
STYLE = "θ_JC by two interfaces, in the style of jesd51-14: simulated, and no measurement by it"
CURVES = "slopes dZ/d ln t part by a factor of the trend 0.0045 W/K θ + 0.003, over the difference of the ends"
STRUCTURES = "structure functions part by a share of the difference of the ends"
AT_REST = "from the junction to where the first layer begins that differs, by means over the chip's shadow at rest"

WHICH = ("worse", "better")

Titles = tuple[str, str]
Both = tuple[ThermalImpedance, ThermalImpedance]


def interfaces_sheet(
    titles: Titles, both: Both, differing: Sequence[str], one_grid: bool, found: Sequence[OnTwo]
) -> RenderableType:
    """Where both curves end, what differs, and theta_JC of every source."""
    blocks: list[RenderableType] = [Text(STYLE, style="bold"), ""]
    ends = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for title, impedance in zip(titles, both, strict=True):
        for name in impedance.names:
            end = impedance.steady.entry(name, name)
            digits = decimals(end.half_width)
            ends.add_row(title, short(name), f"{end.value:.{digits}f} K/W", f"within {interval(end, digits)}")
    grids = [f"{impedance.n_cells:,}" for impedance in both]
    told = (
        f"both on one grid of {grids[0]} cells" if one_grid else f"on grids of their own, {' and '.join(grids)} cells"
    )
    blocks += [Padding(ends, (0, 0, 0, 2)), Text(f"they differ in {', '.join(differing)}; {told}", style="dim")]
    for one in found:
        blocks += [Text(f"\nθ_JC of {short(one.name)}, K/W", style="bold"), Padding(_table(one), (0, 0, 0, 2))]
    notes = (f"slopes: {CURVES}", f"structures: {STRUCTURES}", f"at rest: {AT_REST}")
    return Group(*blocks, *(Text(note, style="dim") for note in notes))


def _table(one: OnTwo) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("", "θ_JC", "two lattices", "by threshold"):
        table.add_column(head)
    for what, own, sides in (
        ("slopes part", one.found.by_curves, [side.by_curves for side in one.sides]),
        ("structures part", one.found.by_structures, [side.by_structures for side in one.sides]),
    ):
        low, high = sorted(side.value for side in sides)
        every = ", ".join(f"{t:g}: {_number(r)}" for t, r in zip(own.thresholds, own.resistances, strict=True))
        table.add_row(what, _number(own.value), f"{_number(low)} to {_number(high)}", every)
    for which, place in zip(WHICH, one.at_rest, strict=True):
        told = f"on the {which} interface" if place is not None else f"passes no layer that differs on the {which} one"
        table.add_row("at rest", "" if place is None else _number(place), "", told)
    return table


def _number(value: float) -> str:
    return f"{value:.4g}" if np.isfinite(value) else "none"


def interfaces_document(
    titles: Titles, both: Both, differing: Sequence[str], one_grid: bool, found: Sequence[OnTwo]
) -> dict[str, Any]:
    """The same as JSON types; where curves never part so far there is no number."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "style": STYLE,
        "definitions": {"slopes": CURVES, "structures": STRUCTURES, "at_rest": AT_REST},
        "differing": list(differing),
        "one_grid": one_grid,
        "cases": [
            {
                "title": title,
                "cells": impedance.n_cells,
                "theta_K_per_W": {short(name): _end(impedance, name) for name in impedance.names},
            }
            for title, impedance in zip(titles, both, strict=True)
        ],
        "sources": {short(one.name): _source(titles, one) for one in found},
    }


def _end(impedance: ThermalImpedance, name: str) -> dict[str, float]:
    end = impedance.steady.entry(name, name)
    return {"value": end.value, "lower": end.lower, "upper": end.upper}


def _source(titles: Titles, one: OnTwo) -> dict[str, Any]:
    worse, better = titles[::-1] if one.swapped else titles
    return {
        "worse": worse,
        "better": better,
        "difference_K_per_W": one.found.difference,
        **_both_ways(one.found),
        "lattices": {side: _both_ways(found) for side, found in zip(("primal", "dual"), one.sides, strict=True)},
        "at_rest": {f"{which}_K_per_W": place for which, place in zip(WHICH, one.at_rest, strict=True)},
    }


def _both_ways(found: DualInterface) -> dict[str, Any]:
    return {"slopes": _separation(found.by_curves), "structures": _separation(found.by_structures)}


def _separation(own: Separation) -> dict[str, Any]:
    return {
        "theta_jc_K_per_W": _finite(own.value),
        "thresholds": own.thresholds.tolist(),
        "by_threshold_K_per_W": [_finite(value) for value in own.resistances],
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def write_interfaces_csv(path: Path, both: Both, found: Sequence[OnTwo]) -> None:
    """A line for every time: Z_th of every source on the worse and on the better interface."""
    times = both[0].span.times
    columns = [own.pairs.impedance(times) for one in found for own in (one.worse, one.better)]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        heads = [f"{short(one.name)} on the {which} [K/W]" for one in found for which in WHICH]
        lines.writerow(["time [s]", *heads])
        for row in zip(times, *columns, strict=True):
            lines.writerow([repr(float(number)) for number in row])
