"""Where does a package end and its cooler begin, at one glance? Two structure functions, and two slopes that part."""

import numpy as np
from matplotlib.axes import Axes

from thermopkg.answer.interfaces import OnTwo
from thermopkg.network.interface import FACTORS, TREND, Separation, parting
from thermopkg.network.structure import StructureFunction
from thermopkg.report.drawing import FAINT, INK, SMALL_SIZE, TEXT_SIZE, dress, name_axes, rounded
from thermopkg.report.interfaces import WHICH
from thermopkg.report.zth import short

WORSE, BETTER, SLOPES, STRUCTURES, REST = "#d55e00", "#0072b2", "#cc79a7", "#009e73", "#222222"
BEYOND = 2.2  # of the largest theta_JC that is told: where the picture ends
ROOM = 30.0  # of times, before the slopes part, for the numbers
LEAST = 1e-4  # of slopes over the difference, at the foot of the picture
DASHED = (0, (4, 3))


def draw_two_structures(one: OnTwo, ax: Axes, *, stored: float) -> Axes:
    """Capacity over resistance on both interfaces, and theta_JC by both criteria with what their thresholds span.

    Parameters
    ----------
    stored : of the package and its cooler, J/K, above which the lines are of no place
    """
    found = one.found
    ends = [
        found.by_curves.spread[1],
        found.by_structures.spread[1],
        *(place for place in one.at_rest if place is not None),
    ]
    end = min(BEYOND * float(np.nanmax(ends)), one.worse.pairs.total)
    for own, colour, told in ((one.worse, WORSE, "worse interface"), (one.better, BETTER, "better interface")):
        line = own.structure
        ax.plot(line.resistances, line.capacities, color=colour, lw=1.2, label=told, zorder=3)
    _told(ax, found.by_curves, SLOPES, "slopes part", "-")
    _told(ax, found.by_structures, STRUCTURES, "structures part", DASHED)
    for which, place in zip(WHICH, one.at_rest, strict=True):
        if place is not None:
            label = f"at rest {rounded(place)} K/W on the {which}"
            ax.axvline(place, color=REST, lw=0.7, ls=":", zorder=2, label=label)
    low, high = zip(*(_heights(own.structure, end) for own in (one.worse, one.better)), strict=True)
    ax.set_yscale("log")
    ax.set_ylim(0.7 * min(low), 2.0 * min(max(high), stored))
    ax.set_xlim(0.0, end)
    dress(ax)
    ax.grid(visible=True, axis="y", which="major", color=FAINT, alpha=0.25, lw=0.5)
    ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="lower right", labelcolor=INK)
    title = f"{short(one.name)}: structure functions on two interfaces; shaded: what thresholds span"
    name_axes(ax, "resistance from the junction [K/W]", "capacity from the junction [J/K]", title)
    return ax


def draw_parting(one: OnTwo, ax: Axes) -> Axes:
    """How the slopes of both curves part over time, and the thresholds that they pass."""
    times, middle, apart = parting(one.worse.pairs, one.better.pairs)
    trend = TREND[0] * middle + TREND[1]
    shown = np.abs(apart) > LEAST
    ax.plot(times[shown], np.abs(apart[shown]), color=INK, lw=1.2, zorder=3, label="slopes apart")
    found = one.found.by_curves
    for factor, value in zip(FACTORS, found.resistances, strict=True):
        usual = factor == found.thresholds[found.usual]
        ax.plot(times, factor * trend, color=SLOPES, lw=1.0 if usual else 0.6, ls="-" if usual else DASHED, zorder=2)
        if np.isfinite(value):
            at = int(np.searchsorted(middle, value))
            ax.plot(times[at], factor * trend[at], "o", ms=3, mew=0, color=SLOPES, zorder=4)
            ax.annotate(
                f"{factor:g}: {rounded(float(value))} K/W", (times[at], factor * trend[at]), (-4, 2),
                textcoords="offset points", fontsize=SMALL_SIZE, color=INK, ha="right", va="bottom",
            )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(times[shown][0] / ROOM, times[shown][-1])
    ax.set_ylim(LEAST, 2.0 * float(np.abs(apart).max()))
    dress(ax)
    ax.grid(visible=True, which="major", color=FAINT, alpha=0.25, lw=0.5)
    title = f"{short(one.name)}: slopes of Z_th on two interfaces; coloured: the trend and factors on it"
    name_axes(ax, "time [s]", "difference of dZ/d ln t over that of the ends", title)
    return ax


def _told(ax: Axes, found: Separation, colour: str, what: str, style: str | tuple[int, tuple[int, int]]) -> None:
    low, high = found.spread
    ax.axvspan(low, high, color=colour, alpha=0.15, lw=0, zorder=1)
    if np.isfinite(found.value):
        label = f"{what} at {rounded(found.value)} K/W"
        ax.axvline(found.value, color=colour, lw=1.0, ls=style, zorder=2, label=label)


def _heights(line: StructureFunction, end: float) -> tuple[float, float]:
    shown = line.capacities[(line.capacities > 0.0) & (line.resistances <= end)]
    return float(shown.min()), float(shown.max())
