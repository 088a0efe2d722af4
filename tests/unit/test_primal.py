"""Is the primal lattice emitted as its definition says? Cells so few that every number is worked out beside it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models import DIRECTIONS, Coolant, Emit, even, everything, fields, painted, resistances, solid
from thermopkg.errors import ModelError
from thermopkg.lattice import dual, primal
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT

LENGTHS = 1.0, 2.0, 4.0  # m, of one cell
CONDUCTIVITY = np.array([[3.0, 5.0, 7.0]])


def one_cell(**cooling: Coolant) -> VoxelModel:
    ticks = tuple(np.array([0.0, length]) for length in LENGTHS)
    directions = {name.replace("_low", "-").replace("_high", "+"): coolant for name, coolant in cooling.items()}
    return painted(ticks, np.zeros((1, 1, 1), int), CONDUCTIVITY, directions)


def two_cells(**cooling: Coolant) -> VoxelModel:
    """One above the other, 1 m and 2 m high over a square metre, of 2 and 8 W/m/K along z."""
    ticks = np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([0.0, 1.0, 3.0])
    directions = {name.replace("_low", "-").replace("_high", "+"): coolant for name, coolant in cooling.items()}
    return painted(ticks, np.array([[[0, 1]]]), np.array([[1.0, 1.0, 2.0], [1.0, 1.0, 8.0]]), directions)


def edges(model: VoxelModel) -> Lattice:
    return assembled(primal.emit(model, {}, 0.0).conductance)


# ---------------------------------------------------------------- edges
def test_each_of_four_edges_carries_a_quarter_of_the_cross_section() -> None:
    model = one_cell()
    a, b, c = LENGTHS
    assert edges(model).gx == pytest.approx(np.full((1, 2, 2), 3.0 * b * c / 4 / a))
    assert edges(model).gy == pytest.approx(np.full((2, 1, 2), 5.0 * c * a / 4 / b))
    assert edges(model).gz == pytest.approx(np.full((2, 2, 1), 7.0 * a * b / 4 / c))


def test_edges_add_up_over_the_cells_around_them() -> None:
    x = y = np.array([0.0, 1.0, 3.0])
    region = np.array([[[0], [1]], [[2], [NOTHING]]])
    k = np.array([[10.0] * 3, [20.0] * 3, [40.0] * 3])
    upright = edges(painted((x, y, np.array([0.0, 1.0])), region, k, {})).gz[:, :, 0]
    corner, edge_x, edge_y = 10.0 * 1, 20.0 * 2, 40.0 * 2  # k * area of the three cells, W m/K
    expected = np.array(
        [
            [corner, corner + edge_x, edge_x],
            [corner + edge_y, corner + edge_x + edge_y, edge_x],
            [edge_y, edge_y, 0.0],
        ]
    )
    assert upright == pytest.approx(expected / 4)


# ---------------------------------------------------------------- films
def test_film_gives_each_corner_a_quarter_of_the_face() -> None:
    ground = edges(one_cell(z_high=Coolant(100.0))).ground
    assert ground[:, :, 1] == pytest.approx(np.full((2, 2), 100.0 * 1.0 * 2.0 / 4))
    assert (ground[:, :, 0] == 0.0).all()


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_film_stands_on_the_faces_that_look_its_way_inner_ones_included(direction: str) -> None:
    """A cube of 3 x 3 x 3 cells with its middle cell empty: each direction has one face more than its nine."""
    ticks = (even(0.0, 3.0, parts=3),) * 3
    region = np.zeros((3, 3, 3), int)
    region[1, 1, 1] = NOTHING
    ground = edges(painted(ticks, region, CONDUCTIVITY, {direction: Coolant(4.0)})).ground
    axis, high = DIRECTIONS[direction]
    planes = ground.sum(axis=tuple(other for other in range(3) if other != axis))
    expected = np.zeros(4)
    expected[3 if high else 0] = 4.0 * 9
    expected[1 if high else 2] = 4.0 * 1  # a face of the hollow looks into it
    assert planes == pytest.approx(expected)


def test_no_film_no_ground() -> None:
    assert not edges(one_cell()).ground.any()


# ---------------------------------------------------------------- loads
@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_unit_load_is_one_watt_whose_moments_are_those_of_the_solid(seed: int) -> None:
    """The mean of a linear field over cells is its value at their centroid, whatever the grid."""
    rng = np.random.default_rng(seed)
    ticks = tuple(np.cumsum(rng.uniform(0.1, 1.0, n)) for n in (4, 3, 5))
    region = rng.integers(-1, 2, (3, 2, 4))
    region[1, 1, 2] = 1
    model = painted(ticks, region, np.ones((2, 3)), {})
    load = primal.unit_load(model, VolumePatch(frozenset({solid(1)})))
    assert load.sum() == pytest.approx(1.0)
    volumes = model.volumes() * (region == 1)
    for axis in range(3):
        shape = [-1 if other == axis else 1 for other in range(3)]
        middles = (0.5 * (ticks[axis][1:] + ticks[axis][:-1])).reshape(shape)
        centroid = (middles * volumes).sum() / volumes.sum()
        assert (load * ticks[axis].reshape(shape)).sum() == pytest.approx(centroid)


@pytest.mark.parametrize("top", [True, False])
def test_face_load_lies_on_its_plane_over_its_own_solid_alone(top: bool) -> None:
    """The left column of two is solid 1 throughout, the right one is nothing on the patch's side of the plane."""
    ticks = np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0]), np.array([0.0, 1.0, 2.0])
    region = np.zeros((2, 1, 2), int)
    region[0, 0, 0 if top else 1] = 1
    model = painted(ticks, region, np.ones((2, 3)), {})
    load = primal.unit_load(model, FacePatch(solid(1), top, 1.0, (0.0, 3.0), (0.0, 2.0)))
    expected = np.zeros((3, 2, 3))
    expected[:2, :, 1] = 0.25
    assert load == pytest.approx(expected)


# ---------------------------------------------------------------- other ambients
def test_film_of_another_temperature_is_a_load_and_a_constant() -> None:
    """film * area * rise spread over four corners, and minus film * area * rise^2."""
    model = one_cell(z_high=Coolant(100.0, 3.0), z_low=Coolant(50.0))
    system = primal.emit(model, {"all": everything(model)}, 0.0)
    expected = np.zeros((2, 2, 2))
    expected[:, :, 1] = 100.0 * 2.0 / 4 * 3.0
    assert system.loads[AMBIENT] == pytest.approx(expected)
    assert system.constants == pytest.approx(np.array([[0.0, 0.0], [0.0, -100.0 * 2.0 * 3.0**2]]))


@pytest.mark.parametrize("emit", [primal.emit, dual.emit])
def test_one_ambient_that_is_the_reference_makes_no_load(emit: Emit) -> None:
    model = one_cell(z_high=Coolant(100.0, 40.0), z_low=Coolant(50.0, 40.0))
    assert AMBIENT not in emit(model, {}, 40.0).loads
    assert AMBIENT in emit(model, {}, 0.0).loads


@pytest.mark.parametrize("emit", [primal.emit, dual.emit])
def test_coolants_whose_loads_cancel_are_a_load_all_the_same(emit: Emit) -> None:
    """The dual lattice's one point feels nothing of +7 K above and -7 K below, yet heat flows from one to the other."""
    model = one_cell(z_high=Coolant(10.0, 7.0), z_low=Coolant(10.0, -7.0))
    system = emit(model, {"all": everything(model)}, 0.0)
    through = 1 / (1 / 20.0 + 4.0 / (7.0 * 2.0) + 1 / 20.0)  # film, body, film on two square metres, W/K
    assert resistances(system)[1] == pytest.approx([0.0, -through * 14.0**2])


def test_loads_are_made_when_they_are_asked_for() -> None:
    """Whoever changes one changes nobody's."""
    model = two_cells()
    loads = primal.emit(model, {"lower": VolumePatch(frozenset({solid(0)}))}, 0.0).loads
    assert list(loads) == ["lower"]
    made = loads["lower"]
    made[:] = 0.0
    assert loads["lower"].sum() == pytest.approx(1.0)


# ---------------------------------------------------------------- held faces
def test_held_points_leave_the_network_and_pull_at_what_they_were_joined_to() -> None:
    model = two_cells(z_low=Coolant(np.inf, 5.0))
    system = primal.emit(model, {"lower": VolumePatch(frozenset({solid(0)}))}, 0.0)
    lattice = assembled(system.conductance)
    assert sorted(system.held_points) == [0, 3, 6, 9]  # the four corners with k = 0 of a lattice (2, 2, 3)
    assert (system.held_rises == 5.0).all()
    assert not lattice.gz[:, :, 0].any()
    assert not lattice.gx[:, :, 0].any()
    assert not lattice.ground[:, :, 0].any()
    pull = 2.0 / 4  # k * quarter of a square metre / 1 m
    assert lattice.ground[:, :, 1] == pytest.approx(np.full((2, 2), pull))
    assert system.loads[AMBIENT][:, :, 1] == pytest.approx(np.full((2, 2), pull * 5.0))
    assert lattice.gz[:, :, 1] == pytest.approx(np.full((2, 2), 8.0 / 4 / 2))


def test_mean_of_a_part_counts_the_points_that_are_held() -> None:
    """Half of the lower cell's weight lies on the held face: at rest it contributes 5 K / 2 by itself."""
    model = two_cells(z_low=Coolant(np.inf, 5.0))
    system = primal.emit(model, {"lower": VolumePatch(frozenset({solid(0)}))}, 0.0)
    assert system.loads["lower"].sum() == pytest.approx(0.5)
    assert not system.loads["lower"][:, :, 0].any()
    assert system.constants[0, 1] == system.constants[1, 0] == pytest.approx(0.5 * 5.0)
    assert resistances(system)[0, 1] == pytest.approx(5.0)  # nothing else cools it: the whole part is at 5 K


@pytest.mark.parametrize("emit", [primal.emit, dual.emit])
@pytest.mark.parametrize("bottom", [Coolant(np.inf, 5.0), Coolant(40.0, 5.0)])
def test_mean_of_a_field_is_the_row_of_the_matrix_that_its_loads_make(emit: Emit, bottom: Coolant) -> None:
    model = two_cells(z_low=bottom, z_high=Coolant(3.0, -2.0))
    places = {
        "lower": VolumePatch(frozenset({solid(0)})),
        "top": FacePatch(solid(1), True, 3.0, (0.0, 1.0), (0.0, 1.0)),
    }
    system = emit(model, places, 0.0)
    amounts = {"lower": 6.0, "top": 0.5, AMBIENT: 1.0}
    rise = fields(system).T @ list(amounts.values())
    means = [system.mean(name, rise.reshape(system.conductance.shape), amounts) for name in ("lower", "top")]
    assert means == pytest.approx(resistances(system)[:2] @ list(amounts.values()))


def test_heat_made_on_a_held_face_leaves_through_it_at_once() -> None:
    model = two_cells(z_low=Coolant(np.inf))
    system = primal.emit(model, {"lower": VolumePatch(frozenset({solid(0)}))}, 0.0)
    (outlet,) = system.outlets
    assert outlet.at_once == {"lower": pytest.approx(0.5)}
    rise = np.zeros(system.conductance.shape)
    assert system.leaving(rise, {"lower": 8.0}) == {(solid(0), "bottom", "z- of 0"): pytest.approx(4.0)}


def test_two_held_faces_with_one_cell_between_them_exchange_their_heat() -> None:
    """No point is free; k * area / length = 7 * 2 / 4 W/K between 6 K above and 2 K below."""
    system = primal.emit(one_cell(z_low=Coolant(np.inf, 2.0), z_high=Coolant(np.inf, 6.0)), {}, 0.0)
    through = 7.0 * 2.0 / 4.0 * 4.0
    assert resistances(system) == pytest.approx(np.array([[-through * 4.0]]))
    leaving = system.leaving(np.zeros((2, 2, 2)), {AMBIENT: 1.0})
    assert leaving["solid-0", "bottom", "z- of 0"] == pytest.approx(through)
    assert leaving["solid-0", "top", "z+ of 0"] == pytest.approx(-through)


def test_film_beside_a_held_face_takes_heat_from_the_held_points() -> None:
    """Half of the side's film stands on two held corners: 10 W/m2/K * 4 m2 (2 m by 4 m, one half) at 3 K to 1 K."""
    model = one_cell(z_low=Coolant(np.inf, 3.0), x_low=Coolant(10.0, 1.0))
    system = primal.emit(model, {}, 0.0)
    by_face = {outlet.face: outlet for outlet in system.outlets}
    assert by_face["sides"].at_once == {AMBIENT: pytest.approx(10.0 * 4.0 * 2.0)}
    assert by_face["bottom"].at_once == {AMBIENT: pytest.approx(-10.0 * 4.0 * 2.0)}
    assert by_face["sides"].conductance.sum() == pytest.approx(10.0 * 4.0)


def test_held_faces_of_different_temperatures_may_not_meet() -> None:
    with pytest.raises(ModelError, match="meets another one along an edge"):
        primal.emit(one_cell(z_low=Coolant(np.inf, 1.0), x_low=Coolant(np.inf, 2.0)), {}, 0.0)


def test_held_faces_of_one_temperature_may_meet() -> None:
    system = primal.emit(one_cell(z_low=Coolant(np.inf, 2.0), x_low=Coolant(np.inf, 2.0)), {}, 0.0)
    assert system.held_points.size == 6


# ---------------------------------------------------------------- where heat leaves
def test_outlets_are_named_by_part_and_face_and_hold_all_ground() -> None:
    model = two_cells(**{d: Coolant(2.0) for d in ("x_low", "x_high", "y_low", "y_high", "z_low", "z_high")})
    system = primal.emit(model, {}, 0.0)
    names = {(outlet.part, outlet.face) for outlet in system.outlets}
    assert names == {
        (solid(0), "sides"), (solid(1), "sides"), (solid(0), "bottom"), (solid(1), "top"),
    }  # fmt: skip
    total = sum(outlet.conductance.sum() for outlet in system.outlets)
    assert (
        total == pytest.approx(assembled(system.conductance).ground.sum()) == pytest.approx(2.0 * (2 * 1.0 + 4 * 3.0))
    )
