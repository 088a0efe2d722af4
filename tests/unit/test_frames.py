"""Do maps, levers and spreads give themselves as pandas frames, and does a model take one, its faults told?"""

import csv
import io
import subprocess
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest

from tests.small_case import TEXT
from thermopkg import exploration
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.report.sweep import map_csv

GAP, COMPOUND = "sink.gap", "mould.conductivity"


@pytest.fixture(scope="module")
def case():
    document = tomllib.loads(TEXT)
    document["study"] = {"refine": 0}
    return from_document(document)


@pytest.fixture(scope="module")
def chart(case):
    return exploration.chart_map(case, [f"{GAP}=0.05mm:0.2mm:4", f"{COMPOUND}=1W/m/K:4W/m/K:3"])


@pytest.fixture(scope="module")
def levers(case):
    return exploration.find_levers(case)


# ---------------------------------------------------------------- out
def test_a_map_is_a_frame_with_the_columns_and_rows_of_its_csv(chart):
    frame = chart.frame()
    header, *rows = csv.reader(io.StringIO(map_csv(chart)))
    assert list(frame.columns) == header
    np.testing.assert_array_equal(frame.to_numpy(), np.array(rows, float))
    assert header[:3] == ["sink.gap [mm]", "mould.conductivity [W/m/K]", "theta_ja [K/W]"]
    assert header[3:] == ["theta_ja lower [K/W]", "theta_ja upper [K/W]", "half-width [%]"]
    assert frame["sink.gap [mm]"].iloc[[0, -1]].tolist() == pytest.approx([0.05, 0.2])
    np.testing.assert_array_equal(frame["theta_ja upper [K/W]"], chart.brackets.upper)


def test_levers_are_frames_of_slopes_and_of_shares(levers):
    frame = levers.frame()
    assert frame["parameter"].tolist() == [one.name for one in levers.levers]
    gap = frame.set_index("parameter").loc[GAP]
    assert (gap["value"], gap["unit"], gap["kind"]) == (pytest.approx(0.1), "mm", "thickness")
    assert gap["slope"] == levers.lever(GAP).slope
    shares = levers.shares_frame()
    assert shares["place"].tolist() == list(levers.shares)
    assert shares["share [%]"].sum() == pytest.approx(100)


def test_a_spread_is_a_frame_of_both_ways(case, levers):
    found = exploration.find_spread(case, [f"{GAP}=20%"], levers)
    frame = found.frame().set_index("by")
    assert frame.loc["samples", "deviation [K/W]"] == found.deviation
    assert frame.loc["samples", ["5 % below [K/W]", "95 % below [K/W]"]].tolist() == [found.low, found.high]
    half = 0.5 * (frame.loc["slopes", "most [K/W]"] - frame.loc["slopes", "least [K/W]"])
    assert half == pytest.approx(found.linear_most)


def test_frames_without_pandas_name_the_extra(chart, levers, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    designs = {GAP: ["0.1 mm"], COMPOUND: ["2 W/m/K"]}
    for ask in (chart.frame, levers.frame, levers.shares_frame, lambda: chart.model.frame(designs)):
        with pytest.raises(CaseError, match=r"thermopkg\[pandas\]"):
            ask()


def test_pandas_is_not_imported_before_a_frame_is_asked_for():
    script = "import sys, thermopkg.exploration, thermopkg.report.sweep; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


# ---------------------------------------------------------------- in
def test_designs_of_a_map_s_own_frame_give_the_map(chart):
    frame = chart.frame()
    frame.index = [f"design {i}" for i in range(len(frame))]
    again = chart.model.frame(frame.iloc[::-1, :2])
    pd.testing.assert_frame_equal(again.iloc[::-1], frame, rtol=1e-12)  # values go to millimetres and back


@pytest.mark.parametrize(
    "designs",
    [
        {GAP: ["0.1 mm", "60 um"], COMPOUND: ["2 W/m/K", "0.03 W/cm/K"]},
        {f"{COMPOUND} [W/cm/K]": [0.02, 0.03], f"{GAP} [um]": [100, 60]},
        pd.DataFrame({f"{GAP} [mm]": [0.1, 0.06], COMPOUND: ["2 W/m/K", "3 W/m/K"]}),
    ],
    ids=["strings", "other units", "a frame of both"],
)
def test_units_stand_in_the_values_or_in_the_column_s_name(chart, designs):
    expected = chart.model.bracket(np.array([[1e-4, 2.0], [6e-5, 3.0]]))
    found = chart.model.frame(designs)
    np.testing.assert_allclose(found["theta_ja lower [K/W]"], expected.lower, rtol=1e-12)
    np.testing.assert_allclose(found["sink.gap [mm]"], [0.1, 0.06], rtol=1e-12)


def test_a_share_is_a_bare_number(case):
    made = exploration.chart_map(case, ["carrier[0].coverage=0.3:0.6:2", f"{GAP}=0.05mm:0.2mm:2"])
    found = made.model.frame({"carrier[0].coverage": [0.5], GAP: ["0.1 mm"]})
    assert found.columns[0] == "carrier[0].coverage"
    assert found["theta_ja [K/W]"].item() == made.model.bracket(np.array([[0.5, 1e-4]])).value[0]


def faults(chart, designs, **options):
    with pytest.raises(CaseError) as error:
        chart.model.frame(designs, **options)
    return {fault.path: fault.message for fault in error.value.faults}


def test_all_faults_of_a_frame_are_told_at_once(chart):
    told = faults(chart, pd.DataFrame({GAP: [0.1, "60 um", None], "mould.conduct": 2.0, "colour": "red"}, list("abc")))
    assert list(told) == ["mould.conduct", "colour", GAP, COMPOUND]
    assert "did you mean 'mould.conductivity'?" in told["mould.conduct"]
    assert "it has sink.gap [mm], mould.conductivity [W/m/K]" in told["colour"]
    assert 'row a: 0.1 has no unit; call the column "sink.gap [mm]", or write "0.1 mm"; rows at fault: 2' in told[GAP]
    assert told[COMPOUND] == "is missing: give a column 'mould.conductivity [W/m/K]'"


def test_what_is_empty_and_what_is_outside_are_told_together(chart):
    designs = {f"{GAP} [mm]": [0.1, 0.3, 0.1], f"{COMPOUND} [W/m/K]": [1.0, 2.0, np.nan]}
    told = faults(chart, designs)
    assert told[f"{COMPOUND} [W/m/K]"] == "row 2: is empty (NaN)"
    assert told[GAP].startswith("0.3 mm is outside the model's range of 0.05 mm to 0.2 mm")
    assert list(faults(chart, designs, extrapolate=True)) == [f"{COMPOUND} [W/m/K]"]
    designs[f"{COMPOUND} [W/m/K]"][2] = 2.0
    assert len(chart.model.frame(designs, extrapolate=True)) == 3


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        (GAP, ["2 W"], "a power; a length is wanted"),
        (GAP, "0.1 mm", "is no column"),
        (f"{GAP} [mm]", ["0.1 mm"], "is not a bare number"),
        (f"{GAP} [mm]", [True], "is not a bare number"),
        (f"{GAP} [mm]", [np.inf], "not a finite number"),
        (f"{GAP} [W]", [0.1], "a power; a length is wanted"),
        (f"{GAP} [mm]", [0.1, 0.1], "one length; here sink.gap 2, mould.conductivity 1"),
    ],
)
def test_columns_that_are_none_are_refused_in_words(chart, column, values, said):
    (message,) = faults(chart, {column: values, COMPOUND: ["2 W/m/K"]}).values()
    assert said in message


def test_a_parameter_that_is_there_twice_is_refused(chart):
    told = faults(chart, {GAP: ["0.1 mm"], f"{GAP} [mm]": [0.1], COMPOUND: ["2 W/m/K"]})
    assert told == {f"{GAP} [mm]": "gives sink.gap a second time, beside 'sink.gap'"}
