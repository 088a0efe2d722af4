"""Which problem does every solver get? A 35 mm flip chip on four grids: the same solids at every size."""

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.lattice import dual, primal
from thermopkg.lattice.network import Network
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import VolumePatch, volume_shares
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

Side = Literal["primal", "dual"]
SizeName = Literal["warm-up", "small", "medium", "large"]

MM = 1e-3
BODY = 35.0  # mm, edge of the square package
DIE = 10.0  # mm, edge of the square die in its middle
FILM = 10.0  # W/m^2/K on top and bottom; the sides are adiabatic. So little leaves the constant mode nearly free
BALL_PITCH, BUMP_PITCH = 1.25, 0.25  # mm; both arrays fill the shadow of the die, squares half a pitch wide
HEAT = "heat"  # name of the only load: one watt in the die's lowest sixth

CONDUCTIVITY = {  # W/m/K; not any product's, but as far apart as such packages have them, 1:15000
    "air": 0.026,
    "laminate": 0.3,
    "fill": 1.5,  # underfill, mould and the gap under the sink
    "smeared-balls": 3.0,
    "laminate-copper": 15.0,  # planes and traces, smeared
    "solder": 50.0,
    "silicon": 120.0,
    "copper": 390.0,
}

Footprint = Literal["body", "die", "balls", "bumps"]


@dataclass(frozen=True)
class Layer:
    """A slice of the stack: thickness in mm, cells through it at medium size, and what fills it.

    `material` fills the whole body; each further pair paints a footprint over it.
    """

    name: str
    thickness: float
    cells: int
    material: str
    over: tuple[tuple[Footprint, str], ...] = ()


STACK = (  # from the bottom up
    Layer("balls", 0.5, 4, "smeared-balls", (("die", "air"), ("balls", "solder"))),
    Layer("lower laminate", 0.4, 3, "laminate"),
    Layer("inner copper", 0.4 / 3, 1, "laminate-copper"),
    Layer("upper laminate", 0.4 / 3, 1, "laminate"),
    Layer("outer copper", 0.4 / 3, 1, "laminate-copper"),
    Layer("bumps", 0.1, 3, "fill", (("bumps", "solder"),)),
    Layer("heated", 0.7 / 6, 1, "fill", (("die", "silicon"),)),
    Layer("die", 0.7 * 5 / 6, 5, "fill", (("die", "silicon"),)),
    Layer("gap", 0.1, 3, "fill"),
    Layer("sink", 0.5, 4, "copper"),
)


@dataclass(frozen=True)
class Size:
    """How finely the package is cut: cells at medium size times `scale`; `columns` keeps only the middle ones."""

    name: SizeName
    scale: float
    columns: int | None = None


SIZES = {
    size.name: size
    for size in (
        Size("warm-up", 0.5, 24),  # enough to run every compiled loop once
        Size("small", 0.5),
        Size("medium", 1.0),
        Size("large", 2.0),
    )
}


def model(name: SizeName) -> VoxelModel:
    """The flip chip on the cells of one size."""
    return paint(_package(), _grid(SIZES[name]))


def heat_density(cells: VoxelModel) -> FloatArray:
    """Heat made per volume for one watt in all, W/m^3, shape of the cells."""
    return np.asarray(volume_shares(cells, _heated(cells)) / cells.volumes())


def lattice_and_load(cells: VoxelModel, side: Side) -> tuple[Network, FloatArray]:
    """One of the two lattices, and what one watt in the die puts into its points, W."""
    emit = primal.emit if side == "primal" else dual.emit
    system = emit(cells, {HEAT: _heated(cells)}, cells.package.case.environment.ambient)
    return system.conductance, system.loads[HEAT]


def _heated(cells: VoxelModel) -> VolumePatch:
    return VolumePatch(frozenset(s.name for s in cells.package.solids if s.name == "heated die"))


# ---------------------------------------------------------------- solids
def _package() -> Package:
    """All solids as parts of one block, written down here rather than placed: the case only gives the films."""
    height = sum(layer.thickness for layer in STACK)
    film = {"film": f"{FILM} W/m^2/K"}
    case = Case.model_validate(
        {
            "title": "35 mm flip chip, model problem of the benchmarks",
            "part": [
                {
                    "kind": "block",
                    "name": "package",
                    "size": [f"{BODY} mm", f"{BODY} mm", f"{height} mm"],
                    "material": "silicon",
                }
            ],
            "environment": {"ambient": "25 degC", "top": film, "bottom": film},
            "study": {"metrics": []},
            "materials": {
                name: {"class": "composite", "electrical": "insulator", "conductivity": f"{value} W/m/K"}
                for name, value in CONDUCTIVITY.items()
            },
        }
    )
    solids, bottom = [], 0.0
    for layer in STACK:
        top = bottom + layer.thickness
        for footprint, material in (("body", layer.material), *layer.over):
            boxes = np.array([[*square, (bottom, top)] for square in _squares(footprint)]) * MM
            solids.append(Solid(f"{layer.name} {footprint}", "package", "body", material, boxes))
        bottom = top
    return Package(case, {}, tuple(solids), (), {})


def _squares(footprint: Footprint) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The rectangles of a footprint: intervals along x and y, mm, with the origin in the die's middle."""
    match footprint:
        case "body":
            return [((-BODY / 2, BODY / 2),) * 2]
        case "die":
            return [((-DIE / 2, DIE / 2),) * 2]
        case "balls" | "bumps":
            pitch = BALL_PITCH if footprint == "balls" else BUMP_PITCH
            intervals = [(low, low + pitch / 2) for low in np.arange(-DIE / 2, DIE / 2, pitch)]
            return list(product(intervals, intervals))


# ---------------------------------------------------------------- cells
def _grid(size: Size) -> Grid:
    """Even steps inside the die's shadow, beside it, and in every layer."""
    across = _ticks(
        [
            (-BODY / 2, -DIE / 2, _scaled(12, size)),
            (-DIE / 2, DIE / 2, _scaled(160, size)),
            (DIE / 2, BODY / 2, _scaled(12, size)),
        ]
    )
    if size.columns is not None:
        first = (across.size - 1 - size.columns) // 2
        across = across[first : first + size.columns + 1]
    tops = np.cumsum([layer.thickness for layer in STACK])
    bottoms = np.append(0.0, tops[:-1])
    counts = [_scaled(layer.cells, size) for layer in STACK]
    through = _ticks(list(zip(bottoms, tops, counts, strict=True)))
    return Grid(across * MM, across.copy() * MM, through * MM)


def _scaled(cells: int, size: Size) -> int:
    return max(1, int(cells * size.scale))


def _ticks(segments: list[tuple[float, float, int]]) -> FloatArray:
    pieces = [np.linspace(low, high, n, endpoint=False) for low, high, n in segments]
    return np.append(np.concatenate(pieces), segments[-1][1])
