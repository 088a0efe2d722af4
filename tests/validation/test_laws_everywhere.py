"""Do the laws of a data sheet hold for every shipped package that one can be made of, on the planes of its geometry?

The setups in air have one and the same grid, on which each lattice is a network of conductances: what cools better
there cools better on both (Rayleigh's monotonicity). Packages that are another but for a flaw are held to the first law
alone. `test_laws.py` shows the rest for one package of every family.
"""

from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from thermopkg.answer.bracket import Bracket
from thermopkg.case.case import Case
from thermopkg.case.environment import AirCondition, Environment
from thermopkg.case.parts import Block, Board, Chip, Passive
from thermopkg.case.study import MetricName
from thermopkg.errors import CaseError
from thermopkg.regress.record import EXPECTED, read_record
from thermopkg.setups.boards import BoardOptions
from thermopkg.setups.rows import ABOVE, STILL_1S, STILL_2S2P, Setup, case_of
from thermopkg.workflow import bounded, geometry, read_any

CASES = Path(__file__).parents[2] / "cases"
SPEEDS = (1.0, 3.0)  # m/s
FEWEST = 25  # packages: were there fewer, the search below would have gone wrong


def heated(case: Case) -> list[str]:
    return [part.name for part in case.part if isinstance(part, Chip | Passive | Block) and part.power > 0]


def has_sheet(case: Case) -> bool:
    """Whether a data sheet can be made of a case: one heated chip, no board, and something that a board can take."""
    hot = heated(case)
    if len(hot) != 1 or not isinstance(case.part_named(hot[0]), Chip) or any(isinstance(p, Board) for p in case.part):
        return False
    try:
        case_of(STILL_1S, case, ["theta_ja"], options(case))
    except CaseError:
        return False
    return True


def options(case: Case) -> BoardOptions:
    return BoardOptions(joints=case.datasheet.joints, pitch=case.datasheet.pitch)


@cache
def shipped() -> Mapping[str, Case]:
    cases = {path.parent.name: read_any(path) for path in sorted(CASES.glob("*/case.toml"))}
    return {name: case for name, case in cases.items() if isinstance(case, Case) and has_sheet(case)}


def solved(case: Case, setup: Setup, *metrics: MetricName, emissivity: float | None = None) -> dict[str, Bracket]:
    stood = case_of(setup, case, list(metrics), options(case))
    study = stood.study.model_copy(update={"refine": 0, "temperature_dependent": False})
    around = stood.environment
    if emissivity is not None:
        air = AirCondition(air="still", emissivity=emissivity)
        around = Environment(ambient="25 degC", top=air, bottom=air, sides=air)
    found = bounded(geometry(stood.model_copy(update={"study": study, "environment": around})))
    return {metric.name: metric.bracket for metric in found.metrics}


def cooler(better: Bracket, worse: Bracket) -> bool:
    """On both lattices of one grid."""
    return better.lower < worse.lower and better.upper < worse.upper


def test_there_are_packages_to_hold_the_laws_against() -> None:
    assert len(shipped()) >= FEWEST


def flawed(name: str) -> bool:
    """Whether a package is one of the others but for a limitation that it breaks."""
    return bool(read_record(CASES / name / EXPECTED).breaks)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped() if flawed(name)])
def test_a_better_board_cools_a_package_with_a_flaw_too(name: str) -> None:
    case = shipped()[name]
    (single,) = solved(case, STILL_1S, "theta_ja").values()
    (still,) = solved(case, STILL_2S2P, "theta_ja").values()
    assert still.value < single.value


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in shipped() if not flawed(name)])
def test_laws(name: str) -> None:
    case = shipped()[name]
    (single,) = solved(case, STILL_1S, "theta_ja").values()
    (still,) = solved(case, STILL_2S2P, "theta_ja").values()
    blown = [solved(case, Setup("2s2p", "moving air", speed), "theta_jma")["theta_jma"] for speed in SPEEDS]
    assert still.value < single.value
    assert all(cooler(faster, slower) for slower, faster in pairwise([still, *blown]))
    shiny, dull = (solved(case, STILL_2S2P, "theta_ja", emissivity=e)["theta_ja"] for e in (0.1, 0.9))
    assert cooler(dull, shiny)
    psi = solved(case, STILL_2S2P, "psi_jt")["psi_jt"]
    theta = solved(case, ABOVE, "theta_jc_top")["theta_jc_top"]
    assert psi.lower <= theta.upper
    assert psi.value <= theta.value
