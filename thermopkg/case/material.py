"""What is a material? Its properties, each with its source, and the built-in library of them."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from thermopkg.arraytypes import FloatArray
from thermopkg.case.model import Model, Name
from thermopkg.units import (
    Conductivity,
    Density,
    HeatCapacity,
    Percent,
    Pressure,
    Temperature,
    Viscosity,
)

REFERENCE_TEMPERATURE = 298.15  # K; a table over temperature is read here until a solve knows better

T = TypeVar("T")

Confidence = Literal[
    "read",  # in a stored copy of the source
    "second-hand",  # quoted by another
    "recalled-high",
    "recalled-medium",
    "recalled-low",
    "computed",
    "stated",  # by the author of the case
]
MaterialClass = Literal[
    "metal", "solder", "semiconductor", "ceramic", "resin", "laminate", "adhesive", "gas", "composite"
]
ElectricalRole = Literal["conductor", "semiconductor", "insulator"]


class Provenance(Model):
    """Where a value comes from and how far to trust it."""

    source: str = "the case itself"
    confidence: Confidence = "stated"
    note: str = ""


class IsotropicConductivity(Provenance):
    """One conductivity for all directions."""

    value: Conductivity
    range: tuple[Conductivity, Conductivity] | None = None

    def along(self) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3,)."""
        return np.full(3, self.value)


class OrthotropicConductivity(Provenance):
    """One conductivity in the plane of the layers and one through them."""

    in_plane: Conductivity
    through: Conductivity
    in_plane_range: tuple[Conductivity, Conductivity] | None = None
    through_range: tuple[Conductivity, Conductivity] | None = None

    def along(self) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3,)."""
        return np.array([self.in_plane, self.in_plane, self.through])


class TabulatedConductivity(Provenance):
    """Conductivity over temperature, linear between the rows and constant beyond them."""

    table: Annotated[tuple[tuple[Temperature, Conductivity], ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _increases(self) -> "TabulatedConductivity":
        temperatures = [row[0] for row in self.table]
        for row in range(1, len(temperatures)):
            if temperatures[row] <= temperatures[row - 1]:
                raise ValueError(
                    f"row {row} of the table: {temperatures[row]:g} K does not lie above "
                    f"{temperatures[row - 1]:g} K in the row before; order the rows by temperature"
                )
        return self

    def along(self, temperature: float = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K at one temperature in K, shape (3,)."""
        temperatures, values = np.array(self.table).T
        return np.full(3, np.interp(temperature, temperatures, values))


def _spelled_out(value: Any) -> Any:
    """The short forms of a conductivity: "2.5 W/m/K", or a bare table."""
    if isinstance(value, str | int | float):
        return {"value": value}
    if isinstance(value, list):
        return {"table": value}
    return value


def _conductivity_kind(value: Any) -> str:
    keys = value if isinstance(value, dict) else vars(value)
    if "table" in keys:
        return "table"
    if "in_plane" in keys or "through" in keys:
        return "orthotropic"
    return "isotropic"


Conductivities = Annotated[
    Annotated[IsotropicConductivity, Tag("isotropic")]
    | Annotated[OrthotropicConductivity, Tag("orthotropic")]
    | Annotated[TabulatedConductivity, Tag("table")],
    Discriminator(_conductivity_kind),
    BeforeValidator(_spelled_out),
]


class Record(Provenance, Generic[T]):
    """One property: its value, the range that is met in practice, and where it comes from."""

    value: T
    range: tuple[T, T] | None = None


def _record(quantity: Any) -> Any:
    return Annotated[Record[quantity], BeforeValidator(_spelled_out)]


class Material(Model):
    """A material of a case or of the library."""

    title: str = ""
    class_: MaterialClass = Field(alias="class")
    electrical: ElectricalRole
    aliases: tuple[Name, ...] = ()
    conductivity: Conductivities
    density: _record(Density) | None = None  # type: ignore[valid-type]  # pydantic builds the type
    heat_capacity: _record(HeatCapacity) | None = None  # type: ignore[valid-type]
    modulus: _record(Pressure) | None = None  # type: ignore[valid-type]  # Young's modulus
    water_uptake: _record(Percent) | None = None  # type: ignore[valid-type]  # by mass, saturated
    viscosity: _record(Viscosity) | None = None  # type: ignore[valid-type]  # of the melt
    emissivity: _record(Percent) | None = None  # type: ignore[valid-type]


def library_names() -> tuple[str, ...]:
    """The built-in materials in alphabetical order, each once, without aliases."""
    aliases = {alias for material in library().values() for alias in material.aliases}
    return tuple(sorted(name for name in library() if name not in aliases))


@lru_cache(maxsize=1)
def library() -> Mapping[str, Material]:
    """The built-in materials by name and by alias."""
    text = resources.files("thermopkg.case").joinpath("library.toml").read_text(encoding="utf-8")
    materials = {name: Material.model_validate(record) for name, record in tomllib.loads(text).items()}
    aliases = {alias: material for material in materials.values() for alias in material.aliases}
    return MappingProxyType(aliases | materials)
