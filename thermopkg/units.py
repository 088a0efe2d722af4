"""How do "75 um" and "25 degC" become SI? Parsing at the edge, and the annotated field types of the case models.

Every dimensional value is a string with a unit. Inside, values are plain floats in SI units and kelvin; a value
that a model writes out again carries its SI unit, so that reading it back gives the very same float.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    import pint

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*([A-Za-zµμΩ°%][A-Za-z0-9_µμΩ°%*/^.() -]*?)\s*", re.ASCII)
LONGEST_QUOTE = 60  # characters of a wrong input that an error repeats


@dataclass(frozen=True)
class Dimension:
    """What a field measures: its SI unit, the unit a user would write, and the range that is not absurd."""

    name: str  # with its article, "a length"
    si: str  # SI unit in the registry's spelling
    usual: str  # the unit that an error suggests
    lowest: float  # smallest value taken, SI
    highest: float  # largest value taken, SI
    positive: bool = False  # zero and below are refused with a reason of their own
    zero_hint: str = ""
    absolute: bool = False  # a temperature on a scale, as against a difference


@lru_cache(maxsize=1)
def _registry() -> "pint.UnitRegistry[float]":
    import pint  # slow to import, and wanted only once a case is read

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def quote(value: object) -> str:
    """A wrong input as an error shows it: printable, and cut where it is long."""
    shown = repr(value) if isinstance(value, str) else str(value)
    if isinstance(value, bool):
        shown = shown.lower()
    shown = "".join(c if c.isprintable() else "?" for c in shown)
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"


@lru_cache(maxsize=4096)
def _to_si(text: str, dimension: Dimension) -> float:
    """Raises ValueError with a message for the user."""
    match = _QUANTITY.fullmatch(text)
    example = f'"{_example_number(text)} {dimension.usual}"'
    if match is None:
        if re.fullmatch(rf"\s*{NUMBER}\s*", text):
            raise ValueError(f"{quote(text)} has no unit; write {example}")
        if re.match(r"\s*[+-]?(nan|inf)", text, re.IGNORECASE):
            raise ValueError(f"{quote(text)} is not a finite number; {dimension.name} is wanted, such as {example}")
        raise ValueError(f"{quote(text)} is not a number with a unit; write it like {example}")
    number, unit_text = float(match[1]), match[2].replace("°C", "degC").replace("°F", "degF")
    if not math.isfinite(number):
        raise ValueError(f"{quote(text)} is not a finite number")
    registry = _registry()
    try:
        unit = registry.parse_units(unit_text.strip())
        compatible = unit.is_compatible_with(dimension.si)
    except Exception as error:  # the registry raises a dozen unrelated types for text that is no unit
        raise ValueError(
            f"{quote(text)}: {quote(unit_text)} is not a unit; {dimension.name} is wanted, such as {example}"
        ) from error
    offset = str(unit) in {"degree_Celsius", "degree_Fahrenheit"}
    if dimension.si == "kelvin" and not dimension.absolute and offset:
        raise ValueError(f"{quote(text)} is a temperature, and {dimension.name} is wanted: write it in K")
    if dimension.absolute and str(unit).startswith("delta_"):
        raise ValueError(f"{quote(text)} is a temperature difference, and {dimension.name} is wanted: write {example}")
    if not compatible:
        raise ValueError(f"{quote(text)} is {_describe(unit)}; {dimension.name} is wanted, such as {example}")
    return float(registry.Quantity(number, unit).to(dimension.si).magnitude)


def _describe(unit: "pint.Unit") -> str:
    for dimension in DIMENSIONS:
        if unit.is_compatible_with(dimension.si):
            return dimension.name
    return f"in {unit:~C}" if str(unit) else "a bare number"


def _example_number(text: str) -> str:
    found = re.search(NUMBER, text)
    return found.group() if found else "1"


def parse(value: object, dimension: Dimension) -> float:
    """A string with a unit, in SI.

    Raises
    ------
    ValueError : not a number with a unit, another dimension, not finite, or outside the range; the message says
        what was got and what is allowed
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f'{quote(value)} is not {dimension.name}; write it like "1 {dimension.usual}"')
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number; {dimension.name} is wanted")
        raise ValueError(f'{value} has no unit; write "{value} {dimension.usual}"')
    result = _to_si(value, dimension)
    if dimension.positive and result <= 0:
        hint = f"; {dimension.zero_hint}" if result == 0 and dimension.zero_hint else ""
        raise ValueError(f"must be greater than 0, got {quote(value)}{hint}")
    if not dimension.lowest <= result <= dimension.highest:
        raise ValueError(
            f"{quote(value)} is out of range: {dimension.name} lies between "
            f"{dimension.lowest:g} and {dimension.highest:g} {_symbol(dimension)}"
        )
    return result


def _symbol(dimension: Dimension) -> str:
    return f"{_registry().parse_units(dimension.si):~C}" if dimension.si != "percent" else "%"


def format_si(value: float, dimension: Dimension) -> str:
    """The string that `parse` reads back as the very same float."""
    return f"{float(value)!r} {dimension.si}"


def _field(dimension: Dimension) -> Any:  # an Annotated type cannot be named more closely
    def read(value: object) -> float:
        try:
            return parse(value, dimension)
        except ValueError as error:
            raise PydanticCustomError("quantity", "{reason}", {"reason": str(error)}) from error

    write: Callable[[float], str] = lambda value: format_si(value, dimension)  # noqa: E731  typed here, used once
    schema = {
        "type": "string",
        "description": f"{dimension.name}, a number with a unit",
        "pattern": rf"^\s*{NUMBER}\s*[^\s\d].*$",
        "examples": [f"1 {dimension.usual}"],
    }
    return Annotated[float, BeforeValidator(read), PlainSerializer(write), WithJsonSchema(schema)]


LENGTH = Dimension("a length", "meter", "mm", 1e-9, 10.0, positive=True, zero_hint="leave the layer out instead")
OFFSET = Dimension("a distance", "meter", "mm", -10.0, 10.0)
CONDUCTIVITY = Dimension(
    "a conductivity",
    "watt / meter / kelvin",
    "W/m/K",
    1e-6,
    1e5,
    positive=True,
    zero_hint="for a perfect insulator take an adiabatic face, or 1e-6 W/m/K and above",
)
FILM = Dimension("a film coefficient", "watt / meter ** 2 / kelvin", "W/m^2/K", 0.0, 1e10)
POWER = Dimension("a power", "watt", "W", 0.0, 1e6)
TEMPERATURE = Dimension("a temperature", "kelvin", "degC", 0.0, 5000.0, absolute=True)
DENSITY = Dimension("a density", "kilogram / meter ** 3", "kg/m^3", 1e-3, 1e5, positive=True)
HEAT_CAPACITY = Dimension("a specific heat capacity", "joule / kilogram / kelvin", "J/kg/K", 1.0, 1e5, positive=True)
PRESSURE = Dimension("a pressure", "pascal", "GPa", 0.0, 1e13)
VISCOSITY = Dimension("a viscosity", "pascal * second", "Pa*s", 0.0, 1e9)
SHARE = Dimension("a share", "percent", "%", 0.0, 100.0)
TOLERANCE = Dimension("a tolerance", "percent", "%", 1e-4, 50.0, positive=True, zero_hint="no finite mesh is exact")

DIMENSIONS = (
    LENGTH,
    CONDUCTIVITY,
    FILM,
    POWER,
    TEMPERATURE,
    DENSITY,
    HEAT_CAPACITY,
    PRESSURE,
    VISCOSITY,
    SHARE,
)

Length = _field(LENGTH)
Offset = _field(OFFSET)
Conductivity = _field(CONDUCTIVITY)
Film = _field(FILM)
Power = _field(POWER)
Temperature = _field(TEMPERATURE)
Density = _field(DENSITY)
HeatCapacity = _field(HEAT_CAPACITY)
Pressure = _field(PRESSURE)
Viscosity = _field(VISCOSITY)
Percent = _field(SHARE)  # kept in percent
Tolerance = _field(TOLERANCE)  # kept in percent


def mm(value: float) -> str:
    """Millimetres as a case writes them, for models built from Python."""
    return f"{value!r} mm"


def um(value: float) -> str:
    """Micrometres as a case writes them, for models built from Python."""
    return f"{value!r} um"
