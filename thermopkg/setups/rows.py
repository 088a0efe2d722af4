"""Which numbers does a thermal data sheet tell, under which conditions? Its rows, and a case for every setup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np

from thermopkg.case.case import Case, with_ending
from thermopkg.case.environment import AirCondition, Environment, FaceRegion, FixedTemperature
from thermopkg.case.presets import presets
from thermopkg.case.study import MetricName
from thermopkg.errors import CaseError, Fault
from thermopkg.package.package import Package
from thermopkg.package.placing import place
from thermopkg.setups.boards import BoardOptions, Style, on_board
from thermopkg.units import SPEED, TEMPERATURE, format_si

Surroundings = Literal["still air", "moving air", "ring", "plate above", "plate below"]
LEVEL = 1e-9  # m; faces within this of the highest or the lowest are held with it


@dataclass(frozen=True)
class Setup:
    """What a package stands on and in; `speed` in m/s, of moving air."""

    board: Style | None
    surroundings: Surroundings
    speed: float = 0.0

    @property
    def title(self) -> str:
        """In words: 2s2p board, air at 1 m/s."""
        on = "no board" if self.board is None else f"{self.board} board"
        match self.surroundings:
            case "still air":
                return f"{on}, still air"
            case "moving air":
                return f"{on}, air at {self.speed:g} m/s"
            case "ring":
                return f"{on}, held at a ring"
            case "plate above":
                return f"{on}, cold plate on top"
            case "plate below":
                return f"{on}, cold plate below"
            case _:
                assert_never(self.surroundings)


@dataclass(frozen=True)
class Row:
    """One number of a data sheet: what it is, and the setup in which it is found."""

    name: str
    metric: MetricName
    setup: Setup
    definition: str


@dataclass(frozen=True, eq=False)
class SetupCase:
    """A setup with the package in it: one solve answers all its rows."""

    setup: Setup
    case: Case
    rows: tuple[Row, ...]


STILL_1S, STILL_2S2P = Setup("1s", "still air"), Setup("2s2p", "still air")
RING = Setup("2s2p", "ring")
ABOVE, BELOW = Setup(None, "plate above"), Setup(None, "plate below")

RISE = "(T_J - T_A) / P"
DEFINITIONS: dict[MetricName, str] = {
    "theta_ja": f"{RISE} in still air; jesd51-2a-style, horizontal board",
    "theta_jma": f"{RISE} in air that moves along the horizontal board; jesd51-6-style",
    "theta_jb": "(T_J - T_B) / P with all heat leaving at a held ring on both sides of the board; jesd51-8-style",
    "theta_jc_top": "(T_J - T_C) / P with all heat leaving at a cold plate on whatever lies highest; no board",
    "theta_jc_bottom": "(T_J - T_C) / P with all heat leaving at a cold plate under whatever lies lowest; no board",
    "psi_jt": "(T_J - T_T) / P in still air, T_T at the centre of the top; a characterisation number, no resistance",
    "psi_jb": "(T_J - T_B) / P in still air, T_B on the board at the package's edge; a characterisation number",
}


def data_sheet(speeds: Sequence[float] | None = None, in_wind: Sequence[Style] = ("2s2p",)) -> tuple[Row, ...]:
    """All rows in the order of a data sheet.

    Parameters
    ----------
    speeds : of the air, m/s; by default those of the preset
    in_wind : boards that stand in moving air
    Raises
    ------
    CaseError : a speed is none, or a board is not known
    """
    speeds = presets().moving_air.speeds.value if speeds is None else speeds
    faults = [
        Fault(f"speeds[{i}]", f"{speed:g} m/s does not move; give speeds above 0 and up to {SPEED.highest:g} m/s")
        for i, speed in enumerate(speeds)
        if not 0 < speed <= SPEED.highest
    ]
    faults += [
        Fault(f"in_wind[{i}]", f"'{style}' is no test board; there are 1s, 2s2p")
        for i, style in enumerate(in_wind)
        if style not in ("1s", "2s2p")
    ]
    if faults:
        raise CaseError(faults, "data sheet")
    found: list[tuple[MetricName, Setup]] = [("theta_ja", STILL_1S), ("theta_ja", STILL_2S2P)]
    found += [("theta_jma", Setup(style, "moving air", speed)) for style in in_wind for speed in speeds]
    found += [("theta_jb", RING), ("theta_jc_top", ABOVE), ("theta_jc_bottom", BELOW)]
    found += [("psi_jt", STILL_2S2P), ("psi_jb", STILL_2S2P)]
    return tuple(Row(_name(metric, setup), metric, setup, DEFINITIONS[metric]) for metric, setup in found)


def _name(metric: MetricName, setup: Setup) -> str:
    match metric:
        case "theta_ja":
            return f"theta_ja {setup.board} still"
        case "theta_jma":
            return f"theta_jma {setup.board} {setup.speed:g} m/s"
        case _:
            return metric


def rows_for(
    case: Case,
    rows: Iterable[Row] | None = None,
    options: BoardOptions | None = None,
) -> tuple[SetupCase, ...]:
    """A case for every setup that the rows need, each asked for the metrics of all its rows.

    Parameters
    ----------
    case : the package by itself; its surroundings and what it asks are left out, its tolerance and budget kept
    rows : by default the whole data sheet
    options : of the boards
    Raises
    ------
    GeometryError : the parts of the package do not fit together
    CaseError : the package cannot stand in one of the setups
    """
    by_setup: dict[Setup, list[Row]] = {}
    for row in data_sheet() if rows is None else rows:
        by_setup.setdefault(row.setup, []).append(row)
    return tuple(
        SetupCase(setup, case_of(setup, case, [row.metric for row in own], options), tuple(own))
        for setup, own in by_setup.items()
    )


def case_of(setup: Setup, case: Case, metrics: Sequence[MetricName], options: BoardOptions | None = None) -> Case:
    """The package in a setup; as `rows_for`."""
    alone = place(case)
    mounted = case if setup.board is None else on_board(case, setup.board, options)
    board = "board" if options is None else options.name
    asked = {"metrics": tuple(metrics), "claims": (), "reading": (), "junction_limit": None}
    return Case(
        title=with_ending(case.title, f": {setup.title}"),
        description=case.description,
        part=mounted.part,
        contact=case.contact,
        environment=_environment(setup, alone, board, case.environment.altitude),
        study=case.study.model_copy(update=asked),
        datasheet=case.datasheet,
        materials=case.materials,
    )


# ---------------------------------------------------------------- surroundings
def _environment(setup: Setup, package: Package, board: str, altitude: float) -> Environment:
    ambient = format_si(presets().still_air.ambient.value, TEMPERATURE)
    above_the_sea = f"{altitude!r} m"
    match setup.surroundings:
        case "still air":
            air = AirCondition(air="still")
            return Environment(ambient=ambient, altitude=above_the_sea, top=air, bottom=air, sides=air)
        case "moving air":
            ambient = format_si(presets().moving_air.ambient.value, TEMPERATURE)
            air = AirCondition(air=format_si(setup.speed, SPEED))
            return Environment(ambient=ambient, altitude=above_the_sea, top=air, bottom=air, sides=air)
        case "ring":
            held = format_si(presets().ring.temperature.value, TEMPERATURE)
            return Environment(ambient=held, region=_rings(package, board, held))
        case "plate above":
            return _held(package, "top")
        case "plate below":
            return _held(package, "bottom")
        case _:
            assert_never(setup.surroundings)


def _rings(package: Package, board: str, held: str) -> tuple[FaceRegion, ...]:
    """On both sides of the board, whose middle is that of the package."""
    ring = presets().ring
    body = np.asarray(package.bounds[:2, 1] - package.bounds[:2, 0])
    inside = body + 2 * ring.distance.value
    outside = inside + 2 * ring.width.value
    return tuple(
        FaceRegion(
            name=f"ring-{side}",
            face=f"{board}.{side}",
            size=(_m(outside[0]), _m(outside[1])),
            inside=(_m(inside[0]), _m(inside[1])),
            condition=FixedTemperature(temperature=held),
        )
        for side in ("top", "bottom")[: 2 if ring.both_sides.value else 1]
    )


def _held(package: Package, side: Literal["top", "bottom"]) -> Environment:
    """Everything that reaches up to the highest level, or down to the lowest, is held there."""
    end = 1 if side == "top" else 0
    levels = {solid: float(solid.bounds[2, end]) for solid in package.solids}
    outermost = max(levels.values()) if side == "top" else min(levels.values())
    parts = dict.fromkeys(solid.part for solid, level in levels.items() if abs(level - outermost) <= LEVEL)
    held = format_si(presets().cold_plate.temperature.value, TEMPERATURE)
    plate = FixedTemperature(temperature=held)
    return Environment(ambient=held, faces={f"{part}.{side}": plate for part in parts})


def _m(length: float) -> str:
    """As a case writes it, without what rounding adds."""
    return f"{round(float(length), 12)!r} m"
