"""Which loops tell what flows out of every point? The operator in float64, from conductances or from cells.

Like the other compiled loops (`thermopkg.lattice.kernels`, where the two orders of the points are explained), each
works on a range `first:last` of rows and lets go of the interpreter's lock. Within it one strip of lines after another
is taken through all rows (`thermopkg.lattice.cell_kernels`, where the order in a strip is explained).
"""

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray, RegionArray
from thermopkg.lattice.cell_kernels import STRIP, measure_strip, strip_edges
from thermopkg.lattice.kernels import RealArray, compiled


@compiled
def take_rises(
    i: int, start: int, stop: int, zebra: bool, x: RealArray, width: int, shape: tuple[int, int, int], rises: FloatArray
) -> None:
    """rises = row i of x on a strip and the lines beside it, from zebra or plain order; nothing beyond the ends."""
    nx, ny, nz = shape
    if i < 0 or i >= nx:
        return
    for j in range(max(start - 1, 0), min(stop + 1, ny)):
        line = rises[(j - start + 1) * nz : (j - start + 2) * nz]
        if zebra:
            lanes = x[i, (i + j) & 1]
            for layer in range(nz):
                line[layer] = lanes[layer * width + (j >> 1)]
        else:
            for layer in range(nz):
                line[layer] = x[i, j, layer]


@compiled
def flow_between(g: FloatArray, here: FloatArray, there: FloatArray, outflow: FloatArray, diagonal: FloatArray) -> None:
    """Adds what edges take out of their ends here: conductance times difference, so that no constant has to cancel."""
    for n in range(outflow.size):
        outflow[n] += g[n] * (here[n] - there[n])
    for n in range(outflow.size):
        diagonal[n] += g[n]


@compiled
def strip_outflow(
    nz: int,
    end: int,
    gx_below: FloatArray,
    gx_above: FloatArray,
    gy: FloatArray,
    gz: FloatArray,
    below: FloatArray,
    here: FloatArray,
    above: FloatArray,
    outflow: FloatArray,
    diagonal: FloatArray,
) -> None:
    """Adds what flows out along all edges of a strip of a row, and their conductances.

    nz : points a line;  end : of the strip's own lines;  below, here, above : u on rows i - 1, i, i + 1
    """
    own, out, sums = here[nz:end], outflow[nz:end], diagonal[nz:end]
    flow_between(gx_below[nz:end], own, below[nz:end], out, sums)
    flow_between(gx_above[nz:end], own, above[nz:end], out, sums)
    flow_between(gy[: end - nz], own, here[: end - nz], out, sums)
    flow_between(gy[nz:end], own, here[2 * nz : end + nz], out, sums)
    flow_between(gz[nz - 1 : end - 1], own, here[nz - 1 : end - 1], out, sums)
    flow_between(gz[nz:end], own, here[nz + 1 : end + 1], out, sums)


@compiled
def strip_residual(
    load: FloatArray,
    per_conductance: float,
    per_load: float,
    here: FloatArray,
    diagonal: FloatArray,
    outflow: FloatArray,
    sums: FloatArray,
) -> None:
    """outflow -> residual of a strip's own points, and what `residual_of_lattice` returns of them added to sums."""
    squares, scale, loads, imbalance, power = 0.0, 0.0, 0.0, 0.0, 0.0
    for n in range(load.size):
        active = diagonal[n] > 0.0
        inflow = per_load * load[n] if active else 0.0
        value = inflow - per_conductance * outflow[n] if active else 0.0
        held_back = per_conductance * diagonal[n] * here[n] if active else 0.0
        outflow[n] = value
        squares += value * value
        scale += held_back * held_back
        loads += inflow * inflow
        imbalance += value
        power += abs(inflow)
    for n, value in enumerate((squares, scale, loads, imbalance, power)):
        sums[n] += value


@compiled
def put_residual(
    i: int,
    start: int,
    stop: int,
    nz: int,
    zebra: bool,
    width: int,
    residual: FloatArray,
    diagonal: FloatArray,
    x: RealArray,
    r: RealArray,
) -> None:
    """r = residual on a strip of row i; in zebra order, x = 0 at points without any conductance."""
    for j in range(start, stop):
        at = (j - start + 1) * nz
        line, sums = residual[at : at + nz], diagonal[at : at + nz]
        if zebra:
            lanes, rises = r[i, (i + j) & 1], x[i, (i + j) & 1]
            for layer in range(nz):
                lanes[layer * width + (j >> 1)] = line[layer]
            for layer in range(nz):
                if not sums[layer] > 0.0:
                    rises[layer * width + (j >> 1)] = 0.0
        else:
            for layer in range(nz):
                r[i, j, layer] = line[layer]


@compiled
def in_strip(i: int, start: int, stop: int, ny: int, nz: int, points: IntArray) -> tuple[int, int, int]:
    """Which of the points, flat indices in ascending order, lie on lines of row i, and what their places differ by."""
    low, high = max(start, 0), min(stop, ny)
    first, last = np.searchsorted(points, (i * ny + low) * nz), np.searchsorted(points, (i * ny + high) * nz)
    return int(first), int(last), (i * ny + start) * nz


@compiled
def clear(i: int, start: int, stop: int, ny: int, nz: int, points: IntArray, values: FloatArray) -> None:
    """values = 0 at those of the points that lie on a strip of row i or on the lines beside it."""
    first, last, before = in_strip(i, start - 1, stop + 1, ny, nz, points)
    for n in range(first, last):
        values[points[n] - before] = 0.0


@compiled
def finish_strip(
    i: int,
    start: int,
    stop: int,
    gx_below: FloatArray,
    gx_above: FloatArray,
    gy: FloatArray,
    gz: FloatArray,
    below: FloatArray,
    here: FloatArray,
    above: FloatArray,
    outflow: FloatArray,
    diagonal: FloatArray,
    held: IntArray,
    load: FloatArray,
    per_conductance: float,
    per_load: float,
    zebra: bool,
    width: int,
    x: RealArray,
    r: RealArray,
    sums: FloatArray,
) -> None:
    """Residual of a strip of row i, once its edges, the rises around it and the flow to ambient are there."""
    nx, ny, nz = load.shape
    end = (stop - start + 1) * nz
    strip_outflow(nz, end, gx_below, gx_above, gy, gz, below, here, above, outflow, diagonal)
    clear(i, start, stop, ny, nz, held, diagonal)
    loads = load.reshape(nx, ny * nz)[i, start * nz : stop * nz]
    strip_residual(loads, per_conductance, per_load, here[nz:end], diagonal[nz:end], outflow[nz:end], sums)
    put_residual(i, start, stop, nz, zebra, width, outflow, diagonal, x, r)


@compiled
def lattice_edges(
    i: int,
    start: int,
    stop: int,
    gx: FloatArray,
    gy: FloatArray,
    gz: FloatArray,
    x: FloatArray,
    y: FloatArray,
    z: FloatArray,
) -> None:
    """`strip_edges` of a `Lattice`, into x, y, z."""
    ny, nz = gx.shape[1], gx.shape[2]
    if i < 0:
        return
    for j in range(max(start - 1, 0), stop):
        at = (j - start + 1) * nz
        if i < gx.shape[0]:
            x[at : at + nz] = gx[i, j]
        else:
            x[at : at + nz] = 0.0
        if j < ny - 1:
            y[at : at + nz] = gy[i, j]
        else:
            y[at : at + nz] = 0.0
        z[at : at + nz - 1] = gz[i, j]


@compiled
def residual_at_rest(
    first: int, last: int, pivot: RealArray, load: FloatArray, per_load: float, width: int, r: RealArray
) -> FloatArray:
    """As `residual_of_lattice` where x is zero, in zebra order: nothing flows, so no conductance is looked at.

    pivot : inverse pivots of the z-lines, zero at points without any conductance
    """
    _, ny, nz = load.shape
    squares, imbalance, power = 0.0, 0.0, 0.0
    for i in range(first, last):
        for j in range(ny):
            lanes, at_work, m = r[i, (i + j) & 1], pivot[i, (i + j) & 1], j >> 1
            for layer in range(nz):
                inflow = per_load * load[i, j, layer] if at_work[layer * width + m] > 0 else 0.0
                lanes[layer * width + m] = inflow
                squares += inflow * inflow
                imbalance += inflow
                power += abs(inflow)
    return np.array([squares, 0.0, squares, imbalance, power])


@compiled
def residual_of_lattice(
    first: int,
    last: int,
    gx: FloatArray,
    gy: FloatArray,
    gz: FloatArray,
    ground: FloatArray,
    load: FloatArray,
    per_conductance: float,
    per_load: float,
    zebra: bool,
    width: int,
    x: RealArray,
    r: RealArray,
) -> FloatArray:
    """r = per_load * load - per_conductance * A x; x and r both in zebra or both in plain order, all else in plain.

    Points without any conductance get r = 0, and in zebra order x = 0. Returns the sums over rows first:last of
    r^2, (diagonal x)^2, (per_load * load)^2, r and |per_load * load|, all in the units of r; shape (5,).
    """
    _, ny, nz = load.shape
    size = (STRIP + 2) * nz + 1
    gx_below, gx_above, gy_here, gz_here = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    below, here, above = np.zeros(size), np.zeros(size), np.zeros(size)
    outflow, diagonal, sums, held = np.zeros(size), np.zeros(size), np.zeros(5), np.zeros(0, np.int64)
    for start in range(0, ny, STRIP):
        stop = min(start + STRIP, ny)
        gy_here[:] = 0.0
        gx_above[:] = 0.0
        lattice_edges(first - 1, start, stop, gx, gy, gz, gx_above, gy_here, gz_here)
        take_rises(first - 1, start, stop, zebra, x, width, load.shape, below)
        take_rises(first, start, stop, zebra, x, width, load.shape, here)
        for i in range(first, last):
            gx_below, gx_above = gx_above, gx_below
            lattice_edges(i, start, stop, gx, gy, gz, gx_above, gy_here, gz_here)
            take_rises(i + 1, start, stop, zebra, x, width, load.shape, above)
            for j in range(start, stop):
                for layer in range(nz):
                    n = (j - start + 1) * nz + layer
                    diagonal[n] = ground[i, j, layer]
                    outflow[n] = ground[i, j, layer] * here[n]
            finish_strip(
                i, start, stop, gx_below, gx_above, gy_here, gz_here, below, here, above, outflow, diagonal,
                held, load, per_conductance, per_load, zebra, width, x, r, sums,
            )  # fmt: skip
            below, here, above = here, above, below
    return sums


@compiled
def residual_of_cells(
    first: int,
    last: int,
    centred: bool,
    region: RegionArray,
    conductivity: FloatArray,
    dx: FloatArray,
    dy: FloatArray,
    dz: FloatArray,
    grounded: IntArray,
    ground: FloatArray,
    held: IntArray,
    load: FloatArray,
    per_conductance: float,
    per_load: float,
    zebra: bool,
    width: int,
    x: RealArray,
    r: RealArray,
) -> FloatArray:
    """As `residual_of_lattice`, of a `CellLattice`: conductances are made strip by strip and forgotten again."""
    _, ny, nz = load.shape
    size = (STRIP + 2) * nz + 1
    own, measure, room = np.empty(size, np.int16), np.zeros((3, size)), np.zeros((5, size))
    gx_below, gx_above, gy, gz = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)
    below, here, above = np.zeros(size), np.zeros(size), np.zeros(size)
    outflow, diagonal, sums = np.zeros(size), np.zeros(size), np.zeros(5)
    for start in range(0, ny, STRIP):
        stop = min(start + STRIP, ny)
        measure_strip(centred, start, stop, dy, dz, measure)
        strip_edges(
            first - 1, centred, start, stop, region, conductivity, dx, measure, own, room, gx_above, gy, gz
        )  # fmt: skip
        take_rises(first - 1, start, stop, zebra, x, width, load.shape, below)
        take_rises(first, start, stop, zebra, x, width, load.shape, here)
        clear(first - 1, start, stop, ny, nz, held, below)
        clear(first, start, stop, ny, nz, held, here)
        for i in range(first, last):
            gx_below, gx_above = gx_above, gx_below
            strip_edges(i, centred, start, stop, region, conductivity, dx, measure, own, room, gx_above, gy, gz)
            take_rises(i + 1, start, stop, zebra, x, width, load.shape, above)
            clear(i + 1, start, stop, ny, nz, held, above)
            outflow[:] = 0.0
            diagonal[:] = 0.0
            at, end, before = in_strip(i, start, stop, ny, nz, grounded)
            for n in range(at, end):
                place = grounded[n] - before + nz
                diagonal[place] = ground[n]
                outflow[place] = ground[n] * here[place]
            finish_strip(
                i, start, stop, gx_below, gx_above, gy, gz, below, here, above, outflow, diagonal,
                held, load, per_conductance, per_load, zebra, width, x, r, sums,
            )  # fmt: skip
            below, here, above = here, above, below
    return sums
