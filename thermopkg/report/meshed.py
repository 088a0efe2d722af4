"""What does a reader see of a run on a mesh from a file? A sheet, the data of result.json, a file for ParaView."""

from pathlib import Path
from typing import Any

import meshio
import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.meshed import MeshAnswer
from thermopkg.answer.metrics import Metric
from thermopkg.arraytypes import FloatArray
from thermopkg.mesh.elements import ElementModel
from thermopkg.mesh.quality import Quality
from thermopkg.report.digits import decimals, interval
from thermopkg.report.result import SCHEMA, SYMBOLS, ZERO_CELSIUS
from thermopkg.report.sheet import heading, indented

COVERED = (
    "The bounds cover the error of the mesh and of the solver, for the regions and faces as the file has them. Curved "
    "outsides are those of the file's flat triangles; halving cells does not make them rounder."
)


def symbol(name: str) -> str:
    """Of a number, as the field writes it: θ_JA, or θ of one of several regions."""
    return SYMBOLS[name] if name in SYMBOLS else f"θ of {name.removeprefix('theta_')}"


def mesh_sheet(answer: MeshAnswer) -> RenderableType:
    """Numbers with their bounds, temperatures, watts, the mesh and how it was found."""
    wanted, blocks = answer.case.study.tolerance, list[RenderableType]()
    for metric in answer.metrics:
        digits = decimals(metric.bracket.half_width)
        line = Text("  ")
        line.append(f"{symbol(metric.name)} = {metric.bracket.value:.{digits}f} {metric.unit}", style="bold")
        line.append(f"   within {interval(metric.bracket, digits)}   ±{_percent(metric)}, guaranteed")
        blocks += [line, Text(f"         {metric.definition}", style="dim")]
    if not answer.reached:
        told = f"  wider than the ±{wanted:g} % wanted: the next mesh would be beyond the budget of cells or memory"
        blocks.append(Text(told, style="yellow"))
    return Group(
        Text(answer.case.title, style="bold"),
        "",
        *blocks,
        heading("Temperatures in °C", "means with guaranteed bounds"),
        indented(_temperatures(answer)),
        heading("Where the watts leave", f"{answer.generated:.4g} W are made"),
        indented(_watts(answer)),
        heading("How the mesh was found", "half-width of the widest number asked for"),
        indented(_steps(answer)),
        heading("The mesh of the file", answer.case.mesh.file),
        indented(quality_table(answer.quality)),
        heading("The model", ""),
        indented(Text(f"· {COVERED}")),
    )


def _percent(metric: Metric) -> str:
    return f"{100 * metric.relative_half_width:.2g} %"


def _table(*heads: str) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for number, head in enumerate(heads):
        table.add_column(head, justify="left" if number == 0 else "right")
    return table


def _temperatures(answer: MeshAnswer) -> Table:
    table = _table("region", "material", "mean", "within", "power, W")
    for name, mean in answer.means.items():
        own, digits = mean.scaled(1.0, -ZERO_CELSIUS), decimals(mean.half_width)
        region = answer.case.region[name]
        power = f"{region.power:.4g}" if region.power else ""
        table.add_row(name, region.material, f"{own.value:.{digits}f}", interval(own, digits), power)
    return table


def _watts(answer: MeshAnswer) -> Table:
    table = _table("face", "W", "share")
    for name, heat in answer.leaving.items():
        table.add_row(name, f"{heat:.4g}", f"{100 * heat / answer.generated:.1f} %")
    return table


def _steps(answer: MeshAnswer) -> Table:
    table = _table("tetrahedra", "within", "iterations", "s")
    for step in answer.steps:
        table.add_row(f"{step.n_cells:,}", f"±{100 * step.widest:.2g} %", f"{step.iterations}", f"{step.seconds:.1f}")
    return table


def quality_table(own: Quality) -> Table:
    """What a mesh of tetrahedra is like."""
    table = _table("", "")
    table.add_row("tetrahedra, points", f"{own.n_cells:,}, {own.n_points:,}")
    table.add_row("smallest angle between faces", f"{own.smallest_angle:.3g}°")
    table.add_row("largest aspect", f"{own.largest_aspect:.3g}")
    for name, volume in own.volumes.items():
        table.add_row(f"volume of {name}", f"{1e9 * volume:.4g} mm³")
    return table


def mesh_document(answer: MeshAnswer) -> dict[str, Any]:
    """The whole answer as JSON types, temperatures in degC; keys as in the result of a package where both have them."""
    own, study = answer.quality, answer.case.study
    return {
        "case": answer.name,
        "title": answer.case.title,
        "thermopkg": __version__,
        "schema": SCHEMA,
        "mesh": {
            "kind": "tetrahedra",
            "file": answer.case.mesh.file,
            "cells": answer.model.n_cells,
            "order": study.order,
            "of_the_file": {
                "cells": own.n_cells,
                "points": own.n_points,
                "smallest_angle_deg": own.smallest_angle,
                "largest_aspect": own.largest_aspect,
                "volumes_m3": dict(own.volumes),
            },
        },
        "refinement": [
            {"cells": step.n_cells, "half_width": step.widest, "iterations": step.iterations, "seconds": step.seconds}
            for step in answer.steps
        ],
        "tolerance": {"wanted": study.tolerance / 100, "reached": answer.steps[-1].widest},
        "metrics": {
            m.name: {**_bracket(m.bracket), "unit": m.unit, "definition": m.definition} for m in answer.metrics
        },
        "parts": {
            name: {"mean": _bracket(mean.scaled(1.0, -ZERO_CELSIUS)), "unit": "degC"}
            for name, mean in answer.means.items()
        },
        "balance": {"generated": answer.generated, "leaves": dict(answer.leaving), "unit": "W"},
        "modelling": [COVERED],
        "timing": {"total": answer.seconds, "unit": "s"},
    }


def _bracket(own: Bracket) -> dict[str, float]:
    return {"value": own.value, "lower": own.lower, "upper": own.upper}


def write_mesh_vtu(path: Path, model: ElementModel, temperature: FloatArray) -> None:
    """The last mesh with its temperatures, degC, and the number of every cell's region, in the order of the case."""
    mesh = meshio.Mesh(
        model.points.T,
        [("tetra", model.cells.T)],
        point_data={"temperature_degC": (temperature - ZERO_CELSIUS).astype(np.float32)},
        cell_data={"region": [model.region.astype(np.int32)]},
    )
    meshio.write(path, mesh, file_format="vtu")
