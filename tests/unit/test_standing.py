"""Do maps, levers, spreads and safe values of a case in air speak of the linear case that stands for it, and say so?"""

import io
import tomllib
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console, RenderableType

from tests.small_case import TEXT
from thermopkg import exploration
from thermopkg.answer.linearised import STAYS
from thermopkg.answer.settling import is_linear
from thermopkg.case.case import Case
from thermopkg.case.environment import FilmCondition
from thermopkg.case.load import from_document
from thermopkg.case.parts import Chip
from thermopkg.errors import CaseError
from thermopkg.explore.family import family
from thermopkg.explore.parameters import parameter
from thermopkg.report.levers import (
    levers_document,
    levers_sheet,
    safe_document,
    safe_sheet,
    spread_document,
    spread_sheet,
)
from thermopkg.report.sweep import map_document, map_sheet
from thermopkg.workflow import bounded, geometry

GAP = "sink.gap=0.05mm:0.2mm:3"
STILL = {"air": "still"}
CORNERS = tuple(product((0, 1), (0, 1), (0, 1)))


def case_of(leakage: bool = True, **study: object) -> Case:
    document = tomllib.loads(TEXT)
    document["study"] = {"refine": 0, **study}
    document["environment"] = {"ambient": "25 degC", "top": STILL, "bottom": STILL, "sides": STILL}
    for part in document["part"]:
        if part["name"] == "chip":
            part |= {"power": "0.2 W"} | ({"leakage": {"power": "1 mW", "doubling": "25 K"}} if leakage else {})
    return from_document(document)


def page(shown: RenderableType) -> str:
    paper = Console(width=1000, file=(text := io.StringIO()), markup=False)
    paper.print(shown)
    return text.getvalue()


@pytest.fixture(scope="module")
def case() -> Case:
    return case_of()


@pytest.fixture(scope="module")
def linear(case: Case) -> Case:
    return exploration.standing(case)


def test_linear_case_has_the_films_powers_and_conductivities_of_the_package_at_rest(case: Case, linear: Case) -> None:
    rest = bounded(geometry(case))
    assert rest.point is not None
    assert is_linear(linear)
    assert linear.study.temperature_dependent is False
    films = {name: c.film for name, c in linear.environment.faces.items() if isinstance(c, FilmCondition)}
    assert films == pytest.approx({face.name: face.film.film for face in rest.point.faces}, rel=1e-12)
    (chip,) = (part for part in linear.part if isinstance(part, Chip))
    (leaking,) = rest.point.leaking
    assert chip.leakage is None
    assert chip.power == pytest.approx(0.2 + leaking.leakage, rel=1e-12)
    # silicon is in the chip alone; a cell's temperature is the mean of its corners'
    assert rest.model.package.temperature is not None
    cells = rest.model.cells_of({"chip"})
    nx, ny, nz = cells.shape
    corners = [rest.model.package.temperature.values[a : a + nx, b : b + ny, c : c + nz] for a, b, c in CORNERS]
    mean = np.average(np.mean(corners, axis=0)[cells], weights=rest.model.volumes()[cells])
    silicon = float(case.material_named("silicon").conductivity.along(mean)[0])
    assert float(linear.material_named("silicon").conductivity.along()[0]) == pytest.approx(silicon, rel=1e-12)
    assert linear.material_named("silicon").density == case.material_named("silicon").density


def test_linear_case_has_the_answer_of_the_package_at_rest(case: Case, linear: Case) -> None:
    """What it lacks, differences of conductivity within one material, is of second order.

    Most differs the air between the balls: by 5 % to either side, squared, times its share of the answer, a tenth.
    """
    rest, stands = (bounded(geometry(one)).metrics[0].bracket for one in (case, linear))
    assert stands.value == pytest.approx(rest.value, rel=0.05**2 * 0.1)


def test_a_linear_case_stands_for_itself_and_nothing_is_said() -> None:
    document = tomllib.loads(TEXT)
    document["study"] = {"refine": 0}
    case = from_document(document)
    assert exploration.standing(case) is case
    assert exploration.find_levers(case).note == ""
    assert STAYS not in page(levers_sheet(exploration.find_levers(case)))


def test_map_is_that_of_the_linear_case_and_says_so(case: Case, linear: Case) -> None:
    chart, same = exploration.chart_map(case, [GAP], exact=1), exploration.chart_map(linear, [GAP])
    assert chart.brackets.value == pytest.approx(same.brackets.value, rel=1e-9)
    assert all(one.meet for one in chart.resolved)
    assert STAYS in page(map_sheet(chart))
    assert "solved again in full, each on a mesh of its own, with these" in page(map_sheet(chart))
    assert map_document(chart)["note"] == STAYS
    assert same.note == ""
    assert map_document(same)["note"] is None


def test_kept_model_knows_the_case_that_it_was_made_for(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    made = exploration.chart_map(case, [GAP], file)
    again = exploration.chart_map(case, [GAP], file, progress=lambda text: pytest.fail(text))  # nothing is solved
    assert again.brackets.value == pytest.approx(made.brackets.value, rel=1e-12)
    assert again.note == STAYS
    with pytest.raises(CaseError, match="was made for another case"):
        exploration.chart_map(case_of(leakage=False), [GAP], file)


def test_levers_are_those_of_the_linear_case_films_and_all(case: Case, linear: Case) -> None:
    found, same = exploration.find_levers(case), exploration.find_levers(linear)
    assert found.total == pytest.approx(-1, abs=1e-8)
    assert {"sink.top.film", "mould.sides.film", "chip.conductivity"} <= {one.name for one in found.levers}
    assert {one.name: one.slope for one in found.levers} == pytest.approx(
        {one.name: one.slope for one in same.levers}, rel=1e-6, abs=1e-9
    )
    assert STAYS in page(levers_sheet(found))
    assert levers_document(found)["note"] == STAYS


def test_spreads_and_safe_values_say_so(case: Case) -> None:
    spread = exploration.find_spread(case, ["sink.gap=10%"], exploration.find_levers(case))
    assert STAYS in page(spread_sheet(spread))
    assert spread_document(spread)["note"] == STAYS
    safe = exploration.find_safe(case_of(junction_limit="200 degC"), "sink.gap=0.05mm:0.2mm")
    assert STAYS in page(safe_sheet(safe))
    assert safe_document(safe)["note"] == STAYS


def test_round_joints_in_air_are_refused_before_anything_comes_to_rest() -> None:
    case = case_of(round=True)
    for ask in (
        lambda told: exploration.chart_map(case, [GAP], progress=told),
        lambda _: exploration.find_levers(case),
    ):
        with pytest.raises(CaseError, match=r"study\.round"):
            ask(lambda text: pytest.fail(text))


def test_a_family_is_of_a_linear_case() -> None:
    case = case_of()
    own = parameter(case, "sink.gap")
    with pytest.raises(CaseError, match="take the linear case that stands for it at rest"):
        family(geometry(case), [own], *(1e-4 * np.array([f]) for f in (0.9, 1.1)))
