"""Are the slopes of an answer those that changing the inputs shows? Against full solves, and sums that come out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.plates import STILL, Document, block, chip, package_of, substance
from thermopkg.answer.answer import solve
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.examination import Examined, by_material, examine
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.workflow import geometry, meshed

CHANGE = 1e-3  # of a conductivity, to either side
SAME = 1e-4  # of a slope; the third derivative leaves 1e-6 / 6 of it, and two solves to 1e-8 leave 1e-5
REMAINDER = (1e-7, 3e-6)  # of theta_ja and of psi_jt: what solvers leave in a sum of all slopes
LEAST_SLOPE = 1e-3  # below, a slope is nothing beside what solvers leave


def document(factors: Mapping[str, float], **more: Any) -> Document:
    """A board with half a layer of copper, a block in layers, an orthotropic chip; each conductivity times a factor."""

    def k(name: str, value: float) -> str:
        return f"{value * factors.get(name, 1.0)!r} W/m/K"

    layers = [
        {"material": "metal", "thickness": "0.2 mm", "coverage": 0.4, "fill": "resin"},
        {"material": "resin", "thickness": "0.8 mm"},
    ]
    return {
        "study": {"metrics": ["theta_ja", "psi_jt"]},
        "environment": {"ambient": "25 degC", "top": {"film": "30 W/m^2/K"}, "bottom": {"film": "200 W/m^2/K"}},
        "materials": {
            "metal": substance(k("metal", 40.0)),
            "resin": substance(k("resin", 1.0)),
            "body": substance({"in_plane": k("body.in_plane", 20.0), "through": k("body.through", 3.0)}),
            "die": substance(k("die", 100.0)),
        },
        "part": [
            {"name": "board", "kind": "board", "size": ["16 mm", "12 mm"], "layers": layers},
            block("body", "1 mm", "body", on="board"),
            chip("chip", "body", "die", "4 mm", power="2 W"),
        ],
        **more,
    }


def model_of(factors: Mapping[str, float]) -> VoxelModel:
    package = package_of(document(factors))
    planes = tuple(np.array(values) for values in ([-0.5e-3, 0.5e-3], [-0.5e-3, 0.5e-3], []))
    grid = geometry_grid(package, (planes[0], planes[1], planes[2]), (True, True))
    return paint(package, grid.graded(8.0))


def middles(factors: Mapping[str, float]) -> list[Bracket]:
    return [metric.bracket for metric in solve(model_of(factors), every_part=False).metrics]


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine(model_of({}))


@pytest.mark.parametrize("name", ["metal", "resin", "body.in_plane", "body.through", "die"])
@pytest.mark.parametrize("number", [0, 1])
def test_slope_of_a_material_is_that_of_full_solves(examined: Examined, name: str, number: int) -> None:
    """By central differences in the logarithm, of the middle of the bracket, whose slope it is."""
    above, below = (middles({name: 1 + sign * CHANGE})[number].value for sign in (1, -1))
    slope = -np.log(above / below) / np.log((1 + CHANGE) / (1 - CHANGE))
    material, _, way = name.partition(".")
    in_plane, through = by_material(examined, number)[material]
    found = {"": in_plane + through, "in_plane": in_plane, "through": through}[way]
    assert found == pytest.approx(slope, rel=SAME, abs=SAME * LEAST_SLOPE)


@pytest.mark.parametrize("number", [0, 1])
def test_all_slopes_together_are_minus_one(examined: Examined, number: int) -> None:
    """The answer is of degree -1 in all conductivities and films together, by Euler's theorem.

    What solvers leave is 3e-8 of the junction's rise, and psi_jt on this grid a hundredth of that.
    """
    materials = sum(in_plane + through for in_plane, through in by_material(examined, number).values())
    shares = examined.shares[number]
    assert materials + shares.sides.sum() + shares.flats.sum() == pytest.approx(1, abs=REMAINDER[number])
    assert materials == pytest.approx(shares.cells.sum(), abs=1e-12)


def test_answers_are_those_of_the_run(examined: Examined) -> None:
    for found, want in zip(examined.wanted, solve(model_of({})).metrics, strict=True):
        assert (found.name, found.unit) == (want.name, want.unit)
        # the run's guard is another load for every part
        assert (found.bracket.lower, found.bracket.upper) == pytest.approx(
            (want.bracket.lower, want.bracket.upper), rel=1e-5
        )


def test_a_quarter_has_the_slopes_of_the_whole(examined: Examined) -> None:
    quarter = examined.model.grid
    x, y = (np.concatenate([2 * t[0] - t[:0:-1], t]) for t in (quarter.x, quarter.y))
    whole = examine(paint(examined.model.package, Grid(x, y, quarter.z)))
    for number in (0, 1):
        for name, slopes in by_material(whole, number).items():
            assert by_material(examined, number)[name] == pytest.approx(slopes, abs=10 * REMAINDER[number])


def test_fields_are_there_to_go_on_from(examined: Examined) -> None:
    below, above = examined.fields
    assert set(below) == set(above) == set(examined.matrix.names)
    again = examine(examined.model, examined.fields)
    assert again.wanted[0].bracket.value == pytest.approx(examined.wanted[0].bracket.value, rel=1e-9)


def test_slopes_of_a_package_at_rest_are_those_of_the_linear_one() -> None:
    """Cells of one material in many classes of temperature still add up to one slope, and all of them to minus one."""
    law = {"value": "20 W/m/K", "reference": "300 K", "exponent": -1.3}
    air = {"top": STILL, "bottom": STILL, "sides": STILL}
    told = document({}, study={"refine": 1}, environment={"ambient": "25 degC", **air})
    told["materials"]["body"] = substance(law)
    adapted = meshed(geometry(package_of(told).case), whole=False)
    found = examine(adapted.model, adapted.starts)
    assert len(found.model.regions) > 10
    slopes = by_material(found, 0)
    assert set(slopes) == {"metal", "resin", "body", "die"}
    shares = found.shares[0]
    total = sum(map(sum, slopes.values())) + shares.sides.sum() + shares.flats.sum()
    assert total == pytest.approx(1, abs=1e-7)


def test_a_contact_has_a_share_and_belongs_to_no_material() -> None:
    joint = {"between": ["board", "body"], "resistance": "50 mm^2*K/W"}
    package = package_of({**document({}, study={"metrics": ["theta_ja"]}), "contact": [joint]})
    found = examine(paint(package, geometry_grid(package).graded(8.0)))
    materials = sum(in_plane + through for in_plane, through in by_material(found, 0).values())
    shares = found.shares[0]
    contact = sum(float(shares.cells[:, i].sum()) for i, r in enumerate(found.model.regions) if r.contact is not None)
    assert 0.01 < contact < 0.5
    assert materials + contact + shares.sides.sum() + shares.flats.sum() == pytest.approx(1, abs=1e-7)
