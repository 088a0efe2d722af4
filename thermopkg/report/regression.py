"""How do cases that were run again read? As a table on the terminal, and in Markdown for a review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thermopkg.regress.compare import CaseReport, NumberStatus
from thermopkg.regress.record import Number
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import SYMBOLS

TOLD: dict[NumberStatus, str] = {
    "same": "same",
    "noise": "within the bounds",
    "changed": "changed",
    "gone": "gone",
    "new": "not expected",
}
WRONG, RIGHT = "bold red", "green"
FINEST = 0.01  # percent; a finer move is told as below it
NONE = "–"  # in the place of what is not there


@dataclass(frozen=True)
class Line:
    """One line of a report: what is compared, both sides, by how much it moved, and what that comes to."""

    what: str
    expected: str
    found: str
    moved: str
    told: str
    passed: bool


def lines(report: CaseReport) -> list[Line]:
    """Every number and every verdict of a case."""
    numbers = [
        Line(
            SYMBOLS.get(row.name, row.name),
            _bounds(row.expected),
            _bounds(row.found),
            _percent(100 * row.moved) if row.moved is not None and row.status != "same" else "",
            TOLD[row.status],
            row.passed,
        )
        for row in report.numbers
    ]
    verdicts = [
        Line(row.claim, row.expected or NONE, row.found or NONE, "", TOLD[row.status], row.status == "same")
        for row in report.verdicts
    ]
    return numbers + verdicts


def _short(report: CaseReport) -> list[Line]:
    """The lines of a case with all verdicts that are the same in one."""
    same = {row.claim for row in report.verdicts if row.status == "same"}
    found = [line for line in lines(report) if line.what not in same]
    if same:
        found.append(Line(f"{len(same)} verdict{'s' if len(same) > 1 else ''}", "", "", "", TOLD["same"], True))
    return found


def summary(reports: Sequence[CaseReport]) -> str:
    """All cases in one line."""
    failed = sum(report.fault is not None for report in reports)
    changed = sum(report.fault is None and not report.passed for report in reports)
    same = sum(report.same for report in reports)
    noise = len(reports) - failed - changed - same
    counts = [f"{n} {what}" for n, what in ((same, "the same"), (noise, "within the bounds")) if n]
    counts += [f"{changed} changed", f"{failed} failed"]
    cases = f"{len(reports)} case{'s' if len(reports) != 1 else ''}"
    return f"{cases} in {sum(report.seconds for report in reports):.1f} s: {', '.join(counts)}"


def table(reports: Sequence[CaseReport]) -> RenderableType:
    """Every case with its lines, and the summary."""
    page = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    page.add_column("")
    for name in ("expected", "found", "moved"):
        page.add_column(name, justify="right", no_wrap=True)
    page.add_column("")
    for report in reports:
        told = Text("failed", style=WRONG) if report.fault is not None else Text(f"{report.seconds:.1f} s", style="dim")
        page.add_row(Text(report.name, style="bold"), "", "", "", told)
        for line in _short(report):
            told = Text(line.told, style=RIGHT if line.passed else WRONG)
            page.add_row(Text(f"  {line.what}"), line.expected, line.found, line.moved, told)
    ending = Text(f"\n{summary(reports)}", style="bold" if all(report.passed for report in reports) else WRONG)
    faults = [Text(f"\n{report.name} failed:\n{report.fault}") for report in reports if report.fault is not None]
    return Group(page, *faults, ending)


def markdown(reports: Sequence[CaseReport]) -> str:
    """What changed as a table, and all that did not folded away below it."""
    wrong, fine = ([report for report in reports if report.passed is passed] for passed in (False, True))
    text = f"### thermopkg regress: {summary(reports)}\n"
    if wrong:
        text += f"\n{_markdown_table(wrong)}"
    if fine:
        text += f"\n<details><summary>As expected: {len(fine)}</summary>\n\n{_markdown_table(fine)}\n</details>\n"
    return text


def _markdown_table(reports: Iterable[CaseReport]) -> str:
    rows = ["| case | what | expected | found | moved | |", "| --- | --- | ---: | ---: | ---: | --- |"]
    for report in reports:
        for line in _short(report):
            told = line.told if line.passed else f"**{line.told}**"
            cells = (report.name, line.what, line.expected, line.found, line.moved, told)
            rows.append(_markdown_row(cells))
        if report.fault is not None:
            rows.append(_markdown_row((report.name, "", "", "", "", f"**failed:** {report.fault}")))
    return "\n".join(rows) + "\n"


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("\n", "<br>")):
        text = text.replace(sign, instead)
    return text


def _bounds(number: Number | None) -> str:
    if number is None:
        return NONE
    n = decimals(number.bracket.half_width)
    return f"{number.value:.{n}f} {interval(number.bracket, n)} {number.unit}"


def _percent(value: float) -> str:
    if abs(value) < FINEST:
        return f"below {FINEST} %"
    return f"{value:+.0f} %" if abs(value) >= 100 else f"{value:+.2g} %"
