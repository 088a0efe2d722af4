"""What does a claim ask? Its limitations as rows of data, each naming its check, read from the seed files."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, get_args

from thermopkg.case.material import MaterialClass
from thermopkg.case.model import Count, Model, Name, closest
from thermopkg.units import Conductivity, Length, Percent

ElementKind = Literal["carrier", "chip", "heat sink", "encapsulant", "ball array", "passive component"]
CarrierBuild = Literal["packaging substrate", "lead frame"]


class Limitation(Model):
    """What all limitations have: their text, and the step of making where they speak of one.

    The fields of a row that name elements are listed by `elements`, in the order in which its check takes them.
    """

    text: str
    process: str | None = None


class Present(Limitation):
    """The element is there and holds some place of its own."""

    check: Literal["present"]
    element: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.element,)


class FlipChip(Limitation):
    """The chip's active face looks at the carrier, and bumps touch both."""

    check: Literal["flip-chip"]
    chip: Name
    carrier: Name
    least: Count  # bumps that touch both

    @property
    def elements(self) -> tuple[str, ...]:
        return self.chip, self.carrier


class Connected(Limitation):
    """Current gets from contacts of the first to those of the second."""

    check: Literal["connected"]
    first: Name  # whose contacts are counted
    second: Name
    least: Count  # contacts of the first that lead to the second

    @property
    def elements(self) -> tuple[str, ...]:
        return self.first, self.second


class Over(Limitation):
    """The upper lies over the lower, at least in part."""

    check: Literal["over"]
    upper: Name
    lower: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return self.upper, self.lower


class Fills(Limitation):
    """The compound takes the gap, in one body with the rest of it."""

    check: Literal["fills"]
    compound: Name
    between: tuple[Name, Name]
    least: Percent  # of the gap's volume outside bumps

    @property
    def elements(self) -> tuple[str, ...]:
        return self.compound, *self.between


class OneBody(Limitation):
    """One connected body of one material takes all the gaps."""

    check: Literal["one-body"]
    compound: Name
    gaps: tuple[tuple[Name, Name], ...]
    least: Percent  # of each gap's volume outside bumps

    @property
    def elements(self) -> tuple[str, ...]:
        return self.compound, *(end for gap in self.gaps for end in gap)


class Distance(Limitation):
    """The faces that the two turn to each other lie this far apart, everywhere."""

    check: Literal["distance"]
    first: Name
    second: Name
    low: Length  # both ends count as inside
    high: Length

    @property
    def elements(self) -> tuple[str, ...]:
        return self.first, self.second


class Exposed(Limitation):
    """Some of the face on the far side borders on the air around the package."""

    check: Literal["exposed"]
    element: Name
    away_from: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return self.element, self.away_from


class ConductivityAbove(Limitation):
    """The element conducts heat better than this in every direction, at the reference temperature."""

    check: Literal["conductivity-above"]
    element: Name
    above: Conductivity  # itself not enough

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.element,)


class OfClass(Limitation):
    """The element is of a material of one of these classes."""

    check: Literal["material-class"]
    element: Name
    any_of: tuple[MaterialClass, ...]
    undecided: tuple[MaterialClass, ...] = ()  # classes whose members may or may not hold what is asked for

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.element,)


class BallArray(Limitation):
    """Solder balls in rows and columns touch the carrier's face on the far side."""

    check: Literal["ball-array"]
    balls: Name
    carrier: Name
    away_from: Name
    least: tuple[Count, Count]  # places along x and along y

    @property
    def elements(self) -> tuple[str, ...]:
        return self.balls, self.carrier, self.away_from


class SitsOn(Limitation):
    """The element touches a face of the base, or stands there on nothing but conductors."""

    check: Literal["sits-on"]
    element: Name
    base: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return self.element, self.base


class BuiltAs(Limitation):
    """The carrier is built in one of these ways."""

    check: Literal["carrier-build"]
    element: Name
    any_of: tuple[CarrierBuild, ...]

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.element,)


AnyLimitation = (
    Present
    | FlipChip
    | Connected
    | Over
    | Fills
    | OneBody
    | Distance
    | Exposed
    | ConductivityAbove
    | OfClass
    | BallArray
    | SitsOn
    | BuiltAs
)
CHECKS: Mapping[str, type[AnyLimitation]] = {
    get_args(model.model_fields["check"].annotation)[0]: model for model in get_args(AnyLimitation)
}


class Claim(Model):
    """One claim: what it adds to the claim that it depends on."""

    number: Count
    depends_on: Count | None = None
    limitation: tuple[AnyLimitation, ...]


class ClaimDocument(Model):
    """The claims of one document, and the elements that they speak of."""

    document: Name
    elements: dict[Name, ElementKind]
    claim: tuple[Claim, ...]

    def chain(self, number: int) -> tuple[Claim, ...]:
        """The claim and all that it depends on, the independent one first; KeyError where there is no such claim."""
        claim = next((claim for claim in self.claim if claim.number == number), None)
        if claim is None:
            raise KeyError(f"{self.document}/{number}")
        return (claim,) if claim.depends_on is None else (*self.chain(claim.depends_on), claim)


@lru_cache(maxsize=1)
def documents() -> Mapping[str, ClaimDocument]:
    """All documents that have data, by name."""
    files = sorted(resources.files("thermopkg.claims").joinpath("seeds").iterdir(), key=lambda file: file.name)
    read = [read_document(file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".toml")]
    return MappingProxyType({document.document: document for document in read})


def read_document(text: str) -> ClaimDocument:
    """One seed file.

    Raises
    ------
    ValueError : a row that its check does not take, an element or an earlier claim that is not there
    """
    rows: dict[str, Any] = tomllib.loads(text)
    for claim in rows.get("claim", ()):
        claim["limitation"] = [_limitation(row) for row in claim.get("limitation", ())]
    document = ClaimDocument.model_validate(rows)
    earlier: set[int] = set()
    for item in document.claim:
        where = f"{document.document}/{item.number}"
        if item.number in earlier:
            raise ValueError(f"{where} stands there twice")
        if item.depends_on is not None and item.depends_on not in earlier:
            raise ValueError(f"{where} depends on claim {item.depends_on}, which does not stand before it")
        for limitation in item.limitation:
            for element in limitation.elements:
                if element not in document.elements:
                    raise ValueError(f"{where}: no element is called '{element}'{closest(element, document.elements)}")
        earlier.add(item.number)
    return document


def _limitation(row: dict[str, Any]) -> AnyLimitation:
    """A row read by the model of its own check, so that a fault names the field and not every other check too."""
    check = str(row.get("check"))
    if check not in CHECKS:
        raise ValueError(f"no check is called '{check}'{closest(check, CHECKS)}")
    return CHECKS[check].model_validate(row)
