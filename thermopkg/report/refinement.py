"""How did the bracket close? The bounds over the cells, and the parts that make the width that is left."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from thermopkg.answer.adapt import Step
from thermopkg.report.drawing import TEXT_SIZE, dress, name_axes
from thermopkg.report.palette import kind_colour
from thermopkg.report.plots import draw_bounds
from thermopkg.report.result import SYMBOLS

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
