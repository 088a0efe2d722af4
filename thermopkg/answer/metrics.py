"""What do the field's numbers mean? Theta and psi by their definitions, each with its bracket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from thermopkg.answer.bracket import Bracket, ResistanceMatrix
from thermopkg.case.study import MetricName

Amounts = Mapping[str, float]  # of places or loads, by name


@dataclass(frozen=True)
class Wanted:
    """A number that is asked for: scale * a' R b, a the places (`first`) and b the loads (`second`).

    `against` are the places whose rise its width is measured by: those of `first`, or, for a small difference of two
    large rises, the larger of them.
    """

    name: str
    first: Amounts
    second: Amounts
    against: Amounts
    scale: float
    unit: str
    definition: str


@dataclass(frozen=True)
class Metric:
    """A number that engineers compare: its bracket, its half-width over the rise it is measured by, its definition."""

    name: str
    bracket: Bracket
    relative_half_width: float
    unit: str
    definition: str


def wanted(name: MetricName, junction: str, top_centre: str, powers: Amounts) -> Wanted:
    """The definition of a metric of a package with a single heated chip.

    Parameters
    ----------
    junction, top_centre : names of these places in the matrix
    powers : W by name of the load
    """
    per_watt = 1 / powers[junction]
    match name:
        case "theta_ja":
            definition = (
                "(T_J - T_A) / P: T_J the mean over the chip's active face, T_A the ambient, P the chip's power"
            )
            return Wanted(name, {junction: 1.0}, powers, {junction: 1.0}, per_watt, "K/W", definition)
        case "psi_jt":
            definition = (
                "(T_J - T_T) / P: T_J the mean over the chip's active face, T_T the mean over 1 mm x 1 mm at the "
                "centre of the package's top, P the chip's power; a characterisation number, not a resistance"
            )
            places = {junction: 1.0, top_centre: -1.0}
            return Wanted(name, places, powers, {junction: 1.0}, per_watt, "K/W", definition)
        case _:
            assert_never(name)


def mean_rise(place: str, powers: Amounts) -> Wanted:
    """The mean rise of a place over the reference temperature, K."""
    only = {place: 1.0}
    return Wanted(place, only, powers, only, 1.0, "K", "mean rise over the reference temperature")


def own_resistance(place: str) -> Wanted:
    """The mean rise of a place per watt made in it, K/W."""
    only = {place: 1.0}
    return Wanted(place, only, only, only, 1.0, "K/W", "mean rise of the place per watt made in it")


def metric(wanted: Wanted, matrix: ResistanceMatrix) -> Metric:
    """The bracket of what is wanted."""
    found = matrix.combination(wanted.first, wanted.second).scaled(wanted.scale)
    measure = abs(wanted.scale * matrix.combination(wanted.against, wanted.second).value)
    relative = found.half_width / measure if measure > 0 else float("inf")
    return Metric(wanted.name, found, relative, wanted.unit, wanted.definition)
