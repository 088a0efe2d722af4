"""How fast does the bracket close? The order of its width in a smooth field, and at a corner."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.exact import case, manufactured
from tests.models import Coolant, even, everything, fields, painted, resistances
from thermopkg.answer.bracket import bracket
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual, primal
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import ThermalSystem

ORDER = 0.15  # |observed - theory|


def orders(widths: Sequence[float]) -> FloatArray:
    """Observed between grids of which each has half the steps of the one before."""
    return np.log2(np.array(widths[:-1]) / np.array(widths[1:]))


# ---------------------------------------------------------------- smooth: the manufactured block
COARSEST = (5, 4, 2)


def block(halvings: int) -> VoxelModel:
    ticks = tuple(even(0.0, a, parts=n * 2**halvings) for a, n in zip(manufactured.SIZE, COARSEST, strict=True))
    cooling = {"z-": Coolant(manufactured.FILM_BOTTOM), "z+": Coolant(manufactured.FILM_TOP)}
    region = np.zeros([t.size - 1 for t in ticks], int)
    return painted(ticks, region, np.array([manufactured.CONDUCTIVITY]), cooling)


def watts(model: VoxelModel, halvings: int) -> FloatArray:
    """M01's source in every cell, W; even over each cell of the coarsest grid, so that all grids solve one problem."""
    coarse = block(0).grid
    middles = [0.5 * (ticks[1:] + ticks[:-1]) for ticks in coarse.axes]
    density = manufactured.source(*np.meshgrid(*middles, indexing="ij"))
    for axis in range(3):
        density = np.repeat(density, 2**halvings, axis)
    return density * model.volumes()


def at_corners(cells: FloatArray) -> FloatArray:
    """What trilinear fields feel of heat spread evenly over each cell: an eighth at each of its corners."""
    around = np.pad(cells / 8, 1)
    for axis in range(3):
        low, high = (np.take(around, range(start, around.shape[axis] - 1 + start), axis) for start in (0, 1))
        around = low + high
    return around


def heated(system: ThermalSystem, heat: FloatArray) -> ThermalSystem:
    """The same system with one more load."""
    return replace(system, loads={**system.loads, "heat": heat}, constants=np.zeros((2, 2)))


def manufactured_bracket(halvings: int) -> tuple[float, float]:
    model = block(halvings)
    cells = watts(model, halvings)
    places = {"everything": everything(model)}
    below = heated(primal.emit(model, places, 0.0), at_corners(cells))
    above = heated(dual.emit(model, places, 0.0), cells)
    entry = bracket(below, above, barrier=["everything"]).entry("heat", "heat")
    return entry.lower, entry.upper


def test_width_falls_with_the_square_of_the_step_where_the_field_is_smooth() -> None:
    brackets = np.array([manufactured_bracket(halvings) for halvings in range(1, 5)])
    assert orders(brackets[:, 1] - brackets[:, 0]) == pytest.approx(2.0, abs=ORDER)
    assert (np.diff(brackets[:, 0]) > 0).all()
    assert (np.diff(brackets[:, 1]) < 0).all()


def test_field_converges_to_the_manufactured_one_with_the_square_of_the_step() -> None:
    """Here the source follows the formula on every grid; the largest error over the grid's corners, K."""
    errors = []
    for halvings in range(1, 4):
        model = block(halvings)
        places = np.meshgrid(*model.grid.axes, indexing="ij")
        middles = np.meshgrid(*(0.5 * (t[1:] + t[:-1]) for t in model.grid.axes), indexing="ij")
        load = at_corners(manufactured.source(*middles) * model.volumes())
        system = heated(primal.emit(model, {"everything": everything(model)}, 0.0), load)
        rise = fields(system)[1].reshape(load.shape)
        errors.append(float(np.abs(rise - (manufactured.temperature(*places) - manufactured.AMBIENT)).max()))
    assert orders(errors) == pytest.approx(2.0, abs=ORDER)
    assert errors[-1] < 0.01 * manufactured.AMPLITUDE


# ---------------------------------------------------------------- singular: the inner corner of an L
def corner_bracket(cells: int) -> tuple[float, float]:
    """B04's strip with short arms, all steps alike; the field at its 270 degree corner goes like r^(2/3)."""
    x, z, y = even(0.0, 1.0, 2.0, parts=cells), even(0.0, 1.0, 2.0, parts=cells), even(0.0, 1.0)
    region = np.zeros((2 * cells, 1, 2 * cells), int)
    region[:cells, :, cells:] = NOTHING
    region[cells:] = 1
    cooling = {("x-", 0): Coolant(np.inf, 1.0), ("x+", 1): Coolant(np.inf, 0.0)}
    model = painted((x, y, z), region, np.ones((2, 3)), cooling)
    ends = [resistances(emit(model, {}, 0.0))[0, 0] for emit in (primal.emit, dual.emit)]
    return ends[0], ends[1]


def test_width_falls_with_the_step_to_the_power_of_four_thirds_at_a_corner() -> None:
    brackets = np.array([corner_bracket(cells) for cells in (16, 32, 64, 128)])
    expected = 2 * case("S01").values["rate_of_energy_norm"]
    assert orders(brackets[:, 1] - brackets[:, 0]) == pytest.approx(expected, abs=ORDER)
