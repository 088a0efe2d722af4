"""Which choice moves the answer, and where are the kelvins? Slopes and shares from one solution, cell by cell.

K is symmetric, so no second solve is needed: for a' R b with the fields u_a and u_b of the two,
d(a' R b)/dp = -u_a (dK/dp) u_b, and the same for the fluxes with the resistances. Every conductivity and film gives
minus its share of the energy; a layer's height gives what its cells conduct along it less what they conduct through
it. The slopes of all conductivities and films together are -1, because the answer is of that degree in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thermopkg.answer.metrics import Metric
from thermopkg.answer.shares import Energies, by_solid
from thermopkg.errors import CaseError
from thermopkg.explore.family import Family, family
from thermopkg.explore.frames import frame
from thermopkg.explore.parameters import Kind, Parameter, value_of
from thermopkg.mesh.voxel import VoxelModel

if TYPE_CHECKING:
    import pandas

STEP = 0.01  # relative; within which a parameter's reach is read off, which is exact for what is affine


@dataclass(frozen=True)
class Lever:
    """One parameter, its value, and by how many per cent the answer rises with one per cent of it."""

    name: str
    kind: Kind
    value: float  # SI
    shown: float  # in the unit that a user would write
    unit: str
    slope: float  # d ln answer / d ln value


@dataclass(frozen=True)
class Levers:
    """What moves one number that is asked for."""

    metric: Metric
    levers: tuple[Lever, ...]  # strongest first
    shares: Mapping[str, float]  # of the answer that is spent in each solid and each film; together one
    total: float  # of the slopes of all conductivities and films, by themselves; minus one
    left_out: Mapping[str, str]  # parameters that have no slope on one grid, and why
    note: str = ""  # what is taken for granted, in words; empty where nothing

    def lever(self, name: str) -> Lever:
        """The lever of a parameter; KeyError where it has none."""
        for one in self.levers:
            if one.name == name:
                return one
        raise KeyError(name)

    def frame(self) -> "pandas.DataFrame":
        """A row for every lever, strongest first; the slope is in per cent of the answer for one per cent more.

        Raises
        ------
        CaseError : pandas is not installed
        """
        found = self.levers
        return frame(
            {
                "parameter": [one.name for one in found],
                "kind": [one.kind for one in found],
                "value": [one.shown for one in found],
                "unit": [one.unit for one in found],
                "slope": [one.slope for one in found],
            }
        )

    def shares_frame(self) -> "pandas.DataFrame":
        """A row for every solid and film, and how much of the answer is spent in it; as `frame`."""
        return frame({"place": list(self.shares), "share [%]": [100 * share for share in self.shares.values()]})


def levers(model: VoxelModel, found: Energies, metric: Metric, parameters: Sequence[Parameter]) -> Levers:
    """Slopes by parameters, and shares by solids and films.

    Parameters
    ----------
    parameters : those of which slopes are wanted; what moves planes in x and y has none
    """
    case, kept, left_out = model.package.case, list[Lever](), dict[str, str]()
    for parameter in parameters:
        value = value_of(case, parameter)
        if value <= 0:
            continue
        ends = np.array([value * (1 - STEP)]), np.array([value * (1 + STEP)] if parameter.kind != "share" else [value])
        try:
            own = family(model, [parameter], *ends)
        except CaseError as error:
            left_out[parameter.name] = "; ".join(fault.message for fault in error.faults)
            continue
        slope = _slope(own, value, found)
        shown = parameter.in_unit(value)
        kept.append(Lever(parameter.name, parameter.kind, value, shown, parameter.unit, slope))
    kept.sort(key=lambda lever: -abs(lever.slope))
    total = -found.total
    return Levers(metric, tuple(kept), by_solid(model, found), total, left_out)


def _slope(own: Family, value: float, found: Energies) -> float:
    """d ln answer / d ln value of the only parameter of a family."""
    conductivity = own.conductivity.slopes[..., 0].T / own.conductivity.at(own.base).T
    film = own.film.slopes[:, 0] / own.film.at(own.base)  # a held face is infinite and does not change
    stretch = own.stretch.slopes[:, 0]  # of a height that is one
    by_region, by_layer = found.cells.sum(axis=2), found.cells.sum(axis=1)
    by_film = found.sides.sum(axis=1) + found.flats
    through = by_layer[2] - by_layer[0] - by_layer[1] - found.sides.sum(axis=0)
    return value * float(-(by_region * conductivity).sum() - by_film @ film + through @ stretch)
