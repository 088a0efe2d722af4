"""How do "75 um" and "25 degC" become SI? Parsing at the edge, and the annotated field types of the case models.

Every dimensional value is a string with a unit. Inside, values are plain floats in SI units and kelvin; a value
that a model writes out again carries its SI unit, so that reading it back gives the very same float.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    import pint

NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*([^\s\d.+-].*?)\s*", re.DOTALL)
_SYMBOL = r"[A-Za-zµμΩ°%][A-Za-z_µμΩ°%]*"
_FACTOR = rf"{_SYMBOL}(?:\s*(?:\^|\*\*)\s*-?[1-9])?"  # the registry would evaluate a power of powers for hours
_PRODUCT = rf"{_FACTOR}(?:(?:\s*[*/·]\s*|\s+){_FACTOR})*"
_UNIT = re.compile(rf"{_PRODUCT}(?:\s*[*/·]\s*\(\s*{_PRODUCT}\s*\))?")
SPELLINGS = (  # what drawings and data sheets write, and the registry's word for it
    (re.compile("°C"), "degC"),
    (re.compile("°F"), "degF"),
    (re.compile("²"), "^2"),
    (re.compile("³"), "^3"),
    (re.compile(r"\bmil\b"), "thou"),  # the registry's own mil is an angle
)
MISTAKEN = {  # units that are easily typed for another
    "C": "C is the coulomb, degC the degree Celsius",
    "F": "F is the farad, degF the degree Fahrenheit",
    "mK": "mK is the millikelvin, m*K the metre-kelvin",
}
LONGEST_QUANTITY = 80  # characters; nobody writes a longer one, and patterns take their time over what is endless
LONGEST_QUOTE = 60  # characters of a wrong input that an error repeats
EXACT_DIGITS = 15  # of a conversion factor; the registry's arithmetic spoils the last ones, 1 g/cm^3 to 999.99…


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
    low_hint: str = ""
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
    shown = "".join(c if c.isprintable() else "?" for c in shown[: 2 * LONGEST_QUOTE])
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"


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
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number; {dimension.name} is wanted")
        raise ValueError(f'{quote(value)} has no unit; write "{quote(value)} {dimension.usual}"')
    result = _to_si(value, dimension)
    if dimension.positive and result <= 0:
        hint = f"; {dimension.zero_hint}" if result == 0 and dimension.zero_hint else ""
        raise ValueError(f"must be greater than 0, got {quote(value)}{hint}")
    if not dimension.lowest <= result <= dimension.highest:
        low, high = (f"{in_usual(bound, dimension):.6g}" for bound in (dimension.lowest, dimension.highest))
        hint = f"; {dimension.low_hint}" if result < dimension.lowest and dimension.low_hint else ""
        raise ValueError(
            f"{quote(value)} is out of range: {dimension.name} lies between {low} and {high} {dimension.usual}{hint}"
        )
    return result


@lru_cache(maxsize=4096)
def _to_si(text: str, dimension: Dimension) -> float:
    """The number in SI whatever its sign and size; ValueError with a message for the user."""
    number, unit_text = _split(text, dimension)
    unit = _unit(unit_text)
    example = f'"{number:g} {dimension.usual}"'
    if unit is None:
        raise ValueError(
            f"{quote(text)}: {quote(unit_text)} is not a unit; {dimension.name} is wanted, such as {example}"
        )
    on_scale = str(unit) in {"degree_Celsius", "degree_Fahrenheit"}
    if dimension.si == "kelvin" and not dimension.absolute and on_scale:
        raise ValueError(f"{quote(text)} is a temperature, and {dimension.name} is wanted: write it in K")
    if dimension.absolute and str(unit).startswith("delta_"):
        raise ValueError(f"{quote(text)} is a temperature difference, and {dimension.name} is wanted: write {example}")
    if not unit.is_compatible_with(dimension.si):
        mistaken = next((f" ({MISTAKEN[word]})" for word in re.findall(r"\w+", unit_text) if word in MISTAKEN), "")
        raise ValueError(f"{quote(text)} is {_describe(unit)}{mistaken}; {dimension.name} is wanted, such as {example}")
    if on_scale:
        return float(_registry().Quantity(number, unit).to(dimension.si).magnitude)
    return _times(number, unit, dimension.si)


def _split(text: str, dimension: Dimension) -> tuple[float, str]:
    """The number and the unit's text of a quantity; ValueError with a message for the user."""
    if len(text) > LONGEST_QUANTITY:
        raise ValueError(f'{quote(text)} is too long for {dimension.name}; write it like "1 {dimension.usual}"')
    match = _QUANTITY.fullmatch(text)
    if match is not None and not match[2].startswith(","):
        number = float(match[1])
        if not math.isfinite(number):
            raise ValueError(f"{quote(text)} is not a finite number; {dimension.name} is wanted")
        return number, " ".join(match[2].split())
    found = re.search(NUMBER, text)
    example = f'"{found.group() if found else 1} {dimension.usual}"'
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    if re.fullmatch(rf"\s*{NUMBER}\s*", text):
        raise ValueError(f"{quote(text)} has no unit; write {example}")
    if re.match(r"\s*[+-]?(nan|inf)", text, re.IGNORECASE):
        raise ValueError(f"{quote(text)} is not a finite number; {dimension.name} is wanted, such as {example}")
    if re.match(r"\s*[+-]?[0-9]+,[0-9]", plain):
        raise ValueError(
            f"{quote(text)} has a comma: the decimal mark is a point, and thousands are not set apart; "
            f'write it like "3.5 {dimension.usual}"'
        )
    if plain != text and _QUANTITY.fullmatch(plain):
        raise ValueError(f'{quote(text)} has digits or signs of another alphabet; write "{plain.strip()}"')
    raise ValueError(f"{quote(text)} is not a number with a unit; write it like {example}")


@lru_cache(maxsize=512)
def _unit(text: str) -> "pint.Unit | None":
    """The registry's unit of that name; None where there is none."""
    for pattern, word in SPELLINGS:
        text = pattern.sub(word, text)
    if not _UNIT.fullmatch(text):
        return None
    try:
        return _registry().parse_units(text)
    except Exception:  # the registry raises a dozen unrelated types for text that is no unit
        return None


def _times(number: float, unit: "pint.Unit", si: str) -> float:
    """The number times its unit, to the nearest float where the factor is a whole number or one over such."""
    factor = float(_registry().Quantity(1.0, unit).to(si).magnitude)
    inverse = float(f"{1 / factor:.{EXACT_DIGITS}g}")
    if factor < 1 and inverse.is_integer():
        return number / inverse
    return number * float(f"{factor:.{EXACT_DIGITS}g}")


def in_usual(value: float, dimension: Dimension) -> float:
    """A value in SI as a number of the unit that a user would write."""
    return float(_registry().Quantity(value, dimension.si).to(dimension.usual).magnitude)


def _describe(unit: "pint.Unit") -> str:
    for dimension in DIMENSIONS:
        if unit.is_compatible_with(dimension.si):
            return dimension.name
    return f"in {unit:~C}" if str(unit) != "dimensionless" else "a bare number"


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


LENGTH = Dimension("a length", "meter", "mm", 1e-9, 10.0, positive=True, zero_hint="what has no size is left out")
GAP = Dimension(
    "a gap", "meter", "mm", 1e-9, 10.0, positive=True, zero_hint='parts that touch are placed with on = "PART"'
)
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
SPEED = Dimension(
    "a speed", "meter / second", "m/s", 1e-3, 100.0, positive=True, zero_hint='air that does not move is air = "still"'
)
ALTITUDE = Dimension("an altitude", "meter", "m", -500.0, 11000.0)  # of the standard atmosphere's lowest layer
AREAL_RESISTANCE = Dimension(
    "a resistance of an area",
    "meter ** 2 * kelvin / watt",
    "mm^2*K/W",
    1e-12,
    10.0,
    positive=True,
    zero_hint="parts that touch have none between them as it is",
)
THERMAL_RESISTANCE = Dimension("a thermal resistance", "kelvin / watt", "K/W", 1e-6, 1e6, positive=True)
MOMENT = Dimension("a time", "second", "s", 0.0, 1e9)  # thirty years
DURATION = Dimension("a duration", "second", "s", 1e-12, 1e9, positive=True)
POWER = Dimension("a power", "watt", "W", 0.0, 1e6)
TEMPERATURE = Dimension(
    "a temperature", "kelvin", "degC", 0.0, 5000.0, low_hint="nothing is colder than absolute zero", absolute=True
)
WARMING = Dimension("a temperature difference", "kelvin", "K", 1e-3, 5000.0, positive=True)
DENSITY = Dimension("a density", "kilogram / meter ** 3", "kg/m^3", 1e-3, 1e5, positive=True)
HEAT_CAPACITY = Dimension("a specific heat capacity", "joule / kilogram / kelvin", "J/kg/K", 1.0, 1e5, positive=True)
PRESSURE = Dimension("a pressure", "pascal", "GPa", 0.0, 1e13)
VISCOSITY = Dimension("a viscosity", "pascal * second", "Pa*s", 0.0, 1e9)
SHARE = Dimension("a share", "percent", "%", 0.0, 100.0)
MEMORY = Dimension("an amount of memory", "byte", "GB", 1e6, 1e15, positive=True)
TOLERANCE = Dimension("a tolerance", "percent", "%", 1e-4, 50.0, positive=True, zero_hint="no finite mesh is exact")

DIMENSIONS = (  # a unit is described by the first that it fits
    *(LENGTH, GAP, OFFSET, CONDUCTIVITY, FILM, AREAL_RESISTANCE, POWER, TEMPERATURE, DENSITY, HEAT_CAPACITY, PRESSURE),
    *(VISCOSITY, SHARE, TOLERANCE, MEMORY, SPEED, THERMAL_RESISTANCE, MOMENT),
)

Length = _field(LENGTH)
Gap = _field(GAP)
Offset = _field(OFFSET)
Conductivity = _field(CONDUCTIVITY)
Film = _field(FILM)
ArealResistance = _field(AREAL_RESISTANCE)
ThermalResistance = _field(THERMAL_RESISTANCE)
Moment = _field(MOMENT)
Duration = _field(DURATION)
Power = _field(POWER)
Speed = _field(SPEED)
Altitude = _field(ALTITUDE)
Temperature = _field(TEMPERATURE)
Warming = _field(WARMING)
Density = _field(DENSITY)
HeatCapacity = _field(HEAT_CAPACITY)
Pressure = _field(PRESSURE)
Viscosity = _field(VISCOSITY)
Memory = _field(MEMORY)
Percent = _field(SHARE)  # kept in percent
Tolerance = _field(TOLERANCE)  # kept in percent


def mm(value: float) -> str:
    """Millimetres as a case writes them, for models built from Python."""
    return f"{float(value)!r} mm"


def um(value: float) -> str:
    """Micrometres as a case writes them, for models built from Python."""
    return f"{float(value)!r} um"
