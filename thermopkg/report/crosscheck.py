"""What does a reader see of two engines side by side? Both brackets, whether they agree, and what the shape does."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.bracket import Bracket
from thermopkg.claims.worth import Difference
from thermopkg.explore.engines import Crosscheck, EngineRun
from thermopkg.report.digits import decimals, interval
from thermopkg.report.variants import symbol

SCHEMA = 1  # version of the JSON's layout
AGREE, DISAGREE = "agree", "disagree"
PARTS = {1: "the whole", 2: "a half", 4: "a quarter"}
LEGEND = "every bracket is of its own model; engines agree where the brackets of one model share a value"


def crosscheck_sheet(found: Crosscheck) -> RenderableType:
    """Every number by every engine, the difference of the engines and of the shapes, and how good the meshes are."""
    blocks: list[RenderableType] = [Text(found.title, style="bold"), Text(LEGEND, style="dim")]
    for number, metric in enumerate(found.voxels.metrics):
        columns = ("engine", "joints", f"{symbol(metric.name)} in {metric.unit}", "cells", "s")
        blocks += ["", _table(columns, [_row(run, number) for run in found.runs], left=(0, 1))]
        engines = found.engines[number]
        told = Text(DISAGREE, style="bold red") if engines.certain else Text(AGREE, style="green")
        blocks.append(Padding(Text.assemble(f"tetrahedra less voxels {_change(engines, metric.unit)}: ", told), (0, 2)))
        if found.round is not None:
            shape, joints = found.shape[number], found.round.joints
            sure = "certain" if shape.certain else "within the brackets"
            blocks.append(Padding(f"{joints} less square joints {_change(shape, metric.unit)}: {sure}", (0, 2)))
            blocks.append(Padding(_parts(engines, shape, metric.unit), (0, 2)))
    heads = ("tetrahedra", "points", "smallest angle", "largest aspect")
    meshes = [_quality_row(run) for run in found.runs if run.quality is not None]
    blocks += ["", Text(_told(found), style="dim")]
    return Group(*blocks, "", _table(heads, meshes, left=(0,)))


def _parts(engines: Difference, shape: Difference, unit: str) -> str:
    """How much of what round tetrahedra differ by from square voxels is shape."""
    whole = engines.change.value + shape.change.value
    n = decimals(max(abs(engines.change.value), abs(shape.change.value)) / 10)
    return (
        f"round tetrahedra less square voxels {whole:+.{n}f} {unit}: "
        f"meshes and elements {engines.change.value:+.{n}f}, shape {shape.change.value:+.{n}f}"
    )


def _told(found: Crosscheck) -> str:
    """What was solved, in words."""
    tetrahedra = found.square
    fluxes = f"tetrahedra: fields of order {tetrahedra.order} from below, fluxes of lowest order from above"
    parts = f"voxels on {PARTS[found.voxels.copies]}, tetrahedra on {PARTS[tetrahedra.copies]} of the package"
    told = f"{fluxes}\n{parts}"
    if found.left_out:
        told += f"\nround joints left out: they take {found.left_out:,} tetrahedra; name more --cells to have the shape"
    return told


def _table(heads: Sequence[str], rows: Sequence[tuple[str, ...]], left: Sequence[int]) -> RenderableType:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for i, head in enumerate(heads):
        table.add_column(head, justify="left" if i in left else "right")
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, 2))


def _row(run: EngineRun, number: int) -> tuple[str, ...]:
    bracket = run.metrics[number].bracket
    n = decimals(bracket.half_width)
    value = f"{bracket.value:.{n}f} within {interval(bracket, n)}"
    return run.name, run.joints, value, f"{run.n_cells:,}", f"{run.seconds:.1f}"


def _change(difference: Difference, unit: str) -> str:
    change, whole = difference.change, difference.whole.value
    n = decimals(change.half_width)
    percent = f" ({100 * change.value / whole:+.2f} %)" if whole else ""
    return f"{change.value:+.{n}f} {unit}{percent}, within {interval(change, n)}"


def _quality_row(run: EngineRun) -> tuple[str, ...]:
    quality = run.quality
    assert quality is not None, "only tetrahedra have a quality"
    return run.joints, f"{quality.n_points:,}", f"{quality.smallest_angle:.2g}°", f"{quality.largest_aspect:.2g}"


def crosscheck_document(found: Crosscheck) -> dict[str, Any]:
    """The same as JSON types."""
    return {
        "title": found.title,
        "thermopkg": __version__,
        "schema": SCHEMA,
        "agree": found.agree,
        "runs": [_run(run) for run in found.runs],
        "engines": _differences(found.engines),
        "shape": _differences(found.shape),
        "round_left_out": found.left_out,
    }


def _differences(found: Sequence[Difference]) -> dict[str, Any]:
    return {item.name: {**_bracket(item.change), "unit": item.unit, "certain": item.certain} for item in found}


def _run(run: EngineRun) -> dict[str, Any]:
    document: dict[str, Any] = {
        "engine": run.name,
        "joints": run.joints,
        "metrics": {metric.name: {**_bracket(metric.bracket), "unit": metric.unit} for metric in run.metrics},
        "cells": run.n_cells,
        "seconds": run.seconds,
    }
    document["copies"] = run.copies
    if run.quality is not None:
        document["order"] = run.order
        document["mesh"] = {
            "points": run.quality.n_points,
            "smallest_angle_degrees": run.quality.smallest_angle,
            "largest_aspect": run.quality.largest_aspect,
            "volumes_m3": dict(run.quality.volumes),
        }
    return document


def _bracket(bracket: Bracket) -> dict[str, float]:
    return {"value": bracket.value, "lower": bracket.lower, "upper": bracket.upper}
