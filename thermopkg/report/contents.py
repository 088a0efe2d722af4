"""What does a reader see of volumes and masses? A table of solids, and the same as plain data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.table import Table

from thermopkg.case.case import Case
from thermopkg.mesh.contact import Touching
from thermopkg.mesh.contents import Content, total_mass

MM3, MM2, MG = 1e9, 1e6, 1e6  # mm^3 in a m^3, mm^2 in a m^2, mg in a kg


def contents_table(found: Sequence[Content]) -> Table:
    """One row for each solid that holds some place, and the sum."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column("solid")
    table.add_column("material")
    table.add_column("volume, mm³", justify="right")
    table.add_column("mass, mg", justify="right")
    for item in found:
        if item.volume > 0:
            table.add_row(item.solid, item.material, f"{item.volume * MM3:.4g}", _mass(item.mass))
    volume = sum(item.volume for item in found)
    table.add_row("all", "", f"{volume * MM3:.4g}", _mass(total_mass(tuple(found))), style="bold")
    return table


def contents_document(found: Sequence[Content]) -> list[dict[str, Any]]:
    """The same as JSON types; a mass is null where a density is wanting."""
    return [
        {
            "solid": item.solid,
            "part": item.part,
            "material": item.material,
            "volume_mm3": item.volume * MM3,
            "mass_mg": None if item.mass is None else item.mass * MG,
        }
        for item in found
    ]


def contact_lines(case: Case, found: Sequence[Touching]) -> list[str]:
    """One line for each contact and each of its patches: where it lies, how much of it, and what it resists."""
    lines = []
    for contact, own in zip(case.contact, found, strict=True):
        lines.append(f"contact {' – '.join(contact.between)}: {own.area * MM2:.4g} mm², {_resistance(contact.through)}")
        for i, patch in enumerate(own.patches):
            lines.append(f"  patch[{i}]: {patch.area * MM2:.4g} mm², {_resistance(patch.resistance)}")
    return lines


def contacts_document(case: Case, found: Sequence[Touching]) -> list[dict[str, Any]]:
    """The same as JSON types; the resistance of what is open is null."""

    def row(area: float, resistance: float) -> dict[str, Any]:
        return {"area_mm2": area * MM2, "mm2_K_per_W": resistance * MM2 if np.isfinite(resistance) else None}

    return [
        {
            "between": list(contact.between),
            **row(own.area, contact.through),
            "patches": [row(patch.area, patch.resistance) for patch in own.patches],
        }
        for contact, own in zip(case.contact, found, strict=True)
    ]


def _resistance(value: float) -> str:
    if value == 0.0:
        return "no resistance outside its patches"
    return f"{value * MM2:.4g} mm²K/W" if np.isfinite(value) else "open"


def _mass(mass: float | None) -> str:
    return "no density" if mass is None else f"{mass * MG:.4g}"
