"""What leads from part to part? Vias, traces and bond wires as boxes, and where they do not get there."""

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.parts import Encapsulant, Traces, Vias, Wires
from thermopkg.package.arrays import columns, discs, equal_area_side, joint_middles, side_strips, square_rings
from thermopkg.package.fitting import sticking_out
from thermopkg.package.site import (
    CONTACT,
    Site,
    centre_of,
    check_sides,
    fits_on_face,
    mm,
    resin_ceiling,
    resin_floor,
    size_of,
)
from thermopkg.package.solids import Solid, bounds_of, overlaps


# ---------------------------------------------------------------- vias
def add_vias(site: Site, part: Vias) -> None:
    """Solid columns, or square rings with what fills them: of equal area, both the metal and the fill."""
    named = part.through or part.between or ()
    boxes = [site.boxes[name] for name in named]
    common = np.stack([np.max([b[:, 0] for b in boxes], axis=0), np.min([b[:, 1] for b in boxes], axis=0)], axis=1)
    z = _via_heights(site, part)
    site.boxes[part.name] = np.array([*common[:2], z])
    if (common[:2, 1] - common[:2, 0] <= CONTACT).any():
        site.fault(part, f"'{named[0]}' and '{named[-1]}' lie beside one another; no via meets both")
        return
    if z[1] - z[0] <= CONTACT:
        site.fault(part, f"have no height: '{named[0]}' does not end below '{named[-1]}'; name the lower one first")
        return
    if not fits_on_face(site, part, part, size_of(common)):
        return
    middles = joint_middles(part, size_of(common)) + np.array(centre_of(common)) + np.array(part.at)
    side = equal_area_side(part.diameter)
    whole = columns(middles, side, z)
    site.boxes[part.name] = bounds_of(whole)
    if out := sticking_out(bounds_of(whole), common):
        site.fault(part, f"stick out of the place that {' and '.join(map(repr, named))} share by {out}")
    if part.plating is None:
        round_ = discs(whole, part.diameter)
        site.solids.append(Solid(part.name, part.name, "vias", part.material, whole, discs=round_))
        return
    hole = part.diameter - 2 * part.plating
    inner = equal_area_side(hole)
    walls = square_rings(middles, side, inner, z)
    round_ = discs(whole, part.diameter, hole)
    site.solids.append(Solid(part.name, part.name, "vias", part.material, walls, discs=round_))
    fill = columns(middles, inner, z)
    filled = discs(fill, hole)
    site.solids.append(Solid(f"{part.name}.fill", part.name, "via fill", part.fill or "air", fill, discs=filled))


def _via_heights(site: Site, part: Vias) -> tuple[float, float]:
    if part.through is not None:
        through = [site.boxes[name][2] for name in part.through]
        return float(min(z[0] for z in through)), float(max(z[1] for z in through))
    assert part.between is not None, "vias run through parts or between them"
    return between(site, *part.between)


def between(site: Site, lower: str, upper: str) -> tuple[float, float]:
    """Heights of the room between two carriers: from film to film where they are tapes, m."""
    low = resin_floor(site, lower) if site.part(lower).kind == "tape" else float(site.boxes[lower][2, 1])
    high = resin_ceiling(site, upper) if site.part(upper).kind == "tape" else float(site.boxes[upper][2, 0])
    return low, high


# ---------------------------------------------------------------- traces
def add_traces(site: Site, part: Traces) -> None:
    """Down the side wall and so far over both far faces, or upright in the resin."""
    lower, upper = site.boxes[part.from_], site.boxes[part.to]
    resin = _resin_on(site, part.from_)
    site.boxes[part.name] = lower
    if lower[2, 1] > upper[2, 0] + CONTACT:
        site.fault(
            part,
            f"run from '{part.from_}' up to '{part.to}', which lies {mm(lower[2, 1] - upper[2, 0])} below its top; "
            "swap from and to",
        )
        return
    if resin is None:
        site.fault(part, f'need resin between the carriers to run on; add an encapsulant with on = "{part.from_}"')
        return
    check_sides(site, part, part, part.width, size_of(resin), "traces")
    pieces = _on_the_wall(site, part, resin) if part.lap is not None else _in_the_resin(site, part, resin)
    boxes = np.concatenate([strips for pair in pieces for strips in pair])
    site.boxes[part.name] = bounds_of(boxes)
    _check_corners(site, part, pieces, "traces")
    site.solids.append(Solid(part.name, part.name, "traces", part.material, boxes))


Strips = tuple[FloatArray, FloatArray]  # on the sides along x, and along y


def _on_the_wall(site: Site, part: Traces, resin: FloatArray) -> list[Strips]:
    lower, upper = site.boxes[part.from_], site.boxes[part.to]
    for name in (part.from_, part.to):
        off = float(np.abs(site.boxes[name][:2] - resin[:2]).max())
        if off > CONTACT:
            site.fault(
                part,
                f"run down the side wall, where '{name}' and the resin are not flush: {mm(off)} apart; give both one "
                "outline, or let the traces stand in the resin with inset",
            )
    bottom, top = float(lower[2, 0]), float(upper[2, 1])
    lap, thick = part.lap or 0.0, part.thickness
    for across, n in zip(size_of(resin)[::-1], part.count, strict=True):
        if n and 2 * lap >= across:
            site.fault(part, f"a lap of {mm(lap)} reaches the middle of {mm(across)}; make it shorter")
    runs = (
        ((-thick, 0.0), (bottom - thick, top + thick)),
        ((0.0, lap), (bottom - thick, bottom)),
        ((0.0, lap), (top, top + thick)),
    )
    return [side_strips(resin[:2], part, part.width, reach, z) for reach, z in runs]


def _in_the_resin(site: Site, part: Traces, resin: FloatArray) -> list[Strips]:
    z = between(site, part.from_, part.to)
    inset = part.inset or 0.0
    strips = side_strips(resin[:2], part, part.width, (inset, inset + part.thickness), z)
    bounds = bounds_of(np.concatenate(strips))
    for name, box in (("the resin", resin), *((f"'{name}'", site.boxes[name]) for name in (part.from_, part.to))):
        if out := sticking_out(bounds, box):
            site.fault(part, f"stick out of {name} by {out}; change inset, count or pitch")
    return [strips]


def _resin_on(site: Site, carrier: str) -> FloatArray | None:
    """The box of the largest moulding that stands on a carrier."""
    mouldings = [p for p in site.case.part if isinstance(p, Encapsulant) and site.carrier_of(p) == carrier]
    boxes = [site.boxes[moulding.name] for moulding in mouldings]
    return max(boxes, key=lambda box: float(np.prod(size_of(box))), default=None)


# ---------------------------------------------------------------- wires
def add_wires(site: Site, part: Wires) -> None:
    """Up from the chip, level outwards, down to the carrier: squares of equal area around the wire's middle line.

    Each piece is as long as its middle line, so that the volume is the wire's: pi d^2 / 4 (rise + run + drop).
    """
    chip, carrier = site.boxes[part.from_], site.boxes[part.to]
    half = equal_area_side(part.diameter) / 2
    start, end = float(chip[2, 1]), float(carrier[2, 1])
    site.boxes[part.name] = chip
    check_sides(site, part, part, 2 * half, size_of(chip), "wires")
    if end > start + part.loop:
        site.fault(part, f"start {mm(end - start)} below the top of '{part.to}', which their loop does not reach")
        return
    landing = part.inset - part.span
    if part.inset < half:
        site.fault(part, f"an inset of {mm(part.inset)} leaves part of the wire beside the chip; at least {mm(half)}")
    if landing + half > CONTACT:
        site.fault(
            part,
            f"come down {mm(landing + half)} inside the edge of '{part.from_}'; their span of {mm(part.span)} must "
            f"exceed the inset of {mm(part.inset)} by half a wire at least",
        )
    level = start + part.loop
    runs = (
        ((part.inset - half, part.inset + half), (start, level + half)),
        ((landing + half, part.inset - half), (level - half, level + half)),
        ((landing - half, landing + half), (end, level + half)),
    )
    pieces = [side_strips(chip[:2], part, 2 * half, reach, z) for reach, z in runs]
    boxes = np.concatenate([strips for pair in pieces for strips in pair])
    site.boxes[part.name] = bounds_of(boxes)
    _check_corners(site, part, pieces, "wires")
    site.solids.append(Solid(part.name, part.name, "wires", part.material, boxes))


def _check_corners(site: Site, part: Traces | Wires, pieces: list[Strips], what: str) -> None:
    along_x, along_y = (np.concatenate([pair[axis] for pair in pieces]) for axis in (0, 1))
    if len(along_x) and len(along_y) and overlaps(along_x, along_y, CONTACT) is not None:
        site.fault(part, f"{what} of neighbouring sides meet in the corner; make them fewer or set them closer")
