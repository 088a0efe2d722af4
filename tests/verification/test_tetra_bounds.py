"""Does the truth lie between fields and fluxes on tetrahedra, and do both engines' brackets share it?"""

import tomllib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.element_models import on_interface, resistances, responses, stack
from tests.exact import case
from tests.exact.slab import series_rise, solve_slab
from tests.exact.stack import Layer, isotropic
from tests.models import Coolant, ends, solid
from tests.small_case import BAR, TEXT
from tests.verification.test_contacts import flip_chip as flip_chip_with_contact
from tests.verification.test_round import PLATED, SOLID, through_via
from thermopkg.answer.answer import patches, reference_temperature, wanted_places
from thermopkg.answer.answer import solve as solve_voxels
from thermopkg.answer.referee import REMAINDER, element_bracket
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError, ModelError
from thermopkg.fem import mixed
from thermopkg.fem.holding import means
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.patch import VolumePatch
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.mesh.voxel import paint
from thermopkg.package.placing import place
from thermopkg.system import AMBIENT

LAYERS = (isotropic(0.5e-3, 20.0), Layer(20e-6, (400.0, 400.0, 0.5)), isotropic(1e-3, 150.0))
X, Y = np.array([0.0, 0.7e-3, 2e-3]), np.array([0.0, 1e-3])  # m
AREA = 2e-6  # m^2


def fluxes(model, places, reference=0.0):
    return responses(model, places, reference, emit=mixed.emit)


# ---------------------------------------------------------------- one dimension
@pytest.mark.parametrize("interface", [1, 2, 3])
def test_a_stack_heated_on_an_interface_is_exact(interface):
    """The flux is constant between interfaces: one of lowest order, whatever the tetrahedra."""
    model = stack(LAYERS, X, Y, ends(100.0, 400.0))
    found = fluxes(model, {"source": on_interface(LAYERS, interface, (0.0, 2e-3), (0.0, 1e-3))})
    exact = series_rise(LAYERS, 100.0, 400.0, interface) / AREA
    assert means(found.system, found.rises)[0, 0] == pytest.approx(exact, rel=1e-8)


def test_a_heated_layer_is_exact_too():
    """A flux that is linear across a layer heated evenly is of lowest order as well, and here its energy is exact."""
    model = stack(LAYERS, X, Y, ends(100.0, 400.0))
    found = fluxes(model, {"layer": VolumePatch(frozenset({solid(0)}))})
    exact = series_rise(LAYERS, 100.0, 400.0, source_layer=0) / AREA
    value = means(found.system, found.rises)[0, 0]
    assert exact * (1 - 1e-8) <= value
    assert value == pytest.approx(exact, rel=0.01)  # the slanted faces of cells bend it a little


@pytest.mark.parametrize("bottom", [100.0, np.inf])
def test_two_ambients_are_one_more_load(bottom):
    model = stack(LAYERS, X, Y, ends(bottom, 400.0, -5.0, 12.0))
    found = fluxes(model, {"source": on_interface(LAYERS, 2, (0.0, 2e-3), (0.0, 1e-3))})
    exact = solve_slab(LAYERS, bottom, 400.0, interface_heat={2: 3.0 / AREA}, ambient_bottom=-5.0, ambient_top=12.0)
    powers = {"source": 3.0, AMBIENT: 1.0}
    rise = found.rise(powers)
    assert found.system.mean("source", rise, powers) == pytest.approx(exact.interfaces[2], rel=1e-8)
    heats = {face: heat for (_, face, _), heat in found.system.leaving(rise, powers).items()}
    assert heats["bottom"] == pytest.approx(exact.flux_down * AREA, rel=1e-7)
    assert heats["top"] == pytest.approx(exact.flux_up * AREA, rel=1e-7)


# ---------------------------------------------------------------- around the truth
@pytest.mark.parametrize("order", [1, 2])
def test_the_bracket_of_a_plate_closes_in_on_the_series(order):
    """FC01: a centred square on a plate; its exact value is a double cosine series (cases.toml)."""
    plate = case("FC01")
    (source,) = plate.sources
    side, exact, widths = plate.inputs["footprint"][0], plate.values["theta_ja"], []
    for parts in (1, 2, 4):
        pieces = ((0, source.x[0]), source.x, (source.x[1], side))
        x = np.unique(np.concatenate([np.linspace(a, b, 2 * parts + 1) for a, b in pieces]))
        model = stack(plate.layers, x, x, ends(plate.inputs["film_bottom"], 0.0), parts)
        found = element_bracket(model, {"source": on_interface(plate.layers, 1, source.x, source.y)}, 0.0, order)
        bracket = found.entry("source", "source")
        assert bracket.lower < exact < bracket.upper
        widths.append(bracket.half_width)
    assert widths[0] > 1.5 * widths[1] > 2.5 * widths[2]


def test_a_die_in_a_package_lies_inside():
    """P01: orthotropic layers, a die smaller than its body; by spectral elements of degree 8 (cases.toml).

    Bumps and die end at the die's outline and compound surrounds them, which makes two more regions.
    """
    die = case("P01")
    inputs = die.inputs
    side, edge = inputs["footprint"][0], inputs["die_x"]
    x = np.unique(np.concatenate([np.linspace(a, b, 5) for a, b in ((0, edge[0]), edge, (edge[1], side))]))
    model = stack(die.layers, x, x, ends(inputs["film_bottom"], inputs["film_top"]), 2)
    middle = model.middles
    outside = (np.abs(middle[:2] - side / 2) > (edge[1] - edge[0]) / 2).any(axis=0)
    names = [layer["name"] for layer in inputs["layers"]]
    confined = np.array([name in inputs["confined_to_die"] for name in names])
    region = model.region.copy()
    region[outside & confined[region]] = len(names)
    compound = type(model.regions[0])(*(solid(9),) * 2, "body", solid(9), None,
                                      np.full(3, inputs["encapsulant_conductivity"]))  # fmt: skip
    model = type(model)(model.points, model.cells, region, (*model.regions, compound), model.surfaces, model.exposed)
    (source,) = die.sources
    place_ = on_interface(die.layers, source.interface, source.x, source.y)
    bracket = element_bracket(model, {"die": place_}, 0.0, order=2).entry("die", "die")
    assert bracket.lower < die.values["theta_ja"] < bracket.upper
    assert bracket.half_width < 0.05 * bracket.value


@given(
    st.lists(st.tuples(st.floats(0.1, 400), st.floats(0.1, 400), st.floats(5e-5, 1e-3)), min_size=1, max_size=3),
    st.floats(50.0, 1e4), st.floats(0.0, 1e4), st.floats(0.05, 0.95),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_any_stack_lies_between(layers, bottom, top, share):
    """Heat on part of the top of a stack: the first order, the second, and fluxes stand in their order."""
    stacked = tuple(Layer(t, (kx, kx, kz)) for kx, kz, t in layers)
    x = np.array([0.0, share * 1e-3, 2e-3])
    model = stack(stacked, x, Y, ends(bottom, top))
    place_ = {"source": on_interface(stacked, len(stacked), (0.0, share * 1e-3), (0.0, 1e-3))}
    first, second = (resistances(model, place_, order=order)[0, 0] for order in (1, 2))
    upper = element_bracket(model, place_, 0.0).entry("source", "source").upper
    assert first <= second * (1 + 1e-8)
    assert second <= upper * (1 + 1e-8)


# ---------------------------------------------------------------- both engines
@pytest.mark.parametrize("text", [BAR, TEXT], ids=["bar", "flip chip"])
def test_both_engines_share_the_truth_of_a_package_of_boxes(text):
    """The same package, joints as squares on both sides, bounded by lattices and by elements, at several places."""
    package = place(from_document(tomllib.loads(text)))
    some = {"chip.active", "carrier", "chip.bumps", "sink", "capacitor", "foot", "bar"}
    places = {name: patch for name, patch in patches(package).items() if name in some}
    voxels = solve_voxels(paint(package, geometry_grid(package).graded(2.0)))
    model = tetrahedra(package, places.values(), sides=None)
    found = element_bracket(model, places, reference_temperature(package.case))
    for name in places:
        one, other = voxels.matrix.entry(name, name), found.entry(name, name)
        assert one.lower <= other.upper, name
        assert other.lower <= one.upper, name


# ---------------------------------------------------------------- round
@pytest.mark.parametrize("sides", [None, 8, 12], ids=["square", "octagon", "dodecagon"])
@pytest.mark.parametrize(
    ("via", "exact"), [({}, SOLID), ({"plating": "0.1 mm", "fill": "core"}, PLATED)], ids=["solid", "plated"]
)
def test_parallel_paths_of_any_shape_are_exact(via, exact, sides):
    """A via between two plates: height over the sum of k times area, whatever the shape, as areas are the circles'."""
    package = place(from_document(through_via(**via)))
    places = {"lid": VolumePatch(frozenset({"lid"}))}
    model = tetrahedra(package, places.values(), sides=sides)
    bracket = element_bracket(model, places, reference_temperature(package.case)).entry("lid", "lid")
    assert bracket.lower == pytest.approx(exact, rel=1e-5)  # the lid itself adds some 1e-7
    assert bracket.upper == pytest.approx(exact, rel=1e-5)


# ---------------------------------------------------------------- contacts
def on_tetrahedra(document, finer=1.0, sides=None):
    """Bounds on what the study asks for, and the package."""
    package = place(from_document(document))
    places = wanted_places(package)
    model = tetrahedra(package, places.values(), finer, sides)
    return element_bracket(model, places, reference_temperature(package.case)), package


@pytest.mark.parametrize("finer", [1.0, 2.0])
def test_a_flip_chip_across_a_contact_is_exact_from_both_sides(finer):
    """A03 has a contact of 5 mm^2 K/W between chip and copper (cases.toml): one dimension, where both are exact."""
    document = flip_chip_with_contact(metrics=["theta_ja"])
    matrix, _ = on_tetrahedra({**document, "study": {"metrics": ["theta_ja"]}}, finer)
    bracket = matrix.entry("chip.active", "chip.active")
    exact = case("A03").values["theta_ja"]
    assert bracket.lower == pytest.approx(exact, rel=1e-7)
    assert bracket.upper == pytest.approx(exact, rel=2 * REMAINDER)


def contacted(resistance, patch=None):
    """A block, heated, on another, which is cooled from below: heat goes round a void in their contact."""
    contact = {"between": ["upper", "lower"], "resistance": resistance}
    if patch is not None:
        contact["patch"] = [patch]
    return {
        "title": "two blocks",
        "part": [
            {"name": "lower", "kind": "block", "size": ["10 mm", "8 mm", "0.5 mm"], "material": "silicon"},
            {"name": "upper", "kind": "block", "on": "lower", "size": ["10 mm", "8 mm", "0.2 mm"],
             "material": "silicon", "power": "1 W"},
        ],
        "contact": [contact],
        "environment": {
            "ambient": "0 K", "bottom": {"film": "800 W/m^2/K"}, "top": {"film": "30 W/m^2/K"},
        },
        "study": {"metrics": [], "refine": 0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("resistance", "patch"),
    [
        ("1 mm^2 K/W", None),
        ("100 mm^2 K/W", None),
        ("1 mm^2 K/W", {"at": ["0.5 mm", "0 mm"], "size": ["2 mm", "1 mm"], "resistance": "open"}),
    ],
    ids=["good", "bad", "a void"],
)
def test_both_engines_share_the_truth_across_a_contact(resistance, patch):
    document = contacted(resistance, patch)
    matrix, package = on_tetrahedra(document, 2.0)
    voxels = solve_voxels(paint(package, geometry_grid(package).graded(2.0)))
    one, other = (own.entry("upper", "upper") for own in (voxels.matrix, matrix))
    assert one.lower <= other.upper
    assert other.lower <= one.upper
    assert other.half_width < 0.1 * other.value


def test_a_contact_adds_at_least_its_resistance_over_the_area():
    """Of all ways through the contact the even one takes least: R / A of what goes down, or more, and for certain."""
    apart, together = (
        on_tetrahedra(contacted(told), 2.0)[0].entry("upper", "upper") for told in ("100 mm^2 K/W", "1e-6 mm^2 K/W")
    )
    added = (100e-6 - 1e-12) / 80e-6 * 0.9  # nine tenths at least go down: the films are 30 and 800 W/m^2/K
    assert apart.lower > together.upper + added


# ---------------------------------------------------------------- what is refused
def test_a_layer_that_conducts_nothing_along_itself_is_refused():
    layers = (isotropic(0.5e-3, 20.0), Layer(1e-9, (0.0, 0.0, 1.0)), isotropic(1e-3, 150.0))
    with pytest.raises(ModelError, match="bounds of tetrahedra from above are not known"):
        mixed.emit(stack(layers, X, Y, ends(100.0, 400.0)), {}, 0.0)


def test_what_does_not_fit_is_refused_with_numbers():
    with pytest.raises(GeometryError, match="36 cells with fluxes of lowest order would need about"):
        mixed.emit(stack(LAYERS, X, Y, ends(100.0, 400.0)), {}, 0.0, free=1e3)


def test_heat_leaves_through_films_beside_held_faces():
    cooling = {"z-": Coolant(np.inf, 4.0), "x+": Coolant(300.0, 1.0), "z+": Coolant(50.0, -2.0)}
    found = fluxes(stack(LAYERS, X, Y, cooling), {"source": on_interface(LAYERS, 2, (0.0, 2e-3), (0.0, 1e-3))})
    powers = {"source": 2.0, AMBIENT: 1.0}
    assert sum(found.system.leaving(found.rise(powers), powers).values()) == pytest.approx(2.0, rel=1e-7)
    a = means(found.system, found.rises)
    assert a == pytest.approx(a.T, rel=1e-7)
    own = found.system.leaving(found.rise({AMBIENT: 1.0}), {AMBIENT: 1.0})
    exact = sum(heat * cooling[surface].rise for (_, _, surface), heat in own.items())  # into each coolant, its rise
    assert a[1, 1] == pytest.approx(exact, rel=1e-7)
