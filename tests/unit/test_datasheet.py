"""Is a data sheet whole, lawful and legible? Its rows, its documents, its page, and what is refused before a solve."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import thermopkg
from tests.case_document import BALLS, BUMPS, CAPACITOR, CHIP, block, changed
from thermopkg import datasheet
from thermopkg.answer.answer import solve, wanted_of
from thermopkg.answer.examination import examine
from thermopkg.case.datasheet import Published
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError, ModelError
from thermopkg.report.datasheet import by_definition, deviation, missed, notes, percent, told
from thermopkg.report.datasheet_page import PAGE, fitting, page, wrapped
from thermopkg.report.drawing import MM_PER_INCH, text_width
from thermopkg.report.package_facts import facts
from thermopkg.setups.rows import RING, STILL_2S2P, Setup, case_of
from thermopkg.workflow import geometry, meshed

PUBLISHED = {
    "theta_jma 2s2p 2 m/s": {"value": "50 K/W", "source": "the test itself"},
    "theta_jc_top": {"below": "9 K/W", "source": "the test itself"},
}
WISHES = {"speeds": ["2 m/s"], "published": PUBLISHED}
NAMES = [
    *("theta_ja 1s still", "theta_ja 2s2p still", "theta_jma 2s2p 2 m/s"),
    *("theta_jb", "theta_jc_top", "theta_jc_bottom", "psi_jt", "psi_jb"),
]


def small(*edits):
    """The small flip chip, which is no mirror image of itself, at 20 %."""
    bare = ("environment.faces", {}), ("study.reading", []), ("study.claims", [])
    return from_document(changed(*bare, ("study.tolerance", "20 %"), ("datasheet", WISHES), *edits))


@pytest.fixture(scope="module")
def sheet():
    return datasheet.data_sheet(small())


# ---------------------------------------------------------------- rows
def test_every_row_has_its_number_and_where_it_was_found(sheet):
    assert [line.row.name for line in sheet.lines] == NAMES
    assert len(sheet.settings) == 6  # still air on two boards, moving air, ring, two plates
    for line in sheet.lines:
        bracket = line.metric.bracket
        assert bracket.lower <= bracket.value <= bracket.upper
        assert line.reached
        assert sheet.setting_of(line).setup.setup == line.row.setup
    assert sheet.reached
    assert sheet.line("psi_jb").row.setup == STILL_2S2P
    with pytest.raises(KeyError):
        sheet.line("theta_jx")


def test_rows_obey_the_laws_among_them(sheet):
    """Some of the heat makes no larger rise than all of it; more copper and moving air cool better."""
    middle = {line.row.name: line.metric.bracket.value for line in sheet.lines}
    assert middle["psi_jt"] <= middle["theta_jc_top"]
    assert middle["psi_jb"] <= middle["theta_jb"]
    assert middle["theta_jma 2s2p 2 m/s"] < middle["theta_ja 2s2p still"] < middle["theta_ja 1s still"]


def test_a_row_alone_is_the_row_of_the_whole_sheet(sheet):
    """Its mesh is another, so that the brackets differ; both hold the same value."""
    alone = datasheet.data_sheet(small(), ["theta_ja 1s still"])
    (line,) = alone.lines
    other = sheet.line("theta_ja 1s still").metric.bracket
    assert len(alone.settings) == 1
    assert line.metric.bracket.lower < other.upper
    assert other.lower < line.metric.bracket.upper
    assert line.metric.bracket.value == pytest.approx(other.value, rel=0.02)


def test_the_junction_is_the_ambient_and_theta_times_the_power(sheet):
    line = sheet.line("theta_ja 2s2p still")
    setting = sheet.setting_of(line)
    assert setting.power == 1.0
    assert setting.junction.lower - 298.15 == pytest.approx(line.metric.bracket.lower, rel=1e-9)
    assert setting.junction.upper - 298.15 == pytest.approx(line.metric.bracket.upper, rel=1e-9)


def test_percents_of_a_psi_are_of_the_rise_per_watt(sheet):
    theta, psi = sheet.line("theta_ja 2s2p still"), sheet.line("psi_jt")
    assert psi.measure == pytest.approx(theta.metric.bracket.value, rel=1e-9)
    assert theta.measure == theta.metric.bracket.value
    assert psi.metric.relative_half_width * psi.measure == pytest.approx(psi.metric.bracket.half_width, rel=1e-9)
    assert psi.by_films == pytest.approx(psi.wandering.films * psi.metric.bracket.value / psi.measure, rel=1e-12)


def test_films_make_uncertain_only_what_stands_in_air(sheet):
    for line in sheet.lines:
        in_air = line.row.setup.surroundings in ("still air", "moving air")
        assert (line.wandering.films > 0) == in_air
        assert line.by_materials > 0


def test_what_has_no_range_is_told_by_its_share(sheet):
    """The compound of the case itself has none; the cold plate on top is behind it, and no copper of the board."""
    (own,) = [share for name, share in sheet.line("theta_jc_top").wandering.unranged if name == "compound"]
    assert 0.3 < own < 1.0
    assert sheet.line("theta_jc_top").unranged >= own
    ranged = small(("materials.compound.conductivity", {"value": "2.5 W/m/K", "range": ["2 W/m/K", "3 W/m/K"]}))
    (line,) = datasheet.data_sheet(ranged, ["theta_jc_top"]).lines
    assert "compound" not in dict(line.wandering.unranged)
    (wander,) = [one for one in line.wandering.materials if one.material == "compound"]
    assert wander.at_low == pytest.approx((2.0 / 2.5) ** -own - 1, rel=1e-3)


def test_joints_as_one_medium_and_contacts_count_as_what_has_no_range():
    case = small(
        (f"{BUMPS}.model", "effective"),
        ("contact", [{"between": ["chip", "mould"], "resistance": "100 mm^2*K/W"}]),
    )
    (line,) = datasheet.data_sheet(case, ["theta_jc_top"]).lines
    unranged = dict(line.wandering.unranged)
    assert unranged["chip.bumps as one medium"] > 0
    assert unranged["contact of 'chip' and 'mould'"] > 0.05
    (bare,) = datasheet.data_sheet(small((f"{BUMPS}.model", "effective")), ["theta_jc_top"]).lines
    assert line.metric.bracket.lower > bare.metric.bracket.upper  # the contact is in the setup's case


def test_shares_hold_where_joints_are_round():
    """What is examined sees circles as `solve` does: the same bounds, and shares that add up to one."""
    case = small(("study.round", True), (f"{BALLS}.fill", "air"))
    coarse = geometry(case_of(RING, case, ["theta_jb"]))
    adapted = meshed(coarse)
    examined = examine(adapted.model, adapted.starts)
    (found,) = solve(adapted.model, adapted.starts, every_part=False).wanted
    assert len(wanted_of(adapted.model.package)) == len(examined.wanted) == 1
    assert examined.wanted[0].bracket.lower == pytest.approx(found.bracket.lower, rel=1e-5)
    assert examined.wanted[0].bracket.upper == pytest.approx(found.bracket.upper, rel=1e-5)
    assert examined.shares[0].total == pytest.approx(1, abs=1e-3)


def test_a_face_that_is_held_where_heat_is_made_leaves_no_resistance():
    """A bare chip that looks up has its active face under the cold plate."""
    document = changed(("study.tolerance", "20 %"), ("study.claims", []), ("study.reading", []))
    document["environment"]["faces"] = {}
    document["part"] = [
        block(name="carrier", material="alumina", size=["6 mm", "6 mm", "1 mm"]),
        {"name": "glue", "kind": "adhesive", "on": "carrier", "thickness": "0.03 mm", "material": "die-attach-film",
         "size": ["2 mm", "2 mm"]},
        {"name": "chip", "kind": "chip", "face": "up", "on": "glue", "size": ["2 mm", "2 mm", "0.3 mm"],
         "power": "1 W"},
    ]  # fmt: skip
    found = datasheet.data_sheet(from_document(document), ["theta_jc_top"])
    (line,) = found.lines
    assert line.metric.bracket.value == line.metric.bracket.half_width == line.unranged == 0.0
    assert line.reached
    assert told(line).within == "[0, 0]"
    json.dumps(found.document(), allow_nan=False)


# ---------------------------------------------------------------- as data
def test_the_document_is_whole_and_json(sheet):
    document = json.loads(json.dumps(sheet.document(), allow_nan=False))
    assert [row["name"] for row in document["rows"]] == NAMES
    setups = {setup["name"]: setup for setup in document["setups"]}
    for row in document["rows"]:
        assert {"value", "lower", "upper", "unit", "definition", "setup"} <= row.keys()
        assert set(row["uncertainty"]) == {"bracket", "materials", "films"}
        assert row["name"] in setups[row["setup"]]["rows"]
        assert re.match(r"\(T_J - T_[ABCT]\) / P: T_J the mean over", row["definition"])
    materials = document["rows"][0]["uncertainty"]["materials"]
    assert materials["together"] == pytest.approx(np.sqrt(sum(one["half"] ** 2 for one in materials["ranged"])))
    assert {"material", "range", "at_low", "at_high"} <= materials["ranged"][0].keys()
    still = setups["2s2p board, still air"]
    board = still["operating_point"]["faces"]["board.top"]
    assert board["film"]["value"] == pytest.approx(board["film"]["convective"] + board["film"]["radiative"])
    assert board["nusselt"] > 0
    assert board["rayleigh"] > 0
    assert sum(way["watts"] for way in still["paths"]["out_of_package"]) == pytest.approx(1.0, rel=1e-6)
    assert sum(still["shares"]["by_part"].values()) == pytest.approx(1.0, rel=1e-6)
    assert still["mesh"]["copies"] == 2  # across the capacitor
    assert still["refinement"][-1]["cells"] == still["mesh"]["cells"]
    assert setups["no board, cold plate on top"]["operating_point"]["faces"] == {}


def test_published_numbers_stand_beside_with_their_deviation(sheet):
    rows = {row["name"]: row for row in sheet.document()["rows"]}
    blown = rows["theta_jma 2s2p 2 m/s"]
    assert blown["published"]["source"] == "the test itself"
    assert blown["published"]["deviation_percent"] == pytest.approx(100 * (blown["value"] / 50 - 1))
    assert rows["theta_jc_top"]["published"]["below"] == 9.0
    assert rows["theta_jc_top"]["published"]["holds"] == (rows["theta_jc_top"]["upper"] < 9.0)
    assert rows["theta_jb"]["published"] is None


def test_below_is_told_by_the_bounds_alone(sheet):
    line = sheet.line("theta_jc_top")
    lower, upper = line.metric.bracket.lower, line.metric.bracket.upper
    words = {upper + 0.1: "below", 0.5 * (lower + upper): "open", lower - 0.1: "not below"}
    for limit, word in words.items():
        said = Published(below=f"{limit} K/W", source="the test itself")
        assert deviation(replace(line, published=said)) == word


# ---------------------------------------------------------------- as words
def test_markdown_has_every_row_with_its_definition_and_every_setup(sheet):
    text = sheet.markdown()
    for line in sheet.lines:
        row = told(line)
        (found,) = [
            x for x in text.splitlines() if x.startswith("| ") and f"**{row.value}**" in x and row.condition in x
        ]
        assert "(T_J - T_".replace("_", r"\_") in found
    for setting in sheet.settings:
        assert setting.title[1:] in text
    assert text.count("into the board, through balls") == 4  # on two boards in still air, in moving air, in the ring
    assert "±" in text


def test_the_table_tells_every_number_and_below_it_what_it_is(sheet):
    html = sheet._repr_html_()
    for line in sheet.lines:
        assert told(line).value in html
    for wanted in ("θ_JMA", "2s2p, 2 m/s", "T_J the mean over the chip", "published", "Bumps"):
        assert wanted in html


def test_rows_of_one_definition_share_it(sheet):
    groups = [[line.row.name for line in lines] for _, lines in by_definition(sheet.lines)]
    assert groups == [NAMES[:2], *([name] for name in NAMES[2:])]


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0"), (1e-6, "< 0.01"), (0.0123, "1.2"), (0.05, "5.0"), (0.124, "12"), (1.0, "100")]
)
def test_percents_have_two_figures(share, text):
    assert percent(share) == text


def test_a_row_that_is_too_wide_is_marked_and_says_why():
    found = datasheet.data_sheet(small(("study.tolerance", "1 %"), ("study.max_cells", 20_000)), ["theta_jc_top"])
    assert not found.reached
    (text,) = missed(found)
    assert re.match(r"Wider than the ±1 % wanted: theta_jc_top \(±\d", text)
    assert "(!)" in found.markdown()
    assert not found.document()["rows"][0]["reached"]


def test_facts_are_those_of_the_case(sheet):
    found = dict(facts(sheet.alone))
    assert found["Body"].startswith("6 × 6 × ")
    assert found["Bumps"] == "16, pitch 0.5 mm, ⌀ 0.2 mm, sn63pb37"
    assert found["Balls"].startswith("36, pitch 1 mm")
    assert found["Substrate"].endswith("2 layers, 1 of them of metal")
    assert found["Mass"] == "not known: a density is wanting"


def test_notes_say_which_joints_are_one_medium_and_what_tells_its_cost():
    case = small((f"{BUMPS}.model", "effective"))
    found = notes(datasheet.data_sheet(case, ["theta_jc_top"]))
    assert any(note.startswith("chip.bumps: 16 joints") for note in found)
    assert any("thermopkg homogenise" in note for note in found)
    assert len(set(found)) == len(found)


# ---------------------------------------------------------------- the page
def overlaps(first, second):
    return first.x0 < second.x1 and second.x0 < first.x1 and first.y0 < second.y1 and second.y0 < first.y1


def drawn(figure):
    """The figure as it is on paper, and what knows the sizes there."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return figure, canvas.get_renderer()


def of_twelve_rows(sheet):
    """Five speeds, a title of two hundred letters, something published for every row."""
    said = Published(value="14.25 K/W", source="the test itself")
    blown = sheet.line("theta_jma 2s2p 2 m/s")
    rows = [replace(blown.row, name=f"{v} m/s", setup=Setup("2s2p", "moving air", float(v))) for v in range(1, 6)]
    lines = [*sheet.lines[:2], *(replace(blown, row=row) for row in rows), *sheet.lines[3:]]
    case = sheet.case.model_copy(update={"title": "A very long title with $5 and 50 % in it, " * 4})
    return replace(sheet, case=case, lines=tuple(replace(line, published=said) for line in lines))


@pytest.mark.parametrize("made", [lambda sheet: sheet, of_twelve_rows], ids=["eight rows", "twelve"])
def test_nothing_on_the_page_overlaps_or_is_cut(sheet, made):
    figure, renderer = drawn(page(made(sheet)))
    paper, *drawings = figure.axes
    texts = [text.get_window_extent(renderer) for text in paper.texts]
    assert len(texts) > 80
    for i, box in enumerate(texts):
        assert 0 < box.x0 < box.x1 < figure.bbox.width
        assert 0 < box.y0 < box.y1 < figure.bbox.height
        assert not any(overlaps(box, other) for other in texts[i + 1 :]), paper.texts[i].get_text()
    assert len(drawings) == 3  # section, speeds, flows
    wholes = [ax.get_tightbbox(renderer) for ax in drawings]
    for i, (ax, whole) in enumerate(zip(drawings, wholes, strict=True)):
        assert not any(overlaps(whole, other) for other in wholes[i + 1 :]), ax.get_title(loc="left")
        assert 0 < whole.x0 < whole.x1 < figure.bbox.width
        assert not any(overlaps(whole, box) for box in texts), ax.get_title(loc="left")


def test_a_page_of_many_rows_or_of_one_is_still_a_page(sheet):
    blown = sheet.line("theta_jma 2s2p 2 m/s")
    many = replace(sheet, lines=(*sheet.lines, *[blown] * 90))
    for made, drawings in ((many, 0), (replace(sheet, lines=sheet.lines[-1:]), 2)):
        figure, renderer = drawn(page(made))
        assert len(figure.axes) == 1 + drawings
        assert min(text.get_window_extent(renderer).y0 for text in figure.axes[0].texts) > 0


def test_lines_are_as_long_as_there_is_room():
    text = "one two three four five six seven eight nine ten " * 5
    lines = wrapped(text, 60.0, 6.0)
    assert " ".join(lines).split() == text.split()
    assert max(text_width([line], 6.0) * MM_PER_INCH / 72 for line in lines) <= 60.0
    assert len(fitting("x" * 300, 60.0, 6.0)) < 100


def test_everything_is_written_on_one_page_of_a4_with_fonts(sheet, tmp_path):
    written = datasheet.write(sheet, tmp_path / "out")
    assert [path.name for path in written] == ["datasheet.json", "datasheet.md", "datasheet.pdf", "datasheet.png"]
    pdf = (tmp_path / "out/datasheet.pdf").read_bytes()
    assert re.findall(rb"/Type /Pages.*?/Count (\d+)|/Count (\d+).*?/Type /Pages", pdf, re.DOTALL)[0] in (
        (b"1", b""), (b"", b"1")
    )  # fmt: skip
    (media,) = re.findall(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", pdf)
    assert [float(side) / 72 * MM_PER_INCH for side in media] == pytest.approx(PAGE, abs=0.1)
    assert b"/FontFile2" in pdf
    assert b"/Subtype /Type3" not in pdf
    assert json.loads((tmp_path / "out/datasheet.json").read_text(encoding="utf-8"))["rows"]


def test_a_page_that_fails_leaves_nothing(sheet, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no ink")

    monkeypatch.setattr("thermopkg.report.datasheet_page.save_page", fail)
    with pytest.raises(CaseError, match="no ink"):
        datasheet.write(sheet, tmp_path / "out")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- what is refused
LONE_BALLS = block(name="balls", under="carrier", size=["6 mm", "6 mm", "0.4 mm"])
BOARD = {"name": "pcb", "kind": "board", "under": "balls", "size": ["20 mm", "20 mm"],
         "layers": [{"material": "fr4", "thickness": "1 mm"}]}  # fmt: skip
METRICS = ("study.metrics", [])
REFUSED = [
    ([METRICS, (f"{CAPACITOR}.power", "1 W")], "chip, capacitor make heat; a data sheet is of one heated chip"),
    ([METRICS, (f"{CHIP}.power", "0 W")], "nothing makes heat; a data sheet is of one heated chip"),
    ([("part.6", BOARD)], "part 'pcb'  is a board already; leave it out"),
    ([("part.0.size", ["95 mm", "95 mm"])], "is 95 mm wide; the boards of this style take packages up to 90 mm"),
    ([(BALLS, LONE_BALLS)], 'as [datasheet] with joints = 360 and pitch = "1.27 mm"'),
    ([("datasheet.published", {"theta_jx": PUBLISHED["theta_jc_top"]})], "'theta_jx' is no row of this sheet; close: "),
    ([("datasheet.speeds", ["0 m/s"])], 'air that does not move is air = "still"'),
    (
        [("environment.top", {"air": "still"}), ("environment.sides", {"air": "1 m/s"})],
        "air cannot stand still and move",
    ),
    (
        [
            (
                "environment.region",
                [{"name": "r", "face": "carrier.bottom", "size": ["9 mm", "9 mm"], "temperature": "9 degC"}],
            )
        ],
        "environment.region[0]",
    ),
]


def as_toml(document):
    """JSON strings, numbers and lists are TOML's too; tables inline."""

    def text(value):
        if isinstance(value, dict):
            return "{ " + ", ".join(f'"{key}" = {text(own)}' for key, own in value.items()) + " }"
        return "[" + ", ".join(map(text, value)) + "]" if isinstance(value, list) else json.dumps(value)

    return "\n".join(f"{key} = {text(value)}" for key, value in document.items())


@pytest.fixture
def file(tmp_path):
    def write(*edits):
        bare = ("environment.faces", {}), ("study.reading", []), ("study.claims", []), ("datasheet", dict(WISHES))
        path = tmp_path / "case.toml"
        path.write_text(as_toml(changed(*bare, *edits)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def unsolved(monkeypatch):
    monkeypatch.setattr("thermopkg.datasheet.meshed", lambda *_, **__: pytest.fail("solved"))


@pytest.mark.parametrize(("edits", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_bad_input_is_told_before_any_solve(edits, said, file, type_in, unsolved):  # noqa: ARG001  it fails a solve
    code, out, err = type_in("sheet", file(*edits), "--quiet")
    assert (code, out) == (2, "")
    assert said in err


def test_rows_that_are_none_and_folders_that_cannot_be_are_told(file, type_in, tmp_path, unsolved):  # noqa: ARG001
    code, _, err = type_in("sheet", file(), "--row", "theta_jbb", "--row", "nothing", "--quiet")
    assert code == 2
    assert "'theta_jbb' is no row of this sheet; close: theta_jb" in err
    assert "'nothing' is no row of this sheet; rows are theta_ja 1s still" in err
    taken = tmp_path / "taken"
    taken.write_text("")
    code, _, err = type_in("sheet", file(), "--out", taken, "--quiet")
    assert code == 2
    assert "is a file; name a folder" in err


def test_all_faults_are_told_at_once(file, type_in, unsolved):  # noqa: ARG001
    edits = METRICS, (f"{CAPACITOR}.power", "1 W"), ("part.6", BOARD)
    code, _, err = type_in("sheet", file(*edits), "--row", "nothing", "--row", "theta_jb", "--quiet")
    assert code == 2
    for said in ("'nothing' is no row", "make heat", "is a board already"):
        assert err.count(said) == 1


def test_leakage_that_runs_away_says_in_which_setup():
    case = small((f"{CHIP}.leakage", {"power": "0.5 W", "at": "25 degC", "doubling": "10 K"}))
    with pytest.raises(ModelError, match="2s2p board, still air: thermal runaway"):
        datasheet.data_sheet(case, ["theta_ja 2s2p still"])


def test_a_title_of_any_length_will_do():
    case = small(("title", "x" * 200))
    (line,) = datasheet.data_sheet(case, ["theta_jc_top"]).lines
    assert line.reached


# ---------------------------------------------------------------- the command
def test_command_prints_the_sheet_and_writes_it(file, type_in, tmp_path):
    words = ("--row", "theta_jc_top", "--row", "theta_jb", "--tolerance", "20%", "--out", tmp_path / "out")
    code, out, err = type_in("sheet", file(), *words)
    assert code == 0
    for wanted in ("θ_JB", "θ_JC(top)", "Which way the watts go", "How the mesh was found", "datasheet.pdf"):
        assert wanted in out
    assert "no board, cold plate on top" in err
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_command_answers_programs_and_strictly(file, type_in):
    path = file(("study.max_cells", 20_000))
    words = ("--row", "theta_jc_top", "--tolerance", "1%", "--json", "--quiet")
    code, out, err = type_in("sheet", path, *words)
    assert (code, err) == (0, "")
    assert not json.loads(out)["tolerance"]["reached"]
    assert type_in("sheet", path, *words, "--strict")[0] == 3


def test_public_names_are_the_sheet_s():
    assert thermopkg.DataSheet is datasheet.DataSheet
    assert thermopkg.data_sheet is datasheet.data_sheet
