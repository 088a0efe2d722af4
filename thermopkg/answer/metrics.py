"""What do the field's numbers mean? Theta and psi by their definitions, each with its bracket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from thermopkg.answer.bracket import Bracket, ResistanceMatrix
from thermopkg.case.study import MetricName


@dataclass(frozen=True)
class Metric:
    """A number that engineers compare: its bracket in K/W and its definition in words."""

    name: str
    bracket: Bracket
    definition: str
    unit: str = "K/W"


def metric(
    name: MetricName, matrix: ResistanceMatrix, junction: str, top_centre: str, powers: Mapping[str, float]
) -> Metric:
    """One metric of a package with a single heated chip.

    Parameters
    ----------
    junction, top_centre : names of these places in the matrix
    powers : W by name of the load
    """
    power = powers[junction]
    match name:
        case "theta_ja":
            rise = matrix.combination({junction: 1.0}, powers)
            return Metric(
                name,
                rise.scaled(1 / power),
                "(T_J - T_A) / P: T_J the mean over the chip's active face, T_A the ambient, P the chip's power",
            )
        case "psi_jt":
            drop = matrix.combination({junction: 1.0, top_centre: -1.0}, powers)
            return Metric(
                name,
                drop.scaled(1 / power),
                "(T_J - T_T) / P: T_J the mean over the chip's active face, T_T the mean over 1 mm x 1 mm at the "
                "centre of the package's top, P the chip's power; a characterisation number, not a resistance",
            )
        case _:
            assert_never(name)
