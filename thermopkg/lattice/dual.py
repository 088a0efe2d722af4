"""Which lattice is never below the truth? Two-point fluxes between cell centres: lumped Raviart-Thomas elements.

Fluxes that are balanced in every cell bound the compliance from above; the trapezoid rule over-integrates their
energy, which raises it again. Source: [raviartthomas1977], [pragersynge1947], [braess2007] ch. III.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice.face_heat import FaceHeat, heat_on_face
from thermopkg.lattice.network import CellLattice
from thermopkg.lattice.primal import NO_POINTS, ambient_load, ambients_differ, cooled_points, faces_by_part
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, volume_shares
from thermopkg.mesh.storage import cell_capacitance
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.system import AMBIENT, MadeWhenAsked, Outlet, ThermalSystem


def emit(model: VoxelModel, patches: Mapping[str, Patch], reference: float) -> ThermalSystem:
    """The dual system: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT.
    """
    outlets = _outlets(model, reference)
    x, y = (0.5 * (ticks[1:] + ticks[:-1]) for ticks in (model.grid.x, model.grid.y))
    lattice = CellLattice(
        *(model.region, model.conductivity_table, model.grid.steps, True, x, y),
        *cooled_points(outlets, model.grid.shape),
        NO_POINTS,
    )
    loads: dict[str, Callable[[], FloatArray]] = {}
    faces: dict[str, FaceHeat] = {}
    for name, patch in patches.items():
        match patch:
            case VolumePatch():
                loads[name] = partial(volume_shares, model, patch)
            case FacePatch():
                faces[name] = heat_on_face(model, patch, reference)
                loads[name] = partial(faces[name].load, model.grid.shape)
    if ambients_differ(model, reference):
        loads[AMBIENT] = partial(ambient_load, outlets, model.grid.shape)
    constants = _constants(list(loads), faces)
    if AMBIENT in loads:
        constants[-1, -1] = -sum(float(np.dot(outlet.conductance, outlet.rise**2)) for outlet in outlets)
    stored = partial(cell_capacitance, model)
    return ThermalSystem(lattice, MadeWhenAsked(loads), constants, outlets, NO_POINTS, np.zeros(0), stored)


def half_cell_at(model: VoxelModel, faces: ExposedFaces, chosen: IntArray) -> tuple[FloatArray, FloatArray]:
    """Conductance from the centres of chosen cells to their exposed face, W/K, and the face's area, m^2."""
    table = model.conductivity_table[faces.axis]
    cells = faces.cells[chosen]
    index = np.unravel_index(cells, model.grid.shape)
    first, second = (other for other in range(3) if other != faces.axis)
    steps = model.grid.steps
    area = steps[first][index[first]] * steps[second][index[second]]
    return 2 * table[model.region.ravel()[cells]] * area / steps[faces.axis][index[faces.axis]], area


def _outlets(model: VoxelModel, reference: float) -> tuple[Outlet, ...]:
    """One outlet for each exposed face of each part: half a cell in series with the film."""
    outlets = []
    for faces in model.exposed:
        face = "sides" if faces.axis < 2 else "top" if faces.high else "bottom"
        for part, number, chosen in faces_by_part(model, faces):
            surface = model.surfaces[number]
            half, area = half_cell_at(model, faces, chosen)
            conductance = 1 / (1 / half + 1 / (surface.film * area))
            rise = np.broadcast_to(surface.temperature - reference, chosen.size)
            outlets.append(Outlet(part, face, surface.name, faces.cells[chosen], conductance, rise))
    return tuple(outlets)


def _constants(names: list[str], faces: Mapping[str, FaceHeat]) -> FloatArray:
    """What the averages gain from heat on the very same face, K/W, shape (n, n)."""
    constants = np.zeros((len(names), len(names)))
    for i, first in enumerate(names):
        if first not in faces:
            continue
        for j, second in enumerate(names):
            if second in faces and faces[first].plane == faces[second].plane:
                total = faces[first].total
                both = faces[first].share * faces[second].share
                constants[i, j] = np.divide(both, total, out=np.zeros_like(total), where=total > 0).sum()
            elif second == AMBIENT:
                constants[i, j] = constants[j, i] = float((faces[first].to_film * faces[first].film_rise).sum())
    return constants
