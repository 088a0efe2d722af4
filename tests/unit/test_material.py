"""Does a material conduct what its record says, in whichever of its forms it is written?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from thermopkg.case.material import REFERENCE_TEMPERATURE, Material

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
