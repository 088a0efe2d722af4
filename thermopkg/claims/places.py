"""Do the parts lie where a limitation wants them? Checks on presence, distance, bare faces and backs."""

import numpy as np

from thermopkg.claims import rows
from thermopkg.claims.circuit import Circuit
from thermopkg.claims.finding import Finding, areas, mm, percent, spread
from thermopkg.claims.structure import Structure, beside
from thermopkg.mesh.grid import SAME_PLANE

DISTANCE_SLACK = 2 * SAME_PLANE  # m; either face may have been merged into a plane this near


def present(structure: Structure, part: str) -> Finding:
    body = structure.body(part)
    if not body.any():
        return Finding(False, f"{part} holds no place: other parts take all of it")
    sides = []
    for axis, ticks in enumerate(structure.model.grid.axes):
        taken = np.flatnonzero(body.any(axis=tuple({0, 1, 2} - {axis})))
        sides.append(f"{(ticks[taken[-1] + 1] - ticks[taken[0]]) * 1e3:.4g}")
    return Finding(True, f"{part} measures {' x '.join(sides)} mm")


def over(structure: Structure, upper: str, lower: str, carrier: str | None = None) -> Finding:
    """With a carrier, the lower must also be the uppermost chip of the chipset on it that the upper covers."""
    gap = structure.gap(lower, upper)
    if gap is None:
        return Finding(False, f"{upper} does not lie over {lower}")
    whole = float(structure.columns[structure.body(lower).any(axis=2)].sum())
    covers = f"{upper} covers {areas(float(gap.areas.sum()), whole)} of {lower}, {spread(gap.heights)} above it"
    if carrier is None:
        return Finding(True, covers)
    chipset = structure.chipset(carrier)
    if lower not in chipset:
        return Finding(False, f"{covers}; {lower} is no chip of the chipset over {carrier}")
    nearest = {chip: facing.heights.min() for chip in chipset if (facing := structure.gap(chip, upper)) is not None}
    higher = [chip for chip, height in nearest.items() if height < nearest[lower] - DISTANCE_SLACK]
    if higher:
        return Finding(False, f"{covers}; {' and '.join(higher)} reaches higher")
    return Finding(True, f"{covers}; of {' and '.join(nearest)} under it, none reaches higher")


def chipset(structure: Structure, limitation: rows.Chipset, carrier: str) -> Finding:
    chips = structure.chipset(carrier)
    listed = ", ".join(chips) or "none"
    return Finding(len(chips) >= limitation.least, f"{len(chips)} chips stand over {carrier}: {listed}")


def sits_on(circuit: Circuit, part: str, base: str) -> Finding:
    """On a face of the base, or on joints: nothing but conductors between them, somewhere."""
    gap = circuit.structure.gap_between(base, part)
    if gap is None:
        return Finding(False, f"{part} lies beside {base}, not on it")
    share = gap.share_of(circuit.conducting)
    if share == 0.0:
        return Finding(False, f"{part} and {base} are {spread(gap.heights)} apart and joined by no conductor")
    whole = float(gap.areas.sum())
    return Finding(True, f"{part} sits on {base} with {areas(share * whole, whole)} of its face")


def distance(structure: Structure, limitation: rows.Distance, first: str, second: str) -> Finding:
    gap = structure.gap_between(first, second)
    if gap is None:
        return Finding(False, f"{first} and {second} do not face each other")
    low, high = limitation.low - DISTANCE_SLACK, limitation.high + DISTANCE_SLACK
    inside = bool(gap.heights.min() >= low and gap.heights.max() <= high)
    return Finding(
        inside,
        f"{first} to {second} {spread(gap.heights)}, measured on {gap.heights.size} cell columns over "
        f"{gap.areas.sum() * 1e6:.4g} mm²; {mm(limitation.low)} to {mm(limitation.high)} is inside",
    )


def exposed(structure: Structure, part: str, away_from: str) -> Finding:
    upwards = structure.gap(away_from, part) is not None
    if not upwards and structure.gap(part, away_from) is None:
        return Finding(False, f"{part} and {away_from} do not face each other")
    body = structure.body(part)
    face = body & ~beside(body, above=upwards)
    open_side = structure.surroundings[1:-1, 1:-1, 2:] if upwards else structure.surroundings[1:-1, 1:-1, :-2]
    columns = np.broadcast_to(structure.columns[:, :, None], body.shape)
    bare, whole = float(columns[face & open_side].sum()), float(columns[face].sum())
    return Finding(bare > 0.0, f"{areas(bare, whole)} of {part}.{'top' if upwards else 'bottom'} is bare")


def attached(structure: Structure, limitation: rows.Attached, chip: str, base: str) -> Finding:
    looks = structure.face(chip).looks
    gap = structure.gap(base, chip) if looks == "up" else structure.gap(chip, base)
    if gap is None:
        return Finding(False, f"the active face of {chip} looks {looks}, and {base} does not lie behind it")
    share = gap.share_of(structure.attaching)
    held = "lies on it" if gap.heights.max() == 0.0 else f"is joined to it over {spread(gap.heights)}"
    return Finding(
        100 * share >= limitation.least,
        f"active face of {chip} looks {looks}, away from {base}; {percent(share)} of the "
        f"{gap.areas.sum() * 1e6:.4g} mm² of its back over {base} {held}",
    )


def back_to_back(structure: Structure, limitation: rows.BackToBack, adhesive: str, first: str, second: str) -> Finding:
    looks = structure.face(first).looks, structure.face(second).looks
    if looks != ("down", "up"):
        return Finding(False, f"{first} looks {looks[0]} and {second} looks {looks[1]}: not back to back")
    gap = structure.gap(first, second)
    if gap is None:
        return Finding(False, f"{second} does not lie over {first}")
    between = structure.body(adhesive)
    if not (between & gap.cells).any():
        return Finding(False, f"no {adhesive} lies between {first} and {second}, {spread(gap.heights)} apart")
    share = gap.share_of(between)
    return Finding(
        100 * share >= limitation.least,
        f"{adhesive} reaches from back to back, {spread(gap.heights)}, over {percent(share)} of the "
        f"{gap.areas.sum() * 1e6:.4g} mm² in which {first} and {second} face each other",
    )
