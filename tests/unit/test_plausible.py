"""Is a slip of the pen pointed out, with the likely meaning, and is nothing that is met in practice?"""

import pytest

from tests.case_document import BUMPS, CAPACITOR, CARRIER, CHIP, COMPOUND, MOULD, SINK, changed, good
from thermopkg.case.load import from_document
from thermopkg.case.material import library, library_names
from thermopkg.case.plausible import warnings


def test_a_common_package_gives_no_cause_for_comment():
    assert warnings(from_document(good())) == ()


# Each value is an ordinary one written in the wrong unit, so the meaning that must be named is known.
@pytest.mark.parametrize(
    ("edits", "path", "said"),
    [
        (
            [(f"{CHIP}.size.2", "300 mm")],
            "part 'chip'.size[2]",
            "300 mm: chips are 20 um to 1.5 mm thick; did you mean 300 um?",
        ),
        ([(f"{CHIP}.size.2", "0.3 um")], "part 'chip'.size[2]", "did you mean 0.3 mm?"),
        ([(f"{CHIP}.size.2", "1.6 mm")], "part 'chip'.size[2]", "1.6 mm: chips are"),
        ([(f"{SINK}.gap", "100 mm")], "part 'sink'.gap", "gaps are 5 um to 2 mm; did you mean 100 um?"),
        ([(f"{SINK}.gap", "1 um")], "part 'sink'.gap", "1 um: gaps are"),
        ([(f"{CARRIER}.size", ["600 mm", "6 mm"])], "part 'carrier'.size[0]", "packages are 1 mm to 150 mm wide"),
        ([(f"{CARRIER}.layers.0.thickness", "20 mm")], "part 'carrier'.layers[0].thickness", "did you mean 20 um?"),
        ([(f"{MOULD}.size", ["6 mm", "0.5 mm"])], "part 'mould'.size[1]", "0.5 mm: packages are"),
        (
            [(f"{CHIP}.power", "500 W")],
            "part 'chip'.power",
            "12,500 W/cm^2, more than any chip stands; did you mean 500 mW?",
        ),
        ([(f"{CHIP}.power", "41 W")], "part 'chip'.power", "1,025 W/cm^2"),  # on 2 by 2 mm
        ([("environment.ambient", "298 degC")], "environment.ambient", "kelvin? Then write 298 K"),
        ([("environment.ambient", "25 K")], "environment.ambient", "degrees Celsius? Then write 25 degC"),
        ([("environment.ambient", "600 degC")], "environment.ambient", "600 degC are unusual surroundings"),
        (
            [("environment.bottom", {"temperature": "-120 degC"}), ("study.metrics", [])],
            "environment.bottom.temperature",
            "-120",
        ),
        ([("environment.top.film", "0.15 W/m^2/K")], "environment.top.film", "0.15 W/cm^2/K would be 1500 W/m^2/K"),
        ([("environment.top.film", "1e6 W/m^2/K")], "environment.top.film", "for an ideal cold plate write"),
        (
            [("environment.faces", {"sink.top": {"film": "1e6 W/m^2/K"}})],
            'environment.faces."sink.top".film',
            "cold plate",
        ),
        (
            [(COMPOUND, "0.39 W/m/K"), ("materials.compound.class", "metal")],
            "materials.compound.conductivity",
            "0.39 W/mm/K would be 390 W/m/K",
        ),
        (
            [(COMPOUND, "390 W/cm/K"), ("materials.compound.class", "metal")],
            "materials.compound.conductivity",
            "did you mean 390 W/m/K?",
        ),
        (
            [(COMPOUND, {"in_plane": "2 W/m/K", "through": "2 mW/m/K"})],
            "materials.compound.conductivity",
            "0.002 W/m/K",
        ),
        (
            [("materials.copper", {"class": "metal", "electrical": "conductor", "conductivity": "350 W/m/K"})],
            "materials.copper",
            "hides the library's 'copper'",
        ),
    ],
)
def test_a_slip_is_pointed_out_with_its_likely_meaning(edits, path, said):
    found = warnings(from_document(changed(*edits)))
    assert [fault.path for fault in found] == [path]
    assert said in found[0].message


@pytest.mark.parametrize(
    "edits",
    [
        [(f"{CHIP}.size.2", "0.02 mm")],
        [(f"{CHIP}.size.2", "1.5 mm")],
        [(f"{SINK}.gap", "5 um")],
        [(f"{SINK}.gap", "2 mm")],
        [(f"{CHIP}.power", "39 W")],
        [("environment.ambient", "-55 degC")],
        [("environment.ambient", "200 degC")],
        [("environment.top.film", "5 W/m^2/K")],
        [("environment.top.film", "1e5 W/m^2/K")],
        [("environment.top.film", "0 W/m^2/K")],
        [("materials.compound.class", "ceramic"), (COMPOUND, "2200 W/m/K")],
        [(f"{BUMPS}.height", "20 um")],
        [(f"{CAPACITOR}.size", ["0.4 mm", "0.2 mm", "0.2 mm"])],
    ],
)
def test_the_ends_of_practice_give_no_cause_for_comment(edits):
    assert warnings(from_document(changed(*edits))) == ()


@pytest.mark.parametrize("name", library_names())
def test_a_material_of_the_library_is_ordinary_under_another_name(name):
    record = library()[name].model_dump(by_alias=True, exclude={"aliases"})
    assert warnings(from_document(changed(("materials.compound", record)))) == ()


# ---------------------------------------------------------------- air
IN_AIR = [("environment.top", {"air": "still"})]
BOARD = {
    "name": "board", "kind": "board", "under": "balls", "size": ["20 mm", "20 mm"],
    "layers": [{"material": "fr4", "thickness": "1.6 mm"}],
}  # fmt: skip


def on_board(*edits):
    document = changed(*edits)
    return {**document, "part": [*document["part"], BOARD]}


def test_an_open_gap_under_a_package_in_air_is_pointed_out():
    (found,) = warnings(from_document(on_board(*IN_AIR)))
    assert found.path == "part 'balls'.fill"
    assert 'write fill = "air"' in found.message
    assert warnings(from_document(on_board(*IN_AIR, ("part.4.fill", "air")))) == ()
    assert warnings(from_document(on_board())) == ()  # a film is what it is


def test_an_altitude_without_air_is_pointed_out():
    (found,) = warnings(from_document(changed(("environment.altitude", "1500 m"))))
    assert found.path == "environment.altitude"
    assert warnings(from_document(changed(*IN_AIR, ("environment.altitude", "1500 m")))) == ()
