"""What does not fit? Parts that stick out, lie beside one another or share a place, and joints that land on nothing."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.model import part_of
from thermopkg.case.part import PlacedModel
from thermopkg.case.parts import Balls, Chip, Encapsulant, Pads, Part, Traces, Vias, Wires
from thermopkg.case.rectangle import beyond_rectangle
from thermopkg.errors import Fault
from thermopkg.package.site import CONTACT, Site, footing, mm, resin_ceiling, resin_floor, seat_of, size_of
from thermopkg.package.solids import Role, Solid, neighbours, overlaps

# who holds a place that several take: the later one. Of one rank nothing may share a place, but what gives way
RANKS: dict[Role, int] = {"encapsulant": 0, "fill": 1, "via fill": 3, "vias": 3, "traces": 4, "pads": 5}
FIRM = 2


def painting_order(solid: Solid) -> tuple[int, float, str]:
    """What gives way comes first, and of two mouldings the larger: an underfill holds its place in what covers it."""
    rank = RANKS.get(solid.role, FIRM)
    return (rank, 0.0, "") if rank >= FIRM else (rank, -solid.volume, solid.name)


# ---------------------------------------------------------------- beside one another
def excess(body: FloatArray, base: FloatArray) -> dict[str, float]:
    """How far a box reaches beyond another on each side, m."""
    return {
        "low x": float(base[0, 0] - body[0, 0]),
        "high x": float(body[0, 1] - base[0, 1]),
        "low y": float(base[1, 0] - body[1, 0]),
        "high y": float(body[1, 1] - base[1, 1]),
    }


def sticking_out(body: FloatArray, base: FloatArray) -> str:
    """On which sides a box sticks out of another, and by how much; empty where it does not."""
    return ", ".join(f"{mm(by)} at {side}" for side, by in excess(body, base).items() if by > CONTACT)


def beside(body: FloatArray, base: FloatArray) -> bool:
    """Whether a box has no place in common with another, seen from above."""
    out = excess(body, base)
    width, depth = float(body[0, 1] - body[0, 0]), float(body[1, 1] - body[1, 0])
    return max(out["low x"], out["high x"]) >= width or max(out["low y"], out["high y"]) >= depth


# ---------------------------------------------------------------- joints that land on nothing
LANDING: dict[Role, str] = {
    "bumps": "move the chip, or leave those bumps out with rows, a mask or places",
    "balls": "give both the same places, or leave those balls out with rows, a mask or places",
    "wires": "change their count, pitch, inset or span",
}


def landing_faults(site: Site) -> Iterator[Fault]:
    """Bumps, balls and wires that end where nothing takes them."""
    for part in site.case.part:
        match part:
            case Chip(face="down", on=str(base)):
                yield from _lost(site, part, "bumps", [base], from_above=True)
                other = site.part(base)
                if isinstance(other, Chip) and other.face == "up" and other.bumps is not None:
                    told = f"stands with its bumps on those of '{base}'; keep one of the two arrays"
                    yield Fault(f"part '{part.name}'", told)
            case Chip(face="up") if part.bumps is not None:
                standing = [p for p in site.case.part if isinstance(p, PlacedModel) and p.on == part.name]
                across = [p.name for p in standing if not isinstance(p, Encapsulant)]
                yield from _lost(site, part, "bumps", across, from_above=False)
            case Balls(under=str(base)):
                if isinstance(site.part(base), Pads):
                    yield from _lost(site, part, "balls", [base], from_above=False)
                seat = seat_of(site, part)
                if seat is not None and site.boxes[part.name][2, 0] <= footing(site, seat) + CONTACT:
                    yield from _lost(site, part, "balls", [seat], from_above=True)
            case Balls(on=str(base)) if isinstance(site.part(base), Pads):
                yield from _lost(site, part, "balls", [base], from_above=True)
            case Wires():
                yield from _lost(site, part, "wires", [part.to], from_above=True)
            case _:
                pass


def _lost(site: Site, part: Part, role: Role, across: Sequence[str], from_above: bool) -> Iterator[Fault]:
    """Joints of a part that meet none of the parts across."""
    boxes = [solid.boxes for solid in site.solids if solid.part == part.name and solid.role == role]
    if not across or not boxes:
        return
    ends = np.concatenate(boxes)
    level = ends[:, 2, 0].min() if from_above else ends[:, 2, 1].max()
    ends = ends[np.abs(ends[:, 2, 0 if from_above else 1] - level) <= CONTACT, :2]
    held = np.zeros(len(ends), bool)
    for name in across:
        metal = _metal(site, name, from_above)
        held |= _inside(ends, site.boxes[name][None, :2]) if metal is None else _on_one(ends, metal)
    if held.all():
        return
    x, y = ends[~held][0].mean(axis=1)
    names = " or ".join(f"'{name}'" for name in across)
    on = "metal of " if any(_metal(site, name, from_above) is not None for name in across) else ""
    yield Fault(
        f"part '{part.name}'",
        f"{np.count_nonzero(~held):,} of {len(ends):,} {role} meet no {on or 'part of '}{names}, the first at "
        f"({mm(x)}, {mm(y)}); {LANDING[role]}",
    )


def _metal(site: Site, name: str, from_above: bool) -> FloatArray | None:
    """Leads and pads, where these are all that takes joints from above or below, m, shape (n, 2, 2); else None."""
    part, body = site.part(name), site.boxes[name]
    level = resin_floor(site, name) - body[2, 1] if from_above else resin_ceiling(site, name) - body[2, 0]
    if not isinstance(part, Pads) and abs(level) <= CONTACT:
        return None
    return np.concatenate(
        [s.boxes[:, :2] for s in site.solids if s.part == name and s.role in ("body", "leads", "pads")]
    )


def _inside(joints: FloatArray, outline: FloatArray) -> BoolArray:
    """Which joints stand on an outline with their whole section; m, shapes (n, 2, 2) and (1, 2, 2)."""
    low, high = joints[:, :, 0] - outline[:, :, 0], outline[:, :, 1] - joints[:, :, 1]
    return np.asarray((np.minimum(low, high) >= -CONTACT).all(axis=1))


def _on_one(joints: FloatArray, pieces: FloatArray) -> BoolArray:
    """Which joints stand with their middle on one of many pieces; m, shapes (n, 2, 2) and (m, 2, 2)."""
    held = np.zeros(len(joints), bool)
    middles = joints.mean(axis=2)
    sizes = np.round(pieces[:, :, 1] - pieces[:, :, 0], 9)
    for size in np.unique(sizes, axis=0):  # a paddle among leads would call every joint a neighbour of every lead
        alike = pieces[(sizes == size).all(axis=1)]
        i, j = neighbours(joints, alike)
        on = (middles[i] >= alike[j, :, 0] - CONTACT) & (middles[i] <= alike[j, :, 1] + CONTACT)
        held[i[on.all(axis=1)]] = True
    return held


# ---------------------------------------------------------------- what shares a place
SHARING: dict[Role, str] = {
    "vias": "leave those vias out with rows, a mask or places",
    "via fill": "leave those vias out with rows, a mask or places",
    "traces": "change their count, pitch or inset",
    "wires": "change their count, pitch, inset or span",
}


def overlap_faults(site: Site) -> Iterator[Fault]:
    """Every pair of solids that take the same place, where neither gives way."""
    kinds = {part.name: part.kind for part in site.case.part}
    firm = [solid for solid in site.solids if RANKS.get(solid.role, FIRM) >= FIRM]
    bounds = np.stack([solid.bounds for solid in firm])
    for number, first in enumerate(firm):
        rest = bounds[number + 1 :]
        common = np.minimum(rest[:, :, 1], bounds[number, :, 1]) - np.maximum(rest[:, :, 0], bounds[number, :, 0])
        for other in np.flatnonzero((common > CONTACT).all(axis=1)):
            second = firm[number + 1 + other]
            if _may_share(first, second, kinds):
                continue
            found = overlaps(first.boxes, second.boxes, CONTACT)
            if found is not None:
                pairs, shared = found
                size = " by ".join(mm(high - low) for low, high in shared)
                at = ", ".join(mm(v) for v in shared[:2].mean(axis=1))
                more = f" ({pairs:,} places in all)" if pairs > 1 else ""
                remedy = next((f"; {SHARING[s.role]}" for s in (first, second) if s.role in SHARING), "")
                yield Fault("part", f"'{first.name}' and '{second.name}' overlap by {size} at ({at}){more}{remedy}")


def _may_share(first: Solid, second: Solid, kinds: Mapping[str, str]) -> bool:
    """Whether the later of two solids may take place from the earlier."""
    if first.part == second.part and first.role == second.role == "layer":
        return True  # zones of one layer
    under, over = sorted((first, second), key=lambda solid: RANKS.get(solid.role, FIRM))
    match over.role:
        case "vias" | "via fill":
            return under.role in ("layer", "leads") or kinds[under.part] in ("adhesive", "lead-frame")
        case "traces":
            return under.role == "leads"
        case "pads":
            return under.role in ("vias", "via fill", "traces")
        case _:
            return False


# ---------------------------------------------------------------- mouldings and readings
def buried_faults(site: Site) -> Iterator[Fault]:
    """Nothing pokes through a moulding's top but what it stands under, what it leaves bare, and what leads through."""
    for part in site.case.part:
        if not isinstance(part, Encapsulant):
            continue
        outline = site.boxes[part.name]
        for name, other in site.boxes.items():
            if name in (part.name, part.up_to) or isinstance(site.part(name), Encapsulant | Vias | Traces):
                continue
            through = other[2, 0] < outline[2, 1] - CONTACT and other[2, 1] > outline[2, 1] + CONTACT
            inside = (other[:2, 0] < outline[:2, 1] - CONTACT).all() and (other[:2, 1] > outline[:2, 0] + CONTACT).all()
            if through and inside:
                yield Fault(
                    f"part '{part.name}'",
                    f"ends {mm(other[2, 1] - outline[2, 1])} below the top of '{name}', which sticks out of it",
                )


def region_faults(site: Site) -> Iterator[Fault]:
    """Regions with a condition of their own that reach beyond the face they lie on."""
    for number, region in enumerate(site.case.environment.region):
        if beyond := beyond_rectangle(region.at, region.size, size_of(site.boxes[part_of(region.face)])):
            yield Fault(
                f"environment.region[{number}]",
                f"'{region.name}' reaches beyond '{region.face}' by {beyond}; make it smaller or move it",
            )


def reading_faults(site: Site) -> Iterator[Fault]:
    """Rectangles that reach beyond the face they are read on."""
    for number, reading in enumerate(site.case.study.reading):
        if reading.face is None or reading.size is None:
            continue
        body = site.boxes[part_of(reading.face)]
        reach = np.abs(reading.at) + np.array(reading.size) / 2 - (body[:2, 1] - body[:2, 0]) / 2
        if (reach > CONTACT).any():
            yield Fault(
                f"study.reading[{number}]",
                f"'{reading.name}' reaches {mm(reach.max())} beyond '{reading.face}'; make it smaller or move it",
            )
