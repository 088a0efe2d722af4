"""Does a package that follows its temperature go through time as it must? Bodies of one temperature, ways to rest."""

import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.small_case import TEXT
from thermopkg.air.film import Air, Extent, film
from thermopkg.air.radiation import radiative_film
from thermopkg.answer.answer import reference_temperature
from thermopkg.answer.following import READ_APART, FollowedPackage, of_own_power
from thermopkg.answer.settling import settle
from thermopkg.answer.zth import Span
from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.course import step_of, steps_of, with_coolants
from thermopkg.errors import ModelError
from thermopkg.impedance import sources_in_time
from thermopkg.report.recording import LINES, kept_in, record
from thermopkg.solve.transient import Marching, Moment, march
from thermopkg.workflow import geometry

ZERO = 273.15  # K
# a chip of 10 x 10 x 0.5 mm that conducts so well that it has one temperature, of 0.1 J/K
SIDE, HEIGHT, STORED, POWER, AMBIENT = 10e-3, 0.5e-3, 0.1, 0.5, 25.0 + ZERO


def plate(leakage: dict[str, str] | None = None, power: str = f"{POWER} W", film_below: float = 20.0) -> Case:
    material = {
        "class": "metal", "electrical": "conductor", "conductivity": "1e5 W/m/K", "density": "2000 kg/m^3",
        "heat_capacity": "1000 J/kg/K",
    }  # fmt: skip
    chip = {
        "name": "chip", "kind": "chip", "size": ["10 mm", "10 mm", "0.5 mm"], "face": "up", "material": "silver",
        "power": power, **({} if leakage is None else {"leakage": leakage}),
    }  # fmt: skip
    environment = {
        "ambient": "25 degC",
        "top": {"air": "still", "emissivity": 0.9},
        "bottom": {"film": f"{film_below} W/m^2/K", "emissivity": 0.8},
        "sides": {"film": "20 W/m^2/K"},
    }
    document = {"title": "plate", "part": [chip], "materials": {"silver": material}, "environment": environment}
    return from_document(document, "plate")


def lumped(times: FloatArray) -> FloatArray:
    """Temperatures of that plate at times, K, by an integrator of its own: what air, films and radiation take."""

    def warming(_: float, at: FloatArray) -> list[float]:
        top = film("top", Extent(SIDE, SIDE, HEIGHT), float(at[0]), AMBIENT, Air(0.0, "small-part"), 0.9).film
        below = 20.0 + radiative_film(float(at[0]), AMBIENT, 0.8)
        cooled = ((top + below) * SIDE**2 + 20.0 * 4 * SIDE * HEIGHT) * (at[0] - AMBIENT)
        return [(POWER - cooled) / STORED]

    end = float(times[-1])
    found = solve_ivp(warming, (0.0, end), [AMBIENT], method="LSODA", rtol=1e-10, atol=1e-9, t_eval=times)
    return np.asarray(found.y[0])


@pytest.mark.parametrize(("step_error", "within"), [(0.05, 0.05), (0.005, 0.01)])
def test_a_body_in_air_that_radiates_warms_as_its_equation_says(
    tmp_path: Path, step_error: float, within: float
) -> None:
    """By 78 K: 0.04 K and 0.008 K apart measured, most of it at the knee."""
    steps_of(plate(), Span(1e-2, 400.0), tmp_path, error=step_error)
    table = np.loadtxt(tmp_path / LINES, delimiter=",", skiprows=1)
    assert table[-1, 1] > 100.0
    np.testing.assert_allclose(table[:, 1] + ZERO, lumped(table[:, 0]), atol=within)
    assert table[-1, 1] + ZERO == pytest.approx(lumped(np.array([0.0, 4000.0]))[-1], abs=1e-4)
    np.testing.assert_allclose(table[1:, 2], table[1:, 3] + table[1:, 4], rtol=1e-8)


@pytest.mark.parametrize("marching", [Marching(0.01), Marching(5.0, fixed=0.5)], ids=["adapted", "even"])
def test_a_body_that_stores_the_more_the_warmer_it_is(marching: Marching) -> None:
    """C(T) dT/dt = P - h A (T - T_a), C(T) = 0.1 J/K (1 + (T - 25 degC) / 1000 K), by an integrator of its own."""
    material = {
        "class": "metal", "electrical": "conductor", "conductivity": "1e5 W/m/K", "density": "2000 kg/m^3",
        "heat_capacity": [["25 degC", "1000 J/kg/K"], ["225 degC", "1200 J/kg/K"]],
    }  # fmt: skip
    chip = {
        "name": "chip", "kind": "chip", "size": ["10 mm", "10 mm", "0.5 mm"], "face": "up", "material": "odd",
        "power": "1 W",
    }  # fmt: skip
    document = {
        "title": "plate", "part": [chip], "materials": {"odd": material}, "study": {"temperature_dependent": True},
        "environment": {"ambient": "25 degC", "bottom": {"film": "100 W/m^2/K"}},
    }  # fmt: skip
    model = geometry(from_document(document, "plate"))
    followed = FollowedPackage(of_own_power(model.package), model.grid, sources_in_time(model.package))
    moments = list(march(followed, step_of(followed.package, np.array([60.0])), marching))

    def warming(_: float, rise: FloatArray) -> list[float]:
        return [(1.0 - 0.01 * rise[0]) / (STORED * (1 + rise[0] / 1000))]

    times = np.array([moment.time for moment in moments])
    exact = solve_ivp(warming, (0.0, 60.0), [0.0], method="LSODA", rtol=1e-10, atol=1e-9, t_eval=times).y[0]
    rises = np.array([moment.means["chip.active"] for moment in moments])
    assert rises[-1] > 90.0
    np.testing.assert_allclose(rises, exact, atol=0.02)
    stored = moments[-1].energy.stored  # the integral of C dT, with C read no more than 0.5 K away
    assert stored == pytest.approx(STORED * (rises[-1] + rises[-1] ** 2 / 2000), rel=5e-4)
    assert moments[-1].energy.imbalance < 1e-8


# ---------------------------------------------------------------- a package
@cache
def small() -> tuple[FollowedPackage, float]:
    """A flip chip in still air that leaks, whose silicon and copper conduct as they are warm; and its reference, K."""
    document = tomllib.loads(TEXT)
    air = {"air": "still"}
    below = {"film": "20 W/m^2/K", "ambient": "40 degC"}
    document["environment"] = {"ambient": "25 degC", "top": air, "sides": air, "bottom": below}
    document["study"] = {"metrics": [], "refine": 0}
    chip = next(part for part in document["part"] if part["name"] == "chip")
    chip |= {"power": "0.15 W", "leakage": {"power": "5 mW", "at": "25 degC", "doubling": "25 K"}}
    model = geometry(from_document(document))
    package = of_own_power(model.package)
    return FollowedPackage(package, model.grid, sources_in_time(package)), reference_temperature(package.case)


def going(until: float, resumed: Moment | None = None, error: float = 0.3) -> list[Moment]:
    followed, _ = small()
    schedule = with_coolants(step_of(followed.package, np.array([until])))
    return list(march(followed, schedule, Marching(error), followed.unpowered(), resumed))


@cache
def to_rest() -> list[Moment]:
    return going(5e3)


def test_a_package_comes_to_rest_where_a_steady_run_does() -> None:
    followed, reference = small()
    end = to_rest()[-1]
    settled = settle(geometry(followed.package.case).package, followed.grid)
    powers = {face.part: face.power for face in settled.package.active_faces}
    rise = powers["chip"] * settled.fields["chip.active"] + settled.fields["other ambients"]
    assert end.rise.max() > 50.0
    np.testing.assert_allclose(end.rise, rise, atol=2e-3)
    assert settled.point is not None
    beyond = followed(end.rise).beyond(end.rise)
    assert beyond.amounts["chip.active"] == pytest.approx(settled.point.leaking[0].leakage, rel=1e-4)
    assert reference == pytest.approx(25.0 + ZERO)


def test_energy_balances_at_every_moment_and_leakage_is_supplied() -> None:
    moments = to_rest()
    assert max(moment.energy.imbalance for moment in moments) < 1e-8
    assert moments[-1].energy.supplied > 0.155 * moments[-1].time


def test_the_system_is_made_anew_before_a_cell_is_far_from_where_it_was_read() -> None:
    moments = to_rest()
    assert sum(a.read is not b.read for a, b in pairwise(moments)) > 10
    for before, after in pairwise(moments):
        assert after.read is not None
        assert np.abs(0.5 * (before.rise + after.rise) - after.read).max() <= 0.5  # K, as the page says
    standing = small()[0](moments[0].rise)
    assert standing.is_near(moments[0].rise + 0.9 * READ_APART)
    assert not standing.is_near(moments[0].rise + 1.1 * READ_APART)


def test_a_run_that_follows_goes_on_to_the_same_digits(tmp_path: Path) -> None:
    """From a moment that was kept in a file."""
    moments = to_rest()
    half = moments[: len(moments) // 2]
    for _ in record(iter(half), tmp_path, "this run", {"chip.active": 25.0}):
        pass
    kept = kept_in(tmp_path, "this run")
    assert kept is not None
    again = going(5e3, kept.moment)
    assert len(again) == len(moments) - len(half)
    assert again[-1].means == moments[-1].means
    assert again[-1].energy == moments[-1].energy


def test_leakage_that_runs_away_ends_with_words(tmp_path: Path) -> None:
    case = plate({"power": "0.1 W", "at": "25 degC", "doubling": "10 K"})
    with pytest.raises(ModelError, match=r"thermal runaway: after [\d.]+ s the leakage of 'chip' is"):
        steps_of(case, Span(1e-2, 400.0), tmp_path)
