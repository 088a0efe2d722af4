"""Do chips that look up, two carriers and what leads between them come out as drawn, with volumes by hand?"""

import math

import numpy as np
import pytest

from tests.part_documents import ROOM, TRACES, stack
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError, GeometryError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place


def placed(**changes):
    return place(from_document(stack(**changes)))


def painted(package):
    model = paint(package, geometry_grid(package))
    check_connected(model)
    return model


def z_of(package, name):
    return [round(float(v) * 1e3, 9) for v in package.parts[name].box[2]]


def volumes(package):
    """Of solids, mm^3."""
    return {solid.name: solid.volume * 1e9 for solid in package.solids}


def cell_volumes(package):
    """Of the painted cells, mm^3."""
    model = painted(package)
    return {s.name: float(model.volumes()[model.cells_of({s.name})].sum()) * 1e9 for s in package.solids}


def circle(diameter):
    return math.pi / 4 * diameter**2


# ---------------------------------------------------------------- two carriers
def test_the_stack_stands_as_drawn():
    """By hand in mm: carrier 0.2, bumps 0.1, chip 0.3, adhesive 0.05, chip 0.25, bumps 0.08, carrier 0.15."""
    package = placed()
    assert {name: z_of(package, name) for name in package.parts} == {
        "carrier-1": [0.0, 0.2],
        "chip-1": [0.3, 0.6],
        "adhesive": [0.6, 0.65],
        "chip-2": [0.65, 0.9],
        "carrier-2": [0.98, 1.13],
        "resin": [0.2, 0.98],
        "vias": [0.0, 1.13],
    }


def test_the_volumes_of_the_stack_are_those_of_the_formulas():
    found = volumes(placed())
    vias = 2 * (10 + 8) - 4  # one row around 10 by 8 places: 9 and 7 times 0.8 mm and a square of 0.22 mm fit 8 by 6
    height = 0.2 + ROOM + 0.15
    assert found == pytest.approx(
        {
            "carrier-1": 8 * 6 * 0.2,
            "chip-1": 3 * 2 * 0.3,
            "chip-1.bumps": 6 * 4 * circle(0.2) * 0.1,
            "adhesive": 3 * 2 * 0.05,
            "chip-2": 4 * 2.5 * 0.25,
            "chip-2.bumps": 7 * 4 * circle(0.2) * 0.08,
            "carrier-2": 8 * 6 * 0.15,
            "resin": 8 * 6 * ROOM,
            "vias": vias * (circle(0.25) - circle(0.19)) * height,
            "vias.fill": vias * circle(0.19) * height,
        },
        rel=1e-9,
    )


def test_cells_hold_what_the_solids_hold_and_vias_take_from_what_they_pass():
    package = placed()
    solids, cells = volumes(package), cell_volumes(package)
    via = 32 * circle(0.25)
    inside = sum(solids[name] for name in ("chip-1", "chip-1.bumps", "adhesive", "chip-2", "chip-2.bumps"))
    taken = {"carrier-1": via * 0.2, "carrier-2": via * 0.15, "resin": via * ROOM + inside}
    assert cells == pytest.approx({name: v - taken.get(name, 0.0) for name, v in solids.items()}, rel=1e-9)
    assert sum(cells.values()) == pytest.approx(8 * 6 * (0.2 + ROOM + 0.15), rel=1e-9)


def test_a_chip_face_up_makes_its_heat_on_top():
    package = placed()
    faces = {face.part: face for face in package.active_faces}
    assert [faces[name].looks for name in ("chip-1", "chip-2")] == ["down", "up"]
    assert faces["chip-1"].z == package.parts["chip-1"].box[2, 0]
    assert faces["chip-2"].z == package.parts["chip-2"].box[2, 1]


def test_bumps_on_top_reach_the_carrier_that_stands_on_them():
    package = placed()
    (bumps,) = (solid for solid in package.of_part("chip-2") if solid.role == "bumps")
    assert (bumps.boxes[:, 2, 0] == package.parts["chip-2"].box[2, 1]).all()
    assert (bumps.boxes[:, 2, 1] == package.parts["carrier-2"].box[2, 0]).all()


def test_every_plane_of_the_stack_has_its_mirror_image():
    """The search for the mesh keeps symmetry only where the planes have it; all parts are centred here."""
    grid = geometry_grid(placed())
    for ticks in (grid.x, grid.y):
        np.testing.assert_allclose(ticks + ticks[::-1], ticks[0] + ticks[-1], atol=1e-15)


def test_vias_run_between_carriers_or_through_one():
    """Between: the room of 0.78 mm. Through one carrier: its own 0.2 mm. Solid ones are circles of copper."""
    solid = {"plating": None, "fill": None}
    room = volumes(placed(vias={**solid, "through": None, "between": ["carrier-1", "carrier-2"]}))
    assert room["vias"] == pytest.approx(32 * circle(0.25) * ROOM, rel=1e-9)
    alone = placed(vias={**solid, "through": ["carrier-1"]})
    assert volumes(alone)["vias"] == pytest.approx(32 * circle(0.25) * 0.2, rel=1e-9)
    assert z_of(alone, "vias") == [0.0, 0.2]


def test_vias_stand_at_the_places_named():
    places = [["-3 mm", "-2 mm"], ["3 mm", "0.5 mm"]]
    vias = {"pitch": None, "rows": None, "places": places, "plating": None, "fill": None}
    (solid,) = (s for s in placed(vias=vias).solids if s.name == "vias")
    np.testing.assert_allclose(solid.boxes[:, :2].mean(axis=2) * 1e3, [[-3, -2], [3, 0.5]], atol=1e-12)


def test_hollow_vias_hold_air_where_they_name_no_fill():
    (fill,) = (s for s in placed(vias={"fill": None}).solids if s.role == "via fill")
    assert fill.material == "air"


# ---------------------------------------------------------------- traces


def test_traces_on_the_wall_lap_over_both_far_faces():
    """Each: up the wall and past both laps, 0.2 + room + 0.15 + 2 times 0.02, and two laps of 0.4; all 0.1 by 0.02."""
    package = placed(vias=None, traces={**TRACES, "lap": "0.4 mm"})
    length = 0.2 + ROOM + 0.15 + 2 * 0.02 + 2 * 0.4
    assert volumes(package)["traces"] == pytest.approx(2 * (5 + 3) * 0.1 * 0.02 * length, rel=1e-9)
    assert cell_volumes(package)["traces"] == pytest.approx(volumes(package)["traces"], rel=1e-9)
    np.testing.assert_allclose(package.bounds * 1e3, [[-4.02, 4.02], [-3.02, 3.02], [0.0, 1.17]], atol=1e-12)


def test_traces_in_the_resin_stand_from_carrier_to_carrier():
    package = placed(vias=None, traces={**TRACES, "inset": "0.4 mm"})
    assert volumes(package)["traces"] == pytest.approx(2 * (5 + 3) * 0.1 * 0.02 * ROOM, rel=1e-9)
    assert cell_volumes(package)["traces"] == pytest.approx(volumes(package)["traces"], rel=1e-9)
    box = package.parts["traces"].box * 1e3
    np.testing.assert_allclose(box, [[-3.6, 3.6], [-2.6, 2.6], [0.2, 0.98]], atol=1e-12)


def test_traces_may_run_into_pads():
    """Pads where the traces lap: the metal of both is one body, and the pads keep their volume."""
    pads = {
        "kind": "pads", "on": "carrier-2", "material": "copper", "pitch": "0.5 mm", "diameter": "0.3 mm",
        "height": "0.03 mm", "count": [5, 12],
    }  # fmt: skip
    package = placed(vias=None, traces={**TRACES, "lap": "0.4 mm"}, pads=pads)
    assert volumes(package)["pads"] == pytest.approx(60 * circle(0.3) * 0.03, rel=1e-9)
    assert cell_volumes(package)["pads"] == pytest.approx(volumes(package)["pads"], rel=1e-9)
    assert cell_volumes(package)["traces"] < volumes(package)["traces"]


# ---------------------------------------------------------------- balls on pads
BOARD = {"kind": "board", "size": ["12 mm", "12 mm"], "layers": [{"material": "fr4", "thickness": "1 mm"}]}
PADS = {
    "kind": "pads", "under": "carrier-1", "material": "copper", "pitch": "1 mm", "diameter": "0.4 mm",
    "height": "0.02 mm",
}  # fmt: skip
BALLS = {**PADS, "kind": "balls", "under": "pads", "material": "sac305", "diameter": "0.5 mm", "height": "0.3 mm"}


def test_balls_hang_from_pads_and_the_fill_reaches_around_these():
    package = placed(vias=None, pads=PADS, balls={**BALLS, "fill": "air"})
    found = volumes(package)
    assert found["pads"] == pytest.approx(8 * 6 * circle(0.4) * 0.02, rel=1e-9)
    assert found["balls"] == pytest.approx(8 * 6 * circle(0.5) * 0.3, rel=1e-9)
    assert found["balls.fill"] == pytest.approx(8 * 6 * 0.32, rel=1e-9)
    assert [z_of(package, name) for name in ("balls", "pads")] == [[0.0, 0.3], [0.3, 0.32]]
    cells = cell_volumes(package)
    assert cells["balls.fill"] == pytest.approx(8 * 6 * 0.32 - found["pads"] - found["balls"], rel=1e-9)


@pytest.mark.parametrize(("kept", "n"), [({"count": [4, 3]}, 12), ({"rows": 1}, 24), ({"mask": ["101", "111"]}, 5)])
def test_balls_without_places_hang_one_from_each_pad(kept, n):
    package = placed(vias=None, pads={**PADS, **kept}, balls=BALLS)
    pads, balls = (next(s.boxes for s in package.solids if s.name == name) for name in ("pads", "balls"))
    assert len(pads) == len(balls) == n
    np.testing.assert_allclose(pads[:, :2].mean(axis=2), balls[:, :2].mean(axis=2), atol=1e-15)


def test_a_carrier_stands_on_the_pads_and_balls_that_hang_under_it():
    """Board 1 mm, balls 0.3 mm, pads 0.02 mm, carrier 0.2 mm."""
    package = placed(carrier_1={"on": "board"}, board=BOARD, pads=PADS, balls=BALLS)
    heights = [z_of(package, name) for name in ("board", "balls", "pads", "carrier-1")]
    assert heights == [[0.0, 1.0], [1.0, 1.3], [1.3, 1.32], [1.32, 1.52]]
    painted(package)


def test_a_package_may_stand_on_pads_of_what_is_under_it():
    lands = {**PADS, "under": None, "on": "board", "height": "0.03 mm", "count": [8, 6]}
    package = placed(carrier_1={"on": "lands"}, board=BOARD, pads=PADS, balls=BALLS, lands=lands)
    assert [z_of(package, name) for name in ("lands", "balls")] == [[1.0, 1.03], [1.03, 1.33]]
    painted(package)


def test_balls_stand_on_top_and_on_pads_there():
    """The stack ends 1.13 mm up; two rows of 8 by 6 places are 8 * 6 - 4 * 2 = 40."""
    balls = {
        "kind": "balls", "on": "carrier-2", "material": "sac305", "pitch": "1 mm", "diameter": "0.5 mm",
        "height": "0.3 mm", "rows": 2, "fill": "air",
    }  # fmt: skip
    package = placed(vias=None, balls=balls)
    assert volumes(package)["balls"] == pytest.approx(40 * circle(0.5) * 0.3, rel=1e-9)
    assert volumes(package)["balls.fill"] == pytest.approx(8 * 6 * 0.3, rel=1e-9)
    assert z_of(package, "balls") == [1.13, 1.43]
    pads = {**balls, "kind": "pads", "material": "copper", "diameter": "0.4 mm", "height": "0.02 mm"}
    del pads["fill"]
    package = placed(vias=None, pads=pads, balls={**balls, "on": "pads"})
    assert volumes(package)["balls.fill"] == pytest.approx(8 * 6 * 0.32, rel=1e-9)
    assert [z_of(package, name) for name in ("pads", "balls")] == [[1.13, 1.15], [1.15, 1.45]]
    painted(package)


# ---------------------------------------------------------------- what does not fit
ALONE = {"pitch": None, "rows": None}
FLIPPED = {
    "kind": "chip",
    "size": ["3.6 mm", "1 mm", "0.1 mm"],
    "bumps": {
        "material": "sac305",
        "diameter": "0.1 mm",
        "height": "0.05 mm",
        "places": [["-1.6 mm", "0 mm"], ["-1 mm", "0 mm"], ["1 mm", "0 mm"], ["1.6 mm", "0 mm"]],
    },
}
TOWER = {
    "kind": "substrate", "on": "carrier-1", "size": ["0.5 mm", "6 mm"],
    "layers": [{"material": "fr4", "thickness": "0.1 mm"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vias": {"rows": None}}, ["'chip-1'", "leave those vias out with rows, a mask or places"]),
        ({"vias": {"through": ["carrier-1", "chip-1"]}}, ["part[6].through", "'chip-1' is of kind chip", "tape"]),
        ({"vias": {"through": ["carrier-1", "carrier-3"]}}, ["part[6].through[1]", "'carrier-3' is not a part"]),
        ({"vias": {"through": ["carrier-1", "carrier-1"]}}, ["part[6]", "names 'carrier-1' twice"]),
        ({"vias": {"between": ["carrier-1", "carrier-2"]}}, ["part[6]", "run in one way"]),
        (
            {"vias": {"through": None, "between": ["carrier-2", "carrier-1"]}},
            ["part 'vias'", "have no height", "name the lower one first"],
        ),
        ({"vias": {"plating": "0.125 mm"}}, ["part[6]", "walls of 0.125 mm leave nothing inside"]),
        ({"vias": {"plating": None}}, ["part[6]", "has a fill and no plating"]),
        ({"vias": ALONE}, ["part[6]", "needs the places of its joints in one way"]),
        ({"vias": {"places": [["0 mm", "0 mm"]]}}, ["part[6]", "has pitch and rows too"]),
        (
            {"vias": {**ALONE, "places": [["3 mm", "0 mm"], ["-3 mm", "0 mm"], ["3.2 mm", "0 mm"]]}},
            ["places[0] and places[2] are 0.2 mm apart", "0.25 mm"],
        ),
        ({"vias": {**ALONE, "places": [["4 mm", "0 mm"]]}}, ["part 'vias'", "stick out", "high x"]),
        ({"vias": {"pitch": "0.25 mm"}}, ["part[6]", "0.25 mm is not below the pitch"]),
        (
            {
                "tower_1": {**TOWER, "at": ["-3.5 mm", "0 mm"]},
                "tower_2": {**TOWER, "at": ["3.5 mm", "0 mm"]},
                "vias": {"through": ["tower-1", "tower-2"]},
            },
            ["part 'vias'", "'tower-1' and 'tower-2' lie beside one another"],
        ),
        ({"chip_1": {"bumps": None}}, ["part[1].bumps", "a chip that looks down stands on bumps"]),
        (
            {"carrier_2": {"size": ["3 mm", "3 mm"]}, "vias": None},
            ["part 'chip-2'", "8 of 28 bumps meet no part of 'carrier-2'", "(-1.5 mm, -0.75 mm)"],
        ),
        (
            {"carrier_1": {"on": "board"}, "board": {**BOARD, "size": ["7 mm", "12 mm"]}, "pads": PADS, "balls": BALLS},
            ["part 'balls'", "12 of 48 balls meet no part of 'board'", "(-3.5 mm, -2.5 mm)"],
        ),
        (
            {"pads": PADS, "balls": {**BALLS, "pitch": "1.5 mm", "count": [2, 2]}},
            ["part 'balls'", "4 of 4 balls meet no metal of 'pads'", "give both the same places"],
        ),
        (
            {"pads": {**PADS, "pitch": "1.09 mm"}, "balls": {**BALLS, "pitch": "1.09 mm"}},
            ["part 'balls'", "sticks out of 'carrier-1' by"],
        ),
        ({"chip_1": {"size": ["9 mm", "2 mm", "0.3 mm"]}}, ["part 'chip-1'", "sticks out of 'carrier-1' by 0.5 mm"]),
        (
            {"flipped": {**FLIPPED, "on": "chip-1"}, "adhesive": None, "chip_2": {"on": "flipped"}},
            ["part 'flipped'", "2 of 4 bumps meet no part of 'chip-1', the first at (-1.6 mm, 0 mm)"],
        ),
        (
            {"flipped": {**FLIPPED, "on": "chip-2"}, "carrier_2": None, "resin": None, "vias": None},
            ["part 'flipped'", "stands with its bumps on those of 'chip-2'; keep one"],
        ),
        (
            {"part": {"kind": "passive", "on": "chip-2", "size": ["9 mm", "1 mm", "1 mm"], "material": "mlcc-body"}},
            ["part 'part'", "sticks out of 'chip-2' by 2.5 mm at low x"],
        ),
        ({"resin": {"up_to": "carrier-9"}}, ["part[5].up_to", "'carrier-9' is not a part", "carrier-1"]),
        ({"resin": {"up_to": "vias"}}, ["part[5].up_to", "'vias' is of kind vias"]),
        ({"resin": {"up_to": "carrier-1"}}, ["part 'resin'", "has no height"]),
        ({"resin": {"height": "1 mm"}}, ["part[5]", "needs its top in one way"]),
        ({"adhesive": {"on": None, "under": "chip-1"}}, ["part[2]", "lies on which part?"]),
        ({"chip_1": {"on": "vias"}}, ["part[1]", "is placed from 'vias'", "vias bear nothing"]),
        ({"traces": {**TRACES}}, ["part[7]", "run in one way: lap"]),
        (
            {"traces": {**TRACES, "from": "carrier-2", "to": "carrier-1", "inset": "0.4 mm"}},
            ["part 'traces'", "1.13 mm below its top", "swap from and to"],
        ),
        (
            {"traces": {**TRACES, "lap": "0.4 mm"}, "carrier_2": {"size": ["7 mm", "6 mm"]}, "vias": None},
            ["part 'traces'", "'carrier-2' and the resin are not flush: 0.5 mm apart"],
        ),
        ({"traces": {**TRACES, "lap": "0.4 mm"}, "resin": None}, ["part 'traces'", "need resin"]),
        ({"traces": {**TRACES, "lap": "3 mm"}, "vias": None}, ["part 'traces'", "a lap of 3 mm reaches the middle"]),
        ({"traces": {**TRACES, "inset": "2.1 mm"}, "vias": None}, ["'chip-1' and 'traces' overlap", "change their"]),
        ({"traces": {**TRACES, "lap": "1 mm", "count": [20, 1]}}, ["20 traces on a pitch of 0.5 mm take 9.6 mm"]),
        ({"traces": {**TRACES, "lap": "1 mm", "width": "0.5 mm"}}, ["part[7]", "0.5 mm is not below the pitch"]),
        ({"traces": {**TRACES, "lap": "1 mm", "count": [0, 0]}}, ["part[7].count", "is zero on all sides"]),
    ],
)  # fmt: skip
def test_misuse_is_told_with_part_number_and_remedy(changes, said):
    with pytest.raises(CaseError) as error:
        place(from_document(stack(**changes)))
    assert [text for text in said if text not in str(error.value)] == [], str(error.value)


def test_a_circle_through_resin_and_traces_is_found():
    with pytest.raises(CaseError, match=r"runs in a circle: .*resin -> carrier-2"):
        from_document(stack(carrier_2={"on": "resin"}))


def test_only_solids_that_may_share_a_place_do():
    block = {"kind": "block", "on": "carrier-1", "size": ["4 mm", "1 mm", "0.5 mm"], "material": "copper"}
    with pytest.raises(GeometryError, match="'chip-1' and 'block' overlap"):
        placed(vias=None, block=block)
