"""Does every template start a sound case, with nothing odd about it?"""

import pytest

from thermopkg.case.load import load
from thermopkg.case.plausible import warnings
from thermopkg.case.template import template_text, templates
from thermopkg.errors import CaseError
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import check_connected, paint
from thermopkg.package.placing import place


def test_the_templates_are_these():
    assert list(templates()) == ["bare-chip", "block", "heat-sink", "lead-frame", "on-board", "two-carriers"]


@pytest.mark.parametrize("name", templates())
def test_a_template_is_a_sound_case(name, tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(template_text(name), encoding="utf-8")
    case = load(file)
    assert warnings(case) == ()
    package = place(case)
    model = paint(package, geometry_grid(package))
    check_connected(model)
    painted = {model.regions[number].part for number in model.region[model.active]}
    assert painted == {part.name for part in case.part}


@pytest.mark.parametrize("name", templates())
def test_a_template_says_what_it_is_for_and_fits_a_screen(name):
    lines = template_text(name).splitlines()
    assert templates()[name] == lines[0].removeprefix("# ")
    assert max(map(len, lines)) <= 120


def test_the_advice_in_the_bare_chip_gives_a_sound_case(tmp_path):
    """The lines that its last comment tells to add and to take out."""
    text = template_text("bare-chip")
    advice = text[text.index("# For a moulded package") :].splitlines()[2:]
    moulded = "\n".join(line for line in text.splitlines() if not line.startswith('"chip.top"'))
    file = tmp_path / "case.toml"
    file.write_text(moulded + "\n" + "\n".join(line.removeprefix("# ") for line in advice), encoding="utf-8")
    package = place(load(file))
    model = paint(package, geometry_grid(package))
    assert {region.part for region in model.regions} == {"carrier", "chip", "underfill", "mould"}
    assert model.cells_of({"underfill"}).any()  # holds its place in the mould that covers it


def test_there_is_no_other_template():
    with pytest.raises(CaseError, match="there is no template 'heatsink'; there are bare-chip, block"):
        template_text("heatsink")
