"""Does every compiled loop compute what plain NumPy computes, on one thread and on several, on shapes of any kind?"""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from tests.unit.model_lattices import matrix, random_lattice
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice import kernels
from thermopkg.lattice.coarsening import coarsen
from thermopkg.lattice.multigrid import Level, Transfer, build_level, build_transfer
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.sharing import Crew

SINGLE = 2e-6  # relative to the largest value: a dozen roundings of float32
DOUBLE = 1e-13  # relative to the largest value: a hundred roundings of float64

SHAPES = [(1, 1, 1), (1, 6, 3), (5, 1, 2), (2, 3, 1), (7, 6, 5), (6, 9, 2), (4, 39, 4)]
EVERY_ROW_A_PORTION = 10**9  # as many points as it takes for that


class OneThread(Crew):
    """All rows at once on the calling thread."""

    def share(self, kernel, n_rows, _n_points, *arguments):
        return [kernel(0, n_rows, *arguments)]


class RowByRow(Crew):
    """A portion for every row, taken by whichever thread has time."""

    def share(self, kernel, n_rows, _n_points, *arguments):
        return super().share(kernel, n_rows, EVERY_ROW_A_PORTION, *arguments)


@pytest.fixture(params=[OneThread, RowByRow])
def crew(request) -> Crew:
    return request.param()


@pytest.fixture(params=SHAPES, ids=str)
def lattice(request) -> Lattice:
    """Exactly representable in float32, so that the twins may use it as it is; a tenth of its points inactive."""
    drawn = random_lattice(request.param, np.random.default_rng(7), gone=0.1)
    gx, gy, gz, ground = (a.astype(np.float32).astype(np.float64) for a in (drawn.gx, drawn.gy, drawn.gz, drawn.ground))
    return Lattice(gx, gy, gz, ground, drawn.x, drawn.y)


def level_of(lattice: Lattice, transfer: Transfer | None = None) -> Level:
    return replace(build_level(lattice.arrays(), 1.0, OneThread()), transfer=transfer)


def zebra_places(shape: tuple[int, int, int], width: int) -> tuple[IntArray, IntArray, IntArray]:
    i, j, layer = np.indices(shape)
    return i, (i + j) % 2, layer * width + j // 2


def zebra(plain: FloatArray, like: np.ndarray, width: int) -> np.ndarray:
    """The twin of `to_zebra`, in the precision and with the spare row of `like`."""
    packed = np.zeros_like(like)
    packed[zebra_places(plain.shape, width)] = plain
    return packed


def colour_of(shape: tuple[int, int, int]) -> IntArray:
    i, j, _ = np.indices(shape)
    return (i + j) % 2


def lateral(lattice: Lattice) -> Lattice:
    """The lattice without its z-edges and without ground."""
    return Lattice(lattice.gx, lattice.gy, 0 * lattice.gz, 0 * lattice.ground, lattice.x, lattice.y)


def sent_to(colour: int, lattice: Lattice, u: FloatArray) -> FloatArray:
    """What the lateral neighbours send to the points of a colour, from the assembled matrix."""
    a = matrix(lateral(lattice))
    sent = -(a - sp.diags(a.diagonal())) @ u.ravel()
    return np.where(colour_of(lattice.shape) == colour, sent.reshape(lattice.shape), 0.0)


def assert_close(got: np.ndarray, wanted: np.ndarray, tolerance: float) -> None:
    np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance * max(np.abs(wanted).max(initial=0), 1e-30))


def draw(shape: tuple[int, ...], seed: int = 1) -> FloatArray:
    """Values that float32 holds exactly."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_zebra_order_and_back(lattice, crew, precision):
    level, plain = level_of(lattice), draw(lattice.shape)
    packed = np.zeros(level.rise.shape, precision)
    crew.share(kernels.to_zebra, lattice.shape[0], 1, plain, 2.0, level.width, packed)
    np.testing.assert_array_equal(packed, zebra(2 * plain, packed, level.width))
    back = np.empty(lattice.shape)
    crew.share(kernels.to_plain, lattice.shape[0], 1, packed, 0.5, level.width, back)
    np.testing.assert_array_equal(back, plain)


def test_apply_dot_is_the_matrix(lattice, crew):
    level, u = level_of(lattice), draw(lattice.shape)
    p = zebra(u, level.rise, level.width)
    q = np.zeros_like(p)
    operator = (level.gx, level.gy, level.gz, level.ground, level.width)
    r = zebra(draw(lattice.shape, 2), p, level.width)
    sums = np.sum(crew.share(kernels.apply_dot, lattice.shape[0], 1, *operator, p, r, q), axis=0)
    wanted = (matrix(lattice) @ u.ravel()).reshape(lattice.shape)
    assert_close(q, zebra(wanted, q, level.width), SINGLE)
    np.testing.assert_allclose(sums, [np.vdot(p.astype(float), v.astype(float)) for v in (q, r)], rtol=1e-12)


def test_vector_updates(crew):
    shape = (5, 2, 48)
    z, p, q, r = (draw(shape, seed).astype(np.float32) for seed in range(4))
    x, before = draw(shape, 4), r.astype(float)
    moved, turned, reduced = x + 0.3 * p.astype(float), z + 0.7 * p, before - 0.3 * q.astype(float)
    crew.share(kernels.new_direction, 5, 1, 0.3, 0.7, z, p, x)
    assert_close(x, moved, DOUBLE)
    assert_close(p, turned, SINGLE)
    crew.share(kernels.advance, 5, 1, -0.2, p, x)
    assert_close(x, moved - 0.2 * p.astype(float), DOUBLE)
    square = sum(crew.share(kernels.reduce_residual, 5, 1, 0.3, q, r))
    assert_close(r, reduced, SINGLE)
    assert square == pytest.approx(np.vdot(reduced, reduced), rel=1e-12)
    assert sum(crew.share(kernels.dot, 5, 1, z, r)) == pytest.approx(
        np.vdot(z.astype(float), r.astype(float)), rel=1e-12
    )


def test_factor_lines_holds_the_pivots_of_the_tridiagonal_lines(lattice, crew):
    level = level_of(lattice)
    level.pivot[:] = 0
    operator = (level.gx, level.gy, level.gz, level.ground, level.width, level.pivot)
    crew.share(kernels.factor_lines, lattice.shape[0], 1, *operator)
    diagonal = matrix(lattice).diagonal().reshape(lattice.shape)
    inverse = np.zeros(lattice.shape)
    for layer in range(lattice.shape[2]):
        pivot = diagonal[:, :, layer].copy()
        if layer > 0:
            pivot -= lattice.gz[:, :, layer - 1] ** 2 * inverse[:, :, layer - 1]
        inverse[:, :, layer] = np.divide(1.0, pivot, where=pivot > 0, out=np.zeros_like(pivot))
    wanted = zebra(inverse, level.pivot, level.width)
    np.testing.assert_allclose(level.pivot, wanted, rtol=SINGLE)


def test_factor_lines_is_right_to_rounding_on_a_line_that_hardly_leaks():
    """Two points joined 1e12 times better than to elsewhere: the second pivot is the sum of both leaks, not 0."""
    leak = 2.0**-40
    alone = np.zeros((0, 1, 2)), np.zeros((1, 0, 2))
    level = level_of(Lattice(*alone, np.ones((1, 1, 1)), np.full((1, 1, 2), leak), np.zeros(1), np.zeros(1)))
    second = level.pivot[0, 0, level.width]
    assert second == pytest.approx(1 / (leak + leak / (1 + leak)), rel=SINGLE)


def test_factor_lines_pins_what_is_too_small_for_float32():
    """1e-40 still is a number of float32, its inverse is none."""
    alone = np.zeros((0, 1, 2)), np.zeros((1, 0, 2)), np.zeros((1, 1, 1))
    level = level_of(Lattice(*alone, np.array([[[1.0, 1e-40]]]), np.zeros(1), np.zeros(1)))
    assert level.ground[0, 0, level.width] > 0
    assert (level.pivot[0, 0, 0], level.pivot[0, 0, level.width]) == (1.0, 0.0)


@pytest.mark.parametrize("colour", [0, 1])
@pytest.mark.parametrize("from_zero", [False, True])
def test_relax_solves_the_lines_of_its_colour(lattice, crew, colour, from_zero):
    level, f, u = level_of(lattice), draw(lattice.shape, 1), draw(lattice.shape, 2)
    mine = colour_of(lattice.shape) == colour
    if from_zero:
        u = np.where(mine, u, 0.0)
    level.load[:], level.rise[:] = zebra(f, level.load, level.width), zebra(u, level.rise, level.width)
    operator = (level.gx, level.gy, level.gz, level.pivot, level.width, level.load, level.rise)
    crew.share(kernels.relax, lattice.shape[0], 1, colour, from_zero, *operator)

    a = matrix(lattice)
    active = (mine & (a.diagonal().reshape(mine.shape) > 0)).ravel()
    right = (f + sent_to(colour, lattice, u)).ravel()
    wanted = np.where(mine, 0.0, u).ravel()
    if active.any():
        wanted[active] = np.linalg.solve(a[active][:, active].toarray(), right[active])
    assert_close(level.rise, zebra(wanted.reshape(lattice.shape), level.rise, level.width), SINGLE)


def kept_points(n: int) -> IntArray:
    """Gaps of one and of two, both ends kept."""
    return np.array(sorted({0, n - 1, *range(1, n - 1, 2), *range(6, n - 1, 5)}))


def interpolation(shares: FloatArray, kept: IntArray, axis: int, shape: tuple[int, ...]) -> sp.csr_matrix:
    """Matrix from the kept points along an axis to all, from the right-hand shares of the dropped ones."""
    coarse_shape = tuple(kept.size if a == axis else n for a, n in enumerate(shape))
    number = np.moveaxis(np.arange(np.prod(coarse_shape)).reshape(coarse_shape), axis, 0)
    fine = np.moveaxis(np.arange(np.prod(shape)).reshape(shape), axis, 0)
    share = np.moveaxis(shares, axis, 0)
    rows, columns, values = [fine[kept].ravel()], [number.ravel()], [np.ones(number.size)]
    for c in np.flatnonzero(np.diff(kept) == 2):
        rows += 2 * [fine[kept[c] + 1].ravel()]
        columns += [number[c].ravel(), number[c + 1].ravel()]
        values += [1 - share[c].ravel(), share[c].ravel()]
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sp.csr_matrix(entries, shape=(fine.size, number.size))


def both_axes(lattice: Lattice, crew: Crew) -> tuple[Transfer, Lattice, sp.csr_matrix]:
    """The transfer from a lattice to its kept points, that coarse lattice, and the interpolation as a matrix."""
    kept_x, kept_y = kept_points(lattice.shape[0]), kept_points(lattice.shape[1])
    half, shares_x = coarsen(lattice, 0, kept_x, crew)
    coarse, shares_y = coarsen(half, 1, kept_y, crew)
    transfer = build_transfer(kept_x, kept_y, shares_x, shares_y, level_of(lattice).width, np.float32)
    along_x = interpolation(shares_x, kept_x, 0, lattice.shape)
    return transfer, coarse, along_x @ interpolation(shares_y, kept_y, 1, half.shape)


def test_restrict_gathers_what_colour_1_sends_to_colour_0(lattice, crew):
    transfer, coarse, p = both_axes(lattice, crew)
    fine, target, u = level_of(lattice, transfer), level_of(coarse), draw(lattice.shape)
    fine.rise[:] = zebra(u, fine.rise, fine.width)
    shares = (transfer.weight, transfer.left, transfer.right, fine.width, transfer.coarse_width)
    fixed = (transfer.kept, transfer.places, fine.gx, fine.gy, fine.rise, *shares, target.load)
    crew.share(kernels.restrict, transfer.kept.size, 1, *fixed)
    wanted = (p.T @ sent_to(0, lattice, u).ravel()).reshape(coarse.shape)
    got = target.load[zebra_places(coarse.shape, target.width)]
    assert_close(got, wanted, SINGLE)


def test_prolong_adds_the_interpolated_correction_to_colour_0(lattice, crew):
    transfer, coarse, p = both_axes(lattice, crew)
    fine, source = level_of(lattice, transfer), level_of(coarse)
    u, e = draw(lattice.shape, 1), draw(coarse.shape, 2)
    fine.rise[:], source.rise[:] = zebra(u, fine.rise, fine.width), zebra(e, source.rise, source.width)
    shares = (transfer.weight, transfer.left, transfer.right, fine.width, transfer.coarse_width)
    fixed = (transfer.kept, transfer.places, transfer.n_lanes, source.rise, *shares, fine.rise)
    crew.share(kernels.prolong, transfer.kept.size, 1, *fixed)
    correction = (p @ e.ravel()).reshape(lattice.shape)
    wanted = np.where(colour_of(lattice.shape) == 0, u + correction, u)
    got = fine.rise[zebra_places(lattice.shape, fine.width)]
    assert_close(got, wanted, SINGLE)


@pytest.mark.parametrize("axis", [0, 1])
def test_shares_are_the_equilibrium_of_a_dropped_line(lattice, crew, axis):
    """Against a dense solve of every line that touches a kept one, its upper neighbour at 1 and its lower at 0."""
    kept = kept_points(lattice.shape[axis])
    coarse, shares = coarsen(lattice, axis, kept, crew)
    along, share, up = (np.moveaxis(a, axis, 0) for a in ((lattice.gx, lattice.gy)[axis], shares, lattice.gz))
    wanted = np.zeros(share.shape)
    for c in np.flatnonzero(np.diff(kept) == 2):
        for line in range(share.shape[1]):
            below, above, vertical = along[kept[c], line], along[kept[c] + 1, line], up[kept[c] + 1, line]
            couplings = np.diag(vertical, 1) + np.diag(vertical, -1)
            a = np.diag(below + above + couplings.sum(axis=1)) - couplings
            wanted[c, line] = np.linalg.pinv(a, rcond=1e-12, hermitian=True) @ above
    np.testing.assert_allclose(share, wanted, rtol=0, atol=1e-7)
    gathered = interpolation(shares, kept, axis, lattice.shape).T @ lattice.ground.ravel()
    assert_close(coarse.ground.ravel(), gathered, DOUBLE)


@pytest.mark.parametrize("axis", [0, 1])
def test_coarse_energy_is_at_least_half_of_that_of_the_interpolated_rise(lattice, crew, axis):
    """Eigenvalues of P^T A P against the coarse lattice, all edges present; ground aside, which is shared linearly."""
    kept = kept_points(lattice.shape[axis])
    network = Lattice(lattice.gx, lattice.gy, lattice.gz, 0 * lattice.ground, lattice.x, lattice.y)
    coarse, shares = coarsen(network, axis, kept, crew)
    p = interpolation(shares, kept, axis, lattice.shape)
    difference = (2 * matrix(coarse) - p.T @ matrix(network) @ p).toarray()
    assert np.linalg.eigvalsh(difference)[0] >= -1e-10 * max(np.abs(difference).max(), 1)


@pytest.mark.parametrize("axis", [0, 1])
def test_coarse_edges_are_galerkin_edges(axis):
    """With edges along one axis only, the coarse lattice is exactly P^T A P."""
    drawn = random_lattice((9, 8, 3), np.random.default_rng(3))
    only = [g if a == axis else 0 * g for a, g in enumerate((drawn.gx, drawn.gy, drawn.gz))]
    lattice = Lattice(*only, 0 * drawn.ground, drawn.x, drawn.y)
    kept = kept_points(lattice.shape[axis])
    coarse, shares = coarsen(lattice, axis, kept, Crew())
    p = interpolation(shares, kept, axis, lattice.shape)
    galerkin = (p.T @ matrix(lattice) @ p).toarray()
    assert_close(matrix(coarse).toarray(), galerkin, DOUBLE)


@pytest.mark.parametrize("upper", [False, True])
def test_a_line_joined_to_one_neighbour_alone_goes_to_it_whole(upper):
    """Whatever the rounding of its elimination: else the coarse lattice has an edge to the other where none is."""
    rng = np.random.default_rng(1)
    gx = 10 ** rng.uniform(-3, 3, (2, 40, 30))
    gx[0 if upper else 1] = 0.0
    gy, gz = np.zeros((3, 39, 30)), 10 ** rng.uniform(-3, 3, (3, 40, 29))
    lattice = Lattice(gx, gy, gz, np.zeros((3, 40, 30)), np.arange(3.0), np.arange(40.0))
    coarse, shares = coarsen(lattice, 0, np.array([0, 2]), Crew())
    assert (shares == upper).all()
    assert not coarse.gx.any()


@pytest.mark.parametrize(("n", "band"), [(1, 1), (7, 1), (12, 4), (40, 9)])
def test_elimination_and_substitution_solve_a_network(n, band):
    rng = np.random.default_rng(n)
    couplings = rng.uniform(0, 1, (n, band)) * (rng.random((n, band)) < 0.6)
    for d in range(band):
        couplings[max(n - d - 1, 0) :, d] = 0
    ground, load = rng.uniform(0.1, 1, n), rng.standard_normal(n)
    a = np.diag(ground)
    for p in range(n):
        for d in np.flatnonzero(couplings[p]):
            q = p + d + 1
            a[[p, q], [p, q]] += couplings[p, d]
            a[[p, q], [q, p]] -= couplings[p, d]
    wanted = np.linalg.solve(a, load)
    kernels.eliminate(couplings, ground)
    kernels.substitute(couplings, ground, load)
    assert_close(load, wanted, DOUBLE)


def test_elimination_keeps_the_last_digit_of_a_nearly_floating_network():
    """Three points in a row, ground 1e-18 at one end only, one watt at the other: rises 1e18 + 2, + 1, + 0 by hand."""
    couplings, ground, load = np.array([[1.0], [1.0], [0.0]]), np.array([0.0, 0.0, 1e-18]), np.array([1.0, 0.0, 0.0])
    kernels.eliminate(couplings, ground)
    kernels.substitute(couplings, ground, load)
    np.testing.assert_allclose(load, 1e18, rtol=1e-15)


def test_points_without_conductance_stay_at_zero():
    couplings, ground, load = np.zeros((3, 2)), np.zeros(3), np.ones(3)
    kernels.eliminate(couplings, ground)
    kernels.substitute(couplings, ground, load)
    np.testing.assert_array_equal(load, 0.0)
