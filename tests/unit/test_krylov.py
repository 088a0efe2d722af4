"""Does a reduced system do what its lattice does? Against all modes of small lattices, and in what it must obey."""

from functools import cache

import numpy as np
import pytest
from scipy.linalg import eigh

from tests.models import Coolant, even, matrix, painted, solid
from thermopkg.answer.bracket import ResistanceMatrix, own_matrix
from thermopkg.answer.zth import Span, ThermalImpedance
from thermopkg.arraytypes import FloatArray
from thermopkg.errors import ModelError
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.solve.krylov import Reduction, reduce, shifts_between, shifts_for, without_ambient
from thermopkg.solve.reduced import ReducedSystem, mean
from thermopkg.system import AMBIENT, ThermalSystem

FIRST, LAST = 1e-4, 30.0  # s
TIMES = np.logspace(np.log10(FIRST), np.log10(LAST), 40)
BOTH = (primal.emit, dual.emit)
# What two shifts a decade leave of this block: 2e-5 at the ends of the span, measured; a third of the shifts left out,
# or shifts that end at the first time's own rate, leave ten times as much.
MISSED = 1e-4


def block(rise: float = 0.0) -> VoxelModel:
    """A plate with a chip on it, 6 x 6 x 2 mm in all, cooled from below and, by another coolant, from above."""
    ticks = tuple(1e-3 * even(*planes, parts=n) for planes, n in (((0, 2, 4, 6), 3), ((0, 2, 4, 6), 3), ((0, 1, 2), 3)))
    region = np.zeros((9, 9, 6), int)
    region[..., 3:] = -1
    region[3:6, 3:6, 3:] = 1
    cooling = {"z-": Coolant(300.0), "z+": Coolant(20.0, rise)}
    return painted(ticks, region, np.array([[20.0, 20.0, 5.0], [120.0] * 3]), cooling, (2.5e6, 1.6e6))


PLACES = {
    "chip": FacePatch(solid(1), True, 2e-3, (2e-3, 4e-3), (2e-3, 4e-3)),
    "corner": FacePatch(solid(0), True, 1e-3, (0.0, 2e-3), (0.0, 2e-3)),
    "plate": VolumePatch(frozenset({solid(0)})),
}


@cache
def found(emit: object) -> tuple[ThermalSystem, Reduction]:
    system = emit(block(), PLACES, 0.0)  # type: ignore[operator]
    shifts = shifts_for(FIRST, LAST)
    return system, reduce(system, shifts, shifts_between(shifts))


@cache
def curves_of_all_modes(system: ThermalSystem) -> FloatArray:
    """Rises of all places after TIMES for a watt in each, from the eigenvectors of K v = rate C v."""
    stored = system.capacitance.ravel()
    own = np.flatnonzero(stored)
    conductance = matrix(system.conductance).toarray()[np.ix_(own, own)]
    rates, modes = eigh(conductance, np.diag(stored[own]))
    loads = np.array([load.ravel()[own] for load in system.loads.values()]) @ modes
    grown = -np.expm1(-np.multiply.outer(TIMES, rates)) / rates
    return system.constants + np.einsum("tm,im,jm->tij", grown, loads, loads)


@pytest.mark.parametrize("emit", BOTH)
def test_curves_are_those_of_all_modes(emit) -> None:
    system, reduction = found(emit)
    exact, curves = curves_of_all_modes(system), reduction.system.step(TIMES)
    own = np.sqrt(np.einsum("tii,tjj->tij", exact, exact))  # what cross-heating is measured by
    assert np.abs((curves - exact) / own).max() < MISSED


@pytest.mark.parametrize("emit", BOTH)
def test_the_last_shifts_change_no_less_than_what_is_missed(emit) -> None:
    """What the checks change is the estimate of the error that is printed: it must not be below the error."""
    system, reduction = found(emit)
    exact = np.einsum("tii->ti", curves_of_all_modes(system))
    with_checks, without = (np.einsum("tii->ti", s.step(TIMES)) for s in (reduction.system, reduction.before))
    changed = np.abs(with_checks / without - 1).max()
    assert np.abs(with_checks / exact - 1).max() <= changed < MISSED


@pytest.mark.parametrize("emit", BOTH)
def test_rates_and_weights_are_positive(emit) -> None:
    modes = found(emit)[1].system.modes
    assert (modes.rates > 0).all()
    assert (np.einsum("mii->mi", modes.weights) >= 0).all()


@pytest.mark.parametrize("emit", BOTH)
def test_in_the_end_there_is_the_steady_resistance(emit) -> None:
    system, reduction = found(emit)
    steady = np.array([load.ravel() for load in system.loads.values()])
    own = np.flatnonzero(matrix(system.conductance).diagonal())
    inverse = np.linalg.inv(matrix(system.conductance).toarray()[np.ix_(own, own)])
    exact = system.constants + steady[:, own] @ inverse @ steady[:, own].T
    np.testing.assert_allclose(reduction.system.end, exact, rtol=1e-9)
    np.testing.assert_allclose(reduction.system.step(np.array([1e9]))[0], exact, rtol=1e-9)
    np.testing.assert_allclose(reduction.system.step(np.array([0.0]))[0], system.constants, atol=1e-15)


@pytest.mark.parametrize("emit", BOTH)
@pytest.mark.parametrize("shift", [0.5, 40.0, 3e3])
def test_no_transfer_is_above_its_lattices(emit, shift) -> None:
    """Galerkin: the energy of what the space cannot hold is missing, to the square of it."""
    system, reduction = found(emit)
    stored = system.capacitance.ravel()
    own = np.flatnonzero(stored)
    shifted = matrix(system.conductance).toarray()[np.ix_(own, own)] + shift * np.diag(stored[own])
    loads = np.array([load.ravel()[own] for load in system.loads.values()])
    exact = system.constants + loads @ np.linalg.solve(shifted, loads.T)
    missing = exact - reduction.system.transfer(shift)
    scale = np.abs(exact).max()
    assert np.linalg.eigvalsh(missing).min() > -1e-10 * scale
    assert np.abs(missing).max() < 1e-5 * scale


def test_a_coolant_of_another_temperature_changes_nothing() -> None:
    warm = primal.emit(block(rise=30.0), PLACES, 0.0)
    assert AMBIENT in warm.loads
    assert AMBIENT not in without_ambient(warm).loads
    again = reduce(warm, shifts_for(FIRST, LAST))
    np.testing.assert_allclose(again.system.step(TIMES), found(primal.emit)[1].before.step(TIMES), rtol=1e-6)


def test_fields_that_are_known_already_are_not_taken_in() -> None:
    system, _ = found(primal.emit)
    twice = reduce(system, (0.0, 0.0, 10.0, 10.0))
    assert twice.system.size == 2 * len(PLACES)


def test_the_mean_of_two_is_a_system_too() -> None:
    low, high = (found(emit)[1].system for emit in BOTH)
    both = mean([low, high])
    assert both.size == low.size + high.size
    cancelled = 1e-14  # K/W; early cross-heating is a sum of terms that cancel
    half = 0.5 * (low.step(TIMES) + high.step(TIMES))
    np.testing.assert_allclose(both.step(TIMES), half, rtol=1e-12, atol=cancelled)
    np.testing.assert_allclose(both.end, 0.5 * (low.end + high.end), rtol=1e-12)


def test_one_source_alone_has_half_the_states_of_both_lattices_and_the_same_values_at_the_shifts() -> None:
    low, high = (found(emit)[1] for emit in BOTH)
    both = mean([low.system, high.system])
    for place, name in enumerate(both.names):
        alone = both.alone(name, low.shifts)
        assert alone.names == (name,)
        assert alone.size <= len(low.shifts) < both.size
        for shift in low.shifts:
            assert alone.transfer(shift)[0, 0] == pytest.approx(both.transfer(shift)[place, place], rel=1e-9)
        own = both.step(TIMES)[:, place, place]
        np.testing.assert_allclose(alone.step(TIMES)[:, 0, 0], own, rtol=1e-8)  # measured: 3e-10
    with pytest.raises(KeyError, match="no source 'nobody'"):
        both.alone("nobody", low.shifts)


def test_the_slowest_mode_keeps_its_digits_beside_the_fastest() -> None:
    """Two states that see each other, twelve decades apart: the slow rate is det / fast to 1e-12 of itself."""
    slow, fast, both = 2e-4, 3e8, 1e-1
    system = ReducedSystem(("die",), np.array([[slow, both], [both, fast]]), np.ones((2, 1)), np.zeros((1, 1)))
    exact = (slow * fast - both**2) / (fast + both**2 / fast)
    assert system.modes.rates[0] == pytest.approx(exact, rel=1e-12)
    assert system.modes.weights.sum() == pytest.approx(system.end[0, 0], rel=1e-12)


def test_heat_must_have_a_way_out() -> None:
    with pytest.raises(ModelError, match="no way out"):
        _ = ReducedSystem(("die",), np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1))).modes


def test_shifts_reach_beyond_the_span_and_checks_lie_between() -> None:
    shifts = shifts_for(1e-6, 1e3)
    assert shifts[0] == 0.0
    assert shifts[1] < 1e-3
    assert shifts[-1] >= 1e8
    assert len(shifts) <= 2 * 12 + 2
    assert all(not np.isclose(check, shifts).any() for check in shifts_between(shifts))
    assert len(shifts_between(shifts)) == 3


@pytest.mark.parametrize(("place", "source"), [("chip", "chip"), ("plate", "chip"), ("corner", "chip")])
def test_bounds_hold_what_every_place_does_to_every_other(place: str, source: str) -> None:
    """Bounds on Z(s) of one and the same lattice, put 1 % apart: its own curves lie between what they leave open."""
    _, reduction = found(primal.emit)
    names = reduction.system.names
    shifts = sorted(reduction.shifts)
    own = [reduction.system.transfer(shift) for shift in shifts]
    known = tuple(
        (shift, ResistanceMatrix(names, 0.995 * matrix, 1.005 * matrix))
        for shift, matrix in zip(shifts, own, strict=True)
    )
    impedance = ThermalImpedance(Span(FIRST, LAST), reduction, reduction, known, {}, 1, 0.0)
    times = np.logspace(np.log10(FIRST), np.log10(LAST), 6)
    low, high = impedance.bounds(times, place, source)
    curves = reduction.system.step(times)[:, names.index(place), names.index(source)]
    assert (low <= curves).all()
    assert (high >= curves).all()
    assert high[-1] - low[-1] < 0.05 * curves[-1]
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) >= 0).all()


def test_every_shift_is_shown_with_its_fields_before_they_are_dropped() -> None:
    system = primal.emit(block(), PLACES, 0.0)
    seen = []
    reduction = reduce(system, (0.0, 10.0), (3.0,), seen=lambda shift, _, own: seen.append((shift, own_matrix(own))))
    assert [shift for shift, _ in seen] == [0.0, 10.0, 3.0]
    for shift, energies in seen:
        own = without_ambient(system).constants + reduction.system.transfer(shift) - reduction.system.at_once
        np.testing.assert_allclose(energies, own, rtol=1e-9)
