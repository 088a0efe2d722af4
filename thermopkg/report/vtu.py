"""What does ParaView open? The model as hexahedra with temperature, heat flux, part and material."""

from pathlib import Path

import meshio
import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.grid import Grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.report.result import legend

MOST_CELLS = 400_000  # in the file; a finer solution is sampled at the points of a grid that it was halved from
CORNERS = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))  # in VTK's order


def write_vtu(path: Path, model: VoxelModel, temperature: FloatArray | None, halvings: int) -> None:
    """Write the active cells.

    Parameters
    ----------
    temperature : K at the grid's corners, or None for the mesh alone
    halvings : how often the whole grid was halved, so that many times it can be sampled at every other point
    """
    stride = 1
    while halvings and model.grid.n_cells / stride**3 > MOST_CELLS:
        stride, halvings = 2 * stride, halvings - 1
    if stride > 1:
        x, y, z = (ticks[::stride] for ticks in model.grid.axes)
        model = paint(model.package, Grid(x, y, z))
        temperature = None if temperature is None else temperature[::stride, ::stride, ::stride]
    cells = np.flatnonzero(model.active)
    corners = _corners(model, cells)
    used, compact = np.unique(corners, return_inverse=True)
    names = legend(model)
    region = model.region.ravel()[cells]
    part_of = np.array([names["part"].index(r.part) for r in model.regions], np.int32)
    material_of = np.array([names["material"].index(r.material) for r in model.regions], np.int32)
    cell_data, point_data = {"part": [part_of[region]], "material": [material_of[region]]}, {}
    if temperature is not None:
        point_data["temperature_degC"] = (temperature.ravel()[used] - 273.15).astype(np.float32)
        flux = heat_flux(model, temperature).reshape(-1, 3)[cells]
        cell_data["heat_flux_W_m2"] = [flux.astype(np.float32)]
    mesh = meshio.Mesh(
        _points(model.grid, used),
        [("hexahedron", compact.reshape(corners.shape).astype(np.int32))],
        point_data=point_data,
        cell_data=cell_data,
    )
    meshio.write(path, mesh, file_format="vtu")


def heat_flux(model: VoxelModel, temperature: FloatArray) -> FloatArray:
    """Mean of -k grad T over each cell, W/m^2, shape (nx, ny, nz, 3), for trilinear temperatures at the corners."""
    out = np.empty((*model.grid.shape, 3))
    for axis, steps in enumerate(model.grid.steps):
        slope = np.diff(temperature, axis=axis) / steps.reshape([-1 if a == axis else 1 for a in range(3)])
        for other in range(3):
            if other != axis:
                low, high = [slice(None)] * 3, [slice(None)] * 3
                low[other], high[other] = slice(None, -1), slice(1, None)
                slope = 0.5 * (slope[tuple(low)] + slope[tuple(high)])
        out[..., axis] = -model.conductivity(axis) * slope
    return out


def _corners(model: VoxelModel, cells: IntArray) -> IntArray:
    """Flat indices of the eight corners of each cell, shape (n, 8)."""
    nx, ny, nz = model.grid.shape
    i, j, k = np.unravel_index(cells, (nx, ny, nz))
    return np.stack([((i + a) * (ny + 1) + j + b) * (nz + 1) + k + c for a, b, c in CORNERS], axis=1)


def _points(grid: Grid, used: IntArray) -> FloatArray:
    """Coordinates of the used corners, m, shape (n, 3)."""
    index = np.unravel_index(used, [n + 1 for n in grid.shape])
    return np.stack([ticks[i] for ticks, i in zip(grid.axes, index, strict=True)], axis=1)
