"""Packages put together box by box, with conductors that are patterned: every bump has a lead of its own.

Lengths in mm. Two carriers face to face, joined by vias or traces, and stacks of two and three chips under a heat
sink; each as a dictionary of parts, so that a test can change one thing.
"""

import numpy as np

from thermopkg.case.load import from_document
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import NOTHING, paint
from thermopkg.package.package import ActiveFace, Package, PlacedPart
from thermopkg.package.solids import Solid

MM = 1e-3


def box(x, y, z):
    return [list(x), list(y), list(z)]


def around(x, y, side, z):
    """A square column."""
    return box((x - side / 2, x + side / 2), (y - side / 2, y + side / 2), z)


def solid(role, material, *boxes, share=1.0, filler=None):
    return {"role": role, "material": material, "boxes": boxes, "share": share, "filler": filler}


def part(kind, *solids, looks=None):
    return {"kind": kind, "solids": solids, "looks": looks}


def model_of(parts, materials=None, planes=((), (), ())):
    """The parts painted in their order, on the planes of their boxes and on some more."""
    block = {"name": "stand-in", "kind": "block", "size": ["1 mm", "1 mm", "1 mm"], "material": "copper"}
    environment = {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}}
    study = {"metrics": []}
    case = from_document(
        {
            "title": "hand-made",
            "environment": environment,
            "study": study,
            "materials": materials or {},
            "part": [block],
        }
    )
    solids, placed, faces = [], {}, []
    for name, given in parts.items():
        own = [
            Solid(
                name if s["role"] in ("body", "encapsulant") else f"{name}.{s['role']}",
                *(name, s["role"], s["material"], MM * np.array(s["boxes"], float), s["share"], s["filler"]),
            )
            for s in given["solids"]
        ]
        solids += own
        bounds = np.stack([s.bounds for s in own])
        placed[name] = PlacedPart(
            name, given["kind"], np.stack([bounds[..., 0].min(axis=0), bounds[..., 1].max(axis=0)], axis=1)
        )
        if given["looks"] is not None:
            (x, y, z) = next(s for s in own if s.role == "body").bounds
            height = z[0] if given["looks"] == "down" else z[1]
            faces.append(ActiveFace(name, (x[0], x[1]), (y[0], y[1]), float(height), given["looks"], 1.0))
    package = Package(case, placed, tuple(solids), tuple(faces), {})
    return paint(package, geometry_grid(package, tuple(MM * np.array(p, float) for p in planes)))


def within(model, x=(-9, 9), y=(-9, 9), z=(-9, 9)):
    """Cells between some planes, shape (nx, ny, nz)."""
    inside = []
    for ticks, (low, high) in zip(model.grid.axes, (x, y, z), strict=True):
        middle = 0.5 * (ticks[1:] + ticks[:-1]) / MM
        inside.append((middle > low) & (middle < high))
    return inside[0][:, None, None] & inside[1][None, :, None] & inside[2][None, None, :]


def number_of(model, name):
    """Region of a solid; NOTHING for None."""
    return NOTHING if name is None else [region.solid for region in model.regions].index(name)


# ---------------------------------------------------------------- two carriers face to face
HALF = 2.0  # of the carriers' side
BUMPS = [(x, y) for x in (-0.5, 0.5) for y in (-0.5, 0.5)]


def tape(film, leads):
    """A polyimide film between two heights, and a copper lead from each bump to the rim."""
    bars = [box((-HALF, -0.4) if x < 0 else (0.4, HALF), (y - 0.1, y + 0.1), leads) for x, y in BUMPS]
    return part(
        "tape",
        solid("body", "polyimide", box((-HALF, HALF), (-HALF, HALF), film)),
        solid("leads", "copper", *bars),
    )


def substrate(bottom, half=HALF):
    """Two half-covered copper layers of 0.02 mm with a laminate between, 0.15 mm in all."""
    levels = (bottom, bottom + 0.02, bottom + 0.13, bottom + 0.15)
    x = y = (-half, half)
    smeared = {"share": 0.5, "filler": "bt-laminate"}
    return part(
        "substrate",
        solid("layer", "copper", box(x, y, levels[0:2]), **smeared),
        solid("layer", "bt-laminate", box(x, y, levels[1:3])),
        solid("layer", "copper", box(x, y, levels[2:4]), **smeared),
    )


def chip(looks, half, z, bumps=None, places=BUMPS, material="sn63pb37"):
    """A square chip between two heights, with bumps 0.2 mm wide between two others."""
    x = y = (-half, half)
    own = [solid("body", "silicon", box(x, y, z))]
    if bumps is not None:
        own.append(solid("bumps", material, *(around(*place, 0.2, bumps) for place in places)))
    return part("chip", *own, looks=looks)


def stacked_with(*, joined, carriers="tape"):
    """Two carriers face to face; 4 bumps on 4 leads on each, of which two are joined, those at x < 0."""
    if carriers == "tape":
        first, second = tape((0, 0.05), (0.05, 0.07)), tape((0.70, 0.75), (0.68, 0.70))
        inner = (0.07, 0.68)
    else:
        first, second = substrate(-0.08), substrate(0.68)
        inner = (0.07, 0.68)
    low, high = (0.0, 0.75) if carriers == "tape" else (-0.08, 0.83)
    x = y = (-HALF, HALF)
    places = [(-1.5, -0.5), (-1.5, 0.5)]
    parts = {
        "resin": part("encapsulant", solid("encapsulant", "emc-0.9", box(x, y, (0.05, 0.70)))),
        "first": first,
        "second": second,
        "chip-1": chip("down", 1.0, (0.15, 0.35), (inner[0], 0.15)),
        "glue": part("adhesive", solid("body", "silicone-adhesive", box((-1, 1), (-1, 1), (0.35, 0.40)))),
        "chip-2": chip("up", 1.0, (0.40, 0.60), (0.60, inner[1])),
    }
    if joined == "vias":
        parts["vias"] = part("vias", solid("vias", "copper", *(around(*p, 0.2, (low, high)) for p in places)))
        parts["bumps"] = part("balls", solid("balls", "sac305", *(around(*p, 0.3, (high, high + 0.2)) for p in BUMPS)))
    else:
        pads = [around(*p, 0.3, z) for p in places for z in ((low - 0.02, low), (high, high + 0.02))]
        parts["pads"] = part("pads", solid("pads", "copper", *pads))
        parts["traces"] = part(
            "traces", solid("traces", "copper", *(b for p in places for b in _trace(p[1], low, high)))
        )
    return parts


def _trace(y, low, high):
    """Over the second carrier from its pad, down the side wall, and under the first carrier to its pad."""
    width = (y - 0.1, y + 0.1)
    return (
        box((-HALF, -1.65), width, (high, high + 0.02)),
        box((-HALF - 0.05, -HALF), width, (low - 0.02, high + 0.02)),
        box((-HALF, -1.65), width, (low - 0.02, low)),
    )


# ---------------------------------------------------------------- stacks of chips under a heat sink
SMALL = [(x, y) for x in (-0.3, 0.3) for y in (-0.3, 0.3)]
BONDS = [(side, y) for side in (-1, 1) for y in (-0.3, 0.3)]


def wires(top, loop, foot):
    """Rise from a chip's top at |x| = 0.9, run, and drop onto the carrier at |x| = 1.6, 0.1 mm thick."""
    boxes = []
    for side, y in BONDS:
        width = (y - 0.05, y + 0.05)
        near, far = sorted((side * 0.85, side * 0.95)), sorted((side * 1.55, side * 1.65))
        boxes += [
            box(near, width, (top, loop)),
            box(sorted((side * 0.85, side * 1.65)), width, (loop - 0.1, loop)),
            box(far, width, (foot, loop)),
        ]
    return part("wires", solid("wires", "gold", *boxes))


def _outside(bottom, floor):
    """What a stack has beside its chips: a capacitor on the carrier, and balls below it."""
    ends = [box((-0.4, -0.2), (1.5, 1.8), (floor, floor + 0.2)), box((0.2, 0.4), (1.5, 1.8), (floor, floor + 0.2))]
    places = [(x, y) for x in (-1.2, 0, 1.2) for y in (-1.2, 0, 1.2)]
    return {
        "capacitor": part(
            "passive",
            solid("body", "passive-ceramic", box((-0.2, 0.2), (1.5, 1.8), (floor, floor + 0.2))),
            solid("terminals", "nickel", *ends),
        ),
        "balls": part("balls", solid("balls", "sac305", *(around(*p, 0.4, (bottom - 0.3, bottom)) for p in places))),
    }


def _sink(z):
    return part("heat-sink", solid("body", "copper", box((-HALF, HALF), (-HALF, HALF), z)))


def _mould(bottom, top):
    return part("encapsulant", solid("encapsulant", "emc-2.5", box((-HALF, HALF), (-HALF, HALF), (bottom, top))))


def pair():
    """Claims 12 and 13: a chip on its back on a substrate, another flipped onto it, wires from the first."""
    return {
        "mould": _mould(0.15, 1.05),
        "carrier": substrate(0.0),
        "glue": part("adhesive", solid("body", "epoxy-nonconductive", box((-1, 1), (-1, 1), (0.15, 0.20)))),
        "chip-1": chip("up", 1.0, (0.20, 0.40)),
        "chip-2": chip("down", 0.6, (0.48, 0.68), (0.40, 0.48), SMALL),
        "wires": wires(0.40, 0.65, 0.15),
        "sink": _sink((0.78, 1.05)),
        **_outside(0.0, 0.15),
    }


def triple():
    """Claims 14 and 15: a chip flipped onto a substrate, a second on its back with wires, a third flipped onto it."""
    return {
        "mould": _mould(0.15, 1.35),
        "carrier": substrate(0.0),
        "chip-1": chip("down", 1.0, (0.23, 0.43), (0.15, 0.23)),
        "glue": part("adhesive", solid("body", "epoxy-nonconductive", box((-1, 1), (-1, 1), (0.43, 0.48)))),
        "chip-2": chip("up", 1.0, (0.48, 0.68)),
        "chip-3": chip("down", 0.6, (0.76, 0.96), (0.68, 0.76), SMALL),
        "wires": wires(0.68, 0.93, 0.15),
        "sink": _sink((1.06, 1.35)),
        **_outside(0.0, 0.15),
    }


def side_by_side():
    """Claim 9 and what depends on it alone: two chips flipped onto a substrate, one beside the other."""
    places = [(x, y) for x in (-0.2, 0.2) for y in (-0.3, 0.3)]
    chips = {}
    for name, x in (("left", -0.6), ("right", 0.6)):
        body = solid("body", "silicon", box((x - 0.5, x + 0.5), (-0.6, 0.6), (0.23, 0.43)))
        bumps = solid("bumps", "sn63pb37", *(around(x + dx, y, 0.2, (0.15, 0.23)) for dx, y in places))
        chips[name] = part("chip", body, bumps, looks="down")
    return {
        "mould": _mould(0.15, 0.8),
        "carrier": substrate(0.0),
        **chips,
        "sink": _sink((0.53, 0.8)),
        **_outside(0.0, 0.15),
    }


def lead_frame(z, paddle=0.7):
    """A paddle, and four leads from |x| = 0.8 to the rim, all of one sheet."""
    bars = [box(sorted((side * 0.8, side * HALF)), (y - 0.1, y + 0.1), z) for side, y in BONDS]
    boxes = [box((-paddle, paddle), (-paddle, paddle), z)] if paddle else []
    return part("lead-frame", solid("leads", "copper", *bars), *(solid("body", "copper", b) for b in boxes))
