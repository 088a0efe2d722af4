"""Do cases that bring their own mesh find what is known? A stack and a shell, whose answers are formulas."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from thermopkg.case.mesh_case import MeshCase
from thermopkg.meshed import MeshAnswer, simulate_mesh
from thermopkg.workflow import read_any

CASES = Path(__file__).parents[2] / "cases"


def answer(name: str, **study: object) -> MeshAnswer:
    path = CASES / name / "case.toml"
    case = read_any(path, {"study": study} if study else None)
    assert isinstance(case, MeshCase)
    return simulate_mesh(case, path.parent)


def conductivity(found: MeshAnswer, region: str) -> float:
    return float(found.case.material_of(region).conductivity.along()[2])


def test_a_stack_from_a_file_holds_its_exact_value() -> None:
    """Heat made evenly in the die: its mean is a third of d / (k A) over its lower face."""
    found, area = answer("mesh-stack"), 4e-6
    thickness = {"copper": 1e-3, "interface": 0.05e-3, "die": 0.5e-3 / 3}
    exact = 1 / (5000.0 * area) + sum(d / (conductivity(found, name) * area) for name, d in thickness.items())
    bracket = found.metrics[0].bracket
    assert bracket.lower <= exact <= bracket.upper
    assert bracket.relative_half_width < 1e-3
    copper = 25 + 273.15 + 2.0 * (1 / (5000.0 * area) + 0.5e-3 / (conductivity(found, "copper") * area))
    assert found.means["copper"].lower <= copper <= found.means["copper"].upper
    assert found.leaving["bottom"] == pytest.approx(2.0, rel=1e-9)


def test_a_shell_from_a_file_is_as_near_as_its_polygon() -> None:
    """Between cylinders: ln(r2/r1) / (2 pi k L) each, a quarter of the circle; 48 sides enclose 0.3 % less."""
    found, length, quarter = answer("mesh-tube", tolerance="0.2 %", max_cells=20000), 0.5e-3, 0.25
    solder, mould = conductivity(found, "1"), conductivity(found, "2")
    shells = (np.log(1.0 / 0.5) / solder + np.log(3.0 / 1.0) / mould) / (2 * np.pi * quarter * length)
    film = 1 / (1000.0 * 2 * np.pi * quarter * 3e-3 * length)
    hole, rim, k = 0.1e-3, 0.5e-3, conductivity(found, "0")  # heat made evenly between two radii, none through the hole
    ratio = hole**2 / rim**2
    share = (0.25 * (1 - 3 * ratio) - 0.5 * ratio**2 / (1 - ratio) * np.log(ratio)) / (1 - ratio)
    core = share / (2 * np.pi * quarter * length * k)
    bracket = found.metrics[0].bracket
    assert bracket.value == pytest.approx(film + shells + core, rel=5e-3)


def test_heat_leaves_as_it_is_made_and_bounds_close_at_a_corner() -> None:
    found = answer("mesh-corner", tolerance="1 %")
    assert found.reached
    widths = [step.widest for step in found.steps]
    assert widths == sorted(widths, reverse=True)
    assert sum(found.leaving.values()) == pytest.approx(found.generated, rel=1e-9)
    ends = [(step.metrics[0].bracket.lower, step.metrics[0].bracket.upper) for step in found.steps]
    for (low, high), (lower, upper) in pairwise(ends):
        assert low <= lower * (1 + 1e-9)
        assert upper <= high * (1 + 1e-9)
