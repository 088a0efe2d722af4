"""Which linear case stands for a package at rest? Numbers in the place of everything that follows the temperature."""

import numpy as np

from thermopkg.case.case import Case
from thermopkg.case.material import IsotropicConductivity, Material
from thermopkg.case.parts import Chip
from thermopkg.mesh.voxel import VoxelModel
from thermopkg.units import CONDUCTIVITY, format_si

# what numbers of such a case say of another design
STAYS = "Films, conductivities and powers are as they are at rest in the case as it stands, and stay so at other values"


def linear_case(model: VoxelModel) -> Case:
    """A case with a film for every face, a power for every chip, and each material at its own mean temperature.

    What it lacks of the package at rest is how conductivities differ within a material: second order in that.

    Parameters
    ----------
    model : of a package that has come to rest
    """
    package, case = model.package, model.package.case
    powers = {face.part: face.power for face in package.active_faces}
    parts = tuple(
        part.model_copy(update={"power": powers[part.name], "leakage": None}) if isinstance(part, Chip) else part
        for part in case.part
    )
    study = case.study.model_copy(update={"temperature_dependent": False})
    materials = {**case.materials, **_at_rest(model)}
    return case.model_copy(update={"part": parts, "study": study, "materials": materials})


def _at_rest(model: VoxelModel) -> dict[str, Material]:
    """Materials that follow the temperature, each as it is at its mean temperature by volume."""
    package, case = model.package, model.package.case
    if package.temperature is None:
        return {}
    x, y, z = (0.5 * (ticks[1:] + ticks[:-1]) for ticks in model.grid.axes)
    temperature, volumes = package.temperature.at((x, y, z)), model.volumes()
    warmed = [solid for solid in package.solids if solid.medium is None]  # what a medium is made of stays at 25 degC
    solids = {
        name: {solid.name for solid in warmed if name in (solid.material, solid.filler)}
        for name in {name for solid in warmed for name in (solid.material, solid.filler) if name is not None}
        if case.material_named(name).follows_temperature
    }
    found: dict[str, Material] = {}
    for name, users in solids.items():
        cells = model.cells_of(users)
        if not cells.any():
            continue
        mean = float(np.average(temperature[cells], weights=volumes[cells]))
        before = case.material_named(name)
        value = format_si(float(before.conductivity.along(mean)[0]), CONDUCTIVITY)
        told = IsotropicConductivity.model_validate(
            {"value": value, "source": before.conductivity.source, "confidence": before.conductivity.confidence}
        )
        found[name] = before.model_copy(update={"conductivity": told, "aliases": ()})
    return found
