"""What is a lattice? Points on a box, conductances between neighbours, conductances to ambient."""

from dataclasses import dataclass

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray, RegionArray


@dataclass(frozen=True, eq=False)
class Lattice:
    """A thermal network on the points of a box: the operator that both bounds share.

        (A u)_p = sum over the six neighbours n of  g_pn (u_p - u_n)  +  ground_p u_p

    Symmetric; positive definite on every connected set of points that has ground somewhere. A point without
    any conductance takes no part: the solvers leave it at zero.

    `gx`, `gy`, `gz` in W/K with shapes (nx-1, ny, nz), (nx, ny-1, nz), (nx, ny, nz-1); `ground` in W/K,
    shape (nx, ny, nz); `x`, `y` the points' coordinates in m, which guide the coarsening.
    """

    gx: FloatArray
    gy: FloatArray
    gz: FloatArray
    ground: FloatArray
    x: FloatArray
    y: FloatArray

    @property
    def shape(self) -> tuple[int, int, int]:
        nx, ny, nz = self.ground.shape
        return nx, ny, nz

    @property
    def n_points(self) -> int:
        return self.ground.size

    def arrays(self) -> list[FloatArray]:
        """gx, gy, gz, ground as the compiled loops want them: float64, contiguous."""
        return [np.ascontiguousarray(array, np.float64) for array in (self.gx, self.gy, self.gz, self.ground)]


@dataclass(frozen=True, eq=False)
class CellLattice:
    """The same network, as the cells that it is made of: two bytes a point where conductances take 32.

    Whoever needs conductances computes them (`thermopkg.lattice.outflow`). Points are the centres of the cells (dual)
    or their corners (primal).

    `region` : of each cell, -1 where there is nothing, shape (nx, ny, nz)
    `conductivity` : of the regions along x, y, z, W/m/K, with a zero at the end, which -1 picks; shape (3, n + 1)
    `steps` : widths of the cells along x, y, z, m
    `x`, `y` : as of a `Lattice`
    `grounded`, `ground` : flat indices of the points that films cool, ascending, and their conductance, W/K
    `held` : flat indices of points whose rise is zero by definition, ascending: an edge to one is a conductance to
        ambient of its other end, and the point itself takes no part
    """

    region: RegionArray
    conductivity: FloatArray
    steps: tuple[FloatArray, FloatArray, FloatArray]
    centred: bool
    x: FloatArray
    y: FloatArray
    grounded: IntArray
    ground: FloatArray
    held: IntArray

    @property
    def shape(self) -> tuple[int, int, int]:
        nx, ny, nz = (n + (not self.centred) for n in self.region.shape)
        return nx, ny, nz

    @property
    def n_points(self) -> int:
        nx, ny, nz = self.shape
        return nx * ny * nz


Network = Lattice | CellLattice
