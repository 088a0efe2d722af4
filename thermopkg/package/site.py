"""What stands already, and where may the next part join it? Faces that parts stand on, resin flows to, joints meet."""

from dataclasses import dataclass, field

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.case import Case
from thermopkg.case.part import Array, Joints, PlacedModel, Sides
from thermopkg.case.parts import Balls, Chip, Encapsulant, LeadFrame, Pads, Part, Tape
from thermopkg.case.relations import carrier_of, outline
from thermopkg.errors import Fault
from thermopkg.package.arrays import MOST_JOINTS, Size, joint_boxes, joint_count
from thermopkg.package.solids import Solid

CONTACT = 1e-9  # m; closer than this is touching


@dataclass
class Site:
    """What has been placed so far, in the order of the relations; private to this folder."""

    case: Case
    boxes: dict[str, FloatArray] = field(default_factory=dict)
    solids: list[Solid] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, part: Part, message: str) -> None:
        """Keep something that does not fit; the part's number is not that in the file it came from."""
        self.faults.append(Fault(f"part '{part.name}'", message))

    def part(self, name: str) -> Part:
        return self.case.part_named(name)

    def base_of(self, part: PlacedModel) -> FloatArray:
        """The box of what a part is placed from; a point for the part that all others are placed from."""
        return self.boxes[part.base] if part.base is not None else np.zeros((3, 2))

    def carrier_of(self, part: Encapsulant) -> str:
        """What a moulding stands on."""
        carrier = carrier_of(outline(part), [outline(other) for other in self.case.part])
        assert carrier is not None, "the case's checks leave every moulding a carrier"
        return carrier


def mm(length: float) -> str:
    """A length as an error tells it."""
    return f"{length * 1e3:.4g} mm"


def centre_of(box: FloatArray) -> tuple[float, float]:
    """Middle of a box seen from above, m."""
    return float(box[0].mean()), float(box[1].mean())


def size_of(box: FloatArray) -> tuple[float, float]:
    """Lengths of a box along x and y, m."""
    return float(box[0, 1] - box[0, 0]), float(box[1, 1] - box[1, 0])


# ---------------------------------------------------------------- faces
def footing(site: Site, name: str) -> float:
    """Height at which a part stands that is placed on this one: on its bumps, if it has any on top, m."""
    top = float(site.boxes[name][2, 1])
    match site.part(name):
        case Chip(face="up", bumps=Array(height=height)):
            return top + float(height)
        case _:
            return top


def standing_height(site: Site, part: PlacedModel) -> float:
    """How high a part stands on its own joints: bumps of a chip that looks down, pads and balls under any other, m."""
    if isinstance(part, Chip) and part.face == "down":
        return 0.0 if part.bumps is None else float(part.bumps.height)
    hanging = [other for other in site.case.part if isinstance(other, Pads | Balls) and other.under == part.name]
    return max((other.height + standing_height(site, other) for other in hanging), default=0.0)


def seat_of(site: Site, joints: Pads | Balls) -> str | None:
    """What a part stands on, on joints that hang under it; None where it stands on nothing."""
    part = site.part(joints.under) if joints.under is not None else None
    match part:
        case Pads():
            return seat_of(site, part)
        case PlacedModel():
            return part.on
        case _:
            return None


def film_heights(part: Tape, body: FloatArray) -> tuple[float, float]:
    """Bottom and top of the film of a tape, m."""
    bottom, top = float(body[2, 0]), float(body[2, 1])
    if part.leads.side == "top":
        return bottom, bottom + part.thickness
    return bottom + part.leads.thickness, top


def resin_floor(site: Site, name: str) -> float:
    """Height to which the resin over a part reaches down: into what is open of its metal, m."""
    part, body = site.part(name), site.boxes[name]
    match part:
        case LeadFrame():
            return float(body[2, 0])
        case Tape():
            return film_heights(part, body)[1]
        case _:
            return float(body[2, 1])


def resin_ceiling(site: Site, name: str) -> float:
    """Height to which the resin under a part reaches up: into what is open of its metal, m."""
    part, body = site.part(name), site.boxes[name]
    match part:
        case LeadFrame():
            return float(body[2, 1])
        case Tape():
            return film_heights(part, body)[0]
        case _:
            return float(body[2, 0])


# ---------------------------------------------------------------- joints that are parts
def carrying(site: Site, part: Pads | Balls) -> str | None:
    """The part on whose face the joints are laid out: for balls under pads, that which carries the pads."""
    pads = _pads_over(site, part)
    return part.base if pads is None else carrying(site, pads)


def joint_face(site: Site, part: Pads | Balls) -> FloatArray:
    """The box of the part that carries the joints; a point where it is none."""
    name = carrying(site, part)
    return np.zeros((3, 2)) if name is None else site.boxes[name]


def layout(site: Site, part: Pads | Balls) -> Pads | Balls:
    """The part with its places: balls on the pitch of the pads over them hang one from each, unless they say more."""
    pads = _pads_over(site, part)
    own = {part.count, part.rows, part.mask, part.places}
    if pads is None or own != {None} or part.pitch != pads.pitch:
        return part
    places = layout(site, pads)
    count = None if places.mask is not None else joint_count(places, size_of(joint_face(site, pads)))
    return part.model_copy(update={"count": count, "rows": places.rows, "mask": places.mask})


def _pads_over(site: Site, part: Pads | Balls) -> Pads | None:
    base = site.part(part.base) if part.base is not None else None
    return base if isinstance(base, Pads) else None


def joint_array(site: Site, part: Pads | Balls, z: tuple[float, float]) -> FloatArray:
    """All joints of the part between two heights, m, shape (n, 3, 2)."""
    face = joint_face(site, part)
    x, y = centre_of(face)
    return joint_boxes(layout(site, part), size_of(face), (x + part.at[0], y + part.at[1]), z)


def fits_on_face(site: Site, part: Part, joints: Joints, size: Size) -> bool:
    """Whether joints can be laid out on a face of `size` (m) at all; keeps the fault where they cannot."""
    if joints.places is not None:
        return True
    count = joint_count(joints, size)
    if count[0] * count[1] > MOST_JOINTS:
        site.fault(part, f"{count[0]:,} by {count[1]:,} joints; at most {MOST_JOINTS:,} are taken")
    elif min(count) < 1:
        site.fault(part, f"not one joint fits on a face of {mm(size[0])} by {mm(size[1])}")
    elif joints.count is None and joints.mask is None and (joints.pitch or 0.0) > min(size):
        site.fault(
            part,
            f"the pitch of {mm(joints.pitch or 0.0)} is larger than the face of {mm(size[0])} by {mm(size[1])}; "
            "give a count if a single joint is meant",
        )
    else:
        return True
    return False


def check_sides(site: Site, part: Part, sides: Sides, across: float, size: Size, what: str) -> None:
    """Keeps the fault where things `across` wide do not fit in line on the sides of a rim of `size`; all in m."""
    for axis, n in enumerate(sides.count):
        if (length := (n - 1) * sides.pitch + across) > size[axis] + CONTACT:
            site.fault(
                part,
                f"{n} {what} on a pitch of {mm(sides.pitch)} take {mm(length)} of a side of {mm(size[axis])}; "
                "make them fewer, narrower or set them closer",
            )
