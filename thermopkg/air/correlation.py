"""How far does a correlation reach, and how sure is it? What is told of each beside its number."""

from dataclasses import dataclass
from typing import Literal

Confidence = Literal["read", "computed", "second-hand", "recalled-high", "recalled-medium", "recalled-low"]


@dataclass(frozen=True)
class Correlation:
    """What is known of one law for films.

    `source` : keys of the bibliography
    `confidence` : in the constants, as they are written here
    `uncertainty` : of the film, relative; `origin` says where that comes from
    `number`, `lowest`, `highest` : the range that the law holds in, of Ra, of Re, or of the length in m
    """

    name: str
    source: tuple[str, ...]
    confidence: Confidence
    uncertainty: float
    origin: str
    number: Literal["Ra", "Re", "length"]
    lowest: float
    highest: float

    def caution(self, value: float) -> str:
        """A phrase for the sheet where `value` lies outside the range; empty inside."""
        if self.lowest <= value <= self.highest:
            return ""
        if self.number == "length":
            got, limits = f"{1e3 * value:.3g} mm", f"{1e3 * self.lowest:g} to {1e3 * self.highest:g} mm"
        else:
            got, limits = f"{value:.2g}", f"{self.lowest:g} to {self.highest:g}"
        return f"{self.name}: {self.number} {got} outside {limits}"


@dataclass(frozen=True)
class Stream:
    """What one motion of the air takes from a face, as if it were alone."""

    film: float  # W/m^2/K
    number: float  # Rayleigh's where the air rises, Reynolds's where it is blown
    regime: str
    correlation: Correlation
    uncertainty: float  # relative, of the film; at least that of the correlation
    caution: str  # empty where the correlation holds
