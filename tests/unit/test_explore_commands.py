"""What do `thermopkg sweep` over ranges and `thermopkg levers` answer? Sheets, files, exit codes and messages."""

import csv
import json

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.small_case import TEXT
from thermopkg import exploration, workflow
from thermopkg.explore.chart import Resolved
from thermopkg.report.levers_plot import draw_safe, draw_shares, draw_tornado
from thermopkg.report.sweep_plot import draw_line, draw_map, draw_maps

GAP, COMPOUND = "sink.gap=0.03mm:0.25mm:5", "mould.conductivity=0.6W/m/K:6W/m/K:4:log"
COARSE = ("--tolerance", "5%", "--quiet")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "case.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def chart(case):
    checked = workflow.read(case, {"study": {"tolerance": "5 %"}})
    return exploration.chart_map(checked, [GAP, COMPOUND])


# ---------------------------------------------------------------- sweep
def test_a_map_is_told_kept_and_written(case, type_in, tmp_path):
    words = ["sweep", case, "--vary", GAP, "--vary", COMPOUND, *COARSE, "--model", tmp_path / "m.npz"]
    code, out, err = type_in(*words, "--out", tmp_path / "out", "--exact", 2)
    assert (code, err) == (0, "")
    for wanted in ("θ_JA at 5 × 4 = 20 designs", "inside the window", "heat-sink/2", "sink.gap 0.03 to 0.2 mm", "meet"):
        assert wanted in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "along-mould.conductivity.png", "along-sink.gap.png", "map.csv", "map.json", "map.png",
    ]  # fmt: skip
    document = json.loads((tmp_path / "out/map.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader((tmp_path / "out/map.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(document["value"]) == 20
    np.testing.assert_allclose([float(row["theta_ja [K/W]"]) for row in rows], document["value"])
    assert [float(rows[5][name]) for name in ("sink.gap [mm]", "mould.conductivity [W/m/K]")] == pytest.approx(
        [0.085, 0.6 * 10 ** (1 / 3)]
    )
    assert document["parameters"][0]["values"] == pytest.approx([0.03, 0.085, 0.14, 0.195, 0.25])
    code, out, _ = type_in(*words, "--json")  # from the file that the first one kept
    again = json.loads(out)
    assert again["lower"] == document["lower"]
    assert again["windows"] == document["windows"]
    assert len(document["resolved"]) == 2


def test_a_design_that_does_not_meet_its_full_solution_fails(case, type_in, monkeypatch):
    far = exploration.Resolved.meet.fget
    monkeypatch.setattr(Resolved, "meet", property(lambda one: not far(one)))
    code, out, _ = type_in("sweep", case, "--vary", GAP, *COARSE, "--exact", 1)
    assert code == 1
    assert "apart" in out


def test_values_that_are_listed_are_packages_of_their_own_and_ranges_may_be(case, type_in, monkeypatch):
    solved = []

    class Stop(Exception):
        pass

    def stop(*arguments, **_):
        solved.append(arguments)
        raise Stop

    monkeypatch.setattr("thermopkg.batch.sweep_cases", stop)
    monkeypatch.setattr("thermopkg.exploration.chart_map", lambda *_, **__: pytest.fail("made a map"))
    for words in (
        ("--vary", "sink.gap=0.1mm,0.2mm"), ("--vary", GAP, "--one-by-one"), ("--vary", GAP, "--without", "capacitor"),
        ("--vary", GAP, "--vary", "chip.bumps.pitch=0.4mm,0.5mm"),
    ):  # fmt: skip
        with pytest.raises(Stop):
            type_in("sweep", case, *words, *COARSE)
    assert len(solved) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vary", "chip.bumps.pitch=0.4mm:0.5mm:2", "--exact", 1], "needs a mesh for every value"),
        (["--vary", GAP, "--one-by-one", "--model", "m.npz"], "go with a map of one case over ranges"),
        (["--vary", GAP, "--exact", "-1"], "cannot be solved"),
        (["--vary", GAP, "--of", "psi_jt"], "'psi_jt' is not asked for; there are theta_ja"),
        (["--vary", "capacitor.thickness=0.2mm:0.45mm:3"], "brings a face of"),
        (["--vary", "capacitor.thickness=0.2mm:0.8mm:3"], "capacitor.thickness = 0.8 mm"),
    ],
)
def test_maps_that_cannot_be_are_refused_in_words(case, type_in, words, said):
    code, _, err = type_in("sweep", case, *words, *COARSE)
    assert code == 2
    assert said in err


# ---------------------------------------------------------------- levers
def test_levers_answer_all_three_questions_at_once(case, type_in, tmp_path):
    question = ("--spread", "sink.gap=20%", "--limit", "86 degC", "--solve-for", "mould.conductivity=0.3W/m/K:6W/m/K")
    code, out, _ = type_in("levers", case, *COARSE, *question, "--out", tmp_path / "out")
    assert code == 0
    for wanted in ("top.film", "what must come out is -1", "film of top", "by slopes", "within 86 °C", "Written"):
        assert wanted in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["levers.json", "levers.png", "safe.png"]
    document = json.loads((tmp_path / "out/levers.json").read_text(encoding="utf-8"))
    assert document["sum"] == pytest.approx(-1, abs=1e-6)
    assert sum(document["shares"].values()) == pytest.approx(1, abs=1e-6)
    assert document["safe"]["limit"] == pytest.approx(86)
    assert document["spread"]["tolerances"] == {"sink.gap": 0.2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--limit", "100 degC"], "is a question only with --solve-for"),
        (["--solve-for", "sink.gap=0.1mm:0.2mm"], "or --limit"),
        (["--limit", "10 degC", "--solve-for", "sink.gap=0.1mm:0.2mm"], "allows no power at all"),
        (["--spread", "sink.gap=2"], "has no unit"),
    ],
)
def test_questions_that_are_none_are_refused_in_words(case, type_in, words, said):
    code, _, err = type_in("levers", case, *words, *COARSE)
    assert code == 2
    assert said in err


# ---------------------------------------------------------------- pictures
def test_the_map_draws_the_claims_window_where_the_data_has_it(chart):
    ax = draw_map(chart, Figure().add_subplot())
    frames = [patch for patch in ax.patches if not patch.get_fill()]
    assert len(frames) == 1
    (x, y), width, height = frames[0].get_xy(), frames[0].get_width(), frames[0].get_height()
    assert (x, x + width) == (pytest.approx(0.03), pytest.approx(0.2))  # mm
    assert (y, y + height) == (pytest.approx(1.2), pytest.approx(6.0))  # W/m/K, to the end of the map
    assert "heat-sink/2" in "".join(text.get_text() for text in ax.texts)
    assert ax.get_xlabel() == "sink.gap [mm]"
    assert ax.get_yscale() == "log"


def test_designs_at_the_ends_of_the_window_are_inside_where_the_claims_say_so(case):
    """Both ends of the distance count; a conductivity must be above the limit."""
    checked = workflow.read(case, {"study": {"tolerance": "5 %"}})
    ends = ["sink.gap=0.02mm,0.03mm,0.2mm,0.21mm", "mould.conductivity=1.1W/m/K,1.2W/m/K,1.3W/m/K"]
    found = exploration.chart_map(checked, ends).inside().reshape(4, 3)
    np.testing.assert_array_equal(found, np.outer([False, True, True, False], [False, False, True]))


def test_maps_stand_side_by_side(chart):
    ax = draw_maps(chart, Figure().add_subplot())
    (second,) = ax.child_axes
    assert "half-width" in second.get_title(loc="left")


def test_cuts_have_their_bands_and_the_window(chart):
    ax = draw_line(chart, Figure().add_subplot(), parameter="sink.gap")
    assert len(ax.collections) == 4  # one band for each conductivity
    assert len(ax.lines) == 4 + 2  # and the two ends of the window
    lowest = min(band.get_paths()[0].vertices[:, 1].min() for band in ax.collections)
    assert lowest == pytest.approx(chart.brackets.lower.min())


def test_bars_are_the_slopes_and_shares(case):
    levers = exploration.find_levers(workflow.read(case, {"study": {"tolerance": "5 %"}}))
    ax = draw_tornado(levers, Figure().add_subplot())
    assert [bar.get_width() for bar in ax.patches][::-1] == [lever.slope for lever in levers.levers[: len(ax.patches)]]
    shares = draw_shares(levers, Figure().add_subplot())
    assert sum(bar.get_width() for bar in shares.patches) == pytest.approx(100)


def test_a_limit_is_drawn_with_what_keeps_it(case):
    checked = workflow.read(case, {"study": {"tolerance": "5 %", "junction_limit": "400 degC"}})
    safe = exploration.find_safe(checked, "sink.gap=0.05mm:0.2mm")
    ax = draw_safe(safe, Figure().add_subplot())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "bracket",
        "hottest junction",
        "limit 400 °C",
        "safe",
    ]
