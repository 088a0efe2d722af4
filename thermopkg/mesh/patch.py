"""Over what is heat made, or a temperature averaged? The cells of solids, or a horizontal rectangle of a face."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.errors import ModelError
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True)
class VolumePatch:
    """All cells of some solids, each weighing by its volume."""

    solids: frozenset[str]


@dataclass(frozen=True)
class FacePatch:
    """The part of a horizontal rectangle that is a face of a solid, each piece weighing by its area; lengths in m."""

    solid: str
    top: bool  # the solid lies below its top face, above its bottom face
    z: float
    x: tuple[float, float]
    y: tuple[float, float]


Patch = VolumePatch | FacePatch
Box = tuple[slice, slice, slice]  # of cells


def check_same(first: VoxelModel, second: VoxelModel, patches: Mapping[str, Patch]) -> None:
    """Every patch is the same cells in both, so that both lattices bound one and the same mean.

    Raises
    ------
    ModelError : naming each patch that a circle cuts
    """

    def cells(model: VoxelModel, patch: Patch) -> FloatArray:
        return volume_shares(model, patch) if isinstance(patch, VolumePatch) else face_shares(model, patch)[1]

    if first is second:
        return
    cut = [name for name, patch in patches.items() if not np.array_equal(cells(first, patch), cells(second, patch))]
    if cut:
        raise ModelError(
            f"{', '.join(cut)}: a round joint cuts what is to be read, and no bound holds for such a mean; "
            "move the reading, or leave round = true out"
        )


def volume_shares(model: VoxelModel, patch: VolumePatch) -> FloatArray:
    """Share of the patch in each cell, summing to one, shape (nx, ny, nz).

    Raises
    ------
    ModelError : the solids hold no cell
    """
    shares = np.zeros(model.grid.shape)
    box, own = shares_in_box(model, patch)
    shares[box] = own
    return shares


def shares_in_box(model: VoxelModel, patch: VolumePatch) -> tuple[Box, FloatArray]:
    """The smallest box of cells around the patch, and `volume_shares` within it."""
    cells = model.cells_of(set(patch.solids))
    box: list[slice] = []
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        taken = np.flatnonzero(cells[tuple(box)].any(axis=others))
        if not taken.size:
            raise ModelError(f"no cell belongs to {', '.join(sorted(patch.solids))}: other parts take all of its place")
        box.append(slice(int(taken[0]), int(taken[-1]) + 1))
    dx, dy, dz = (step[inside] for step, inside in zip(model.grid.steps, box, strict=True))
    shares = dx[:, None, None] * dy[None, :, None] * dz[None, None, :]
    shares *= cells[tuple(box)]
    shares /= shares.sum()
    return (box[0], box[1], box[2]), shares


def face_shares(model: VoxelModel, patch: FacePatch) -> tuple[int, FloatArray]:
    """The grid plane of the patch, and the share of it over each column of cells, shape (nx, ny), summing to one.

    Raises
    ------
    ModelError : the rectangle misses the solid's face
    """
    plane = model.grid.index_of(2, patch.z)
    dx, dy, _ = model.grid.steps
    inside = _between(model.grid.x, patch.x)[:, None] & _between(model.grid.y, patch.y)[None, :]
    owner = plane - 1 if patch.top else plane
    shares = dx[:, None] * dy[None, :] * (inside & _is_solid(model, patch.solid, owner))
    total = shares.sum()
    if total <= 0:
        raise ModelError(
            f"no part of the {'top' if patch.top else 'bottom'} face of {patch.solid} lies in the rectangle"
        )
    return plane, np.asarray(shares / total)


def _between(ticks: FloatArray, interval: tuple[float, float]) -> BoolArray:
    middle = 0.5 * (ticks[1:] + ticks[:-1])
    return np.asarray((middle > interval[0]) & (middle < interval[1]))


def _is_solid(model: VoxelModel, name: str, layer: int) -> BoolArray:
    table = np.array([region.solid == name and region.of is None for region in model.regions] + [False])
    return np.asarray(table[model.region[:, :, layer]])
