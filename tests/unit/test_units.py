"""Is a value with a unit read as what it means, and nothing else read at all?"""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermopkg import units
from thermopkg.units import (
    CONDUCTIVITY,
    DENSITY,
    DIMENSIONS,
    FILM,
    GAP,
    HEAT_CAPACITY,
    LENGTH,
    POWER,
    PRESSURE,
    TEMPERATURE,
    TOLERANCE,
    VISCOSITY,
    format_si,
    mm,
    parse,
    quote,
    um,
)


@given(st.sampled_from(DIMENSIONS), st.data())
def test_formatting_and_reading_back_gives_the_very_same_float(dimension, data):
    low = max(dimension.lowest, sys.float_info.min) if dimension.positive else dimension.lowest
    value = data.draw(st.floats(low, dimension.highest))
    assert parse(format_si(value, dimension), dimension) == value


# Each factor is the definition of its unit: international inch and foot, thermochemical-free SI prefixes, 1 W = 1 J/s.
@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("0.1 mm", LENGTH, 1e-4),
        ("18mm", LENGTH, 0.018),
        (" 75 um ", LENGTH, 75e-6),
        ("75 µm", LENGTH, 75e-6),  # micro sign
        ("75 μm", LENGTH, 75e-6),  # Greek mu
        ("7.5e1 micrometer", LENGTH, 75e-6),
        ("+.5 cm", LENGTH, 0.005),
        ("1 inch", LENGTH, 0.0254),
        ("5 mil", GAP, 5 * 25.4e-6),
        ("1\N{NO-BREAK SPACE}mm", LENGTH, 1e-3),
        ("390 W/m/K", CONDUCTIVITY, 390.0),
        ("390 W/(m*K)", CONDUCTIVITY, 390.0),
        ("390 W m^-1 K^-1", CONDUCTIVITY, 390.0),
        ("0.39 W/mm/K", CONDUCTIVITY, 390.0),
        ("3.9 W/cm/degC", CONDUCTIVITY, 390.0),
        ("10 W/m²/K", FILM, 10.0),
        ("10 W/m**2/K", FILM, 10.0),
        ("0.15 W/cm^2/K", FILM, 1500.0),
        ("250 mW", POWER, 0.25),
        ("25 degC", TEMPERATURE, 298.15),
        ("25 °C", TEMPERATURE, 298.15),
        ("298.15 K", TEMPERATURE, 298.15),
        ("-40 degF", TEMPERATURE, 233.15),  # where both scales meet, -40 degC
        ("7.4 g/cm^3", DENSITY, 7400.0),
        ("0.7 J/g/K", HEAT_CAPACITY, 700.0),
        ("165 GPa", PRESSURE, 165e9),
        ("50 mPa*s", VISCOSITY, 0.05),
        ("1 %", TOLERANCE, 1.0),
        ("500 ppm", TOLERANCE, 0.05),
    ],
)
def test_a_quantity_is_read_in_si(text, dimension, value):
    assert parse(text, dimension) == pytest.approx(value, rel=1e-15, abs=0)


@given(st.integers(1, 9999), st.sampled_from([("mm", 3), ("um", 6), ("nm", 9)]))
def test_a_decimal_in_a_small_unit_is_the_nearest_float(digits, unit):
    """So that 18 mm written in one file and 1.8 cm or 0.018 m in another are one plane, not two."""
    name, places = unit
    assert parse(f"{digits} {name}", LENGTH) == float(f"{digits}e-{places}")


@pytest.mark.parametrize(
    ("text", "dimension", "said"),
    [
        ("5 W", LENGTH, "'5 W' is a power; a length is wanted, such as \"5 mm\""),
        ("5 W/m^2/K", CONDUCTIVITY, "is a film coefficient; a conductivity is wanted"),
        ("25 degC", LENGTH, "is a temperature; a length is wanted"),
        ("5 s", POWER, "is a time; a power is wanted"),
        ("25 delta_degC", TEMPERATURE, "is a temperature difference"),
        ("5 1/K", POWER, "is not a number with a unit"),
        ("5 um/", LENGTH, "'um/' is not a unit"),
        ("5 m^2^2", LENGTH, "is not a unit"),
        ("5 m - m", LENGTH, "is not a unit"),
        ("5 (mm)", LENGTH, "is not a unit"),
        ("five mm", LENGTH, 'is not a number with a unit; write it like "1 mm"'),
        ("mm", LENGTH, "is not a number with a unit"),
        ("1e400 mm", LENGTH, "is not a finite number"),
    ],
)
def test_anything_else_is_refused_with_what_is_wanted(text, dimension, said):
    with pytest.raises(ValueError) as error:
        parse(text, dimension)
    assert said in str(error.value)


@given(
    st.one_of(st.text(max_size=200), st.from_regex(r"[0-9.,+\-−e]{1,6} ?[A-Za-z0-9µ°%*/^(). -]{0,12}", fullmatch=True))
)
def test_no_text_at_all_makes_it_fail_otherwise(text):
    """Whatever is typed becomes a finite number in range, or a message that is printable and no longer than a line."""
    for dimension in DIMENSIONS:
        value, message = outcome(text, dimension)
        assert message is None or (len(message) < 300 and message.isprintable())
        assert message is not None or (math.isfinite(value) and dimension.lowest <= value <= dimension.highest)


def outcome(text, dimension):
    try:
        return parse(text, dimension), None
    except ValueError as error:
        return None, str(error)


@given(st.floats(1e-3, 1e4))
def test_lengths_from_python_are_what_a_case_would_write(value):
    assert parse(mm(value), LENGTH) == pytest.approx(value * 1e-3, rel=1e-15)
    assert parse(um(value), LENGTH) == pytest.approx(value * 1e-6, rel=1e-15)


def test_a_wrong_input_is_quoted_in_print_and_in_short():
    assert quote("a\x1b[31m") == r"'a\x1b[31m'"
    assert quote(["\N{RIGHT-TO-LEFT OVERRIDE}"]).isprintable()
    assert quote("x" * 1000) == "'" + "x" * (units.LONGEST_QUOTE - 2) + "…"
    assert quote(True) == "true"
