"""Where does the heat go? Films and fixed temperatures on the exposed faces."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, PlainSerializer, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from thermopkg.case.area import FaceArea
from thermopkg.case.model import Emissivity, FaceName, Model, Place, not_required
from thermopkg.units import SPEED, Altitude, Film, Temperature, format_si, parse, quote

STILL = 0.0  # m/s
MOST_REGIONS = 64  # each adds up to eight planes to the grid


def _speed(value: object) -> float:
    if value == "still":
        return STILL
    try:
        return parse(value, SPEED)
    except ValueError as error:
        reason = str(error)
        if not isinstance(value, str) or not value[:1].isdigit():
            reason = f'{quote(value)} is no state of air; write air = "still", or its speed as in air = "1 m/s"'
        raise PydanticCustomError("air", "{reason}", {"reason": reason}) from error


AirSpeed = Annotated[
    float,
    BeforeValidator(_speed),
    PlainSerializer(lambda speed: "still" if speed == STILL else format_si(speed, SPEED)),
    WithJsonSchema(
        {"type": "string", "description": '"still", or a speed with its unit', "examples": ["still", "1 m/s"]}
    ),
]


class FilmCondition(Model):
    """Heat leaves at film * (temperature - ambient) per area, and by radiation where an emissivity is given."""

    film: Film
    ambient: Temperature | None = None  # by default that of the environment; of the walls that it radiates to as well
    emissivity: Emissivity | None = None  # without it nothing is radiated beyond what the film stands for


class AirCondition(Model):
    """Air stands or moves along the face, and the face radiates: the film follows from its temperature."""

    air: AirSpeed  # m/s, along x; zero where it stands still
    ambient: Temperature | None = None  # of the air and of the walls; by default that of the environment
    emissivity: Emissivity | None = None  # by default that of the material


class FixedTemperature(Model):
    """The face is held at one temperature, as by an ideal cold plate."""

    temperature: Temperature


class Adiabatic(Model):
    """No heat passes."""

    model_config = ConfigDict(json_schema_extra={"required": ["adiabatic"]})  # only Python may write Adiabatic()

    adiabatic: Literal[True] = True


def _condition_kind(value: Any) -> str | None:
    """Which of the four a table is; None where it is none of them, or more than one."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, Model) else ()
    kinds = [kind for kind in ("film", "air", "temperature", "adiabatic") if kind in keys]
    return f"{kinds[0]} condition" if len(kinds) == 1 else None  # no name of a key, which a path would take it for


Condition = Annotated[
    Annotated[FilmCondition, Tag("film condition")]
    | Annotated[AirCondition, Tag("air condition")]
    | Annotated[FixedTemperature, Tag("temperature condition")]
    | Annotated[Adiabatic, Tag("adiabatic condition")],
    Discriminator(
        _condition_kind,
        custom_error_type="condition",
        custom_error_message="one condition is wanted: write "
        '{ film = "10 W/m^2/K" }, { air = "still" }, { temperature = "25 degC" } or { adiabatic = true }',
    ),
]


class FaceRegion(FaceArea):
    """A part of a face with a condition of its own, as under the rim of a cold plate."""

    condition: Condition


class Environment(Model):
    """What surrounds the package: a condition for all faces that look up, down and sideways, and for named ones.

    A face is exposed where it borders on nothing; `faces` overrules the three general conditions on the exposed
    part of the named face, and a region overrules all of these where it lies.
    """

    model_config = ConfigDict(json_schema_extra=not_required)

    ambient: Temperature
    altitude: Altitude = 0.0  # thin air takes less heat; without a face that air cools it changes nothing
    top: Condition = Adiabatic()
    bottom: Condition = Adiabatic()
    sides: Condition = Adiabatic()
    faces: dict[FaceName, Condition] = {}
    region: Annotated[tuple[FaceRegion, ...], Field(max_length=MOST_REGIONS)] = ()

    def conditions(self) -> Mapping[str, FilmCondition | AirCondition | FixedTemperature | Adiabatic]:
        """Every condition by its name: top, bottom, sides, then the named faces, then the regions."""
        regions = {region.name: region.condition for region in self.region}
        return {"top": self.top, "bottom": self.bottom, "sides": self.sides, **self.faces, **regions}

    def place_of(self, name: str) -> Place:
        """Where a case has the condition of that name."""
        numbers = {region.name: number for number, region in enumerate(self.region)}
        if name in numbers:
            return ("environment", "region", numbers[name], "condition")
        return ("environment", "faces", name) if name in self.faces else ("environment", name)

    def temperatures(self) -> Mapping[str, float]:
        """Temperature in K of everything that can take heat, by the condition's name."""
        found: dict[str, float] = {}
        for name, condition in self.conditions().items():
            match condition:
                case FilmCondition(film=film, ambient=ambient, emissivity=emissivity) if film > 0 or emissivity:
                    found[name] = self.ambient if ambient is None else ambient
                case AirCondition(ambient=ambient):
                    found[name] = self.ambient if ambient is None else ambient
                case FixedTemperature(temperature=temperature):
                    found[name] = temperature
                case _:
                    pass
        return found
