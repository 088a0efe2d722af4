"""Which cell belongs to what? A package on a grid: region of each cell, exposed faces, heated faces."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import ndimage

from thermopkg.arraytypes import BoolArray, FloatArray, IntArray, RegionArray
from thermopkg.case.environment import Adiabatic, AirCondition, Condition, FilmCondition, FixedTemperature
from thermopkg.case.model import part_of
from thermopkg.errors import Fault, GeometryError
from thermopkg.mesh.circles import footprints
from thermopkg.mesh.contact import Cut, lay_contacts
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.region import Region, region_of
from thermopkg.mesh.warming import warmed
from thermopkg.package.package import Package

NOTHING = -1  # region of an inactive cell


Side = Literal["middle", "conducting", "insulating"]


@dataclass(frozen=True)
class Surface:
    """What takes heat from a set of exposed faces: a film in W/m^2/K (infinite for a held temperature) at K."""

    name: str
    film: float
    temperature: float


@dataclass(frozen=True, eq=False)
class ExposedFaces:
    """Cell faces that border on nothing and look one way along one axis.

    `cells` are flat indices of the cells, `surface` indexes the model's surfaces (-1: adiabatic); both of shape (n,).
    """

    axis: int
    high: bool  # the face at the cell's high end
    cells: IntArray
    surface: IntArray


@dataclass(frozen=True, eq=False)
class VoxelModel:
    """A package on a grid. `region` has shape (nx, ny, nz) and indexes `regions`; NOTHING where there is no solid."""

    package: Package
    grid: Grid
    region: RegionArray
    regions: tuple[Region, ...]
    surfaces: tuple[Surface, ...]
    exposed: tuple[ExposedFaces, ...]

    def seen(self, side: Side) -> "VoxelModel":
        """The package as one of the two bounds must see it; the same where nothing is painted round."""
        return paint(self.package, self.grid, side) if self.package.has_circles else self

    @cached_property
    def whole(self) -> "VoxelModel":
        """The same with every contact's cells given back to the solids that they are cut from."""
        if all(region.of is None for region in self.regions):
            return self
        kept = [number for number, region in enumerate(self.regions) if region.of is None]
        place = {number: i for i, number in enumerate(kept)}
        numbers = [place[number if region.of is None else region.of] for number, region in enumerate(self.regions)]
        solids = tuple(self.regions[number] for number in kept)
        return replace(self, region=np.array([*numbers, NOTHING], np.int16)[self.region], regions=solids)

    @cached_property
    def conducting(self) -> BoolArray:
        """Cells that pass heat along some axis, shape (nx, ny, nz); all that hold something but open contacts."""
        table = np.asarray((self.conductivity_table > 0).any(axis=0))
        return table[self.region]

    @cached_property
    def active(self) -> BoolArray:
        """Cells that hold something, shape (nx, ny, nz)."""
        return np.asarray(self.region != NOTHING)

    @property
    def n_active(self) -> int:
        return int(np.count_nonzero(self.active))

    @property
    def conductivity_table(self) -> FloatArray:
        """Of every region along x, y, z, W/m/K, and a zero at the end, which NOTHING = -1 picks; shape (3, n + 1).

        A half or a quarter that stands for the whole package conducts as often as there are of it.
        """
        regions = [*(region.conductivity for region in self.regions), np.zeros(3)]
        return self.grid.copies * np.stack(regions, axis=1)

    @property
    def capacity_table(self) -> FloatArray:
        """Of every region, J/m^3/K, and a zero at the end, which NOTHING = -1 picks; as `conductivity_table`."""
        return self.grid.copies * np.array([*(region.capacity for region in self.regions), 0.0])

    def conductivity(self, axis: int) -> FloatArray:
        """Along one axis, W/m/K, shape (nx, ny, nz); zero where there is nothing."""
        return np.asarray(self.conductivity_table[axis][self.region])

    def cells_of(self, solids: set[str]) -> BoolArray:
        """Which cells belong to solids of these names and to no contact, shape (nx, ny, nz)."""
        table = np.array([region.solid in solids and region.of is None for region in self.regions] + [False])
        return table[self.region]

    def volumes(self) -> FloatArray:
        """Of all cells, m^3, shape (nx, ny, nz)."""
        dx, dy, dz = self.grid.steps
        return dx[:, None, None] * dy[None, :, None] * dz[None, None, :]


def paint(package: Package, grid: Grid, side: Side = "middle") -> VoxelModel:
    """Give every cell of the grid to the last solid that holds it, or what is round its middle.

    Parameters
    ----------
    side : what becomes of cells that a circle cuts, where the study asks for round joints: they go by their middle, or
        are as conductive as the better, or as the worse, of what they may hold
    Raises
    ------
    GeometryError : a round joint borders on nothing
    """
    region = np.full(grid.shape, NOTHING, np.int16)
    regions = [region_of(package, solid) for solid in package.solids]
    for number, solid in enumerate(package.solids):
        if package.case.study.round and solid.discs is not None:
            _paint_round(package, grid, region, regions, number, side)
            continue
        lows = [_indices(grid.axes[axis], solid.boxes[:, axis, 0]) for axis in range(3)]
        highs = [_indices(grid.axes[axis], solid.boxes[:, axis, 1]) for axis in range(3)]
        for x0, x1, y0, y1, z0, z1 in zip(lows[0], highs[0], lows[1], highs[1], lows[2], highs[2], strict=True):
            region[x0:x1, y0:y1, z0:z1] = number
    surfaces, exposed = _exposure(package, grid, region, tuple(regions))
    exposed = tuple(_with_rings(package, grid, region, regions, surfaces, faces) for faces in exposed)
    if package.contacts:
        cuts = lay_contacts(package, grid, region, [own.conductivity for own in regions])
        exposed = tuple(_below(faces, region, len(regions)) for faces in exposed)  # what is this thin needs no film
        regions += [_cut(regions[c.of], c) for c in cuts]
    warmed(package, grid, region, regions)
    return VoxelModel(package, grid, region, tuple(regions), surfaces, exposed)


def _cut(region: Region, cut: Cut) -> Region:
    return replace(region, conductivity=cut.conductivity, mixture={}, of=cut.of, contact=cut.contact, capacity=0.0)


def _below(faces: ExposedFaces, region: RegionArray, number: int) -> ExposedFaces:
    """The faces of cells whose regions have lower numbers."""
    kept = region.ravel()[faces.cells] < number
    return replace(faces, cells=faces.cells[kept], surface=faces.surface[kept])


def _paint_round(
    package: Package, grid: Grid, region: RegionArray, regions: list[Region], number: int, side: Side
) -> None:
    """Paint the discs of one solid into `region`; appends to `regions` where a bound asks for a mixed conductivity."""
    solid = package.solids[number]
    assert solid.discs is not None
    choice: dict[int, int] = {}  # what a cell that is cut becomes, by what it was
    ends = [_indices(grid.z, solid.heights[:, end]) for end in (0, 1)]
    for footprint, z0, z1 in zip(footprints(grid, solid.discs), *ends, strict=True):
        window = region[(*footprint.columns, slice(z0, z1))]
        window[footprint.whole if side != "middle" else footprint.middle] = number
        if side == "middle":
            continue
        cut = footprint.touched & ~footprint.whole
        before = window[cut]
        for other in np.unique(before).tolist():
            if other == NOTHING:
                raise GeometryError([Fault(f"part '{solid.part}'", BARE)], source=package.case.title)
            if other not in choice:
                choice[other] = _chosen(regions, number, other, side)
            before[before == other] = choice[other]
        window[cut] = before


BARE = (
    "is to be painted round and borders on nothing there: a bound for a bare round face is not known. Fill the room "
    'around it (fill = "air"), or leave round = true out'
)


def _chosen(regions: list[Region], first: int, second: int, side: Side) -> int:
    """Number of a region as conductive, in every direction, as the better or the worse of two; so for what it stores.

    Whatever stores more warms more slowly: what bounds a resistance at rest so bounds it under alternating heat.
    """
    better = np.maximum if side == "conducting" else np.minimum
    wanted = better(regions[first].conductivity, regions[second].conductivity)
    capacity = float(better(regions[first].capacity, regions[second].capacity))
    alike = [number for number in (first, second) if (regions[number].conductivity == wanted).all()]
    for number in alike:
        if math.isnan(capacity) or regions[number].capacity == capacity:
            return number
    chosen = regions[alike[0] if alike else first]
    regions.append(replace(chosen, conductivity=wanted, capacity=capacity))
    return len(regions) - 1


def _indices(ticks: FloatArray, coordinates: FloatArray) -> IntArray:
    """The nearest tick of each coordinate."""
    right = np.clip(np.searchsorted(ticks, coordinates), 1, ticks.size - 1)
    nearer_left = coordinates - ticks[right - 1] < ticks[right] - coordinates
    return np.asarray(right - nearer_left, np.int64)


# ---------------------------------------------------------------- what is exposed, and to what
GENERAL = {(2, True): "top", (2, False): "bottom"}  # everything else looks sideways
LOOKS = {"up": "top", "down": "bottom"}


def _exposure(
    package: Package, grid: Grid, region: RegionArray, regions: tuple[Region, ...]
) -> tuple[tuple[Surface, ...], tuple[ExposedFaces, ...]]:
    environment = package.case.environment
    surfaces: list[Surface] = []
    numbers: dict[str, int] = {}
    for name, condition in environment.conditions().items():
        surface = surface_of(name, condition, environment.ambient)
        numbers[name] = -1 if surface is None else len(surfaces)
        if surface is not None:
            surfaces.append(replace(surface, film=grid.copies * surface.film))
    exposed = []
    for axis in range(3):
        for high in (False, True):
            face = GENERAL.get((axis, high), "sides")
            by_region = np.full(len(regions), numbers[face], np.int64)
            for number, item in enumerate(regions):
                by_region[number] = numbers.get(f"{item.part}.{face}", numbers[face])
            bare = _bare(region, axis, high)
            if axis < 2 and not high and grid.mirrored[axis]:
                bare[(slice(None),) * axis + (0,)] = False  # heat comes from the other side as much as it goes there
            cells = np.flatnonzero(bare)
            exposed.append(ExposedFaces(axis, high, cells, by_region[region.ravel()[cells]]))
    return tuple(surfaces), tuple(exposed)


def _with_rings(
    package: Package,
    grid: Grid,
    region: RegionArray,
    regions: Sequence[Region],
    surfaces: Sequence[Surface],
    faces: ExposedFaces,
) -> ExposedFaces:
    """The same faces, those in a region of the environment under its condition; the grid has the planes of regions."""
    rings = [ring for ring in package.rings if GENERAL.get((faces.axis, faces.high)) == LOOKS[ring.looks]]
    if not rings:
        return faces
    i, j, _ = np.unravel_index(faces.cells, region.shape)
    x, y = (0.5 * (ticks[:-1] + ticks[1:])[index] for ticks, index in ((grid.x, i), (grid.y, j)))
    numbers = {surface.name: number for number, surface in enumerate(surfaces)}
    surface = faces.surface.copy()
    for ring in rings:
        of_part = np.array([item.part == ring.part for item in regions])[region.ravel()[faces.cells]]
        surface[of_part & ring.holds(x, y)] = numbers.get(ring.name, -1)
    return replace(faces, surface=surface)


UNSETTLED = 10.0  # W/m^2/K; stands for a film that is still to be found, so that a package can be put together


def surface_of(name: str, condition: Condition, ambient: float) -> Surface | None:
    """What a condition takes heat with; None where it takes none."""
    match condition:
        case FilmCondition(film=film, ambient=own, emissivity=emissivity) if film > 0 or emissivity:
            return Surface(name, film or UNSETTLED, ambient if own is None else own)
        case FixedTemperature(temperature=temperature):
            return Surface(name, np.inf, temperature)
        case FilmCondition() | Adiabatic():
            return None
        case AirCondition(ambient=own):
            return Surface(name, UNSETTLED, ambient if own is None else own)
        case _:
            raise AssertionError(f"a condition of another kind: {condition!r}")


def _bare(region: RegionArray, axis: int, high: bool) -> BoolArray:
    """Active cells whose neighbour along the axis is nothing or outside the grid."""
    bare = np.asarray(region != NOTHING)
    inner = [slice(None)] * 3
    other = [slice(None)] * 3
    inner[axis], other[axis] = (slice(None, -1), slice(1, None)) if high else (slice(1, None), slice(None, -1))
    bare[tuple(inner)] &= region[tuple(other)] == NOTHING
    return bare


# ---------------------------------------------------------------- does it hold together?
def check_circles(model: VoxelModel) -> None:
    """What is painted round lies embedded, and no face of it has a condition of its own.

    Raises
    ------
    GeometryError : naming each part for which a bound would not hold
    """
    if not model.package.has_circles:
        return
    environment = model.package.case.environment
    named = {part_of(face) for face in (*environment.faces, *(region.face for region in environment.region))}
    round_parts = dict.fromkeys(solid.part for solid in model.package.solids if solid.discs is not None)
    faults = [Fault(f"part '{part}'", OWN_FACE) for part in round_parts if part in named]
    if faults:
        raise GeometryError(faults, source=model.package.case.title)
    model.seen("conducting")


OWN_FACE = (
    "is to be painted round and has a face with a condition of its own: a bound for a round film is not known. Give "
    "its face the general condition, or leave round = true out"
)


def check_connected(model: VoxelModel) -> None:
    """Everything hangs together, and heat has a way out.

    Raises
    ------
    GeometryError : naming each part that floats, or that open contacts cut off, or the lack of any ambient
    """
    faults = [
        Fault("part", f"'{name}' floats: it touches nothing that is joined to the rest{_gap_to_rest(model, name)}")
        for name in _apart(model, model.active)
    ]
    if not faults:
        told = "is cut off: where it touches the rest its contacts are open; let some heat pass"
        faults = [Fault("contact", f"'{name}' {told}") for name in _apart(model, model.conducting)]
    if not any((faces.surface >= 0).any() for faces in model.exposed):
        faults.append(Fault("environment", "no exposed face has a film or a temperature: no path to any ambient"))
    if faults:
        raise GeometryError(faults, source=model.package.case.title)


def _apart(model: VoxelModel, cells: BoolArray) -> list[str]:
    """Solids with some of these cells outside of the largest body that they form."""
    labels, count = ndimage.label(cells)
    if count <= 1:
        return []
    sizes = np.bincount(labels.ravel(), weights=(model.volumes() * cells).ravel())
    largest = int(sizes[1:].argmax()) + 1
    outside = model.region[(labels > 0) & (labels != largest)]
    return list(dict.fromkeys(model.regions[number].solid for number in np.unique(outside)))


def _gap_to_rest(model: VoxelModel, name: str) -> str:
    """The vertical gap to the nearest solid above or below that shares its shadow."""
    solids = model.package.solids
    own = next(solid for solid in solids if solid.name == name).bounds
    nearest: tuple[float, str] | None = None
    for other in solids:
        bounds = other.bounds
        if other.part != next(s.part for s in solids if s.name == name) and _shares_shadow(own, bounds):
            gap = max(bounds[2, 0] - own[2, 1], own[2, 0] - bounds[2, 1])
            if gap > 0 and (nearest is None or gap < nearest[0]):
                nearest = (float(gap), other.name)
    return "" if nearest is None else f"; {nearest[0] * 1e3:.4g} mm of nothing lie between it and '{nearest[1]}'"


def _shares_shadow(first: FloatArray, second: FloatArray) -> bool:
    return bool((np.minimum(first[:2, 1], second[:2, 1]) > np.maximum(first[:2, 0], second[:2, 0])).all())
