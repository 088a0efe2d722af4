"""What is a package made of? One model for each kind of part, placed by relation to others."""

from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, model_validator

from thermopkg.case.model import FaceName, MaterialName, Model, PartName
from thermopkg.case.part import (
    Array,
    Block3,
    Footprint,
    Joints,
    Layers,
    Leads,
    PartModel,
    PlacedModel,
    Sides,
    check_apart,
    kind_required,
)
from thermopkg.units import Length, Offset, Power, Temperature, Warming, quote


class Carrier(PlacedModel):
    """A packaging substrate."""

    kind: Literal["substrate"] = "substrate"
    size: Footprint
    layers: Layers


class Board(PlacedModel):
    """A printed circuit board."""

    kind: Literal["board"] = "board"
    size: Footprint
    layers: Layers


class LeadFrame(PlacedModel):
    """A carrier of sheet metal: leads from its rim inwards, and a paddle in the middle; the rest of it is open."""

    kind: Literal["lead-frame"] = "lead-frame"
    size: Footprint
    thickness: Length
    material: MaterialName
    paddle: Footprint | None = None
    leads: Leads


class TapeLeads(Leads):
    """The copper on a tape."""

    material: MaterialName
    thickness: Length
    side: Literal["top", "bottom"]


class Tape(PlacedModel):
    """A carrier of polyimide film with leads on one face; the height of both together is that of the part."""

    kind: Literal["tape"] = "tape"
    size: Footprint
    thickness: Length  # of the film
    material: MaterialName
    leads: TapeLeads


class Adhesive(PlacedModel):
    """A layer that joins what lies on it to what it lies on."""

    kind: Literal["adhesive"] = "adhesive"
    thickness: Length
    material: MaterialName
    size: Footprint | None = None  # by default that of what it lies on


def _bumps_or_face_up(schema: dict[str, Any]) -> None:
    """Where a chip lies on another part, only the case knows whether that stands for its bumps."""
    kind_required(schema)
    face_up = {"properties": {"face": {"const": "up"}}, "required": ["face"]}
    schema["anyOf"] = [{"required": ["bumps"]}, {"required": ["on"]}, face_up]


class Leakage(Model):
    """Power that goes on top of a chip's own and doubles with every so much warming of its active face.

    P(T) = power * 2 ** ((T - at) / doubling)
    """

    power: Power  # at the temperature `at`
    at: Temperature = 298.15
    doubling: Warming


class Chip(PlacedModel):
    """A chip whose active face makes the heat.

    Face down it stands on bumps, or lies on a block or an adhesive that stands for them, as in the block models that
    vendors publish. Face up it lies on its back, and bumps, if it has any, stand on top of it.
    """

    model_config = ConfigDict(json_schema_extra=_bumps_or_face_up)

    kind: Literal["chip"] = "chip"
    size: Block3
    material: MaterialName = "silicon"
    power: Power = 0.0  # spread evenly over the active face
    leakage: Leakage | None = None  # made on the active face as well
    face: Literal["down", "up"] = "down"  # where the active face looks
    bumps: Array | None = None


class HeatSink(PlacedModel):
    """A plate that takes the heat from the chip to the surface of the package."""

    kind: Literal["heat-sink"] = "heat-sink"
    size: Block3
    material: MaterialName


class Encapsulant(PlacedModel):
    """A moulding: fills everything inside its outline that no other part takes.

    It stands on its carrier and reaches up to the faces that it `exposes`, or to its own `height`.
    """

    kind: Literal["encapsulant"] = "encapsulant"
    material: MaterialName
    size: Footprint | None = None  # by default that of the part it stands on
    exposes: tuple[FaceName, ...] = ()
    height: Length | None = None  # over the part it stands on
    up_to: PartName | None = None  # to the underside of that part

    @model_validator(mode="after")
    def _one_top(self) -> "Encapsulant":
        if [bool(self.exposes), self.height is not None, self.up_to is not None].count(True) != 1:
            raise ValueError(
                'needs its top in one way: exposes = ["sink.top"] (flush with that face), height = "1 mm", or '
                'up_to = "PART" (to its underside)'
            )
        for face in self.exposes:
            if not face.endswith(".top"):
                raise ValueError(f"exposes {quote(face)}; only top faces can be left bare by a moulding")
        if self.under is not None or self.over is not None:
            raise ValueError('stands on its carrier; write on = "carrier", not under or over')
        return self


class Pads(PlacedModel, Array):
    """Round metal pads on the face of a part, or under it; balls may hang under these."""

    kind: Literal["pads"] = "pads"


class Balls(PlacedModel, Array):
    """Solder balls under or on a carrier or its pads, with what lies between them, if anything."""

    kind: Literal["balls"] = "balls"
    fill: MaterialName | None = None  # between the balls, across the face that carries them


class Vias(PartModel, Joints):
    """Upright conductors, solid or plated and filled, that take their place from what they pass."""

    kind: Literal["vias"] = "vias"
    through: Annotated[tuple[PartName, ...], Field(min_length=1, max_length=2)] | None = None  # from face to face
    between: tuple[PartName, PartName] | None = None  # from the top of the first to the underside of the second
    at: tuple[Offset, Offset] = (0.0, 0.0)  # of their middle, from that of the place that the parts named share
    plating: Length | None = None  # thickness of the wall; without it the vias are solid
    fill: MaterialName | None = None  # inside the plating; by default air

    @model_validator(mode="after")
    def _one_way(self) -> "Vias":
        if (self.through is None) == (self.between is None):
            raise ValueError(
                'run in one way: through = ["carrier-1", "carrier-2"] (from face to face), or '
                'between = ["carrier-1", "carrier-2"] (in the room between them)'
            )
        named = self.through or self.between or ()
        if len(set(named)) < len(named):
            raise ValueError(f"names {quote(named[0])} twice; name two parts")
        return self

    @model_validator(mode="after")
    def _hollow(self) -> "Vias":
        if self.plating is not None and 2 * self.plating >= self.diameter:
            raise ValueError(
                f"walls of {self.plating * 1e3:g} mm leave nothing inside a diameter of {self.diameter * 1e3:g} mm; "
                "leave plating out for solid vias"
            )
        if self.fill is not None and self.plating is None:
            raise ValueError("has a fill and no plating: solid vias hold nothing else; add plating, or leave fill out")
        return self


class Traces(PartModel, Sides):
    """Conductors from a lower carrier to a higher one: down the side wall of the resin, or standing in it."""

    model_config = ConfigDict(populate_by_name=True)  # Python cannot write from = "carrier-1"

    kind: Literal["traces"] = "traces"
    from_: Annotated[PartName, Field(alias="from")]
    to: PartName
    material: MaterialName
    width: Length
    thickness: Length
    lap: Length | None = None  # over the far faces of both carriers, from the side wall inwards
    inset: Length | None = None  # of traces in the resin, from its outline to their outer face

    @model_validator(mode="after")
    def _one_way(self) -> "Traces":
        if (self.lap is None) == (self.inset is None):
            raise ValueError(
                'run in one way: lap = "0.5 mm" (down the side wall and so far over both carriers) or '
                'inset = "0.4 mm" (in the resin, so far from its outline)'
            )
        check_apart(self, self.width, "width")
        return self


class Wires(PartModel, Sides):
    """Bond wires from the face of a chip that looks up to a carrier: three straight runs, up, outwards and down."""

    model_config = ConfigDict(populate_by_name=True)

    kind: Literal["wires"] = "wires"
    from_: Annotated[PartName, Field(alias="from")]
    to: PartName
    material: MaterialName
    diameter: Length
    loop: Length  # from the chip's face up to the middle of the level run
    inset: Length  # of the bonds' middles from the chip's edge
    span: Length  # from bond to bond, seen from above

    @model_validator(mode="after")
    def _apart(self) -> "Wires":
        check_apart(self, self.diameter, "diameter")
        if self.loop <= self.diameter:
            raise ValueError(
                f"a loop of {self.loop * 1e3:g} mm does not clear the chip with wires {self.diameter * 1e3:g} mm thick"
            )
        return self


class Terminals(Model):
    """The two metal ends of a passive component, across its whole section at low and high x."""

    material: MaterialName
    length: Length


class Passive(PlacedModel):
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


class Block(PlacedModel):
    """A plain block of one material."""

    kind: Literal["block"] = "block"
    size: Block3
    material: MaterialName
    power: Power = 0.0  # spread evenly over its volume


Part = (
    Carrier | LeadFrame | Tape | Board | Chip | Adhesive | HeatSink | Encapsulant | Pads | Balls | Vias | Traces | Wires
    | Passive | Block
)  # fmt: skip
MODELS: tuple[type[Part], ...] = get_args(Part)
KINDS: dict[str, type[Part]] = {model.model_fields["kind"].default: model for model in MODELS}
AnyPart = Annotated[Part, Field(discriminator="kind")]
