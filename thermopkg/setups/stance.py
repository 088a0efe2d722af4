"""On what does a package stand? The lowest of its parts, and how many joints on which pitch a board has to meet."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from thermopkg.arraytypes import FloatArray
from thermopkg.case.part import Joints
from thermopkg.case.parts import Balls, LeadFrame, Pads, Part, Tape
from thermopkg.errors import Fault
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid

LEVEL = 1e-9  # m; what lies within this of the lowest point is as low
FIRST = (Balls, Pads, LeadFrame, Tape)  # what a board joins, the likelier first; all else is soldered flat


@dataclass(frozen=True, eq=False)
class Stance:
    """What a board joins: the lowest part, and its joints.

    `body` and `array` are boxes seen from above, of the package and of its joints, m, shape (2, 2); `middle` is the
    point from which what hangs under the part is placed, shape (2,).
    """

    part: Part
    body: FloatArray
    array: FloatArray
    middle: FloatArray
    joints: int
    pitch: float  # m
    land: float  # area of the copper under one joint, m^2
    at_rim: bool  # leads come from the rim, so that no trace runs under the package
    paddle: tuple[float, float] | None = None  # of a lead frame, which is soldered to a land of its size, m

    @property
    def size(self) -> FloatArray:
        """Of the package along x and y, m, shape (2,)."""
        return np.asarray(self.body[:, 1] - self.body[:, 0])


def stance(package: Package, joints: int | None = None, pitch: float | None = None) -> Stance | Fault:
    """On what a package stands, or why that cannot be told.

    Parameters
    ----------
    joints, pitch : of a part that shows none of its own, or in their place; m
    """
    solids = _lowest(package)
    part = package.case.part_named(solids[0].part)
    own = _own_joints(part, solids)
    if (joints is None or pitch is None) and own is None:
        return Fault(
            f"part '{part.name}'",
            "is the lowest and has neither balls, pads nor leads for a board's traces; hang balls or pads under it, or "
            "have it soldered flat: give the number of joints that it stands for and their pitch, as [datasheet] with "
            'joints = 360 and pitch = "1.27 mm", or in Python BoardOptions(joints=360, pitch=1.27e-3)',
        )
    number, apart, land = own if own is not None else (0, 0.0, 0.0)
    boxes = np.concatenate([solid.boxes for solid in solids])[:, :2]
    box = package.parts[part.name].box[:2]
    frame = part if isinstance(part, LeadFrame) else None
    return Stance(
        part=part,
        body=package.bounds[:2],
        array=np.stack([boxes[:, :, 0].min(axis=0), boxes[:, :, 1].max(axis=0)], axis=1),
        middle=box.mean(axis=1),
        joints=number if joints is None else joints,
        pitch=apart if pitch is None else pitch,
        land=land,
        at_rim=isinstance(part, LeadFrame | Tape),
        paddle=None if frame is None else frame.paddle,
    )


def _lowest(package: Package) -> list[Solid]:
    """Solids of one part that reach down to the lowest point: joints before leads, and of others the largest."""
    solids = [solid for solid in package.solids if solid.bounds[2, 0] <= LEVEL]
    for kind in FIRST:
        found = [s for s in solids if isinstance(package.case.part_named(s.part), kind) and s.role != "fill"]
        if found:
            return [solid for solid in found if solid.part == found[0].part]
    widest = max(solids, key=lambda solid: float(np.prod(solid.bounds[:2, 1] - solid.bounds[:2, 0])))
    return [solid for solid in solids if solid.part == widest.part]


def _own_joints(part: Part, solids: list[Solid]) -> tuple[int, float, float] | None:
    """How many joints a part has, on which pitch (m), and the area under one (m^2); None where it has none."""
    match part:
        case Balls() | Pads():
            boxes = solids[0].boxes
            area = float(np.prod(boxes[0, :2, 1] - boxes[0, :2, 0]))
            return len(boxes), _pitch(part, boxes), area
        case LeadFrame(leads=leads) | Tape(leads=leads):
            return 2 * sum(leads.count), leads.pitch, leads.width * leads.length
        case _:
            return None


def _pitch(joints: Joints, boxes: FloatArray) -> float:
    """As the part has it, or else the distance of the nearest two, m; of a single joint, twice its width."""
    if joints.pitch is not None:
        return float(joints.pitch)
    if len(boxes) == 1:
        return 2 * float(joints.diameter)
    middles = boxes[:, :2].mean(axis=2)
    return float(np.asarray(cKDTree(middles).query(middles, k=2)[0])[:, 1].min())
