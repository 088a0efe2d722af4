"""What does a reader see of a package's networks? Time constants, layers and breaks of every source, and as data."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from thermopkg import __version__
from thermopkg.answer.layers import ENDS, Passed
from thermopkg.answer.networks import Networks, OwnNetwork
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.export import network_document
from thermopkg.report.network_sheet import network_sheet_document, percent
from thermopkg.report.zth import short, told_time

SCHEMA = 1  # version of the JSON's layout
STRUCTURE = "where the slope of the structure function changes by more than a factor of 2"


def named(network: CoupledFoster) -> CoupledFoster:
    """The same with its places as a reader knows them."""
    return replace(network, names=tuple(short(name) for name in network.names))


def networks_sheet(found: Networks) -> RenderableType:
    """Few pairs of every source with their error, the layers that its heat passes, and the breaks."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for own in found.own:
        for k, (what, told) in enumerate(_rows(own, found.stored)):
            table.add_row(short(own.name) if k == 0 else "", what, told)
    notes = [f"ends of layers: {ENDS}", f"breaks: {STRUCTURE}"]
    if len(found.own) > 1:
        few = found.few
        many = len(few.network.time_constants)
        notes.insert(
            0, f"all sources coupled by {many} time constants: off by at most {percent(few.error)} at any time"
        )
    below = [Text(note, style="dim") for note in notes]
    return Group(Text("\nThermal networks", style="bold"), Padding(table, (0, 0, 0, 2)), *below)


def _rows(own: OwnNetwork, stored: float) -> Iterator[tuple[str, str]]:
    few = own.few.network
    off = f"off by at most {percent(own.few.error)} at any time"
    yield f"{len(few)} pairs", f"R    {', '.join(f'{resistance:.4g}' for resistance in few.resistances)} K/W; {off}"
    yield "", f"tau  {', '.join(map(told_time, few.time_constants.tolist()))}"
    if own.passed is not None:
        ends = ", ".join(f"{end.name} {end.resistance:.4g}" for end in own.passed.ends)
        yield f"ends {_way(own.passed)}", f"{ends} K/W; {100 * own.passed.share:.3g} % of the heat leaves there"
    breaks = ", ".join(f"{point.resistance:.4g}" for point in own.breaks(stored))
    yield "breaks", f"{breaks} K/W" if breaks else "none"


def _way(passed: Passed) -> str:
    return {"top": "up", "bottom": "down"}[passed.towards]


def networks_document(title: str, found: Networks, count: int) -> dict[str, Any]:
    """The same as JSON types: every network whole and with so many pairs, errors, layers and breaks."""
    return {
        "schema": SCHEMA,
        "version": __version__,
        "title": title,
        "stored_J_per_K": found.stored,
        "coupled": network_document(named(found.coupled)),
        "few_coupled": {"network": network_document(named(found.few.network)), "error": found.few.error},
        "sources": {short(own.name): _own_document(own, found.stored, count) for own in found.own},
    }


def _own_document(own: OwnNetwork, stored: float, count: int) -> dict[str, Any]:
    return {
        "foster": network_document(own.pairs),
        "cauer": network_document(own.steps),
        "error": own.error,
        "few": network_sheet_document(own.pairs, count),
        "layers": _layers_document(own),
        "breaks": [
            {
                "resistance_K_per_W": point.resistance,
                "capacity_J_per_K": point.capacity,
                "slope_before": point.before,
                "slope_behind": point.behind,
            }
            for point in own.breaks(stored)
        ],
    }


def _layers_document(own: OwnNetwork) -> dict[str, Any] | None:
    if own.passed is None:
        return None
    reached = own.structure.capacity_at(np.array([end.resistance for end in own.passed.ends]))
    return {
        "definition": ENDS,
        "towards": own.passed.towards,
        "share_of_heat": own.passed.share,
        "ends": [
            {
                "name": end.name,
                "kind": end.kind,
                "resistance_K_per_W": end.resistance,
                "capacity_on_structure_J_per_K": float(capacity),
            }
            for end, capacity in zip(own.passed.ends, reached, strict=True)
        ],
    }
