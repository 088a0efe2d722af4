"""Does every row of a data sheet get the setup that defines it, and do the answers obey the laws among them?"""

import copy
from itertools import pairwise

import numpy as np
import pytest

from tests.case_document import BALLS, block, changed
from thermopkg.case.case import Case
from thermopkg.case.environment import Adiabatic, AirCondition, FixedTemperature
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.package.placing import place
from thermopkg.setups.boards import BoardOptions
from thermopkg.setups.rows import Setup, data_sheet, rows_for
from thermopkg.workflow import bounded, geometry

HELD = FixedTemperature(temperature="25 degC")
STACK = {  # a die on the layers below it, all of one footprint, so that heat runs in one dimension
    "title": "Stack",
    "environment": {"ambient": "25 degC", "top": {"film": "10 W/m^2/K"}},
    "part": [
        block(name="base", material="alumina", size=["4 mm", "4 mm", "1 mm"]),
        block(name="joint", material="sac305", on="base", size=["4 mm", "4 mm", "0.1 mm"]),
        {
            "name": "die",
            "kind": "chip",
            "on": "joint",
            "size": ["4 mm", "4 mm", "0.5 mm"],
            "power": "1 W",
            "material": "silicon-constant",
        },
    ],
}


def small() -> Case:
    return from_document(changed(("study.tolerance", "4 %")))


def names(case: Case) -> set[str]:
    return {part.name for part in case.part}


# ---------------------------------------------------------------- which there are
def test_the_rows_are_those_of_a_data_sheet():
    blown = [f"theta_jma 2s2p {speed} m/s" for speed in (1, 2, 3)]
    others = ["theta_jb", "theta_jc_top", "theta_jc_bottom", "psi_jt", "psi_jb"]
    assert [row.name for row in data_sheet()] == ["theta_ja 1s still", "theta_ja 2s2p still", *blown, *others]
    wind = [row.name for row in data_sheet([2.5], ["1s", "2s2p"]) if row.metric == "theta_jma"]
    assert wind == ["theta_jma 1s 2.5 m/s", "theta_jma 2s2p 2.5 m/s"]
    assert all(row.definition.startswith("(T_J - T_") for row in data_sheet())


def test_rows_of_one_setup_share_a_case():
    found = {item.setup.title: item for item in rows_for(small())}
    blown = [f"2s2p board, air at {speed} m/s" for speed in (1, 2, 3)]
    held = ["2s2p board, held at a ring", "no board, cold plate on top", "no board, cold plate below"]
    assert list(found) == ["1s board, still air", "2s2p board, still air", *blown, *held]
    still = found["2s2p board, still air"]
    assert still.case.study.metrics == ("theta_ja", "psi_jt", "psi_jb")
    assert [row.name for row in still.rows] == ["theta_ja 2s2p still", "psi_jt", "psi_jb"]
    assert (still.case.study.claims, still.case.study.reading) == ((), ())
    assert still.case.study.tolerance == 4.0
    assert still.case.title == "Small flip chip: 2s2p board, still air"


# ---------------------------------------------------------------- each in its surroundings
def by_surroundings(case: Case) -> dict[str, Case]:
    return {item.setup.surroundings: item.case for item in rows_for(case, data_sheet([1.5]))}


def test_air_is_around_everything_and_nothing_else_of_the_case_s_own_is_left():
    own = small()
    found = by_surroundings(own)
    for name, speed in (("still air", 0.0), ("moving air", 1.5)):
        environment = found[name].environment
        assert {condition.air for condition in environment.conditions().values()} == {speed}
        assert all(isinstance(condition, AirCondition) for condition in environment.conditions().values())
        assert environment.ambient == 298.15
        assert "board" in names(found[name])
    assert own.environment.faces
    high = rows_for(from_document(changed(("environment.altitude", "1500 m"))), data_sheet([1.5]))
    assert [item.case.environment.altitude for item in high] == [1500.0, 1500.0, 1500.0, 0.0, 0.0, 0.0]


def test_the_ring_lies_5_mm_from_the_package_and_is_4_mm_wide_on_both_sides():
    """The package is 6 mm wide: 16 mm inside, 24 mm outside; everything else is adiabatic."""
    case = by_surroundings(small())["ring"]
    environment = case.environment
    assert [(r.face, r.condition) for r in environment.region] == [("board.top", HELD), ("board.bottom", HELD)]
    for ring in place(case).rings:
        np.testing.assert_allclose(ring.edges * 1e3, [[[-12, 12]] * 2, [[-8, 8]] * 2], atol=1e-9)
    others = (environment.top, environment.bottom, environment.sides)
    assert others == (Adiabatic(),) * 3
    assert not environment.faces


@pytest.mark.parametrize(
    ("surroundings", "faces"),
    [("plate above", {"sink.top", "mould.top"}), ("plate below", {"balls.bottom"})],
)
def test_a_cold_plate_holds_all_that_lies_outermost_without_a_board(surroundings, faces):
    case = by_surroundings(small())[surroundings]
    assert case.environment.faces == dict.fromkeys(faces, HELD)
    assert names(case) == names(small())
    assert isinstance(case.environment.top, Adiabatic)


def test_what_lies_lower_than_the_top_is_not_held():
    (found,) = [c.case for c in rows_for(from_document(STACK), [r for r in data_sheet() if r.metric == "theta_jc_top"])]
    assert set(found.environment.faces) == {"die.top"}


# ---------------------------------------------------------------- what they answer
def theta(case: Case, metric: str) -> float:
    rows = [row for row in data_sheet() if row.metric == metric]
    (item,) = rows_for(case, rows)
    (found,) = bounded(geometry(item.case)).metrics
    assert found.name == metric
    return found.bracket.value


def test_in_one_dimension_the_ways_to_the_plates_are_the_sums_of_layers():
    """t / (k A): silicon 0.5 mm of 149 W/m/K above; solder 0.1 mm and alumina 1 mm below, of the library."""
    case = from_document(STACK)
    k = {name: float(case.material_named(name).conductivity.along()[2]) for name in ("sac305", "alumina")}
    assert theta(case, "theta_jc_top") == pytest.approx(0.5e-3 / (149 * 16e-6), rel=1e-9)
    below = (0.1e-3 / k["sac305"] + 1e-3 / k["alumina"]) / 16e-6
    assert theta(case, "theta_jc_bottom") == pytest.approx(below, rel=1e-9)


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[float, float]]:
    """Bounds of every row of the small flip chip."""
    found = {}
    for item in rows_for(small(), data_sheet([1.0, 3.0])):
        metrics = {metric.name: metric.bracket for metric in bounded(geometry(item.case)).metrics}
        found |= {row.name: (metrics[row.metric].lower, metrics[row.metric].upper) for row in item.rows}
    return found


def test_more_copper_and_faster_air_cool_better(answers):
    """The laws that data sheets obey: 2s2p below 1s, and below it the faster the air is."""
    ordered = ["theta_jma 2s2p 3 m/s", "theta_jma 2s2p 1 m/s", "theta_ja 2s2p still", "theta_ja 1s still"]
    for better, worse in pairwise(ordered):
        assert answers[better][1] < answers[worse][0], f"{better} is not surely below {worse}"


def test_a_part_of_the_heat_makes_less_rise_than_all_of_it(answers):
    """psi_JT is the rise to the top with some of the heat, theta_JC,top with all of it; so are psi_JB and theta_JB.

    Vendors' psi_JB lies within 10 % of theta_JB [iwrl1432], [adc12dl3200], [adc12dj3200].
    """
    assert answers["psi_jt"][1] < answers["theta_jc_top"][0]
    assert answers["psi_jb"][0] <= answers["theta_jb"][1]
    middle = {name: sum(bounds) / 2 for name, bounds in answers.items()}
    assert middle["psi_jb"] == pytest.approx(middle["theta_jb"], rel=0.1)
    assert answers["theta_jc_bottom"][0] < answers["theta_jb"][1]  # the board comes on top


# ---------------------------------------------------------------- what is refused
def test_odd_rows_are_refused_all_at_once():
    with pytest.raises(CaseError) as caught:
        data_sheet([0.0, 1.0, -2.0, float("nan")], ["2s2p", "3s"])
    assert [fault.path for fault in caught.value.faults] == ["speeds[0]", "speeds[2]", "speeds[3]", "in_wind[1]"]


def test_a_package_that_cannot_stand_on_a_board_is_refused_and_may_still_meet_a_cold_plate():
    edits = ((BALLS, block(name="balls", under="carrier", size=["6 mm", "6 mm", "0.4 mm"])),)
    case = from_document(changed(*edits))
    with pytest.raises(CaseError, match="has neither balls, pads nor leads"):
        rows_for(case)
    assert len(rows_for(case, options=BoardOptions(joints=36, pitch=1e-3))) == 8
    above = rows_for(case, [row for row in data_sheet() if row.setup.board is None])
    assert [item.setup.surroundings for item in above] == ["plate above", "plate below"]


def test_the_board_goes_by_the_name_of_the_options():
    document = copy.deepcopy(STACK)
    rows = [row for row in data_sheet() if row.metric == "theta_jb"]
    (item,) = rows_for(from_document(document), rows, BoardOptions(joints=4, pitch=1e-3, name="coupon"))
    assert {region.face for region in item.case.environment.region} == {"coupon.top", "coupon.bottom"}
    assert item.setup == Setup("2s2p", "ring")
