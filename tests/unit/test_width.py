"""Is the width of the bracket told in full, slab by slab and part by part? It equals c_dual - c_primal, always."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models import (
    DIRECTIONS,
    Coolant,
    Cooling,
    both,
    even,
    everything,
    fields,
    painted,
    solid,
)
from thermopkg.answer.width import Width, width
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT, ThermalSystem

EXACT = 1e-8  # of the two compliances' sum, which rounds; both fields come from sparse elimination


def rise_of(system: ThermalSystem, amounts: Mapping[str, float]) -> FloatArray:
    """The field that amounts of the loads make; held points move with the coolants alone."""
    rises = dict(zip(system.loads, fields(system), strict=True))
    total = sum((amount * rises[name] for name, amount in amounts.items()), np.zeros(system.conductance.n_points))
    total[system.held_points] = amounts.get(AMBIENT, 0.0) * system.held_rises
    return total.reshape(system.conductance.shape)


def width_of(model: VoxelModel, places: Mapping[str, Patch], amounts: Mapping[str, float]) -> Width:
    below, above = (emit(model, places, 0.0) for emit in (primal.emit, dual.emit))
    fluxes = face_fluxes(model, above, rise_of(above, amounts), places, amounts, 0.0)
    return width(model, model, rise_of(below, amounts), fluxes)


def assert_whole(model: VoxelModel, places: Mapping[str, Patch], amounts: Mapping[str, float]) -> None:
    """a' (R_dual - R_primal) a by the matrices, which know nothing of fluxes, against the sum over the slabs."""
    found, (lower, upper) = width_of(model, places, amounts), both(model, places)
    names = list(primal.emit(model, places, 0.0).loads)
    a = np.array([amounts.get(name, 0.0) for name in names])
    size = np.abs(a) @ np.abs(upper) @ np.abs(a)
    assert found.total == pytest.approx(a @ (upper - lower) @ a, rel=EXACT, abs=1e-11 * size)
    assert sum(found.parts.values()) == pytest.approx(found.total, rel=1e-12)
    assert all((slab >= -1e-12 * found.total).all() for slab in found.slabs)
    assert [slab.size for slab in found.slabs] == list(model.grid.shape)


# ---------------------------------------------------------------- three parts, a hollow, an overhang, orthotropic
TICKS = even(0.0, 1.0, 2.5, 3.0), even(0.0, 2.0, 2.7), even(0.0, 0.4, 1.0, 1.3, 2.0)
CONDUCTIVITY = np.array([[5.0, 7.0, 2.0], [11.0, 3.0, 8.0], [0.2, 0.2, 0.3]])
LAYERS = (0, 2, 1, 1)


def body(cooling: Cooling) -> VoxelModel:
    """Four layers of 3 x 2 cells; a shaft down to the lowest of them, and one cell that hangs over nothing."""
    region = np.broadcast_to(LAYERS, (3, 2, 4)).copy()
    region[1, 1, 1:] = NOTHING
    region[2, 0, :2] = NOTHING
    return painted(TICKS, region, CONDUCTIVITY, cooling)


PLACES: dict[str, Patch] = {
    "within": VolumePatch(frozenset({solid(1)})),
    "between": FacePatch(solid(0), True, 0.4, (0.0, 2.5), (0.0, 2.7)),  # an inner face; bare in the shaft
    "top": FacePatch(solid(1), True, 2.0, (0.0, 1.0), (0.0, 2.0)),
    "under": FacePatch(solid(1), False, 1.0, (1.0, 3.0), (0.0, 2.0)),  # partly looks down into nothing
}
FILMS: Cooling = {name: Coolant(film) for name, film in zip(DIRECTIONS, (3.0, 1.0, 0.5, 7.0, 2.0, 40.0), strict=True)}
ENVIRONMENTS: dict[str, Cooling] = {
    "film on top": {"z+": Coolant(30.0)},
    "film below": {"z-": Coolant(30.0)},
    "films on every face, in the hollow too": FILMS,
    "bottom held": {**FILMS, "z-": Coolant(np.inf)},
    "top held": {**FILMS, "z+": Coolant(np.inf)},
}
WARM: dict[str, Cooling] = {
    "one film is warmer": {**FILMS, "z+": Coolant(40.0, 6.0)},
    "all films differ": {name: Coolant(c.film, i - 2.0) for i, (name, c) in enumerate(FILMS.items())},
    "a held face is warmer": {**FILMS, "z+": Coolant(np.inf, 4.0)},
    "two held faces": {"z+": Coolant(np.inf, 4.0), ("z-", 0): Coolant(np.inf, -3.0), "x-": Coolant(2.0, 1.0)},
}
LOADS: dict[str, dict[str, float]] = {
    "a volume": {"within": 2.0},
    "an inner face": {"between": 1.0},
    "a cooled or a held face": {"top": 3.0},
    "a face that is partly bare": {"under": 1.0},
    "the difference of two readings": {"between": 1.0, "top": -1.0},
    "all at once": {"within": 0.5, "between": 2.0, "top": 1.0, "under": -0.3},
}


@pytest.mark.parametrize("loads", LOADS)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_slabs_together_are_the_width(environment: str, loads: str) -> None:
    assert_whole(body(ENVIRONMENTS[environment]), PLACES, LOADS[loads])


@pytest.mark.parametrize("loads", LOADS)
@pytest.mark.parametrize("coolants", [0.0, 1.0, -2.5])
@pytest.mark.parametrize("environment", WARM)
def test_slabs_together_are_the_width_between_several_ambients(environment: str, coolants: float, loads: str) -> None:
    assert_whole(body(WARM[environment]), PLACES, {**LOADS[loads], AMBIENT: coolants})


@pytest.mark.parametrize("environment", WARM)
def test_slabs_together_are_the_width_of_what_coolants_do_alone(environment: str) -> None:
    assert_whole(body(WARM[environment]), PLACES, {AMBIENT: 1.0})


def test_straight_lines_leave_no_width() -> None:
    """Heat that only crosses a stack, from one film to another: both lattices are exact, whatever the cells."""
    layers = np.broadcast_to(LAYERS, (3, 2, 4))
    model = painted(TICKS, layers, CONDUCTIVITY, {"z-": Coolant(3.0), "z+": Coolant(2.0, 5.0)})
    flux = 5.0 / (1 / 3.0 + 0.4 / 2.0 + 0.6 / 0.3 + 1.0 / 8.0 + 1 / 2.0)  # W/m2: films and layers in series
    assert width_of(model, {}, {AMBIENT: 1.0}).total < 1e-12 * 5.0 * flux * 3.0 * 2.7


def test_width_is_made_where_lines_are_curved() -> None:
    """A slab of two parts, each heated alone: in the other the flux is constant, and it makes no width.

    In a heated layer of n cells of height d the primal line misses q^2 d^2 L / (12 k), and the lumped flux adds
    twice that: Q^2 d^2 / (4 k L) over the area, with Q the layer's heat and L its thickness.
    """
    z = even(0.0, 1.0, 3.0, parts=[2, 4])
    region = np.array([0, 0, 1, 1, 1, 1]).reshape(1, 1, 6)
    model = painted((even(0.0, 2.0), even(0.0, 3.0), z), region, np.array([[5.0] * 3, [4.0] * 3]), {"z-": Coolant(1.0)})
    upper = {"upper": VolumePatch(frozenset({solid(1)}))}
    found = width_of(model, upper, {"upper": 1.0})
    expected = 0.5**2 / (4 * 4.0 * 2.0 * 6.0)
    assert found.total == pytest.approx(expected)
    assert found.parts == pytest.approx({solid(0): 0.0, solid(1): expected}, abs=1e-12)
    assert found.slabs[2] == pytest.approx([0.0, 0.0, *[expected / 4] * 4], abs=1e-12)
    assert found.slabs[0] == pytest.approx([0.0], abs=1e-12)


def test_a_film_s_own_share_goes_half_to_the_slabs_of_either_side() -> None:
    """Two columns, one of them heated: what crosses the film of each is not even, and no cell in z could tell."""
    model = painted((even(0.0, 1.0, parts=2), even(0.0, 1.0), even(0.0, 1e-6)), np.zeros((2, 1, 1), int),
                    np.array([[1.0] * 3]), {"z+": Coolant(5.0)})  # fmt: skip
    heat = {"left": FacePatch(solid(0), False, 0.0, (0.0, 0.5), (0.0, 1.0))}
    below, above = (emit(model, heat, 0.0) for emit in (primal.emit, dual.emit))
    rise, fluxes = rise_of(below, {"left": 1.0}), face_fluxes(model, above, rise_of(above, {"left": 1.0}), heat,
                                                                   {"left": 1.0}, 0.0)  # fmt: skip
    corners = rise[:, :, 1]
    film = 5.0 * 0.5  # W/K of each column's top
    out = fluxes.along[2][:, 0, 1]
    assert out.sum() == pytest.approx(1.0)
    errors = np.array([((out[i] - film * corners[i : i + 2]) ** 2).mean() / film for i in (0, 1)])
    slabs = width(model, model, rise, fluxes).slabs
    assert slabs[1].sum() >= 0.5 * errors.sum()
    assert slabs[1][0] - 0.5 * errors.sum() == pytest.approx(0.0, abs=1e-9)  # nothing else makes any along y


# ---------------------------------------------------------------- sums
def test_widths_add_up_slab_by_slab_and_part_by_part() -> None:
    model = body(FILMS)
    one, other = (width_of(model, PLACES, LOADS[name]) for name in ("a volume", "an inner face"))
    both_of_them = one.plus(other, 2.0, -0.5)
    assert both_of_them.total == pytest.approx(2.0 * one.total - 0.5 * other.total)
    for found, a, b in zip(both_of_them.slabs, one.slabs, other.slabs, strict=True):
        assert found == pytest.approx(2.0 * a - 0.5 * b)
    assert both_of_them.parts == pytest.approx({n: 2.0 * v - 0.5 * other.parts[n] for n, v in one.parts.items()})


def test_width_is_that_of_a_power_squared() -> None:
    model = body(FILMS)
    once, thrice = (width_of(model, PLACES, {"between": amount}) for amount in (1.0, -3.0))
    assert thrice.total == pytest.approx(9.0 * once.total)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_slabs_together_are_the_width_of_anything(seed: int) -> None:
    """Shapes down to one cell in an axis, hollows, conductivities over four decades, films over six or none."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(1, 5, 3))
    ticks = [np.cumsum(rng.uniform(0.1, 2.0, n + 1)) for n in shape]
    region = np.where(rng.random(shape) < 0.2, NOTHING, rng.integers(0, 2, shape))
    region[0, 0, 0] = 0
    films = np.where(rng.random(6) < 0.3, 0.0, 10 ** rng.uniform(-3, 3, 6))
    films[int(rng.integers(6))] = 1.0
    rises = np.where(rng.random(6) < 0.5, 0.0, rng.uniform(-5.0, 5.0, 6))
    cooling = {name: Coolant(film, rise) for name, film, rise in zip(DIRECTIONS, films, rises, strict=True)}
    # every cell beside another one, so that nothing heated is left without a way out
    region[:, :, 0] = np.where(region[:, :, 0] == NOTHING, 0, region[:, :, 0])
    region[:, :, 1:] = np.where(np.cumprod(region != NOTHING, axis=2, dtype=bool), region, NOTHING)[:, :, 1:]
    model = painted((ticks[0], ticks[1], ticks[2]), region, 10 ** rng.uniform(-2, 2, (2, 3)), cooling)
    x, y = (float(model.grid.x[0]), float(model.grid.x[-1])), (float(model.grid.y[0]), float(model.grid.y[-1]))
    owner = solid(int(region[0, 0, 0]))
    places = {"all": everything(model), "bottom": FacePatch(owner, False, float(model.grid.z[0]), x, y)}
    amounts = {"all": float(rng.normal()), "bottom": float(rng.normal())}
    if AMBIENT in primal.emit(model, places, 0.0).loads:
        amounts[AMBIENT] = float(rng.normal())
    assert_whole(model, places, amounts)
