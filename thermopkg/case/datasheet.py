"""What is a thermal data sheet of the package to say? Speeds of the air, its boards, and what others have published."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from thermopkg.case.model import Count, Line, Model
from thermopkg.units import Length, Speed, ThermalResistance

Fraction = Annotated[float, Strict(), Field(ge=0, le=1)]


class Published(Model):
    """A number that somebody has published: the value itself, or what it is below."""

    value: ThermalResistance | None = None
    below: ThermalResistance | None = None
    source: Line

    @model_validator(mode="after")
    def _one(self) -> "Published":
        if (self.value is None) == (self.below is None):
            raise ValueError('is given in one way: value = "14 K/W", or below = "0.1 K/W"')
        return self


class DataSheetWishes(Model):
    """How the setups of a data sheet differ from their presets; what is left out is as these or the package have it."""

    speeds: Annotated[tuple[Speed, ...], Field(min_length=1, max_length=20)] | None = None
    in_wind: Annotated[tuple[Literal["1s", "2s2p"], ...], Field(min_length=1, max_length=2)] = ("2s2p",)
    joints: Count | None = None  # from each of which one trace leads away
    pitch: Length | None = None
    trace_width: Length | None = None
    densest: Fraction | None = None  # coverage at the package's edge that traces are too narrow to exceed
    vias_under_joints: Fraction | None = None  # share of the joints with a via to the first plane
    back_coverage: Fraction | None = None
    published: dict[str, Published] = {}  # by the name of the row
