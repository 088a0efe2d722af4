"""How much of everything is there? Volume and mass of every solid, as the cells hold it."""

from dataclasses import dataclass

import numpy as np

from thermopkg.case.case import Case
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.package.solids import Solid


@dataclass(frozen=True)
class Content:
    """What one solid holds: m^3, and kg where the densities of all its materials are known."""

    solid: str
    part: str
    material: str
    volume: float
    mass: float | None


def contents(model: VoxelModel) -> tuple[Content, ...]:
    """Of every solid what no later one has taken, in the order of painting; exact on the planes of the geometry."""
    model = model.whole
    regions = model.region.ravel().astype(np.int64)
    volumes = np.bincount(regions + 1, weights=model.volumes().ravel(), minlength=len(model.regions) + 1)[1:]
    found = []
    for solid, region, volume in zip(model.package.solids, model.regions, volumes, strict=False):
        volume *= model.grid.copies
        density = _density(model.package.case, solid)
        mass = None if density is None else density * float(volume)
        found.append(Content(solid.name, solid.part, region.material, float(volume), mass))
    return tuple(found)


def total_mass(found: tuple[Content, ...]) -> float | None:
    """Of the whole package, kg; None where a density is wanting."""
    masses = [item.mass for item in found if item.volume > 0]
    known = [mass for mass in masses if mass is not None]
    return sum(known) if len(known) == len(masses) else None


def _density(case: Case, solid: Solid) -> float | None:
    """kg/m^3; of smeared materials by their shares."""
    if solid.medium is not None:
        records = [(case.material_named(name).density, share) for name, share in solid.medium.materials]
        known = [share * record.value for record, share in records if record is not None]
        return float(sum(known)) if len(known) == len(records) else None
    own = case.material_named(solid.material).density
    if solid.filler is None:
        return None if own is None else float(own.value)
    other = case.material_named(solid.filler).density
    if own is None or other is None:
        return None
    return float(solid.share * own.value + (1 - solid.share) * other.value)
