"""What are the cells of one solid? Their part, material, conductivity and surface."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.case.material import DULL, REFERENCE_TEMPERATURE, ElectricalRole, Material
from thermopkg.case.part import Pattern
from thermopkg.package.effective import patterned
from thermopkg.package.package import Package
from thermopkg.package.solids import Role, Solid


@dataclass(frozen=True, eq=False)
class Region:
    """Cells of one solid: its part, material and conductivity along x, y, z in W/m/K, shape (3,).

    `emissivity` of its bare faces, from 0 to 1; copper that covers a share of a layer lies under the mask that its
    filler stands for. `mixture` is the share of every cross-section that each material takes; empty where what conducts
    is no mixture of materials. `capacity` is the heat that a volume takes up for every kelvin, J/m^3/K, not a number
    where a material does not tell. Cells of a contact stand for the solid that they are cut from, number `of`; nothing
    is made, read or stored in them.
    """

    solid: str
    part: str
    role: Role
    material: str
    electrical: ElectricalRole
    conductivity: FloatArray
    emissivity: float = DULL
    mixture: Mapping[str, float] = field(default_factory=dict)
    pattern: Pattern = "smeared"
    of: int | None = None
    contact: str | None = None  # in words
    capacity: float = math.nan


def region_of(package: Package, solid: Solid) -> Region:
    """What the cells of a solid are."""
    material, capacity = package.case.material_named(solid.material), float(capacity_of(package, solid))
    if solid.medium is not None:
        told, way = solid.medium.name, solid.medium.along()
        return Region(solid.name, solid.part, solid.role, told, material.electrical, way, capacity=capacity)
    conductivity = conductivity_of(package, solid, REFERENCE_TEMPERATURE)
    name = solid.material if solid.filler is None else f"{solid.material} {solid.share:.0%}, {solid.filler}"
    skin = material if solid.filler is None else package.case.material_named(solid.filler)
    emissivity = skin.surface_emissivity
    mixture = {solid.material: solid.share}
    if solid.filler is not None:
        mixture[solid.filler] = mixture.get(solid.filler, 0.0) + 1 - solid.share
    return Region(
        *(solid.name, solid.part, solid.role, name, material.electrical, conductivity, emissivity, mixture),
        pattern=solid.pattern,
        capacity=capacity,
    )


def follows(package: Package, solid: Solid) -> bool:
    """Whether a solid conducts, or stores heat, otherwise when it is warm."""
    if solid.medium is not None:  # what it is made of is taken at 25 degC
        return False
    names = (solid.material,) if solid.filler is None else (solid.material, solid.filler)
    used = [package.case.material_named(name) for name in names]
    return any(one.follows_temperature or one.stores_by_temperature for one in used)


def conductivity_of(package: Package, solid: Solid, temperature: float | FloatArray) -> FloatArray:
    """Of a solid along x, y, z at temperatures in K, W/m/K, shape (3, *that of the temperatures)."""
    conductivity = package.case.material_named(solid.material).conductivity.along(temperature)
    if solid.filler is None:
        return conductivity
    filler = package.case.material_named(solid.filler).conductivity.along(temperature)
    return patterned(solid.pattern, solid.share, conductivity, filler)


def shares_of(solid: Solid) -> tuple[tuple[str, float], ...]:
    """The materials that fill a solid, each with its share of the volume."""
    if solid.medium is not None:
        return solid.medium.materials
    return ((solid.material, solid.share), *(((solid.filler, 1 - solid.share),) if solid.filler is not None else ()))


def capacity_of(package: Package, solid: Solid, temperature: float | FloatArray = REFERENCE_TEMPERATURE) -> FloatArray:
    """Heat that a volume of a solid takes up at temperatures in K, smeared by shares, J/m^3/K, of their shape.

        capacity = sum of share * density * heat capacity

    Not a number where a material lacks one of them; densities are those at 25 degC.
    """
    parts = [(package.case.material_named(name), share) for name, share in shares_of(solid) if share > 0]
    return np.asarray(sum(share * stored_in(material, temperature) for material, share in parts))


def stored_in(material: Material, temperature: float | FloatArray = REFERENCE_TEMPERATURE) -> FloatArray:
    """Density times heat capacity at temperatures in K, J/m^3/K; not a number where one of them is missing."""
    if material.density is None or material.heat_capacity is None:
        return np.full(np.shape(temperature), math.nan)
    return np.asarray(material.density.value * material.heat_capacity.at(temperature))
