"""What does a reader see of volumes and masses? A table of solids, and the same as plain data."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from thermopkg.mesh.contents import Content, total_mass

MM3, MG = 1e9, 1e6  # mm^3 in a m^3, mg in a kg


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


def _mass(mass: float | None) -> str:
    return "no density" if mass is None else f"{mass * MG:.4g}"
