"""Which limitation buys what, at one glance? Changes of the answers with their brackets, one row each."""

from matplotlib.axes import Axes

from thermopkg.answer.answer import ACTIVE
from thermopkg.claims.worth import Worth
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.result import SYMBOLS

REAL, OPEN = "#0072b2", "#a0a0a0"


def draw_worth(worth: Worth, environment: str, ax: Axes) -> Axes:
    """What each number changes by when a limitation is taken away, in one environment, with its guaranteed bracket.

    Parameters
    ----------
    environment : one of `worth.whole`
    """
    rows = [
        (effect.change, item)
        for effect in worth.effects
        if effect.failure is None
        for item in effect.differences[environment]
    ]
    several = len(worth.whole[environment]) > 1
    names = []
    for y, (change, item) in enumerate(reversed(rows)):
        by = item.change
        colour = REAL if item.certain else OPEN
        ax.errorbar(
            by.value, y, xerr=[[by.value - by.lower], [by.upper - by.value]], fmt="o", ms=4, color=colour, capsize=3,
            lw=1.0, zorder=3,
        )  # fmt: skip
        names.append(f"{change}, {item.name.removesuffix(ACTIVE)}" if several else change)
    dress(ax)
    ax.set_yticks(range(len(rows)), names, fontsize=TEXT_SIZE)
    ax.set_ylim(-0.6, len(rows) - 0.4)
    ax.axvline(0.0, color=INK, lw=0.6, zorder=2)
    ax.grid(visible=True, axis="x", color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    units = {metric.unit for metric in worth.whole[environment]}
    what = SYMBOLS.get(worth.whole[environment][0].name) if not several else "rise of each chip"
    title = f"{environment.capitalize()}; blue: a real difference, grey: within the mesh error"
    name_axes(ax, f"change of {what or 'the rise'} [{', '.join(sorted(units))}]", "", title)
    return ax
