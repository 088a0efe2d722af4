"""How do the watts go, drawn? Bars from the sources to the exits, and bands between them as wide as their watts."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from thermopkg.answer.flows import Flows
from thermopkg.arraytypes import FloatArray
from thermopkg.report.columns import Columns, columns
from thermopkg.report.drawing import (
    FAINT,
    INK,
    SMALL_SIZE,
    SMALLEST_TEXT,
    TEXT_SIZE,
    TITLE_SIZE,
    place_in_points,
    rounded,
    shortened,
    text_width,
)
from thermopkg.report.palette import Colour, kind_colour
from thermopkg.report.streams import IN, LEAST, Bar, Streams, streams

BAR = 7.0  # points, the width of a bar
PITCH = 1.3  # of lines over the size of their letters
GAP = 2.0  # points between a bar and its label, and between labels
LABEL = PITCH * (TEXT_SIZE + SMALL_SIZE) + GAP  # points over a bar, for its name and its watts
OPACITY = 0.55  # of a band
DARKER = 0.72  # of the colour, around a band: pale ones are seen by it
PALE = 0.9  # of white; bands of lighter colours are darkened to it
LONGEST_TITLE = 90  # characters
TOLD = 0.1 * LEAST  # of all heat; as much is told where it is not drawn


Standing = tuple[float, float, float]  # of a bar: middle across, lowest and highest point, points


def draw_sankey(flows: Flows, ax: Axes) -> Axes:
    """Every solid that passes heat as a bar, what crosses between them as bands, and the exits by the way they look.

    Bars are as high as all of their heat. Net flows of less than a hundredth of the heat are not drawn.
    """
    found = streams(flows)
    width, height = place_in_points(ax)
    plan = columns(found, height, LABEL)
    texts = {name: (bar.label, figures(bar, found.total)) for name, bar in found.bars.items()}
    widths = {name: max(text_width([label]), text_width([watts], SMALL_SIZE)) for name, (label, watts) in texts.items()}
    left, step = _across(plan, widths, width)
    for pair, middles in plan.bands.items():
        start, end = (left + step * plan.column[name] for name in pair)
        between = [x + beside for x in np.arange(start + step, end - 0.5 * step, step) for beside in (0.0, BAR)]
        points = np.array([[start + BAR, *between, end], [middles[0], *np.repeat(middles[1:-1], 2), middles[-1]]]).T
        _draw_band(ax, points, plan.scale * found.bands[pair], kind_colour(found.bars[pair[0]].kind))
    bars = {}
    for name, bar in found.bars.items():
        high, x = plan.scale * bar.watts, left + step * plan.column[name]
        low = plan.middle[name] - 0.5 * high
        bars[name] = (x + 0.5 * BAR, low, low + high)
        place = Rectangle((x, low), BAR, high, fc=kind_colour(bar.kind), ec=INK, lw=0.5, zorder=3, clip_on=False)
        ax.add_patch(place)
    _draw_labels(ax, texts, widths, bars, plan, step)
    ax.set_xlim(0.0, width)
    ax.set_ylim(0.0, height)
    ax.set_axis_off()
    title = shortened(f"Which way the watts go: {_told(found)}", LONGEST_TITLE)
    ax.set_title(title, fontsize=TITLE_SIZE, loc="left", color=INK, parse_math=False)
    if found.left_out >= TOLD * found.total:
        aside = f"not drawn: flows below {100 * LEAST:.0f} % of all heat"
        ax.annotate(aside, (0.0, -GAP), fontsize=SMALL_SIZE, color=FAINT, ha="left", va="top", annotation_clip=False)
    return ax


def _across(plan: Columns, widths: Mapping[str, float], width: float) -> tuple[float, float]:
    """Where the first column begins, and how far the columns are apart: labels fit in at both ends, points."""
    left = max(0.5 * (widths[name] - BAR) for name, column in plan.column.items() if column == 0)
    right = BAR + GAP + max(widths[name] for name, column in plan.column.items() if column == plan.last)
    return left, (width - left - right) / plan.last


def figures(bar: Bar, total: float) -> str:
    """The watts of a bar and their share of all heat."""
    share = 100 * bar.watts / total
    return f"{rounded(bar.watts, 3)} W, {share:.0f} %" if share >= 9.95 else f"{rounded(bar.watts, 3)} W, {share:.1f} %"


def _told(found: Streams) -> str:
    """What makes how much."""
    sources = sorted((bar for bar in found.bars.values() if bar.made), key=lambda bar: -bar.made)
    return ", ".join(f"{rounded(bar.made, 3)} W from {bar.label.removeprefix(IN)}" for bar in sources)


def _draw_band(ax: Axes, points: FloatArray, width: float, colour: Colour) -> None:
    """A ribbon through the points, level at each."""
    above, below = points + np.array([0.0, 0.5 * width]), (points - np.array([0.0, 0.5 * width]))[::-1]
    vertices, codes = _curve(above, Outline.MOVETO)
    back, more = _curve(below, Outline.LINETO)
    outline = Outline(np.array([*vertices, *back, above[0]]), [*codes, *more, Outline.CLOSEPOLY])
    shade = min(1.0, PALE * 3 / sum(colour))
    face, edge = ([factor * value for value in colour] for factor in (shade, DARKER))
    ax.add_patch(PathPatch(outline, fc=(*face, OPACITY), ec=edge, lw=0.3, zorder=2, clip_on=False))


def _curve(line: FloatArray, begin: np.uint8) -> tuple[list[Sequence[float]], list[np.uint8]]:
    vertices: list[Sequence[float]] = [line[0]]
    for start, end in pairwise(line):
        half = 0.5 * (start[0] + end[0])
        vertices += [(half, start[1]), (half, end[1]), end]
    return vertices, [begin, *[Outline.CURVE4] * (len(vertices) - 1)]


def _draw_labels(
    ax: Axes,
    texts: Mapping[str, tuple[str, str]],
    widths: Mapping[str, float],
    bars: Mapping[str, Standing],
    plan: Columns,
    step: float,
) -> None:
    """Names over watts: beside the exits, over all other bars, and there in letters that the columns have room for."""
    inner = sorted((name for name in bars if plan.column[name] < plan.last), key=lambda name: plan.column[name])
    widest = max(widths[name] for name in inner)
    shrunk = min(1.0, max((step - GAP) / widest, SMALLEST_TEXT / SMALL_SIZE))
    places = _free(inner, bars, {name: shrunk * widths[name] for name in inner}, shrunk * LABEL)
    for name, texts_of in texts.items():
        if name in places:
            _draw_label(ax, texts_of, places[name], "center", shrunk)
        else:
            middle, low, top = bars[name]
            _draw_label(ax, texts_of, (middle + 0.5 * BAR + GAP, 0.5 * (low + top - LABEL)), "left", 1.0)


def _free(
    names: Sequence[str], bars: Mapping[str, Standing], widths: Mapping[str, float], high: float
) -> dict[str, tuple[float, float]]:
    """Middle and lowest point of every label: above its bar, or below where less stands; they choose in turn."""
    taken: list[tuple[float, float, float]] = []
    found = {}
    for name in names:
        middle, low, top = bars[name]

        def crowded(at: float, middle: float = middle, own: float = widths[name]) -> float:
            beside = ((0.5 * (own + w) - abs(middle - m), high - abs(at - y)) for m, y, w in taken)
            return sum(across * up for across, up in beside if across > 0 and up > 0)

        found[name] = middle, min((top + GAP, low - high), key=crowded)
        taken.append((*found[name], widths[name]))
    return found


def _draw_label(ax: Axes, texts: tuple[str, str], at: tuple[float, float], across: str, shrunk: float) -> None:
    """A name over its watts, from the lowest point up."""
    (name, watts), (x, y) = texts, at
    halo = [withStroke(linewidth=1.8, foreground="white", alpha=0.85)]
    for text, size, up in ((watts, SMALL_SIZE, y), (name, TEXT_SIZE, y + PITCH * SMALL_SIZE)):
        ax.annotate(
            text, (x, up), fontsize=max(shrunk * size, SMALLEST_TEXT), ha=across, va="bottom", color=INK,
            path_effects=halo, zorder=5, parse_math=False, annotation_clip=False,
        )  # fmt: skip
