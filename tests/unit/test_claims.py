"""Does the claim chart tell what reads on a claim from what does not? One sound package, and one flaw at a time.

Every expected number is a length, area or volume that follows from the sizes written in the case.
"""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermopkg.case.load import from_document, load
from thermopkg.claims import chart as chart_module
from thermopkg.claims.chart import chart, claim_names
from thermopkg.claims.claims import documents, read_document
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import NOTHING, paint
from thermopkg.package.placing import place

CASES = Path(__file__).parents[2] / "cases"

COPPER_LAYER = {"material": "copper", "thickness": "18 um", "coverage": 0.5}
PARTS = {
    "carrier": {
        "kind": "substrate",
        "size": ["6 mm", "6 mm"],
        "layers": [COPPER_LAYER, {"material": "bt-laminate", "thickness": "0.2 mm"}, COPPER_LAYER],
    },
    "chip": {
        "kind": "chip",
        "on": "carrier",
        "size": ["2 mm", "2 mm", "0.3 mm"],
        "bumps": {
            "material": "sn63pb37",
            "pitch": "0.5 mm",
            "diameter": "0.12 mm",
            "height": "0.08 mm",
            "count": [4, 4],
        },
    },
    "sink": {
        "kind": "heat-sink",
        "over": "chip",
        "gap": "0.1 mm",
        "size": ["5 mm", "5 mm", "0.3 mm"],
        "material": "copper",
    },
    "mould": {"kind": "encapsulant", "on": "carrier", "material": "emc-2.5", "exposes": ["sink.top"]},
    "balls": {
        "kind": "balls",
        "under": "carrier",
        "material": "sac305",
        "pitch": "1.25 mm",
        "diameter": "0.6 mm",
        "height": "0.5 mm",
        "count": [4, 4],
        "fill": "air",
    },
    "capacitor": {
        "kind": "passive",
        "on": "carrier",
        "at": ["2 mm", "0 mm"],
        "size": ["0.6 mm", "0.3 mm", "0.3 mm"],
        "material": "passive-ceramic",
        "terminals": {"material": "nickel", "length": "0.15 mm"},
    },
}

ONE_CHIP = [f"heat-sink/{number}" for number in range(1, 9)]

# the limitations by short names; each is found in the chart by these words of its text
BONDED = "bumps on its active face bond it"
JOINED = "connects chip and carrier electrically"
SINK_OVER = "the heat sink stands over"
BONDING_GAP = "fills the bonding gap"
SINK_GAP = "fills the gap between chip and heat sink"
ONE_MOULDING = "one and the same moulding"
BARE = "away from the chip is bare"
APART = "0.03 mm to 0.2 mm apart"
CONDUCTS = "conducts better than 1.2"
RESIN = "holds a resin"
METAL = "holds a metal"
BALLS = "array of solder balls"
PASSIVE_ON = "passive component sits on"
PASSIVE_JOINED = "passive component is connected"
BUILD = "packaging substrate or as a lead frame"


def model_of(changes=None, without=(), materials=None, halvings=0, extra=None):
    """The sound package with some keys of some parts changed (None takes a key away), on its own planes."""
    parts = {name: dict(part) for name, part in PARTS.items() if name not in without}
    for name, keys in (changes or {}).items():
        merged = {**parts.get(name, {}), **keys}
        parts[name] = {key: value for key, value in merged.items() if value is not None}
    document = {
        "title": "test",
        "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
        "study": {"metrics": []},
        "materials": materials or {},
        "part": [{"name": name, **part} for name, part in parts.items()],
    }
    package = place(from_document(document))
    return paint(package, geometry_grid(package, extra).halved(halvings))


def compound(conductivity, class_="resin"):
    return {"class": class_, "electrical": "insulator", "conductivity": conductivity}


def region_number(model, solid):
    return next(number for number, region in enumerate(model.regions) if region.solid == solid)


def painted_over(model, cells, solid):
    """The model with some cells given to another solid, or to nothing."""
    number = NOTHING if solid is None else region_number(model, solid)
    return replace(model, region=np.where(cells, np.int16(number), model.region))


def layer(model, low, high):
    """Cells between two heights over the carrier's top, m."""
    middle = 0.5 * (model.grid.z[1:] + model.grid.z[:-1]) - model.package.parts["carrier"].box[2, 1]
    return ((middle > low) & (middle < high))[None, None, :]


def shadow(model, part):
    """Columns of cells over or under a part, shape (nx, ny, 1)."""
    return model.cells_of({part}).any(axis=2)[:, :, None]


def full_chart(model):
    return {verdict.claim: verdict for verdict in chart(model, ONE_CHIP)}


def limitations(model):
    return [(v.claim, item) for v in full_chart(model).values() for item in v.limitations]


def verdict_on(model, words):
    """The one limitation whose text holds these words."""
    (found,) = [item for _, item in limitations(model) if words in item.text]
    return found


def having(model, verdict):
    """Texts of the limitations with this verdict, but for the moulding, which has one only."""
    return [item.text for _, item in limitations(model) if item.verdict == verdict and ONE_MOULDING not in item.text]


def assert_only(texts, *words):
    assert len(texts) == len(words)
    assert all(any(word in text for text in texts) for word in words)


# --- the sound package -----------------------------------------------------------------------------------------------


def test_sound_package_meets_every_claim():
    model = model_of()
    assert {claim: v.verdict for claim, v in full_chart(model).items()} == dict.fromkeys(range(1, 9), "met")
    assert all(item.verdict == "met" for _, item in limitations(model) if ONE_MOULDING not in item.text)


def test_shipped_case_meets_claims_1_to_8_with_its_own_numbers():
    """The numbers are those of the case: 40 by 40 bumps, 20 by 20 balls, a 24 mm sink, a 10 mm chip."""
    package = place(load(CASES / "heat-sink-1" / "case.toml"))
    model = paint(package, geometry_grid(package))
    assert all(v.verdict == "met" for v in full_chart(model).values())
    assert "1600 of 1600 bumps touch both, 0.08 mm apart" in verdict_on(model, BONDED).evidence
    assert "chip.bumps (sn63pb37) -> carrier (copper 50%, bt-laminate)" in verdict_on(model, JOINED).evidence
    bonding_gap = 10.0**2 * 0.08 - 1600 * math.pi / 4 * 0.12**2 * 0.08  # mm^3
    assert f"100 % of the {bonding_gap:.4g} mm³" in verdict_on(model, BONDING_GAP).evidence
    assert "100 % of the 10 mm³" in verdict_on(model, SINK_GAP).evidence
    assert f"{24**2} of {24**2} mm² (100 %) of sink.top" in verdict_on(model, BARE).evidence
    assert "chip to sink 0.1 mm" in verdict_on(model, APART).evidence
    assert "400 of 400 balls" in verdict_on(model, BALLS).evidence
    assert "in 20 columns and 20 rows" in verdict_on(model, BALLS).evidence
    assert "2 of 2 contacts of capacitor" in verdict_on(model, PASSIVE_JOINED).evidence


def test_verdicts_do_not_depend_on_the_grid():
    assert [(i.text, i.verdict) for _, i in limitations(model_of(halvings=1))] == [
        (i.text, i.verdict) for _, i in limitations(model_of())
    ]


def test_evidence_is_one_line_each():
    for model in (model_of(), model_of(without=("balls", "capacitor"))):
        assert all(item.evidence and "\n" not in item.evidence for _, item in limitations(model))


# --- one flaw at a time ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"sink": {"gap": "0.25 mm"}}, APART),
        ({"sink": {"gap": "0.029 mm"}}, APART),
        ({"mould": {"material": "emc-1.2"}}, CONDUCTS),
        ({"mould": {"material": "aluminium"}}, RESIN),
        ({"sink": {"material": "alumina"}}, METAL),
        ({"balls": {"material": "copper"}}, BALLS),
        ({"balls": {"count": [4, 1]}}, BALLS),
        ({"balls": {"count": None, "mask": ["100", "010", "001"]}}, BALLS),  # a line of balls, askew
        ({"balls": {"count": None, "mask": ["10", "10", "01", "01"]}}, BALLS),  # columns, and no row across them
        ({"balls": {"count": None, "mask": ["1100", "0011"]}}, BALLS),  # rows, and no column
        ({"capacitor": {"terminals": None}}, PASSIVE_JOINED),
        ({"capacitor": {"terminals": {"material": "alumina", "length": "0.15 mm"}}}, PASSIVE_JOINED),
        ({"carrier": {"layers": [{"material": "copper", "thickness": "0.2 mm"}]}}, BUILD),
        ({"carrier": {"layers": [{"material": "alsic", "thickness": "0.2 mm"}]}}, BUILD),  # all of it conducts
        ({"carrier": {"kind": "board"}}, BUILD),
        ({"chip": {"bumps": {**PARTS["chip"]["bumps"], "material": "alumina"}}}, JOINED),
        ({"mould": {"exposes": None, "height": "1 mm"}}, BARE),
    ],
)
def test_a_flaw_breaks_just_its_own_limitation(changes, broken):
    model = model_of(changes)
    assert_only(having(model, "not met"), broken)
    assert having(model, "not shown") == []
    (lost,) = [claim for claim, item in limitations(model) if broken in item.text]
    expected = range(1, 9) if lost == 1 else [lost]
    assert [claim for claim, v in full_chart(model).items() if v.verdict != "met"] == list(expected)


def test_claim_falls_with_the_claim_it_depends_on():
    charted = full_chart(model_of({"mould": {"exposes": None, "height": "1 mm"}}))  # buries the sink
    assert charted[1].verdict == "not met"
    assert charted[2].depends_on == 1
    assert [item.verdict for item in charted[2].limitations] == ["met"]
    assert charted[2].verdict == "not met"


@pytest.mark.parametrize(
    ("part", "kind", "claims"),
    [
        ("balls", "ball array", {6: 1}),
        ("capacitor", "passive component", {7: 2}),
        ("mould", "encapsulant", {1: 3, 3: 1, 4: 1}),
    ],
)
def test_what_a_package_lacks_is_named(part, kind, claims):
    """Limitations that speak of it, by claim; the moulding is one of the three in claim 1."""
    found = [claim for claim, i in limitations(model_of(without=(part,))) if f"the package has no {kind}" in i.evidence]
    assert {claim: found.count(claim) for claim in found} == claims


def test_package_without_a_sink_lacks_all_that_the_sink_does():
    model = model_of({"mould": {"exposes": None, "height": "0.5 mm"}}, without=("sink",))
    assert_only(having(model, "not met"), SINK_OVER, SINK_GAP, BARE, APART, METAL)


# --- distances -------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=1, max_value=400))
def test_gap_is_met_from_end_to_end_and_not_beyond(micrometres):
    model = model_of({"sink": {"gap": f"{micrometres} um"}})
    found = verdict_on(model, APART)
    assert found.verdict == ("met" if 30 <= micrometres <= 200 else "not met")
    assert f"chip to sink {micrometres / 1000:.4g} mm, measured on" in found.evidence


@pytest.mark.parametrize("bump_height", ["0.07 mm", "0.08 mm", "0.1 mm", "33 um"])
@pytest.mark.parametrize("gap", ["0.03 mm", "30 um", "0.2 mm", "0.02 cm"])
def test_both_ends_of_the_gap_count_whatever_the_planes_round_to(gap, bump_height):
    bumps = {**PARTS["chip"]["bumps"], "height": bump_height}
    assert verdict_on(model_of({"sink": {"gap": gap}, "chip": {"bumps": bumps}}), APART).verdict == "met"


def test_sink_that_covers_half_of_the_chip_is_measured_where_it_does():
    model = model_of({"sink": {"at": ["2.5 mm", "0 mm"], "size": ["5 mm", "2 mm", "0.3 mm"]}})  # from x = 0 on
    assert "sink covers 2 of 4 mm² (50 %) of chip" in verdict_on(model, SINK_OVER).evidence
    assert "over 2 mm²" in verdict_on(model, APART).evidence


# --- materials -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conductivity", "verdict"),
    [
        ("1.2 W/m/K", "not met"),
        ("0.012 W/cm/K", "not met"),
        ("1200 mW/m/K", "not met"),
        ("1.201 W/m/K", "met"),
        ({"in_plane": "3 W/m/K", "through": "1.2 W/m/K"}, "not met"),  # the worst direction counts
        ({"in_plane": "3 W/m/K", "through": "1.3 W/m/K"}, "met"),
        ([["0 degC", "1.3 W/m/K"], ["50 degC", "1.1 W/m/K"]], "not met"),  # 1.2 at the reference of 25 degC
        ([["0 degC", "1.1 W/m/K"], ["50 degC", "1.4 W/m/K"]], "met"),  # 1.25 there
    ],
)
def test_conductivity_must_exceed_its_threshold(conductivity, verdict):
    model = model_of({"mould": {"material": "mine"}}, materials={"mine": compound(conductivity)})
    assert verdict_on(model, CONDUCTS).verdict == verdict
    assert_only(having(model, "not met"), *([CONDUCTS] if verdict == "not met" else []))


@pytest.mark.parametrize("class_", ["adhesive", "composite", "laminate"])
def test_resin_is_not_shown_where_the_class_leaves_it_open(class_):
    model = model_of({"mould": {"material": "mine"}}, materials={"mine": compound("2 W/m/K", class_)})
    assert_only(having(model, "not shown"), RESIN)
    assert {claim: v.verdict for claim, v in full_chart(model).items() if v.verdict != "met"} == {4: "not shown"}


def test_metal_is_not_shown_where_a_composite_may_hold_it():
    model = model_of({"sink": {"material": "alsic"}})
    assert_only(having(model, "not shown"), METAL)


def test_conductors_smeared_into_a_carrier_show_no_path():
    model = model_of({"carrier": {"layers": [{"material": "substrate-organic", "thickness": "0.3 mm"}]}})
    assert having(model, "not met") == []
    assert_only(having(model, "not shown"), JOINED, PASSIVE_JOINED, BUILD)
    assert all(v.verdict == "not shown" for v in full_chart(model).values())


def test_insulating_bumps_are_no_path_even_on_a_smeared_carrier():
    layers = [{"material": "substrate-organic", "thickness": "0.3 mm"}]
    bumps = {**PARTS["chip"]["bumps"], "material": "alumina"}
    found = verdict_on(model_of({"carrier": {"layers": layers}, "chip": {"bumps": bumps}}), JOINED)
    assert (found.verdict, found.evidence) == ("not met", "chip has no conducting contact")


# --- what fills the gaps ---------------------------------------------------------------------------------------------


def test_empty_bonding_gap_is_not_filled():
    model = model_of()
    empty = layer(model, 0.0, 0.08e-3) & shadow(model, "chip") & model.cells_of({"mould"})
    model = painted_over(model, empty, "balls.fill")
    assert_only(having(model, "not met"), BONDING_GAP)
    assert "in its place 100 % balls.fill (air)" in verdict_on(model, BONDING_GAP).evidence
    assert "not consistent with one moulding" in verdict_on(model, ONE_MOULDING).evidence


@pytest.mark.parametrize(("filler", "named"), [("balls.fill", "50 % balls.fill (air)"), (None, "50 % nothing")])
def test_share_of_a_gap_that_is_filled_is_measured(filler, named):
    plane = (np.array([0.0]), np.array([]), np.array([]))  # x = 0 halves the chip
    model = model_of(extra=plane)
    left = (model.grid.x[1:] <= 0.0)[:, None, None]
    half = layer(model, 0.38e-3, 0.48e-3) & shadow(model, "chip") & left
    found = verdict_on(painted_over(model, half, filler), SINK_GAP)
    assert found.verdict == "not met"
    assert "mould takes 50 % of the 0.4 mm³" in found.evidence
    assert named in found.evidence


def test_compound_that_is_cut_off_from_the_rest_does_not_count():
    model = model_of()
    around = layer(model, 0.38e-3, 0.48e-3) & ~shadow(model, "chip") & model.cells_of({"mould"})
    model = painted_over(model, around, "balls.fill")
    assert_only(having(model, "not met"), SINK_GAP)
    assert "100 % is cut off from the rest of mould" in verdict_on(model, SINK_GAP).evidence
    assert "not consistent with one moulding" in verdict_on(model, ONE_MOULDING).evidence


def test_two_compounds_do_not_fill_both_gaps():
    """An underfill in the bonding gap, the mould everywhere else: neither fills both."""
    underfill = {
        "kind": "encapsulant",
        "on": "carrier",
        "material": "underfill",
        "height": "0.08 mm",
        "size": ["2.2 mm", "2.2 mm"],
    }
    model = model_of({"mould": {}, "underfill": underfill})
    assert_only(having(model, "not met"), BONDING_GAP)
    assert "in its place 100 % underfill (underfill)" in verdict_on(model, BONDING_GAP).evidence


def test_moulding_is_never_shown_and_does_not_keep_the_claim_from_being_met():
    model = model_of()
    found = verdict_on(model, ONE_MOULDING)
    assert found.verdict == "not shown"
    assert found.evidence.startswith("a process cannot be seen in a structure; consistent with one moulding: ")
    assert full_chart(model)[1].verdict == "met"


# --- bonds and joints ------------------------------------------------------------------------------------------------


def test_bumps_that_end_short_of_the_chip_bond_nothing():
    middle = model_of().package.parts["chip"].box[2, 0] - 0.04e-3
    model = model_of(extra=(np.array([]), np.array([]), np.array([middle])))
    cut = layer(model, 0.04e-3, 0.08e-3) & model.cells_of({"chip.bumps"})
    model = painted_over(model, cut, "mould")
    assert_only(having(model, "not met"), BONDED, JOINED)
    assert "0 of 16 bumps touch both" in verdict_on(model, BONDED).evidence


def test_bumps_that_stand_on_something_else_join_and_do_not_bond():
    """A slice of each bump is of the capacitor's nickel: current passes, but no bump spans the gap."""
    middle = model_of().package.parts["chip"].box[2, 0] - 0.04e-3
    extra = (np.array([]), np.array([]), np.array([middle, middle + 0.1e-6]))
    sound = model_of(extra=extra)
    slices = layer(sound, 0.04e-3, 0.0401e-3) & sound.cells_of({"chip.bumps"})
    assert_only(having(painted_over(sound, slices, "capacitor.terminals"), "not met"), BONDED)


def test_passive_beside_its_joints_connects_and_does_not_sit():
    posts = {
        f"post-{side}": {
            "kind": "block",
            "on": "carrier",
            "at": [f"{x} mm", "0 mm"],
            "size": ["0.1 mm", "0.3 mm", "0.2 mm"],
            "material": "sac305",
        }
        for side, x in (("left", 2 - 0.35), ("right", 2 + 0.35))  # just beside the terminals
    }
    model = model_of({"capacitor": {"on": None, "over": "carrier", "gap": "0.05 mm"}, **posts})
    assert_only(having(model, "not met"), PASSIVE_ON)


def test_one_bump_is_not_a_plurality():
    bumps = {**PARTS["chip"]["bumps"], "count": [1, 1]}
    model = model_of({"chip": {"bumps": bumps}})
    assert_only(having(model, "not met"), BONDED, JOINED)
    assert "1 of 1 bumps touch both" in verdict_on(model, BONDED).evidence


def test_depopulated_bumps_still_bond():
    bumps = {**PARTS["chip"]["bumps"], "count": None, "mask": ["1001", "0000", "0000", "1001"]}
    model = model_of({"chip": {"bumps": bumps}})
    assert having(model, "not met") == []
    assert "4 of 4 bumps touch both" in verdict_on(model, BONDED).evidence


def test_lifted_passive_neither_sits_nor_connects():
    model = model_of({"capacitor": {"on": None, "over": "carrier", "gap": "0.05 mm"}})
    assert_only(having(model, "not met"), PASSIVE_ON, PASSIVE_JOINED)
    assert "0.05 mm apart" in verdict_on(model, PASSIVE_ON).evidence


def test_passive_on_solder_sits_and_connects():
    pads = {
        f"pad-{side}": {
            "kind": "block",
            "on": "carrier",
            "at": [f"{x} mm", "0 mm"],
            "size": ["0.15 mm", "0.3 mm", "0.05 mm"],
            "material": "sac305",
        }
        for side, x in (("left", 2 - 0.225), ("right", 2 + 0.225))  # under the terminals
    }
    model = model_of({"capacitor": {"on": None, "over": "carrier", "gap": "0.05 mm"}, **pads})
    assert having(model, "not met") == []
    assert "capacitor.terminals (nickel) -> pad-left (sac305) -> carrier" in verdict_on(model, PASSIVE_JOINED).evidence
    assert "0.09 of 0.18 mm² (50 %)" in verdict_on(model, PASSIVE_ON).evidence  # 2 pads of 0.15 by 0.3 mm


# --- what is bare ----------------------------------------------------------------------------------------------------


def test_partly_covered_sink_is_bare_in_part():
    cover = {"kind": "block", "on": "sink", "size": ["1 mm", "1 mm", "0.2 mm"], "material": "bt-laminate"}
    found = verdict_on(model_of({"cover": cover}), BARE)
    assert found.verdict == "met"
    assert "24 of 25 mm² (96 %) of sink.top" in found.evidence


def test_air_over_the_sink_leaves_it_bare():
    still_air = {"kind": "block", "on": "sink", "size": ["1 mm", "1 mm", "0.2 mm"], "material": "air"}
    assert "25 of 25 mm² (100 %) of sink.top" in verdict_on(model_of({"still-air": still_air}), BARE).evidence


@pytest.mark.parametrize(
    ("top", "verdict", "bare"),
    [(1.0e-3, "met", "4 of 25 mm²"), (0.9e-3, "not met", "0 of 25 mm²")],  # a shaft up to the mould's top; a bubble
)
def test_hollow_over_the_sink_bares_it_only_where_it_opens(top, verdict, bare):
    """The sink ends 0.78 mm over the carrier, the mould 1 mm over it; the hollow has the chip's 2 mm by 2 mm."""
    buried = {"mould": {"exposes": None, "height": "1 mm"}}
    carrier_top = model_of(buried).package.parts["carrier"].box[2, 1]
    model = model_of(buried, extra=(np.array([]), np.array([]), np.array([carrier_top + 0.9e-3])))
    hollow = layer(model, 0.78e-3, top) & shadow(model, "chip")
    found = verdict_on(painted_over(model, hollow, None), BARE)
    assert found.verdict == verdict
    assert bare in found.evidence


# --- several candidates ----------------------------------------------------------------------------------------------

SECOND_CHIP = {**PARTS["chip"], "at": ["-2 mm", "0 mm"], "size": ["1 mm", "1 mm", "0.3 mm"]}
TWO_BUMPS = {**PARTS["chip"]["bumps"], "count": [2, 2]}


def test_the_candidate_that_meets_the_claim_is_taken_and_named():
    model = model_of(
        {
            "chip": {"bumps": {**PARTS["chip"]["bumps"], "material": "alumina"}},
            "second": {**SECOND_CHIP, "bumps": TWO_BUMPS},
        }
    )
    assert full_chart(model)[1].verdict == "met"
    assert "active face of second looks down at carrier" in verdict_on(model, BONDED).evidence
    assert "second to sink 0.1 mm" in verdict_on(model, APART).evidence


def test_limitations_must_hold_of_one_and_the_same_chip():
    """The chip under the sink has insulating bumps; the well-bonded one stands beside the sink."""
    model = model_of(
        {
            "chip": {"bumps": {**PARTS["chip"]["bumps"], "material": "alumina"}},
            "second": {**SECOND_CHIP, "bumps": TWO_BUMPS},
            "sink": {"size": ["2 mm", "2 mm", "0.3 mm"]},
        }
    )
    assert full_chart(model)[1].verdict == "not met"
    assert_only(having(model, "not met"), JOINED)


TWO_CHIPS = """
document = "pair"
[elements]
one = "chip"
other = "chip"
[[claim]]
number = 1
[[claim.limitation]]
text = "a chip"
check = "present"
element = "one"
[[claim.limitation]]
text = "another chip"
check = "present"
element = "other"
"""


def test_one_part_is_not_two_elements(monkeypatch):
    pair = read_document(TWO_CHIPS)
    monkeypatch.setattr(chart_module, "documents", lambda: {"pair": pair})
    (alone,) = chart(model_of(), ["pair/1"])
    (both,) = chart(model_of({"second": {**SECOND_CHIP, "bumps": TWO_BUMPS}}), ["pair/1"])
    assert alone.verdict == "not met"
    assert both.verdict == "met"


# --- the data --------------------------------------------------------------------------------------------------------


def test_all_claims_of_both_documents_have_data():
    heat_sink = (f"heat-sink/{number}" for number in range(1, 21))
    assert claim_names() == (*heat_sink, *(f"stacked/{number}" for number in range(1, 13)))
    assert all(item.text for document in documents().values() for claim in document.claim for item in claim.limitation)


def test_chart_keeps_the_order_asked_for():
    names = ["heat-sink/5", "heat-sink/2"]
    assert [f"{v.document}/{v.claim}" for v in chart(model_of(), names)] == names


def test_unknown_claim_names_the_known_ones():
    with pytest.raises(KeyError, match="heat-sink/99 is no claim that has data; there are heat-sink/1"):
        chart(model_of(), ["heat-sink/99"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('check = "present"', 'check = "presnt"', "no check is called 'presnt'; did you mean 'present'"),
        ('element = "other"', 'element = "othr"', "pair/1: no element is called 'othr'; did you mean 'other'"),
        ("number = 1", "number = 1\ndepends_on = 3", "pair/1 depends on claim 3, which does not stand before it"),
        ('element = "one"', "", "element\n  Field required"),
        ('element = "one"', 'element = "one"\nhigh = "1 mm"', "Extra inputs are not permitted"),
    ],
)
def test_wrong_row_is_refused_with_its_reason(old, new, message):
    with pytest.raises(ValueError, match=message):
        read_document(TWO_CHIPS.replace(old, new, 1))


def test_claim_given_twice_is_refused():
    with pytest.raises(ValueError, match="pair/1 stands there twice"):
        read_document(TWO_CHIPS + "[[claim]]\nnumber = 1\nlimitation = []\n")
