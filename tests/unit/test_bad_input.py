"""Is every broken case refused, with its place, what was got and what is allowed? And is nothing good refused?"""

import copy
import time
import tomllib
import tracemalloc

import pytest

from tests.case_document import (
    BALLS,
    BUMPS,
    CAPACITOR,
    CARRIER,
    CHIP,
    CLAIMS,
    COMPOUND,
    GONE,
    GOOD,
    MOULD,
    PARTS,
    SINK,
    block,
    changed,
    good,
)
from thermopkg.case.load import from_document, load
from thermopkg.case.plausible import warnings
from thermopkg.errors import CaseError, GeometryError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.planning import fixed_grid, starting_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place


def examined(document):
    """Everything that happens to a case before it is solved."""
    case = from_document(document, claims=CLAIMS)
    package = place(case)
    coarse = paint(package, geometry_grid(package))
    check_connected(coarse)
    start = starting_grid(package, case.study, [])
    if case.study.refine is not None:
        fixed_grid(package, case.study, start, case.study.refine)
    return case


def bad(name, *rest):
    """A row of the table: its id, the edits, and what the error must say."""
    edits = [item for item in rest if isinstance(item, tuple)]
    return pytest.param(edits, [item for item in rest if isinstance(item, str)], id=name)


NUMBERS_AND_UNITS = [
    bad("bare float", (f"{SINK}.gap", 0.1), "part[2].gap", "0.1 has no unit", 'write "0.1 mm"'),
    bad("bare whole number", (f"{SINK}.gap", 1), "part[2].gap", "1 has no unit", 'write "1 mm"'),
    bad("bare number as text", (f"{SINK}.gap", "0.1"), "part[2].gap", "'0.1' has no unit", 'write "0.1 mm"'),
    bad("true for a length", (f"{SINK}.gap", True), "part[2].gap", "true is not a gap"),
    bad("a list for a length", (f"{SINK}.gap", ["1 mm"]), "part[2].gap", "is not a gap"),
    bad("a date for a power", (f"{CHIP}.power", tomllib.loads("a = 2020-01-01")["a"]), "part[1].power", "not a power"),
    bad("nothing at all", (f"{SINK}.material", None), "part[2].material", "is not text"),
    bad("empty text", (f"{CHIP}.power", ""), "part[1].power", "'' is not a number with a unit", 'like "1 W"'),
    bad("power in kilograms", (f"{CHIP}.power", "5 kg"), "part[1].power", "'5 kg' is in kg", "a power is wanted"),
    bad(
        "film in W/m/K", ("environment.top.film", "5 W/m/K"), "environment.top.film", "is a conductivity", '"5 W/m^2/K"'
    ),
    bad("millikelvin", (COMPOUND, "3 W/mK"), "materials.compound.conductivity", "mK is the millikelvin", '"3 W/m/K"'),
    bad("no such unit", (f"{CHIP}.power", "5 Wat"), "part[1].power", "'Wat' is not a unit"),
    bad("squared without a sign", ("environment.top.film", "5 W/m2/K"), "'W/m2/K' is not a unit", '"5 W/m^2/K"'),
    bad("endless powers", (f"{SINK}.gap", "1 m**9**9**9**9"), "part[2].gap", "is not a unit"),
    bad("code for a unit", (f"{SINK}.gap", '1 __import__("os")'), "part[2].gap", "is not a unit"),
    bad("endless text", (f"{SINK}.gap", "1 a" + " " * 200_000 + "!"), "part[2].gap", "too long"),
    bad("unicode minus", (f"{CAPACITOR}.at.0", "−2 mm"), "part[5].at[0]", 'write "-2 mm"'),
    bad("decimal comma", (f"{SINK}.gap", "0,1 mm"), "part[2].gap", "has a comma: the decimal mark is a point"),
    bad("thousands", (f"{CHIP}.power", "1,000 W"), "part[1].power", "thousands are not set apart"),
    bad("full-width digits", (f"{SINK}.gap", "０.１ mm"), "part[2].gap", 'write "0.1 mm"'),
    bad("hexadecimal", (f"{SINK}.gap", "0x10 mm"), "part[2].gap", "'x10 mm' is not a unit"),
    bad("underscore", (f"{SINK}.gap", "1_000 um"), "part[2].gap", "'_000 um' is not a unit"),
    bad("nan with a unit", (f"{CHIP}.power", "nan W"), "part[1].power", "not a finite number"),
    bad("infinity with a unit", (f"{CHIP}.power", "-inf W"), "part[1].power", "not a finite number"),
    bad("beyond floats", (f"{CHIP}.power", "1e999 W"), "part[1].power", "'1e999 W' is not a finite number"),
    bad("nan without a unit", (f"{CHIP}.power", float("nan")), "part[1].power", "nan is not a finite number"),
    bad("infinity for a share", (f"{CARRIER}.layers.0.coverage", float("inf")), "layers[0].coverage", "is no share"),
    bad("infinity for a factor", ("study.growth", float("inf")), "study.growth", "inf is not a finite number"),
    bad("nan for a factor", ("study.growth", float("nan")), "study.growth", "nan is not a finite number"),
    bad("true for a factor", ("study.growth", True), "study.growth", "true is not a number"),
    bad("coulomb", ("environment.ambient", "25 C"), "environment.ambient", "C is the coulomb", '"25 degC"'),
    bad("a difference", ("environment.ambient", "25 delta_degC"), "environment.ambient", "temperature difference"),
    bad("below absolute zero", ("environment.ambient", "-300 degC"), "environment.ambient", "between -273.15 and"),
    bad("negative kelvins", ("environment.ambient", "-1 K"), "environment.ambient", "absolute zero"),
    bad("zero thickness", (f"{CHIP}.size.2", "0 mm"), "part[1].size[2]", "must be greater than 0, got '0 mm'"),
    bad("negative size", (f"{SINK}.size.0", "-5 mm"), "part[2].size[0]", "must be greater than 0, got '-5 mm'"),
    bad("no gap left", (f"{SINK}.gap", "0 mm"), "part[2].gap", 'placed with on = "PART"'),
    bad("negative gap", (f"{SINK}.gap", "-0.1 mm"), "part[2].gap", "must be greater than 0, got '-0.1 mm'"),
    bad("thirty metres", (f"{CARRIER}.size.0", "30 m"), "part[0].size[0]", "out of range", "1e-06 and 10000 mm"),
    bad("perfect insulator", (COMPOUND, "0 W/m/K"), "compound.conductivity", "greater than 0", "adiabatic face"),
    bad("negative conductivity", (COMPOUND, "-3 W/m/K"), "compound.conductivity", "must be greater than 0, got '-3"),
    bad("negative film", ("environment.top.film", "-5 W/m^2/K"), "environment.top.film", "between 0 and"),
    bad("negative power", (f"{CHIP}.power", "-1 W"), "part[1].power", "'-1 W' is out of range"),
    bad("no tolerance", ("study.tolerance", "0 %"), "study.tolerance", "no finite mesh is exact"),
    bad("tolerance of 200 %", ("study.tolerance", "200 %"), "study.tolerance", "between 0.0001 and 50 %"),
    bad("refine below zero", ("study.refine", -1), "study.refine", "at least 0, got -1"),
    bad("refine too often", ("study.refine", 99), "study.refine", "at most 6, got 99"),
    bad("refine by half", ("study.refine", 1.5), "study.refine", "1.5 is not a whole number"),
    bad("refine by truth", ("study.refine", True), "study.refine", "true is not a whole number"),
    bad("refine as text", ("study.refine", "1"), "study.refine", "'1' is not a whole number"),
]

KEYS_AND_NAMES = [
    bad("unknown key", (f"{SINK}.thikness", "1 mm"), "part[2].thikness", "unknown key", "known here: name, on"),
    bad("misspelt key", (f"{CHIP}.powr", "1 W"), "part[1].powr", "unknown key; did you mean 'power'?"),
    bad("misspelt key inside", (f"{BUMPS}.diametre", "1 mm"), "part[1].bumps.diametre", "did you mean 'diameter'?"),
    bad("misspelt key at the top", ("enviroment", {}), "enviroment", "did you mean 'environment'?"),
    bad("misspelt condition", ("environment.tops", {"film": "1 W/m^2/K"}), "environment.tops", "did you mean 'top'?"),
    bad("key of another kind", (f"{SINK}.power", "1 W"), "part[2].power", "unknown key"),
    bad("missing key", (f"{CHIP}.bumps", GONE), "part[1].bumps", "missing"),
    bad("missing environment", ("environment", GONE), "environment", "missing"),
    bad("missing title", ("title", GONE), "title", "missing"),
    bad("missing ambient", ("environment.ambient", GONE), "environment.ambient", "missing"),
    bad("size of one number", (f"{CARRIER}.size", ["6 mm"]), "part[0].size[1]", "missing: 1 given, one more is wanted"),
    bad("size of four", (f"{CHIP}.size", ["1 mm"] * 4), "part[1].size", "has 4 entries; 3 are the most"),
    bad("size as text", (f"{CHIP}.size", "1 mm"), "part[1].size", "'1 mm' is not a list"),
    bad("no parts", ("part", []), "part", "is empty"),
    bad("parts as a table", ("part", {"chip": {}}), "part", "is not a list"),
    bad("a part as text", (CHIP, "chip"), "part[1]", "is not a table of keys and values"),
    bad("no layers", (f"{CARRIER}.layers", []), "part[0].layers", "is empty"),
    bad("endless layers", (f"{CARRIER}.layers", [{"material": "copper", "thickness": "1 um"}] * 65), "64 are the most"),
    bad(
        "unknown kind",
        (f"{SINK}.kind", "heatsink"),
        "part[2]",
        "'heatsink' is no kind of part; did you mean 'heat-sink'",
    ),
    bad("no kind", (f"{SINK}.kind", GONE), "part[2].kind", "missing; one of substrate, lead-frame, tape, board"),
    bad("kind as a list", (f"{SINK}.kind", ["chip"]), "part[2].kind", "is no kind of part"),
    bad(
        "unknown material", (f"{SINK}.material", "coper"), "part[2].material", "'coper' is not in the library", "copper"
    ),
    bad(
        "unknown material of a layer",
        (f"{CARRIER}.layers.1.material", "bt"),
        "part[0].layers[1].material",
        "bt-laminate",
    ),
    bad("unknown base", (f"{CHIP}.on", "carier"), "part[1].on", "'carier' is not a part of this case", "'carrier'"),
    bad(
        "unknown exposed part", (f"{MOULD}.exposes.0", "snk.top"), "part[3].exposes[0]", "'snk' is not a part", "'sink'"
    ),
    bad("unknown face", (f"{MOULD}.exposes.0", "sink.tip"), "part[3].exposes[0]", "'sink.tip' is no face", "'top'"),
    bad("face without a part", (f"{MOULD}.exposes.0", "top"), "part[3].exposes[0]", "'top' is no face; write PART.top"),
    bad("bottom exposed", (f"{MOULD}.exposes.0", "sink.bottom"), "part[3]", "only top faces"),
    bad(
        "unknown cooled part", ("environment.faces", {"snk.top": {"film": "1 W/m^2/K"}}), 'environment.faces."snk.top"'
    ),
    bad("unknown claim", ("study.claims.0", "heat-sink/99"), "study.claims[0]", "'heat-sink/99' is not a claim"),
    bad(
        "unknown metric",
        ("study.metrics.0", "theta_jx"),
        "study.metrics[0]",
        "'theta_jx' is not allowed; write 'theta_ja'",
    ),
    bad("unknown read part", ("study.reading.0", {"name": "r", "part": "chop"}), "reading[0].part", "mean 'chip'?"),
    bad("reading of nothing", ("study.reading.0", {"name": "r"}), "study.reading[0]", "names its place in one way"),
    bad(
        "reading on sides",
        ("study.reading.0", {"name": "r", "face": "sink.sides"}),
        "reading[0]",
        "top and bottom faces",
    ),
    bad("reading of a doubled name", ("study.reading.0.name", "chip"), "study.reading[0].name", "'chip' is taken"),
    bad("name with a slash", (f"{SINK}.name", "a/b"), "part[2].name", "'a/b' is no name: letters"),
    bad("name with a control character", (f"{SINK}.name", "a\x07"), "part[2].name", r"'a\x07' is no name"),
    bad("name with an escape sequence", (f"{SINK}.name", "\x1b[31mred"), "part[2].name", r"'\x1b[31mred' is no name"),
    bad("name with a formula", (f"{SINK}.name", "=cmd|' /C calc'!A0"), "part[2].name", "is no name"),
    bad("name of a device", (f"{SINK}.name", "NUL"), "part[2].name", "'NUL' is a device"),
    bad("name of a thousand letters", (f"{SINK}.name", "a" * 1000), "part[2].name", "at most 40 characters"),
    bad("name as a number", (f"{SINK}.name", 5), "part[2].name", "5 is not text; put it in quotes"),
    bad("title with an escape sequence", ("title", "\x1b]0;x\x07"), "title", "control character U+001B"),
    bad("title of two lines", ("title", "a\nb"), "title", "control character U+000A"),
    bad("empty title", ("title", ""), "title", "is empty"),
    bad("endless title", ("title", "a" * 201), "title", "has 201 characters; 200 are the most"),
    bad("another schema", ("schema", 99), "schema", "version 99", "reads version 1"),
    bad("schema as truth", ("schema", True), "schema", "true is not a whole number"),
    bad("doubled part", (f"{CAPACITOR}.name", "chip"), "part", "2 parts are called 'chip'"),
]

RELATIONS = [
    bad("two relations", (f"{CHIP}.under", "sink"), "part[1]", "is placed twice, by 'on' and by 'under'"),
    bad("gap without over", (f"{CHIP}.gap", "1 mm"), "part[1]", 'has a gap, which goes with over = "PART"'),
    bad("over without a gap", (f"{SINK}.gap", GONE), "part[2]", "has no gap; add gap"),
    bad(
        "two roots",
        (f"{CAPACITOR}.on", GONE),
        "part",
        "exactly one part stands without a relation",
        "'capacitor' have none",
    ),
    bad(
        "no root", (f"{CARRIER}.on", "chip"), "part", "exactly one part stands without a relation", "every part has one"
    ),
    bad("a circle", (f"{CARRIER}.on", "chip"), "the placing runs in a circle", "carrier", "chip"),
    bad("on itself", (f"{CAPACITOR}.on", "capacitor"), "'capacitor' is placed from itself"),
    bad("circle through a moulding", (f"{SINK}.over", "mould"), "runs in a circle", "mould", "sink"),
    bad(
        "chip over something",
        (f"{CHIP}.on", GONE),
        (f"{CHIP}.over", "carrier"),
        (f"{CHIP}.gap", "1 mm"),
        "flipped onto which",
    ),
    bad("chip on a moulding", (f"{CHIP}.on", "mould"), "part[1]", "stands on the moulding 'mould'"),
    bad(
        "balls afloat",
        (f"{BALLS}.under", GONE),
        (f"{BALLS}.over", "sink"),
        (f"{BALLS}.gap", "0.1 mm"),
        "part[4]",
        "hang from which part, or stand on which?",
    ),
    bad("moulding without a top", (f"{MOULD}.exposes", GONE), "part[3]", "needs its top in one way"),
    bad("moulding with two tops", (f"{MOULD}.height", "1 mm"), "part[3]", "needs its top in one way"),
    bad("moulding under", (f"{MOULD}.under", "carrier"), "part[3]", "stands on its carrier"),
    bad(
        "moulding of two carriers",
        (
            "part.6",
            {
                "name": "c2",
                "kind": "substrate",
                "under": "balls",
                "size": ["9 mm", "9 mm"],
                "layers": [{"material": "fr4", "thickness": "1 mm"}],
            },
        ),
        "part[3]",
        "stands on which carrier?",
    ),
]

PHYSICS = [
    bad("table unsorted", (COMPOUND, [["50 degC", "3 W/m/K"], ["25 degC", "2 W/m/K"]]), "table[1]", "order the rows"),
    bad("table with a row twice", (COMPOUND, [["50 degC", "3 W/m/K"]] * 2), "table[1]", "each once"),
    bad("table of one row", (COMPOUND, [["50 degC", "3 W/m/K"]]), "has 1 entry; at least 2 are wanted"),
    bad("table with a zero", (COMPOUND, [["5 degC", "3 W/m/K"], ["9 degC", "0 W/m/K"]]), "compound.conductivity[1][1]"),
    bad("two conductivities", (COMPOUND, {"value": "1 W/m/K", "in_plane": "1 W/m/K"}), "one conductivity is wanted"),
    bad("half orthotropic", (COMPOUND, {"in_plane": "1 W/m/K"}), "conductivity.through", "missing"),
    bad("conductivity of nothing", (COMPOUND, {}), "one conductivity is wanted"),
    bad("conductivity as a date", (COMPOUND, tomllib.loads("a = 2020-01-01")["a"]), "is not a conductivity"),
    bad("conductivity as truth", (COMPOUND, True), "true is not a conductivity"),
    bad(
        "unknown class", ("materials.compound.class", "plastic"), "materials.compound.class", "'plastic' is not allowed"
    ),
    bad("no coverage", (f"{CARRIER}.layers.0.coverage", 0), "part[0].layers[0].coverage", "0 is no share"),
    bad("coverage above one", (f"{CARRIER}.layers.0.coverage", 1.2), "layers[0].coverage", "1.2 is no share"),
    bad("coverage as truth", (f"{CARRIER}.layers.0.coverage", True), "layers[0].coverage", "true is no share"),
    bad(
        "coverage of all layers",
        (f"{CARRIER}.layers.1.coverage", 0.5),
        "part[0].layers[0]",
        "with what is the rest filled?",
    ),
    bad("all faces adiabatic", ("environment", {"ambient": "25 degC"}), "environment", "no heat path to any ambient"),
    bad("films of nothing", ("environment", {"ambient": "25 degC", "top": {"film": "0 W/m^2/K"}}), "no heat path"),
    bad(
        "cooled where nothing is bare",
        ("environment", {"ambient": "25 degC", "faces": {"chip.top": {"film": "1 W/m^2/K"}}}),
        "environment",
        "no exposed face",
    ),
    bad("two conditions", ("environment.top.temperature", "25 degC"), "environment.top", "one condition is wanted"),
    bad("no condition", ("environment.top", {}), "environment.top", "one condition is wanted"),
    bad("condition as text", ("environment.top", "10 W/m^2/K"), "environment.top", 'write { film = "10 W/m^2/K" }'),
    bad(
        "adiabatic = false",
        ("environment.top", {"adiabatic": False}),
        "environment.top.adiabatic",
        "false is not allowed",
    ),
    bad(
        "two ambients", ("environment.top.ambient", "50 degC"), "study.metrics", "theta_ja is undefined", "top 50 degC"
    ),
    bad(
        "theta without power",
        (f"{CHIP}.power", "0 W"),
        "study.metrics",
        "theta_ja needs one chip",
        "nothing makes heat",
    ),
    bad("limit without a unit", ("study.junction_limit", 110), "study.junction_limit", 'write "110 degC"'),
    bad("limit at the ambient", ("study.junction_limit", "25 degC"), "study.junction_limit", "colder than 25 degC"),
    bad(
        "limit below every coolant",
        ("study.junction_limit", "20 degC"),
        ("study.metrics", []),
        ("environment.top.ambient", "80 degC"),
        "study.junction_limit",
        "20 degC allows no power at all",
        "colder than 25 degC",
    ),
    bad(
        "limit without a chip",
        ("part", [block()]),
        ("study", {"junction_limit": "110 degC", "metrics": []}),
        ("environment.faces", {}),
        "study.junction_limit",
        "no chip in this case",
    ),
    bad("theta of two sources", (f"{CAPACITOR}.power", "1 W"), "study.metrics", "chip and capacitor make heat"),
    bad("theta of a capacitor", (f"{CHIP}.power", "0 W"), (f"{CAPACITOR}.power", "1 W"), "only capacitor makes heat"),
]

STILL, BLOWN = {"air": "still"}, {"air": "2 m/s"}
HELD, COOLED = {"temperature": "25 degC"}, {"film": "10 W/m^2/K"}
LEAKAGE = f"{CHIP}.leakage"


def region(condition):
    """A region on the sink, as the one of a case."""
    return ("environment.region", [{"name": "r", "face": "sink.top", "size": ["1 mm", "1 mm"], "condition": condition}])


AIR_AND_TEMPERATURE = [
    bad("still and moving air", ("environment.top", STILL), ("environment.bottom", BLOWN), "environment  air cannot",
        "top still, bottom 2 m/s", "give all faces in air the same"),
    bad("air with a speed beside", ("environment.top", {**STILL, "speed": "1 m/s"}), "environment.top.speed  unknown"),
    bad("air in two states", ("environment.top", {"air": ["still", "1 m/s"]}), "environment.top.air",
        "is no state of air", 'write air = "still"'),
    bad("calm air", ("environment.top", {"air": "calm"}), "environment.top.air", "'calm' is no state of air"),
    bad("air at no speed", ("environment.top", {"air": "0 m/s"}), "environment.top.air", 'air = "still"'),
    bad("air that flows back", ("environment.top", {"air": "-1 m/s"}), "environment.top.air", 'air = "1 m/s"'),
    bad("a speed without a unit", ("environment.top", {"air": 1.0}), "environment.top.air", 'air = "1 m/s"'),
    bad("a gale", ("environment.top", {"air": "1000 m/s"}), "environment.top.air", "between 0.001 and 100 m/s"),
    bad("film and air", ("environment.top", {**COOLED, **STILL}), "environment.top", "one condition is wanted"),
    bad("film and temperature", ("environment.top", {**COOLED, **HELD}), "environment.top", "one condition is wanted"),
    bad("two airs of other temperatures", ("environment.top", {**STILL, "ambient": "40 degC"}),
        ("environment.bottom", STILL), "study.metrics", "top 40 degC, bottom 25 degC", "make them equal"),
    bad("theta_jma in still air", ("environment.top", STILL), ("environment.bottom", STILL),
        ("study.metrics", ["theta_jma"]), "study.metrics  theta_jma is of moving air", 'write air = "1 m/s"',
        "ask for theta_ja"),
    bad("emissivity above one", ("environment.top", {**STILL, "emissivity": 1.2}), "environment.top.emissivity  1.2 is",
        "from 0 (a perfect mirror) to 1 (black)"),
    bad("emissivity below zero", ("environment.top", {**STILL, "emissivity": -0.1}), "top.emissivity  -0.1 is"),
    bad("film that radiates less than nothing", ("environment.top", {**COOLED, "emissivity": -0.5}),
        "environment.top.emissivity  -0.5 is no emissivity"),
    bad("emissivity in percent", ("environment.top", {**STILL, "emissivity": "90 %"}), "environment.top.emissivity",
        "write a number from 0"),
    bad("held face that radiates", ("environment.top", {**HELD, "emissivity": 0.5}), "environment.top.emissivity",
        "unknown key"),
    bad("emissivity of a material without a unit", ("materials.compound.emissivity", 0.88), "compound.emissivity",
        'write "88 %"'),
    bad("emissivity of a material above one", ("materials.compound.emissivity", "150 %"), "compound.emissivity",
        "between 0 and 100 %"),
    bad("too high for the standard atmosphere", ("environment.altitude", "20 km"), "environment.altitude",
        "between -500 and 11000 m"),
    bad("too low", ("environment.altitude", "-1 km"), "environment.altitude", "between -500 and 11000 m"),
    bad("altitude without a unit", ("environment.altitude", 1500), "environment.altitude", 'write "1500 m"'),
    bad("film in a region of a held face", ("environment.top", HELD), region(COOLED), "environment.region[0].condition",
        "all of 'sink.top' is held at 25 degC", "hold a region instead"),
    bad("region with two conditions", region({**COOLED, **HELD}), "environment.region[0].condition",
        "one condition is wanted"),
    bad("region in air", region(STILL), "environment.region[0].condition", "a region takes a film without emissivity"),
    bad("theta_jb without a board", ("study.metrics", ["theta_jb"]), "study.metrics  theta_jb reads the board's",
        "add a part of kind board"),
    bad("psi_jb without a board", ("study.metrics", ["psi_jb"]), "study.metrics  psi_jb reads the board's",
        "add a part of kind board"),
    bad("leakage without doubling", (LEAKAGE, {"power": "0.5 W"}), "part[1].leakage.doubling  missing"),
    bad("leakage that doubles at once", (LEAKAGE, {"power": "0.5 W", "doubling": "0 K"}), "part[1].leakage.doubling",
        "must be greater than 0"),
    bad("doubling as a temperature", (LEAKAGE, {"power": "0.5 W", "doubling": "25 degC"}), "part[1].leakage.doubling",
        "a temperature difference is wanted: write it in K"),
    bad("leakage below zero", (LEAKAGE, {"power": "-1 W", "doubling": "25 K"}), "leakage.power", "out of range"),
    bad("round and over temperature", ("study.temperature_dependent", True), ("study.round", True),
        "study.temperature_dependent  does not go with round = true", "leave one out"),
    bad("heat capacity unsorted",
        ("materials.compound.heat_capacity", [["50 degC", "8 J/kg/K"], ["25 degC", "9 J/kg/K"]]),
        "compound.heat_capacity  table[1]", "order the rows"),
    bad("power law of nothing", (COMPOUND, {"value": "2 W/m/K", "exponent": -1.0}), "conductivity.reference  missing"),
    bad("power law too steep", (COMPOUND, {"value": "2 W/m/K", "reference": "300 K", "exponent": -50.0}),
        "compound.conductivity.exponent", "at least -5"),
    bad("sheet in air that stands", ("datasheet.speeds", ["0 m/s"]), "datasheet.speeds[0]", "greater than 0"),
    bad("sheet on another board", ("datasheet.in_wind", ["3s"]), "datasheet.in_wind[0]", "write '1s' or '2s2p'"),
    bad("sheet of no joints", ("datasheet.joints", 0), "datasheet.joints", "at least 1, got 0"),
    bad("coverage above the whole", ("datasheet.densest", 1.2), "datasheet.densest", "at most 1"),
    bad("published twice", ("datasheet.published", {"theta_jb": {"value": "1 K/W", "below": "2 K/W", "source": "x"}}),
        "datasheet.published.theta_jb", "is given in one way"),
    bad("published without a source", ("datasheet.published", {"theta_jb": {"value": "1 K/W"}}),
        "datasheet.published.theta_jb.source  missing"),
]  # fmt: skip

GEOMETRY = [
    bad(
        "bumps as wide as the pitch", (f"{BUMPS}.diameter", "0.5 mm"), "part[1].bumps", "0.5 mm is not below the pitch"
    ),
    bad("no bumps", (f"{BUMPS}.count", [0, 5]), "part[1].bumps.count[0]", "at least 1, got 0"),
    bad("negative count", (f"{BUMPS}.count", [4, -5]), "part[1].bumps.count[1]", "at least 1, got -5"),
    bad("endless count", (f"{BUMPS}.count", [10**20, 4]), "part[1].bumps.count[0]", "at most 100000"),
    bad("count as float", (f"{BUMPS}.count", [1e20, 4]), "part[1].bumps.count[0]", "1e+20 is not a whole number"),
    bad("count as truth", (f"{BUMPS}.count", [True, 4]), "part[1].bumps.count[0]", "true is not a whole number"),
    bad("too many joints", (f"{BALLS}.pitch", "1 um"), (f"{BALLS}.diameter", "0.5 um"), "at most 250,000 are taken"),
    bad(
        "bumps beyond the chip",
        (f"{BUMPS}.count", [5, 4]),
        "part 'chip'",
        "5 by 4 bumps",
        "stick out of the chip by 0.08",
    ),
    bad(
        "pitch above the face",
        (f"{BUMPS}.pitch", "3 mm"),
        "part 'chip'",
        "pitch of 3 mm is larger than the face of 2 mm",
    ),
    bad("joint above the face", (f"{BALLS}.pitch", "9 mm"), (f"{BALLS}.diameter", "8 mm"), "not one joint fits"),
    bad("ragged mask", (f"{BUMPS}.mask", ["111", "11"]), "part[1].bumps.mask", "row 1 has 2 places and row 0 has 3"),
    bad("mask of other signs", (f"{BUMPS}.mask", ["1x1"]), "part[1].bumps.mask", "row 0 is '1x1'; only 1"),
    bad("empty mask", (f"{BUMPS}.mask", []), "part[1].bumps.mask", "is empty"),
    bad("mask of none", (f"{BUMPS}.mask", ["00"]), "part[1].bumps.mask", "keeps no joint"),
    bad(
        "mask and count",
        (f"{BUMPS}.mask", ["11"]),
        (f"{BUMPS}.count", [3, 1]),
        "part[1].bumps",
        "leave one of them out",
    ),
    bad("mask and rows", (f"{BUMPS}.mask", ["11"]), (f"{BUMPS}.rows", 1), "part[1].bumps", "both rows and a mask"),
    bad(
        "overlap",
        (f"{CAPACITOR}.at", ["1.2 mm", "0 mm"]),
        "'chip' and 'capacitor.terminals' overlap by 0.1 mm by 0.3 mm",
    ),
    bad(
        "sticks out",
        (f"{CAPACITOR}.at", ["2.9 mm", "0 mm"]),
        "part 'capacitor'",
        "out of 'carrier' by 0.2 mm at high x",
    ),
    bad("chip sticks out", (f"{CHIP}.size", ["7 mm", "2 mm", "0.3 mm"]), "by 0.5 mm at low x, 0.5 mm at high x"),
    bad("beside, not over", (f"{SINK}.at", ["9 mm", "0 mm"]), "part 'sink'", "lies beside 'chip', not over it"),
    bad(
        "passive through the mould",
        (f"{CAPACITOR}.size.2", "1 mm"),
        "part 'mould'",
        "0.1 mm below the top of 'capacitor'",
    ),
    bad("mould below its carrier", (f"{MOULD}.exposes", ["carrier.top"]), "part 'mould'", "has no height"),
    bad(
        "mould of two heights",
        (f"{MOULD}.exposes", ["sink.top", "chip.top"]),
        "faces at different heights",
        "chip at 0.4 mm",
    ),
    bad(
        "mould wider than its carrier",
        (f"{MOULD}.size", ["8 mm", "6 mm"]),
        "part 'mould'",
        "out of 'carrier' by 1 mm at low x",
    ),
    bad(
        "nothing under the sink",
        (MOULD, block(name="mould", on="capacitor", size=["0.2 mm", "0.2 mm", "0.1 mm"])),
        ("environment.faces", {}),
        "'sink' floats",
        "0.1 mm of nothing lie between it and 'chip'",
    ),
    bad("terminals without a body", (f"{CAPACITOR}.terminals.length", "0.3 mm"), "part[5]", "leave nothing of a body"),
    bad(
        "reading beyond its face",
        ("study.reading.0.at", ["2.2 mm", "0 mm"]),
        "study.reading[0]",
        "0.2 mm beyond 'sink.top'",
    ),
    bad("too many cells", ("study.largest_step", ["0.1 um", "0.1 um"]), "study.largest_step", "cells", "are free"),
    bad("too many halvings", ("study.largest_step", ["20 um", "20 um"]), ("study.refine", 6), "study.refine", "GB"),
]


BROKEN = [*NUMBERS_AND_UNITS, *KEYS_AND_NAMES, *RELATIONS, *PHYSICS, *AIR_AND_TEMPERATURE, *GEOMETRY]


@pytest.mark.parametrize(("edits", "said"), BROKEN)
def test_a_broken_case_is_refused_with_place_and_remedy(edits, said):
    with pytest.raises(CaseError) as error:
        examined(changed(*edits))
    text = str(error.value)
    assert [fragment for fragment in said if fragment not in text] == [], text
    assert all(character.isprintable() or character == "\n" for character in text)


def test_the_case_that_the_table_breaks_is_sound():
    assert [part.name for part in examined(good()).part] == list(PARTS)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    document = GOOD.replace('gap  = "0.1 mm"', "gap = 0.1").replace('material = "copper"\n\n', 'material = "coper"\n\n')
    document = document.replace('over = "chip"', 'over = "chip"\nthikness = "1 mm"')  # three in one part
    document = document.replace('on = "carrier"\nat', 'on = "capacitor"\nat')
    document = document.replace("top     = { film", 'ambiant = "1 K"\ntop     = { film')
    document = document.replace('title = "Small flip chip"', 'title = "Small flip chip"\nschema = 2')
    case = tmp_path / "case.toml"
    case.write_text(document, encoding="utf-8")
    with pytest.raises(CaseError) as error:
        load(case)
    assert {(fault.path, fault.message.partition(";")[0]) for fault in error.value.faults} == {
        ("part[2].gap", "0.1 has no unit"),
        ("part[2].material", "'coper' is not in the library"),
        ("part[2].thikness", "unknown key"),
        ("part", "'capacitor' is placed from itself"),
        ("environment.ambiant", "unknown key"),
        ("schema", "version 2 of the case format is unknown"),
    }
    assert error.value.source == str(case)


def test_faults_across_the_case_are_told_beside_those_of_a_part():
    document = changed(
        (f"{SINK}.thikness", "1 mm"),
        ("environment", {"ambient": "25 degC", "faces": {"snk.top": {"adiabatic": True}}}),
        (f"{CAPACITOR}.on", "capacitor"),
    )
    with pytest.raises(CaseError) as error:
        from_document(document)
    assert [fault.path for fault in error.value.faults] == [
        "part[2].thikness",
        'environment.faces."snk.top"',
        "part",
    ]
    document["environment"]["faces"] = {}
    with pytest.raises(CaseError) as error:
        from_document(document)
    assert [fault.path for fault in error.value.faults] == ["part[2].thikness", "part", "environment"]


def test_a_case_of_endless_faults_tells_the_first_and_counts_the_rest():
    document = {**good(), **{f"key{i}": 1 for i in range(1000)}}
    with pytest.raises(CaseError, match="and 800 more faults"):
        from_document(document)


@pytest.mark.parametrize("joints", [300, 500])
def test_two_full_arrays_in_one_place_are_found_fast_and_small(joints):
    """Each pair of chips holds up to 250,000 bumps; comparing each with each would take 10^10 steps and 10^12 bytes."""
    pitch = 2.0 / joints
    bumps = {"pitch": f"{pitch} mm", "diameter": f"{pitch / 2} mm", "height": "0.1 mm", "material": "sac305"}
    second = {**good()["part"][1], "name": "second", "bumps": bumps}
    document = changed((BUMPS, bumps), ("part.6", second), ("study.metrics", []))
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(GeometryError, match=rf"'chip.bumps' and 'second.bumps' overlap .*\({joints**2:,} places"):
        place(from_document(document))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - began < 10  # 2 s on an idle machine, tracing included
    assert peak < 500e6


# ---------------------------------------------------------------- what must pass
ACCEPTED = {
    "diamond-like conductivity": [(COMPOUND, "2200 W/m/K"), ("materials.compound.class", "ceramic")],
    "bond line of 5 um": [(f"{SINK}.gap", "5 um")],
    "layer of 5 um": [(f"{CARRIER}.layers.0.thickness", "5 um")],
    "film on one face": [("environment", {"ambient": "25 degC", "bottom": {"film": "10 W/m^2/K"}})],
    "held temperature": [("environment", {"ambient": "25 degC", "bottom": {"temperature": "25 degC"}})],
    "chip without power": [(f"{CHIP}.power", "0 W"), ("study.metrics", [])],
    "source over the whole face": [
        (f"{CHIP}.size", ["6 mm", "6 mm", "0.3 mm"]),
        (SINK, block(name="sink", on="chip")),
        (CAPACITOR, block(name="capacitor", on="sink")),
        ("environment.faces", {}),
    ],
    "parts that touch": [("part.6", block(on="carrier", at=["-1.5 mm", "0 mm"]))],
    "die of 0.02 mm": [(f"{CHIP}.size.2", "0.02 mm"), (f"{CAPACITOR}.size.2", "0.15 mm")],
    "cold surroundings": [("environment.ambient", "-55 degC")],
    "kelvin": [("environment.ambient", "298.15 K")],
    "other spellings": [(f"{SINK}.gap", "1e-4 m"), (f"{CHIP}.power", "1000mW"), ("environment.ambient", "77 °F")],
    "imperial": [(f"{SINK}.gap", "4 mil"), (f"{SINK}.size", ["0.2 in", "0.2 inch", "16 mil"])],
    "names of other scripts": [("title", "Gehäuse für Ωmega – 封装 №1"), (f"{CAPACITOR}.name", "Kondensator_größe-β")],
    "single ball": [(f"{BALLS}.pitch", "9 mm"), (f"{BALLS}.count", [1, 1])],
}


@pytest.mark.parametrize("edits", ACCEPTED.values(), ids=ACCEPTED)
def test_an_unusual_case_passes_without_a_warning(edits):
    assert warnings(examined(changed(*edits))) == ()


def test_the_order_of_keys_and_parts_changes_no_place():
    document = good()
    turned = {key: document[key] for key in reversed(document)}
    turned["part"] = [{key: part[key] for key in reversed(part)} for part in reversed(copy.deepcopy(document["part"]))]
    first, second = place(from_document(document)), place(from_document(turned))
    assert {name: part.box.tolist() for name, part in first.parts.items()} == {
        name: part.box.tolist() for name, part in second.parts.items()
    }
    assert sorted((s.name, s.volume) for s in first.solids) == sorted((s.name, s.volume) for s in second.solids)


def test_parts_that_are_all_faulty_are_not_called_missing() -> None:
    with pytest.raises(CaseError) as error:
        from_document({"title": "t", "environment": {"ambient": "25 degC"}, "part": [{"name": "a", "kind": "no"}]})
    assert "part[0].kind" in str(error.value)
    assert "empty" not in str(error.value)
