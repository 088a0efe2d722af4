"""Can every value of the library be trusted as far as it says? Sources that resolve, values within their ranges."""

import re
from pathlib import Path

import pytest

from thermopkg.case.material import (
    IsotropicConductivity,
    OrthotropicConductivity,
    Provenance,
    Record,
    library,
    library_names,
)

REFERENCES = Path(__file__).parents[2] / "docs" / "references.bib"
KEYS = set(re.findall(r"^@\w+\{([^,\s]+),", REFERENCES.read_text(encoding="utf-8"), re.MULTILINE))

every_material = pytest.mark.parametrize("name", library_names())


def records(name):
    """All properties of a material that have a source, by name."""
    return {field: value for field, value in library()[name] if isinstance(value, Provenance)}


def ranges(name):
    """Value, and the range it is said to lie in, of every property that states one."""
    for field, record in records(name).items():
        if isinstance(record, Record | IsotropicConductivity) and record.range is not None:
            yield field, record.value, record.range
        if isinstance(record, OrthotropicConductivity):
            if record.in_plane_range is not None:
                yield f"{field} in plane", record.in_plane, record.in_plane_range
            if record.through_range is not None:
                yield f"{field} through", record.through, record.through_range


@every_material
def test_every_value_names_a_source_of_the_bibliography(name):
    assert {field: r.source for field, r in records(name).items() if r.source not in KEYS} == {}


@every_material
def test_no_value_is_stated_without_an_author(name):
    """'stated' is for the author of a case; the library has none."""
    assert {field for field, record in records(name).items() if record.confidence == "stated"} == set()


@every_material
def test_every_value_lies_within_its_range(name):
    assert [row for row in ranges(name) if not row[2][0] <= row[1] <= row[2][1]] == []


@every_material
def test_every_material_has_a_title(name):
    assert library()[name].title


def test_an_alias_is_its_material():
    for name in library_names():
        for alias in library()[name].aliases:
            assert library()[alias] is library()[name], alias


def test_no_name_stands_for_two_materials():
    aliases = [alias for name in library_names() for alias in library()[name].aliases]
    assert len(set(aliases)) == len(aliases)
    assert set(aliases).isdisjoint(library_names())


def test_metals_and_solders_conduct_electricity_and_resins_do_not():
    by_class = {name: library()[name] for name in library_names()}
    assert {m.electrical for m in by_class.values() if m.class_ in ("metal", "solder")} == {"conductor"}
    assert {m.electrical for m in by_class.values() if m.class_ in ("resin", "laminate", "gas")} == {"insulator"}


def test_pure_silicon_follows_its_law():
    """150 (T/300 K)^(-4/3) W/m/K; straight lines between rows 25 K apart lie above it by at most 0.54 %."""
    conductivity = library()["silicon"].conductivity
    for temperature in (200.0, 212.0, 298.15, 340.0, 487.0, 500.0):
        law = 150.0 * (temperature / 300.0) ** (-4 / 3)
        assert law * (1 - 1e-4) <= conductivity.along(temperature)[0] <= law * 1.0055
