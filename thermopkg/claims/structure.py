"""What is there to measure? A painted package seen as elements, gaps, fillings and electrical paths."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray
from thermopkg.case.material import Material
from thermopkg.claims import claims as asked
from thermopkg.mesh.voxel import NOTHING, Region, VoxelModel

# which kinds of part can be an element; the likelier ones first, as the first of equals is taken
CANDIDATES: dict[asked.ElementKind, tuple[str, ...]] = {
    "carrier": ("substrate", "board", "block"),
    "chip": ("chip",),
    "heat sink": ("heat-sink",),
    "encapsulant": ("encapsulant",),
    "ball array": ("balls",),
    "passive component": ("passive",),
}


@dataclass(frozen=True, eq=False)
class Gap:
    """What lies between the top of one part and the bottom of another, where they face each other."""

    lower: str
    upper: str
    cells: BoolArray  # shape (nx, ny, nz)
    facing: BoolArray  # columns of cells in which they face each other, shape (nx, ny)
    heights: FloatArray  # m, in the columns where they do, shape (n,)
    areas: FloatArray  # m^2, of those columns, shape (n,)


@dataclass(frozen=True)
class Filling:
    """What takes a gap outside bumps: shares of its volume, and in words what else is in it."""

    gap: str  # between what
    volume: float  # m^3, outside bumps
    share: float  # that is the compound
    joined: float  # that is the compound's largest connected body
    rest: str  # empty where the compound takes it all


@dataclass(frozen=True, eq=False)
class Structure:
    """A voxel model, and what is measured on it once for all limitations.

    The body of a part is the part without its bumps and without what merely fills the room between its joints.
    """

    model: VoxelModel

    def candidates(self, kind: asked.ElementKind) -> tuple[str, ...]:
        """Names of the parts that can be an element of this kind, the likelier ones first."""
        kinds = CANDIDATES[kind]
        return tuple(p.name for k in kinds for p in self.model.package.parts.values() if p.kind == k)

    def cells(self, wanted: Callable[[Region, Material], bool]) -> BoolArray:
        """Cells of the regions that are wanted, by region and main material, shape (nx, ny, nz)."""
        pairs = zip(self.model.regions, self.materials, strict=True)
        return np.array([*(wanted(region, material) for region, material in pairs), False])[self.model.region]

    def body(self, part: str) -> BoolArray:
        return self.cells(lambda region, _: region.part == part and region.role not in ("bumps", "fill"))

    def made_of(self, part: str) -> str:
        """The materials of the part's body and their classes, in words."""
        numbers = self.regions_of(part)
        return ", ".join(f"{self.model.regions[n].material} (class {self.materials[n].class_})" for n in numbers)

    def regions_of(self, part: str) -> list[int]:
        """Regions of the part's body that hold a cell."""
        return [int(number) for number in np.unique(self.model.region[self.body(part)])]

    def smeared(self, part: str) -> str:
        """The part's materials that stand for finer conductors in an insulator and no longer tell them apart."""
        found = {self.model.regions[number].material: self.materials[number] for number in self.regions_of(part)}
        return " and ".join(n for n, m in found.items() if m.class_ == "composite" and m.electrical == "insulator")

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Main material of each region, which are painted one for each solid."""
        case = self.model.package.case
        return tuple(case.material_named(solid.material) for solid in self.model.package.solids)

    @cached_property
    def columns(self) -> FloatArray:
        """Areas of the columns of cells, m^2, shape (nx, ny)."""
        dx, dy, _ = self.model.grid.steps
        return np.asarray(dx[:, None] * dy[None, :])

    @cached_property
    def volumes(self) -> FloatArray:
        return self.model.volumes()

    @cached_property
    def conductors(self) -> IntArray:
        """Number of the connected electrical conductor that a cell belongs to, zero for none, shape (nx, ny, nz)."""
        return bodies(self.cells(lambda region, _: region.electrical == "conductor"))

    @cached_property
    def surroundings(self) -> BoolArray:
        """Cells that the air around the package reaches, with one more cell at every side than the grid has."""
        open_cells = (self.model.region == NOTHING) | self.cells(lambda _, material: material.class_ == "gas")
        labels = bodies(np.pad(open_cells, 1, constant_values=True))
        return np.asarray(labels == labels[0, 0, 0])

    def contacts(self, part: str) -> IntArray:
        """Where current enters a part, numbered contact by contact, zero elsewhere, shape (nx, ny, nz).

        A chip's contacts are its bumps where they touch its active face; those of any other part its own conductors.
        """
        faces = {face.part: face for face in self.model.package.active_faces}
        if part not in faces:
            return bodies(self.body(part) & (self.conductors > 0))
        bumps = self.cells(lambda region, _: region.part == part and region.role == "bumps")
        touching = bumps & beside(self.body(part), above=faces[part].looks == "down")
        return bodies(touching & (self.conductors > 0))

    def gap(self, lower: str, upper: str) -> Gap | None:
        """Between the top of one part and the bottom of another; None where the one does not lie over the other."""
        below, above = self.body(lower), self.body(upper)
        n_layers = below.shape[2]
        top = n_layers - np.argmax(below[:, :, ::-1], axis=2)  # ticks
        bottom = np.argmax(above, axis=2)
        facing = below.any(axis=2) & above.any(axis=2) & (bottom >= top)  # (nx, ny)
        if not facing.any():
            return None
        layer = np.arange(n_layers)
        cells = facing[:, :, None] & (layer >= top[:, :, None]) & (layer < bottom[:, :, None])
        z = self.model.grid.z
        return Gap(lower, upper, cells, facing, (z[bottom] - z[top])[facing], self.columns[facing])

    def gap_between(self, first: str, second: str) -> Gap | None:
        """As `gap`, whichever of the two lies over the other."""
        return self.gap(first, second) or self.gap(second, first)

    def filling(self, compound: str, first: str, second: str) -> Filling | None:
        """What takes the gap between two parts; None where they do not face each other, or touch."""
        gap = self.gap_between(first, second)
        if gap is None:
            return None
        room = gap.cells & ~self.cells(lambda region, _: region.role == "bumps")
        volume = float(self.volumes[room].sum())
        if volume == 0.0:
            return None
        labels = bodies(self.body(compound))
        sizes = np.bincount(labels.ravel(), weights=self.volumes.ravel())
        largest = int(sizes[1:].argmax()) + 1 if sizes.size > 1 else -1
        other = room & (labels == 0)
        others = np.bincount(self.model.region[other] + 1, self.volumes[other]) / volume  # NOTHING comes first
        names = ["nothing", *(f"{region.solid} ({region.material})" for region in self.model.regions)]
        return Filling(
            f"between {gap.lower} and {gap.upper}",
            volume,
            float(self.volumes[room & (labels > 0)].sum()) / volume,
            float(self.volumes[room & (labels == largest)].sum()) / volume,
            ", ".join(f"{100 * others[i]:.4g} % {names[i]}" for i in np.flatnonzero(others)),
        )

    def path(self, first: str, second: str, conductor: int) -> str:
        """The solids that a current takes from one part's contacts to another's, along one connected conductor."""
        region = np.where(self.conductors == conductor, self.model.region, NOTHING)
        size = len(self.model.regions)
        pairs: set[tuple[int, int]] = set()
        for axis in range(3):
            along = np.moveaxis(region, axis, 0).astype(np.int64)
            low, high = along[:-1].ravel(), along[1:].ravel()
            meeting = (low != high) & (low != NOTHING) & (high != NOTHING)
            pairs |= {divmod(int(code), size) for code in np.unique(low[meeting] * size + high[meeting])}
        ends = set(region[self.contacts(second) > 0].tolist()) - {NOTHING}
        routes = deque([number] for number in sorted(set(region[self.contacts(first) > 0].tolist()) - {NOTHING}))
        seen = {route[0] for route in routes}
        while routes and routes[0][-1] not in ends:
            route = routes.popleft()
            onward = {a + b - route[-1] for a, b in pairs if route[-1] in (a, b)} - seen
            seen |= onward
            routes.extend([*route, number] for number in sorted(onward))
        return " -> ".join(f"{self.model.regions[i].solid} ({self.model.regions[i].material})" for i in routes[0])


# ---------------------------------------------------------------- on arrays of cells
def bodies(cells: BoolArray) -> IntArray:
    """Connected bodies of cells that share faces, numbered from one."""
    return np.asarray(ndimage.label(cells)[0], np.int64)


def beside(cells: BoolArray, above: bool) -> BoolArray:
    """Which cells have one of these just above them, or else just below."""
    beside = np.zeros_like(cells)
    if above:
        beside[:, :, :-1] = cells[:, :, 1:]
    else:
        beside[:, :, 1:] = cells[:, :, :-1]
    return beside
