"""Do the fluxes of a dual field balance the heat of every cell, whatever is heated and whatever cools?"""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.models import Coolant, Cooling, even, fields, painted, solid
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual
from thermopkg.lattice.fluxes import FaceFluxes, face_fluxes
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares, volume_shares
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT

ROUNDING = 1e-11  # W of some watts, by sparse elimination

# Three columns by two of three layers; a hole in the middle of the top layer, and one cell that hangs over nothing.
TICKS = even(0.0, 1.0, 2.5, 3.0), even(0.0, 2.0, 2.7), even(0.0, 0.4, 1.0, 1.5)
CONDUCTIVITY = np.array([[5.0, 7.0, 2.0], [11.0, 3.0, 8.0]])
FILMS: Cooling = {name: Coolant(3.0 + i, 0.0) for i, name in enumerate(("x-", "x+", "y-", "y+", "z-", "z+"))}
WARM: Cooling = {**FILMS, "z+": Coolant(9.0, 5.0), "x-": Coolant(2.0, -3.0)}
HELD: Cooling = {**FILMS, "z-": Coolant(np.inf, 2.0)}
WATTS = {"within": 2.0, "between": 3.0, "top": -1.0, "under": 0.7}


def body(cooling: Cooling) -> VoxelModel:
    region = np.broadcast_to([0, 1, 1], (3, 2, 3)).copy()
    region[1, 1, 2] = NOTHING
    region[2, 0, 0] = NOTHING
    return painted(TICKS, region, CONDUCTIVITY, cooling)


PLACES: dict[str, Patch] = {
    "within": VolumePatch(frozenset({solid(1)})),
    "between": FacePatch(solid(0), True, 0.4, (0.0, 3.0), (0.0, 2.7)),
    "top": FacePatch(solid(1), True, 1.5, (0.0, 1.0), (0.0, 2.7)),
    "under": FacePatch(solid(1), False, 0.4, (2.5, 3.0), (0.0, 2.0)),  # looks down at nothing
}


def found(model: VoxelModel, amounts: Mapping[str, float]) -> FaceFluxes:
    system = dual.emit(model, PLACES, 0.0)
    by_load = dict(zip(system.loads, fields(system), strict=True))
    rise = sum(amount * by_load[name] for name, amount in amounts.items())
    return face_fluxes(model, system, np.reshape(rise, model.grid.shape), PLACES, amounts, 0.0)


def out_of_cells(fluxes: FaceFluxes) -> FloatArray:
    """Heat through all six faces of every cell, outwards, W."""
    x, y, z = fluxes.along
    low = z + fluxes.gained  # as the cell above a face sees it
    return np.diff(x, axis=0) + np.diff(y, axis=1) + z[:, :, 1:] - low[:, :, :-1]


@pytest.mark.parametrize("coolants", [0.0, 1.0])
@pytest.mark.parametrize("cooling", [FILMS, WARM, HELD], ids=["films", "warm films", "a held face"])
def test_what_flows_out_of_a_cell_is_what_is_made_in_it(cooling: Cooling, coolants: float) -> None:
    model = body(cooling)
    amounts = WATTS | ({AMBIENT: coolants} if cooling is not FILMS else {})
    within = PLACES["within"]
    assert isinstance(within, VolumePatch)
    made = 2.0 * volume_shares(model, within)
    out = out_of_cells(found(model, amounts))
    assert_allclose(out[model.active], made[model.active], atol=ROUNDING)


@pytest.mark.parametrize("cooling", [FILMS, HELD], ids=["films", "a held face"])
def test_films_take_all_the_heat(cooling: Cooling) -> None:
    """What is put onto a held face leaves at once, like a film's share of what is put onto a cooled one."""
    films = found(body(cooling), WATTS).films
    assert sum(film.heat.sum() for film in films) == pytest.approx(sum(WATTS.values()))


def test_faces_without_a_film_let_nothing_through() -> None:
    model = body({("z-", 0): Coolant(4.0)})  # so the overhang has none
    fluxes = found(model, WATTS)
    assert len(fluxes.films) == 1
    x, y, z = fluxes.along
    for axis, along in enumerate((x, y)):
        assert not np.take(along, [0, -1], axis).any()
    up = z + fluxes.gained
    assert_allclose(z[0, :, -1], [2.0 / 2.7, 0.7 / 2.7])  # what is put onto the bare top, shared by area: -1 W
    assert not z[1:, :, -1].any()
    assert up[2, 0, 1] == pytest.approx(0.7)  # onto the bare face under the overhang, all of it into the cell above
    assert z[2, 0, 1] == 0.0


def test_heat_on_an_inner_face_is_what_the_two_sides_take_more_than_they_give() -> None:
    model = body(FILMS)
    between = PLACES["between"]
    assert isinstance(between, FacePatch)
    plane, share = face_shares(model, between)
    gained = found(model, {"between": 3.0}).gained
    assert_allclose(gained[:, :, plane], 3.0 * share)
    assert not np.delete(gained, plane, axis=2).any()


def test_film_takes_its_own_share_of_heat_on_a_cooled_face_at_once() -> None:
    """One cell of 1 x 1 x 0.5 m, its half 8 / 0.25 W/K below a film of 96 W/K: three quarters never enter it."""
    model = painted((even(0.0, 1.0), even(0.0, 1.0), even(0.0, 0.5)), np.zeros((1, 1, 1), int),
                    np.array([[8.0] * 3]), {"z-": Coolant(2.0), "z+": Coolant(96.0)})  # fmt: skip
    heated = {"top": FacePatch(solid(0), True, 0.5, (0.0, 1.0), (0.0, 1.0))}
    system = dual.emit(model, heated, 0.0)
    rise = fields(system).reshape(1, 1, 1)
    fluxes = face_fluxes(model, system, rise, heated, {"top": 1.0}, 0.0)
    # by hand: below the face 1/2 + 0.5/8 K/W in series to the bottom's coolant, above it 1/96
    down = (1 / (1 / 2 + 0.5 / 8)) / (96 + 1 / (1 / 2 + 0.5 / 8))
    heat = {film.faces.high: float(film.heat[0]) for film in fluxes.films}
    assert heat == pytest.approx({False: down, True: 1 - down})
    assert fluxes.along[2].ravel() == pytest.approx([-down, -down])


def test_film_knows_its_coolant_and_its_conductance() -> None:
    """Coolants count as often as their load does."""
    model = body(WARM)
    films = found(model, {AMBIENT: 2.0}).films
    top = next(film for film in films if film.faces.axis == 2 and film.faces.high)
    assert_allclose(top.rise, 10.0)
    areas = np.array([[2.0, 0.7], [3.0, 1.05], [1.0, 0.35]])
    assert_allclose(np.sort(top.film), np.sort(9.0 * areas.ravel()))
    assert sum(film.heat.sum() for film in films) == pytest.approx(0.0, abs=ROUNDING)
