"""What is there to measure? A painted package seen as elements, gaps, and what fills them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np
from scipy import ndimage

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.case.material import Material
from thermopkg.claims.claims import ElementKind
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.package.package import ActiveFace
from thermopkg.package.solids import Solid

CARRIERS = ("substrate", "lead-frame", "tape", "board")
# which kinds of part can be an element; the likelier ones first, as the first of equals is taken
CANDIDATES: dict[ElementKind, tuple[str, ...]] = {
    "carrier": (*CARRIERS, "block"),
    "chip": ("chip",),
    "chip or carrier": (*CARRIERS, "block", "chip"),
    "heat sink": ("heat-sink",),
    "encapsulant": ("encapsulant",),
    "adhesive": ("adhesive",),
    "ball array": ("balls",),
    "passive component": ("passive",),
}
ATTACHING = ("adhesive", "solder")  # classes of materials that join what lies on either side of them


class Remembering(Protocol):
    """Has a place for what was measured once."""

    @property
    def known(self) -> dict[tuple[object, ...], Any]: ...


Measured = TypeVar("Measured", bound=Remembering)
P = ParamSpec("P")
T = TypeVar("T")


def once(method: Callable[Concatenate[Measured, P], T]) -> Callable[Concatenate[Measured, P], T]:
    """A measurement that is kept: many limitations ask for the same gap, of which no array is changed thereafter."""

    @wraps(method)
    def read(self: Measured, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (method, *args, *kwargs.items())
        if key not in self.known:
            self.known[key] = method(self, *args, **kwargs)
        found: T = self.known[key]
        return found

    return read


@dataclass(frozen=True, eq=False)
class Gap:
    """What lies between the top of one part and the bottom of another, where they face each other."""

    lower: str
    upper: str
    facing: BoolArray  # columns of cells in which they face each other, shape (nx, ny)
    low: IntArray  # tick of the lower's top, shape (nx, ny)
    high: IntArray  # tick of the upper's bottom, shape (nx, ny)
    n_layers: int
    heights: FloatArray  # m, in the columns where they do, shape (n,)
    areas: FloatArray  # m^2, of those columns, shape (n,)

    @cached_property
    def cells(self) -> BoolArray:
        """Between the two, shape (nx, ny, nz)."""
        layer = np.arange(self.n_layers)
        inside = (layer >= self.low[:, :, None]) & (layer < self.high[:, :, None])
        return np.asarray(self.facing[:, :, None] & inside)

    def share_of(self, cells: BoolArray) -> float:
        """Share of the facing area in which nothing but these cells lies between the two."""
        clear = np.logical_not((self.cells & ~cells).any(axis=2))
        return float(self.areas[clear[self.facing]].sum() / self.areas.sum())


@dataclass(frozen=True)
class Filling:
    """What takes a room: shares of its volume, and in words what else is in it."""

    volume: float  # m^3
    share: float  # that is the compound
    joined: float  # that is the compound's largest connected body
    rest: str  # empty where the compound takes it all


@dataclass(frozen=True, eq=False)
class Structure:
    """A voxel model, and what is measured on it once for all limitations.

    The body of a part is the part without its bumps and without what merely fills the room between its joints.
    """

    model: VoxelModel
    known: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False)

    # ------------------------------------------------------------ parts
    @once
    def candidates(self, kind: ElementKind) -> tuple[str, ...]:
        """Names of the parts that can be an element of this kind, the likelier ones first."""
        kinds = CANDIDATES[kind]
        return tuple(p.name for k in kinds for p in self.model.package.parts.values() if p.kind == k)

    def kind(self, part: str) -> str:
        return self.model.package.parts[part].kind

    def face(self, chip: str) -> ActiveFace:
        """The active face of a chip."""
        return next(face for face in self.model.package.active_faces if face.part == chip)

    @once
    def chipset(self, carrier: str) -> tuple[str, ...]:
        """Chips that stand over a carrier, on it or on one another, with no other carrier between."""
        others = [part for part in self.candidates("carrier") if part != carrier and self.kind(part) in CARRIERS]
        floors = [part for part in others if self.gap(carrier, part) is not None]
        return tuple(
            chip
            for chip in self.candidates("chip")
            if self.gap(carrier, chip) is not None and not any(self.gap(floor, chip) is not None for floor in floors)
        )

    # ------------------------------------------------------------ cells
    def cells(self, wanted: Callable[[Region, Material], bool]) -> BoolArray:
        """Cells of the regions that are wanted, by region and main material, shape (nx, ny, nz)."""
        pairs = zip(self.model.regions, self.materials, strict=True)
        return np.array([*(wanted(region, material) for region, material in pairs), False])[self.model.region]

    @once
    def body(self, part: str) -> BoolArray:
        return self.cells(lambda region, _: region.part == part and region.role not in ("bumps", "fill"))

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Main material of each region, which are painted one for each solid."""
        case = self.model.package.case
        return tuple(case.material_named(solid.material) for solid in self.solids)

    @property
    def solids(self) -> tuple[Solid, ...]:
        """Behind the regions, in their order."""
        return self.model.package.solids

    @once
    def regions_of(self, part: str) -> list[int]:
        """Regions of the part's body that hold a cell."""
        return [int(number) for number in np.unique(self.model.region[self.body(part)])]

    def made_of(self, part: str) -> str:
        """The materials of the part's body and their classes, in words."""
        return self.made_of_regions(self.regions_of(part))

    def made_of_regions(self, numbers: Sequence[int]) -> str:
        """The materials of some regions, each once, and their classes, in words."""
        named = (f"{self.model.regions[n].material} (class {self.materials[n].class_})" for n in numbers)
        return ", ".join(dict.fromkeys(named))

    def smeared(self, part: str) -> str:
        """The part's materials that stand for finer conductors in an insulator and no longer tell them apart."""
        found = {self.model.regions[number].material: self.materials[number] for number in self.regions_of(part)}
        return " and ".join(n for n, m in found.items() if m.class_ == "composite" and m.electrical == "insulator")

    @cached_property
    def columns(self) -> FloatArray:
        """Areas of the columns of cells, m^2, shape (nx, ny)."""
        dx, dy, _ = self.model.grid.steps
        return np.asarray(dx[:, None] * dy[None, :])

    @cached_property
    def volumes(self) -> FloatArray:
        return self.model.volumes()

    @cached_property
    def attaching(self) -> BoolArray:
        """Cells that join what lies on either side of them, shape (nx, ny, nz)."""
        parts = set(self.candidates("adhesive"))
        return self.cells(lambda region, m: region.part in parts or (region.role == "body" and m.class_ in ATTACHING))

    @cached_property
    def open(self) -> BoolArray:
        """Cells that hold nothing but a gas, a moulding, or what merely fills; the inside of a via is its own."""
        loose = self.cells(
            lambda region, m: (
                region.role != "via fill" and (m.class_ == "gas" or region.role in ("fill", "encapsulant"))
            )
        )
        return np.asarray(loose | (self.model.region == NOTHING))

    @cached_property
    def surroundings(self) -> BoolArray:
        """Cells that the air around the package reaches, with one more cell at every side than the grid has."""
        open_cells = (self.model.region == NOTHING) | self.cells(lambda _, material: material.class_ == "gas")
        labels = bodies(np.pad(open_cells, 1, constant_values=True))
        return np.asarray(labels == labels[0, 0, 0])

    # ------------------------------------------------------------ gaps
    @once
    def ticks(self, part: str) -> tuple[BoolArray, IntArray, IntArray]:
        """Columns that the body takes, and the ticks of its bottom and top there; each of shape (nx, ny)."""
        body = self.body(part)
        top = body.shape[2] - np.argmax(body[:, :, ::-1], axis=2)
        return np.asarray(body.any(axis=2)), np.argmax(body, axis=2), top

    @once
    def gap(self, lower: str, upper: str) -> Gap | None:
        """Between the top of one part and the bottom of another; None where the one does not lie over the other."""
        (below, _, top), (above, bottom, _) = self.ticks(lower), self.ticks(upper)
        facing = below & above & (bottom >= top)
        if not facing.any():
            return None
        z = self.model.grid.z
        heights = (z[bottom] - z[top])[facing]
        return Gap(lower, upper, facing, top, bottom, z.size - 1, heights, self.columns[facing])

    def gap_between(self, first: str, second: str) -> Gap | None:
        """As `gap`, whichever of the two lies over the other."""
        return self.gap(first, second) or self.gap(second, first)

    # ------------------------------------------------------------ fillings
    @once
    def largest(self, compound: str) -> BoolArray:
        """Cells of the compound's largest connected body, shape (nx, ny, nz)."""
        labels = bodies(self.body(compound))
        sizes = np.bincount(labels.ravel(), weights=self.volumes.ravel())
        sizes[0] = 0.0
        return np.asarray((labels == sizes.argmax()) & (labels > 0))

    @once
    def filling(self, compound: str, first: str, second: str) -> Filling | None:
        """What takes the gap between two parts outside bumps and the pads that they stand on.

        None where the two do not face each other, or touch.
        """
        gap = self.gap_between(first, second)
        if gap is None:
            return None
        return self.filling_of(gap.cells & ~self.cells(lambda region, _: region.role in ("bumps", "pads")), compound)

    def filling_of(self, room: BoolArray, compound: str) -> Filling | None:
        """What takes a room, shape (nx, ny, nz); None where it has no volume."""
        volume = float(self.volumes[room].sum())
        if volume == 0.0:
            return None
        taken = self.body(compound)
        other = room & ~taken
        others = np.bincount(self.model.region[other] + 1, self.volumes[other]) / volume  # NOTHING comes first
        names = ["nothing", *(f"{region.solid} ({region.material})" for region in self.model.regions)]
        return Filling(
            volume,
            float(self.volumes[room & taken].sum()) / volume,
            float(self.volumes[room & self.largest(compound)].sum()) / volume,
            ", ".join(f"{100 * others[i]:.4g} % {names[i]}" for i in np.flatnonzero(others)),
        )

    @once
    def walls(self, part: str, compound: str) -> tuple[float, float]:
        """Area of the part's side walls that the compound's largest body covers, and of all of them, m^2."""
        body, covering, (dx, dy, dz) = self.body(part), self.largest(compound), self.model.grid.steps
        touched = whole = 0.0
        for axis, widths in ((0, dy), (1, dx)):
            faces = (widths[:, None] * dz[None, :])[None] if axis == 0 else (widths[:, None] * dz[None, :])[:, None]
            for beyond in (shifted(body, axis, 1), shifted(body, axis, -1)):
                wall = beyond & ~body  # cells just outside a wall
                whole += float((wall * faces).sum())
                touched += float(((wall & covering) * faces).sum())
            ends = np.moveaxis(body, axis, 0)[[0, -1]]  # walls at the rim of the grid, where nothing covers them
            whole += float((np.moveaxis(ends, 0, axis) * faces).sum())
        return touched, whole


# ---------------------------------------------------------------- on arrays of cells
def bodies(cells: BoolArray) -> IntArray:
    """Connected bodies of cells that share faces, numbered from one."""
    return np.asarray(ndimage.label(cells)[0], np.int64)


def shifted(cells: BoolArray, axis: int, steps: int) -> BoolArray:
    """The cells moved by one along an axis, up or down; what leaves the grid is gone."""
    moved = np.zeros_like(cells)
    source, target = np.moveaxis(cells, axis, 0), np.moveaxis(moved, axis, 0)
    if steps > 0:
        target[1:] = source[:-1]
    else:
        target[:-1] = source[1:]
    return moved


def beside(cells: BoolArray, above: bool) -> BoolArray:
    """Which cells have one of these just above them, or else just below."""
    return shifted(cells, 2, -1 if above else 1)


def around(cells: BoolArray) -> BoolArray:
    """Which cells share a face with one of these."""
    found = np.zeros_like(cells)
    for axis in range(3):
        found |= shifted(cells, axis, 1) | shifted(cells, axis, -1)
    return found


def numbers_in(labels: IntArray, cells: BoolArray) -> set[int]:
    """Numbers of the bodies that hold one of these cells."""
    return set(np.flatnonzero(np.bincount(labels[cells])).tolist()) - {0}


def cells_of(labels: IntArray, numbers: Collection[int]) -> BoolArray:
    """Cells of the bodies with these numbers; none has number zero."""
    wanted = np.zeros(int(labels.max()) + 1, bool)
    wanted[list(numbers)] = True
    return np.asarray(wanted[labels])
