"""Do the claims on two carriers face to face tell a joint from a gap? Every bump has its own lead; one flaw at a time.

Lengths in mm as written in the hand-made packages; every expected number is a count of what stands there.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.hand_made import BUMPS, around, box, model_of, number_of, part, solid, stacked_with, substrate, tape, within
from thermopkg.claims.chart import chart
from thermopkg.claims.circuit import Circuit
from thermopkg.claims.claims import documents
from thermopkg.claims.places import attached
from thermopkg.claims.rows import Attached
from thermopkg.claims.structure import Structure

VIAS, TRACES = ([f"stacked/{n}" for n in numbers] for numbers in (range(1, 7), range(7, 13)))

# the limitations of both independent claims by short names; each is found by these words of its text
FIRST_BOND = "first chip is flipped"
FIRST_SOLDER, SECOND_SOLDER = "first chip's bumps are", "second chip's bumps are"
FIRST_JOINED = "connect the first chip"
SECOND_BOND = "of a second chip bond it"
SECOND_JOINED = "connect the second chip"
BACKS = "adhesive layer on the back"
GLUE = "of an adhesive or a resin"
ROOM = "room between the carriers"
FIRST_GAP = "bumps of the first chip"
SECOND_GAP = "bumps of the second chip"
RESIN = "encapsulation holds a resin"
THROUGH = "through vias run along the axis"
LED = "traces lead along the resin"
JOINED = "contacts of either chip reach"
OUTER_BUMPS = "on the outer face of the second carrier"
FIRST_TAPE, SECOND_TAPE = "the first carrier is a tape", "the second carrier is a tape"
FIRST_SUBSTRATE, SECOND_SUBSTRATE = "the first carrier is a packaging", "the second carrier is a packaging"
INSULATING = "does not conduct electricity"
ELASTIC = "highly elastic"
DRY = "takes up little water"
FLOWS = "flows easily"
ENDS = "ends on a ball pad"


def verdicts(model, names):
    return {row.text: row for claim in chart(model, names) for row in claim.limitations}


def named(model, names, words):
    (found,) = [row for text, row in verdicts(model, names).items() if words in text]
    return found


def assert_flips(sound, flawed, names, *words, to="not met"):
    """From met to another verdict flip the limitations with these words, and no others."""
    before, after = verdicts(sound, names), verdicts(flawed, names)
    flipped = [text for text in before if before[text].verdict == "met" and after[text].verdict != "met"]
    assert len(flipped) == len(words), flipped
    assert all(any(word in text for text in flipped) for word in words), flipped
    assert {after[text].verdict for text in flipped} <= {to}


def painted(model, cells, name):
    """The model with some cells given to another solid, or to nothing."""
    assert cells.any()
    return replace(model, region=np.where(cells, np.int16(number_of(model, name)), model.region))


def made_of(parts, name, material):
    """The parts with all solids of one of another material."""
    changed = {**parts[name], "solids": tuple({**s, "material": material} for s in parts[name]["solids"])}
    return {**parts, name: changed}


def without(parts, *names):
    return {name: given for name, given in parts.items() if name not in names}


def boxes_left(parts, name, role, keep):
    """The parts with some boxes of one solid alone."""
    solids = tuple(
        {**s, "boxes": tuple(s["boxes"][i] for i in keep)} if s["role"] == role else s for s in parts[name]["solids"]
    )
    return {**parts, name: {**parts[name], "solids": solids}}


SOUND = {
    "vias": (model_of(stacked_with(joined="vias")), VIAS),
    "traces": (model_of(stacked_with(joined="traces")), TRACES),
}
each_way = pytest.mark.parametrize("way", SOUND)


# ---------------------------------------------------------------- sound packages
def test_tapes_joined_by_vias_meet_their_claims():
    assert {v.claim: v.verdict for v in chart(SOUND["vias"][0], VIAS)} == {
        **dict.fromkeys((1, 2, 4, 5, 6), "met"),
        3: "not met",  # the carriers are tapes
    }


def test_tapes_joined_by_traces_meet_their_claims():
    assert {v.claim: v.verdict for v in chart(SOUND["traces"][0], TRACES)} == {
        **dict.fromkeys((7, 9, 10, 11, 12), "met"),
        8: "not met",
    }


@pytest.mark.parametrize(("way", "lost"), [("vias", 4), ("traces", 9)])
def test_substrates_meet_all_but_the_claim_on_tapes(way, lost):
    charted = chart(model_of(stacked_with(joined=way, carriers="substrate")), SOUND[way][1])
    assert [v.claim for v in charted if v.verdict != "met"] == [lost]


def test_vias_are_no_traces_and_traces_no_vias():
    assert all(v.verdict == "not met" for v in chart(SOUND["vias"][0], TRACES))
    assert all(v.verdict == "not met" for v in chart(SOUND["traces"][0], VIAS))


def test_verdicts_do_not_depend_on_the_grid():
    x = np.linspace(-2, 2, 30)
    for way, (sound, names) in SOUND.items():
        finer = model_of(stacked_with(joined=way), planes=(x, x, (0.1, 0.11, 0.4, 0.61)))
        assert {t: r.verdict for t, r in verdicts(sound, names).items()} == {
            t: r.verdict for t, r in verdicts(finer, names).items()
        }


def test_path_names_every_solid_on_it():
    found = named(*SOUND["vias"], JOINED)
    assert "2 of 4 contacts of chip-1 lead to second and 2 of 4 contacts of chip-2 lead to first" in found.evidence
    assert "chip-1.bumps (sn63pb37) -> first.leads (copper) -> vias.vias (copper) -> second.leads" in found.evidence


def test_path_through_smeared_copper_says_so():
    model = model_of(stacked_with(joined="vias", carriers="substrate"))
    found = named(model, VIAS, JOINED)
    assert "4 of 4 contacts of chip-1" in found.evidence  # one sheet of smeared copper joins all bumps
    assert "first.layer and second.layer are smeared and conduct in every direction" in found.evidence


# ---------------------------------------------------------------- deletions
def test_without_one_of_two_vias_the_carriers_are_not_joined():
    """The other via carries one lead alone: a current has no way back."""
    flawed = model_of(boxes_left(stacked_with(joined="vias"), "vias", "vias", [0]))
    assert_flips(SOUND["vias"][0], flawed, VIAS, THROUGH, JOINED)
    assert "1 of 4 contacts of chip-1 lead to second" in named(flawed, VIAS, JOINED).evidence
    assert {v.claim for v in chart(flawed, VIAS) if v.verdict == "met"} == set()


def test_a_via_cut_through_is_no_via():
    sound = model_of(stacked_with(joined="vias"), planes=((), (), (0.3, 0.31)))
    flawed = painted(sound, within(sound, x=(-1.6, -1.4), y=(0.4, 0.6), z=(0.3, 0.31)), "resin")
    assert_flips(sound, flawed, VIAS, THROUGH, JOINED)


def test_a_via_that_ends_short_of_the_leads_joins_nothing():
    sound = model_of(stacked_with(joined="vias"), planes=((), (), (0.6,)))
    cut = within(sound, x=(-1.6, -1.4), y=(0.4, 0.6), z=(0.6, 0.68))
    assert_flips(sound, painted(sound, cut, "resin"), VIAS, THROUGH, JOINED)


def test_lifted_leads_of_the_vias_part_the_carriers():
    """The vias stand as before, and no chip reaches them: the leads end short of them."""
    sound, names = SOUND["vias"]
    cut = within(sound, x=(-1.4, -1.0), z=(0.05, 0.07))
    assert_flips(sound, painted(sound, cut, "resin"), names, JOINED)


def test_vias_on_leads_of_one_chip_alone_join_nothing():
    """Both vias stand on leads of both carriers, and the first chip's bumps stand on two other leads."""
    parts = stacked_with(joined="vias")
    parts["chip-1"] = boxes_left(parts, "chip-1", "bumps", [2, 3])["chip-1"]
    assert BUMPS[2][0] > 0 > BUMPS[0][0]
    assert_flips(SOUND["vias"][0], model_of(parts), VIAS, JOINED)


def test_a_via_beside_the_resin_is_not_through_it():
    """Each via stands in a sleeve of laminate, so that the resin lies nowhere beside it."""
    parts = stacked_with(joined="vias")
    places = [(-1.5, -0.5), (-1.5, 0.5)]
    sleeve = part("block", solid("body", "bt-laminate", *(around(*p, 0.4, (0.05, 0.70)) for p in places)))
    flawed = model_of({"resin": parts["resin"], "sleeve": sleeve, **parts})
    assert_flips(SOUND["vias"][0], flawed, VIAS, THROUGH)


@each_way
@pytest.mark.parametrize(("chip", "z", "broken"), [(1, (0.14, 0.15), FIRST_JOINED), (2, (0.60, 0.61), SECOND_JOINED)])
def test_lifted_bumps_bond_and_join_nothing(way, chip, z, broken):
    """All bumps but one lose their last 0.01 mm."""
    names = SOUND[way][1]
    sound = model_of(stacked_with(joined=way), planes=((), (), (0.14, 0.61)))
    lifted = within(sound, z=z) & sound.cells_of({f"chip-{chip}.bumps"}) & ~within(sound, x=(0, 1), y=(0, 1))
    bond = FIRST_BOND if chip == 1 else SECOND_BOND
    assert_flips(sound, painted(sound, lifted, "resin"), names, bond, broken, JOINED)


def test_lifting_one_row_of_bumps_takes_the_vias_from_the_chip():
    """The bumps at x < 0 stand on the leads that have vias."""
    sound = model_of(stacked_with(joined="vias"), planes=((), (), (0.14,)))
    lifted = within(sound, x=(-1, 0), z=(0.14, 0.15)) & sound.cells_of({"chip-1.bumps"})
    flawed = painted(sound, lifted, "resin")
    assert_flips(sound, flawed, VIAS, JOINED)
    assert "2 of 4 bumps touch both" in named(flawed, VIAS, FIRST_BOND).evidence


@pytest.mark.parametrize("z", [(0.3, 0.31), (0.71, 0.73)])
def test_a_cut_trace_flips_its_claim_and_all_that_depend_on_it(z):
    sound = model_of(stacked_with(joined="traces"), planes=((), (), z))
    cut = within(sound, x=(-2.05, -2.0), y=(0.4, 0.6), z=z)
    flawed = painted(sound, cut, None)
    assert named(flawed, TRACES, LED).verdict == "not met"
    assert {v.verdict for v in chart(flawed, TRACES)} == {"not met"}


def test_one_trace_is_not_a_plurality():
    flawed = model_of(boxes_left(stacked_with(joined="traces"), "traces", "traces", [0, 1, 2]))
    assert_flips(SOUND["traces"][0], flawed, TRACES, LED, JOINED, ENDS)


def test_one_broken_trace_of_three_fails_the_claim():
    """The two others would be a plurality, but each of the traces has to connect."""
    parts = stacked_with(joined="traces")
    third = box((1.8, 1.9), (0.45, 0.55), (0.07, 0.4))  # stands on a lead and ends in the resin
    whole = box((1.8, 1.9), (0.45, 0.55), (0.07, 0.68))

    def with_third(trace):
        solids = ({**parts["traces"]["solids"][0], "boxes": (*parts["traces"]["solids"][0]["boxes"], trace)},)
        return model_of({**parts, "traces": {**parts["traces"], "solids": solids}})

    assert_flips(with_third(whole), with_third(third), TRACES, LED)
    assert "2 of 3 traces" in named(with_third(third), TRACES, LED).evidence
    assert named(with_third(whole), TRACES, ENDS).verdict == "not met"  # it ends on leads, and the others on pads


def test_traces_that_miss_the_leads_join_nothing():
    """The leads end 0.1 mm from the rim, so that the side wall has no conductor but the traces and their pads."""
    sound = SOUND["traces"][0]
    rim = within(sound, x=(-2, -1.65)) & (sound.cells_of({"first.leads"}) | sound.cells_of({"second.leads"}))
    assert_flips(sound, painted(sound, rim, "resin"), TRACES, JOINED)


def test_traces_away_from_the_resin_do_not_lead_along_it():
    parts = stacked_with(joined="traces")
    parts["coat"] = part("block", solid("body", "bt-laminate", box((-2, -1.9), (-2, 2), (0.07, 0.68))))
    assert_flips(SOUND["traces"][0], model_of(parts), TRACES, LED)


@pytest.mark.parametrize("z", [(-0.02, 0.0), (0.75, 0.77)])
def test_a_trace_that_ends_short_of_its_pad_fails_claim_12_alone(z):
    sound = SOUND["traces"][0]
    cut = within(sound, x=(-2, -1.65), y=(0.4, 0.6), z=z)
    flawed = painted(sound, cut, None)
    assert_flips(sound, flawed, TRACES, ENDS)
    assert [v.claim for v in chart(flawed, TRACES) if v.verdict != "met"] == [8, 12]


def test_hollow_vias_leave_no_void_in_the_resin():
    """Walls of 0.05 around air: the air is the via's, not the room's."""
    parts = stacked_with(joined="vias")
    places = [(-1.5, -0.5), (-1.5, 0.5)]
    hollow = solid("via fill", "air", *(around(*p, 0.1, (0, 0.75)) for p in places))
    parts["vias"] = part("vias", *parts["vias"]["solids"], hollow)
    model = model_of(parts)
    assert_flips(SOUND["vias"][0], model, VIAS)
    assert "takes 100 %" in named(model, VIAS, ROOM).evidence
    assert "of 2 vias 2 run straight" in named(model, VIAS, THROUGH).evidence


@pytest.mark.parametrize(("way", "broken"), [("vias", (THROUGH,)), ("traces", (LED,))])
def test_conductors_smeared_into_a_carrier_show_nothing(way, broken):
    parts = stacked_with(joined=way, carriers="substrate")
    lump = part("substrate", solid("layer", "substrate-organic", box((-2, 2), (-2, 2), (-0.08, 0.07))))
    flawed = model_of({**without(parts, "pads"), "first": lump})
    lost = [FIRST_JOINED, JOINED, FIRST_SUBSTRATE, *broken]
    after = verdicts(flawed, SOUND[way][1])
    assert {text for text, found in after.items() if found.verdict == "not shown"} == {
        text for text in after if any(words in text for words in (*lost, FIRST_TAPE))
    }


def test_a_via_with_a_jog_does_not_run_along_the_axis():
    """Halfway up one of the two goes on beside itself."""
    parts = stacked_with(joined="vias")
    straight, other = around(-1.5, -0.5, 0.2, (0, 0.75)), (-1.5, 0.5)
    jog = box((-1.7, -1.4), (0.4, 0.6), (0.35, 0.4))
    halves = around(*other, 0.2, (0, 0.35)), jog, around(-1.8, 0.5, 0.2, (0.35, 0.75))
    flawed = model_of({**parts, "vias": part("vias", solid("vias", "copper", straight, *halves))})
    assert_flips(SOUND["vias"][0], flawed, VIAS, THROUGH)
    assert "of 2 vias 1 run straight" in named(flawed, VIAS, THROUGH).evidence


def test_carriers_that_touch_are_not_joined_by_their_vias():
    parts = stacked_with(joined="vias")
    posts = part("pads", solid("pads", "copper", *(around(1.5, y, 0.2, (0.07, 0.68)) for y in (-0.5, 0.5))))
    flawed = model_of({**parts, "posts": posts})
    assert_flips(SOUND["vias"][0], flawed, VIAS, JOINED)
    assert "touch without any vias" in named(flawed, VIAS, JOINED).evidence


def test_pads_on_the_back_of_a_chip_are_no_landing_on_it():
    parts = stacked_with(joined="vias")
    parts["pads"] = part("pads", solid("pads", "copper", around(0, 0, 0.2, (0.35, 0.37))))
    circuit = Circuit(Structure(model_of(parts)))
    assert circuit.pieces("pads").any()
    assert not (circuit.landing("chip-1") & (circuit.pieces("pads") > 0)).any()


# ---------------------------------------------------------------- bonds, backs and fillings
@each_way
@pytest.mark.parametrize(
    ("chip", "other", "z", "broken"), [(1, 2, (0.10, 0.12), FIRST_BOND), (2, 1, (0.62, 0.64), SECOND_BOND)]
)
def test_bumps_that_stand_on_something_else_are_no_bond(way, chip, other, z, broken):
    """A slice of each bump belongs to the other chip's: current passes and the gap is filled, but no bump spans it."""
    names = SOUND[way][1]
    sound = model_of(stacked_with(joined=way), planes=((), (), z))
    flawed = painted(sound, within(sound, z=z) & sound.cells_of({f"chip-{chip}.bumps"}), f"chip-{other}.bumps")
    assert_flips(sound, flawed, names, broken)
    assert "0 of 8 bumps touch both" in named(flawed, names, broken).evidence  # each of the 4 is cut in two


@pytest.mark.parametrize(
    ("own", "film", "leads", "broken"),
    [("first", (0, 0.05), (0.05, 0.07), FIRST_JOINED), ("second", (0.70, 0.75), (0.68, 0.70), SECOND_JOINED)],
)
def test_a_chip_may_reach_the_other_carrier_and_not_its_own(own, film, leads, broken):
    """Its two bumps stand on pads, from which vias pass the leads of its own carrier by; two others join the tapes."""
    parts = stacked_with(joined="vias")
    at_left = [(-1.5, y) for y in (-0.5, 0.5)]
    at_right = [(1.5, y) for y in (-0.5, 0.5)]
    chip_name = "chip-1" if own == "first" else "chip-2"
    sheet, bars = parts[own]["solids"]
    parts[own] = {**parts[own], "solids": (sheet, {**bars, "boxes": bars["boxes"][2:]})}  # leads at x > 0 alone
    parts[chip_name] = boxes_left(parts, chip_name, "bumps", [0, 1])[chip_name]
    parts["pads"] = part(
        "pads", solid("pads", "copper", *(box((-1.6, -0.4), (y - 0.1, y + 0.1), leads) for _, y in at_left))
    )
    parts["vias"] = part("vias", solid("vias", "copper", *(around(*p, 0.2, (0, 0.75)) for p in at_left + at_right)))
    assert bars["boxes"][2][0][0] > 0
    assert sheet["boxes"][0][2] == list(film)
    flawed = model_of(parts)
    assert_flips(SOUND["vias"][0], flawed, VIAS, broken)
    assert f"0 of 2 contacts of {chip_name} lead to {own}" in named(flawed, VIAS, broken).evidence


@each_way
@pytest.mark.parametrize(("chip", "broken"), [("chip-1", FIRST_SOLDER), ("chip-2", SECOND_SOLDER)])
def test_bumps_of_gold_are_no_solder(way, chip, broken):
    parts = stacked_with(joined=way)
    body, bumps = parts[chip]["solids"]
    parts[chip] = {**parts[chip], "solids": (body, {**bumps, "material": "gold"})}
    assert_flips(SOUND[way][0], model_of(parts), SOUND[way][1], broken)


@each_way
def test_chips_that_look_the_same_way_are_not_back_to_back(way):
    parts = stacked_with(joined=way)
    parts["chip-2"] = {**parts["chip-2"], "looks": "down"}
    after = verdicts(model_of(parts), SOUND[way][1])
    assert "not back to back" in next(row.evidence for text, row in after.items() if BACKS in text)


@each_way
def test_glue_on_less_than_half_of_the_backs_holds_too_little(way):
    parts = stacked_with(joined=way)
    glue = {"glue": part("adhesive", solid("body", "silicone-adhesive", box((-1, -0.1), (-1, 1), (0.35, 0.40))))}
    assert_flips(SOUND[way][0], model_of({**parts, **glue}), SOUND[way][1], BACKS)
    half = {"glue": part("adhesive", solid("body", "silicone-adhesive", box((-1, 0), (-1, 1), (0.35, 0.40))))}
    model = model_of({**parts, **half})
    assert "over 50 % of the 4 mm²" in named(model, SOUND[way][1], BACKS).evidence
    assert named(model, SOUND[way][1], BACKS).verdict == "met"


def test_a_chip_may_hang_by_its_back():
    """The lower chip looks down, away from the upper one, whose back it is glued to."""
    structure = Structure(SOUND["vias"][0])
    hung = Attached(text="", check="attached", chip="a", base="b", least="100 %")
    assert attached(structure, hung, "chip-1", "chip-2").holds
    assert not attached(structure, hung, "chip-1", "first").holds


@each_way
def test_chips_as_wide_as_their_carriers_are_bare_at_the_rim(way):
    parts = stacked_with(joined=way, carriers="substrate")
    for name, looks, z in (("chip-1", "down", (0.15, 0.35)), ("chip-2", "up", (0.40, 0.60))):
        parts[name] = {
            **parts[name],
            "solids": (solid("body", "silicon", box((-2, 2), (-2, 2), z)), *parts[name]["solids"][1:]),
        }
        assert parts[name]["looks"] == looks
    found = named(model_of(without(parts, "vias", "traces", "pads")), SOUND[way][1], ROOM)
    assert (found.verdict, "covers 0 % of the side walls of chip-1" in found.evidence) == ("not met", True)


@each_way
@pytest.mark.parametrize("z", [(0.35, 0.36), (0.39, 0.40)])  # on the first chip, below the second
def test_glue_that_misses_a_back_holds_nothing(way, z):
    sound = model_of(stacked_with(joined=way), planes=((), (), (0.36, 0.39)))
    flawed = painted(sound, within(sound, z=z) & sound.cells_of({"glue"}), "resin")
    assert_flips(sound, flawed, SOUND[way][1], BACKS)


@each_way
@pytest.mark.parametrize(
    ("name", "material", "broken", "to"),
    [
        ("glue", "copper", (GLUE, INSULATING, ELASTIC), "not met"),
        ("glue", "bt-laminate", (GLUE, ELASTIC), "not met"),
        ("glue", "epoxy-nonconductive", (ELASTIC,), "not met"),  # 3 GPa
        ("glue", "tim-gel", (GLUE,), "not shown"),  # a composite, 0.1 MPa
        ("resin", "underfill", (DRY,), "not met"),  # 0.8 %, 10 Pa·s
        ("resin", "emc-alumina", (FLOWS,), "not met"),  # 0.2 %, 30 Pa·s
        ("resin", "emc-g700a", (DRY, FLOWS), "not shown"),  # no value
    ],
)
def test_materials_flip_what_they_lack(way, name, material, broken, to):
    flawed = model_of(made_of(stacked_with(joined=way), name, material))
    assert_flips(SOUND[way][0], flawed, SOUND[way][1], *broken, to=to)


SILVERED = {"class": "adhesive", "electrical": "conductor", "conductivity": "2 W/m/K", "modulus": "50 MPa"}
STONE = {
    "class": "ceramic",
    "electrical": "insulator",
    "conductivity": "2 W/m/K",
    "water_uptake": "0.1 %",
    "viscosity": "1 Pa*s",
}


@each_way
def test_a_conducting_elastic_glue_fails_the_insulation_alone(way):
    flawed = model_of(made_of(stacked_with(joined=way), "glue", "silvered"), {"silvered": SILVERED})
    assert_flips(SOUND[way][0], flawed, SOUND[way][1], INSULATING)


@each_way
def test_a_glue_of_no_sticking_class_fails_that_alone(way):
    soft = {**SILVERED, "class": "ceramic", "electrical": "insulator"}
    flawed = model_of(made_of(stacked_with(joined=way), "glue", "soft"), {"soft": soft})
    assert_flips(SOUND[way][0], flawed, SOUND[way][1], GLUE)


@each_way
def test_an_encapsulation_of_stone_is_no_resin(way):
    flawed = model_of(made_of(stacked_with(joined=way), "resin", "stone"), {"stone": STONE})
    assert_flips(SOUND[way][0], flawed, SOUND[way][1], RESIN)


@pytest.mark.parametrize(
    ("limit", "value", "verdict"),
    [
        ("modulus", "100 MPa", "met"),
        ("modulus", "0.1 GPa", "met"),
        ("modulus", "100.1 MPa", "not met"),
    ],
)
def test_the_limit_itself_is_still_elastic(limit, value, verdict):
    glue = {"class": "adhesive", "electrical": "insulator", "conductivity": "2 W/m/K", limit: value}
    model = model_of(made_of(stacked_with(joined="vias"), "glue", "mine"), {"mine": glue})
    assert named(model, VIAS, ELASTIC).verdict == verdict


@pytest.mark.parametrize(
    ("words", "water", "viscosity", "verdict"),
    [
        (DRY, "0.5 %", "1 Pa*s", "met"),
        (DRY, "0.51 %", "1 Pa*s", "not met"),
        (FLOWS, "0.1 %", "20 Pa*s", "met"),
        (FLOWS, "0.1 %", "20.1 Pa*s", "not met"),
    ],
)
def test_the_limits_themselves_are_still_low(words, water, viscosity, verdict):
    resin = {"class": "resin", "electrical": "insulator", "conductivity": "1 W/m/K"}
    mine = {**resin, "water_uptake": water, "viscosity": viscosity}
    model = model_of(made_of(stacked_with(joined="vias"), "resin", "mine"), {"mine": mine})
    assert named(model, VIAS, words).verdict == verdict


@each_way
@pytest.mark.parametrize(("z", "broken"), [((0.07, 0.15), FIRST_GAP), ((0.60, 0.68), SECOND_GAP), ((0.15, 0.60), ROOM)])
def test_a_void_is_found_where_it_is(way, z, broken):
    """Within the gap of a bond 0.02 mm³ of 0.38 and of the 7.9 mm³ of the room; beside the chips 0.2 mm³."""
    sound, names = model_of(stacked_with(joined=way), planes=((0.0, 0.2, 1.2, 1.7), (0.0, 0.9), ())), SOUND[way][1]
    x, y = ((1.2, 1.7), (0.0, 0.9)) if broken == ROOM else ((0.0, 0.2), (0.0, 0.9))
    void = within(sound, x=x, y=y, z=z) & sound.cells_of({"resin"})
    assert_flips(sound, painted(sound, void, None), names, broken)


@each_way
def test_chips_bare_at_their_sides_are_not_encapsulated(way):
    """A groove 0.002 mm wide along one wall: 0.1 % of the room, and a quarter of the walls' area."""
    sound = model_of(stacked_with(joined=way), planes=((1.002,), (), ()))
    groove = within(sound, x=(1.0, 1.002), y=(-1, 1), z=(0.15, 0.35)) & sound.cells_of({"resin"})
    flawed = painted(sound, groove, None)
    assert_flips(sound, flawed, SOUND[way][1], ROOM)
    assert "75 % of the side walls of chip-1" in named(flawed, SOUND[way][1], ROOM).evidence


# ---------------------------------------------------------------- carriers and what stands on them
@each_way
@pytest.mark.parametrize(("carrier", "broken"), [("first", FIRST_TAPE), ("second", SECOND_TAPE)])
@pytest.mark.parametrize(
    ("class_", "modulus", "to"),
    [("resin", "12.1 GPa", "not met"), ("resin", None, "not shown"), ("laminate", "3 GPa", "not met")],
)
def test_a_film_that_is_no_plain_polymer_makes_no_tape(way, carrier, broken, class_, modulus, to):
    film = {"class": class_, "electrical": "insulator", "conductivity": "0.2 W/m/K"}
    parts = stacked_with(joined=way)
    solids = parts[carrier]["solids"]
    parts[carrier] = {**parts[carrier], "solids": ({**solids[0], "material": "mine"}, *solids[1:])}
    mine = film if modulus is None else {**film, "modulus": modulus}
    assert_flips(SOUND[way][0], model_of(parts, {"mine": mine}), SOUND[way][1], broken, to=to)


def test_copper_smeared_over_a_film_shows_no_leads_and_may_be_a_tape():
    parts = stacked_with(joined="vias")
    film, _ = parts["first"]["solids"]
    sheet = solid("layer", "copper", box((-2, 2), (-2, 2), (0.05, 0.07)), share=0.3, filler="polyimide")
    model = model_of({**parts, "first": part("tape", film, sheet)})
    assert named(model, VIAS, FIRST_TAPE).verdict == "not shown"
    assert named(model, VIAS, FIRST_SUBSTRATE).verdict == "met"
    whole = {**sheet, "share": 1.0, "filler": None}
    model = model_of({**parts, "first": part("tape", film, whole)})
    assert named(model, VIAS, FIRST_TAPE).verdict == "not met"


def test_two_films_are_no_tape():
    parts = stacked_with(joined="vias")
    film, leads = parts["first"]["solids"]
    second = {**film, "boxes": (box((-2, 2), (-2, 2), (-0.05, 0)),), "role": "layer"}
    assert named(model_of({**parts, "first": part("tape", second, film, leads)}), VIAS, FIRST_TAPE).verdict == "not met"


@pytest.mark.parametrize(("thickness", "verdict"), [(0.125, "met"), (0.135, "not met")])
def test_a_thick_film_is_no_tape(thickness, verdict):
    parts = stacked_with(joined="vias")
    parts["first"] = tape((0.05 - thickness, 0.05), (0.05, 0.07))
    assert named(model_of(parts), VIAS, FIRST_TAPE).verdict == verdict


@pytest.mark.parametrize(("way", "names"), [("vias", VIAS), ("traces", TRACES)])
@pytest.mark.parametrize(("carrier", "broken"), [("first", FIRST_SUBSTRATE), ("second", SECOND_SUBSTRATE)])
def test_a_carrier_without_an_insulating_layer_is_no_substrate(way, names, carrier, broken):
    parts = stacked_with(joined=way, carriers="substrate")
    flawed = model_of(made_of(parts, carrier, "copper"))
    assert_flips(model_of(parts), flawed, names, broken)


def test_substrates_of_one_thick_polymer_are_no_tapes():
    assert named(model_of(stacked_with(joined="vias", carriers="substrate")), VIAS, FIRST_TAPE).verdict == "not met"


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: {name: given for name, given in parts.items() if name != "bumps"},
        lambda parts: boxes_left(parts, "bumps", "balls", [0]),  # one is not a plurality
        lambda parts: made_of(parts, "bumps", "copper"),
    ],
)
def test_outer_face_without_solder_bumps_fails_claim_2_alone(change):
    flawed = model_of(change(stacked_with(joined="vias")))
    assert_flips(SOUND["vias"][0], flawed, VIAS, OUTER_BUMPS)
    assert [v.claim for v in chart(flawed, VIAS) if v.verdict != "met"] == [2, 3]


def test_bumps_hung_from_the_first_carrier_take_no_other_package():
    parts = stacked_with(joined="vias")
    parts["bumps"] = part("balls", solid("balls", "sac305", *(around(*p, 0.3, (-0.2, 0.0)) for p in BUMPS)))
    assert_flips(SOUND["vias"][0], model_of(parts), VIAS, OUTER_BUMPS)


def test_bumps_under_a_mould_are_on_no_exposed_face():
    parts = stacked_with(joined="vias")
    cover = part("encapsulant", solid("encapsulant", "emc-0.9", box((-2, 2), (-2, 2), (0.75, 1.0))))
    flawed = model_of({"cover": cover, **parts})
    assert_flips(SOUND["vias"][0], flawed, VIAS, OUTER_BUMPS)


def test_balls_of_a_package_on_top_are_its_bumps_even_on_pads():
    parts = stacked_with(joined="vias")
    parts["lands"] = part("pads", solid("pads", "copper", *(around(*p, 0.3, (0.75, 0.77)) for p in BUMPS)))
    parts["bumps"] = part("balls", solid("balls", "sac305", *(around(*p, 0.3, (0.77, 0.97)) for p in BUMPS)))
    parts["top-carrier"] = substrate(0.97)
    found = named(model_of(parts), VIAS, OUTER_BUMPS)
    assert found.verdict == "met"
    assert "4 solder bumps stand on second.top" in found.evidence


def test_one_carrier_alone_is_told_that_the_other_is_missing():
    parts = {name: given for name, given in stacked_with(joined="vias").items() if name not in ("second", "chip-2")}
    charted = verdicts(model_of(parts), VIAS)
    assert charted["there is a second carrier"].evidence == "the package has no other carrier"


# ---------------------------------------------------------------- the data
def test_both_ways_ask_the_same_but_for_what_joins_the_carriers():
    """The claims with traces repeat those with vias, limitation by limitation."""
    claims = {claim.number: claim for claim in documents()["stacked"].claim}
    for vias, traces in ((1, 7), (3, 8), (4, 9), (5, 10), (6, 11)):
        own, other = (
            [row.text for row in claims[n].limitation if "carriers" not in row.model_dump()] for n in (vias, traces)
        )
        assert own == other
