"""How does a data sheet look on paper? One page: the package, its rows, the air's speed, and which way the watts go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermopkg import __version__
from thermopkg.explore.datasheet import Setting, SolvedRows
from thermopkg.report.datasheet import LEGEND, STYLE, by_definition, condition, missed, told
from thermopkg.report.drawing import (
    FAINT,
    INK,
    MM_PER_INCH,
    POINTS_PER_INCH,
    SMALL_SIZE,
    SMALLEST_TEXT,
    TEXT_SIZE,
    TITLE_SIZE,
    shortened,
    text_width,
)
from thermopkg.report.package_facts import facts
from thermopkg.report.plots import draw_section
from thermopkg.report.sankey import draw_sankey
from thermopkg.report.speeds_plot import draw_speeds, in_air
from thermopkg.setups.rows import STILL_2S2P

PAGE = (210.0, 297.0)  # mm, A4
LEFT, RIGHT, TOP, BOTTOM = 12.0, 198.0, 12.0, 287.0  # mm, what is printed lies between
HEAD_SIZE = 13.0  # points, of the title
FINE_SIZE = 5.8  # points, of definitions and notes
LEADING = 1.38  # from line to line over the size of the letters
ROW_LEADING = 1.62  # the same of rows
GROUP_GAP = 1.1  # mm between rows of one definition and the next
GAP = 4.0  # mm between one block and the next
HEADS = ("K/W", "within", "± mesh %", "± materials %", "no range %", "± films %", "published", "deviation")
FACTS_END, SECTION_START = 76.0, 80.0  # mm across
SECTION = (40.0, 56.0)  # mm, least and most of its height, titles and ticks included
SPEEDS_END, SANKEY_START = 76.0, 86.0  # mm across
PLOTS = (46.0, 100.0)  # mm, least and most of their height, titles and ticks included
SMALLEST = SMALLEST_TEXT / TEXT_SIZE  # that a table is shrunk to
ALARM = "#b03a2e"
DOTS = 200  # per inch
MM_PER_POINT = MM_PER_INCH / POINTS_PER_INCH
SPACE = 0.42  # of the size of the letters, between two words and their edges
SUBSCRIPT = 0.85  # of the width of a symbol, most of whose letters are a subscript
BOLD = 1.18  # of the width of letters, that bold ones take


def save_page(sheet: SolvedRows, folder: Path) -> None:
    """Write datasheet.pdf and datasheet.png."""
    # whole TrueType fonts: the text can be searched and copied
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        figure = page(sheet)
        about = {"Title": sheet.case.title, "Creator": f"thermopkg {__version__}"}
        figure.savefig(folder / "datasheet.pdf", metadata=about)
        figure.savefig(folder / "datasheet.png", dpi=DOTS)


def page(sheet: SolvedRows) -> Figure:
    """The whole page."""
    figure = Figure(figsize=(PAGE[0] / MM_PER_INCH, PAGE[1] / MM_PER_INCH), dpi=DOTS)
    paper = figure.add_axes((0, 0, 1, 1))
    paper.set(xlim=(0, PAGE[0]), ylim=(PAGE[1], 0))
    paper.set_axis_off()
    top = _head(paper, sheet)
    bottom = _notes(paper, sheet)
    table = _laid_out(sheet)
    speeds, flows = in_air(sheet.lines), _told_flows(sheet)
    plots_wanted = bool(speeds) or flows is not None
    free = bottom - top - table.height - 2 * GAP
    plots = min(PLOTS[1], free - SECTION[0]) if plots_wanted and free >= SECTION[0] + PLOTS[0] else 0.0
    section = min(SECTION[1], free - plots)
    if section < SECTION[0]:  # so many rows that there is room for nothing else
        table = table.shrunk(min(1.0, (bottom - top - GAP) / table.height))
        _draw_table(paper, table, top)
        return figure
    _draw_facts(paper, sheet, top, section)
    draw_section(sheet.alone, _axes(figure, (SECTION_START, RIGHT), (top, top + section)))
    _draw_table(paper, table, top + section + GAP)
    if plots:
        start = top + section + table.height + 2 * GAP
        bottom = start + plots
        if speeds:
            draw_speeds(sheet.lines, _axes(figure, (LEFT, SPEEDS_END), (start, bottom)))
        if flows is not None:
            across = (SANKEY_START if speeds else LEFT, RIGHT)
            ax = draw_sankey(flows.heat.flows, _axes(figure, across, (start, bottom), ticks=False))
            ax.set_title(
                f"Which way the watts go: {condition(flows.setup.setup)}, {flows.power:.4g} W",
                fontsize=TITLE_SIZE, loc="left", color=INK, parse_math=False,
            )  # fmt: skip
    return figure


def _told_flows(sheet: SolvedRows) -> Setting | None:
    """The setup whose flows are drawn: 2s2p in still air, or else the first whose heat leaves somewhere."""
    drawn = [setting for setting in sheet.settings if setting.heat.flows.exits]
    return next((one for one in drawn if one.setup.setup == STILL_2S2P), drawn[0] if drawn else None)


def _axes(figure: Figure, across: tuple[float, float], down: tuple[float, float], ticks: bool = True) -> Axes:
    """Axes in a place in mm, with room there for a title, and for ticks and their names."""
    left, right = across[0] + (13.0 if ticks else 0.0), across[1] - 1.0
    high, low = down[0] + 6.0, down[1] - (10.0 if ticks else 6.0)
    return figure.add_axes((left / PAGE[0], 1 - low / PAGE[1], (right - left) / PAGE[0], (low - high) / PAGE[1]))


# ---------------------------------------------------------------- text
def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of at most `width` mm; a word that is longer is cut.

    Parameters
    ----------
    size : of the letters, points
    """
    room, lines, taken = width / MM_PER_POINT / size, list[str](), 0.0
    for word in text.split():
        own = _em(word)
        if lines and taken + SPACE + own <= room:
            lines[-1] += f" {word}"
            taken += SPACE + own
        else:
            lines.append(word if own <= room else fitting(word, width, size))
            taken = own
    return lines or [""]


@lru_cache(maxsize=4096)
def _em(word: str) -> float:
    """Width of a word over the size of its letters."""
    return text_width([word], 1.0)


def fitting(text: str, width: float, size: float) -> str:
    """The text on one line of `width` mm, cut where it is longer."""
    room, kept = width / MM_PER_POINT / size, text
    while len(kept) > 1 and _em(kept) > room:
        kept = shortened(kept, len(kept) - 1)
    return kept


def _put(paper: Axes, x: float, y: float, text: str, size: float, **how: object) -> None:
    """Text whose baseline is at y mm from the top."""
    if not text:
        return
    how = {"color": INK, "ha": "left", "va": "baseline", "parse_math": False, **how}
    paper.text(x, y, text, fontsize=size, **how)  # type: ignore[arg-type]  # keywords of one function


def _symbol(name: str) -> str:
    """θ_JA with its subscript set as one, bold."""
    letter, _, below = name.partition("_")
    return rf"$\mathbf{{{letter}_{{{below}}}}}$"


def _with_subscripts(text: str) -> str:
    """A definition, which is our own text, with subscripts and minus signs."""
    return re.sub(r"\b(T)_([A-Z])\b", r"$\\mathregular{\1_{\2}}$", text).replace(" - ", " \N{MINUS SIGN} ")


def _rule(paper: Axes, y: float, width: float = 0.5) -> None:
    paper.plot([LEFT, RIGHT], [y, y], color=INK if width >= 0.5 else FAINT, lw=width, solid_capstyle="butt")


def _lines(paper: Axes, x: float, y: float, lines: Sequence[str], size: float, **how: object) -> float:
    """Lines below one another; where the next one would stand."""
    for text in lines:
        _put(paper, x, y, text, size, **how)
        y += LEADING * size * MM_PER_POINT
    return y


# ---------------------------------------------------------------- top and bottom
def _head(paper: Axes, sheet: SolvedRows) -> float:
    """Title and rule; where they end."""
    _put(paper, LEFT, TOP + 2.0, "THERMAL DATA SHEET", SMALL_SIZE, color=FAINT)
    _put(paper, RIGHT, TOP + 2.0, f"thermopkg {__version__}", SMALL_SIZE, color=FAINT, ha="right")
    size = HEAD_SIZE
    lines = wrapped(sheet.case.title, (RIGHT - LEFT) / BOLD, size)
    while len(lines) > 2 and size > TITLE_SIZE:
        size -= 1.0
        lines = wrapped(sheet.case.title, (RIGHT - LEFT) / BOLD, size)
    y = _lines(paper, LEFT, TOP + 8.0, lines, size, weight="bold")
    y += -LEADING * size * MM_PER_POINT + 2.5
    _rule(paper, y, 0.9)
    return y + 2.0


def _notes(paper: Axes, sheet: SolvedRows) -> float:
    """What the numbers cover and what not, from the bottom up; where they begin."""
    sources = dict.fromkeys(line.published.source for line in sheet.lines if line.published is not None)
    texts = [" ".join(LEGEND), STYLE]
    texts += (
        [f"Published: {', '.join(sources)}; deviations are of the value here from the published one."]
        if sources
        else []
    )
    plain = [line for text in texts for line in wrapped(text, RIGHT - LEFT, FINE_SIZE)]
    alarming = [line for text in missed(sheet) for line in wrapped(text, RIGHT - LEFT, FINE_SIZE)]
    y = BOTTOM - LEADING * FINE_SIZE * MM_PER_POINT * (len(plain) + len(alarming) - 1)
    start = y - FINE_SIZE * MM_PER_POINT - 1.5
    _rule(paper, start)
    y = _lines(paper, LEFT, y, alarming, FINE_SIZE, color=ALARM)
    _lines(paper, LEFT, y, plain, FINE_SIZE, color=FAINT)
    return start - 2.0


def _draw_facts(paper: Axes, sheet: SolvedRows, top: float, height: float) -> None:
    found = facts(sheet.alone)
    name_width = max(text_width([name for name, _ in found], SMALL_SIZE) * MM_PER_POINT + 2.0, 14.0)
    name_width = min(name_width, 28.0)
    size = SMALL_SIZE
    while True:
        blocks = [(name, wrapped(text, FACTS_END - LEFT - name_width, size)[:2]) for name, text in found]
        step = LEADING * size * MM_PER_POINT
        needed = sum(len(lines) * step + 0.6 for _, lines in blocks)
        if needed <= height - 4.0 or size <= SMALLEST_TEXT:
            break
        size -= 0.25
    y = top + 4.0
    for number, (name, lines) in enumerate(blocks):
        if y + len(lines) * step > top + height and number < len(blocks):
            _put(paper, LEFT, y, f"and {len(blocks) - number} more", size, color=FAINT)
            break
        _put(paper, LEFT, y, fitting(name, name_width - 1.0, size), size, color=FAINT)
        y = _lines(paper, LEFT + name_width, y, lines, size) + 0.6


# ---------------------------------------------------------------- the table
@dataclass(frozen=True)
class Row:
    """Cells of one row, and whether it misses its tolerance."""

    cells: tuple[str, ...]
    misses: bool


@dataclass(frozen=True)
class Laid:
    """The table with all its lines: rows by definition, ends of the columns in mm, the scale of its letters."""

    groups: tuple[tuple[tuple[Row, ...], tuple[str, ...]], ...]
    heads: tuple[str, ...]
    ends: tuple[float, ...]
    scale: float = 1.0

    @property
    def row(self) -> float:
        """From row to row, mm."""
        return self.scale * ROW_LEADING * TEXT_SIZE * MM_PER_POINT

    @property
    def fine(self) -> float:
        """From line to line of a definition, mm."""
        return self.scale * LEADING * FINE_SIZE * MM_PER_POINT

    @property
    def height(self) -> float:
        """Of all, mm."""
        inner = sum(
            len(rows) * self.row + len(lines) * self.fine + GROUP_GAP * self.scale for rows, lines in self.groups
        )
        return self.row + inner

    def shrunk(self, factor: float) -> "Laid":
        """The same in smaller letters."""
        return replace(self, scale=factor * self.scale)


def _laid_out(sheet: SolvedRows) -> Laid:
    """The table in letters of full size, or in smaller ones where there are many rows."""
    shown = 2 + len(HEADS) - (0 if any(line.published for line in sheet.lines) else 2)
    groups = []
    for text, lines in by_definition(sheet.lines):
        rows = []
        for line in lines:
            own = told(line)
            rows.append(Row((own.symbol, own.condition, *own.figures)[:shown], not line.reached))
        groups.append((tuple(rows), tuple(wrapped(text, RIGHT - LEFT - 4.0, FINE_SIZE))))
    heads = ("", "", *HEADS)[:shown]
    cells = [heads, *(row.cells for rows, _ in groups for row in rows)]
    widths = [BOLD * max(map(_em, column)) * TEXT_SIZE * MM_PER_POINT for column in zip(*cells, strict=True)]
    widths[0] *= SUBSCRIPT
    apart = (RIGHT - LEFT - sum(widths)) / (shown - 1)
    ends, x = [], LEFT
    for number, width in enumerate(widths):
        ends.append(x if number < 2 else x + width)  # the first two columns begin there, the others end there
        x += width + apart
    laid = Laid(tuple(groups), heads, tuple(ends))
    room = BOTTOM - TOP - SECTION[0] - PLOTS[0] - 45.0  # less title, notes and gaps
    return laid.shrunk(max(min(1.0, room / laid.height), SMALLEST))


def _draw_table(paper: Axes, laid: Laid, top: float) -> None:
    size, fine = laid.scale * TEXT_SIZE, laid.scale * FINE_SIZE
    y = top + 0.66 * laid.row
    for number, (head, x) in enumerate(zip(laid.heads, laid.ends, strict=True)):
        _put(paper, x, y, head, laid.scale * SMALL_SIZE, color=FAINT, ha="left" if number < 2 else "right")
    _rule(paper, top + laid.row, 0.5)
    y = top + laid.row
    for rows, lines in laid.groups:
        for row in rows:
            y += laid.row
            colour = ALARM if row.misses else INK
            for number, (text, x) in enumerate(zip(row.cells, laid.ends, strict=True)):
                _put(
                    paper, x, y - 0.3 * laid.row, _symbol(text) if number == 0 else text, size, color=colour,
                    weight="bold" if number == 2 else "normal", ha="left" if number < 2 else "right",
                    parse_math=number == 0,
                )  # fmt: skip
        for text in lines:
            y += laid.fine
            own = _with_subscripts(text)
            _put(paper, LEFT + 4.0, y - 0.3 * laid.fine - 0.4, own, fine, color=FAINT, parse_math=True)
        y += GROUP_GAP * laid.scale
        _rule(paper, y - 0.3, 0.25)
