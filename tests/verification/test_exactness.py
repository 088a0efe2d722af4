"""Where must the lattices be exact, whatever the grid? In one dimension, on linear fields, and as matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import case
from tests.exact.slab import series_rise, solve_slab
from tests.exact.stack import Layer, isotropic
from tests.models import (
    DIRECTIONS,
    Coolant,
    both,
    bounded,
    ends,
    even,
    fields,
    matrix,
    on_interface,
    painted,
    resistances,
    solid,
    stacked,
)
from tests.verification import referee
from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import dual, primal
from thermopkg.lattice.outflow import assembled
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT

SERIES = 1e-10  # relative; both lattices against resistances in series
SAME_MATRIX = 1e-12  # relative to the largest entry

decades = st.floats


@st.composite
def stacks(draw: st.DrawFn) -> list[Layer]:
    return [
        Layer(10 ** draw(decades(-5.0, -2.5)), tuple(10 ** draw(decades(-0.7, 2.7)) for _ in range(3)))
        for _ in range(draw(st.integers(1, 5)))
    ]


@st.composite
def steps(draw: st.DrawFn) -> FloatArray:
    """Ticks of one to four cells, up to 30 times as long as one another, m."""
    lengths = draw(st.lists(decades(-4.0, -2.5), min_size=1, max_size=4))
    return np.concatenate([[0.0], np.cumsum(10 ** np.array(lengths))])


@st.composite
def films(draw: st.DrawFn) -> tuple[float, float]:
    """Of the bottom and of the top: one is a film or held, the other anything."""
    some = st.one_of(decades(0.0, 5.0).map(lambda d: 10**d), st.just(np.inf))
    pair = draw(some), draw(st.one_of(some, st.just(0.0)))
    return pair if draw(st.booleans()) else pair[::-1]


# ---------------------------------------------------------------- one dimension
@settings(max_examples=100)
@given(st.data(), stacks(), steps(), steps(), films())
def test_heat_on_any_interface_of_a_stack_gives_the_resistances_in_series(
    data: st.DataObject, layers: list[Layer], x: FloatArray, y: FloatArray, films: tuple[float, float]
) -> None:
    parts = [data.draw(st.integers(1, 3)) for _ in layers]
    interface = data.draw(st.integers(0, len(layers)))
    model = stacked(layers, x, y, parts, ends(*films))
    patch = on_interface(model, layers, interface, (0.0, x[-1]), (0.0, y[-1]))
    expected = series_rise(layers, *films, interface) / (x[-1] * y[-1])
    for lattice in both(model, {"source": patch}):
        assert lattice[0, 0] == pytest.approx(expected, rel=SERIES, abs=1e-15)


@settings(max_examples=30)
@given(st.data(), stacks(), steps(), films())
def test_a_face_may_be_named_from_either_side(
    data: st.DataObject, layers: list[Layer], x: FloatArray, films: tuple[float, float]
) -> None:
    layers = [*layers, isotropic(1e-4, 7.0)]
    interface = data.draw(st.integers(1, len(layers) - 1))
    model = stacked(layers, x, x, 1, ends(*films))
    span = (0.0, float(x[1]))
    below = on_interface(model, layers, interface, span, span)
    above = FacePatch(solid(interface), False, below.z, span, span)
    for lattice in both(model, {"below": below, "above": above}):
        assert lattice == pytest.approx(np.full((2, 2), lattice[0, 0]), rel=SERIES)


@settings(max_examples=50)
@given(st.data(), stacks(), steps(), films(), st.floats(-60.0, 60.0), st.floats(-60.0, 60.0))
def test_two_ambients_and_heat_on_two_interfaces_are_exact_in_one_dimension(
    data: st.DataObject,
    layers: list[Layer],
    x: FloatArray,
    films: tuple[float, float],
    rise_bottom: float,
    rise_top: float,
) -> None:
    """The mean of an interface from two sources and two coolants, all of them by superposition."""
    heated = [data.draw(st.integers(0, len(layers))) for _ in range(2)]
    watts = [3.0, 0.5]
    area = float(x[-1] ** 2)
    exact = solve_slab(
        layers,
        *films,
        interface_heat={
            j: sum(w for w, k in zip(watts, heated, strict=True) if k == j) / area for j in dict.fromkeys(heated)
        },
        ambient_bottom=rise_bottom if films[0] else rise_top,
        ambient_top=rise_top if films[1] else rise_bottom,
    )
    model = stacked(layers, x, x, 1, ends(*films, rise_bottom, rise_top))
    whole = (0.0, float(x[-1]))
    patches = {str(i): on_interface(model, layers, j, whole, whole) for i, j in enumerate(heated)}
    scale = max(abs(rise_bottom), abs(rise_top), float(np.abs(exact.interfaces).max()), 1e-9)
    for emit in (primal.emit, dual.emit):
        system = emit(model, patches, 0.0)
        amounts = [*watts, 1.0] if AMBIENT in system.loads else watts
        means = resistances(system)[:2] @ amounts
        assert means == pytest.approx(exact.interfaces[heated], rel=SERIES, abs=SERIES * scale)


def test_wall_between_two_ambients_has_its_exact_flux() -> None:
    exact = case("A01")
    inputs = exact.inputs
    ambients = inputs["film_bottom"], inputs["film_top"], inputs["ambient_bottom"], inputs["ambient_top"]
    side = inputs["area"] ** 0.5
    model = stacked(exact.layers, even(0.0, side, parts=2), even(0.0, side), [2, 1, 1, 1, 3], ends(*ambients))
    whole = (0.0, side)
    faces = {str(j): on_interface(model, exact.layers, j, whole, whole) for j in range(6)}
    matrix = bounded(model, faces)
    for j in range(6):
        mean = matrix.combination({str(j): 1.0}, {AMBIENT: 1.0})
        expected = exact.values[f"interface_{j}_temperature"]
        assert (mean.value, mean.lower, mean.upper) == pytest.approx((expected,) * 3, rel=1e-9)
    system = primal.emit(model, faces, 0.0)
    leaving = system.leaving(fields(system)[-1], {AMBIENT: 1.0})
    assert leaving["solid-4", "top", "z+ of 4"] == pytest.approx(exact.values["power_up"], rel=1e-9)
    assert leaving["solid-0", "bottom", "z- of 0"] == pytest.approx(-exact.values["power_up"], rel=1e-9)


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_heated_slab_between_two_ambients_lies_in_its_bracket(parts: int) -> None:
    """A02: the mean is solve_slab's, which reproduces the published faces; the fluxes follow from the balance."""
    exact = case("A02")
    inputs, layers = exact.inputs, exact.layers
    side = inputs["area"] ** 0.5
    films = inputs["film_bottom"], inputs["film_top"]
    ambients = inputs["ambient_bottom"], inputs["ambient_top"]
    model = stacked(layers, even(0.0, side), even(0.0, side), parts, ends(*films, *ambients))
    whole = (0.0, side)
    faces = {
        "bottom": on_interface(model, layers, 0, whole, whole),
        "top": on_interface(model, layers, 1, whole, whole),
    }
    power = inputs["source_density"] * inputs["area"] * layers[0].thickness
    loads = {"everything": power, AMBIENT: 1.0}
    matrix = bounded(model, faces)
    slab = solve_slab(
        layers,
        *films,
        layer_heat={0: inputs["source_density"]},
        ambient_bottom=ambients[0],
        ambient_top=ambients[1],
    )
    mean = matrix.combination({"everything": 1.0}, loads)
    assert mean.lower <= slab.means[0] <= mean.upper
    # of q t^2 / (12 k n^2) straight lines in n cells miss one, and fluxes lumped by the trapezoid rule add two
    missed = inputs["source_density"] * layers[0].thickness * layers[0].resistance / 12 / parts**2
    assert mean.half_width == pytest.approx(0.5 * 3 * missed, rel=1e-6)
    for name in faces:
        face = matrix.combination({name: 1.0}, loads)
        assert face.lower <= exact.values[f"{name}_temperature"] <= face.upper
    system = primal.emit(model, {"everything": VolumePatch(frozenset({"solid-0"}))}, 0.0)
    leaving = system.leaving(fields(system).T @ list(loads.values()), loads)
    assert sum(leaving.values()) == pytest.approx(power, rel=1e-9)


# ---------------------------------------------------------------- linear fields
@settings(max_examples=30)
@given(steps(), steps(), steps())
def test_linear_field_of_an_orthotropic_block_meets_every_condition(
    x: FloatArray, y: FloatArray, z: FloatArray
) -> None:
    """A10 scaled to any grid: what the edges take up inside is nothing, at the faces the fluxes -k grad T."""
    inputs = case("A10").inputs
    gradient, k = np.array([-45.0, -80.0, -60.0]), np.array(inputs["conductivity"])
    shape = (x.size - 1, y.size - 1, z.size - 1)
    model = painted((x, y, z), np.zeros(shape, int), k[None], {})
    grid_points = {"primal": (x, y, z), "dual": tuple(0.5 * (t[1:] + t[:-1]) for t in (x, y, z))}
    for name, emit in (("primal", primal.emit), ("dual", dual.emit)):
        system = emit(model, {}, 0.0)
        places = np.meshgrid(*grid_points[name], indexing="ij")
        taken = matrix(system.conductance) @ sum(g * p for g, p in zip(gradient, places, strict=True)).ravel()
        taken = taken.reshape(system.conductance.shape)
        lengths = [_tributary(t) if name == "primal" else np.diff(t) for t in (x, y, z)]
        expected = np.zeros(taken.shape)
        for axis in range(3):
            first, second = (other for other in range(3) if other != axis)
            flux = -k[axis] * gradient[axis] * np.multiply.outer(lengths[first], lengths[second])
            if taken.shape[axis] > 1:
                low, high = [slice(None)] * 3, [slice(None)] * 3
                low[axis], high[axis] = 0, -1
                expected[tuple(low)] += flux
                expected[tuple(high)] -= flux
        size = max(float(np.abs(edges).max(initial=0.0)) for edges in _edges(assembled(system.conductance)))
        swing = float(np.abs(gradient) @ [t[-1] for t in (x, y, z)])
        assert taken == pytest.approx(expected, abs=1e-12 * size * swing)


def _tributary(ticks: FloatArray) -> FloatArray:
    """Half of the steps on either side of each tick."""
    return np.convolve(np.diff(ticks), [0.5, 0.5])


def _edges(lattice: object) -> tuple[FloatArray, FloatArray, FloatArray]:
    return lattice.gx, lattice.gy, lattice.gz


# ---------------------------------------------------------------- trilinear elements
@st.composite
def blocks(draw: st.DrawFn) -> VoxelModel:
    """Random cells of random orthotropic materials, some of them empty, films all around."""
    ticks = draw(steps()), draw(steps()), draw(steps())
    shape = tuple(t.size - 1 for t in ticks)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    region = rng.permutation(np.arange(np.prod(shape))).reshape(shape)
    conductivity = 10 ** rng.uniform(-1, 2.6, (region.size, 3))
    empty = rng.random(shape) < draw(st.sampled_from([0.0, 0.3]))
    empty.flat[0] = False
    region = np.where(empty, NOTHING, region)
    cooling = {direction: Coolant(10 ** rng.uniform(0, 4)) for direction in DIRECTIONS}
    return painted(ticks, region, conductivity, cooling)


@settings(max_examples=15)
@given(blocks())
def test_primal_lattice_is_the_matrix_of_trilinear_elements_with_vertex_quadrature(model: VoxelModel) -> None:
    ours = matrix(primal.emit(model, {}, 0.0).conductance)
    theirs = referee.conductance(model, lumped=True)
    assert abs(ours - theirs).max() <= SAME_MATRIX * abs(theirs).max()


@settings(max_examples=10)
@given(blocks())
def test_primal_theta_is_never_above_that_of_exact_integration_nor_the_dual_below(model: VoxelModel) -> None:
    chosen = np.flatnonzero(model.active.ravel())[:1]
    name = model.regions[model.region.ravel()[chosen[0]]].solid
    lower, upper = both(model, {"source": VolumePatch(frozenset({name}))})
    trilinear = referee.theta(model, referee.mean_of_cells(model, chosen))
    assert lower[0, 0] <= trilinear * (1 + 1e-10)
    assert upper[0, 0] >= trilinear * (1 - 1e-10)


@pytest.mark.parametrize("parts", [1, 2])
def test_bracket_around_hollows_and_steps_holds_trilinear_elements_on_a_finer_grid(parts: int) -> None:
    """Films on inner faces: a tunnel, a blind hole and a notch, on eight times as many cells and exactly integrated."""

    def hollowed(parts: int) -> VoxelModel:
        x, y, z = (
            even(0.0, 1.0, 1.7, 3.0, parts=parts),
            even(0.0, 0.8, 2.0, 3.0, parts=parts),
            even(0.0, 0.3, 0.8, 1.0, parts=parts),
        )
        region = np.zeros((3, 3, 3), int)
        region[:, :, 1] = 1
        region[1, :, 1] = NOTHING  # a tunnel along y
        region[2, 0, :2] = NOTHING  # a notch under the lid
        region[0, 2, 2] = NOTHING  # a step in the lid
        region[0, 0, 0] = 2
        for axis in range(3):
            region = np.repeat(region, parts, axis)
        cooling = {d: Coolant(film) for d, film in zip(DIRECTIONS, (30.0, 5.0, 80.0, 0.0, 200.0, 12.0), strict=True)}
        conductivity = np.array([[20.0, 5.0, 1.0], [2.0, 2.0, 9.0], [150.0, 150.0, 150.0]])
        return painted((x * 1e-2, y * 1e-2, z * 1e-2), region, conductivity, cooling)

    coarse, fine = hollowed(parts), hollowed(2 * parts)
    entry = bounded(coarse, {"source": VolumePatch(frozenset({solid(2)}))}).entry("source", "source")
    chosen = np.flatnonzero((fine.region == 2).ravel())
    truth = referee.theta(fine, referee.mean_of_cells(fine, chosen))
    assert entry.lower <= truth <= entry.upper
    assert entry.relative_half_width < 0.3 / parts
