"""Are solutions solutions? Against a direct solver, on shapes known to be hard, and at the edges of the input."""

import numpy as np
import pytest
import scipy.sparse.linalg as spla
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.model_lattices import dual, matrix, primal, random_lattice, without_points
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.outflow import apply
from thermopkg.lattice.sharing import Crew
from thermopkg.solve.linear import ConjugateGradients, LinearSolution

MOST_ITERATIONS = 25  # decision 2: the hard shapes of packages, to 1e-8


def solve(lattice: Lattice, load: FloatArray, relative_residual: float = 1e-9) -> LinearSolution:
    return ConjugateGradients(relative_residual).prepare(lattice).solve(load)


def direct(lattice: Lattice, load: FloatArray) -> FloatArray:
    """Sparse LU of the points that have conductance, refined: alone it leaves 1e-4 where little leaks to ambient."""
    a = matrix(lattice)
    active = (a.diagonal() > 0).reshape(lattice.shape)
    rise = np.zeros(lattice.shape)
    if active.any():
        factors = spla.splu(a[active.ravel()][:, active.ravel()].tocsc())
        for _ in range(4):
            rise[active] += factors.solve((load - apply(lattice, rise))[active])
    return rise


def energy(lattice: Lattice, rise: FloatArray) -> float:
    return float(np.sqrt(np.vdot(rise, apply(lattice, rise))))


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    shape = draw(st.tuples(st.integers(1, 14), st.integers(1, 14), st.integers(1, 8)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lattice = random_lattice(shape, rng, decades=6.0, gone=draw(st.sampled_from([0.0, 0.1, 0.4])))
    leak = draw(st.sampled_from([1.0, 1e-6]))
    return Lattice(lattice.gx, lattice.gy, lattice.gz, leak * lattice.ground, lattice.x, lattice.y)


@settings(max_examples=60, deadline=None)
@given(lattices())
def test_the_solution_is_that_of_a_direct_solver(lattice):
    """Conductances over six decades, points missing, ground down to a millionth of them.

    The residual is stopped at 1e-10; where 1e-12 of the conductance leads to ambient, it may weigh 1e3 to 1e4 more in
    the energy.
    """
    load = np.random.default_rng(5).standard_normal(lattice.shape)
    load[matrix(lattice).diagonal().reshape(lattice.shape) == 0] = 0
    solution, exact = solve(lattice, load, 1e-10), direct(lattice, load)
    error = energy(lattice, solution.field - exact)
    assert error <= 1e-6 * energy(lattice, exact)


def stretched_block() -> Lattice:
    """Homogeneous, steps from 0.01 to 1 mm on each axis: halving every axis took a prototype 104 iterations."""
    graded = np.cumsum(np.concatenate([[0.0], np.geomspace(1e-3, 1e-5, 20), np.geomspace(1e-5, 1e-3, 20)]))
    k = np.full((40, 40, 40), 100.0)
    return primal(graded, graded, graded, k, 10.0, 10.0)


def close_planes() -> Lattice:
    """Two planes 0.5 um apart in a body of 1 mm steps, on both axes, across layers of 120 and 0.3 W/m/K."""
    x = np.sort(np.append(np.linspace(-16e-3, 16e-3, 33), [3.0005e-3, 7.2e-3, 7.2005e-3]))
    z = np.linspace(0, 2e-3, 13)
    k = np.where(np.arange(12) % 4 == 0, 120.0, 0.3) * np.ones((x.size - 1, x.size - 1, 1))
    return primal(x, x, z, k, 10.0, 10.0)


def balls_in_air(lattice=dual) -> Lattice:
    """A copper plate on square balls in bare air: 50 beside 0.026 W/m/K; geometric weights took 120 to 156."""
    x = np.linspace(-6e-3, 6e-3, 61)
    z = np.concatenate([np.linspace(0, 0.5e-3, 5), np.linspace(0.6e-3, 1.5e-3, 7)])
    centre = 0.5 * (x[1:] + x[:-1])
    beside = np.mod(centre, 1.2e-3) < 0.6e-3
    ball = beside[:, None] & beside[None, :]
    layers = [np.where(ball, 50.0, 0.026)] * 4 + [np.full(ball.shape, 0.3)] * 3 + [np.full(ball.shape, 390.0)] * 4
    return lattice(x, x, z, np.stack(layers, axis=2), 10.0, 10.0)


def slice_with_a_thin_side() -> Lattice:
    """Three planes across x, two of them 0.1 um apart; coarsening y alone would leave them a stiff pair for ever."""
    x, y = np.array([0.0, 1e-3, 1e-3 + 1e-7]), np.linspace(0, 40e-3, 41)
    return primal(x, y, np.linspace(0, 2e-3, 9), np.full((2, 40, 8), 50.0), 10.0, 10.0)


def balls_in_air_primal() -> Lattice:
    return balls_in_air(primal)


@pytest.mark.parametrize(
    "shape", [stretched_block, close_planes, balls_in_air, balls_in_air_primal, slice_with_a_thin_side]
)
def test_hard_shapes_take_few_iterations(shape):
    lattice = shape()
    load = np.zeros(lattice.shape)
    load[:, 12:-12, lattice.shape[2] // 2] = 1.0
    solution = solve(lattice, load, 1e-8)
    assert solution.relative_residual <= 1e-8
    assert solution.iterations <= MOST_ITERATIONS


def test_replacing_the_residual_before_it_drifts_saves_iterations(monkeypatch):
    lattice = balls_in_air()
    load = np.zeros(lattice.shape)
    load[12:-12, 12:-12, 5] = 1.0
    in_time = solve(lattice, load, 1e-11).iterations
    monkeypatch.setattr("thermopkg.solve.linear.TRUST", 1e-30)
    assert in_time < solve(lattice, load, 1e-11).iterations


@pytest.mark.parametrize("step", [1e-9, 1e-6, 1e-3])
@pytest.mark.parametrize("film", [1e-3, 1e9])
def test_a_film_of_any_thickness_between_two_millimetres(step, film):
    """One-dimensional heat flow, 1 W/m2 in at the middle of a symmetric stack: by hand half of it each way.

    Rise of the film's faces over ambient = 0.5 (1 / film + thickness / k).
    """
    z = np.array([0.0, 1e-3, 1e-3 + step, 2e-3 + step])
    x = np.linspace(0, 8e-3, 9)
    lattice = primal(x, x, z, np.full((8, 8, 3), 100.0), film, film)
    weights = lattice.ground[:, :, 0] / film  # area of each point
    load = np.zeros(lattice.shape)
    load[:, :, 1:3] = 0.5 * weights[:, :, None]
    solution = solve(lattice, load)
    np.testing.assert_allclose(solution.field[:, :, 1:3], 0.5 * (1 / film + 1e-3 / 100.0), rtol=1e-7)


def test_parts_that_do_not_touch_are_solved_side_by_side():
    """Two blocks with a plane of points off between them, one cooled 1e9 times better than the other."""
    lattice = random_lattice((21, 9, 5), np.random.default_rng(1))
    ground = lattice.ground.copy()
    ground[11:] *= 1e-6
    gone = np.zeros(lattice.shape, bool)
    gone[10] = True
    lattice = without_points(Lattice(lattice.gx, lattice.gy, lattice.gz, ground, lattice.x, lattice.y), gone)
    load = np.where(gone, 0.0, 1.0)
    np.testing.assert_allclose(solve(lattice, load, 1e-12).field, direct(lattice, load), rtol=1e-6)


def test_a_load_on_a_point_without_conductance_is_left_out():
    gone = np.zeros((6, 7, 5), bool)
    gone[2, 3] = gone[4, :, 2] = True
    lattice = without_points(random_lattice(gone.shape, np.random.default_rng(2)), gone)
    everywhere, elsewhere = np.ones(gone.shape), np.where(gone, 0.0, 1.0)
    prepared = ConjugateGradients().prepare(lattice)
    one, other = prepared.solve(everywhere), prepared.solve(elsewhere)
    np.testing.assert_array_equal(one.field, other.field)
    assert np.all(one.field[gone] == 0)
    assert np.all(one.residual[gone] == 0)


def test_the_residual_is_that_of_the_lattice_as_given():
    lattice = random_lattice((12, 13, 6), np.random.default_rng(3))
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    solution = solve(lattice, load)
    again = load - apply(lattice, solution.field)
    rounding = 1e-14 * np.abs(matrix(lattice)).max() * np.abs(solution.field).max()
    np.testing.assert_allclose(solution.residual, again, rtol=0, atol=rounding)
    assert solution.relative_residual == pytest.approx(np.linalg.norm(again) / np.linalg.norm(load), rel=1e-3)
    assert solution.relative_residual <= 1e-9


def test_a_tighter_target_than_float32_holds_is_met():
    lattice = random_lattice((15, 16, 6), np.random.default_rng(3))
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    solution = ConjugateGradients().prepare(lattice).solve(load, relative_residual=1e-13)
    assert np.linalg.norm(load - apply(lattice, solution.field)) <= 1.1e-13 * np.linalg.norm(load)


@pytest.mark.parametrize(("conductance", "power"), [(1e-9, 1.0), (1e9, 1.0), (1.0, 1e-12), (1e-9, 1e-12), (1e4, 1e9)])
def test_units_do_not_matter(conductance, power):
    """Conductances and loads times factors: rises times their quotient."""
    lattice = random_lattice((20, 17, 6), np.random.default_rng(6))
    arrays = (conductance * a for a in (lattice.gx, lattice.gy, lattice.gz, lattice.ground))
    scaled = Lattice(*arrays, lattice.x, lattice.y)
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    one, other = solve(lattice, load, 1e-12), solve(scaled, power * load, 1e-12)
    assert abs(one.iterations - other.iterations) <= 1
    size = np.abs(one.field).max()
    np.testing.assert_allclose(other.field * conductance / power, one.field, rtol=0, atol=1e-10 * size)


def test_the_number_of_threads_does_not_matter(monkeypatch):
    """Sums run over portions that depend on sizes alone, so the fields agree to the last bit."""
    lattice = random_lattice((60, 50, 40), np.random.default_rng(8))
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    fields = []
    for n_threads in (1, 2, 3):
        monkeypatch.setattr("thermopkg.lattice.sharing.thread_count", lambda n=n_threads: n)
        fields.append(solve(lattice, load).field)
    np.testing.assert_array_equal(fields[0], fields[1])
    np.testing.assert_array_equal(fields[0], fields[2])


def test_portions_cover_every_row_once():
    for n_rows in (1, 2, 63, 64, 65, 200):
        bounds = Crew().share(lambda first, last: (first, last), n_rows, 10**9)
        rows = [row for first, last in bounds for row in range(first, last)]
        assert rows == list(range(n_rows))


def test_a_failing_portion_is_heard():
    def fails(first, _last):
        if first == 5:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Crew().share(fails, 10, 10**9)


def test_a_good_start_saves_iterations():
    lattice = random_lattice((20, 17, 6), np.random.default_rng(6))
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    prepared = ConjugateGradients().prepare(lattice)
    cold = prepared.solve(load)
    warm = prepared.solve(load, start=cold.field * (1 + 1e-6))
    assert 0 < warm.iterations < cold.iterations
    assert prepared.solve(load, start=cold.field).iterations == 0


@pytest.mark.parametrize("start", [None, np.ones((5, 6, 4))])
def test_no_load_no_rise(start):
    lattice = random_lattice((5, 6, 4), np.random.default_rng(6))
    solution = ConjugateGradients().prepare(lattice).solve(np.zeros(lattice.shape), start)
    assert solution.iterations == 0
    assert solution.relative_residual == 0
    assert not solution.field.any()
    assert not solution.residual.any()


def test_a_lattice_without_any_conductance_has_no_rise():
    lattice = without_points(random_lattice((7, 6, 4), np.random.default_rng(6)), np.ones((7, 6, 4), bool))
    assert not solve(lattice, np.ones(lattice.shape)).field.any()


def test_too_few_iterations_are_an_error_that_says_so():
    lattice = random_lattice((20, 17, 6), np.random.default_rng(6))
    load = np.random.default_rng(4).standard_normal(lattice.shape)
    with pytest.raises(ConvergenceError, match="max_iterations") as caught:
        ConjugateGradients(1e-9, max_iterations=2).prepare(lattice).solve(load)
    assert caught.value.iterations == 2
    assert caught.value.target == 1e-9
    assert 1e-9 < caught.value.residual < 1


def test_heat_without_a_way_out_is_an_error():
    lattice = random_lattice((8, 9, 4), np.random.default_rng(6))
    floating = Lattice(lattice.gx, lattice.gy, lattice.gz, 0 * lattice.ground, lattice.x, lattice.y)
    with pytest.raises(ConvergenceError, match="path to ambient"):
        solve(floating, np.ones(floating.shape))


@pytest.mark.parametrize("value", [0.0, 1.0, -1e-3, np.nan])
def test_a_tolerance_outside_its_range_is_refused(value):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {value:g}"):
        ConjugateGradients(relative_residual=value)
    prepared = ConjugateGradients().prepare(random_lattice((3, 3, 3), np.random.default_rng(1)))
    with pytest.raises(ValueError, match=f"between 0 and 1, got {value:g}"):
        prepared.solve(np.ones((3, 3, 3)), relative_residual=value)


def test_loads_and_starts_that_do_not_fit_are_refused():
    prepared = ConjugateGradients().prepare(random_lattice((3, 4, 5), np.random.default_rng(1)))
    with pytest.raises(ValueError, match=r"load has shape \(3, 4\), the lattice \(3, 4, 5\)"):
        prepared.solve(np.ones((3, 4)))
    with pytest.raises(ValueError, match="start has 60 values that are not finite"):
        prepared.solve(np.ones((3, 4, 5)), start=np.full((3, 4, 5), np.nan))
    with pytest.raises(ValueError, match="at least 1, got 0"):
        ConjugateGradients(max_iterations=0)
