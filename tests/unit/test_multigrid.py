"""Is the V-cycle a fit preconditioner? Coarsening rules, and M symmetric, positive and free of scale."""

import numpy as np
import pytest

from tests.unit.model_lattices import matrix, random_lattice
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import kernels
from thermopkg.lattice.coarsening import coarsen
from thermopkg.lattice.multigrid import Hierarchy
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.sharing import Crew
from thermopkg.lattice.thinning import FEW, near_points_dropped, next_points, points_of_levels

SINGLE = 1e-5  # relative; a V-cycle is some dozens of float32 operations deep


def precondition(hierarchy: Hierarchy, load: FloatArray) -> FloatArray:
    """M f in plain order, in the scaled conductances."""
    level = hierarchy.levels[0]
    kernels.to_zebra(0, level.shape[0], load, 1.0, level.width, level.load)
    hierarchy.cycle()
    rise = np.empty(level.shape)
    kernels.to_plain(0, level.shape[0], level.rise, 1.0, level.width, rise)
    return rise


def test_a_uniform_axis_is_halved():
    """Whatever rounding does to its steps."""
    for n in (9, 33, 101):
        np.testing.assert_array_equal(near_points_dropped(np.linspace(-17.5e-3, 5e-3, n), 1e-2), np.arange(0, n, 2))


def test_only_near_points_are_dropped():
    """Steps 1, 1, 8, 8, 8: with a limit of 2 only the point between the small ones goes."""
    position = np.array([0.0, 1.0, 2.0, 10.0, 18.0, 26.0])
    np.testing.assert_array_equal(near_points_dropped(position, 2.0), [0, 2, 3, 4, 5])


def test_the_closest_goes_first_and_never_two_in_a_row():
    """Steps 4, 1, 1, 4: the middle point goes, so its neighbours stay although they are near."""
    np.testing.assert_array_equal(near_points_dropped(np.array([0.0, 4.0, 5.0, 6.0, 10.0]), 2.0), [0, 1, 3, 4])


def test_a_lone_interval_goes_earlier():
    """Steps 10, 3, 10, 3, 3, 10 with a limit of 2: of the lone interval one point goes, of the two in a row none."""
    position = np.cumsum([0.0, 10.0, 3.0, 10.0, 3.0, 3.0, 10.0])
    np.testing.assert_array_equal(near_points_dropped(position, 2.0), [0, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(near_points_dropped(position, 1.9), np.arange(7))


@pytest.mark.parametrize("where", [0, 1, 13, 38])
def test_a_tiny_interval_is_gone_at_the_next_level(where):
    axis = np.linspace(0, 40e-3, 41)
    axis = np.sort(np.append(axis, axis[where] + 0.5e-6))
    kept, _ = next_points(axis, np.linspace(0, 40e-3, 41))
    assert np.diff(axis[kept]).min() > 0.9e-3


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 2, 4), (40, 1, 3), (1, 40, 3), (17, 60, 2)])
def test_the_coarsest_level_has_few_lines_of_full_height(shape):
    hierarchy = Hierarchy.build(random_lattice(shape, np.random.default_rng(1)))
    assert np.prod(hierarchy.levels[-1].shape[:2]) <= FEW
    assert all(level.shape[2] == shape[2] for level in hierarchy.levels)


def test_points_of_all_levels_are_told_before_there_are_any():
    """17 + 9 + 5 lines squared over 17 squared on even axes; and what a hierarchy has, on any."""
    assert points_of_levels(np.arange(17.0), np.arange(17.0)) == pytest.approx((17**2 + 9**2 + 5**2) / 17**2)
    lattice = random_lattice((30, 17, 2), np.random.default_rng(1))
    levels = Hierarchy.build(lattice).levels
    told = points_of_levels(lattice.x, lattice.y)
    assert told == pytest.approx(sum(level.n_points for level in levels) / levels[0].n_points)


@pytest.mark.parametrize("axis", [0, 1])
def test_coarsening_keeps_the_ground(axis):
    """Shares add up to one, so a lattice a kelvin above ambient loses the same power on every level."""
    lattice = random_lattice((9, 11, 4), np.random.default_rng(1), gone=0.2)
    kept = np.array([0, 2, 3, 5, 7, 8] if axis == 0 else [0, 2, 3, 5, 7, 9, 10])
    coarse, _ = coarsen(lattice, axis, kept, Crew())
    assert coarse.ground.sum() == pytest.approx(lattice.ground.sum(), rel=1e-13)


LATTICES = {
    "random": random_lattice((23, 18, 7), np.random.default_rng(1)),
    "holes": random_lattice((23, 18, 7), np.random.default_rng(2), gone=0.3),
    "six decades": random_lattice((20, 21, 6), np.random.default_rng(3), decades=6),
    "plate": random_lattice((40, 37, 1), np.random.default_rng(4)),
    "wall": random_lattice((1, 40, 9), np.random.default_rng(5)),
    "few lines": random_lattice((4, 5, 9), np.random.default_rng(6)),
}


@pytest.mark.parametrize("name", LATTICES)
def test_the_cycle_is_symmetric_and_positive(name):
    lattice = LATTICES[name]
    hierarchy = Hierarchy.build(lattice)
    rng = np.random.default_rng(7)
    for _ in range(3):
        a, b = rng.standard_normal((2, *lattice.shape))
        ma, mb = precondition(hierarchy, a), precondition(hierarchy, b)
        assert np.vdot(ma, a) > 0
        size = np.sqrt(np.vdot(ma, a) * np.vdot(mb, b))
        assert abs(np.vdot(ma, b) - np.vdot(a, mb)) < SINGLE * size


@pytest.mark.parametrize("factor", [2.0**-60, 1e-9, 1e9])
def test_the_cycle_knows_no_scale(factor):
    """All conductances times a factor: the scaled hierarchy is the same up to a factor below two."""
    lattice = LATTICES["random"]
    scaled = Lattice(*(factor * a for a in (lattice.gx, lattice.gy, lattice.gz, lattice.ground)), lattice.x, lattice.y)
    load = np.random.default_rng(9).standard_normal(lattice.shape)
    one, other = Hierarchy.build(lattice), Hierarchy.build(scaled)
    ratio = one.conductance_scale * factor / other.conductance_scale
    assert 0.5 <= ratio <= 2
    wanted = precondition(one, load)
    np.testing.assert_allclose(precondition(other, load) * ratio, wanted, rtol=0, atol=SINGLE * np.abs(wanted).max())


def test_points_without_conductance_are_left_at_zero():
    lattice = LATTICES["holes"]
    off = matrix(lattice).diagonal().reshape(lattice.shape) == 0
    assert off.any()
    assert np.all(precondition(Hierarchy.build(lattice), np.ones(lattice.shape))[off] == 0)


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_a_conductance_that_is_none_is_refused(value):
    lattice = random_lattice((4, 4, 4), np.random.default_rng(1))
    lattice.gy[1, 2, 3] = value
    with pytest.raises(ValueError, match="finite and not negative"):
        Hierarchy.build(lattice)
