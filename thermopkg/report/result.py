"""What does a program read? The answer as the plain data of result.json."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thermopkg import __version__
from thermopkg.answer.adapt import Step
from thermopkg.answer.allowed_power import AllowedPower
from thermopkg.answer.answer import ACTIVE, Answer, PartTemperature, SolverFigures
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.operating import OperatingPoint
from thermopkg.case.part import Pattern
from thermopkg.claims.chart import ClaimVerdict
from thermopkg.errors import Fault
from thermopkg.mesh.contents import contents
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.interfaces import LAYER
from thermopkg.package.package import Package
from thermopkg.package.solids import Role, Solid
from thermopkg.report.contents import contents_document
from thermopkg.report.heat import heat_document
from thermopkg.report.homogenised import homogenised_document, medium_words
from thermopkg.report.operating import operating_document

SCHEMA = 1  # version of the layout
ZERO_CELSIUS = 273.15  # K
ROUND: tuple[Role, ...] = ("bumps", "balls", "pads", "vias")
SYMBOLS = {  # of the metrics, as the field writes them
    "theta_ja": "θ_JA",
    "theta_jma": "θ_JMA",
    "theta_jb": "θ_JB",
    "theta_jc_top": "θ_JC(top)",
    "theta_jc_bottom": "θ_JC(bottom)",
    "psi_jt": "ψ_JT",
    "psi_jb": "ψ_JB",
}


@dataclass(frozen=True)
class Timing:
    """Wall-clock seconds of the stages of a run."""

    mesh: float
    solve: float
    total: float


def document(
    answer: Answer,
    steps: Sequence[Step],
    chart: Sequence[ClaimVerdict],
    warnings: Sequence[Fault],
    name: str,
    timing: Timing,
) -> dict[str, Any]:
    """The whole answer as JSON types, temperatures in degC."""
    model = answer.model
    return {
        "case": name,
        "title": model.package.case.title,
        "thermopkg": __version__,
        "schema": SCHEMA,
        "mesh": {
            "kind": "voxel",
            "cells": model.grid.n_cells,
            "active_cells": model.n_active,
            "shape": model.grid.shape,
            "steps": len(steps),
        },
        "contents": contents_document(contents(model)),
        "homogenised": homogenised_document(model.package.solids),
        "refinement": [step_document(step) for step in steps],
        "tolerance": {"wanted": model.package.case.study.tolerance / 100, "reached": _finite(answer.widest)},
        "metrics": {
            m.name: {**_bracket(m.bracket), "unit": m.unit, "definition": m.definition} for m in answer.metrics
        },
        "parts": {part.name: _temperature(part) for part in answer.parts},
        "readings": {reading.name: _temperature(reading) for reading in answer.readings},
        "resistance": _resistance(answer),
        "allowed_power": _allowed(answer.allowed, answer.reference) if answer.allowed is not None else None,
        "balance": {
            "generated": answer.balance.generated,
            "leaves": dict(answer.balance.by_surface),
            "leaves_by_face": dict(answer.balance.by_face),
            "relative_error": answer.balance.relative_error,
            "unit": "W",
        },
        "operating_point": operating_document(answer.point) if answer.point is not None else None,
        **heat_document(answer.heat),
        "claims": [claim(verdict) for verdict in chart],
        "warnings": [{"path": fault.path, "text": fault.message} for fault in warnings],
        "modelling": modelling_notes(answer),
        "vtu": legend(model),
        "solver": {
            "iterations": max(max(s.iterations.values()) for s in (answer.primal, answer.dual)),
            "residual": max(answer.primal.residual, answer.dual.residual),
            "primal": _solver(answer.primal),
            "dual": _solver(answer.dual),
        },
        "timing": {"mesh": timing.mesh, "solve": timing.solve, "total": timing.total, "unit": "s"},
    }


def claim(verdict: ClaimVerdict) -> dict[str, Any]:
    """One row of the claim chart as JSON types."""
    return {
        "document": verdict.document,
        "claim": verdict.claim,
        "verdict": verdict.verdict,
        "depends_on": verdict.depends_on,
        "limitations": [
            {"text": row.text, "verdict": row.verdict, "evidence": row.evidence} for row in verdict.limitations
        ],
    }


def legend(model: VoxelModel) -> dict[str, list[str]]:
    """Names behind the numbers of the cell data `part` and `material` of the VTU file, in their order."""
    return {"part": list(model.package.parts), "material": sorted({region.material for region in model.regions})}


def modelling_notes(answer: Answer) -> list[str]:
    """What the model simplifies, in sentences for a reader of the numbers."""
    notes = [COVERED, *model_notes(answer.model.package, answer.point)]
    if answer.point is not None and answer.allowed is not None:
        notes.append(
            "Allowed powers count leakage in, and hold for films and conductivities as they are at rest with the "
            "powers of the case; with others it comes to rest elsewhere."
        )
    if any(not np.isfinite(part.mean.half_width) for part in answer.parts):
        reason = (
            "a circle cuts their cells"
            if answer.model.package.has_circles
            else "on so fine a mesh there is memory to bound the metrics alone"
        )
        notes.append(f"Means without bounds are estimates: {reason}.")
    if answer.heat is None:
        notes.append("Which way the heat goes is not told: on so fine a mesh there is no memory for it.")
    notes.append("Highest and lowest temperatures are those of the grid's points: estimates without a bound.")
    return notes


COVERED = "The bounds cover the mesh error of this model; films, conductivities and powers have errors of their own."


def model_notes(package: Package, point: OperatingPoint | None) -> list[str]:
    """What the model of a package simplifies, where that came to rest if anything in it follows the temperature."""
    solids, notes = package.solids, list[str]()
    if point is not None and point.faces:
        notes.append(
            "Every face in air has one film, by its mean temperature; it radiates to surroundings as warm as the air, "
            "and no face sees another."
        )
    circles = package.has_circles
    joints = [role for role in ROUND if any(solid.role == role and solid.medium is None for solid in solids)]
    if circles:
        notes.append(
            "Round joints are round: cells that a circle cuts count as the better conductor in the lower bound and as "
            "the worse in the upper one."
        )
    elif joints:
        listed = " and ".join(filter(None, (", ".join(joints[:-1]), joints[-1])))
        notes.append(f"Round {listed} are square columns of equal cross-section.")
    for solid in solids:
        if solid.medium is not None:
            notes.append(f"{solid.name}: {medium_words(solid.medium)}.")
    if any(solid.role == "wires" for solid in solids):
        notes.append("Bond wires are three straight runs of square section: up, level outwards, and down.")
    if package.contacts:
        notes.append(
            f"A contact is a layer of {LAYER * 1e9:g} nm, cut from one of its parts, that conducts across it alone."
        )
    if any(solid.filler is not None for solid in solids):
        notes.append(f"Copper that covers a share of a layer is smeared over it: {_patterns(solids)}.")
    if tables := sorted({name for s in solids for name in (s.material, s.filler) if name and _follows(package, name)}):
        where = "at every cell's temperature" if point is not None and point.reads_temperature else "at 25 degC"
        notes.append(f"Conductivity over temperature is read {where}: {', '.join(tables)}.")
    return notes


PATTERNS: dict[Pattern, str] = {
    "smeared": "shares of both conductivities add up in every direction",
    "plane": "in the plane as a sheet with round holes",
    "traces": "in the plane as long traces, half along x and half along y",
    "islands": "in the plane as islands",
}


def _patterns(solids: Sequence[Solid]) -> str:
    """How the layers of a package that are no one material conduct."""
    used = {solid.pattern for solid in solids if solid.filler is not None}
    return "; ".join(words for pattern, words in PATTERNS.items() if pattern in used)


def _follows(package: Package, material: str) -> bool:
    return package.case.material_named(material).follows_temperature


def _bracket(bracket: Bracket) -> dict[str, float | None]:
    return {"value": bracket.value, "lower": _finite(bracket.lower), "upper": _finite(bracket.upper)}


def _temperature(part: PartTemperature) -> dict[str, Any]:
    return {
        "mean": _bracket(part.mean.scaled(1.0, -ZERO_CELSIUS)),
        "max": part.highest - ZERO_CELSIUS,
        "min": part.lowest - ZERO_CELSIUS,
        "unit": "degC",
        "power": part.power,
    }


def _resistance(answer: Answer) -> dict[str, Any]:
    names = answer.sources
    entries = [[answer.matrix.entry(a, b) for b in names] for a in names]
    return {
        "sources": [name.removesuffix(ACTIVE) for name in names],
        "value": [[entry.value for entry in row] for row in entries],
        "lower": [[entry.lower for entry in row] for row in entries],
        "upper": [[entry.upper for entry in row] for row in entries],
        "unit": "K/W",
    }


def _allowed(allowed: AllowedPower, reference: float) -> dict[str, Any]:
    chips = [place.removesuffix(ACTIVE) for place in allowed.chips]
    return {
        "junction_limit": {"value": allowed.limit + reference - ZERO_CELSIUS, "unit": "degC"},
        "definition": (
            "powers with which the mean over every chip's active face stays within the limit, all else as it "
            "is: surely allowed up to `lower` and inside `safe`, surely not above `upper` and outside `optimistic`"
        ),
        "chips": chips,
        "case": list(allowed.powers),
        "headroom": {chip: {**_bracket(left), "unit": "K"} for chip, left in zip(chips, allowed.headroom, strict=True)},
        "alone": {chip: _bracket(most) for chip, most in zip(chips, allowed.alone, strict=True)},
        "factor": _bracket(allowed.factor) if allowed.factor is not None else None,
        "polygon": {"safe": allowed.safe, "middle": allowed.middle, "optimistic": allowed.optimistic},
        "unit": "W",
    }


def step_document(step: Step) -> dict[str, Any]:
    """One grid on the way as JSON types."""
    return {
        "cells": step.n_cells,
        "metrics": {m.name: {**_bracket(m.bracket), "unit": m.unit} for m in step.metrics},
        "widest": _finite(step.widest),
        "seconds": step.seconds,
        "parts": dict(step.parts),
    }


def _solver(figures: SolverFigures) -> dict[str, Any]:
    return {
        "points": figures.n_points,
        "levels": figures.n_levels,
        "iterations": dict(figures.iterations),
        "residual": figures.residual,
        "setup_seconds": figures.setup_seconds,
        "solve_seconds": figures.solve_seconds,
    }


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
