"""How does it read where a package came to rest? Films face by face, and chips whose power grows with their heat."""

import math
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from thermopkg.answer.operating import CooledFace, OperatingPoint

ZERO_CELSIUS = 273.15  # K


def operating_rows(point: OperatingPoint) -> RenderableType:
    """Of every face in air its film with what it is made of; leakage and its limit; how settled all this is."""
    blocks: list[RenderableType] = []
    if point.faces:
        table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("", no_wrap=True)
        for name in ("mean, °C", "h, W/m²K", "radiated", "Nu", "Ra", "Re", "watts"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("law", style="dim")
        for face in sorted(point.faces, key=lambda face: -abs(face.watts)):
            table.add_row(*_row(face))
        blocks.append(table)
    for chip in point.leaking:
        told = f"{chip.name} makes {chip.own:.4g} W of its own and leaks {chip.leakage:.4g} W"
        blocks.append(Text(f"{told} at {chip.temperature - ZERO_CELSIUS:.1f} °C"))
    if point.leaking:
        blocks.append(Text(f"Leakage runs away at {point.runaway:.3g} times the chips' own power (an estimate)"))
    blocks.append(Text(settled_words(point), style="dim"))
    return Group(*blocks)


def settled_words(point: OperatingPoint) -> str:
    """How well films, conductivities and powers go together."""
    what = ["films"] if point.faces else []
    what += ["conductivities"] if point.reads_temperature else []
    what += ["leakage"] if point.leaking else []
    listed = " and ".join(filter(None, (", ".join(what[:-1]), what[-1])))
    if point.rounds == 0:
        return "nothing is warmer or colder than what cools it"
    count = "one round" if point.rounds == 1 else f"{point.rounds} rounds"
    return (
        f"{listed} settled in {count} on the last grid: nothing moved by more than {point.moved:.1g} K; the bounds are "
        "those of the linear package there"
    )


def _row(face: CooledFace) -> tuple[str, ...]:
    film = face.film
    told = film.caution.startswith(film.regime)  # a caution begins with the law that it is about
    law = film.caution if told else "; ".join(filter(None, (film.regime, film.caution)))
    share = film.radiative / film.film if film.film > 0 else 0.0
    return (
        face.name,
        f"{face.temperature - ZERO_CELSIUS:.1f}",
        f"{film.film:.2f}",
        f"{100 * share:.0f} %",
        f"{film.nusselt:.3g}" if film.nusselt else "",
        f"{film.rayleigh:.2g}" if film.rayleigh else "",
        f"{film.reynolds:.2g}" if film.reynolds else "",
        f"{face.watts:.4f}",
        law,
    )


def operating_document(point: OperatingPoint) -> dict[str, Any]:
    """As JSON types."""
    return {
        "faces": {face.name: _face(face) for face in point.faces},
        "leaking": {
            chip.name: {
                "own": chip.own, "leakage": chip.leakage, "unit": "W",
                "junction": {"value": chip.temperature - ZERO_CELSIUS, "unit": "degC"},
            }
            for chip in point.leaking
        },
        "runaway_factor": point.runaway if math.isfinite(point.runaway) else None,
        "reads_temperature": point.reads_temperature,
        "rounds": point.rounds,
        "moved": {"value": point.moved, "unit": "K"},
    }  # fmt: skip


def _face(face: CooledFace) -> dict[str, Any]:
    film = face.film
    return {
        "mean": {"value": face.temperature - ZERO_CELSIUS, "unit": "degC"},
        "ambient": {"value": face.ambient - ZERO_CELSIUS, "unit": "degC"},
        "area": {"value": face.area * 1e6, "unit": "mm^2"},
        "emissivity": face.emissivity,
        "film": {"value": film.film, "convective": film.convective, "radiative": film.radiative, "unit": "W/m^2/K"},
        "nusselt": film.nusselt,
        "rayleigh": film.rayleigh,
        "reynolds": film.reynolds,
        "length": {"value": film.length * 1e3, "unit": "mm"},
        "law": film.regime,
        "caution": film.caution or None,
        "uncertainty": film.uncertainty,
        "source": list(film.source),
        "watts": face.watts,
    }
