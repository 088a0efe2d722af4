"""Which document do the tests of the case language change and break? A small flip chip that has a bit of everything."""

import tomllib
from pathlib import Path

GOOD = """
title = "Small flip chip"

[study]
metrics = ["theta_ja"]
claims  = ["heat-sink/1"]
reading = [{ name = "bead", face = "sink.top", size = ["1 mm", "1 mm"] }]

[environment]
ambient = "25 degC"
top     = { film = "500 W/m^2/K" }
bottom  = { film = "10 W/m^2/K" }
faces   = { "mould.sides" = { film = "5 W/m^2/K" } }

[[part]]
name = "carrier"
kind = "substrate"
size = ["6 mm", "6 mm"]
layers = [
  { material = "copper", thickness = "20 um", coverage = 0.5 },
  { material = "bt-laminate", thickness = "0.3 mm" },
]

[[part]]
name  = "chip"
kind  = "chip"
on    = "carrier"
size  = ["2 mm", "2 mm", "0.3 mm"]
power = "1 W"
bumps = { material = "sn63pb37", pitch = "0.5 mm", diameter = "0.2 mm", height = "0.1 mm" }

[[part]]
name = "sink"
kind = "heat-sink"
over = "chip"
gap  = "0.1 mm"
size = ["5 mm", "5 mm", "0.4 mm"]
material = "copper"

[[part]]
name = "mould"
kind = "encapsulant"
material = "compound"
exposes = ["sink.top"]

[[part]]
name = "balls"
kind = "balls"
under = "carrier"
material = "sac305"
pitch = "1 mm"
diameter = "0.5 mm"
height = "0.4 mm"

[[part]]
name = "capacitor"
kind = "passive"
on = "carrier"
at = ["2 mm", "0 mm"]
size = ["0.6 mm", "0.3 mm", "0.3 mm"]
material = "mlcc-body"
terminals = { material = "nickel", length = "0.1 mm" }

[materials.compound]
class = "resin"
electrical = "insulator"
conductivity = "2.5 W/m/K"
"""

PARTS = ("carrier", "chip", "sink", "mould", "balls", "capacitor")
CARRIER, CHIP, SINK, MOULD, BALLS, CAPACITOR = (f"part.{i}" for i in range(6))
BUMPS, COMPOUND = f"{CHIP}.bumps", "materials.compound.conductivity"
CLAIMS = ("heat-sink/1", "heat-sink/2")
GONE = object()  # as a value: the key is taken out


def good() -> dict:
    return tomllib.loads(GOOD)


def changed(*edits):
    """The good document with values put in at dotted places; a number is an index, one past the end appends."""
    document = good()
    for where, value in edits:
        *steps, last = (int(step) if step.isdecimal() else step for step in where.split("."))
        node = document
        for step in steps:
            node = node[step] if isinstance(step, int) else node.setdefault(step, {})
        if value is GONE:
            del node[last]
        elif isinstance(node, list) and last == len(node):
            node.append(value)
        else:
            node[last] = value
    return document


def block(**keys):
    return {"name": "extra", "kind": "block", "size": ["1 mm", "1 mm", "0.3 mm"], "material": "copper", **keys}


def write(path: Path, text: str | bytes) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
