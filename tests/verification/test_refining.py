"""Is the mesh refined where the width is made, with the best rate there is, until what is wanted is known?"""

import numpy as np
import pytest
from skfem import MeshTet

from tests.element_models import elements, on_interface, stack
from tests.exact import case
from tests.models import Coolant, ends
from thermopkg.answer.metrics import Wanted, own_resistance
from thermopkg.answer.refining import balanced_bracket, cells_to_halve, half_width, refined_to
from thermopkg.fem.effort import BYTES_PER_CELL_BALANCED
from thermopkg.mesh.elements import ElementModel
from thermopkg.system import AMBIENT

CONDUCTANCE = Wanted("minus the heat from end to end", {AMBIENT: 1.0}, {AMBIENT: 1.0}, {AMBIENT: 1.0}, 1.0, "W/K", "")


def strip(parts: int) -> ElementModel:
    """B04: a strip that widens in one step, its far ends held at 0 and 1 K; of cubes, each six cells."""
    own = case("B04").inputs
    (narrow, first), (wide, second) = own["narrow"], own["wide"]
    x, y, z = (
        np.linspace(0, length, round(length * 1e3 * parts) + 1) for length in (first + second, wide, own["depth"])
    )
    whole = MeshTet.init_tensor(x, y, z)
    middle = whole.p[:, whole.t].mean(axis=1)
    mesh = whole.remove_elements(np.flatnonzero((middle[0] < first) & (middle[1] > narrow)))
    held = {"x-": Coolant(np.inf, 0.0), "x+": Coolant(np.inf, 1.0)}
    return elements(mesh, [np.full(3, own["conductivity"])], np.zeros(mesh.nelements, np.int64), held)


def rate(cells: list[int], widths: list[float]) -> float:
    """The power of the number of cells that a width falls with, from the first to the last."""
    return float(np.log(widths[-1] / widths[0]) / np.log(cells[-1] / cells[0]))


def test_even_meshes_close_in_on_a_corner_slowly_and_adaptive_ones_as_on_no_corner():
    """At an edge of 270° the energy of what is missing falls like h^(4/3), that is N^(-4/9), if all cells are halved.

    Cells of h ~ r^m H around the edge, with m between 1/3 and 2/3, have the best rate of linear fields in space, h² or
    N^(-2/3): even without flat cells along the edge.
    """
    exact = 1 / case("B04").values["resistance"]
    models = [strip(1), strip(2)]
    brackets = [balanced_bracket(model, {}, 0.0).matrix.entry(AMBIENT, AMBIENT) for model in models]
    widths = [bracket.relative_half_width for bracket in brackets]
    assert all(bracket.lower < -exact < bracket.upper for bracket in brackets)
    assert rate([model.n_cells for model in models], widths) == pytest.approx(-4 / 9, abs=0.02)
    found = refined_to(models[0], {}, [CONDUCTANCE], 0.0, 2.5e-4)
    assert found.reached
    for step in found.steps:
        assert step.metrics[0].bracket.lower < -exact < step.metrics[0].bracket.upper
    assert found.steps[0].widest == pytest.approx(widths[0], rel=1e-3)
    later = found.steps[1:]
    assert len(later) >= 3
    assert rate([step.n_cells for step in later], [step.widest for step in later]) < -2 / 3
    assert found.model.n_cells < 1.5 * models[1].n_cells  # which itself is at six times the width


def test_the_tolerance_is_met_around_the_truth():
    """FC01: a centred square on a plate; its exact value is a double cosine series (cases.toml)."""
    plate = case("FC01")
    (source,) = plate.sources
    x = np.array([0, *source.x, plate.inputs["footprint"][0]])
    model = stack(plate.layers, x, x, ends(plate.inputs["film_bottom"], 0.0))
    places = {"source": on_interface(plate.layers, 1, source.x, source.y)}
    told = []
    found = refined_to(model, places, [own_resistance("source")], 0.0, 0.02, progress=told.append)
    assert found.reached
    assert found.steps[-1].widest <= 0.02
    assert [step.n_cells for step in told] == [step.n_cells for step in found.steps]
    bracket = found.matrix.entry("source", "source")
    assert bracket.lower < plate.values["theta_ja"] < bracket.upper
    assert bracket.half_width <= 0.02 * bracket.value


@pytest.fixture(scope="module")
def two_places():
    plate = case("FC01")
    (source,) = plate.sources
    x = np.array([0, *source.x, plate.inputs["footprint"][0]])
    model = stack(plate.layers, x, x, ends(plate.inputs["film_bottom"], 0.0), 2)
    corner = (x[0], x[1])
    return model, {
        "source": on_interface(plate.layers, 1, source.x, source.y),
        "corner": on_interface(plate.layers, 1, corner, corner),
    }


def test_the_half_width_of_a_difference_is_told_cell_by_cell(two_places):
    """What the source's watt does to the difference of two places: as the matrix has it."""
    model, places = two_places
    found = balanced_bracket(model, places, 0.0)
    wanted = Wanted("psi", {"source": 1.0, "corner": -1.0}, {"source": 1.0}, {"source": 1.0}, 1.0, "K/W", "")
    error = half_width(found, wanted)
    assert error.sum() == pytest.approx(found.matrix.combination(wanted.first, wanted.second).half_width, rel=1e-7)


@pytest.mark.parametrize("budget", [{"most_cells": 400}, {"free": 1.2e6}])
def test_a_search_ends_before_a_mesh_that_it_may_not_have(two_places, budget):
    model, places = two_places
    found = refined_to(model, places, [own_resistance("source")], 0.0, 1e-4, **budget)
    assert not found.reached
    assert model.n_cells <= found.model.n_cells <= 1.2e6 / BYTES_PER_CELL_BALANCED
    assert found.model.n_cells == found.steps[-1].n_cells


def test_the_fewest_cells_are_halved_that_make_the_share():
    error = np.array([1.0, 5.0, 0.0, 4.0])
    assert cells_to_halve(error, 0.5).tolist() == [False, True, False, False]
    assert cells_to_halve(error, 0.6).tolist() == [False, True, False, True]
