"""Does a package come to rest where exact theory says? Conductivities, radiation, films and leakage that follow it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from thermopkg.air.film import Air, Extent, film
from thermopkg.air.properties import SEA_LEVEL
from thermopkg.answer.answer import Answer
from thermopkg.case.load import from_document
from thermopkg.errors import ModelError
from thermopkg.workflow import bounded, geometry

ZERO = 273.15  # K
STEFAN_BOLTZMANN = 5.670374419e-8  # W/m^2/K^4 [tiesinga2021]
SIDE = 10e-3  # m
AREA = SIDE**2


def solved(document: Mapping[str, Any]) -> Answer:
    return bounded(geometry(from_document({"title": "settled", **document}, "settled")))


def block(name: str, height: str, material: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "block", "size": ["10 mm", "10 mm", height], "material": material, **more}


def material(conductivity: Any) -> dict[str, Any]:
    return {"class": "ceramic", "electrical": "insulator", "conductivity": conductivity}


# ---------------------------------------------------------------- conductivity over temperature
def test_silicon_on_copper_by_kirchhoffs_transform() -> None:
    """5e5 W/m^2 into the top of 0.5 mm silicon, k = 148 (T / 300 K)^-1.3, on 1 mm copper under a film of 5000.

    The flux is the same throughout and q t = integral of k dT, so T_top^-0.3 = T_below^-0.3 - 0.3 q t / (148 300^1.3).
    """
    flux, film_, ambient = 5e5, 5000.0, 25.0 + ZERO
    below = ambient + flux / film_ + flux * 1e-3 / 390
    top = (below**-0.3 - 0.3 * flux * 0.5e-3 / (148 * 300**1.3)) ** (1 / -0.3)
    assert top - below > 1.4 * flux * 0.5e-3 / 148  # what it would be, were the conductivity that at 300 K
    found = solved(
        {
            "study": {"refine": 4, "temperature_dependent": True, "metrics": ["theta_ja"]},
            "environment": {"ambient": "25 degC", "bottom": {"film": f"{film_} W/m^2/K"}},
            "materials": {
                "law": material({"value": "148 W/m/K", "reference": "300 K", "exponent": -1.3}),
                "plate": material("390 W/m/K"),
            },
            "part": [
                block("base", "1 mm", "plate"),
                {"name": "chip", "kind": "chip", "on": "base", "size": ["10 mm", "10 mm", "0.5 mm"], "face": "up",
                 "material": "law", "power": f"{flux * AREA} W"},
            ],
        }
    )  # fmt: skip
    theta = found.metrics[0].bracket
    assert theta.value == pytest.approx((top - ambient) / (flux * AREA), rel=1e-6)
    assert found.point is not None
    assert found.point.reads_temperature


def test_wall_of_linear_conductivity_between_two_held_faces() -> None:
    """k = a + b T between 300 and 100 degC: q L = the integral of k dT; the middle by the square root of its inverse.

    The numbers of a well-known verification manual's insulated wall in other units: [ansysvm] VM93.
    """
    slope, at_zero, length = 31e-3, 31.0, 0.25e-2  # W/m/K/K, W/m/K at 0 degC, m
    flux = (at_zero * 200 + slope * (300**2 - 100**2) / 2) / length
    middle = brentq(lambda t: at_zero * (t - 100) + slope * (t**2 - 100**2) / 2 - flux * length / 2, 100, 300)
    assert middle == pytest.approx(204.1594578792295, rel=1e-12)  # the same in the manual's units
    found = solved(
        {
            "study": {
                "refine": 6, "temperature_dependent": True, "metrics": [],
                "reading": [{"name": "middle", "face": "lower.top"}],
            },
            "environment": {
                "ambient": "20 degC", "top": {"temperature": "300 degC"}, "bottom": {"temperature": "100 degC"},
            },
            "materials": {"law": material([[f"{t} degC", f"{at_zero + slope * t} W/m/K"] for t in (0, 400)])},
            "part": [block("lower", "1.25 mm", "law"), block("upper", "1.25 mm", "law", on="lower")],
        }
    )  # fmt: skip
    reading = next(r for r in found.readings if r.name == "middle")
    assert found.balance.by_surface["bottom"] == pytest.approx(flux * AREA, rel=1e-6)
    assert reading.highest - ZERO == pytest.approx(middle, rel=1e-5)


def test_slab_that_heats_itself_and_conducts_the_better_the_warmer() -> None:
    """q = 1200 W/m^3 in 1 m with k = 1 + 0.001 u, one face held at u = 0, one adiabatic: [toptan2020] problem I.3.

    By Kirchhoff's transform u = (sqrt(1 + (1 - x^2) beta q L^2 / k0) - 1) / beta; its mean by quadrature.
    """
    beta, q, reference = 1e-3, 1200.0, 300.0
    mean = quad(lambda x: (np.sqrt(1 + (1 - x**2) * beta * q) - 1) / beta, 0, 1, epsabs=1e-12)[0]
    found = solved(
        {
            "study": {"refine": 6, "temperature_dependent": True, "metrics": []},
            "environment": {"ambient": f"{reference} K", "bottom": {"temperature": f"{reference} K"}},
            "materials": {
                "law": material([[f"{reference} K", "1 W/m/K"], [f"{reference + 1000} K", "2 W/m/K"]]),
            },
            "part": [
                {"name": "slab", "kind": "block", "size": ["100 mm", "100 mm", "1 m"], "material": "law",
                 "power": f"{q * 0.01} W"}
            ],
        }
    )  # fmt: skip
    slab = found.parts[0].mean
    assert slab.value - reference == pytest.approx(mean, rel=2e-4)  # falls with the square of the step
    assert found.point is not None


def test_table_of_one_value_is_the_value() -> None:
    def theta(conductivity: Any) -> float:
        return solved(
            {
                "study": {"refine": 1, "temperature_dependent": True},
                "environment": {"ambient": "25 degC", "bottom": {"film": "500 W/m^2/K"}},
                "materials": {"law": material(conductivity)},
                "part": [
                    block("base", "1 mm", "law"),
                    {"name": "chip", "kind": "chip", "on": "base", "size": ["4 mm", "4 mm", "0.5 mm"], "face": "up",
                     "material": "law", "power": "3 W"},
                ],
            }
        ).metrics[0].bracket.value  # fmt: skip

    assert theta([["0 degC", "20 W/m/K"], ["200 degC", "20 W/m/K"]]) == pytest.approx(theta("20 W/m/K"), rel=1e-12)


# ---------------------------------------------------------------- radiation and air
def test_bar_that_radiates_from_its_end() -> None:
    """100 mm of 55.6 W/m/K held at 1000 K below, radiating above to 300 K: [nafems1990] T2, published 927.0 K."""
    end = brentq(lambda t: 55.6 / 0.1 * (1000 - t) - 0.98 * STEFAN_BOLTZMANN * (t**4 - 300**4), 300, 1000, xtol=1e-12)
    assert end == pytest.approx(927.0, abs=0.01)
    found = solved(
        {
            "study": {"refine": 1, "metrics": [], "reading": [{"name": "end", "face": "bar.top"}]},
            "environment": {
                "ambient": "300 K", "bottom": {"temperature": "1000 K"},
                "top": {"film": "0 W/m^2/K", "emissivity": 0.98},
            },
            "materials": {"steel": material("55.6 W/m/K")},
            "part": [block("bar", "100 mm", "steel")],
        }
    )  # fmt: skip
    assert next(r for r in found.readings if r.name == "end").highest == pytest.approx(end, rel=1e-6)


@pytest.mark.parametrize("speed", ["still", "1 m/s"])
def test_plate_finds_the_balance_of_air_radiation_and_power(speed: str) -> None:
    """A plate of one temperature: 2 W = the sum over its faces of film(T) area (T - T_A), by bisection."""
    emissivity, ambient, size = 0.8, 25 + ZERO, (10e-3, 10e-3, 1e-3)
    air = Air(0.0 if speed == "still" else 1.0, "small-part")
    areas = {"top": AREA, "bottom": AREA, "sides": 4 * SIDE * size[2]}

    def surplus(t: float) -> float:
        films = {face: film(face, Extent(*size), t, ambient, air, emissivity, SEA_LEVEL).film for face in areas}  # type: ignore[arg-type]
        return sum(films[face] * area * (t - ambient) for face, area in areas.items()) - 2.0

    warm = brentq(surplus, ambient, ambient + 900, xtol=1e-10)
    condition = {"air": speed, "emissivity": emissivity}
    found = solved(
        {
            "study": {"refine": 1, "metrics": []},
            "environment": {"ambient": "25 degC", "top": condition, "bottom": condition, "sides": condition},
            "materials": {"silver": material("1e5 W/m/K")},
            "part": [block("plate", "1 mm", "silver", power="2 W")],
        }
    )
    assert found.parts[0].mean.value == pytest.approx(warm, rel=1e-6)
    assert found.point is not None
    assert sum(face.watts for face in found.point.faces) == pytest.approx(2.0, rel=1e-5)
    assert {face.name for face in found.point.faces} == {"plate.top", "plate.bottom", "plate.sides"}


def test_radiation_at_a_small_rise_is_a_film_of_four_cubes() -> None:
    """As the rise goes to nothing, emissivity counts as a further film of 4 e sigma T^3."""

    def theta(condition: dict[str, Any], power: str) -> float:
        return solved(
            {
                "study": {"refine": 0, "temperature_dependent": False, "metrics": []},
                "environment": {"ambient": "300 K", "top": condition},
                "materials": {"silver": material("1e5 W/m/K")},
                "part": [block("plate", "1 mm", "silver", power=power)],
            }
        ).parts[0].mean.value - 300.0  # fmt: skip

    linear = 4 * 0.7 * STEFAN_BOLTZMANN * 300.0**3
    radiating = theta({"film": "8 W/m^2/K", "emissivity": 0.7}, "1e-5 W")
    assert radiating == pytest.approx(theta({"film": f"{8 + linear!r} W/m^2/K"}, "1e-5 W"), rel=1e-4)
    assert theta({"film": "8 W/m^2/K", "emissivity": 0}, "1 W") == theta({"film": "8 W/m^2/K"}, "1 W")


# ---------------------------------------------------------------- leakage
def leaking(power: float, leakage: float) -> dict[str, Any]:
    """A chip face up on a film of 200 W/m^2/K: R = 1 / (200 A) + t / (k A), and 5 K/W without the silicon."""
    return {
        "study": {"refine": 0, "temperature_dependent": False, "metrics": ["theta_ja"]},
        "environment": {"ambient": "25 degC", "bottom": {"film": "2000 W/m^2/K"}},
        "materials": {"silver": material("1e5 W/m/K")},
        "part": [
            {"name": "chip", "kind": "chip", "size": ["10 mm", "10 mm", "0.5 mm"], "face": "up", "material": "silver",
             "power": f"{power} W", "leakage": {"power": f"{leakage} W", "at": "25 degC", "doubling": "20 K"}}
        ],
    }  # fmt: skip


RESISTANCE = 1 / (2000 * AREA) + 0.5e-3 / (1e5 * AREA)  # K/W


def test_leakage_comes_to_rest_where_it_makes_its_own_temperature() -> None:
    """T = T_A + R (5 W + 0.5 W 2^((T - T_A) / 20 K)), the lower of its two solutions."""
    warm = brentq(lambda t: t - RESISTANCE * (5 + 0.5 * 2 ** (t / 20)), 0, 50)
    found = solved(leaking(5, 0.5))
    assert found.point is not None
    (chip,) = found.point.leaking
    assert chip.temperature - ZERO - 25 == pytest.approx(warm, rel=1e-6)
    assert chip.leakage == pytest.approx(0.5 * 2 ** (warm / 20), rel=1e-6)
    assert found.metrics[0].bracket.value == pytest.approx(RESISTANCE, rel=1e-9)  # of a linear package, whatever leaks
    assert found.balance.generated == pytest.approx(5 + chip.leakage, rel=1e-9)


def test_runaway_limit_is_where_the_two_solutions_meet() -> None:
    """dT = R dP there: R L ln 2 / 20 K = 1 gives the leakage L, its temperature, and the own power that is left."""
    most = 20 / (RESISTANCE * np.log(2))  # W of leakage
    warm = 20 * np.log2(most / 0.5)  # K over ambient
    own = warm / RESISTANCE - most
    found = solved(leaking(5, 0.5))
    assert found.point is not None
    assert found.point.runaway == pytest.approx(own / 5, rel=1e-5)
    with pytest.raises(ModelError, match=r"thermal runaway.*'chip'.*times their own power"):
        solved(leaking(1.01 * own, 0.5))
    solved(leaking(0.99 * own, 0.5))


def test_runaway_without_any_own_power_is_told_as_such() -> None:
    with pytest.raises(ModelError, match="even with no power of their own"):
        solved(leaking(1, 40))
