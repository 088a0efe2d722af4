"""Does a package come to rest, in few rounds and always at the same point, and is it told where it cannot?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq

from tests.plates import AREA, STILL, ZERO, Document, block, chip, substance
from thermopkg import workflow
from thermopkg.air.film import Air, Extent, film
from thermopkg.air.properties import pressure_at
from thermopkg.answer import settling
from thermopkg.answer.answer import Answer
from thermopkg.answer.fixed_point import LEAST_SHARE, MOST_SHARE, WILD, extrapolated, share_of_the_way
from thermopkg.answer.settling import is_linear, moved_on, reads_temperature, settle
from thermopkg.case.case import Case
from thermopkg.case.environment import AirCondition
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError, ModelError
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.solve.steady import Fields
from thermopkg.workflow import bounded, geometry, mesh, meshed, read

EVERYWHERE = {"top": STILL, "bottom": STILL, "sides": STILL}
FILM = {"bottom": {"film": "1000 W/m^2/K"}}
MOST_ROUNDS = 12  # of a shipped template in still or moving air; measured 4 to 11
SILVER = {"silver": substance("1e5 W/m/K")}


def case_of(environment: Document, **more: Any) -> Case:
    """A slab of silver with a chip on it."""
    document = {
        "title": "rest",
        "study": {"refine": 0},
        "environment": {"ambient": "25 degC", **environment},
        "materials": SILVER,
        "part": [block("slab", "1 mm", "silver"), chip("chip", "slab", "silver", power="1 W")],
        **more,
    }
    return from_document(document, "rest")


def solved(document: Mapping[str, Any]) -> Answer:
    return bounded(geometry(from_document({"title": "rest", **document}, "rest")))


# ---------------------------------------------------------------- what follows the temperature
@pytest.mark.parametrize(
    ("environment", "study", "leaks", "linear", "reads"),
    [
        (FILM, {}, False, True, False),
        (EVERYWHERE, {}, False, False, True),
        ({**FILM, "top": {"film": "5 W/m^2/K", "emissivity": 0.5}}, {}, False, False, True),
        ({**FILM, "top": {"film": "5 W/m^2/K", "emissivity": 0.0}}, {}, False, True, False),
        ({**FILM, "faces": {"slab.sides": STILL}}, {}, False, False, True),
        (FILM, {}, True, False, True),
        (FILM, {"temperature_dependent": True}, False, False, True),
        (FILM, {"temperature_dependent": False}, False, True, False),
        (EVERYWHERE, {"temperature_dependent": False}, False, False, False),
        (EVERYWHERE, {"round": True}, False, False, False),
    ],
)
def test_cases_that_follow_their_temperature(
    environment: Document, study: Document, leaks: bool, linear: bool, reads: bool
) -> None:
    leakage = {"leakage": {"power": "0.1 W", "doubling": "20 K"}} if leaks else {}
    parts = [block("slab", "1 mm", "silver"), chip("chip", "slab", "silver", power="1 W", **leakage)]
    case = case_of(environment, study=study, part=parts)
    assert is_linear(case) == linear
    assert reads_temperature(case) == reads


# ---------------------------------------------------------------- fixed points
def test_extrapolation_finds_the_fixed_point_of_a_linear_map_in_one_round_more_than_it_has_dimensions() -> None:
    """Anderson's method with all rounds kept is that of the residuals' least square [anderson1965]."""
    matrix, offset = np.array([[-0.9, 0.3], [0.2, 0.5]]), np.array([1.0, 2.0])
    want = np.linalg.solve(np.eye(2) - matrix, offset)
    guesses, gaps = [np.zeros(2)], list[Any]()
    for _ in range(3):
        gaps.append(matrix @ guesses[-1] + offset - guesses[-1])
        guesses.append(extrapolated(guesses, gaps))
    assert guesses[-1] == pytest.approx(want, rel=1e-12)


def test_extrapolation_that_goes_wild_is_not_believed() -> None:
    """Two gaps that are nearly the same point to a fixed point far away: 1 / (1 - 0.999) of the last gap."""
    guesses = [np.array([0.0]), np.array([1.0])]
    gaps = [np.array([1.0]), np.array([0.999])]
    assert WILD < 0.999 / 0.001
    assert extrapolated(guesses, gaps) == pytest.approx([1.999], rel=1e-15)


def test_first_step_is_plain_and_nothing_is_extrapolated_from_nothing() -> None:
    assert extrapolated([np.array([300.0])], [np.array([12.0])]).tolist() == [312.0]
    assert extrapolated([np.zeros(0)] * 2, [np.zeros(0)] * 2).size == 0


def test_share_of_the_way_is_that_of_a_secant() -> None:
    """x -> -3 x + 4 about its fixed point 1 leaves gaps 4 (1 - x); the whole of one is four times too far."""
    first, second = np.array([4.0]), np.array([4 * (1 - 4.0)])  # from 0 by the whole gap to 4
    assert share_of_the_way(1.0, first, second) == pytest.approx(0.25, rel=1e-15)
    assert share_of_the_way(0.5, first, np.array([4 * (1 - 2.0)])) == pytest.approx(0.25, rel=1e-15)


def test_share_of_the_way_keeps_within_its_ends() -> None:
    gap = np.array([1.0])
    assert share_of_the_way(1.0, gap, -100 * gap) == LEAST_SHARE
    assert share_of_the_way(1.0, gap, 0.99 * gap) == MOST_SHARE
    assert share_of_the_way(0.7, gap, gap) == 0.7


# ---------------------------------------------------------------- rest
def in_air(case: Case, speed: float) -> Case:
    """All of its faces in air."""
    air = AirCondition(air=speed or "still")  # type: ignore[arg-type]  # as a file says it
    faces = {"top": air, "bottom": air, "sides": air, "faces": {}, "region": ()}
    environment = case.environment.model_copy(update=faces)
    study = case.study.model_copy(update={"claims": (), "metrics": (), "refine": 0})
    return case.model_copy(update={"environment": environment, "study": study})


TEMPLATES = sorted(Path(settling.__file__).parents[1].joinpath("case", "templates").glob("*.toml"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_templates_in_air_come_to_rest_in_few_rounds(template: Path) -> None:
    coarse = mesh(geometry(in_air(read(template), 0.0)), whole=False)
    found = settle(coarse.package, coarse.grid)
    assert found.point.rounds <= MOST_ROUNDS
    made = sum(found.package.powers.values())
    assert sum(face.watts for face in found.point.faces) == pytest.approx(made, rel=1e-4)


def test_rest_does_not_depend_on_where_the_rounds_began() -> None:
    package = geometry(case_of(EVERYWHERE)).package
    grid = geometry_grid(package).halved(1)
    found = settle(package, grid)
    coarse = settle(package, geometry_grid(package))
    again = settle(package, grid, coarse.package)
    once_more = settle(package, grid, found.package, found.fields)
    assert once_more.point.rounds == 1
    for other in (again, once_more):
        for face, same in zip(found.point.faces, other.point.faces, strict=True):
            assert face.film.film == pytest.approx(same.film.film, rel=1e-5)


def test_rest_is_found_again_on_the_mesh_that_a_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The films are those of the last grid: what they take there is what the balance says."""
    moved = list[int]()
    monkeypatch.setattr(workflow, "moved_on", lambda *given: moved.append(given[1].grid.n_cells) or moved_on(*given))
    document = flip("0.5 W", tolerance="1 %")
    document["study"].pop("refine")
    found = solved(document)
    case = from_document({"title": "rest", **document}, "rest")
    steps = meshed(geometry(case), whole=False).steps
    assert len(steps) > 1
    assert found.widest <= 0.01
    assert found.point is not None
    watts = {face.name: face.watts for face in found.point.faces}
    assert watts == pytest.approx(dict(found.balance.by_face), rel=2e-5)
    assert moved == [step.n_cells for step in steps[:-1]] * 2  # films move once more between the grids of both runs
    assert steps[-1].metrics[0].bracket.value == pytest.approx(found.metrics[0].bracket.value, rel=1e-4)


def test_fields_of_nothing_that_is_heated_are_no_start() -> None:
    package = geometry(case_of(EVERYWHERE)).package
    grid = geometry_grid(package)
    found = settle(package, grid, starts={"another": np.zeros([t.size for t in grid.axes])})
    assert found.point.faces[0].film.film == pytest.approx(settle(package, grid).point.faces[0].film.film, rel=1e-5)


def test_one_round_further_from_rest_is_rest() -> None:
    law = {"value": "20 W/m/K", "reference": "300 K", "exponent": -1.3}
    package = geometry(case_of(EVERYWHERE, materials={"silver": substance(law)})).package
    grid = geometry_grid(package).halved(1)
    found = settle(package, grid)
    fields = Fields(next(iter(found.fields.values())).shape, found.fields, np.zeros(0, np.int64), np.zeros(0))
    further = moved_on(package, paint(found.package, grid), fields)
    films, same = (one.case.environment.faces for one in (further, found.package))
    assert {n: c.film for n, c in films.items()} == pytest.approx({n: c.film for n, c in same.items()}, rel=1e-4)  # type: ignore[union-attr]
    assert further.temperature is not None
    assert found.package.temperature is not None
    assert np.abs(further.temperature.values - found.package.temperature.values).max() < 1e-3


def test_quarter_comes_to_rest_where_the_whole_does() -> None:
    law = {"value": "20 W/m/K", "reference": "300 K", "exponent": -1.3}
    leaking = chip("chip", "slab", "law", "4 mm", power="1 W", leakage={"power": "20 mW", "doubling": "50 K"})
    case = case_of(EVERYWHERE, materials={"law": substance(law)}, part=[block("slab", "1 mm", "law"), leaking])
    package = geometry(case).package
    quarter = geometry_grid(package, mirrored=(True, True)).halved(1)
    x, y = (np.concatenate([2 * t[0] - t[:0:-1], t]) for t in (quarter.x, quarter.y))
    found, whole = (settle(package, grid).point for grid in (quarter, Grid(x, y, quarter.z)))
    for face, same in zip(found.faces, whole.faces, strict=True):
        told, want = ((f.area, f.temperature, f.film.film, f.watts, f.emissivity) for f in (face, same))
        assert told == pytest.approx(want, rel=1e-5)
    for point in (found, whole):
        (chip_,) = point.leaking
        assert chip_.leakage == pytest.approx(0.02 * 2 ** ((chip_.temperature - 298.15) / 50), rel=1e-6)
        assert sum(face.watts for face in point.faces) == pytest.approx(1 + chip_.leakage, rel=1e-4)


# ---------------------------------------------------------------- hand values
def test_conductivity_that_overshoots_comes_to_rest_by_kirchhoffs_transform() -> None:
    """k = 10 (T / 300 K)^5 W/m/K under 1e6 W/m^2: T^6 = 300^6 (1 + 6 q t / (10 * 300))."""
    flux, length = 1e6, 10e-3
    top = 300 * (1 + 6 * flux * length / (10 * 300)) ** (1 / 6)
    found = solved(
        {
            "study": {"refine": 5, "temperature_dependent": True},
            "environment": {"ambient": "300 K", "bottom": {"temperature": "300 K"}},
            "materials": {"law": substance({"value": "10 W/m/K", "reference": "300 K", "exponent": 5}), **SILVER},
            "part": [block("slab", "10 mm", "law"), chip("chip", "slab", "silver", power=f"{flux * AREA} W")],
        }
    )
    rise = found.metrics[0].bracket.value * flux * AREA  # over the slab, and 0.5 mm of silver above it: 5e-3 K
    assert rise == pytest.approx(
        top - 300, rel=2e-3
    )  # falls with the square of the step, which is wide beside k's change


def test_conductivity_that_plain_rounds_swing_about_for_ever_comes_to_rest() -> None:
    """The same under a chip of silver, 4 mm wide, at 300 W: the integral of k dT over 10 W/m/K is the linear rise."""

    def rise(conductivity: Any, follows: bool) -> float:
        found = solved(
            {
                "study": {"refine": 2, "temperature_dependent": follows},
                "environment": {"ambient": "300 K", "bottom": {"temperature": "300 K"}},
                "materials": {"law": substance(conductivity), **SILVER},
                "part": [block("slab", "10 mm", "law"), chip("chip", "slab", "silver", "4 mm", power="300 W")],
            }
        )
        assert found.point is None or found.point.rounds <= 20
        return found.metrics[0].bracket.value * 300

    linear = rise("10 W/m/K", False)
    want = 300 * (1 + 6 * linear / 300) ** (1 / 6) - 300
    # where the flux is largest, at the rim, the mesh resolves neither of the two: 5 % apart on this one
    assert rise({"value": "10 W/m/K", "reference": "300 K", "exponent": 5}, True) == pytest.approx(want, rel=0.05)


def test_slab_between_a_held_face_and_air_is_warmed_by_the_one_and_cooled_by_the_other() -> None:
    """Nothing makes heat: k / L (T_H - T) = film(T) (T - T_A)."""
    extent, length, k = Extent(10e-3, 10e-3, 10e-3), 10e-3, 0.5

    def surplus(t: float) -> float:
        found = film("top", extent, t, 298.15, Air(0.0, "small-part"), 0.9)
        return k / length * (400.0 - t) - found.film * (t - 298.15)

    warm = brentq(surplus, 298.15, 400.0, xtol=1e-12)
    found = solved(
        {
            "study": {"refine": 0, "metrics": [], "reading": [{"name": "top", "face": "slab.top"}]},
            "environment": {"ambient": "25 degC", "top": STILL, "bottom": {"temperature": "400 K"}},
            "materials": {"poor": substance("0.5 W/m/K")},
            "part": [block("slab", "10 mm", "poor")],
        }
    )
    assert found.readings[0].mean.value == pytest.approx(warm, rel=1e-7)
    assert found.point is not None
    assert found.point.faces[0].temperature == pytest.approx(warm, rel=1e-7)


def test_cold_plate_in_warm_air_takes_its_heat() -> None:
    """Held at -40 degC below, in air of 25 degC: every face gains, and the films are those of a face that is cold."""
    found = solved(
        {
            "study": {"refine": 0, "metrics": []},
            "environment": {"ambient": "25 degC", "top": STILL, "sides": STILL, "bottom": {"temperature": "-40 degC"}},
            "materials": SILVER,
            "part": [block("slab", "1 mm", "silver")],
        }
    )
    assert found.point is not None
    for face in found.point.faces:
        want = film(
            face.name.rpartition(".")[2], Extent(10e-3, 10e-3, 1e-3), 233.15, 298.15, Air(0.0, "small-part"), 0.9
        )  # type: ignore[arg-type]
        assert face.watts < 0
        assert face.film.film == pytest.approx(want.film, rel=1e-5)


def test_every_face_counts_from_its_own_air() -> None:
    """Silver of one temperature between air of 25 and of 60 degC: what leaves all faces together is what is made."""
    warm_air = {"air": "still", "ambient": "60 degC"}
    found = solved(
        {
            "study": {"refine": 0, "metrics": []},
            "environment": {"ambient": "25 degC", "top": warm_air, "bottom": STILL, "sides": STILL},
            "materials": SILVER,
            "part": [block("slab", "1 mm", "silver", power="0.5 W")],
        }
    )
    assert found.point is not None
    assert {face.name: face.ambient - ZERO for face in found.point.faces} == pytest.approx(
        {"slab.top": 60, "slab.bottom": 25, "slab.sides": 25}
    )
    assert sum(face.watts for face in found.point.faces) == pytest.approx(0.5, rel=1e-5)


def test_thin_air_takes_less() -> None:
    """At 5000 m, 54.0 kPa by the standard atmosphere [ussa1976], the same plate is warmer; by bisection."""

    def surplus(t: float) -> float:
        air, extent = Air(0.0, "small-part"), Extent(10e-3, 10e-3, 1e-3)
        sides = {"top": AREA, "bottom": AREA, "sides": 40e-6}
        films = {side: film(side, extent, t, 298.15, air, 0.9, pressure_at(5000.0)).film for side in sides}  # type: ignore[arg-type]
        return sum(films[side] * area for side, area in sides.items()) * (t - 298.15) - 0.5

    assert pressure_at(5000.0) == pytest.approx(54.0e3, rel=1e-3)
    found = solved(
        {
            "study": {"refine": 0, "metrics": []},
            "environment": {"ambient": "25 degC", "altitude": "5000 m", **EVERYWHERE},
            "materials": SILVER,
            "part": [block("slab", "1 mm", "silver", power="0.5 W")],
        }
    )
    assert found.parts[0].mean.value == pytest.approx(brentq(surplus, 298.15, 600, xtol=1e-10), rel=1e-6)


def test_without_any_power_a_package_is_as_warm_as_the_air() -> None:
    found = solved(
        {
            "study": {"refine": 0, "metrics": [], "junction_limit": "100 degC"},
            "environment": {"ambient": "25 degC", **EVERYWHERE},
            "materials": SILVER,
            "part": [block("slab", "1 mm", "silver"), chip("chip", "slab", "silver")],
        }
    )
    assert found.point is not None
    assert found.point.rounds == 0
    areas = {"slab.bottom": AREA, "chip.top": AREA, "slab.sides": 40e-6, "chip.sides": 20e-6}
    assert {face.name: face.area for face in found.point.faces} == pytest.approx(areas, rel=1e-9)
    films = {face.name: face.film.film for face in found.point.faces}
    for name, own in films.items():
        side = name.rpartition(".")[2]
        want = film(side, Extent(10e-3, 10e-3, 1.5e-3), 298.15, 298.15, Air(0.0, "small-part"), 0.9)  # type: ignore[arg-type]
        assert own == pytest.approx(want.film, rel=1e-9)
    resistance = 1 / sum(films[name] * area for name, area in areas.items())
    assert found.wanted[0].bracket.value == pytest.approx(resistance, rel=1e-4)


@pytest.mark.parametrize("steepness", [0.5, 0.9, 0.96])
def test_leakage_near_its_runaway_in_air_is_not_refused(steepness: float) -> None:
    """Silver of one temperature, chosen so that R P' is so much of one; own power = what air takes less the leakage.

    Films of colder states, such as those of the first rounds, would let it run away.
    """
    extent, areas = Extent(10e-3, 10e-3, 0.5e-3), {"top": AREA, "bottom": AREA, "sides": 20e-6}

    def taken(t: float) -> float:
        films = {side: film(side, extent, t, 298.15, Air(0.0, "small-part"), 0.9).film for side in areas}  # type: ignore[arg-type]
        return sum(films[side] * area for side, area in areas.items())

    def surplus(t: float) -> float:
        return 0.02 * 2 ** ((t - 298.15) / 20) * np.log(2) / 20 - steepness * taken(t)

    warm = brentq(surplus, 310, 450, xtol=1e-12)
    leakage = 0.02 * 2 ** ((warm - 298.15) / 20)
    own = taken(warm) * (warm - 298.15) - leakage
    leaking = chip("chip", None, "silver", power=f"{own!r} W", leakage={"power": "20 mW", "doubling": "20 K"})
    found = solved(
        {
            "study": {"refine": 0},
            "environment": {"ambient": "25 degC", **EVERYWHERE},
            "materials": SILVER,
            "part": [leaking],
        }
    )
    assert found.point is not None
    # what is left of rest grows by one over what the steepness lacks of that with films that follow, about 1.3
    assert found.point.leaking[0].temperature == pytest.approx(warm, abs=1e-2)
    assert found.point.runaway == pytest.approx(_factor(steepness, leakage, own), rel=1e-3)


def _factor(steepness: float, leakage: float, own: float) -> float:
    """Of the own power: with R held the limit is R L ln 2 / 20 K = 1, so L = leakage / steepness, so much warmer."""
    resistance = steepness * 20 / np.log(2) / leakage
    warmer = 20 * np.log2(1 / steepness)  # K
    return (own + leakage + warmer / resistance - leakage / steepness) / own


def test_cold_chip_leaks_by_the_heat_of_another() -> None:
    """A chip without power of its own on one with 5 W: T = T_A + R (5 W + leakage(T)), all of silver, R = 1 / (h A)."""
    resistance = 1 / (1000 * AREA)
    rise = brentq(lambda t: t - resistance * (5 + 0.1 * 2 ** (t / 30)), 0, 70)
    idle = chip("idle", "chip", "silver", leakage={"power": "0.1 W", "at": "25 degC", "doubling": "30 K"})
    found = solved(
        {
            "study": {"refine": 0, "metrics": []},
            "environment": {"ambient": "25 degC", **FILM},
            "materials": SILVER,
            "part": [block("slab", "1 mm", "silver"), chip("chip", "slab", "silver", power="5 W"), idle],
        }
    )
    assert found.point is not None
    (leaking,) = found.point.leaking
    assert (leaking.name, leaking.own) == ("idle", 0.0)
    assert leaking.temperature - 298.15 == pytest.approx(rise, rel=1e-3)  # 2.5 mm of silver besides
    assert leaking.leakage == pytest.approx(0.1 * 2 ** ((leaking.temperature - 298.15) / 30), rel=1e-9)
    assert found.balance.generated == pytest.approx(5 + leaking.leakage, rel=1e-9)


# ---------------------------------------------------------------- how much what is left of rest shows
SHOWS = 1e-5  # of an answer


def flip(power: str, **study: Any) -> Document:
    """A small chip on a poor slab in air, of what conducts the less the warmer."""
    law = {"value": "30 W/m/K", "reference": "300 K", "exponent": -1.3}
    return {
        "study": {"refine": 1, **study},
        "environment": {"ambient": "25 degC", **EVERYWHERE},
        "materials": {"law": substance(law)},
        "part": [block("slab", "1 mm", "law"), chip("chip", "slab", "law", "3 mm", power=power)],
    }


RESTS = {
    "warm in still air": flip("0.5 W"),
    "hot in still air": flip("2 W"),
    "leaking near its runaway": {
        "study": {"refine": 1},
        "environment": {"ambient": "25 degC", "bottom": {"film": "2000 W/m^2/K"}},
        "materials": {"law": substance({"value": "30 W/m/K", "reference": "300 K", "exponent": -1.3})},
        "part": [block("slab", "1 mm", "law"), chip("chip", "slab", "law", "8 mm", power="8.5 W",
                 leakage={"power": "0.5 W", "at": "25 degC", "doubling": "25 K"})],
    },
}  # fmt: skip


@pytest.mark.parametrize("document", RESTS.values(), ids=RESTS)
def test_what_is_left_of_rest_does_not_show_in_the_answer(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    found = solved(document).metrics[0].bracket.value
    monkeypatch.setattr(settling, "AT_REST", 1e-9)
    monkeypatch.setattr(settling, "LINEAR_TARGET", 1e-12)
    assert found == pytest.approx(solved(document).metrics[0].bracket.value, rel=SHOWS)


# ---------------------------------------------------------------- where there is no rest
def test_leakage_without_any_own_power_that_runs_away_beside_a_heated_part_is_told() -> None:
    """100 W under a film of 10 K/W: a doubling every 10 K has no rest there."""
    idle = chip("chip", "slab", "silver", leakage={"power": "0.2 W", "at": "25 degC", "doubling": "10 K"})
    with pytest.raises(ModelError, match="even with no power of their own"):
        solved(
            {
                "study": {"refine": 0, "metrics": []},
                "environment": {"ambient": "25 degC", **FILM},
                "materials": SILVER,
                "part": [block("slab", "1 mm", "silver", power="10 W"), idle],
            }
        )


def test_too_hot_for_air_names_the_faces() -> None:
    with pytest.raises(ModelError, match=r"slab\.bottom.*beyond 200 to 1200 K.*give these faces a film"):
        solved({**flip("45 W"), "materials": {"law": substance("1e5 W/m/K")}})


def test_hotter_than_any_package_is_told() -> None:
    with pytest.raises(ModelError, match="hotter than 2000 K"):
        solved(flip("5000 W"))


def test_conductivity_that_falls_beyond_all_bounds_is_told() -> None:
    """With k = 10 (T / 300 K)^-2 no more than k0 T0 / t = 3e5 W/m^2 pass 10 mm, by Kirchhoff's transform."""
    with pytest.raises(ModelError, match="hotter than 2000 K"):
        solved(
            {
                "study": {"refine": 2, "temperature_dependent": True},
                "environment": {"ambient": "300 K", "bottom": {"temperature": "300 K"}},
                "materials": {"law": substance({"value": "10 W/m/K", "reference": "300 K", "exponent": -2}), **SILVER},
                "part": [block("slab", "10 mm", "law"), chip("chip", "slab", "silver", power="31 W")],
            }
        )


def test_round_part_with_a_face_in_air_is_told_before_anything_is_solved() -> None:
    """Vias end on the bare faces of the carrier that they run through."""
    vias = {"name": "vias", "kind": "vias", "through": ["carrier"], "material": "copper", "pitch": "2 mm",
            "diameter": "1 mm"}  # fmt: skip
    carrier = {"name": "carrier", "kind": "substrate", "size": ["10 mm", "10 mm"],
               "layers": [{"material": "bt-laminate", "thickness": "0.5 mm"}]}  # fmt: skip
    document = {
        "study": {"refine": 0, "metrics": [], "round": True},
        "environment": {"ambient": "25 degC", **EVERYWHERE},
        "part": [carrier, vias, block("slab", "1 mm", "copper", on="carrier", power="1 W")],
    }
    with pytest.raises(GeometryError, match=r"part 'vias'.*whose film would be its own"):
        solved(document)
