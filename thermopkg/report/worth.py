"""What does a reader see of what the limitations are worth? Tables of differences with their certainty."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg.answer.answer import ACTIVE
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.metrics import Metric
from thermopkg.claims.worth import Difference, Effect, Worth
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import SYMBOLS

CERTAIN, WITHIN = "real", "mesh error"  # brackets are apart, or may hold one and the same value
HEADING = "What the limitations are worth"
LEGEND = f"{CERTAIN}: the brackets are apart; {WITHIN}: they share a value"
KEPT = "No change is known that takes these away alone and shows in a temperature"


def worth_sheet(worth: Worth) -> Group:
    """One table for each environment: every limitation that can be taken away alone, and what the answers do."""
    blocks: list[RenderableType] = [Text.assemble((f"\n{HEADING}", "bold"), (f"   {LEGEND}", "dim"))]
    for environment, whole in worth.whole.items():
        head = f"\n{environment.capitalize()}: {'; '.join(_number(metric) for metric in whole)}"
        blocks += [Text(head, style="bold"), *_blocks(environment, worth.effects)]
    if worth.kept:
        blocks.append(Text(f"\n{KEPT}", style="bold"))
        blocks += [Padding(Text(f"{claim}  {text}", style="dim"), (0, 0, 0, 2)) for claim, text in worth.kept]
    return Group(*blocks)


def worth_document(worth: Worth) -> dict[str, Any]:
    """The same as JSON types."""
    return {
        "whole": {
            environment: {m.name: {**_bracket(m.bracket), "unit": m.unit} for m in metrics}
            for environment, metrics in worth.whole.items()
        },
        "effects": [_effect(effect) for effect in worth.effects],
        "not_taken_away": [{"claim": claim, "limitation": text} for claim, text in worth.kept],
    }


def worth_markdown(worth: Worth) -> str:
    """The same as a section of Markdown."""
    lines = [f"## {HEADING}", "", f"{LEGEND[0].upper()}{LEGEND[1:]}.", ""]
    for environment, whole in worth.whole.items():
        lines += [f"### {environment.capitalize()}", "", f"As it stands: {'; '.join(_number(m) for m in whole)}.", ""]
        lines += [
            "| claim | limitation | taken away | then | change | certain? |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for effect in worth.effects:
            lines += [f"| {' | '.join(_cell(text) for text in row)} |" for row in _rows(environment, effect)]
        lines.append("")
    if worth.kept:
        lines += [f"{KEPT}:", "", *(f"- {claim}: {text}" for claim, text in worth.kept), ""]
    return "\n".join(lines)


def _blocks(environment: str, effects: Sequence[Effect]) -> Iterator[RenderableType]:
    """Every limitation on a line of its own, and under it what takes it away."""
    shown = ("", "")
    for effect in effects:
        if (effect.claim, effect.limitation) != shown:
            shown = effect.claim, effect.limitation
            yield Padding(Text.assemble((f"{effect.claim}  ", "bold"), (effect.limitation, "dim")), (0, 0, 0, 2))
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for width, justify in WIDTHS:
            table.add_column(width=width, justify=justify)
        change = ""
        for _, _, then_change, then, by, certain in _rows(environment, effect):
            style = "green" if certain == CERTAIN else "yellow"
            table.add_row("" if then_change == change else then_change, then, by, Text(certain, style=style))
            change = then_change
        yield Padding(table, (0, 0, 0, 6))


WIDTHS: tuple[tuple[int, Literal["left", "right"]], ...] = ((38, "left"), (25, "right"), (29, "right"), (10, "left"))
COLUMNS = ("claim", "limitation", "taken away", "then", "change", "certain?")


def _rows(environment: str, effect: Effect) -> list[tuple[str, str, str, str, str, str]]:
    """Claim, limitation, change, the number then, what it changed by, and whether that is certain."""
    if effect.failure is not None:
        return [(effect.claim, effect.limitation, effect.change, "", "", f"cannot be built: {effect.failure}")]
    rows = []
    for item in effect.differences[environment]:
        change = item.change
        n = decimals(change.half_width)
        rows.append(
            (
                effect.claim,
                effect.limitation,
                effect.change if effect.lost else f"{effect.change} (no claim is lost)",
                f"{_symbol(item.name)} {item.without.value:.{decimals(item.without.half_width)}f} {item.unit}",
                f"{change.value:+.{n}f} within {interval(change, n)}",
                CERTAIN if item.certain else WITHIN,
            )
        )
    return rows


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "claim": effect.claim,
        "limitation": effect.limitation,
        "change": effect.change,
        "lost": list(effect.lost),
        "failure": effect.failure,
        "differences": {
            environment: {item.name: _difference(item) for item in items}
            for environment, items in effect.differences.items()
        },
    }


def _difference(item: Difference) -> dict[str, Any]:
    return {
        "whole": _bracket(item.whole),
        "without": _bracket(item.without),
        "change": _bracket(item.change),
        "certain": item.certain,
        "unit": item.unit,
    }


def _bracket(bracket: Bracket) -> dict[str, float]:
    return {"value": bracket.value, "lower": bracket.lower, "upper": bracket.upper}


def _number(metric: Metric) -> str:
    n = decimals(metric.bracket.half_width)
    return f"{_symbol(metric.name)} = {metric.bracket.value:.{n}f} {metric.unit} within {interval(metric.bracket, n)}"


def _symbol(name: str) -> str:
    return SYMBOLS.get(name) or f"rise of {name.removesuffix(ACTIVE)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
