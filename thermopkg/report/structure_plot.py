"""What does the heat pass on its way, at one glance? Structure functions with the layers that are known marked."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from thermopkg.network.structure import Mark, StructureFunction
from thermopkg.report.drawing import (
    FAINT,
    INK,
    POINTS_PER_INCH,
    SMALL_SIZE,
    dress,
    name_axes,
    rounded,
    shortened,
    text_width,
)

LINE, KNOWN, ALL = "#0072b2", "#d55e00", "#009e73"
BEYOND = 1.18  # of the resistance at which the last capacity lies; what follows is level
LONGEST_NAME = 24  # characters
NARROWEST = 1.3 * SMALL_SIZE  # points; a layer narrower than a line of text has no name in it
HEADROOM = 0.97  # of the height, where names of layers end
FOOT = 0.03  # of the height, where names of narrow layers begin
ROOM = 0.3  # of the decades that are drawn, above the curve for the names
DASHED = (0, (4, 3))

Sides = tuple[StructureFunction, StructureFunction]


def draw_structure(
    function: StructureFunction,
    ax: Axes,
    *,
    marks: Sequence[Mark] = (),
    exact: StructureFunction | None = None,
    sides: Sides | None = None,
    stored: float | None = None,
    until: float | None = None,
) -> Axes:
    """Capacity over resistance from the junction on, the ends of layers that are known marked.

    Parameters
    ----------
    marks : in order from the junction on
    exact : what it should be, dashed
    sides : the same of two lattices; what lies between them is shaded
    stored : capacity of the whole package, J/K; above it the line is of no place, and faint
    until : K/W; by default a little beyond the last capacity that is drawn
    """
    last = float(function.capacities[-1] if stored is None else min(stored, function.capacities[-1]))
    end = _until(function, last, until)
    if sides is not None:
        heights = np.unique(np.concatenate([side.capacities for side in sides]))
        low, high = (side.resistance_at(heights) for side in sides)
        ax.fill_betweenx(heights, low, high, color=LINE, alpha=0.2, lw=0, zorder=2)
    ax.plot(function.resistances, function.capacities, color=LINE, lw=0.8, alpha=0.3, zorder=3)
    told, place = function.capacities <= last, function.resistance_at(np.array(last))
    ways, heights = (
        np.append(line[told], at) for line, at in ((function.resistances, place), (function.capacities, last))
    )
    ax.plot(ways, heights, color=LINE, lw=1.2, zorder=3)
    if exact is not None:
        at = np.unique(np.concatenate([np.linspace(0.0, end, 400)[1:], exact.resistances[1:]]))
        ax.plot(at, exact.capacity_at(at), color=KNOWN, lw=0.9, ls=DASHED, zorder=4)
    shown = function.capacities[(function.capacities > 0.0) & (function.resistances <= end)]
    bottom, top = 0.7 * float(shown.min()), min(float(shown.max()), 1.4 * float(last))
    title = f"Structure function; ends at {rounded(function.total)} K/W"
    if stored is not None:
        ax.axhline(stored, color=ALL, lw=0.9, ls=DASHED, zorder=2)
        title += f"; dashed: all that the package stores, {rounded(stored, 3)} J/K"
    ax.set_yscale("log")
    ax.set_ylim(bottom, top * max(top / bottom, 1.0) ** ROOM)
    return _finished(ax, end, marks, "capacity from the junction [J/K]", title)


def draw_slopes(
    function: StructureFunction,
    ax: Axes,
    *,
    marks: Sequence[Mark] = (),
    exact: StructureFunction | None = None,
    stored: float | None = None,
    until: float | None = None,
) -> Axes:
    """Slope of the structure function along the way, one point a stage, and dashed what it should be.

    Parameters : as `draw_structure`
    """
    end = _until(function, function.capacities[-1] if stored is None else stored, until)
    shown = function.middles <= end
    ax.step(function.middles[shown], function.slopes[shown], where="mid", color=LINE, lw=1.0, zorder=3)
    ax.plot(function.middles[shown], function.slopes[shown], "o", ms=2.2, mew=0, color=LINE, zorder=4)
    for border, slope in zip(pairwise(exact.resistances), exact.slopes, strict=True) if exact is not None else ():
        if slope > 0.0:
            ax.plot(border, [slope, slope], color=KNOWN, lw=0.9, ls=DASHED, zorder=5)
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** ROOM)
    return _finished(ax, end, marks, "dC/dR [J W/K²]", "Slope of the structure function: c k A² of each layer")


def _until(function: StructureFunction, last: float, until: float | None) -> float:
    """Where the picture ends, K/W; `last` is the capacity that it ends with, J/K."""
    if until is not None:
        return until
    reached = function.resistances[:-1][function.capacities[:-1] >= last]
    place = float(reached[0] if reached.size else function.resistances[-2])
    return min(BEYOND * place, function.total) if place > 0.0 else function.total


def _finished(ax: Axes, end: float, marks: Sequence[Mark], up: str, title: str) -> Axes:
    ax.set_xlim(0.0, end)
    dress(ax)
    ax.grid(visible=True, axis="y", which="major", color=FAINT, alpha=0.25, lw=0.5)
    name_axes(ax, "resistance from the junction [K/W]", up, title)
    box = ax.get_position(original=True)
    width = box.width * ax.figure.bbox.width / ax.figure.dpi * POINTS_PER_INCH
    begin, taken = 0.0, 0.0  # K/W and points
    for mark in marks:
        stop = min(mark.end, end)
        if begin < stop < end:
            ax.axvline(stop, color=FAINT, lw=0.6, zorder=1)
        name, room = shortened(mark.name, LONGEST_NAME), (stop - begin) / end * width
        across = ax.get_xaxis_transform()
        if room > NARROWEST:
            turn = 90 if text_width([name], SMALL_SIZE) > room - 4.0 else 0
            ax.text(
                0.5 * (begin + stop), HEADROOM, name, transform=across, fontsize=SMALL_SIZE,
                color=INK, ha="center", va="top", rotation=turn, parse_math=False,
            )  # fmt: skip
        elif stop > begin:  # its name stands at the foot, behind its end
            taken = max(taken + NARROWEST, stop / end * width + 1.0)
            ax.text(
                taken / width * end, FOOT, name, transform=across, fontsize=SMALL_SIZE,
                color=FAINT, ha="left", va="bottom", rotation=90, parse_math=False,
            )  # fmt: skip
        begin = max(begin, stop)
        if begin >= end:
            break
    return ax
