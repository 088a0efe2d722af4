"""What is there to say of a package by itself? Its size, chip, joints, layers and mass."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from thermopkg.case.parts import (
    Balls,
    Block,
    Carrier,
    Chip,
    Encapsulant,
    HeatSink,
    LeadFrame,
    Pads,
    Part,
    Tape,
    Vias,
    Wires,
)
from thermopkg.mesh.contents import contents, total_mass
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.lumping import joints_of
from thermopkg.package.package import Package
from thermopkg.package.solids import Solid
from thermopkg.report.contents import MG
from thermopkg.report.cuts import MM
from thermopkg.report.drawing import rounded

FINE = 3  # significant digits of a mass and of a thickness


def facts(model: VoxelModel) -> tuple[tuple[str, str], ...]:
    """What a data sheet tells of a package, as pairs of words: the whole, its parts, its mass.

    Parameters
    ----------
    model : the package on the planes of its own geometry
    """
    package = model.package
    found = [("Body", f"{_size(package.bounds[:, 1] - package.bounds[:, 0])} mm")]
    kinds = [part.kind for part in package.case.part]
    for part in package.case.part:
        own = f" {part.name}" if kinds.count(part.kind) > 1 or isinstance(part, Block) else ""
        found += ((kind + own, told) for kind, told in _of_part(package, part))
    wishes = package.case.datasheet
    if wishes.joints is not None:
        pitch = "" if wishes.pitch is None else f", pitch {wishes.pitch * MM:.4g} mm"
        found.append(("Joints to the board", f"{wishes.joints:,}{pitch}, as the case tells"))
    mass = total_mass(contents(model))
    found.append(("Mass", "not known: a density is wanting" if mass is None else f"{rounded(mass * MG, FINE)} mg"))
    return tuple(found)


def _of_part(package: Package, part: Part) -> Iterator[tuple[str, str]]:
    match part:
        case Chip():
            makes = f", {part.power:g} W" if part.power else ""
            leaks = f", {part.leakage.power:g} W leak at {part.leakage.at - 273.15:g} °C" if part.leakage else ""
            yield "Chip", f"{_size(np.array(part.size))} mm, face {part.face}{makes}{leaks}"
            if part.bumps is not None:
                yield "Bumps", _joints(package, part, "bumps")
        case Carrier():
            metal = sum(not layer.full or _conducts(package, layer.material) for layer in part.layers)
            thick = rounded(sum(layer.thickness for layer in part.layers) * MM, FINE)
            told = f"{_size(np.array(part.size))} × {thick} mm, {len(part.layers)} layers, {metal} of them of metal"
            yield "Substrate", told
        case LeadFrame() | Tape():
            leads = part.leads
            told = f"{2 * sum(leads.count)} leads, pitch {leads.pitch * MM:.4g} mm, {part.material}"
            yield "Lead frame" if isinstance(part, LeadFrame) else "Tape", told
        case HeatSink():
            yield "Heat sink", f"{_size(np.array(part.size))} mm, {part.material}"
        case Encapsulant():
            yield "Moulding", part.material
        case Balls() | Pads() | Vias():
            yield part.kind.capitalize(), _joints(package, part, part.kind)
        case Wires():
            yield "Wires", f"{2 * sum(part.count)}, {part.diameter * 1e6:.4g} µm, {part.material}"
        case Block():
            yield "Block", f"{_size(np.array(part.size))} mm, {part.material}"
        case _:
            return


def _joints(package: Package, part: Part, role: str) -> str:
    """How many, on which pitch, how wide, of what, and whether they are one medium."""
    joints = joints_of(part)
    assert joints is not None, "bumps, balls, pads and vias are joints"
    own = [solid for solid in package.of_part(part.name) if solid.role == role or solid.medium is not None]
    number = sum(solid.medium.n_joints if solid.medium is not None else _n_boxes(solid) for solid in own[:1])
    pitch = f", pitch {joints.pitch * MM:.4g} mm" if joints.pitch is not None else ""
    medium = "" if joints.model == "explicit" else f", as one medium ({joints.model})"
    return f"{number:,}{pitch}, ⌀ {joints.diameter * MM:.3g} mm, {joints.material}{medium}"


def _n_boxes(solid: Solid) -> int:
    return len(solid.boxes) if solid.discs is None else len(solid.discs)  # a tube has four boxes


def _conducts(package: Package, material: str) -> bool:
    return package.case.material_named(material).electrical == "conductor"


def _size(lengths: Any) -> str:
    """In mm, with times signs."""
    return " × ".join(rounded(float(length) * MM) for length in lengths)


def facts_document(model: VoxelModel) -> dict[str, Any]:
    """Size and mass as numbers, all else in words."""
    size = (model.package.bounds[:, 1] - model.package.bounds[:, 0]) * MM
    mass = total_mass(contents(model))
    return {
        "size": {"value": [round(float(length), 9) for length in size], "unit": "mm"},
        "mass": {"value": None if mass is None else mass * MG, "unit": "mg"},
        "facts": dict(facts(model)),
    }
