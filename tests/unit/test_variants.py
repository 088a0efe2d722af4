"""Are the cases of a structural sweep those that were asked for, and are they told with their bounds?"""

import csv
import io
import json
import sys
import tomllib

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from tests.small_case import BAR, TEXT
from thermopkg.batch import Sweep, packages
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.explore.store import Finished, key_of, resolved
from thermopkg.explore.table import Row, Table
from thermopkg.explore.variants import MOST_VARIANTS, plan
from thermopkg.package.placing import place
from thermopkg.regress.record import Number, Record
from thermopkg.report.variants import csv_text, variants_sheet


@pytest.fixture(scope="module")
def chip():
    return from_document(tomllib.loads(TEXT))


@pytest.fixture(scope="module")
def bar():
    return from_document(tomllib.loads(BAR))


# ---------------------------------------------------------------- which cases
def test_every_combination_is_there_once_the_last_parameter_fastest(bar):
    found = plan({"bar": bar}, ["bar.size.x=1mm,2mm", "bar.power=1W:3W:3"])
    assert [tuple(v.settings.values()) for v in found.variants] == [
        (size, power) for size in (1e-3, 2e-3) for power in (1.0, 2.0, 3.0)
    ]
    for variant in found.variants:
        assert variant.case.part_named("bar").size[0] == variant.settings["bar.size.x"]
        assert variant.case.part_named("bar").power == variant.settings["bar.power"]
    assert found.label(found.variants[1]) == "bar.size.x 1 mm, bar.power 2 W"


def test_several_cases_and_parts_left_out_are_columns_of_their_own(chip):
    found = plan({"a": chip, "b": chip}, ["chip.bumps.pitch=0.5mm,0.4mm"], ["sink", "balls"])
    assert found.columns == ("case", "without", "chip.bumps.pitch")
    assert len(found.variants) == 2 * 3 * 2
    for variant in found.variants:
        left = {part.name for part in chip.part} - {part.name for part in variant.case.part}
        assert left == {variant.settings["without"]} - {"–"}


def test_mould_keeps_its_height_when_the_sink_that_it_was_flush_with_is_left_out(chip):
    (_, without) = plan({"a": chip}, ["sink.gap=0.1mm"], ["sink"]).variants
    mould = place(without.case).parts["mould"].box[2]
    assert mould[1] - mould[0] == pytest.approx(0.1e-3 + 0.3e-3 + 0.1e-3 + 0.4e-3, rel=1e-12)  # bumps, chip, gap, sink


def test_combination_that_makes_no_sound_case_is_a_variant_with_its_fault(chip):
    found = plan({"a": chip}, ["chip.bumps.pitch=0.15mm,0.5mm"])
    faulty, sound = found.variants
    assert isinstance(faulty.case, CaseError)
    assert "neighbouring joints would touch" in str(faulty.case)
    assert isinstance(sound.case, Case)


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("chip.bumps.pitch=0.3mm:0.2mm:5", ("reversed", "0.2mm:0.3mm:5")),
        ("chip.bumps.pitch=", ("gives no values",)),
        ("chip.bumps.pitch=0.2mm:0.2mm:3", ("empty",)),
        ("chip.bumps.pitch=0.2,0.3", ("has no unit", "0.2 mm")),
        ("chip.bumps.pitch=-0.1mm:0.2mm:4", ("greater than 0",)),
        ("chip.bumps.pich=0.2mm", ("no parameter", "chip.bumps.pitch")),
        ("colour=0.2mm", ("no parameter", "there are", "sink.gap")),
    ],
)
def test_what_cannot_be_varied_is_told_with_what_can(chip, vary, words):
    with pytest.raises(CaseError) as error:
        plan({"a": chip}, [vary])
    assert all(word in str(error.value) for word in words)


def test_faults_of_all_cases_parameters_and_parts_come_at_once(chip, bar):
    with pytest.raises(CaseError) as error:
        plan({"a": chip, "b": bar}, ["chip.bumps.pitch=0.5", "bar.power=1W,2W"], ["snik", "carrier", "snik"])
    told = str(error.value)
    for words in (
        "a: '0.5' has no unit", "a: 'bar.power' is no parameter", "b: 'chip.bumps.pitch' is no parameter",
        "a: 'snik' is not a part of this case; did you mean 'sink'?", "a: carrier cannot be left out alone",
        "names snik twice",
    ):  # fmt: skip
        assert words in told


def test_sweep_of_too_many_cases_is_refused_before_any_is_made(bar):
    with pytest.raises(CaseError, match=f"at most {MOST_VARIANTS:,}"):
        plan({"bar": bar}, ["bar.power=1W:2W:200", "bar.size.x=1mm:2mm:200"])


# ---------------------------------------------------------------- cases from files
CHANGES = """
[no-sink]
without = ["sink"]
[[no-sink.part]]
name = "mould"
height = "0.9 mm"
[thin]
[[thin.part]]
name = "chip"
size = ["2 mm", "2 mm", "0.1 mm"]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a" / "case.toml"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_tables_of_changes_are_what_files_that_extend_the_case_would_say(file, tmp_path):
    changes = tmp_path / "changes.toml"
    changes.write_text(CHANGES, encoding="utf-8")
    found = packages(file, [], changes, {"study": {"tolerance": "7 %"}})
    assert list(found) == [str(file.parent), "no-sink", "thin"]
    names = {part.name for part in found[str(file.parent)].part}
    assert {part.name for part in found["no-sink"].part} == names - {"sink"}
    assert found["no-sink"].part_named("mould").height == 0.9e-3
    assert found["thin"].part_named("chip").size[2] == 0.1e-3
    assert {case.study.tolerance for case in found.values()} == {7.0}


def test_faults_of_all_files_and_tables_come_at_once(file, tmp_path):
    changes = tmp_path / "changes.toml"
    changes.write_text('thick = 1\n[bare]\nwithout = ["lid"]\n[odd]\npart = [{name = "chip", power = "1"}]\n', "utf-8")
    with pytest.raises(CaseError) as error:
        packages(file, [tmp_path / "none.toml"], changes)
    told = str(error.value)
    for words in ("thick", "is no table of changes", "bare: without", "has no part 'lid'", "odd: part[", "has no unit",
                  "none.toml", "there is no such file"):  # fmt: skip
        assert words in told


# ---------------------------------------------------------------- the name of what was solved
def test_key_is_that_of_everything_that_numbers_depend_on(chip, monkeypatch):
    key = key_of(chip)
    assert key_of(from_document(tomllib.loads(TEXT))) == key
    renamed = chip.model_copy(update={"title": "Another", "description": "words"})
    assert key_of(renamed) == key
    others = [v.case for v in plan({"a": chip}, ["chip.power=1W,1.0000000001W"]).variants]
    study = chip.model_copy(update={"study": chip.study.model_copy(update={"tolerance": 2.0})})
    assert key_of(others[0]) == key
    assert len({key, key_of(others[1]), key_of(study)}) == 3
    monkeypatch.setattr("thermopkg.explore.store.__version__", "0.0.0")
    assert key_of(chip) != key


def test_case_that_is_kept_can_be_read_again(chip):
    again = from_document({"title": "again", **resolved(chip)})
    assert key_of(again) == key_of(chip)


# ---------------------------------------------------------------- reports
def finished(case, value, half):
    record = Record(metrics={"theta_ja": Number(value=value, lower=value - half, upper=value + half, unit="K/W")},
                    claims={"heat-sink/1": "met"})  # fmt: skip
    return Finished(key=key_of(case), case=resolved(case), record=record, widest=half / value, seconds=0.5)


@pytest.fixture(scope="module")
def sweep(chip):
    """Whole and without balls at three pitches, of which one is too small; the numbers are made up."""
    asked = plan({"a": chip}, ["chip.bumps.pitch=0.15mm,0.4mm,0.5mm"], ["balls"])
    answers = iter([(58.0, 0.5), (59.0, 0.25), (70.0, 1.0), (71.0, 2.0)])
    rows = [
        Row(v, str(v.case) if isinstance(v.case, CaseError) else finished(v.case, *next(answers)))
        for v in asked.variants
    ]
    return Sweep(Table(asked, tuple(rows)))


def test_table_has_every_case_with_its_bounds_and_every_fault(sweep):
    page = Console(width=118, file=io.StringIO(), markup=False)
    page.print(variants_sheet(sweep.table))
    text = page.file.getvalue()
    for words in ("chip.bumps.pitch [mm]", "θ_JA [K/W]", "58.00 [57.50, 58.50]", "71.0 [69.0, 73.0]", "1 of 1",
                  "neighbouring joints would touch", "6 cases: 4 solved, 2 failed"):  # fmt: skip
        assert words in text
    assert text.count("failed:") == 2
    assert not sweep.all_solved


def test_csv_has_units_in_its_header_and_full_digits(sweep):
    rows = list(csv.DictReader(io.StringIO(csv_text(sweep.table))))
    assert len(rows) == 6
    assert [row["chip.bumps.pitch [mm]"] for row in rows[:3]] == ["0.15", "0.4", "0.5"]
    assert float(rows[2]["theta_ja lower [K/W]"]) == 58.75
    assert float(rows[5]["half-width [%]"]) == 100 * (2.0 / 71.0)
    assert rows[0]["theta_ja [K/W]"] == ""
    assert "touch" in rows[0]["fault"]
    assert rows[4]["heat-sink/1"] == "met"


def test_json_says_the_same(sweep):
    document = json.loads(json.dumps(sweep.document(), allow_nan=False))
    assert document["columns"] == {"without": {"unit": None}, "chip.bumps.pitch": {"unit": "mm"}}
    assert document["variants"][1]["settings"] == {"without": "–", "chip.bumps.pitch": 0.4}
    assert document["variants"][1]["metrics"]["theta_ja"]["upper"] == 58.5
    assert set(document["variants"][0]) == {"settings", "fault"}


def test_frame_has_a_row_for_every_case_and_numbers_as_numbers(sweep):
    frame = sweep.frame()
    assert len(frame) == 6
    assert frame["theta_ja [K/W]"].dtype == np.float64
    assert frame.groupby("without")["theta_ja [K/W]"].max().to_dict() == {"–": 59.0, "balls": 71.0}


def test_frame_without_pandas_names_the_extra(sweep, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(CaseError, match=r"thermopkg\[pandas\]"):
        sweep.frame()


def segments(ax):
    """x, lower and upper end of every error bar."""
    return sorted(
        (float(s[0, 0]), float(s[:, 1].min()), float(s[:, 1].max()))
        for container in ax.containers
        for s in container[2][0].get_segments()
    )


def test_plot_draws_every_bracket_where_its_value_is(sweep):
    ax = Figure().add_subplot()
    assert sweep.plot(ax) is ax
    drawn = [(0.4, 57.5, 58.5), (0.4, 69.0, 71.0), (0.5, 58.75, 59.25), (0.5, 69.0, 73.0)]
    np.testing.assert_allclose(segments(ax), drawn, rtol=1e-12)
    assert ax.get_xlabel() == "chip.bumps.pitch [mm]"
    assert ax.get_ylabel() == "θ_JA [K/W]"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["whole", "without balls"]


@pytest.mark.parametrize(("without", "beside"), [([], [0.0]), (["balls"], [-0.06, 0.06])])
def test_plot_of_names_sets_them_side_by_side_and_series_beside_each_other(without, beside, chip):
    asked = plan({"a": chip, "b": chip}, without=without)
    rows = tuple(Row(v, finished(v.case, 58.0 + i, 1.0)) for i, v in enumerate(asked.variants))
    ax = Sweep(Table(asked, rows)).plot(Figure().add_subplot())
    middles = [0.5 * (low + high) for _, low, high in segments(ax)]
    assert middles == pytest.approx([58.0 + i for i in range(len(rows))])
    assert [x for x, _, _ in segments(ax)] == pytest.approx([name + shift for name in (0.0, 1.0) for shift in beside])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b"]


def test_sweep_of_which_every_case_failed_is_still_reported(chip):
    asked = plan({"a": chip}, ["chip.bumps.pitch=0.15mm"])
    sweep = Sweep(Table(asked, tuple(Row(v, str(v.case)) for v in asked.variants)))
    assert "no case" in sweep.plot(Figure().add_subplot()).get_title(loc="left")
    assert "1 failed" in sweep._repr_html_()
    assert csv_text(sweep.table).count("\n") > 1


def test_files_are_written_together(sweep, tmp_path):
    written = sweep.write(tmp_path / "out")
    assert [path.name for path in written] == ["sweep-theta_ja.png", "sweep.csv", "sweep.json"]
    assert all(path.stat().st_size > 0 for path in written)
