"""Which documents do the tests of rest, faces and slopes solve? Square plates and chips, a face or a material each."""

from collections.abc import Mapping
from typing import Any

from thermopkg.case.load import from_document
from thermopkg.package.package import Package
from thermopkg.package.placing import place

ZERO = 273.15  # K
SIDE = 10e-3  # m
AREA = SIDE**2

Document = dict[str, Any]
STILL: Document = {"air": "still"}


def block(name: str, height: str, material: str, **more: Any) -> Document:
    """A block of 10 x 10 mm."""
    return {"name": name, "kind": "block", "size": ["10 mm", "10 mm", height], "material": material, **more}


def chip(name: str, on: str | None, material: str, size: str = "10 mm", **more: Any) -> Document:
    """A chip of 0.5 mm that lies on its back."""
    table = {"name": name, "kind": "chip", "face": "up", "size": [size, size, "0.5 mm"], "material": material, **more}
    return table if on is None else {**table, "on": on}


def substance(conductivity: Any, **more: Any) -> Document:
    """An insulating ceramic."""
    return {"class": "ceramic", "electrical": "insulator", "conductivity": conductivity, **more}


def package_of(document: Mapping[str, Any]) -> Package:
    """A document put together."""
    return place(from_document({"title": "plates", **document}, "plates"))
