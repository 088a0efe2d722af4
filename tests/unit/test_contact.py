"""Is a contact read, merged and refused as other arrays are, laid where its parts touch, and seen by nothing else?"""

import json

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.case_document import GOOD, good, write
from tests.unit.test_width import assert_whole
from thermopkg import workflow
from thermopkg.answer.answer import wanted_places
from thermopkg.case.case import Case
from thermopkg.case.contact import Contact
from thermopkg.case.load import from_document, load
from thermopkg.claims.chart import chart, claim_names
from thermopkg.claims.removal import left_out
from thermopkg.errors import CaseError, GeometryError
from thermopkg.explore.family import unsupported
from thermopkg.explore.parameters import parameter, value_of, with_value
from thermopkg.mesh.contact import touching_areas
from thermopkg.mesh.contents import contents
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.planning import fixed_grid
from thermopkg.mesh.voxel import paint
from thermopkg.package.interfaces import LAYER
from thermopkg.package.placing import place

JOINT = {"between": ["sink", "mould"], "resistance": "10 mm^2*K/W"}
PATCH = {"size": ["0.5 mm", "0.5 mm"], "resistance": "open"}


def with_contacts(*contacts, **more):
    return {**good(), "contact": list(contacts), **more}


def refused(document):
    with pytest.raises(CaseError) as error:
        from_document(document)
    return str(error.value)


# ---------------------------------------------------------------- the language
def test_a_contact_is_read_in_si_and_written_again():
    case = from_document(with_contacts({**JOINT, "voids": "5 %", "patch": [PATCH]}))
    (contact,) = case.contact
    assert contact.resistance == 1e-5
    assert contact.through == pytest.approx(1e-5 / 0.95, rel=1e-14)
    assert contact.patch[0].resistance == "open"
    again = case.model_dump(by_alias=True, exclude_none=True, mode="json")
    assert from_document(again) == case


@pytest.mark.parametrize(
    ("table", "through"),
    [
        ({"resistance": "open"}, np.inf),
        ({"voids": "100 %"}, np.inf),
        ({"voids": "100 %", "void_resistance": "1 mm^2*K/W"}, 1e-6),
        ({"resistance": "10 mm^2*K/W", "voids": "50 %", "void_resistance": "30 mm^2*K/W"}, 1.5e-5),
        ({"patch": [PATCH]}, 0.0),
    ],
)
def test_shares_of_an_interface_lie_side_by_side(table, through):
    """1 / (1/2 / 10 + 1/2 / 30) = 15 mm^2 K/W in the fourth."""
    assert Contact(between=("a", "b"), **table).through == pytest.approx(through, rel=1e-14)


BAD = {
    "no unit": ({**JOINT, "resistance": "10"}, "contact[0].resistance", '"10 mm^2*K/W"', 'or "open"'),
    "a film": ({**JOINT, "resistance": "10 W/m^2/K"}, "is a film coefficient; a resistance of an area is wanted"),
    "zero": ({**JOINT, "resistance": "0 mm^2*K/W"}, "must be greater than 0", "have none between them as it is"),
    "one part": ({**JOINT, "between": ["sink"]}, "contact[0].between[1]", "missing: 1 given, one more is wanted"),
    "itself": ({**JOINT, "between": ["sink", "sink"]}, "contact[0]", "names 'sink' twice"),
    "unknown part": ({**JOINT, "between": ["sink", "mold"]}, "contact[0].between[1]", "'mold' is not a part of"),
    "unknown key": ({**JOINT, "void": "5 %"}, "contact[0].void", "unknown key; close: voids"),
    "nothing": ({"between": ["sink", "mould"]}, "contact[0]", "says nothing of its interface"),
    "void of nothing": ({"between": ["sink", "mould"], "voids": "5 %"}, "beside an interface of no resistance"),
    "void of what is open": ({**JOINT, "resistance": "open", "voids": "5 %"}, "is open all over"),
    "void resistance alone": ({**JOINT, "void_resistance": "1 mm^2*K/W"}, 'goes with voids = "5 %"'),
    "voids beyond all": ({**JOINT, "voids": "120 %"}, "contact[0].voids", "between 0 and 100 %"),
    "patch without size": ({**JOINT, "patch": [{"resistance": "open"}]}, "contact[0].patch[0].size", "missing"),
    "patch upright": ({**JOINT, "faces": "vertical", "patch": [PATCH]}, "drawn on horizontal faces"),
    "no such faces": ({**JOINT, "faces": "top"}, "contact[0].faces", "'top' is not allowed"),
}  # fmt: skip


@pytest.mark.parametrize(("table", "told"), [(table, told) for table, *told in BAD.values()], ids=list(BAD))
def test_a_contact_that_makes_no_sense_is_refused_with_its_place(table, told):
    message = refused(with_contacts(table))
    assert all(text in message for text in told), message


def test_one_pair_has_one_contact_and_all_faults_are_told_at_once():
    message = refused(
        with_contacts(JOINT, {**JOINT, "between": ["mould", "sink"]}, {**JOINT, "between": ["sink", "x"]})
    )
    told = [" ".join(line.split()) for line in message.splitlines()]
    assert any(t.startswith("contact[1].between 'mould' and 'sink' have a contact already, contact[0]") for t in told)
    assert any(t.startswith("contact[2].between[1] 'x' is not a part of this case") for t in told)


def test_the_schema_knows_contacts():
    schema = Draft202012Validator(Case.model_json_schema(by_alias=True))
    sound = json.loads(json.dumps(with_contacts({**JOINT, "patch": [PATCH]})))
    assert not list(schema.iter_errors(sound))
    assert list(schema.iter_errors({**sound, "contact": [{"resistance": "open"}]}))


# ---------------------------------------------------------------- files
BASE = GOOD + '\n[[contact]]\nbetween = ["sink", "mould"]\nresistance = "10 mm^2*K/W"\nvoids = "5 %"\n'


def test_contacts_of_an_extended_case_merge_by_their_pair(tmp_path):
    write(tmp_path / "base.toml", BASE)
    child = write(
        tmp_path / "case.toml",
        'extends = "base.toml"\n[[contact]]\nbetween = ["mould", "sink"]\nresistance = "20 mm^2*K/W"\n'
        '[[contact]]\nbetween = ["chip", "mould"]\nresistance = "open"\n',
    )
    first, second = load(child).contact
    assert (set(first.between), first.resistance, first.voids) == ({"sink", "mould"}, 2e-5, 5.0)
    assert (set(second.between), second.resistance) == ({"chip", "mould"}, "open")


def test_a_fault_stands_where_the_file_has_it(tmp_path):
    write(tmp_path / "base.toml", BASE)
    child = 'extends = "base.toml"\n[[contact]]\nbetween = ["chip", "mould"]\nresistance = "1 m"\n'
    with pytest.raises(CaseError) as error:
        load(write(tmp_path / "case.toml", child))
    assert "contact[0].resistance" in str(error.value)  # of this file, though the second of the case
    write(tmp_path / "base.toml", BASE.replace('"5 %"', '"500 %"'))
    with pytest.raises(CaseError) as error:
        load(write(tmp_path / "case.toml", 'extends = "base.toml"\n'))
    assert "base.toml: contact[0].voids" in str(error.value)


def test_a_part_that_is_left_out_takes_its_contacts_along(tmp_path):
    write(tmp_path / "base.toml", BASE.replace('["sink", "mould"]\nresist', '["capacitor", "mould"]\nresist'))
    assert load(write(tmp_path / "case.toml", 'extends = "base.toml"\nwithout = ["capacitor"]\n')).contact == ()
    case = from_document(with_contacts({**JOINT, "between": ["capacitor", "mould"]}))
    assert left_out(case, place(case).parts, "capacitor").contact == ()


def test_contacts_come_along_with_a_package(tmp_path):
    write(tmp_path / "upper" / "case.toml", BASE)
    lower = """
title = "board"
study = { metrics = [] }
environment = { ambient = "25 degC", top = { film = "10 W/m^2/K" } }
[[part]]
name = "board"
kind = "board"
size = ["20 mm", "20 mm"]
layers = [{ material = "fr4", thickness = "1 mm" }]
[[package]]
name = "p"
file = "../upper/case.toml"
on = "board"
[[contact]]
between = ["board", "p-balls"]
resistance = "1 mm^2*K/W"
"""
    pairs = [contact.between for contact in load(write(tmp_path / "lower" / "case.toml", lower)).contact]
    assert pairs == [("p-sink", "p-mould"), ("board", "p-balls")]


# ---------------------------------------------------------------- where parts touch
def found_in(document, case=None):
    package = place(case or from_document(document))
    model = paint(package, geometry_grid(package))
    return model, touching_areas(package, model.grid, model.whole.region)


def unplaceable(*contacts):
    with pytest.raises(GeometryError) as error:
        workflow.geometry(from_document(with_contacts(*contacts)))
    return str(error.value)


def test_contacts_lie_where_parts_really_touch():
    joints = [
        {**JOINT, "between": ["sink", "mould"]},
        {**JOINT, "between": ["chip", "mould"]},
        {**JOINT, "between": ["chip", "carrier"]},
        {**JOINT, "between": ["balls", "carrier"]},
    ]
    model, touching = found_in(with_contacts(*joints))
    bump, ball = np.pi / 4 * 0.2**2, np.pi / 4 * 0.5**2  # mm^2, of squares with the circle's area
    n_bumps, n_balls = (
        len(next(s for s in model.package.solids if s.role == role).boxes) for role in ("bumps", "balls")
    )
    # the sink's bottom; the chip's back, and its face between the bumps; the bumps' ends; the balls', without the fill
    expected = [25.0, 4.0 + 4.0 - n_bumps * bump, n_bumps * bump, n_balls * ball]
    assert [own.area * 1e6 for own in touching] == pytest.approx(expected, rel=1e-9)
    for one in model.package.contacts:
        assert one.giver != "chip" or not (one.axis == 2 and not one.high and one.plane > one.inner)
    face = next(f for f in model.package.active_faces if f.part == "chip")
    assert {c.giver for c in model.package.contacts if c.axis == 2 and abs(c.plane - face.z) < 1e-12} >= {"mould"}


def test_cells_of_a_contact_conduct_across_it_alone():
    model, _ = found_in(with_contacts(JOINT, {**JOINT, "between": ["chip", "mould"], "faces": "vertical"}))
    cut = [region for region in model.regions if region.of is not None]
    assert {region.contact for region in cut} == {"contact of 'sink' and 'mould'", "contact of 'chip' and 'mould'"}
    for region in cut:
        across = region.conductivity[region.conductivity > 0]
        assert across.size <= 1
        if across.size:
            own = model.regions[region.of].conductivity
            axis = int(np.flatnonzero(region.conductivity)[0])
            assert across[0] == pytest.approx(LAYER / (1e-5 + LAYER / own[axis]), rel=1e-12)


def test_a_patch_takes_its_rectangle_of_the_interface():
    patch = {**PATCH, "at": ["2.25 mm", "0 mm"]}  # from 2 to 2.5 mm: flush with the sink's edge
    beyond = {**PATCH, "at": ["2.5 mm", "0 mm"]}  # half of it
    _, (own,) = found_in(with_contacts({"between": ["sink", "mould"], "patch": [PATCH, patch, beyond]}))
    assert [one.area * 1e6 for one in own.patches] == pytest.approx([0.25, 0.125, 0.125], rel=1e-9)


def test_parts_that_do_not_touch_are_told_apart():
    assert "contact of 'chip' and 'sink'  they do not touch: they lie 0.1 mm apart" in unplaceable(
        {**JOINT, "between": ["chip", "sink"]}
    )
    assert "no vertical faces; leave `faces` out" in unplaceable(
        {**JOINT, "between": ["chip", "carrier"], "faces": "vertical"}
    )
    message = unplaceable({"between": ["chip", "mould"], "patch": [PATCH]})
    assert "they touch at 2 heights" in message
    away = {**PATCH, "at": ["3 mm", "0 mm"]}
    assert "contact of 'sink' and 'mould', patch[0]" in unplaceable({"between": ["sink", "mould"], "patch": [away]})


def test_a_place_that_other_parts_take_is_no_contact():
    """The mould's box holds the chip, and a smaller moulding between the two takes all that would touch it."""
    glob = {"name": "glob", "kind": "encapsulant", "on": "carrier", "material": "emc-0.9", "size": ["3 mm", "3 mm"],
            "height": "0.5 mm"}  # fmt: skip
    joint = {**JOINT, "between": ["chip", "mould"]}
    workflow.geometry(from_document(with_contacts(joint)))
    with pytest.raises(GeometryError) as error:
        workflow.geometry(from_document(with_contacts(joint, part=[*good()["part"], glob])))
    assert "contact of 'chip' and 'mould'  they do not touch: other parts take the place" in str(error.value)


def test_what_open_contacts_cut_off_is_refused():
    document = {
        "title": "two blocks",
        "part": [
            {"name": "low", "kind": "block", "size": ["1 mm", "1 mm", "1 mm"], "material": "copper"},
            {"name": "high", "kind": "block", "on": "low", "size": ["1 mm", "1 mm", "1 mm"], "material": "copper",
             "power": "1 W"},
        ],
        "contact": [{"between": ["low", "high"], "voids": "100 %"}],
        "environment": {"ambient": "25 degC", "bottom": {"film": "100 W/m^2/K"}},
        "study": {"metrics": []},
    }  # fmt: skip
    with pytest.raises(GeometryError) as error:
        workflow.geometry(from_document(document))
    assert "'high' is cut off: where it touches the rest its contacts are open" in str(error.value)
    document["contact"] = [{"between": ["low", "high"], "patch": [{**PATCH, "size": ["0.9 mm", "1 mm"]}]}]
    workflow.geometry(from_document(document))


def test_round_joints_and_contacts_do_not_go_together():
    with pytest.raises(GeometryError, match=r"study.round  is not for packages with \[\[contact\]\]"):
        place(from_document({**with_contacts(JOINT), "study": {"round": True}}))


# ---------------------------------------------------------------- what else sees it
ALL = [JOINT, {**JOINT, "between": ["chip", "mould"]}, {**JOINT, "between": ["chip", "carrier"]}]


def test_volumes_and_claims_know_nothing_of_layers():
    bare, joined = (workflow.geometry(from_document(with_contacts(*own))) for own in ([], ALL))
    for one, other in zip(contents(bare), contents(joined), strict=True):
        assert (one.solid, one.material) == (other.solid, other.material)
        assert other.volume == pytest.approx(one.volume, rel=1e-12)
    names = claim_names()
    for one, other in zip(chart(bare, names), chart(joined, names), strict=True):
        assert (one.name, one.verdict) == (other.name, other.verdict)
        assert [row.verdict for row in one.limitations] == [row.verdict for row in other.limitations]


@pytest.mark.parametrize("faces", ["horizontal", "vertical"])
def test_the_width_is_told_in_full_and_not_made_in_the_layers(faces):
    joints = ALL if faces == "horizontal" else [{**JOINT, "between": ["chip", "mould"], "faces": faces}]
    model, _ = found_in(with_contacts(*joints))
    places = wanted_places(model.package)
    assert_whole(model, places, dict.fromkeys(places, 1.0))


def test_a_fixed_grid_is_no_finer_beside_a_layer():
    grids = []
    for joints in ([], ALL):
        package = place(from_document(with_contacts(*joints)))
        grids.append(fixed_grid(package, package.case.study, geometry_grid(package), 1))
    bare, joined = grids
    n_layers = len({round(c.inner, 12) for c in place(from_document(with_contacts(*ALL))).contacts})
    assert joined.shape == (bare.shape[0], bare.shape[1], bare.shape[2] + n_layers)


def test_a_contact_is_varied_one_package_at_a_time():
    case = from_document(with_contacts(JOINT))
    own = parameter(case, "contact.sink-mould.resistance")
    assert own.structural
    assert value_of(case, own) == 1e-5
    assert with_value(case, own, 3e-5).contact[0].resistance == 3e-5
    (fault,) = unsupported(place(case))
    assert fault.path == "contact"


def test_check_case_lists_contacts(tmp_path, type_in):
    text = BASE.replace('voids = "5 %"', '[[contact.patch]]\nsize = ["1 mm", "1 mm"]\nresistance = "open"')
    path = write(tmp_path / "case.toml", text)
    _, shown, _ = type_in("check-case", path)
    assert "contact sink – mould: 25 mm², 10 mm²K/W" in shown
    assert "patch[0]: 1 mm², open" in shown
    (own,) = json.loads(type_in("check-case", path, "--json")[1])["contacts"]
    assert own == {
        "between": ["sink", "mould"],
        "area_mm2": pytest.approx(25.0),
        "mm2_K_per_W": pytest.approx(10.0),
        "patches": [{"area_mm2": pytest.approx(1.0), "mm2_K_per_W": None}],
    }


def test_the_heat_path_and_the_notes_tell_of_contacts():
    outcome = workflow.simulate(from_document({**with_contacts(ALL[1]), "study": {"tolerance": "20 %"}}))
    path = workflow.heat_paths(outcome.answer)["chip"]
    drops = [drop.name for way in (path.up, path.down) for drop in way.drops]
    assert "contact of 'chip' and 'mould'" in drops
    assert any("A contact is a layer of 1 nm" in note for note in outcome.document()["modelling"])
