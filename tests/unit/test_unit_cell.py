"""Does a unit cell know what it conducts? Its bracket against exact arrays, exchanged materials, and sums by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.exact import case
from thermopkg.answer import unit_cell
from thermopkg.answer.unit_cell import conductances, solved
from thermopkg.package import effective
from thermopkg.package.arrays import equal_area_side
from thermopkg.package.medium import Cell, Column
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

MIDDLE = 2e-3  # of the bracket around circles: squares of cells know them to the first power of the step


def cell(column, fill, diameter=0.09e-3, pitch=(0.15e-3, 0.15e-3), circles=False):
    side = equal_area_side(diameter)
    return Cell(pitch, (Column(side, diameter, (column,) * 3),), (fill,) * 3, circles)


def boxes_of(column, fill, *boxes):
    """A box of 2 x 2 x 1 m of the fill with boxes of the column's material in it: along x, y and z, m."""
    materials = unit_cell._case(Cell((1.0, 1.0), (Column(0.5, 0.5, (column,) * 3),), (fill,) * 3))
    whole = np.array([[(-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0)]])
    columns = Solid("column-0", "column-0", "vias", "column-0", np.array(boxes))
    return Package(materials, {}, (Solid("fill", "fill", "fill", "fill", whole), columns), (), {})


def test_checkerboard_is_the_geometric_mean(book):
    """H01, Keller and Dykhne. Its four corners are so singular at 390 to 1 that the bracket stays wide."""
    exact = case("H01")
    k = exact.inputs["conductivities"]
    board = boxes_of(*k, ((-1, 0), (-1, 0), (0, 1)), ((0, 1), (0, 1), (0, 1)))
    coarse, fine = (conductances(board, alike=True, most_cells=n) for n in (1_000, 40_000))
    wide, narrow = coarse.along[0], fine.along[0]
    for found in (wide, narrow):
        assert found.lower < exact.values["effective"] < found.upper
        assert found.value == pytest.approx(exact.values["effective"], rel=exact.tolerance)
    assert wide.lower < narrow.lower
    assert narrow.upper < wide.upper
    book.record("H01", "effective", "lattice", "W/m/K", exact.values["effective"], cells=[coarse.n_cells, fine.n_cells],
                value=[wide.value, narrow.value], lower=[wide.lower, narrow.lower], upper=[wide.upper, narrow.upper],
                tolerance=exact.tolerance)  # fmt: skip
    # at 4 to 1 it is narrow as well: sqrt(4)
    gentle = boxes_of(4.0, 1.0, ((-1, 0), (-1, 0), (0, 1)), ((0, 1), (0, 1), (0, 1)))
    found = conductances(gentle, alike=True).along[0]
    assert found.lower < 2.0 < found.upper
    assert found.relative_half_width <= unit_cell.CELL_TOLERANCE


@pytest.mark.parametrize("exchanged", [False, True])
def test_square_array_of_circles(exchanged, book):
    """H03, and by Keller's theorem the same with column and fill exchanged: k k' = column fill."""
    exact = case("H03")
    k = exact.inputs["bump_conductivity"], exact.inputs["matrix_conductivity"]
    array = cell(*(k[::-1] if exchanged else k), exact.inputs["diameter"], (exact.inputs["pitch"],) * 2, circles=True)
    truth = k[0] * k[1] / exact.values["in_plane"] if exchanged else exact.values["in_plane"]
    found = solved(array, most_cells=100_000)
    for axis in (0, 1):
        assert found.lower[axis] < truth < found.upper[axis]
        assert found.upper[axis] - found.lower[axis] < 0.012 * truth
    if not exchanged:
        assert found.value[2] == pytest.approx(exact.values["vertical"], rel=1e-12)
        assert found.value[0] == pytest.approx(truth, rel=MIDDLE)
        coarse = solved(array, most_cells=10_000)
        meshes = (coarse, found)
        book.record("H03", "in_plane", "lattice", "W/m/K", truth, cells=[own.n_cells for own in meshes],
                    value=[own.value[0] for own in meshes], lower=[own.lower[0] for own in meshes],
                    upper=[own.upper[0] for own in meshes], tolerance=MIDDLE)  # fmt: skip
        book.record("H03", "vertical", "lattice", "W/m/K", exact.values["vertical"], cells=[found.n_cells],
                    value=[found.value[2]], tolerance=1e-12)  # fmt: skip


def test_squares_conduct_more_in_the_plane_than_circles_of_their_area():
    """Their bracket holds that of a far finer grid, and is its own image where the materials are exchanged."""
    coarse, fine = solved(cell(57.0, 0.5), 1e-3), solved(cell(57.0, 0.5), 5e-5)
    assert fine.n_cells > 2 * coarse.n_cells
    assert coarse.lower[0] <= fine.lower[0] < fine.upper[0] <= coarse.upper[0]
    assert (fine.upper[0] - fine.lower[0]) / 2 < 5e-5 * fine.value[0]
    assert fine.lower[0] > case("H03").values["in_plane"]
    exchanged = solved(cell(0.5, 57.0), 1e-3)
    assert exchanged.lower[0] < 57.0 * 0.5 / fine.value[0] < exchanged.upper[0]
    low, high = effective.hashin_shtrikman(coarse_share := cell(57.0, 0.5).share, 57.0, 0.5)
    assert low < coarse.lower[0] < coarse.upper[0] < high, coarse_share


def test_few_columns_are_those_of_maxwell():
    """Far apart the shape is all that counts: circles at a share of 0.02, to the square of the share."""
    array = cell(57.0, 0.5, diameter=0.16 * 0.15e-3, circles=True)
    found, formula = solved(array), array.by_formula()
    assert array.share == pytest.approx(0.0201, abs=1e-4)
    assert found.lower[0] < formula[0] * (1 + array.share**2)
    assert formula[0] < found.upper[0]


def test_a_wall_around_its_hole_counts_as_one_column():
    """Both coats by the formula, which is exact for one coat in another seen from far off: circles, a small share."""
    inner = Column(equal_area_side(0.03), 0.03, (0.03,) * 3)
    array = Cell((0.4, 0.4), (Column(equal_area_side(0.05), 0.05, (390.0,) * 3), inner), (0.3,) * 3, circles=True)
    found, formula = solved(array), array.by_formula()
    assert found.lower[0] < formula[0] < found.upper[0]
    solid = replace(array, columns=array.columns[:1]).by_formula()
    assert formula[0] < solid[0]
    wall, hole, fill = array.shares
    assert formula[2] == pytest.approx(wall * 390 + hole * 0.03 + fill * 0.3, rel=1e-12)
    assert hole == pytest.approx(math.pi * 0.015**2 / 0.16, rel=1e-12)


def test_heat_through_columns_takes_its_shares():
    columns = boxes_of(57.0, 0.5, ((-0.5, 0.3), (-0.4, 0.6), (0, 1)))
    found = conductances(columns, axes=(2,)).along[0]
    share = 0.8 * 1.0 / 4
    assert found.value == pytest.approx(4 * effective.in_parallel([share, 1 - share], [57.0, 0.5]), rel=1e-9)
    assert found.half_width < 1e-9 * found.value


def test_sheets_across_and_along_the_heat():
    """A wall from side to side: in series across it, in parallel along it, both exact on any grid."""
    wall = boxes_of(57.0, 0.5, ((-0.5, 0.3), (-1, 1), (0, 1)))
    across, along = conductances(wall).along
    assert across.value == pytest.approx(float(effective.in_series([0.4, 0.6], [57.0, 0.5])), rel=1e-9)
    assert along.value == pytest.approx(float(effective.in_parallel([0.4, 0.6], [57.0, 0.5])), rel=1e-9)


def test_a_cell_that_is_longer_one_way_conducts_differently_both_ways():
    found = solved(cell(57.0, 0.5, pitch=(0.15e-3, 0.12e-3)))
    turned = solved(cell(57.0, 0.5, pitch=(0.12e-3, 0.15e-3)))
    assert found.lower[1] > found.upper[0]  # columns stand closer along y
    for one, other in ((0, 1), (1, 0)):
        assert found.value[one] == pytest.approx(turned.value[other], rel=1e-9)


def test_equal_materials_are_one():
    found = solved(cell(0.5, 0.5))
    np.testing.assert_allclose([found.lower, found.value, found.upper], 0.5, rtol=1e-9)


def test_a_column_of_copper_in_air_is_bounded_too():
    found = solved(cell(390.0, 0.026, diameter=0.13e-3))
    assert found.lower[0] < found.value[0] < found.upper[0]
    assert found.upper[0] - found.lower[0] < 2.1 * unit_cell.CELL_TOLERANCE * found.value[0]
