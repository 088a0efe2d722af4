"""What does a reader see of joints that are one medium? What it conducts, and by what that is known."""

from collections.abc import Iterable
from typing import Any

from thermopkg.package.medium import Directions, Medium
from thermopkg.package.solids import Solid

WELL_APART = 0.5  # share up to which the formula is good to 3 %


def medium_words(medium: Medium) -> str:
    """What stands for the joints, what it conducts, and by what that is known."""
    each = f"{medium.n_joints:,} joints and what fills their room are one medium ({medium.name})"
    through = f"{medium.conductivity[2]:.4g} through, by shares"
    if medium.lower is not None and medium.upper is not None:
        ways = [f"{in_plane(medium.conductivity)} in plane, by a unit cell, within"]
        ways.append(f"[{in_plane(medium.lower)}, {in_plane(medium.upper)}], which the bounds leave out")
        return f"{each}: {through}, {' '.join(ways)}, W/m/K"
    told = f"{each}: {through}, {in_plane(medium.conductivity)} in plane, by the formula for round columns, W/m/K"
    if medium.cell.share > WELL_APART:
        told += f"; at a share of {medium.cell.share:.2g} it may be low by more than 3 %, a unit cell is not"
    return told


def in_plane(conductivity: Directions) -> str:
    """What a medium conducts in the plane, W/m/K, both ways where they differ."""
    x, y, _ = conductivity
    return f"{x:.4g}" if x == y else f"{x:.4g} along x and {y:.4g} along y"


def homogenised_document(solids: Iterable[Solid]) -> list[dict[str, Any]]:
    """Every medium as JSON types; conductivities along x, y, z, with bounds where a unit cell was solved."""
    return [
        {
            "solid": solid.name,
            "part": solid.part,
            "model": solid.medium.model,
            "joints": solid.medium.n_joints,
            "materials": dict(solid.medium.materials),
            "conductivity": {name: _value(solid.medium, axis) for axis, name in enumerate("xyz")},
            "unit": "W/m/K",
        }
        for solid in solids
        if solid.medium is not None
    ]


def _value(medium: Medium, axis: int) -> dict[str, float | None]:
    return {
        "value": medium.conductivity[axis],
        "lower": None if medium.lower is None else medium.lower[axis],
        "upper": None if medium.upper is None else medium.upper[axis],
    }
