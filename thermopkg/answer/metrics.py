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


JUNCTION = "T_J the mean over the chip's active face"
POWER = "P the chip's power"
CHARACTERISES = "a characterisation number, not a resistance"
AT_TOP = "T_T the mean over 1 mm x 1 mm at the centre of the package's top"
AT_EDGE = "T_B the mean over 1 mm x 1 mm of the board's top, beside the middle of the package's longest side"


def wanted(name: MetricName, junction: str, top_centre: str, board_edge: str, powers: Amounts) -> Wanted:
    """The definition of a metric of a package with a single heated chip.

    Parameters
    ----------
    junction, top_centre, board_edge : names of these places in the matrix
    powers : W by name of the load
    """
    only, to_top, to_board = {junction: 1.0}, {junction: 1.0, top_centre: -1.0}, {junction: 1.0, board_edge: -1.0}
    match name:
        case "theta_ja":
            places, against, told = only, only, f"(T_J - T_A) / P: {JUNCTION}, T_A the ambient, {POWER}"
        case "theta_jma":
            places, against = only, only
            told = f"(T_J - T_A) / P: {JUNCTION}, T_A the temperature of the moving air, {POWER}"
        case "theta_jb":
            places, against = to_board, to_board
            told = f"(T_J - T_B) / P: {JUNCTION}, {AT_EDGE}, {POWER}, all of which leaves through the board"
        case "theta_jc_top":
            places, against = only, only
            told = f"(T_J - T_C) / P: {JUNCTION}, T_C the held temperature of the package's top, {POWER}"
        case "theta_jc_bottom":
            places, against = only, only
            told = f"(T_J - T_C) / P: {JUNCTION}, T_C the held temperature of the package's underside, {POWER}"
        case "psi_jt":
            places, against = to_top, only
            told = f"(T_J - T_T) / P: {JUNCTION}, {AT_TOP}, {POWER}; {CHARACTERISES}"
        case "psi_jb":
            places, against = to_board, only
            told = f"(T_J - T_B) / P: {JUNCTION}, {AT_EDGE}, {POWER}; {CHARACTERISES}"
        case _:
            assert_never(name)
    return Wanted(name, places, powers, against, 1 / powers[junction], "K/W", told)


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
    of_nothing = (
        0.0 if found.half_width == 0 else float("inf")
    )  # a rise that a held face leaves none is known to be none
    relative = found.half_width / measure if measure > 0 else of_nothing
    return Metric(wanted.name, found, relative, wanted.unit, wanted.definition)
