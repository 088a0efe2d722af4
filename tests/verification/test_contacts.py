"""Are contacts between parts what theory says, in both lattices, and do the bounds hold across them?

A contact is a layer of LAYER cut from one of its parts, which conducts across and not along. In one dimension it is the
exact joint without thickness; elsewhere it departs from it by a small multiple of LAYER over the part's thickness.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tests.exact import case
from tests.exact.slab import series_rise
from tests.exact.spreading import Patch as Rectangle
from tests.exact.spreading import spreading_matrix
from tests.exact.stack import Contact, Layer, isotropic
from tests.models import both
from tests.verification.test_metamorphic import document as moulded
from thermopkg.answer.answer import Answer, heat_everywhere, solve, wanted_places
from thermopkg.answer.bracket import from_above, from_below
from thermopkg.arraytypes import FloatArray
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch
from thermopkg.mesh.planning import fixed_grid
from thermopkg.mesh.voxel import Surface, VoxelModel, paint
from thermopkg.package.interfaces import LAYER, interfaces
from thermopkg.package.placing import place
from thermopkg.workflow import geometry, mesh, search, silent, simulate

Document = dict[str, Any]

IN_SERIES = (
    1e-9  # relative; both lattices against resistances in series, rounding of a layer's 1e-9 m at 1e-3 m included
)
# Relative; what a layer that conducts nothing along the joint takes of spreading. Measured: 2e-8 in a part of 0.4 mm,
# 1.2e-6 in one of 20 um (docs/decisions/0006-contact-resistance.md).
LAYER_SHOWS = 2e-6


def substance(conductivity: float | tuple[float, float]) -> dict[str, Any]:
    """A material by its conductivity in all directions, or in plane and through, W/m/K."""
    if isinstance(conductivity, tuple):
        ways = {way: f"{k!r} W/m/K" for way, k in zip(("in_plane", "through"), conductivity, strict=True)}
        return {"class": "composite", "electrical": "insulator", "conductivity": ways}
    return {"class": "composite", "electrical": "insulator", "conductivity": f"{conductivity!r} W/m/K"}


def joint(first: str, second: str, resistance: float | str | None = None, **more: Any) -> dict[str, Any]:
    """A contact; its resistance in m^2 K/W, or "open"."""
    table: dict[str, Any] = {"between": [first, second], **more}
    if resistance is not None:
        table["resistance"] = resistance if isinstance(resistance, str) else f"{resistance!r} m^2*K/W"
    return table


# ---------------------------------------------------------------- one dimension
def flip_chip(**more: Any) -> Document:
    """Case A03 upside down: the chip lies on its back on the copper, its active face under the filled bumps.

    theta = D U / (D + U) / area, with D and U the resistances of a square metre from the active face to either ambient:
    D = 1/25 + 1.0e-3/0.6 + 0.07e-3/1.8, U = 0.1e-3/130 + 5e-6 + 1.5e-3/390 + 1/2500.
    """
    inputs = case("A03").inputs
    substrate, fill, die, contact, copper = inputs["layers"]
    side = f"{inputs['area'] ** 0.5!r} m"

    def thick(layer: Mapping[str, Any]) -> str:
        return f"{layer['thickness']!r} m"

    return {
        "title": "A03",
        "materials": {
            name: substance(layer["conductivity"])
            for name, layer in (("laminate", substrate), ("underfill", fill), ("die", die), ("metal", copper))
        },
        "part": [
            {"name": "copper", "kind": "block", "size": [side, side, thick(copper)], "material": "metal"},
            {"name": "chip", "kind": "chip", "face": "up", "on": "copper", "size": [side, side, thick(die)],
             "material": "die", "power": f"{inputs['power']!r} W"},
            {"name": "fill", "kind": "adhesive", "on": "chip", "thickness": thick(fill), "material": "underfill"},
            {"name": "substrate", "kind": "block", "on": "fill", "size": [side, side, thick(substrate)],
             "material": "laminate"},
        ],
        "contact": [joint("chip", "copper", contact["contact"])],
        "environment": {
            "ambient": f"{inputs['ambient']!r} degC",
            "bottom": {"film": f"{inputs['film_top']!r} W/m^2/K"},
            "top": {"film": f"{inputs['film_bottom']!r} W/m^2/K"},
        },
        "study": {
            "reading": [{"name": "back", "face": "chip.bottom"}, {"name": "foot", "face": "copper.top"}],
            "refine": 1,
            **more,
        },
    }  # fmt: skip


def test_flip_chip_with_a_contact_has_its_exact_resistance_and_jump() -> None:
    exact = case("A03")
    answer = simulate(from_document(flip_chip())).answer
    theta = answer.metrics[0].bracket
    assert (theta.value, theta.lower, theta.upper) == pytest.approx((exact.values["theta_ja"],) * 3, rel=IN_SERIES)
    jump = answer.matrix.combination({"back": 1.0, "foot": -1.0}, {"chip.active": exact.inputs["power"]})
    assert jump.value == pytest.approx(exact.values["contact_jump"], rel=exact.tolerance)
    readings = {reading.name: reading.mean.value - 273.15 for reading in answer.readings}
    assert readings["back"] == pytest.approx(exact.values["die_back_temperature"], rel=exact.tolerance)
    assert readings["foot"] == pytest.approx(exact.values["copper_bottom_temperature"], rel=exact.tolerance)


def test_parts_are_read_on_their_own_side_of_a_contact() -> None:
    """The chip is coldest at its back and the copper hottest at its top, both linear in between: no jump in either."""
    exact = case("A03").values
    parts = {part.name: part for part in simulate(from_document(flip_chip())).answer.parts}
    back, top = exact["die_back_temperature"] + 273.15, exact["copper_bottom_temperature"] + 273.15
    assert parts["chip"].lowest == pytest.approx(back, rel=1e-8)
    assert parts["copper"].highest == pytest.approx(top, rel=1e-8)
    assert parts["chip"].mean.value == pytest.approx(0.5 * (back + exact["junction_temperature"] + 273.15), rel=1e-8)
    assert parts["copper"].mean.value == pytest.approx(0.5 * (top + exact["copper_top_temperature"] + 273.15), rel=1e-8)


def test_heat_made_on_a_face_with_a_contact_is_made_on_the_chip() -> None:
    """A03 with 20 mm^2 K/W on the active face as well: they lie in series with all that is under the bumps' side.

    theta = D U / (D + U) / area, D = 1/25 + 1.0e-3/0.6 + 0.07e-3/1.8 + 20e-6, U as before. On the other side of that
    contact the heat would see the chip through it: 0.17 K/W more.
    """
    document = flip_chip()
    document["contact"].append(joint("fill", "chip", 20e-6))
    down = 1 / 25 + 1.0e-3 / 0.6 + 0.07e-3 / 1.8 + 20e-6
    up = 0.1e-3 / 130 + 5e-6 + 1.5e-3 / 390 + 1 / 2500
    theta = simulate(from_document(document)).answer.metrics[0].bracket
    expected = down * up / (down + up) / 1e-4
    assert (theta.value, theta.lower, theta.upper) == pytest.approx((expected,) * 3, rel=IN_SERIES)


def two_blocks(
    resistance: float | str | None, heights: tuple[float, float] = (0.5e-3, 0.2e-3), **more: Any
) -> Document:
    """A thinner block on a thicker one, 10 by 8 mm, the upper one heated throughout."""
    contact = [joint("upper", "lower", resistance, **more)] if resistance is not None or more else []
    return {
        "title": "two blocks",
        "materials": {"one": substance((20.0, 0.5)), "two": substance(117.0)},
        "part": [
            {"name": "lower", "kind": "block", "size": ["10 mm", "8 mm", f"{heights[0]!r} m"], "material": "one"},
            {"name": "upper", "kind": "block", "on": "lower", "size": ["10 mm", "8 mm", f"{heights[1]!r} m"],
             "material": "two", "power": "1 W"},
        ],
        "contact": contact,
        "environment": {
            "ambient": "0 K", "bottom": {"film": "800 W/m^2/K"}, "top": {"film": "30 W/m^2/K"},
        },
        "study": {"metrics": []},
    }  # fmt: skip


def model_of(
    document: Document, extra: FloatArray | None = None, halvings: int = 0, growth: float = 100.0
) -> VoxelModel:
    """Painted on a fixed grid; `extra` are planes along x and y, m, shape (2, n)."""
    document = {**document, "study": {**document["study"], "growth": growth}}
    package = place(from_document(document))
    planes = None if extra is None else (extra[0], extra[1], np.zeros(0))
    return paint(package, fixed_grid(package, package.case.study, geometry_grid(package, planes), halvings))


def lattices(model: VoxelModel, places: Mapping[str, Patch]) -> tuple[FloatArray, FloatArray]:
    """Bounds of both lattices as the program gives them, K/W."""
    below = from_below(primal.emit(model, places, 0.0), None)
    above = from_above(dual.emit(model, places, 0.0), partial(heat_everywhere, model), below.bound)
    return below.bound, above.bound


def crown(thickness: float, conductivity: float, n_cells: int) -> FloatArray:
    """What either lattice makes of a layer heated evenly, over its exact mean rise for a watt on 80 mm^2, K/W.

    The heat flux s grows linearly through the layer. Of the integral of s^2 / k, n cells make t/(6 n^2 k) too much by
    the trapezoid rule (dual), and t/(12 n^2 k) too little by the midpoint rule (primal), wherever the heat goes.
    """
    return thickness / conductivity / 80e-6 / n_cells**2 * np.array([-1 / 12, 1 / 6])


@settings(max_examples=40, deadline=None)
@given(st.floats(-11.5, 0.5), st.floats(-5.0, -2.5), st.floats(-5.0, -2.5), st.integers(0, 2))
def test_two_films_and_a_contact_are_in_series(resistance: float, low: float, high: float, halvings: int) -> None:
    """The heat is made in the thinner block, of which no layer is cut: 1/h + t/k + R + the heated layer's own."""
    heights = 10 ** max(low, high), 10 ** min(low, high) / 2
    model = model_of(two_blocks(10**resistance, heights), halvings=halvings)
    layers = [Layer(heights[0], (20.0, 20.0, 0.5)), Contact(10**resistance), isotropic(heights[1], 117.0)]
    expected = series_rise(layers, 800.0, 30.0, source_layer=2) / 80e-6 + crown(heights[1], 117.0, 2**halvings)
    found = [matrix[0, 0] for matrix in both(model, {"upper": VolumePatch(frozenset({"upper"}))})]
    assert found == pytest.approx(expected, rel=IN_SERIES)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("resistance", [1e-7, 2e-5, 1e-3])
def test_a_slab_that_lies_on_its_side_is_the_same_slab(axis: int, resistance: float) -> None:
    """The blocks beside one another: the thinner one heated, the far end of the thicker one cooled."""
    same = from_document({**two_blocks(resistance), "materials": {"one": substance(0.5), "two": substance(117.0)}})
    upright = place(same)
    order = [2, 0, 1] if axis == 0 else [0, 2, 1]  # which old axis becomes x, y, z
    solids = tuple(replace(solid, boxes=solid.boxes[:, order]) for solid in upright.solids)
    contacts, faults = interfaces(same, solids, {})
    assert not faults
    assert [c.axis for c in contacts] == [axis]
    package = replace(upright, solids=solids, contacts=contacts)
    model = paint(package, geometry_grid(package))
    ends = [
        replace(faces, surface=np.full(faces.cells.size, 0 if (faces.axis, faces.high) == (axis, False) else -1))
        for faces in model.exposed
    ]
    model = replace(model, surfaces=(Surface("film", 800.0, 0.0),), exposed=tuple(ends))
    layers = [isotropic(0.5e-3, 0.5), Contact(resistance), isotropic(0.2e-3, 117.0)]
    expected = series_rise(layers, 800.0, 0.0, source_layer=2) / 80e-6 + crown(0.2e-3, 117.0, 1)
    found = [matrix[0, 0] for matrix in both(model, {"upper": VolumePatch(frozenset({"upper"}))})]
    assert found == pytest.approx(expected, rel=IN_SERIES)


@pytest.mark.parametrize(("voids", "void"), [(5.0, None), (40.0, 3e-4), (100.0, 2e-4)])
def test_a_share_of_voids_is_in_parallel(voids: float, void: float | None) -> None:
    """Conductances of a square metre add up by their shares: (1 - voids) / R + voids / R_void, none without one."""
    resistance, share = 2e-5, voids / 100
    conductance = (1 - share) / resistance + (0.0 if void is None else share / void)
    more = {"voids": f"{voids!r} %"} | ({} if void is None else {"void_resistance": f"{void!r} m^2*K/W"})
    place_of = {"upper": VolumePatch(frozenset({"upper"}))}
    voided, whole = model_of(two_blocks(resistance, **more)), model_of(two_blocks(1 / conductance))
    for ours, theirs in zip(both(voided, place_of), both(whole, place_of), strict=True):
        assert_allclose(ours, theirs, rtol=1e-12)


# ---------------------------------------------------------------- a source that spreads
SPOT = ((-1.5e-3, 2e-3), (-1e-3, 0.5e-3))  # x and y, m, on the top of the upper block
FOOTPRINT = (10e-3, 8e-3)  # m
STACK = (1e-3, 0.4e-3)  # m, as in case M03


@lru_cache
def channel(resistance: float) -> float:
    """Mean rise of the spot for a watt in it, K/W, sides adiabatic: the series whose modes case M03 holds singly.

    Heat is made evenly here, on rectangles, so that M03's load cos(pi x/a) cos(2 pi y/b) cannot be posed itself.
    """
    layers = [Layer(STACK[0], (20.0, 20.0, 0.5)), Contact(resistance), isotropic(STACK[1], 117.0)]
    x, y = (tuple(end + size / 2 for end in ends) for ends, size in zip(SPOT, FOOTPRINT, strict=True))
    return float(spreading_matrix(layers, 800.0, 30.0, FOOTPRINT, [Rectangle(x, y, 3)])[0, 0])


def spot(resistance: float | str | None, halvings: int, growth: float = 2.0, **more: Any) -> tuple[float, float]:
    """Both bounds on the spot's resistance, K/W."""
    model = model_of(two_blocks(resistance, STACK, **more), np.array(SPOT), halvings, growth)
    heated = FacePatch("upper", True, float(model.grid.z[-1]), *SPOT)
    lower, upper = lattices(model, {"spot": heated})
    return float(lower[0, 0]), float(upper[0, 0])


@pytest.mark.parametrize("resistance", [1e-6, 2e-5, 1e-3])
def test_the_bracket_of_a_channel_with_a_contact_holds_the_exact_value_on_every_grid(resistance: float) -> None:
    exact = channel(resistance)
    brackets = [spot(resistance, halvings) for halvings in range(4)]
    for lower, upper in brackets:
        assert lower < exact < upper
    widths = [upper - lower for lower, upper in brackets]
    assert all(fine < 0.6 * coarse for coarse, fine in pairwise(widths))
    assert np.mean(brackets[-1]) == pytest.approx(exact, rel=2e-4)


def test_a_lower_resistance_never_raises_either_bound() -> None:
    """Rayleigh: more conductance anywhere lowers the compliance, on each lattice by itself."""
    resistances: list[float | str | None] = ["open", 1e-1, 1e-3, 2e-5, 1e-7, 1e-10, None]
    both_bounds = np.array([spot(resistance, 1) for resistance in resistances])
    assert (np.diff(both_bounds, axis=0) <= 1e-9 * both_bounds[1:]).all()


def test_a_vanishing_resistance_is_no_contact() -> None:
    for ours, none in zip(spot(1e-12, 1), spot(None, 1), strict=True):
        assert ours == pytest.approx(none, rel=LAYER_SHOWS)


def test_a_contact_is_a_thin_layer_that_conducts_across_alone() -> None:
    """R = t/k of a bond 20 um thick whose conductivity in plane is next to nothing."""
    document, thickness, resistance = two_blocks(None, STACK), 20e-6, 2e-5
    bond = {"name": "bond", "kind": "adhesive", "on": "lower", "thickness": f"{thickness!r} m", "material": "film"}
    lower, upper = document["part"]
    document["part"] = [lower, bond, {**upper, "on": "bond"}]
    document["materials"]["film"] = substance((1e-6, thickness / resistance))
    model = model_of(document, np.array(SPOT), 1, 2.0)
    heated = {"spot": FacePatch("upper", True, float(model.grid.z[-1]), *SPOT)}
    with_layer = lattices(model, heated)
    # on the very same cells, but for those of the layer
    package = place(from_document(two_blocks(resistance, STACK)))
    x, y, z = model.grid.axes
    joint_plane = STACK[0]
    below, above = z[z < joint_plane - LAYER], z[z > joint_plane + thickness + LAYER] - thickness
    grid = Grid(x, y, np.concatenate([below, [joint_plane - LAYER, joint_plane], above]))
    thin = paint(package, grid)
    with_contact = lattices(thin, {"spot": FacePatch("upper", True, float(grid.z[-1]), *SPOT)})
    for ours, theirs in zip(with_contact, with_layer, strict=True):
        assert ours[0, 0] == pytest.approx(theirs[0, 0], rel=LAYER_SHOWS)


# ---------------------------------------------------------------- patches
def patched(resistance: float | str, size: tuple[float, float], at: tuple[float, float] = (0.0, 0.0)) -> dict[str, Any]:
    value = resistance if isinstance(resistance, str) else f"{resistance!r} m^2*K/W"
    return {"size": [f"{v!r} mm" for v in size], "at": [f"{v!r} mm" for v in at], "resistance": value}


@pytest.mark.parametrize("resistance", ["open", 2e-5])
def test_a_patch_over_all_of_an_interface_is_the_whole(resistance: float | str) -> None:
    whole, drawn = spot(resistance, 1), spot(None, 1, patch=[patched(resistance, (10.0, 8.0))])
    assert drawn == pytest.approx(whole, rel=1e-10)


def test_the_last_of_two_patches_holds_the_place_they_share() -> None:
    inner = patched(1e-4, (1.0, 1.0))
    covered = spot(2e-5, 1, patch=[patched("open", (3.0, 2.0)), patched(2e-5, (3.0, 2.0)), inner])
    same_planes = spot(2e-5, 1, patch=[patched(2e-5, (3.0, 2.0)), patched(2e-5, (3.0, 2.0)), inner])
    assert covered == same_planes


def test_the_bracket_of_a_delaminated_patch_holds_that_of_a_much_finer_grid() -> None:
    void = [patched("open", (3.0, 2.0), (1.0, 0.5))]
    brackets = [spot(2e-5, halvings, patch=void) for halvings in range(4)]
    finest = brackets[-1]
    for (lower, upper), (inner_lower, inner_upper) in pairwise(brackets):
        assert lower < inner_lower < inner_upper < upper
    sound = spot(2e-5, 3)
    assert finest[0] > sound[1]  # the void is seen beyond all doubt
    assert finest[1] < spot("open", 3)[0]


# ---------------------------------------------------------------- bumps
def package(*contacts: dict[str, Any], **study: Any) -> Document:
    """A chip on six bumps beside a heater, moulded in under a heat sink."""
    return {**moulded(), "contact": list(contacts), "study": {"metrics": ["theta_ja"], "tolerance": "2 %", **study}}


ALL_LEVEL = (
    joint("carrier", "chip", 2e-5),
    joint("chip", "mould", 2e-5),
    joint("mould", "sink", 1e-4),
    joint("carrier", "mould", 5e-5),
)
EACH = {"bump ends": ALL_LEVEL[:1], "under and over the chip": ALL_LEVEL[1:2], "all": ALL_LEVEL}


@pytest.mark.parametrize("contacts", list(EACH.values()), ids=list(EACH))
def test_a_search_leaves_layers_whole_and_its_solves_are_no_harder(contacts: tuple[dict[str, Any], ...]) -> None:
    found = search(mesh(geometry(from_document(package(*contacts)))), silent)
    assert found.reached
    for first, second in pairwise(found.steps):
        outer, inner = (step.metrics[0].bracket for step in (first, second))
        assert outer.lower <= inner.lower * (1 + 1e-6)
        assert inner.upper <= outer.upper * (1 + 1e-6)
    layers = {(c.axis, round(c.inner, 12)) for c in found.model.package.contacts}
    thin = [int((np.diff(ticks) < 1.5 * LAYER).sum()) for ticks in found.model.grid.axes]
    assert thin == [sum(axis == own for own, _ in layers) for axis in range(3)]
    assert all(max(step.iterations) <= 15 for step in found.steps)  # 6 to 9 with or without contacts


@pytest.mark.parametrize("faces", ["horizontal", "vertical"])
def test_brackets_around_bumps_nest(faces: str) -> None:
    document = package(joint("chip", "mould", 2e-5, faces=faces))
    places = wanted_places(place(from_document(document)))
    brackets = [[m[0, 0] for m in lattices(model_of(document, halvings=n), places)] for n in range(3)]
    for (lower, upper), (inner_lower, inner_upper) in pairwise(brackets):
        assert lower < inner_lower < inner_upper < upper


def test_heat_finds_no_way_round_where_upright_layers_meet() -> None:
    """A post of 1 by 1 by 1 mm heated in a frame: what does not pass its four walls by R / A does not pass.

    The floor that both stand on is 0.1 um of 1e-6 W/m/K: under the layers of 1 nm it passes at most
    1e-6 * 1e-7 / 1e-9 = 1e-4 W/K for every metre of wall, which passes 1e-3 / R = 0.1 W/K.
    """

    def document(resistance: float) -> Document:
        return {
            "title": "a post in a frame",
            "materials": {"metal": substance(400.0), "floor": substance(1e-6)},
            "part": [
                {"name": "floor", "kind": "substrate", "size": ["3 mm", "3 mm"],
                 "layers": [{"material": "floor", "thickness": "0.1 um"}]},
                {"name": "post", "kind": "block", "on": "floor", "size": ["1 mm", "1 mm", "1 mm"], "material": "metal",
                 "power": "1 W"},
                {"name": "frame", "kind": "encapsulant", "on": "floor", "material": "metal", "exposes": ["post.top"]},
            ],
            "contact": [joint("frame", "post", resistance)],
            "environment": {"ambient": "0 K", "sides": {"film": "1e5 W/m^2/K"}},
            "study": {"metrics": []},
        }  # fmt: skip

    heated = {"post": VolumePatch(frozenset({"post"}))}
    high, low = (both(model_of(document(resistance)), heated) for resistance in (1e-2, 1e-12))
    for resisted, bare in zip(high, low, strict=True):
        assert resisted[0, 0] - bare[0, 0] == pytest.approx(1e-2 / 4e-6, rel=1e-3)


def test_an_answer_with_contacts_balances_its_heat() -> None:
    answer: Answer = simulate(from_document(package(*ALL_LEVEL))).answer
    assert answer.balance.relative_error < 1e-6
    assert all(part.mean.lower <= part.mean.value <= part.mean.upper for part in answer.parts)
    assert solve(answer.model, every_part=False).metrics[0].bracket.value == pytest.approx(
        answer.metrics[0].bracket.value, rel=1e-5
    )
