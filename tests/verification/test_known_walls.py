"""Are walls, plates and stacks in one dimension exact on both engines? A01 to A13, face by face.

Between interfaces the flux is constant or linear, so that both engines must be exact without heat in a volume, whatever
the mesh, and close in with the square of the step with it.
"""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.sparse.linalg import spsolve
from skfem import FacetBasis, LinearForm, MeshTet

from tests import element_models
from tests.book import limit, observed
from tests.exact import case, stack_of
from tests.exact.slab import solve_slab
from tests.exact.stack import Layer
from tests.models import Coolant, bounded, ends, even, matrix, on_interface, painted, solid, stacked
from tests.verification.test_contacts import flip_chip
from tests.verification.test_settled import block, material
from thermopkg.answer.answer import patches, reference_temperature
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.referee import element_bracket
from thermopkg.case.load import from_document
from thermopkg.fem import assemble
from thermopkg.fem.holding import means
from thermopkg.lattice import dual, primal
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.tetra import tetrahedra
from thermopkg.package.placing import place
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver
from thermopkg.system import AMBIENT
from thermopkg.workflow import bounded as solved_case
from thermopkg.workflow import geometry, simulate

SIDE = 1e-3  # m, of the square that stands for a wall
LEVELS = (2, 4, 8)  # cells along every edge
ROUNDING = 1e-10  # relative, of bounds that are exact
WIDE = 1e-5  # relative: what the solvers leave of bounds that are exact


def face(layers: Sequence[Layer], interface: int, side: float) -> FacePatch:
    if interface == 0:
        return FacePatch(solid(0), False, 0.0, (0.0, side), (0.0, side))
    return element_models.on_interface(layers, interface, (0.0, side), (0.0, side))


def by_lattices(layers, films, ambients, heat, parts, side=SIDE) -> tuple[list[Bracket], int]:
    """Bounds on the temperature of every interface, and the number of cells."""
    model = stacked(layers, even(0.0, side), even(0.0, side), parts, ends(*films, *ambients))
    whole = (0.0, side)
    places = {str(j): on_interface(model, layers, j, whole, whole) for j in range(len(layers) + 1)}
    found = bounded(model, places)
    power = heat * side**2 * sum(layer.thickness for layer in layers)
    return [_mean(found, j, power) for j in range(len(layers) + 1)], model.grid.n_cells


def by_elements(layers, films, ambients, heat, parts, side=SIDE) -> tuple[list[Bracket], int]:
    model = element_models.stack(layers, even(0.0, side), even(0.0, side), ends(*films, *ambients), parts)
    places = {str(j): face(layers, j, side) for j in range(len(layers) + 1)}
    places["everything"] = VolumePatch(frozenset(solid(n) for n in range(len(layers))))
    found = element_bracket(model, places, 0.0, order=2)
    power = heat * side**2 * sum(layer.thickness for layer in layers)
    return [_mean(found, j, power) for j in range(len(layers) + 1)], model.n_cells


def _mean(found, interface: int, power: float) -> Bracket:
    loads = {"everything": power} | ({AMBIENT: 1.0} if AMBIENT in found.names else {})
    return found.combination({str(interface): 1.0}, loads)


ENGINES = {"lattice": by_lattices, "elements": by_elements}


# ---------------------------------------------------------------- faces: exact on any mesh
WALLS = {
    "A01": lambda exact: (
        exact.layers, (exact.inputs["film_bottom"], exact.inputs["film_top"]),
        (exact.inputs["ambient_bottom"], exact.inputs["ambient_top"]), 0.0,
        {j: f"interface_{j}_temperature" for j in range(6)},
    ),
    "A02": lambda exact: (
        exact.layers, (exact.inputs["film_bottom"], exact.inputs["film_top"]),
        (exact.inputs["ambient_bottom"], exact.inputs["ambient_top"]), exact.inputs["source_density"],
        {0: "bottom_temperature", 1: "top_temperature"},
    ),
    "A12 wall": lambda exact: (
        stack_of(exact.inputs["wall_layers"]), (exact.inputs["wall_film_bottom"], exact.inputs["wall_film_top"]),
        (exact.inputs["wall_ambient_bottom"], exact.inputs["wall_ambient_top"]), 0.0,
        {0: "wall_inner_temperature", 2: "wall_outer_temperature"},
    ),
    "A12 plate": lambda exact: (
        stack_of(exact.inputs["plate_layers"]), (0.0, exact.inputs["plate_film"]),
        (exact.inputs["plate_ambient"],) * 2, exact.inputs["plate_source_density"],
        {0: "plate_centre_temperature", 1: "plate_surface_temperature"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", WALLS)
def test_faces_of_a_wall_are_exact_on_any_mesh(name, engine, book) -> None:
    exact = case(name.split()[0])
    layers, films, ambients, heat, faces = WALLS[name](exact)
    found, cells = ENGINES[engine](layers, films, ambients, heat, 1)
    for j, quantity in faces.items():
        own, truth = found[j], exact.values[quantity]
        assert own.value == pytest.approx(truth, rel=exact.tolerance)
        assert own.lower - ROUNDING * truth <= truth <= own.upper + ROUNDING * truth
        assert own.half_width < WIDE * truth
        book.record(exact.name, quantity, engine, "°C", truth, cells=[cells], lower=[own.lower], upper=[own.upper],
                    tolerance=exact.tolerance)  # fmt: skip


# ---------------------------------------------------------------- inside: with the square of the step
@pytest.mark.parametrize("engine", ENGINES)
def test_mean_of_a_plate_that_heats_itself_lies_in_brackets_that_close(engine, book) -> None:
    """A02's mean is that of its parabola (tests/exact/slab.py), which is recomputed from the same closed form."""
    exact = case("A02")
    inputs, layers = exact.inputs, exact.layers
    films = inputs["film_bottom"], inputs["film_top"]
    ambients = inputs["ambient_bottom"], inputs["ambient_top"]
    slab = solve_slab(layers, *films, layer_heat={0: inputs["source_density"]},
                      ambient_bottom=ambients[0], ambient_top=ambients[1])  # fmt: skip
    side, truth = layers[0].thickness, float(slab.means[0])
    power = inputs["source_density"] * side**3
    brackets, cells = [], []
    for parts in LEVELS:
        x = even(0.0, side, parts=parts)
        if engine == "lattice":
            model = stacked(layers, x, x, parts, ends(*films, *ambients))
            found, n = bounded(model, {}), model.grid.n_cells
        else:
            own = element_models.stack(layers, x, x, ends(*films, *ambients), parts)
            found, n = element_bracket(own, {"everything": VolumePatch(frozenset({solid(0)}))}, 0.0), own.n_cells
        brackets.append(found.combination({"everything": 1.0}, {"everything": power, AMBIENT: 1.0}))
        cells.append(n)
    widths = np.array([b.upper - b.lower for b in brackets])
    rate = observed(widths)
    assert all(b.lower <= truth <= b.upper for b in brackets)
    assert rate == pytest.approx(2.0, abs=0.15)
    tended = limit([b.value for b in brackets], 2.0)
    assert tended == pytest.approx(truth, rel=exact.tolerance)
    book.record("A02", "mean_temperature", engine, "°C", truth, cells=cells, lower=[b.lower for b in brackets],
                upper=[b.upper for b in brackets], order=rate, theory=2.0, limit=tended,
                tolerance=exact.tolerance)  # fmt: skip


# ---------------------------------------------------------------- a contact
def test_a_contact_under_a_chip_on_the_lattices(book) -> None:
    """A03: theta with both bounds, exact however coarse; the jump by two readings."""
    exact = case("A03")
    answer = simulate(from_document(flip_chip())).answer
    theta, cells = answer.metrics[0].bracket, answer.model.grid.n_cells
    assert (theta.lower, theta.upper) == pytest.approx((exact.values["theta_ja"],) * 2, rel=exact.tolerance)
    jump = answer.matrix.combination({"back": 1.0, "foot": -1.0}, {"chip.active": exact.inputs["power"]})
    assert jump.value == pytest.approx(exact.values["contact_jump"], rel=exact.tolerance)
    truth = exact.values["theta_ja"]
    book.record("A03", "theta_ja", "lattice", "K/W", truth, cells=[cells], lower=[theta.lower], upper=[theta.upper],
                tolerance=exact.tolerance)  # fmt: skip
    book.record("A03", "contact_jump", "lattice", "K", exact.values["contact_jump"], cells=[cells], value=[jump.value],
                tolerance=exact.tolerance, note="with the nanometre of copper that stands for the contact")  # fmt: skip


def test_a_contact_under_a_chip_on_tetrahedra(book) -> None:
    """Fields alone: across layers of contacts no bound from above is known there."""
    exact = case("A03")
    package = place(from_document(flip_chip()))
    places = {name: patch for name, patch in patches(package).items() if name == "chip.active"}
    model = tetrahedra(package, places.values(), sides=None)
    system = assemble.emit(model, places, reference_temperature(package.case))
    found = SteadySolver(system, ConjugateGradients(1e-11, 500)).respond({"chip.active": 1e-11})
    theta = float(means(found.system, found.rises)[0, 0])
    assert theta == pytest.approx(exact.values["theta_ja"], rel=exact.tolerance)
    book.record("A03", "theta_ja", "elements", "K/W", exact.values["theta_ja"], cells=[model.n_cells], value=[theta],
                tolerance=exact.tolerance, note="a bound from below alone")  # fmt: skip


# ---------------------------------------------------------------- a linear field
def test_a_linear_field_is_exact_at_every_point_of_both_engines(book) -> None:
    """A10: fluxes through the y and z faces, films at the x faces whose ambient changes along them, all as loads."""
    exact = case("A10")
    inputs, edge = exact.inputs, exact.inputs["edge"]
    ticks = tuple(np.array([-0.5, -0.2, 0.1, 0.5]) * edge for _ in range(3))
    film, (slope_y, slope_z) = inputs["film_x"], inputs["film_ambient_slope"]

    def ambient(x, y, z):
        at = np.where(x > 0, inputs["film_ambient_x_high"], inputs["film_ambient_x_low"])
        return at + slope_y * y + slope_z * z

    def truth(x, y, z):
        return 22.5 - 45 * x - 80 * y - 60 * z

    def at_faces(x, y, z, side):
        """W/m² into the face of an axis: 0 films, 1 and 2 fluxes, in at the low end and out at the high one."""
        if side == 0:
            return film * ambient(x, y, z)
        along = (y, z)[side - 1]
        return np.where(along > 0, -1.0, 1.0) * (inputs["flux_in_y_low"], inputs["flux_in_z_low"])[side - 1]

    cooling = {"x-": Coolant(film), "x+": Coolant(film)}
    model = painted(ticks, np.zeros((3, 3, 3), int), np.array([inputs["conductivity"]]), cooling)
    for emit, points in ((primal.emit, ticks), (dual.emit, [0.5 * (t[1:] + t[:-1]) for t in ticks])):
        system = emit(model, {}, 0.0)
        places = np.meshgrid(*points, indexing="ij")
        expected = truth(*places)
        # what the exact field leaves unbalanced is what comes in at the faces, integrated by the trapezoid rule
        lengths = [np.convolve(np.diff(t), [0.5, 0.5]) if emit is primal.emit else np.diff(t) for t in ticks]
        load = np.zeros(expected.shape)
        for axis in range(3):
            for end in (0, -1):
                on_face = [slice(None)] * 3
                on_face[axis] = end
                others = [lengths[a] for a in range(3) if a != axis]
                at = [p[tuple(on_face)].copy() for p in places]
                at[axis] = np.full_like(at[axis], ticks[axis][end])
                given = at_faces(*at, axis)
                if axis == 0 and emit is dual.emit:  # half a cell lies before the film
                    half = 0.5 * np.diff(ticks[0])[end]
                    given = given / (1 + film * half / inputs["conductivity"][0])
                load[tuple(on_face)] += np.multiply.outer(*others) * given
        found = spsolve(matrix(system.conductance), load.ravel()).reshape(expected.shape)
        assert found == pytest.approx(expected, abs=exact.tolerance * 45)
        if emit is primal.emit:
            lattice = found
    corners = {
        "corner_high_high_high": (-1, -1, -1),
        "corner_low_low_low": (0, 0, 0),
        "corner_high_low_high": (-1, 0, -1),
    }

    mesh = MeshTet.init_tensor(*ticks)
    own = element_models.elements(mesh, [inputs["conductivity"]], np.zeros(mesh.t.shape[1], int), cooling)
    conductance = assemble.emit(own, {}, 0.0).conductance.matrix
    load = np.zeros(mesh.p.shape[1])
    for axis in range(3):
        facets = mesh.facets_satisfying(lambda x, a=axis: np.isclose(np.abs(x[a]), edge / 2), boundaries_only=True)
        outer = FacetBasis(mesh, assemble.ELEMENTS[4, 1](), facets=facets, intorder=2)
        load += LinearForm(lambda v, w, a=axis: at_faces(*w.x, a) * v).assemble(outer)
    field = spsolve(conductance.tocsc(), load)
    assert field == pytest.approx(truth(*mesh.p), abs=exact.tolerance * 45)
    for name, index in corners.items():
        quantity = f"{name}_temperature"
        expected, point = exact.values[quantity], [t[i] for t, i in zip(ticks, index, strict=True)]
        node = int(np.argmin(np.abs(mesh.p - np.array(point)[:, None]).sum(axis=0)))
        for engine, value, n in (("lattice", lattice[index], 27), ("elements", field[node], mesh.t.shape[1])):
            assert value == pytest.approx(expected, rel=exact.tolerance)
            book.record("A10", quantity, engine, "°C", expected, cells=[n], value=[value], tolerance=exact.tolerance)


# ---------------------------------------------------------------- a fin
@pytest.mark.parametrize("engine", ENGINES)
def test_heat_of_a_fin_lies_in_brackets_that_close(engine, book) -> None:
    """A13: half the thickness, one cell deep; minus the compliance of the coolants is the heat times 55 K."""
    exact = case("A13")
    inputs = exact.inputs
    base, truth = inputs["base_temperature"] - inputs["ambient"], exact.values["power_per_depth"]
    film = Coolant(inputs["film"])
    cooling = {"x-": Coolant(np.inf, base), "x+": film, "z+": film}
    conductivity = np.full((1, 3), inputs["conductivity"])
    brackets, cells = [], []
    for n in (2, 4, 8):
        depth = inputs["height"] / (8 * n)  # any will do; tetrahedra keep their shape
        ticks = even(0.0, inputs["height"], parts=8 * n), even(0.0, depth), even(0.0, inputs["thickness"] / 2, parts=n)
        if engine == "lattice":
            found = bounded(painted(ticks, np.zeros((8 * n, 1, n), int), conductivity, cooling), {})
            cells.append(8 * n * n)
        else:
            mesh = MeshTet.init_tensor(*ticks)
            model = element_models.elements(mesh, conductivity, np.zeros(mesh.t.shape[1], int), cooling)
            found = element_bracket(model, {}, 0.0, order=2)
            cells.append(model.n_cells)
        brackets.append(found.entry(AMBIENT, AMBIENT).scaled(-2 / base / depth))
    widths = np.array([abs(b.upper - b.lower) for b in brackets])
    rate = observed(widths)
    lower, upper = ([fold(b.lower, b.upper) for b in brackets] for fold in (min, max))
    assert all(low <= truth <= high for low, high in zip(lower, upper, strict=True))
    assert rate == pytest.approx(2.0, abs=0.15)
    assert brackets[-1].value == pytest.approx(truth, rel=exact.tolerance)
    book.record("A13", "power_per_depth", engine, "W/m", truth, cells=cells, lower=lower, upper=upper, order=rate,
                theory=2.0, tolerance=exact.tolerance)  # fmt: skip


# ---------------------------------------------------------------- conductivity over temperature, radiation
def test_heat_through_silicon_that_conducts_less_the_warmer_it_is(book) -> None:
    exact = case("A04")
    inputs = exact.inputs
    law = {"value": f"{inputs['silicon_conductivity']} W/m/K", "reference": f"{inputs['silicon_reference']} K",
           "exponent": inputs["silicon_exponent"]}  # fmt: skip
    found = solved_case(geometry(from_document({
        "title": "A04",
        "study": {"refine": 4, "temperature_dependent": True, "metrics": ["theta_ja"],
                  "reading": [{"name": "foot", "face": "base.bottom"}, {"name": "top", "face": "base.top"},
                              {"name": "back", "face": "chip.bottom"}]},
        "environment": {"ambient": f"{inputs['ambient']} degC", "bottom": {"film": f"{inputs['film_bottom']} W/m^2/K"}},
        "materials": {"law": material(law), "plate": material(f"{inputs['copper_conductivity']} W/m/K")},
        "part": [
            block("base", f"{inputs['copper_thickness']} m", "plate"),
            {"name": "chip", "kind": "chip", "on": "base", "face": "up", "material": "law",
             "size": ["10 mm", "10 mm", f"{inputs['silicon_thickness']} m"], "power": f"{inputs['flux'] * 1e-4} W"},
        ],
        "contact": [{"between": ["chip", "base"], "resistance": f"{inputs['contact']} m^2*K/W"}],
    }, "A04")))  # fmt: skip
    cells = [found.model.grid.n_cells]
    read = {reading.name: reading.mean.value - inputs["zero"] for reading in found.readings}
    theta = found.metrics[0].bracket
    read["junction"] = inputs["ambient"] + theta.value * inputs["flux"] * 1e-4
    names = {"foot": "copper_bottom_temperature", "top": "copper_top_temperature", "back": "silicon_bottom_temperature",
             "junction": "silicon_top_temperature"}  # fmt: skip
    for name, quantity in names.items():
        assert read[name] == pytest.approx(exact.values[quantity], rel=exact.tolerance)
        book.record("A04", quantity, "lattice", "°C", exact.values[quantity], cells=cells, value=[read[name]],
                    tolerance=exact.tolerance)  # fmt: skip


def test_heat_through_a_wall_of_linear_conductivity(book) -> None:
    """A06 a thousand times as conductive and a hundredth as long, which multiplies the flux by 1e5 and moves no K."""
    exact = case("A06")
    inputs = exact.inputs
    law = [[f"{t} degC", f"{1e3 * (inputs['conductivity_at_zero'] + inputs['slope'] * t)} W/m/K"] for t in (0, 400)]
    half = f"{inputs['length'] / 200} m"
    flux, middle, cells = [], [], []
    for refine in (1, 2, 4):
        found = solved_case(geometry(from_document({
            "title": "A06",
            "study": {"refine": refine, "temperature_dependent": True, "metrics": [],
                      "reading": [{"name": "middle", "face": "lower.top"}]},
            "environment": {"ambient": "20 degC", "top": {"temperature": f"{inputs['temperature_hot']} degC"},
                            "bottom": {"temperature": f"{inputs['temperature_cold']} degC"}},
            "materials": {"law": material(law)},
            "part": [block("lower", half, "law"), block("upper", half, "law", on="lower")],
        }, "A06")))  # fmt: skip
        flux.append(found.balance.by_surface["bottom"] / 1e-4 / 1e5)
        middle.append(next(r for r in found.readings if r.name == "middle").highest - 273.15)
        cells.append(found.model.grid.n_cells)
    assert flux[-1] == pytest.approx(exact.values["flux"], rel=exact.tolerance)
    assert middle[-1] == pytest.approx(exact.values["middle_temperature"], rel=exact.tolerance)
    book.record("A06", "flux", "lattice", "W/m²", exact.values["flux"], cells=cells, value=flux,
                tolerance=exact.tolerance)  # fmt: skip
    book.record("A06", "middle_temperature", "lattice", "°", exact.values["middle_temperature"], cells=cells,
                value=middle, tolerance=exact.tolerance)  # fmt: skip


def test_heat_in_a_slab_that_conducts_the_better_the_warmer_it_is(book) -> None:
    exact = case("A07")
    inputs, reference = exact.inputs, 300.0
    law = [[f"{reference + u} K", f"{inputs['conductivity'] * (1 + inputs['slope'] * u)} W/m/K"] for u in (0, 1000)]
    size = ["100 mm", "100 mm", f"{inputs['length'] / 2} m"]
    found_at = {"adiabatic_face_rise": [], "middle_rise": []}
    cells = []
    for refine in (2, 3, 4, 5):
        found = solved_case(geometry(from_document({
            "title": "A07",
            "study": {"refine": refine, "temperature_dependent": True, "metrics": [],
                      "reading": [{"name": "middle_rise", "face": "lower.top"},
                                  {"name": "adiabatic_face_rise", "face": "upper.top"}]},
            "environment": {"ambient": f"{reference} K", "bottom": {"temperature": f"{reference} K"}},
            "materials": {"law": material(law)},
            "part": [{"name": "lower", "kind": "block", "size": size, "material": "law",
                      "power": f"{inputs['source_density'] * 0.005} W"},
                     {"name": "upper", "kind": "block", "size": size, "material": "law", "on": "lower",
                      "power": f"{inputs['source_density'] * 0.005} W"}],
        }, "A07")))  # fmt: skip
        for reading in found.readings:
            if reading.name in found_at:
                found_at[reading.name].append(reading.mean.value - reference)
        cells.append(found.model.grid.n_cells)
    for quantity, values in found_at.items():
        truth = exact.values[quantity]
        errors = np.abs(np.array(values) - truth)
        rate, tended = observed(errors), limit(values, 2.0)
        assert rate == pytest.approx(2.0, abs=0.05)
        assert tended == pytest.approx(truth, rel=exact.tolerance)
        book.record("A07", quantity, "lattice", "K", truth, cells=cells, value=values, order=rate, theory=2.0,
                    limit=tended, tolerance=exact.tolerance)  # fmt: skip


def test_a_bar_that_radiates_from_its_end(book) -> None:
    exact = case("A08")
    inputs = exact.inputs
    found = solved_case(geometry(from_document({
        "title": "A08",
        "study": {"refine": 1, "metrics": [], "reading": [{"name": "end", "face": "bar.top"}]},
        "environment": {"ambient": f"{inputs['surroundings']} K",
                        "bottom": {"temperature": f"{inputs['temperature_held']} K"},
                        "top": {"film": "0 W/m^2/K", "emissivity": inputs["emissivity"]}},
        "materials": {"steel": material(f"{inputs['conductivity']} W/m/K")},
        "part": [block("bar", f"{inputs['length']} m", "steel")],
    }, "A08")))  # fmt: skip
    end = next(r for r in found.readings if r.name == "end").highest
    assert end == pytest.approx(exact.values["end_temperature"], rel=exact.tolerance)
    assert end == pytest.approx(927.0, abs=0.01)  # [nafems1990]
    book.record("A08", "end_temperature", "lattice", "K", exact.values["end_temperature"],
                cells=[found.model.grid.n_cells], value=[end], tolerance=exact.tolerance)  # fmt: skip
