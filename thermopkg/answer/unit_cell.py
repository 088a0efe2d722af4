"""What does one cell of a grid of joints conduct? A quarter of it, solved on both lattices, with bounds of its own.

Two opposite faces of a box are held at 0 and at 1 K, all others are adiabatic. The conductance G between the two is
the least energy of all fields with these values, and 1/G the least energy of all unit flows without sources:

    G = min over u of  integral k |grad u|^2,        1/G = min over s of  integral |s|^2 / k.

So fields bound G from above and fluxes from below: the other way round than for a source, whose compliance a field
bounds from below. Nothing else has to be turned, for both lattices carry held faces as the load AMBIENT. Its compliance
is R = F' A^-1 F + c with c = - sum of g * rise^2 over all that is linked to the held faces, and the energy of a field v
of rises is  v'A v - 2 F'v + sum of g * rise^2,  whose least value is -R. Hence G = -R for a difference of 1 K, and
R_primal <= R <= R_dual becomes  -R_dual <= G <= -R_primal. Circles are painted as for any package: the primal lattice
sees the better conductor in a cell that is cut, which raises its G; the dual one the worse.

The value between the bounds is their geometric mean, which treats G and 1/G alike: in the plane, where fields and
fluxes change places with the two materials, it is exact on any grid for what is its own counterpart, a checkerboard.

A cell is the mirror image of itself about both of its middle planes, and heat across it crosses one of them at right
angles and runs along the other: a quarter, held on the middle plane and on the cell's face, conducts as the whole.
Source: [pragersynge1947]; arrays by their cell [rayleigh1892], [perrins1979]; exchanging materials [keller1964]
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from thermopkg.answer.adapt import LEFT, MOST_LEFT, half_width, slabs_to_halve
from thermopkg.answer.bracket import Bracket, ResistanceMatrix, from_above, from_below
from thermopkg.answer.metrics import Wanted
from thermopkg.answer.width import Width
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import VolumePatch
from thermopkg.mesh.voxel import ExposedFaces, Side, Surface, VoxelModel, paint
from thermopkg.package.arrays import discs
from thermopkg.package.medium import Cell, Directions, Medium
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid
from thermopkg.system import AMBIENT

CELL_TOLERANCE = 1e-3  # of a conductivity in the plane; θ of a package moves by a small part of that
MOST_CELLS = 250_000  # two seconds; circles, whose bracket narrows with the first power of the step, get to 0.3 %
EVERYTHING = "everything"
HELD = (Surface("cold", np.inf, 0.0), Surface("hot", np.inf, 1.0))
BETWEEN = Wanted("conductance", {AMBIENT: 1.0}, {AMBIENT: 1.0}, {AMBIENT: 1.0}, 1.0, "W/K", "heat between held faces")


@dataclass(frozen=True)
class Conductances:
    """Heat per kelvin between two held faces, W/K, along each axis asked for, and the cells of the grid."""

    along: tuple[Bracket, ...]
    n_cells: int


# ---------------------------------------------------------------- any box between two held faces
def conductances(
    package: Package,
    axes: tuple[int, ...] = (0, 1),
    alike: bool = False,
    tolerance: float = CELL_TOLERANCE,
    most_cells: int = MOST_CELLS,
) -> Conductances:
    """Heat per kelvin through a box, from its low to its high face along each axis; the other faces are adiabatic.

    All axes share a grid. A slab is halved for what it adds to the widths of all of them: heat along x that bends
    needs cells that are small along y, and only heat along y tells where.

    Parameters
    ----------
    package : fills its box without a gap
    alike : x and y may be exchanged, so that one of them tells both
    tolerance : half-width over the value
    most_cells : the search ends before a grid that has more
    Raises
    ------
    ConvergenceError : a solve fails
    """
    grid = _with_a_middle(_within(geometry_grid(package), package.bounds), axes)
    left, carried, before = LEFT, 1.0, np.inf
    while True:
        brackets: list[Bracket] = []
        slabs = [np.zeros(n) for n in grid.shape]
        for axis in axes[: 1 if alike else None]:
            bracket, made = _between_faces(package, grid, axis)
            brackets.append(bracket)
            for total, own in zip(slabs, made.slabs, strict=True):
                total += own / bracket.value
        if alike:
            brackets *= 2
            slabs[0] = slabs[1] = slabs[0] + slabs[1]
        widest = max(bracket.relative_half_width for bracket in brackets)
        if np.isfinite(before):
            left = min(max(1 - (1 - widest / before) / carried, LEFT), MOST_LEFT)
        found = Conductances(tuple(brackets), grid.n_cells)
        if widest <= tolerance:
            return found
        chosen = slabs_to_halve(grid, (slabs[0], slabs[1], slabs[2]), tolerance / widest, left)
        whole = sum(float(slab.sum()) for slab in slabs)
        carried = sum(float(slab[cut].sum()) for slab, cut in zip(slabs, chosen, strict=True)) / whole
        grid, before = grid.divided(chosen), widest
        if grid.n_cells > most_cells:
            return found


def _between_faces(package: Package, grid: Grid, axis: int) -> tuple[Bracket, Width]:
    """Heat per kelvin along one axis on one grid, W/K, and which slabs make the width of its bracket."""
    sides = _held(package, grid, "conducting", axis), _held(package, grid, "insulating", axis)
    places = {EVERYTHING: VolumePatch(frozenset(solid.name for solid in package.solids))}
    below = from_below(primal.emit(sides[0], places, 0.0), [EVERYTHING])
    system = dual.emit(sides[1], places, 0.0)
    above = from_above(system, [EVERYTHING], below.bound)
    found = ResistanceMatrix(tuple(system.loads), below.bound, above.bound).entry(AMBIENT, AMBIENT)
    fields = below.responses.only([AMBIENT]), above.responses.only([AMBIENT])
    made = half_width(sides, BETWEEN, *fields, system, places, 0.0)
    lower, upper = -found.upper, -found.lower
    return Bracket(math.sqrt(lower * upper), lower, upper), made


def _within(grid: Grid, bounds: FloatArray) -> Grid:
    """Without the ticks outside the box, where circles around its corner end that it holds a quarter of."""
    x, y, z = (t[(t >= low) & (t <= high)] for t, (low, high) in zip(grid.axes, bounds, strict=True))
    return Grid(x, y, z)


def _with_a_middle(grid: Grid, axes: tuple[int, ...]) -> Grid:
    """At least two cells between held faces, so that a point is left to be found."""
    x, y, z = (
        np.array([t[0], 0.5 * (t[0] + t[1]), t[1]]) if a in axes and t.size == 2 else t for a, t in enumerate(grid.axes)
    )
    return Grid(x, y, z)


def _held(package: Package, grid: Grid, side: Side, axis: int) -> VoxelModel:
    """The box as one of the lattices sees it, its two faces across an axis held."""
    model = paint(package, grid, side)
    number = np.arange(grid.n_cells).reshape(grid.shape)
    exposed = []
    for across in range(3):
        for high in (False, True):
            cells = np.take(number, -1 if high else 0, across).ravel()
            exposed.append(ExposedFaces(across, high, cells, np.full(cells.size, int(high) if across == axis else -1)))
    return replace(model, surfaces=HELD, exposed=tuple(exposed))


# ---------------------------------------------------------------- the cell of a grid of joints
@dataclass(frozen=True)
class Solved:
    """What a unit cell conducts along x, y, z, W/m/K: values, bounds, and the cells that they took."""

    value: Directions
    lower: Directions
    upper: Directions
    n_cells: int


@lru_cache(maxsize=256)  # a case is placed again for every change of it, and most changes leave the joints as they are
def solved(cell: Cell, tolerance: float = CELL_TOLERANCE, most_cells: int = MOST_CELLS) -> Solved:
    """What a cell of columns conducts in the plane, from both lattices, and through, where shares add up exactly.

    Raises
    ------
    ConvergenceError : a solve fails
    """
    found = conductances(_quarter(cell), (0, 1), _alike(cell), tolerance, most_cells)
    ratio = cell.size[0] / cell.size[1]
    x, y = found.along[0].scaled(ratio), found.along[1].scaled(1 / ratio)
    through = cell.through()
    bounds = ((x.value, y.value, through), (x.lower, y.lower, through), (x.upper, y.upper, through))
    return Solved(*bounds, found.n_cells)


def _alike(cell: Cell) -> bool:
    """Whether x and y may be exchanged."""
    each = [*(column.conductivity for column in cell.columns), cell.fill]
    return cell.size[0] == cell.size[1] and all(k[0] == k[1] for k in each)


def _quarter(cell: Cell) -> Package:
    """A quarter of the cell, its middle at the origin, one metre high, its longer side one metre: all of it scales."""
    scale = 2 / max(cell.size)
    case = _case(cell)
    high = scale * np.array(cell.size) / 2
    solids = [Solid("fill", "fill", "fill", "fill", _corner_box(high))]
    for number, column in enumerate(cell.columns):
        name, box = f"column-{number}", _corner_box(np.full(2, scale * column.side / 2))
        round_ = discs(box - box.mean(axis=2, keepdims=True), scale * column.diameter) if cell.circles else None
        solids.append(Solid(name, name, "vias", name, box, discs=round_))
    return Package(case, {}, tuple(solids), (), {})


def _corner_box(high: FloatArray) -> FloatArray:
    """From the origin to a point in the plane, one metre high, m, shape (1, 3, 2)."""
    return np.array([[[0.0, high[0]], [0.0, high[1]], [0.0, 1.0]]])


def _case(cell: Cell) -> Case:
    """The materials of a cell, and whether its columns are round, in the only words that paint understands."""

    def material(k: Directions) -> dict[str, object]:
        ways = {"in_plane": f"{k[0]!r} W/m/K", "through": f"{k[2]!r} W/m/K"}
        return {"class": "composite", "electrical": "insulator", "conductivity": ways}

    columns = {f"column-{number}": material(column.conductivity) for number, column in enumerate(cell.columns)}
    block = {"name": "cell", "kind": "block", "size": ["1 mm", "1 mm", "1 mm"], "material": "fill"}
    return from_document(
        {
            "title": "unit cell",
            "environment": {"ambient": "0 degC", "top": {"film": "1 W/m^2/K"}},
            "study": {"metrics": [], "round": cell.circles},
            "materials": {"fill": material(cell.fill), **columns},
            "part": [block],
        }
    )


# ---------------------------------------------------------------- a package whose media are known
def homogenised(package: Package, tolerance: float = CELL_TOLERANCE) -> Package:
    """The package with every unit cell solved that it asks for.

    Raises
    ------
    ConvergenceError : a solve fails
    """
    if not any(solid.medium is not None and solid.medium.pending for solid in package.solids):
        return package
    return replace(package, solids=tuple(_with_bounds(solid, tolerance) for solid in package.solids))


def _with_bounds(solid: Solid, tolerance: float) -> Solid:
    if solid.medium is None or not solid.medium.pending:
        return solid
    found = solved(solid.medium.cell, tolerance)
    medium: Medium = replace(solid.medium, conductivity=found.value, lower=found.lower, upper=found.upper)
    return replace(solid, medium=medium)
