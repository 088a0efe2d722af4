"""How warm is a mesh from a file? Its outside coloured by temperature, and its bounds over cells."""

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize

from thermopkg.answer.refining import MeshStep
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.elements import ElementModel
from thermopkg.report.drawing import INK, TEXT_SIZE, TITLE_SIZE
from thermopkg.report.meshed import symbol
from thermopkg.report.refinement import draw_bounds
from thermopkg.report.result import ZERO_CELSIUS

COLOURS = "inferno"
TURN, TILT = np.radians(-35.0), np.radians(28.0)  # of the view, about z and then towards the reader
ENOUGH = 4000  # triangles, each of one colour, for an eye to see none
SHADE = 0.35  # darker, of faces that look away from the light
LIGHT = np.array([0.3, -0.5, 0.8])


def draw_mesh_temperature(model: ElementModel, temperature: FloatArray, ax: Axes) -> Axes:
    """The outside from above and in front, in parallel projection, painted from the back; temperatures in K."""
    faces = outside(model)
    corners, celsius = model.points[:, faces], (temperature - ZERO_CELSIUS)[faces]  # (3, 3, n) and (3, n)
    while corners.shape[2] < ENOUGH:
        corners, celsius = _quartered(corners), _quartered(celsius[None])[0]
    turn = np.array([[np.cos(TURN), -np.sin(TURN), 0.0], [np.sin(TURN), np.cos(TURN), 0.0], [0.0, 0.0, 1.0]])
    tilt = np.array(
        [[1.0, 0.0, 0.0], [0.0, np.sin(TILT), np.cos(TILT)], [0.0, -np.cos(TILT), np.sin(TILT)]]
    )  # across, up, towards the reader
    seen = np.einsum("ij,jkn->ikn", tilt @ turn, corners)
    normal = np.cross(seen[:, 1] - seen[:, 0], seen[:, 2] - seen[:, 0], axis=0)
    towards = normal[2] > 0
    order = np.argsort(seen[2].mean(axis=0))
    order = order[towards[order]]
    scale = Normalize(float(celsius.min()), float(max(celsius.max(), celsius.min() + 1e-6)))
    colours = colormaps[COLOURS](scale(celsius.mean(axis=0)))
    length = np.maximum(np.linalg.norm(normal, axis=0), 1e-300)
    lit = np.clip((tilt @ turn @ (LIGHT / np.linalg.norm(LIGHT))) @ (normal / length), 0.0, 1.0)
    colours[:, :3] *= (1 - SHADE + SHADE * lit)[:, None]
    shapes = 1e3 * seen[:2].transpose(2, 1, 0)
    ax.add_collection(
        PolyCollection(list(shapes[order]), facecolors=colours[order], edgecolors=colours[order], linewidths=0.2)
    )
    ax.autoscale_view()
    ax.set_aspect("equal")
    ax.set_axis_off()
    low, high = (1e3 * model.points.min(axis=1), 1e3 * model.points.max(axis=1))
    size = " × ".join(f"{end:.4g}" for end in high - low)
    ax.set_title(f"{size} mm, outside; {model.n_cells:,} tetrahedra", fontsize=TITLE_SIZE, color=INK, loc="left")
    bar = ax.figure.colorbar(ScalarMappable(scale, COLOURS), ax=ax, shrink=0.7, pad=0.02)
    bar.set_label("temperature [°C]", fontsize=TEXT_SIZE)
    bar.ax.tick_params(labelsize=TEXT_SIZE)
    return ax


def _quartered(corners: FloatArray) -> FloatArray:
    """Every triangle as four, by the middles of its edges; values at corners, shape (m, 3, n)."""
    a, b, c = corners.transpose(1, 0, 2)
    ab, bc, ca = 0.5 * (a + b), 0.5 * (b + c), 0.5 * (c + a)
    pieces = ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
    return np.concatenate([np.stack(piece, axis=1) for piece in pieces], axis=2)


def outside(model: ElementModel) -> IntArray:
    """Faces of one cell alone, their corners turned so that they look outwards, shape (3, n)."""
    cells, points = model.cells, model.points
    sides = np.concatenate([np.delete(cells, corner, axis=0) for corner in range(4)], axis=1)
    other = np.concatenate([cells[corner] for corner in range(4)])
    _, first, counts = np.unique(np.sort(sides, axis=0), axis=1, return_index=True, return_counts=True)
    found, inner = sides[:, first[counts == 1]], other[first[counts == 1]]
    a, b, c = (points[:, corner] for corner in found)
    inwards = np.einsum("in,in->n", np.cross(b - a, c - a, axis=0), points[:, inner] - a) > 0
    return np.asarray(np.where(inwards, found[[0, 2, 1]], found))


def draw_mesh_widths(steps: Sequence[MeshStep], ax: Axes) -> Axes:
    """Bounds of the first number on every mesh."""
    first = steps[-1].metrics[0]
    brackets = [(step.n_cells, step.metrics[0].bracket) for step in steps]
    return draw_bounds(brackets, ax, name=symbol(first.name), unit=first.unit)
