"""Which joints become one medium? Whole grids that ask for it, each in the place of its cells, with what fills them.

Everything that is checked of a package is checked of its joints one by one; only then do media take their places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from thermopkg.arraytypes import BoolArray, FloatArray
from thermopkg.case.case import Case
from thermopkg.case.part import JointModel, Joints
from thermopkg.case.parts import Balls, Chip, Pads, Part, Vias
from thermopkg.errors import Fault
from thermopkg.package.arrays import equal_area_side
from thermopkg.package.effective import in_parallel
from thermopkg.package.medium import Cell, Column, Directions, Medium
from thermopkg.package.site import CONTACT, Site, joint_face, mm
from thermopkg.package.solids import Role, Solid, bounds_of, overlaps

GIVING_WAY: tuple[Role, ...] = ("encapsulant", "fill")  # what joints may stand in; vias pass layers and adhesives, too
EXPLICIT = 'write model = "explicit"'


def joints_of(part: Part) -> Joints | None:
    """The array of joints that a part is or has; None where it has none."""
    match part:
        case Chip():
            return part.bumps
        case Pads() | Balls() | Vias():
            return part
        case _:
            return None


def with_joint_model(part: Part, model: JointModel) -> Part:
    """The part with its joints modelled in one of the ways; unchanged where it has none."""
    match part:
        case Chip(bumps=Joints() as bumps):
            return part.model_copy(update={"bumps": bumps.model_copy(update={"model": model})})
        case Pads() | Balls() | Vias():
            return part.model_copy(update={"model": model})
        case _:
            return part


@dataclass(frozen=True, eq=False)
class _Grid:
    """A whole grid of joints: its solids as they stand one by one, from the outermost inwards, and its room."""

    part: Part
    model: JointModel
    own: tuple[Solid, ...]
    n: tuple[int, int]
    room: FloatArray  # of all cells, m, shape (3, 2)

    @property
    def size(self) -> tuple[float, float]:
        """Of one cell, m."""
        width, depth = (self.room[:2, 1] - self.room[:2, 0]) / self.n
        return float(width), float(depth)


def with_media(site: Site, solids: Sequence[Solid]) -> list[Solid]:
    """The solids in the order of painting, every grid that asks for it as media; keeps the faults of those that cannot.

    A grid's room is its cells, as far as the face that carries it reaches on the nearer side: there the cells are
    smaller than the pitch, and the joints' share is larger.
    """
    found = list(solids)
    media: list[tuple[Part, Solid]] = []
    for part in site.case.part:
        joints = joints_of(part)
        if joints is None or joints.model == "explicit":
            continue
        grid = _grid(site, part, joints, solids)
        if grid is None:
            continue
        made = _media(site, grid, solids)
        place = found.index(grid.own[0])
        found = [solid for solid in [*found[:place], *made, *found[place:]] if solid not in grid.own]
        for other, one in ((o, s) for o, s in media for new in made if overlaps(s.boxes, new.boxes, CONTACT)):
            site.fault(part, f"shares the room between its joints with '{one.name}' of '{other.name}'; {EXPLICIT}")
        media += [(part, solid) for solid in made]
    return [solid for solid in found if solid.medium is not None or not _taken(solid, [one for _, one in media])]


def _taken(solid: Solid, media: Sequence[Solid]) -> bool:
    """Whether media take all of its place: an underfill no larger than the array of bumps is in their medium alone."""
    return all(any(_holds(medium.boxes, box).any() for medium in media) for box in solid.boxes)


def _holds(boxes: FloatArray, box: FloatArray) -> BoolArray:
    """Which of the boxes hold another with all its corners; m, shapes (n, 3, 2) and (3, 2)."""
    low, high = boxes[:, :, 0] <= box[:, 0] + CONTACT, boxes[:, :, 1] >= box[:, 1] - CONTACT
    return np.asarray((low & high).all(axis=1))


def _grid(site: Site, part: Part, joints: Joints, solids: Sequence[Solid]) -> _Grid | None:
    roles: tuple[Role, ...] = ("bumps", "pads", "balls", "vias", "via fill")
    own = tuple(solid for solid in solids if solid.part == part.name and solid.role in roles)
    own = tuple(sorted(own, key=lambda solid: solid.role == "via fill"))
    assert own, "whoever has joints has solids of them"
    assert own[0].discs is not None, "joints are round"
    middles = own[0].discs[:, :2]
    nx, ny = (np.unique(np.round(middles[:, axis], 9)).size for axis in (0, 1))  # to the nanometre
    if nx * ny != len(middles):
        site.fault(
            part,
            f"carries {len(middles):,} of {nx * ny:,} joints of its grid: only a whole one is a medium; {EXPLICIT}",
        )
        return None
    assert joints.pitch is not None, "only a grid may be a medium"
    room = bounds_of(own[0].boxes)
    face = _face(site, part)
    for axis, n in ((0, nx), (1, ny)):
        centre = room[axis].mean()
        reach = min(n * joints.pitch / 2, centre - face[axis, 0], face[axis, 1] - centre)
        room[axis] = centre - reach, centre + reach
    grid = _Grid(part, joints.model, own, (nx, ny), room)
    across = joints.diameter if site.case.study.round else equal_area_side(joints.diameter)
    if min(grid.size) <= across + CONTACT:
        site.fault(
            part, f"has joints {mm(across)} wide in cells of {mm(min(grid.size))}: nothing lies between; {EXPLICIT}"
        )
        return None
    return grid


def _face(site: Site, part: Part) -> FloatArray:
    """The box of what carries the joints, or of what the vias pass have in common."""
    match part:
        case Pads() | Balls():
            return joint_face(site, part)
        case Vias():
            passed = np.stack([site.boxes[name] for name in part.through or part.between or ()])
            return np.stack([passed[:, :, 0].max(axis=0), passed[:, :, 1].min(axis=0)], axis=1)
        case _:
            return site.boxes[part.name]


# ---------------------------------------------------------------- what fills the room
def _media(site: Site, grid: _Grid, solids: Sequence[Solid]) -> list[Solid]:
    """One solid for each layer of the room that something else fills."""
    others = [solid for solid in solids if solid not in grid.own]
    made = []
    for low, high in pairwise(_levels(grid.room, others)):
        room = grid.room.copy()
        room[2] = low, high
        fill = _filling(site, grid, room, others)
        if isinstance(fill, Fault):
            site.faults.append(fill)
        else:
            made.append(replace(grid.own[0], boxes=room[None], discs=None, medium=_medium(site.case, grid, fill)))
    return made


def _levels(room: FloatArray, others: Sequence[Solid]) -> list[float]:
    """Heights at which what fills the room may change, from its bottom to its top, m."""
    inside = {float(room[2, 0]), float(room[2, 1])}
    for solid in others:
        for z in np.unique(solid.boxes[:, 2]).tolist():
            if room[2, 0] + CONTACT < z < room[2, 1] - CONTACT and all(abs(z - other) > CONTACT for other in inside):
                inside.add(z)
    return sorted(inside)


def _filling(site: Site, grid: _Grid, room: FloatArray, others: Sequence[Solid]) -> Solid | Fault:
    """The one solid that fills a layer of the room, or why there is none."""
    where = f"part '{grid.part.name}'"
    passing = isinstance(grid.part, Vias)
    for solid in reversed(others):
        if overlaps(solid.boxes, room[None], CONTACT) is None:
            continue
        through = passing and (solid.role == "layer" or site.part(solid.part).kind == "adhesive")
        if solid.role in GIVING_WAY or through:
            if _holds(solid.boxes, room).any():
                return solid
            return Fault(where, f"stands in '{solid.name}' with some of its joints only; {EXPLICIT}")
        return Fault(where, f"has '{solid.name}' between its joints, which is no fill; {EXPLICIT}")
    return Fault(
        where,
        "has nothing between its joints, and a medium fills its room: put an encapsulant there, give balls a "
        f'fill = "air", or {EXPLICIT}',
    )


# ---------------------------------------------------------------- what it conducts
def _medium(case: Case, grid: _Grid, fill: Solid) -> Medium:
    columns = []
    for solid in grid.own:
        assert solid.discs is not None, "joints are round"
        diameter = 2 * float(solid.discs[0, 3])
        columns.append(Column(equal_area_side(diameter), diameter, _along(case, solid)))
    cell = Cell(grid.size, tuple(columns), _along(case, fill), case.study.round)
    *own, rest = cell.shares
    materials = [(solid.material, share) for solid, share in zip(grid.own, own, strict=True)]
    materials += [(name, share * rest) for name, share in _parts(fill)]
    assert grid.model != "explicit", "only a grid that is to be one is made a medium"
    return Medium(grid.model, grid.n[0] * grid.n[1], cell, tuple(materials), cell.by_formula())


def _along(case: Case, solid: Solid) -> Directions:
    """What a solid conducts along x, y, z, W/m/K; materials smeared over one another by their shares."""
    shares = [share for _, share in _parts(solid)]
    each = [case.material_named(name).conductivity.along() for name, _ in _parts(solid)]
    x, y, z = in_parallel(shares, each).tolist()
    return x, y, z


def _parts(solid: Solid) -> Iterator[tuple[str, float]]:
    """The materials of a solid with their shares."""
    yield solid.material, solid.share
    if solid.filler is not None:
        yield solid.filler, 1 - solid.share
