"""Which files take a package's networks to other programs? JSON, SPICE, state spaces, tables, Markdown and pictures."""

import csv
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from thermopkg.answer.networks import Networks, OwnNetwork
from thermopkg.answer.zth import Span
from thermopkg.network.cauer import Cauer, ladder
from thermopkg.network.coupled import CoupledFoster
from thermopkg.network.export import state_space
from thermopkg.network.foster import Foster
from thermopkg.network.netlist import subcircuit
from thermopkg.report.charts import plain
from thermopkg.report.drawing import INK, PICTURE_SIZE, TITLE_SIZE
from thermopkg.report.impedance_plot import draw_pulsed
from thermopkg.report.network_sheet import network_markdown
from thermopkg.report.networks import named
from thermopkg.report.pictures import save
from thermopkg.report.structure_plot import draw_slopes, draw_structure
from thermopkg.report.zth import short

SUBCIRCUIT = "package"  # the name in both netlists, so that one can take the place of the other


def write_networks(folder: Path, title: str, found: Networks, count: int, span: Span, duties: Sequence[float]) -> None:
    """Every file of a package's networks but the JSON.

    `network.cir` and `network-N.cir`: the whole and N pairs; of a single source as a ladder, of several coupled.
    `network.npz`: A, B, C, D. `networks.md`: the few pairs as tables. Of every source `structure-NAME.csv` and `.png`,
    `slopes-NAME.png`, `pulsed-NAME.csv` and `.png`.
    """
    coupled = named(found.coupled)
    circuits = {"network": _circuit(found, coupled), f"network-{count}": _few_circuit(found)}
    for name, network in circuits.items():
        (folder / f"{name}.cir").write_text(subcircuit(network, SUBCIRCUIT, title), encoding="utf-8")
    state_space(coupled).save(folder / "network.npz")
    blocks = [f"# {plain(title)}: {short(own.name)}\n\n{network_markdown(own.pairs, count)}" for own in found.own]
    (folder / "networks.md").write_text("\n".join(blocks), encoding="utf-8")
    for own in found.own:
        name = short(own.name)
        write_structure_csv(folder / f"structure-{name}.csv", own)
        write_pulsed_csv(folder / f"pulsed-{name}.csv", own.pairs, span, duties)
        line, marks, stored = own.structure, own.marks, found.stored
        drawings = {
            "structure": partial(draw_structure, line, marks=marks, sides=own.sides, stored=stored),
            "slopes": partial(draw_slopes, line, marks=marks, stored=stored),
            "pulsed": partial(draw_pulsed, own.pairs, duties=(*duties, 0.0), span=(span.first, span.last)),
        }
        for kind, draw in drawings.items():
            save(folder / f"{kind}-{name}.png", partial(_titled, draw, name), PICTURE_SIZE)


def _titled(draw: Callable[[Axes], Axes], name: str, ax: Axes) -> Axes:
    """A drawing that says whose it is."""
    draw(ax)
    title = ax.get_title(loc="left")
    ax.set_title(
        f"{name}: {title[:1].lower()}{title[1:]}", fontsize=TITLE_SIZE, loc="left", color=INK, parse_math=False
    )
    return ax


def _circuit(found: Networks, coupled: CoupledFoster) -> Cauer | CoupledFoster:
    """Of a single source the ladder, of several all that they do to one another."""
    return found.own[0].steps if len(found.own) == 1 else coupled


def _few_circuit(found: Networks) -> Cauer | CoupledFoster:
    return ladder(found.own[0].few.network) if len(found.own) == 1 else named(found.few.network)


def write_structure_csv(path: Path, own: OwnNetwork) -> None:
    """The corners of the structure function: resistance, capacity, the resistance on either lattice, and the layer."""
    line = own.structure
    low, high = (side.resistance_at(line.capacities) for side in own.sides)
    ends = np.array([mark.end for mark in own.marks])
    names = [*(mark.name for mark in own.marks), ""]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        heads = ("resistance [K/W]", "capacity [J/K]", "resistance primal [K/W]", "resistance dual [K/W]", "layer")
        lines.writerow(heads)
        for numbers in zip(line.resistances, line.capacities, low, high, strict=True):
            place = int(np.searchsorted(np.maximum.accumulate(ends), numbers[0])) if ends.size else 0
            lines.writerow([*(repr(float(number)) for number in numbers), names[min(place, max(len(names) - 2, 0))]])


def write_pulsed_csv(path: Path, network: Foster, span: Span, duties: Sequence[float]) -> None:
    """Highest rise per watt of endless pulses over their width, a column a duty, and of a single pulse."""
    widths = span.times
    columns = [network.pulsed(widths, duty) for duty in (*duties, 0.0)]
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["width [s]", *(f"D = {duty:g} [K/W]" for duty in duties), "single pulse [K/W]"])
        for row in zip(widths, *columns, strict=True):
            lines.writerow([repr(float(number)) for number in row])
