"""What did every case of a structural sweep answer? One row for each, solved or not."""

from dataclasses import dataclass

from thermopkg.explore.store import Finished
from thermopkg.explore.variants import Plan, Variant


@dataclass(frozen=True, eq=False)
class Row:
    """A variant with what it answered, or why it did not."""

    variant: Variant
    answer: Finished | str  # a text is the fault


@dataclass(frozen=True, eq=False)
class Table:
    """All rows, in the order of the plan."""

    plan: Plan
    rows: tuple[Row, ...]

    @property
    def numbers(self) -> dict[str, str]:
        """Everything that some case answered, with its unit."""
        return {
            name: number.unit
            for row in self.rows
            if isinstance(row.answer, Finished)
            for name, number in row.answer.record.metrics.items()
        }

    @property
    def claims(self) -> tuple[str, ...]:
        """Every claim that some case was held against."""
        charts = [row.answer.record.claims for row in self.rows if isinstance(row.answer, Finished)]
        return tuple(dict.fromkeys(name for chart in charts for name in chart))

    @property
    def failed(self) -> tuple[Row, ...]:
        """Rows without an answer."""
        return tuple(row for row in self.rows if isinstance(row.answer, str))
