"""May a part stand for the bumps of a chip, as in the block models of vendors, and is it never taken for them?"""

import pytest

from tests.case_document import BUMPS, CHIP, CLAIMS, GONE, changed
from thermopkg.case.case import Case
from thermopkg.case.environment import Environment, FixedTemperature
from thermopkg.case.load import from_document
from thermopkg.case.parts import Block, Chip
from thermopkg.claims.chart import chart
from thermopkg.errors import CaseError
from thermopkg.package.placing import place
from thermopkg.units import mm
from thermopkg.workflow import bounded, geometry

LAYER = {
    "name": "joint",
    "kind": "block",
    "on": "carrier",
    "size": ["2 mm", "2 mm", "0.1 mm"],
    "material": "joint-layer",
}
MATERIAL = {
    "class": "composite",
    "electrical": "insulator",
    "conductivity": {"in_plane": "0.6 W/m/K", "through": "2 W/m/K"},
}
ON_A_LAYER = [(BUMPS, GONE), (f"{CHIP}.on", "joint"), ("part.6", LAYER), ("materials.joint-layer", MATERIAL)]


def vendor_s(kind="block"):
    """Die and layer of bumps of [mpc7455]: 9.10 x 12.25 mm, 0.069 mm thick, 0.6 W/m/K in plane and 2 through."""
    size = ["9.10 mm", "12.25 mm"]
    layer = {"name": "joint", "material": "joint-layer"}
    layer |= {"kind": kind, "size": [*size, "0.069 mm"]} if kind == "block" else {"kind": kind}
    return from_document(
        {
            "title": "Die on its layer of bumps",
            "environment": {"ambient": "25 degC", "bottom": {"temperature": "25 degC"}},
            "materials": {"joint-layer": MATERIAL},
            "part": [layer, {"name": "die", "kind": "chip", "on": "joint", "size": [*size, "0.74 mm"], "power": "1 W"}],
        }
    )


def test_a_chip_that_looks_down_lies_on_its_layer_and_heats_that_face():
    """In mm from below: the layer 0.069, the die 0.74. In one dimension theta = 0.069e-3 m / (2 W/m/K * A)."""
    package = place(vendor_s())
    assert package.parts["die"].box[2] * 1e3 == pytest.approx([0.069, 0.809])
    (face,) = package.active_faces
    assert (face.looks, face.z * 1e3) == ("down", pytest.approx(0.069))
    (theta,) = bounded(geometry(vendor_s())).wanted
    assert theta.bracket.value == pytest.approx(0.069e-3 / (2 * 9.10e-3 * 12.25e-3), rel=1e-9)
    assert theta.bracket.value == pytest.approx(0.309, abs=5e-4)  # as worked out from the figures of [mpc7455]


def test_it_may_lie_on_an_adhesive_as_well():
    paste = {"name": "paste", "kind": "adhesive", "on": "carrier", "thickness": "50 um", "size": ["2 mm", "2 mm"]}
    document = changed(*ON_A_LAYER, (f"{CHIP}.on", "paste"), ("part.6", {**paste, "material": "die-attach-film"}))
    assert place(from_document(document)).parts["chip"].box[2, 0] * 1e3 == pytest.approx(0.4 + 0.32 + 0.05)


def test_models_built_in_python_are_checked_too():
    size, joint = (mm(2), mm(2), mm(0.5)), Block(name="joint", size=(mm(2), mm(2), mm(0.1)), material="sac305")
    environment = Environment(ambient="25 degC", bottom=FixedTemperature(temperature="25 degC"))
    chip = Chip(name="chip", on="joint", size=size, power="1 W")
    assert place(Case(title="on a layer", part=(joint, chip), environment=environment)).active_faces[0].looks == "down"
    with pytest.raises(CaseError, match=r"part\[0\].bumps  missing: a chip that looks down stands on bumps"):
        Case(title="on nothing", part=(Chip(name="chip", size=size, power="1 W"),), environment=environment)


@pytest.mark.parametrize(
    "edits", [[(BUMPS, GONE)], [*ON_A_LAYER, (f"{CHIP}.on", "carrier")]], ids=["on a carrier", "beside the layer"]
)
def test_elsewhere_it_stands_on_bumps_and_the_error_names_every_way_out(edits):
    with pytest.raises(CaseError) as caught:
        from_document(changed(*edits), claims=CLAIMS)
    (told,) = str(caught.value).splitlines()[1:]
    assert told.startswith("  part[1].bumps  missing: a chip that looks down stands on bumps; add them")
    assert 'face = "up"' in told
    assert "lay it on a block or an adhesive" in told


@pytest.mark.parametrize("edit", [("part.0.kind", "blok"), (f"{CHIP}.on", "joynt")], ids=["kind", "name"])
def test_where_what_it_lies_on_is_not_known_there_is_no_word_of_bumps(edit):
    with pytest.raises(CaseError) as caught:
        from_document(changed((BUMPS, GONE), edit), claims=CLAIMS)
    assert "bumps" not in str(caught.value)


def test_such_a_chip_is_not_bonded_by_bumps():
    """Claim 1 wants a flip-chip bond; the layer may stand for one, but shows none."""
    (verdict,) = chart(geometry(from_document(changed(*ON_A_LAYER))), ["heat-sink/1"])
    assert verdict.verdict == "not met"
    bond, joined = (row for row in verdict.limitations if "bond" in row.text and "gap" not in row.text)
    assert (bond.verdict, joined.verdict) == ("not met", "not met")
    assert bond.evidence == "active face of chip looks down at carrier; chip has no bumps"
