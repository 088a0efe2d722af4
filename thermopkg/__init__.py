"""What can be used from Python? Every public name, loaded when it is first asked for.

from thermopkg import read, simulate
outcome = simulate(read("cases/heat-sink-1/case.toml"))
outcome.answer.metrics[0].bracket
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thermopkg.answer.allowed_power import AllowedPower
    from thermopkg.answer.answer import Answer
    from thermopkg.answer.bracket import Bracket, ResistanceMatrix
    from thermopkg.batch import Sweep, sweep_cases
    from thermopkg.case.case import Case
    from thermopkg.case.environment import (
        Adiabatic,
        AirCondition,
        Environment,
        FaceRegion,
        FilmCondition,
        FixedTemperature,
    )
    from thermopkg.case.material import Material, library
    from thermopkg.case.part import Array, Layer, Leads, Zone
    from thermopkg.case.parts import (
        Adhesive,
        Balls,
        Block,
        Board,
        Carrier,
        Chip,
        Encapsulant,
        HeatSink,
        LeadFrame,
        Pads,
        Passive,
        Tape,
        TapeLeads,
        Terminals,
        Traces,
        Vias,
        Wires,
    )
    from thermopkg.case.study import Reading, Study
    from thermopkg.charting import Charted, charted
    from thermopkg.datasheet import DataSheet, data_sheet
    from thermopkg.errors import CaseError, ConvergenceError, GeometryError, ModelError
    from thermopkg.network.cauer import Cauer
    from thermopkg.network.foster import Foster
    from thermopkg.units import mm, um
    from thermopkg.workflow import Outcome, read, simulate, write

__version__ = "0.1.0"

__all__ = [
    "Adhesive",
    "Adiabatic",
    "AirCondition",
    "AllowedPower",
    "Answer",
    "Array",
    "Balls",
    "Block",
    "Board",
    "Bracket",
    "Carrier",
    "Case",
    "CaseError",
    "Cauer",
    "Charted",
    "Chip",
    "ConvergenceError",
    "DataSheet",
    "Encapsulant",
    "Environment",
    "FaceRegion",
    "FilmCondition",
    "FixedTemperature",
    "Foster",
    "GeometryError",
    "HeatSink",
    "Layer",
    "LeadFrame",
    "Leads",
    "Material",
    "ModelError",
    "Outcome",
    "Pads",
    "Passive",
    "Reading",
    "ResistanceMatrix",
    "Study",
    "Sweep",
    "Tape",
    "TapeLeads",
    "Terminals",
    "Traces",
    "Vias",
    "Wires",
    "Zone",
    "charted",
    "data_sheet",
    "library",
    "mm",
    "read",
    "simulate",
    "sweep_cases",
    "um",
    "write",
]

_HOMES = {
    "answer.allowed_power": ("AllowedPower",),
    "answer.answer": ("Answer",),
    "answer.bracket": ("Bracket", "ResistanceMatrix"),
    "batch": ("Sweep", "sweep_cases"),
    "case.case": ("Case",),
    "case.environment": (
        *("Adiabatic", "AirCondition", "Environment", "FaceRegion", "FilmCondition", "FixedTemperature"),
    ),
    "case.material": ("Material", "library"),
    "case.part": ("Array", "Layer", "Leads", "Zone"),
    "case.parts": (
        *("Adhesive", "Balls", "Block", "Board", "Carrier", "Chip", "Encapsulant", "HeatSink", "LeadFrame", "Pads"),
        *("Passive", "Tape", "TapeLeads", "Terminals", "Traces", "Vias", "Wires"),
    ),
    "case.study": ("Reading", "Study"),
    "network.cauer": ("Cauer",),
    "network.foster": ("Foster",),
    "errors": ("CaseError", "ConvergenceError", "GeometryError", "ModelError"),
    "units": ("mm", "um"),
    "charting": ("Charted", "charted"),
    "datasheet": ("DataSheet", "data_sheet"),
    "workflow": ("Outcome", "read", "simulate", "write"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    # numpy, numba and pydantic take half a second to import, which `thermopkg --help` does not need
    if name not in _HOME_OF:
        raise AttributeError(f"module 'thermopkg' has no attribute {name!r}")
    return getattr(import_module(f"thermopkg.{_HOME_OF[name]}"), name)
