"""What does the heat pass on its way, at one glance? Structure functions with the layers that are known marked."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes

from thermopkg.network.structure import Stretch, StructureFunction, stack_structure
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

LINE, KNOWN = "#0072b2", "#d55e00"
BEYOND = 1.18  # of the resistance at which the last capacity lies; what follows is level
LONGEST_NAME = 24  # characters
NARROWEST = 1.3 * SMALL_SIZE  # points; a layer narrower than a line of text has no name in it
HEADROOM = 0.97  # of the height, where names of layers end


def draw_structure(
    function: StructureFunction, ax: Axes, *, layers: Sequence[Stretch] = (), until: float | None = None
) -> Axes:
    """Capacity over resistance from the junction on, and dashed the layers that are known.

    Parameters
    ----------
    layers : from the junction on; each is marked, and their exact structure function is drawn
    until : K/W; by default a little beyond the last capacity
    """
    end = _until(function, until)
    ax.plot(function.resistances, function.capacities, color=LINE, lw=1.2, zorder=3)
    if layers:
        exact = stack_structure(layers)
        ways = np.unique(np.concatenate([np.linspace(0.0, end, 400)[1:], exact.resistances[1:]]))
        ax.plot(ways, exact.capacity_at(ways), color=KNOWN, lw=0.9, ls=(0, (4, 3)), zorder=4)
    shown = function.capacities[(function.capacities > 0.0) & (function.resistances <= end)]
    ax.set_yscale("log")
    ax.set_ylim(0.7 * shown.min(), 2.5 * shown.max())
    title = f"Structure function; ends at {rounded(function.total)} K/W"
    return _finished(ax, end, layers, "capacity from the junction [J/K]", title)


def draw_slopes(
    function: StructureFunction, ax: Axes, *, layers: Sequence[Stretch] = (), until: float | None = None
) -> Axes:
    """Slope of the structure function along the way, one point a stage, and dashed that of the layers that are known.

    Parameters : as `draw_structure`
    """
    end = _until(function, until)
    shown = function.middles <= end
    ax.step(function.middles[shown], function.slopes[shown], where="mid", color=LINE, lw=1.0, zorder=3)
    ax.plot(function.middles[shown], function.slopes[shown], "o", ms=2.2, mew=0, color=LINE, zorder=4)
    borders = list(accumulate((layer.resistance for layer in layers), initial=0.0))
    for i, layer in enumerate(layers):
        if layer.capacity > 0.0:
            slope = layer.capacity / layer.resistance
            ax.plot(borders[i : i + 2], [slope, slope], color=KNOWN, lw=0.9, ls=(0, (4, 3)), zorder=5)
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    ax.set_ylim(low, high * (high / low) ** 0.3)  # room for the names
    return _finished(ax, end, layers, "dC/dR [J W/K²]", "Slope of the structure function: c k A² of each layer")


def _until(function: StructureFunction, until: float | None) -> float:
    """Where the picture ends, K/W."""
    if until is not None:
        return until
    last = float(function.resistances[-2])  # where the last capacity lies
    return min(BEYOND * last, function.total) if last > 0.0 else function.total


def _finished(ax: Axes, end: float, layers: Sequence[Stretch], up: str, title: str) -> Axes:
    ax.set_xlim(0.0, end)
    dress(ax)
    ax.grid(visible=True, axis="y", which="major", color=FAINT, alpha=0.25, lw=0.5)
    name_axes(ax, "resistance from the junction [K/W]", up, title)
    box = ax.get_position(original=True)
    width = box.width * ax.figure.bbox.width / ax.figure.dpi * POINTS_PER_INCH
    begin = 0.0
    for layer in layers:
        stop = min(begin + layer.resistance, end)
        if stop < end:
            ax.axvline(stop, color=FAINT, lw=0.6, zorder=1)
        name, room = shortened(layer.name, LONGEST_NAME), (stop - begin) / end * width
        if room > NARROWEST:
            turn = 90 if text_width([name], SMALL_SIZE) > room - 4.0 else 0
            ax.text(
                0.5 * (begin + stop), HEADROOM, name, transform=ax.get_xaxis_transform(), fontsize=SMALL_SIZE,
                color=INK, ha="center", va="top", rotation=turn, parse_math=False,
            )  # fmt: skip
        begin = stop
        if begin >= end:
            break
    return ax
