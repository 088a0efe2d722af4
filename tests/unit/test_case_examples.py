"""Are the examples in the description of the case language what the program reads?"""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from thermopkg.case.environment import FaceRegion
from thermopkg.case.inclusion import Inclusion
from thermopkg.case.part import Array
from thermopkg.case.parts import KINDS, AnyPart
from thermopkg.case.trace import PartPower, Pulse, Transient

TEXT = (Path(__file__).parents[2] / "docs" / "case.md").read_text(encoding="utf-8")
EXAMPLES = [tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)]
ANY_PART: TypeAdapter[object] = TypeAdapter(AnyPart)
SHOWN = {"board", "lead-frame", "tape", "adhesive", "chip", "encapsulant", "pads", "balls", "vias", "traces", "wires"}


def test_every_example_of_a_part_is_one():
    parts = [part for example in EXAMPLES if "package" not in example for part in example.get("part", [])]
    for part in parts:
        ANY_PART.validate_python(part)
    assert {part["kind"] for part in parts} == SHOWN


def test_every_example_of_an_array_is_one():
    arrays = [Array.model_validate(example["bumps"]) for example in EXAMPLES if "bumps" in example]
    assert [(array.rows, array.places is None) for array in arrays] == [(2, True), (None, False), (None, True)]
    assert [array.model for array in arrays] == ["explicit", "explicit", "effective"]


def test_the_example_of_a_package_is_one():
    (example,) = (example for example in EXAMPLES if "package" in example)
    (package,) = (Inclusion.model_validate(table) for table in example["package"])
    assert [part["name"] for part in example["part"]] == [f"{package.name}-chip"]


def test_the_example_of_a_region_is_one():
    (example,) = (example["environment"]["region"] for example in EXAMPLES if "environment" in example)
    (ring,) = (FaceRegion.model_validate(table) for table in example)
    assert [(a - b) / 2 * 1e3 for a, b in zip(ring.size, ring.inside, strict=True)] == pytest.approx([4.0, 4.0])


def test_the_example_of_powers_over_time_is_one():
    (example,) = (example["transient"] for example in EXAMPLES if "transient" in example)
    transient = Transient.model_validate(example)
    assert [entry.part for entry in transient.power] == ["chip", "chip-2", "chip-3"]
    keys = {*PartPower.model_fields, *Pulse.model_fields} - {"part", "power", "duty"}
    assert keys <= set(re.findall(r"`(\w+)`", TEXT))


def test_every_kind_has_its_row():
    rows = set(re.findall(r"`([a-z-]+)`", "\n".join(re.findall(r"^\| (`[^|]*) \|", TEXT, re.MULTILINE))))
    assert set(KINDS) <= rows
