"""What does the package look like, and how hot is it where? Sections, plans, the heat path and the bounds, drawn.

Every function draws into the place that its axes have been given, leaves room there for labels, and returns the axes.
"""

from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from thermopkg.answer.path import Drop, HeatPath
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.report.cuts import (
    MM,
    Cut,
    cut_plan,
    cut_section,
    hottest_corner,
    outlines,
    package_box,
    section_values,
    telling_points,
    telling_y,
    telling_z,
    window_x,
)
from thermopkg.report.drawing import (
    FAINT,
    INK,
    LEADER,
    Label,
    dress,
    frame,
    lead_labels,
    name_axes,
    place_in_points,
    rounded,
    shortened,
    text_width,
)
from thermopkg.report.maps import COLOUR_BAR, draw_map
from thermopkg.report.palette import Item, items, kind_colour

MOST_JOINTS_DRAWN = 20_000  # beyond this they are finer than the picture
OUTLINED = ("chip", "heat-sink")  # kinds of parts that a plan shows wherever they lie
PLAN_MARGIN = 0.12  # of the chip's size, shown around it


# ---------------------------------------------------------------- the package
def draw_section(model: VoxelModel, ax: Axes, *, y: float | None = None, stretch: float | None = None) -> Axes:
    """The stack in section, every region in its own colour, each part and material named once.

    Parameters
    ----------
    y : m; by default where the section meets the most joints, near the middle
    stretch : of the vertical; by default the largest round one that fits
    """
    found, cut = _items_in_section(model, telling_y(model) if y is None else y)
    window = window_x(model)
    points = telling_points(cut, window)
    reserve = LEADER + text_width([found[number].label for number in points])
    framed = frame(ax, window, (cut.v[0], cut.v[-1]), reserve, stretch)
    colours = np.array([*((*item.colour, 1.0) for item in found), (1.0, 1.0, 1.0, 0.0)])
    ax.pcolormesh(cut.u, cut.v, colours[cut.region].transpose(1, 0, 2), zorder=1)
    _draw_borders(ax, outlines(cut, window), INK)
    lead_labels(ax, [Label(found[number].label, *point) for number, point in points.items()], window[1])
    title = f"Section at y = {rounded(cut.at, 3)} mm, {framed.told}"
    name_axes(ax, _across(model, window), "z [mm]", title)
    return ax


def draw_layout(model: VoxelModel, ax: Axes, *, z: float | None = None) -> Axes:
    """The package seen from above, cut open at one height; chips and sinks that lie elsewhere as dashed outlines.

    Wires that the plane meets are drawn along their whole way, leads that it misses as faint outlines.

    Parameters
    ----------
    z : m; by default where the plane meets the most chips and parts
    """
    z = telling_z(model) if z is None else z
    found, table = items(model)
    layer = int(np.clip(np.searchsorted(model.grid.z, z, side="right") - 1, 0, model.grid.shape[2] - 1))
    cut = Cut(z * MM, model.grid.x * MM, model.grid.y * MM, table[model.region[:, :, layer]].astype(np.int16)).merged()
    whole = window_x(model) == (cut.u[0], cut.u[-1])
    shown = model.package.bounds * MM if whole else package_box(model)
    window, up = (float(shown[0, 0]), float(shown[0, 1])), (float(shown[1, 0]), float(shown[1, 1]))
    points = telling_points(cut, window)
    labels = [Label(found[number].label, *point) for number, point in points.items()]
    dashed = []
    for name, part in model.package.parts.items():
        if part.kind in OUTLINED and not part.box[2, 0] < z < part.box[2, 1]:
            corners = _rectangles(part.box[None] * MM)[0]
            dashed.append(np.stack([corners, np.roll(corners, 1, axis=0)], axis=1))
            labels.append(Label(f"{name}, {_side(part.box, z)}", *_on_edge(corners)))
    for number, solid in enumerate(model.package.solids):
        if solid.role == "leads" and not solid.bounds[2, 0] < z < solid.bounds[2, 1]:
            strips = _rectangles(solid.boxes * MM)
            faint = PolyCollection(list(strips), facecolors="none", edgecolors=FAINT, linewidths=0.4, zorder=2)
            ax.add_collection(faint, autolim=False)
            side = _side(solid.bounds, z)  # of two tapes with the same leads, the one's highest and the other's lowest
            telling = max(strips, key=lambda strip: (strip[:, 0].max(), strip[0, 1] * (1 if side == "above" else -1)))
            labels.append(Label(f"{solid.part} leads, {side}", *_on_edge(telling)))
        if solid.role == "wires" and int(table[number]) in points:
            wires = PolyCollection(list(_rectangles(solid.boxes * MM)), facecolors=[found[int(table[number])].colour])
            wires.set(edgecolor=INK, linewidth=0.2, zorder=2, snap=False)
            ax.add_collection(wires, autolim=False)
    reserve = LEADER + text_width([label.text for label in labels])
    frame(ax, window, up, reserve, 1.0)
    colours = np.array([*((*item.colour, 1.0) for item in found), (1.0, 1.0, 1.0, 0.0)])
    ax.pcolormesh(cut.u, cut.v, colours[cut.region].transpose(1, 0, 2), zorder=1)
    _draw_borders(ax, outlines(cut, window), INK)
    lines = np.concatenate([np.zeros((0, 2, 2)), *dashed])
    ax.add_collection(LineCollection(list(lines), colors=INK, linewidths=0.7, linestyles="--", zorder=3), autolim=False)
    lead_labels(ax, labels, window[1])
    name_axes(ax, _across(model, window), "y [mm]", f"Plan at z = {rounded(cut.at, 3)} mm, to scale")
    return ax


def _side(box: FloatArray, z: float) -> str:
    return "above" if box[2, 0] >= z else "below"


def _on_edge(corners: FloatArray) -> tuple[float, float]:
    """A point on the right edge of a rectangle, below its corner."""
    x, (low, high) = corners[:, 0].max(), (corners[:, 1].min(), corners[:, 1].max())
    return float(x), float(high - 0.15 * (high - low))


def _items_in_section(model: VoxelModel, y: float) -> tuple[tuple[Item, ...], Cut]:
    """All items of a package, and the cut with the number of its item in every cell, cells merged."""
    found, table = items(model)
    cut = cut_section(model, y)
    return found, replace(cut, region=table[cut.region].astype(np.int16)).merged()


def _draw_borders(ax: Axes, lines: FloatArray, colour: str) -> None:
    ax.add_collection(
        LineCollection(list(lines), colors=colour, linewidths=0.35, zorder=2, clip_on=False), autolim=False
    )


def _across(model: VoxelModel, window: tuple[float, float]) -> str:
    """The name of the x axis, with what lies outside the window."""
    low, high = (float(v) for v in model.package.bounds[0] * MM)
    if window == (low, high):
        return "x [mm]"
    return f"x [mm]; the board goes on from {rounded(low)} to {rounded(high)} mm"


# ---------------------------------------------------------------- temperatures
def draw_temperature(
    model: VoxelModel, temperature: FloatArray, ax: Axes, *, y: float | None = None, stretch: float | None = None
) -> Axes:
    """The temperature in section with isotherms, over the outlines of the parts.

    Parameters
    ----------
    temperature : degC at the grid's corners, shape (nx+1, ny+1, nz+1); NaN where there is nothing
    y : m; by default through the hottest point
    stretch : of the vertical; by default the largest round one that fits
    """
    y = float(model.grid.y[hottest_corner(temperature, model.grid.axes)[1]]) if y is None else y
    _, parts = _items_in_section(model, y)
    window = window_x(model)
    framed = frame(ax, window, (parts.v[0], parts.v[-1]), COLOUR_BAR, stretch)
    borders = outlines(parts, window)
    hottest = draw_map(ax, framed, cut_section(model, y), section_values(model, temperature, y), borders)
    _draw_borders(ax, borders, "0.6")
    title = f"Section at y = {rounded(parts.at, 3)} mm, {framed.told}; hottest {hottest:.1f} °C"
    name_axes(ax, _across(model, window), "z [mm]", title)
    return ax


def draw_plan(model: VoxelModel, temperature: FloatArray, ax: Axes, *, z: float, part: str) -> Axes:
    """The temperature over a horizontal plane around a chip, with its outline and its bumps.

    Parameters
    ----------
    temperature : degC at the grid's corners, shape (nx+1, ny+1, nz+1); NaN where there is nothing
    z : m; the nearest plane of the grid is shown
    part : name of the chip
    """
    cut, plane = cut_plan(model, z)
    body = model.package.parts[part].box * MM
    margin = PLAN_MARGIN * (body[:2, 1] - body[:2, 0]).max()
    bounds = model.package.bounds * MM
    across, up = (
        (float(max(body[i, 0] - margin, bounds[i, 0])), float(min(body[i, 1] + margin, bounds[i, 1]))) for i in (0, 1)
    )
    framed = frame(ax, across, up, COLOUR_BAR, 1.0)
    corners = _rectangles(body[None])[0]
    edge = np.stack([corners, np.roll(corners, 1, axis=0)], axis=1)
    hottest = draw_map(ax, framed, cut, temperature[:, :, plane], edge)
    for solid in model.package.of_part(part):
        if solid.role == "bumps" and len(solid.boxes) <= MOST_JOINTS_DRAWN:
            joints = PolyCollection(list(_rectangles(solid.boxes * MM)), facecolors="none", edgecolors="0.75")
            joints.set(linewidth=0.3, alpha=0.6, zorder=2)
            ax.add_collection(joints, autolim=False)
    ax.add_collection(LineCollection(list(edge), colors="white", linewidths=1.0, zorder=3), autolim=False)
    name_axes(ax, "x [mm]", "y [mm]", f"Plan of {part} at z = {rounded(cut.at)} mm; hottest {hottest:.1f} °C")
    return ax


def _rectangles(boxes: FloatArray) -> FloatArray:
    """The plan of boxes, shape (n, 4, 2)."""
    (x0, x1), (y0, y1) = boxes[:, 0].T, boxes[:, 1].T
    return np.stack([np.stack([x0, x1, x1, x0], axis=1), np.stack([y0, y0, y1, y1], axis=1)], axis=2)


# ---------------------------------------------------------------- numbers
BAR = 34.0  # points, the width of a bar
APART = 16.0  # points between the labels of one bar and the next bar
LONGEST_NAME = 26  # characters of a layer's name
ROUNDING = 1e-6  # of all heat; less than this at the sides is none
FINEST = 4  # decimals of a drop in K and of a share in percent; solvers leave about that much


def draw_heat_path(path: HeatPath, ax: Axes) -> Axes:
    """The fall from the junction to ambient on either way out, layer by layer, named with kelvins and share."""
    ax.set_xlim(0.0, place_in_points(ax)[0])
    left, columns, names, temperatures = 0.5 * APART, [], [], [path.junction, path.ambient]
    for way in (path.up, path.down):
        labels, at = [], path.junction
        for drop in way.drops:
            ax.bar(left, drop.kelvin, BAR, at - drop.kelvin, align="edge", color=kind_colour(drop.kind), ec=INK, lw=0.3)
            labels.append(Label(_drop_told(drop, way.kelvin), left + BAR, at - 0.5 * drop.kelvin))
            at -= drop.kelvin
            temperatures.append(at)
        columns.append((left + BAR, labels))
        names.append((left, f"{way.watts:.3g} W leave at the {way.towards}"))
        left += BAR + LEADER + max(text_width([label.text for label in labels]), text_width([names[-1][1]])) + APART
    margin = 0.02 * (max(temperatures) - min(temperatures)) or 0.5
    ax.set_ylim(min(temperatures) - margin, max(temperatures) + margin)
    for right, labels in columns:
        lead_labels(ax, labels[::-1], right)  # from the bottom up, so that layers without a drop keep their order
    dress(ax)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([left for left, _ in names], [name for _, name in names], ha="left")
    ax.tick_params(axis="x", length=0)
    total = path.up.watts + path.down.watts + path.elsewhere
    aside = f"{path.elsewhere:.3g} W leave at the sides" if abs(path.elsewhere) > ROUNDING * total else ""
    rise = path.junction - path.ambient
    title = (
        f"{path.chip}: {rise:.1f} K from its active face at {path.junction:.1f} °C to ambient at {path.ambient:.4g} °C"
    )
    name_axes(ax, aside, "temperature [°C]", title)
    return ax


def _drop_told(drop: Drop, total: float) -> str:
    share = 100 * drop.kelvin / total if total else 0.0
    percent = f"{share:.0f}" if share >= 10 else rounded(_whole(share), 2)
    return f"{shortened(drop.name, LONGEST_NAME)}  {rounded(_whole(drop.kelvin), 3)} K ({percent} %)"


def _whole(value: float) -> float:
    """Without what is finer than the numbers beside it are good for; never a negative zero."""
    return round(value, FINEST) + 0.0
