"""How must answers change when the question changes? Relations between runs, which need no reference value."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.models import DIRECTIONS, Coolant, both, bounded, even, everything, fields, painted, solid
from thermopkg.answer.answer import Answer, patches, planes_of, solve
from thermopkg.arraytypes import FloatArray
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import VolumePatch
from thermopkg.mesh.voxel import NOTHING, VoxelModel, paint
from thermopkg.package.placing import place
from thermopkg.system import AMBIENT

SAME = 1e-9  # relative; what should be the same number, by another way
CONDUCTIVITIES = {"laminate": (18.0, 0.5), "die": (117.0, 117.0), "metal": (390.0, 390.0), "solder": (50.0, 50.0),
                  "compound": (2.5, 2.5), "ceramic": (25.0, 25.0)}  # fmt: skip  # in plane and through, W/m/K
FILMS = {"top": 300.0, "bottom": 40.0, "sides": 20.0, "sink.top": 900.0}  # W/m^2/K
AMBIENT_KELVIN = 300.0

Document = dict[str, Any]


def document(
    length: float = 1.0,
    conductivity: Mapping[str, float] | float = 1.0,
    film: Mapping[str, float] | float = 1.0,
    chip_power: float = 2.0,
    heater_power: float = 0.0,
    unit: tuple[str, float] = ("mm", 1.0),
) -> Document:
    """A small package without any symmetry: a chip on six bumps beside a heater, moulded in under a heat sink.

    `length`, `conductivity` and `film` are factors; the latter two for all, or by name.
    """

    def size(*millimetres: float) -> list[str]:
        return [f"{value * length * unit[1]!r} {unit[0]}" for value in millimetres]

    def factor(of: Mapping[str, float] | float, name: str) -> float:
        return of if isinstance(of, float) else of.get(name, 1.0)

    materials = {
        name: {
            "class": "composite",
            "electrical": "insulator",
            "conductivity": {
                "in_plane": f"{in_plane * factor(conductivity, name)!r} W/m/K",
                "through": f"{through * factor(conductivity, name)!r} W/m/K",
            },
        }
        for name, (in_plane, through) in CONDUCTIVITIES.items()
    }
    films = {name: {"film": f"{value * factor(film, name)!r} W/m^2/K"} for name, value in FILMS.items()}
    thickness, pitch, diameter, height, gap = size(0.4, 1.1, 0.4, 0.1, 0.2)
    return {
        "title": "a package",
        "study": {"metrics": []},
        "materials": materials,
        "environment": {
            "ambient": f"{AMBIENT_KELVIN} K",
            **{name: value for name, value in films.items() if "." not in name},
            "faces": {name: value for name, value in films.items() if "." in name},
        },
        "part": [
            {"name": "carrier", "kind": "substrate", "size": size(10.0, 8.0),
             "layers": [{"material": "laminate", "thickness": thickness}]},
            {"name": "chip", "kind": "chip", "on": "carrier", "at": size(1.0, 0.5), "size": size(4.0, 3.0, 0.3),
             "material": "die", "power": f"{chip_power!r} W",
             "bumps": {"material": "solder", "pitch": pitch, "diameter": diameter, "height": height, "count": [3, 2]}},
            {"name": "heater", "kind": "block", "on": "carrier", "at": size(-3.0, 2.0), "size": size(2.0, 1.5, 0.6),
             "material": "ceramic", "power": f"{heater_power!r} W"},
            {"name": "sink", "kind": "heat-sink", "over": "chip", "gap": gap, "size": size(7.0, 5.0, 0.5),
             "material": "metal"},
            {"name": "mould", "kind": "encapsulant", "material": "compound", "exposes": ["sink.top"]},
        ],
    }  # fmt: skip


def model_of(document: Document, halvings: int = 0) -> VoxelModel:
    package = place(from_document(document))
    return paint(package, geometry_grid(package).halved(halvings))


def solved(document: Document) -> Answer:
    package = place(from_document(document))
    planes = [planes_of(patch) for patch in patches(package).values()]
    extra = tuple(np.concatenate(axis) for axis in zip(*planes, strict=True))
    return solve(paint(package, geometry_grid(package, extra)))


def matrices(model: VoxelModel) -> tuple[FloatArray, FloatArray]:
    """Both lattices' matrices of all places of a package, its places in alphabetical order."""
    places = patches(model.package)
    return both(model, {name: places[name] for name in sorted(places)}, AMBIENT_KELVIN)


def assert_same(
    ours: tuple[FloatArray, FloatArray], theirs: tuple[FloatArray, FloatArray], factor: float = 1.0
) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert_allclose(a, factor * b, rtol=SAME)


def assert_not_above(lower: FloatArray, upper: FloatArray) -> None:
    """In the order of symmetric matrices, to rounding."""
    assert np.linalg.eigvalsh(upper - lower).min() >= -SAME * np.abs(upper).max()


factors = st.floats(-1.0, 1.0).map(lambda decades: 10.0**decades)
few = settings(max_examples=6)


# ---------------------------------------------------------------- (1) (8) linear in the powers
@few
@given(factors)
def test_theta_does_not_move_with_power_and_rises_scale_with_it(factor: float) -> None:
    def asked(power: float) -> Answer:
        return solved({**document(chip_power=power), "study": {"metrics": ["theta_ja", "psi_jt"]}})

    one, other = asked(2.0), asked(2.0 * factor)
    for ours, theirs in zip(other.metrics, one.metrics, strict=True):
        assert ours.bracket.value == pytest.approx(theirs.bracket.value, rel=SAME)
        assert ours.bracket.lower == pytest.approx(theirs.bracket.lower, rel=SAME)
        assert ours.bracket.upper == pytest.approx(theirs.bracket.upper, rel=SAME)
    for ours, theirs in zip(other.parts, one.parts, strict=True):
        rise = factor * (theirs.mean.value - AMBIENT_KELVIN)
        assert ours.mean.value - AMBIENT_KELVIN == pytest.approx(rise, rel=SAME)


@few
@given(st.floats(0.1, 5.0), st.floats(0.1, 5.0))
def test_rises_of_two_sources_add_up(chip: float, heater: float) -> None:
    together, first, second = (
        solved(document(chip_power=a, heater_power=b)) for a, b in ((chip, heater), (chip, 0.0), (0.0, heater))
    )
    added = first.temperature + second.temperature - 2 * AMBIENT_KELVIN
    assert_allclose(together.temperature - AMBIENT_KELVIN, added, rtol=SAME)
    for both_on, one, other in zip(together.parts, first.parts, second.parts, strict=True):
        alone = one.mean.value + other.mean.value - 2 * AMBIENT_KELVIN
        assert both_on.mean.value - AMBIENT_KELVIN == pytest.approx(alone, rel=SAME)


# ---------------------------------------------------------------- (2) (3) (18) dimensions
@few
@given(factors)
def test_conductivities_and_films_times_c_divide_theta_by_c(factor: float) -> None:
    assert_same(
        matrices(model_of(document(conductivity=factor, film=factor))), matrices(model_of(document())), 1 / factor
    )


@few
@given(factors)
def test_lengths_times_c_and_films_over_c_divide_theta_by_c(factor: float) -> None:
    assert_same(
        matrices(model_of(document(length=factor, film=1 / factor))), matrices(model_of(document())), 1 / factor
    )


@pytest.mark.parametrize("unit", [("m", 1e-3), ("um", 1e3)])
def test_units_of_the_file_do_not_matter(unit: tuple[str, float]) -> None:
    assert_same(matrices(model_of(document(unit=unit))), matrices(model_of(document())))


# ---------------------------------------------------------------- (4) mirrors, turns, permutations
def moved(document: Document, move: Callable[[list[str]], list[str]], turned: bool = False) -> Document:
    """Every part's place and, where turned, footprint and array changed."""
    document = deepcopy(document)
    for part in document["part"]:
        part["at"] = move(part.get("at", ["0 mm", "0 mm"]))
        if turned and "size" in part:
            part["size"][:2] = part["size"][1::-1]
        if turned and "bumps" in part:
            part["bumps"]["count"] = part["bumps"]["count"][::-1]
    return document


def negative(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}"


MOVES = {
    "mirrored along x": (lambda at: [negative(at[0]), at[1]], False, lambda field: field[::-1]),
    "mirrored along y": (lambda at: [at[0], negative(at[1])], False, lambda field: field[:, ::-1]),
    "turned by half": (lambda at: [negative(at[0]), negative(at[1])], False, lambda field: field[::-1, ::-1]),
    "turned by a quarter": (lambda at: [negative(at[1]), at[0]], True, lambda field: field.swapaxes(0, 1)[::-1]),
    "x and y exchanged": (lambda at: [at[1], at[0]], True, lambda field: field.swapaxes(0, 1)),
}


@pytest.mark.parametrize("move", MOVES)
def test_moved_package_has_the_moved_field_and_the_same_resistances(move: str) -> None:
    move_at, turned, move_field = MOVES[move]
    here, there = (model_of(d, halvings=1) for d in (document(), moved(document(), move_at, turned)))
    assert_same(matrices(there), matrices(here))
    for emit in (primal.emit, dual.emit):
        ours, theirs = (emit(model, patches(model.package), AMBIENT_KELVIN) for model in (there, here))
        for name, own, other in zip(theirs.loads, fields(ours), fields(theirs), strict=True):
            expected = move_field(other.reshape(theirs.conductance.shape))
            assert_allclose(own.reshape(ours.conductance.shape), expected, rtol=SAME, err_msg=name)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.permutations([0, 1, 2]))
def test_axes_may_be_permuted(seed: int, order: list[int]) -> None:
    """Orthotropic cells, holes among them, a film of its own on every direction, another ambient on one of them."""
    rng = np.random.default_rng(seed)
    ticks = [np.cumsum(rng.uniform(0.2, 2.0, n)) for n in (4, 3, 5)]
    region = np.where(rng.random((3, 2, 4)) < 0.2, NOTHING, rng.integers(0, 3, (3, 2, 4)))
    region[1, 1, 1], region[0, 0, 0] = 0, 1
    conductivity = 10 ** rng.uniform(-1, 2, (3, 3))
    films = 10 ** rng.uniform(0, 2, 6)
    cooling = {name: Coolant(h, rise) for name, h, rise in zip(DIRECTIONS, films, [0, 0, 0, 7.0, 0, 0], strict=True)}
    renamed = {old: "xyz"[new] for new, old in enumerate("xyz"[axis] for axis in order)}
    permuted = painted(
        tuple(ticks[axis] for axis in order),
        region.transpose(order),
        conductivity[:, order],
        {renamed[name[0]] + name[1]: coolant for name, coolant in cooling.items()},
    )
    places = {str(i): VolumePatch(frozenset({solid(i)})) for i in (0, 1)}
    assert_same(both(permuted, places), both(painted(tuple(ticks), region, conductivity, cooling), places))


# ---------------------------------------------------------------- (5) (11) (19) ways to write one package
def with_layers(*thicknesses: str) -> Document:
    split = document()
    split["part"][0]["layers"] = [{"material": "laminate", "thickness": t} for t in thicknesses]
    return split


def test_a_layer_split_in_two_gives_bounds_that_lie_inside_and_the_same_numbers_on_the_same_planes() -> None:
    whole, split = model_of(document()), model_of(with_layers("0.15 mm", "0.25 mm"))
    (lower, upper), (finer_lower, finer_upper) = matrices(whole), matrices(split)
    assert_not_above(lower, finer_lower)
    assert_not_above(finer_lower, finer_upper)
    assert_not_above(finer_upper, upper)
    assert_same(matrices(paint(whole.package, split.grid)), (finer_lower, finer_upper))


@few
@given(st.randoms(use_true_random=False))
def test_order_of_parts_does_not_matter(random: Any) -> None:
    shuffled = document(heater_power=1.0)
    random.shuffle(shuffled["part"])
    assert_same(matrices(model_of(shuffled)), matrices(model_of(document(heater_power=1.0))))


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.02, 0.98)), min_size=1, max_size=6))
def test_planes_added_anywhere_never_lower_the_lower_bound_nor_raise_the_upper(more: list[tuple[int, float]]) -> None:
    coarse = model_of(document())
    axes = list(coarse.grid.axes)
    for axis, share in more:
        plane = axes[axis][0] + share * (axes[axis][-1] - axes[axis][0])
        assume(np.abs(axes[axis] - plane).min() > 1e-7)
        axes[axis] = np.sort(np.append(axes[axis], plane))
    (lower, upper), (finer_lower, finer_upper) = matrices(coarse), matrices(paint(coarse.package, Grid(*axes)))
    assert_not_above(lower, finer_lower)
    assert_not_above(finer_lower, finer_upper)
    assert_not_above(finer_upper, upper)


def test_halving_closes_every_place_s_bracket_from_both_sides() -> None:
    """As the program prints them, the solver's remainder included."""
    brackets = []
    for halvings in range(3):
        model = model_of(document(), halvings)
        matrix = bounded(model, patches(model.package), AMBIENT_KELVIN)
        brackets.append([matrix.entry(name, name) for name in sorted(patches(model.package))])
    for coarse, fine in zip(brackets[0] + brackets[1], brackets[1] + brackets[2], strict=True):
        assert coarse.lower <= fine.lower <= fine.upper <= coarse.upper


# ---------------------------------------------------------------- (7) (9) (10) (12) physics
def test_places_warm_each_other_alike() -> None:
    """Reciprocity, of the fields themselves: the matrices that are printed have been made symmetric."""
    model = model_of(document(), 1)
    for emit in (primal.emit, dual.emit):
        system = emit(model, patches(model.package), AMBIENT_KELVIN)
        raw = np.array([load.ravel() for load in system.loads.values()]) @ fields(system).T
        assert_allclose(raw, raw.T, rtol=SAME)
        assert_allclose(system.constants, system.constants.T, rtol=SAME)


@few
@given(st.floats(0.0, 3.0), st.floats(0.1, 3.0))
def test_nothing_is_colder_than_the_ambient_nor_hotter_than_the_sources(chip: float, heater: float) -> None:
    answer = solved(document(chip_power=chip, heater_power=heater))
    temperature, model = answer.temperature, answer.model
    assert np.nanmin(temperature) > AMBIENT_KELVIN
    hottest = np.unravel_index(np.nanargmax(temperature), temperature.shape)
    system = primal.emit(model, patches(model.package), AMBIENT_KELVIN)
    heated = system.loads["heater"] + (system.loads["chip.active"] if chip > 0 else 0.0)
    assert heated[hottest] > 0


@few
@given(st.floats(-40.0, 40.0), st.floats(-40.0, 40.0))
def test_without_heat_nothing_is_outside_the_ambients(bottom: float, sink: float) -> None:
    assume(abs(bottom) > 1 and abs(sink) > 1 and abs(bottom - sink) > 1)
    cold = document(chip_power=0.0)
    cold["environment"]["bottom"]["ambient"] = f"{AMBIENT_KELVIN + bottom!r} K"
    cold["environment"]["faces"]["sink.top"] = {"temperature": f"{AMBIENT_KELVIN + sink!r} K"}
    answer = solved(cold)
    low, high = AMBIENT_KELVIN + min(bottom, sink, 0.0), AMBIENT_KELVIN + max(bottom, sink, 0.0)
    assert low * (1 - SAME) <= np.nanmin(answer.temperature) < np.nanmax(answer.temperature) <= high * (1 + SAME)
    for part in answer.parts:
        assert part.mean.lower < high
        assert low < part.mean.upper
    assert abs(sum(answer.balance.by_face.values())) < 1e-6 * sum(abs(heat) for heat in answer.balance.by_face.values())


@settings(max_examples=12)
@given(st.sampled_from([*CONDUCTIVITIES, *FILMS]), st.floats(1.01, 30.0))
def test_raising_any_conductivity_or_film_raises_no_resistance(what: str, factor: float) -> None:
    """Rayleigh's monotonicity, on either lattice; so the new lower bound is below the old upper one as well."""
    raised = document(conductivity={what: factor}) if what in CONDUCTIVITIES else document(film={what: factor})
    (lower, upper), (new_lower, new_upper) = matrices(model_of(document())), matrices(model_of(raised))
    assert_not_above(new_lower, lower)
    assert_not_above(new_upper, upper)
    assert_not_above(new_lower, upper)
    assert (np.diag(new_lower) <= np.diag(upper)).all()
    assert np.abs(new_lower - lower).max() > 0  # what was raised took part


@few
@given(st.floats(0.0, 5.0), st.floats(0.1, 5.0), st.floats(-50.0, 50.0))
def test_watts_that_leave_are_watts_that_are_made(chip: float, heater: float, cold_plate: float) -> None:
    heated = document(chip_power=chip, heater_power=heater)
    heated["environment"]["bottom"] = {"temperature": f"{AMBIENT_KELVIN + cold_plate!r} K"}
    balance = solved(heated).balance
    assert balance.generated == pytest.approx(chip + heater)
    assert set(balance.by_surface) == {"top", "bottom", "sides", "sink.top"}
    crossing = max(chip + heater, sum(abs(heat) for heat in balance.by_face.values()) / 2)
    assert sum(balance.by_surface.values()) == pytest.approx(chip + heater, abs=1e-6 * crossing)
    assert sum(balance.by_face.values()) == pytest.approx(chip + heater, abs=1e-6 * crossing)


def test_answer_lies_in_the_bracket_of_a_coarser_grid_with_two_ambients_and_a_held_face() -> None:
    """Means between two ambients are bounded like any other: those of a fine grid lie inside those of a coarse one."""
    between = document(heater_power=1.0)
    between["environment"]["bottom"] = {"temperature": "330 K"}
    package = place(from_document(between))
    coarse, fine = (solve(paint(package, geometry_grid(package).halved(n))) for n in (0, 2))
    for rough, good in zip(coarse.parts, fine.parts, strict=True):
        assert rough.mean.lower <= good.mean.lower < good.mean.upper <= rough.mean.upper
    assert AMBIENT in coarse.matrix.names


def test_mean_of_a_part_lies_between_its_lowest_and_its_highest_temperature() -> None:
    """Though the mean is the middle of a bracket and the two are estimates from one field, on any grid."""
    answer = solved(document(chip_power=3.0, heater_power=1.0))
    for read in (*answer.parts, *answer.readings):
        assert read.lowest < read.mean.value < read.highest, read.name


def test_estimates_of_a_part_reach_the_temperatures_that_its_faces_are_held_at() -> None:
    slab = {
        "title": "a slab between two cold plates",
        "study": {"metrics": []},
        "environment": {"ambient": "25 degC", "bottom": {"temperature": "35 degC"}, "top": {"temperature": "45 degC"}},
        "part": [{"name": "slab", "kind": "block", "size": ["3 mm", "3 mm", "1 mm"], "material": "copper"}],
    }
    (part,) = solve(model_of(slab, 1)).parts
    assert (part.lowest, part.mean.value, part.highest) == pytest.approx((308.15, 313.15, 318.15), rel=SAME)


# ---------------------------------------------------------------- (20) the machine
@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="this machine has one thread")
def test_number_of_threads_does_not_matter() -> None:
    """Enough points that loops are shared; what is left by the solver counts, hence bounds and not fields."""
    ticks = even(0.0, 1e-2, parts=50)
    model = painted(
        (ticks, ticks, ticks), np.zeros((50, 50, 50), int), np.array([[9.0, 3.0, 1.0]]), {"z-": Coolant(90.0)}
    )
    before, found = numba.get_num_threads(), []
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            found.append(bounded(model, {"everything": everything(model)}))
    finally:
        numba.set_num_threads(before)
    one, two = found
    assert_allclose(two.lower, one.lower, rtol=1e-10)
    assert_allclose(two.upper, one.upper, rtol=1e-10)
