"""Which powers may two chips have? The allowed region drawn: surely allowed, surely not, and the case in it."""

import numpy as np
from matplotlib.axes import Axes

from thermopkg.answer.allowed_power import AllowedPower, Polygon
from thermopkg.answer.answer import ACTIVE
from thermopkg.report.digits import decimals, down
from thermopkg.report.drawing import FAINT, INK, TEXT_SIZE, dress, name_axes
from thermopkg.report.palette import kind_colour

EDGE = "#0072b2"  # of both regions
CASE = "#d55e00"  # the powers of the case
ROOM = 1.22  # times the largest power, for the labels of the corners
OUTWARDS = 4.0  # points from a corner to its label


def draw_allowed_power(allowed: AllowedPower, reference: float, ax: Axes) -> Axes:
    """The powers of two chips that keep both junctions within the limit, with corners in W.

    Parameters
    ----------
    allowed : of two chips; its polygons have corners
    reference : degC, what the limit counts from
    """
    first, second = (place.removesuffix(ACTIVE) for place in allowed.chips)
    ax.fill(*_xy(allowed.safe), fc=kind_colour("film"), ec=EDGE, lw=1.0, label="surely allowed", zorder=2)
    ax.fill(*_xy(allowed.optimistic), fc="none", ec=EDGE, lw=0.8, ls=(0, (4, 2)), label="surely not beyond", zorder=3)
    if allowed.factor is not None:
        end = allowed.factor.lower * np.array(allowed.powers)
        ax.plot([0.0, end[0]], [0.0, end[1]], color=CASE, lw=0.8, ls=(0, (1, 2)), zorder=4)
        _tell(f"×{down(allowed.factor.lower, decimals(allowed.factor.half_width))}", float(end[0]), float(end[1]), ax)
    ax.plot(*allowed.powers, "o", ms=5, color=CASE, mew=0, zorder=4, clip_on=False, label="the case's powers")
    digits = max(min(decimals(most.half_width) for most in allowed.alone), 1)
    for corner in allowed.safe[1:]:
        _tell(" + ".join(f"{down(value, digits)} W" for value in corner if value > 0), *corner, ax)
    reach = np.array([*allowed.optimistic, allowed.powers]).max(axis=0)
    ax.set_xlim(0.0, ROOM * reach[0])
    ax.set_ylim(0.0, ROOM * reach[1])
    dress(ax)
    ax.grid(visible=True, color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="upper right")
    title = f"Powers that keep both junctions at or below {allowed.limit + reference:g} °C"
    name_axes(ax, f"power of {first} [W]", f"power of {second} [W]", title)
    return ax


def _xy(polygon: Polygon) -> tuple[list[float], list[float]]:
    return [x for x, _ in polygon], [y for _, y in polygon]


def _tell(text: str, x: float, y: float, ax: Axes) -> None:
    """A label outwards of a point of the region that is surely allowed; its numbers are rounded into the region."""
    ax.annotate(text, (x, y), (OUTWARDS, OUTWARDS), textcoords="offset points", fontsize=TEXT_SIZE, color=INK, zorder=5)
