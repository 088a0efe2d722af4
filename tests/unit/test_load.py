"""Does a file become the case that it says, whoever it extends, and is every file that cannot refused in a line?"""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.case_document import GOOD, PARTS, changed, good, write
from thermopkg.case import files
from thermopkg.case.files import merge
from thermopkg.case.load import from_document, load
from thermopkg.errors import CaseError

SHIPPED = Path(__file__).parents[2] / "cases" / "heat-sink-1" / "case.toml"


def test_a_file_says_what_its_document_says(tmp_path):
    assert load(write(tmp_path / "case.toml", GOOD)) == from_document(good())


def test_loading_takes_no_time_to_speak_of():
    load(SHIPPED)  # whoever comes first pays for the registry of units and the library
    began = time.perf_counter()
    load(SHIPPED)
    assert time.perf_counter() - began < 0.3  # 3 ms on an idle machine


@pytest.mark.parametrize(
    "written",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        ("# ∅ 封装 ünïcode\n" + GOOD).encode(),
        ("schema = 1\n" + GOOD).encode(),
    ],
    ids=["byte order mark", "crlf", "comments", "schema"],
)
def test_how_a_file_is_saved_changes_nothing(written, tmp_path):
    assert load(write(tmp_path / "case.toml", written)) == from_document(good())


def test_a_case_copied_to_another_folder_is_the_same(tmp_path):
    for folder in ("here", "there/deep"):
        write(tmp_path / folder / "common" / "base.toml", GOOD)
        write(tmp_path / folder / "own" / "case.toml", 'extends = "../common/base.toml"\n')
    here, there = (load(tmp_path / folder / "own" / "case.toml") for folder in ("here", "there/deep"))
    assert here == there


# ---------------------------------------------------------------- extends
CHILD = """
extends = "../common/base.toml"
without = ["capacitor"]
title = "Child"

[environment.top]
temperature = "25 degC"

[[part]]
name = "chip"
power = "2 W"

[part.bumps]
mask = ["101", "111"]

[[part]]
name = "sink"
on = "chip"

[[part]]
name = "extra"
kind = "block"
on = "carrier"
at = ["-2 mm", "0 mm"]
size = ["1 mm", "1 mm", "0.3 mm"]
material = "copper"
"""


def family(folder: Path, child: str, base: str = GOOD) -> Path:
    write(folder / "common" / "base.toml", base)
    return write(folder / "own" / "case.toml", child)


def test_a_child_changes_what_it_names_and_keeps_the_rest(tmp_path):
    expected = changed(
        ("title", "Child"),
        ("environment.top", {"temperature": "25 degC"}),
        ("part.1.power", "2 W"),
        ("part.1.bumps.mask", ["101", "111"]),
    )
    del expected["part"][2]["over"], expected["part"][2]["gap"], expected["part"][5]
    expected["part"][2]["on"] = "chip"
    expected["part"].append(
        {"name": "extra", "kind": "block", "on": "carrier", "at": ["-2 mm", "0 mm"],
         "size": ["1 mm", "1 mm", "0.3 mm"], "material": "copper"}
    )  # fmt: skip
    assert load(family(tmp_path, CHILD)) == from_document(expected)


def test_a_file_that_only_extends_is_its_base(tmp_path):
    assert load(family(tmp_path, 'extends = "../common/base.toml"\n')) == from_document(good())


def test_what_is_put_over_a_file_wins_over_it(tmp_path):
    case = load(family(tmp_path, CHILD), overrides={"study": {"refine": 2}, "part": [{"name": "chip", "power": "3 W"}]})
    assert (case.study.refine, case.part_named("chip").power, case.title) == (2, 3.0, "Child")
    assert case.study.claims == ("heat-sink/1",)


def test_another_kind_of_part_starts_afresh(tmp_path):
    child = """
extends = "../common/base.toml"
study = { metrics = [] }
[[part]]
name = "chip"
kind = "block"
on = "carrier"
size = ["2 mm", "2 mm", "0.4 mm"]
material = "silicon"
"""
    assert load(family(tmp_path, child)).part_named("chip").kind == "block"


def test_three_generations_merge_in_their_order(tmp_path):
    write(tmp_path / "own" / "middle.toml", 'extends = "../common/base.toml"\ntitle = "Middle"\nstudy.refine = 3\n')
    case = load(family(tmp_path, 'extends = "middle.toml"\nstudy.growth = 2.0\n'))
    assert (case.title, case.study.refine, case.study.growth, len(case.part)) == ("Middle", 3, 2.0, len(PARTS))


@pytest.mark.parametrize(
    ("base", "child", "path"),
    [
        ('"1 W"', "", "../common/base.toml: part[1].power"),
        ('"1 W"', '[[part]]\nname = "chip"\nmaterial = "silicon"', "../common/base.toml: part[1].power"),
        ('"2 W"', '[[part]]\nname = "chip"\npower = 5', "part[0].power"),
        ('"2 W"', '[[part]]\nname = "sink"\n[[part]]\nname = "chip"\nbumps.pitch = 1', "part[1].bumps.pitch"),
        ('"2 W"', "[environment]\nambient = 5", "environment.ambient"),
    ],
)
def test_a_fault_points_into_the_file_where_it_stands(base, child, path, tmp_path):
    text = GOOD.replace('power = "1 W"', f"power = {base}").replace('"1 W"', "1")
    with pytest.raises(CaseError) as error:
        load(family(tmp_path, f'extends = "../common/base.toml"\n{child}\n', text))
    assert [fault.path for fault in error.value.faults] == [path]


def test_a_fault_across_parts_points_into_the_base_too(tmp_path):
    base = GOOD.replace('over = "chip"', 'over = "chop"')
    with pytest.raises(CaseError) as error:
        load(family(tmp_path, 'extends = "../common/base.toml"\nwithout = ["carrier"]\n', base))
    assert {fault.path for fault in error.value.faults} == {
        "../common/base.toml: part[2].over",
        "../common/base.toml: part[1].on",
        "../common/base.toml: part[4].under",
        "../common/base.toml: part[5].on",
        "../common/base.toml: part[3]",  # the moulding that has lost its only carrier
        "part",  # and no part is left that the others are placed from
    }


def test_a_part_that_a_child_names_twice_is_told(tmp_path):
    child = 'extends = "../common/base.toml"\n' + 2 * '[[part]]\nname = "chip"\nkind = "chip"\npower = "2 W"\n'
    with pytest.raises(CaseError, match="2 parts are called 'chip'"):
        load(family(tmp_path, child))


def test_a_base_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CaseError, match="is not TOML") as error:
        load(family(tmp_path, 'extends = "../common/base.toml"\n', "title = Base\n"))
    assert Path(error.value.source).name == "base.toml"


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ('extends = "../common/base.toml"\nwithout = ["capacitr"]', "no part 'capacitr'; did you mean 'capacitor'?"),
        ('extends = "../common/base.toml"\nwithout = "capacitor"', "'capacitor' is not a list of part names"),
        ('extends = "../common/base.toml"\nwithout = [5]', "is not a list of part names"),
        ('without = ["capacitor"]', "removes parts of an extended case, and there is no extends"),
    ],
)
def test_only_parts_that_are_there_can_be_left_out(child, said, tmp_path):
    with pytest.raises(CaseError) as error:
        load(family(tmp_path, child))
    assert said in str(error.value)


names = st.sampled_from(["alpha", "film", "ambient", "temperature", "on", "over", "gap", "value", "table"])
tables = st.recursive(st.integers(), lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=8)
parts = st.dictionaries(st.sampled_from("pqr"), st.dictionaries(names, tables, max_size=3)).map(
    lambda by_name: [{"name": name, **keys} for name, keys in by_name.items()]
)
documents = st.builds(
    lambda keys, listed: {**keys, **({"part": listed} if listed else {})}, st.dictionaries(names, tables), parts
)


def leaves(node, place=()):
    """Every value of a document that is no table, by its place; parts by their name."""
    if isinstance(node, list):
        node = {part["name"]: part for part in node}
    if not isinstance(node, dict):
        return {place: node}
    return {leaf: value for key, inner in node.items() for leaf, value in leaves(inner, (*place, key)).items()}


@given(documents)
def test_merging_nothing_changes_nothing(document):
    assert merge(document, {}) == document
    assert merge({}, document) == document


@given(documents, documents)
def test_a_child_has_the_last_word(base, own):
    merged = merge(base, own)
    assert leaves(own).items() <= leaves(merged).items()
    assert leaves(merged).items() <= (leaves(base) | leaves(own)).items()


@given(documents, documents)
def test_saying_a_thing_twice_says_it_once(base, own):
    assert merge(merge(base, own), own) == merge(base, own)


@given(documents, documents)
def test_merging_leaves_both_documents_as_they_are(base, own):
    before = leaves(base), leaves(own)
    merge(base, own)
    assert (leaves(base), leaves(own)) == before


# ---------------------------------------------------------------- what is no case
UNREADABLE = {
    "empty": (b"", "is empty; 'thermopkg new' writes"),
    "blank": (b" \n\t\n", "is empty"),
    "binary": (bytes(range(256)), "is binary or UTF-16"),
    "utf-16": (GOOD.encode("utf-16"), "is binary or UTF-16; save it as UTF-8"),
    "latin-1": ('title = "Gehäuse"'.encode("latin-1"), "is not UTF-8 text (byte 12)"),
    "nul": (GOOD.encode() + b"\0", "is binary or UTF-16"),
    "huge": (b"# " + b"a" * files.LARGEST_FILE, "is longer than 262,144 bytes"),
    "no toml": (b"title = Flip chip\n", "is not TOML: Invalid value (at line 1, column 9)"),
    "doubled key": (b'title = "a"\ntitle = "b"\n', "a key or table is given twice (at line 2, column 12)"),
    "doubled table": (b"[study]\n[study]\n", "a key or table is given twice (at line 2, column 7)"),
    "nested": (b"a = " + b"[" * 100_000, "nested too deeply"),
    "endless number": (b"a = " + b"9" * 10_000, "a number has too many digits"),
    "control character": (b'title = "a\x01"', "is not TOML: Illegal character '\\x01' (at line 1, column 11)"),
}


@pytest.mark.parametrize(("content", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_is_no_case_is_one_line(content, said, tmp_path):
    with pytest.raises(CaseError) as error:
        load(write(tmp_path / "case.toml", content))
    assert [fault.path for fault in error.value.faults] == [""]
    assert said in error.value.faults[0].message


def test_what_is_no_file_is_one_line(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    said = {
        tmp_path / "none.toml": "there is no such file",
        tmp_path: "is a folder",
        tmp_path / "pipe.toml": "is not a regular file",
        tmp_path / "loop.toml": "cannot be read",
        tmp_path / ("a" * 300): "cannot be read",
        Path("/dev/zero"): "is not a regular file",
        Path("a\0b"): "is not a file name",
    }
    for path, message in said.items():
        with pytest.raises(CaseError, match=message):
            load(path)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    case = write(tmp_path / "case.toml", GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CaseError, match="cannot be read: Permission denied"):
        load(case)


SECRET = 'root = "x:0:0:secret"\n'
OUTSIDE = {
    "absolute": ("/etc/passwd", "is not a path relative to this file"),
    "home": ("~/case.toml", "is not a path relative"),
    "address": ("https://example.org/case.toml", "is not a path relative"),
    "file address": ("file:///etc/passwd", "is not a path relative"),
    "share": (r"\\\\server\\share\\case.toml", "is not a path relative"),
    "drive": (r"C:\\case.toml", "is not a path relative"),
    "nul": (r"a\u0000.toml", "is not a path relative"),
    "up and out": ("../../secret.toml", "leaves the case's folder tree"),
    "link out": ("link.toml", "leaves the case's folder tree"),
    "device by a link": ("zero.toml", "leaves the case's folder tree"),
    "other ending": ("secret.txt", "is not a .toml file"),
    "missing": ("../common/bass.toml", "does not exist; did you mean 'base.toml'?"),
    "folder": ("../common", "is not a .toml file"),
}


@pytest.mark.parametrize(("name", "said"), OUTSIDE.values(), ids=OUTSIDE)
def test_extends_reads_case_files_of_its_own_tree_alone(name, said, tmp_path):
    write(tmp_path / "secret.toml", SECRET)
    write(tmp_path / "tree" / "common" / "base.toml", GOOD)
    write(tmp_path / "tree" / "own" / "secret.txt", SECRET)
    (tmp_path / "tree" / "own" / "link.toml").symlink_to(tmp_path / "secret.toml")
    (tmp_path / "tree" / "own" / "zero.toml").symlink_to("/dev/zero")
    case = write(tmp_path / "tree" / "own" / "case.toml", f'extends = "{name}"\n')
    with pytest.raises(CaseError, match=said.replace("?", r"\?")) as error:
        load(case)
    assert [fault.path for fault in error.value.faults] == ["extends"]
    assert "x:0:0" not in str(error.value)


@pytest.mark.parametrize("value", ["5", "true", '["base.toml"]'])
def test_extends_is_a_path(value, tmp_path):
    with pytest.raises(CaseError, match="is not a path; write the file's path"):
        load(write(tmp_path / "case.toml", f"extends = {value}\n{GOOD}"))


def test_extends_does_not_run_in_circles(tmp_path):
    write(tmp_path / "a.toml", 'extends = "b.toml"\n')
    write(tmp_path / "b.toml", 'extends = "./a.toml"\n')
    with pytest.raises(CaseError, match=r"extends\s+runs in a circle: \S*a.toml -> \S*b.toml -> \S*a.toml"):
        load(tmp_path / "a.toml")
    with pytest.raises(CaseError, match="runs in a circle"):
        load(write(tmp_path / "c.toml", 'extends = "c.toml"\n'))


def test_extends_does_not_run_on_and_on(tmp_path):
    for i in range(files.DEEPEST_CHAIN):
        write(tmp_path / f"{i}.toml", f'extends = "{i + 1}.toml"\n')
    write(tmp_path / f"{files.DEEPEST_CHAIN}.toml", GOOD)
    assert load(tmp_path / "1.toml").title == "Small flip chip"
    with pytest.raises(CaseError, match="more than 8 files in a row"):
        load(tmp_path / "0.toml")


SLOW = {
    "dotted key": "a" + ".a" * 60_000 + " = 1",
    "parts": '[[part]]\nname = "a"\nkind = "block"\n' * 7_000,
    "keys": "\n".join(f"k{i} = 1" for i in range(25_000)),
    "long names": "".join(
        f'[[part]]\nname = "{"ab" * 3_000}"\nkind = "block"\nmaterial = "{"cd" * 3_000}"\n' for _ in range(20)
    ),
    "one long name": f'[[part]]\nname = "a"\nkind = "block"\nmaterial = "{"cd" * 100_000}"\n',
    "nested tables": "\n".join(f"[{'.'.join(['t'] * depth)}]" for depth in range(1, 400)),
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_the_worst_files_are_refused_in_seconds(text, tmp_path):
    case = write(tmp_path / "case.toml", text)
    began = time.perf_counter()
    with pytest.raises(CaseError) as error:
        load(case)
    assert time.perf_counter() - began < 5  # under 2 s on an idle machine
    assert len(str(error.value)) < 100_000
