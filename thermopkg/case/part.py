"""What do parts share? A name, a place relative to another part, layers, and the language of arrays."""

from collections.abc import Collection
from typing import Annotated, Any

from pydantic import ConfigDict, Field, Strict, field_validator, model_validator

from thermopkg.case.model import Count, MaterialName, Model, Name, PartName, Share
from thermopkg.units import Gap, Length, Offset, quote

Footprint = tuple[Length, Length]  # along x and y
Block3 = tuple[Length, Length, Length]  # along x, y and z
MOST_LAYERS = 64  # of one carrier or board; the thickest boards made have about forty


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


def _kind_required(schema: dict[str, Any]) -> None:
    """An editor tells the kinds apart by this key, which has a default in Python only."""
    if "kind" in schema["properties"]:
        schema["required"] = ["kind", *schema.get("required", [])]


class PartModel(Model):
    """What all parts have: a name and a place relative to another part.

    A part lies `on` another, hangs `under` it, or stands `over` it at a `gap`; `at` moves its centre from the
    other's centre. Exactly one part of a case has no relation: everything else is placed from it.
    """

    model_config = ConfigDict(json_schema_extra=_kind_required)

    name: Name
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
    def _one_relation(self) -> "PartModel":
        relations = [name for name in ("on", "under", "over") if getattr(self, name) is not None]
        if conflict := relation_conflict(relations, self.gap is not None):
            raise ValueError(conflict)
        return self


class Layer(Model):
    """One layer of a carrier or board; copper that covers a share of it is smeared with what fills the rest."""

    material: MaterialName
    thickness: Length
    coverage: Share = 1.0
    fill: MaterialName | None = None  # of the share that is not covered; by default the nearest dielectric layer


Layers = Annotated[tuple[Layer, ...], Field(min_length=1, max_length=MOST_LAYERS)]  # from bottom to top


class Array(Model):
    """A centred grid of round joints, each modelled as a square column of equal area."""

    material: MaterialName
    pitch: Length
    diameter: Length  # of the equivalent cylinder
    height: Length
    count: tuple[Count, Count] | None = None  # along x and y; by default as many as fit
    rows: Count | None = None  # keep only this many rows from the rim inwards
    mask: tuple[Annotated[str, Strict()], ...] | None = None  # rows from low y to high y, "1" a joint, "0" none

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
    def _fits(self) -> "Array":
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
