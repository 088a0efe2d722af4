"""Which loops over cells are compiled to compare fields? What two of them have in common, and fluxes made to balance.

As the other loops over cells (`thermopkg.lattice.cell_kernels`); those over `first:last` rows can be shared.
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray, RegionArray
from thermopkg.lattice.kernels import compiled


@compiled
def primal_products(
    first: int, last: int, region: RegionArray, n_regions: int, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    u: FloatArray, v: FloatArray,
) -> FloatArray:  # fmt: skip
    """Integral of du dv along each axis over the cells of each region in each layer, by the vertex rule, K^2 m.

    `u`, `v` at the grid's corners, K. Returns shape (3, n_regions, nz).
    """
    _, ny, nz = region.shape
    table = np.zeros((3, n_regions, nz))
    for i in range(first, last):
        for j in range(ny):
            for layer in range(nz):
                r = region[i, j, layer]
                if r < 0:
                    continue
                x, y, z = 0.0, 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        x += (u[i + 1, j + p, layer + q] - u[i, j + p, layer + q]) * (
                            v[i + 1, j + p, layer + q] - v[i, j + p, layer + q]
                        )
                        y += (u[i + p, j + 1, layer + q] - u[i + p, j, layer + q]) * (
                            v[i + p, j + 1, layer + q] - v[i + p, j, layer + q]
                        )
                        z += (u[i + p, j + q, layer + 1] - u[i + p, j + q, layer]) * (
                            v[i + p, j + q, layer + 1] - v[i + p, j + q, layer]
                        )
                table[0, r, layer] += x * (dy[j] * dz[layer] / (4.0 * dx[i]))
                table[1, r, layer] += y * (dx[i] * dz[layer] / (4.0 * dy[j]))
                table[2, r, layer] += z * (dx[i] * dy[j] / (4.0 * dz[layer]))
    return table


@compiled
def dual_products(
    first: int, last: int, region: RegionArray, n_regions: int, dx: FloatArray, dy: FloatArray, dz: FloatArray,
    plane_of: IntArray,
    fx: FloatArray, fy: FloatArray, fz: FloatArray, extra: FloatArray,
    gx: FloatArray, gy: FloatArray, gz: FloatArray, extra_g: FloatArray,
) -> FloatArray:  # fmt: skip
    """Integral of f g along each axis over the cells of each region in each layer, by the trapezoid rule, W^2/m.

    Heat through the faces, W, as the cell below sees it; `extra` is what the faces of some planes hand to the cell
    above beyond that, `plane_of` which of its rows belongs to a plane of the grid, or -1. Shape (3, n_regions, nz).
    """
    _, ny, nz = region.shape
    table = np.zeros((3, n_regions, nz))
    for i in range(first, last):
        for j in range(ny):
            for layer in range(nz):
                r = region[i, j, layer]
                if r < 0:
                    continue
                x = fx[i, j, layer] * gx[i, j, layer] + fx[i + 1, j, layer] * gx[i + 1, j, layer]
                y = fy[i, j, layer] * gy[i, j, layer] + fy[i, j + 1, layer] * gy[i, j + 1, layer]
                f, g, plane = fz[i, j, layer], gz[i, j, layer], plane_of[layer]
                if plane >= 0:
                    f += extra[plane, i, j]
                    g += extra_g[plane, i, j]
                z = f * g + fz[i, j, layer + 1] * gz[i, j, layer + 1]
                table[0, r, layer] += x * (dx[i] / (2.0 * dy[j] * dz[layer]))
                table[1, r, layer] += y * (dy[j] / (2.0 * dx[i] * dz[layer]))
                table[2, r, layer] += z * (dz[layer] / (2.0 * dx[i] * dy[j]))
    return table


@compiled
def spread_out(region: RegionArray, roots: IntArray, order: IntArray, way: IntArray) -> int:
    """From the cells `roots` to neighbours, to theirs, and so on: every cell that is reached, in this order.

    `way` (flat, -1 at first, at the roots what they go out by) becomes the face towards the cell one was reached
    from: 2 * axis, and 1 more where that lies at the cell's high end. Returns how many cells were reached.
    """
    nx, ny, nz = region.shape
    reached = 0
    for cell in roots:
        order[reached] = cell
        reached += 1
    done = 0
    while done < reached:
        cell = order[done]
        done += 1
        i, j, layer = cell // (ny * nz), (cell // nz) % ny, cell % nz
        for face in range(6):
            a, b, c = i, j, layer
            step = 1 if face % 2 == 1 else -1
            if face < 2:
                a += step
            elif face < 4:
                b += step
            else:
                c += step
            if a < 0 or b < 0 or c < 0 or a >= nx or b >= ny or c >= nz or region[a, b, c] < 0:
                continue
            other = (a * ny + b) * nz + c
            if way[other] < 0:
                way[other] = face + 1 if face % 2 == 0 else face - 1
                order[reached] = other
                reached += 1
    return reached


@compiled
def make_balance(
    order: IntArray, way: IntArray, heat_of: IntArray, source: FloatArray, plane_of: IntArray,
    fx: FloatArray, fy: FloatArray, fz: FloatArray, extra: FloatArray, heats: FloatArray,
) -> float:  # fmt: skip
    """Send what every cell has too much or too little towards where it was reached from, the last cells first.

    Changes the fluxes, W. `heat_of` is which of `heats` a root's own face is, or -1; `source` what each cell makes.
    Returns the largest imbalance of a cell that there was before, W.
    """
    _, ny, nz = source.shape
    worst = 0.0
    for step in range(order.size - 1, -1, -1):
        cell = order[step]
        i, j, layer = cell // (ny * nz), (cell // nz) % ny, cell % nz
        low = fz[i, j, layer]
        if plane_of[layer] >= 0:
            low += extra[plane_of[layer], i, j]
        over = fx[i + 1, j, layer] - fx[i, j, layer] + fy[i, j + 1, layer] - fy[i, j, layer]
        over += fz[i, j, layer + 1] - low - source[i, j, layer]
        worst = max(worst, abs(over))
        face = way[cell]
        if face == 0:
            fx[i, j, layer] += over
        elif face == 1:
            fx[i + 1, j, layer] -= over
        elif face == 2:
            fy[i, j, layer] += over
        elif face == 3:
            fy[i, j + 1, layer] -= over
        elif face == 4:
            fz[i, j, layer] += over
        else:
            fz[i, j, layer + 1] -= over
        if heat_of[cell] >= 0:
            heats[heat_of[cell]] -= over
    return worst


@compiled
def primal_diagonal(
    region: RegionArray, k: FloatArray, dx: FloatArray, dy: FloatArray, dz: FloatArray, diagonal: FloatArray
) -> None:
    """Add to every corner what its edges conduct together, W/K; k along x, y, z, W/m/K, shape (3, n_regions)."""
    nx, ny, nz = region.shape
    for i in range(nx):
        for j in range(ny):
            for layer in range(nz):
                r = region[i, j, layer]
                if r < 0:
                    continue
                own = k[0, r] * (dy[j] * dz[layer] / (4.0 * dx[i])) + k[1, r] * (dx[i] * dz[layer] / (4.0 * dy[j]))
                own += k[2, r] * (dx[i] * dy[j] / (4.0 * dz[layer]))
                for p in range(2):
                    for q in range(2):
                        diagonal[i + p, j + q, layer] += own
                        diagonal[i + p, j + q, layer + 1] += own


@compiled
def primal_sketch(
    first: int, last: int, region: RegionArray, term: IntArray, factor: FloatArray, n_terms: int, n_buckets: int,
    dx: FloatArray, dy: FloatArray, dz: FloatArray, bucket: IntArray, scale: FloatArray, u: FloatArray,
) -> FloatArray:  # fmt: skip
    """Heat that a field sends out of every corner, term by term, each corner's times its scale added to its bucket.

    `term` and `factor` by axis, region and layer; `bucket`, `scale` and `u` at the corners. Shape (n_terms, n_buckets).
    """
    _, ny, nz = region.shape
    found = np.zeros((n_terms, n_buckets))
    for i in range(first, last):
        for j in range(ny):
            for layer in range(nz):
                r = region[i, j, layer]
                if r < 0:
                    continue
                for axis in range(3):
                    a, b, c = (1, 0, 0) if axis == 0 else (0, 1, 0) if axis == 1 else (0, 0, 1)
                    if axis == 0:
                        share = dy[j] * dz[layer] / (4.0 * dx[i])
                    elif axis == 1:
                        share = dx[i] * dz[layer] / (4.0 * dy[j])
                    else:
                        share = dx[i] * dy[j] / (4.0 * dz[layer])
                    t = term[axis, r, layer]
                    share *= factor[axis, r, layer]
                    for p in range(2):
                        for q in range(2):
                            x = i if axis == 0 else i + p
                            y = j + p if axis == 0 else j if axis == 1 else j + q
                            z = layer if axis == 2 else layer + q
                            heat = share * (u[x + a, y + b, z + c] - u[x, y, z])
                            found[t, bucket[x + a, y + b, z + c]] += scale[x + a, y + b, z + c] * heat
                            found[t, bucket[x, y, z]] -= scale[x, y, z] * heat
    return found
