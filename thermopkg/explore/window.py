"""Between which values do the claims want a parameter? Distances and conductivities, from the data of the claims."""

from collections.abc import Sequence
from dataclasses import dataclass

from thermopkg.case.case import Case
from thermopkg.case.part import PlacedModel
from thermopkg.claims.chart import chart, claim_names
from thermopkg.claims.claims import documents
from thermopkg.claims.rows import ConductivityAbove, Distance
from thermopkg.explore.parameters import Parameter
from thermopkg.mesh.voxel import VoxelModel


@dataclass(frozen=True)
class Window:
    """What one claim wants of one parameter, SI; no end where it names none."""

    claim: str
    text: str
    parameter: str
    low: float
    high: float | None


def windows(model: VoxelModel, parameters: Sequence[Parameter]) -> tuple[Window, ...]:
    """What the claims of a case say of parameters; of every claim where the case names none.

    Parameters
    ----------
    model : the package on a grid that holds all its planes
    """
    case = model.package.case
    found = []
    for verdict in chart(model, case.study.claims or claim_names()):
        for limitation in documents()[verdict.document].chain(verdict.claim)[-1].limitation:
            for parameter in parameters:
                match limitation:
                    case Distance(first=first, second=second, low=low, high=high, text=text):
                        parts = {verdict.parts.get(first), verdict.parts.get(second)}
                        if _pair(case, parameter) == parts:
                            found.append(Window(verdict.name, text, parameter.name, low, high))
                    case ConductivityAbove(element=element, above=above, text=text):
                        if _conductor(parameter) == verdict.parts.get(element):
                            found.append(Window(verdict.name, text, parameter.name, above, None))
                    case _:
                        pass
    return tuple({(w.parameter, w.low, w.high): w for w in reversed(found)}.values())[::-1]


def _pair(case: Case, parameter: Parameter) -> set[str | None]:
    """The two parts between which a gap lies; empty for what is none."""
    name, _, field = parameter.name.rpartition(".")
    if field != "gap":
        return set()
    part = case.part_named(name)
    return {name, part.over} if isinstance(part, PlacedModel) else set()


def _conductor(parameter: Parameter) -> str:
    name, _, field = parameter.name.rpartition(".")
    return name if field == "conductivity" else ""
