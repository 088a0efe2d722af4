"""Is a change of physics told from a change of mesh, and does one case that fails leave the others alone?"""

import json
from datetime import date
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.small_case import BAR, TEXT
from thermopkg import suite, workflow
from thermopkg.errors import CaseError
from thermopkg.regress.compare import CaseReport, NumberRow, VerdictRow, compare, failed
from thermopkg.regress.record import Number, Origin, Record, read_record
from thermopkg.report.junit import junit
from thermopkg.report.regression import markdown, summary, table


def number(value, half=0.0, unit="K/W"):
    return Number(value=value, lower=value - half, upper=value + half, unit=unit)


def kept(metrics, claims=None):
    return Record(metrics=metrics, claims=claims or {}, origin=Origin(thermopkg="0", date=date(2026, 1, 1)))


def printed(reports):
    page = Console(width=118, file=StringIO())
    page.print(table(reports))
    return page.file.getvalue()


# ---------------------------------------------------------------- comparing
@pytest.mark.parametrize(
    ("expected", "found", "status"),
    [
        (number(10.0, 0.1), number(10.0, 0.1), "same"),
        (number(10.0, 0.1), number(10.0 + 1e-9, 0.1), "same"),  # rounding
        (number(10.0, 0.1), number(10.0, 0.3), "noise"),
        (number(10.0, 0.1), number(10.3, 0.25), "noise"),
        (number(10.0, 0.1), number(10.3, 0.19), "changed"),
        (number(10.0), number(10.0 + 1e-9), "same"),  # exact brackets, sums in another order
        (number(10.0), number(10.0 + 1e-7), "changed"),
        (number(10.0, 0.1), number(10.0, 0.1, "K"), "changed"),
        (number(10.0, 0.1), None, "gone"),
        (None, number(10.0, 0.1), "new"),
    ],
)
def test_brackets_that_meet_are_noise_and_those_apart_are_physics(expected, found, status):
    row = NumberRow("theta_ja", expected, found)
    assert row.status == status
    assert row.passed == (status in {"same", "noise"})


@given(st.floats(-1e3, 1e3), st.tuples(*[st.floats(0.0, 50.0)] * 4))
def test_two_brackets_of_one_truth_are_never_called_a_change(truth, reach):
    """Whatever their widths and wherever in them the truth lies."""
    one, other = (
        Number(value=0.5 * (2 * truth - below + above), lower=truth - below, upper=truth + above, unit="K")
        for below, above in (reach[:2], reach[2:])
    )
    assert NumberRow("x", one, other).passed


def test_each_number_and_verdict_of_either_side_has_its_row():
    expected = kept({"a": number(1.0), "b": number(2.0)}, {"heat-sink/1": "met", "heat-sink/2": "met"})
    found = kept({"b": number(2.0), "c": number(3.0)}, {"heat-sink/2": "not met", "heat-sink/3": "met"})
    report = compare("case", expected, found, 0.1)
    assert [(row.name, row.status) for row in report.numbers] == [("a", "gone"), ("b", "same"), ("c", "new")]
    assert [row.status for row in report.verdicts] == ["gone", "changed", "new"]
    assert not report.passed
    assert compare("case", expected, expected, 0.1).same


@pytest.mark.parametrize("verdict", [VerdictRow("c", "met", "not shown"), VerdictRow("c", "not met", "met")])
def test_another_verdict_is_a_regression_even_a_better_one(verdict):
    assert not CaseReport("case", (), (verdict,), None, 0.1).passed


# ---------------------------------------------------------------- the record
def test_record_is_read_as_it_was_written(tmp_path):
    first = kept({"theta_ja": number(58.1, 0.3)}, {"heat-sink/1": "met"})
    (tmp_path / "expected.json").write_text(first.text(), encoding="utf-8")
    assert read_record(tmp_path / "expected.json") == first


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"metrics": {"a": {"value": 3.0, "lower": 1.0, "upper": 2.0, "unit": "K"}}}, ("metrics.a", "does not lie in")),
        ({"claims": {"heat-sink/1": "perhaps"}}, ("claims.heat-sink/1", "'met'")),
        ({"tolerance": 0.1}, ("tolerance", "not permitted")),
        ({"metrics": None}, ("metrics",)),
        ({"origin": {}}, ("origin.date", "origin.thermopkg")),
    ],
)
def test_faults_of_a_record_are_told_with_their_places(change, words, tmp_path):
    path = tmp_path / "expected.json"
    path.write_text(json.dumps({**json.loads(kept({}).text()), **change}), encoding="utf-8")
    with pytest.raises(CaseError) as error:
        read_record(path)
    assert all(word in str(error.value).replace('"', "") for word in words)


# ---------------------------------------------------------------- reports
def mixed():
    good = compare("a/fine", kept({"theta_ja": number(58.1, 0.3)}, {"heat-sink/1": "met"}),
                   kept({"theta_ja": number(58.0, 1.0)}, {"heat-sink/1": "met"}), 1.5)  # fmt: skip
    moved = compare("a/moved", kept({"theta_ja": number(58.1, 0.3)}, {"heat-sink/1": "met"}),
                    kept({"theta_ja": number(60.0, 1.0)}, {"heat-sink/1": "not met"}), 0.5)  # fmt: skip
    return [good, moved, failed("a/broken", "case.toml\n  part[0]  a | b < c\x07", 0.25)]


def test_table_tells_both_sides_the_move_and_the_faults():
    text = printed(mixed())
    for words in ("58.10 [57.80, 58.40] K/W", "60.0 [59.0, 61.0] K/W", "+3.3 %", "within the bounds", "changed"):
        assert words in text
    assert "not met" in text
    assert "a/broken failed:" in text
    assert "3 cases in 2.2 s: 1 within the bounds, 1 changed, 1 failed" in text
    assert summary(mixed()) in text


@pytest.mark.parametrize(("factor", "told"), [(1.00005, "below 0.01 %"), (0.998, "-0.2 %"), (3.5, "+250 %")])
def test_move_is_told_in_few_figures(factor, told):
    report = compare("case", kept({"a": number(10.0, 50.0)}), kept({"a": number(10.0 * factor, 50.0)}), 0.1)
    assert told in printed([report])


def test_markdown_has_what_changed_open_and_the_rest_folded():
    text = markdown(mixed())
    shown, folded = text.split("<details>")
    assert "| a/moved | heat-sink/1 | met | not met |  | **changed** |" in shown
    assert "a \\| b &lt; c" in shown
    assert "a/fine" not in shown
    assert "a/fine" in folded
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}


def test_junit_counts_its_tests_failures_and_errors():
    root = ET.fromstring(junit(mixed()))
    assert root.tag == "testsuites"
    assert {key: root.attrib[key] for key in ("tests", "failures", "errors")} == {
        "tests": "5", "failures": "2", "errors": "1",
    }  # fmt: skip
    for suite_ in root:
        assert int(suite_.attrib["tests"]) == len(suite_.findall("testcase"))
        assert int(suite_.attrib["failures"]) == len(suite_.findall("testcase/failure"))
        assert float(suite_.attrib["time"]) == pytest.approx(sum(float(t.attrib["time"]) for t in suite_))
    failure = root.find("testsuite[@name='a/moved']/testcase[@name='θ_JA']/failure")
    assert "found 60.0 [59.0, 61.0] K/W" in failure.text
    assert "part[0]" in root.find("testsuite[@name='a/broken']/testcase/error").text


# ---------------------------------------------------------------- the command
@pytest.fixture
def folder(tmp_path, type_in):
    """Two bars of different power, with their records."""
    for name, text in (("one", BAR), ("two", BAR.replace('"1 W"', '"2 W"'))):
        (tmp_path / "bars" / name).mkdir(parents=True)
        (tmp_path / "bars" / name / "case.toml").write_text(text, encoding="utf-8")
    assert type_in("regress", tmp_path / "bars", "--update")[0] == 0
    return tmp_path / "bars"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_unchanged_cases_pass_and_say_so(folder, type_in):
    code, out, err = type_in("regress", folder)
    assert code == 0
    assert "2 cases" in out
    assert "0 changed, 0 failed" in out
    assert f"1/2 {folder / 'one' / 'case.toml'}" in err
    assert type_in("regress", folder, "--quiet")[2] == ""


def test_same_tolerance_finds_the_same_numbers(folder, type_in):
    assert "2 the same" in type_in("regress", folder, "--tolerance", "0.5%")[1]


def test_another_mesh_is_noise(folder, type_in):
    edit(folder / "one" / "case.toml", 'tolerance = "5 %"', 'largest_step = ["0.15 mm", "0.11 mm"]')
    code, out, _ = type_in("regress", folder, "--tolerance", "0.5%")
    assert code == 0
    assert "1 the same, 1 within the bounds" in out


@pytest.mark.parametrize(
    ("old", "new"),
    [('"1 W"', '"1.1 W"'), ('"2000 W/m^2/K"', '"2200 W/m^2/K"'), ('["4 mm", "4 mm", "0.5 mm"]', '["3.7 mm"]*3')],
)
def test_change_of_physics_is_exit_1(old, new, folder, type_in):
    edit(folder / "one" / "case.toml", old, new.replace('["3.7 mm"]*3', '["3.7 mm", "4 mm", "0.5 mm"]'))
    code, out, _ = type_in("regress", folder)
    assert code == 1
    assert "1 changed" in out


def test_change_of_a_verdict_is_exit_1_and_verdicts_alone_take_no_solve(tmp_path, type_in, monkeypatch):
    path = tmp_path / "case.toml"
    path.write_text(TEXT, encoding="utf-8")
    claims = {f"heat-sink/{n}": "met" for n in range(1, 9)}
    (tmp_path / "expected.json").write_text(kept({}, claims).text(), encoding="utf-8")
    monkeypatch.setattr(suite, "simulate", None)
    code, out, _ = type_in("regress", path)
    assert (code, "8 verdicts" in out) == (0, True)
    edit(path, 'gap  = "0.1 mm"', 'gap  = "0.25 mm"')
    code, out, _ = type_in("regress", path)
    assert code == 1
    assert "heat-sink/2" in out
    assert "not met" in out


def test_case_that_fails_does_not_stop_the_others(folder, type_in, tmp_path):
    edit(folder / "one" / "case.toml", 'power = "1 W"', 'power = "1"')
    (folder / "three").mkdir()
    (folder / "three" / "case.toml").write_text(BAR, encoding="utf-8")
    code, out, _ = type_in("regress", folder, "--junit", tmp_path / "j.xml")
    assert code == 1
    assert "has no unit" in out
    assert "thermopkg regress CASE --update writes it" in out
    assert "2 failed" in out
    root = ET.parse(tmp_path / "j.xml").getroot()
    assert root.attrib["errors"] == "2"
    assert root.find(f"testsuite[@name='{folder / 'two'}']").attrib["errors"] == "0"


def test_fault_of_the_program_in_one_case_does_not_hide_the_others(folder, type_in, monkeypatch):
    def broken(case, name, progress):
        if "one" in name:
            raise ZeroDivisionError("by nothing")
        return workflow.simulate(case, name, progress)

    monkeypatch.setattr(suite, "simulate", broken)
    code, out, _ = type_in("regress", folder)
    assert code == 1
    assert "ZeroDivisionError: by nothing" in out
    assert "1 failed" in out


# ---------------------------------------------------------------- what is written
def test_update_keeps_what_is_found_and_leaves_what_is_the_same(folder, type_in):
    before = contents(folder)
    record = folder / "one" / "expected.json"
    old = read_record(record)
    own = {"origin": old.origin.model_copy(update={"note": "by hand"}), "breaks": {"heat-sink/2": ("a text",)}}
    record.write_text(old.model_copy(update=own).text())
    edit(folder / "one" / "case.toml", '"1 W"', '"3 W"')
    code, out, _ = type_in("regress", folder, "--update")
    assert code == 0
    assert "+200 %" in out
    assert f"Written: {record}" in out.replace("\n", "")
    assert out.count("Written:") == 1
    assert contents(folder)[folder / "two" / "expected.json"] == before[folder / "two" / "expected.json"]
    new = read_record(record)
    assert new.metrics["bar"].value == pytest.approx(3 * old.metrics["bar"].value, rel=1e-9)
    assert (new.origin.tolerance, new.origin.note, new.breaks) == (0.5, "by hand", {"heat-sink/2": ("a text",)})
    assert new.origin.cells > 0
    assert type_in("regress", folder)[0] == 0


def test_update_leaves_the_record_of_a_case_that_fails_and_is_exit_1(folder, type_in):
    edit(folder / "one" / "case.toml", 'power = "1 W"', 'power = "1"')
    before = contents(folder)
    assert type_in("regress", folder, "--update")[0] == 1
    assert contents(folder) == before


def test_update_replaces_a_record_that_cannot_be_read(folder, type_in):
    (folder / "one" / "expected.json").write_text("{", encoding="utf-8")
    assert type_in("regress", folder)[0] == 1
    assert type_in("regress", folder, "--update")[0] == 0
    assert type_in("regress", folder)[0] == 0


@pytest.mark.parametrize("first", [kept({}, {"heat-sink/1": "not met"}).text(), '{"metrics": {}}'])
@pytest.mark.parametrize("claims", [["heat-sink/1", "heat-sink/2"], []])
def test_update_of_verdicts_alone_stays_one_of_verdicts_alone(first, claims, tmp_path, type_in, monkeypatch):
    (tmp_path / "base.toml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "case.toml").write_text(f'extends = "base.toml"\nstudy.claims = {claims}\n', encoding="utf-8")
    (tmp_path / "expected.json").write_text(first, encoding="utf-8")
    monkeypatch.setattr(suite, "simulate", None)
    assert type_in("regress", tmp_path, "--update")[0] == 0
    found = read_record(tmp_path / "expected.json")
    assert list(found.claims.values()) == ["met"] * len(claims)
    assert (found.metrics, found.origin.cells) == ({}, None)


@pytest.mark.parametrize("moment", ["while solving", "while writing"])
def test_interrupt_is_exit_130_and_leaves_everything_as_it_was(moment, folder, type_in, tmp_path, monkeypatch):
    edit(folder / "one" / "case.toml", '"1 W"', '"3 W"')
    edit(folder / "two" / "case.toml", '"2 W"', '"3 W"')
    (tmp_path / "m.md").write_text("mine", encoding="utf-8")
    before = contents(tmp_path)
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(*arguments)

    if moment == "while solving":
        original = workflow.simulate
        monkeypatch.setattr(suite, "simulate", interrupted)
    else:
        original = suite.whole_file
        monkeypatch.setattr(suite, "whole_file", interrupted)
    words = ("regress", folder, "--update", "--junit", tmp_path / "j.xml", "--markdown", tmp_path / "m.md")
    code, out, err = type_in(*words)
    assert (code, out) == (130, "")
    assert "interrupted" in err
    assert contents(tmp_path) == before


def test_output_that_cannot_be_written_is_refused_before_any_solve(folder, type_in, tmp_path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    (folder / "two" / "expected.json").unlink()
    (folder / "two" / "expected.json").mkdir()
    for words in (["--junit", tmp_path / "taken" / "j.xml"], ["--markdown", folder], ["--update"]):
        code, out, err = type_in("regress", folder, *words)
        assert (code, out) == (2, "")
        assert "placing" not in err


# ---------------------------------------------------------------- what is asked for
def test_cases_are_found_once_by_file_and_by_folder(folder):
    one, two = (folder / name / "case.toml" for name in ("one", "two"))
    assert suite.find_cases([folder]) == (one, two)
    assert suite.find_cases([folder / "one"]) == (one,)
    assert suite.find_cases([one, folder, folder / "two"]) == (one, two)


def test_bad_input_is_exit_2_with_every_fault_and_no_solve(folder, type_in, tmp_path):
    (tmp_path / "none").mkdir()
    (folder / "one" / "other.toml").write_text(BAR, encoding="utf-8")
    words = (tmp_path / "none", tmp_path / "gone", folder, folder / "one" / "other.toml")
    code, out, err = type_in("regress", *words)
    assert (code, out) == (2, "")
    for message in ("holds no case.toml", "no such file or folder", "2 cases would share one expected.json"):
        assert message in err
    assert "placing" not in err


@pytest.mark.parametrize("tolerance", ["0.5", "half", "200%"])
def test_wrong_tolerance_is_exit_2(tolerance, folder, type_in):
    code, _, err = type_in("regress", folder, "--tolerance", tolerance)
    assert code == 2
    assert "--tolerance" in err


def test_own_tolerance_is_that_of_the_case(folder):
    origin = suite.rerun(folder / "one" / "case.toml", suite.checked_tolerance("own")).found.origin
    assert origin.tolerance == 5.0
