"""Which lattice is never below the truth? Two-point fluxes between cell centres: lumped Raviart-Thomas elements.

Fluxes that are balanced in every cell bound the compliance from above; the trapezoid rule over-integrates their
energy, which raises it again. Source: [raviartthomas1977], [pragersynge1947], [braess2007] ch. III.
"""

from collections.abc import Mapping

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice import cell_kernels
from thermopkg.lattice.face_heat import FaceHeat, heat_on_face
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.primal import ambients_differ, faces_by_part
from thermopkg.lattice.sharing import Crew
from thermopkg.mesh.patch import FacePatch, Patch, VolumePatch, volume_shares
from thermopkg.mesh.voxel import ExposedFaces, VoxelModel
from thermopkg.system import AMBIENT, Outlet, ThermalSystem


def emit(model: VoxelModel, patches: Mapping[str, Patch], reference: float) -> ThermalSystem:
    """The dual system: unit loads on the patches, rises over the reference temperature (K).

    Where coolants have other temperatures than the reference, their effect is one more load, AMBIENT.
    """
    gx, gy, gz = (edge_conductance(model, axis) for axis in range(3))
    outlets = _outlets(model, reference)
    ground, ambient_load, constant = np.zeros(model.grid.shape), np.zeros(model.grid.shape), 0.0
    for outlet in outlets:
        np.add.at(ground.reshape(-1), outlet.points, outlet.conductance)
        np.add.at(ambient_load.reshape(-1), outlet.points, outlet.conductance * outlet.rise)
        constant -= float(np.dot(outlet.conductance, outlet.rise**2))
    loads: dict[str, FloatArray] = {}
    faces: dict[str, FaceHeat] = {}
    for name, patch in patches.items():
        match patch:
            case VolumePatch():
                loads[name] = volume_shares(model, patch)
            case FacePatch():
                faces[name] = heat_on_face(model, patch, reference)
                loads[name] = faces[name].load(model.grid.shape)
    if ambients_differ(model, reference):
        loads[AMBIENT] = ambient_load
    constants = _constants(list(loads), faces)
    if AMBIENT in loads:
        constants[-1, -1] = constant
    x, y = (0.5 * (ticks[1:] + ticks[:-1]) for ticks in (model.grid.x, model.grid.y))
    none = np.zeros(0, np.int64)
    return ThermalSystem(Lattice(gx, gy, gz, ground, x, y), loads, constants, outlets, none, np.zeros(0))


def edge_conductance(model: VoxelModel, axis: int) -> FloatArray:
    """Conductance between neighbouring cell centres along one axis: two half cells in series.

        1/g = half length / (k area) of one  +  half length / (k area) of the other

    Returns
    -------
    W/K, shape of the cells with one fewer along `axis`; zero beside a cell that holds nothing
    """
    nx, ny, nz = model.grid.shape
    shape = [(nx - 1, ny, nz), (nx, ny - 1, nz), (nx, ny, nz - 1)][axis]
    kernel = (cell_kernels.dual_edges_x, cell_kernels.dual_edges_y, cell_kernels.dual_edges_z)[axis]
    edges = np.empty(shape)
    Crew().share(
        kernel, shape[0], edges.size, model.region, model.conductivity_table(axis), *model.grid.steps, edges
    )  # fmt: skip
    return edges


def half_cell_at(model: VoxelModel, faces: ExposedFaces, chosen: IntArray) -> tuple[FloatArray, FloatArray]:
    """Conductance from the centres of chosen cells to their exposed face, W/K, and the face's area, m^2."""
    table = model.conductivity_table(faces.axis)
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
            rise = np.full(chosen.size, surface.temperature - reference)
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
