"""How do relations become coordinates? Parts placed on, under and over one another, and what does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case, check
from thermopkg.case.model import part_of
from thermopkg.case.parts import (
    Balls,
    Block,
    Board,
    Carrier,
    Chip,
    Encapsulant,
    HeatSink,
    Part,
    Passive,
)
from thermopkg.case.relations import carrier_of, outline, placing_order
from thermopkg.errors import Fault, GeometryError
from thermopkg.package.arrays import MOST_JOINTS, equal_area_side, joint_boxes, joint_count
from thermopkg.package.package import ActiveFace, Package, PlacedPart
from thermopkg.package.solids import Role, Solid, box, overlaps

CONTACT = 1e-9  # m; closer than this is touching
GIVE_WAY: tuple[Role, ...] = ("encapsulant", "fill")  # to everything else, and the first to the second


def place(case: Case) -> Package:
    """Give every part its coordinates.

    Raises
    ------
    CaseError : the parts do not go together by their names; only for a case changed after it was built
    GeometryError : with every overlap, overhang and misfit, the parts' names and the numbers
    """
    check(case)  # all that is solved comes through here, and a model that was copied with changes is not validated
    site = _Site(case)
    for name in placing_order([outline(part) for part in case.part]):
        site.boxes[name] = _box_of(site, case.part_named(name))
    if not site.faults:
        for part in case.part:
            _add_solids(site, part)
        site.faults += _reading_faults(site)
    if not site.faults:
        site.faults += _overlap_faults(site.solids)
    if site.faults:
        raise GeometryError(dict.fromkeys(site.faults), source=case.title)
    lift = -min(solid.bounds[2, 0] for solid in site.solids)
    return Package(
        case=case,
        parts={p.name: PlacedPart(p.name, p.kind, _lifted(site.boxes[p.name], lift)) for p in case.part},
        solids=tuple(replace(s, boxes=_lifted(s.boxes, lift)) for s in sorted(site.solids, key=_painting_order)),
        active_faces=tuple(_active_face(site.boxes[p.name], p, lift) for p in case.part if isinstance(p, Chip)),
        volume_powers={p.name: p.power for p in case.part if isinstance(p, Passive | Block) and p.power > 0},
    )


def _painting_order(solid: Solid) -> tuple[int, float, str]:
    """What gives way comes first, and of two mouldings the larger: an underfill holds its place in what covers it."""
    if solid.role not in GIVE_WAY:
        return len(GIVE_WAY), 0.0, ""
    return GIVE_WAY.index(solid.role), -solid.volume, solid.name


def _lifted(boxes: FloatArray, lift: float) -> FloatArray:
    moved = boxes.copy()
    moved[..., 2, :] += lift
    return moved


def _active_face(body: FloatArray, chip: Chip, lift: float) -> ActiveFace:
    (x0, x1), (y0, y1) = body[0], body[1]
    return ActiveFace(
        chip.name, (float(x0), float(x1)), (float(y0), float(y1)), float(body[2, 0]) + lift, "down", chip.power
    )


@dataclass
class _Site:
    """What has been placed so far, in the order of the relations; private to this module."""

    case: Case
    boxes: dict[str, FloatArray] = field(default_factory=dict)
    solids: list[Solid] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, part: Part, message: str) -> None:
        self.faults.append(Fault(f"part '{part.name}'", message))  # its number is not that in the file it came from


def _box_of(site: _Site, part: Part) -> FloatArray:
    if isinstance(part, Encapsulant):
        return _encapsulant_box(site, part)
    base = site.boxes[part.base] if part.base is not None else np.zeros((3, 2))
    centre = (float(base[0].mean() + part.at[0]), float(base[1].mean() + part.at[1]))
    size, height = _extent(site, part, base)
    if part.under is not None:
        top = float(base[2, 0])
        body = box(centre, size, top - height, top)
    else:
        stand = part.bumps.height if isinstance(part, Chip) else 0.0
        bottom = float(base[2, 1]) + (part.gap or 0.0) + stand
        body = box(centre, size, bottom, bottom + height)
    if part.base is not None:
        _check_footprint(site, part, body, base)
    return body


def _extent(site: _Site, part: Part, base: FloatArray) -> tuple[tuple[float, float], float]:
    """Footprint and height of a part's body, m."""
    match part:
        case Carrier() | Board():
            return part.size, sum(layer.thickness for layer in part.layers)
        case Balls():
            width, depth = base[0, 1] - base[0, 0], base[1, 1] - base[1, 0]
            nx, ny = joint_count(part, (width, depth))
            _check_count(site, part, (nx, ny), (width, depth))
            side = equal_area_side(part.diameter)
            return ((max(nx, 1) - 1) * part.pitch + side, (max(ny, 1) - 1) * part.pitch + side), part.height
        case Encapsulant():
            raise AssertionError("an encapsulant's box comes from its outline")
        case Chip() | HeatSink() | Passive() | Block():
            return part.size[:2], part.size[2]


def _check_count(site: _Site, part: Balls | Chip, count: tuple[int, int], size: tuple[float, float]) -> bool:
    """Whether the joints of a part on a face of `size` (m) can be laid out at all."""
    array = part.bumps if isinstance(part, Chip) else part
    if count[0] * count[1] > MOST_JOINTS:
        site.fault(part, f"{count[0]:,} by {count[1]:,} joints; at most {MOST_JOINTS:,} are taken")
    elif min(count) < 1:
        site.fault(part, f"not one joint fits on a face of {_mm(size[0])} by {_mm(size[1])}")
    elif array.count is None and array.mask is None and array.pitch > min(size):
        site.fault(
            part,
            f"the pitch of {_mm(array.pitch)} is larger than the face of {_mm(size[0])} by {_mm(size[1])}; "
            "give a count if a single joint is meant",
        )
    else:
        return True
    return False


def _encapsulant_box(site: _Site, part: Encapsulant) -> FloatArray:
    carrier = carrier_of(outline(part), [outline(other) for other in site.case.part])
    assert carrier is not None, "the case's checks leave every moulding a carrier"
    base = site.boxes[carrier]
    size = part.size or (float(base[0, 1] - base[0, 0]), float(base[1, 1] - base[1, 0]))
    centre = (float(base[0].mean() + part.at[0]), float(base[1].mean() + part.at[1]))
    bottom = float(base[2, 1])
    if part.height is not None:
        top = bottom + part.height
    else:
        tops = {name: float(site.boxes[name][2, 1]) for name in map(part_of, part.exposes)}
        top = max(tops.values())
        if top - min(tops.values()) > CONTACT:
            listed = ", ".join(f"{name} at {_mm(z - bottom)}" for name, z in tops.items())
            site.fault(part, f"exposes faces at different heights over '{carrier}': {listed}; one moulding has one top")
    if top - bottom <= CONTACT:
        site.fault(part, f"has no height: its top lies {_mm(bottom - top)} below the top of '{carrier}'")
    body = box(centre, size, bottom, max(top, bottom + CONTACT))
    _check_footprint(site, part, body, base, base_name=carrier)
    return body


SMALLER_THAN_BASE = (Chip, Passive, Balls, Encapsulant)


def _check_footprint(site: _Site, part: Part, body: FloatArray, base: FloatArray, base_name: str = "") -> None:
    base_name = base_name or part.base or ""
    excess = {
        "low x": base[0, 0] - body[0, 0],
        "high x": body[0, 1] - base[0, 1],
        "low y": base[1, 0] - body[1, 0],
        "high y": body[1, 1] - base[1, 1],
    }
    out = {side: by for side, by in excess.items() if by > CONTACT}
    if isinstance(part, SMALLER_THAN_BASE) and part.over is None and out:
        listed = ", ".join(f"{_mm(by)} at {side}" for side, by in out.items())
        site.fault(part, f"sticks out of '{base_name}' by {listed}")
    elif (
        max(excess["low x"], excess["high x"]) >= body[0, 1] - body[0, 0]
        or max(excess["low y"], excess["high y"]) >= body[1, 1] - body[1, 0]
    ):
        site.fault(part, f"lies beside '{base_name}', not {_relation(part)} it; check `at`")


def _relation(part: Part) -> str:
    return "under" if part.under else "over" if part.over else "on"


# ---------------------------------------------------------------- solids
def _add_solids(site: _Site, part: Part) -> None:
    body = site.boxes[part.name]
    whole = body[None]
    match part:
        case Carrier() | Board():
            bottom = float(body[2, 0])
            for i, layer in enumerate(part.layers):
                slab = body.copy()
                slab[2] = bottom, bottom + layer.thickness
                if i == len(part.layers) - 1:
                    slab[2, 1] = body[2, 1]  # the sum of the layers, whatever the rounding
                bottom = float(slab[2, 1])
                filler = layer.fill or _nearest_full_layer(part, i) if layer.coverage < 1.0 else None
                site.solids.append(
                    Solid(
                        part.name, part.name, "layer", layer.material, slab[None], share=layer.coverage, filler=filler
                    )
                )
        case Chip():
            site.solids.append(Solid(part.name, part.name, "body", part.material, whole))
            _add_bumps(site, part, body)
        case Balls():
            base = site.boxes[part.base or part.name]
            if part.fill is not None:
                layer_box = base.copy()
                layer_box[2] = body[2]
                site.solids.append(Solid(f"{part.name}.fill", part.name, "fill", part.fill, layer_box[None]))
            count = joint_count(part, (base[0, 1] - base[0, 0], base[1, 1] - base[1, 0]))
            centre = (float(body[0].mean()), float(body[1].mean()))
            boxes = joint_boxes(part, count, centre, float(body[2, 0]))
            boxes[:, 2] = body[2]
            site.solids.append(Solid(part.name, part.name, "balls", part.material, boxes))
        case Encapsulant():
            site.solids.append(Solid(part.name, part.name, "encapsulant", part.material, whole))
            _check_buried(site, part, body)
        case Passive():
            _add_passive(site, part, body)
        case HeatSink() | Block():
            site.solids.append(Solid(part.name, part.name, "body", part.material, whole))


def _nearest_full_layer(part: Carrier | Board, i: int) -> str:
    full = [j for j, layer in enumerate(part.layers) if layer.coverage == 1.0]
    return part.layers[min(full, key=lambda j: abs(j - i))].material


def _add_bumps(site: _Site, part: Chip, body: FloatArray) -> None:
    size = (float(body[0, 1] - body[0, 0]), float(body[1, 1] - body[1, 0]))
    count = joint_count(part.bumps, size)
    if not _check_count(site, part, count, size):
        return
    centre = (float(body[0].mean()), float(body[1].mean()))
    boxes = joint_boxes(part.bumps, count, centre, float(body[2, 0]) - part.bumps.height)
    boxes[:, 2, 1] = body[2, 0]
    if part.base is not None:
        boxes[:, 2, 0] = site.boxes[part.base][2, 1]
    out = max(
        body[0, 0] - boxes[:, 0, 0].min(),
        boxes[:, 0, 1].max() - body[0, 1],
        body[1, 0] - boxes[:, 1, 0].min(),
        boxes[:, 1, 1].max() - body[1, 1],
    )
    if out > CONTACT:
        site.fault(
            part,
            f"{count[0]} by {count[1]} bumps on a pitch of {_mm(part.bumps.pitch)} stick out of the chip by {_mm(out)}",
        )
    site.solids.append(Solid(f"{part.name}.bumps", part.name, "bumps", part.bumps.material, boxes))


def _add_passive(site: _Site, part: Passive, body: FloatArray) -> None:
    inner = body.copy()
    if part.terminals is not None:
        low, high = body.copy(), body.copy()
        low[0, 1] = body[0, 0] + part.terminals.length
        high[0, 0] = body[0, 1] - part.terminals.length
        inner[0] = low[0, 1], high[0, 0]
        ends = np.stack([low, high])
        site.solids.append(Solid(f"{part.name}.terminals", part.name, "terminals", part.terminals.material, ends))
    site.solids.append(Solid(part.name, part.name, "body", part.material, inner[None]))


def _check_buried(site: _Site, part: Encapsulant, outline: FloatArray) -> None:
    """Nothing pokes through the moulding's top but what it stands under or leaves bare."""
    for name, other in site.boxes.items():
        if name == part.name or isinstance(site.case.part_named(name), Encapsulant):
            continue
        through = other[2, 0] < outline[2, 1] - CONTACT and other[2, 1] > outline[2, 1] + CONTACT
        inside = (other[:2, 0] < outline[:2, 1] - CONTACT).all() and (other[:2, 1] > outline[:2, 0] + CONTACT).all()
        if through and inside:
            site.fault(
                part, f"ends {_mm(other[2, 1] - outline[2, 1])} below the top of '{name}', which sticks out of it"
            )


def _overlap_faults(solids: list[Solid]) -> Iterator[Fault]:
    firm = [solid for solid in solids if solid.role not in GIVE_WAY]
    bounds = np.stack([solid.bounds for solid in firm])
    for number, first in enumerate(firm):
        rest = bounds[number + 1 :]
        common = np.minimum(rest[:, :, 1], bounds[number, :, 1]) - np.maximum(rest[:, :, 0], bounds[number, :, 0])
        for other in np.flatnonzero((common > CONTACT).all(axis=1)):
            second = firm[number + 1 + other]
            found = overlaps(first.boxes, second.boxes, CONTACT)
            if found is not None:
                pairs, shared = found
                size = " by ".join(_mm(high - low) for low, high in shared)
                at = ", ".join(_mm(v) for v in shared[:2].mean(axis=1))
                more = f" ({pairs:,} places in all)" if pairs > 1 else ""
                yield Fault("part", f"'{first.name}' and '{second.name}' overlap by {size} at ({at}){more}")


def _reading_faults(site: _Site) -> Iterator[Fault]:
    """Rectangles that reach beyond the face they are read on."""
    for number, reading in enumerate(site.case.study.reading):
        if reading.face is None or reading.size is None:
            continue
        body = site.boxes[part_of(reading.face)]
        reach = np.abs(reading.at) + np.array(reading.size) / 2 - (body[:2, 1] - body[:2, 0]) / 2
        if (reach > CONTACT).any():
            yield Fault(
                f"study.reading[{number}]",
                f"'{reading.name}' reaches {_mm(reach.max())} beyond '{reading.face}'; make it smaller or move it",
            )


def _mm(length: float) -> str:
    return f"{length * 1e3:.4g} mm"
