"""How is the package put together? Its parts lifted apart along z, seen from above at an angle.

A parallel projection: x runs to the right and down, y to the right and up, z up. Heights are stretched by a stated
factor, and the room between the parts is there for sight alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.solids import Role, Solid
from thermopkg.report.cuts import MM, MUCH_WIDER, package_box
from thermopkg.report.drawing import (
    INK,
    LEADER,
    STRETCHES,
    TITLE_SIZE,
    Label,
    frame,
    lead_labels,
    rounded,
    shortened,
    text_width,
)
from thermopkg.report.palette import Colour, items

ACROSS, UP = math.cos(math.radians(30)), math.sin(math.radians(30)) * 0.8  # of a step along x or y on paper
SHADES = {"top": 1.0, "left": 0.86, "right": 0.7}  # of the colour, on the three sides that are seen
APART = 0.16  # of the drawing's width, between a level and the next
FLATTEST = 0.35  # of the drawing's width, that all levels together are high at least, by stretching
ALONE: tuple[Role, ...] = ("bumps",)  # lifted off the part that they belong to
GHOSTS: tuple[Role, ...] = ("encapsulant",)  # drawn so that one can see what they hold
GHOST_OPACITY = 0.45
UNSEEN: tuple[Role, ...] = ("fill",)
MOST_BOXES = 6_000  # of one piece; more are finer than the picture, and every n-th is drawn
LONGEST_LABEL = 40  # characters
SAME_HEIGHT = 1e-6  # relative
PAGE = 150.0, 45.0, 8.0  # mm: width, height of a page without a level, and what a level takes
LINE, HAIRLINE = 0.3, 0.06  # points, the edges of a box and of one that is hardly larger than its edges
SMALL = 0.02  # of the drawing's width; boxes below have hairlines


@dataclass(frozen=True, eq=False)
class Piece:
    """What is lifted as one: boxes in mm, shape (n, 3, 2), with the colour of each, and one name."""

    name: str
    boxes: FloatArray
    colours: tuple[Colour, ...]
    ghost: bool

    @property
    def bounds(self) -> FloatArray:
        """The box around all boxes, mm, shape (3, 2)."""
        return np.stack([self.boxes[:, :, 0].min(axis=0), self.boxes[:, :, 1].max(axis=0)], axis=1)


def page_size(model: VoxelModel) -> tuple[float, float]:
    """A page on which all levels have room, mm."""
    width, bare, level = PAGE
    return width, bare + level * len(_levels(_pieces(model)))


def draw_exploded(model: VoxelModel, ax: Axes) -> Axes:
    """All parts of a package lifted apart, from the lowest to the highest, each named once."""
    levels = _levels(_pieces(model))
    window = _window(model)
    width = ACROSS * float((window[:, 1] - window[:, 0]).sum())
    heights = [max(p.bounds[2, 1] for p in level) - min(p.bounds[2, 0] for p in level) for level in levels]
    stretch = next((s for s in STRETCHES if s * sum(heights) >= FLATTEST * width), STRETCHES[-1])
    polygons: list[FloatArray] = []
    faces: list[tuple[float, ...]] = []
    lines: list[float] = []
    labels: list[Label] = []
    base = 0.0
    for level, height in zip(levels, heights, strict=True):
        foot = min(piece.bounds[2, 0] for piece in level)
        for piece in sorted(level, key=lambda p: _nearness(p.bounds)):
            lifted = _lifted(piece, window, foot, base, stretch)
            for box, colour in lifted:
                small = ACROSS * float((box[:2, 1] - box[:2, 0]).sum()) < SMALL * width
                for side, polygon in _sides(box).items():
                    polygons.append(polygon)
                    lines.append(HAIRLINE if small else LINE)
                    shaded = tuple(SHADES[side] * value for value in colour)
                    faces.append((*shaded, GHOST_OPACITY if piece.ghost else 1.0))
            right = max((box for box, _ in lifted), key=lambda box: (box[0, 1] + box[1, 1], box[2, 1]))
            labels.append(Label(piece.name, *_right_edge(right)))
        base += stretch * height + APART * width
    points = np.concatenate(polygons)
    low, high = points.min(axis=0), points.max(axis=0)
    reserve = LEADER + text_width([label.text for label in labels])
    frame(ax, (float(low[0]), float(high[0])), (float(low[1]), float(high[1])), reserve, 1.0)
    ax.add_collection(
        PolyCollection(polygons, facecolors=faces, edgecolors=INK, linewidths=lines, clip_on=False), autolim=False
    )
    lead_labels(ax, labels, float(high[0]))
    ax.set_axis_off()
    cut = "" if (window == model.package.bounds * MM).all() else "; the board goes on"
    ax.set_title(_title(stretch) + cut, fontsize=TITLE_SIZE, loc="left", color=INK, parse_math=False)
    return ax


def _title(stretch: float) -> str:
    return "Exploded view, to scale" if stretch == 1 else f"Exploded view, heights ×{rounded(stretch)}"


# ---------------------------------------------------------------- what is lifted
def _pieces(model: VoxelModel) -> list[Piece]:
    """Every part as one piece; what stands between two parts as a piece of its own."""
    found, table = items(model)
    groups: dict[tuple[str, Role | None], list[tuple[Solid, Colour]]] = {}
    for number, solid in enumerate(model.package.solids):
        if solid.role not in UNSEEN:
            key = solid.part, solid.role if solid.role in ALONE else None
            groups.setdefault(key, []).append((solid, found[int(table[number])].colour))
    return [_piece(part, role, members) for (part, role), members in groups.items()]


def _piece(part: str, role: Role | None, members: Sequence[tuple[Solid, Colour]]) -> Piece:
    boxes, colours = [], []
    for solid, colour in members:
        step = max(1, math.ceil(len(solid.boxes) / MOST_BOXES))
        kept = solid.boxes[::step] * MM
        boxes.append(kept)
        colours += [colour] * len(kept)
    materials = dict.fromkeys(solid.material for solid, _ in sorted(members, key=lambda member: -member[0].volume))
    count = sum(len(solid.boxes) for solid, _ in members)
    number = f"{count:,} " if role == "bumps" else ""
    whose = f"{part}: {number}{role} of " if role is not None else f"{part}: "
    name = shortened(whose + ", ".join(materials), LONGEST_LABEL)
    ghost = all(solid.role in GHOSTS for solid, _ in members)
    return Piece(name, np.concatenate(boxes), tuple(colours), ghost)


def _levels(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces from the lowest to the highest; those at one height that lie beside one another share a level.

    What holds others, as a moulding does, comes right above the highest of those that end below its top.
    """

    def height(piece: Piece) -> tuple[float, bool]:
        held = [other for other in pieces if piece.ghost and _ends_in(other, piece)]
        return max(float(p.bounds[2].mean()) for p in held or [piece]), piece.ghost

    levels: list[list[Piece]] = []
    for piece in sorted(pieces, key=height):
        if levels and all(_beside(piece, other) for other in levels[-1]):
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return levels


def _ends_in(piece: Piece, ghost: Piece) -> bool:
    return not piece.ghost and bool(ghost.bounds[2, 0] < piece.bounds[2, 1] < ghost.bounds[2, 1] * (1 - SAME_HEIGHT))


def _beside(first: Piece, second: Piece) -> bool:
    """Whether two pieces overlap in height and in no column."""
    common = np.minimum(first.bounds[:, 1], second.bounds[:, 1]) - np.maximum(first.bounds[:, 0], second.bounds[:, 0])
    return bool(common[2] > 0 and (common[:2] <= 0).any())


def _window(model: VoxelModel) -> FloatArray:
    """What is shown in plan, mm, shape (3, 2): everything, or the package where a board is much wider."""
    whole, inner = model.package.bounds * MM, package_box(model)
    spans, inner_spans = whole[:2, 1] - whole[:2, 0], inner[:2, 1] - inner[:2, 0]
    if (spans <= MUCH_WIDER * inner_spans).all():
        return np.asarray(whole)
    shown = whole.copy()
    centre, half = inner[:2].mean(axis=1), 0.5 * MUCH_WIDER * inner_spans
    shown[:2, 0], shown[:2, 1] = np.maximum(whole[:2, 0], centre - half), np.minimum(whole[:2, 1], centre + half)
    return np.asarray(shown)


# ---------------------------------------------------------------- on paper
def _lifted(
    piece: Piece, window: FloatArray, foot: float, base: float, stretch: float
) -> list[tuple[FloatArray, Colour]]:
    """The boxes of a piece that are in sight, the farthest first, at their height on paper."""
    boxes = piece.boxes.copy()
    boxes[:, :2] = np.clip(boxes[:, :2], window[:2, :1], window[:2, 1:])
    boxes[:, 2] = base + stretch * (boxes[:, 2] - foot)
    kept = [(box, colour) for box, colour in zip(boxes, piece.colours, strict=True) if (box[:, 1] > box[:, 0]).all()]
    return sorted(kept, key=lambda item: _nearness(item[0]) + float(item[0][2].mean()))


def _nearness(box: FloatArray) -> float:
    """How near to the eye the middle of a box is in plan: the nearest corner is that of high x and low y."""
    return float(box[0].mean() - box[1].mean())


def _sides(box: FloatArray) -> dict[str, FloatArray]:
    """The three faces that are seen, as polygons on paper, shape (4, 2)."""
    (x0, x1), (y0, y1), (z0, z1) = box
    return {
        "left": _paper([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)]),
        "right": _paper([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)]),
        "top": _paper([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)]),
    }


def _right_edge(box: FloatArray) -> tuple[float, float]:
    """A point on the right face of a box, near its far edge."""
    (_, x1), (y0, y1), (z0, z1) = box
    ((across, up),) = _paper([(x1, y1 - 0.05 * (y1 - y0), 0.5 * (z0 + z1))])
    return float(across), float(up)


def _paper(points: Sequence[tuple[float, float, float]]) -> FloatArray:
    x, y, z = np.array(points).T
    return np.stack([ACROSS * (x + y), UP * (y - x) + z], axis=1)
