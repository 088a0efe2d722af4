"""How does a drawing sit on paper? Axes in mm at a stated stretch, labels with leader lines that do not cross."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from scipy.optimize import isotonic_regression

from thermopkg.arraytypes import FloatArray

MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 8.5, 7.5, 6.5  # points, on a page as wide as a report's text
LEADER = 12.0  # points between the drawing and its labels
LINE_PITCH = 1.35  # distance of labels from one another over the size of their letters
SMALLEST_TEXT = 5.0  # points; labels are not set smaller, however many there are
INK = "#222222"
FAINT = "#777777"
STRETCHES = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0)
PICTURE_SIZE = (160.0, 85.0)  # mm
MARGINS = (15.0, 4.0, 11.0, 8.0)  # mm at the left, right, bottom and top of a picture


def picture(draw: Callable[[Axes], object], size: tuple[float, float] = PICTURE_SIZE) -> Figure:
    """One drawing on a page of its own, `size` in mm."""
    width, height = size
    left, right, bottom, top = MARGINS
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), dpi=200)
    draw(figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (bottom + top) / height)))
    return figure


# ---------------------------------------------------------------- axes in mm
@dataclass(frozen=True)
class Frame:
    """What a drawing shows: a window in mm, and how many times its height is stretched."""

    across: tuple[float, float]
    up: tuple[float, float]
    stretch: float

    @property
    def told(self) -> str:
        return "to scale" if self.stretch == 1 else f"vertical ×{self.stretch:g}"


def frame(
    ax: Axes, across: tuple[float, float], up: tuple[float, float], reserve: float, stretch: float | None
) -> Frame:
    """Set the axes up in the place they have been given, less `reserve` points at the right.

    Without a stretch the largest round one is taken with which the drawing fits. What the caller's layout does
    later may make the drawing smaller, never distort it.
    """
    width, height = place_in_points(ax)
    width -= reserve
    spans = across[1] - across[0], up[1] - up[0]
    if stretch is None:
        most = height / spans[1] * spans[0] / width
        stretch = max((s for s in STRETCHES if s <= most), default=1.0)
    place = ax.get_position(original=True)
    whole = width + reserve
    ax.set_position((place.x0, place.y0, place.width * width / whole, place.height))
    ax.set_aspect(stretch, adjustable="box", anchor="W")
    ax.set_xlim(*across)
    ax.set_ylim(*up)
    dress(ax)
    return Frame(across, up, stretch)


def dress(ax: Axes) -> None:
    """Ticks and spines as all pictures have them: at the left and the bottom, apart from the drawing."""
    ax.tick_params(labelsize=TEXT_SIZE, color=FAINT, labelcolor=INK, width=0.6, length=2.5)
    for name, spine in ax.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_position(("outward", 3))
        spine.set_color(FAINT)
        spine.set_linewidth(0.6)


def name_axes(ax: Axes, across: str, up: str, title: str) -> None:
    """Title and axes, in the sizes that all pictures have."""
    ax.set_xlabel(across, fontsize=TEXT_SIZE, color=INK)
    ax.set_ylabel(up, fontsize=TEXT_SIZE, color=INK)
    ax.set_title(title, fontsize=TITLE_SIZE, loc="left", color=INK, parse_math=False)


def box_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of the drawing itself as it stands now, points."""
    ax.apply_aspect()
    box = ax.get_window_extent()
    per_pixel = POINTS_PER_INCH / ax.figure.dpi
    return float(box.width) * per_pixel, float(box.height) * per_pixel


def place_in_points(ax: Axes) -> tuple[float, float]:
    """Width and height of the place that the axes have been given, points."""
    place = ax.get_position(original=True)
    per_pixel = POINTS_PER_INCH / ax.figure.dpi
    page = ax.figure.bbox
    return float(place.width * page.width) * per_pixel, float(place.height * page.height) * per_pixel


# ---------------------------------------------------------------- labels
@dataclass(frozen=True)
class Label:
    """A text and the point that it speaks of, in the units of the axes."""

    text: str
    x: float
    y: float


def shortened(text: str, longest: int) -> str:
    """The text, cut where it has more characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def rounded(value: float, digits: int = 4) -> str:
    """To so many significant digits, never as a power of ten, with a minus sign as wide as a plus."""
    text = np.format_float_positional(value, precision=digits, fractional=False, trim="-")
    return text.replace("-", "\N{MINUS SIGN}")


def text_width(texts: Sequence[str], size: float = TEXT_SIZE) -> float:
    """Of the longest, points; zero for none."""
    font = FontProperties(size=size)
    plain = (text.replace("$", r"\$") for text in texts if text)  # nobody's name is a formula
    return max((float(TextPath((0, 0), text, prop=font).get_extents().width) for text in plain), default=0.0)


def lead_labels(ax: Axes, labels: Sequence[Label], right: float) -> None:
    """Set the labels in a column to the right of `right` (units of the axes), each with a line to its point."""
    if not labels:
        return
    width, height = box_in_points(ax)
    room = place_in_points(ax)[1]
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    points = np.array([((a.x - x0) / (x1 - x0) * width, (a.y - y0) / (y1 - y0) * height) for a in labels])
    size = max(min(TEXT_SIZE, room / len(labels) / LINE_PITCH), SMALLEST_TEXT)
    column = (right - x0) / (x1 - x0) * width + LEADER
    overhang = 0.5 * (room - height)
    heights = uncrossed(points, column, (0.5 * size - overhang, height + overhang - 0.5 * size), LINE_PITCH * size)
    halo = [withStroke(linewidth=1.6, foreground="white", alpha=0.8)]
    for label, at in zip(labels, heights, strict=True):
        ax.annotate(
            label.text,
            xy=(label.x, label.y),
            xytext=(x0 + column / width * (x1 - x0), y0 + at / height * (y1 - y0)),
            textcoords="data",
            annotation_clip=False,
            parse_math=False,
            fontsize=size,
            color=INK,
            va="center_baseline",
            arrowprops={
                "arrowstyle": "-", "linewidth": 0.5, "color": INK, "shrinkA": 1.0, "shrinkB": 0.0,
                "relpos": (0.0, 0.5), "path_effects": halo,
            },
        )  # fmt: skip
    ax.plot([a.x for a in labels], [a.y for a in labels], "o", ms=1.8, color=INK, mew=0, zorder=5, clip_on=False)


def uncrossed(points: FloatArray, column: float, span: tuple[float, float], pitch: float) -> FloatArray:
    """Heights in a column for labels of `points`, as near to them as `pitch` and `span` allow, lines not crossing.

    Two lines that cross are made shorter together by changing their ends, so that this comes to an end.

    Parameters
    ----------
    points : in points of the page, shape (n, 2)
    column : where the labels stand across
    """
    order = np.lexsort((points[:, 0], points[:, 1]))
    offsets = pitch * np.arange(len(order))
    free = isotonic_regression(points[order, 1] - offsets).x
    top = max(span[1] - offsets[-1], span[0])
    heights = np.empty(len(order))
    heights[order] = np.clip(free, span[0], top) + offsets
    crossed = True
    while crossed:
        crossed = False
        for i, j in combinations(range(len(order)), 2):
            if _cross(points[i], heights[i], points[j], heights[j], column):
                heights[i], heights[j] = heights[j], heights[i]
                crossed = True
    return heights


def _cross(first: FloatArray, first_end: float, second: FloatArray, second_end: float, column: float) -> bool:
    start = max(first[0], second[0])
    at_start = [
        a[1] + (end - a[1]) * (start - a[0]) / (column - a[0]) for a, end in ((first, first_end), (second, second_end))
    ]
    return bool((at_start[0] - at_start[1]) * (first_end - second_end) < -1e-9)  # touching to rounding is no crossing
