"""What does ParaView open? The model as hexahedra with temperature, heat flux, part and material."""

from pathlib import Path

import meshio
import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.mesh.grid import Grid, geometry_grid
from thermopkg.mesh.voxel import VoxelModel, paint
from thermopkg.report.result import legend

MOST_CELLS = 400_000  # in the file; a finer solution is sampled on a part of its own planes
CORNERS = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1))  # in VTK's order


def write_vtu(path: Path, model: VoxelModel, temperature: FloatArray | None) -> None:
    """Write the active cells.

    Parameters
    ----------
    temperature : K at the grid's corners, or None for the mesh alone
    """
    kept = _thinned(model)
    if any(some.size < ticks.size for some, ticks in zip(kept, model.grid.axes, strict=True)):
        x, y, z = (ticks[some] for ticks, some in zip(model.grid.axes, kept, strict=True))
        model = paint(model.package, Grid(x, y, z))
        temperature = None if temperature is None else temperature[np.ix_(*kept)]
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


def _thinned(model: VoxelModel) -> tuple[IntArray, IntArray, IntArray]:
    """Which ticks of each axis go into the file: all planes of the geometry, and of the rest as many as there is room.

    Every second, fourth, … of the rest stays, so that the cells are of even size.
    """
    needed = geometry_grid(model.package).axes
    stride = 1
    while True:
        kept = [
            np.flatnonzero(np.isin(np.round(ticks, 12), np.round(own, 12)) | (np.arange(ticks.size) % stride == 0))
            for ticks, own in zip(model.grid.axes, needed, strict=True)
        ]
        cells = (kept[0].size - 1) * (kept[1].size - 1) * (kept[2].size - 1)
        if cells <= MOST_CELLS or stride >= max(model.grid.shape):
            return kept[0], kept[1], kept[2]
        stride *= 2


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
