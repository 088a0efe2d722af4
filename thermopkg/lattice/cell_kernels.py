"""Which loops over cells are compiled? Conductances from regions, and the width of the bracket cell by cell.

Like the loops over points (`thermopkg.lattice.kernels`), each works on a range `first:last` of rows and lets go of the
interpreter's lock. `region` has shape (nx, ny, nz), -1 where there is nothing; a table of conductivities has one entry
a region and a zero at its end, which is what -1 picks.
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, RegionArray
from thermopkg.lattice.kernels import compiled


@compiled
def primal_edges_x(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """edges[i, j, l]: between corners i and i + 1; k over the four cells around it times a quarter of its section."""
    _, ny, nz = region.shape
    share = np.empty(nz)
    for i in range(first, last):
        edges[i, :, :] = 0.0
        for j in range(ny):
            for layer in range(nz):
                share[layer] = k[region[i, j, layer]] * (dy[j] * dz[layer] / (4.0 * dx[i]))
            for corner in range(j, j + 2):
                for layer in range(nz):
                    edges[i, corner, layer] += share[layer]
                for layer in range(nz):
                    edges[i, corner, layer + 1] += share[layer]


@compiled
def primal_edges_y(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """As `primal_edges_x`, between corners j and j + 1; rows first:last of corners."""
    nx, ny, nz = region.shape
    share = np.empty(nz)
    for i in range(first, last):
        edges[i, :, :] = 0.0
        for cell in range(max(i - 1, 0), min(i + 1, nx)):
            for j in range(ny):
                for layer in range(nz):
                    share[layer] = k[region[cell, j, layer]] * (dx[cell] * dz[layer] / (4.0 * dy[j]))
                for layer in range(nz):
                    edges[i, j, layer] += share[layer]
                for layer in range(nz):
                    edges[i, j, layer + 1] += share[layer]


@compiled
def primal_edges_z(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """As `primal_edges_x`, between corners l and l + 1; rows first:last of corners."""
    nx, ny, nz = region.shape
    share = np.empty(nz)
    for i in range(first, last):
        edges[i, :, :] = 0.0
        for cell in range(max(i - 1, 0), min(i + 1, nx)):
            for j in range(ny):
                for layer in range(nz):
                    share[layer] = k[region[cell, j, layer]] * (dx[cell] * dy[j] / (4.0 * dz[layer]))
                for corner in range(j, j + 2):
                    for layer in range(nz):
                        edges[i, corner, layer] += share[layer]


@compiled
def in_series(one: float, other: float) -> float:
    """Conductance of two in series; zero where one is missing."""
    return one * other / (one + other) if one > 0.0 and other > 0.0 else 0.0


@compiled
def dual_edges_x(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """edges[i, j, l]: between the centres of cells i and i + 1, two half cells in series."""
    _, ny, nz = region.shape
    for i in range(first, last):
        low, high = 2.0 / dx[i], 2.0 / dx[i + 1]
        for j in range(ny):
            for layer in range(nz):
                joined = in_series(k[region[i, j, layer]] * low, k[region[i + 1, j, layer]] * high)
                edges[i, j, layer] = joined * (dy[j] * dz[layer])


@compiled
def dual_edges_y(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """As `dual_edges_x`, between the centres of cells j and j + 1."""
    _, ny, nz = region.shape
    for i in range(first, last):
        for j in range(ny - 1):
            low, high = 2.0 / dy[j], 2.0 / dy[j + 1]
            for layer in range(nz):
                joined = in_series(k[region[i, j, layer]] * low, k[region[i, j + 1, layer]] * high)
                edges[i, j, layer] = joined * (dx[i] * dz[layer])


@compiled
def dual_edges_z(
    first: int, last: int, region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    edges: FloatArray,
) -> None:  # fmt: skip
    """As `dual_edges_x`, between the centres of cells l and l + 1."""
    _, ny, nz = region.shape
    for i in range(first, last):
        for j in range(ny):
            for layer in range(nz - 1):
                low, high = 2.0 / dz[layer], 2.0 / dz[layer + 1]
                joined = in_series(k[region[i, j, layer]] * low, k[region[i, j, layer + 1]] * high)
                edges[i, j, layer] = joined * (dx[i] * dy[j])


@compiled
def constitutive_error(
    first: int,
    last: int,
    region: RegionArray,
    k: FloatArray,
    region_above: RegionArray,
    k_above: FloatArray,
    dx: FloatArray,
    dy: FloatArray,
    dz: FloatArray,
    rise: FloatArray,
    fx: FloatArray,
    fy: FloatArray,
    fz: FloatArray,
    gained: FloatArray,
    by_x: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What cells add to the width of the bracket through each direction, summed over slabs and regions.

        |s|^2 / k_above + k |grad u|^2 + 2 s . grad u

    s linear between a cell's faces, grad u of the trilinear u, both by their lattices' rules; a square where the two
    conductivities are the same.

    Parameters
    ----------
    region, k : as the primal lattice sees them, k of the regions along x, y, z, W/m/K, shape (3, n_regions + 1)
    region_above, k_above : as the dual lattice does
    rise : u of the primal lattice at the corners, K
    fx, fy, fz : heat through the faces in the sense of the axis as the cell below sees it, W; one more along the axis
    gained : heat that a face in z hands to the cell above beyond what the cell below gave it, W, shape of fz
    by_x : K W, shape (nx,), rows first:last are written
    Returns
    -------
    by y, by z, by region, K W, shapes (ny,), (nz,), (n_regions,); parts of the sums from these rows
    """
    _, ny, nz = region.shape
    by_y, by_z, by_region = np.zeros(ny), np.zeros(nz), np.zeros(k.shape[1] - 1)
    for i in range(first, last):
        x_sum = 0.0
        for j in range(ny):
            y_sum = 0.0
            for layer in range(nz):
                r = region[i, j, layer]
                if r < 0:
                    continue
                s = region_above[i, j, layer]
                width_x, width_y, width_z = dx[i], dy[j], dz[layer]
                volume = width_x * width_y * width_z
                a, b = fx[i, j, layer], fx[i + 1, j, layer]
                slopes, squares = 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        slope = rise[i + 1, j + p, layer + q] - rise[i, j + p, layer + q]
                        slopes += slope
                        squares += slope * slope
                resistance = width_x * width_x / (k_above[0, s] * volume)
                conductance = k[0, r] * volume / (width_x * width_x)
                ex = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                a, b = fy[i, j, layer], fy[i, j + 1, layer]
                slopes, squares = 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        slope = rise[i + p, j + 1, layer + q] - rise[i + p, j, layer + q]
                        slopes += slope
                        squares += slope * slope
                resistance = width_y * width_y / (k_above[1, s] * volume)
                conductance = k[1, r] * volume / (width_y * width_y)
                ey = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                a, b = fz[i, j, layer] + gained[i, j, layer], fz[i, j, layer + 1]
                slopes, squares = 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        slope = rise[i + p, j + q, layer + 1] - rise[i + p, j + q, layer]
                        slopes += slope
                        squares += slope * slope
                resistance = width_z * width_z / (k_above[2, s] * volume)
                conductance = k[2, r] * volume / (width_z * width_z)
                ez = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                if k[0, r] != k_above[0, s] or k[1, r] != k_above[1, s] or k[2, r] != k_above[2, s]:
                    # an upright circle cuts the cell: only cuts in x and y make less of what both see differently
                    ex, ey, ez = ex + 0.5 * ez, ey + 0.5 * ez, 0.0
                x_sum += ex
                y_sum += ey
                by_z[layer] += ez
                by_region[r] += ex + ey + ez
            by_y[j] += y_sum
        by_x[i] = x_sum
    return by_y, by_z, by_region
