"""Do lead frames, tapes and bond wires come out as drawn, with the volumes of the formulas?"""

import math

import numpy as np
import pytest

from tests.part_documents import CHIP, FLIPPED, FRAME, GLUE, MOULD, TAPE, WIRES, leaded
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place


def placed(*parts):
    return place(from_document(leaded(*parts)))


def changed(part, **keys):
    """The part with keys changed; those of its leads by leads_KEY; None takes a key out."""
    own = {key: value for key, value in keys.items() if not key.startswith("leads_")}
    inner = {key.removeprefix("leads_"): value for key, value in keys.items() if key.startswith("leads_")}
    both = {**part, **own} | ({"leads": {**part["leads"], **inner}} if inner else {})
    return {key: value for key, value in both.items() if value is not None}


def volumes(package):
    """Of solids and of painted cells, mm^3."""
    model = paint(package, geometry_grid(package))
    check_connected(model)
    solids = {solid.name: solid.volume * 1e9 for solid in package.solids}
    cells = {name: float(model.volumes()[model.cells_of({name})].sum()) * 1e9 for name in solids}
    return solids, cells


def circle(diameter):
    return math.pi / 4 * diameter**2


# ---------------------------------------------------------------- lead frames and wires
def test_a_wire_bonded_chip_on_a_lead_frame_has_the_volumes_of_the_formulas():
    """26 leads of 1 by 0.2 by 0.2, 14 wires that rise 0.15, run 1.7 and drop 0.15 + 0.3 + 0.03, all in mm."""
    solids, cells = volumes(placed(FRAME, GLUE, CHIP, WIRES, MOULD))
    firm = {
        "frame": 26 * 1 * 0.2 * 0.2,
        "frame.paddle": 4 * 3 * 0.2,
        "glue": 4 * 3 * 0.03,
        "chip": 3 * 2 * 0.3,
        "wires": 14 * circle(0.03) * (0.15 + 1.7 + 0.48),
    }
    assert solids == pytest.approx({**firm, "mould": 8 * 6 * 1.2}, rel=1e-9)
    assert cells == pytest.approx({**firm, "mould": 8 * 6 * 1.2 - sum(firm.values())}, rel=1e-9)


def test_leads_and_wires_stand_in_line_along_all_four_sides():
    """Leads on the sides along x: 8 on 0.5 mm, from the rim at y = -3 to -2 mm; wires end 1.6 mm beside the chip."""
    package = placed(FRAME, GLUE, CHIP, WIRES, MOULD)
    leads = next(solid for solid in package.solids if solid.name == "frame").boxes * 1e3
    low = leads[np.isclose(leads[:, 1, 0], -3.0)]
    np.testing.assert_allclose(np.sort(low[:, 0].mean(axis=1)), np.arange(-1.75, 2.0, 0.5), atol=1e-12)
    np.testing.assert_allclose(low[:, 1], [[-3.0, -2.0]] * 8, atol=1e-12)
    side = math.sqrt(math.pi) / 2 * 0.03
    reach = [[-3.1 - side / 2, 3.1 + side / 2], [-2.6 - side / 2, 2.6 + side / 2]]
    np.testing.assert_allclose(package.parts["wires"].box[:2] * 1e3, reach, atol=1e-12)
    np.testing.assert_allclose(package.parts["wires"].box[2] * 1e3, [0.2, 0.2 + 0.03 + 0.3 + 0.15 + side / 2])


def test_planes_of_leads_and_wires_have_their_mirror_image():
    grid = geometry_grid(placed(FRAME, GLUE, CHIP, WIRES, MOULD))
    for ticks in (grid.x, grid.y):
        np.testing.assert_allclose(ticks + ticks[::-1], ticks[0] + ticks[-1], atol=1e-15)


def test_the_mould_on_a_lead_frame_fills_what_is_open_of_it():
    package = placed(FRAME, GLUE, CHIP, MOULD)
    assert (package.parts["mould"].box[2] * 1e3).round(9).tolist() == [0.0, 1.2]


def test_sides_may_stay_empty():
    solids, _ = volumes(placed(changed(FRAME, leads_count=[0, 5]), GLUE, CHIP, MOULD))
    assert solids["frame"] == pytest.approx(10 * 1 * 0.2 * 0.2, rel=1e-9)


# ---------------------------------------------------------------- tapes
def test_a_chip_on_a_tape_stands_on_its_leads():
    """26 leads of 2 by 0.2 by 0.02; the mould fills 1 mm over them and what is open between them."""
    package = placed(TAPE, FLIPPED, MOULD)
    solids, cells = volumes(package)
    firm = {
        "frame": 8 * 6 * 0.05,
        "frame.leads": 26 * 2 * 0.2 * 0.02,
        "chip": 4.4 * 3 * 0.3,
        "chip.bumps": 8 * circle(0.1) * 0.03,
    }
    assert solids == pytest.approx({**firm, "mould": 8 * 6 * 1.02}, rel=1e-9)
    rest = 8 * 6 * 1.07 - sum(firm.values())
    assert cells == pytest.approx({**firm, "mould": rest}, rel=1e-9)
    assert package.parts["chip"].box[2, 0] * 1e3 == pytest.approx(0.05 + 0.02 + 0.03, rel=1e-12)


def test_resin_reaches_up_between_the_leads_of_a_tape():
    lower = {**FRAME, "name": "lower"}
    bumps = {
        "material": "gold",
        "diameter": "0.1 mm",
        "height": "0.03 mm",
        "places": [["-1 mm", "0 mm"], ["1 mm", "0 mm"]],
    }
    glue, chip = {**GLUE, "on": "lower"}, {**CHIP, "bumps": bumps}
    upper = changed(TAPE, on="chip", leads_side="bottom", leads_count=[0, 5], leads_length="3.2 mm")
    resin = changed(MOULD, on="lower", height=None, up_to="frame")
    package = placed(lower, glue, chip, upper, resin)
    film = next(solid for solid in package.solids if solid.name == "frame")
    assert package.parts["mould"].box[2, 1] == film.bounds[2, 0]
    leads = next(solid for solid in package.solids if solid.name == "frame.leads")
    assert leads.bounds[2, 0] == pytest.approx((0.2 + 0.03 + 0.3 + 0.03) * 1e-3)


def test_resin_reaches_up_through_what_is_open_of_a_lead_frame():
    """As the frame under it reaches down: the mould takes all of 1.5 by 8 by 6 mm that frames, chip and glue leave."""
    lid = {**FRAME, "name": "lid", "on": "post", "paddle": None}
    post = {"name": "post", "kind": "block", "on": "frame", "at": ["-3.5 mm", "0 mm"], "material": "copper",
            "size": ["0.2 mm", "0.2 mm", "1.1 mm"]}  # fmt: skip
    package = placed(
        FRAME, GLUE, CHIP, post, changed(lid, at=["3.5 mm", "0 mm"]), changed(MOULD, height=None, up_to="lid")
    )
    assert (package.parts["mould"].box[2] * 1e3).round(9).tolist() == [0.0, 1.5]
    solids, cells = volumes(package)
    assert cells["mould"] == pytest.approx(
        solids["mould"] - sum(v for n, v in solids.items() if n != "mould"), rel=1e-9
    )


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "vias", "between": ["lower", "frame"], "diameter": "0.1 mm", "places": [["3.9 mm", "2.9 mm"]]},
        {"kind": "vias", "between": ["lower", "frame"], "diameter": "0.1 mm", "places": [["3.9 mm", "0 mm"]]},
        {"kind": "traces", "from": "lower", "to": "frame", "width": "0.1 mm", "thickness": "0.02 mm", "count": [2, 2],
         "pitch": "0.5 mm", "inset": "0.05 mm"},
    ],
    ids=["vias beside leads", "vias on leads", "traces"],
)  # fmt: skip
def test_what_leads_between_tapes_reaches_from_film_to_film(link):
    """Film 0.05, leads 0.02, post 1 and leads 0.02 mm: from 0.05 to 1.09 mm."""
    post = {"name": "post", "kind": "block", "on": "lower", "material": "copper", "size": ["1 mm", "1 mm", "1 mm"]}
    upper = changed(TAPE, on="post", leads_side="bottom")
    resin = changed(MOULD, on="lower", height=None, up_to="frame")
    package = placed({**TAPE, "name": "lower"}, post, upper, resin, {"name": "link", "material": "copper", **link})
    np.testing.assert_allclose(package.parts["link"].box[2] * 1e3, [0.05, 1.09], atol=1e-12)
    solids, cells = volumes(package)
    assert cells["link"] == pytest.approx(solids["link"], rel=1e-9)


# ---------------------------------------------------------------- what does not fit
@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([changed(FRAME, leads_length="3 mm")], ["part 'frame'", "leads of 3 mm reach the middle of 6 mm"]),
        ([changed(FRAME, leads_length="2 mm")], ["part 'frame'", "the leads reach into the paddle"]),
        ([changed(FRAME, leads_count=[16, 10])], ["meet in the corner; make them fewer"]),
        ([changed(FRAME, leads_count=[17, 5])], ["17 leads on a pitch of 0.5 mm take 8.2 mm of a side of 8 mm"]),
        ([changed(FRAME, leads_width="0.5 mm")], ["part[0].leads", "the width of 0.5 mm is not below the pitch"]),
        ([changed(FRAME, leads_count=[0, 0])], ["part[0].leads.count", "is zero on all sides"]),
        ([FRAME, GLUE, CHIP, changed(WIRES, span="0.1 mm"), MOULD], ["part 'wires'", "exceed the inset of 0.1 mm"]),
        ([FRAME, GLUE, CHIP, changed(WIRES, inset="0.01 mm"), MOULD], ["part 'wires'", "beside the chip"]),
        ([FRAME, GLUE, CHIP, changed(WIRES, span="1 mm"), MOULD], ["14 of 14 wires meet no metal of 'frame'", "span"]),
        ([FRAME, GLUE, CHIP, changed(WIRES, span="9 mm"), MOULD], ["14 of 14 wires meet no metal of 'frame'"]),
        ([FRAME, GLUE, CHIP, changed(WIRES, count=[7, 3]), MOULD], ["7 wires on a pitch of 0.5 mm take 3.027 mm"]),
        (
            [FRAME, GLUE, CHIP, changed(WIRES, count=[6, 4], inset="0.25 mm", span="1.8 mm"), MOULD],
            ["wires of neighbouring sides meet in the corner"],
        ),
        ([FRAME, GLUE, CHIP, changed(WIRES, loop="0.03 mm"), MOULD], ["part[3]", "does not clear the chip"]),
        ([FRAME, GLUE, CHIP, {**WIRES, "to": "chip"}, MOULD], ["part[3].to", "'chip' is of kind chip", "carriers"]),
        ([FRAME, GLUE, CHIP, {**WIRES, "from": "glue"}, MOULD], ["part[3].from", "wires start on a chip"]),
        ([TAPE, FLIPPED, WIRES], ["part[2].from", "'chip' looks down", 'face = "up"']),
        ([FRAME, GLUE, CHIP, WIRES, changed(MOULD, height="0.4 mm")], ["part 'mould'", "top of 'wires'"]),
        ([TAPE, changed(FLIPPED, at=["0.2 mm", "-1.2 mm"])], ["8 of 8 bumps meet no metal of 'frame'", "mask"]),
        ([TAPE, changed(FLIPPED, at=["0 mm", "-0.5 mm"])], ["8 of 8 bumps meet no metal of 'frame'"]),
        ([changed(TAPE, leads_side="left")], ["part[0].leads.side", "'left' is not allowed"]),
    ],
)
def test_misuse_is_told_with_part_number_and_remedy(parts, said):
    with pytest.raises(CaseError) as error:
        placed(*parts)
    assert [text for text in said if text not in str(error.value)] == [], str(error.value)
