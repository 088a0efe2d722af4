"""Do elements converge at their orders, and from below? Against smooth fields and exact stacks."""

import numpy as np
import pytest
from skfem import Basis, LinearForm, MeshHex, MeshTet

from tests.element_models import elements, on_interface, resistances, responses, stack
from tests.exact import case, manufactured
from tests.exact.slab import series_rise, solve_slab
from tests.exact.stack import Layer, isotropic
from tests.models import Coolant, ends, solid
from thermopkg.errors import GeometryError, ModelError
from thermopkg.fem import assemble
from thermopkg.fem.holding import means
from thermopkg.fem.places import Places
from thermopkg.mesh.patch import VolumePatch
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.preparing import prepared
from thermopkg.system import AMBIENT

ORDER = 0.1  # |observed - theory|


def errors(kind, order, n):
    """Relative errors in the mean square and in the gradient of the manufactured block, n by 0.8 n by n / 5 cells."""
    ticks = tuple(np.linspace(0, a, m + 1) for a, m in zip(manufactured.SIZE, (n, 4 * n // 5, n // 5 * 2), strict=True))
    mesh = kind.init_tensor(*ticks)
    cooling = ends(manufactured.FILM_BOTTOM, manufactured.FILM_TOP)
    model = elements(mesh, [manufactured.CONDUCTIVITY], np.zeros(mesh.t.shape[1], int), cooling)
    element = assemble.ELEMENTS[model.cells.shape[0], order]()
    places = Places(model)
    fine = Basis(places.mesh, element, intorder=2 * order + 2)
    load = LinearForm(lambda v, w: manufactured.source(*w.x) * v).assemble(fine)
    system = assemble.emit(model, {}, 0.0, order)
    rise = prepared(system.conductance, ConjugateGradients(1e-11, 500)).solve(load).field
    found = fine.interpolate(rise)
    x = np.asarray(fine.global_coordinates())
    exact, slope = manufactured.temperature(*x) - manufactured.AMBIENT, manufactured.gradient(*x)
    square = np.sum((np.asarray(found) - exact) ** 2 * fine.dx) / np.sum(exact**2 * fine.dx)
    gradient = np.sum((found.grad - slope) ** 2 * fine.dx) / np.sum(slope**2 * fine.dx)
    return np.sqrt([square, gradient])


@pytest.mark.parametrize(
    ("kind", "order", "sizes"),
    [(MeshTet, 1, (10, 20, 40)), (MeshTet, 2, (5, 10, 20)), (MeshHex, 1, (10, 20)), (MeshHex, 2, (5, 10))],
    ids=["P1", "P2", "Q1", "Q2"],
)
def test_temperature_converges_at_order_and_its_gradient_one_lower(kind, order, sizes):
    found = np.array([errors(kind, order, n) for n in sizes])
    rates = np.log2(found[:-1] / found[1:])[-1]  # of the finest two meshes
    assert rates[0] == pytest.approx(order + 1, abs=ORDER)
    assert rates[1] == pytest.approx(order, abs=ORDER)


# ---------------------------------------------------------------- one dimension
LAYERS = (isotropic(0.5e-3, 20.0), Layer(20e-6, (400.0, 400.0, 0.5)), isotropic(1e-3, 150.0))
X, Y = np.array([0.0, 0.7e-3, 2e-3]), np.array([0.0, 1e-3])  # m
AREA = 2e-6  # m^2


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("interface", [1, 2, 3])
def test_a_stack_heated_on_an_interface_is_exact(interface, order):
    """Linear from interface to interface, and so within the first order already, whatever the mesh."""
    model = stack(LAYERS, X, Y, ends(100.0, 400.0))
    place = on_interface(LAYERS, interface, (0.0, 2e-3), (0.0, 1e-3))
    exact = series_rise(LAYERS, 100.0, 400.0, interface) / AREA
    assert resistances(model, {"source": place}, order=order)[0, 0] == pytest.approx(exact, rel=1e-9)


def test_a_parabola_is_of_second_order():
    """Heat throughout a layer makes a parabola across it: exact with P2, too low with P1."""
    model = stack(LAYERS, X, Y, ends(100.0, 400.0))
    exact = series_rise(LAYERS, 100.0, 400.0, source_layer=0) / AREA
    whole = VolumePatch(frozenset({solid(0)}))
    first, second = (resistances(model, {"layer": whole}, order=order)[0, 0] for order in (1, 2))
    assert second == pytest.approx(exact, rel=1e-9)
    assert first < exact * (1 - 1e-4)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("bottom", [100.0, np.inf])
def test_two_ambients_are_one_more_load(bottom, order):
    """Coolants of -5 K and 12 K, the lower by a film or held: rises and watts by resistances in series."""
    model = stack(LAYERS, X, Y, ends(bottom, 400.0, -5.0, 12.0))
    place = on_interface(LAYERS, 2, (0.0, 2e-3), (0.0, 1e-3))
    found = responses(model, {"source": place}, order=order)
    exact = solve_slab(LAYERS, bottom, 400.0, interface_heat={2: 3.0 / AREA}, ambient_bottom=-5.0, ambient_top=12.0)
    powers = {"source": 3.0, AMBIENT: 1.0}
    rise = found.rise(powers)
    assert found.system.mean("source", rise, powers) == pytest.approx(exact.interfaces[2], rel=1e-9)
    heats = {face: heat for (_, face, _), heat in found.system.leaving(rise, powers).items()}
    assert heats["bottom"] == pytest.approx(exact.flux_down * AREA, rel=1e-8)
    assert heats["top"] == pytest.approx(exact.flux_up * AREA, rel=1e-8)
    # the compliance of the coolants alone, by its definition: minus the heat that goes from one to the other times
    # the difference that drives it
    through = 17.0**2 * AREA / (1 / bottom + sum(layer.resistance for layer in LAYERS) + 1 / 400.0)
    assert means(found.system, found.rises)[1, 1] == pytest.approx(-through, rel=1e-8)


def test_heat_leaves_through_films_beside_held_faces():
    """A held bottom meets cooled sides along an edge: all that is made leaves, and nothing is counted twice."""
    cooling = {"z-": Coolant(np.inf, 4.0), "x+": Coolant(300.0, 1.0), "z+": Coolant(50.0, -2.0)}
    model = stack(LAYERS, X, Y, cooling)
    found = responses(model, {"source": on_interface(LAYERS, 2, (0.0, 2e-3), (0.0, 1e-3))})
    powers = {"source": 2.0, AMBIENT: 1.0}
    rise = found.rise(powers)
    assert sum(found.system.leaving(rise, powers).values()) == pytest.approx(2.0, rel=1e-9)
    a = means(found.system, found.rises)
    assert a == pytest.approx(a.T, rel=1e-8)
    # the compliance of the coolants alone is the sum of what leaves into each, times its own rise
    own = found.system.leaving(found.rise({AMBIENT: 1.0}), {AMBIENT: 1.0})
    exact = sum(heat * cooling[surface].rise for (_, _, surface), heat in own.items())
    assert a[1, 1] == pytest.approx(exact, rel=1e-8)


def test_two_held_temperatures_in_one_point_are_refused():
    model = stack(LAYERS, X, Y, {"z-": Coolant(np.inf, 4.0), "x+": Coolant(np.inf, 1.0)})
    with pytest.raises(ModelError, match="meets another one along an edge"):
        assemble.emit(model, {}, 0.0)


# ---------------------------------------------------------------- from below
@pytest.mark.parametrize(("order", "near"), [(1, 0.02), (2, 0.002)])
def test_the_compliance_rises_towards_the_truth(order, near):
    """FC01: a centred square on a plate; its exact value is a double cosine series (cases.toml)."""
    plate = case("FC01")
    (source,) = plate.sources
    side, found = plate.inputs["footprint"][0], []
    for parts in (1, 2, 4):
        pieces = ((0, source.x[0]), source.x, (source.x[1], side))
        x = np.unique(np.concatenate([np.linspace(a, b, 2 * parts + 1) for a, b in pieces]))
        model = stack(plate.layers, x, x, ends(plate.inputs["film_bottom"], 0.0), parts)
        place = on_interface(plate.layers, 1, source.x, source.y)
        found.append(resistances(model, {"source": place}, order=order)[0, 0])
    exact = plate.values["theta_ja"]
    assert found[0] < found[1] < found[2] < exact
    assert found[-1] == pytest.approx(exact, rel=near)


# ---------------------------------------------------------------- effort
def test_what_does_not_fit_is_refused_with_numbers():
    model = stack(LAYERS, X, Y, ends(100.0, 400.0))
    with pytest.raises(GeometryError, match=r"36 cells with elements of order 2 would need about .* GB are free"):
        assemble.emit(model, {}, 0.0, order=2, free=1e3)
