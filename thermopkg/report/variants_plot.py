"""How do the cases of a structural sweep compare? One number of every case with its bracket as an error bar."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from thermopkg.answer.bracket import Bracket
from thermopkg.explore.store import Finished
from thermopkg.explore.table import Row, Table
from thermopkg.explore.variants import Setting
from thermopkg.report.drawing import FAINT, TEXT_SIZE, dress, name_axes, shortened
from thermopkg.report.variants import symbol

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#222222")  # told apart by every eye
MARKS = ("o", "s", "^", "D", "v", "P", "X")
MOST_NAMED = 14  # series in the legend; every colour twice, with another mark
SIZE = (140.0, 90.0)  # mm
LONGEST_LABEL = 40  # characters
MOST_APART, ROOM = 0.12, 0.7  # of the way from one name to the next: two series, and all of them
SLANT = 30  # degrees, of names along the axis


def draw_variants(table: Table, ax: Axes, *, number: str | None = None) -> Axes:
    """One number over what varies first, a series for each combination of the rest.

    Where values are numbers the axis is one. Names stand side by side, and at each the series beside each other. Cases
    that failed leave a gap.

    Parameters
    ----------
    number : its name, such as "theta_ja"; by default the first
    """
    asked = number if number is not None else next(iter(table.numbers), None)
    across, others = _across(table)
    places: dict[Setting, float] = {}
    for row in table.rows:
        value = table.plan.shown(across, row.variant.settings[across]) if across else "as it stands"
        places.setdefault(value, value if isinstance(value, float) else float(len(places)))
    series: dict[tuple[Setting, ...], list[tuple[float, Bracket]]] = {}
    for row in table.rows:
        bracket = _bracket(row, asked)
        value = table.plan.shown(across, row.variant.settings[across]) if across else "as it stands"
        if bracket is not None:
            key = tuple(row.variant.settings[column] for column in others)
            series.setdefault(key, []).append((places[value], bracket))
    numeric = all(isinstance(value, float) for value in places)
    apart = 0.0 if numeric else min(MOST_APART, ROOM / max(len(series), 1))
    for i, (key, points) in enumerate(series.items()):
        words = ", ".join(table.plan.words(column, setting) for column, setting in zip(others, key, strict=True))
        label = shortened(words, LONGEST_LABEL) if i < MOST_NAMED else None
        beside = apart * (i - 0.5 * (len(series) - 1))
        _draw_series([(place + beside, bracket) for place, bracket in points], ax, i, label, joined=numeric)
    dress(ax)
    ax.grid(visible=True, axis="y", color=FAINT, alpha=0.25, lw=0.5)
    if not numeric:
        names = [shortened(str(value), LONGEST_LABEL) for value in places]
        ax.set_xticks(list(places.values()), names, rotation=SLANT, ha="right")
        ax.set_xlim(-0.5, len(places) - 0.5)
    if others and series:
        ax.legend(fontsize=TEXT_SIZE, frameon=False)
    unit = table.plan.unit(across)
    told = f"{symbol(asked)} [{table.numbers[asked]}]" if asked else ""
    title = f"{symbol(asked)} of {sum(map(len, series.values()))} cases, with guaranteed bounds" if asked else "no case"
    name_axes(ax, f"{across} [{unit}]" if unit else across, told, title)
    return ax


def _across(table: Table) -> tuple[str, tuple[str, ...]]:
    """What the axis shows, and what the series differ in: of numbers the one with the most values goes along."""
    values = {c: list(dict.fromkeys(row.variant.settings[c] for row in table.rows)) for c in table.plan.columns}
    numeric = [c for c, found in values.items() if not any(isinstance(v, str) for v in found)]
    across = max(numeric or values, key=lambda c: len(values[c]), default="")
    return across, tuple(c for c in values if c != across)


def _bracket(row: Row, name: str | None) -> Bracket | None:
    if isinstance(row.answer, Finished) and name in row.answer.record.metrics:
        return row.answer.record.metrics[name].bracket
    return None


def _draw_series(points: Sequence[tuple[float, Bracket]], ax: Axes, i: int, label: str | None, joined: bool) -> None:
    ordered = sorted(points, key=lambda point: point[0])
    x = [place for place, _ in ordered]
    y = [bracket.value for _, bracket in ordered]
    below = [bracket.value - bracket.lower for _, bracket in ordered]
    above = [bracket.upper - bracket.value for _, bracket in ordered]
    mark = MARKS[(i + i // len(COLOURS)) % len(MARKS)]
    ax.errorbar(
        x, y, (below, above), color=COLOURS[i % len(COLOURS)], marker=mark, ms=3.5, lw=0.8 if joined else 0.0,
        elinewidth=1.0, capsize=2.5, label=label,
    )  # fmt: skip
