"""How does a package gain from moving air? Resistance to the air over its speed, still air at zero."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from thermopkg.explore.datasheet import Line
from thermopkg.report.drawing import FAINT, INK, SMALL_SIZE, dress, name_axes
from thermopkg.report.variants_plot import COLOURS

IN_AIR = ("theta_ja", "theta_jma")
INPUTS = 0.16  # opacity of what the inputs add
ALONE = 8.0  # points, width of what is shaded around a single number
BEYOND = 0.08  # of the span, left free around


def in_air(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Rows in still and moving air by their boards, the slowest air first."""
    found: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.row.setup.speed):
        if line.row.metric in IN_AIR and line.row.setup.board is not None:
            found.setdefault(line.row.setup.board, []).append(line)
    return found


def draw_speeds(lines: Sequence[Line], ax: Axes) -> Axes:
    """Rows of every board with bounds as bars, shaded what materials and films add to these, and what is published."""
    fastest, highest = 0.0, 0.0
    for (board, rows), colour in zip(sorted(in_air(lines).items()), COLOURS, strict=False):
        speeds = [line.row.setup.speed for line in rows]
        brackets = [line.metric.bracket for line in rows]
        values = [bracket.value for bracket in brackets]
        added = [(line.by_materials + line.by_films) * line.measure for line in rows]
        lows = [bracket.lower - more for bracket, more in zip(brackets, added, strict=True)]
        highs = [bracket.upper + more for bracket, more in zip(brackets, added, strict=True)]
        if len(rows) > 1:
            ax.fill_between(speeds, lows, highs, color=colour, alpha=INPUTS, lw=0)
        else:
            ax.vlines(speeds, lows, highs, color=colour, alpha=INPUTS, lw=ALONE)
        bars = [[b.value - b.lower for b in brackets], [b.upper - b.value for b in brackets]]
        ax.errorbar(speeds, values, yerr=bars, fmt="o-", ms=3, lw=0.9, capsize=2.5, color=colour, label=board, zorder=3)
        said = [(s, x.published.value) for s, x in zip(speeds, rows, strict=True) if x.published and x.published.value]
        ax.plot(*zip(*said, strict=True) if said else ([], []), "D", ms=4, mfc="white", mec=colour, mew=0.9, zorder=4)
        fastest, highest = max(fastest, *speeds), max(highest, *highs, *(value for _, value in said))
    dress(ax)
    ax.set_xlim(-BEYOND * (fastest or 1.0), (1 + BEYOND) * (fastest or 1.0))
    ax.set_ylim(0.0, (1 + BEYOND) * (highest or 1.0))  # from zero, so that what air gains is seen for what it is
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    if any(line.published and line.published.value for rows in in_air(lines).values() for line in rows):
        ax.plot([], [], "D", ms=4, mfc="white", mec=INK, mew=0.9, label="published")
    ax.legend(fontsize=SMALL_SIZE, frameon=False, loc="lower left", ncols=3, handlelength=1.4, columnspacing=1.2)
    name_axes(ax, "speed of the air [m/s]", "θ [K/W]", "θ to still and moving air")
    return ax
