"""Is every number of a case found by its name, and does a changed one change the case and nothing else?"""

import re

import numpy as np
import pytest

from tests.case_document import changed, good
from thermopkg import workflow
from thermopkg.case.load import from_document
from thermopkg.errors import CaseError
from thermopkg.explore.parameters import parameter, parameters, value_of, with_value, with_values
from thermopkg.explore.variation import designs, variations


@pytest.fixture(scope="module")
def case():
    return from_document(good())


def test_names_are_those_of_the_parts(case):
    known = parameters(case)
    for name in (
        "mould.conductivity", "carrier[1].in_plane", "carrier[0].coverage", "chip.bumps.conductivity", "sink.gap",
        "capacitor.terminals.conductivity", "carrier[1].thickness", "chip.thickness", "chip.bumps.height", "top.film",
        "mould.sides.film", "chip.power", "chip.bumps.pitch", "balls.height", "material:compound",
    ):  # fmt: skip
        assert name in known
    assert "sides.film" not in known  # adiabatic: there is no film to vary


def test_what_moves_planes_in_x_or_y_or_counts_is_structure(case):
    structural = {name for name, one in parameters(case).items() if one.structural}
    assert {"chip.size.x", "chip.bumps.pitch", "chip.bumps.diameter", "capacitor.at.x"} <= structural
    assert not {"sink.gap", "chip.thickness", "top.film", "mould.conductivity"} & structural


def test_values_are_read_where_the_file_has_them(case):
    def value(name):
        return value_of(case, parameter(case, name))

    assert value("mould.conductivity") == 2.5
    assert value("sink.gap") == 1e-4
    assert value("chip.thickness") == 3e-4
    assert value("mould.sides.film") == 5.0
    assert value("carrier[0].coverage") == 0.5
    assert value("chip.power") == 1.0


def test_every_value_can_be_changed_and_is_then_the_new_one(case):
    for name, one in parameters(case).items():
        if one.whole or name.endswith((".at.x", ".at.y")):
            continue
        wanted = 0.9 * value_of(case, one)
        assert value_of(with_value(case, one, wanted), one) == pytest.approx(wanted, rel=1e-14), name


def test_a_change_of_one_part_leaves_others_of_the_same_material_alone():
    case = from_document(changed(("part.2.material", "compound")))  # sink and mould are both of the case's compound
    varied = with_value(case, parameter(case, "mould.conductivity"), 1.0)
    assert value_of(varied, parameter(varied, "sink.conductivity")) == 2.5
    again = with_value(varied, parameter(varied, "mould.conductivity"), 3.0)
    assert len(again.materials) == len(varied.materials)  # its own material is changed in place
    both = with_value(case, parameter(case, "material:compound"), 1.0)
    assert value_of(both, parameter(both, "sink.conductivity")) == 1.0


def test_one_way_of_a_laminate_is_changed_alone(case):
    in_plane, through = (parameter(case, f"carrier[1].{way}") for way in ("in_plane", "through"))
    before = value_of(case, through)
    varied = with_values(case, {in_plane: 2.0})
    assert value_of(varied, in_plane) == 2.0
    assert value_of(varied, through) == before
    model = workflow.geometry(varied)
    core = next(r for r in model.regions if r.part == "carrier" and r.material.startswith("bt-laminate"))
    assert list(core.conductivity) == [2.0, 2.0, before]


def test_count_that_a_case_leaves_open_can_be_given(case):
    count = parameter(case, "chip.bumps.count")
    assert case.part_named("chip").bumps.count is None
    with pytest.raises(ValueError, match="as many as fit"):
        value_of(case, count)
    given = with_value(case, count, 2.0)
    assert given.part_named("chip").bumps.count == (2, 2)
    assert value_of(given, count) == 2.0
    for key, value in (("mask", ["11"]), ("places", [["0 mm", "0 mm"]])):
        other = with_bumps(case, key, value)
        assert "chip.bumps.count" not in parameters(other)


def with_bumps(case, key, value):
    """The places of the bumps given in another way."""
    document = case.model_dump(by_alias=True, exclude_none=True, mode="json")
    (chip,) = (part for part in document["part"] if part["name"] == "chip")
    chip["bumps"] = {k: v for k, v in chip["bumps"].items() if k != "pitch" or key == "mask"} | {key: value}
    return from_document(document)


def test_a_count_is_for_both_directions():
    case = from_document(changed(("part.1.bumps.count", [2, 2])))
    assert with_value(case, parameter(case, "chip.bumps.count"), 3.0).part[1].bumps.count == (3, 3)


def test_values_that_make_no_case_are_refused(case):
    with pytest.raises(CaseError, match="not below the pitch"):
        with_value(case, parameter(case, "chip.bumps.pitch"), 1e-4)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mold.conductivity", "'mould.conductivity'|close: mould"),
        ("carrier[1].conductivity", r"carrier\[1\].in_plane or carrier\[1\].through"),
        ("qqqq", "there are carrier"),
    ],
)
def test_a_name_that_is_no_parameter_is_told_which_there_are(case, name, said):
    with pytest.raises(ValueError, match=said):
        parameter(case, name)


# ---------------------------------------------------------------- --vary
def test_ranges_and_lists_become_designs(case):
    varied = variations(case, ["sink.gap=0.03mm:0.2mm:3", "mould.conductivity=1W/m/K:100W/m/K:3:log"])
    assert [v.values.tolist() for v in varied] == [
        pytest.approx([3e-5, 1.15e-4, 2e-4], rel=1e-12),
        pytest.approx([1, 10, 100], rel=1e-12),
    ]
    assert designs(varied).shape == (9, 2)
    np.testing.assert_allclose(designs(varied)[1], [3e-5, 10.0])
    (listed,) = variations(case, ["sink.gap=0.2mm,0.1mm"])
    assert listed.values.tolist() == [1e-4, 2e-4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sink.gap=0.2mm:0.03mm:60", "the range is reversed: write 0.03mm:0.2mm:60"),
        ("sink.gap=0.1mm:0.1mm:60", "empty"),
        ("sink.gap=", "gives no values"),
        ("sink.gap", "gives no values"),
        ("sink.gap=0.03:0.2:60", "'0.03' has no unit"),
        ("sink.gap=-0.1mm:0.2mm:60", "must be greater than 0"),
        ("mould.conductivity=-1W/m/K:1W/m/K:5:log", "must be greater than 0"),
        ("top.film=0W/m^2/K:1W/m^2/K:5:log", "has no logarithm"),
        ("sink.gap=1mm:2mm:1", "'1' is no number of values"),
        ("sink.gap=1mm:2mm:5:cubic", "is no range"),
        ("sink.gap=1mm,1mm", "holds a value twice"),
        ("sink.gap=1W:2W:5", "a power; a gap is wanted"),
        ("sink.gab=1mm:2mm:5", "did you mean 'sink.gap'|close: sink.gap"),
    ],
)
def test_ranges_that_are_none_are_refused_in_words_that_mend_them(case, text, said):
    with pytest.raises(CaseError, match=said.replace("(", r"\(")):
        variations(case, [text])


def test_all_faults_are_told_at_once(case):
    with pytest.raises(CaseError) as error:
        variations(case, ["sink.gap=1:2:3", "nothing=1mm:2mm:3", "sink.gap=1mm:2mm:3", "sink.gap=1mm:2mm:3"])
    assert len(error.value.faults) == 3
    assert re.search("varied twice", str(error.value))


def test_more_designs_than_a_machine_holds_are_refused(case):
    with pytest.raises(CaseError, match="9e\\+06 designs"):
        variations(case, ["sink.gap=1mm:2mm:3000", "chip.power=1W:2W:3000"])
