"""Does a case say which powers go in over time, and is everything that is wrong with them told, line by line?"""

import json
import os
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_document import GOOD, changed, write
from tests.unit.test_case import complaints
from thermopkg.case import trace_file
from thermopkg.case.case import Case
from thermopkg.case.load import from_document, load
from thermopkg.case.trace_file import read_trace_file
from thermopkg.errors import CaseError

CSV = "time [ms], power [mW]\n0, 500\n1.5, 2000\n10, 0\n"


def with_powers(*entries: dict, until: str = "10 s") -> dict:
    return changed(("transient", {"until": until, "power": list(entries)}))


def faults(document) -> dict[str, str]:
    with pytest.raises(CaseError) as error:
        from_document(document)
    return {fault.path: fault.message for fault in error.value.faults}


def one(**keys) -> dict:
    return {"part": "chip", **keys}


PULSE = {"power": "8 W", "period": "0.1 s", "duty": 0.25}


# ---------------------------------------------------------------- what a case says
def test_steps_are_a_trace():
    case = from_document(with_powers(one(steps=[["0 s", "5 W"], ["1 ms", "0 W"], ["2 min", "1 W"]]), until="1 h"))
    trace = case.transient.power[0].trace(case.transient.until)
    assert case.transient.until == 3600.0
    assert trace.times.tolist() == [0.0, 1e-3, 120.0]
    assert trace.powers.tolist() == [5.0, 0.0, 1.0]
    assert trace.period is None


def test_pulses_go_on_until_the_end_or_their_count():
    endless = from_document(with_powers(one(pulse={**PULSE, "delay": "0.05 s"}), until="0.3 s")).transient.power[0]
    assert endless.trace(0.3).times == pytest.approx([0.05, 0.075, 0.15, 0.175, 0.25, 0.275])
    assert endless.trace(0.3).powers.tolist() == [8.0, 0.0] * 3
    two = from_document(with_powers(one(pulse={**PULSE, "count": 2}))).transient.power[0]
    assert two.trace(10.0).times == pytest.approx([0.0, 0.025, 0.1, 0.125])
    assert two.trace(10.0).energy(np.array(10.0)) == pytest.approx(2 * 8.0 * 0.025)


def test_what_repeats_has_a_period():
    pulse = from_document(with_powers(one(pulse=PULSE, repeat=True))).transient.power[0].trace(10.0)
    assert (pulse.period, pulse.mean()) == (0.1, pytest.approx(2.0))
    closed = one(steps=[["0 s", "1 W"], ["0.5 s", "3 W"], ["2 s", "1 W"]], repeat=True)
    trace = from_document(with_powers(closed)).transient.power[0].trace(10.0)
    assert (trace.period, trace.times.tolist(), trace.mean()) == (2.0, [0.0, 0.5], pytest.approx(2.5))
    given_period = one(steps=[["0.5 s", "3 W"]], repeat=True, period="2 s")
    trace = from_document(with_powers(given_period)).transient.power[0].trace(10.0)
    assert (trace.period, trace.mean()) == (2.0, pytest.approx(3.0 * 1.5 / 2.0))


def test_several_parts_have_traces_and_the_others_have_none():
    document = with_powers(one(pulse=PULSE), {"part": "capacitor", "steps": [["1 s", "0.1 W"]]})
    case = from_document(document)
    assert [entry.part for entry in case.transient.power] == ["chip", "capacitor"]
    assert from_document(changed(("transient", {"until": "1 s"}))).transient.power == ()
    assert from_document(changed()).transient is None


def test_what_a_case_writes_out_reads_back(tmp_path):
    path = write(tmp_path / "case.csv", CSV)
    case = from_document(
        with_powers(one(csv=str(path)), {"part": "capacitor", "steps": [["0 s", "0.1 W"], ["0.3 us", "0 W"]]})
    )
    again = from_document(json.loads(json.dumps(case.model_dump(by_alias=True, mode="json"))))
    assert again == case
    assert Case.model_validate_json(case.model_dump_json(by_alias=True)) == case


def test_the_schema_knows_the_table():
    assert (
        complaints(with_powers(one(pulse=PULSE, repeat=True), one(steps=[["0 s", "5 W"]]), one(csv="a.csv"))) == set()
    )
    wrong = with_powers(one(pulse={**PULSE, "duty": 1.0}))
    assert complaints(wrong) == complaints(changed(("transient", {}))) == {"transient"}
    child = {"extends": "../common/base.toml", "transient": {"power": [one(pulse=PULSE)]}}
    assert complaints(child) == set()


# ---------------------------------------------------------------- what it cannot mean
@pytest.mark.parametrize(
    ("entries", "until", "path", "said"),
    [
        ([one()], "1 s", "transient.power[0]", "is given in one way: steps, a pulse, or a csv; here none of them"),
        ([one(steps=[["0 s", "1 W"]], csv="a.csv")], "1 s", "transient.power[0]", "here steps and csv"),
        ([one(steps=[])], "1 s", "transient.power[0].steps", "is empty"),
        ([one(steps=[["0 s", "1 W"], ["0 s", "2 W"]])], "1 s", "transient.power[0]", "steps[1] at 0 s does not come"),
        ([one(steps=[["0 s"]])], "1 s", "transient.power[0].steps[0][1]", "missing: 1 given, one more is wanted"),
        ([one(steps=[["0 s", "-1 W"]])], "1 s", "transient.power[0].steps[0][1]", "'-1 W' is out of range"),
        ([one(steps=[[0, "1 W"]])], "1 s", "transient.power[0].steps[0][0]", '0 has no unit; write "0 s"'),
        ([one(steps=[["-1 s", "1 W"]])], "1 s", "transient.power[0].steps[0][0]", "'-1 s' is out of range: a time"),
        ([one(steps=[["1 W", "1 s"]])], "1 s", "transient.power[0].steps[0][1]", "'1 s' is a time; a power is wanted"),
        ([one(steps=[["5 s", "1 W"]])], "2 s", "transient.power[0].steps", "begins at 5 s, and the run ends at 2 s"),
        ([one(pulse={**PULSE, "duty": 0})], "1 s", "transient.power[0].pulse.duty", "0 is no duty; write a share"),
        ([one(pulse={**PULSE, "duty": "25 %"})], "1 s", "transient.power[0].pulse.duty", "'25 %' is no duty"),
        ([one(pulse={**PULSE, "count": 0})], "1 s", "transient.power[0].pulse.count", "must be at least 1, got 0"),
        ([one(pulse={**PULSE, "periods": 3})], "1 s", "transient.power[0].pulse.periods", "did you mean 'period'?"),
        ([one(pulse={**PULSE, "delay": "3 s"})], "2 s", "transient.power[0].pulse.delay", "begins at 3 s"),
        ([one(pulse={**PULSE, "period": "1 us"})], "5 s", "transient.power[0].pulse.period", "makes 5,000,000 pulses"),
        ([one(pulse={**PULSE, "count": 2}, repeat=True)], "1 s", "transient.power[0]", "leave out their count and"),
        ([one(pulse=PULSE, repeat=True, period="1 s")], "1 s", "transient.power[0]", "a pulse has its own"),
        ([one(steps=[["0 s", "1 W"]], period="1 s")], "1 s", "transient.power[0]", "there is no repeat = true"),
        ([one(steps=[["0 s", "1 W"]], repeat=True)], "1 s", "transient.power[0]", "its one time is no period; give a"),
        ([one(steps=[["0 s", "1 W"], ["1 s", "2 W"]], repeat=True)], "9 s", "transient.power[0]", "write 1 W there"),
        ([one(steps=[["0 s", "1 W"], ["3 s", "2 W"]], repeat=True, period="2 s")], "9 s", "transient.power[0]",
         "has a period of 2 s, and its last time is 3 s"),
        ([{"part": "chop", "pulse": PULSE}], "1 s", "transient.power[0].part", "did you mean 'chip'?"),
        ([{"part": "sink", "pulse": PULSE}], "1 s", "transient.power[0].part", "is of kind heat-sink; chips, passives"),
        ([one(pulse=PULSE), one(pulse=PULSE)], "1 s", "transient.power[1].part", "'chip' is named 2 times"),
        ([one(pulse=PULSE, repeat=True), {"part": "capacitor", "pulse": PULSE}], "1 s", "transient.power[1]",
         "does not repeat, and that of 'chip' does"),
        ([one(pulse=PULSE, repeat=True), {"part": "capacitor", "pulse": {**PULSE, "period": "1 s"}, "repeat": True}],
         "1 s", "transient.power[1]", "repeats every 1 s, and that of 'chip' every 0.1 s; give all one period"),
        ([one(pulse=PULSE)], "0 s", "transient.until", "must be greater than 0, got '0 s'"),
        ([one(pulse=PULSE)], "10 W", "transient.until", "'10 W' is a power; a duration is wanted"),
        ([one(csv="none.csv")], "1 s", "transient.power[0].csv", "none.csv: there is no such file"),
        ([one(pulse=PULSE, repeat=1)], "1 s", "transient.power[0].repeat", "Input should be a valid boolean"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told(entries, until, path, said):
    found = faults(with_powers(*entries, until=until))
    assert said in found[path]


def test_everything_is_told_at_once(tmp_path):
    path = write(tmp_path / "bad.csv", "time [s], power [W]\n0, 1\n0, x\n")
    document = with_powers(
        one(csv=str(path)), {"part": "capacitr", "pulse": PULSE}, {"part": "sink", "steps": [["1 h", "2 W"]]}
    )
    document["environment"]["top"] = {"film": 3}
    with pytest.raises(CaseError) as error:
        from_document(document)
    told = [(fault.path, fault.message) for fault in error.value.faults]
    assert sorted(path for path, _ in told) == [
        "environment.top.film", "transient.power[0].csv", "transient.power[0].csv", "transient.power[1].part",
        "transient.power[2].part", "transient.power[2].steps",
    ]  # fmt: skip
    of_file = [said for path, said in told if path.endswith("csv")]
    assert of_file[0] == "bad.csv, line 3: power 'x' is not a number; units stand in the head of the column"
    assert of_file[1] == "bad.csv, line 3: time 0 does not come after 0 of line 2"


# ---------------------------------------------------------------- files
def rows(path) -> tuple[list[float], list[float]]:
    times, powers = read_trace_file(path)
    return times.tolist(), powers.tolist()


EXPECTED = ([0.0, 1.5e-3, 1e-2], [0.5, 2.0, 0.0])


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("\n", "\r").encode(),
        ("# from a counter\n\n" + CSV + "\n\n").encode(),
        b'"Power [W]","Time [s]"\n.5,0\n2,1.5e-3\n0,0.01  # off\n',
        b"TIME[ms],power[W]\n0,0.5\n\n# a gap in the file, not in time\n1.5,2\n10,0",
        "time [µs], power [W]\n0,.5\n1500,2\n10000,0\n".encode(),
    ],
    ids=["plain", "byte order mark", "crlf", "cr", "comments", "other order", "no spaces", "micro"],
)
def test_how_a_file_is_written_changes_nothing(content, tmp_path):
    assert rows(write(tmp_path / "a.csv", content)) == EXPECTED


HEAD = "time [s], power [W]\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ['is empty; it begins with a line such as "time [ms], power [W]"']),
        ("\n\n", ["is empty"]),
        ("0, 1\n1, 2\n", ["line 1  '0' is no column of a trace; write the heads as", "line 1  '1' is no column"]),
        ("time, power [W]\n", ["line 1  time has no unit; write it as in"]),
        ("time [s], power\n0,1\n1,2\n", ["line 1  power has no unit"]),
        ("time [W], power [s]\n", ["'1 W' is a power; a time is wanted", "'1 s' is a time; a power is wanted"]),
        ("time [s], pwoer [W]\n", ["'pwoer [W]' is no column of a trace; did you mean 'power'?"]),
        ("time [s], time [s], power [W]\n", ["line 1  time stands there twice"]),
        ("time [s]\n0\n1\n", ["line 1  power is missing; write the heads as"]),
        ("time [s]; power [W]\n0;1\n", ["line 1  columns are set apart by commas"]),
        ("time [s], power [dB]\n", ["'1 dB' is"]),
        (HEAD, ["has no two rows; a power that sets in once is written as steps"]),
        (HEAD + "0, 1\n", ["has no two rows"]),
        (HEAD + "0, 1\n1,\n2, 1\n", ["line 3  power is missing"]),
        (HEAD + "0, 1\n, 1\n2, 1\n", ["line 3  time is missing"]),
        (HEAD + "0, 1\n1 2\n2, 1, 3\n", ["line 3  has 1 value; a row has a time and a power", "line 4  has 3 values"]),
        (HEAD + "0, 1\n1, nan\n2, inf\n", ["line 3  power 'nan' is not a finite number", "line 4  power 'inf' is not"]),
        (HEAD + "0, 1\n1, 1e999\n2, 0\n", ["line 3  power '1e999' is not a finite number"]),
        (HEAD + "0, 1\n1, 2 W\n2, 0\n", ["line 3  power '2 W' is not a number; units stand in the head"]),
        (HEAD + "0, 1\n1, 1_0\n2, 0x1p3\n", ["line 3  power '1_0' is not a number", "line 4  power '0x1p3' is not"]),
        (HEAD + "0, 1\n2, 1\n1, 1\n1.5, 1\n", ["line 4  time 1 does not come after 2 of line 3"]),
        (HEAD + "# so\n0, 1\n\n0, 1\n", ["line 5  time 0 does not come after 0 of line 3"]),
        (HEAD + "-1, 1\n2, -3\n", ["line 2  time -1 is negative", "line 3  power -3 is negative"]),
        (HEAD + "0, 1\n1e12, 1\n", ["ends at 1e+12 s and has up to 1 W; at most 1e+09 s"]),
        (HEAD + "0, 1\n1, 1e9\n", ["has up to 1e+09 W; at most"]),
        (HEAD.encode("utf-16"), ["is binary or UTF-16"]),
        (HEAD.encode() + b"0,\xff\n", ["is not UTF-8 text (byte 22)"]),
    ],
)
def test_everything_that_is_wrong_with_a_file_is_told_with_its_line(content, told, tmp_path):
    path = write(tmp_path / "a.csv", content)
    with pytest.raises(CaseError) as error:
        read_trace_file(path)
    said = [f"{fault.path}  {fault.message}".strip() for fault in error.value.faults]
    assert len(said) == len(told)
    for line, expected in zip(said, told, strict=True):
        assert expected in line


def test_many_faults_are_told_once(tmp_path):
    path = write(tmp_path / "a.csv", HEAD + "0, x\n" * 1000)
    with pytest.raises(CaseError) as error:
        read_trace_file(path)
    assert len(error.value.faults) == trace_file.MOST_TOLD + 1
    assert error.value.faults[-1].message == "and more behind line 11"


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(trace_file, "MOST_ROWS", 10)
    path = write(tmp_path / "a.csv", HEAD + "".join(f"{i}, 1\n" for i in range(11)))
    with pytest.raises(CaseError, match="more than 10 rows"):
        read_trace_file(path)
    monkeypatch.setattr(trace_file, "LARGEST", 20)
    with pytest.raises(CaseError, match="is longer than 20 bytes"):
        read_trace_file(path)


def test_what_is_no_file_is_one_line(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    said = {"": "is not a regular file", "pipe.csv": "is not a regular file", "none.csv": "there is no such file"}
    for name, message in {**said, "a" * 300: "cannot be read"}.items():
        with pytest.raises(CaseError, match=message):
            read_trace_file(tmp_path / name)


def test_a_long_file_takes_no_time_and_no_memory_to_speak_of(tmp_path):
    times = np.arange(300_000) * 1e-3
    text = HEAD + "\n".join(f"{t:.6g},{1 + (i % 7)}" for i, t in enumerate(times.tolist()))
    path = write(tmp_path / "a.csv", text)
    tracemalloc.start()
    began = time.perf_counter()
    found, _ = read_trace_file(path)
    took, (_, most) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 300_000
    assert took < 10.0  # 0.3 s without tracing, on an idle machine
    assert most < 100e6  # bytes; 4 MB of text


@given(
    st.lists(st.floats(1e-6, 1e3), min_size=2, max_size=20, unique=True).map(sorted),
    st.data(),
)
def test_what_is_written_with_all_digits_is_read_the_same(tmp_path_factory, times, data):
    powers = data.draw(st.lists(st.floats(0.0, 1e3), min_size=len(times), max_size=len(times)))
    text = HEAD + "".join(f"{t!r},{p!r}\n" for t, p in zip(times, powers, strict=True))
    path = write(tmp_path_factory.mktemp("traces") / "a.csv", text)
    assert rows(path) == (times, powers)


# ---------------------------------------------------------------- files that a case names
CASE = GOOD + '\n[transient]\nuntil = "1 s"\n[[transient.power]]\npart = "chip"\ncsv = "{name}"\n'


def test_a_trace_lies_beside_the_file_that_names_it(tmp_path):
    write(tmp_path / "common" / "traces" / "a.csv", CSV)
    write(tmp_path / "common" / "base.toml", CASE.replace("{name}", "traces/a.csv"))
    child = write(tmp_path / "own" / "case.toml", 'extends = "../common/base.toml"\ntransient.until = "2 s"\n')
    transient = load(child).transient
    assert transient.until == 2.0
    assert transient.power[0].trace(2.0).times.tolist() == EXPECTED[0]
    write(tmp_path / "own" / "b.csv", CSV.replace("500", "700"))
    over = {"transient": {"power": [{"part": "chip", "csv": "b.csv"}]}}
    assert load(child, overrides=over).transient.power[0].trace(2.0).powers[0] == 0.7
    assert over["transient"]["power"][0]["csv"] == "b.csv"  # who asks keeps what they asked with


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/passwd", "is not a path relative to this file"),
        (r"a\u0000.csv", "is not a path relative"),
        ("~/a.csv", "is not a path relative"),
        ("https://example.org/a.csv", "is not a path relative"),
        ("../../secret.csv", "leaves the case's folder tree"),
        ("link.csv", "leaves the case's folder tree"),
        ("case.toml", "is not a .csv file"),
        ("trade.csv", "does not exist; did you mean 'trace.csv'?"),
    ],
)
def test_traces_are_read_from_the_tree_of_the_case_alone(name, said, tmp_path):
    write(tmp_path / "secret.csv", CSV)
    write(tmp_path / "tree" / "own" / "trace.csv", CSV)
    (tmp_path / "tree" / "own" / "link.csv").symlink_to("../../secret.csv")
    text = CASE.replace("{name}", name).replace('power = "1 W"', "power = 1")
    with pytest.raises(CaseError) as error:
        load(write(tmp_path / "tree" / "own" / "case.toml", text))
    told = {fault.path: fault.message for fault in error.value.faults}
    assert set(told) == {"part[1].power", "transient.power[0].csv"}  # with all else that is wrong, and once
    assert said in told["transient.power[0].csv"]


def test_a_wrong_name_alone_is_a_fault_and_a_child_may_mend_it(tmp_path):
    base = write(tmp_path / "common" / "base.toml", CASE.replace("{name}", "none.csv"))
    with pytest.raises(CaseError) as error:
        load(base)
    assert [fault.path for fault in error.value.faults] == ["transient.power[0].csv"]
    child = 'extends = "../common/base.toml"\n'
    with pytest.raises(CaseError) as error:
        load(write(tmp_path / "own" / "case.toml", child))
    (fault,) = error.value.faults
    assert fault.path == "../common/base.toml: transient.power[0].csv"
    assert fault.message == "'none.csv' does not exist"
    mended = child + '[[transient.power]]\npart = "chip"\nsteps = [["0 s", "1 W"]]\n'
    assert load(write(tmp_path / "own" / "case.toml", mended)).transient.power[0].csv is None


def test_a_file_that_repeats_closes_its_period(tmp_path):
    path = write(tmp_path / "a.csv", CSV)
    assert "write 0.5 W there" in faults(with_powers(one(csv=str(path), repeat=True)))["transient.power[0].csv"]
    trace = from_document(with_powers(one(csv=str(path), repeat=True, period="20 ms"))).transient.power[0].trace(1.0)
    assert trace.period == 0.02
    assert trace.mean() == pytest.approx((0.5 * 1.5 + 2.0 * 8.5) / 20)
