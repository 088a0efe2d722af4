"""What did a check find? A verdict on one limitation, and lengths, areas and shares as words."""

from dataclasses import dataclass
from typing import Literal

from thermopkg.arraytypes import FloatArray

Verdict = Literal["met", "not met", "not shown"]


@dataclass(frozen=True)
class Finding:
    """Whether a limitation holds, None where data are wanting, and what was measured."""

    holds: bool | None
    evidence: str


def mm(length: float) -> str:
    """A length in m as millimetres."""
    return f"{length * 1e3:.4g} mm"


def spread(lengths: FloatArray) -> str:
    """The least and the largest of some lengths in m."""
    low, high = mm(float(lengths.min())), mm(float(lengths.max()))
    return low if low == high else f"{low} to {high}"


def percent(share: float) -> str:
    """A share of one as percent."""
    return f"{100 * share:.4g} %"


def areas(part: float, whole: float) -> str:
    """A part of an area, both in m^2."""
    return f"{part * 1e6:.4g} of {whole * 1e6:.4g} mm² ({percent(part / whole)})"
