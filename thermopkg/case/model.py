"""What do all models of a case share? Frozen, closed to unknown keys, and names that are checked where they stand."""

import difflib
import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, ValidationInfo
from pydantic_core import PydanticCustomError

from thermopkg.units import quote


class Model(BaseModel):
    """A frozen record; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def closest(name: str, known: Collection[str]) -> str:
    """ "; close: a, b", "; did you mean 'a'?", or nothing where no name is near."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.55)
    near += [k for k in known if k not in near and len(name) > 2 and k.startswith(name)][: 3 - len(near)]
    if not near:
        return ""
    return f"; did you mean '{near[0]}'?" if len(near) == 1 else f"; close: {', '.join(near)}"


NAME = re.compile(r"[^\W\d_][\w-]*")
LONGEST_NAME = 40
FACES = ("top", "bottom", "sides")


def _plain_name(value: str) -> str:
    if not NAME.fullmatch(value) or len(value) > LONGEST_NAME:
        raise PydanticCustomError(
            "name",
            "{got} is no name: letters, digits, - and _, starting with a letter, at most {longest} characters",
            {"got": quote(value), "longest": LONGEST_NAME},
        )
    return value


def _known(kind: str, where: str) -> Any:
    """A check against the names that validation was given as its context; without a context all names pass."""

    def check(value: str, info: ValidationInfo) -> str:
        known = (info.context or {}).get(kind)
        if known is not None and value not in known:
            raise PydanticCustomError(
                "unknown_name",
                "{got} is not {where}{hint}",
                {"got": quote(value), "where": where, "hint": closest(value, known)},
            )
        return value

    return AfterValidator(check)


def _face(value: str, info: ValidationInfo) -> str:
    part, dot, face = value.partition(".")
    if not dot or face not in FACES:
        raise PydanticCustomError(
            "face",
            "{got} is no face; write PART.{faces}{hint}",
            {"got": quote(value), "faces": ", PART.".join(FACES), "hint": closest(face, FACES) if dot else ""},
        )
    known = (info.context or {}).get("part")
    if known is not None and part not in known:
        raise PydanticCustomError(
            "unknown_name", "{got}: there is no part {part}{hint}",
            {"got": quote(value), "part": quote(part), "hint": closest(part, known)},
        )  # fmt: skip
    return value


Name = Annotated[str, Strict(), AfterValidator(_plain_name)]
PartName = Annotated[str, Strict(), _known("part", "a part of this case")]
MaterialName = Annotated[str, Strict(), _known("material", "in the library")]
ClaimName = Annotated[str, Strict(), _known("claim", "a claim of the two documents, written DOCUMENT/NUMBER")]
FaceName = Annotated[str, Strict(), AfterValidator(_face)]
Count = Annotated[int, Strict(), Field(ge=1, le=100_000)]


def _share(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise PydanticCustomError(
            "share", "{got} is no share; write a number above 0 and up to 1", {"got": quote(value)}
        )
    return value


Share = Annotated[float, BeforeValidator(_share)]
