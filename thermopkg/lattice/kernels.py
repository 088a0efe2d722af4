"""Which loops are compiled? Every one of them, and nothing else.

Every kernel works on a range `first:last` of rows and lets go of the interpreter's lock, so the same compiled loop
serves one thread on all rows or several threads on a few rows each (`thermopkg.lattice.sharing`).

Two orders of the points occur.

*Plain*: shape (nx, ny, nz), as in `Lattice`. Edges along an axis are one fewer along it.

*Zebra*: shape (nx + 1, 2, nz * width). Row i, then the colour (i + j) & 1, then height layer, then m = j >> 1 in
`width` lanes, so that a loop over m meets the z-lines of one colour side by side and compiles to vector
instructions although each line by itself is a serial recurrence. Point (i, j, layer) stands at

    [i, (i + j) & 1, layer * width + (j >> 1)]

and its neighbours are all of the other colour or on the same line:

    x:  (i - 1, j), (i + 1, j) at the same place k in rows i - 1 and i + 1
    y:  for even j  j - 1 at k - 1 and j + 1 at k;   for odd j  j - 1 at k and j + 1 at k + 1
    z:  k - width and k + width, same colour

An edge is kept at its lower end. Lanes beyond the last j, edges beyond the last point and the whole spare row
[nx] are zero: the spare row is the neighbour beyond the first and the last row, so no loop needs a branch there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numba as nb
import numpy as np
from numpy.typing import NDArray

from thermopkg.arraytypes import FloatArray, IntArray

RealArray = NDArray[np.float32] | NDArray[np.float64]

ROUNDED = 1e-12  # a share this near to none or all of a line may differ from it by the rounding of the elimination

# Multiply-add and reordered sums are welcome; assuming that NaN never occurs is not, since NaN must surface.
compiled = nb.njit(nogil=True, cache=True, fastmath={"contract", "reassoc", "nsz"}, error_model="numpy")


def thread_count() -> int:
    """How many threads numba's settings allow here."""
    return int(nb.get_num_threads())


@contextmanager
def at_most_threads(count: int) -> Iterator[None]:
    """Inside the block, loops that the calling thread starts take no more threads than that."""
    before = thread_count()
    nb.set_num_threads(min(count, before))
    try:
        yield
    finally:
        nb.set_num_threads(before)


# ------------------------------------------------------------------------------------ between the two orders
@compiled
def to_zebra(first: int, last: int, plain: FloatArray, factor: float, width: int, zebra: RealArray) -> None:
    """zebra = factor * plain, rows first:last of plain; lanes and rows that plain lacks are left as they are."""
    ny, nz = plain.shape[1], plain.shape[2]
    for i in range(first, last):
        for j in range(ny):
            line = zebra[i, (i + j) & 1]
            m = j >> 1
            for layer in range(nz):
                line[layer * width + m] = factor * plain[i, j, layer]


@compiled
def to_plain(first: int, last: int, zebra: RealArray, factor: float, width: int, plain: FloatArray) -> None:
    """plain = factor * zebra, rows first:last."""
    ny, nz = plain.shape[1], plain.shape[2]
    for i in range(first, last):
        for j in range(ny):
            line = zebra[i, (i + j) & 1]
            m = j >> 1
            for layer in range(nz):
                plain[i, j, layer] = factor * line[layer * width + m]


# ------------------------------------------------------------------------------------ conjugate gradients
@compiled
def apply_dot(
    first: int,
    last: int,
    gx: RealArray,
    gy: RealArray,
    gz: RealArray,
    ground: RealArray,
    width: int,
    p: RealArray,
    r: RealArray,
    q: RealArray,
) -> tuple[float, float]:
    """q = A p in zebra order; returns p . q and p . r over rows first:last, summed in float64."""
    spare = p.shape[0] - 1
    n = p.shape[2]
    curvature, slope = 0.0, 0.0
    for i in range(first, last):
        below = i - 1 if i > 0 else spare
        for colour in range(2):
            other = 1 - colour
            u, v, out, remaining = p[i, colour], p[i, other], q[i, colour], r[i, colour]
            u_below, u_above, g_below, g_above = p[below, other], p[i + 1, other], gx[below, other], gx[i, colour]
            mine, theirs, up, earth = gy[i, colour], gy[i, other], gz[i, colour], ground[i, colour]
            for k in range(n):
                out[k] = earth[k] * u[k] + g_below[k] * (u[k] - u_below[k]) + g_above[k] * (u[k] - u_above[k])
            if (i + colour) & 1 == 0:
                for k in range(n):
                    out[k] += mine[k] * (u[k] - v[k])
                shifted, g, here, v = out[1:], theirs[:-1], u[1:], v[:-1]
            else:
                for k in range(n):
                    out[k] += theirs[k] * (u[k] - v[k])
                shifted, g, here, v = out[:-1], mine[:-1], u[:-1], v[1:]
            for k in range(n - 1):
                shifted[k] += g[k] * (here[k] - v[k])
            out_lower, out_upper, lower, upper = out[: n - width], out[width:], u[: n - width], u[width:]
            for k in range(n - width):
                out_lower[k] += up[k] * (lower[k] - upper[k])
            for k in range(n - width):
                out_upper[k] += up[k] * (upper[k] - lower[k])
            for k in range(n):
                along = np.float64(u[k])
                curvature += out[k] * along
                slope += remaining[k] * along
    return curvature, slope


@compiled
def advance(first: int, last: int, alpha: float, p: RealArray, x: FloatArray) -> None:
    """x += alpha p, rows first:last."""
    for i in range(first, last):
        for colour in range(2):
            step, at = p[i, colour], x[i, colour]
            for k in range(at.size):
                at[k] += alpha * step[k]


@compiled
def new_direction(first: int, last: int, alpha: float, beta: float, z: RealArray, p: RealArray, x: FloatArray) -> None:
    """x += alpha p for the old p, then p = z + beta p, rows first:last."""
    for i in range(first, last):
        for colour in range(2):
            step, at, preferred = p[i, colour], x[i, colour], z[i, colour]
            for k in range(at.size):
                old = step[k]
                at[k] += alpha * old
                step[k] = preferred[k] + beta * old


@compiled
def reduce_residual(first: int, last: int, alpha: float, q: RealArray, r: RealArray) -> float:
    """r -= alpha q; returns r . r, rows first:last."""
    total = 0.0
    for i in range(first, last):
        for colour in range(2):
            change, left = q[i, colour], r[i, colour]
            for k in range(left.size):
                value = left[k] - alpha * change[k]
                left[k] = value
                total += value * value
    return total


@compiled
def dot(first: int, last: int, a: RealArray, b: RealArray) -> float:
    """a . b over rows first:last, summed in float64."""
    total = 0.0
    for i in range(first, last):
        for colour in range(2):
            s, t = a[i, colour], b[i, colour]
            for k in range(s.size):
                total += np.float64(s[k]) * np.float64(t[k])
    return total


# ------------------------------------------------------------------------------------ the smoother, zebra order
@compiled
def factor_lines(
    first: int,
    last: int,
    gx: RealArray,
    gy: RealArray,
    gz: RealArray,
    ground: RealArray,
    width: int,
    pivot: RealArray,
) -> None:
    """Inverse pivots of all z-lines, rows first:last.

    Elimination from the bottom up in terms of conductance to elsewhere h, without a single subtraction, so that
    every pivot is right to rounding however stiff the line is:

        h_l = (off-line conductances)_l + g_(layer-1) h_(layer-1) / (h_(layer-1) + g_(layer-1)),   pivot_l = h_l + g_l

    A pivot of zero (no conductance at all) gets the inverse zero, which pins the point at zero, and so does one so
    small that float32 does not hold its inverse: of the largest conductance, 1e-38 is none.
    """
    spare = gx.shape[0] - 1
    n = gx.shape[2]
    elsewhere = np.empty(n, gx.dtype)
    zero, one, least = np.float32(0), np.float32(1), np.finfo(np.float32).tiny
    for i in range(first, last):
        below = i - 1 if i > 0 else spare
        for colour in range(2):
            other = 1 - colour
            g_below, g_above = gx[below, other], gx[i, colour]
            mine, theirs, up, earth, inverse = (
                gy[i, colour],
                gy[i, other],
                gz[i, colour],
                ground[i, colour],
                pivot[i, colour],
            )
            for k in range(n):
                elsewhere[k] = earth[k] + g_below[k] + g_above[k] + mine[k]
            if (i + colour) & 1 == 0:
                for k in range(1, n):
                    elsewhere[k] += theirs[k - 1]
            else:
                for k in range(n):
                    elsewhere[k] += theirs[k]
            for start in range(0, n, width):
                here, g, w = elsewhere[start : start + width], up[start : start + width], inverse[start : start + width]
                if start > 0:
                    lower, g_lower = elsewhere[start - width : start], up[start - width : start]
                    w_lower = inverse[start - width : start]
                    for k in range(width):
                        here[k] += g_lower[k] * (lower[k] * w_lower[k])
                for k in range(width):
                    total = here[k] + g[k]
                    w[k] = one / total if total > least else zero


@compiled
def neighbour_flow(i: int, colour: int, gx: RealArray, gy: RealArray, u: RealArray, flow: RealArray) -> None:
    """flow = sum over the four lateral neighbours of conductance * u, for one colour of row i."""
    spare = u.shape[0] - 1
    n = flow.size
    other = 1 - colour
    below = i - 1 if i > 0 else spare
    u_below, u_above, g_below, g_above = u[below, other], u[i + 1, other], gx[below, other], gx[i, colour]
    v, mine, theirs = u[i, other], gy[i, colour], gy[i, other]
    for k in range(n):
        flow[k] = g_below[k] * u_below[k] + g_above[k] * u_above[k]
    if (i + colour) & 1 == 0:
        for k in range(n):
            flow[k] += mine[k] * v[k]
        shifted, g, v = flow[1:], theirs[:-1], v[:-1]
    else:
        for k in range(n):
            flow[k] += theirs[k] * v[k]
        shifted, g, v = flow[:-1], mine[:-1], v[1:]
    for k in range(n - 1):
        shifted[k] += g[k] * v[k]


@compiled
def solve_lines(up: RealArray, inverse: RealArray, width: int, b: RealArray) -> None:
    """Solves all z-lines of one colour of a row in place, b -> u."""
    n = b.size
    for start in range(width, n, width):
        here, lower = b[start : start + width], b[start - width : start]
        g, w = up[start - width : start], inverse[start - width : start]
        for k in range(width):
            here[k] += g[k] * w[k] * lower[k]
    here, w = b[n - width :], inverse[n - width :]
    for k in range(width):
        here[k] *= w[k]
    for start in range(n - 2 * width, -1, -width):
        here, upper = b[start : start + width], b[start + width : start + 2 * width]
        g, w = up[start : start + width], inverse[start : start + width]
        for k in range(width):
            here[k] = (here[k] + g[k] * upper[k]) * w[k]


@compiled
def relax(
    first: int,
    last: int,
    colour: int,
    from_zero: bool,
    gx: RealArray,
    gy: RealArray,
    gz: RealArray,
    pivot: RealArray,
    width: int,
    f: RealArray,
    u: RealArray,
) -> None:
    """Gauss-Seidel on the z-lines of one colour, rows first:last; `from_zero` says that the other colour is zero."""
    for i in range(first, last):
        line, source = u[i, colour], f[i, colour]
        if from_zero:
            for k in range(line.size):
                line[k] = source[k]
        else:
            neighbour_flow(i, colour, gx, gy, u, line)
            for k in range(line.size):
                line[k] += source[k]
        solve_lines(gz[i, colour], pivot[i, colour], width, line)


# ------------------------------------------------------------------------------------ between the levels
@compiled
def restrict(
    first: int,
    last: int,
    kept: IntArray,
    places: IntArray,
    gx: RealArray,
    gy: RealArray,
    u: RealArray,
    weight: RealArray,
    left: RealArray,
    right: RealArray,
    width: int,
    coarse_width: int,
    f: RealArray,
) -> None:
    """Right-hand side of the coarse rows first:last.

    After colour 1 has been relaxed last, the residual vanishes there and is on colour 0 just what colour 1 sends:
    `neighbour_flow`. It is gathered along x, then along y.

    kept : fine row of every coarse row;  places : fine j of every coarse lane, shape (2, coarse_width), by parity of J
    weight : right-hand share of the dropped row above kept[I], for its points of colour 0, shape (n_kept, n)
    left, right : shares that a coarse point takes of the dropped points on its two sides in y, zebra order
    """
    n = u.shape[2]
    nz = n // width
    here, above, below = np.empty(n, gx.dtype), np.empty(n, gx.dtype), np.empty(n, gx.dtype)
    beside = np.empty(n, gx.dtype)
    natural = np.zeros(2 * n + 2, u.dtype)  # (layer, j) with one value before the first
    one = np.float32(1)
    for row in range(first, last):
        i = kept[row]
        neighbour_flow(i, 0, gx, gy, u, here)
        for k in range(n):
            beside[k] = 0
        if row > 0 and i - kept[row - 1] == 2:
            if row == first:
                neighbour_flow(i - 1, 0, gx, gy, u, below)
            share = weight[row - 1]
            for k in range(n):
                beside[k] += share[k] * below[k]
        if row < kept.size - 1 and kept[row + 1] - i == 2:
            neighbour_flow(i + 1, 0, gx, gy, u, above)
            share = weight[row]
            for k in range(n):
                beside[k] += (one - share[k]) * above[k]
        if i & 1 == 0:
            for k in range(n):
                natural[2 * k + 1] = here[k]
                natural[2 * k + 2] = beside[k]
        else:
            for k in range(n):
                natural[2 * k + 1] = beside[k]
                natural[2 * k + 2] = here[k]
        for colour in range(2):
            place, target = places[(row + colour) & 1], f[row, colour]
            from_left, from_right = left[row, colour], right[row, colour]
            for layer in range(nz):
                base, at = 2 * width * layer, coarse_width * layer
                before, at_it, after = natural[base:], natural[base + 1 :], natural[base + 2 :]
                g_before, g_after = from_left[at : at + coarse_width], from_right[at : at + coarse_width]
                gathered = target[at : at + coarse_width]
                for m in range(coarse_width):
                    j = place[m]
                    gathered[m] = at_it[j] + g_before[m] * before[j] + g_after[m] * after[j]
        below, above = above, below


@compiled
def widen_row(
    row: int,
    places: IntArray,
    n_lanes: IntArray,
    e: RealArray,
    left: RealArray,
    right: RealArray,
    width: int,
    coarse_width: int,
    natural: RealArray,
) -> None:
    """natural = coarse row of e interpolated along y to the fine points, in the order of `restrict`."""
    for k in range(natural.size):
        natural[k] = 0
    nz = e.shape[2] // coarse_width
    for colour in range(2):
        parity = (row + colour) & 1
        place, value = places[parity], e[row, colour]
        to_left, to_right = left[row, colour], right[row, colour]
        for layer in range(nz):
            base, at = 2 * width * layer + 1, coarse_width * layer
            for m in range(n_lanes[parity]):
                j = base + place[m]
                natural[j] += value[at + m]
                natural[j - 1] += to_left[at + m] * value[at + m]
                natural[j + 1] += to_right[at + m] * value[at + m]


@compiled
def prolong(
    first: int,
    last: int,
    kept: IntArray,
    places: IntArray,
    n_lanes: IntArray,
    e: RealArray,
    weight: RealArray,
    left: RealArray,
    right: RealArray,
    width: int,
    coarse_width: int,
    u: RealArray,
) -> None:
    """Adds the coarse correction e to colour 0 of the fine rows kept[first] up to before kept[last].

    Colour 1 is relaxed next and does not look at its own old values, so it needs no correction.
    """
    n = u.shape[2]
    here, above = np.empty(2 * n + 2, u.dtype), np.empty(2 * n + 2, u.dtype)
    known = False
    for row in range(first, last):
        i = kept[row]
        if not known:
            widen_row(row, places, n_lanes, e, left, right, width, coarse_width, here)
        line, offset = u[i, 0], 1 + (i & 1)
        for k in range(n):
            line[k] += here[2 * k + offset]
        known = row < kept.size - 1 and kept[row + 1] - i == 2
        if known:
            widen_row(row + 1, places, n_lanes, e, left, right, width, coarse_width, above)
            line, share, offset = u[i + 1, 0], weight[row], 1 + ((i + 1) & 1)
            for k in range(n):
                low = here[2 * k + offset]
                line[k] += low + share[k] * (above[2 * k + offset] - low)
            here, above = above, here


# ------------------------------------------------------------------------------------ coarse conductances
# Arrays are seen with the axis that is coarsened first: (n, lines, nz); first:last counts coarse points.
@compiled
def split_line(below: FloatArray, above: FloatArray, up: FloatArray, inverse: FloatArray, weight: FloatArray) -> None:
    """Upper shares of a dropped z-line between two kept ones: its rises when the upper line is at 1, the lower at 0.

    The line exchanges heat with both and along itself, not with anything else. Eliminated as in `factor_lines`; a
    stretch of the line that touches neither gets 0: it goes to the lower line with all that it has. Almost 0 and almost
    1 are 0 and 1: what rounding leaves of a share that should be whole makes conductances where there are none, their
    squares on the next level, and so on to what float32 cannot hold.
    below, above : conductances to the two lines, shape (nz,);  up : along the line, (nz - 1,);  inverse : room
    """
    nz = weight.size
    elsewhere = 0.0
    for layer in range(nz):
        elsewhere = below[layer] + above[layer] + (up[layer - 1] * elsewhere * inverse[layer - 1] if layer > 0 else 0.0)
        total = elsewhere + (up[layer] if layer < nz - 1 else 0.0)
        inverse[layer] = 1 / total if total > 0 else 0.0
        weight[layer] = above[layer] + (up[layer - 1] * inverse[layer - 1] * weight[layer - 1] if layer > 0 else 0.0)
    weight[nz - 1] *= inverse[nz - 1]
    for layer in range(nz - 2, -1, -1):
        weight[layer] = (weight[layer] + up[layer] * weight[layer + 1]) * inverse[layer]
    for layer in range(nz):
        if weight[layer] < ROUNDED or weight[layer] > 1 - ROUNDED:
            weight[layer] = np.rint(weight[layer])


@compiled
def split_and_join(
    first: int,
    last: int,
    kept: IntArray,
    along: FloatArray,
    cross: FloatArray,
    up: FloatArray,
    weight: FloatArray,
    joined: FloatArray,
) -> None:
    """Upper shares of the dropped points, and the edges between kept points, for intervals first:last.

    With a drop d = upper - lower between the kept points a dropped point takes the share w of it, so the energy of
    its own two edges is (g_lower w^2 + g_upper (1 - w)^2) d^2: for w in equilibrium the two in series. An edge between
    two dropped points with different shares, with drop d as well, adds g (w - w')^2 d^2, half of it to each end.

    along, cross, up : edges along the axis, across it in the plane, and in z, as (n - 1, lines, nz),
    (n, lines - 1, nz), (n, lines, nz - 1)
    """
    lines, nz = weight.shape[1], weight.shape[2]
    inverse = np.empty(nz)
    for c in range(first, last):
        i = kept[c]
        if kept[c + 1] - i == 1:
            for line in range(lines):
                for layer in range(nz):
                    weight[c, line, layer] = 0.0
                    joined[c, line, layer] = along[i, line, layer]
            continue
        for line in range(lines):
            split_line(along[i, line], along[i + 1, line], up[i + 1, line], inverse, weight[c, line])
        for line in range(lines):
            for layer in range(nz):
                w = weight[c, line, layer]
                energy = along[i, line, layer] * w * w + along[i + 1, line, layer] * (1 - w) * (1 - w)
                if layer > 0:
                    energy += 0.5 * up[i + 1, line, layer - 1] * (w - weight[c, line, layer - 1]) ** 2
                if layer < nz - 1:
                    energy += 0.5 * up[i + 1, line, layer] * (w - weight[c, line, layer + 1]) ** 2
                if line > 0:
                    energy += 0.5 * cross[i + 1, line - 1, layer] * (w - weight[c, line - 1, layer]) ** 2
                if line < lines - 1:
                    energy += 0.5 * cross[i + 1, line, layer] * (w - weight[c, line + 1, layer]) ** 2
                joined[c, line, layer] = energy


@compiled
def gather(
    first: int,
    last: int,
    kept: IntArray,
    fine: FloatArray,
    weight: FloatArray,
    other_weight: FloatArray,
    coarse: FloatArray,
) -> None:
    """coarse = kept values plus what they get of the dropped ones, by the mean of two upper shares (an edge's ends)."""
    lines, nz = coarse.shape[1], coarse.shape[2]
    for c in range(first, last):
        i = kept[c]
        for line in range(lines):
            for layer in range(nz):
                coarse[c, line, layer] = fine[i, line, layer]
            if c > 0 and i - kept[c - 1] == 2:
                for layer in range(nz):
                    share = 0.5 * (weight[c - 1, line, layer] + other_weight[c - 1, line, layer])
                    coarse[c, line, layer] += share * fine[i - 1, line, layer]
            if c < kept.size - 1 and kept[c + 1] - i == 2:
                for layer in range(nz):
                    share = 0.5 * (weight[c, line, layer] + other_weight[c, line, layer])
                    coarse[c, line, layer] += (1 - share) * fine[i + 1, line, layer]


# ------------------------------------------------------------------------------------ the coarsest level
@compiled
def eliminate(couplings: FloatArray, ground: FloatArray) -> None:
    """Star-mesh elimination of a network in place, without a subtraction, so right to rounding for any contrast.

    couplings : [p, d - 1] between points p and p + d, shape (n, band); becomes the share of point p that p + d gets
    ground : shape (n,); becomes the inverse pivots, 0 where nothing is left to flow to
    """
    n, band = couplings.shape
    for p in range(n):
        pivot = ground[p]
        for d in range(band):
            pivot += couplings[p, d]
        inverse = 1 / pivot if pivot > 0 else 0.0
        for a in range(band):
            if couplings[p, a] > 0:
                share = couplings[p, a] * inverse
                ground[p + a + 1] += share * ground[p]
                for d in range(a + 1, band):
                    couplings[p + a + 1, d - a - 1] += share * couplings[p, d]
        for d in range(band):
            couplings[p, d] *= inverse
        ground[p] = inverse


@compiled
def substitute(shares: FloatArray, inverse: FloatArray, b: FloatArray) -> None:
    """Solves with what `eliminate` left, in place, b -> u, shape (n,)."""
    n, band = shares.shape
    for p in range(n):
        value = b[p]
        for d in range(min(band, n - 1 - p)):
            b[p + d + 1] += shares[p, d] * value
    for p in range(n - 1, -1, -1):
        value = b[p] * inverse[p]
        for d in range(min(band, n - 1 - p)):
            value += shares[p, d] * b[p + d + 1]
        b[p] = value
