"""How does a lattice get rid of its slow errors? A hierarchy of coarser lattices and a V-cycle over them.

One V-cycle is the preconditioner of the conjugate gradients in `thermopkg.solve.linear`. Smoother: zebra Gauss-Seidel
over whole z-lines, colour 0 then 1 on the way down, 1 then 0 on the way up, so that the cycle is symmetric.
Interpolation: by the equilibrium of whole z-lines, so that it, too, respects strong couplings in z.
Source: decision 2; [trottenberg2001] ch. 5 for zebra lines
"""

from dataclasses import dataclass, replace

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice import kernels
from thermopkg.lattice.coarsening import coarsen
from thermopkg.lattice.kernels import RealArray
from thermopkg.lattice.network import Lattice, Network
from thermopkg.lattice.outflow import assembled
from thermopkg.lattice.sharing import Crew
from thermopkg.lattice.thinning import FEW, next_points

LANES = 8  # lanes of a row are padded to a multiple of this: half a vector register of float32, as fast as a whole one


@dataclass(frozen=True, eq=False)
class Transfer:
    """How a level hands its residual to the next and takes the correction back.

    `kept` : row of every coarse row, shape (n_rows,)
    `places` : j of every coarse lane by parity of the coarse J, shape (2, coarse width); 0 for lanes beyond the last
    `n_lanes` : how many lanes are points, by parity, shape (2,)
    `weight` : share of the upper coarse row in the dropped row above `kept[I]`, for its colour 0, shape (n_rows, n)
    `left`, `right` : shares of the dropped points on the two sides in y, zebra order on the coarse points
    """

    kept: IntArray
    places: IntArray
    n_lanes: IntArray
    weight: RealArray
    left: RealArray
    right: RealArray

    @property
    def coarse_width(self) -> int:
        return int(self.places.shape[1])


@dataclass(frozen=True, eq=False)
class Level:
    """One lattice of the hierarchy in zebra order (`thermopkg.lattice.kernels`), with room to work.

    `gx`, `gy`, `gz`, `ground` : conductances over `Hierarchy.conductance_scale`, shape (nx + 1, 2, nz * width)
    `pivot` : inverse pivots of the z-lines
    `load`, `rise` : right-hand side and answer of the cycle
    `transfer` : to the next level; None on the coarsest
    """

    shape: tuple[int, int, int]
    width: int
    gx: RealArray
    gy: RealArray
    gz: RealArray
    ground: RealArray | None  # only the finest level needs it once the pivots are known
    pivot: RealArray
    load: RealArray
    rise: RealArray
    transfer: Transfer | None

    @property
    def n_points(self) -> int:
        nx, ny, nz = self.shape
        return nx * ny * nz


def width_of(ny: int) -> int:
    """Lanes for the points of one colour in a row of `ny`."""
    return -(-((ny + 1) // 2) // LANES) * LANES


def build_transfer(
    kept_x: IntArray,
    kept_y: IntArray,
    shares_x: FloatArray,
    shares_y: FloatArray,
    width: int,
    precision: type[np.floating],
) -> Transfer:
    """From the shares that `coarsen` returned for x and then for y to what the compiled loops read."""
    _, ny, nz = shares_x.shape
    width_y = width_of(kept_y.size)
    places = np.zeros((2, width_y), np.int64)
    for parity in (0, 1):
        lanes = kept_y[parity::2]
        places[parity, : lanes.size] = lanes
    weight = np.zeros((kept_x.size, nz, width), precision)
    first_j = (kept_x[:-1] + 1) & 1  # of colour 0 in the dropped row
    for parity in (0, 1):
        rows = np.flatnonzero(first_j == parity)
        n_lanes = (ny - parity + 1) // 2
        weight[rows, :, :n_lanes] = shares_x[rows, parity::2].transpose(0, 2, 1)

    dropped = (np.diff(kept_y) == 2)[None, :, None]
    left, right = (np.zeros((kept_x.size + 1, 2, nz * width_y), precision) for _ in range(2))
    side = np.zeros((kept_x.size, kept_y.size, nz))
    side[:, 1:] = shares_y
    kernels.to_zebra(0, kept_x.size, side, 1.0, width_y, left)
    side[:] = 0.0
    np.subtract(1.0, shares_y, out=side[:, :-1], where=dropped)
    kernels.to_zebra(0, kept_x.size, side, 1.0, width_y, right)
    n_lanes_by_parity = np.array([(kept_y.size + 1) // 2, kept_y.size // 2])
    return Transfer(kept_x, places, n_lanes_by_parity, weight.reshape(kept_x.size, -1), left, right)


@dataclass(frozen=True, eq=False)
class Direct:
    """The coarsest lattice, factored: points in the order (layer, i, j), so that the band is one layer.

    `where` : their places in the flattened zebra arrays; `shares`, `inverse` : what `kernels.eliminate` leaves
    """

    where: IntArray
    shares: FloatArray
    inverse: FloatArray

    @classmethod
    def build(cls, lattice: Lattice, scale: float, width: int) -> "Direct":
        nx, ny, nz = lattice.shape
        band = nx * ny
        shares = np.zeros((nz, nx, ny, band))
        shares[:-1, :, :, band - 1] += lattice.gz.transpose(2, 0, 1) / scale
        shares[:, :-1, :, ny - 1] += lattice.gx.transpose(2, 0, 1) / scale
        shares[:, :, :-1, 0] += lattice.gy.transpose(2, 0, 1) / scale
        couplings = shares.reshape(-1, band)
        inverse = lattice.ground.transpose(2, 0, 1).ravel() / scale
        kernels.eliminate(couplings, inverse)
        layer, i, j = (index.ravel() for index in np.indices((nz, nx, ny)))
        return cls(
            np.ravel_multi_index((i, (i + j) & 1, layer * width + (j >> 1)), (nx + 1, 2, nz * width)),
            couplings,
            inverse,
        )

    def solve(self, load: RealArray, rise: RealArray) -> None:
        answer = load.reshape(-1)[self.where].astype(np.float64)
        kernels.substitute(self.shares, self.inverse, answer)
        rise.reshape(-1)[self.where] = answer


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A lattice and its coarser stand-ins, ready for V-cycles. Not for two threads at a time: it holds the work arrays.

    Build it with `Hierarchy.build`. `levels[0].load` takes a residual, `cycle` leaves the correction in
    `levels[0].rise`, both in zebra order and in the scaled conductances.
    """

    levels: tuple[Level, ...]
    direct: Direct
    conductance_scale: float  # W/K, a power of two: all conductances inside are divided by it
    crew: Crew

    @classmethod
    def build(cls, network: Network, precision: type[np.floating] = np.float32) -> "Hierarchy":
        """Coarsens down to at most FEW z-lines.

        Parameters
        ----------
        precision : of the cycle. float32 does, except where parts are joined so well and leak to ambient so little
            (film 1e-3 W/m2/K and a step of 1 nm) that the rounding of a rise has more energy than the rise

        Raises
        ------
        ValueError : a conductance is negative or not finite
        """
        crew, lattice = Crew(), assembled(network)
        scale = power_of_two_below(max(largest(array) for array in lattice.arrays()))
        levels: list[Level] = []
        while lattice.shape[0] * lattice.shape[1] > FEW:
            kept_x, kept_y = next_points(lattice.x, lattice.y)
            half, shares_x = coarsen(lattice, 0, kept_x, crew)
            arrays, lattice = lattice.arrays(), half  # from now on nobody but `arrays` holds the finer lattice
            level = build_level(arrays, scale, crew, precision=precision, finest=not levels)
            lattice, shares_y = coarsen(half, 1, kept_y, crew)
            transfer = build_transfer(kept_x, kept_y, shares_x, shares_y, level.width, precision)
            levels.append(replace(level, transfer=transfer))
            del half, shares_x, shares_y
        levels.append(build_level(lattice.arrays(), scale, crew, precision=precision, finest=not levels))
        return cls(tuple(levels), Direct.build(lattice, scale, levels[-1].width), scale, crew)

    def cycle(self, depth: int = 0) -> None:
        """One V-cycle from rest: `load` of the level -> its `rise`."""
        level = self.levels[depth]
        transfer = level.transfer
        if transfer is None:
            self.direct.solve(level.load, level.rise)
            return
        self._relax(level, 0, from_zero=True)
        self._relax(level, 1)
        coarse = self.levels[depth + 1]
        between = (level.width, transfer.coarse_width)
        shares = (transfer.weight, transfer.left, transfer.right)
        self.crew.share(
            kernels.restrict,
            transfer.kept.size,
            level.n_points,
            *(transfer.kept, transfer.places, level.gx, level.gy, level.rise, *shares, *between, coarse.load),
        )
        self.cycle(depth + 1)
        self.crew.share(
            kernels.prolong,
            transfer.kept.size,
            level.n_points,
            *(transfer.kept, transfer.places, transfer.n_lanes, coarse.rise, *shares, *between, level.rise),
        )
        self._relax(level, 1)
        self._relax(level, 0)

    def _relax(self, level: Level, colour: int, from_zero: bool = False) -> None:
        self.crew.share(
            kernels.relax,
            level.shape[0],
            level.n_points,
            *(colour, from_zero, level.gx, level.gy, level.gz, level.pivot, level.width, level.load, level.rise),
        )


def largest(conductance: FloatArray) -> float:
    """Largest entry, 0 for none.

    Raises
    ------
    ValueError : an entry is negative or not finite
    """
    if conductance.size == 0:
        return 0.0
    low, high = float(conductance.min()), float(conductance.max())
    if not (low >= 0 and np.isfinite(high)):
        raise ValueError(f"conductances must be finite and not negative, got {low:g} to {high:g} W/K")
    return high


def power_of_two_below(value: float) -> float:
    """Largest power of two not above `value`, with which to scale without rounding; 1 for 0."""
    return float(np.ldexp(1.0, int(np.floor(np.log2(value))))) if value > 0 else 1.0


def build_level(
    arrays: list[FloatArray],
    scale: float,
    crew: Crew,
    *,
    precision: type[np.floating] = np.float32,
    finest: bool = True,
) -> Level:
    """A lattice in zebra order, with its pivots.

    Parameters
    ----------
    arrays : gx, gy, gz, ground in plain order; each is taken out of the list once it is packed
    """
    nx, ny, nz = arrays[3].shape
    width = width_of(ny)

    def room() -> RealArray:
        return np.zeros((nx + 1, 2, nz * width), precision)

    packed = []
    while arrays:
        plain, zebra = arrays.pop(0), room()
        crew.share(kernels.to_zebra, plain.shape[0], plain.size, plain, 1 / scale, width, zebra)
        packed.append(zebra)
    gx, gy, gz, ground = packed
    pivot = room()
    crew.share(kernels.factor_lines, nx, nx * ny * nz, gx, gy, gz, ground, width, pivot)
    return Level((nx, ny, nz), width, gx, gy, gz, ground if finest else None, pivot, room(), room(), None)
