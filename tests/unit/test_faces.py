"""Which faces does air cool, how large are they, what do they radiate, and what film does each get? Hand values."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.plates import AREA, STILL, ZERO, Document, block, chip, package_of, substance
from thermopkg.air.film import Air, Extent, film
from thermopkg.air.properties import HIGHEST, SEA_LEVEL
from thermopkg.air.radiation import radiative_film
from thermopkg.answer.faces import LEAST_FILM, AirFace, air_faces, check_round_faces, stated, with_films
from thermopkg.case.environment import Adiabatic, FilmCondition
from thermopkg.errors import GeometryError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.package.package import Package

MM = 1e-3
EVERYWHERE = {"top": STILL, "bottom": STILL, "sides": STILL}


def stack(environment: Document | None = None, **more: Any) -> Package:
    """A board of 20 x 30 x 1 mm, a block of 10 x 10 x 2 mm on it, and a chip of 4 x 4 x 0.5 mm on that."""
    return package_of(
        {
            "study": {"metrics": []},
            "environment": {"ambient": "25 degC", **(EVERYWHERE if environment is None else environment)},
            "materials": {
                "shiny": substance("20 W/m/K", emissivity="10 %"),
                "dark": substance("20 W/m/K", emissivity="80 %"),
                "unsaid": substance("20 W/m/K"),
            },
            "part": [
                {"name": "board", "kind": "board", "size": ["20 mm", "30 mm"], "layers": [
                    {"material": "dark", "thickness": "0.75 mm"}, {"material": "shiny", "thickness": "0.25 mm"}]},
                block("body", "2 mm", "unsaid", on="board"),
                chip("chip", "body", "shiny", "4 mm", power="1 W"),
            ],
            **more,
        }
    )  # fmt: skip


def faces_of(package: Package, mirrored: tuple[bool, bool] = (False, False), halvings: int = 0) -> dict[str, AirFace]:
    model = paint(package, geometry_grid(package, mirrored=mirrored).halved(halvings))
    return {face.name: face for face in air_faces(model, package.case.environment)}


AREAS = {  # m^2: the board's top and the body's less what stands on them
    "board.bottom": 600e-6, "board.top": 500e-6, "board.sides": 100 * 1e-6,
    "body.top": AREA - 16e-6, "body.sides": 40 * 2e-6,
    "chip.top": 16e-6, "chip.sides": 16 * 0.5e-6,
}  # fmt: skip
EMISSIVITIES = {  # of the board's edge by area, 3/4 of 0.8 and 1/4 of 0.1; 0.9 where nothing is said
    "board.bottom": 0.8, "board.top": 0.1, "board.sides": 0.625,
    "body.top": 0.9, "body.sides": 0.9, "chip.top": 0.1, "chip.sides": 0.1,
}  # fmt: skip


@pytest.mark.parametrize("mirrored", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("halvings", [0, 1])
def test_faces_have_their_exposed_areas_and_mean_emissivities(mirrored: tuple[bool, bool], halvings: int) -> None:
    found = faces_of(stack(), mirrored, halvings)
    assert {name: face.area for name, face in found.items()} == pytest.approx(AREAS, rel=1e-9)
    assert {name: face.emissivity for name, face in found.items()} == pytest.approx(EMISSIVITIES, rel=1e-9)


def test_copper_that_covers_a_share_lies_under_the_mask_that_its_filler_stands_for() -> None:
    layer = {"material": "shiny", "thickness": "1 mm", "coverage": 0.5, "fill": "dark"}
    part = {"name": "board", "kind": "board", "size": ["20 mm", "30 mm"], "layers": [layer]}
    assert [face.emissivity for face in faces_of(stack(part=[part])).values()] == pytest.approx([0.8] * 3)


@pytest.mark.parametrize("mirrored", [(False, False), (True, True)])
def test_extents_are_of_the_whole_body_and_a_board_is_a_body_by_itself(mirrored: tuple[bool, bool]) -> None:
    for name, face in faces_of(stack(), mirrored).items():
        is_board = name.startswith("board")
        want = (20e-3, 30e-3, 1e-3) if is_board else (10e-3, 10e-3, 2.5e-3)
        assert (face.extent.length_x, face.extent.length_y, face.extent.height) == pytest.approx(want, rel=1e-9)
        assert face.is_board == is_board


def test_mean_is_over_the_face_alone() -> None:
    """Of 1 + x / mm + 2 z / mm, with x from the middle: whole faces have the mean of their middles."""
    package = stack()
    grid = geometry_grid(package).halved(1)
    model = paint(package, grid)
    x, _, z = np.meshgrid(*grid.axes, indexing="ij")
    middle = 0.5 * (grid.x[0] + grid.x[-1])
    values = 1 + (x - middle) / MM + 2 * z / MM
    found = {face.name: face.mean(values) for face in air_faces(model, package.case.environment)}
    heights = {"board.bottom": 0, "board.top": 1, "board.sides": 0.5, "body.top": 3, "body.sides": 2, "chip.top": 3.5,
               "chip.sides": 3.25}  # fmt: skip
    assert found == pytest.approx({name: 1 + 2 * height for name, height in heights.items()}, rel=1e-9)


def test_weights_count_to_one() -> None:
    for face in faces_of(stack(), (True, False), 1).values():
        assert face.weights.sum() == pytest.approx(1, rel=1e-12)


def test_named_faces_overrule_and_what_has_a_plain_film_is_none_of_them() -> None:
    found = faces_of(
        stack(
            {
                "top": STILL,
                "sides": {"film": "10 W/m^2/K"},
                "faces": {
                    "body.top": {"film": "5 W/m^2/K", "emissivity": 0.5, "ambient": "40 degC"},
                    "chip.top": {"temperature": "60 degC"},
                    "board.bottom": {"air": "still", "emissivity": 0.3, "ambient": "30 degC"},
                    "board.top": {"film": "5 W/m^2/K", "emissivity": 0},
                },
            }
        )
    )
    assert set(found) == {"body.top", "board.bottom"}
    assert (found["body.top"].ambient, found["body.top"].emissivity) == (40 + ZERO, 0.5)
    assert found["board.bottom"].ambient == 30 + ZERO
    assert found["board.bottom"].emissivity == pytest.approx(0.3, rel=1e-12)


def test_region_of_a_face_with_a_condition_of_its_own_is_left_out() -> None:
    ring = {"name": "ring", "face": "board.bottom", "size": ["4 mm", "6 mm"], "condition": {"film": "100 W/m^2/K"}}
    found = faces_of(stack({**EVERYWHERE, "region": [ring]}))
    assert found["board.bottom"].area == pytest.approx(600e-6 - 24e-6, rel=1e-9)


def test_faces_are_found_again_where_films_stand_for_them() -> None:
    package = stack()
    faces = tuple(faces_of(package).values())
    films = [stated(float(number), 0.0) for number in range(5, 5 + len(faces))]
    told = replace(
        package,
        case=package.case.model_copy(update={"environment": with_films(package.case.environment, faces, films)}),
    )
    again = air_faces(paint(told, geometry_grid(told)), package.case.environment)
    assert {face.name: face.area for face in again} == pytest.approx(AREAS, rel=1e-9)


def test_environment_with_films_has_them_by_face_and_keeps_all_that_was_a_number() -> None:
    package = stack({"top": STILL, "bottom": {"film": "7 W/m^2/K"}, "faces": {"chip.top": {"temperature": "60 degC"}}})
    own = package.case.environment
    faces = tuple(faces_of(package).values())
    assert [face.name for face in faces] == ["board.top", "body.top"]
    found = with_films(own, faces, [stated(12.5, 0.1), stated(0.0, 0.0)])
    assert (found.top, found.bottom, found.sides) == (Adiabatic(), own.bottom, own.sides)
    assert found.faces["chip.top"] == own.faces["chip.top"]
    told = {name: condition for name, condition in found.faces.items() if isinstance(condition, FilmCondition)}
    assert {name: (one.film, one.ambient) for name, one in told.items()} == {
        "board.top": (12.6, 25 + ZERO), "body.top": (LEAST_FILM, 25 + ZERO),
    }  # fmt: skip


def test_film_of_a_face_is_that_of_the_laws_of_air() -> None:
    body, board = Extent(10e-3, 10e-3, 2.5e-3), Extent(20e-3, 30e-3, 1e-3)
    rest = (350.0, 25 + ZERO)
    found, blown = faces_of(stack()), faces_of(stack({"top": {"air": "2 m/s"}}))
    for face, want in (
        (found["body.top"], film("top", body, *rest, Air(0.0, "small-part"), 0.9)),
        (found["board.sides"], film("sides", board, *rest, Air(0.0, "plate"), 0.625)),
        (blown["body.top"], film("top", body, *rest, Air(2.0, "small-part"), 0.9)),
    ):
        got = face.film(350.0, SEA_LEVEL)
        assert (got.convective, got.radiative) == pytest.approx((want.convective, want.radiative), rel=1e-9)
        assert (got.regime, got.reynolds) == (want.regime, pytest.approx(want.reynolds))


def test_pressure_thins_the_air_of_a_face() -> None:
    face = faces_of(stack())["body.top"]
    thin = film("top", Extent(10e-3, 10e-3, 2.5e-3), 350.0, 25 + ZERO, Air(0.0, "small-part"), 0.9, 0.5 * SEA_LEVEL)
    assert face.film(350.0, 0.5 * SEA_LEVEL).convective == pytest.approx(thin.convective, rel=1e-9)


@pytest.mark.parametrize("halvings", [0, 1, 2, 3])
def test_black_faces_are_never_blacker_than_black(halvings: int) -> None:
    """Sums of areas that do not add up to rounding must not make an emissivity that is none."""
    black = {"air": "still", "emissivity": 1.0}
    for face in faces_of(stack({"top": black, "bottom": black, "sides": black}), halvings=halvings).values():
        assert face.emissivity == pytest.approx(1.0, rel=1e-12)
        assert face.film(350.0, SEA_LEVEL).radiative > 0


def test_film_of_the_case_radiates_beside_what_it_takes() -> None:
    face = faces_of(stack({"top": {"film": "5 W/m^2/K", "emissivity": 0.5}}))["body.top"]
    found = face.film(400.0, SEA_LEVEL)
    assert (found.convective, found.radiative) == (5.0, radiative_film(400.0, 25 + ZERO, 0.5))
    assert found.film == 5.0 + found.radiative


def test_air_takes_from_a_face_beyond_what_is_known_as_much_as_at_its_end() -> None:
    face = faces_of(stack())["body.top"]
    assert face.film(5000.0, SEA_LEVEL) == face.film(HIGHEST, SEA_LEVEL)
    assert not face.is_known_at(5000.0)
    assert face.is_known_at(400.0)
    radiating = faces_of(stack({"top": {"film": "5 W/m^2/K", "emissivity": 0.5}}))["body.top"]
    assert radiating.is_known_at(1500.0)


def test_round_part_with_a_face_in_air_is_told() -> None:
    """Pads on the face of a board are bare on top."""
    pads = {"name": "pads", "kind": "pads", "on": "board", "material": "copper", "pitch": "2 mm", "diameter": "1 mm",
            "height": "0.1 mm"}  # fmt: skip

    def package(**study: Any) -> Package:
        board = {"name": "board", "kind": "board", "size": ["6 mm", "6 mm"],
                 "layers": [{"material": "copper", "thickness": "1 mm"}]}  # fmt: skip
        environment = {"ambient": "25 degC", **EVERYWHERE}
        return package_of({"study": {"metrics": [], **study}, "environment": environment, "part": [board, pads]})

    square = package()
    check_round_faces(square, tuple(faces_of(square).values()))
    faces = tuple(faces_of(square).values())  # of squares: bare circles cannot be painted at all
    with pytest.raises(GeometryError, match=r"part 'pads'.*whose film would be its own"):
        check_round_faces(package(round=True), faces)
