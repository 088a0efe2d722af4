"""What do parts share? A name, a place relative to another part, layers, and the language of arrays."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, Strict, ValidationInfo, field_validator, model_validator
from scipy.spatial import cKDTree

from thermopkg.case.model import Count, MaterialName, Model, Name, PartName, Share
from thermopkg.units import Gap, Length, Offset, quote

Footprint = tuple[Length, Length]  # along x and y
Block3 = tuple[Length, Length, Length]  # along x, y and z
SideCount = Annotated[int, Strict(), Field(ge=0, le=10_000)]
MOST_LAYERS = 64  # of one carrier or board; the thickest boards made have about forty
MOST_ZONES = 64  # of one layer; each adds four planes to the grid, and a drawing of more wants a mesh file


def relation_conflict(relations: Collection[str], has_gap: bool) -> str | None:
    """What is wrong with the relations that a part names, whatever they point to; None where nothing is.

    Parameters
    ----------
    relations : which of on, under and over are given
    """
    if len(relations) > 1:
        return f"is placed twice, by {' and by '.join(repr(r) for r in relations)}; keep one of them"
    if has_gap and "over" not in relations:
        return 'has a gap, which goes with over = "PART" only'
    if not has_gap and "over" in relations:
        return 'is placed over another part and has no gap; add gap = "0.1 mm", or place it with on = "PART"'
    return None


def kind_required(schema: dict[str, Any]) -> None:
    """An editor tells the kinds apart by this key, which has a default in Python only."""
    if "kind" in schema["properties"]:
        schema["required"] = ["kind", *schema.get("required", [])]


class PartModel(Model):
    """What all parts have: a name."""

    model_config = ConfigDict(json_schema_extra=kind_required)

    name: Name


class PlacedModel(PartModel):
    """A part with a place relative to another part.

    It lies `on` another, hangs `under` it, or stands `over` it at a `gap`; `at` moves its centre from the other's
    centre. Exactly one part of a case has no relation: everything else is placed from it.
    """

    on: PartName | None = None
    under: PartName | None = None
    over: PartName | None = None
    gap: Gap | None = None  # to the part that this one stands over
    at: tuple[Offset, Offset] = (0.0, 0.0)

    @property
    def base(self) -> str | None:
        """The part that this one is placed from."""
        return self.on or self.under or self.over

    @model_validator(mode="after")
    def _one_relation(self) -> "PlacedModel":
        relations = [name for name in ("on", "under", "over") if getattr(self, name) is not None]
        if conflict := relation_conflict(relations, self.gap is not None):
            raise ValueError(conflict)
        return self


class Zone(Model):
    """A rectangle of a layer in which the metal covers another share than in the rest of it."""

    size: Footprint
    coverage: Share  # zero where there is nothing but the layer's fill
    at: tuple[Offset, Offset] = (0.0, 0.0)  # of its middle, from that of the part


Pattern = Literal[
    "smeared",  # nothing is known of it: both conduct side by side in every direction, an upper bound
    "plane",  # a sheet with round holes
    "traces",  # long lines, half of them along x and half along y
    "islands",  # lands that do not touch
]


class Layer(Model):
    """One layer of a carrier or board; copper that covers a share of it is smeared with what fills the rest.

    `coverage` holds outside the zones, each of which is painted over those before it; `pattern` says what conducts in
    the plane where it is below one.
    """

    material: MaterialName
    thickness: Length
    fill: MaterialName | None = None  # of the share that is not covered; by default the nearest full layer's material
    zones: Annotated[tuple[Zone, ...], Field(max_length=MOST_ZONES)] = ()
    pattern: Pattern = "smeared"
    coverage: Share = 1.0  # after the zones, which decide whether it may be zero

    @field_validator("coverage")
    @classmethod
    def _some(cls, value: float, info: ValidationInfo) -> float:
        if value == 0.0 and not info.data.get("zones", True):
            raise ValueError(
                "0 is no share for a layer without zones: one of nothing but its fill names that as its material"
            )
        return value

    @property
    def full(self) -> bool:
        """Whether it is of its material alone, everywhere."""
        return self.coverage == 1.0 and not self.zones

    @property
    def coverages(self) -> tuple[float, ...]:
        """Of the layer outside its zones, and of every zone."""
        return (self.coverage, *(zone.coverage for zone in self.zones))


Layers = Annotated[tuple[Layer, ...], Field(min_length=1, max_length=MOST_LAYERS)]  # from bottom to top


JointModel = Literal["explicit", "effective", "unit-cell"]  # one by one; as a medium by formula, by a solved cell


class Joints(Model):
    """Round joints side by side, each modelled as a square column of equal area: a centred grid, or single places.

    A whole grid may be modelled as one orthotropic medium instead, of the joints and what fills the room between them.
    """

    material: MaterialName
    diameter: Length  # of the equivalent cylinder
    pitch: Length | None = None
    count: tuple[Count, Count] | None = None  # along x and y; by default as many as fit
    rows: Count | None = None  # keep only this many rows from the rim inwards
    mask: tuple[Annotated[str, Strict()], ...] | None = None  # rows from low y to high y, "1" a joint, "0" none
    places: tuple[tuple[Offset, Offset], ...] | None = None  # of each joint's middle, from that of the face
    model: JointModel = "explicit"

    @field_validator("mask")
    @classmethod
    def _rectangular(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if value is None:
            return value
        if not value or not value[0]:
            raise ValueError("is empty; write rows of 1 and 0, or leave it out")
        for row, text in enumerate(value):
            if set(text) - {"0", "1"}:
                raise ValueError(f"row {row} is {quote(text)}; only 1 (a joint) and 0 (none) are allowed")
            if len(text) != len(value[0]):
                raise ValueError(f"row {row} has {len(text)} places and row 0 has {len(value[0])}; make them equal")
        if not any("1" in row for row in value):
            raise ValueError("keeps no joint at all")
        return value

    @model_validator(mode="after")
    def _fits(self) -> "Joints":
        partial = [key for key in ("places", "mask", "rows") if getattr(self, key) is not None]
        if self.model != "explicit" and partial:
            raise ValueError(
                f'is modelled as one medium (model = "{self.model}") and names {" and ".join(partial)}: only a whole '
                f'grid is alike throughout; write model = "explicit", or leave {" and ".join(partial)} out'
            )
        if self.places is not None:
            self._check_places(self.places)
            return self
        if self.pitch is None:
            raise ValueError(
                'needs the places of its joints in one way: pitch = "0.5 mm", or places = [["0 mm", …], …]'
            )
        if self.diameter >= self.pitch:
            raise ValueError(
                f"the diameter of {self.diameter * 1e3:g} mm is not below the pitch of {self.pitch * 1e3:g} mm: "
                "neighbouring joints would touch"
            )
        if self.mask is not None and self.count is not None and self.count != (len(self.mask[0]), len(self.mask)):
            raise ValueError(
                f"count is {list(self.count)} and the mask has {len(self.mask[0])} by {len(self.mask)} places; "
                "leave one of them out"
            )
        if self.mask is not None and self.rows is not None:
            raise ValueError("has both rows and a mask; keep one of them")
        return self

    def _check_places(self, places: tuple[tuple[float, float], ...]) -> None:
        given = [key for key in ("pitch", "count", "rows", "mask") if getattr(self, key) is not None]
        if given:
            raise ValueError(f"names its places one by one and has {' and '.join(given)} too; keep one of the ways")
        if not places:
            raise ValueError("places is empty; name one joint at least")
        if len(places) == 1:
            return
        middles = np.array(places)
        distances, others = map(np.asarray, cKDTree(middles).query(middles, k=2))
        nearest = int(distances[:, 1].argmin())
        first, second = sorted((nearest, int(next(i for i in others[nearest] if i != nearest))))
        if distances[nearest, 1] <= self.diameter:
            raise ValueError(
                f"places[{first}] and places[{second}] are {distances[nearest, 1] * 1e3:.4g} mm apart, not more than "
                f"the diameter of {self.diameter * 1e3:g} mm: the joints would touch"
            )


class Array(Joints):
    """Round joints of one height."""

    height: Length


class Sides(Model):
    """Things in line along the four sides of a rim, centred on each."""

    count: tuple[SideCount, SideCount]  # on each of the two sides that run along x, and along y
    pitch: Length

    @field_validator("count")
    @classmethod
    def _some(cls, value: tuple[int, int]) -> tuple[int, int]:
        if value == (0, 0):
            raise ValueError("is zero on all sides; leave the part out, or count at least one")
        return value


def check_apart(sides: Sides, across: float, what: str) -> None:
    """ValueError where things `across` wide (m) on the pitch of the sides would touch."""
    if max(sides.count) > 1 and across >= sides.pitch:
        raise ValueError(
            f"the {what} of {across * 1e3:g} mm is not below the pitch of {sides.pitch * 1e3:g} mm: "
            "neighbours would touch"
        )


class Leads(Sides):
    """Metal strips from the rim of a carrier inwards."""

    width: Length
    length: Length

    @model_validator(mode="after")
    def _apart(self) -> "Leads":
        check_apart(self, self.width, "width")
        return self
