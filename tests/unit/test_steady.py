"""Are unit responses what they say: solved to their targets, honest about what is left, and ready to be added up?"""

import numpy as np
import pytest

from tests.models import Coolant, Emit, even, everything, fields, painted, solid, taken_up
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.system import AMBIENT, ThermalSystem

EMITTERS = pytest.mark.parametrize("emit", [primal.emit, dual.emit])


COOL = Coolant(300.0, -4.0)


def model(bottom: Coolant = COOL) -> VoxelModel:
    """A block in a block, cooled above and below at two temperatures."""
    ticks = tuple(even(0.0, 1e-3, 2.5e-3, 4e-3, parts=3) for _ in range(3))
    region = np.zeros((9, 9, 9), int)
    region[3:6, 3:6, 3:6] = 1
    cooling = {"z-": bottom, "z+": Coolant(2000.0, 10.0)}
    return painted(ticks, region, np.array([[1.0, 2.0, 0.5], [100.0, 50.0, 10.0]]), cooling)


def system(emit: Emit, own: VoxelModel | None = None) -> ThermalSystem:
    own = own or model()
    places = {
        "inner": VolumePatch(frozenset({solid(1)})),
        "top": FacePatch(solid(0), True, 4e-3, (0.0, 2.5e-3), (1e-3, 4e-3)),
        "everything": everything(own),
    }
    return emit(own, places, 0.0)


@EMITTERS
def test_every_load_is_solved_and_named_in_order(emit: Emit) -> None:
    emitted = system(emit)
    found = SteadySolver(emitted, ConjugateGradients()).respond(dict.fromkeys(emitted.loads, 1e-11))
    assert found.names == ("inner", "top", "everything", AMBIENT)
    for rise, expected in zip(found.rises, fields(emitted), strict=True):
        assert rise.ravel() == pytest.approx(expected, rel=1e-9)


@EMITTERS
def test_residual_is_what_the_load_and_the_field_leave(emit: Emit) -> None:
    emitted = system(emit)
    found = SteadySolver(emitted, ConjugateGradients()).respond(dict.fromkeys(emitted.loads, 1e-3))
    for load, rise, residual, relative in zip(
        emitted.loads.values(), found.rises, found.residuals, found.relative_residuals, strict=True
    ):
        left = load.ravel() - taken_up(emitted.conductance, rise)
        assert residual.ravel() == pytest.approx(left, abs=1e-12 * np.linalg.norm(load))
        assert relative == pytest.approx(np.linalg.norm(left) / np.linalg.norm(load), rel=1e-6)
        assert relative <= 1e-3


@EMITTERS
def test_every_load_has_a_target_of_its_own(emit: Emit) -> None:
    emitted = system(emit)
    targets = {"inner": 1e-1, "top": 1e-9, "everything": 1e-3, AMBIENT: 1e-6}
    found = SteadySolver(emitted, ConjugateGradients()).respond(targets)
    by_name = dict(zip(found.names, found.relative_residuals, strict=True))
    assert all(by_name[name] <= target for name, target in targets.items())
    assert by_name["inner"] > 1e-6  # and is not solved to another's
    assert found.iterations[0] < found.iterations[1]


def test_going_on_from_earlier_fields_costs_less_than_starting_again() -> None:
    emitted = system(primal.emit)
    solver = SteadySolver(emitted, ConjugateGradients())
    rough = solver.respond(dict.fromkeys(emitted.loads, 1e-4))
    further = solver.respond(dict.fromkeys(emitted.loads, 1e-8), rough)
    afresh = solver.respond(dict.fromkeys(emitted.loads, 1e-8))
    assert max(further.relative_residuals) <= 1e-8
    for first, whole, again in zip(rough.iterations, further.iterations, afresh.iterations, strict=True):
        assert whole > first  # iterations are counted from the very start
        assert whole - first < again
    assert further.solve_seconds > rough.solve_seconds


def test_load_that_is_solved_far_enough_keeps_its_field() -> None:
    emitted = system(dual.emit)
    solver = SteadySolver(emitted, ConjugateGradients())
    rough = solver.respond(dict.fromkeys(emitted.loads, 1e-4))
    one, *others = rough.names
    further = solver.respond(dict.fromkeys(emitted.loads, 1e-4) | {one: 1e-8}, rough)
    assert further.relative_residuals[0] <= 1e-8
    for i in range(1, 1 + len(others)):
        assert further.rises[i] is rough.rises[i]
        assert further.residuals[i] is rough.residuals[i]
        assert further.iterations[i] == rough.iterations[i]


def test_rise_adds_amounts_of_unit_responses() -> None:
    emitted = system(primal.emit)
    found = SteadySolver(emitted, ConjugateGradients()).respond(dict.fromkeys(emitted.loads, 1e-8))
    inner, top, _, ambient = found.rises
    assert found.rise({"inner": 3.0, "top": 0.5, AMBIENT: 1.0}) == pytest.approx(3.0 * inner + 0.5 * top + ambient)
    assert not found.rise({}).any()
    assert not found.rise({"inner": 0.0}).any()


def test_held_points_have_the_rise_they_are_held_at() -> None:
    own = model(Coolant(np.inf, 7.0))
    emitted = system(primal.emit, own)
    found = SteadySolver(emitted, ConjugateGradients()).respond(dict.fromkeys(emitted.loads, 1e-10))
    rise = found.rise({"inner": 2.0, AMBIENT: 1.0})
    assert (rise[:, :, 0] == 7.0).all()
    assert (rise[:, :, 1] != 7.0).all()


def test_a_target_out_of_reach_is_an_error() -> None:
    emitted = system(primal.emit)
    solver = SteadySolver(emitted, ConjugateGradients(max_iterations=2))
    with pytest.raises(ConvergenceError, match="after 2 iterations"):
        solver.respond(dict.fromkeys(emitted.loads, 1e-12))
