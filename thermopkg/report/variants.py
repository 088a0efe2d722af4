"""How do the cases of a structural sweep read? As a table on the terminal, as CSV, as JSON and as a pandas frame."""

import csv
import io
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.answer import ACTIVE
from thermopkg.explore import frames
from thermopkg.explore.frames import headed
from thermopkg.explore.store import Finished
from thermopkg.explore.table import Row, Table
from thermopkg.regress.record import Number
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import SYMBOLS

if TYPE_CHECKING:
    import pandas

SCHEMA = 1  # version of the JSON's layout
NONE = "–"  # in the place of what is not there


def symbol(name: str) -> str:
    """A number's name as the field writes it."""
    return SYMBOLS.get(name) or f"rise of {name.removesuffix(ACTIVE)}"


def summary_line(answer: Finished | str) -> str:
    """One case in one line."""
    if isinstance(answer, str):
        return f"failed: {' '.join(answer.split())}"
    numbers = answer.record.metrics.items()
    return "; ".join(f"{symbol(name)} = {_told(number)} {number.unit}" for name, number in numbers) or "nothing asked"


def summary(table: Table) -> str:
    """All cases in one line."""
    failed = len(table.failed)
    return f"{len(table.rows)} cases: {len(table.rows) - failed} solved, {failed} failed"


# ---------------------------------------------------------------- on the terminal
def variants_sheet(table: Table) -> RenderableType:
    """Every case with its settings and numbers, and below them why some failed."""
    plan, numbers = table.plan, table.numbers
    page = Grid(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in plan.columns:
        page.add_column(headed(column, plan.unit(column)), justify="right" if _numeric(table, column) else "left")
    for name, unit in numbers.items():
        page.add_column(f"{symbol(name)} [{unit}]", justify="right", no_wrap=True)
    if table.claims:
        page.add_column("claims met")
    page.add_column("cells", justify="right")
    for row in table.rows:
        settings = (plan.shown(column, setting) for column, setting in row.variant.settings.items())
        shown = [setting if isinstance(setting, str) else f"{setting:.6g}" for setting in settings]
        page.add_row(*shown, *_cells(row, table))
    ending = Text(f"\n{summary(table)}", style="bold red" if table.failed else "bold")
    faults = [Text(f"\n{plan.label(row.variant)} failed:\n{row.answer}") for row in table.failed]
    return Group(page, *faults, ending)


def _cells(row: Row, table: Table) -> list[RenderableType]:
    if isinstance(row.answer, str):
        return [Text("failed", style="bold red"), *[""] * (len(table.numbers) - 1)]
    record = row.answer.record
    cells: list[RenderableType] = [
        _told(record.metrics[name]) if name in record.metrics else NONE for name in table.numbers
    ]
    if table.claims:
        met = sum(verdict == "met" for verdict in record.claims.values())
        cells.append(Text(f"{met} of {len(record.claims)}", style="green" if met == len(record.claims) else "yellow"))
    cells.append(f"{_n_cells(row.answer):,}")
    return cells


def _told(number: Number) -> str:
    n = decimals(number.bracket.half_width)
    return f"{number.value:.{n}f} {interval(number.bracket, n)}"


def _n_cells(answer: Finished) -> int:
    origin = answer.record.origin
    return origin.cells if origin is not None and origin.cells is not None else 0


def _numeric(table: Table, column: str) -> bool:
    return not any(isinstance(row.variant.settings[column], str) for row in table.rows)


# ---------------------------------------------------------------- for programs
def records(table: Table) -> list[dict[str, Any]]:
    """One flat record for every case, all with the same keys; units stand in the keys, None where there is nothing."""
    return [_record(row, table) for row in table.rows]


def _record(row: Row, table: Table) -> dict[str, Any]:
    plan = table.plan
    settings = row.variant.settings.items()
    found: dict[str, Any] = {
        headed(column, plan.unit(column)): plan.shown(column, setting) for column, setting in settings
    }
    answer = row.answer if isinstance(row.answer, Finished) else None
    for name, unit in table.numbers.items():
        number = answer.record.metrics.get(name) if answer is not None else None
        found[headed(name, unit)] = number.value if number is not None else None
        found[headed(f"{name} lower", unit)] = number.lower if number is not None else None
        found[headed(f"{name} upper", unit)] = number.upper if number is not None else None
    for claim in table.claims:
        found[claim] = answer.record.claims.get(claim) if answer is not None else None
    found["cells"] = _n_cells(answer) if answer is not None else None
    found["half-width [%]"] = 100 * answer.widest if answer is not None else None
    found["seconds"] = answer.seconds if answer is not None else None
    found["fault"] = row.answer if isinstance(row.answer, str) else None
    return found


def csv_text(table: Table) -> str:
    """The records as CSV, with full digits."""
    rows = records(table)
    page = io.StringIO()
    writer = csv.DictWriter(page, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue()


def frame(table: Table) -> "pandas.DataFrame":
    """The records as a pandas frame, a row for every case.

    Raises
    ------
    CaseError : pandas is not installed
    """
    rows = records(table)
    return frames.frame({key: [row[key] for row in rows] for key in rows[0]})


def document(table: Table) -> dict[str, Any]:
    """Everything as JSON types."""
    plan = table.plan
    return {
        "thermopkg": __version__,
        "schema": SCHEMA,
        "columns": {column: {"unit": plan.unit(column) or None} for column in plan.columns},
        "variants": [_entry(row, table) for row in table.rows],
    }


def _entry(row: Row, table: Table) -> dict[str, Any]:
    settings = {column: table.plan.shown(column, setting) for column, setting in row.variant.settings.items()}
    if isinstance(row.answer, str):
        return {"settings": settings, "fault": row.answer}
    answer = row.answer
    return {
        "settings": settings,
        "key": answer.key,
        **answer.record.model_dump(mode="json", exclude_none=True),
        "half_width": answer.widest,
        "seconds": answer.seconds,
    }
