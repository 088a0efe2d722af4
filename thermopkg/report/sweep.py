"""How does a bracketed map read? On the terminal, as CSV and as JSON."""

import csv
import io
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.explore.chart import MISSED, Chart
from thermopkg.explore.frames import headed
from thermopkg.explore.window import Window
from thermopkg.report.digits import decimals, interval
from thermopkg.report.variants import symbol

SCHEMA = 1  # version of the JSON's layout
ENDS = {  # why a model may add more to the mesh's width than it is made to
    "memory": "the memory had no room for a further full solution",
    "most": "there are as many full solutions as a model may have",
}
LEAST_ADDED = 1e-5  # share of a width; below is not worth a figure


def window_words(window: Window, chart: Chart) -> str:
    """What a claim wants of a parameter: sink.gap 0.03 to 0.2 mm."""
    own = next(v.parameter for v in chart.varied if v.parameter.name == window.parameter)
    if window.high is None:
        return f"{window.parameter} above {own.shown(window.low)}"
    return f"{window.parameter} {own.in_unit(window.low):.4g} to {own.shown(window.high)}"


# ---------------------------------------------------------------- on the terminal
def map_sheet(chart: Chart) -> RenderableType:
    """Coolest and hottest design, also of those that the claims want, how wide the brackets are, and full solutions."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("")
    for varied in chart.varied:
        table.add_column(headed(varied.parameter.name, varied.parameter.unit), justify="right")
    table.add_column(headed(symbol(chart.asked.name), chart.asked.unit), justify="right", no_wrap=True)
    every = np.arange(len(chart.designs))
    _add_ends(table, chart, "", every)
    if chart.windows:
        inside = chart.inside()
        for told, places in (("inside the window", every[inside]), ("outside", every[~inside])):
            _add_ends(table, chart, f", {told}", places)
    lines: list[RenderableType] = [Text(_heading(chart), style="bold"), table]
    for window in chart.windows:
        lines.append(Text(f"{window.claim}: {window.text} ({window_words(window, chart)})", style="dim"))
    widest = 100 * float(chart.brackets.relative_half_width.max())
    solved = len(chart.model.snapshots)
    lines.append(
        Text(
            f"Guaranteed bounds at every design, at most ±{widest:.2g} %, of which {_added(chart)}; "
            f"{solved} full solutions on {chart.model.n_cells:,} cells"
        )
    )
    if chart.model.ended in ENDS:
        lines.append(Text(f"{ENDS[chart.model.ended]}: brackets may be wider than the mesh makes them", style="yellow"))
    if chart.beyond.any():
        lines.append(Text(_beyond(chart), style="yellow"))
    if chart.outside:
        told = f"{chart.outside} designs lie outside the model's ranges: their bounds hold too, and are wider"
        lines.append(Text(told, style="yellow"))
    if chart.note:
        lines.append(Text(chart.note, style="dim"))
    if chart.resolved:
        told = "\nsolved again in full, each on a mesh of its own"
        lines += [Text(f"{told}, with these" if chart.note else told, style="dim"), _resolved(chart)]
    return Group(*lines)


def _heading(chart: Chart) -> str:
    count = " × ".join(str(n) for n in chart.shape)
    told = f"{count} = {len(chart.designs):,}" if len(chart.shape) > 1 else count
    return f"{symbol(chart.asked.name)} at {told} designs"


def _beyond(chart: Chart) -> str:
    """Where the tolerance is not kept, how far off, and why."""
    wanted, widths = chart.study.tolerance, 100 * chart.brackets.relative_half_width
    worst = int(widths.argmax())
    pairs = zip(chart.varied, chart.designs[worst], strict=True)
    design = ", ".join(f"{v.parameter.name} {v.parameter.shown(x)}" for v, x in pairs)
    if chart.model.outside(chart.designs[worst : worst + 1]).any():
        why = "it is outside the model's ranges"
    elif chart.study.refine is not None:
        why = "the study names its mesh; refine once more, or leave refine out"
    elif widths[worst] <= (1 + MISSED) * wanted:
        why = f"less than {100 * MISSED:.0f} % beyond it is not worth a further mesh and another model"
    else:
        why = "the next mesh would be beyond the budget of cells or memory"
    return (
        f"Wider than the ±{wanted:g} % wanted at {chart.beyond.sum():,} of {len(widths):,} designs, "
        f"most at {design}: {why}"
    )


def _added(chart: Chart) -> str:
    added = chart.model.added[np.isfinite(chart.model.added)]
    if not added.size:
        return "the model's own part is not known"
    share = f"{100 * added[-1]:.2g}" if added[-1] >= LEAST_ADDED else f"less than {100 * LEAST_ADDED:g}"
    return f"the model added {share} % of the mesh's at its last full solution"


def _add_ends(table: Table, chart: Chart, told: str, places: Any) -> None:
    if not len(places):
        return
    values = chart.brackets.value[places]
    for name, i in (("lowest", places[values.argmin()]), ("highest", places[values.argmax()])):
        bracket = chart.brackets.one(int(i))
        n = decimals(bracket.half_width)
        shown = [f"{v.parameter.in_unit(x):.4g}" for v, x in zip(chart.varied, chart.designs[i], strict=True)]
        table.add_row(f"{name}{told}", *shown, f"{bracket.value:.{n}f} {interval(bracket, n)}")


def _resolved(chart: Chart) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for varied in chart.varied:
        table.add_column(headed(varied.parameter.name, varied.parameter.unit), justify="right")
    for name in ("model", "full", "difference", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for one in chart.resolved:
        n = decimals(min(one.reduced.half_width, one.full.half_width))
        shown = [f"{v.parameter.in_unit(x):.4g}" for v, x in zip(chart.varied, one.design, strict=True)]
        difference = f"{100 * (one.reduced.value / one.full.value - 1):+.3f} %"
        verdict = Text("meet", style="green") if one.meet else Text("apart", style="bold red")
        brackets = [f"{b.value:.{n}f} {interval(b, n)}" for b in (one.reduced, one.full)]
        table.add_row(*shown, *brackets, difference, verdict)
    return table


# ---------------------------------------------------------------- for programs
def map_csv(chart: Chart) -> str:
    """One line for every design, with full digits."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    columns = chart.columns()
    writer.writerow(columns)
    writer.writerows(np.stack(list(columns.values()), axis=1).tolist())
    return page.getvalue()


def map_document(chart: Chart) -> dict[str, Any]:
    """Everything as JSON types; arrays run over the designs, the last parameter fastest."""
    own, model, found = [v.parameter for v in chart.varied], chart.model, chart.brackets
    widest = found.relative_half_width.argmax()
    return {
        "thermopkg": __version__,
        "schema": SCHEMA,
        "title": model.title,
        "number": {"name": chart.asked.name, "unit": chart.asked.unit, "definition": chart.asked.definition},
        "parameters": [
            {"name": p.name, "unit": p.unit or None, "values": [p.in_unit(float(x)) for x in v.values]}
            for p, v in zip(own, chart.varied, strict=True)
        ],
        "note": chart.note or None,
        "value": found.value.tolist(),
        "lower": found.lower.tolist(),
        "upper": found.upper.tolist(),
        "windows": [
            {
                "claim": w.claim,
                "text": w.text,
                "parameter": w.parameter,
                "low": p.in_unit(w.low),
                "high": None if w.high is None else p.in_unit(w.high),
            }
            for w in chart.windows
            for p in own
            if p.name == w.parameter
        ],
        "model": {
            "cells": model.n_cells,
            "snapshots": [[p.in_unit(float(x)) for p, x in zip(own, row, strict=True)] for row in model.snapshots],
            "added": [float(x) if np.isfinite(x) else None for x in model.added],
            "ended": model.ended,
            "outside": chart.outside,
        },
        "tolerance": {
            "wanted": chart.study.tolerance / 100,
            "widest": float(found.relative_half_width.max()),
            "widest_at": [p.in_unit(float(x)) for p, x in zip(own, chart.designs[widest], strict=True)],
            "beyond": int(chart.beyond.sum()),
        },
        "resolved": [
            {
                "design": [p.in_unit(x) for p, x in zip(own, one.design, strict=True)],
                "reduced": _bracket(one.reduced),
                "full": _bracket(one.full),
                "meet": one.meet,
            }
            for one in chart.resolved
        ],
    }


def _bracket(bracket: Any) -> dict[str, float]:
    return {"value": bracket.value, "lower": bracket.lower, "upper": bracket.upper}
