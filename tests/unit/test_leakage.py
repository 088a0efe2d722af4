"""Where does leakage come to rest, and which powers just do not run away? Hand values for one chip and for several."""

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from thermopkg.answer.leakage import HOTTEST, Leaks, at_rest, leaks_of, runaway_factor, share_at_rest
from thermopkg.case.parts import Chip

COLD = 300.0  # K
CHIP = {"name": "chip", "size": ["5 mm", "5 mm", "0.5 mm"], "face": "up"}


def leaks(own: list[float], leakage: list[float], doubling: list[float]) -> Leaks:
    """All of them at 300 K."""
    return Leaks(np.array(own), np.array(leakage), np.full(len(own), COLD), np.array(doubling))


def one(own: float = 10.0, leakage: float = 1.0) -> Leaks:
    return leaks([own], [leakage], [20.0])


def test_leakage_doubles_with_every_doubling() -> None:
    found = one()
    assert found.power(np.array([COLD])) == pytest.approx([11.0], rel=1e-14)
    assert found.power(np.array([COLD + 40])) == pytest.approx([14.0], rel=1e-14)
    assert found.power(np.array([COLD - 20]), factor=0.5) == pytest.approx([5.5], rel=1e-14)
    # d/dT 2^(T/20) = ln 2 / 20 at T = 0
    assert found.slope(np.array([COLD])) == pytest.approx([np.log(2) / 20], rel=1e-14)


def test_numbers_are_those_of_the_chips_in_their_order() -> None:
    chips = [
        Chip.model_validate({**CHIP, "power": "3 W"}),
        Chip.model_validate({**CHIP, "leakage": {"power": "0.2 W", "at": "50 degC", "doubling": "25 K"}}),
    ]
    found = leaks_of(chips)
    assert found.own.tolist() == [3.0, 0.0]
    assert found.power(np.array([5000.0, 323.15 + 25])).tolist() == pytest.approx([3.0, 0.4])


def test_one_chip_rests_at_the_lower_of_its_two_temperatures() -> None:
    """T = 300 + R (10 + 2^((T - 300) / 20)) with R = 1 K/W."""
    lower = brentq(lambda t: t - (10 + 2 ** (t / 20)), 0, 40, xtol=1e-13)
    upper = brentq(lambda t: t - (10 + 2 ** (t / 20)), 60, 200)
    assert upper > lower + 50
    found = at_rest(one(), np.array([[1.0]]), np.array([COLD]))
    assert found is not None
    assert found == pytest.approx([COLD + lower], rel=1e-13)


def test_chips_warm_one_another() -> None:
    """Both equations at once, by another solver."""
    resistance = np.array([[1.0, 0.4], [0.4, 2.0]])
    pair = leaks([10.0, 3.0], [1.0, 0.5], [20.0, 30.0])
    want = fsolve(lambda t: t - COLD - resistance @ pair.power(t), np.array([COLD + 10, COLD + 10]), xtol=1e-13)
    found = at_rest(pair, resistance, np.full(2, COLD))
    assert found is not None
    assert found == pytest.approx(want, rel=1e-10)


def test_runaway_of_one_chip_is_where_its_two_solutions_meet() -> None:
    """R L ln 2 / 20 K = 1 gives L there, its temperature 20 K log2(L / 1 W), and the own power that is left."""
    leakage = 20 / np.log(2)
    own = 20 * np.log2(leakage) - leakage
    found = runaway_factor(one(), np.array([[1.0]]), np.array([COLD]))
    assert found == pytest.approx(own / 10, rel=1e-9)
    assert at_rest(one(), np.array([[1.0]]), np.array([COLD]), 0.99999 * found) is not None
    assert at_rest(one(), np.array([[1.0]]), np.array([COLD]), 1.00001 * found) is None


def test_runaway_of_alike_chips_is_that_of_one_under_all_the_heat() -> None:
    """Two chips that heat each other by 0.5 K/W each, 1 K/W together, are one of 1 K/W."""
    pair = runaway_factor(leaks([10.0] * 2, [1.0] * 2, [20.0] * 2), np.full((2, 2), 0.5), np.full(2, COLD))
    assert pair == pytest.approx(runaway_factor(one(), np.array([[1.0]]), np.array([COLD])), rel=1e-9)


def test_a_hot_chip_that_does_not_leak_has_a_number_for_its_power() -> None:
    """Beside one that does: at 1500 K nothing overflows, and the factor is that of the one that leaks alone."""
    resistance = np.array([[1.0, 0.0], [0.0, 100.0]])
    own = Chip.model_validate({**CHIP, "power": "12 W"})
    leaking = Chip.model_validate(
        {**CHIP, "power": "10 W", "leakage": {"power": "1 W", "at": "300 K", "doubling": "20 K"}}
    )
    pair = leaks_of([leaking, own])
    found = at_rest(pair, resistance, np.full(2, COLD))
    assert found is not None
    assert found[1] == pytest.approx(COLD + 1200, rel=1e-14)
    alone = runaway_factor(one(), np.array([[1.0]]), np.array([COLD]))
    assert runaway_factor(pair, resistance, np.full(2, COLD)) == pytest.approx(
        min(alone, (HOTTEST - COLD) / 1200), rel=1e-9
    )


def test_leakage_that_has_no_number_any_more_runs_away() -> None:
    """2^((2000 K - 300 K) / 1 K) is beyond every float."""
    steep = leaks([1700.0], [0.1], [1.0])
    assert at_rest(steep, np.array([[1.0]]), np.array([COLD])) is None
    assert 0 < runaway_factor(steep, np.array([[1.0]]), np.array([COLD])) < 1


def test_without_leakage_nothing_runs_away() -> None:
    assert runaway_factor(one(leakage=0.0), np.array([[1.0]]), np.array([COLD])) == np.inf


@pytest.mark.parametrize("own", [0.0, 10.0])
def test_leakage_that_runs_away_by_itself_leaves_no_power_at_all(own: float) -> None:
    """More than 20 K / (e ln 2) / 1 K/W = 10.6 W of leakage at the temperature of the coolant has no rest."""
    most = 20 / (np.e * np.log(2))
    assert runaway_factor(one(own, 1.001 * most), np.array([[1.0]]), np.array([COLD])) == 0.0
    assert runaway_factor(one(own, 0.999 * most), np.array([[1.0]]), np.array([COLD])) > 0.0


def test_share_of_the_leakage_that_just_does_not_run_away() -> None:
    """Where R L ln 2 / 20 K = 1 the chip makes 10 W + L, which fixes its temperature, and so the share that L is."""
    most = 20 / np.log(2)
    at_limit = 15 * 2 ** ((10 + most) / 20)
    found = share_at_rest(one(leakage=15.0), np.array([[1.0]]), np.array([COLD]))
    assert found == pytest.approx(most / at_limit, rel=1e-9)
    assert found < 1
    assert share_at_rest(one(leakage=1.0), np.array([[1.0]]), np.array([COLD])) == 1.0
    assert one(leakage=15.0).scaled(found).power(np.array([COLD])) == pytest.approx([10 + 15 * found], rel=1e-14)
