"""What does a reader see of a thermal network? Its stages as a table, and how many of them the curve needs."""

from collections.abc import Iterator, Sequence
from math import floor, log10
from typing import Any

import numpy as np
from rich.console import Group
from rich.table import Table
from rich.text import Text

from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.export import network_document
from thermopkg.network.fewer import Fewer, fewer
from thermopkg.network.foster import Foster
from thermopkg.report.digits import up

COUNTS = (1, 2, 3, 4, 5, 6, 8)
LADDER = ("stage", "R, K/W", "C, J/K", "R so far, K/W", "C so far, J/K")
PAIRS = ("pair", "R, K/W", "tau, s", "C, J/K")
ERRORS = ("stages", "off by at most, of Z(inf)")


def network_sheet(network: Foster, count: int) -> Group:
    """A ladder of so many stages with its pairs and its error, and what other counts would be off by."""
    found = fewer(network, count)
    blocks: list[Text | Table] = [Text(f"\n{_heading(network, found)}", style="bold")]
    steps = ladder(found.network)
    for head, rows in ((LADDER, _stages(steps)), (PAIRS, _pairs(found.network)), (ERRORS, _errors(network))):
        blocks += [Text(""), _table(head, list(rows))]
    return Group(*blocks)


def network_markdown(network: Foster, count: int) -> str:
    """The same as a section of Markdown."""
    found = fewer(network, count)
    lines = [f"## {_heading(network, found)}", ""]
    steps = ladder(found.network)
    for head, rows in ((LADDER, _stages(steps)), (PAIRS, _pairs(found.network)), (ERRORS, _errors(network))):
        lines += [f"| {' | '.join(head)} |", f"| {' | '.join(['---'] * len(head))} |"]
        lines += [*(f"| {' | '.join(row)} |" for row in rows), ""]
    return "\n".join(lines)


def network_sheet_document(network: Foster, count: int) -> dict[str, Any]:
    """The same as JSON types."""
    found = fewer(network, count)
    return {
        "cauer": network_document(ladder(found.network)),
        "foster": network_document(found.network),
        "error": found.error,
        "errors": {str(n): fewer(network, n).error for n in _counts(network)},
    }


def _heading(network: Foster, found: Fewer) -> str:
    n = len(found.network)
    told = f"{n} {'stages' if n > 1 else 'stage'} for {len(network)}: {network.total:.5g} K/W"
    return f"{told}, off by at most {percent(found.error)} of it at any time"


def _stages(steps: Cauer) -> Iterator[tuple[str, ...]]:
    if steps.at_once > 0.0:
        yield "at once", f"{steps.at_once:.5g}", "", f"{steps.at_once:.5g}", ""
    so_far = steps.at_once + np.cumsum(steps.resistances), np.cumsum(steps.capacities)
    for k, numbers in enumerate(zip(steps.resistances, steps.capacities, *so_far, strict=True), 1):
        yield str(k), *(f"{number:.5g}" for number in numbers)


def _pairs(network: Foster) -> Iterator[tuple[str, ...]]:
    rows = zip(network.resistances, network.time_constants, network.capacities, strict=True)
    for k, numbers in enumerate(rows, 1):
        yield str(k), *(f"{number:.5g}" for number in numbers)


def _errors(network: Foster) -> Iterator[tuple[str, ...]]:
    for n in _counts(network):
        yield str(n), percent(fewer(network, n).error)


def _counts(network: Foster) -> list[int]:
    return [n for n in COUNTS if n < len(network)]


def percent(error: float) -> str:
    """With two figures, rounded up: what is printed is still not exceeded."""
    hundredths = 100.0 * error
    return f"{up(hundredths, max(1 - floor(log10(hundredths)), 0))} %" if hundredths > 0.0 else "0 %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 2))
    for name in head:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*row)
    return table
