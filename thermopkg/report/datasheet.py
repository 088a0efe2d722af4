"""What does a reader see of a data sheet? Every row with its bounds and what else is uncertain, and every setup."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg.case.datasheet import Published
from thermopkg.explore.datasheet import Line, Setting, SolvedRows
from thermopkg.report.digits import decimals, interval
from thermopkg.report.operating import operating_rows
from thermopkg.report.package_facts import facts
from thermopkg.report.result import COVERED, SYMBOLS, ZERO_CELSIUS, model_notes
from thermopkg.report.sheet import heading, heat_blocks, indented, story
from thermopkg.setups.rows import Setup, Surroundings

LEAST_TOLD = 1e-4  # relative; less is told as such
HEADS = ("K/W", "within", "mesh %", "materials %", "no range %", "films %", "published", "")
WIDTHS = (12, 17)  # characters, of the longest symbol and setup
LEGEND = (
    "Within: bounds that hold whatever the mesh, guaranteed; mesh: half of their width.",
    "Materials: what the ranges of the conductivities make of it, each material off by itself; no range: how much of "
    "it hangs on materials whose range is not known.",
    "Films: what the laws of still and moving air are uncertain by.",
    "All of these in ± per cent of the number; of a ψ, no resistance, in per cent of the junction's rise per watt.",
)
WHERE: dict[Surroundings, str] = {
    "still air": "board level in still air, jesd51-2a-style",
    "moving air": "air moves along the level board, jesd51-6-style",
    "ring": "held ring on both sides of the board, jesd51-8-style",
    "plate above": "cold plate on the highest faces, no board",
    "plate below": "cold plate under the lowest faces, no board",
}
STYLE = (
    "Boards and surroundings are in the style of the standards that they name, not held against their text: "
    "docs/environments.md has every number with its source and confidence."
)
BUDGET = "the next grid would be beyond the budget of cells or memory: give it more, or a wider tolerance"


@dataclass(frozen=True)
class Told:
    """One row as words: what and where, the number with its bounds in K/W, percents, and what others say."""

    symbol: str
    condition: str
    value: str
    within: str
    mesh: str
    materials: str
    unranged: str
    films: str
    published: str
    deviation: str

    @property
    def figures(self) -> tuple[str, ...]:
        """All that stands behind what and where."""
        return (
            *(self.value, self.within, self.mesh, self.materials, self.unranged, self.films),
            *(self.published, self.deviation),
        )


def told(line: Line) -> Told:
    """One row in words."""
    bracket = line.metric.bracket
    n = decimals(bracket.half_width) if bracket.value or bracket.half_width else 0
    return Told(
        symbol=SYMBOLS[line.row.metric],
        condition=condition(line.row.setup),
        value=f"{bracket.value:.{n}f}".replace("-", "\N{MINUS SIGN}"),
        within=interval(bracket, n).replace("-", "\N{MINUS SIGN}"),
        mesh=percent(line.metric.relative_half_width),
        materials=percent(line.by_materials),
        unranged=percent(line.unranged),
        films=percent(line.by_films) if line.wandering.films else "none",
        published="" if line.published is None else published(line.published),
        deviation=deviation(line),
    )


def condition(setup: Setup) -> str:
    """Board and surroundings in few words."""
    match setup.surroundings:
        case "still air":
            return f"{setup.board}, still air"
        case "moving air":
            return f"{setup.board}, {setup.speed:g} m/s"
        case "ring":
            return f"{setup.board}, ring"
        case "plate above":
            return "cold plate on top"
        case "plate below":
            return "cold plate below"


def percent(share: float) -> str:
    """A share with two figures, without its sign for per cent."""
    if 0 < share < LEAST_TOLD:
        return f"< {100 * LEAST_TOLD:g}"
    if share <= 0:
        return "0"
    return f"{100 * share:.{max(0, 1 - math.floor(math.log10(100 * share)))}f}"


def published(found: Published) -> str:
    """What others say, K/W."""
    return f"{found.value:.4g}" if found.value is not None else f"< {found.below:.4g}"


def deviation(line: Line) -> str:
    """How far from that: in per cent, or whether the bounds are below what it is to be below."""
    if line.published is None:
        return ""
    if line.deviation is not None:
        return f"{100 * line.deviation:+.0f} %".replace("-", "\N{MINUS SIGN}")
    below, bracket = line.published.below or 0.0, line.metric.bracket
    return "below" if bracket.upper < below else "not below" if bracket.lower > below else "open"


def missed(sheet: SolvedRows) -> list[str]:
    """Which rows are wider than what is wanted, and why; nothing where none is."""
    wide = [
        f"{line.row.name} (±{percent(line.metric.relative_half_width)} %)" for line in sheet.lines if not line.reached
    ]
    return [f"Wider than the ±{sheet.case.study.tolerance:g} % wanted: {', '.join(wide)}; {BUDGET}."] if wide else []


def notes(sheet: SolvedRows) -> list[str]:
    """What stands behind all numbers: what the bounds cover, and what the models simplify; each sentence once."""
    found = [COVERED, STYLE]
    for setting in sheet.settings:
        found += model_notes(setting.model.package, setting.point)
    beginnings: dict[str, str] = {}  # a sentence with a list comes with the longest
    for note in found:
        start = note.rpartition(": ")[0] or note
        beginnings[start] = max(beginnings.get(start, ""), note, key=len)
    found = list(beginnings.values())
    if any(solid.medium is not None for solid in sheet.alone.package.solids):
        found.append("What joints cost that are one medium: thermopkg homogenise CASE sets them beside each by itself.")
    return found


def by_definition(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Neighbouring rows of one definition, in full: the metric's, and how its setup is."""
    for _, group in groupby(lines, key=lambda line: (line.row.metric, line.row.definition)):
        own = list(group)
        yield definition(own[0]), own


def definition(line: Line) -> str:
    """Every point of reference of a row, and its setup."""
    return f"{line.metric.definition}; {WHERE[line.row.setup.surroundings]}"


# ---------------------------------------------------------------- on the terminal
def datasheet_table(sheet: SolvedRows) -> RenderableType:
    """Every row with its three uncertainties apart, its definition below it."""
    rows = {line: told(line) for line in sheet.lines}
    widths = [max(map(len, column)) for column in zip(HEADS, *(row.figures for row in rows.values()), strict=True)]
    if not any(line.published for line in sheet.lines):
        widths = widths[:-2]
    blocks: list[RenderableType] = [Text(f"Thermal data sheet: {sheet.case.title}", style="bold")]
    blocks += [Text(f"  {name:<20} {text}") for name, text in facts(sheet.alone)]
    blocks += ["", _grid([("", "", HEADS, "dim")], widths)]
    for text, lines in by_definition(sheet.lines):
        cells = [(rows[x].symbol, rows[x].condition, rows[x].figures, "" if x.reached else "yellow") for x in lines]
        blocks += [_grid(cells, widths), Padding(Text(text, style="dim"), (0, 0, 0, 4))]
    blocks.append("")
    blocks += [Text(text, style="dim") for text in LEGEND]
    blocks += [Text(text, style="yellow") for text in missed(sheet)]
    return Group(*blocks)


def _grid(rows: Sequence[tuple[str, str, Sequence[str], str]], widths: Sequence[int]) -> Table:
    """Rows in columns that are the same in every group."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    for width in WIDTHS:
        table.add_column(no_wrap=True, width=width)
    for width in widths:
        table.add_column(justify="right", no_wrap=True, width=width)
    for symbol, where, figures, style in rows:
        table.add_row(symbol, where, *figures[: len(widths)], style=style)
    return table


def datasheet_sheet(sheet: SolvedRows) -> RenderableType:
    """The table, then every setup: films, watts, kelvins and mesh; then what all this rests on."""
    blocks: list[RenderableType] = [datasheet_table(sheet)]
    for setting in sheet.settings:
        blocks += _setting(setting)
    blocks += [heading("The model", ""), *(indented(Text(f"· {note}")) for note in notes(sheet))]
    if sheet.warnings:
        blocks += [heading("Worth a second look", "")]
        blocks += [indented(Text(f"{w.path}: {w.message}", style="yellow")) for w in sheet.warnings]
    blocks.append(Text(f"\nAll {len(sheet.lines)} rows in {sheet.seconds:.1f} s", style="dim"))
    return Group(*blocks)


def _setting(setting: Setting) -> list[RenderableType]:
    junction = setting.junction.scaled(1.0, -ZERO_CELSIUS)
    n = max(1, decimals(junction.half_width))
    told_of = f"{setting.power:.4g} W, junction at {junction.value:.{n}f} °C within {interval(junction, n)}"
    blocks: list[RenderableType] = [Text(f"\n{setting.title}", style="bold underline"), Text(told_of)]
    if setting.point is not None and setting.point.faces:
        blocks += [heading("Where films and conductivities came to rest", ""), indented(operating_rows(setting.point))]
    blocks += heat_blocks(setting.heat)
    blocks += [heading("How the mesh was found", mesh_words(setting)), story(setting.steps)]
    return blocks


def mesh_words(setting: Setting) -> str:
    """How many cells stand for the package, and how long it took."""
    grid = setting.model.grid
    part = {1: "the whole", 2: "half of what is its own mirror image", 4: "a quarter of what is its own mirror image"}
    return f"{grid.n_cells:,} cells, {part[grid.copies]}; {setting.seconds:.1f} s"
