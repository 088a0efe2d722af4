"""Do the watts add up, by surface and by face, and does a wrong field get caught?"""

import numpy as np
import pytest

from tests.exact import case
from tests.models import Coolant, ends, even, everything, fields, painted, solid, stacked
from thermopkg.answer.balance import LARGEST_IMBALANCE, Balance, balance
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import primal
from thermopkg.mesh.patch import VolumePatch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.system import AMBIENT, ThermalSystem


def solved(model: VoxelModel, watts: float) -> tuple[ThermalSystem, FloatArray, dict[str, float]]:
    """The primal system of a model that is heated throughout, its field and the amounts of its loads."""
    system = primal.emit(model, {"everything": everything(model)}, 0.0)
    amounts = {"everything": watts, AMBIENT: 1.0}
    amounts = {name: amount for name, amount in amounts.items() if name in system.loads}
    rise = fields(system).T @ list(amounts.values())
    rise[system.held_points] = system.held_rises
    return system, rise.reshape(system.conductance.shape), amounts


def account(model: VoxelModel, watts: float) -> Balance:
    return balance(*solved(model, watts), watts)


def test_heat_that_leaves_each_face_is_that_of_the_closed_form() -> None:
    """A02: a heated slab between two films and ambients; linear elements have exact fluxes in one dimension."""
    exact = case("A02")
    inputs = exact.inputs
    side = inputs["area"] ** 0.5
    cooling = ends(inputs["film_bottom"], inputs["film_top"], inputs["ambient_bottom"], inputs["ambient_top"])
    watts = inputs["source_density"] * inputs["area"] * exact.layers[0].thickness
    found = account(stacked(exact.layers, even(0.0, side), even(0.0, side), 3, cooling), watts)
    assert found.generated == watts
    assert found.by_face == pytest.approx(
        {
            "solid-0.bottom": exact.values["flux_down"] * inputs["area"],
            "solid-0.top": exact.values["flux_up"] * inputs["area"],
        },
        rel=1e-9,
    )
    assert found.by_surface == pytest.approx(
        {"z- of 0": found.by_face["solid-0.bottom"], "z+ of 0": found.by_face["solid-0.top"]}
    )
    assert found.relative_error < 1e-9


def test_four_sides_of_a_part_are_one_face() -> None:
    ticks = even(0.0, 3.0, parts=3), even(0.0, 2.0, parts=2), even(0.0, 1.0)
    cooling = {direction: Coolant(2.0) for direction in ("x-", "x+", "y-", "y+")}
    found = account(painted(ticks, np.zeros((3, 2, 1), int), np.ones((1, 3)), cooling), 6.0)
    assert found.by_face == {"solid-0.sides": pytest.approx(6.0)}
    assert set(found.by_surface) == {"x- of 0", "x+ of 0", "y- of 0", "y+ of 0"}
    assert found.by_surface["x- of 0"] == pytest.approx(found.by_surface["x+ of 0"])


def test_heat_that_only_passes_through_is_in_balance_too() -> None:
    """A01: nothing is made; one film takes in what the other gives off."""
    exact = case("A01")
    inputs = exact.inputs
    cooling = ends(inputs["film_bottom"], inputs["film_top"], inputs["ambient_bottom"], inputs["ambient_top"])
    side = inputs["area"] ** 0.5
    found = account(stacked(exact.layers, even(0.0, side), even(0.0, side), 1, cooling), 0.0)
    assert found.by_face["solid-4.top"] == pytest.approx(exact.values["power_up"], rel=1e-9)
    assert found.by_face["solid-0.bottom"] == pytest.approx(-exact.values["power_up"], rel=1e-9)


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("top", [Coolant(0.0), Coolant(np.inf, 2.0), Coolant(np.inf), Coolant(50.0, -3.0)])
def test_heat_made_beside_a_held_face_is_not_lost(parts: int, top: Coolant) -> None:
    """Part of it falls on points whose temperature is given, and leaves through them."""
    ticks = tuple(even(0.0, 1.0, parts=parts) for _ in range(3))
    cooling = {"z-": Coolant(np.inf, 5.0), "z+": top}
    model = painted(ticks, np.zeros((parts,) * 3, int), np.full((1, 3), 9.0), cooling)
    found = account(model, 40.0)
    assert found.relative_error < 1e-12
    # In one dimension linear elements have exact fluxes: half of the heat each way, and what the coolants exchange
    into_top = 0.0 if top.film == 0 else 1 / (1 / 9.0 + 1 / top.film)  # conductance from face to coolant, W/K
    up = into_top * (5.0 - top.rise) + 40.0 * 0.5 / 9.0 * into_top
    assert found.by_face["solid-0.bottom"] == pytest.approx(40.0 - up)


def test_heat_between_parts_of_different_names_is_not_counted() -> None:
    """Only what reaches an ambient: the upper part hands everything to the lower one."""
    ticks = even(0.0, 1.0), even(0.0, 1.0), even(0.0, 1.0, 2.0)
    model = painted(ticks, np.array([[[0, 1]]]), np.ones((2, 3)), {"z-": Coolant(3.0)})
    system = primal.emit(model, {"upper": VolumePatch(frozenset({solid(1)}))}, 0.0)
    found = balance(system, fields(system)[0].reshape(2, 2, 3) * 7.0, {"upper": 7.0}, 7.0)
    assert found.by_face == {"solid-0.bottom": pytest.approx(7.0)}


def test_nothing_made_and_nothing_passed_is_in_balance() -> None:
    ticks = even(0.0, 1.0), even(0.0, 1.0), even(0.0, 1.0)
    model = painted(ticks, np.zeros((1, 1, 1), int), np.ones((1, 3)), {"z-": Coolant(3.0)})
    assert account(model, 0.0).relative_error == 0.0


@pytest.mark.parametrize("share", [1 + 3 * LARGEST_IMBALANCE, 1 - 3 * LARGEST_IMBALANCE])
def test_field_that_does_not_carry_the_heat_is_refused(share: float) -> None:
    ticks = even(0.0, 1.0), even(0.0, 1.0), even(0.0, 1.0, parts=4)
    model = painted(ticks, np.zeros((1, 1, 4), int), np.ones((1, 3)), {"z-": Coolant(3.0)})
    system, rise, amounts = solved(model, 5.0)
    assert balance(system, rise, amounts, 5.0).relative_error < 1e-12
    with pytest.raises(ConvergenceError, match="W leave where 5 W are made"):
        balance(system, share * rise, amounts, 5.0)
