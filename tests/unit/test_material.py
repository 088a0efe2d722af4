"""Does a material conduct what its record says, in whichever of its forms it is written?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from thermopkg.case.material import REFERENCE_TEMPERATURE, Material, library

RESIN = {"class": "resin", "electrical": "insulator"}


def material(conductivity, **rest):
    return Material.model_validate({**RESIN, "conductivity": conductivity, **rest})


def test_one_number_conducts_alike_along_all_axes():
    assert material("2.5 W/m/K").conductivity.along().tolist() == [2.5, 2.5, 2.5]


def test_the_short_form_says_what_the_long_one_says():
    assert material("2.5 W/m/K") == material({"value": "2.5 W/m/K"})
    rows = [["0 degC", "1 W/m/K"], ["100 degC", "2 W/m/K"]]
    assert material(rows) == material({"table": rows})
    assert material("1 W/m/K", density="2 g/cm^3") == material("1 W/m/K", density={"value": "2000 kg/m^3"})


def test_layers_conduct_in_their_plane_and_through_it():
    sheet = material({"in_plane": "20 W/m/K", "through": "0.4 W/m/K"})
    assert sheet.conductivity.along().tolist() == [20.0, 20.0, 0.4]


def test_a_table_is_read_at_the_reference_temperature():
    """Halfway between the rows, whose mean it is."""
    low, high = REFERENCE_TEMPERATURE - 50, REFERENCE_TEMPERATURE + 50
    table = material([[f"{low} K", "100 W/m/K"], [f"{high} K", "60 W/m/K"]])
    np.testing.assert_allclose(table.conductivity.along(), 80.0, rtol=1e-14)


temperatures = st.lists(st.floats(100.0, 1000.0), min_size=2, max_size=6, unique=True).map(sorted)


@given(st.data(), temperatures)
def test_a_table_stays_between_its_rows_and_is_constant_beyond_them(data, rows):
    values = [data.draw(st.floats(0.1, 500.0)) for _ in rows]
    conductivity = material([[f"{t} K", f"{k} W/m/K"] for t, k in zip(rows, values, strict=True)]).conductivity
    for row, value in zip(rows, values, strict=True):
        np.testing.assert_allclose(conductivity.along(row), value, rtol=1e-12)
    between = conductivity.along(data.draw(st.floats(rows[0], rows[-1])))
    assert min(values) * (1 - 1e-12) <= between.min() <= between.max() <= max(values) * (1 + 1e-12)
    assert conductivity.along(rows[0] - 50).tolist() == [values[0]] * 3
    assert conductivity.along(rows[-1] + 50).tolist() == [values[-1]] * 3


def test_python_writes_class_with_an_underscore():
    built = Material(class_="resin", electrical="insulator", conductivity="2.5 W/m/K")
    assert built == material("2.5 W/m/K")


@pytest.mark.parametrize(
    "record",
    [
        material("2.5 W/m/K"),
        material({"in_plane": "20 W/m/K", "through": "0.4 W/m/K", "source": "a data sheet", "confidence": "read"}),
        material([["0 degC", "1 W/m/K"], ["100 degC", "2 W/m/K"]], density="2 g/cm^3", viscosity="50 Pa*s"),
    ],
    ids=["isotropic", "orthotropic", "table"],
)
def test_writing_a_material_out_and_reading_it_back_changes_nothing(record):
    assert Material.model_validate(record.model_dump(by_alias=True)) == record
    assert Material.model_validate_json(record.model_dump_json(by_alias=True)) == record


def test_a_material_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        material("2.5 W/m/K").title = "other"


# ---------------------------------------------------------------- over temperature
def test_a_power_law_is_its_value_at_the_reference_and_goes_with_the_power():
    """148 W/m/K (T / 300 K)^-1.3, by hand at 600 K: 148 / 2^1.3."""
    law = material({"value": "148 W/m/K", "reference": "300 K", "exponent": -1.3})
    assert law.follows_temperature
    np.testing.assert_allclose(law.conductivity.along(300.0), [148.0] * 3, rtol=1e-15)
    np.testing.assert_allclose(law.conductivity.along(600.0), [148 / 2**1.3] * 3, rtol=1e-14)
    np.testing.assert_allclose(law.conductivity.along(), [148 * (298.15 / 300) ** -1.3] * 3, rtol=1e-14)


def test_conductivities_of_many_temperatures_have_their_shape():
    temperatures = np.linspace(250, 450, 6).reshape(2, 3)
    for record in (
        {"value": "148 W/m/K", "reference": "300 K", "exponent": -1.3},
        [["250 K", "10 W/m/K"], ["450 K", "20 W/m/K"]],
        "5 W/m/K",
        {"in_plane": "20 W/m/K", "through": "0.4 W/m/K"},
    ):
        own = material(record).conductivity
        found = own.along(temperatures)
        assert found.shape == (3, 2, 3)
        np.testing.assert_allclose(found[:, 1, 2], own.along(450.0), rtol=1e-15)


def test_only_tables_and_power_laws_follow_the_temperature():
    assert material([["0 degC", "1 W/m/K"], ["100 degC", "2 W/m/K"]]).follows_temperature
    assert not material("1 W/m/K").follows_temperature
    assert not material({"in_plane": "20 W/m/K", "through": "0.4 W/m/K"}).follows_temperature


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"value": "1 W/m/K", "exponent": -1}, "reference"),
        ({"value": "1 W/m/K", "reference": "300 K"}, "exponent"),
        ({"value": "1 W/m/K", "reference": "300 K", "exponent": -6}, "greater than or equal to -5"),
        ({"value": "1 W/m/K", "reference": "300", "exponent": -1}, "has no unit"),
        ({"exponent": -1, "reference": "300 K"}, "one conductivity is wanted"),
        ({"value": "1 W/m/K", "in_plane": "1 W/m/K"}, "one conductivity is wanted"),
        ([["300 K", "1 W/m/K"]], "at least 2 items"),
        ([["300 K", "1 W/m/K"], ["300 K", "2 W/m/K"]], r"table\[1\]: 300 K does not lie above"),
    ],
)
def test_conductivity_over_temperature_that_is_none_is_told(record, told):
    with pytest.raises(ValidationError, match=told):
        material(record)


def test_heat_capacity_over_temperature_is_linear_between_rows_and_constant_beyond():
    own = material("1 W/m/K", heat_capacity=[["300 K", "700 J/kg/K"], ["400 K", "800 J/kg/K"]]).heat_capacity
    assert own.at(np.array([250.0, 300.0, 325.0, 400.0, 500.0])).tolist() == [700.0, 700.0, 725.0, 800.0, 800.0]
    assert own.value == 700.0  # at 25 degC, below the first row
    assert own.range is None


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ([["300 K", "700 J/kg/K"], ["200 K", "800 J/kg/K"]], r"table\[1\]: 200 K does not lie above"),
        ([["300 K", "700 J/kg/K"]], "at least 2 items"),
        ({"table": [["300 K", "700 W/m/K"], ["400 K", "1 J/kg/K"]]}, "W/m/K"),
        ({"table": [["300 K", "700 J/kg/K"], ["400 K", "1 J/kg/K"]], "value": "1 J/kg/K"}, "value"),
    ],
)
def test_heat_capacity_that_is_none_is_told(record, told):
    with pytest.raises(ValidationError, match=told):
        material("1 W/m/K", heat_capacity=record)


def test_silicon_of_the_library_has_both_over_temperature():
    """[ecooling1998] 150 W/m/K (T / 300 K)^(-4/3), in straight lines that lie above by at most 0.54 %; its own note."""
    silicon = library()["silicon"]
    temperatures = np.linspace(200, 500, 61)
    law = 150 * (temperatures / 300) ** (-4 / 3)
    error = silicon.conductivity.along(temperatures)[0] / law - 1
    assert error.min() > -1e-4
    assert error.max() < 0.0054
    assert silicon.heat_capacity.at(450.0) == pytest.approx(811.0, rel=1e-12)  # halfway from 790 to 832


@pytest.mark.parametrize(
    "record",
    [
        material({"value": "148 W/m/K", "reference": "300 K", "exponent": -1.3, "range": ["140 W/m/K", "150 W/m/K"]}),
        material("1 W/m/K", heat_capacity=[["300 K", "700 J/kg/K"], ["400 K", "800 J/kg/K"]]),
    ],
    ids=["power law", "heat capacity"],
)
def test_what_goes_with_the_temperature_is_written_out_and_read_back(record):
    assert Material.model_validate(record.model_dump(by_alias=True)) == record
    assert Material.model_validate_json(record.model_dump_json(by_alias=True)) == record
