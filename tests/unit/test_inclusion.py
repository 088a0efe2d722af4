"""Does a package that is a case of its own come into another case whole, under new names, and stand where it is put?"""

import json
import re

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.case_document import GOOD, PARTS, write
from thermopkg.case.case import Case
from thermopkg.case.load import load
from thermopkg.case.parts import Chip
from thermopkg.errors import CaseError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place

LOWER = """
title = "Board with a package"
study = { metrics = [] }
environment = { ambient = "25 degC", top = { film = "10 W/m^2/K" } }

[[part]]
name = "board"
kind = "board"
size = ["20 mm", "20 mm"]
layers = [{ material = "fr4", thickness = "1 mm" }]

[[package]]
name = "upper"
file = "../upper/case.toml"
on = "board"
at = ["2 mm", "-1 mm"]
"""
PACKAGE = LOWER[LOWER.index("[[package]]") :]


def family(folder, lower=LOWER, upper=GOOD):
    write(folder / "upper" / "case.toml", upper)
    return write(folder / "lower" / "case.toml", lower)


def refused(path):
    with pytest.raises(CaseError) as error:
        load(path)
    return str(error.value)


def test_a_package_comes_in_whole_under_its_names(tmp_path):
    case = load(family(tmp_path))
    assert [part.name for part in case.part] == ["board", *(f"upper-{name}" for name in PARTS)]
    parts = {part.name: part for part in case.part}
    assert (parts["upper-carrier"].on, parts["upper-carrier"].at) == ("board", (0.002, -0.001))
    assert parts["upper-chip"].on == "upper-carrier"
    assert (parts["upper-sink"].over, parts["upper-balls"].under) == ("upper-chip", "upper-carrier")
    assert (parts["upper-mould"].exposes, parts["upper-mould"].on) == (("upper-sink.top",), "upper-carrier")
    assert "compound" in case.materials
    assert (case.title, case.study.reading, dict(case.environment.faces)) == ("Board with a package", (), {})


def test_a_package_stands_on_the_balls_that_hang_under_it(tmp_path):
    """Board 1 mm, balls 0.4 mm, then what `test_package` finds of the package alone, 1.0 mm higher and moved."""
    package, alone = place(load(family(tmp_path))), place(load(tmp_path / "upper" / "case.toml"))
    shift = np.array([0.002, -0.001, 0.001])[:, None]
    for name, part in alone.parts.items():
        np.testing.assert_allclose(package.parts[f"upper-{name}"].box, part.box + shift, atol=1e-15)
    assert package.parts["upper-balls"].box[2, 0] == package.parts["board"].box[2, 1]
    check_connected(paint(package, geometry_grid(package)))


def test_two_of_a_kind_stand_side_by_side(tmp_path):
    second = PACKAGE.replace('"upper"', '"other"').replace("2 mm", "-7 mm")
    package = place(load(family(tmp_path, LOWER.replace('"2 mm"', '"5 mm"') + second)))
    assert len([face for face in package.active_faces if face.power > 0]) == 2


def test_a_file_changes_parts_of_what_it_brings_in(tmp_path):
    case = load(family(tmp_path, LOWER + '[[part]]\nname = "upper-chip"\npower = "3 W"\n'))
    chip = case.part_named("upper-chip")
    assert isinstance(chip, Chip)
    assert (chip.power, chip.on) == (3.0, "upper-carrier")
    assert len(case.part) == 1 + len(PARTS)


def test_a_file_that_extends_keeps_and_changes_the_packages(tmp_path):
    family(tmp_path)
    child = write(
        tmp_path / "child" / "case.toml",
        'extends = "../lower/case.toml"\nwithout = ["upper-capacitor"]\n[[part]]\nname = "upper-chip"\npower = "2 W"\n',
    )
    case = load(child)
    assert {part.name for part in case.part} == {"board", *(f"upper-{n}" for n in PARTS if n != "capacitor")}
    assert case.part_named("upper-chip").power == 2.0


def test_a_package_is_left_out_by_its_name_or_set_beside_another(tmp_path):
    family(tmp_path)
    child = 'extends = "../lower/case.toml"\nwithout = ["upper"]\n'
    assert [part.name for part in load(write(tmp_path / "child" / "case.toml", child)).part] == ["board"]
    added = f'extends = "../lower/case.toml"\nwithout = ["upper-capacitor"]\n{PACKAGE.replace("upper", "more", 1)}'
    case = load(write(tmp_path / "child" / "case.toml", added.replace('"2 mm"', '"-7 mm"')))
    assert {"upper-chip", "more-chip", "more-capacitor"} <= {part.name for part in case.part}


def test_packages_nest(tmp_path):
    family(tmp_path)
    outer = (
        LOWER.replace("../upper", "../lower")
        .replace('name = "board"', 'name = "table"')
        .replace('on = "board"', 'on = "table"')
    )
    case = load(write(tmp_path / "outer" / "case.toml", outer))
    names = [part.name for part in case.part]
    assert names == ["table", "upper-board", *(f"upper-upper-{name}" for name in PARTS)]
    assert case.part_named("upper-upper-chip").on == "upper-upper-carrier"


VIAS = """
[[part]]
name = "lid"
kind = "tape"
on = "sink"
size = ["6 mm", "6 mm"]
thickness = "50 um"
material = "polyimide"
[part.leads]
material = "copper"
thickness = "20 um"
side = "top"
count = [2, 2]
pitch = "1 mm"
width = "0.5 mm"
length = "1 mm"

[[part]]
name = "vias"
kind = "vias"
between = ["carrier", "lid"]
material = "copper"
diameter = "0.2 mm"
places = [["-2.8 mm", "-2.8 mm"]]
"""


def test_what_names_parts_in_other_ways_is_renamed_too(tmp_path):
    upper = GOOD.replace('exposes = ["sink.top"]', 'on = "carrier"\nup_to = "lid"').replace(
        "\n[materials", VIAS + "\n[materials"
    )
    case = load(family(tmp_path, upper=upper))
    assert case.part_named("upper-mould").up_to == "upper-lid"
    assert case.part_named("upper-vias").between == ("upper-carrier", "upper-lid")
    assert place(case).parts["upper-vias"].box[2, 1] == place(case).parts["upper-lid"].box[2, 0]


# ---------------------------------------------------------------- faults
OTHER = '[materials.compound]\nclass = "resin"\nelectrical = "insulator"\nconductivity = "1 W/m/K"\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"../upper/case.toml"', '"../upper/cse.toml"', ["package[0].file", "does not exist; did you mean 'case"]),
        ('"../upper/case.toml"', '"/etc/passwd"', ["package[0].file", "is not a path relative to this file"]),
        ('"../upper/case.toml"', '"../../../x.toml"', ["package[0].file", "leaves the case's folder tree"]),
        ('"../upper/case.toml"', "5", ["package[0].file", "5 is not text"]),
        ('"../upper/case.toml"', '"case.toml"', ["package[0].file", "circle: lower/case.toml -> lower"]),
        ('on = "board"\nat', 'in = "board"\nat', ["package[0].in", "unknown key", "package[0].on", "missing"]),
        ('on = "board"\nat', 'on = "bord"\nat', ["part[0].on", "'bord' is not a part of this case", "'board'"]),
        ('at = ["2 mm", "-1 mm"]', "at = [2, 1]", ["package[0].at[0]", '2 has no unit; write "2 mm"']),
        ('name = "upper"', 'name = "5"', ["package[0].name", "'5' is no name"]),
        ("[[package]]", "[package]", ["package", "is not a list; write [[package]]"]),
        ("[[package]]", f"{PACKAGE}\n[[package]]", ["package[1].name", "is the name of another package"]),
        ('title = "Board with', 'package = [5]\ntitle = "Board with', ["is not TOML"]),
        ("\n[[part]]", f"\n{OTHER}[[part]]", ["package[0].file", "brings in 'compound', which is another material"]),
        ("\n[[part]]", f"\n{OTHER.replace('compound', 'copper')}[[part]]", ["package[0].file", "brings in 'copper'"]),
    ],
)  # fmt: skip
def test_a_faulty_package_is_told_where_it_stands(tmp_path, old, new, said):
    assert old in LOWER
    lower = LOWER.replace(old, new, 1)
    if "'copper'" in said[-1]:  # used on both sides, in the library there and of its own here
        lower = lower.replace('"fr4"', '"copper"')
    text = refused(family(tmp_path, lower))
    assert [part for part in said if part not in text] == [], text


def test_the_same_material_on_both_sides_is_no_clash(tmp_path):
    own = GOOD[GOOD.index("[materials") :]
    assert "compound" in load(family(tmp_path, LOWER + own)).materials


def test_a_fault_in_the_case_brought_in_is_told_there(tmp_path):
    text = refused(family(tmp_path, upper=GOOD.replace('power = "1 W"', "power = 1").replace('"5 W/m^2/K"', "5")))
    assert "../upper/case.toml: part[1].power" in text
    assert "environment" not in text  # left out with the environment


def test_a_case_brought_in_needs_one_root(tmp_path):
    text = refused(family(tmp_path, upper=GOOD.replace('under = "carrier"\n', "")))
    assert "has not one part without a relation, to stand on 'board', but 'carrier' and 'balls'" in text


def test_a_package_of_the_extended_case_is_not_brought_in_twice(tmp_path):
    family(tmp_path)
    child = write(tmp_path / "child" / "case.toml", f'extends = "../lower/case.toml"\n{PACKAGE}')
    assert "package[0].name" in (text := refused(child))
    assert "is in the extended case already; change its parts with [[part]]" in text


def test_files_that_bring_one_another_in_end_in_an_error(tmp_path):
    family(tmp_path, upper=LOWER.replace("../upper", "../lower"))
    text = refused(tmp_path / "lower" / "case.toml")
    assert "runs in a circle: lower/case.toml -> upper/case.toml -> lower/case.toml" in text
    for i in range(10):
        write(tmp_path / f"c{i}" / "case.toml", LOWER.replace("../upper", f"../c{i + 1}"))
    assert "more than 8 files in a row bring one another in" in refused(tmp_path / "c0" / "case.toml")


def test_packages_do_not_multiply_without_end(tmp_path):
    """Ten of ten of ten are 1,000 packages; no file is read that often before the limit of parts is told."""
    write(tmp_path / "c3" / "case.toml", GOOD)
    for i in range(3):
        tables = [re.sub('"upper"', f'"p{j}"', PACKAGE).replace("../upper", f"../c{i + 1}") for j in range(10)]
        write(tmp_path / f"c{i}" / "case.toml", LOWER.replace(PACKAGE, "\n".join(tables)))
    assert "parts; at most 500 are taken" in refused(tmp_path / "c0" / "case.toml")


def test_the_schema_knows_packages():
    schema = Draft202012Validator(Case.model_json_schema())
    text = json.dumps(Case.model_json_schema()["properties"]["package"])
    assert all(key in text for key in ("name", "file", "on", "at"))
    whole = {
        "title": "t",
        "environment": {"ambient": "25 degC"},
        "part": [{"name": "upper-chip", "power": "2 W"}],
        "package": [{"name": "upper", "file": "../upper/case.toml", "on": "board"}],
    }
    assert not list(schema.iter_errors(whole))
    assert list(schema.iter_errors({**whole, "package": [{"name": "upper"}]}))
    assert list(schema.iter_errors({key: value for key, value in whole.items() if key != "package"}))
