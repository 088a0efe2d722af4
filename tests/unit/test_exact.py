"""Are the exact answers exact? Slab and spreading functions against carried-over values and against themselves.

Values named by a case come from cases.toml, where their origin stands; the others are derived where they are used.
"""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import ExactCase, case, case_names, manufactured, stack_of
from tests.exact.slab import series_rise, solve_slab
from tests.exact.spreading import Patch, modal_rises, point, spreading_matrix
from tests.exact.stack import Contact, Element, Layer, isotropic
from thermopkg.arraytypes import FloatArray

ROUND_OFF = 1e-12  # relative; both sides are closed forms
SERIES = 1e-10  # relative; what spreading.py promises of its sums
OTHER_SERIES = 1e-9  # relative; how well a carried-over value of a series is known, at worst (FC08: its own tail)


def rises_of(exact: ExactCase, readings: list[Patch]) -> FloatArray:
    """Rises of readings with all sources of a case on, K, shape (n_readings,)."""
    matrix = spreading_matrix(
        exact.layers,
        exact.inputs["film_bottom"],
        exact.inputs["film_top"],
        tuple(exact.inputs["footprint"]),
        exact.sources,
        readings,
    )
    return matrix @ np.array(exact.powers)


def centre_of(patch: Patch) -> Patch:
    return point(sum(patch.x) / 2, sum(patch.y) / 2, patch.interface)


# --- the index of cases ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", case_names())
def test_every_case_is_complete(name):
    exact = case(name)
    assert 0.0 < exact.tolerance <= 1e-3
    assert exact.values
    assert all(math.isfinite(value) for value in exact.values.values())
    assert exact.title
    assert exact.derivation
    assert exact.origin


def test_unknown_case_names_the_known_ones():
    with pytest.raises(KeyError, match="no case 'FC99'; there are A01"):
        case("FC99")


# --- slabs -----------------------------------------------------------------------------------------------------------


def test_slab_gives_a01_wall_between_two_ambients():
    exact = case("A01")
    i, v = exact.inputs, exact.values
    slab = solve_slab(
        exact.layers,
        i["film_bottom"],
        i["film_top"],
        ambient_bottom=i["ambient_bottom"],
        ambient_top=i["ambient_top"],
    )
    assert slab.interfaces == pytest.approx([v[f"interface_{j}_temperature"] for j in range(6)], rel=ROUND_OFF)
    assert slab.flux_up == pytest.approx(
        v["flux_up"], rel=1e-11
    )  # the value was got from a difference of 1.6 K in 26 K
    assert slab.flux_up * i["area"] == pytest.approx(v["power_up"], rel=1e-11)
    assert slab.flux_down == -slab.flux_up


def test_slab_gives_a02_heated_slab():
    exact = case("A02")
    i, v = exact.inputs, exact.values
    slab = solve_slab(
        exact.layers,
        i["film_bottom"],
        i["film_top"],
        layer_heat={0: i["source_density"]},
        ambient_bottom=i["ambient_bottom"],
        ambient_top=i["ambient_top"],
    )
    assert slab.interfaces == pytest.approx([v["bottom_temperature"], v["top_temperature"]], rel=ROUND_OFF)
    assert slab.flux_down == pytest.approx(v["flux_down"], rel=ROUND_OFF)
    assert slab.flux_up == pytest.approx(v["flux_up"], rel=ROUND_OFF)
    height = slab.flux_down / i["source_density"]  # the flux changes sign where the heat below equals what leaves below
    maximum = slab.interfaces[0] + slab.flux_down * height / (2 * exact.layers[0].conductivity[2])
    assert height == pytest.approx(v["height_of_maximum"], rel=ROUND_OFF)
    assert maximum == pytest.approx(v["maximum_temperature"], rel=ROUND_OFF)


def test_slab_gives_a03_flip_chip():
    exact = case("A03")
    i, v = exact.inputs, exact.values
    slab = solve_slab(
        exact.layers,
        i["film_bottom"],
        i["film_top"],
        interface_heat={i["source_interface"]: i["power"] / i["area"]},
        ambient_bottom=i["ambient"],
        ambient_top=i["ambient"],
    )
    names = ("junction", "die_back", "copper_bottom", "copper_top")
    assert slab.interfaces[2:] == pytest.approx([v[f"{name}_temperature"] for name in names], rel=ROUND_OFF)
    assert slab.interfaces[0] == pytest.approx(v["substrate_bottom_temperature"], rel=ROUND_OFF)
    assert slab.flux_up * i["area"] == pytest.approx(v["power_up"], rel=ROUND_OFF)
    assert slab.flux_down * i["area"] == pytest.approx(v["power_down"], rel=ROUND_OFF)
    assert slab.interfaces[3] - slab.interfaces[4] == pytest.approx(v["contact_jump"], rel=ROUND_OFF)
    theta = series_rise(exact.layers, i["film_bottom"], i["film_top"], i["source_interface"]) / i["area"]
    assert theta == pytest.approx(v["theta_ja"], rel=ROUND_OFF)


def test_slab_gives_a12_wall_and_plate():
    i, v = case("A12").inputs, case("A12").values
    wall = solve_slab(
        stack_of(i["wall_layers"]),
        i["wall_film_bottom"],
        i["wall_film_top"],
        ambient_bottom=i["wall_ambient_bottom"],
        ambient_top=i["wall_ambient_top"],
    )
    assert wall.flux_up == pytest.approx(v["wall_flux"], rel=ROUND_OFF)
    assert wall.interfaces[0] == pytest.approx(v["wall_inner_temperature"], rel=ROUND_OFF)
    assert wall.interfaces[-1] == pytest.approx(v["wall_outer_temperature"], rel=ROUND_OFF)
    plate = solve_slab(
        stack_of(i["plate_layers"]),
        0.0,
        i["plate_film"],
        layer_heat={0: i["plate_source_density"]},
        ambient_top=i["plate_ambient"],
    )
    expected = [v["plate_centre_temperature"], v["plate_surface_temperature"]]
    assert plate.interfaces == pytest.approx(expected, rel=ROUND_OFF)
    assert plate.flux_up == pytest.approx(v["plate_flux"], rel=ROUND_OFF)


@pytest.mark.parametrize(
    ("films", "expected"),
    [
        # q t²/(12 k) = 1/1200 above the mean of the faces, for q = 1/t, t = 0.1 and k = 10
        ((math.inf, math.inf), 1 / 1200),  # both faces at zero
        ((0.0, math.inf), 1 / 300),  # half a slab twice as thick: q t²/(3 k)
        ((math.inf, 0.0), 1 / 300),
        ((0.0, 5.0), 1 / 300 + 1 / 5),
        ((5.0, 0.0), 1 / 300 + 1 / 5),
        ((5.0, 5.0), 1 / 1200 + 1 / 10),  # half the heat through each film
    ],
)
def test_mean_of_a_heated_slab_follows_its_parabola(films, expected):
    assert series_rise([isotropic(0.1, 10.0)], *films, source_layer=0) == pytest.approx(expected, rel=ROUND_OFF)


def test_adiabatic_end_takes_no_heat_and_the_ambient_of_the_other():
    layers = [isotropic(0.1, 10.0)]
    upright = solve_slab(layers, 5.0, 0.0, interface_heat={1: 3.0}, ambient_bottom=20.0, ambient_top=70.0)
    assert (upright.flux_down, upright.flux_up) == (3.0, 0.0)
    assert upright.interfaces == pytest.approx([20 + 3 / 5, 20 + 3 / 5 + 3 / 100], rel=ROUND_OFF)  # q/h, then q t/k
    over = solve_slab(layers, 0.0, 5.0, interface_heat={0: 3.0}, ambient_bottom=70.0, ambient_top=20.0)
    assert (over.flux_down, over.flux_up) == (0.0, 3.0)
    assert over.interfaces[::-1] == pytest.approx(upright.interfaces, rel=ROUND_OFF)


def test_slab_is_refused_without_a_way_out():
    with pytest.raises(ValueError, match="adiabatic"):
        solve_slab([isotropic(1e-3, 1.0)], 0.0, 0.0)


def test_contact_cannot_be_heated():
    with pytest.raises(ValueError, match="contact"):
        solve_slab([Contact(1e-5)], 1.0, 1.0, layer_heat={0: 1.0})
    with pytest.raises(ValueError, match="contact"):
        series_rise([Contact(1e-5)], 1.0, 1.0, source_layer=0)


@pytest.mark.parametrize("sources", [{}, {"source_interface": 0, "source_layer": 0}])
def test_series_rise_wants_one_source(sources):
    with pytest.raises(ValueError, match="one source"):
        series_rise([isotropic(1e-3, 1.0)], 1.0, 1.0, **sources)


# --- spreading: carried-over values ----------------------------------------------------------------------------------


def test_spreading_gives_fc01_centred_square():
    exact = case("FC01")
    (square,) = exact.sources
    readings = [square, centre_of(square), point(10e-3, 10e-3, 0), point(0.0, 0.0, 1)]
    names = ("source_mean_rise", "source_centre_rise", "bottom_centre_rise", "top_corner_rise")
    assert rises_of(exact, readings) == pytest.approx([exact.values[name] for name in names], rel=SERIES)
    area = math.prod(exact.inputs["footprint"])
    one_dimensional = series_rise(exact.layers, exact.inputs["film_bottom"], 0.0, 1) / area
    assert one_dimensional == pytest.approx(exact.values["one_dimensional_resistance"], rel=ROUND_OFF)


def test_spreading_tends_to_fc02_half_space():
    # A held box n sides wide and deep falls short by c1/n + c3/n³ + ...: images in the walls raise a source evenly,
    # then like the square of the distance. Two doublings remove both terms and leave a fifth power of 1/n.
    def rises(n: float) -> FloatArray:
        square = Patch((n / 2 - 0.5, n / 2 + 0.5), (n / 2 - 0.5, n / 2 + 0.5), 1)
        return spreading_matrix(
            [isotropic(n, 1.0)], math.inf, 0.0, (n, n), [square], [square, centre_of(square)]
        ).ravel()

    small, middle, large = rises(12.5), rises(25.0), rises(50.0)
    without_first = (2 * middle - small, 2 * large - middle)
    limit = (8 * without_first[1] - without_first[0]) / 7
    exact = case("FC02").values
    assert limit == pytest.approx([exact["square_mean"], exact["square_centre"]], rel=1e-8)


@pytest.mark.parametrize("name", ["FC03-1.5", "FC03-3.0", "FC03-6.0"])
def test_spreading_gives_fc03_buried_source(name):
    exact = case(name)
    (die,) = exact.sources
    centre, (a, b) = centre_of(die), exact.inputs["footprint"]
    readings = [die, centre, replace(centre, interface=5), replace(centre, interface=0), Patch((0, a), (0, b), 0)]
    mean, middle, above, below, bottom = rises_of(exact, readings)
    names = ("source_mean_rise", "source_centre_rise", "top_above_source_rise", "bottom_below_source_rise")
    assert [mean, middle, above, below] == pytest.approx([exact.values[n] for n in names], rel=SERIES)
    assert bottom * exact.inputs["film_bottom"] * a * b == pytest.approx(exact.values["power_down"], rel=SERIES)


def test_spreading_gives_fc05_resistance_matrix():
    exact = case("FC05")
    i, v = exact.inputs, exact.values
    matrix = spreading_matrix(exact.layers, i["film_bottom"], i["film_top"], tuple(i["footprint"]), exact.sources)
    for (row, name), (column, other) in itertools.product(enumerate("abc"), repeat=2):
        assert matrix[row, column] == pytest.approx(v[f"r_{name}{other}"], rel=SERIES)
    assert matrix @ exact.powers == pytest.approx([v[f"{name}_mean_rise"] for name in "abc"], rel=SERIES)
    centres = rises_of(exact, [centre_of(source) for source in exact.sources])
    assert centres == pytest.approx([v[f"{name}_centre_rise"] for name in "abc"], rel=SERIES)


def test_spreading_gives_fc08_strip_as_a_source_as_deep_as_the_channel():
    exact = case("FC08")
    (strip,) = exact.sources
    edge = Patch((0.0, 0.0), strip.y, strip.interface)
    readings = [strip, edge, replace(edge, interface=0)]
    names = ("source_mean_rise", "top_edge_rise", "bottom_edge_rise")
    assert rises_of(exact, readings) == pytest.approx([exact.values[name] for name in names], rel=OTHER_SERIES)


def test_one_mode_gives_m03_with_its_contact():
    exact = case("M03")
    i = exact.inputs
    wave_x, wave_y = (np.array([n * np.pi / size]) for n, size in zip(i["half_waves"], i["footprint"], strict=True))
    modal = modal_rises(exact.layers, i["film_bottom"], i["film_top"], wave_x, wave_y)[:, 3, 0] * i["flux"]
    assert modal == pytest.approx([exact.values[f"interface_{j}_amplitude"] for j in range(4)], rel=SERIES)


# --- spreading: itself -----------------------------------------------------------------------------------------------

FOOTPRINT = (12e-3, 9e-3)


def powers_of_ten(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log10(low), math.log10(high)).map(lambda exponent: 10.0**exponent)


conductivities = st.tuples(*[powers_of_ten(0.1, 400.0)] * 3)
solid_layers = st.builds(Layer, powers_of_ten(20e-6, 2e-3), conductivities)
contacts = st.builds(Contact, powers_of_ten(1e-7, 1e-4))
stacks = st.lists(solid_layers | contacts, min_size=1, max_size=5)
films = st.sampled_from([0.0, 20.0, 3000.0])  # a bottom face; the top face is always cooled
cooled = powers_of_ten(10.0, 1e4)


@st.composite
def spans(draw: st.DrawFn, length: float) -> tuple[float, float]:
    """Part of an axis between walls 1/24 of its length apart."""
    low = draw(st.integers(0, 23))
    return low * length / 24, draw(st.integers(low + 1, 24)) * length / 24


@st.composite
def patches(draw: st.DrawFn, n_elements: int) -> Patch:
    return Patch(draw(spans(FOOTPRINT[0])), draw(spans(FOOTPRINT[1])), draw(st.integers(0, n_elements)))


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Element], float, float, list[Patch]]:
    layers = draw(stacks)
    return layers, draw(films), draw(cooled), [draw(patches(len(layers))) for _ in range(2)]


@settings(max_examples=25, deadline=None)
@given(problems())
def test_twice_the_modes_change_nothing(problem):
    layers, bottom, top, sources = problem
    once = spreading_matrix(layers, bottom, top, FOOTPRINT, sources)
    twice = spreading_matrix(layers, bottom, top, FOOTPRINT, sources, octaves_more=1)
    assert np.abs(once - twice).max() <= SERIES * twice.max()


@settings(max_examples=25, deadline=None)
@given(problems())
def test_what_one_source_does_to_another_it_receives_back(problem):
    layers, bottom, top, sources = problem
    matrix = spreading_matrix(layers, bottom, top, FOOTPRINT, sources)
    scale = math.sqrt(matrix[0, 0] * matrix[1, 1])
    assert abs(matrix[0, 1] - matrix[1, 0]) <= SERIES * scale
    assert matrix[0, 1] <= (1.0 + SERIES) * scale  # positive semidefinite; equal where the two sources are the same


@settings(max_examples=25, deadline=None)
@given(stacks, films, cooled, st.data())
def test_source_over_the_whole_footprint_is_a_slab(layers, bottom, top, data):
    interface = data.draw(st.integers(0, len(layers)))
    whole = [Patch((0.0, FOOTPRINT[0]), (0.0, FOOTPRINT[1]), j) for j in range(len(layers) + 1)]
    rises = spreading_matrix(layers, bottom, top, FOOTPRINT, [whole[interface]], whole).ravel()
    slab = solve_slab(layers, bottom, top, interface_heat={interface: 1.0 / math.prod(FOOTPRINT)})
    assert rises == pytest.approx(slab.interfaces, rel=ROUND_OFF)


@settings(max_examples=25, deadline=None)
@given(problems())
def test_mean_over_the_footprint_is_a_slab_whatever_the_source(problem):
    layers, bottom, top, sources = problem
    faces = [Patch((0.0, FOOTPRINT[0]), (0.0, FOOTPRINT[1]), j) for j in range(len(layers) + 1)]
    rises = spreading_matrix(layers, bottom, top, FOOTPRINT, sources[:1], faces).ravel()
    slab = solve_slab(layers, bottom, top, interface_heat={sources[0].interface: 1.0 / math.prod(FOOTPRINT)})
    assert rises == pytest.approx(slab.interfaces, rel=ROUND_OFF)


@settings(max_examples=25, deadline=None)
@given(problems(), st.sampled_from([0.25, 0.5, 0.75]))
def test_halves_of_a_source_add_up_to_it(problem, cut):
    layers, bottom, top, (source, reading) = problem
    middle = source.x[0] + cut * (source.x[1] - source.x[0])
    left, right = replace(source, x=(source.x[0], middle)), replace(source, x=(middle, source.x[1]))
    whole = spreading_matrix(layers, bottom, top, FOOTPRINT, [source], [source, reading])
    parts = spreading_matrix(layers, bottom, top, FOOTPRINT, [left, right], [source, reading])
    shares = np.array([left.area, right.area]) / source.area
    assert parts @ shares == pytest.approx(whole.ravel(), rel=SERIES, abs=SERIES * whole.max())


@settings(max_examples=25, deadline=None)
@given(problems(), st.floats(0.05, 0.95))
def test_a_layer_cut_in_two_is_the_same_layer(problem, cut):
    layers, bottom, top, sources = problem
    if isinstance(layers[0], Contact):
        halves: list[Element] = [Contact(cut * layers[0].resistance), Contact((1 - cut) * layers[0].resistance)]
    else:
        thickness = layers[0].thickness
        halves = [replace(layers[0], thickness=cut * thickness), replace(layers[0], thickness=(1 - cut) * thickness)]
    moved = [replace(source, interface=source.interface + (source.interface > 0)) for source in sources]
    uncut = spreading_matrix(layers, bottom, top, FOOTPRINT, sources)
    assert spreading_matrix([*halves, *layers[1:]], bottom, top, FOOTPRINT, moved) == pytest.approx(
        uncut, rel=SERIES, abs=SERIES * uncut.max()
    )


@pytest.mark.parametrize("axis", [0, 1])
def test_stretched_axis_asks_for_the_square_of_the_stretch_in_conductivity(axis):
    # x = X/s turns k ∂²/∂x² into s² k ∂²/∂X², and s times the area carries s times the heat: R falls by s
    stretch = 3.0
    layers = [Layer(0.5e-3, (20.0, 5.0, 0.5)), Contact(1e-5), Layer(0.2e-3, (60.0, 120.0, 100.0))]
    sources = [Patch((2e-3, 5e-3), (1e-3, 3e-3), 1), Patch((4e-3, 9e-3), (2e-3, 8e-3), 3)]
    before = spreading_matrix(layers, 50.0, 900.0, FOOTPRINT, sources)
    factors = [stretch if direction == axis else 1.0 for direction in range(2)]
    wide: list[Element] = []
    for layer in layers:
        if isinstance(layer, Layer):
            kx, ky, kz = layer.conductivity
            layer = replace(layer, conductivity=(kx * factors[0] ** 2, ky * factors[1] ** 2, kz))
        wide.append(layer)
    moved = [
        Patch(
            (source.x[0] * factors[0], source.x[1] * factors[0]),
            (source.y[0] * factors[1], source.y[1] * factors[1]),
            source.interface,
        )
        for source in sources
    ]
    footprint = (FOOTPRINT[0] * factors[0], FOOTPRINT[1] * factors[1])
    after = spreading_matrix(wide, 50.0, 900.0, footprint, moved)
    assert stretch * after == pytest.approx(before, rel=SERIES)


def test_turned_stack_is_the_same_stack():
    layers = [Layer(0.5e-3, (20.0, 5.0, 0.5)), Contact(1e-5), Layer(0.2e-3, (60.0, 120.0, 100.0))]
    source, other = Patch((2e-3, 5e-3), (1e-3, 3e-3), 1), Patch((4e-3, 9e-3), (2e-3, 8e-3), 3)
    upright = spreading_matrix(layers, 50.0, 900.0, FOOTPRINT, [source, other])
    over = [replace(patch, interface=3 - patch.interface) for patch in (source, other)]
    assert spreading_matrix(layers[::-1], 900.0, 50.0, FOOTPRINT, over) == pytest.approx(upright, rel=SERIES)
    swapped: list[Element] = [
        layer
        if isinstance(layer, Contact)
        else replace(layer, conductivity=(layer.conductivity[1], layer.conductivity[0], layer.conductivity[2]))
        for layer in layers
    ]
    aside = [Patch(patch.y, patch.x, patch.interface) for patch in (source, other)]
    assert spreading_matrix(swapped, 50.0, 900.0, FOOTPRINT[::-1], aside) == pytest.approx(upright, rel=SERIES)


def test_gathered_sum_is_the_plain_sum():
    # Between planes 1 mm apart the modes die out like exp(-γ t), beyond 128 modes below 1e-14: add them one by one
    layers = [isotropic(0.4e-3, 5.0), Layer(1e-3, (30.0, 12.0, 9.0)), isotropic(0.2e-3, 100.0)]
    a, b = FOOTPRINT
    source, reading = Patch((2e-3, 5e-3), (1e-3, 3e-3), 2), Patch((4e-3, 4.5e-3), (2e-3, 8e-3), 1)
    m = np.arange(129)
    wave_x, wave_y = np.meshgrid(m * np.pi / a, m * np.pi / b, indexing="ij")
    rises = modal_rises(layers, 100.0, 0.0, wave_x, wave_y)[1, 2]

    def mean_of_cosine(span: tuple[float, float], wave: FloatArray) -> FloatArray:
        low, high = span
        with np.errstate(invalid="ignore"):
            mean = (np.sin(wave * high) - np.sin(wave * low)) / (wave * (high - low))
        return np.where(wave == 0.0, 1.0, mean)

    along_x = mean_of_cosine(source.x, wave_x) * mean_of_cosine(reading.x, wave_x) * np.where(wave_x == 0.0, 1.0, 2.0)
    along_y = mean_of_cosine(source.y, wave_y) * mean_of_cosine(reading.y, wave_y) * np.where(wave_y == 0.0, 1.0, 2.0)
    plain = np.sum(along_x * along_y * rises) / (a * b)
    gathered = spreading_matrix(layers, 100.0, 0.0, FOOTPRINT, [source], [reading])[0, 0]
    assert gathered == pytest.approx(plain, rel=ROUND_OFF)


def test_held_face_stays_at_its_ambient():
    layers = [isotropic(1e-3, 3.0), isotropic(1e-3, 30.0)]
    source, on_it = Patch((2e-3, 5e-3), (1e-3, 3e-3), 1), Patch((2e-3, 5e-3), (1e-3, 3e-3), 0)
    matrix = spreading_matrix(layers, math.inf, 0.0, FOOTPRINT, [source, on_it])
    assert matrix[0, 0] > 0.0
    assert matrix[1, 0] == matrix[0, 1] == matrix[1, 1] == 0.0


def test_spreading_is_refused_without_a_way_out():
    source = Patch((0.0, 1e-3), (0.0, 1e-3), 1)
    with pytest.raises(ValueError, match="adiabatic"):
        spreading_matrix([isotropic(1e-3, 1.0)], 0.0, 0.0, FOOTPRINT, [source])


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (Patch((0.0, 13e-3), (0.0, 1e-3), 1), "leaves the footprint"),
        (Patch((2e-3, 1e-3), (0.0, 1e-3), 1), "leaves the footprint"),
        (Patch((0.0, 1e-3), (0.0, 1e-3), 2), "the stack of 1 elements"),
        (point(1e-3, 1e-3, 1), "needs an area"),
    ],
)
def test_impossible_sources_are_refused(patch, message):
    with pytest.raises(ValueError, match=message):
        spreading_matrix([isotropic(1e-3, 1.0)], 10.0, 0.0, FOOTPRINT, [patch])


# --- what follows the temperature ------------------------------------------------------------------------------------


def test_kirchhoffs_transform_gives_a04_silicon():
    i, v = case("A04").inputs, case("A04").values
    ambient, flux, power = i["ambient"] + i["zero"], i["flux"], 1 + i["silicon_exponent"]
    foot = ambient + flux / i["film_bottom"]
    top = foot + flux * i["copper_thickness"] / i["copper_conductivity"]
    back = top + flux * i["contact"]
    scale = i["silicon_conductivity"] * i["silicon_reference"] ** -i["silicon_exponent"]
    junction = (back**power + power * flux * i["silicon_thickness"] / scale) ** (1 / power)
    names = ("copper_bottom", "copper_top", "silicon_bottom", "silicon_top")
    found = np.array([foot, top, back, junction]) - i["zero"]
    assert found == pytest.approx([v[f"{name}_temperature"] for name in names], rel=ROUND_OFF)
    assert junction - back == pytest.approx(v["silicon_rise"], rel=1e-11)
    frozen = flux * i["silicon_thickness"] / i["silicon_conductivity"]
    assert frozen == pytest.approx(v["silicon_rise_at_300K"], rel=ROUND_OFF)


def test_integral_of_the_conductivity_gives_a06_wall():
    i, v = case("A06").inputs, case("A06").values
    a, b, hot, cold = i["conductivity_at_zero"], i["slope"], i["temperature_hot"], i["temperature_cold"]

    def integral(to):
        return a * to + b * to**2 / 2

    whole = integral(hot) - integral(cold)
    assert whole / i["length"] == pytest.approx(v["flux"], rel=ROUND_OFF)
    half = integral(cold) + whole / 2
    middle = (-a + math.sqrt(a**2 + 2 * b * half)) / b
    assert middle == pytest.approx(v["middle_temperature"], rel=ROUND_OFF)


def test_kirchhoffs_transform_gives_a07_slab():
    i, v = case("A07").inputs, case("A07").values
    beta, heat = i["slope"], i["source_density"] * i["length"] ** 2 / i["conductivity"]
    for share, name in ((0.0, "adiabatic_face"), (0.5, "middle")):
        rise = (math.sqrt(1 + (1 - share**2) * beta * heat) - 1) / beta
        assert rise == pytest.approx(v[f"{name}_rise"], rel=ROUND_OFF)


@pytest.mark.parametrize(
    ("constant", "value"),
    [("stefan_boltzmann", "end_temperature"), ("stefan_boltzmann_rounded", "end_temperature_with_rounded_constant")],
)
def test_balance_at_the_radiating_end_gives_a08(constant, value):
    i, end = case("A08").inputs, case("A08").values[value]
    arrives = i["conductivity"] / i["length"] * (i["temperature_held"] - end)
    leaves = i["emissivity"] * i[constant] * (end**4 - i["surroundings"] ** 4)
    assert arrives == pytest.approx(leaves, rel=1e-11)


# --- the manufactured field ------------------------------------------------------------------------------------------

INSIDE = np.random.default_rng(1).uniform(0.0, 1.0, (3, 40)) * np.array(manufactured.SIZE)[:, None]  # (3, n_points), m
TINY = 1e-30  # a step along the imaginary axis differentiates analytic functions to round-off


def test_manufactured_field_gives_m01():
    exact = case("M01")
    at = np.array(exact.inputs["point"])
    assert list(manufactured.SIZE) == exact.inputs["size"]
    assert list(manufactured.CONDUCTIVITY) == exact.inputs["conductivity"]
    assert exact.inputs["film_bottom"] == manufactured.FILM_BOTTOM
    assert exact.inputs["ambient"] == manufactured.AMBIENT
    assert exact.values["film_top"] == pytest.approx(manufactured.FILM_TOP, rel=ROUND_OFF)
    assert exact.values["mean_temperature"] == pytest.approx(manufactured.MEAN_TEMPERATURE, rel=ROUND_OFF)
    assert exact.values["power"] == pytest.approx(manufactured.POWER, rel=ROUND_OFF)
    assert manufactured.temperature(*at) == pytest.approx(exact.values["point_temperature"], rel=ROUND_OFF)
    assert manufactured.source(*at) == pytest.approx(exact.values["point_source_density"], rel=ROUND_OFF)


@pytest.mark.parametrize("axis", range(3))
def test_manufactured_gradient_is_the_slope_of_the_field(axis):
    shifted = INSIDE.astype(complex)
    shifted[axis] += 1j * TINY
    slope = manufactured.temperature(*shifted).imag / TINY
    assert manufactured.gradient(*INSIDE)[axis] == pytest.approx(slope, rel=1e-10)


def test_manufactured_source_is_the_divergence_of_the_flux():
    divergence = np.zeros(INSIDE.shape[1])
    for axis, conductivity in enumerate(manufactured.CONDUCTIVITY):
        shifted = INSIDE.astype(complex)
        shifted[axis] += 1j * TINY
        divergence -= conductivity * manufactured.gradient(*shifted)[axis].imag / TINY
    sources = manufactured.source(*INSIDE)
    assert np.abs(divergence - sources).max() <= ROUND_OFF * np.abs(sources).max()


def test_manufactured_field_meets_its_boundary_conditions():
    (x, y, z), (a, b, c) = INSIDE, manufactured.SIZE
    zero = np.zeros_like(x)
    kz = manufactured.CONDUCTIVITY[2]
    scale = np.abs(manufactured.gradient(x, y, z)).max()
    for at in (zero, zero + a):
        assert np.abs(manufactured.gradient(at, y, z)[0]).max() <= ROUND_OFF * scale
    for at in (zero, zero + b):
        assert np.abs(manufactured.gradient(x, at, z)[1]).max() <= ROUND_OFF * scale
    for at, film, outward in ((zero, manufactured.FILM_BOTTOM, -1.0), (zero + c, manufactured.FILM_TOP, 1.0)):
        leaving = -kz * outward * manufactured.gradient(x, y, at)[2]
        rise = manufactured.temperature(x, y, at) - manufactured.AMBIENT
        assert leaving == pytest.approx(film * rise, rel=1e-10)
