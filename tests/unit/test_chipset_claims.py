"""Do the claims on several chips under a heat sink find the chip, the bond and the wires that they speak of?

Two stacks put together box by box, and one flaw at a time. Lengths in mm as written in the hand-made packages.
"""

from dataclasses import replace

import numpy as np
import pytest

from tests.hand_made import (
    SMALL,
    around,
    box,
    chip,
    lead_frame,
    model_of,
    number_of,
    pair,
    part,
    side_by_side,
    solid,
    triple,
    within,
)
from thermopkg.claims.chart import chart

COMMON = (9, 10, 11, 16, 17, 18, 19, 20)
STACKS = {"pair": (pair, (*COMMON, 12, 13)), "triple": (triple, (*COMMON, 14, 15)), "beside": (side_by_side, COMMON)}
each_stack = pytest.mark.parametrize("stack", ["pair", "triple"])
each_package = pytest.mark.parametrize("stack", STACKS)

SEVERAL = "several chips stand"
SET_JOINED = "set of chips is connected"
FLIPPED = "at least one chip of the set"
SINK_OVER = "heat sink stands over the set"
BOND_GAP = "gap of that flip-chip bond"
SINK_GAP = "between the uppermost chip and the heat sink"
BARE = "away from the set of chips is bare"
APART = "lie 0.03 mm to 0.2 mm apart"
CONDUCTS = "around the set conducts better"
RESIN = "around the set holds a resin"
METAL = "over the set holds a metal"
BALLS = "array of solder balls"
PASSIVE_ON = "beside the set a passive"
PASSIVE_JOINED = "passive component beside the set"
BUILD = "under the set is built"
ATTACHED = "is attached to the"
ONTO_CARRIER = "first chip is flipped onto the carrier"
FIRST_JOINED = "connects the first chip"
ON_TOP = {"pair": "second chip is flipped onto the first", "triple": "third chip is flipped onto the second"}
TOP_JOINED = {"pair": "connects the second chip", "triple": "connects the third chip"}
WIRES = "wires run from"
PROCESS = "one and the same moulding"


def names_of(stack):
    return [f"heat-sink/{number}" for number in STACKS[stack][1]]


def rows(model, stack):
    return {row.text: row for claim in chart(model, names_of(stack)) for row in claim.limitations}


def row(model, stack, words):
    (found,) = [found for text, found in rows(model, stack).items() if words in text]
    return found


def assert_flips(sound, flawed, stack, *words, to="not met"):
    """From met to another verdict flip the limitations with these words, and no others."""
    before, after = rows(sound, stack), rows(flawed, stack)
    flipped = [text for text in before if before[text].verdict == "met" and after[text].verdict != "met"]
    assert len(flipped) == len(words), flipped
    assert all(any(word in text for text in flipped) for word in words), flipped
    assert {after[text].verdict for text in flipped} <= {to}


def painted(model, cells, name):
    assert cells.any()
    return replace(model, region=np.where(cells, np.int16(number_of(model, name)), model.region))


def without(parts, *names):
    return {name: given for name, given in parts.items() if name not in names}


def made_of(parts, name, material):
    solids = tuple({**s, "material": material} for s in parts[name]["solids"])
    return {**parts, name: {**parts[name], "solids": solids}}


def top_of(stack):
    """The uppermost chip, the part it stands on, and the heights between which its bumps stand."""
    return ("chip-2", "chip-1", (0.40, 0.48)) if stack == "pair" else ("chip-3", "chip-2", (0.68, 0.76))


SOUND = {stack: model_of(make()) for stack, (make, _) in STACKS.items()}


# ---------------------------------------------------------------- sound stacks
@each_package
def test_stack_meets_all_its_claims(stack):
    assert {v.verdict for v in chart(SOUND[stack], names_of(stack))} == {"met"}
    assert [text for text, found in rows(SOUND[stack], stack).items() if found.verdict != "met"] == [
        "the bond's gap and the sink's are filled in one and the same moulding"
    ]


def test_the_stacks_do_not_read_on_one_another():
    assert {v.verdict for v in chart(SOUND["pair"], ["heat-sink/14", "heat-sink/15"])} == {"not met"}
    assert {v.verdict for v in chart(SOUND["triple"], ["heat-sink/12", "heat-sink/13"])} == {"not met"}


def test_gap_is_measured_from_the_uppermost_chip():
    """The sink's underside lies 0.1 over the small chip on top, and 0.38 over the one below it."""
    assert "chip-2 to sink 0.1 mm" in row(SOUND["pair"], "pair", APART).evidence
    assert "1.44 of 1.44 mm² (100 %) of chip-2" in row(SOUND["pair"], "pair", SINK_OVER).evidence


def test_of_two_chips_side_by_side_the_higher_counts():
    """A tall chip beside the pair ends 0.01 under the sink; that the pair's keeps 0.1 does not help."""
    parts = pair()
    tall = chip("down", 0.1, (0.23, 0.77), (0.15, 0.23), [(0, 0)])
    moved = tuple(
        {**s, "boxes": tuple([[b[0][0] + 1.5, b[0][1] + 1.5], [b[1][0] - 1, b[1][1] - 1], b[2]] for b in s["boxes"])}
        for s in tall["solids"]
    )
    model = model_of({**parts, "tall": {**tall, "solids": moved}})
    assert "tall to sink 0.01 mm" in row(model, "pair", APART).evidence
    assert row(model, "pair", APART).verdict == "not met"


def test_a_chip_that_the_sink_does_not_cover_does_not_count():
    """As above, but the sink ends before the tall chip."""
    parts = pair()
    tall = part(
        "chip",
        solid("body", "silicon", box((1.75, 1.95), (-1.5, -1.3), (0.23, 0.77))),
        solid("bumps", "sn63pb37", box((1.8, 1.9), (-1.45, -1.35), (0.15, 0.23))),
        looks="down",
    )
    narrow = part("heat-sink", solid("body", "copper", box((-1.7, 1.7), (-1.7, 1.7), (0.78, 1.05))))
    model = model_of({**parts, "tall": tall, "sink": narrow})
    assert row(model, "pair", APART).verdict == "met"
    assert "chip-2 to sink 0.1 mm" in row(model, "pair", APART).evidence


def test_chips_of_a_package_on_top_are_not_of_the_set():
    """A second carrier over the pair's, with a chip of its own on it."""
    parts = without(pair(), "sink")
    floor = part("substrate", solid("layer", "bt-laminate", box((-2, 2), (-2, 2), (1.1, 1.3))))
    upper = chip("down", 0.6, (1.4, 1.6), (1.3, 1.4), SMALL)
    evidence = row(model_of({**parts, "floor": floor, "upper": upper}), "pair", SEVERAL).evidence
    assert evidence == "2 chips stand over carrier: chip-1, chip-2"


def test_a_bond_in_a_package_on_top_is_not_the_sets():
    """The set's chips look up and have no bumps; over them a second carrier with a chip flipped onto it."""
    parts = pair()
    parts["chip-2"] = chip("up", 0.6, (0.40, 0.68))
    floor = part("substrate", solid("layer", "bt-laminate", box((-2, 2), (-2, 2), (1.1, 1.3))))
    upper = chip("down", 0.6, (1.4, 1.6), (1.3, 1.4), SMALL)
    model = model_of({**without(parts, "sink"), "floor": floor, "upper": upper})
    assert row(model, "pair", FLIPPED).verdict == "not met"


def test_balls_may_hang_from_pads():
    parts = side_by_side()
    (balls,) = parts["balls"]["solids"]
    lands = tuple([x, y, [low - 0.02, low]] for x, y, (_, low) in balls["boxes"])
    lower = tuple([x, y, [bottom - 0.02, top - 0.02]] for x, y, (bottom, top) in balls["boxes"])
    parts["lands"] = part("pads", solid("pads", "copper", *lands))
    parts["balls"] = part("balls", {**balls, "boxes": lower})
    model = model_of(parts)
    assert_flips(SOUND["beside"], model, "beside")
    assert "9 of 9 balls touch" in row(model, "beside", BALLS).evidence


# ---------------------------------------------------------------- one flaw at a time
@each_package
@pytest.mark.parametrize(
    ("name", "material", "broken", "to"),
    [
        ("mould", "emc-1.2", (CONDUCTS,), "not met"),
        ("mould", "alumina", (RESIN,), "not met"),
        ("mould", "alsic", (RESIN,), "not shown"),
        ("sink", "alumina", (METAL,), "not met"),
        ("balls", "copper", (BALLS,), "not met"),
        ("capacitor", "passive-ceramic", (PASSIVE_JOINED,), "not met"),
    ],
)
def test_materials_flip_what_they_lack(stack, name, material, broken, to):
    if material == "alsic":  # conducts, and would short all contacts
        composite = {"class": "composite", "electrical": "insulator", "conductivity": "2 W/m/K"}
        flawed = model_of(made_of(STACKS[stack][0](), name, "mine"), {"mine": composite})
    else:
        flawed = model_of(made_of(STACKS[stack][0](), name, material))
    assert_flips(SOUND[stack], flawed, stack, *broken, to=to)


@each_package
@pytest.mark.parametrize(
    ("gone", "broken"),
    [
        ("balls", (BALLS,)),
        ("capacitor", (PASSIVE_ON, PASSIVE_JOINED)),
        ("sink", (SINK_OVER, SINK_GAP, BARE, APART, METAL)),
    ],
)
def test_what_a_stack_lacks_is_missed(stack, gone, broken):
    assert_flips(SOUND[stack], model_of(without(STACKS[stack][0](), gone)), stack, *broken)


@each_stack
@pytest.mark.parametrize(("lift", "verdict"), [(-0.07, "met"), (-0.071, "not met"), (0.1, "met"), (0.101, "not met")])
def test_both_ends_of_the_sinks_gap_count(stack, lift, verdict):
    """From the 0.1 of the sound stacks."""
    parts = STACKS[stack][0]()
    bottom = {"pair": 0.78, "triple": 1.06}[stack] + lift
    parts["sink"] = part("heat-sink", solid("body", "copper", box((-2, 2), (-2, 2), (bottom, 2.0))))
    (high,) = parts["mould"]["solids"]
    parts["mould"] = {**parts["mould"], "solids": ({**high, "boxes": (box((-2, 2), (-2, 2), (0.15, 2.0)),)},)}
    model = model_of(parts)
    assert row(model, stack, APART).verdict == verdict
    assert_flips(SOUND[stack], model, stack, *([APART] if verdict == "not met" else []))


@each_stack
def test_a_buried_sink_is_not_bare(stack):
    parts = STACKS[stack][0]()
    parts["lid"] = part(
        "block", solid("body", "emc-2.5", box((-2, 2), (-2, 2), (1.05 if stack == "pair" else 1.35, 1.6)))
    )
    assert_flips(SOUND[stack], model_of(parts), stack, BARE)


@each_stack
def test_a_void_over_the_uppermost_chip_is_found(stack):
    top, _, (_, low) = top_of(stack)
    sound = model_of(STACKS[stack][0](), planes=((0.0,), (), ()))
    void = within(sound, x=(0, 0.6), y=(-0.6, 0.6), z=(low + 0.2, low + 0.3)) & sound.cells_of({"mould"})
    flawed = painted(sound, void, None)
    assert_flips(sound, flawed, stack, SINK_GAP)
    assert "not consistent" in row(flawed, stack, PROCESS).evidence
    assert top in row(flawed, stack, SINK_GAP).evidence


def test_the_only_bonds_gap_unfilled_fails_claim_9():
    sound = SOUND["pair"]
    void = within(sound, x=(-0.6, 0.6), y=(-0.6, 0.6), z=(0.40, 0.48)) & sound.cells_of({"mould"})
    assert_flips(sound, painted(sound, void, None), "pair", BOND_GAP)


def test_one_filled_bond_of_two_is_enough():
    """Claim 9 asks for one flip-chip gap; the other of the three chips' bonds is still filled."""
    sound = SOUND["triple"]
    void = within(sound, x=(-0.6, 0.6), y=(-0.6, 0.6), z=(0.68, 0.76)) & sound.cells_of({"mould"})
    flawed = painted(sound, void, None)
    assert_flips(sound, flawed, "triple")
    assert "between carrier and chip-1" in row(flawed, "triple", BOND_GAP).evidence


def test_one_chip_is_no_set():
    parts = without(pair(), "chip-1", "glue", "wires")
    parts["chip-2"] = chip("down", 0.6, (0.23, 0.68), (0.15, 0.23), SMALL)
    assert_flips(SOUND["pair"], model_of(parts), "pair", SEVERAL, ATTACHED, ON_TOP["pair"], TOP_JOINED["pair"], WIRES)


def test_a_set_without_any_flip_chip_bond():
    """The upper chip turns its face up; its bumps are gone, and the wires still connect the lower one."""
    parts = pair()
    parts["chip-2"] = chip("up", 0.6, (0.40, 0.68))
    assert_flips(SOUND["pair"], model_of(parts), "pair", FLIPPED, BOND_GAP, ON_TOP["pair"], TOP_JOINED["pair"])


@each_stack
def test_bumps_cut_short_of_the_chip_below(stack):
    """The only bond of the pair; the third chip's of three."""
    top, _, (low, high) = top_of(stack)
    sound = model_of(STACKS[stack][0](), planes=((), (), (low + 0.02,)))
    cut = within(sound, z=(low, low + 0.02)) & sound.cells_of({f"{top}.bumps"})
    lost = [ON_TOP[stack], TOP_JOINED[stack], *([FLIPPED] if stack == "pair" else [])]
    assert_flips(sound, painted(sound, cut, "mould"), stack, *lost)
    assert high > low


@each_stack
def test_bumps_of_an_insulator_hold_apart_and_do_not_connect(stack):
    parts, (top, _, _) = STACKS[stack][0](), top_of(stack)
    body, bumps = parts[top]["solids"]
    parts[top] = {**parts[top], "solids": (body, {**bumps, "material": "alumina"})}
    assert_flips(SOUND[stack], model_of(parts), stack, TOP_JOINED[stack])


def test_one_row_of_bumps_lifted_leaves_the_other_and_one_bump_is_too_few():
    sound = model_of(triple(), planes=((), (), (0.16,)))
    row_of_two = within(sound, x=(-1, 0), z=(0.15, 0.16)) & sound.cells_of({"chip-1.bumps"})
    assert_flips(sound, painted(sound, row_of_two, "mould"), "triple")
    three = row_of_two | (within(sound, x=(0, 1), y=(0, 1), z=(0.15, 0.16)) & sound.cells_of({"chip-1.bumps"}))
    flawed = painted(sound, three, "mould")
    assert_flips(sound, flawed, "triple", ONTO_CARRIER, FIRST_JOINED)
    assert "chip-3 looks down at chip-2" in row(flawed, "triple", FLIPPED).evidence  # the set has another bond


def test_a_first_chip_that_stands_on_something_else_is_not_flipped_onto_the_carrier():
    """A slice of each bump belongs to the third chip's: current passes, no bump of the first spans the gap."""
    sound = model_of(triple(), planes=((), (), (0.18, 0.20)))
    flawed = painted(sound, within(sound, z=(0.18, 0.20)) & sound.cells_of({"chip-1.bumps"}), "chip-3.bumps")
    assert_flips(sound, flawed, "triple", ONTO_CARRIER)


def test_a_first_chip_on_insulating_bumps_leaves_the_set_to_its_wires():
    parts = triple()
    body, bumps = parts["chip-1"]["solids"]
    parts["chip-1"] = {**parts["chip-1"], "solids": (body, {**bumps, "material": "alumina"})}
    assert_flips(SOUND["triple"], model_of(parts), "triple", FIRST_JOINED)


@each_stack
def test_a_top_chip_that_stands_on_something_else_is_not_flipped_onto_the_chip(stack):
    top, base, (low, high) = top_of(stack)
    sound = model_of(STACKS[stack][0](), planes=((), (), (low + 0.02, low + 0.04)))
    slices = within(sound, z=(low + 0.02, low + 0.04)) & sound.cells_of({f"{top}.bumps"})
    flawed = painted(sound, slices, "wires.wires")
    # the pair has no other bond, and gold in its gap is neither bump nor compound
    assert_flips(sound, flawed, stack, ON_TOP[stack], *([FLIPPED, BOND_GAP] if stack == "pair" else []))
    assert high > low
    assert base in row(flawed, stack, ON_TOP[stack]).evidence


# ---------------------------------------------------------------- two chips side by side
def test_one_chip_alone_is_no_set():
    sound = SOUND["beside"]
    flawed = model_of(without(side_by_side(), "right"))
    assert_flips(sound, flawed, "beside", SEVERAL)
    assert row(flawed, "beside", SEVERAL).evidence == "1 chips stand over carrier: left"


def insulated(parts, name):
    body, bumps = parts[name]["solids"]
    return {**parts, name: {**parts[name], "solids": (body, {**bumps, "material": "alumina"})}}


def test_insulating_bumps_under_both_chips_connect_no_set():
    one = insulated(side_by_side(), "left")
    assert_flips(SOUND["beside"], model_of(one), "beside")
    assert "0 of 0 contacts of left and 4 of 4 contacts of right" in row(model_of(one), "beside", SET_JOINED).evidence
    assert_flips(SOUND["beside"], model_of(insulated(one, "right")), "beside", SET_JOINED)


def test_one_contact_of_each_chip_connects_the_set():
    parts = side_by_side()
    for name in ("left", "right"):
        body, bumps = parts[name]["solids"]
        one, *others = bumps["boxes"]
        insulators = part("block", solid("body", "alumina", *others))
        parts[name] = {**parts[name], "solids": (body, {**bumps, "boxes": (one,)})}
        parts[f"{name}-stands"] = insulators
    assert row(model_of(parts), "beside", SET_JOINED).verdict == "met"


def test_chips_whose_bumps_do_not_span_the_gap_are_not_bonded():
    """A slice of every bump belongs to the other chip's."""
    sound = model_of(side_by_side(), planes=((), (), (0.18, 0.20)))
    slices = {name: within(sound, z=(0.18, 0.20)) & sound.cells_of({f"{name}.bumps"}) for name in ("left", "right")}
    flawed = painted(painted(sound, slices["left"], "right.bumps"), slices["right"], "left.bumps")
    assert_flips(sound, flawed, "beside", FLIPPED)


def test_both_bonds_unfilled():
    sound = SOUND["beside"]
    voids = {x: within(sound, x=x, y=(-0.6, 0.6), z=(0.15, 0.23)) for x in ((-1.1, -0.1), (0.1, 1.1))}
    left, right = (cells & sound.cells_of({"mould"}) for cells in voids.values())
    assert_flips(sound, painted(sound, left, None), "beside")
    assert_flips(sound, painted(sound, left | right, None), "beside", BOND_GAP)


def test_a_lifted_component_that_a_jog_connects_does_not_sit():
    """0.05 above the carrier, with a post beside each end."""
    parts = side_by_side()
    lifted = tuple(
        {**s, "boxes": tuple([b[0], b[1], [b[2][0] + 0.05, b[2][1] + 0.05]] for b in s["boxes"])}
        for s in parts["capacitor"]["solids"]
    )
    parts["capacitor"] = {**parts["capacitor"], "solids": lifted}
    posts = [box(x, (1.5, 1.8), (0.15, 0.3)) for x in ((-0.45, -0.4), (0.4, 0.45))]
    parts["posts"] = part("block", solid("body", "sac305", *posts))
    assert_flips(SOUND["beside"], model_of(parts), "beside", PASSIVE_ON)


# ---------------------------------------------------------------- wires and backs
def test_without_wires_the_pair_is_connected_to_nothing():
    assert_flips(SOUND["pair"], model_of(without(pair(), "wires")), "pair", SET_JOINED, WIRES)


def test_without_wires_the_three_chips_lose_claim_15_alone():
    flawed = model_of(without(triple(), "wires"))
    assert_flips(SOUND["triple"], flawed, "triple", WIRES)
    assert [v.claim for v in chart(flawed, names_of("triple")) if v.verdict != "met"] == [15]


def with_a_chip_beside(parts):
    """A chip flipped onto the carrier beside the stack connects the set, whatever the stack does."""
    beside = part(
        "chip",
        solid("body", "silicon", box((1.3, 1.9), (-1, 1), (0.23, 0.5))),
        solid("bumps", "sn63pb37", *(around(1.6, y, 0.1, (0.15, 0.23)) for y in (-0.5, 0.5))),
        looks="down",
    )
    return {**parts, "beside": beside}


def test_without_wires_beside_another_chip_claim_13_alone_is_lost():
    assert_flips(SOUND["pair"], model_of(with_a_chip_beside(without(pair(), "wires"))), "pair", WIRES)


def test_an_unbonded_second_chip_beside_another_one_loses_claim_12_alone():
    """A slice of each of its bumps is gold: current passes, no bump spans the gap."""
    parts = without(pair(), "wires")
    wire = {"wires": part("wires", solid("wires", "gold", *pair()["wires"]["solids"][0]["boxes"][:6]))}  # at x < 0
    sound = model_of(with_a_chip_beside({**parts, **wire}), planes=((), (), (0.42, 0.44)))
    slices = within(sound, z=(0.42, 0.44)) & sound.cells_of({"chip-2.bumps"})
    assert_flips(sound, painted(sound, slices, "wires.wires"), "pair", ON_TOP["pair"])


@pytest.mark.parametrize("where", [{"x": (-1.4, -1.2)}, {"z": (0.15, 0.2)}, {"z": (0.68, 0.7)}])
def test_cut_wires_run_nowhere(where):
    """Midway, at the carrier, at the chip: three of the four, or all of them."""
    planes = ((-1.4, -1.2), (), (0.2, 0.7))
    sound = model_of(triple(), planes=planes)
    cut = within(sound, **where) & sound.cells_of({"wires.wires"})
    if "z" in where:
        keep = within(sound, x=(-2, 0), y=(-1, 0))
        flawed = painted(sound, cut & ~keep, "mould")
        assert_flips(sound, flawed, "triple", WIRES)
        assert row(flawed, "triple", WIRES).evidence.startswith("1 of ")
    else:
        flawed = painted(sound, cut, "mould")
        assert_flips(sound, flawed, "triple")  # two wires at x > 0 are whole
        assert row(flawed, "triple", WIRES).evidence.startswith("2 of 4 wires on the active face of chip-2")


@each_stack
def test_a_chip_on_mould_alone_is_not_attached(stack):
    parts = without(STACKS[stack][0](), "glue")
    assert_flips(SOUND[stack], model_of(parts), stack, ATTACHED)


@each_stack
def test_a_mould_that_sticks_attaches_no_chip(stack):
    """What encapsulates is no attachment, whatever its class."""
    sticky = {"class": "adhesive", "electrical": "insulator", "conductivity": "2 W/m/K"}
    parts = made_of(without(STACKS[stack][0](), "glue"), "mould", "mine")
    assert row(model_of(parts, {"mine": sticky}), stack, ATTACHED).verdict == "not met"


@each_stack
@pytest.mark.parametrize(
    ("kind", "material", "verdict"),
    [
        ("adhesive", "solder-mask", "met"),  # a resin, as an adhesive layer
        ("block", "sac305", "met"),  # soldered
        ("block", "solder-mask", "not met"),  # a resin that merely lies there
    ],
)
def test_what_attaches(stack, kind, material, verdict):
    parts = STACKS[stack][0]()
    parts["glue"] = {**parts["glue"], "kind": kind}
    assert row(model_of(made_of(parts, "glue", material)), stack, ATTACHED).verdict == verdict


@each_stack
def test_a_chip_that_lies_on_its_base_directly_is_attached(stack):
    parts = STACKS[stack][0]()
    bare = {"pair": "chip-1", "triple": "chip-2"}[stack]
    (body,) = parts[bare]["solids"]
    (x, y, (low, high)) = body["boxes"][0]
    parts[bare] = {**parts[bare], "solids": ({**body, "boxes": (box(x, y, (low - 0.05, high)),)},)}
    model = model_of(without(parts, "glue"))
    assert_flips(SOUND[stack], model, stack)
    assert "lies on it" in row(model, stack, ATTACHED).evidence


@each_stack
@pytest.mark.parametrize(("edge", "verdict"), [(0.0, "met"), (-0.01, "not met")])
def test_half_of_the_back_must_be_joined(stack, edge, verdict):
    z = {"pair": (0.15, 0.20), "triple": (0.43, 0.48)}[stack]
    glue = part("adhesive", solid("body", "epoxy-nonconductive", box((-1, edge), (-1, 1), z)))
    assert row(model_of({**STACKS[stack][0](), "glue": glue}), stack, ATTACHED).verdict == verdict


# ---------------------------------------------------------------- lead frames
FRAME = lead_frame((0.0, 0.15))


def test_a_lead_frame_serves_as_the_carrier():
    parts = {**without(pair(), "balls", "capacitor"), "carrier": FRAME}
    model = model_of(parts)
    found = row(model, "pair", BUILD)
    assert found.verdict == "met"
    assert "in 5 separate pieces, one sheet, no insulating layer: a lead frame" in found.evidence
    assert row(model, "pair", SET_JOINED).verdict == "met"
    assert "4 of 8 contacts of chip-1" in row(model, "pair", SET_JOINED).evidence


@pytest.mark.parametrize(
    "changed",
    [
        part("lead-frame", solid("body", "copper", box((-2, 2), (-2, 2), (0.0, 0.15)))),  # a plate
        part("lead-frame", solid("leads", "alumina", *FRAME["solids"][0]["boxes"])),
        part(
            "lead-frame", solid("leads", "via-fill-silver", *FRAME["solids"][0]["boxes"])
        ),  # conducts, and is no metal
        part(
            "lead-frame", *FRAME["solids"], solid("layer", "bt-laminate", box((-0.7, 0.7), (-0.7, 0.7), (0.05, 0.15)))
        ),
        part(  # a thicker paddle is no one sheet
            "lead-frame", FRAME["solids"][0], solid("body", "copper", box((-0.7, 0.7), (-0.7, 0.7), (-0.1, 0.15)))
        ),
    ],
)
def test_what_is_called_a_lead_frame_and_is_none(changed):
    parts = {**without(pair(), "balls", "capacitor"), "carrier": changed}
    assert row(model_of(parts), "pair", BUILD).verdict == "not met"
