"""Which packages does the scaling run solve? The model problem at any number of cells, and shapes hard on a solver."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product
from pathlib import Path
from typing import Literal, assert_never

import numpy as np

from benchmarks.package_model import BALL_PITCH, BODY, CONDUCTIVITY, DIE, FILM, MM, STACK, model
from thermopkg.answer.adapt import Adapted, adapt
from thermopkg.answer.answer import ACTIVE, patches, wanted_of
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.case import Case
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import Patch, VolumePatch
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.package.solids import Solid
from thermopkg.workflow import geometry, mesh, read

ShapeName = Literal["package", "real-cooled", "real-still", "cut-air", "cut-nothing", "board", "storeys"]

CASES = Path(__file__).resolve().parents[1] / "cases"
HALVES = 80  # half bump pitches across the die: the fewest cells that hold its geometry
SIDE = 6  # cells beside the die, on either side, for every HALVES across it
LAYERS = sum(layer.cells for layer in STACK) / 2  # through the stack, likewise
BUMP_FILMS = (500.0, 50.0)  # W/m^2/K on top and bottom of the package with 64 bumps
HEATED = VolumePatch(frozenset({"heated die"}))
SMALLEST = (HALVES + 2 * SIDE) ** 2 * LAYERS  # cells of the model problem at m = 1


@dataclass(frozen=True, eq=False)
class Problem:
    """A package, the grid to solve it on, and where its one watt is made."""

    name: str
    package: Package
    grid: Grid
    heated: Patch

    @property
    def ambient(self) -> float:
        return float(self.package.case.environment.ambient)

    @property
    def aspect(self) -> float:
        """Longest side of a cell over its shortest, in the flattest cell."""
        steps = self.grid.steps
        return max(float(steps[a].max() / steps[b].min()) for a, b in product(range(3), range(3)) if a != b)


# ---------------------------------------------------------------- the model problem
def model_problem(n_cells: float) -> Problem:
    """The 35 mm flip chip of `package_model` on about so many cells.

    Across, half a bump pitch is always a whole number m of cells, so that every grid holds the same solids; through
    the stack the cells are as many as still fit.
    """
    m = max(1, round((n_cells / SMALLEST) ** (1 / 3)))
    return _model_problem(m, round(n_cells / (m * (HALVES + 2 * SIDE)) ** 2))


def _model_problem(m: int, n_layers: int) -> Problem:
    """With m cells to half a bump pitch, and so many through the stack."""
    edges = np.array([-BODY, -DIE, DIE, BODY]) / 2 * MM
    across = _cut(edges, [SIDE * m, HALVES * m, SIDE * m])
    levels = np.append(0.0, np.cumsum([layer.thickness for layer in STACK])) * MM
    grid = Grid(across, across.copy(), _cut(levels, _shared([layer.cells for layer in STACK], n_layers)))
    return Problem(f"{grid.n_cells / 1e6:.3g} M", model("warm-up").package, grid, HEATED)


def _shared(weights: Sequence[int], n: int) -> IntArray:
    """n cells shared out in proportion, at least one to each, the largest remainders first."""
    exact = np.array(weights) * n / sum(weights)
    counts = np.maximum(1, np.floor(exact)).astype(np.int64)
    for i in np.argsort(counts - exact)[: max(0, n - int(counts.sum()))]:
        counts[i] += 1
    return counts


def _cut(edges: FloatArray, counts: Sequence[int] | IntArray) -> FloatArray:
    """Every interval cut into so many equal parts."""
    pieces = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(edges, edges[1:], counts, strict=False)]
    return np.append(np.concatenate(pieces), edges[-1])


def divided(grid: Grid, parts: int) -> Grid:
    """Every cell cut into so many equal parts along every axis."""
    return Grid(*(_cut(ticks, [parts] * (ticks.size - 1)) for ticks in grid.axes))


# ---------------------------------------------------------------- shapes that are hard on a solver
def grids_of(shape: ShapeName, largest: float) -> Iterator[Problem]:
    """One shape on all its grids, up to `largest` cells."""
    for problem in _all_grids_of(shape, largest):
        if problem.grid.n_cells > largest:
            return
        yield problem


def _all_grids_of(shape: ShapeName, largest: float) -> Iterator[Problem]:
    match shape:
        case "package":
            for scale in (1, 2, 3, 4):
                yield replace(_model_problem(2 * scale, round(2 * scale * LAYERS)), name=f"package({scale})")
        case "real-cooled":
            yield from adaptive_steps(shape, 2000.0, 0.003, largest)
        case "real-still":
            yield from adaptive_steps(shape, 10.0, 0.005, largest)
        case "cut-air" | "cut-nothing":
            for m in (2, 4):
                whole = _model_problem(m, round(m * LAYERS))
                yield replace(whole, name=f"{shape}, {whole.name}", package=balls_under_all(shape == "cut-air"))
        case "board":
            yield from _halved(shape, board(), (1, 2))
        case "storeys":
            yield from _halved(shape, storeys(), (1, 2))
        case _:
            assert_never(shape)


def _halved(name: str, package: Package, times: Sequence[int]) -> Iterator[Problem]:
    heated = patches(package)["chip" + ACTIVE] if package.active_faces else HEATED
    for n in times:
        grid = geometry_grid(package).halved(n)
        yield Problem(f"{name}, {grid.n_cells / 1e6:.3g} M", package, grid, heated)


def adaptive_steps(name: str, film: float, tolerance: float, largest: float) -> Iterator[Problem]:
    """The case of real size, a film [W/m^2/K] on its top, on every grid of the search for a half-width."""
    top = {"environment": {"top": {"film": f"{film} W/m^2/K"}}}
    start = mesh(geometry(read(CASES / "flip-chip-27mm" / "case.toml", top)))
    package, junction = start.package, "chip" + ACTIVE
    ambient = package.case.environment.ambient
    places = {junction: patches(package)[junction]}

    def search(most_cells: float) -> Adapted:
        wanted = wanted_of(package)
        return adapt(package, start.grid, places, wanted, ambient, tolerance, lambda grid: grid.n_cells <= most_cells)

    # the search is deterministic, so one that may go no further ends on the very grid of that step
    for n, step in enumerate(search(largest).steps):
        yield Problem(f"{name}, step {n}", package, search(step.n_cells).model.grid, places[junction])


def balls_under_all(filled: bool) -> Package:
    """The model problem with balls in still air, or in nothing, under the whole body.

    Beside the die's shadow the cells are wider than the balls, which fall on whatever planes are near: some vanish,
    some become one with a neighbour.
    """
    package = model("warm-up").package
    balls = array(int(BODY / BALL_PITCH), BALL_PITCH * MM, BALL_PITCH / 2 * MM, (0.0, STACK[0].thickness * MM))
    drawn = []
    for solid in package.solids:
        match solid.name:
            case "balls body":
                drawn += [replace(solid, material="air")] if filled else []
            case "balls die":
                pass  # was there to put air around the balls
            case "balls balls":
                drawn.append(replace(solid, boxes=balls))
            case _:
                drawn.append(solid)
    return replace(package, solids=tuple(drawn))


def array(count: int, pitch: float, width: float, levels: tuple[float, float]) -> FloatArray:
    """Square posts in a square array about the middle, m, shape (count^2, 3, 2)."""
    middles = pitch * (np.arange(count) - (count - 1) / 2)
    intervals = [(middle - width / 2, middle + width / 2) for middle in middles]
    return np.array([(x, y, levels) for x, y in product(intervals, intervals)])


def board() -> Package:
    """A 10 mm package on a 100 mm board: its outermost cells are 45 mm wide, its copper 18 um thick."""
    film = {"film": "10 W/m^2/K"}
    copper, core = {"material": "copper", "thickness": "18 um"}, {"material": "bt-laminate", "thickness": "0.3 mm"}
    plane, prepreg = {"material": "copper", "thickness": "35 um"}, {"material": "fr4", "thickness": "0.5 mm"}
    return place(
        Case.model_validate(
            {
                "title": "10 mm package on a 100 mm board",
                "part": [
                    {"kind": "substrate", "name": "carrier", "size": ["10 mm"] * 2, "layers": [copper, core, copper]},
                    {
                        "kind": "chip",
                        "name": "chip",
                        "on": "carrier",
                        "size": ["5 mm", "5 mm", "0.4 mm"],
                        "power": "1 W",
                        "bumps": {"material": "sac305", "pitch": "0.25 mm", "diameter": "0.12 mm", "height": "0.08 mm"},
                    },
                    {"kind": "encapsulant", "name": "mould", "material": "emc-2.5", "exposes": ["chip.top"]},
                    {
                        "kind": "balls",
                        "name": "balls",
                        "under": "carrier",
                        "material": "sac305",
                        "pitch": "0.8 mm",
                        "diameter": "0.4 mm",
                        "height": "0.3 mm",
                        "count": [12, 12],
                        "fill": "air",
                    },
                    {
                        "kind": "board",
                        "name": "board",
                        "under": "balls",
                        "size": ["100 mm"] * 2,
                        "layers": [plane, prepreg, plane, prepreg, plane],
                    },
                ],
                "environment": {"ambient": "25 degC", "top": film, "bottom": film},
            }
        )
    )


def drawn(
    title: str, height: float, films: tuple[float, float], conductivity: dict[str, float], solids: Sequence[Solid]
) -> Package:
    """Solids as parts of one block, written down rather than placed: the case only gives films and conductivities.

    Parameters
    ----------
    height : m; films : on top and bottom, W/m^2/K; conductivity : W/m/K
    """
    top, bottom = ({"film": f"{film} W/m^2/K"} for film in films)
    case = Case.model_validate(
        {
            "title": title,
            "part": [
                {
                    "kind": "block",
                    "name": "package",
                    "size": ["10 mm", "10 mm", f"{height} m"],
                    "material": next(iter(conductivity)),
                }
            ],
            "environment": {"ambient": "25 degC", "top": top, "bottom": bottom},
            "study": {"metrics": []},
            "materials": {
                name: {"class": "composite", "electrical": "insulator", "conductivity": f"{value} W/m/K"}
                for name, value in conductivity.items()
            },
        }
    )
    return Package(case, {}, tuple(solids), (), {})


def slab(width: float, levels: tuple[float, float]) -> FloatArray:
    """A square slab about the middle, m, shape (1, 3, 2)."""
    side = (-width / 2, width / 2)
    return np.array([(side, side, levels)])


def storeys() -> Package:
    """Three packages one on another, each a die on a laminate on 400 balls in air; the lowest die makes the heat."""
    solids, floor, body = [], 0.0, 14 * MM
    for storey in ("lower", "middle", "upper"):
        balls, laminate, roof = floor + 0.3 * MM, floor + 0.5 * MM, floor + 0.8 * MM
        die = "heated die" if storey == "lower" else f"{storey} die"
        for name, material, boxes in (
            ("air", "air", slab(body, (floor, balls))),
            ("balls", "solder", array(20, 0.65 * MM, 0.32 * MM, (floor, balls))),
            ("laminate", "laminate", slab(body, (balls, laminate))),
            ("mould", "fill", slab(body, (laminate, roof))),
        ):
            solids.append(Solid(f"{storey} {name}", "package", "body", material, boxes))
        solids.append(Solid(die, "package", "body", "silicon", slab(8 * MM, (laminate, laminate + 0.15 * MM))))
        floor = roof
    conductivity = {name: CONDUCTIVITY[name] for name in ("air", "solder", "laminate", "fill", "silicon")}
    return drawn("three storeys", floor, (FILM, FILM), conductivity, solids)


def bumps() -> Package:
    """A 4 mm die on 64 bumps under a copper sink: small enough to solve on any grid, by any method."""
    levels = np.array([0.0, 0.8, 0.9, 1.0, 1.4, 1.5, 2.0]) * MM
    stack = list(pairwise(levels.tolist()))
    body, die = 15 * MM, 4 * MM
    solids = [
        Solid(name, "package", "body", material, boxes)
        for name, material, boxes in (
            ("mould", "mould", slab(body, (levels[1], levels[-1]))),
            ("laminate", "laminate", slab(body, stack[0])),
            ("bumps", "solder", array(8, 0.5 * MM, 0.25 * MM, stack[1])),
            ("heated die", "silicon", slab(die, stack[2])),
            ("die", "silicon", slab(die, stack[3])),
            ("gap", "gap", slab(body, stack[4])),
            ("sink", "copper", slab(12 * MM, stack[5])),
        )
    ]
    conductivity = {"mould": 0.9, "laminate": 12.0, "solder": 50.0, "silicon": 120.0, "gap": 2.0, "copper": 390.0}
    return drawn("small flip chip", float(levels[-1]), BUMP_FILMS, conductivity, solids)
