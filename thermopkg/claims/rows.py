"""What can a limitation ask? One model for each check, with the elements that it speaks of and its thresholds."""

from collections.abc import Mapping
from typing import Literal, get_args

from thermopkg.case.material import MaterialClass
from thermopkg.case.model import Count, Model, Name
from thermopkg.units import Conductivity, Length, Percent, Pressure, Viscosity

CarrierBuild = Literal["packaging substrate", "lead frame", "tape carrier"]
Conductor = Literal["vias", "traces"]  # what leads from one carrier to another


class Limitation(Model):
    """What all limitations have: their text, and the step of making where they speak of one.

    The fields of a row that name elements are listed by `elements`, in the order in which its check takes them.
    """

    text: str
    process: str | None = None


class _OfOne(Limitation):
    """Asks something of one element alone."""

    element: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.element,)


# ---------------------------------------------------------------- where parts are
class Present(_OfOne):
    """The element is there and holds some place of its own."""

    check: Literal["present"]


class Over(Limitation):
    """The upper lies over the lower, at least in part; where asked, no chip of the chipset under it reaches higher."""

    check: Literal["over"]
    upper: Name
    lower: Name
    uppermost_on: Name | None = None  # carrier of the chipset whose uppermost chip the lower must be

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.upper, self.lower) if self.uppermost_on is None else (self.upper, self.lower, self.uppermost_on)


class Chipset(Limitation):
    """Several chips stand over the carrier, on it or on one another."""

    check: Literal["chipset"]
    carrier: Name
    least: Count

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.carrier,)


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


class SitsOn(Limitation):
    """The element touches a face of the base, or stands there on nothing but conductors."""

    check: Literal["sits-on"]
    element: Name
    base: Name

    @property
    def elements(self) -> tuple[str, ...]:
        return self.element, self.base


class Attached(Limitation):
    """The chip's active face looks away from the base, and its back is joined to it directly or by an adhesive."""

    check: Literal["attached"]
    chip: Name
    base: Name
    least: Percent  # of the area in which the two face each other

    @property
    def elements(self) -> tuple[str, ...]:
        return self.chip, self.base


class BackToBack(Limitation):
    """The adhesive lies on the back of the first chip and reaches to the back of the second."""

    check: Literal["back-to-back"]
    adhesive: Name
    first: Name
    second: Name
    least: Percent  # of the area in which the two backs face each other

    @property
    def elements(self) -> tuple[str, ...]:
        return self.adhesive, self.first, self.second


# ---------------------------------------------------------------- what fills the room
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


class FillsAround(Limitation):
    """The compound takes the room that other parts leave between two carriers, and covers the chips' side walls."""

    check: Literal["fills-around"]
    compound: Name
    between: tuple[Name, Name]
    chips: tuple[Name, Name]
    least: Percent  # of the room, and of each chip's side walls

    @property
    def elements(self) -> tuple[str, ...]:
        return self.compound, *self.between, *self.chips


# ---------------------------------------------------------------- joints and circuits
class FlipChip(Limitation):
    """The chip's active face looks at the carrier, and bumps touch both."""

    check: Literal["flip-chip"]
    chip: Name
    carrier: Name  # or another chip
    least: Count  # bumps that touch both
    within: Name | None = None  # carrier of the chipset that both belong to

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.chip, self.carrier) if self.within is None else (self.chip, self.carrier, self.within)


class Connected(Limitation):
    """Current gets from contacts of the first to those of the second."""

    check: Literal["connected"]
    first: Name  # whose contacts are counted
    second: Name
    least: Count  # contacts of the first that lead to the second

    @property
    def elements(self) -> tuple[str, ...]:
        return self.first, self.second


class ChipsetConnected(Limitation):
    """Current gets from contacts of chips of the chipset to the carrier that they stand over."""

    check: Literal["chipset-connected"]
    carrier: Name
    least: Count  # contacts of all chips together that lead to the carrier

    @property
    def elements(self) -> tuple[str, ...]:
        return (self.carrier,)


class Wires(Limitation):
    """Wires run from the chip's active face to conductors of the carrier."""

    check: Literal["wires"]
    chip: Name
    carrier: Name
    least: Count  # wires that are whole from end to end

    @property
    def elements(self) -> tuple[str, ...]:
        return self.chip, self.carrier


class ThroughVias(Limitation):
    """Vias run straight through the compound from conductors of the one carrier to those of the other."""

    check: Literal["through-vias"]
    carriers: tuple[Name, Name]
    compound: Name
    least: Count

    @property
    def elements(self) -> tuple[str, ...]:
        return *self.carriers, self.compound


class Traces(Limitation):
    """Traces lead along the compound from one carrier to the other, and none of them is broken."""

    check: Literal["traces"]
    carriers: tuple[Name, Name]
    compound: Name
    least: Count

    @property
    def elements(self) -> tuple[str, ...]:
        return *self.carriers, self.compound


class TraceEnds(Limitation):
    """Every trace that reaches either carrier ends on a pad of each."""

    check: Literal["trace-ends"]
    carriers: tuple[Name, Name]
    least: Count

    @property
    def elements(self) -> tuple[str, ...]:
        return self.carriers


class JoinedThrough(Limitation):
    """By way of the vias or traces alone, contacts of each chip lead to the other chip's carrier."""

    check: Literal["joined-through"]
    by: Conductor
    chips: tuple[Name, Name]
    carriers: tuple[Name, Name]  # of the first chip and of the second
    least: Count  # contacts of each chip

    @property
    def elements(self) -> tuple[str, ...]:
        return *self.chips, *self.carriers


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


class BumpsOnFace(Limitation):
    """Solder bumps or balls stand on the carrier's face on the far side, which no moulding covers."""

    check: Literal["bumps-on-face"]
    carrier: Name
    away_from: Name
    least: Count

    @property
    def elements(self) -> tuple[str, ...]:
        return self.carrier, self.away_from


# ---------------------------------------------------------------- what things are made of
class ConductivityAbove(_OfOne):
    """The element conducts heat better than this in every direction, at the reference temperature."""

    check: Literal["conductivity-above"]
    above: Conductivity  # itself not enough


class OfClass(_OfOne):
    """The element is of a material of one of these classes."""

    check: Literal["material-class"]
    any_of: tuple[MaterialClass, ...]
    undecided: tuple[MaterialClass, ...] = ()  # classes whose members may or may not hold what is asked for


class BumpsOfClass(_OfOne):
    """The bumps of the chip are of a material of one of these classes."""

    check: Literal["bump-class"]
    any_of: tuple[MaterialClass, ...]


class Insulating(_OfOne):
    """No material of the element conducts electricity."""

    check: Literal["insulating"]


class ModulusAtMost(_OfOne):
    """Young's modulus of the element does not exceed this."""

    check: Literal["modulus-at-most"]
    most: Pressure  # itself still enough


class WaterUptakeAtMost(_OfOne):
    """The element gains no more mass than this by taking up water."""

    check: Literal["water-uptake-at-most"]
    most: Percent  # itself still enough


class ViscosityAtMost(_OfOne):
    """The melt that the element is made from is no thicker than this."""

    check: Literal["viscosity-at-most"]
    most: Viscosity  # itself still enough


class BuiltAs(_OfOne):
    """The carrier is built in one of these ways."""

    check: Literal["carrier-build"]
    any_of: tuple[CarrierBuild, ...]


AnyLimitation = (
    Present
    | Over
    | Chipset
    | Distance
    | Exposed
    | SitsOn
    | Attached
    | BackToBack
    | Fills
    | OneBody
    | FillsAround
    | FlipChip
    | Connected
    | ChipsetConnected
    | Wires
    | ThroughVias
    | Traces
    | TraceEnds
    | JoinedThrough
    | BallArray
    | BumpsOnFace
    | ConductivityAbove
    | OfClass
    | BumpsOfClass
    | Insulating
    | ModulusAtMost
    | WaterUptakeAtMost
    | ViscosityAtMost
    | BuiltAs
)
CHECKS: Mapping[str, type[AnyLimitation]] = {
    get_args(model.model_fields["check"].annotation)[0]: model for model in get_args(AnyLimitation)
}
