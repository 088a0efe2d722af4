"""What is a material? Its properties, each with its source, and the built-in library of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, Generic, Literal, TypeVar

import numpy as np
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    TypeAdapter,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from thermopkg.arraytypes import FloatArray
from thermopkg.case.model import Line, Model, NewMaterialName, Text, not_required
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

    source: Line = "the case itself"
    confidence: Confidence = "stated"
    note: Text = ""


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


Rows = Annotated[tuple[tuple[Temperature, Conductivity], ...], Field(min_length=2)]


class TabulatedConductivity(Provenance):
    """Conductivity over temperature, linear between the rows and constant beyond them."""

    table: Rows

    @model_validator(mode="after")
    def _increases(self) -> "TabulatedConductivity":
        for row, ((before, _), (temperature, _)) in enumerate(pairwise(self.table), start=1):
            if temperature <= before:
                raise ValueError(
                    f"table[{row}]: {temperature:g} K does not lie above the {before:g} K of the row before; "
                    "order the rows by temperature, each once"
                )
        return self

    def along(self, temperature: float = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K at one temperature in K, shape (3,)."""
        temperatures, values = np.array(self.table).T
        return np.full(3, np.interp(temperature, temperatures, values))


def _spelled_out(value: Any) -> Any:
    """The short form of a property: its value alone."""
    return value if isinstance(value, dict | Model) else {"value": value}


def _tabled(value: Any) -> Any:
    """The short form of a conductivity over temperature: its rows alone."""
    return {"table": value} if isinstance(value, list) else _spelled_out(value)


CONDUCTIVITY_KEYS = {"table": ("table",), "orthotropic": ("in_plane", "through"), "isotropic": ("value",)}


def _conductivity_kind(value: Any) -> str | None:
    """Which of the three a table is; None where it is none of them, or more than one."""
    keys = value if isinstance(value, dict) else vars(value)
    kinds = [kind for kind, marks in CONDUCTIVITY_KEYS.items() if any(mark in keys for mark in marks)]
    return kinds[0] if len(kinds) == 1 else None


@dataclass(frozen=True)
class _ShortForms:
    """Tells the JSON Schema of the forms that a property takes beside a table."""

    forms: tuple[type | Any, ...]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [*(TypeAdapter(form).json_schema() for form in self.forms), handler(core)]}


Conductivities = Annotated[
    Annotated[IsotropicConductivity, Tag("isotropic")]
    | Annotated[OrthotropicConductivity, Tag("orthotropic")]
    | Annotated[TabulatedConductivity, Tag("table")],
    Discriminator(
        _conductivity_kind,
        custom_error_type="conductivity",
        custom_error_message='one conductivity is wanted: write "2.5 W/m/K", { value = ... }, '
        "{ in_plane = ..., through = ... } or { table = [[temperature, conductivity], ...] }",
    ),
    BeforeValidator(_tabled),
    _ShortForms((Conductivity, Rows)),
]


class Record(Provenance, Generic[T]):
    """One property: its value, the range that is met in practice, and where it comes from."""

    value: T
    range: tuple[T, T] | None = None


def _record(quantity: Any) -> Any:
    return Annotated[Record[quantity], BeforeValidator(_spelled_out), _ShortForms((quantity,))]


class Material(Model):
    """A material of a case or of the library."""

    model_config = ConfigDict(
        populate_by_name=True,  # Python cannot write class = "metal"
        json_schema_extra=not_required,
    )

    title: Line = ""
    class_: MaterialClass = Field(alias="class")
    electrical: ElectricalRole
    aliases: tuple[NewMaterialName, ...] = ()
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
