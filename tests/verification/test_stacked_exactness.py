"""Do chips that look up and stacks of two carriers give what a formula and a mirror give?"""

import numpy as np
import pytest

from thermopkg.answer.answer import solve
from thermopkg.case.load import from_document
from thermopkg.mesh.grid import geometry_grid
from thermopkg.mesh.voxel import paint
from thermopkg.package.placing import place

SIDE = 4e-3  # m, of everything in the columns below
AREA = SIDE**2
FILMS = 40.0, 15.0  # W/m^2/K at the top and the bottom


def answer(parts, top=FILMS[0], bottom=FILMS[1]):
    document = {
        "title": "Stack",
        "study": {"metrics": []},
        "environment": {
            "ambient": "20 degC",
            "top": {"film": f"{top} W/m^2/K"},
            "bottom": {"film": f"{bottom} W/m^2/K"},
        },
        "materials": {
            name: {"class": "resin", "electrical": "insulator", "conductivity": f"{k} W/m/K"}
            for name, k in CONDUCTIVITY.items()
        },
        "part": parts,
    }
    package = place(from_document(document))
    return solve(paint(package, geometry_grid(package)))


CONDUCTIVITY = {"board-like": 0.7, "chip-like": 110.0, "glue-like": 1.3, "solder-like": 52.0, "resin-like": 0.9}
WIDE = [f"{SIDE * 1e3} mm"] * 2


def carrier(name, **place):
    layers = [{"material": "board-like", "thickness": "0.25 mm"}]
    return {"name": name, "kind": "substrate", "size": WIDE, "layers": layers, **place}


def chip(name, **keys):
    return {"name": name, "kind": "chip", "size": [*WIDE, "0.3 mm"], "material": "chip-like", "power": "1 W", **keys}


GLUE = {"name": "glue", "kind": "adhesive", "thickness": "0.04 mm", "material": "glue-like"}


def resistance(*layers):
    """Of layers in series, each its thickness in mm and its conductivity in W/m/K, over the area; K/W."""
    return sum(thickness * 1e-3 / k / AREA for thickness, k in layers)


def test_the_face_of_a_chip_on_its_back_lies_above_chip_and_adhesive():
    """The active face sees the film on top at once, and below it the chip, the adhesive, the carrier and a film.

    1 / R = h_top A + 1 / (t/k of chip, adhesive and carrier, + 1 / (h_bottom A)); a column of one cell is exact.
    """
    found = answer([carrier("carrier"), {**GLUE, "on": "carrier"}, chip("chip", face="up", on="glue")])
    below = resistance((0.3, 110.0), (0.04, 1.3), (0.25, 0.7)) + 1 / (FILMS[1] * AREA)
    exact = 1 / (FILMS[0] * AREA + 1 / below)
    place = found.matrix.names.index("chip.active")
    assert found.matrix.lower[place, place] == pytest.approx(exact, rel=1e-9)
    assert found.matrix.upper[place, place] == pytest.approx(exact, rel=1e-9)


def bumps(height):
    """Of what is around them too, so that the gap is a layer."""
    return {"material": "solder-like", "pitch": "1 mm", "diameter": "0.5 mm", "height": f"{height} mm"}


STACK = [
    carrier("carrier-1"),
    chip("chip-1", on="carrier-1", bumps=bumps(0.08)),
    {**GLUE, "on": "chip-1"},
    chip("chip-2", face="up", on="glue", bumps=bumps(0.06)),
    carrier("carrier-2", on="chip-2"),
    {"name": "resin", "kind": "encapsulant", "on": "carrier-1", "up_to": "carrier-2", "material": "solder-like"},
]  # fmt: skip


def test_two_chips_back_to_back_are_three_resistances_in_a_row():
    """Faces 1 and 2 are joined by two chips and the adhesive, and to the films by bumps and carriers.

    G = [[1/r1 + 1/r12, -1/r12], [-1/r12, 1/r2 + 1/r12]],  R = G^-1
    """
    r1 = resistance((0.08, 52.0), (0.25, 0.7)) + 1 / (FILMS[1] * AREA)
    r2 = resistance((0.06, 52.0), (0.25, 0.7)) + 1 / (FILMS[0] * AREA)
    r12 = resistance((0.3, 110.0), (0.04, 1.3), (0.3, 110.0))
    exact = np.linalg.inv([[1 / r1 + 1 / r12, -1 / r12], [-1 / r12, 1 / r2 + 1 / r12]])
    found = answer(STACK)
    places = np.ix_(*2 * [[found.matrix.names.index(f"chip-{i}.active") for i in (1, 2)]])
    np.testing.assert_allclose(found.matrix.lower[places], exact, rtol=1e-8)
    np.testing.assert_allclose(found.matrix.upper[places], exact, rtol=1e-8)


def test_a_package_upside_down_is_as_warm():
    """A chip on bumps over its carrier, and the same chip on its back under the same carrier; films change places."""
    small = {"size": ["3 mm", "2 mm", "0.3 mm"], "bumps": bumps(0.1)}
    upright = [
        carrier("carrier"),
        chip("chip", on="carrier", **small),
        {"name": "resin", "kind": "encapsulant", "on": "carrier", "exposes": ["chip.top"], "material": "resin-like"},
        {"name": "lid", "kind": "block", "on": "chip", "size": [*WIDE, "0.1 mm"], "material": "chip-like"},
    ]
    turned = [
        {"name": "lid", "kind": "block", "size": [*WIDE, "0.1 mm"], "material": "chip-like"},
        chip("chip", face="up", on="lid", **small),
        carrier("carrier", on="chip"),
        {"name": "resin", "kind": "encapsulant", "on": "lid", "up_to": "carrier", "material": "resin-like"},
    ]
    first, second = answer(upright), answer(turned, FILMS[1], FILMS[0])
    order = [second.matrix.names.index(name) for name in first.matrix.names]
    for bound in ("lower", "upper"):
        one, other = getattr(first.matrix, bound), getattr(second.matrix, bound)[np.ix_(order, order)]
        np.testing.assert_allclose(one, other, rtol=1e-7)
