"""Which documents do tests of stacked and of leaded parts change and break? Two carriers, a lead frame, and a tape."""

import tomllib

STACK = """
title = "Two carriers, chips back to back"
study = { metrics = [] }
environment = { ambient = "25 degC", top = { film = "10 W/m^2/K" }, bottom = { film = "10 W/m^2/K" } }

[[part]]
name = "carrier-1"
kind = "substrate"
size = ["8 mm", "6 mm"]
layers = [{ material = "bt-laminate", thickness = "0.2 mm" }]

[[part]]
name = "chip-1"
kind = "chip"
on = "carrier-1"
size = ["3 mm", "2 mm", "0.3 mm"]
power = "1 W"
bumps = { material = "sac305", pitch = "0.5 mm", diameter = "0.2 mm", height = "0.1 mm" }

[[part]]
name = "adhesive"
kind = "adhesive"
on = "chip-1"
thickness = "0.05 mm"
material = "silicone-adhesive"

[[part]]
name = "chip-2"
kind = "chip"
face = "up"
on = "adhesive"
size = ["4 mm", "2.5 mm", "0.25 mm"]
power = "0.5 W"
bumps = { material = "sac305", pitch = "0.5 mm", diameter = "0.2 mm", height = "0.08 mm", count = [7, 4] }

[[part]]
name = "carrier-2"
kind = "substrate"
on = "chip-2"
size = ["8 mm", "6 mm"]
layers = [{ material = "bt-laminate", thickness = "0.15 mm" }]

[[part]]
name = "resin"
kind = "encapsulant"
on = "carrier-1"
up_to = "carrier-2"
material = "emc-0.9"

[[part]]
name = "vias"
kind = "vias"
through = ["carrier-1", "carrier-2"]
material = "copper"
diameter = "0.25 mm"
plating = "0.03 mm"
fill = "via-fill"
pitch = "0.8 mm"
rows = 1
"""
ROOM = 0.1 + 0.3 + 0.05 + 0.25 + 0.08  # mm between the carriers, from the bottom up


def stack(**changes):
    """The stack with keys of its parts changed, by the part's name; None leaves a part out; others are added."""
    document = tomllib.loads(STACK)
    for name, keys in changes.items():
        name = name.replace("_", "-")
        known = [part for part in document["part"] if part["name"] == name]
        if keys is None:
            document["part"].remove(known[0])
        elif known:
            known[0].update(keys)
            for key in [key for key, value in keys.items() if value is None]:
                del known[0][key]
        else:
            new = {key: value for key, value in keys.items() if value is not None}
            document["part"].append({"name": name, **new})
    return document


TRACES = {
    "kind": "traces", "from": "carrier-1", "to": "carrier-2", "material": "copper", "width": "0.1 mm",
    "thickness": "0.02 mm", "count": [5, 3], "pitch": "0.5 mm",
}  # fmt: skip


# ---------------------------------------------------------------- leads
FRAME = {
    "name": "frame", "kind": "lead-frame", "size": ["8 mm", "6 mm"], "thickness": "0.2 mm", "material": "c194",
    "paddle": ["4 mm", "3 mm"],
    "leads": {"count": [8, 5], "pitch": "0.5 mm", "width": "0.2 mm", "length": "1 mm"},
}  # fmt: skip
CHIP = {
    "name": "chip", "kind": "chip", "face": "up", "on": "glue", "size": ["3 mm", "2 mm", "0.3 mm"], "power": "1 W",
}  # fmt: skip
GLUE = {"name": "glue", "kind": "adhesive", "on": "frame", "thickness": "0.03 mm", "material": "die-attach-film"}
WIRES = {
    "name": "wires", "kind": "wires", "from": "chip", "to": "frame", "material": "gold", "diameter": "0.03 mm",
    "loop": "0.15 mm", "count": [4, 3], "pitch": "0.5 mm", "inset": "0.1 mm", "span": "1.7 mm",
}  # fmt: skip
MOULD = {"name": "mould", "kind": "encapsulant", "on": "frame", "height": "1 mm", "material": "emc-0.9"}
TAPE = {
    "name": "frame", "kind": "tape", "size": ["8 mm", "6 mm"], "thickness": "0.05 mm", "material": "polyimide",
    "leads": {
        "material": "copper", "thickness": "0.02 mm", "side": "top",
        "count": [8, 5], "pitch": "0.5 mm", "width": "0.2 mm", "length": "2 mm",
    },
}  # fmt: skip
FLIPPED = {
    **CHIP, "face": "down", "on": "frame", "size": ["4.4 mm", "3 mm", "0.3 mm"],
    "bumps": {"material": "gold", "diameter": "0.1 mm", "height": "0.03 mm", "pitch": "0.5 mm", "mask": ["11111111"]},
    "at": ["0 mm", "-1.2 mm"],
}  # fmt: skip


def leaded(*parts):
    """A document of these parts."""
    return {
        "title": "Leads",
        "study": {"metrics": []},
        "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
        "part": list(parts),
    }
