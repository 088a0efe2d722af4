"""Where are the kelvins lost on the way out? The drop of each layer, from a chip's face up and down to ambient."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray, RegionArray
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.package.interfaces import LAYER

Towards = Literal["top", "bottom"]
JOINTS = (
    "bumps",
    "balls",
    "pads",
)  # roles; a layer that they stand in is named by them, however little of it they fill
LEADING = ("vias", "via fill", "traces", "wires")  # roles; what they pass makes the layer
SURFACE = "surface to ambient"
OPEN_GAP = "open gap"
FILM = "film"  # kind of what is no part


@dataclass(frozen=True)
class Drop:
    """What one layer takes, K. `kind` is that of the part, or the role of the joints, that make it a layer."""

    name: str
    kelvin: float
    kind: str


@dataclass(frozen=True)
class Way:
    """The drops from the active face to one ambient, in that order, and the heat that leaves on that side, W."""

    towards: Towards
    watts: float
    drops: tuple[Drop, ...]

    @property
    def kelvin(self) -> float:
        """All drops together, K."""
        return sum(drop.kelvin for drop in self.drops)


@dataclass(frozen=True)
class HeatPath:
    """Both ways out of a chip; `junction` is the mean over its active face, degC like `ambient`.

    `elsewhere` is the heat that leaves neither at the top nor at the bottom, W.
    """

    chip: str
    junction: float
    ambient: float
    up: Way
    down: Way
    elsewhere: float


def heat_path(
    model: VoxelModel, temperature: FloatArray, chip: str, ambient: float, leaving: Mapping[str, float]
) -> HeatPath:
    """The mean temperature over the chip's shadow on every plane where the stack changes, and the drops between.

        mean = sum over the shadow's cell faces of  area / 4 * (its four corners)  /  sum of areas

    Faces between two empty cells do not count. On each way the drops add up to the junction's rise over ambient.

    Parameters
    ----------
    temperature : degC at the grid's corners, shape (nx+1, ny+1, nz+1); NaN where there is nothing
    chip : name of the part that the ways start from
    ambient : degC
    leaving : W by the name of the condition that takes it: top, bottom, sides, or a named face such as sink.top
    Raises
    ------
    KeyError : the package has no chip of that name
    """
    faces = {face.part: face for face in model.package.active_faces}
    face = faces[chip]
    shadow = _Shadow(model, temperature, face.x, face.y)
    start = model.grid.index_of(2, face.z)
    up, down = (sum(w for name, w in leaving.items() if _side(name) == side) for side in ("top", "bottom"))
    return HeatPath(
        chip=chip,
        junction=shadow.mean(start),
        ambient=ambient,
        up=Way("top", up, shadow.drops(start, 1, ambient)),
        down=Way("bottom", down, shadow.drops(start, -1, ambient)),
        elsewhere=sum(leaving.values()) - up - down,
    )


def _side(condition: str) -> str:
    return condition.rpartition(".")[2]


class _Shadow:
    """The columns of cells under and over a rectangle; private to this module."""

    def __init__(
        self, model: VoxelModel, temperature: FloatArray, x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        ticks = model.grid.axes
        (x0, x1), (y0, y1) = (  # of a half or a quarter that stands for the whole, what lies in it
            [model.grid.index_of(axis, float(np.clip(v, ticks[axis][0], ticks[axis][-1]))) for v in ends]
            for axis, ends in ((0, x), (1, y))
        )
        dx, dy, _ = model.grid.steps
        self.areas = dx[x0:x1, None] * dy[None, y0:y1]
        self.region: RegionArray = model.region[x0:x1, y0:y1, :]
        self.temperature = temperature[x0 : x1 + 1, y0 : y1 + 1, :]
        self.regions = model.regions
        self.heights = model.grid.steps[2]
        self.kinds = {name: part.kind for name, part in model.package.parts.items()}

    def mean(self, plane: int) -> float:
        """Of the temperature over the shadow on one plane of the grid, degC."""
        touching = self._held(plane - 1) | self._held(plane)
        at = self.temperature[:, :, plane]
        middle = 0.25 * (at[:-1, :-1] + at[1:, :-1] + at[:-1, 1:] + at[1:, 1:])
        return float((self.areas * middle)[touching].sum() / self.areas[touching].sum())

    def _held(self, layer: int) -> BoolArray:
        """Which columns hold something in a layer of cells; none beyond the grid."""
        if not 0 <= layer < self.region.shape[2]:
            return np.zeros(self.areas.shape, bool)
        return np.asarray(self.region[:, :, layer] != NOTHING)

    def drops(self, start: int, step: Literal[1, -1], ambient: float) -> tuple[Drop, ...]:
        """From the plane `start` up (1) or down (-1) to where the shadow holds nothing more, then to ambient."""
        n_layers = self.region.shape[2]
        layers = range(start, n_layers) if step > 0 else range(start - 1, -1, -1)
        held = [layer for layer in layers if self._held(layer).any()]
        layers = layers[: layers.index(held[-1]) + 1] if held else layers[:0]
        drops: list[Drop] = []
        plane, before = start, self.mean(start)
        names = [self._named(layer) for layer in layers]
        for i, (name, kind) in enumerate(names):
            plane += step
            if i + 1 == len(names) or names[i + 1] != (name, kind):
                after = self.mean(plane)
                drops.append(Drop(name, before - after, kind))
                before = after
        return (*drops, Drop(SURFACE, before - ambient, FILM))

    def _named(self, layer: int) -> tuple[str, str]:
        """Name and kind of a layer of cells: a contact, its joints, or else the part that fills most of it."""
        area = np.bincount(
            self.region[:, :, layer].ravel().astype(np.int64) + 1,  # NOTHING = -1 counts first
            weights=self.areas.ravel(),
            minlength=len(self.regions) + 1,
        )[1:]
        largest_first = [self.regions[i] for i in np.argsort(-area, kind="stable") if area[i] > 0]
        if not largest_first:
            return OPEN_GAP, FILM
        contacts = [region.contact for region in largest_first if region.contact is not None]
        if contacts and self.heights[layer] < 2 * LAYER:
            return contacts[0], FILM
        joints = [region for region in largest_first if region.role in JOINTS]
        around = [region for region in largest_first if region.role not in (*JOINTS, *LEADING)]
        if joints and all(region.role in ("fill", "encapsulant") for region in around):
            return _joints_name(joints[0], around), joints[0].role
        most = largest_first[0]
        return (most.material, most.role) if most.role == "fill" else (most.part, self.kinds[most.part])


def _joints_name(joints: Region, around: list[Region]) -> str:
    """'bumps + mould': the joints, and what fills the place between them."""
    filling = [region.material if region.role == "fill" else region.part for region in around[:1]]
    return " + ".join([joints.role, *filling])
