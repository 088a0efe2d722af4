"""Where does the heat go? Films and fixed temperatures on the exposed faces."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Tag

from thermopkg.case.model import FaceName, Model, not_required
from thermopkg.units import Film, Temperature


class FilmCondition(Model):
    """Heat leaves at film * (temperature - ambient) per area."""

    film: Film
    ambient: Temperature | None = None  # by default that of the environment


class FixedTemperature(Model):
    """The face is held at one temperature, as by an ideal cold plate."""

    temperature: Temperature


class Adiabatic(Model):
    """No heat passes."""

    model_config = ConfigDict(json_schema_extra={"required": ["adiabatic"]})  # only Python may write Adiabatic()

    adiabatic: Literal[True] = True


def _condition_kind(value: Any) -> str | None:
    """Which of the three a table is; None where it is none of them, or more than one."""
    keys = value if isinstance(value, dict) else vars(value) if isinstance(value, Model) else ()
    kinds = [kind for kind in ("film", "temperature", "adiabatic") if kind in keys]
    return kinds[0] if len(kinds) == 1 else None


Condition = Annotated[
    Annotated[FilmCondition, Tag("film")]
    | Annotated[FixedTemperature, Tag("temperature")]
    | Annotated[Adiabatic, Tag("adiabatic")],
    Discriminator(
        _condition_kind,
        custom_error_type="condition",
        custom_error_message="one condition is wanted: write "
        '{ film = "10 W/m^2/K" }, { temperature = "25 degC" } or { adiabatic = true }',
    ),
]


class Environment(Model):
    """What surrounds the package: a condition for all faces that look up, down and sideways, and for named ones.

    A face is exposed where it borders on nothing; `faces` overrules the three general conditions on the exposed
    part of the named face.
    """

    model_config = ConfigDict(json_schema_extra=not_required)

    ambient: Temperature
    top: Condition = Adiabatic()
    bottom: Condition = Adiabatic()
    sides: Condition = Adiabatic()
    faces: dict[FaceName, Condition] = {}

    def conditions(self) -> Mapping[str, FilmCondition | FixedTemperature | Adiabatic]:
        """Every condition by its name: top, bottom, sides, then the named faces."""
        return {"top": self.top, "bottom": self.bottom, "sides": self.sides, **self.faces}

    def temperatures(self) -> Mapping[str, float]:
        """Temperature in K of everything that can take heat, by the condition's name."""
        found: dict[str, float] = {}
        for name, condition in self.conditions().items():
            match condition:
                case FilmCondition(film=film, ambient=ambient) if film > 0:
                    found[name] = self.ambient if ambient is None else ambient
                case FixedTemperature(temperature=temperature):
                    found[name] = temperature
                case _:
                    pass
        return found
