"""Does every network say what flows out of its points? Arrays and cells against NumPy, in both orders of the points."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tests.models import DIRECTIONS, Coolant, everything, matrix, painted
from tests.unit.model_lattices import random_lattice
from tests.unit.test_kernels import DOUBLE, SINGLE, OneThread, RowByRow, assert_close, draw, zebra
from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.lattice import dual, outflow_kernels, primal
from thermopkg.lattice.cell_kernels import STRIP
from thermopkg.lattice.multigrid import Hierarchy, width_of
from thermopkg.lattice.network import CellLattice, Lattice, Network
from thermopkg.lattice.outflow import apply, assembled, residual
from thermopkg.lattice.sharing import Crew
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT, ThermalSystem

CELLS = [(1, 1, 1), (1, 6, 3), (5, 1, 2), (2, 3, 1), (4, 5, 6), (3, STRIP, 2), (4, 2 * STRIP - 1, 3)]
EMITTERS = pytest.mark.parametrize("emit", [primal.emit, dual.emit], ids=["primal", "dual"])
FILMS = {direction: Coolant(10.0**n, 3.0 * n) for n, direction in enumerate(DIRECTIONS)}
HELD = {**FILMS, "z-": Coolant(np.inf, 5.0), ("x+", 1): Coolant(np.inf, 5.0)}


def model(shape: tuple[int, int, int], cooling: dict, nothing: float = 0.3) -> VoxelModel:
    """Orthotropic materials over four decades on an irregular grid; some cells are empty, and region 2 has none."""
    rng = np.random.default_rng(3)
    region = np.where(rng.random(shape) < nothing, NOTHING, rng.integers(0, 2, shape))
    region.flat[0] = 1
    ticks = tuple(np.append(0.0, np.cumsum(10 ** rng.uniform(-5, -3, n))) for n in shape)
    return painted((ticks[0], ticks[1], ticks[2]), region, 10 ** rng.uniform(-2, 2, (3, 3)), cooling)


def systems() -> dict[str, ThermalSystem]:
    found = {}
    for shape in CELLS:
        for name, emit in (("primal", primal.emit), ("dual", dual.emit)):
            for cooling, own in (("films", FILMS), ("held faces", HELD)):
                cells = model(shape, own)
                found[f"{name} {shape} {cooling}"] = emit(cells, {"all": everything(cells)}, 1.0)
    return found


NETWORKS: dict[str, Network] = {name: system.conductance for name, system in systems().items()} | {
    f"arrays {shape}": random_lattice(shape, np.random.default_rng(7), gone=0.1) for shape in CELLS
}


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    return NETWORKS[request.param]


@pytest.fixture(params=[OneThread, RowByRow])
def crew(request: pytest.FixtureRequest) -> Crew:
    return request.param()


def active(network: Network) -> BoolArray:
    return np.asarray(matrix(network).diagonal().reshape(network.shape) > 0)


def sums_of(network: Network, left: FloatArray, per_conductance: float, load: FloatArray, u: FloatArray) -> list[float]:
    """r^2, (diagonal x)^2, load^2, r and |load| of the points that take part."""
    weighed = per_conductance * matrix(network).diagonal() * u.ravel()
    load = np.where(active(network), load, 0.0)
    return [*(float(np.vdot(a, a)) for a in (left, weighed, load)), float(left.sum()), float(np.abs(load).sum())]


# ---------------------------------------------------------------- A u
def test_outflow_is_the_matrix(network: Network) -> None:
    u = draw(network.shape)
    wanted = np.where(active(network), u, 0.0).ravel()  # points that take no part are left at zero
    assert_close(apply(network, u).ravel(), matrix(network) @ wanted, DOUBLE)


def test_outflow_is_self_adjoint_and_never_gains(network: Network) -> None:
    u, v = (np.where(active(network), draw(network.shape, seed), 0.0) for seed in (1, 2))
    taken, other = apply(network, u), apply(network, v)
    size = float(np.sqrt(np.vdot(u, taken) * np.vdot(v, other)))
    assert np.vdot(u, taken) >= 0
    assert abs(np.vdot(v, taken) - np.vdot(u, other)) <= 1e-12 * max(size, 1e-300)


def test_rise_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 3, 4\).*\(5, 6, 7\)"):
        apply(NETWORKS["primal (4, 5, 6) films"], np.zeros((2, 3, 4)))


@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_residual_in_zebra_order(network: Network, crew: Crew, precision: type[np.floating]) -> None:
    load, u, width = draw(network.shape, 1), draw(network.shape, 2), width_of(network.shape[1])
    nx, _, nz = network.shape
    scale = 2.0 ** -np.ceil(np.log2(max(matrix(network).diagonal().max(), 1e-300)))
    x, r = zebra(u, np.zeros((nx + 1, 2, nz * width)), width), np.zeros((nx + 1, 2, nz * width), precision)
    sums = residual(network, crew, load, 0.25 * scale, 2.0, True, width, x, r)
    at_work = active(network)
    u = np.where(at_work, u, 0.0)
    wanted = np.where(at_work, 2.0 * load - 0.25 * scale * (matrix(network) @ u.ravel()).reshape(network.shape), 0.0)
    assert_close(r, zebra(wanted, r, width), SINGLE if precision is np.float32 else DOUBLE)
    assert_array_equal(x, zebra(u, x, width))
    expected = sums_of(network, wanted, 0.25 * scale, 2.0 * load, u)
    assert_allclose(sums, expected, rtol=1e-10, atol=1e-13 * np.abs(wanted).sum())


def test_residual_in_plain_order(network: Network, crew: Crew) -> None:
    load = draw(network.shape, 1)
    u = np.where(active(network), draw(network.shape, 2), 0.0)
    r, before = np.full(network.shape, np.nan), u.copy()
    sums = residual(network, crew, load, 1.0, 1.0, False, 0, u, r)
    wanted = np.where(active(network), load - (matrix(network) @ u.ravel()).reshape(network.shape), 0.0)
    assert_close(r, wanted, DOUBLE)
    assert_array_equal(u, before)
    expected = sums_of(network, wanted, 1.0, load, u)
    assert_allclose(sums, expected, rtol=1e-10, atol=1e-13 * np.abs(wanted).sum())


def test_residual_at_rest_is_the_load_of_the_points_that_take_part(network: Network, crew: Crew) -> None:
    load, finest = draw(network.shape), Hierarchy.build(network).levels[0]
    x, r, known = np.zeros(finest.rise.shape), np.zeros_like(finest.rise), np.zeros_like(finest.rise)
    arguments = (finest.pivot, load, 2.0, finest.width, known)
    parts = crew.share(outflow_kernels.residual_at_rest, network.shape[0], network.n_points, *arguments)
    sums = residual(network, crew, load, 1.0, 2.0, True, finest.width, x, r)
    assert_array_equal(known, r)
    assert_allclose(np.sum(parts, axis=0), sums, rtol=1e-13, atol=1e-13)


# ---------------------------------------------------------------- cells and the arrays that they make
@EMITTERS
@pytest.mark.parametrize("cooling", [FILMS, HELD], ids=["films", "held faces"])
def test_cells_and_their_arrays_are_the_same_network(emit, cooling) -> None:
    cells = model((4, 2 * STRIP - 1, 6), cooling)
    network = emit(cells, {"all": everything(cells)}, 1.0).conductance
    arrays, u = assembled(network), draw(network.shape)
    assert isinstance(network, CellLattice)
    assert isinstance(arrays, Lattice)
    assert arrays.shape == network.shape
    assert_close(apply(network, u), apply(arrays, u), DOUBLE)


def test_arrays_are_their_own() -> None:
    lattice = random_lattice((3, 4, 5), np.random.default_rng(1))
    assert assembled(lattice) is lattice


@EMITTERS
def test_model_of_nothing_conducts_nothing(emit) -> None:
    """A region that no cell has, and cells that have none."""
    empty = model((3, 4, 5), FILMS, nothing=1.0)
    region = np.full_like(empty.region, NOTHING)
    bare = replace(empty, region=region, exposed=())
    network = emit(bare, {}, 0.0).conductance
    assert not any(array.any() for array in assembled(network).arrays())
    assert not apply(network, draw(network.shape)).any()


def test_edge_to_a_held_point_is_ground_of_its_other_end() -> None:
    """Arrays: taken out of the free network by hand. Cells: whatever the held points' own rise is, it is not felt."""
    network = primal.emit(model((4, 5, 6), HELD), {}, 1.0).conductance
    free = assembled(replace(network, held=np.zeros(0, np.int64)))
    held = np.zeros(network.n_points, bool)
    held[network.held] = True
    assert 0 < np.count_nonzero(held) < network.n_points
    kept = np.flatnonzero(~held)
    a = matrix(free).tolil()
    a[network.held] = 0.0
    a[:, network.held] = 0.0
    assert_close(matrix(network).toarray(), a.toarray(), DOUBLE)
    u, other = draw(network.shape, 1), draw(network.shape, 1)
    other.reshape(-1)[network.held] += 7.0
    assert_array_equal(apply(network, u), apply(network, other))
    assert_allclose(matrix(network).diagonal()[kept], matrix(free).diagonal()[kept], rtol=1e-14)


@EMITTERS
def test_load_of_other_ambients_is_what_films_and_held_points_pull(emit) -> None:
    """With every coolant a kelvin above the reference all points are, whatever the network: A 1 = f."""
    warm = {direction: Coolant(film.film, 1.0) for direction, film in HELD.items()}
    cells = model((4, 5, 6), warm)
    system = emit(cells, {}, 0.0)
    at_work = active(system.conductance)
    found = apply(system.conductance, np.where(at_work, 1.0, 0.0))
    assert_close(found, np.where(at_work, system.loads[AMBIENT], 0.0), 1e-12)
