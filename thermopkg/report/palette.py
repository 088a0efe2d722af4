"""How does each region look, and what is it called? A colour and one label for every part and material."""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import IntArray
from thermopkg.mesh.region import Region
from thermopkg.mesh.voxel import NOTHING, VoxelModel
from thermopkg.report.drawing import shortened

Colour = tuple[float, float, float]

# Neighbours in a package differ in lightness, so that they stay apart for every eye and in grey print; the hues are
# those of the things themselves: solder grey, copper brown, laminate green, moulding sand.
KIND_COLOURS = {
    "chip": "#5f7fa8",
    "heat-sink": "#d9986a",
    "passive": "#b39ac4",
    "block": "#c8b070",
    "substrate": "#86b08a",
    "board": "#5f9478",
    "lead-frame": "#c98a5b",
    "tape": "#d8a93f",
    "adhesive": "#c46f7c",
    "leads": "#b5622d",
    "pads": "#c99a2e",
    "vias": "#96451a",
    "via fill": "#dcc7b2",
    "traces": "#8a3f14",
    "wires": "#d4b106",
    "copper layer": "#a8521f",
    "bumps": "#55555f",
    "balls": "#8d8d97",
    "terminals": "#6d6d78",
    "fill": "#eef4f9",
    "encapsulant": "#e8dfc8",
    "film": "#d5e3f0",
}
LIGHTEN = 0.3  # of the way to white, from one item of a kind to the next
LONGEST_LABEL = 50  # characters; more would leave the picture itself too little of the page


@dataclass(frozen=True)
class Item:
    """What the reader sees as one thing: all of a part that is of one material."""

    label: str
    colour: Colour


def items(model: VoxelModel) -> tuple[tuple[Item, ...], IntArray]:
    """Every item of a package, and a table that turns each region into the number of its item.

    The table has shape (n_regions + 1,): its last entry turns NOTHING, which is -1, into itself.
    """
    kinds = {name: part.kind for name, part in model.package.parts.items()}
    labels = [_label(region) for region in model.regions]
    distinct = list(dict.fromkeys(labels))
    layers = {label: labels.count(label) for label in distinct}
    taken: set[Colour] = set()
    found = []
    for label in distinct:
        region = model.regions[labels.index(label)]
        shown = label if layers[label] == 1 else f"{label} ({layers[label]} layers)"
        colour = kind_colour(_kind(region, kinds[region.part]))
        while colour in taken:
            colour = _lighter(colour)
        taken.add(colour)
        found.append(Item(shortened(shown, LONGEST_LABEL), colour))
    return tuple(found), np.array([*(distinct.index(label) for label in labels), NOTHING])


def kind_colour(kind: str) -> Colour:
    """The colour of a kind of part, or of a role that has one."""
    text = KIND_COLOURS[kind]
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _label(region: Region) -> str:
    place = f"between {region.part}" if region.role == "fill" else region.solid.replace(".", " ")
    return f"{place}: {region.material}"


def _kind(region: Region, part_kind: str) -> str:
    if region.role == "layer":
        return "copper layer" if region.electrical == "conductor" else part_kind
    return part_kind if region.role == "body" else region.role


def _lighter(colour: Colour) -> Colour:
    red, green, blue = (value + LIGHTEN * (1 - value) for value in colour)
    return red, green, blue
