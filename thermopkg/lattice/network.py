"""What is a lattice? Points on a box, conductances between neighbours, conductances to ambient."""

from dataclasses import dataclass

from thermopkg.arraytypes import FloatArray


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
