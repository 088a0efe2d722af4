"""Do the ticks keep the planes of the geometry, whatever is put between them?"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_document import good
from thermopkg.case.load import from_document
from thermopkg.mesh.grid import SAME_PLANE, Grid, geometry_grid
from thermopkg.package.placing import place

ticks = st.lists(st.floats(1e-6, 1e-2), min_size=1, max_size=8).map(
    lambda steps: np.concatenate([[0.0], np.cumsum(steps)])
)
grids = st.builds(Grid, ticks, ticks, ticks)


def on(some, others):
    """Whether all of some ticks are among the others, to the last digit."""
    return bool(np.isin(some, others).all())


@given(grids, st.integers(0, 3))
def test_halving_cuts_every_cell_in_eight(grid, times):
    fine = grid.halved(times)
    assert fine.n_cells == grid.n_cells * 8**times
    for old, new in zip(grid.axes, fine.axes, strict=True):
        assert on(old, new)
        assert (np.diff(new) > 0).all()


@given(grids, st.floats(1.5, 10.0))
def test_grading_keeps_the_planes_and_limits_the_growth(grid, growth):
    graded = grid.graded(growth)
    for old, new in zip(grid.axes, graded.axes, strict=True):
        assert on(old, new)
        steps = np.diff(new)
        assert all(max(a, b) <= growth * min(a, b) * (1 + 1e-6) for a, b in pairwise(steps))


@given(grids)
def test_grading_of_a_mirrored_grid_is_the_mirrored_grading(grid):
    mirrored = Grid(-grid.x[::-1], grid.y, grid.z)
    np.testing.assert_array_equal(mirrored.graded(3.0).x, -grid.graded(3.0).x[::-1])


@given(grids, st.floats(1e-4, 1e-2), st.floats(1e-4, 1e-2))
def test_limiting_keeps_the_planes_and_no_longer_steps(grid, lateral, vertical):
    limited = grid.limited(lateral, vertical)
    for old, new, longest in zip(grid.axes, limited.axes, (lateral, lateral, vertical), strict=True):
        assert on(old, new)
        assert np.diff(new).max() <= longest * (1 + 1e-9)
    assert limited.shape == grid.limited_shape(lateral, vertical)


def test_a_step_that_fits_to_rounding_stays_whole():
    grid = Grid(np.array([0.0, 0.3]), np.array([0.0, 0.1 + 0.2]), np.array([0.0, 1.0]))
    assert grid.limited(0.3, 0.25).shape == (1, 1, 4)


def test_a_plane_is_found_by_its_coordinate():
    grid = Grid(np.array([0.0, 1.0, 3.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert grid.index_of(0, 1.0 + SAME_PLANE) == 1
    with pytest.raises(AssertionError, match=r"no plane of axis 0 lies at 2.0 m"):
        grid.index_of(0, 2.0)


def test_the_coarsest_grid_has_the_planes_of_all_solids_once():
    """In z: balls, carrier, its inner plane, its top, bump top, capacitor top, chip top, sink bottom and top."""
    grid = geometry_grid(place(from_document(good())))
    np.testing.assert_allclose(grid.z * 1e3, [0, 0.4, 0.42, 0.72, 0.82, 1.02, 1.12, 1.22, 1.62], atol=1e-9)


def test_planes_nearer_than_rounding_are_one():
    extra = (np.array([1e-3 + SAME_PLANE / 2]), np.zeros(0), np.array([0.5e-3]))
    package = place(from_document(good()))
    coarse, with_extra = geometry_grid(package), geometry_grid(package, extra)
    assert with_extra.shape == (coarse.shape[0], coarse.shape[1], coarse.shape[2] + 1)
