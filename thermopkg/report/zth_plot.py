"""How does Z_th look? Curves over the decades, between their two lattices, and the bounds of where they end."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from thermopkg.answer.zth import ThermalImpedance
from thermopkg.report.digits import decimals, interval
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.zth import short, told_time

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")  # told apart by every eye
LEAST = 1e-3  # of the largest value shown, where cross-heating is cut off below
MOST_DECADES = 6  # of the vertical


def draw_zth(found: ThermalImpedance, ax: Axes) -> Axes:
    """Own curves with their bounds as bars, cross-heating dashed, the two lattices as a band, the end as a beam."""
    curves, span = found.curves(), found.span
    n = len(found.names)
    ends = [found.steady.entry(name, name) for name in found.names]
    top = max(end.upper for end in ends)
    bottom = max(float(min(curves.value[0, i, i] for i in range(n))), top * 10.0**-MOST_DECADES)
    for i, (name, end) in enumerate(zip(found.names, ends, strict=True)):
        colour, digits = COLOURS[i % len(COLOURS)], decimals(end.half_width)
        label = f"{short(name)}: ends within {interval(end, digits)} K/W"
        ax.plot(curves.times, curves.value[:, i, i], color=colour, lw=1.4, label=label, zorder=4)
        sides = np.sort([curves.primal[:, i, i], curves.dual[:, i, i]], axis=0)
        ax.fill_between(curves.times, *sides, color=colour, alpha=0.25, lw=0, zorder=2)
        ax.axhspan(end.lower, end.upper, color=colour, alpha=0.35, lw=0, zorder=1)
        low, high = found.bounded.lower[:, i], found.bounded.upper[:, i]
        middle = 0.5 * (low + high)
        half = 0.5 * (high - low)
        ax.errorbar(
            found.bounded.times, middle, half, fmt="none", ecolor=colour, elinewidth=0.8, capsize=2.0, alpha=0.8
        )
    for i in range(n):
        for j in range(i):
            cross = np.where(curves.value[:, i, j] > bottom * LEAST, curves.value[:, i, j], np.nan)
            told = f"{short(found.names[i])} by {short(found.names[j])}, and the other way round"
            ax.plot(
                curves.times, cross, color=COLOURS[(i + j + 1) % len(COLOURS)], lw=1.0, ls="--", label=told, zorder=3
            )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(span.first, span.last)
    ax.set_ylim(0.7 * bottom, 1.6 * top)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(numticks=20))
        axis.set_minor_formatter(NullFormatter())
    dress(ax)
    ax.grid(visible=True, which="major", color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="lower right", labelcolor=INK)
    title = f"Z_th, longest time constant {told_time(found.slowest)}; bars: guaranteed bounds; shaded: the two lattices"
    name_axes(ax, "time [s]", "mean rise of the active face per watt [K/W]", title)
    return ax
