"""What is a placed part made of? The solids of every kind, round joints and wires as squares of equal area."""

from typing import assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.part import Leads
from thermopkg.case.parts import (
    Adhesive,
    Balls,
    Block,
    Board,
    Carrier,
    Chip,
    Encapsulant,
    HeatSink,
    LeadFrame,
    Pads,
    Part,
    Passive,
    Tape,
    Traces,
    Vias,
    Wires,
)
from thermopkg.package.arrays import discs, joint_boxes, joint_count, side_strips
from thermopkg.package.leading import add_traces, add_vias, add_wires
from thermopkg.package.site import (
    CONTACT,
    Site,
    centre_of,
    check_sides,
    film_heights,
    fits_on_face,
    footing,
    joint_array,
    joint_face,
    mm,
    size_of,
)
from thermopkg.package.solids import Solid, box, overlaps


def add_solids(site: Site, part: Part) -> None:
    """Give a part its solids, and keep what of them does not fit it."""
    match part:
        case Vias():
            add_vias(site, part)
        case Traces():
            add_traces(site, part)
        case Wires():
            add_wires(site, part)
        case Carrier() | Board():
            _add_layers(site, part)
        case LeadFrame():
            _add_lead_frame(site, part)
        case Tape():
            _add_tape(site, part)
        case Chip():
            _add_body(site, part, part.material)
            _add_bumps(site, part)
        case Balls():
            _add_balls(site, part)
        case Pads():
            body = site.boxes[part.name]
            boxes = joint_array(site, part, (float(body[2, 0]), float(body[2, 1])))
            round_ = discs(boxes, part.diameter)
            site.solids.append(Solid(part.name, part.name, "pads", part.material, boxes, discs=round_))
        case Encapsulant():
            whole = site.boxes[part.name][None]
            site.solids.append(Solid(part.name, part.name, "encapsulant", part.material, whole))
        case Passive():
            _add_passive(site, part)
        case HeatSink() | Block() | Adhesive():
            _add_body(site, part, part.material)
        case _:
            assert_never(part)


def _add_body(site: Site, part: Part, material: str) -> None:
    site.solids.append(Solid(part.name, part.name, "body", material, site.boxes[part.name][None]))


# ---------------------------------------------------------------- carriers
def _add_layers(site: Site, part: Carrier | Board) -> None:
    body = site.boxes[part.name]
    bottom = float(body[2, 0])
    for i, layer in enumerate(part.layers):
        slab = body.copy()
        slab[2] = bottom, bottom + layer.thickness
        if i == len(part.layers) - 1:
            slab[2, 1] = body[2, 1]  # the sum of the layers, whatever the rounding
        bottom = float(slab[2, 1])
        (x, y), z = centre_of(body), (float(slab[2, 0]), bottom)
        rectangles = [box((x + zone.at[0], y + zone.at[1]), zone.size, *z) for zone in layer.zones]
        for rectangle, coverage in zip([slab, *rectangles], layer.coverages, strict=True):
            site.solids.append(_covered(part, i, rectangle, coverage))


def _covered(part: Carrier | Board, i: int, rectangle: FloatArray, coverage: float) -> Solid:
    """What fills a rectangle of a layer: its material, or that smeared over its fill, or its fill alone."""
    layer = part.layers[i]
    filler = layer.fill or _nearest_full_layer(part, i) if coverage < 1.0 else None
    if filler is not None and coverage == 0.0:
        return Solid(part.name, part.name, "layer", filler, rectangle[None])  # its main material: no conductor is there
    return Solid(
        part.name,
        part.name,
        "layer",
        layer.material,
        rectangle[None],
        share=coverage,
        filler=filler,
        pattern=layer.pattern,
    )


def _nearest_full_layer(part: Carrier | Board, i: int) -> str:
    full = [j for j, layer in enumerate(part.layers) if layer.full]
    return part.layers[min(full, key=lambda j: abs(j - i))].material


def _add_lead_frame(site: Site, part: LeadFrame) -> None:
    body = site.boxes[part.name]
    leads = _leads(site, part, part.leads, (float(body[2, 0]), float(body[2, 1])))
    if part.paddle is not None:
        paddle = box(centre_of(body), part.paddle, float(body[2, 0]), float(body[2, 1]))[None]
        if overlaps(leads, paddle, CONTACT) is not None:
            site.fault(part, "the leads reach into the paddle; make them shorter, or the paddle smaller")
        site.solids.append(Solid(f"{part.name}.paddle", part.name, "body", part.material, paddle))
    site.solids.append(Solid(part.name, part.name, "leads", part.material, leads))


def _add_tape(site: Site, part: Tape) -> None:
    body = site.boxes[part.name]
    film = body.copy()
    film[2] = film_heights(part, body)
    low, high = (film[2, 1], body[2, 1]) if part.leads.side == "top" else (body[2, 0], film[2, 0])
    leads = _leads(site, part, part.leads, (float(low), float(high)))
    site.solids.append(Solid(part.name, part.name, "layer", part.material, film[None]))
    site.solids.append(Solid(f"{part.name}.leads", part.name, "leads", part.leads.material, leads))


def _leads(site: Site, part: LeadFrame | Tape, leads: Leads, z: tuple[float, float]) -> FloatArray:
    """Strips from the rim inwards, m, shape (n, 3, 2); keeps the fault where they meet or stick out."""
    body = site.boxes[part.name]
    check_sides(site, part, leads, leads.width, size_of(body), "leads")
    for across, n in zip(size_of(body)[::-1], leads.count, strict=True):
        if n and 2 * leads.length >= across:
            site.fault(part, f"leads of {mm(leads.length)} reach the middle of {mm(across)}; make them shorter")
    along_x, along_y = side_strips(body[:2], leads, leads.width, (0.0, leads.length), z)
    if len(along_x) and len(along_y) and overlaps(along_x, along_y, CONTACT) is not None:
        site.fault(part, "leads of neighbouring sides meet in the corner; make them fewer, narrower or shorter")
    return np.concatenate([along_x, along_y])


# ---------------------------------------------------------------- joints
def _add_bumps(site: Site, part: Chip) -> None:
    body, bumps = site.boxes[part.name], part.bumps
    size = size_of(body)
    if bumps is None or not fits_on_face(site, part, bumps, size):
        return
    if part.face == "down":
        z = float(body[2, 0]) - bumps.height, float(body[2, 0])
        if part.base is not None:
            z = float(site.boxes[part.base][2, 1]), z[1]
    else:
        z = float(body[2, 1]), footing(site, part.name)
    boxes = joint_boxes(bumps, size, centre_of(body), z)
    out = max(
        body[0, 0] - boxes[:, 0, 0].min(),
        boxes[:, 0, 1].max() - body[0, 1],
        body[1, 0] - boxes[:, 1, 0].min(),
        boxes[:, 1, 1].max() - body[1, 1],
    )
    if out > CONTACT:
        count = None if bumps.pitch is None else joint_count(bumps, size)
        told = "bumps" if count is None else f"{count[0]} by {count[1]} bumps on a pitch of {mm(bumps.pitch or 0.0)}"
        site.fault(part, f"{told} stick out of the chip by {mm(out)}")
    round_ = discs(boxes, bumps.diameter)
    site.solids.append(Solid(f"{part.name}.bumps", part.name, "bumps", bumps.material, boxes, discs=round_))


def _add_balls(site: Site, part: Balls) -> None:
    body = site.boxes[part.name]
    z = float(body[2, 0]), float(body[2, 1])
    if part.fill is not None:
        face = joint_face(site, part)
        layer_box = face.copy()
        layer_box[2] = (z[0], face[2, 0]) if part.under is not None else (face[2, 1], z[1])  # around pads, too
        site.solids.append(Solid(f"{part.name}.fill", part.name, "fill", part.fill, layer_box[None]))
    boxes = joint_array(site, part, z)
    site.solids.append(Solid(part.name, part.name, "balls", part.material, boxes, discs=discs(boxes, part.diameter)))


def _add_passive(site: Site, part: Passive) -> None:
    body = site.boxes[part.name]
    inner = body.copy()
    if part.terminals is not None:
        low, high = body.copy(), body.copy()
        low[0, 1] = body[0, 0] + part.terminals.length
        high[0, 0] = body[0, 1] - part.terminals.length
        inner[0] = low[0, 1], high[0, 0]
        ends = np.stack([low, high])
        site.solids.append(Solid(f"{part.name}.terminals", part.name, "terminals", part.terminals.material, ends))
    site.solids.append(Solid(part.name, part.name, "body", part.material, inner[None]))
