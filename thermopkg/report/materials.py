"""What is known of a material? The library as a table, and one material with every source."""

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from thermopkg.case.material import (
    IsotropicConductivity,
    Material,
    OrthotropicConductivity,
    PowerLawConductivity,
    Provenance,
    Record,
    TabulatedConductivity,
    TabulatedHeatCapacity,
)

# property -> how its SI value is shown: unit, and what a value is multiplied by
SHOWN = {
    "density": ("kg/m³", 1.0),
    "heat_capacity": ("J/kg/K", 1.0),
    "modulus": ("GPa", 1e-9),
    "water_uptake": ("%", 1.0),
    "viscosity": ("Pa·s", 1.0),
    "emissivity": ("%", 1.0),
}


def material_table(materials: Mapping[str, Material]) -> Table:
    """One line a material."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for name, justify in (("name", "left"), ("k, W/m/K", "right"), ("ρ, kg/m³", "right"), ("c, J/kg/K", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # the two literals above
    table.add_column("class")
    table.add_column("what it is")
    for name, m in materials.items():
        density = f"{m.density.value:g}" if m.density else ""
        capacity = f"{m.heat_capacity.value:g}" if m.heat_capacity else ""
        table.add_row(name, _conductivity(m), density, capacity, m.class_, m.title)
    return table


def material_sheet(name: str, material: Material) -> Group:
    """Every property with its value, range, confidence and source."""
    lines = [
        Text(f"{name}", style="bold"),
        Text(f"{material.title}; {material.class_}, electrical {material.electrical}"),
    ]
    if material.aliases:
        lines.append(Text(f"also called {', '.join(material.aliases)}", style="dim"))
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("", "value", "range", "confidence", "source"):
        table.add_column(column, no_wrap=column != "source")
    k = material.conductivity
    table.add_row("conductivity", f"{_conductivity(material)} W/m/K", _range(k), k.confidence, _source(k))
    if isinstance(k, TabulatedConductivity):
        for temperature, value in k.table:
            table.add_row("", f"{value:.4g} W/m/K", f"at {temperature:g} K", "", "")
    if isinstance(k, PowerLawConductivity):
        table.add_row(
            "", f"{k.value:.4g} W/m/K", f"at {k.reference:g} K, times (T / {k.reference:g} K)^{k.exponent:.4g}", "", ""
        )
    for key, (unit, factor) in SHOWN.items():
        record = getattr(material, key)
        if record is not None:
            value = f"{record.value * factor:.4g} {unit}"
            table.add_row(
                key.replace("_", " "), value, _record_range(record, factor), record.confidence, _source(record)
            )
    return Group(*lines, "", table)


def _conductivity(material: Material) -> str:
    match material.conductivity:
        case IsotropicConductivity(value=value):
            return f"{value:.4g}"
        case OrthotropicConductivity(in_plane=in_plane, through=through):
            return f"{in_plane:.4g} | {through:.4g}"
        case TabulatedConductivity() as table:
            return f"{table.along()[0]:.4g} (T)"
        case PowerLawConductivity() as law:
            return f"{law.along()[0]:.4g} (T)"


def _range(conductivity: Provenance) -> str:
    match conductivity:
        case (
            IsotropicConductivity(range=(low, high))
            | PowerLawConductivity(range=(low, high))
            | TabulatedConductivity(range=(low, high))
        ):
            return f"{low:.4g} to {high:.4g}"
        case _:
            return ""


def _record_range(record: Record[float] | TabulatedHeatCapacity, factor: float) -> str:
    return "" if record.range is None else f"{record.range[0] * factor:.4g} to {record.range[1] * factor:.4g}"


def _source(record: Provenance) -> str:
    return f"{record.source}; {record.note}" if record.note else record.source
