"""Are numbers printed as they are known? Digits that show a half-width, and bounds that hold as printed."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg.answer.bracket import Bracket
from thermopkg.report.digits import decimals, interval


@pytest.mark.parametrize(("half_width", "digits"), [(12.0, 0), (3.0, 1), (0.52, 2), (0.083, 3), (1e-9, 6), (0.0, 6)])
def test_digits_show_two_figures_of_the_half_width(half_width, digits):
    assert decimals(half_width) == digits


@given(st.floats(-1e4, 1e4), st.floats(0.0, 1e3), st.integers(0, 6))
def test_printed_bounds_hold_and_are_no_wider_than_a_digit(middle, half, digits):
    lower, upper = middle - half, middle + half
    printed = re.fullmatch(r"\[(.*), (.*)\]", interval(Bracket(middle, lower, upper), digits))
    low, high = (Fraction(text) for text in printed.groups())
    step = Fraction(1, 10**digits)
    assert Fraction(lower) - step < low <= Fraction(lower)
    assert Fraction(upper) <= high < Fraction(upper) + step


def test_a_bound_is_never_rounded_into_the_bracket():
    assert interval(Bracket(58.096, 58.01360, 58.17840), 3) == "[58.013, 58.179]"
