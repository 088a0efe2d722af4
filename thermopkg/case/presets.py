"""What are data sheets measured on and in? Test boards and surroundings, each number with its source.

They are in the style of the standards that they name, and no more: what was recalled or assumed says so.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Annotated

from pydantic import Field

from thermopkg.case.material import Provenance, Record
from thermopkg.case.model import Line, Model, Share
from thermopkg.case.part import Footprint
from thermopkg.units import Length, Speed, Temperature


class Outline(Provenance):
    """The board that goes with packages up to a size."""

    up_to: Length  # longest side of the package seen from above, this included
    size: Footprint  # of the board; the package stands in the middle


class BoardPreset(Model):
    """A test board. Copper on top flares from the package to a square; planes, if any, lie below both outer layers."""

    title: Line
    outlines: Annotated[tuple[Outline, ...], Field(min_length=1)]  # from small to large
    thickness: Record[Length]  # of the whole board, copper included
    trace_thickness: Record[Length]  # of either outer layer
    fan_out: Record[Length]  # how far traces reach beyond the package
    trace_width: Record[Share]  # over the pitch of the joints
    densest: Record[Share]  # coverage at the package's edge; where pitch and number ask for more, traces are narrower
    back_coverage: Record[Share]  # of the layer on the back; zero where there is none
    plane_thickness: Record[Length] | None = None  # without one there are no planes
    plane_clearance: Record[Length] | None = None  # from the edge of a square as wide as the board
    dielectric: Record[Length] | None = None  # between an outer layer and its plane
    vias_under_joints: Record[Share] | None = None  # share of the joints with a via to the first plane
    via_diameter: Record[Length] | None = None
    via_plating: Record[Length] | None = None
    via_pitch: Record[Length] | None = None  # under a paddle that is soldered to the board

    @property
    def largest(self) -> Outline:
        """The board for the largest packages."""
        return self.outlines[-1]


class StillAir(Model):
    """Air that stands around a horizontal board."""

    title: Line
    ambient: Record[Temperature]
    box: Record[Length]  # inner edge


class MovingAir(Model):
    """Air that moves along a horizontal board."""

    title: Line
    ambient: Record[Temperature]
    speeds: Record[tuple[Speed, ...]]


class RingPlate(Model):
    """A held ring on the board around the package; everything else is adiabatic."""

    title: Line
    distance: Record[Length]  # from the package, seen from above
    width: Record[Length]
    both_sides: Record[bool]
    temperature: Record[Temperature]


class ColdPlate(Model):
    """A held face of the package; everything else is adiabatic."""

    title: Line
    temperature: Record[Temperature]


class Presets(Model):
    """All of them."""

    board: Mapping[str, BoardPreset]
    still_air: StillAir
    moving_air: MovingAir
    ring: RingPlate
    cold_plate: ColdPlate


@lru_cache(maxsize=1)
def presets() -> Presets:
    """The built-in test boards by name, and the surroundings."""
    text = resources.files("thermopkg.case").joinpath("presets.toml").read_text(encoding="utf-8")
    return Presets.model_validate(tomllib.loads(text))
