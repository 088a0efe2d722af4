"""How is a temperature map drawn? A sampled field with isotherms, its hottest point and a colour bar."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.report.cuts import Cut, hottest_corner, sample
from thermopkg.report.drawing import FAINT, INK, SMALL_SIZE, TEXT_SIZE, Frame, box_in_points

HEAT = "inferno"  # even in lightness for every kind of colour vision, and in grey print
COLOUR_BAR = 52.0  # points that a colour bar takes with its numbers and name
BAR_GAP, BAR_WIDTH = 8.0, 7.0  # points
PIXELS_PER_POINT = 300 / 72  # 300 to the inch
ISOTHERMS = 9  # at most about so many
COLD_CORNERS = 4.0  # percent of the picture, such as the air beside the outermost balls
COLD_SHARE = 0.4  # of all temperatures, that those must take to be left off the scale
FLAT = 1e-6  # K; a field that spans less has no isotherms
LABEL_WIDTH, LABEL_HEIGHT = 34.0, 10.0  # points that an isotherm's label needs
LABEL_TRIES = 80  # places looked at on every piece of an isotherm
LABEL_PIECES = 3  # of every isotherm, the longest
FAR_ENOUGH = 90.0  # points between two labels; more is not better
# what stands against a place, as points of distance from other labels: a border across it, another isotherm through
# it, a line bent double
BORDER_COST, CROWD_COST, BEND_COST = 40.0, 35.0, 120.0


def draw_map(ax: Axes, framed: Frame, cut: Cut, values: FloatArray, borders: FloatArray) -> float:
    """Draw a field given at the corners of a cut's cells, degC; returns the highest temperature in the window.

    The colours span all but the coldest few percent of the picture, where those lie far below the rest.
    Labels keep away from the `borders`, lines of shape (n, 2, 2) in mm.
    """
    width, height = box_in_points(ax)
    pixels = int(width * PIXELS_PER_POINT), int(height * PIXELS_PER_POINT)
    image = sample(cut, values, framed.across, framed.up, pixels)
    u, v, high = _hottest(framed, cut, values)
    low = _lowest(image, high)
    flat = high - low < FLAT
    limits = (low - 0.5, high + 0.5) if flat else (low, high)
    shown = ax.imshow(
        image.T, origin="lower", extent=(*framed.across, *framed.up), aspect=framed.stretch, interpolation="nearest",
        cmap=HEAT, vmin=limits[0], vmax=limits[1], zorder=1,
    )  # fmt: skip
    bar = ax.figure.colorbar(
        shown,
        cax=ax.inset_axes((1.0 + BAR_GAP / width, 0.0, BAR_WIDTH / width, 1.0)),
        extend="min" if float(np.nanmin(image)) < low else "neither",
    )
    bar.set_label("temperature [°C]", fontsize=TEXT_SIZE, color=INK)
    bar.ax.tick_params(labelsize=TEXT_SIZE, color=FAINT, labelcolor=INK, width=0.6, length=2.5)
    bar.outline.set_visible(False)
    if not flat:
        _draw_isotherms(ax, framed, image, limits, borders)
        ax.plot(u, v, "+", ms=5, mew=0.7, color="black", zorder=4)
    return high


def _hottest(framed: Frame, cut: Cut, values: FloatArray) -> tuple[float, float, float]:
    """Where in the window it is hottest, mm, and how hot: at a corner, as the field is bilinear between them."""
    (x0, x1), (y0, y1) = framed.across, framed.up
    seen = ((cut.u >= x0) & (cut.u <= x1))[:, None] & ((cut.v >= y0) & (cut.v <= y1))
    shown = np.where(seen, values, np.nan)
    i, j = hottest_corner(shown, (cut.u, cut.v))
    return float(cut.u[i]), float(cut.v[j]), float(shown[i, j])


def _lowest(image: FloatArray, high: float) -> float:
    """Where the scale of the colours begins, degC."""
    low, most = float(np.nanmin(image)), float(np.nanpercentile(image, COLD_CORNERS))
    return most if most - low > COLD_SHARE * (high - low) else low


def _draw_isotherms(
    ax: Axes, framed: Frame, image: FloatArray, limits: tuple[float, float], borders: FloatArray
) -> None:
    low, high = limits
    steps = MaxNLocator(ISOTHERMS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    levels = [float(level) for level in steps if low < level < high]
    # light lines on the dark half of the map, dark ones on the light half
    colours = ["white" if _lightness((level - low) / (high - low)) < 0.5 else "black" for level in levels]
    u, v = _pixel_middles(framed, image)
    lines = ax.contour(u, v, np.ma.masked_invalid(image.T), levels=levels, colors=colours, linewidths=0.5, zorder=3)
    page = _Page(framed, box_in_points(ax), image, np.array(levels))
    places = _label_places(page, lines.allsegs, page.marked(borders))
    ax.clabel(
        lines, fontsize=SMALL_SIZE, fmt=lambda level: f"{level:g} °C", inline_spacing=2, zorder=4,
        manual=[page.in_mm(place) for place in places],
    )  # fmt: skip


def _pixel_middles(framed: Frame, image: FloatArray) -> tuple[FloatArray, FloatArray]:
    (x0, x1), (y0, y1) = framed.across, framed.up
    across, up = ((np.arange(n) + 0.5) / n for n in image.shape)
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def _lightness(share: float) -> float:
    red, green, blue, _ = colormaps[HEAT](share)
    return 0.3 * red + 0.59 * green + 0.11 * blue


# ---------------------------------------------------------------- where the isotherms' labels go
@dataclass(frozen=True, eq=False)
class _Page:
    """The drawing in points of the page: its size there, the image and the levels of its isotherms."""

    framed: Frame
    size: tuple[float, float]
    image: FloatArray
    levels: FloatArray

    def in_points(self, at: FloatArray) -> FloatArray:
        low = np.array([self.framed.across[0], self.framed.up[0]])
        high = np.array([self.framed.across[1], self.framed.up[1]])
        return np.asarray((at - low) / (high - low) * self.size)

    def in_mm(self, at: FloatArray) -> tuple[float, float]:
        (x0, x1), (y0, y1) = self.framed.across, self.framed.up
        return x0 + float(at[0]) / self.size[0] * (x1 - x0), y0 + float(at[1]) / self.size[1] * (y1 - y0)

    def marked(self, lines: FloatArray) -> BoolArray:
        """Which pixels lie on upright or level lines, mm."""
        marks = np.zeros(self.image.shape, bool)
        ends = (self.in_points(lines) / self.size * self.image.shape).astype(int)
        for (i0, j0), (i1, j1) in np.clip(ends, 0, np.array(self.image.shape) - 1):
            marks[min(i0, i1) : max(i0, i1) + 1, min(j0, j1) : max(j0, j1) + 1] = True
        return marks

    def around(self, at: FloatArray) -> tuple[slice, slice] | None:
        """The pixels that a label at `at` covers; None where it would stick out of the page."""
        shape = self.image.shape
        per_point = np.array(shape) / self.size
        half = 0.5 * np.array([LABEL_WIDTH, LABEL_HEIGHT])
        (i0, j0), (i1, j1) = np.floor((at - half) * per_point).astype(int), ((at + half) * per_point).astype(int)
        if i0 < 0 or j0 < 0 or i1 >= shape[0] or j1 >= shape[1]:
            return None
        return slice(i0, i1 + 1), slice(j0, j1 + 1)


def _label_places(page: _Page, isotherms: Sequence[Sequence[FloatArray]], borders: BoolArray) -> list[FloatArray]:
    """At most one place for each isotherm, points: on the map, apart from other labels, where the line is straight."""
    taken: list[FloatArray] = []
    for pieces in isotherms:
        long_first = sorted((page.in_points(piece) for piece in pieces), key=_length, reverse=True)
        tries = [a for piece in long_first[:LABEL_PIECES] for a in _tries(piece)]
        scored = [(_worth(page, at, taken, borders) - BEND_COST * bend, at) for at, bend in tries]
        best = max(scored, key=lambda pair: pair[0], default=(-np.inf, np.zeros(2)))
        if best[0] > 0:
            taken.append(best[1])
    return taken


def _tries(line: FloatArray) -> list[tuple[FloatArray, float]]:
    """Places on a line that leave room for a label on both sides, each with how much the line is bent there."""
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    if along[-1] < LABEL_WIDTH:
        return []
    at = np.linspace(0.5 * LABEL_WIDTH, along[-1] - 0.5 * LABEL_WIDTH, LABEL_TRIES)
    before, middle, after = (
        np.stack([np.interp(at + shift, along, line[:, axis]) for axis in (0, 1)], axis=1)
        for shift in (-0.5 * LABEL_WIDTH, 0.0, 0.5 * LABEL_WIDTH)
    )
    bend = 1 - np.hypot(*(after - before).T) / LABEL_WIDTH
    return list(zip(middle, bend, strict=True))


def _worth(page: _Page, at: FloatArray, taken: Sequence[FloatArray], borders: BoolArray) -> float:
    apart = min((float(np.hypot(*(at - other))) for other in taken), default=FAR_ENOUGH)
    covered = page.around(at)
    if covered is None or apart < LABEL_WIDTH:
        return -np.inf
    coldest, hottest = page.image[covered].min(), page.image[covered].max()
    if np.isnan(coldest):  # part of the label would stand on nothing
        return -np.inf
    others = max(int(((page.levels > coldest) & (page.levels < hottest)).sum()) - 1, 0)
    lines = borders[covered].sum() / borders[covered].shape[1]
    return float(min(apart, FAR_ENOUGH) - BORDER_COST * lines - CROWD_COST * others)


def _length(line: FloatArray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())
