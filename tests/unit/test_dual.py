"""Is the dual lattice emitted as its definition says? Cells so few that every number is worked out beside it."""

import numpy as np
import pytest

from tests.models import Coolant, everything, painted, resistances, solid
from thermopkg.lattice import dual
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT

# Two columns of 1 m and 3 m by 2 m; two layers of 1 m and 2 m: areas of 2 and 6 m2 on every plane.
X, Y, Z = np.array([0.0, 1.0, 4.0]), np.array([0.0, 2.0]), np.array([0.0, 1.0, 3.0])
CONDUCTIVITY = np.array([[5.0, 7.0, 2.0], [11.0, 13.0, 8.0]])  # of the lower and the upper layer
LOWER_HALF = 2.0 / 0.5  # k / half height of a square metre of the lower layer, W/K
UPPER_HALF = 8.0 / 1.0
AREAS = np.array([2.0, 6.0])


def layers(cooling: dict[str, Coolant], region: object = ((0, 1), (0, 1))) -> VoxelModel:
    return painted((X, Y, Z), np.array(region)[:, None, :], CONDUCTIVITY, cooling)


def face(solid_number: int, top: bool, z: float, x: tuple[float, float] = (0.0, 4.0)) -> FacePatch:
    return FacePatch(solid(solid_number), top, z, x, (0.0, 2.0))


def edges(model: VoxelModel) -> Lattice:
    return assembled(dual.emit(model, {}, 0.0).conductance)


# ---------------------------------------------------------------- links
def test_neighbours_are_joined_by_their_two_halves_in_series() -> None:
    model = layers({})
    series = 1 / (1 / LOWER_HALF + 1 / UPPER_HALF)
    assert edges(model).gz[:, 0, 0] == pytest.approx(series * AREAS)
    along_x = np.array([5.0 * 2.0 * 1.0, 11.0 * 2.0 * 2.0]) / (0.5 + 1.5)  # k * height * depth over half lengths
    assert edges(model).gx[0, 0] == pytest.approx(along_x)
    assert edges(model).gy.shape == (2, 0, 2)


def test_nothing_passes_to_an_empty_cell() -> None:
    model = layers({}, ((0, 1), (0, NOTHING)))
    assert edges(model).gx[0, 0, 1] == 0.0
    assert edges(model).gz[1, 0, 0] == 0.0


def test_half_a_cell_and_the_film_lie_in_series() -> None:
    ground = edges(layers({"z-": Coolant(4.0)})).ground
    assert ground[:, 0, 0] == pytest.approx(AREAS / (1 / LOWER_HALF + 1 / 4.0))
    assert not ground[:, :, 1].any()


def test_held_face_lies_half_a_cell_away() -> None:
    ground = edges(layers({"z+": Coolant(np.inf)})).ground
    assert ground[:, 0, 1] == pytest.approx(AREAS * UPPER_HALF)


def test_faces_of_a_hollow_are_cooled_like_outer_ones() -> None:
    ground = edges(layers({"x+": Coolant(4.0)}, ((0, 1), (0, NOTHING)))).ground[:, 0]
    halves = np.array([[0.0, 11.0 / 0.5], [5.0 / 1.5, 0.0]])
    sides = np.array([[0.0, 2.0 * 2.0], [2.0 * 1.0, 0.0]])
    cooled = halves > 0
    assert ground[cooled] == pytest.approx(sides[cooled] / (1 / halves[cooled] + 1 / 4.0))
    assert not ground[~cooled].any()


# ---------------------------------------------------------------- loads
def test_volume_load_is_the_share_of_the_volume() -> None:
    load = dual.emit(layers({}), {"all": everything(layers({}))}, 0.0).loads["all"][:, 0]
    assert load == pytest.approx(np.outer(AREAS, [1.0, 2.0]) / 24.0)


def test_heat_on_an_inner_face_is_shared_by_the_conductances_of_the_two_sides() -> None:
    """4 : 8 of the halves; and the face lies 1/(g1 + g2) above what they would make of it, sum of share^2 / total."""
    system = dual.emit(layers({}), {"face": face(0, True, 1.0)}, 0.0)
    share = AREAS / AREAS.sum()
    assert system.loads["face"][:, 0] == pytest.approx(np.outer(share, [4.0 / 12.0, 8.0 / 12.0]))
    assert system.constants == pytest.approx(np.array([[(share**2 / (12.0 * AREAS)).sum()]]))


def test_heat_on_a_cooled_face_is_shared_with_the_film() -> None:
    system = dual.emit(layers({"z+": Coolant(24.0)}), {"face": face(1, True, 3.0)}, 0.0)
    share = AREAS / AREAS.sum()
    assert system.loads["face"][:, 0] == pytest.approx(np.outer(share, [0.0, 8.0 / 32.0]))
    assert system.constants == pytest.approx(np.array([[(share**2 / (32.0 * AREAS)).sum()]]))


def test_heat_on_an_adiabatic_face_goes_into_its_cell_alone() -> None:
    system = dual.emit(layers({"z+": Coolant(24.0)}), {"face": face(0, False, 0.0, (0.0, 1.0))}, 0.0)
    assert system.loads["face"][:, 0] == pytest.approx(np.array([[1.0, 0.0], [0.0, 0.0]]))
    assert system.constants == pytest.approx(np.array([[1 / (4.0 * 2.0)]]))


def test_heat_on_a_held_face_warms_nothing() -> None:
    system = dual.emit(layers({"z-": Coolant(np.inf, 9.0)}), {"face": face(0, False, 0.0)}, 0.0)
    assert not system.loads["face"].any()
    assert system.constants[0, 0] == 0.0
    assert system.constants[0, 1] == system.constants[1, 0] == pytest.approx(9.0)  # its mean is the held rise


def test_heat_on_a_face_towards_an_empty_cell_meets_that_face_s_film() -> None:
    """The left column has nothing above it: its top at 1 m is bare; the right column's face lies between two halves."""
    model = layers({"z+": Coolant(12.0)}, ((0, NOTHING), (0, 1)))
    system = dual.emit(model, {"face": face(0, True, 1.0)}, 0.0)
    share = AREAS / AREAS.sum()
    assert system.loads["face"][:, 0] == pytest.approx(
        np.array([[share[0] * 4.0 / 16.0, 0.0], [share[1] * 4.0 / 12.0, share[1] * 8.0 / 12.0]])
    )
    totals = np.array([16.0, 12.0]) * AREAS
    assert system.constants == pytest.approx(np.array([[(share**2 / totals).sum()]]))


def test_heat_under_an_overhang_meets_the_film_below() -> None:
    """The right column hangs over nothing; its bottom at 1 m has the film that looks down."""
    model = layers({"z-": Coolant(2.0)}, ((0, 1), (NOTHING, 1)))
    system = dual.emit(model, {"face": face(1, False, 1.0, (1.0, 4.0))}, 0.0)
    assert system.loads["face"][:, 0] == pytest.approx(np.array([[0.0, 0.0], [0.0, 8.0 / 10.0]]))
    assert system.constants == pytest.approx(np.array([[1 / (10.0 * 6.0)]]))


def test_constants_join_faces_of_one_plane_where_they_overlap() -> None:
    patches = {
        "left": face(0, True, 1.0, (0.0, 1.0)),
        "right": face(0, True, 1.0, (1.0, 4.0)),
        "both": face(0, True, 1.0),
        "bottom": face(0, False, 0.0),
        "volume": VolumePatch(frozenset({solid(0)})),
    }
    constants = dual.emit(layers({"z+": Coolant(1.0)}), patches, 0.0).constants
    share, totals = AREAS / AREAS.sum(), 12.0 * AREAS
    expected = np.zeros((5, 5))
    expected[0, 0], expected[1, 1] = 1 / totals
    expected[2, 2] = (share**2 / totals).sum()
    expected[0, 2], expected[1, 2] = expected[2, 0], expected[2, 1] = share / totals
    expected[3, 3] = (share**2 / (4.0 * AREAS)).sum()
    assert constants == pytest.approx(expected)


# ---------------------------------------------------------------- other ambients
def test_film_of_another_temperature_is_a_load_and_a_constant() -> None:
    """The coolant is felt through the film and half a cell; so is the constant."""
    system = dual.emit(layers({"z-": Coolant(4.0, 3.0), "z+": Coolant(1.0)}), {}, 0.0)
    through = AREAS / (1 / LOWER_HALF + 1 / 4.0)
    assert system.loads[AMBIENT][:, 0, 0] == pytest.approx(through * 3.0)
    assert not system.loads[AMBIENT][:, :, 1].any()
    assert system.constants == pytest.approx(np.array([[-through.sum() * 9.0]]))


def test_coolant_adds_its_own_part_to_the_mean_of_the_face_it_cools() -> None:
    """film / (film + half) of its rise: 24 / 32 of 6 K; the rest comes from the cell."""
    system = dual.emit(layers({"z+": Coolant(24.0, 6.0)}), {"top": face(1, True, 3.0)}, 0.0)
    assert system.constants[0, 1] == system.constants[1, 0] == pytest.approx(24.0 / 32.0 * 6.0)
    assert resistances(system)[0, 1] == pytest.approx(6.0)  # nothing else cools it: everything is at 6 K


def test_points_are_the_cells_middles() -> None:
    lattice = dual.emit(layers({}), {}, 0.0).conductance
    assert lattice.shape == (2, 1, 2)
    assert list(lattice.x) == [0.5, 2.5]
    assert list(lattice.y) == [1.0]
