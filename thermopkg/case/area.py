"""Which part of a face? A rectangle on it, whole or less another in its middle."""

from pydantic import model_validator

from thermopkg.case.model import FaceName, Model, Name
from thermopkg.case.part import Footprint
from thermopkg.case.rectangle import hides, meet
from thermopkg.units import Offset, quote


def _two(size: tuple[float, float]) -> str:
    return " by ".join(f"{length * 1e3:g}" for length in size) + " mm"


class FaceArea(Model):
    """A rectangle of the top or bottom face of a part; with a hole in its middle it is a ring."""

    name: Name
    face: FaceName
    size: Footprint
    inside: Footprint | None = None  # the hole
    at: tuple[Offset, Offset] = (0.0, 0.0)  # of its middle, from that of the face

    @model_validator(mode="after")
    def _flat(self) -> "FaceArea":
        if self.face.endswith(".sides"):
            raise ValueError(f"lies on {quote(self.face)}; regions lie on top and bottom faces")
        hole = self.inside
        if hole is not None and (hole == self.size or hole[0] > self.size[0] or hole[1] > self.size[1]):
            raise ValueError(
                f"the hole of {_two(hole)} leaves no ring of {_two(self.size)}; make `inside` smaller than `size`"
            )
        return self

    def meets(self, other: "FaceArea") -> bool:
        """Whether the two have an area of one face in common."""
        if self.face != other.face or not meet(self.at, self.size, other.at, other.size):
            return False
        return not (self._holds_inside(other) or other._holds_inside(self))

    def _holds_inside(self, other: "FaceArea") -> bool:
        """Whether the other lies in the hole of this one."""
        return self.inside is not None and hides(self.at, self.inside, other.at, other.size)
