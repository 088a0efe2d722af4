"""What does a reader see of Z_th? The curves as a table, as data, and what of them is guaranteed."""

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
from thermopkg.answer.answer import ACTIVE
from thermopkg.answer.bracket import Bracket, ResistanceMatrix
from thermopkg.answer.zth import ThermalImpedance
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.resolving import Resolved
from thermopkg.report.digits import decimals, interval

Growing = Sequence[tuple[float, ResistanceMatrix]]  # s in 1/s, and bounds on Z(s)

SCHEMA = 1  # version of the JSON's layout
GUARANTEED = "within: guaranteed bounds; before it the mean of two lattices ± half their distance, an estimate"
LINEAR = "the case follows its temperature: Z_th is that of its linear package at rest"
GROWING = "Z(s): mean rise per watt under powers that grow as exp(s t), guaranteed bounds"
MOST_BOUNDED = 2  # sources whose bounds at all times stand on the sheet; of more there is room for the ends' alone


def short(name: str) -> str:
    """A source as a reader knows it: a chip by its own name."""
    return name.removesuffix(ACTIVE)


def zth_sheet(title: str, found: ThermalImpedance, mesh: Resolved, linearised: bool) -> RenderableType:
    """Z_th of every source by half decades with its bounds, and how it was found."""
    span, n, bounded = found.span, len(found.names), found.bounded
    curves = found.curves(bounded.times)
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("after", justify="right")
    for name in found.names:
        table.add_column(f"Z_th of {short(name)}, K/W", justify="right")
        if n <= MOST_BOUNDED:
            table.add_column("within", justify="right")
    for k, time in enumerate(bounded.times):
        row = []
        for i in range(n):
            row.append(f"{curves.value[k, i, i]:.4g} ±{curves.half_width[k, i, i]:.2g}")
            row += [four_figures(bounded.lower[k, i], bounded.upper[k, i])] if n <= MOST_BOUNDED else []
        table.add_row(told_time(time), *row)
    ends = [found.steady.entry(name, name) for name in found.names]
    row = []
    for end in ends:
        digits = decimals(end.half_width)
        within = interval(end, digits)
        row += [f"{end.value:.{digits}f}", within] if n <= MOST_BOUNDED else [f"within {within}"]
    table.add_row("in the end", *row)
    reached = min(float(curves.value[-1, i, i] / end.value) for i, end in enumerate(ends))
    notes = [
        f"{found.n_cells:,} cells, {found.primal.system.size} and {found.dual.system.size} states on the two lattices, "
        f"{found.seconds:.1f} s",
        f"shifts in between would change the curves by {100 * found.reduction_error:.2g} % at most, by an estimate",
        f"longest time constant {told_time(found.slowest)}; after {told_time(span.last)} the curves have reached "
        f"{100 * reached:.4g} % of their ends",
    ]
    if mesh.coarser > 1:
        notes.append(f"cells at the active faces are not as short as {told_time(span.first)} asks for, by max_cells")
    if linearised:
        notes.append(LINEAR)
    told = [Text(note, style="dim") for note in notes]
    return Group(Text(title, style="bold"), Text(GUARANTEED, style="dim"), "", Padding(table, (0, 0, 1, 2)), *told)


def told_time(time: float) -> str:
    """A time in the unit that suits it."""
    for factor, unit in ((1e6, "us"), (1e3, "ms")):
        if time * factor < 999.5:
            return f"{time * factor:.3g} {unit}"
    return f"{time:.4g} s"


def growing_sheet(names: Sequence[str], growing: Growing) -> RenderableType:
    """Bounds on Z(s) of every source."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("s, 1/s", justify="right")
    for name in names:
        table.add_column(f"Z(s) of {short(name)}, K/W", justify="right")
    for shift, matrix in growing:
        entries = [matrix.entry(name, name) for name in names]
        table.add_row(f"{shift:.3g}", *(four_figures(entry.lower, entry.upper) for entry in entries))
    return Group("", Text(GROWING, style="dim"), "", Padding(table, (0, 0, 0, 2)))


def four_figures(lower: float, upper: float) -> str:
    """Two bounds to four figures of the lower, rounded outwards; to three of the upper where that is nought."""
    told = lower if lower > 0 else 0.1 * upper
    digits = max(3 - int(np.floor(np.log10(told))), 0) if told > 0 else 0
    return interval(Bracket(0.5 * (lower + upper), lower, upper), digits)


def zth_document(title: str, found: ThermalImpedance, mesh: Resolved, linearised: bool) -> dict[str, Any]:
    """The same as JSON types, with the reduced system of both lattices' mean."""
    curves, system, bounded = found.curves(), found.system, found.bounded
    brackets = {name: found.steady.entry(name, name) for name in found.names}
    return {
        "schema": SCHEMA,
        "version": __version__,
        "title": title,
        "sources": list(found.names),
        "linearised": linearised,
        "theta_K_per_W": {
            name: {"value": own.value, "lower": own.lower, "upper": own.upper} for name, own in brackets.items()
        },
        "curves": {
            "guarantee": "estimate",
            "time_s": curves.times.tolist(),
            "value_K_per_W": curves.value.tolist(),
            "primal_K_per_W": curves.primal.tolist(),
            "dual_K_per_W": curves.dual.tolist(),
        },
        "bounded": {
            "guarantee": "bounds",
            "time_s": bounded.times.tolist(),
            "lower_K_per_W": bounded.lower.tolist(),
            "upper_K_per_W": bounded.upper.tolist(),
        },
        "growing": [
            {"s_per_s": shift, "lower_K_per_W": matrix.lower.tolist(), "upper_K_per_W": matrix.upper.tolist()}
            for shift, matrix in found.growing
        ],
        "largest_half_distance": found.widest,
        "reduction_error": found.reduction_error,
        "longest_time_constant_s": found.slowest,
        "system": {
            "conductance_per_s": system.conductance.tolist(),
            "loads": system.loads.tolist(),
            "at_once_K_per_W": system.at_once.tolist(),
        },
        "mesh": {
            "cells": found.n_cells,
            "coarser_at_active_faces": mesh.coarser if np.isfinite(mesh.coarser) else None,
        },
        "solver": {
            "shifts_per_s": list(found.primal.shifts),
            "iterations": {"primal": list(found.primal.iterations), "dual": list(found.dual.iterations)},
            "seconds": found.seconds,
        },
    }


def write_zth_csv(path: Path, found: ThermalImpedance) -> None:
    """A line for every time: of each place and source the mean of the lattices, and either of them."""
    curves = found.curves()
    pairs = [(i, j) for i in range(len(found.names)) for j in range(len(found.names))]
    heads = ["time [s]"]
    for i, j in pairs:
        who = short(found.names[i]) if i == j else f"{short(found.names[i])} by {short(found.names[j])}"
        heads += [f"{who} [K/W]", f"{who} primal [K/W]", f"{who} dual [K/W]"]
    sides: tuple[FloatArray, ...] = (curves.value, curves.primal, curves.dual)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(heads)
        for k, time in enumerate(curves.times):
            lines.writerow([repr(float(time)), *(repr(float(side[k, i, j])) for i, j in pairs for side in sides)])
