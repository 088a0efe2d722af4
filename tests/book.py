"""What did the tests find? Each case with its exact value, meshes and answers, kept for the verification book.

`pytest --book=FILE` runs the tests that record, and writes FILE when all of them have passed. A test that records
asserts as well: nothing in the book is there because it was written down.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

Engine = Literal["lattice", "elements", "networks"]
DIGITS = 13  # significant, in the file: more differ between machines


@dataclass(frozen=True)
class Record:
    """One quantity of one case by one engine, on one mesh or on several from coarse to fine.

    `lower` and `upper` are bounds, empty where the quantity has none (a point, a maximum, a moment in time). `order` is
    that of the width where there are bounds, otherwise of the error. `limit` is what the two finest values tend to.
    `tolerance` is what the test holds the limit to, or the finest value if there is none, relative; None where it holds
    the bounds alone.
    """

    case: str
    quantity: str
    engine: Engine
    unit: str
    exact: float
    cells: tuple[int, ...]
    value: tuple[float, ...]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    order: float | None = None
    theory: float | None = None
    limit: float | None = None
    tolerance: float | None = None
    note: str = ""
    test: str = ""


@dataclass
class Book:
    """Where records wait for the end of the run."""

    records: list[Record] = field(default_factory=list)
    test: str = ""  # that is running

    def record(
        self,
        case: str,
        quantity: str,
        engine: Engine,
        unit: str,
        exact: float,
        *,
        cells: Sequence[int],
        value: Sequence[float] = (),
        lower: Sequence[float] = (),
        upper: Sequence[float] = (),
        order: float | None = None,
        theory: float | None = None,
        limit: float | None = None,
        tolerance: float | None = None,
        note: str = "",
    ) -> None:
        """Keep what was found; the middles of bounds where no value is given."""
        middles = tuple(value) or tuple(0.5 * (low + high) for low, high in zip(lower, upper, strict=True))
        assert len(cells) == len(middles), f"{case}, {quantity}: {len(cells)} meshes and {len(middles)} values"
        self.records.append(
            Record(
                case, quantity, engine, unit, _floats([exact])[0], tuple(int(n) for n in cells), _floats(middles),
                _floats(lower), _floats(upper), None if order is None else round(float(order), 3), theory,
                None if limit is None else _floats([limit])[0], tolerance,
                note, self.test,
            )
        )  # fmt: skip

    def write(self, path: Path, version: str) -> None:
        """All records, in an order of their own."""
        ordered = sorted(self.records, key=lambda r: (r.case, r.quantity, r.engine, r.note))
        rows = [{key: value for key, value in asdict(r).items() if value not in (None, "", ())} for r in ordered]
        text = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text(f'{{"thermopkg": "{version}", "records": [\n  {text}\n]}}\n', encoding="utf-8")


def observed(gaps: Sequence[float], ratio: float = 2.0) -> float:
    """Order at which the last two of some widths or errors fall, between meshes whose steps are in this ratio."""
    return math.log(abs(gaps[-2] / gaps[-1]), ratio)


def limit(values: Sequence[float], order: float, ratio: float = 2.0) -> float:
    """What the last two values tend to where what they miss falls at an order."""
    gain = ratio**order
    return (gain * values[-1] - values[-2]) / (gain - 1)


def _floats(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(f"{float(value):.{DIGITS}g}") for value in values)
