"""Are cells short where heat has just been made, and long where it comes late?"""

import numpy as np
import pytest

from tests.exact import case
from tests.timed import quarter, source_of
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.resolving import ACROSS, ALONG, resolved

FIRST = 1e-5
SILICON = np.sqrt(FIRST * 117.0 / 1.66e6)  # m; depth of the first moment, 26.5 um
COARSE = Grid(
    np.array([0.0, 1e-3, 5e-3]), np.array([0.0, 1e-3, 5e-3]), 1e-3 * np.array([0.0, 2.0, 2.05, 2.35]), (True, True)
)
ROUNDING = 1.01  # cells are cut by sums over a hundred samples of their length


def found(affordable=lambda _: True):
    exact = case("T07")
    return resolved(quarter(exact, COARSE), [source_of(exact, 1e-3)], FIRST, affordable)


def test_cells_at_an_active_face_are_a_share_of_the_depth() -> None:
    z = found().grid.z
    assert z[-1] - z[-2] <= ROUNDING * (ACROSS[0] + 0.5 * ACROSS[1] * ACROSS[0]) * SILICON
    assert z[-1] - z[-2] > 0.5 * ACROSS[0] * SILICON


def test_cells_grow_with_the_time_that_heat_takes_to_them() -> None:
    grid = found().grid
    z, middles = grid.z, 0.5 * (grid.z[1:] + grid.z[:-1])
    speeds = np.sqrt(np.array([390.0 / 3.43e6, 3.0 / 2.0e6, 117.0 / 1.66e6]))[np.searchsorted([2e-3, 2.05e-3], middles)]
    taken = np.diff(z) / speeds  # root of the time through every cell
    to_its_end = np.concatenate([np.cumsum(taken[::-1])[::-1][1:], [0.0]])  # from the face to its nearer end
    allowed = ACROSS[0] * np.sqrt(FIRST) + ACROSS[1] * (to_its_end + taken)
    assert (taken <= ROUNDING * allowed).all()
    inner = middles[(middles > 2e-3) & (middles < 2.05e-3)]
    assert inner.size >= 3  # the thin layer that heat crosses slowly is cut, as silicon of its thickness would not be


def test_cells_beside_the_edge_of_a_face_are_short_on_both_sides() -> None:
    x = found().grid.x
    edge = int(np.abs(x - 1e-3).argmin())
    assert x[edge] == 1e-3
    for step in (x[edge] - x[edge - 1], x[edge + 1] - x[edge]):
        assert step == pytest.approx(ALONG[0] * SILICON, rel=0.4)
    steps = np.diff(x)[edge:]
    assert (np.diff(steps) > 0).all()


def test_all_planes_stay() -> None:
    grid = found().grid
    for before, after in zip(COARSE.axes, grid.axes, strict=True):
        assert np.isin(before, after).all()
    assert grid.mirrored == COARSE.mirrored


def test_a_grid_that_is_not_affordable_is_coarser_beside_the_faces() -> None:
    whole = found()
    assert whole.coarser == 1.0
    less = found(lambda grid: grid.n_cells < whole.grid.n_cells / 3)
    assert 1.0 < less.coarser < np.inf
    assert COARSE.n_cells < less.grid.n_cells < whole.grid.n_cells / 3
    across = found(lambda grid: grid.shape[:2] == COARSE.shape[:2])  # lines of cells cost least, and stay longest
    assert across.grid.shape[:2] == COARSE.shape[:2]
    assert across.grid.shape[2] > COARSE.shape[2]
    none = found(lambda _: False)
    assert none.grid.shape == COARSE.shape
    assert none.coarser == np.inf
