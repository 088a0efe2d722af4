"""How did the bracket close? The bounds over the cells, and the parts that make the width that is left."""

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from thermopkg.answer.adapt import Step
from thermopkg.answer.bracket import Bracket
from thermopkg.report.digits import decimals, interval
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.palette import kind_colour
from thermopkg.report.result import SYMBOLS

BOUND = "#0072b2"  # colour of the two bounds
LABEL_ROOM = 0.11  # of the axis, that a label takes
LEAST_SHARE = 0.005  # of the width; parts below it are drawn together as the rest


def draw_refinement(steps: Sequence[Step], ax: Axes) -> Axes:
    """Bounds of the first wanted number on every grid, and beside them who makes the width of the last."""
    bounds, shares = ax, ax.inset_axes((1.2, 0.0, 0.42, 1.0))
    draw_shares(steps[-1].parts, shares)
    first = steps[-1].metrics[0]
    brackets = [(step.n_cells, step.metrics[0].bracket) for step in steps]
    return draw_bounds(brackets, bounds, name=SYMBOLS.get(first.name, first.name), unit=first.unit)


def draw_shares(parts: Mapping[str, float], ax: Axes) -> Axes:
    """Share of the width that is made in each solid, largest at the top."""
    large = sorted((item for item in parts.items() if item[1] >= LEAST_SHARE), key=lambda item: item[1])
    rest = 1.0 - sum(share for _, share in large)
    rows = [("all others", rest), *large] if rest >= LEAST_SHARE else large
    ax.barh(range(len(rows)), [100 * share for _, share in rows], color=kind_colour("film"), lw=0)
    ax.set_yticks(range(len(rows)), [name for name, _ in rows])
    for row, (_, share) in enumerate(rows):
        ax.annotate(f"{100 * share:.2g} %", (100 * share, row), (3, 0), textcoords="offset points", va="center",
                    fontsize=TEXT_SIZE)  # fmt: skip
    ax.set_xlim(0, 125 * max(share for _, share in rows))
    dress(ax)
    name_axes(ax, "share of the width [%]", "", "made in")
    return ax


def draw_bounds(steps: Sequence[tuple[int, Bracket]], ax: Axes, *, name: str, unit: str) -> Axes:
    """The two bounds closing in on each other as cells are added.

    Parameters
    ----------
    steps : number of cells and the bracket found with them, coarse to fine
    name, unit : of what is bracketed
    """
    cells = [n for n, _ in steps]
    brackets = [bracket for _, bracket in steps]
    ax.set_xscale("log")
    ax.fill_between(
        cells,
        [b.lower for b in brackets],
        [b.upper for b in brackets],
        color=kind_colour("film"),
        lw=0,
        label="bracket",
    )
    ax.plot(cells, [b.upper for b in brackets], "v-", color=BOUND, lw=1, ms=4, label="upper bound")
    ax.plot(cells, [b.value for b in brackets], "o-", color=INK, lw=1, ms=3, label="value")
    ax.plot(cells, [b.lower for b in brackets], "^-", color=BOUND, lw=1, ms=4, label="lower bound")
    dress(ax)
    ax.minorticks_off()
    ax.set_xticks(cells, _labels_apart(cells))
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5)
    ax.legend(fontsize=TEXT_SIZE, frameon=False)
    last, digits = brackets[-1], decimals(brackets[-1].half_width)
    title = f"{name} = {last.value:.{digits}f} {unit}, within {interval(last, digits)}"
    name_axes(ax, "cells", f"{name} [{unit}]", title)
    return ax


def _labels_apart(cells: Sequence[int]) -> list[str]:
    """Numbers of cells as labels, the last first; those too near to a later one on the log axis stay blank."""
    span = math.log(cells[-1] / cells[0]) if len(cells) > 1 else 1.0
    labels, free = [""] * len(cells), math.inf
    for i in reversed(range(len(cells))):
        if math.log(cells[i]) <= free:
            labels[i], free = thousands(cells[i]), math.log(cells[i]) - LABEL_ROOM * span
    return labels


def thousands(n: int) -> str:
    """A number of cells with three figures: 840, 147 k, 1.52 M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if n >= size:
            return f"{n / size:.3g}{unit}"
    return str(n)
