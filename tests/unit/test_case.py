"""Is a case the same from Python, from TOML and from what it writes out, and checked wherever it comes from?"""

import json
import tomllib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from tests.case_document import CAPACITOR, CARRIER, CHIP, COMPOUND, GONE, SINK, changed, good
from thermopkg.case.case import MATERIAL_FIELDS, Case, check
from thermopkg.case.environment import Adiabatic, Environment, FilmCondition, FixedTemperature
from thermopkg.case.load import from_document
from thermopkg.case.material import Material
from thermopkg.case.model import MaterialName
from thermopkg.case.part import Array, Layer
from thermopkg.case.parts import (
    KINDS,
    Balls,
    Block,
    Carrier,
    Chip,
    Encapsulant,
    HeatSink,
    Passive,
    Terminals,
)
from thermopkg.case.study import Reading, Study
from thermopkg.case.template import template_text, templates
from thermopkg.errors import CaseError
from thermopkg.package.placing import place
from thermopkg.units import mm, um


def block(name, **keys):
    return Block(name=name, size=(mm(1), mm(1), mm(1)), material="copper", **keys)


def cooled(*parts, **keys):
    environment = Environment(ambient="25 degC", top=FilmCondition(film="10 W/m^2/K"))
    return Case(**{"title": "Blocks", "part": parts, "environment": environment, "study": Study(metrics=()), **keys})


# ---------------------------------------------------------------- Python
def test_python_builds_the_case_that_toml_describes():
    case = Case(
        title="Small flip chip",
        study=Study(
            metrics=("theta_ja",),
            claims=("heat-sink/1",),
            reading=(Reading(name="bead", face="sink.top", size=(mm(1), mm(1))),),
        ),
        environment=Environment(
            ambient="25 degC",
            top=FilmCondition(film="500 W/m^2/K"),
            bottom=FilmCondition(film="10 W/m^2/K"),
            faces={"mould.sides": FilmCondition(film="5 W/m^2/K")},
        ),
        part=(
            Carrier(
                name="carrier",
                size=(mm(6), mm(6)),
                layers=(
                    Layer(material="copper", thickness=um(20), coverage=0.5),
                    Layer(material="bt-laminate", thickness=mm(0.3)),
                ),
            ),
            Chip(
                name="chip",
                on="carrier",
                size=(mm(2), mm(2), mm(0.3)),
                power="1 W",
                bumps=Array(material="sn63pb37", pitch=mm(0.5), diameter=mm(0.2), height=mm(0.1)),
            ),
            HeatSink(name="sink", over="chip", gap=mm(0.1), size=(mm(5), mm(5), mm(0.4)), material="copper"),
            Encapsulant(name="mould", material="compound", exposes=("sink.top",)),
            Balls(name="balls", under="carrier", material="sac305", pitch=mm(1), diameter=mm(0.5), height=mm(0.4)),
            Passive(
                name="capacitor",
                on="carrier",
                at=(mm(2), mm(0)),
                size=(mm(0.6), mm(0.3), mm(0.3)),
                material="mlcc-body",
                terminals=Terminals(material="nickel", length=mm(0.1)),
            ),
        ),
        materials={"compound": Material(class_="resin", electrical="insulator", conductivity="2.5 W/m/K")},
    )
    assert case == from_document(good())


def test_a_case_from_python_is_checked_when_it_is_built():
    with pytest.raises(CaseError) as error:
        cooled(
            block("one"),
            block("two"),
            Block(name="three", on="too", size=(mm(1), mm(1), mm(1)), material="coper"),
            environment=Environment(ambient="25 degC", faces={"for.top": Adiabatic()}),
            study=Study(metrics=("theta_ja",), reading=(Reading(name="one", part="five"),)),
        )
    assert {fault.path for fault in error.value.faults} == {
        "part",
        "part[2].on",
        "part[2].material",
        'environment.faces."for.top"',
        "environment",
        "study.reading[0].name",
        "study.reading[0].part",
        "study.metrics",
    }


def test_a_case_copied_with_changes_is_checked_before_anything_is_placed():
    case = cooled(block("one"), block("two", on="one"))
    unchecked = case.model_copy(update={"part": (block("one"), block("two"))})
    with pytest.raises(CaseError, match="exactly one part stands without a relation"):
        place(unchecked)
    assert place(case).parts.keys() == {"one", "two"}


def test_every_field_that_names_a_material_is_checked_for_cases_from_python():
    """MATERIAL_FIELDS names the fields by which a built case is searched; the models name them by their type."""
    mark = MaterialName.__metadata__[-1]

    def names_one(field):
        alternatives = get_args(field.annotation)  # of MaterialName | None, which keeps the mark inside
        return mark in field.metadata or any(mark in getattr(a, "__metadata__", ()) for a in alternatives)

    models = (*KINDS.values(), Layer, Array, Terminals)
    named = {name for model in models for name, field in model.model_fields.items() if names_one(field)}
    assert named == set(MATERIAL_FIELDS)


def test_a_case_cannot_be_changed():
    case = cooled(block("one"))
    with pytest.raises(ValidationError, match="frozen"):
        case.title = "other"
    with pytest.raises(ValidationError, match="frozen"):
        case.part[0].power = 5.0


def test_a_bare_number_is_refused_from_python_too():
    with pytest.raises(ValidationError, match=r'0.5 has no unit; write "0.5 mm"'):
        HeatSink(name="sink", size=(mm(1), mm(1), 0.5), material="copper")


def test_a_sound_case_passes_its_check_again():
    assert check(from_document(good())) is None


def test_parts_and_materials_are_found_by_their_names():
    case = from_document(good())
    assert case.part_named("sink").material == "copper"
    assert case.material_named("compound").conductivity.along().tolist() == [2.5] * 3
    assert case.known_materials["copper"] is case.material_named("copper")
    with pytest.raises(KeyError):
        case.part_named("no-such")


def test_what_takes_heat_has_a_temperature():
    """10 and 20 degC are 283.15 and 293.15 K; a film of nothing and an adiabatic face take no heat."""
    environment = Environment(
        ambient="10 degC",
        top=FilmCondition(film="10 W/m^2/K"),
        bottom=FixedTemperature(temperature="20 degC"),
        faces={"a.top": FilmCondition(film="0 W/m^2/K"), "b.top": FilmCondition(film="1 W/m^2/K", ambient="5 K")},
    )
    assert environment.temperatures() == {"top": 283.15, "bottom": 293.15, "b.top": 5.0}


# ---------------------------------------------------------------- writing out and reading back
lengths = st.floats(1e-5, 9e-4).map(lambda value: f"{value!r} m")
conductivities = st.floats(1e-3, 3e3).map(lambda value: f"{value!r} W/m/K")
conditions = st.one_of(
    st.builds(lambda film: {"film": f"{film!r} W/m^2/K"}, st.floats(0.1, 1e6)),
    st.just({"temperature": "25 degC"}),
    st.just({"adiabatic": True}),
)
changes = {
    f"{CHIP}.size.2": lengths,
    f"{SINK}.gap": lengths,
    f"{CAPACITOR}.power": st.just("0 W"),
    f"{CAPACITOR}.terminals": st.just(GONE),
    f"{CARRIER}.layers.0.coverage": st.floats(0.01, 1.0),
    f"{CHIP}.bumps.mask": st.lists(st.text("01", min_size=3, max_size=3), min_size=1).filter(
        lambda m: "1" in "".join(m)
    ),
    f"{CHIP}.bumps.rows": st.just(GONE) | st.integers(1, 9),
    COMPOUND: st.one_of(
        conductivities,
        st.builds(lambda a, b: {"in_plane": a, "through": b, "note": "as measured"}, conductivities, conductivities),
        st.builds(lambda a, b: [["0 degC", a], ["100 degC", b]], conductivities, conductivities),
    ),
    "environment.sides": conditions,
    "study.tolerance": st.floats(1e-3, 49.0).map(lambda value: f"{value!r} %"),
    "description": st.text(st.characters(blacklist_categories=("C", "Z"))),
}


@st.composite
def cases(draw):
    chosen = draw(st.sets(st.sampled_from(sorted(changes))))
    chosen -= {f"{CHIP}.bumps.rows"} if f"{CHIP}.bumps.mask" in chosen else set()
    drawn = [(where, draw(changes[where])) for where in sorted(chosen)]
    return from_document(changed(*[(w, v) for w, v in drawn if v is not GONE or w.endswith("terminals")]))


@given(cases())
def test_what_a_case_writes_out_reads_back_as_the_very_same_case(case):
    assert Case.model_validate(case.model_dump(by_alias=True)) == case
    assert from_document(json.loads(json.dumps(case.model_dump(by_alias=True, mode="json")))) == case
    assert Case.model_validate_json(case.model_dump_json(by_alias=True)) == case


# ---------------------------------------------------------------- the schema for editors
SCHEMA = Draft202012Validator(Case.model_json_schema())


def complaints(document):
    """Where the schema complains, innermost first."""
    found = list(SCHEMA.iter_errors(document))
    return {".".join(map(str, error.absolute_path)) for error in found} if found else set()


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA.schema)


@pytest.mark.parametrize("name", templates())
def test_the_schema_takes_the_templates(name):
    assert complaints(tomllib.loads(template_text(name))) == set()


@given(cases())
def test_the_schema_takes_every_case_that_is_written_out(case):
    assert complaints(json.loads(case.model_dump_json(by_alias=True, exclude_none=True))) == set()


@pytest.mark.parametrize(
    ("where", "value", "complaint"),
    [
        ("environment.ambient", 25, "environment.ambient"),
        ("environment.ambient", "25", "environment.ambient"),
        ("environment.ambient", GONE, "environment"),
        ("environment.top", {"film": "1 W/m^2/K", "temperature": "5 K"}, "environment.top"),
        ("environment.top", {}, "environment.top"),
        (f"{SINK}.thikness", "1 mm", "part.2"),
        (f"{SINK}.kind", "heatsink", "part.2"),
        (f"{SINK}.kind", GONE, "part.2"),
        (COMPOUND, 2.5, COMPOUND),
        (COMPOUND, GONE, "materials.compound"),
        ("study.refine", 7, "study.refine"),
        ("study.metrics", ["theta"], "study.metrics.0"),
        ("schema", 2, "schema"),
        ("titel", "x", ""),
        ("title", GONE, ""),
    ],
)
def test_the_schema_marks_what_is_wrong(where, value, complaint):
    assert complaints(changed((where, value))) == {complaint}


def test_the_schema_asks_less_of_a_file_that_extends_another():
    child = {
        "extends": "../common/base.toml",
        "without": ["capacitor"],
        "environment": {"top": {"film": "10 W/m^2/K"}},
        "materials": {"compound": {"conductivity": "3 W/m/K"}},
        "part": [{"name": "chip", "power": "2 W"}],
    }
    assert complaints(child) == set()
    assert complaints({key: child[key] for key in child if key != "extends"}) != set()
