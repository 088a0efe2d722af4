"""What is asked? The tolerance wanted, the grid, the metrics, extra readings, and the claims."""

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator

from thermopkg.case.model import ClaimName, FaceName, Model, Name, PartName
from thermopkg.units import Length, Memory, Offset, Temperature, Tolerance, quote

MetricName = Literal["theta_ja", "theta_jma", "theta_jb", "theta_jc_top", "theta_jc_bottom", "psi_jt", "psi_jb"]
THETAS: tuple[MetricName, ...] = ("theta_ja", "theta_jma", "theta_jb", "theta_jc_top", "theta_jc_bottom")
AT_THE_BOARD: tuple[MetricName, ...] = ("theta_jb", "psi_jb")  # read a temperature of the board
MOST_HALVINGS = 6  # each is eight times the cells; beyond this no machine holds the grid


class Reading(Model):
    """An average to report beside the parts' own: over a part, or over a rectangle of its top or bottom face."""

    name: Name
    part: PartName | None = None
    face: FaceName | None = None
    size: tuple[Length, Length] | None = None  # of the rectangle; by default the whole face
    at: tuple[Offset, Offset] = (0.0, 0.0)  # its centre from the face's centre

    @model_validator(mode="after")
    def _one_place(self) -> "Reading":
        if (self.part is None) == (self.face is None):
            raise ValueError('names its place in one way: either part = "mould" or face = "mould.top"')
        if self.face is not None and self.face.endswith(".sides"):
            raise ValueError(f"reads {quote(self.face)}; readings are taken on top and bottom faces")
        if self.part is not None and self.size is not None:
            raise ValueError("has a size, which goes with a face only")
        return self


class Study(Model):
    """What the run is to find out, and how finely."""

    tolerance: Tolerance = 1.0  # half-width of the guaranteed bracket over its value, in percent
    max_cells: Annotated[int, Strict(), Field(ge=1)] | None = None  # by default what fits into the memory
    max_memory: Memory | None = None  # by default what the machine has free
    temperature_dependent: Annotated[bool, Strict()] | None = None  # do conductivities follow the temperature?
    round: Annotated[bool, Strict()] = False  # joints as they are, and not as squares of equal area
    refine: Annotated[int, Strict(), Field(ge=0, le=MOST_HALVINGS)] | None = None  # a fixed grid, halved so often
    growth: Annotated[float, Strict(), Field(ge=1.5, le=100.0)] = 8.0  # of neighbouring steps, on a fixed grid
    largest_step: tuple[Length, Length] | None = None  # in the plane of the layers, and through them
    metrics: tuple[MetricName, ...] = ("theta_ja",)
    junction_limit: Temperature | None = None  # that no chip's junction may pass; asks which powers keep it
    claims: tuple[ClaimName, ...] = ()
    reading: tuple[Reading, ...] = ()
