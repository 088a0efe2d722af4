"""Are volumes and masses those of the drawing? Hand formulas for every solid of a small package."""

import math
import tomllib

import pytest

from tests.small_case import TEXT
from thermopkg.case.load import from_document
from thermopkg.case.material import library
from thermopkg.mesh.contents import Content, contents, total_mass
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.package.placing import place

MM3 = 1e-9  # m^3
# the small case, by hand, mm^3: 6 mm substrate of 20 um + 0.3 mm + 20 um, 2 mm chip on 4 x 4 bumps of 0.2 mm, sink of
# 5 mm, mould up to the sink's top, 6 x 6 balls of 0.5 mm in air, a capacitor of 0.6 x 0.3 x 0.3 mm
BUMPS = 16 * math.pi * 0.2**2 / 4 * 0.1
BALLS = 36 * math.pi * 0.5**2 / 4 * 0.4
ROOM = 36 * (0.1 + 0.3 + 0.1 + 0.4)  # over the substrate
VOLUMES = {
    "chip": 4 * 0.3,
    "chip.bumps": BUMPS,
    "sink": 25 * 0.4,
    "balls": BALLS,
    "balls.fill": 36 * 0.4 - BALLS,
    "capacitor": 0.3 * 0.3 * 0.3,
    "capacitor.terminals": 0.3 * 0.3 * 0.3,
    "mould": ROOM - 4 * 0.3 - BUMPS - 25 * 0.4 - 0.6 * 0.3 * 0.3,
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[Content]]:
    package = place(from_document(tomllib.loads(TEXT)))
    by_solid: dict[str, list[Content]] = {}
    for item in contents(paint(package, geometry_grid(package).halved())):
        by_solid.setdefault(item.solid, []).append(item)
    return by_solid


@pytest.mark.parametrize("solid", VOLUMES)
def test_volume_by_hand(found, solid):
    (item,) = found[solid]
    assert item.volume == pytest.approx(VOLUMES[solid] * MM3, rel=1e-9)


def test_layers_of_the_substrate_by_hand(found):
    assert [item.volume for item in found["carrier"]] == pytest.approx(
        [36 * 0.02 * MM3, 36 * 0.3 * MM3, 36 * 0.02 * MM3], rel=1e-9
    )


def test_masses_by_hand(found):
    """Density times volume; half copper and half laminate weigh the mean of both."""
    density = {name: material.density.value for name, material in library().items() if material.density is not None}
    (chip,), (sink,) = found["chip"], found["sink"]
    assert chip.mass == pytest.approx(density["silicon"] * 1.2 * MM3, rel=1e-9)
    assert sink.mass == pytest.approx(density["copper"] * 10 * MM3, rel=1e-9)
    mean = 0.5 * (density["copper"] + density["bt-laminate"])
    assert found["carrier"][0].mass == pytest.approx(mean * 0.72 * MM3, rel=1e-9)


def test_a_sum_wants_every_density():
    known, unknown = Content("a", "a", "m", 1.0, 2.0), Content("b", "b", "n", 1.0, None)
    nothing = Content("c", "c", "n", 0.0, None)
    assert total_mass((known, known)) == 4.0
    assert total_mass((known, unknown)) is None
    assert total_mass((known, nothing)) == 2.0
