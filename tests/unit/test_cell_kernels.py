"""Does every compiled loop over cells compute what plain NumPy computes, in any portions, on shapes of any kind?"""

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from thermopkg.arraytypes import FloatArray, RegionArray
from thermopkg.lattice import cell_kernels
from thermopkg.mesh.voxel import NOTHING

DOUBLE = 1e-12  # relative to the largest value: roundings of float64

SHAPES = [(1, 1, 1), (1, 6, 3), (5, 1, 2), (2, 3, 1), (4, 5, 6), (3, 2 * cell_kernels.STRIP + 1, 2)]
PORTIONS = ["at once", "row by row", "with empty portions"]
N_REGIONS = 3
AXES = (0, 1, 2)


class Cells:
    """Random regions, holes among them, steps and conductivities over four decades."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        rng = np.random.default_rng(11)
        self.shape = shape
        self.region: RegionArray = np.where(rng.random(shape) < 0.3, NOTHING, rng.integers(0, N_REGIONS, shape)).astype(
            np.int16
        )
        self.steps = [10 ** rng.uniform(-6, -3, n) for n in shape]
        self.table = np.append(10 ** rng.uniform(-2, 2, (3, N_REGIONS)), np.zeros((3, 1)), axis=1)
        self.rise = rng.normal(size=[n + 1 for n in shape])
        self.fluxes = [rng.normal(size=[n + (a == axis) for a, n in enumerate(shape)]) for axis in AXES]
        self.gained = rng.normal(size=self.fluxes[2].shape)

    def conductivity(self, axis: int) -> FloatArray:
        return self.table[axis][self.region]

    def along(self, axis: int, values: FloatArray) -> FloatArray:
        return np.asarray(values).reshape([-1 if a == axis else 1 for a in AXES])

    @property
    def volumes(self) -> FloatArray:
        dx, dy, dz = (self.along(axis, self.steps[axis]) for axis in AXES)
        return dx * dy * dz


@pytest.fixture(params=SHAPES, ids=str)
def cells(request: pytest.FixtureRequest) -> Cells:
    return Cells(request.param)


def portions(kind: str, n_rows: int) -> list[tuple[int, int]]:
    if kind == "at once":
        return [(0, n_rows)]
    bounds = list(range(n_rows + 1))
    if kind == "with empty portions":
        bounds = sorted([*bounds, *bounds])
    return list(pairwise(bounds))


# ---------------------------------------------------------------- conductances
def primal_twin(cells: Cells, axis: int) -> FloatArray:
    """k * (cross-section / 4) / length of each cell, onto the four edges around it."""
    first, second = (a for a in AXES if a != axis)
    section = cells.volumes / cells.along(axis, cells.steps[axis])
    own = cells.conductivity(axis) * section / (4 * cells.along(axis, cells.steps[axis]))
    edges = np.zeros([n + (a != axis) for a, n in enumerate(cells.shape)])
    for a, b in product((0, 1), (0, 1)):
        window = [slice(None)] * 3
        window[first] = slice(a, a + cells.shape[first])
        window[second] = slice(b, b + cells.shape[second])
        edges[tuple(window)] += own
    return edges


def dual_twin(cells: Cells, axis: int) -> FloatArray:
    """Two half cells in series; nothing beside a cell that holds nothing."""
    step = cells.along(axis, cells.steps[axis])
    half = 2 * cells.conductivity(axis) * cells.volumes / step**2
    one, other = (np.take(half, range(lag, half.shape[axis] - 1 + lag), axis) for lag in (0, 1))
    with np.errstate(divide="ignore"):
        return np.asarray(1 / (1 / one + 1 / other))


@pytest.mark.parametrize("kind", PORTIONS)
@pytest.mark.parametrize(("centred", "twin"), [(False, primal_twin), (True, dual_twin)], ids=["primal", "dual"])
def test_edges_have_the_conductance_of_the_cells_around_them(
    cells: Cells, centred: bool, twin: Callable[[Cells, int], FloatArray], kind: str
) -> None:
    expected = [twin(cells, axis) for axis in AXES]
    found = [np.full(edges.shape, np.nan) for edges in expected]
    arguments = (centred, cells.region, cells.table, *cells.steps, *found)
    for first, last in portions(kind, expected[2].shape[0]):  # every row of points has edges in z
        cell_kernels.conductances(first, last, *arguments)
    for edges, own in zip(found, expected, strict=True):
        assert_allclose(edges, own, rtol=DOUBLE, atol=0.0)


# ---------------------------------------------------------------- constitutive error
def error_twin(cells: Cells) -> FloatArray:
    """|s + k grad u|^2 / k of every cell through each direction: s by the trapezoid rule along it, u at the corners.

    s u' is linear along the direction and in the corners, so any rule that is exact for lines gives the mixed term.
    Shape (3, nx, ny, nz); zero where there is nothing.
    """
    errors = np.zeros((3, *cells.shape))
    active = cells.region != NOTHING
    for axis in AXES:
        first, second = (a for a in AXES if a != axis)
        step, flux = cells.along(axis, cells.steps[axis]), cells.fluxes[axis]
        section = cells.volumes / step
        low = np.take(flux + cells.gained if axis == 2 else flux, range(cells.shape[axis]), axis) / section
        high = np.take(flux, range(1, cells.shape[axis] + 1), axis) / section
        k = np.where(active, cells.conductivity(axis), 1.0)
        gradient = np.diff(cells.rise, axis=axis) / step
        for s, (a, b) in product((low, high), product((0, 1), (0, 1))):
            window = [slice(None)] * 3
            window[first] = slice(a, a + cells.shape[first])
            window[second] = slice(b, b + cells.shape[second])
            errors[axis] += (s + k * gradient[tuple(window)]) ** 2 / k * cells.volumes / 8
    return np.where(active, errors, 0.0)


@pytest.mark.parametrize("kind", PORTIONS)
def test_constitutive_error_by_slabs_and_regions(cells: Cells, kind: str) -> None:
    errors = error_twin(cells)
    by_x, seen = np.full(cells.shape[0], np.nan), (cells.region, cells.table)
    arguments = (*seen, *seen, *cells.steps, cells.rise, *cells.fluxes, cells.gained, by_x)
    parts = [cell_kernels.constitutive_error(*pair, *arguments) for pair in portions(kind, cells.shape[0])]
    by_y, by_z, by_region = (sum(arrays) for arrays in zip(*parts, strict=True))
    size = DOUBLE * errors.sum()
    assert_allclose(by_x, errors[0].sum(axis=(1, 2)), rtol=DOUBLE, atol=size)
    assert_allclose(by_y, errors[1].sum(axis=(0, 2)), rtol=DOUBLE, atol=size)
    assert_allclose(by_z, errors[2].sum(axis=(0, 1)), rtol=DOUBLE, atol=size)
    expected = [errors[:, cells.region == number].sum() for number in range(N_REGIONS)]
    assert_allclose(by_region, expected, rtol=DOUBLE, atol=size)


def test_empty_portion_writes_nothing_and_adds_nothing() -> None:
    cells = Cells((4, 5, 6))
    by_x, seen = np.full(4, np.nan), (cells.region, cells.table)
    arguments = (*seen, *seen, *cells.steps, cells.rise, *cells.fluxes, cells.gained, by_x)
    assert not any(array.any() for array in cell_kernels.constitutive_error(2, 2, *arguments))
    assert np.isnan(by_x).all()


def test_cells_that_the_lattices_see_differently_go_to_the_slabs_in_x_and_y() -> None:
    """|s|^2 / k_above + k |grad u|^2 + 2 s . grad u of one cell, by hand: 2 mm cube, k = 8 below and 2 above, W/m/K.

    s = 3e6 W/m^2 straight up (12 W), u falls by 4 K over the height: 4.5e12 / ... in numbers, per volume of 8e-9 m^3:
    9e12 / 2 + 8 * (2000)^2 - 2 * 3e6 * 2000 = 4.5e12 + 3.2e7 - 1.2e10 W K/m^3.
    """
    step = np.array([2e-3])
    region = np.zeros((1, 1, 1), np.int16)
    below, above = np.array([[8.0, 0.0]] * 3), np.array([[2.0, 0.0]] * 3)
    rise = np.zeros((2, 2, 2))
    rise[:, :, 0] = 4.0
    along = np.zeros((2, 1, 1)), np.zeros((1, 2, 1)), np.full((1, 1, 2), 12.0)
    by_x = np.zeros(1)
    by_y, by_z, by_region = cell_kernels.constitutive_error(
        0, 1, region, below, region, above, step, step, step, rise, *along, np.zeros((1, 1, 2)), by_x
    )
    expected = (9e12 / 2 + 8 * 2000.0**2 - 2 * 3e6 * 2000.0) * 8e-9
    assert by_region == pytest.approx([expected], rel=DOUBLE)
    assert (by_x[0], by_y[0], by_z[0]) == pytest.approx((expected / 2, expected / 2, 0.0), rel=DOUBLE)
