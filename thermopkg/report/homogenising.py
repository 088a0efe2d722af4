"""What does a reader see of the cost of homogenised joints? Both models side by side, as a table and as data."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.bracket import Bracket
from thermopkg.explore.homogenisation import Cost, Run
from thermopkg.package.solids import Solid
from thermopkg.report.digits import decimals, interval
from thermopkg.report.homogenised import homogenised_document, in_plane
from thermopkg.report.variants import symbol
from thermopkg.report.worth import CERTAIN, WITHIN

SCHEMA = 1  # version of the JSON's layout
LEGEND = (
    f"every bracket is guaranteed for its own model; {CERTAIN}: the brackets are apart; {WITHIN}: they share a value"
)


def cost_sheet(cost: Cost) -> RenderableType:
    """Every number in every way, with its difference from the explicit model, cells and seconds."""
    legend = (
        f"every bracket guaranteed for its own model; {CERTAIN}: the brackets are apart; {WITHIN}: they share a value"
    )
    blocks: list[RenderableType] = [Text(cost.title, style="bold"), Text(legend, style="dim")]
    for number, metric in enumerate(cost.explicit.metrics):
        heads = ("joints", f"{symbol(metric.name)} in {metric.unit}", "homogenised less explicit", "", "cells", "s")
        rows = [_row(cost, run, number) for run in (cost.explicit, *cost.others)]
        blocks += ["", _table(heads, rows, left=(0, 3))]
    heads = ("joints", "one medium for", "", "made of", "through", "in the plane, W/m/K")
    media = [(run.name, solid) for run in cost.others for solid in run.media]
    blocks += ["", _table(heads, [_medium_row(name, solid) for name, solid in media], left=(0, 1, 3))]
    for name, why in cost.kept.items():
        blocks.append(Padding(Text(f"{name} stays explicit: {why}", style="yellow"), (0, 0, 0, 2)))
    return Group(*blocks)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str | Text]], left: Sequence[int]) -> RenderableType:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for i, head in enumerate(heads):
        table.add_column(head, justify="left" if i in left else "right", no_wrap=i != left[-1])
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, 2))


def _row(cost: Cost, run: Run, number: int) -> tuple[str | Text, ...]:
    bracket = run.metrics[number].bracket
    value, effort = _shown(bracket), (f"{run.n_cells:,}", f"{run.seconds:.1f}")
    if run is cost.explicit:
        return run.name, value, "", "", *effort
    difference = cost.differences(run)[number]
    change, whole = difference.change, difference.whole.value
    percent = f" ({100 * change.value / whole:+.2f} %)" if whole else ""
    n = decimals(change.half_width)
    certain = Text(CERTAIN, style="yellow") if difference.certain else Text(WITHIN, style="green")
    return run.name, value, f"{change.value:+.{n}f} within {interval(change, n)}{percent}", certain, *effort


def _shown(bracket: Bracket) -> str:
    n = decimals(bracket.half_width)
    return f"{bracket.value:.{n}f} within {interval(bracket, n)}"


def _medium_row(name: str, solid: Solid) -> tuple[str, ...]:
    medium = solid.medium
    assert medium is not None, "only media are told of"
    plane = in_plane(medium.conductivity)
    if medium.lower is not None and medium.upper is not None:
        plane += f" within [{in_plane(medium.lower)}, {in_plane(medium.upper)}]"
    return name, solid.name, f"{medium.n_joints:,}", medium.name, f"{medium.conductivity[2]:.4g}", plane


def cost_document(cost: Cost) -> dict[str, Any]:
    """The same as JSON types."""
    return {
        "title": cost.title,
        "thermopkg": __version__,
        "schema": SCHEMA,
        "explicit": _run(cost.explicit),
        "homogenised": [
            {
                **_run(run),
                "joints": homogenised_document(run.media),
                "differences": {
                    item.name: {**_bracket(item.change), "unit": item.unit, "certain": item.certain}
                    for item in cost.differences(run)
                },
            }
            for run in cost.others
        ],
        "kept": dict(cost.kept),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "model": run.name,
        "metrics": {metric.name: {**_bracket(metric.bracket), "unit": metric.unit} for metric in run.metrics},
        "cells": run.n_cells,
        "seconds": run.seconds,
    }


def _bracket(bracket: Bracket) -> dict[str, float]:
    return {"value": bracket.value, "lower": bracket.lower, "upper": bracket.upper}
