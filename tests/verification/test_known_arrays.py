"""Do arrays conduct what theory says between two held faces on tetrahedra, and are networks what fractions say?

The lattices' own unit cells are held in tests/unit/test_unit_cell.py; here the same cells are meshed otherwise.
"""

from dataclasses import replace

import numpy as np
import pytest
from skfem import MeshTet

from tests import element_models
from tests.exact import case
from tests.models import Coolant, even
from tests.unit.test_unit_cell import cell
from thermopkg.answer import unit_cell
from thermopkg.answer.referee import element_bracket
from thermopkg.fem.holding import means
from thermopkg.mesh.elements import ElementModel, ExposedFacets
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.package.arrays import columns, discs
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid
from thermopkg.system import AMBIENT


def between_sides(model: ElementModel) -> tuple[float, float]:
    """Bounds on the heat per kelvin from the low to the high end along x, W/K; fields from above, fluxes from below."""
    found = element_bracket(model, {}, 0.0).entry(AMBIENT, AMBIENT)
    return -found.upper, -found.lower


def test_a_checkerboard_lies_in_the_bracket_of_tetrahedra(book) -> None:
    """H01 at 390 to 1: where four squares meet the field is so singular that bounds close like h^0.13."""
    exact = case("H01")
    truth, lower, upper, cells = exact.values["effective"], [], [], []
    cooling = {"x-": Coolant(np.inf, 1.0), "x+": Coolant(np.inf, 0.0)}
    for n in (4, 8, 16):
        ticks = even(-1.0, 0.0, 1.0, parts=n)
        mesh = MeshTet.init_tensor(ticks, even(0.0, 1.0 / n), ticks)
        middle = mesh.p[:, mesh.t].mean(axis=1)
        region = np.where((middle[0] < 0) == (middle[2] < 0), 0, 1)
        conductivity = [(k,) * 3 for k in exact.inputs["conductivities"]]
        low, high = (n * end for end in between_sides(element_models.elements(mesh, conductivity, region, cooling)))
        assert low < truth < high
        lower.append(low)
        upper.append(high)
        cells.append(mesh.t.shape[1])
    middles = np.sqrt(np.array(lower) * upper)  # as conductance and resistance stand alike
    assert middles[-1] == pytest.approx(truth, rel=1e-2)
    assert all(np.diff(lower) > 0)
    assert all(np.diff(upper) < 0)
    book.record("H01", "effective", "elements", "W/m/K", truth, cells=cells, value=list(middles), lower=lower,
                upper=upper, tolerance=1e-2)  # fmt: skip


def meshed_cell(sides: int, finer: float) -> ElementModel:
    """H03's cell around its bump as prisms on a polygon of the circle's area, held at its ends along x."""
    inputs = case("H03").inputs
    diameter, pitch = inputs["diameter"], inputs["pitch"]
    own = cell(inputs["bump_conductivity"], inputs["matrix_conductivity"], diameter, (pitch,) * 2, circles=True)
    scale, origin = 2 / pitch, np.zeros((1, 2))
    whole, bump = columns(origin, 2.0, (0.0, 1.0)), columns(origin, scale * own.columns[0].side, (0.0, 1.0))
    solids = (
        Solid("fill", "fill", "fill", "fill", whole),
        Solid("column-0", "column-0", "vias", "column-0", bump, discs=discs(bump, scale * diameter)),
    )
    model = tetrahedra(Package(unit_cell._case(own), {}, solids, (), {}), (), finer, sides)
    facets = MeshTet(model.points, model.cells)
    outside = facets.facets[:, facets.boundary_facets()]
    exposed = tuple(
        ExposedFacets("cell", "sides", n, outside[:, (np.abs(model.points[0][outside] - x) < 1e-9).all(axis=0)])
        for n, x in enumerate((-1.0, 1.0))
    )
    flat = model.points * np.array([[1.0], [1.0], [1.0 / sides]])  # any height will do; cells keep their shape
    return replace(model, points=flat, surfaces=unit_cell.HELD, exposed=exposed)


def test_a_round_bump_lies_in_the_bracket_of_tetrahedra(book) -> None:
    """H03 with polygons of 8, 12 and 16 sides, whose areas are the circle's."""
    exact = case("H03")
    truth, lower, upper, cells = exact.values["in_plane"], [], [], []
    for sides, finer in ((8, 1.0), (12, 1.5), (16, 2.0)):
        model = meshed_cell(sides, finer)
        low, high = (end * sides for end in between_sides(model))
        lower.append(low)
        upper.append(high)
        cells.append(model.n_cells)
    assert all(low < truth < high for low, high in zip(lower, upper, strict=True))
    middles = np.sqrt(np.array(lower) * upper)
    assert middles[-1] == pytest.approx(truth, rel=1e-2)
    book.record("H03", "in_plane", "elements", "W/m/K", truth, cells=cells, value=list(middles), lower=lower,
                upper=upper, tolerance=1e-2)  # fmt: skip


def test_fields_of_second_order_know_a_round_bump_to_a_ten_thousandth(book) -> None:
    """H03 from above: fields of second order on polygons of ever more sides."""
    exact = case("H03")
    truth, found, cells = exact.values["in_plane"], [], []
    for sides, finer in ((16, 1.5), (32, 2.0), (40, 2.0)):
        model = meshed_cell(sides, finer)
        answer = element_models.responses(model, {}, 0.0, order=2)
        found.append(-float(means(answer.system, answer.rises)[0, 0]) * sides)
        cells.append(model.n_cells)
    assert found[0] > found[1] > found[2]
    assert found[-1] == pytest.approx(truth, rel=exact.tolerance)
    book.record("H03", "in_plane, by fields of second order", "elements", "W/m/K", truth, cells=cells, value=found,
                tolerance=exact.tolerance)  # fmt: skip
