"""Has the physics moved, or only the mesh? A case's record held against the one that is expected.

Either bracket holds the true value of its model, whatever its grid. So if the two have no point in common, the two
models are different ones: a change of physics is proven. If they have, nothing is proven, and what the values
differ by is within the mesh error of the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from thermopkg.answer.bracket import Bracket
from thermopkg.claims.finding import Verdict
from thermopkg.regress.record import Number, Record

ROUNDING = 1e-9  # relative; sums in another order differ by less, and exact brackets have no other width
VerdictStatus = Literal["same", "changed", "gone", "new"]
NumberStatus = Literal["noise"] | VerdictStatus


@dataclass(frozen=True)
class NumberRow:
    """One number as expected and as found; None where one of the two has no such number."""

    name: str
    expected: Number | None
    found: Number | None

    @property
    def status(self) -> NumberStatus:
        """Same, moved within the bounds (noise), changed beyond all doubt, gone, or not expected (new)."""
        if self.found is None:
            return "gone"
        if self.expected is None:
            return "new"
        if self.expected.unit != self.found.unit or _apart(self.expected.bracket, self.found.bracket):
            return "changed"
        return "same" if _same(self.expected.bracket, self.found.bracket) else "noise"

    @property
    def passed(self) -> bool:
        """Whether nothing is proven to have changed."""
        return self.status in ("same", "noise")

    @property
    def moved(self) -> float | None:
        """What the value has moved by, over the expected one; None where there are not two, or the first is zero."""
        if self.expected is None or self.found is None or self.expected.value == 0:
            return None
        return self.found.value / self.expected.value - 1


@dataclass(frozen=True)
class VerdictRow:
    """The verdict on one claim as expected and as found; None where one of the two has no such claim."""

    claim: str
    expected: Verdict | None
    found: Verdict | None

    @property
    def status(self) -> VerdictStatus:
        """Same, another one (changed), gone, or not expected (new)."""
        if self.found is None:
            return "gone"
        if self.expected is None:
            return "new"
        return "same" if self.expected == self.found else "changed"


@dataclass(frozen=True)
class CaseReport:
    """What became of one case: its rows, or why there are none."""

    name: str
    numbers: tuple[NumberRow, ...]
    verdicts: tuple[VerdictRow, ...]
    fault: str | None  # what kept the case from being compared
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing is proven to have changed, and nothing failed."""
        verdicts = all(row.status == "same" for row in self.verdicts)
        return self.fault is None and verdicts and all(row.passed for row in self.numbers)

    @property
    def same(self) -> bool:
        """Whether all is as expected to the last digit that a machine can be asked for."""
        return self.passed and all(row.status == "same" for row in self.numbers)


def compare(name: str, expected: Record | None, found: Record, seconds: float) -> CaseReport:
    """Every number and every verdict of either record, side by side."""
    numbers: Mapping[str, Number] = expected.metrics if expected is not None else {}
    verdicts: Mapping[str, Verdict] = expected.claims if expected is not None else {}
    return CaseReport(
        name,
        tuple(NumberRow(n, numbers.get(n), found.metrics.get(n)) for n in dict.fromkeys([*numbers, *found.metrics])),
        tuple(VerdictRow(n, verdicts.get(n), found.claims.get(n)) for n in dict.fromkeys([*verdicts, *found.claims])),
        None,
        seconds,
    )


def failed(name: str, fault: str, seconds: float) -> CaseReport:
    """The report of a case that could not be compared."""
    return CaseReport(name, (), (), fault, seconds)


def _apart(one: Bracket, other: Bracket) -> bool:
    room = ROUNDING * max(abs(one.value), abs(other.value))
    return max(one.lower, other.lower) > min(one.upper, other.upper) + room


def _same(one: Bracket, other: Bracket) -> bool:
    room = ROUNDING * max(abs(one.value), abs(other.value))
    pairs = ((one.value, other.value), (one.lower, other.lower), (one.upper, other.upper))
    return all(abs(a - b) <= room for a, b in pairs)
