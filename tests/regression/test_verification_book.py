"""Is the verification book what the records say, and is every known case in it?"""

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.exact import case, case_names

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "verification"
RECORDS = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))["records"]
ELSEWHERE = (
    "cross-code.md"  # other codes are measured when they are installed: their page may follow their figures later
)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verification", ROOT / "docs" / "make" / "verification.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verification"] = module
    spec.loader.exec_module(module)
    return module


def test_pages_are_what_the_records_say(maker):
    written = maker.pages(maker.cases())
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert kept.keys() == written.keys()
    assert {n for n in written if n != ELSEWHERE and kept[n] != written[n]} == set(), "run `make docs`"
    assert {path.stem for path in (FOLDER / "images").glob("*.png")} == set(case_names())


@pytest.mark.parametrize("name", case_names())
def test_every_known_case_is_recorded_and_shown(maker, name):
    """A case that nobody records, or whose engine is missing without a reason, fails here."""
    own = [row for row in RECORDS if row["case"] == name]
    assert own, f"no test records {name}: give it the fixture `book`, and run `make docs`"
    (shown,) = (found for found in maker.cases() if found.name == name)
    page = (FOLDER / f"{shown.family}.md").read_text(encoding="utf-8")
    assert f"## {name}\n" in page
    assert f"images/{name}.png" in page
    engines = {row["engine"] for row in own}
    assert engines >= {"lattice", "elements"} or engines == {"networks"} or shown.lattice_only
    assert not (shown.lattice_only and "elements" in engines)


@pytest.mark.parametrize("name", case_names())
def test_recorded_exact_values_are_those_of_the_case(name):
    """A quantity of the case by its own name has its value; others are derived from it where they are recorded."""
    exact = case(name)
    offset = {"T03": 25.0, "T04": 25.0}.get(name, 0.0)  # recorded as temperatures, kept as rises
    for row in (row for row in RECORDS if row["case"] == name and row["quantity"] in exact.values):
        assert row["exact"] == pytest.approx(exact.values[row["quantity"]] + offset, rel=1e-8)


def test_some_answer_of_every_case_is_held_to_what_a_careful_program_reaches():
    """But for M01, whose tolerance is that of evaluating its formulas."""
    for name in case_names():
        if name != "M01":
            held = [row["tolerance"] for row in RECORDS if row["case"] == name and "tolerance" in row]
            assert min(held) <= case(name).tolerance * (1 + 1e-9), name


def test_tests_that_hold_a_case_are_there():
    for row in RECORDS:
        path, _, test = row["test"].partition("::")
        assert f"def {test.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8"), row["test"]


def test_a_record_outside_its_bracket_stops_the_book(maker):
    """Neither a bracket without the exact value is printed nor an answer beyond its tolerance."""
    (found,) = (c for c in maker.cases() if c.name == "B04")
    maker._check(found)
    row = next(row for row in RECORDS if row["case"] == "B04")
    for wrong in ({"upper": row["lower"]}, {"limit": 1.01 * row["exact"]}):
        broken = maker._found({**row, **wrong})
        with pytest.raises(ValueError, match="B04, resistance"):
            maker._check(replace(found, found=(broken,)))
