"""Do packages written as parts of a case read on the claims, and lose them with a via, a wire or a row of bumps?"""

import json

import pytest

from thermopkg import workflow
from thermopkg.case.load import from_document
from thermopkg.claims.chart import chart, claim_names
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place

COPPER = {"material": "copper", "thickness": "18 um", "coverage": 0.5}
SIZE = ["8 mm", "6 mm"]
BUMPS = {"material": "sac305", "diameter": "0.18 mm", "height": "0.1 mm"}
ROWS = ("-0.75 mm", "-0.25 mm", "0.25 mm", "0.75 mm")  # of the leads, and of what meets them


def places(x, rows=ROWS):
    return [[f"{side}{x} mm", y] for side in ("-", "") for y in rows]


def substrate(name, **place_):
    layers = [COPPER, {"material": "bt-laminate", "thickness": "0.2 mm"}, COPPER]
    return {"name": name, "kind": "substrate", "size": SIZE, "layers": layers, **place_}


def tape(name, side, **place_):
    """Four leads from either end inwards, which end 0.5 mm from the middle."""
    leads = {"material": "copper", "thickness": "0.018 mm", "side": side, "width": "0.2 mm", "length": "3.5 mm"}
    leads |= {"count": [0, 4], "pitch": "0.5 mm"}
    film = {"size": SIZE, "thickness": "0.05 mm", "material": "polyimide"}
    return {"name": name, "kind": "tape", **film, "leads": leads, **place_}


def stacked(tapes, joined, rows=ROWS, bumps=None):
    """Two carriers face to face, with what joins them at these rows."""
    bumps = {**BUMPS, "places": bumps or places(1)}
    first = tape("carrier-1", "top") if tapes else substrate("carrier-1")
    second = tape("carrier-2", "bottom", on="chip-2") if tapes else substrate("carrier-2", on="chip-2")
    chip = {"kind": "chip", "size": ["3 mm", "2 mm", "0.3 mm"], "power": "1 W"}
    parts = [
        first,
        {"name": "chip-1", "on": "carrier-1", **chip, "bumps": bumps},
        {"name": "glue", "kind": "adhesive", "on": "chip-1", "thickness": "0.05 mm", "material": "silicone-adhesive"},
        {"name": "chip-2", "on": "glue", "face": "up", **chip, "bumps": {**BUMPS, "places": places(1)}},
        second,
        {"name": "resin", "kind": "encapsulant", "on": "carrier-1", "up_to": "carrier-2", "material": "emc-0.9"},
    ]
    copper = {"material": "copper"}
    if joined == "vias":
        vias = {"through": ["carrier-1", "carrier-2"], "diameter": "0.15 mm", "plating": "0.02 mm"}
        return [*parts, {"name": "vias", "kind": "vias", **copper, **vias, "places": places(3, rows)}]
    run = {"from": "carrier-1", "to": "carrier-2", "count": [0, len(rows)], "pitch": "0.5 mm", "width": "0.2 mm"}
    traces = {"name": "traces", "kind": "traces", **copper, **run}
    if joined == "inset":
        return [*parts, {**traces, "inset": "0.4 mm", "thickness": "0.05 mm"}]
    pads = {"kind": "pads", **copper, "diameter": "0.25 mm", "height": "0.02 mm", "places": places(3.4, rows)}
    return [
        *parts,
        {**traces, "lap": "0.6 mm", "thickness": "0.02 mm"},
        {"name": "pads-1", "under": "carrier-1", **pads},
        {"name": "pads-2", "on": "carrier-2", **pads},
    ]


FRAME = {
    "name": "carrier",
    "kind": "lead-frame",
    "size": SIZE,
    "thickness": "0.2 mm",
    "material": "c194",
    "paddle": ["4 mm", "3 mm"],
    "leads": {"count": [8, 5], "pitch": "0.5 mm", "width": "0.2 mm", "length": "1 mm"},
}
GLUE = {"kind": "adhesive", "thickness": "0.03 mm", "material": "die-attach-film", "size": ["3 mm", "2 mm"]}
CHIP = {"kind": "chip", "size": ["3 mm", "2 mm", "0.3 mm"], "power": "1 W"}
ARRAY = {**BUMPS, "pitch": "0.5 mm"}


WIRES = {"kind": "wires", "material": "gold", "diameter": "0.03 mm", "loop": "0.15 mm", "count": [4, 3]}
BONDS = {"pitch": "0.5 mm", "inset": "0.1 mm", "span": "1.7 mm"}
SINK = {"kind": "heat-sink", "size": ["7 mm", "5 mm", "0.3 mm"], "material": "copper"}


def under_a_sink(carrier, n_chips):
    """A chip on its back and one flipped onto it; with three, below them one that is flipped onto the carrier."""
    wired, top = f"chip-{n_chips - 1}", f"chip-{n_chips}"
    below = [] if n_chips == 2 else [{"name": "chip-1", "on": "carrier", **CHIP, "bumps": ARRAY}]
    return [
        carrier,
        *below,
        {"name": "glue", "on": "chip-1" if below else "carrier", **GLUE},
        {"name": wired, "on": "glue", "face": "up", **CHIP},
        {"name": top, "on": wired, **CHIP, "size": ["2 mm", "1.2 mm", "0.3 mm"], "bumps": ARRAY},
        {"name": "wires", "from": wired, "to": "carrier", **WIRES, **BONDS},
        {"name": "sink", "over": top, "gap": "0.1 mm", **SINK},
        {"name": "mould", "kind": "encapsulant", "on": "carrier", "material": "emc-2.5", "exposes": ["sink.top"]},
    ]


def model_of(parts, **study):
    environment = {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}}
    document = {"title": "parts", "study": {"metrics": [], **study}, "environment": environment, "part": parts}
    package = place(from_document(document))
    model = paint(package, geometry_grid(package))
    check_connected(model)
    return model


def met(parts, **study):
    return {v.name for v in chart(model_of(parts, **study), claim_names()) if v.verdict == "met"}


def evidence(parts, name, words):
    (verdict,) = chart(model_of(parts), [name])
    return next(row.evidence for row in verdict.limitations if words in row.text)


def names(document, *numbers):
    return {f"{document}/{number}" for number in numbers}


# ---------------------------------------------------------------- what they read on
@pytest.mark.parametrize(
    ("tapes", "joined", "numbers"),
    [
        (False, "vias", (1, 3, 5, 6)),
        (True, "vias", (1, 4, 5, 6)),
        (False, "lap", (7, 8, 10, 11, 12)),
        (True, "lap", (7, 9, 10, 11, 12)),
        (False, "inset", (7, 8, 10, 11)),
        (True, "inset", (7, 9, 10, 11)),
    ],
)
def test_two_carriers_face_to_face(tapes, joined, numbers):
    assert met(stacked(tapes, joined)) == names("stacked", *numbers)


@pytest.mark.parametrize("carrier", [FRAME, substrate("carrier")])
@pytest.mark.parametrize(("n_chips", "own"), [(2, (12, 13)), (3, (14, 15))])
def test_stacks_under_a_sink(carrier, n_chips, own):
    parts = under_a_sink(carrier, n_chips)
    assert met(parts) == names("heat-sink", 9, 10, 11, 16, 17, 20, *own)
    assert evidence(parts, f"heat-sink/{own[1]}", "wires run").startswith("14 of 14 wires")


@pytest.mark.parametrize("parts", [stacked(True, "vias"), stacked(False, "vias"), under_a_sink(FRAME, 3)])
def test_round_joints_read_on_the_same_claims(parts):
    """Circles go by the middles of cells: bumps, plated vias and their fill keep their places."""
    assert met(parts, round=True) == met(parts)


def toml(value):
    """A value on one line of TOML, which writes strings and lists as JSON does."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(map(toml, value)) + "]" if isinstance(value, list) else json.dumps(value)


def table(name, keys):
    return f"[[{name}]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items())


HEAD = """
title = "parts"
study = { metrics = [] }
environment = { ambient = "25 degC", top = { film = "10 W/m^2/K" } }
"""
BALLS = {"kind": "balls", "material": "sac305", "diameter": "0.4 mm", "height": "0.3 mm", "pitch": "1 mm"}


def test_a_package_on_a_package_stands_on_the_bumps_that_its_base_needs(tmp_path):
    """Both are two substrates with vias; 8 by 6 balls of 1 mm pitch hang under the upper one."""
    upper = [*stacked(False, "vias"), {"name": "balls", "under": "carrier-1", **BALLS}]
    memory = {"name": "memory", "file": "../upper/case.toml", "on": "carrier-2"}
    for name, parts, packages in (("upper", upper, []), ("lower", stacked(False, "vias"), [memory])):
        (tmp_path / name).mkdir()
        tables = [*(table("package", keys) for keys in packages), *(table("part", keys) for keys in parts)]
        (tmp_path / name / "case.toml").write_text("".join([HEAD, *tables]), encoding="utf-8")
    charts = {
        name: {v.name: v for v in chart(workflow.geometry(workflow.read(tmp_path / name / "case.toml")), claim_names())}
        for name in ("upper", "lower")
    }
    assert {n for n, v in charts["upper"].items() if v.verdict == "met"} == names("stacked", 1, 3, 5, 6)
    assert {n for n, v in charts["lower"].items() if v.verdict == "met"} == names("stacked", 1, 2, 3, 5, 6)
    (bumps,) = charts["lower"]["stacked/2"].limitations
    assert bumps.evidence == "48 solder bumps stand on carrier-2.top, away from carrier-1: memory-balls (sac305)"


# ---------------------------------------------------------------- what they lose
def test_every_via_carries_a_lead_of_its_own():
    """Eight bumps on eight leads, and vias on the leads of the rows named; one row has two vias, half a row one."""
    two = stacked(True, "vias", rows=ROWS[:1])
    assert "2 of 8 contacts of chip-1 lead to carrier-2" in evidence(two, "stacked/1", "either chip")
    assert "stacked/1" in met(two)
    one = [*two[:-1], {**two[-1], "places": two[-1]["places"][:1]}]
    assert "1 of 8 contacts of chip-1 lead to carrier-2" in evidence(one, "stacked/1", "either chip")
    assert met(one) == set()


def test_bumps_on_the_two_leads_with_vias_are_what_joins_the_chip():
    rows = ROWS[:1]
    assert "stacked/1" in met(stacked(True, "vias", rows, bumps=places(1)))
    lifted = [place_ for place_ in places(1) if place_[1] not in rows]
    assert met(stacked(True, "vias", rows, bumps=lifted)) == set()


@pytest.mark.parametrize("joined", ["lap", "inset"])
def test_traces_carry_a_lead_each(joined):
    """Two rows at either end; the leads between them have none."""
    parts = stacked(True, joined, rows=ROWS[1:3])
    assert "stacked/7" in met(parts)
    assert "4 of 4 traces" in evidence(parts, "stacked/7", "traces lead")
    assert "4 of 8 contacts of chip-1 lead to carrier-2" in evidence(parts, "stacked/7", "either chip")


def test_without_wires_three_chips_lose_the_claim_on_wires_alone():
    parts = [part for part in under_a_sink(substrate("carrier"), 3) if part["kind"] != "wires"]
    assert met(parts) == names("heat-sink", 9, 10, 11, 14, 16, 17, 20)
