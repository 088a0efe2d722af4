"""What do all models of a case share? Frozen, closed to unknown keys, and names that are checked where they stand."""

import difflib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from thermopkg.errors import Fault
from thermopkg.units import quote

Place = tuple[str | int, ...]  # keys and indices that lead to a value of a document


class Model(BaseModel):
    """A frozen record; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def not_required(schema: dict[str, Any]) -> None:
    """For tables that a file which extends another may give in part; the schema of the case asks for the rest."""
    schema.pop("required")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong in a case, before the place is written as a path."""

    place: Place
    message: str

    def fault(self) -> Fault:
        """The same with its dotted path."""
        return Fault(dotted(self.place), self.message)


BARE_KEY = re.compile(r"[\w-]+")


def dotted(place: Place) -> str:
    """A place as an error shows it: `part[2].layers[0].material`; keys with a dot in them in quotes, as in TOML."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            key = step if BARE_KEY.fullmatch(step) else f'"{quote(step)[1:-1]}"'
            text += f".{key}" if text else key
    return text


# ---------------------------------------------------------------- names
MATERIAL_FIELDS = ("material", "fill")  # the fields that name a material, wherever they stand
NAME = re.compile(r"[^\W\d_][\w-]*")
MATERIAL_NAME = re.compile(r"[^\W\d_][\w.-]*")  # with points, as in sn96.5ag3.5
LONGEST_NAME = 40
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))}
FACES = ("top", "bottom", "sides")


def closest(name: str, known: Collection[str]) -> str:
    """ "; close: a, b", "; did you mean 'a'?", or nothing where no name is near."""
    if len(name) > 2 * LONGEST_NAME:
        return ""  # comparing takes time with the square of the length, and nothing known is that long
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.55)
    near += [k for k in known if k not in near and len(name) > 1 and k.startswith(name)][: 3 - len(near)]
    if not near:
        return ""
    return f"; did you mean '{near[0]}'?" if len(near) == 1 else f"; close: {', '.join(near)}"


def not_a_part(name: str, known: Collection[str]) -> str:
    """What an error says of a name that no part has."""
    return f"{quote(name)} is not a part of this case{closest(name, known)}"


def not_a_material(name: str, known: Collection[str]) -> str:
    """What an error says of a name that no material has."""
    return f"{quote(name)} is not in the library{closest(name, known)}"


def not_a_claim(name: str, known: Collection[str]) -> str:
    """What an error says of a name that no claim has."""
    return f"{quote(name)} is not a claim of the two documents, written DOCUMENT/NUMBER{closest(name, known)}"


WORDINGS = {"part": not_a_part, "material": not_a_material, "claim": not_a_claim}


def _name(pattern: re.Pattern[str], signs: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value) or len(value) > LONGEST_NAME:
            raise PydanticCustomError(
                "name",
                "{got} is no name: letters, digits, {signs}, starting with a letter, at most {longest} characters",
                {"got": quote(value), "signs": signs, "longest": LONGEST_NAME},
            )
        if value.lower() in DEVICES:
            raise PydanticCustomError(
                "name", "{got} is a device on some systems, where no file can be called so", {"got": quote(value)}
            )
        return value

    return AfterValidator(check)


def _known(kind: str) -> AfterValidator:
    """A check against the names that validation was given as its context; without a context all names pass."""

    def check(value: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(kind)
        if known is not None and value not in known:
            raise PydanticCustomError("unknown_name", "{reason}", {"reason": WORDINGS[kind](value, known)})
        return value

    return AfterValidator(check)


def _face(value: str, info: ValidationInfo) -> str:
    part, dot, face = value.rpartition(".")
    if not dot or face not in FACES:
        raise PydanticCustomError(
            "face",
            "{got} is no face; write PART.{faces}{hint}",
            {"got": quote(value), "faces": ", PART.".join(FACES), "hint": closest(face, FACES) if dot else ""},
        )
    known = (info.context or {}).get("part")
    if known is not None and part not in known:
        raise PydanticCustomError("unknown_name", "{reason}", {"reason": not_a_part(part, known)})
    return value


def part_of(face: str) -> str:
    """The part that a face belongs to: 'sink' of 'sink.top'."""
    return face.rpartition(".")[0]


Name = Annotated[str, Strict(), _name(NAME, "- and _")]
NewMaterialName = Annotated[str, Strict(), _name(MATERIAL_NAME, "-, _ and .")]
PartName = Annotated[str, Strict(), _known("part")]
MaterialName = Annotated[str, Strict(), _known("material")]
ClaimName = Annotated[str, Strict(), _known("claim")]
FaceName = Annotated[str, Strict(), AfterValidator(_face)]


# ---------------------------------------------------------------- numbers and text
def _share(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise PydanticCustomError("share", "{got} is no share; write a number from 0 to 1", {"got": quote(value)})
    return value


def _emissivity(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise PydanticCustomError(
            "emissivity",
            "{got} is no emissivity; write a number from 0 (a perfect mirror) to 1 (black)",
            {"got": quote(value)},
        )
    return value


HIDDEN = {"Cc", "Zl", "Zp"}  # Unicode's control characters and line breaks, which would reach terminals and tables


def _printable(allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        for character in value:
            if unicodedata.category(character) in HIDDEN and character not in allowed:
                raise PydanticCustomError(
                    "text", "holds the control character {code}; leave it out", {"code": f"U+{ord(character):04X}"}
                )
        return value

    return AfterValidator(check)


Count = Annotated[int, Strict(), Field(ge=1, le=100_000)]
Share = Annotated[float, BeforeValidator(_share), Field(json_schema_extra={"minimum": 0, "maximum": 1})]
Emissivity = Annotated[float, BeforeValidator(_emissivity), Field(json_schema_extra={"minimum": 0, "maximum": 1})]
Line = Annotated[str, Strict(), _printable("")]
Text = Annotated[str, Strict(), _printable("\n\t")]
