"""What does a case answer, in the few numbers that are kept? Brackets, verdicts and their origin, as expected.json."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.case.model import Model, Text, dotted
from thermopkg.claims.chart import ClaimVerdict
from thermopkg.claims.finding import Verdict
from thermopkg.errors import CaseError, Fault

EXPECTED = "expected.json"  # its name, beside the case


class Number(Model):
    """A number with the two bounds that hold whatever the grid."""

    value: float
    lower: float
    upper: float
    unit: str

    @model_validator(mode="after")
    def _in_order(self) -> "Number":
        if not self.lower <= self.value <= self.upper:
            raise ValueError(f"{self.value} does not lie in [{self.lower}, {self.upper}]")
        return self

    @property
    def bracket(self) -> Bracket:
        return Bracket(self.value, self.lower, self.upper)


class Origin(Model):
    """Where the numbers come from."""

    thermopkg: str  # version
    tolerance: float | None = None  # in percent, what the search was asked for; None where nothing was solved
    cells: int | None = None  # of the last grid; None where nothing was solved
    date: date
    note: Text | None = None  # written by a person, kept when the rest is written anew


class Record(Model):
    """What a case answers: its metrics, or else the rise of each place that makes heat, and the verdicts on its claims.

    A record without numbers is one of verdicts alone, which take the geometry and no solve. What a case is meant to
    break, limitation by limitation in their own words, is written by a person and kept.
    """

    metrics: dict[str, Number]
    claims: dict[str, Verdict] = Field(default_factory=dict)
    breaks: dict[str, tuple[Text, ...]] | None = None  # limitations of a claim that the case is meant to fail
    origin: Origin | None = None  # only a record that is still to be written has none

    def text(self) -> str:
        """The content of expected.json."""
        return (
            json.dumps(self.model_dump(mode="json", exclude_none=True), indent=1, ensure_ascii=False, allow_nan=False)
            + "\n"
        )


def record(
    wanted: Iterable[Metric],
    chart: Iterable[ClaimVerdict],
    origin: Origin,
    breaks: dict[str, tuple[str, ...]] | None = None,
) -> Record:
    """The record of an answer."""
    metrics = {
        metric.name: Number(
            value=metric.bracket.value, lower=metric.bracket.lower, upper=metric.bracket.upper, unit=metric.unit
        )
        for metric in wanted
    }
    return Record(metrics=metrics, claims={v.name: v.verdict for v in chart}, breaks=breaks, origin=origin)


def read_record(path: Path) -> Record:
    """The record kept in a file.

    Raises
    ------
    CaseError : there is no such file, or it is no record
    """
    try:
        return Record.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CaseError([Fault("", f"cannot be read: {error.strerror or error}")], path) from error
    except ValidationError as error:
        faults = [Fault(dotted(item["loc"]), item["msg"]) for item in error.errors(include_url=False)]
        raise CaseError(faults, path) from error
