"""Does a package go through time as it must? Bars, slabs, blocks and solids without an end, step by step."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import eigh

from tests.book import observed
from tests.exact import case
from tests.models import Coolant, even, everything, matrix, painted, solid
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.solve.schedule import Schedule, piecewise_linear, steps
from thermopkg.solve.transient import KEPT, Marching, _March, march
from thermopkg.system import AMBIENT

BOTH = (primal.emit, dual.emit)


def bar(x, conductivity, capacity, cooling):
    """Cells along z between ticks x, of a square of one mm2."""
    side = np.array([0.0, 1e-3])
    region = np.zeros((1, 1, x.size - 1), int)
    return painted((side, side, x), region, np.full((1, 3), conductivity), cooling, (capacity,))


def last_of(moments):
    return list(moments)[-1]


def test_a_bar_whose_end_swings() -> None:
    """NAFEMS T3 at steps of one second, 36.60 degC [nafems1990]."""
    exact = case("T01")
    held = {"z-": Coolant(np.inf, 0.0), "z+": Coolant(np.inf, 1.0)}

    def cut_into(n):
        x = np.linspace(0.0, exact.inputs["length"], n + 1)
        return primal.emit(bar(x, exact.inputs["conductivity"], exact.inputs["capacity"], held), {}, 0.0)

    swing = Schedule((AMBIENT,), np.array([0.0, 32.0]), lambda _, time: np.array([100 * np.sin(np.pi * time / 40)]))
    end = last_of(march(cut_into(50), swing, Marching(1.0, fixed=1.0)))
    assert end.n_steps == 32
    reached = end.rise[0, 0, 40]  # 80 mm of 100
    assert reached == pytest.approx(36.60, abs=0.05)
    assert reached == pytest.approx(exact.values["temperature"], abs=0.05)
    finer = last_of(march(cut_into(200), swing, Marching(1.0, fixed=0.25)))
    assert finer.rise[0, 0, 160] == pytest.approx(exact.values["temperature"], abs=0.005)
    assert end.energy.imbalance < 1e-8


@pytest.mark.parametrize("emit", BOTH)
def test_a_solid_without_an_end_warms_with_the_root_of_time(emit) -> None:
    """Three decades, each with a factor of ten in time, within 0.5 %."""
    exact = case("T02")
    conductivity, capacity = exact.inputs["conductivity"], exact.inputs["capacity"]
    depth = 5e-3 - np.append(np.geomspace(5e-3, 4e-7, 90), 0.0)  # cells of 0.4 um at the face, towards z+
    model = bar(depth, conductivity, capacity, {"z-": Coolant(1e-6)})
    face = FacePatch(solid(0), True, 5e-3, (0.0, 1e-3), (0.0, 1e-3))
    power = exact.inputs["flux"] * 1e-6
    heated = steps(["face"], np.array([0.0, 1e-3]), np.array([[power]]))
    seen = {m.time: m.means["face"] for m in march(emit(model, {"face": face}, 0.0), heated, Marching(1e-4))}
    late = [(time, rise) for time, rise in seen.items() if time >= 1e-6]
    assert late[0][0] < 2e-6
    for time, rise in late:
        assert rise == pytest.approx(exact.values["flux_face"] * np.sqrt(time / 1e-3), rel=5e-3)
    assert late[-1][1] == pytest.approx(exact.values["flux_face"], rel=1e-3)


def test_a_film_warms_a_solid_without_an_end() -> None:
    exact = case("T02")
    depth = 5e-3 - np.append(np.geomspace(5e-3, 4e-7, 90), 0.0)
    cooling = {"z+": Coolant(exact.inputs["film"], 1.0)}
    system = primal.emit(bar(depth, exact.inputs["conductivity"], exact.inputs["capacity"], cooling), {}, 0.0)
    warm = steps([AMBIENT], np.array([0.0, 1e-3]), np.array([[exact.inputs["film_rise"]]]))
    end = last_of(march(system, warm, Marching(1e-3)))
    assert end.rise[0, 0, -1] == pytest.approx(exact.values["film_face"], rel=2e-3)
    assert end.energy.supplied == 0.0
    assert end.energy.left < 0  # what came in through the film
    assert end.energy.stored == pytest.approx(-end.energy.left, rel=1e-8)


@pytest.mark.parametrize("emit", BOTH)
def test_a_slab_cools_through_its_faces(emit) -> None:
    exact = case("T03")
    half, film = exact.inputs["half_thickness"], exact.inputs["film"]
    z = np.linspace(0.0, 2 * half, 41)
    model = bar(z, exact.inputs["conductivity"], exact.inputs["capacity"], {"z-": Coolant(film), "z+": Coolant(film)})
    system = emit(model, {"slab": everything(model)}, 0.0)
    still = steps(["slab"], np.array([0.0, 0.5, 2.0, 5.0]), np.zeros((3, 1)))
    start = np.full(system.conductance.shape, exact.inputs["rise"])
    seen = {round(m.time, 9): m for m in march(system, still, Marching(1e-3), start)}
    for time, name in ((0.5, "mean_after_500ms"), (2.0, "mean_after_2s"), (5.0, "mean_after_5s")):
        assert seen[time].means["slab"] == pytest.approx(exact.values[name], rel=1e-3)
        assert seen[time].energy.imbalance < 1e-8
    end = seen[5.0].energy
    assert end.left == pytest.approx(-end.stored, rel=1e-8)


# ---------------------------------------------------------------- the method itself
def chip_on_a_plate():
    ticks = (1e-3 * even(0, 2, 4, 6, parts=2), 1e-3 * even(0, 2, 4, 6, parts=2), 1e-3 * even(0, 1, 2, parts=2))
    region = np.zeros((6, 6, 4), int)
    region[..., 2:] = -1
    region[2:4, 2:4, 2:] = 1
    conductivity = np.array([[20.0, 20.0, 5.0], [120.0] * 3])
    model = painted(ticks, region, conductivity, {"z-": Coolant(3000.0)}, (2.5e6, 1.6e6))
    return model, {"chip": FacePatch(solid(1), True, 2e-3, (2e-3, 4e-3), (2e-3, 4e-3))}


def swinging(system, omega, times):
    """Mean of the chip's face under 1 - cos(omega t) watts from rest, by all modes of the lattice."""
    stored = system.capacitance.ravel()
    own = np.flatnonzero(stored)
    rates, modes = eigh(matrix(system.conductance).toarray()[np.ix_(own, own)], np.diag(stored[own]))
    felt = modes.T @ system.loads["chip"].ravel()[own]
    t = np.multiply.outer(times, np.ones_like(rates))
    decayed = np.exp(-rates * t)
    wave = (rates * np.cos(omega * t) + omega * np.sin(omega * t) - rates * decayed) / (rates**2 + omega**2)
    return ((1 - decayed) / rates - wave) @ felt**2 + system.constants[0, 0] * (1 - np.cos(omega * times))


@pytest.mark.parametrize("emit", BOTH)
def test_the_step_is_of_second_order(emit) -> None:
    system, omega, end = emit(*chip_on_a_plate(), 0.0), 2 * np.pi, 0.8
    wave = Schedule(("chip",), np.array([0.0, end]), lambda _, time: np.array([1 - np.cos(omega * time)]))
    exact = swinging(system, omega, np.array([end]))[0]
    errors = [
        abs(last_of(march(system, wave, Marching(1.0, fixed=end / n))).means["chip"] - exact) for n in (32, 64, 128)
    ]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (orders >= 1.95).all(), orders
    assert errors[-1] < 1e-3 * exact


def test_adapted_steps_keep_their_tolerance_and_are_few() -> None:
    system, omega, end = primal.emit(*chip_on_a_plate(), 0.0), 2 * np.pi, 1.5
    wave = Schedule(("chip",), np.array([0.0, end]), lambda _, time: np.array([1 - np.cos(omega * time)]))
    counts = []
    for tolerance in (1e-2, 1e-3):
        moments = list(march(system, wave, Marching(tolerance)))
        exact = swinging(system, omega, np.array([m.time for m in moments]))
        off = max(abs(m.means["chip"] - value) for m, value in zip(moments, exact, strict=True))
        assert off < 5 * tolerance  # errors of single steps add up, as far as the package forgets them
        assert all(m.error <= tolerance for m in moments)
        counts.append(len(moments))
    assert counts[0] < counts[1] < 3 * counts[0]  # third root of ten, and some for what has to be a power of two


def test_energy_is_kept_at_every_moment() -> None:
    system = dual.emit(*chip_on_a_plate(), 0.0)
    pulses = steps(["chip"], np.array([0.0, 0.1, 0.15, 0.4]), np.array([[5.0], [0.0], [2.0]]))
    moments = list(march(system, pulses, Marching(1e-2)))
    assert all(m.energy.imbalance < 1e-8 for m in moments)
    assert moments[-1].energy.supplied == pytest.approx(0.1 * 5 + 0.25 * 2, rel=1e-9)
    stored = float(np.vdot(system.capacitance, moments[-1].rise))
    assert moments[-1].energy.stored == pytest.approx(stored, rel=1e-9)


def test_steps_end_on_every_break_and_begin_anew() -> None:
    system = primal.emit(*chip_on_a_plate(), 0.0)
    times = np.array([0.0, 0.1, 0.1333, 0.4])
    pulses = steps(["chip"], times, np.array([[5.0], [0.0], [2.0]]))
    moments = list(march(system, pulses, Marching(1e-2)))
    reached = np.array([m.time for m in moments])
    assert np.isin(times, reached).all()
    for before, after in itertools.pairwise(times):
        inside = np.diff(reached[(reached >= before) & (reached <= after)])
        assert inside[0] < 0.1 * inside.max()


def test_few_lattices_are_kept_however_many_steps_there_are() -> None:
    """What grows with the run is the file of lines: of lattices only those of the last lengths of steps are there."""
    system = primal.emit(*chip_on_a_plate(), 0.0)
    uneven = np.concatenate([[0.0], np.cumsum(0.01 * 1.07 ** np.arange(12))])  # no two stretches share a length
    powers = np.where(np.arange(12)[:, None] % 2, 0.0, 5.0)
    run = _March(system, steps(["chip"], uneven, powers), Marching(5e-2))
    lengths = [len(run.stages) for _ in run.moments(None, None)]
    assert max(lengths) <= KEPT
    even = _March(system, steps(["chip"], np.arange(13) * 0.1, powers), Marching(5e-2))
    made = {step for _ in even.moments(None, None) for step in even.stages}
    assert len(made) < 20  # halves and doubles of one length, for all stretches alike


def test_ramps_follow_their_lines() -> None:
    """A ramp is the integral of a step: after one second of a rising watt, the integral of Z over that second."""
    system = primal.emit(*chip_on_a_plate(), 0.0)
    ramp = piecewise_linear(["chip"], np.array([0.0, 1.0]), np.array([[0.0]]), np.array([[1.0]]))
    stepped = steps(["chip"], np.array([0.0, 1.0]), np.array([[1.0]]))
    end = last_of(march(system, ramp, Marching(1e-4)))
    moments = list(march(system, stepped, Marching(1e-5)))
    area = np.trapezoid([m.means["chip"] for m in moments], [m.time for m in moments])
    assert end.means["chip"] == pytest.approx(area, rel=2e-4)


def test_a_run_goes_on_to_the_very_same_numbers() -> None:
    system = primal.emit(*chip_on_a_plate(), 0.0)
    pulses = steps(["chip"], np.array([0.0, 0.1, 0.15, 0.4]), np.array([[5.0], [0.0], [2.0]]))
    whole = list(march(system, pulses, Marching(1e-2)))
    for stop in (0, 3, len(whole) // 2):
        again = list(march(system, pulses, Marching(1e-2), resumed=whole[stop]))
        assert [m.time for m in again] == [m.time for m in whole[stop + 1 :]]
        assert [m.means["chip"] for m in again] == [m.means["chip"] for m in whole[stop + 1 :]]


def radiating(taken):
    """Where the billet of T11 comes to in so many steps, each with the film that its last temperature makes."""
    exact = case("T11")
    ticks = tuple(np.array([0.0, side]) for side in exact.inputs["size"])
    outside, emission = exact.inputs["surroundings"], exact.inputs["emission"]
    region, conductivity = np.zeros((1, 1, 1), int), np.full((1, 3), exact.inputs["conductivity"])
    now, rise = exact.inputs["start"], np.full((2, 2, 2), exact.inputs["start"] - outside)
    for begin, end in itertools.pairwise(np.linspace(0.0, exact.inputs["time"], taken + 1)):
        film = emission * (now**2 + outside**2) * (now + outside)
        cooling = {name: Coolant(film) for name in ("x-", "x+", "y-", "y+", "z-", "z+")}
        model = painted(ticks, region, conductivity, cooling, (exact.inputs["capacity"],))
        system = primal.emit(model, {"billet": VolumePatch(frozenset({solid(0)}))}, 0.0)
        still = steps(["billet"], np.array([begin, end]), np.zeros((1, 1)))
        rise = last_of(march(system, still, Marching(1.0, fixed=1.0), rise)).rise
        now = outside + float(rise.mean())
    return now


def test_a_billet_that_radiates_can_be_taken_step_by_step(book) -> None:
    """Films that follow the temperature lag by a step here: first order, which two runs extrapolate."""
    exact = case("T11").values["temperature"]
    coarse, fine = radiating(148), radiating(296)
    assert fine == pytest.approx(exact, rel=case("T11").tolerance)
    assert (coarse - exact) / (fine - exact) == pytest.approx(2.0, abs=0.05)
    assert 2 * fine - coarse == pytest.approx(exact, rel=1e-5)
    book.record("T11", "temperature", "lattice", "°R", exact, cells=[1, 1], value=[coarse, fine], theory=1.0,
                order=observed([coarse - exact, fine - exact]), limit=2 * fine - coarse, tolerance=1e-5,
                note="148 and 296 steps")  # fmt: skip


def test_a_schedule_names_loads_that_there_are() -> None:
    system = primal.emit(*chip_on_a_plate(), 0.0)
    with pytest.raises(ValueError, match="no load is called die; there are chip"):
        list(march(system, steps(["die"], np.array([0.0, 1.0]), np.ones((1, 1))), Marching(1.0)))
    with pytest.raises(ValueError, match="breaks"):
        steps(["chip"], np.array([0.0, 0.0]), np.ones((1, 1)))


def test_lost_heat_is_told() -> None:
    system = primal.emit(*chip_on_a_plate(), 0.0)
    leaky = replace(system, outlets=())
    with pytest.raises(ConvergenceError, match="J were made"):
        list(march(leaky, steps(["chip"], np.array([0.0, 1.0]), np.ones((1, 1))), Marching(1e-2)))
