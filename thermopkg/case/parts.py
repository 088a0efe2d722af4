"""What is a package made of? One model for each kind of part, placed by relation to others."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from thermopkg.case.model import FaceName, MaterialName, Model
from thermopkg.case.part import Array, Block3, Footprint, Layers, PartModel
from thermopkg.units import Length, Power, quote


class Carrier(PartModel):
    """A packaging substrate."""

    kind: Literal["substrate"] = "substrate"
    size: Footprint
    layers: Layers


class Board(PartModel):
    """A printed circuit board."""

    kind: Literal["board"] = "board"
    size: Footprint
    layers: Layers


class Chip(PartModel):
    """A chip flipped onto its carrier: its active face looks down, stands on bumps and makes the heat."""

    kind: Literal["chip"] = "chip"
    size: Block3
    material: MaterialName = "silicon"
    power: Power = 0.0  # spread evenly over the active face
    bumps: Array


class HeatSink(PartModel):
    """A plate that takes the heat from the chip to the surface of the package."""

    kind: Literal["heat-sink"] = "heat-sink"
    size: Block3
    material: MaterialName


class Encapsulant(PartModel):
    """A moulding: fills everything inside its outline that no other part takes.

    It stands on its carrier and reaches up to the faces that it `exposes`, or to its own `height`.
    """

    kind: Literal["encapsulant"] = "encapsulant"
    material: MaterialName
    size: Footprint | None = None  # by default that of the part it stands on
    exposes: tuple[FaceName, ...] = ()
    height: Length | None = None  # over the part it stands on

    @model_validator(mode="after")
    def _one_top(self) -> "Encapsulant":
        if bool(self.exposes) == (self.height is not None):
            raise ValueError(
                'needs its top in one way: either exposes = ["sink.top"] (flush with that face) or height = "1 mm"'
            )
        for face in self.exposes:
            if not face.endswith(".top"):
                raise ValueError(f"exposes {quote(face)}; only top faces can be left bare by a moulding")
        if self.under is not None or self.over is not None:
            raise ValueError('stands on its carrier; write on = "carrier", not under or over')
        return self


class Balls(PartModel, Array):
    """Solder balls under a carrier, with what lies between them, if anything."""

    kind: Literal["balls"] = "balls"
    fill: MaterialName | None = None  # between the balls, across the face they hang from


class Terminals(Model):
    """The two metal ends of a passive component, across its whole section at low and high x."""

    material: MaterialName
    length: Length


class Passive(PartModel):
    """A passive component such as a chip capacitor."""

    kind: Literal["passive"] = "passive"
    size: Block3
    material: MaterialName
    terminals: Terminals | None = None
    power: Power = 0.0  # spread evenly over its volume

    @model_validator(mode="after")
    def _body_between(self) -> "Passive":
        if self.terminals is not None and 2 * self.terminals.length >= self.size[0]:
            raise ValueError(
                f"two terminals of {self.terminals.length * 1e3:g} mm leave nothing of a body "
                f"{self.size[0] * 1e3:g} mm long"
            )
        return self


class Block(PartModel):
    """A plain block of one material."""

    kind: Literal["block"] = "block"
    size: Block3
    material: MaterialName
    power: Power = 0.0  # spread evenly over its volume


Part = Carrier | Board | Chip | HeatSink | Encapsulant | Balls | Passive | Block
KINDS: dict[str, type[PartModel]] = {
    model.model_fields["kind"].default: model
    for model in (Carrier, Board, Chip, HeatSink, Encapsulant, Balls, Passive, Block)
}
AnyPart = Annotated[Part, Field(discriminator="kind")]
