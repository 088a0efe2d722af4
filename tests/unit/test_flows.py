"""Do the watts between solids and out of them add up, and are they those of networks that are worked out by hand?"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path as File
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models import DIRECTIONS, Coolant, Cooling, even, fields, painted, solid
from thermopkg import workflow
from thermopkg.answer.answer import Answer, powers_of, solve
from thermopkg.answer.flows import LARGEST_REMAINDER, Flows, Path, paths, trace
from thermopkg.answer.shares import Shares, shares
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.load import from_document
from thermopkg.errors import ConvergenceError
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import FaceFluxes, face_fluxes
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, face_shares
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.package.solids import Role
from thermopkg.system import AMBIENT, ThermalSystem

CASES = File(__file__).parents[2] / "cases"
CLOSED = 1e-12  # of the heat that crosses: sums of a few dozen numbers in float64
EXACT = 1e-9  # relative; fields by sparse elimination
UNRESISTING = 1e9  # W/m/K, of what is to be of one temperature beside parts of 1 to 300 W/m/K


def rise_of(system: ThermalSystem, amounts: Mapping[str, float]) -> FloatArray:
    """The field of amounts of the loads, by sparse elimination, K."""
    by_load = dict(zip(system.loads, fields(system), strict=True))
    rise = sum((amount * by_load[name] for name, amount in amounts.items()), np.zeros(system.conductance.n_points))
    rise[system.held_points] = amounts.get(AMBIENT, 0.0) * system.held_rises
    return rise.reshape(system.conductance.shape)


def fluxes_of(model: VoxelModel, places: Mapping[str, Patch], amounts: Mapping[str, float]) -> FaceFluxes:
    system = dual.emit(model, places, 0.0)
    return face_fluxes(model, system, rise_of(system, amounts), places, amounts, 0.0)


def flows_of(
    model: VoxelModel, places: Mapping[str, Patch], amounts: Mapping[str, float], kinds: Mapping[str, str] | None = None
) -> Flows:
    every = {region.part: "block" for region in model.regions}
    return trace(model, fluxes_of(model, places, amounts), places, amounts, {**every, **(kinds or {})})


def shares_of(model: VoxelModel, places: Mapping[str, Patch], powers: Mapping[str, float]) -> Shares:
    rise = rise_of(primal.emit(model, places, 0.0), powers)
    return shares((model, model), rise, fluxes_of(model, places, powers), places, powers)


def net(flows: Flows, start: str, end: str) -> float:
    """From one solid to another, W; negative where the heat goes the other way."""
    found = sum(e.net for e in flows.edges if (e.start, e.end) == (start, end))
    return found - sum(e.net for e in flows.edges if (e.start, e.end) == (end, start))


def out(flows: Flows, name: str, face: str) -> float:
    return sum(leaving.watts for leaving in flows.exits if (leaving.node, leaving.face) == (name, face))


def spent(found: Shares) -> dict[str, float]:
    """Without films that touch nothing."""
    return {name: share for name, share in found.by_part.items() if share}


def named(model: VoxelModel, roles: Mapping[int, tuple[str, Role]]) -> VoxelModel:
    """The model with other names and roles of some regions."""
    regions = list(model.regions)
    for number, (name, role) in roles.items():
        regions[number] = replace(regions[number], solid=name, part=name.split(".")[0], role=role)
    return replace(model, regions=tuple(regions))


# ---------------------------------------------------------------- a stack with two ways out, by series and parallel
HEIGHTS = (0.0, 0.4, 1.0, 1.5)  # m
LAYERS = (5.0, 2.0, 8.0)  # W/m/K
AREA = 3.0 * 2.0
FILMS = {"z-": Coolant(3.0), "z+": Coolant(40.0)}
WATTS = 7.0
# heat made where the lowest layer meets the middle one
DOWN = (0.4 / 5.0 + 1 / 3.0) / AREA  # K/W
UP = (0.6 / 2.0 + 0.5 / 8.0 + 1 / 40.0) / AREA
UPWARDS = WATTS * DOWN / (UP + DOWN)


def stack(cooling: Cooling = FILMS, parts: int = 2) -> VoxelModel:
    region = np.repeat(np.arange(3), parts).reshape(1, 1, -1) * np.ones((2, 2, 1), int)
    ticks = even(0.0, 3.0, parts=2), even(0.0, 2.0, parts=2), even(*HEIGHTS, parts=parts)
    return painted(ticks, region, np.array([[k] * 3 for k in LAYERS]), cooling)


WHOLE = (0.0, 3.0), (0.0, 2.0)


@pytest.mark.parametrize(("owner", "top"), [(0, True), (1, False)])
def test_heat_on_a_face_parts_by_what_lies_either_way(owner: int, top: bool) -> None:
    """It belongs to the solid whose face it is: what goes the other way crosses to the neighbour at once."""
    heat = {"heat": FacePatch(solid(owner), top, 0.4, *WHOLE)}
    flows = flows_of(stack(), heat, {"heat": WATTS})
    across = UPWARDS if owner == 0 else UPWARDS - WATTS
    assert net(flows, solid(0), solid(1)) == pytest.approx(across, rel=EXACT)
    assert net(flows, solid(1), solid(2)) == pytest.approx(UPWARDS, rel=EXACT)
    assert out(flows, solid(2), "top") == pytest.approx(UPWARDS, rel=EXACT)
    assert out(flows, solid(0), "bottom") == pytest.approx(WATTS - UPWARDS, rel=EXACT)
    assert flows.node(solid(owner)).made == flows.made == WATTS


def test_two_sources_on_one_face_each_keep_their_own() -> None:
    """Chips face to face: the upper one's 2 W and the lower one's 7 W part alike, for they are made at one place."""
    heat = {"low": FacePatch(solid(0), True, 0.4, *WHOLE), "high": FacePatch(solid(1), False, 0.4, *WHOLE)}
    flows = flows_of(stack(), heat, {"low": WATTS, "high": 2.0})
    upwards = 9.0 * DOWN / (UP + DOWN)
    assert net(flows, solid(0), solid(1)) == pytest.approx(upwards - 2.0, rel=EXACT)
    assert net(flows, solid(1), solid(2)) == pytest.approx(upwards, rel=EXACT)


def test_heat_on_a_cooled_face_leaves_by_it() -> None:
    heat = {"heat": FacePatch(solid(2), True, 1.5, *WHOLE)}
    flows = flows_of(stack(), heat, {"heat": WATTS})
    rest = (0.5 / 8.0 + 0.6 / 2.0 + 0.4 / 5.0 + 1 / 3.0) / AREA
    down = WATTS * (1 / 40.0 / AREA) / (1 / 40.0 / AREA + rest)
    assert out(flows, solid(0), "bottom") == pytest.approx(down, rel=EXACT)
    assert out(flows, solid(2), "top") == pytest.approx(WATTS - down, rel=EXACT)


def test_shares_of_a_stack_are_its_resistances() -> None:
    """With one way out every layer takes its own resistance of the whole, and so does the film."""
    heat = {"heat": FacePatch(solid(0), False, 0.0, *WHOLE)}
    found = shares_of(stack({"z+": Coolant(40.0)}), heat, {"heat": WATTS})
    resistances = {solid(0): 0.4 / 5.0, solid(1): 0.6 / 2.0, solid(2): 0.5 / 8.0, "film of z+ of 2": 1 / 40.0}
    total = sum(resistances.values())
    assert spent(found) == pytest.approx({name: r / total for name, r in resistances.items()}, rel=EXACT)
    assert found.rise == pytest.approx(WATTS * total / AREA, rel=EXACT)
    assert list(found.by_part.values()) == sorted(found.by_part.values(), reverse=True)


def test_shares_of_two_ways_are_by_the_square_of_what_goes_there() -> None:
    heat = {"heat": FacePatch(solid(0), True, 0.4, *WHOLE)}
    found = shares_of(stack(), heat, {"heat": WATTS})
    whole = WATTS**2 * UP * DOWN / (UP + DOWN)  # K W
    down = (WATTS - UPWARDS) ** 2 / AREA / whole
    up = UPWARDS**2 / AREA / whole
    expected = {
        solid(0): down * 0.4 / 5.0, "film of z- of 0": down / 3.0,
        solid(1): up * 0.6 / 2.0, solid(2): up * 0.5 / 8.0, "film of z+ of 2": up / 40.0,
    }  # fmt: skip
    assert spent(found) == pytest.approx(expected, rel=EXACT)


def test_a_symmetric_stack_splits_evenly() -> None:
    region = np.array([0, 1, 1, 2]).reshape(1, 1, 4) * np.ones((3, 2, 1), int)
    ticks = even(0.0, 1.0, 2.0, 3.0), even(0.0, 1.0, 2.0), even(0.0, 1.0, 2.0, 3.0, 4.0)
    model = painted(
        ticks, region, np.array([[2.0] * 3, [30.0] * 3, [2.0] * 3]), dict.fromkeys(DIRECTIONS, Coolant(9.0))
    )
    flows = flows_of(model, {"heat": VolumePatch(frozenset({solid(1)}))}, {"heat": WATTS})
    assert net(flows, solid(1), solid(0)) == pytest.approx(net(flows, solid(1), solid(2)), rel=EXACT)
    assert out(flows, solid(0), "bottom") == pytest.approx(out(flows, solid(2), "top"), rel=EXACT)
    by_way = {(path.way, path.through): path.watts for path in paths(flows).off_sources}
    assert by_way["inside", (solid(0),)] == pytest.approx(by_way["inside", (solid(2),)], rel=EXACT)


# ---------------------------------------------------------------- wires and leads, by parallel resistances
def bridged(*conductivities: float) -> VoxelModel:
    """A chip over a carrier over a board, and in both rooms between them a wide and a thin column.

    Chip and carrier of 3 m x 1 m are each of one temperature; columns of 1 m2 and of 0.5 m2, 0.5 m high.
    """
    ticks = even(0.0, 1.0, 2.5, 3.0), even(0.0, 1.0), even(0.0, 0.2, 0.7, 0.9, 1.4, 1.6, parts=2)
    region = np.repeat([0, NOTHING, 1, NOTHING, 2], 2).reshape(1, 1, -1) * np.ones((3, 1, 1), int)
    for layers, (wide, thin) in ((slice(2, 4), (3, 4)), (slice(6, 8), (5, 6))):
        region[0, 0, layers], region[2, 0, layers] = wide, thin
    k = np.array([[value] * 3 for value in (UNRESISTING, UNRESISTING, UNRESISTING, *conductivities)])
    model = painted(ticks, region, k, {("z-", 0): Coolant(20.0)})
    return named(model, {
        0: ("board", "layer"), 1: ("carrier", "layer"), 2: ("chip", "body"), 3: ("balls.fill", "fill"),
        4: ("frame", "leads"), 5: ("glue", "body"), 6: ("wires", "wires"),
    })  # fmt: skip


def test_wires_and_leads_carry_what_they_conduct_beside_the_rest() -> None:
    fill, leads, glue, wires = 1.0, 40.0, 2.0, 300.0  # W/m/K
    model = bridged(fill, leads, glue, wires)
    heat = {"heat": FacePatch("chip", True, 1.6, (0.0, 3.0), (0.0, 1.0))}
    kinds = {"board": "board", "carrier": "substrate", "chip": "chip", "frame": "lead-frame", "balls": "balls"}
    flows = flows_of(model, heat, {"heat": WATTS}, kinds)
    found = paths(flows)
    by_wires = WATTS * 0.5 * wires / (0.5 * wires + glue)  # conductances in parallel: both are 0.5 m high
    by_leads = WATTS * 0.5 * leads / (0.5 * leads + fill)
    off = {(path.way, path.through): path.watts for path in found.off_sources}
    into = {(path.way, path.through): path.watts for path in found.out}
    near = 1e-5  # the chip itself resists: 2 m of 0.2 m2, 1e-8 K/W, beside 3.3e-3 K/W of the wires
    assert off == pytest.approx({("inside", ("wires",)): by_wires, ("inside", ("glue",)): WATTS - by_wires}, rel=near)
    assert into == pytest.approx(
        {("board", ("frame",)): by_leads, ("board", ("balls.fill",)): WATTS - by_leads}, rel=near
    )
    assert flows.node("wires").kind == "wires"
    assert flows.node("frame").kind == "leads"
    assert (flows.node("chip").kind, flows.node("carrier").kind) == ("chip", "substrate")


# ---------------------------------------------------------------- any body, counted face by face
TICKS = even(0.0, 1.0, 2.5, 3.0), even(0.0, 2.0, 2.7), even(0.0, 0.4, 1.0, 1.5, 2.1)
SOME = st.sampled_from([NOTHING, 0, 0, 1, 1, 2])


@st.composite
def bodies(draw: st.DrawFn) -> VoxelModel:
    """Cells of three solids over a whole lowest layer, so that each cell of the others hangs together with it."""
    region = np.zeros((3, 2, 4), int)
    for i, j in product(range(3), range(2)):
        column = draw(st.lists(SOME, min_size=3, max_size=3))
        region[i, j, 1:] = column if NOTHING not in column else [*column[: column.index(NOTHING)], *[NOTHING] * 3][:3]
    films = {name: Coolant(draw(st.floats(0.5, 50.0)), draw(st.floats(-5.0, 5.0))) for name in DIRECTIONS}
    conductivity = np.array([[5.0, 7.0, 2.0], [11.0, 3.0, 8.0], [0.2, 0.2, 0.3]])
    return painted(TICKS, region, conductivity, films)


def counted(model: VoxelModel, fluxes: FaceFluxes, patch: FacePatch, watts: float) -> tuple[IntArray, FloatArray]:
    """Net heat from region to region, one face after the other, and whether they touch."""
    n = len(model.regions)
    found, touch = np.zeros((n, n)), np.zeros((n, n), int)
    plane, share = face_shares(model, patch)
    for axis in range(3):
        for cell in np.ndindex(*model.grid.shape):
            other = tuple(index + (a == axis) for a, index in enumerate(cell))
            if other[axis] == model.grid.shape[axis]:
                continue
            a, b = int(model.region[cell]), int(model.region[other])
            if a == b or NOTHING in (a, b):
                continue
            heat = fluxes.along[axis][other]
            if axis == 2 and other[2] == plane:
                heat += watts * share[cell[0], cell[1]]
            found[a, b] += heat
            found[b, a] -= heat
            touch[a, b] = touch[b, a] = 1
    return touch, found


@settings(max_examples=40)
@given(bodies(), st.floats(0.5, 9.0))
def test_flows_of_any_body_are_the_sums_over_its_faces_and_balance(model: VoxelModel, watts: float) -> None:
    places: dict[str, Patch] = {
        "face": FacePatch(solid(0), True, 0.4, (0.0, 2.5), (0.0, 2.7)),
        "volume": VolumePatch(frozenset({solid(0)})),
    }
    amounts = {"face": watts, "volume": 2.0}
    if any(surface.temperature for surface in model.surfaces):
        amounts[AMBIENT] = 1.0
    fluxes = fluxes_of(model, places, amounts)
    flows = trace(model, fluxes, places, amounts, {region.part: "block" for region in model.regions})
    face = places["face"]
    assert isinstance(face, FacePatch)
    touch, expected = counted(model, fluxes, face, watts)
    size = watts + 2.0 + sum(abs(leaving.watts) for leaving in flows.exits)
    for a, b in zip(*np.nonzero(touch), strict=True):
        assert net(flows, solid(a), solid(b)) == pytest.approx(expected[a, b], rel=EXACT, abs=EXACT * size)
    for node in flows.nodes:
        assert abs(flows.imbalance(node.name)) <= CLOSED * size
    assert sum(leaving.watts for leaving in flows.exits) == pytest.approx(watts + 2.0, abs=CLOSED * size)
    assert all(e.net >= 0 and e.there - e.back == pytest.approx(e.net) for e in flows.edges)
    assert flows.remainder <= EXACT


def test_exits_are_what_the_system_says_that_leaves() -> None:
    """Outlets know the films by another way: conductance from the cell to the coolant, part by part."""
    model = stack({**FILMS, "x+": Coolant(4.0, 3.0), "y-": Coolant(2.0, -6.0)})
    places = {"volume": VolumePatch(frozenset({solid(1)}))}
    system, amounts = dual.emit(model, places, 0.0), {"volume": WATTS, AMBIENT: 1.0}
    expected = system.leaving(rise_of(system, amounts), amounts)
    flows = flows_of(model, places, amounts)
    found = {(leaving.node, leaving.face, leaving.condition): leaving.watts for leaving in flows.exits}
    assert found == pytest.approx(expected, rel=EXACT)
    assert min(found.values()) < 0 < max(found.values())  # a warm coolant gives heat


def test_heat_that_only_passes_has_flows_and_makes_none() -> None:
    flows = flows_of(stack({"z-": Coolant(3.0, 10.0), "z+": Coolant(40.0)}), {}, {AMBIENT: 1.0})
    through = 10.0 / (DOWN + UP)
    assert net(flows, solid(1), solid(2)) == pytest.approx(through, rel=EXACT)
    assert out(flows, solid(0), "bottom") == pytest.approx(-through, rel=EXACT)
    assert sum(path.watts for path in paths(flows).out) == pytest.approx(0.0, abs=CLOSED * through)


def test_heat_that_crosses_both_ways_is_told_gross() -> None:
    """A good conductor under a poor slab: heat enters it over the source and comes back beside it."""
    ticks = even(0.0, 1.0, 8.0, parts=[4, 28]), even(0.0, 1.0), even(0.0, 0.2, 0.3, parts=[2, 1])
    region = np.broadcast_to([0, 0, 1], (32, 1, 3)).copy()
    model = painted(ticks, region, np.array([[1.0] * 3, [400.0] * 3]), {("z-", 0): Coolant(50.0)})
    heat = {"heat": FacePatch(solid(0), False, 0.0, (0.0, 1.0), (0.0, 1.0))}
    flows = flows_of(model, heat, {"heat": WATTS})
    (edge,) = flows.edges
    assert edge.net == pytest.approx(0.0, abs=CLOSED * WATTS)  # the plate has no other way out
    assert edge.there == pytest.approx(edge.back, rel=EXACT)
    assert edge.there > 0.01 * WATTS


def test_fields_that_do_not_balance_are_refused() -> None:
    model, places = stack(), {"volume": VolumePatch(frozenset({solid(1)}))}
    system = dual.emit(model, places, 0.0)
    rise = rise_of(system, {"volume": WATTS})
    kinds = {solid(number): "block" for number in range(3)}

    def found(share: float) -> Flows:
        fluxes = face_fluxes(model, system, share * rise, places, {"volume": WATTS}, 0.0)
        return trace(model, fluxes, places, {"volume": WATTS}, kinds)

    with pytest.raises(ConvergenceError, match="which way it goes"):
        found(1 + 3 * LARGEST_REMAINDER)
    rough = found(1 + 0.3 * LARGEST_REMAINDER)
    assert rough.remainder == pytest.approx(0.3 * LARGEST_REMAINDER, rel=1e-3)
    assert all(abs(rough.imbalance(node.name)) <= CLOSED * WATTS for node in rough.nodes)
    assert net(rough, solid(1), solid(2)) == pytest.approx(net(found(1.0), solid(1), solid(2)), rel=LARGEST_REMAINDER)


# ---------------------------------------------------------------- shipped cases
SHIPPED = ("heat-sink-8-lead-frame", "open-frame", "on-board", "heat-sink-13-two-chips", "stacked-1-vias")


@cache
def answered(name: str) -> Answer:
    """On the planes of its geometry."""
    case = workflow.read(CASES / name / "case.toml")
    study = case.study.model_copy(update={"refine": 0, "claims": ()})
    return workflow.simulate(case.model_copy(update={"study": study})).answer


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_cases_close_their_account_at_every_solid(name: str) -> None:
    answer = answered(name)
    assert answer.heat is not None
    flows, watts = answer.heat.flows, sum(answer.model.package.powers.values())
    assert flows.made == pytest.approx(watts, rel=CLOSED)
    assert max(abs(flows.imbalance(node.name)) for node in flows.nodes) <= CLOSED * watts
    assert sum(leaving.watts for leaving in flows.exits) == pytest.approx(watts, rel=CLOSED)
    assert {node.name for node in flows.nodes} == {region.solid for region in answer.model.regions}
    for parting in (paths(flows).off_sources, paths(flows).out):
        assert sum(path.watts for path in parting) == pytest.approx(watts, rel=CLOSED)
        assert [path.watts for path in parting] == sorted((path.watts for path in parting), reverse=True)


@pytest.mark.parametrize("name", SHIPPED)
def test_shares_are_the_whole_and_their_energies_the_bracket(name: str) -> None:
    """Each half is P'RP on its own lattice; the bounds of the matrix add what the solver left, which is no more."""
    answer = answered(name)
    assert answer.heat is not None
    found = answer.heat.shares
    assert found is not None
    assert sum(found.by_part.values()) == pytest.approx(1.0, abs=1e-12)
    assert min(found.by_part.values()) >= 0
    powers = powers_of(answer.model.package)
    vector = np.array([powers.get(place, 0.0) for place in answer.matrix.names])
    assert found.below == pytest.approx(vector @ answer.matrix.lower @ vector, rel=1e-6)
    assert found.above == pytest.approx(vector @ answer.matrix.upper @ vector, rel=1e-6)
    if answer.metrics:  # a single chip
        assert found.rise == pytest.approx(answer.metrics[0].bracket.value * sum(powers.values()), rel=1e-6)


def test_board_is_reached_through_the_balls() -> None:
    heat = answered("on-board").heat
    assert heat is not None
    out_of = paths(heat.flows).out
    assert {(path.way, path.through) for path in out_of} == {
        ("top", ("sink",)), ("top", ("mould",)), ("board", ("balls",)), ("board", ("balls.fill",)),
        ("sides", ("mould", "carrier", "balls.fill")),
    }  # fmt: skip
    board = sum(path.watts for path in out_of if path.way == "board")
    assert board == pytest.approx(sum(e.watts for e in heat.flows.exits if e.node == "board"), rel=EXACT)


def test_wires_are_a_way_off_the_chips() -> None:
    heat = answered("heat-sink-13-two-chips").heat
    assert heat is not None
    off = {path.through: path for path in paths(heat.flows).off_sources}
    assert set(off) == {("mould",), ("glue",), ("wires",), ("chip-2.bumps",)}
    assert off["wires",] == Path("inside", ("wires",), net(heat.flows, "chip-1", "wires"))


# ---------------------------------------------------------------- where it is known
def block(**study: Any) -> VoxelModel:
    case = from_document(
        {
            "title": "two blocks", "study": {"metrics": [], "refine": 1, **study},
            "environment": {"ambient": "20 degC", "top": {"film": "10 W/m^2/K", "ambient": "150 degC"},
                            "bottom": {"film": "20 W/m^2/K"}},
            "part": [
                {"name": "foot", "kind": "block", "size": ["4 mm", "4 mm", "1 mm"], "material": "copper"},
                {"name": "bar", "kind": "block", "on": "foot", "size": ["2 mm", "2 mm", "1 mm"], "material": "silicon",
                 "power": "1 mW"},
            ],
        }
    )  # fmt: skip
    return workflow.mesh(workflow.geometry(case))


def test_where_memory_is_short_there_is_no_account() -> None:
    assert solve(block(), every_part=False).heat is None
    assert solve(block()).heat is not None


def test_coolants_have_their_part_in_the_flows_and_none_in_the_shares() -> None:
    """Shares are of what the powers do: the same as where both coolants are alike."""
    answer = solve(block())
    assert answer.heat is not None
    assert answer.heat.shares is not None
    assert sum(leaving.watts for leaving in answer.heat.flows.exits) == pytest.approx(1e-3, rel=1e-9)
    assert min(leaving.watts for leaving in answer.heat.flows.exits) < 0
    own = answer.matrix.entry("bar", "bar").value
    assert answer.heat.shares.rise == pytest.approx(1e-3 * own, rel=1e-6)
