"""How far do ranges of inputs let an answer wander? A chip on a slab under a film, with hand values for every share."""

from dataclasses import replace
from typing import Any

import pytest

from tests.plates import AREA, STILL, block, chip, package_of, substance
from thermopkg.answer.examination import Examined, by_material, examine
from thermopkg.answer.faces import stated
from thermopkg.answer.operating import CooledFace, OperatingPoint
from thermopkg.answer.wandering import wandering
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.workflow import geometry, meshed

FILM, LENGTH, SLAB, CHIP = 1000.0, 2e-3, 10.0, 100.0  # W/m^2/K, m, W/m/K
PIECES = {"film": 1 / FILM, "slab": LENGTH / SLAB, "chip": 0.5e-3 / CHIP}  # m^2 K/W, of heat that leaves below alone
ALL = sum(PIECES.values())


def examined(slab: Any = f"{SLAB} W/m/K", die: Any = f"{CHIP} W/m/K", part: Any = None) -> Examined:
    package = package_of(
        {
            "study": {"metrics": ["theta_ja"]},
            "environment": {"ambient": "25 degC", "bottom": {"film": f"{FILM} W/m^2/K"}},
            "materials": {"slab": substance(slab), "die": substance(die)},
            "part": [block("slab", "2 mm", "slab"), part or chip("chip", "slab", "die", power="2 W")],
        }
    )
    return examine(paint(package, geometry_grid(package).halved(1)))


def test_the_answer_is_the_resistances_in_series() -> None:
    assert examined().wanted[0].bracket.value == pytest.approx(ALL / AREA, rel=1e-8)


def test_range_of_a_material_moves_the_answer_by_its_share() -> None:
    """r^-share of the whole, to first order in the logarithm: r = 8/10 and 15/10 for the slab; the chip has none."""
    found = wandering(examined(slab={"value": "10 W/m/K", "range": ["8 W/m/K", "15 W/m/K"]}), 0, None)
    share = PIECES["slab"] / ALL
    (slab,) = found.materials
    assert (slab.material, slab.at_low, slab.at_high) == (
        "slab", pytest.approx(0.8**-share - 1, rel=1e-7), pytest.approx(1.5**-share - 1, rel=1e-7)
    )  # fmt: skip
    assert slab.half == pytest.approx(0.5 * (0.8**-share - 1.5**-share), rel=1e-7)
    assert found.by_materials == slab.half
    assert found.unranged == (("die", pytest.approx(PIECES["chip"] / ALL, rel=1e-7)),)
    assert found.films == 0.0


def test_heat_that_spreads_counts_in_plane_as_well() -> None:
    """Of one conductivity for all directions the share is that of both together, and it moves as one."""
    wide = chip("chip", "slab", "die", "3 mm", power="2 W")
    found = examined(slab={"value": "10 W/m/K", "range": ["8 W/m/K", "15 W/m/K"]}, part=wide)
    in_plane, through = by_material(found, 0)["slab"]
    assert in_plane > 0.05
    (slab,) = wandering(found, 0, None).materials
    assert slab.at_low == pytest.approx(0.8 ** -(in_plane + through) - 1, rel=1e-12)
    assert slab.at_high == pytest.approx(1.5 ** -(in_plane + through) - 1, rel=1e-12)


def test_materials_are_independent_and_the_widest_comes_first() -> None:
    die = {"value": "100 W/m/K", "range": ["50 W/m/K", "100 W/m/K"]}
    found = wandering(examined(slab={"value": "10 W/m/K", "range": ["8 W/m/K", "15 W/m/K"]}, die=die), 0, None)
    assert [one.material for one in found.materials] == ["slab", "die"]
    share = PIECES["chip"] / ALL
    assert found.materials[1].half == pytest.approx(0.5 * (0.5**-share - 1), rel=1e-6)
    assert found.by_materials**2 == pytest.approx(sum(one.half**2 for one in found.materials), rel=1e-12)
    assert found.unranged == ()


def test_layers_wander_in_plane_and_through_each_by_its_own_share() -> None:
    """Heat runs through alone: the range in plane does nothing, whatever it is."""
    slab = {"in_plane": "30 W/m/K", "in_plane_range": ["3 W/m/K", "300 W/m/K"], "through": "10 W/m/K",
            "through_range": ["8 W/m/K", "15 W/m/K"]}  # fmt: skip
    share = PIECES["slab"] / ALL
    (found,) = wandering(examined(slab=slab), 0, None).materials
    assert found.at_low == pytest.approx(0.8**-share - 1, rel=1e-6)
    (still,) = wandering(
        examined(slab={key: v for key, v in slab.items() if key != "through_range"}), 0, None
    ).materials
    assert still.at_low == pytest.approx(0.0, abs=1e-9)


def test_range_of_a_power_law_is_of_its_value_at_its_own_reference() -> None:
    """k(25 degC) is 10 W/m/K (298.15 / 500)^-1: read there, the range over it would be another one."""
    slab = {"value": "10 W/m/K", "reference": "500 K", "exponent": -1, "range": ["8 W/m/K", "15 W/m/K"]}
    piece = LENGTH / (10 * 500 / 298.15)
    share = piece / (PIECES["film"] + piece + PIECES["chip"])
    (found,) = wandering(examined(slab=slab), 0, None).materials
    assert found.at_low == pytest.approx(0.8**-share - 1, rel=1e-6)
    assert found.at_high == pytest.approx(1.5**-share - 1, rel=1e-6)


def test_films_move_the_answer_by_share_uncertainty_and_convective_part() -> None:
    """A film of 1000 W/m^2/K of which 600 are convection, known to 20 %: 0.2 times 0.6 times its share."""
    known = replace(stated(600.0, 400.0), uncertainty=0.2)
    point = OperatingPoint((CooledFace("bottom", AREA, 400.0, 298.15, 0.5, known),), (), float("inf"), False, 3, 0.0)
    found = wandering(examined(), 0, point)
    assert found.films == pytest.approx(0.2 * 0.6 * PIECES["film"] / ALL, rel=1e-7)


def test_films_of_a_package_in_air_are_found_by_their_faces() -> None:
    """Nearly all resistance is that of the films: they move it by as much as the convective part of all, weighed."""
    document = {
        "study": {"metrics": ["theta_ja"], "refine": 0, "temperature_dependent": False},
        "environment": {"ambient": "25 degC", "top": STILL, "bottom": STILL, "sides": STILL},
        "materials": {"silver": substance("1e5 W/m/K", emissivity="50 %")},
        "part": [block("slab", "2 mm", "silver"), chip("chip", "slab", "silver", power="1 W")],
    }
    adapted = meshed(geometry(package_of(document).case))
    assert adapted.point is not None
    found = wandering(examine(adapted.model, adapted.starts), 0, adapted.point)
    # at one temperature a film's share of the answer is its share of the watts
    want = sum(f.watts * f.film.convective / f.film.film * f.film.uncertainty for f in adapted.point.faces)
    assert found.films == pytest.approx(want / 1.0, rel=1e-3)
    assert 0.05 < found.films < 0.2  # the laws of small parts are known to 20 % [ellison1989], and half is radiated
