"""How does a junction warm, at one glance? Pulsed Z_th as data sheets print it, and the pairs of its network."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes

from thermopkg.network.foster import Foster
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes, rounded

DUTIES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.0)
PULSED, SINGLE, PAIR = colormaps["viridis"], "#222222", "#d55e00"
LIGHTEST = 0.85  # of the map's way; its yellow is too light for a line
PER_DECADE = 40
LEAST_SHARE = 1e-5  # of the total; pairs that hold less are not drawn
BEFORE, AFTER = 0.1, 10.0  # first and last pulse over the shortest and the longest time constant that are drawn
MOST_DECADES = 8.0  # of pulses, from the longest on


def draw_pulsed(
    network: Foster, ax: Axes, *, duties: Sequence[float] = DUTIES, span: tuple[float, float] | None = None
) -> Axes:
    """Rise per watt at the end of a pulse over its width, one curve a duty, both axes logarithmic.

    Parameters
    ----------
    duties : shares of the period; 0 is the single pulse
    span : shortest and longest pulse, s; by default what the network tells, eight decades at most
    """
    low, high = _span(network) if span is None else span
    widths = np.geomspace(low, high, int(np.ceil(PER_DECADE * np.log10(high / low))) + 1)
    for number, duty in enumerate(sorted(duties, reverse=True)):
        shade = PULSED(number / max(len(duties) - 1, 1) * LIGHTEST)
        told, colour, width = (f"D = {duty:g}", shade, 0.9) if duty else ("single pulse", SINGLE, 1.3)
        ax.plot(widths, network.pulsed(widths, duty), color=colour, lw=width, label=told, zorder=3)
    ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="lower right")  # curves rise to the right and leave that corner
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(low, high)
    ax.set_ylim(0.7 * float(network.pulsed(widths[:1], min(duties))[0]), 1.6 * network.total)
    dress(ax)
    ax.grid(visible=True, which="major", color=FAINT, alpha=0.3, lw=0.5)
    ax.grid(visible=True, which="minor", color=FAINT, alpha=0.12, lw=0.4)
    title = f"Rise at the end of a pulse, periodic state; ends at {rounded(network.total)} K/W"
    name_axes(ax, "width of the pulse [s]", "Z_th [K/W]", title)
    return ax


def draw_pairs(network: Foster, ax: Axes) -> Axes:
    """The resistance of every pair over its time constant, both axes logarithmic."""
    shown = network.resistances > LEAST_SHARE * network.total
    times, resistances = network.time_constants[shown], network.resistances[shown]
    foot = 0.5 * LEAST_SHARE * network.total
    ax.vlines(times, foot, resistances, color=PAIR, lw=0.9, zorder=3)
    ax.plot(times, resistances, "o", ms=3, mew=0, color=PAIR, zorder=4)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(foot, 2.0 * network.total)
    dress(ax)
    ax.axhline(network.total, color=INK, lw=0.6, ls=(0, (4, 3)), zorder=2)
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5)
    count = f"{len(times)} of {len(network)}" if len(times) < len(network) else f"{len(times)}"
    title = f"{count} pairs; dashed the sum of all, {rounded(network.total)} K/W"
    name_axes(ax, "time constant [s]", "resistance [K/W]", title)
    return ax


def _span(network: Foster) -> tuple[float, float]:
    told = network.time_constants[network.resistances > LEAST_SHARE * network.total]
    high = AFTER * float(told[-1])
    return max(BEFORE * float(told[0]), high / 10.0**MOST_DECADES), high
