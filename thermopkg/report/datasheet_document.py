"""What does a program read of a data sheet? The content of datasheet.json, every uncertainty by itself."""

from typing import Any

import numpy as np

from thermopkg import __version__
from thermopkg.answer.bracket import Bracket
from thermopkg.answer.wandering import Wander
from thermopkg.case.case import Case
from thermopkg.case.material import OrthotropicConductivity
from thermopkg.explore.datasheet import Line, Setting, SolvedRows
from thermopkg.report.datasheet import definition, notes
from thermopkg.report.heat import heat_document
from thermopkg.report.homogenised import homogenised_document
from thermopkg.report.operating import operating_document
from thermopkg.report.package_facts import facts_document
from thermopkg.report.result import SYMBOLS, ZERO_CELSIUS, model_notes, step_document

SCHEMA = 1  # version of the layout
UNIT = "K/W"
OF_ITSELF, OF_THE_RISE = "the value itself", "the junction's rise per watt"


def datasheet_document(sheet: SolvedRows) -> dict[str, Any]:
    """The whole sheet as JSON types: temperatures in degC, uncertainties relative to `measure`."""
    return {
        "title": sheet.case.title,
        "thermopkg": __version__,
        "schema": SCHEMA,
        "package": facts_document(sheet.alone),
        "tolerance": {"wanted": sheet.case.study.tolerance / 100, "reached": sheet.reached},
        "rows": [_row(sheet, line) for line in sheet.lines],
        "setups": [_setup(setting) for setting in sheet.settings],
        "homogenised": homogenised_document(sheet.alone.package.solids),
        "modelling": notes(sheet),
        "warnings": [{"path": fault.path, "text": fault.message} for fault in sheet.warnings],
        "seconds": sheet.seconds,
    }


def _row(sheet: SolvedRows, line: Line) -> dict[str, Any]:
    relative = line.metric.relative_half_width
    return {
        "name": line.row.name,
        "symbol": SYMBOLS[line.row.metric],
        "metric": line.row.metric,
        "setup": line.row.setup.title,
        **_bracket(line.metric.bracket),
        "unit": line.metric.unit,
        "definition": definition(line),
        "resistance": not line.row.metric.startswith("psi_"),
        "measure": {
            "value": line.measure,
            "unit": UNIT,
            "is": OF_THE_RISE if line.row.metric.startswith("psi_") else OF_ITSELF,
        },
        "uncertainty": {
            "bracket": relative if np.isfinite(relative) else None,
            "materials": {
                "together": line.by_materials,
                "ranged": [_ranged(sheet.case, wander, line.own_share) for wander in line.wandering.materials],
                "unranged": [
                    {"material": name, "share": share * line.own_share} for name, share in line.wandering.unranged
                ],
            },
            "films": line.by_films,
        },
        "reached": line.reached,
        "published": _published(line),
    }


def _ranged(case: Case, wander: Wander, own_share: float) -> dict[str, Any]:
    """A material with its range, and what either end of it makes of the number, over its measure."""
    record = case.material_named(wander.material).conductivity
    if isinstance(record, OrthotropicConductivity):
        ranges = {"in_plane": record.in_plane_range, "through": record.through_range}
    else:
        ranges = {"value": record.range}
    return {
        "material": wander.material,
        "range": {name: None if span is None else list(span) for name, span in ranges.items()},
        "unit": "W/m/K",
        "at_low": wander.at_low * own_share,
        "at_high": wander.at_high * own_share,
        "half": wander.half * own_share,
    }


def _published(line: Line) -> dict[str, Any] | None:
    found = line.published
    if found is None:
        return None
    return {
        "value": found.value,
        "below": found.below,
        "unit": UNIT,
        "source": found.source,
        "deviation_percent": None if line.deviation is None else 100 * line.deviation,
        "holds": None if found.below is None else bool(line.metric.bracket.upper < found.below),
    }


def _setup(setting: Setting) -> dict[str, Any]:
    setup, grid = setting.setup.setup, setting.model.grid
    return {
        "name": setting.title,
        "board": setup.board,
        "surroundings": setup.surroundings,
        "speed": {"value": setup.speed, "unit": "m/s"} if setup.surroundings == "moving air" else None,
        "rows": [line.row.name for line in setting.lines],
        "power": {"value": setting.power, "unit": "W"},
        "junction": {**_bracket(setting.junction.scaled(1.0, -ZERO_CELSIUS)), "unit": "degC"},
        "operating_point": None if setting.point is None else operating_document(setting.point),
        **heat_document(setting.heat),
        "mesh": {
            "cells": grid.n_cells,
            "active_cells": setting.model.n_active,
            "shape": list(grid.shape),
            "copies": grid.copies,
            "stands_for": {1: "the whole", 2: "twice itself, a half", 4: "four times itself, a quarter"}[grid.copies],
        },
        "refinement": [step_document(step) for step in setting.steps],
        "reached": setting.reached,
        "modelling": model_notes(setting.model.package, setting.point),
        "seconds": setting.seconds,
    }


def _bracket(bracket: Bracket) -> dict[str, float]:
    return {"value": bracket.value, "lower": bracket.lower, "upper": bracket.upper}
