"""Which powers may two chips have? The allowed region drawn: surely allowed, surely not, and the case in it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from thermopkg.answer.allowed_power import AllowedPower, Polygon
from thermopkg.answer.answer import ACTIVE
from thermopkg.report.digits import decimals, down
from thermopkg.report.drawing import (
    FAINT,
    INK,
    LINE_PITCH,
    TEXT_SIZE,
    Label,
    dress,
    name_axes,
    place_in_points,
    text_width,
)
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
    told = "the case's powers"
    if allowed.factor is not None:
        end = allowed.factor.lower * np.array(allowed.powers)
        ax.plot([0.0, end[0]], [0.0, end[1]], color=CASE, lw=0.8, ls=(0, (1, 2)), zorder=4)
        told += f",\nsurely allowed ×{down(allowed.factor.lower, decimals(allowed.factor.half_width))}"
    ax.plot(*allowed.powers, "o", ms=5, color=CASE, mew=0, zorder=4, clip_on=False, label=told)
    reach = np.array([*allowed.optimistic, allowed.powers]).max(axis=0)
    ax.set_xlim(0.0, ROOM * reach[0])
    ax.set_ylim(0.0, ROOM * reach[1])
    digits = max(min(decimals(most.half_width) for most in allowed.alone), 1)
    _tell_corners([_corner(x, y, digits) for x, y in allowed.safe[1:]], ax)
    dress(ax)
    ax.grid(visible=True, color=FAINT, alpha=0.25, lw=0.5, zorder=0)
    ax.legend(fontsize=TEXT_SIZE, loc="upper right", facecolor="white", edgecolor="none", framealpha=0.9)
    title = f"Powers that keep both junctions at or below {allowed.limit + reference:g} °C"
    name_axes(ax, f"power of {first} [W]", f"power of {second} [W]", title)
    return ax


def _xy(polygon: Polygon) -> tuple[list[float], list[float]]:
    return [x for x, _ in polygon], [y for _, y in polygon]


def _corner(x: float, y: float, digits: int) -> Label:
    """A corner of what is surely allowed with its powers, rounded into the region."""
    return Label(" + ".join(f"{down(value, digits)} W" for value in (x, y) if value > 0), x, y)


def _tell_corners(labels: list[Label], ax: Axes) -> None:
    """Every label up and to the right of its corner, from the right to the left, lifted over those it would cover."""
    width, height = place_in_points(ax)
    per_x, per_y, line = width / ax.get_xlim()[1], height / ax.get_ylim()[1], LINE_PITCH * TEXT_SIZE
    taken: list[tuple[float, float, float]] = []  # left, right and bottom, points
    for label in sorted(labels, key=lambda label: -label.x):
        left, bottom = label.x * per_x + OUTWARDS, label.y * per_y + OUTWARDS
        right = left + text_width([label.text])
        for other_left, other_right, other_bottom in sorted(taken, key=lambda box: box[2]):
            if left < other_right and other_left < right and abs(bottom - other_bottom) < line:
                bottom = other_bottom + line
        taken.append((left, right, bottom))
        ax.annotate(
            label.text,
            (label.x, label.y),
            (OUTWARDS, bottom - label.y * per_y),
            textcoords="offset points",
            fontsize=TEXT_SIZE,
            color=INK,
            path_effects=[withStroke(linewidth=1.6, foreground="white")],
            zorder=5,
        )
