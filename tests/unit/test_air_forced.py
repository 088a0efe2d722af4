"""Is a blown plate the textbook's, at the transition and behind an unheated start?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from thermopkg.air.forced import TRANSITION, forced, plate
from thermopkg.air.properties import properties

PRANDTL = 0.7
CUBE_ROOT = PRANDTL ** (1 / 3)

reynolds_numbers = st.floats(1.0, 1e7)
starts = st.floats(0.0, 0.95)


def test_laminar_plate():
    """0.664 Re^(1/2) Pr^(1/3) [incropera2011] eq. 7.30: 66.4 * 0.88790 at Re = 1e4."""
    assert plate(1e4, PRANDTL) == pytest.approx(66.4 * 0.88790, rel=1e-4)


@pytest.mark.parametrize("number", [6e5, 1e6, 1e7])
def test_plate_with_transition(number):
    """(0.037 Re^(4/5) - 871) Pr^(1/3) [incropera2011] eq. 7.38; 871 is 0.037 Re_c^(4/5) - 0.664 Re_c^(1/2), rounded."""
    assert plate(number, PRANDTL) == pytest.approx((0.037 * number**0.8 - 871.3) * CUBE_ROOT, rel=2e-4)


def test_tripped_plate_is_turbulent_where_turbulence_can_last():
    assert plate(1e5, PRANDTL, tripped=True) == pytest.approx(0.037 * 1e4 * CUBE_ROOT)  # (1e5)^0.8 = 1e4
    assert plate(1e4, PRANDTL, tripped=True) == plate(1e4, PRANDTL)
    above = [plate(number, PRANDTL, tripped=True) > plate(number, PRANDTL) for number in (1.4e4, 1.6e4)]
    assert above == [False, True]  # as the docstring says: 0.664 Re^0.5 = 0.037 Re^0.8 at Re = 15000


def local(place: float, start: float) -> float:
    """Heat per length over k dT Pr^(1/3) at Re_x = `place`: local laws [incropera2011] eqs. 7.23, 7.36, 7.42, 7.43."""
    if place <= TRANSITION:
        return 0.332 * place**-0.5 / (1 - (start / place) ** 0.75) ** (1 / 3)
    return 0.0296 * place**-0.2 / (1 - (start / place) ** 0.9) ** (1 / 9)


@pytest.mark.parametrize("end", [1e4, 4e5, 1e6])
@pytest.mark.parametrize("start", [0.0, 0.2, 0.9])
def test_mean_is_that_of_the_local_law(end, start):
    """By quadrature of local laws, which are written down independently."""
    begin = start * end
    whole, _ = quad(local, begin, end, args=(begin,), points=[p for p in (TRANSITION,) if begin < p < end], limit=200)
    assert plate(end, PRANDTL, start) == pytest.approx(whole * CUBE_ROOT, rel=1e-3)


def test_mean_behind_a_start_against_the_published_one():
    """Nu_L L/(L - x0) [1 - (x0/L)^((p+1)/(p+2))]^(p/(p+1)), p = 2 laminar, 8 turbulent [incropera2011] eq. 7.44.

    There by the heated length as well: h = Nu k / L of the whole length, so that Nu by L - x0 lacks the first factor.
    """
    share = 0.4
    for number, power, tripped in ((1e5, 2, False), (1e5, 8, True)):
        lessened = (1 - share ** ((power + 1) / (power + 2))) ** (power / (power + 1))
        assert plate(number, PRANDTL, share, tripped) == pytest.approx(
            plate(number, PRANDTL, 0.0, tripped) * lessened, rel=1e-12
        )


def test_transition_does_not_jump_wherever_the_heating_begins():
    for start in (0.0, 0.3, 0.8):
        below, above = (plate(TRANSITION * (1 + step), PRANDTL, start) for step in (-1e-9, 1e-9))
        assert above == pytest.approx(below, rel=1e-7)


@given(reynolds_numbers, st.floats(1.0001, 3.0), starts, st.booleans())
def test_faster_air_takes_more(number, factor, start, tripped):
    assert plate(number * factor, PRANDTL, start, tripped) > plate(number, PRANDTL, start, tripped)


@given(reynolds_numbers, starts)
def test_tripped_air_takes_no_less_before_the_transition(number, start):
    if number < TRANSITION:
        assert plate(number, PRANDTL, start, tripped=True) >= plate(number, PRANDTL, start)


def test_square_prism_across_the_flow():
    """[incropera2011] table 7.3, recalled (medium): 0.304 Re^0.59 Pr^(1/3) from 6000 to 60000, all sides together.

    That is why the sides of a box are taken as plates, and why their uncertainty is a quarter.
    """
    ratio = [0.304 * number**0.59 * CUBE_ROOT / plate(number, PRANDTL) for number in (6e3, 6e4)]
    assert ratio[0] == pytest.approx(1.0, abs=0.01)
    assert 1.0 < ratio[1] < 1.25


def test_film_by_hand():
    """1 m/s along 100 mm of air at 300 K: Re = 0.1/nu, h = 0.664 (k/L) Re^(1/2) Pr^(1/3); about 6.3 W/m^2/K.

    With the [incropera2011] table's k = 0.0263, nu = 15.89e-6, Pr = 0.707, which is air of 1 bar.
    """
    found = forced(1.0, 0.1, properties(300.0, 1e5))
    assert found.film == pytest.approx(0.664 * 0.263 * (0.1 / 15.89e-6) ** 0.5 * 0.707 ** (1 / 3), rel=0.01)
    assert found.regime == "forced, laminar"
    assert found.number == pytest.approx(0.1 / 15.89e-6, rel=0.01)


def test_start_counts_for_the_flow_and_not_for_the_heat():
    air = properties(300.0)
    flush, first = forced(2.0, 0.03, air, upstream=0.04), forced(2.0, 0.03, air)
    assert flush.number == pytest.approx(first.number * 7 / 3)
    assert flush.film < first.film
    heat = forced(2.0, 0.07, air).film * 0.07  # of a plate that is heated all over
    assert heat - forced(2.0, 0.04, air).film * 0.04 < flush.film * 0.03 < heat


def test_what_is_told_of_the_laws():
    air = properties(300.0)
    assert forced(1.0, 0.005, air).caution == "forced, laminar: Re 3.2e+02 outside 1000 to 500000"
    assert forced(5.0, 2.0, air).regime == "forced, turbulent"
    assert forced(5.0, 0.1, air, tripped=True).regime == "forced, tripped"
    assert [forced(5.0, 0.1, air, box=box).uncertainty for box in (False, True)] == [0.15, 0.25]


def test_start_is_a_share():
    for start in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="it lies from 0 to below 1"):
            plate(1e4, PRANDTL, start)
