"""Whatever is changed in stacked and leaded parts: is it a case that keeps every volume, or a fault with its place?"""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.part_documents import CHIP, FLIPPED, FRAME, GLUE, MOULD, TAPE, TRACES, WIRES, leaded, stack
from thermopkg.answer.answer import patches
from thermopkg.case.case import Case
from thermopkg.case.load import from_document
from thermopkg.case.plausible import warnings
from thermopkg.errors import CaseError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place

PADS = {
    "kind": "pads", "under": "carrier-1", "material": "copper", "pitch": "1 mm", "diameter": "0.4 mm",
    "height": "0.02 mm",
}  # fmt: skip
BALLS = {**PADS, "kind": "balls", "under": "pads", "material": "sac305", "height": "0.3 mm", "fill": "air"}
DOCUMENTS = {
    "vias": stack(),
    "traces and pads": stack(vias=None, traces={**TRACES, "lap": "0.4 mm"}, pads=PADS, balls=BALLS),
    "traces inside": stack(vias=None, traces={**TRACES, "inset": "0.4 mm"}),
    "lead frame": leaded(FRAME, GLUE, CHIP, WIRES, MOULD),
    "tape": leaded(TAPE, FLIPPED, MOULD),
}
each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


@each_document
def test_a_case_is_the_same_when_written_out_and_read(document):
    case = from_document(document)
    assert Case.model_validate_json(case.model_dump_json(by_alias=True)) == case
    assert from_document(json.loads(case.model_dump_json(by_alias=True))) == case


@each_document
def test_the_schema_takes_what_the_program_takes(document):
    schema = Draft202012Validator(Case.model_json_schema())
    assert not list(schema.iter_errors(document))
    written = json.loads(from_document(document).model_dump_json(by_alias=True, exclude_none=True))
    assert not list(schema.iter_errors(written))


@each_document
def test_ordinary_sizes_give_no_cause_for_comment(document):
    assert warnings(from_document(document)) == ()


@pytest.mark.parametrize(
    ("parts", "path", "said"),
    [
        ([{**FRAME, "thickness": "200 mm"}], "part 'frame'.thickness", "50 um to 1 mm thick; did you mean 200 um"),
        ([{**TAPE, "thickness": "50 mm"}], "part 'frame'.thickness", "did you mean 50 um?"),
        ([FRAME, {**GLUE, "thickness": "30 mm"}], "part 'glue'.thickness", "adhesives are 1 um to 0.5 mm thick"),
        ([FRAME, GLUE, CHIP, {**WIRES, "diameter": "1 um"}], "part 'wires'.diameter", "bond wires are 10 um to 0.5 mm"),
    ],
)  # fmt: skip
def test_a_slip_of_a_unit_is_pointed_out(parts, path, said):
    (fault,) = (fault for fault in warnings(from_document(leaded(*parts))) if fault.path == path)
    assert said in fault.message


# ---------------------------------------------------------------- anything changed
def spots(node, path=()):
    """Every place inside a document's parts."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, key)
        yield from spots(value, (*path, key))


def with_change(document, spot, change):
    """The document with a value put in, taken out (None), or, where it is a length or a count, changed by a factor."""
    document = copy.deepcopy(document)
    node = document["part"]
    for step in spot[:-1]:
        node = node[step]
    old = node[spot[-1]]
    if change is None:
        del node[spot[-1]]
    elif not isinstance(change, float):
        node[spot[-1]] = copy.deepcopy(change)
    elif isinstance(old, str) and old.endswith(" mm"):
        node[spot[-1]] = f"{float(old.split()[0]) * change} mm"
    elif isinstance(old, int):
        node[spot[-1]] = int(old * change)
    return document


FACTORS = st.sampled_from([-1.0, 0.3, 0.5, 0.8, 0.99, 1.01, 1.3, 2.0, 3.0])
NAMES = ["carrier-1", "chip-1", "chip-2", "carrier-2", "resin", "vias", "frame", "chip", "mould", "no-such-part"]
VALUES = st.sampled_from(
    [None, *NAMES, 0, -1, 5, True, [], {}, ["a"], "0.2 mm", [0, 5], NAMES[:2], "up", "top", "copper"]
)
CHANGED = st.sampled_from(list(DOCUMENTS.values())).flatmap(
    lambda document: st.builds(
        with_change, st.just(document), st.sampled_from(list(spots(document["part"]))), FACTORS | VALUES
    )
)
FIRM = ("bumps", "wires", "pads", "leads", "terminals")


def painted(document):
    """The painted package; or else the faults that it is refused with."""
    try:
        package = place(from_document(document))
        model = paint(package, geometry_grid(package))
        check_connected(model)
    except CaseError as error:
        return None, error.faults
    return model, ()


@settings(max_examples=300)
@given(CHANGED)
def test_any_change_is_a_sound_package_or_a_fault_with_its_place(document):
    model, faults = painted(document)
    if model is None:
        assert faults
        assert all(fault.path and fault.message for fault in faults)
        return
    assert patches(model.package)
    volumes = model.volumes()
    for solid in model.package.solids:
        if solid.role in FIRM:
            assert float(volumes[model.cells_of({solid.name})].sum()) == pytest.approx(solid.volume, rel=1e-9)
