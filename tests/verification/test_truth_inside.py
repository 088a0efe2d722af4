"""Does the bracket hold the exact value? Cases with known answers, on every grid down to the coarsest legal one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exact import ExactCase, case, spreading, stack_of
from tests.exact.stack import Layer
from tests.models import (
    Coolant,
    both,
    bounded,
    ends,
    even,
    everything,
    interfaces,
    on_interface,
    painted,
    stacked,
)
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.patch import FacePatch, VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.system import AMBIENT

ROUNDING = 1e-9  # of the largest entry; eigenvalues of a difference of two matrices cannot be told from zero below


def geometry(exact: ExactCase) -> Grid:
    """The coarsest legal grid of a stack: the outlines of its sources and its interfaces."""
    (a, b), sources = exact.inputs["footprint"], exact.sources
    x = np.unique([0.0, a, *(value for source in sources for value in source.x)])
    y = np.unique([0.0, b, *(value for source in sources for value in source.y)])
    return Grid(x, y, interfaces(exact.layers))


def one_cell_deep(grid: Grid) -> Grid:
    """For a problem in the plane."""
    return Grid(grid.x, grid.y[[0, -1]], grid.z)


def on_grid(exact: ExactCase, grid: Grid) -> VoxelModel:
    middles = 0.5 * (grid.z[1:] + grid.z[:-1])
    column = np.searchsorted(interfaces(exact.layers), middles) - 1
    region = np.broadcast_to(column, grid.shape).copy()
    conductivity = np.array([layer.conductivity for layer in exact.layers])
    return painted(grid.axes, region, conductivity, ends(exact.inputs["film_bottom"], exact.inputs["film_top"]))


def source_patches(exact: ExactCase, model: VoxelModel) -> dict[str, FacePatch]:
    return {
        str(i): on_interface(model, exact.layers, source.interface, source.x, source.y)
        for i, source in enumerate(exact.sources)
    }


def exact_matrix(exact: ExactCase) -> FloatArray:
    """By the double cosine series, which reproduces the published values to their tolerance (see the unit tests)."""
    inputs = exact.inputs
    return spreading.spreading_matrix(
        exact.layers, inputs["film_bottom"], inputs["film_top"], tuple(inputs["footprint"]), exact.sources
    )


def assert_ordered(lower: FloatArray, between: FloatArray, upper: FloatArray) -> None:
    """lower <= between <= upper in the order of symmetric matrices, to rounding."""
    slack = ROUNDING * np.abs(upper).max()
    assert np.linalg.eigvalsh(between - lower).min() >= -slack
    assert np.linalg.eigvalsh(upper - between).min() >= -slack


SPREADING = ("FC01", "FC03-1.5", "FC03-3.0", "FC03-6.0", "FC05", "FC08")
IN_THE_PLANE = {"FC08"}


@pytest.mark.parametrize("halvings", [0, 1, 2])
@pytest.mark.parametrize("name", SPREADING)
def test_spreading_from_every_source_lies_in_its_bracket_on_the_coarsest_grids(name: str, halvings: int) -> None:
    exact = case(name)
    grid = geometry(exact).halved(halvings)
    model = on_grid(exact, one_cell_deep(grid) if name in IN_THE_PLANE else grid)
    matrix, truth = bounded(model, source_patches(exact, model)), exact_matrix(exact)
    for i in range(len(exact.sources)):
        for j in range(len(exact.sources)):
            entry = matrix.entry(str(i), str(j))
            assert entry.lower <= truth[i, j] <= entry.upper


def test_quarter_of_a_symmetric_package_gives_the_same_bracket_as_the_whole() -> None:
    """Four quarters side by side, each with a quarter of the heat: their sides are mirrors, hence adiabatic."""
    exact = case("FC01")
    whole = on_grid(exact, geometry(exact).limited(1.25e-3, 1e-3))
    cut = whole.grid.x.size // 2  # the middle plane, as the source is centred
    quarter = on_grid(exact, Grid(whole.grid.x[cut:], whole.grid.y[cut:], whole.grid.z))
    for ours, theirs in zip(
        both(whole, source_patches(exact, whole)), both(quarter, source_patches(exact, quarter)), strict=True
    ):
        assert ours[0, 0] == pytest.approx(theirs[0, 0] / 4, rel=1e-9)


@pytest.mark.parametrize("name", ["FC03-1.5", "FC03-6.0"])
def test_heat_that_leaves_at_the_bottom_lies_in_its_bracket(name: str) -> None:
    """The film takes film * area * (mean rise of the bottom face), so the power down is a reading of that face."""
    exact = case(name)
    model = on_grid(exact, geometry(exact).limited(1e-3, 0.2e-3))
    a, b = exact.inputs["footprint"]
    bottom = on_interface(model, exact.layers, 0, (0.0, a), (0.0, b))
    matrix = bounded(model, {**source_patches(exact, model), "bottom": bottom})
    film = exact.inputs["film_bottom"] * a * b * exact.powers[0]
    entry = matrix.entry("bottom", "0").scaled(film)
    assert entry.lower <= exact.values["power_down"] <= entry.upper
    assert entry.half_width < 0.25 * entry.value  # a bracket from zero to twice the value would prove nothing


def package_p01(halvings: int) -> VoxelModel:
    """A quarter of P01, from the middle outwards: moulding around bumps and die, in the plane beyond the die."""
    exact = case("P01")
    inputs = exact.inputs
    layers = stack_of(inputs["layers"])
    centre, edge, rim = (0.5 * inputs["footprint"][0], inputs["die_x"][1], inputs["footprint"][0])
    lateral = np.array([centre, edge, rim])
    grid = Grid(lateral, lateral, interfaces(layers)).limited(1e-3, 0.4e-3).graded(3.0).halved(halvings)
    names = [table["name"] for table in inputs["layers"]]
    moulding = len(names)
    middles = [0.5 * (ticks[1:] + ticks[:-1]) for ticks in grid.axes]
    region = np.broadcast_to(np.searchsorted(interfaces(layers), middles[2]) - 1, grid.shape).copy()
    beyond = (middles[0] > edge)[:, None, None] | (middles[1] > edge)[None, :, None]
    confined = np.isin(region, [names.index(name) for name in inputs["confined_to_die"]])
    region[beyond & confined] = moulding
    conductivity = [layer.conductivity for layer in layers] + [(inputs["encapsulant_conductivity"],) * 3]
    return painted(grid.axes, region, np.array(conductivity), ends(inputs["film_bottom"], inputs["film_top"]))


def quarter_bracket_p01(halvings: int) -> tuple[float, float, int]:
    exact = case("P01")
    model = package_p01(halvings)
    (source,), layers = exact.sources, stack_of(exact.inputs["layers"])
    patch = on_interface(model, layers, source.interface, source.x, source.y)
    entry = bounded(model, {"die": patch}).entry("die", "die").scaled(0.25)
    return entry.lower, entry.upper, model.grid.n_cells


@pytest.mark.parametrize("halvings", [0, 1, 2, 3])
def test_theta_of_the_package_lies_in_its_bracket(halvings: int) -> None:
    lower, upper, _ = quarter_bracket_p01(halvings)
    assert lower <= case("P01").values["theta_ja"] <= upper


@pytest.mark.parametrize("cells", [1, 2, 5, 16])
def test_block_between_six_films_holds_its_mean(cells: int) -> None:
    exact = case("B02")
    inputs, (a, b, c) = exact.inputs, exact.inputs["size"]
    films = [film for axis in ("film_x", "film_y", "film_z") for film in inputs[axis]]
    cooling = {d: Coolant(film) for d, film in zip(("x-", "x+", "y-", "y+", "z-", "z+"), films, strict=True)}
    ticks = even(0.0, a, parts=cells), even(0.0, b, parts=cells), even(0.0, c, parts=cells)
    model = painted(ticks, np.zeros((cells,) * 3, int), np.array([inputs["conductivity"]]), cooling)
    power = inputs["source_density"] * a * b * c
    entry = bounded(model, {"block": everything(model)}).entry("block", "block").scaled(power)
    assert entry.lower <= exact.values["mean_rise"] <= entry.upper
    assert entry.half_width < 10.0 / cells**2  # K; of 239 K, nearly all in the films, the block itself takes about 5 K


# ---------------------------------------------------------------- temperatures given: heat flow between held faces
@pytest.mark.parametrize("cells", [1, 2, 4, 8, 16])
def test_conductance_of_a_strip_that_widens_lies_in_its_bracket(cells: int) -> None:
    """One kelvin between two held ends: the ambient load's own entry is minus the heat times that kelvin."""
    exact = case("B04")
    (narrow, short), (wide, long) = exact.inputs["narrow"], exact.inputs["wide"]
    x, y = even(0.0, short, short + long, parts=cells), even(0.0, exact.inputs["depth"])
    z = even(0.0, narrow, wide, parts=cells)
    region = np.zeros((x.size - 1, 1, z.size - 1), int)
    region[:cells, :, cells:] = NOTHING
    region[cells:] = 1  # so that the step, which looks towards x-, is not the held end
    conductivity = np.full((2, 3), exact.inputs["conductivity"])
    cooling = {("x-", 0): Coolant(np.inf, 1.0), ("x+", 1): Coolant(np.inf, 0.0)}
    entry = bounded(painted((x, y, z), region, conductivity, cooling), {}).entry(AMBIENT, AMBIENT)
    assert entry.lower <= -1.0 / exact.values["resistance"] <= entry.upper
    assert entry.half_width < 0.25 * abs(entry.value) / cells


@pytest.mark.parametrize("cells", [1, 3, 8])
def test_heat_of_a_fin_with_a_held_base_lies_in_its_bracket(cells: int) -> None:
    """Half the thickness over a metre of depth; the base is 55 K above the films' ambient."""
    exact = case("A13")
    inputs = exact.inputs
    base = inputs["base_temperature"] - inputs["ambient"]
    ticks = (
        even(0.0, inputs["height"], parts=4 * cells),
        even(0.0, 1.0),
        even(0.0, inputs["thickness"] / 2, parts=cells),
    )
    film = Coolant(inputs["film"])
    cooling = {"x-": Coolant(np.inf, base), "x+": film, "z+": film}
    model = painted(ticks, np.zeros((4 * cells, 1, cells), int), np.full((1, 3), inputs["conductivity"]), cooling)
    entry = bounded(model, {}).entry(AMBIENT, AMBIENT)
    assert entry.lower <= -exact.values["power_per_depth"] / 2 * base <= entry.upper
    assert entry.half_width < 0.02 * abs(entry.value) / cells**2


# ---------------------------------------------------------------- stacks and sources at random
@st.composite
def layers(draw: st.DrawFn) -> list[Layer]:
    log_conductivity = st.floats(-0.5, 2.6)
    return [
        Layer(10 ** draw(st.floats(-4.5, -2.7)), tuple(10 ** draw(log_conductivity) for _ in range(3)))
        for _ in range(draw(st.integers(1, 4)))
    ]


@st.composite
def ticks(draw: st.DrawFn) -> FloatArray:
    """Two to six cells of unequal lengths, millimetres."""
    return np.concatenate([[0.0], np.cumsum(draw(st.lists(st.floats(0.4, 3.0), min_size=2, max_size=6)))]) * 1e-3


@st.composite
def spans(draw: st.DrawFn, along: FloatArray) -> tuple[float, float]:
    """A run of cells."""
    start = draw(st.integers(0, along.size - 2))
    return float(along[start]), float(along[draw(st.integers(start + 1, along.size - 1))])


@settings(max_examples=60)
@given(st.data(), layers(), ticks(), ticks(), st.floats(0.5, 4.5), st.floats(0.5, 4.5), st.integers(1, 3))
def test_any_sources_in_any_stack_lie_between_the_two_lattices(
    data: st.DataObject, layers: list[Layer], x: FloatArray, y: FloatArray, bottom: float, top: float, parts: int
) -> None:
    films = [data.draw(st.sampled_from([10**bottom, np.inf])), data.draw(st.sampled_from([10**top, 0.0, np.inf]))]
    if data.draw(st.booleans()):
        films.reverse()
    held = [i for i, film in ((0, films[0]), (len(layers), films[1])) if np.isinf(film)]
    free = [i for i in range(len(layers) + 1) if i not in held]
    if not free:
        return
    patches = [
        spreading.Patch(data.draw(spans(x)), data.draw(spans(y)), data.draw(st.sampled_from(free)))
        for _ in range(data.draw(st.integers(1, 3)))
    ]
    truth = spreading.spreading_matrix(layers, *films, (float(x[-1]), float(y[-1])), patches)
    model = stacked(layers, x, y, parts, ends(*films))
    lower, upper = both(
        model, {str(i): on_interface(model, layers, p.interface, p.x, p.y) for i, p in enumerate(patches)}
    )
    assert_ordered(lower, truth, upper)
    matrix = bounded(model, {str(i): on_interface(model, layers, p.interface, p.x, p.y) for i, p in enumerate(patches)})
    for i in range(len(patches)):
        for j in range(len(patches)):
            entry = matrix.entry(str(i), str(j))
            slack = ROUNDING * abs(truth).max()
            assert entry.lower - slack <= truth[i, j] <= entry.upper + slack


@settings(max_examples=20)
@given(layers(), ticks(), ticks(), st.floats(0.5, 4.5), st.integers(1, 3))
def test_lateral_conductivity_taken_away_or_made_perfect_bounds_every_source(
    layers: list[Layer], x: FloatArray, y: FloatArray, film: float, parts: int
) -> None:
    """Outer bounds that need no grid: a column under the source alone, and isothermal planes."""
    model = stacked(layers, x, y, parts, ends(10**film, 0.0))
    patch = on_interface(model, layers, len(layers), (0.0, float(x[1])), (0.0, float(y[1])))
    lower, upper = both(model, {"source": patch})
    one_dimensional = 1 / 10**film + sum(layer.resistance for layer in layers)
    assert one_dimensional / (x[-1] * y[-1]) <= lower[0, 0] * (1 + ROUNDING)
    assert upper[0, 0] <= one_dimensional / (x[1] * y[1]) * (1 + ROUNDING)


def test_source_in_the_volume_of_an_inner_part_lies_between_finer_bounds() -> None:
    """A bracket on a coarse grid holds that on a finer one, which holds the truth; the source is a whole solid."""
    brackets = []
    for parts in (1, 2, 4, 8):
        ticks = tuple(even(0.0, 1e-3, 2.5e-3, 4e-3, parts=parts) for _ in range(3))
        region = np.zeros((3 * parts,) * 3, int)
        region[parts : 2 * parts, parts : 2 * parts, parts : 2 * parts] = 1
        model = painted(ticks, region, np.array([[1.0, 2.0, 0.5], [100.0, 50.0, 10.0]]), {"z-": Coolant(200.0)})
        brackets.append(bounded(model, {"inner": VolumePatch(frozenset({"solid-1"}))}).entry("inner", "inner"))
    for coarse, fine in pairwise(brackets):
        assert coarse.lower < fine.lower < fine.upper < coarse.upper
    assert brackets[-1].relative_half_width < 0.02
