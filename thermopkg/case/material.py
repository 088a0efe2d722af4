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
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    TypeAdapter,
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

DULL = 0.9  # emissivity where none is recorded: of resins, laminates and ceramics; every metal has a record
REFERENCE_TEMPERATURE = 298.15  # K; what goes with the temperature is read here until a solve knows better

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


Temperatures = float | FloatArray  # K


class IsotropicConductivity(Provenance):
    """One conductivity for all directions."""

    value: Conductivity
    range: tuple[Conductivity, Conductivity] | None = None

    def along(self, temperature: Temperatures = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3, *that of the temperatures)."""
        return _all_ways(np.full(np.shape(temperature), self.value))


class OrthotropicConductivity(Provenance):
    """One conductivity in the plane of the layers and one through them."""

    in_plane: Conductivity
    through: Conductivity
    in_plane_range: tuple[Conductivity, Conductivity] | None = None
    through_range: tuple[Conductivity, Conductivity] | None = None

    def along(self, temperature: Temperatures = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3, *that of the temperatures)."""
        ways = self.in_plane, self.in_plane, self.through
        return np.stack([np.full(np.shape(temperature), way) for way in ways])


def _all_ways(conductivity: FloatArray) -> FloatArray:
    return np.stack([conductivity] * 3)


def _increasing(rows: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    for row, ((before, _), (temperature, _)) in enumerate(pairwise(rows), start=1):
        if temperature <= before:
            raise ValueError(
                f"table[{row}]: {temperature:g} K does not lie above the {before:g} K of the row before; "
                "order the rows by temperature, each once"
            )
    return rows


Rows = Annotated[
    tuple[tuple[Temperature, Conductivity], ...], Field(min_length=2), AfterValidator(_increasing)
]  # temperature and value


class TabulatedConductivity(Provenance):
    """Conductivity over temperature, linear between the rows and constant beyond them."""

    table: Rows
    range: tuple[Conductivity, Conductivity] | None = None  # of the value at 25 degC

    def along(self, temperature: Temperatures = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3, *that of the temperatures)."""
        temperatures, values = np.array(self.table).T
        return _all_ways(np.asarray(np.interp(temperature, temperatures, values)))


class PowerLawConductivity(Provenance):
    """Conductivity that goes with a power of the absolute temperature: value * (T / reference) ** exponent."""

    value: Conductivity  # at the reference
    reference: Temperature
    exponent: Annotated[float, Field(ge=-5, le=5)]
    range: tuple[Conductivity, Conductivity] | None = None  # of the value

    def along(self, temperature: Temperatures = REFERENCE_TEMPERATURE) -> FloatArray:
        """Conductivity along x, y, z in W/m/K, shape (3, *that of the temperatures)."""
        return _all_ways(self.value * (np.asarray(temperature) / self.reference) ** self.exponent)


def _spelled_out(value: Any) -> Any:
    """The short form of a property: its value alone."""
    return value if isinstance(value, dict | Model) else {"value": value}


def _tabled(value: Any) -> Any:
    """The short form of a property over temperature: its rows alone."""
    return {"table": value} if isinstance(value, list) else _spelled_out(value)


CONDUCTIVITY_KEYS = {"table": ("table",), "orthotropic": ("in_plane", "through"), "isotropic": ("value",)}


def _conductivity_kind(value: Any) -> str | None:
    """Which of the four a table is; None where it is none of them, or more than one."""
    keys = value if isinstance(value, dict) else vars(value)
    kinds = [kind for kind, marks in CONDUCTIVITY_KEYS.items() if any(mark in keys for mark in marks)]
    if kinds == ["isotropic"] and any(mark in keys for mark in ("exponent", "reference")):
        return "power law"
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
    | Annotated[TabulatedConductivity, Tag("table")]
    | Annotated[PowerLawConductivity, Tag("power law")],
    Discriminator(
        _conductivity_kind,
        custom_error_type="conductivity",
        custom_error_message='one conductivity is wanted: write "2.5 W/m/K", { value = ... }, '
        "{ in_plane = ..., through = ... }, { table = [[temperature, conductivity], ...] } or "
        "{ value = ..., reference = temperature, exponent = ... }",
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


class ConstantHeatCapacity(Record[HeatCapacity]):
    """Specific heat capacity at whatever temperature, J/kg/K."""

    def at(self, temperature: Temperatures) -> FloatArray:
        """J/kg/K at temperatures in K, of their shape."""
        return np.full(np.shape(temperature), self.value)


CapacityRows = Annotated[tuple[tuple[Temperature, HeatCapacity], ...], Field(min_length=2), AfterValidator(_increasing)]


class TabulatedHeatCapacity(Provenance):
    """Specific heat capacity over temperature, linear between the rows and constant beyond them, J/kg/K."""

    table: CapacityRows

    def at(self, temperature: Temperatures) -> FloatArray:
        """J/kg/K at temperatures in K, of their shape."""
        temperatures, values = np.array(self.table).T
        return np.asarray(np.interp(temperature, temperatures, values))

    @property
    def value(self) -> float:
        """J/kg/K at 25 degC."""
        return float(self.at(REFERENCE_TEMPERATURE))

    @property
    def range(self) -> None:
        """A table has none."""
        return


def _capacity_kind(value: Any) -> str:
    return "table" if "table" in (value if isinstance(value, dict) else vars(value)) else "value"


HeatCapacities = Annotated[
    Annotated[ConstantHeatCapacity, Tag("value")] | Annotated[TabulatedHeatCapacity, Tag("table")],
    Discriminator(_capacity_kind),
    BeforeValidator(_tabled),
    _ShortForms((HeatCapacity, CapacityRows)),
]


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
    heat_capacity: HeatCapacities | None = None
    modulus: _record(Pressure) | None = None  # type: ignore[valid-type]  # Young's modulus
    water_uptake: _record(Percent) | None = None  # type: ignore[valid-type]  # by mass, saturated
    viscosity: _record(Viscosity) | None = None  # type: ignore[valid-type]  # of the melt
    emissivity: _record(Percent) | None = None  # type: ignore[valid-type]

    @property
    def surface_emissivity(self) -> float:
        """Of its usual surface, from 0 to 1."""
        return DULL if self.emissivity is None else float(self.emissivity.value) / 100

    @property
    def follows_temperature(self) -> bool:
        """Whether it conducts otherwise when it is warm."""
        return isinstance(self.conductivity, TabulatedConductivity | PowerLawConductivity)

    @property
    def stores_by_temperature(self) -> bool:
        """Whether it takes up more heat for a kelvin, or less, when it is warm."""
        return isinstance(self.heat_capacity, TabulatedHeatCapacity)


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
