"""Which loops over cells are compiled? Conductances from regions, and the width of the bracket cell by cell.

Like the loops over points (`thermopkg.lattice.kernels`), each works on a range `first:last` of rows and lets go of the
interpreter's lock. `region` has shape (nx, ny, nz), -1 where there is nothing; a table of conductivities has one entry
a region and a zero at its end, which is what -1 picks.

Conductances are made for a *strip* of a row of points at a time, its lines start to stop - 1 along y, so that all that
is needed for it stays in the cache. The arrays of a strip have one axis and hold one line more on either side, for
loops that are long and meet no branches: of nz points a line, point (j, layer) stands at

    (j - start + 1) * nz + layer

An edge is kept at its lower end; where there is none stands a zero. Of loops with few arrays each, the compiler can
show these apart, which it must before it makes vector instructions.
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, RegionArray
from thermopkg.lattice.kernels import compiled

STRIP = 32  # lines; whole cache lines of lanes, and some twenty arrays of as many lines fit into a second-level cache


# ------------------------------------------------------------------------------------ conductances
@compiled
def measure_strip(
    centred: bool, start: int, stop: int, dy: FloatArray, dz: FloatArray, measure: FloatArray
) -> None:  # fmt: skip
    """What the conductance of each cell of a strip is proportional to, beside k and its width in x, or one over that.

    A quarter of a cell's section over its length, for corners; the section over half the length, for centres.
    measure : along x, y, z; shape (3, n), in the order of `take_regions`
    """
    nz = dz.size + (not centred)
    share = 2.0 if centred else 0.25
    for j in range(max(start - 1, 0), min(stop + 1, dy.size)):
        at = (j - start + 1) * nz + (not centred)
        for layer in range(dz.size):
            measure[0, at + layer] = share * dy[j] * dz[layer]
            measure[1, at + layer] = share * dz[layer] / dy[j]
            measure[2, at + layer] = share * dy[j] / dz[layer]


@compiled
def take_regions(i: int, centred: bool, start: int, stop: int, region: RegionArray, own: RegionArray) -> None:
    """own = regions of row i of cells around a strip, -1 beyond all ends.

    Centres: cell (j, layer) stands where its point does. Corners: one further, so that the four cells around the
    corner at n stand at n - nz, n - nz + 1, n and n + 1; a line has one corner more than cells, so there is a -1
    between the highest cell of one line and the lowest of the next.
    """
    nx, ny, n_layers = region.shape
    nz = n_layers + (not centred)
    own[:] = -1
    if i < 0 or i >= nx:
        return
    for j in range(max(start - 1, 0), min(stop + centred, ny)):
        at = (j - start + 1) * nz + (not centred)
        cells = region[i, j]
        for layer in range(n_layers):
            own[at + layer] = cells[layer]


@compiled
def through_cells(own: RegionArray, k: FloatArray, measure: FloatArray, factor: float, shares: FloatArray) -> None:
    """shares = k * measure * factor of every cell of a strip, along one axis."""
    for n in range(shares.size):
        shares[n] = k[own[n]] * (measure[n] * factor)


@compiled
def in_series(one: FloatArray, other: FloatArray, joined: FloatArray) -> None:
    """Conductances of pairs in series; zero where one is missing."""
    for n in range(joined.size):
        both = one[n] + other[n]
        series = one[n] * other[n] / both
        joined[n] = series if both > 0.0 else 0.0  # chosen afterwards: a loop that branches makes no vector loop


@compiled
def add_half(half: FloatArray, one: FloatArray, other: FloatArray, edges: FloatArray) -> None:
    """edges = the half from the row before + one + other, the half of this row, which is left for the next one."""
    for n in range(edges.size):
        own = one[n] + other[n]
        edges[n] = half[n] + own
        half[n] = own


@compiled
def corner_edges(
    i: int, start: int, stop: int, region: RegionArray, k: FloatArray, dx: FloatArray, measure: FloatArray,
    own: RegionArray, room: FloatArray, gx: FloatArray, gy: FloatArray, gz: FloatArray,
) -> None:  # fmt: skip
    """`strip_edges` between corners: k times a quarter of the section over the length, of all cells around an edge."""
    nz = region.shape[2] + 1
    end = (stop - start + 1) * nz
    width = dx[min(max(i, 0), dx.size - 1)]
    take_regions(i, False, start, stop, region, own)
    x, y, z, half_y, half_z = room[0], room[1], room[2], room[3], room[4]
    through_cells(own, k[0], measure[0], 1.0 / width, x[: end + 1])
    through_cells(own, k[1], measure[1], width, y[: end + 1])
    through_cells(own, k[2], measure[2], width, z[: end + 1])
    a, b, c, d, edges = x[: end - nz], x[1 : end - nz + 1], x[nz:end], x[nz + 1 : end + 1], gx[nz:end]
    for n in range(edges.size):
        edges[n] = a[n] + b[n] + c[n] + d[n]
    add_half(half_y, y[:end], y[1 : end + 1], gy[:end])
    add_half(half_z, z[1 : end - nz + 1], z[nz + 1 : end + 1], gz[nz:end])


@compiled
def centre_edges(
    i: int, start: int, stop: int, region: RegionArray, k: FloatArray, dx: FloatArray, measure: FloatArray,
    own: RegionArray, room: FloatArray, gx: FloatArray, gy: FloatArray, gz: FloatArray,
) -> None:  # fmt: skip
    """`strip_edges` between the centres of cells: two half cells in series."""
    nx, _, nz = region.shape
    end = (stop - start + 1) * nz
    here, above = dx[min(max(i, 0), nx - 1)], dx[min(i + 1, nx - 1)]
    one, other = room[0, : end + nz], room[1, : end + nz]
    take_regions(i + 1, True, start, stop, region, own)
    through_cells(own, k[0], measure[0], 1.0 / above, other)
    take_regions(i, True, start, stop, region, own)
    through_cells(own, k[0], measure[0], 1.0 / here, one)
    in_series(one[nz:end], other[nz:end], gx[nz:end])
    through_cells(own, k[1], measure[1], here, one)
    in_series(one[:end], one[nz:], gy[:end])
    through_cells(own, k[2], measure[2], here, one)
    in_series(one[nz:end], one[nz + 1 : end + 1], gz[nz:end])
    for n in range(2 * nz - 1, end, nz):
        gz[n] = 0.0  # from one line's highest point to the next line's lowest


@compiled
def strip_edges(
    i: int, centred: bool, start: int, stop: int, region: RegionArray, k: FloatArray, dx: FloatArray,
    measure: FloatArray, own: RegionArray, room: FloatArray, gx: FloatArray, gy: FloatArray, gz: FloatArray,
) -> None:  # fmt: skip
    """Edges from a strip of row i of points, cells' centres or corners, to row i + 1 (gx) and within row i (gy, gz).

    Rows in ascending order: half of an edge between corners within a row is left in `room` by the row before, so begin
    a row early. `gy` begins with the edges to the strip from the line before it.

    k : of the regions along x, y, z, W/m/K, shape (3, n_regions + 1);  measure : from `measure_strip`
    own, room : to work with, shapes (n,), (5, n) with n for STRIP + 2 lines and one more
    gx, gy, gz : W/K, shape (n,), zero before the first row
    """
    if centred:
        centre_edges(i, start, stop, region, k, dx, measure, own, room, gx, gy, gz)
    else:
        corner_edges(i, start, stop, region, k, dx, measure, own, room, gx, gy, gz)


@compiled
def conductances(
    first: int, last: int, centred: bool, region: RegionArray, k: FloatArray,
    dx: FloatArray, dy: FloatArray, dz: FloatArray, gx: FloatArray, gy: FloatArray, gz: FloatArray,
) -> None:  # fmt: skip
    """All edges of rows first:last of points, shapes as in `Lattice`; an edge belongs to its lower end."""
    _, ny, nz = gx.shape
    size = (STRIP + 2) * nz + 1
    own, measure, room, (x, y, z) = (
        np.empty(size, np.int16),
        np.zeros((3, size)),
        np.zeros((5, size)),
        np.zeros((3, size)),
    )
    for start in range(0, ny, STRIP):
        stop = min(start + STRIP, ny)
        measure_strip(centred, start, stop, dy, dz, measure)
        for i in range(first - 1, last):
            strip_edges(i, centred, start, stop, region, k, dx, measure, own, room, x, y, z)
            if i < first:
                continue
            for j in range(start, stop):
                at = (j - start + 1) * nz
                if i < gx.shape[0]:
                    gx[i, j] = x[at : at + nz]
                if j < ny - 1:
                    gy[i, j] = y[at : at + nz]
                gz[i, j] = z[at : at + nz - 1]


# ------------------------------------------------------------------------------------ the width of the bracket
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
    conductivities are the same. Along an axis of no conductivity nothing flows.

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
                resistance = width_x * width_x / (k_above[0, s] * volume) if k_above[0, s] > 0.0 else 0.0
                conductance = k[0, r] * volume / (width_x * width_x)
                ex = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                a, b = fy[i, j, layer], fy[i, j + 1, layer]
                slopes, squares = 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        slope = rise[i + p, j + 1, layer + q] - rise[i + p, j, layer + q]
                        slopes += slope
                        squares += slope * slope
                resistance = width_y * width_y / (k_above[1, s] * volume) if k_above[1, s] > 0.0 else 0.0
                conductance = k[1, r] * volume / (width_y * width_y)
                ey = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                a, b = fz[i, j, layer] + gained[i, j, layer], fz[i, j, layer + 1]
                slopes, squares = 0.0, 0.0
                for p in range(2):
                    for q in range(2):
                        slope = rise[i + p, j + q, layer + 1] - rise[i + p, j + q, layer]
                        slopes += slope
                        squares += slope * slope
                resistance = width_z * width_z / (k_above[2, s] * volume) if k_above[2, s] > 0.0 else 0.0
                conductance = k[2, r] * volume / (width_z * width_z)
                ez = 0.5 * resistance * (a * a + b * b) + 0.25 * squares * conductance + 0.25 * (a + b) * slopes

                if k[0, r] != k_above[0, s] or k[1, r] != k_above[1, s] or k[2, r] != k_above[2, s]:
                    # an upright circle cuts the cell: only cuts in x and y make less of what both see differently
                    ex, ey, ez = ex + 0.5 * ez, ey + 0.5 * ez, 0.0
                # a contact conducts along one axis alone: what differs from place to place is made less by cuts across
                if k[1, r] == 0.0 and k[2, r] == 0.0:
                    ex, ey, ez = 0.0, ey + 0.5 * ex, ez + 0.5 * ex
                if k[0, r] == 0.0 and k[2, r] == 0.0:
                    ex, ey, ez = ex + 0.5 * ey, 0.0, ez + 0.5 * ey
                if k[0, r] == 0.0 and k[1, r] == 0.0:
                    ex, ey, ez = ex + 0.5 * ez, ey + 0.5 * ez, 0.0
                x_sum += ex
                y_sum += ey
                by_z[layer] += ez
                by_region[r] += ex + ey + ez
            by_y[j] += y_sum
        by_x[i] = x_sum
    return by_y, by_z, by_region
