"""Where may two parts touch across a resistance? The planes of their faces, and the side that gives a layer to it.

A contact is laid as a layer of LAYER, cut from one of the two parts, which conducts across and in no other direction:
the resistance of the contact and that of what the layer took the place of, in series. It is cut from the part whose
face it is, and of two faces that meet from the thicker part; never from a chip at its active face, where heat is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.case.case import Case
from thermopkg.case.contact import Contact, resisted
from thermopkg.errors import Fault
from thermopkg.package.site import mm
from thermopkg.package.solids import Solid, bounds_of, neighbours

LAYER = 1e-9  # m; docs/decisions/0006-contact-resistance.md
SAME_PLACE = 1e-10  # m; faces nearer than this meet: far above rounding, and below the layer
THINNEST = 4 * LAYER  # m, of a part that is to give a layer
ACROSS = ((1, 2), (0, 2), (0, 1))  # the two other axes of each


@dataclass(frozen=True)
class Rectangle:
    """A patch of an interface: x and y, m, and its resistance, m^2 K/W, infinite where it is open."""

    x: tuple[float, float]
    y: tuple[float, float]
    resistance: float


@dataclass(frozen=True)
class Interface:
    """A plane in which two parts may touch.

    `giver` gives its layer between `plane` and `inner`, coordinates along `axis`, m; the other part lies beyond
    `plane`. `resistance` in m^2 K/W: none where only the patches resist, infinite where the contact is open.
    """

    contact: int  # number in the case
    giver: str
    other: str
    axis: int
    plane: float
    high: bool  # whether the layer is the giver's high end
    resistance: float
    patches: tuple[Rectangle, ...] = ()

    @property
    def inner(self) -> float:
        """Where the layer ends inside the giver, m."""
        return self.plane - LAYER if self.high else self.plane + LAYER

    def ticks(self, axis: int) -> list[float]:
        """Coordinates along an axis that a grid must have, m."""
        own = [self.plane, self.inner] if axis == self.axis else []
        return own if axis == 2 else [*own, *(end for patch in self.patches for end in (patch.x, patch.y)[axis])]


@dataclass(frozen=True)
class _Face:
    """A face of a part that lies in or on the other part; `thickness` of the two parts there, m."""

    low: str  # the part on the low side
    high: str
    axis: int
    plane: float
    owner: str
    thickness: Mapping[str, float]
    bounds: tuple[tuple[float, float], tuple[float, float]]  # of all its pieces, along the two other axes, m


ActivePlanes = Mapping[str, tuple[float, bool]]  # of each chip: height, m, and whether the face looks up


def interfaces(case: Case, solids: Sequence[Solid], active: ActivePlanes) -> tuple[tuple[Interface, ...], list[Fault]]:
    """The planes of all contacts of a case, and what is wrong with them.

    What really touches there is known once the package is painted: fills and encapsulants give way to other parts.
    """
    found: list[Interface] = []
    faults: list[Fault] = []
    for number, contact in enumerate(case.contact):
        try:
            found += _of_contact(number, contact, solids, active)
        except ValueError as error:
            faults.append(Fault(named(contact), str(error)))
    if case.contact and case.study.round and any(solid.discs is not None for solid in solids):
        told = (
            "is not for packages with [[contact]]: a bound for a contact that a circle cuts is not known; leave it out"
        )
        faults.append(Fault("study.round", told))
    return tuple(found), faults


def named(contact: Contact) -> str:
    """A contact as errors call it; its number is not that in the file it came from."""
    first, second = contact.between
    return f"contact of '{first}' and '{second}'"


def _of_contact(number: int, contact: Contact, solids: Sequence[Solid], active: ActivePlanes) -> Iterator[Interface]:
    """ValueError with a message for the user where there is nothing to lay it on."""
    first, second = contact.between
    boxes = {name: _boxes(name, solids) for name in contact.between}
    touching = [*_faces(first, second, boxes), *_faces(second, first, boxes)]
    if not touching:
        raise ValueError(f"they do not touch: {_apart(first, second, solids)}")
    faces = _meant(contact, touching)
    patches = _rectangles(contact, [face for face in faces if face.axis == 2])
    for both in _by_plane(faces):
        plane, axis = both[0].plane, both[0].axis
        giver = _giver(both, active)
        high = giver == both[0].low
        other = both[0].high if high else both[0].low
        own = patches if axis == 2 else ()
        if contact.through > 0.0 or own:
            yield Interface(number, giver, other, axis, plane, high, contact.through, own)


def _meant(contact: Contact, touching: Sequence[_Face]) -> list[_Face]:
    """The faces that a contact is to lie on; ValueError where the two touch on others only."""
    wanted = contact.faces or ("horizontal" if any(face.axis == 2 for face in touching) else "vertical")
    chosen = [face for face in touching if (face.axis == 2) == (wanted == "horizontal")]
    if not chosen:
        raise ValueError(f"they touch on no {wanted} faces; leave `faces` out")
    return chosen


def _boxes(part: str, solids: Sequence[Solid]) -> FloatArray:
    """Of all solids of a part but what merely fills the room between its joints, m, shape (n, 3, 2)."""
    return np.concatenate([solid.boxes for solid in solids if solid.part == part and solid.role != "fill"])


def _faces(owner: str, other: str, boxes: Mapping[str, FloatArray]) -> Iterator[_Face]:
    """Faces of one part beyond which the other has boxes, those in one plane together."""
    own, beyond = boxes[owner], boxes[other]
    grown = own + np.array([-SAME_PLACE, SAME_PLACE])
    i, j = neighbours(grown, beyond)
    a, b = own[i], beyond[j]
    low, high = np.maximum(a[:, :, 0], b[:, :, 0]), np.minimum(a[:, :, 1], b[:, :, 1])
    wide = high - low > SAME_PLACE
    for axis in range(3):
        first, second = ACROSS[axis]
        for upper in (False, True):
            at = a[:, axis, int(upper)]
            room = b[:, axis, 1] - at if upper else at - b[:, axis, 0]  # that the other has beyond the face
            reached = b[:, axis, 0] <= at + SAME_PLACE if upper else b[:, axis, 1] >= at - SAME_PLACE
            touching = np.flatnonzero(wide[:, first] & wide[:, second] & reached & (room > SAME_PLACE))
            for group in _alike(at[touching]):
                rows = touching[group]
                thickness = float((a[rows, axis, 1] - a[rows, axis, 0]).min())
                pieces = np.stack([low[rows], high[rows]], axis=2)
                around = bounds_of(pieces)
                yield _Face(
                    *((owner, other) if upper else (other, owner)),
                    axis,
                    float(at[rows[0]]),
                    owner,
                    {owner: thickness, other: float(room[rows].min())},
                    (_pair(around[first]), _pair(around[second])),
                )


def _pair(ends: FloatArray) -> tuple[float, float]:
    return float(ends[0]), float(ends[1])


def _alike(values: FloatArray) -> Iterator[IntArray]:
    """Indices of values that are the same to SAME_PLACE, group by group."""
    order = np.argsort(values, kind="stable")
    if order.size:
        yield from np.split(order, np.flatnonzero(np.diff(values[order]) > SAME_PLACE) + 1)


def _by_plane(faces: Sequence[_Face]) -> Iterator[list[_Face]]:
    """One face, or one of either part where both end in the same plane."""
    left = list(faces)
    while left:
        one = left.pop(0)
        same = [
            face
            for face in left
            if (face.low, face.axis) == (one.low, one.axis) and abs(face.plane - one.plane) <= SAME_PLACE
        ]
        left = [face for face in left if face not in same]
        yield [one, *same]


def _giver(faces: Sequence[_Face], active: ActivePlanes) -> str:
    """The part that a layer is cut from; ValueError where neither can give one."""
    one = faces[0]
    thickness = {part: min(face.thickness[part] for face in faces) for part in (one.low, one.high)}

    def heated(part: str) -> bool:
        z, up = active.get(part, (np.inf, False))
        return one.axis == 2 and abs(z - one.plane) <= SAME_PLACE and up == (part == one.low)

    able = [part for part in thickness if thickness[part] >= THINNEST and not heated(part)]
    if not able:
        raise ValueError(
            f"one of them must be {THINNEST * 1e9:g} nm thick at least where they touch, and not heated there: the "
            f"contact is laid as a layer of {LAYER * 1e9:g} nm"
        )
    owners = {face.owner for face in faces}
    return min(able, key=lambda part: (part not in owners, -round(thickness[part] / SAME_PLACE), part))


def _rectangles(contact: Contact, level: Sequence[_Face]) -> tuple[Rectangle, ...]:
    """The patches in absolute coordinates; ValueError where there is not one horizontal plane for them."""
    if not contact.patch:
        return ()
    heights = [float(face.plane) for face in level]
    planes = [heights[group[0]] for group in _alike(np.array(heights))]
    if len(planes) != 1:
        told = "on no horizontal plane" if not planes else f"at {len(planes)} heights, {', '.join(map(mm, planes))}"
        raise ValueError(f"they touch {told}; a patch is drawn where there is one horizontal interface")
    ends = np.array([face.bounds for face in level])  # face, x and y, low and high
    middle = 0.5 * (ends[:, :, 0].min(axis=0) + ends[:, :, 1].max(axis=0))
    found = []
    for patch in contact.patch:
        (x, y), (a, b) = middle + np.array(patch.at), patch.size
        x_span, y_span = (float(x - a / 2), float(x + a / 2)), (float(y - b / 2), float(y + b / 2))
        found.append(Rectangle(x_span, y_span, resisted(patch.resistance)))
    return tuple(found)


def _apart(first: str, second: str, solids: Sequence[Solid]) -> str:
    """How far two parts lie from one another, in words."""
    one, other = (np.stack([s.bounds for s in solids if s.part == part]) for part in (first, second))
    gaps = np.maximum(one[:, None, :, 0] - other[None, :, :, 1], other[None, :, :, 0] - one[:, None, :, 1])
    distance = float(np.sqrt((np.maximum(gaps, 0.0) ** 2).sum(axis=2)).min())
    return f"they lie {mm(distance)} apart" if distance > SAME_PLACE else "no face of one lies on a face of the other"
