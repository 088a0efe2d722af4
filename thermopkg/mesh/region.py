"""What are the cells of one solid? Their part, material, conductivity and surface."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from thermopkg.arraytypes import FloatArray
from thermopkg.case.material import DULL, REFERENCE_TEMPERATURE, ElectricalRole
from thermopkg.case.part import Pattern
from thermopkg.package.effective import patterned
from thermopkg.package.package import Package
from thermopkg.package.solids import Role, Solid


@dataclass(frozen=True, eq=False)
class Region:
    """Cells of one solid: its part, material and conductivity along x, y, z in W/m/K, shape (3,).

    `emissivity` of its bare faces, from 0 to 1; copper that covers a share of a layer lies under the mask that its
    filler stands for. `mixture` is the share of every cross-section that each material takes; empty where what conducts
    is no mixture of materials. Cells of a contact stand for the solid that they are cut from, number `of`; nothing is
    made or read in them.
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


def region_of(package: Package, solid: Solid) -> Region:
    """What the cells of a solid are."""
    material = package.case.material_named(solid.material)
    if solid.medium is not None:
        told, way = solid.medium.name, solid.medium.along()
        return Region(solid.name, solid.part, solid.role, told, material.electrical, way)
    conductivity = conductivity_of(package, solid, REFERENCE_TEMPERATURE)
    name = solid.material if solid.filler is None else f"{solid.material} {solid.share:.0%}, {solid.filler}"
    skin = material if solid.filler is None else package.case.material_named(solid.filler)
    emissivity = skin.surface_emissivity
    mixture = {solid.material: solid.share}
    if solid.filler is not None:
        mixture[solid.filler] = mixture.get(solid.filler, 0.0) + 1 - solid.share
    return Region(
        solid.name, solid.part, solid.role, name, material.electrical, conductivity, emissivity, mixture, solid.pattern
    )


def follows(package: Package, solid: Solid) -> bool:
    """Whether a solid conducts otherwise when it is warm."""
    if solid.medium is not None:  # what it is made of is taken at 25 degC
        return False
    names = (solid.material,) if solid.filler is None else (solid.material, solid.filler)
    return any(package.case.material_named(name).follows_temperature for name in names)


def conductivity_of(package: Package, solid: Solid, temperature: float | FloatArray) -> FloatArray:
    """Of a solid along x, y, z at temperatures in K, W/m/K, shape (3, *that of the temperatures)."""
    conductivity = package.case.material_named(solid.material).conductivity.along(temperature)
    if solid.filler is None:
        return conductivity
    filler = package.case.material_named(solid.filler).conductivity.along(temperature)
    return patterned(solid.pattern, solid.share, conductivity, filler)
