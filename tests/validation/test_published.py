"""How far are the shipped packages from what their makers publish? Deviations as they are, and the laws among them.

Nothing here is tuned: what is not published of a package was chosen before its answers were seen, but for one layer
that was forgotten (cases/fg256-xc2s50/README.md). docs/validation.md gives all rows, and the reasons.
Published numbers stand in the cases, each with its source; limits are those that the comparison set out with.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from thermopkg.case.case import Case
from thermopkg.case.material import Material
from thermopkg.datasheet import DataSheet, data_sheet
from thermopkg.workflow import read

CASES = Path(__file__).parents[2] / "cases"
TOLERANCE = 4.0  # %; middles are within a few tenths of that
LADDER = ("50", "100", "150", "200")  # XC2S, from the smallest die to the largest
STILL, SLOW, FAST = "theta_ja 2s2p still", "theta_jma 2s2p 1.27 m/s", "theta_jma 2s2p 2.54 m/s"
OVERMOULDED, BARE = "overmould-0.6", "overmould-none"

pytestmark = pytest.mark.slow


def case_of(name: str) -> Case:
    case = read(CASES / name / "case.toml")
    return case.model_copy(update={"study": case.study.model_copy(update={"tolerance": TOLERANCE})})


@cache
def sheet(name: str, *rows: str) -> DataSheet:
    return data_sheet(case_of(name), rows)


def value(found: DataSheet, row: str) -> float:
    return found.line(row).metric.bracket.value


def published(found: DataSheet, row: str) -> float:
    told = found.case.datasheet.published[row].value
    assert told is not None
    return told


def deviation(found: DataSheet, row: str) -> float:
    return value(found, row) / published(found, row) - 1


# ---------------------------------------------------------------- a vendor's own block model
MPC7455 = ("theta_ja 1s still", "theta_ja 2s2p still", "theta_jma 1s 1.016 m/s", "theta_jma 2s2p 1.016 m/s", "theta_jb")


@pytest.mark.parametrize("row", MPC7455)
def test_the_mpc7455_is_within_a_fifth_of_its_data_sheet(row):
    """[mpc7455]; 15 % in still air on 2s2p was hoped for, which -15.0 % neither meets nor misses for certain."""
    assert abs(deviation(sheet("mpc7455", *MPC7455), row)) <= 0.20


def test_the_mpc7455_is_cooler_on_more_copper_and_in_moving_air_and_nearly_cold_on_top():
    found = sheet("mpc7455", *MPC7455)
    assert value(found, "theta_ja 2s2p still") < value(found, "theta_ja 1s still")
    for board in ("1s", "2s2p"):
        assert value(found, f"theta_jma {board} 1.016 m/s") < value(found, f"theta_ja {board} still")
    on_top = sheet("mpc7455", "theta_jc_top")
    below = on_top.case.datasheet.published["theta_jc_top"].below
    assert below is not None
    assert on_top.line("theta_jc_top").metric.bracket.upper < below


# ---------------------------------------------------------------- four dies in one package
def ladder() -> list[DataSheet]:
    return [sheet(f"fg256-xc2s{die}", STILL, SLOW, FAST) for die in LADDER]


@pytest.mark.parametrize("row", [STILL, SLOW, FAST])
def test_a_larger_die_is_cooler_and_no_number_is_further_off_than_a_fifth(row):
    """[ds001]: as published, theta falls from die to die; all lie below what is published, by up to 18 %."""
    found = ladder()
    assert all(value(larger, row) < value(smaller, row) for smaller, larger in pairwise(found))
    assert all(-0.20 <= deviation(one, row) < 0 for one in found)


@pytest.mark.parametrize("row", [SLOW, FAST])
def test_wind_takes_the_share_that_is_published(row):
    """[ds001]: 0.79 to 0.75 of still air at 250 ft/min, 0.75 to 0.69 at 500; the model's are larger by up to 10 %."""
    for one in ladder():
        ratio, told = value(one, row) / value(one, STILL), published(one, row) / published(one, STILL)
        assert told < ratio <= 1.10 * told


def test_what_the_die_is_worth_is_what_is_published():
    """[ds001]: from the smallest to the largest die 27.2 - 21.4 K/W in still air, 21.4 - 16.1 at 250 ft/min.

    What board and air are is the same for all dies and falls out.
    """
    first, *_, last = ladder()
    for row in (STILL, SLOW):
        worth = value(first, row) - value(last, row)
        assert worth == pytest.approx(published(first, row) - published(last, row), rel=0.2)


# ---------------------------------------------------------------- compound over a die
def compound(conductivity: float) -> Case:
    case = case_of(OVERMOULDED)
    own: Material = case.materials["overmould"]
    changed = own.conductivity.model_copy(update={"value": conductivity})
    return case.model_copy(
        update={"materials": {**case.materials, "overmould": own.model_copy(update={"conductivity": changed})}}
    )


def test_an_ordinary_compound_costs_what_is_published():
    """[tsi2014], second-hand: 11.76 K/W through 0.6 mm of compound. 0.9 W/m/K is that of fused silica's ([mcm2024])."""
    assert abs(deviation(sheet(OVERMOULDED, "theta_jc_top"), "theta_jc_top")) < 0.05


def test_a_better_compound_costs_less_and_not_in_proportion():
    """Were all heat to go straight up or to spread at 45 degrees, theta would go with 1/k: part of it goes around."""
    one, other = (value(data_sheet(compound(k), ["theta_jc_top"]), "theta_jc_top") for k in (0.9, 1.6))
    assert 0.9 / 1.6 * one < other < one


def test_a_bare_die_is_worth_more_than_a_tenth_and_its_silicon_is_not_all_that_is_published():
    """[tsi2014]: 0.82 K/W. 0.75 mm of silicon of 150 W/m/K over 25.8 mm^2 is 0.19: the rest is what joins the plate."""
    bare, moulded = sheet(BARE, "theta_jc_top"), sheet(OVERMOULDED, "theta_jc_top")
    assert value(bare, "theta_jc_top") == pytest.approx(0.75e-3 / (150 * 5.08e-3**2), rel=0.02)
    assert value(bare, "theta_jc_top") < published(bare, "theta_jc_top")
    assert value(bare, "theta_jc_top") < value(moulded, "theta_jc_top") / 10
