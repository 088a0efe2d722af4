"""What lies between two parts that touch? A resistance of their interface, voids in it, and patches drawn on it."""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from thermopkg.case.model import Finding, Model, PartName, not_a_part
from thermopkg.units import AREAL_RESISTANCE, ArealResistance, Length, Offset, Percent, format_si, parse, quote

Faces = Literal["horizontal", "vertical"]
OPEN = "open"  # no heat passes
ALL = 100.0  # percent


def _read(value: object) -> object:
    if value == OPEN:
        return value
    try:
        return parse(value, AREAL_RESISTANCE)
    except ValueError as error:
        raise PydanticCustomError("quantity", "{reason}", {"reason": f'{error}; or "{OPEN}"'}) from error


def _write(value: float | str) -> str:
    return value if isinstance(value, str) else format_si(value, AREAL_RESISTANCE)


Resistance = Annotated[
    Literal["open"] | float,
    BeforeValidator(_read),
    PlainSerializer(_write),
    WithJsonSchema(
        {
            "type": "string",
            "description": f"{AREAL_RESISTANCE.name}, a number with a unit, or {OPEN}",
            "examples": [f"1 {AREAL_RESISTANCE.usual}", OPEN],
        }
    ),
]


def resisted(resistance: float | str | None) -> float:
    """What stands in a case as m^2 K/W: infinite where it is open, none where nothing is said."""
    if resistance is None:
        return 0.0
    return math.inf if isinstance(resistance, str) else resistance


class ContactPatch(Model):
    """A rectangle of a horizontal interface with a resistance of its own; a later one holds the place they share."""

    size: tuple[Length, Length]
    at: tuple[Offset, Offset] = (0.0, 0.0)  # its middle, from that of the interface
    resistance: Resistance


class Contact(Model):
    """The interface of two parts: what it resists all over, or where it is patched."""

    between: tuple[PartName, PartName]
    faces: Faces | None = None  # by default the horizontal ones on which they touch, or the vertical if none
    resistance: Resistance | None = None  # by default none, as where parts touch without a contact
    voids: Percent = 0.0  # share of the interface where nothing touches
    void_resistance: ArealResistance | None = None  # of the voided share; without it no heat passes there
    patch: tuple[ContactPatch, ...] = ()

    @property
    def through(self) -> float:
        """m^2 K/W of the interface outside its patches: both shares side by side; 0 for none, infinite if open."""
        own = resisted(self.resistance)
        if self.voids == 0.0:
            return own
        share, void = self.voids / ALL, math.inf if self.void_resistance is None else self.void_resistance
        conductance = (0.0 if share == 1.0 else (1.0 - share) / own) + share / void
        return 1.0 / conductance if conductance > 0.0 else math.inf

    @model_validator(mode="after")
    def _meant(self) -> "Contact":
        first, second = self.between
        if first == second:
            raise ValueError(f"names {quote(first)} twice; a contact lies between two parts")
        if self.void_resistance is not None and self.voids == 0.0:
            raise ValueError('has a void_resistance, which goes with voids = "5 %"')
        if 0.0 < self.voids < ALL and self.resistance is None:
            raise ValueError(
                f"has voids of {self.voids:g} % beside an interface of no resistance, which passes all heat there is: "
                'name the resistance where it touches, or draw the void with [[contact.patch]] and resistance = "open"'
            )
        if self.voids > 0.0 and self.resistance == OPEN:
            raise ValueError("is open all over, so that no share of it can be void besides; leave voids out")
        if self.patch and self.faces == "vertical":
            raise ValueError("has patches, which are drawn on horizontal faces, and lies on vertical ones")
        if self.through == 0.0 and not self.patch:
            raise ValueError('says nothing of its interface; give a resistance = "10 mm^2*K/W", voids or a patch')
        return self


def pair_of_table(table: Any) -> tuple[str, ...]:
    """The parts that a contact names as it stands in a document; none where it cannot be made out."""
    names = table.get("between") if isinstance(table, dict) else None
    return tuple(names) if isinstance(names, list) and all(isinstance(name, str) for name in names) else ()


def contact_findings(pairs: Sequence[tuple[str, ...]], names: Collection[str]) -> Iterator[Finding]:
    """Contacts of parts that are not there, and interfaces named twice.

    Parameters
    ----------
    pairs : the parts that each contact names
    names : of all parts
    """
    for i, pair in enumerate(pairs):
        for side, name in enumerate(pair):
            if name not in names:
                yield Finding(("contact", i, "between", side), not_a_part(name, names))
        earlier = [j for j, other in enumerate(pairs[:i]) if set(other) == set(pair)]
        if pair and earlier:
            yield Finding(
                ("contact", i, "between"),
                f"{' and '.join(map(quote, pair))} have a contact already, contact[{earlier[0]}]; one holds for all of "
                "their interface",
            )
