"""Do relations become the coordinates of the drawing, and do misfits come with their numbers?"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_document import BALLS, BUMPS, CAPACITOR, CHIP, GONE, MOULD, block, changed, good
from thermopkg.case.load import from_document
from thermopkg.errors import GeometryError
from thermopkg.package.placing import place
from thermopkg.package.solids import Solid, box, overlaps


def placed(*edits):
    return place(from_document(changed(*edits)))


def in_mm(boxes):
    return (np.asarray(boxes) * 1e3).round(9).tolist()


def blocks(*parts):
    document = {
        "title": "Blocks",
        "study": {"metrics": []},
        "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
        "part": [{**block(name=name), **keys} for name, keys in parts],
    }
    return place(from_document(document))


# ---------------------------------------------------------------- where things are
def test_every_part_lies_where_the_drawing_puts_it():
    """Worked out by hand from the bottom up, in mm: balls 0.4, carrier 0.32, bumps 0.1, chip 0.3, gap 0.1, sink 0.4."""
    boxes = {name: in_mm(part.box) for name, part in placed().parts.items()}
    side = math.sqrt(math.pi) / 2 * 0.5  # of a ball; 6 of them on a pitch of 1 mm
    edge = round((5 + side) / 2, 9)
    assert boxes == {
        "carrier": [[-3.0, 3.0], [-3.0, 3.0], [0.4, 0.72]],
        "chip": [[-1.0, 1.0], [-1.0, 1.0], [0.82, 1.12]],
        "sink": [[-2.5, 2.5], [-2.5, 2.5], [1.22, 1.62]],
        "mould": [[-3.0, 3.0], [-3.0, 3.0], [0.72, 1.62]],
        "balls": [[-edge, edge], [-edge, edge], [0.0, 0.4]],
        "capacitor": [[1.7, 2.3], [-0.15, 0.15], [0.72, 1.02]],
    }


def test_parts_lie_on_under_and_over_one_another():
    package = blocks(
        ("base", {"size": ["4 mm", "4 mm", "2 mm"]}),
        ("upper", {"on": "base", "at": ["1 mm", "-0.5 mm"]}),
        ("lower", {"under": "base", "size": ["1 mm", "1 mm", "3 mm"]}),
        ("high", {"over": "upper", "gap": "0.7 mm"}),
    )
    assert {name: in_mm(part.box[2]) for name, part in package.parts.items()} == {
        "base": [3.0, 5.0],
        "upper": [5.0, 5.3],
        "lower": [0.0, 3.0],
        "high": [6.0, 6.3],
    }
    assert in_mm(package.parts["high"].box[:2]) == [[0.5, 1.5], [-1.0, 0.0]]  # over the middle of the upper one


def test_layers_lie_from_bottom_to_top_without_a_gap():
    layers = [solid for solid in placed().of_part("carrier") if solid.role == "layer"]
    assert [(solid.material, in_mm(solid.boxes[0, 2])) for solid in layers] == [
        ("copper", [0.4, 0.42]),
        ("bt-laminate", [0.42, 0.72]),
    ]
    assert layers[0].boxes[0, 2, 1] == layers[1].boxes[0, 2, 0]


def test_thin_copper_is_filled_with_the_nearest_full_layer():
    document = good()
    document["part"][0]["layers"] = [
        {"material": material, "thickness": "20 um", **rest}
        for material, rest in [
            ("copper", {"coverage": 0.5}), ("bt-laminate", {}), ("copper", {"coverage": 0.4, "fill": "abf"}),
            ("copper", {}), ("copper", {"coverage": 0.3}), ("fr4", {}),
        ]
    ]  # fmt: skip
    layers = place(from_document(document)).of_part("carrier")
    assert [(s.share, s.filler) for s in layers] == [
        (0.5, "bt-laminate"), (1.0, None), (0.4, "abf"), (1.0, None), (0.3, "copper"), (1.0, None),
    ]  # fmt: skip


def test_bumps_reach_from_the_carrier_to_the_chip():
    package = placed()
    (bumps,) = (solid for solid in package.of_part("chip") if solid.role == "bumps")
    assert len(bumps.boxes) == 16
    assert (bumps.boxes[:, 2, 0] == package.parts["carrier"].box[2, 1]).all()
    assert (bumps.boxes[:, 2, 1] == package.parts["chip"].box[2, 0]).all()


def test_heat_is_made_on_the_face_that_looks_down():
    (face,) = placed((f"{CAPACITOR}.power", "2 W"), ("study.metrics", [])).active_faces
    assert (face.part, face.looks, face.power) == ("chip", "down", 1.0)
    assert in_mm([face.x, face.y]) == [[-1.0, 1.0], [-1.0, 1.0]]
    assert face.z == placed().parts["chip"].box[2, 0]


def test_powers_are_those_of_all_that_make_heat():
    package = placed((f"{CAPACITOR}.power", "2 W"), ("study.metrics", []))
    assert package.powers == {"chip": 1.0, "capacitor": 2.0}
    assert placed((f"{CHIP}.power", "0 W"), ("study.metrics", [])).powers == {}


def test_a_moulding_reaches_to_its_own_height_or_to_a_face():
    low = placed((f"{MOULD}.exposes", GONE), (f"{MOULD}.height", "0.4 mm"), ("environment.faces", {}))
    assert in_mm(low.parts["mould"].box[2]) == [0.72, 1.12]  # flush with the chip, which it may be
    assert in_mm(placed((f"{MOULD}.exposes", ["sink.top"])).parts["mould"].box[2]) == [0.72, 1.62]


def test_the_smaller_moulding_holds_its_place_in_the_larger():
    underfill = {
        "name": "underfill",
        "kind": "encapsulant",
        "material": "underfill",
        "size": ["2 mm", "2 mm"],
        "height": "0.1 mm",
    }
    for number in (3, 6):  # before the mould in the file, and after it
        document = good()
        document["part"].insert(number, underfill)
        order = [solid.name for solid in place(from_document(document)).solids if solid.role == "encapsulant"]
        assert order == ["mould", "underfill"]


def test_a_part_may_stand_before_its_base_in_the_file():
    forwards, backwards = good(), good()
    backwards["part"].reverse()
    boxes = [place(from_document(document)).parts for document in (forwards, backwards)]
    assert all((boxes[0][name].box == boxes[1][name].box).all() for name in boxes[0])


def test_a_long_chain_of_parts_is_placed():
    package = blocks(
        ("b0", {}), *((f"b{i}", {"on": f"b{i - 1}", "size": ["1 mm", "1 mm", "1 mm"]}) for i in range(1, 400))
    )
    assert in_mm(package.parts["b399"].box[2]) == [398.3, 399.3]


# ---------------------------------------------------------------- volumes
lengths = st.floats(0.1, 2.0).map(lambda value: round(value, 3))


@given(lengths, lengths, lengths, st.integers(1, 5), st.integers(1, 5), st.floats(0.1, 0.9))
def test_volumes_are_those_of_the_formulas(width, depth, height, nx, ny, ratio):
    """Box a b c; n joints of pi d^2 / 4 each over their height."""
    pitch = 0.9 * min(width / nx, depth / ny)
    bumps = {"material": "copper", "pitch": f"{pitch!r} mm", "diameter": f"{pitch * ratio!r} mm", "height": "0.07 mm"}
    package = placed(
        (f"{CHIP}.size", [f"{width} mm", f"{depth} mm", f"{height} mm"]),
        (BUMPS, {**bumps, "count": [nx, ny]}),
        (CAPACITOR, block(name="capacitor", on="sink")),
        ("environment.faces", {}),
    )
    volumes = {solid.name: solid.volume * 1e9 for solid in package.solids}  # mm^3
    assert volumes["chip"] == pytest.approx(width * depth * height, rel=1e-9)
    assert volumes["chip.bumps"] == pytest.approx(nx * ny * math.pi / 4 * (pitch * ratio) ** 2 * 0.07, rel=1e-9)


def test_terminals_and_body_make_up_the_passive():
    volumes = {solid.name: solid.volume * 1e9 for solid in placed().of_part("capacitor")}
    assert volumes == pytest.approx(
        {"capacitor.terminals": 2 * 0.1 * 0.3 * 0.3, "capacitor": 0.4 * 0.3 * 0.3}, rel=1e-9
    )


def test_the_fill_between_balls_spans_the_carrier():
    fill = next(solid for solid in placed((f"{BALLS}.fill", "air")).solids if solid.role == "fill")
    assert fill.volume * 1e9 == pytest.approx(6 * 6 * 0.4, rel=1e-9)


# ---------------------------------------------------------------- overlaps
def solid_boxes(*boxes):
    return np.array(boxes, float)


unit = box((0.5, 0.5), (1.0, 1.0), 0.0, 1.0)


@pytest.mark.parametrize(
    ("shift", "common"),
    [
        ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
        ((0.75, 0.0, 0.0), (0.25, 1.0, 1.0)),
        ((-0.5, 0.5, 0.25), (0.5, 0.5, 0.75)),
        ((1.0, 0.0, 0.0), None),
        ((0.0, 0.0, -1.0), None),
        ((1.0 - 1e-12, 0.0, 0.0), None),
        ((3.0, 0.0, 0.0), None),
    ],
)
def test_overlap_is_what_two_boxes_share(shift, common):
    found = overlaps(unit[None], (unit + np.array(shift)[:, None])[None], 1e-9)
    assert (found is None) == (common is None)
    if common is not None:
        assert found[0] == 1
        np.testing.assert_allclose(found[1][:, 1] - found[1][:, 0], common)


spots = st.lists(st.tuples(*[st.integers(0, 6)] * 3), min_size=1, max_size=12, unique=True)


@given(spots, spots, st.tuples(*[st.integers(1, 3)] * 3), st.tuples(*[st.integers(1, 3)] * 3))
def test_all_overlaps_are_found_and_the_largest_is_named(first, second, size_one, size_two):
    """Against every pair, one by one."""
    one = np.array([[[a, a + s] for a, s in zip(spot, size_one, strict=True)] for spot in first], float)
    two = np.array([[[a, a + s] for a, s in zip(spot, size_two, strict=True)] for spot in second], float)
    shared = [np.minimum(a[:, 1], b[:, 1]) - np.maximum(a[:, 0], b[:, 0]) for a in one for b in two]
    volumes = [float(np.prod(s)) for s in shared if (s > 1e-9).all()]
    found = overlaps(one, two, 1e-9)
    assert (0 if found is None else found[0]) == len(volumes)
    if found is not None:
        assert np.prod(found[1][:, 1] - found[1][:, 0]) == max(volumes)


def test_bounds_are_the_box_around_everything():
    solid = Solid("a", "a", "body", "copper", solid_boxes([[0, 1], [0, 1], [0, 1]], [[2, 3], [-1, 0], [0, 2]]))
    assert solid.bounds.tolist() == [[0, 3], [-1, 1], [0, 2]]
    assert solid.volume == 3.0


def test_parts_that_touch_do_not_overlap():
    package = blocks(("base", {"size": ["4 mm", "4 mm", "2 mm"]}), ("left", {"on": "base", "at": ["-0.5 mm", "0 mm"]}),
                     ("right", {"on": "base", "at": ["0.5 mm", "0 mm"]}))  # fmt: skip
    assert package.parts["left"].box[0, 1] == package.parts["right"].box[0, 0]


def test_all_misfits_are_told_at_once():
    with pytest.raises(GeometryError) as error:
        placed((f"{CAPACITOR}.at", ["2.9 mm", "0 mm"]), (f"{BALLS}.count", [9, 6]), (f"{MOULD}.size", ["7 mm", "7 mm"]))
    assert {fault.path for fault in error.value.faults} == {"part 'capacitor'", "part 'balls'", "part 'mould'"}
