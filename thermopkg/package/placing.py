"""How do relations become coordinates? Parts placed on, under and over one another."""

from dataclasses import replace
from typing import assert_never

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case, check
from thermopkg.case.model import part_of
from thermopkg.case.part import PlacedModel
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
    Passive,
    Tape,
)
from thermopkg.case.relations import outline, placing_order
from thermopkg.errors import GeometryError
from thermopkg.package.arrays import Size, equal_area_side, joint_count
from thermopkg.package.building import add_solids
from thermopkg.package.fitting import (
    beside,
    buried_faults,
    landing_faults,
    overlap_faults,
    painting_order,
    reading_faults,
    region_faults,
    sticking_out,
)
from thermopkg.package.interfaces import interfaces
from thermopkg.package.lumping import with_media
from thermopkg.package.package import ActiveFace, Package, PlacedPart
from thermopkg.package.site import (
    CONTACT,
    Site,
    carrying,
    centre_of,
    fits_on_face,
    footing,
    joint_array,
    joint_face,
    layout,
    mm,
    resin_ceiling,
    resin_floor,
    size_of,
    standing_height,
)
from thermopkg.package.solids import bounds_of, box


def place(case: Case) -> Package:
    """Give every part its coordinates.

    Raises
    ------
    CaseError : the parts do not go together by their names; only for a case changed after it was built
    GeometryError : with every overlap, overhang and misfit, the parts' names and the numbers
    """
    check(case)  # all that is solved comes through here, and a model that was copied with changes is not validated
    site = Site(case)
    for name in placing_order([outline(part) for part in case.part]):
        part = case.part_named(name)
        if isinstance(part, PlacedModel):
            site.boxes[name] = _box_of(site, part)
    if not site.faults:
        for part in case.part:
            add_solids(site, part)
        site.faults += [*landing_faults(site), *buried_faults(site), *reading_faults(site), *region_faults(site)]
    if not site.faults:
        site.faults += overlap_faults(site)
    solids = sorted(site.solids, key=painting_order)
    if not site.faults:
        solids = with_media(site, solids)
    if site.faults:
        raise GeometryError(dict.fromkeys(site.faults), source=case.title)
    lift = -min(solid.bounds[2, 0] for solid in solids)
    lifted = tuple(replace(s, boxes=_lifted(s.boxes, lift)) for s in solids)
    active_faces = tuple(_active_face(site.boxes[p.name], p, lift) for p in case.part if isinstance(p, Chip))
    contacts, faults = interfaces(case, lifted, {face.part: (face.z, face.looks == "up") for face in active_faces})
    if faults:
        raise GeometryError(faults, source=case.title)
    return Package(
        case=case,
        parts={p.name: PlacedPart(p.name, p.kind, _lifted(site.boxes[p.name], lift)) for p in case.part},
        solids=lifted,
        active_faces=active_faces,
        volume_powers={p.name: p.power for p in case.part if isinstance(p, Passive | Block) and p.power > 0},
        contacts=contacts,
    )


def _lifted(boxes: FloatArray, lift: float) -> FloatArray:
    moved = boxes.copy()
    moved[..., 2, :] += lift
    return moved


def _active_face(body: FloatArray, chip: Chip, lift: float) -> ActiveFace:
    (x0, x1), (y0, y1) = body[0], body[1]
    z = float(body[2, 1] if chip.face == "up" else body[2, 0]) + lift
    power = (
        chip.power if chip.leakage is None else chip.power + chip.leakage.power
    )  # until it is known how warm it gets
    return ActiveFace(chip.name, (float(x0), float(x1)), (float(y0), float(y1)), z, chip.face, power)


PlacedPartModel = (
    Carrier | LeadFrame | Tape | Board | Chip | Adhesive | HeatSink | Encapsulant | Pads | Balls | Passive | Block
)


def _box_of(site: Site, part: PlacedPartModel) -> FloatArray:
    base, base_name = site.base_of(part), part.base
    match part:
        case Encapsulant():
            return _encapsulant_box(site, part)
        case Pads() | Balls():
            bottom = float(base[2, 0]) - part.height if part.under is not None else _bottom(site, part)
            top = float(base[2, 0]) if part.under is not None else bottom + part.height
            body = _joints_box(site, part, (bottom, top))
            base, base_name = joint_face(site, part), carrying(site, part)
        case _:
            size, height = _extent(site, part)
            bottom = float(base[2, 0]) - height if part.under is not None else _bottom(site, part)
            top = float(base[2, 0]) if part.under is not None else bottom + height
            x, y = centre_of(base)
            body = box((x + part.at[0], y + part.at[1]), size, bottom, top)
    if base_name is not None:
        _check_footprint(site, part, body, base, base_name)
    return body


def _bottom(site: Site, part: PlacedPartModel) -> float:
    """Where the body of a part begins that does not hang, m."""
    if part.over is not None:
        return float(site.base_of(part)[2, 1]) + (part.gap or 0.0)
    if part.on is not None:
        return footing(site, part.on) + standing_height(site, part)
    return standing_height(site, part) if isinstance(part, Chip) else 0.0


def _extent(
    site: Site, part: Carrier | LeadFrame | Tape | Board | Chip | Adhesive | HeatSink | Passive | Block
) -> tuple[Size, float]:
    """Footprint and height of a part's body, m."""
    match part:
        case Carrier() | Board():
            return part.size, sum(layer.thickness for layer in part.layers)
        case LeadFrame():
            return part.size, part.thickness
        case Tape():
            return part.size, part.thickness + part.leads.thickness
        case Adhesive():
            base = site.part(part.base or part.name)
            seat = base.paddle if isinstance(base, LeadFrame) else None
            return part.size or seat or size_of(site.base_of(part)), part.thickness
        case Chip() | HeatSink() | Passive() | Block():
            return part.size[:2], part.size[2]
        case _:
            assert_never(part)


def _joints_box(site: Site, part: Pads | Balls, z: tuple[float, float]) -> FloatArray:
    """The box around all places of an array, whether they are taken or not."""
    face = joint_face(site, part)
    size, joints = size_of(face), layout(site, part)
    fits_on_face(site, part, joints, size)
    if joints.pitch is None:
        boxes = joint_array(site, part, z)
        return bounds_of(boxes)
    nx, ny = joint_count(joints, size)
    side, (x, y) = equal_area_side(part.diameter), centre_of(face)
    spread = (max(nx, 1) - 1) * joints.pitch + side, (max(ny, 1) - 1) * joints.pitch + side
    return box((x + part.at[0], y + part.at[1]), spread, *z)


def _encapsulant_box(site: Site, part: Encapsulant) -> FloatArray:
    carrier = site.carrier_of(part)
    base = site.boxes[carrier]
    x, y = centre_of(base)
    floor = float(base[2, 1])
    if part.height is not None:
        top = floor + part.height
    elif part.up_to is not None:
        top = resin_ceiling(site, part.up_to)
    else:
        tops = {name: float(site.boxes[name][2, 1]) for name in map(part_of, part.exposes)}
        top = max(tops.values())
        if top - min(tops.values()) > CONTACT:
            listed = ", ".join(f"{name} at {mm(z - floor)}" for name, z in tops.items())
            site.fault(part, f"exposes faces at different heights over '{carrier}': {listed}; one moulding has one top")
    if top - floor <= CONTACT:
        site.fault(part, f"has no height: its top lies {mm(floor - top)} below the top of '{carrier}'")
    bottom = resin_floor(site, carrier)
    body = box((x + part.at[0], y + part.at[1]), part.size or size_of(base), bottom, max(top, bottom + CONTACT))
    _check_footprint(site, part, body, base, carrier)
    return body


SMALLER_THAN_BASE = (Chip, Adhesive, Passive, Pads, Balls, Encapsulant)


def _check_footprint(site: Site, part: PlacedPartModel, body: FloatArray, base: FloatArray, base_name: str) -> None:
    overhangs = isinstance(part, Chip | Adhesive) and isinstance(site.part(base_name), Chip | Adhesive)
    if isinstance(part, SMALLER_THAN_BASE) and part.over is None and not overhangs:
        if out := sticking_out(body, base):
            site.fault(part, f"sticks out of '{base_name}' by {out}")
    elif beside(body, base):
        relation = "under" if part.under else "over" if part.over else "on"
        site.fault(part, f"lies beside '{base_name}', not {relation} it; check `at`")
