"""How does a bracketed map look? Contours with the claims' window, the bracket's width, and cuts with their bands."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from thermopkg.arraytypes import FloatArray
from thermopkg.explore.chart import Chart
from thermopkg.explore.frames import headed
from thermopkg.explore.variation import Variation
from thermopkg.report.drawing import FAINT, INK, SMALL_SIZE, TEXT_SIZE, dress, name_axes
from thermopkg.report.pictures import save
from thermopkg.report.sweep import window_words
from thermopkg.report.variants import symbol
from thermopkg.report.variants_plot import COLOURS

MAP_SIZE, LINE_SIZE = (105.0, 88.0), (110.0, 80.0)  # mm
N_LEVELS = 12
N_CUTS = 4  # of a cut, at values of another parameter
WINDOW = "#b5006e"  # colour of what the claims want, beside greens and blues
BELOW = 44.0  # points from the map to the words on its window
SHADE = 0.55  # of white over what lies outside of it


def draw_maps(chart: Chart, ax: Axes) -> Axes:
    """The number over two parameters, and beside it half the bracket's width."""
    second = ax.inset_axes((1.2, 0.0, 1.0, 1.0))
    draw_width(chart, second)
    return draw_map(chart, ax)


def draw_map(chart: Chart, ax: Axes) -> Axes:
    """Contours of the number over the first two parameters, with the window that the claims want."""
    x, y, values = _plane(chart, "value")
    _contours(ax, x, y, values, "viridis")
    _draw_windows(chart, ax)
    rest = _held(chart)
    title = f"{headed(symbol(chart.asked.name), chart.asked.unit)}{rest}"
    return _named(chart, ax, title)


def draw_width(chart: Chart, ax: Axes) -> Axes:
    """Half the bracket's width over the value, of which nearly all is the mesh's own."""
    x, y, values = _plane(chart, "relative_half_width")
    _contours(ax, x, y, 100 * values, "Greys")
    return _named(chart, ax, f"half-width of the bracket [%]{_held(chart)}")


def draw_line(chart: Chart, ax: Axes, *, parameter: str) -> Axes:
    """The number along one parameter with its band; at a few values of another one, the rest in their middles."""
    names = [v.parameter.name for v in chart.varied]
    axis = names.index(parameter)
    own = chart.varied[axis]
    middle = [n // 2 for n in chart.shape]
    other = next((a for a in range(len(names)) if a != axis), None)
    places: Sequence[int | None] = [None]
    if other is not None:
        places = sorted(set(np.linspace(0, chart.shape[other] - 1, N_CUTS).round().astype(int).tolist()))
    x = np.array([own.parameter.in_unit(value) for value in own.values])
    for number, place in enumerate(places):
        at = list(middle)
        label = None
        if other is not None and place is not None:
            at[other] = place
            varied = chart.varied[other]
            label = f"{names[other]} {varied.parameter.shown(float(varied.values[place]))}"
        found = chart.cut(axis, at)
        colour = COLOURS[number % len(COLOURS)]
        ax.fill_between(x, found.lower, found.upper, color=colour, alpha=0.25, lw=0)
        ax.plot(x, found.value, color=colour, lw=1, label=label)
    for window in chart.windows:
        if window.parameter == parameter:
            for end in (window.low, window.high):
                if end is not None:
                    ax.axvline(own.parameter.in_unit(end), color=WINDOW, lw=0.8, ls=(0, (4, 3)))
    _scale(ax, "x", own)
    dress(ax)
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5)
    if other is not None:
        ax.legend(fontsize=TEXT_SIZE, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    title = f"{symbol(chart.asked.name)} along {parameter}; the bands are guaranteed"
    across = headed(parameter, own.parameter.unit)
    name_axes(ax, across, headed(symbol(chart.asked.name), chart.asked.unit), title)
    return ax


def save_map(folder: Path, chart: Chart) -> None:
    """Write map.png, where two parameters vary, and a picture of cuts along each."""
    if len(chart.shape) > 1 and min(chart.shape[:2]) > 1:
        save(folder / "map.png", partial(draw_maps, chart), MAP_SIZE)
    for varied in chart.varied:
        name = varied.parameter.name
        file = "".join(sign if sign.isalnum() or sign in "-_." else "-" for sign in name)
        save(folder / f"along-{file}.png", partial(draw_line, chart, parameter=name), LINE_SIZE)


# ---------------------------------------------------------------- parts of a map
def _plane(chart: Chart, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Values of the first two parameters in their units, and the map over them, shape (n_second, n_first)."""
    x, y = (np.array([v.parameter.in_unit(value) for value in v.values]) for v in chart.varied[:2])
    index: tuple[slice | int, ...] = (slice(None), slice(None), *(n // 2 for n in chart.shape[2:]))
    return x, y, np.asarray(getattr(chart.plane(index), name)).T


def _held(chart: Chart) -> str:
    """Where the parameters beyond the first two stand."""
    held = [f"{v.parameter.name} {v.parameter.shown(float(v.values[v.values.size // 2]))}" for v in chart.varied[2:]]
    return f", {', '.join(held)}" if held else ""


def _contours(ax: Axes, x: FloatArray, y: FloatArray, values: FloatArray, colours: str) -> None:
    if np.ptp(values) <= 1e-9 * np.abs(values).max():  # a flat map has no contours
        ax.pcolormesh(x, y, values, cmap=colours, shading="nearest", rasterized=True)
        return
    filled = ax.contourf(x, y, values, N_LEVELS, cmap=colours, alpha=0.75)
    lines = ax.contour(x, y, values, filled.levels, colors=INK, linewidths=0.5)
    digits = max(0, int(np.ceil(-np.log10(np.diff(np.array(filled.levels)).min()) - 1e-9)))
    for text in ax.clabel(lines, fontsize=SMALL_SIZE, fmt=lambda value: f"{value:.{digits}f}", inline_spacing=2):
        text.set_clip_on(True)


def _draw_windows(chart: Chart, ax: Axes) -> None:
    """What the claims want, as a frame around it, and what lies outside under a veil."""
    own = chart.varied[:2]
    drawn = [w for w in chart.windows if w.parameter in [v.parameter.name for v in own]]
    if not drawn:
        return
    ends = []
    for varied in own:
        low, high = (varied.parameter.in_unit(end) for end in (varied.low, varied.high))
        for window in drawn:
            if window.parameter == varied.parameter.name:
                low = max(low, varied.parameter.in_unit(window.low))
                high = high if window.high is None else min(high, varied.parameter.in_unit(window.high))
        ends.append((low, high))
    (x0, x1), (y0, y1) = ends
    if x1 <= x0 or y1 <= y0:
        return
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    for corner, width, height in (
        ((left, bottom), x0 - left, top - bottom), ((x1, bottom), right - x1, top - bottom),
        ((x0, bottom), x1 - x0, y0 - bottom), ((x0, y1), x1 - x0, top - y1),
    ):  # fmt: skip
        ax.add_patch(Rectangle(corner, width, height, color="white", alpha=SHADE, lw=0, zorder=3))
    frame = Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, ec=WINDOW, lw=1.6, zorder=4, clip_on=False)
    ax.add_patch(frame)
    told = "wanted: " + "; ".join(f"{window_words(w, chart)} ({w.claim})" for w in drawn)
    ax.annotate(
        told, (0.0, 0.0), (0.0, -BELOW), "axes fraction", textcoords="offset points", fontsize=SMALL_SIZE, color=WINDOW,
        annotation_clip=False,
    )  # fmt: skip


def _named(chart: Chart, ax: Axes, title: str) -> Axes:
    first, second = chart.varied[:2]
    _scale(ax, "x", first)
    _scale(ax, "y", second)
    dress(ax)
    pair = [headed(v.parameter.name, v.parameter.unit) for v in (first, second)]
    name_axes(ax, pair[0], pair[1], title)
    return ax


def _scale(ax: Axes, which: Literal["x", "y"], varied: Variation) -> None:
    if varied.spacing != "log":
        return
    ax.set(**{f"{which}scale": "log"})
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
