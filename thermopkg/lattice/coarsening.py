"""Which conductances join the points of the next coarser lattice? Those of the energy that interpolated rises have."""

import numpy as np

from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.lattice import kernels
from thermopkg.lattice.network import Lattice
from thermopkg.lattice.sharing import Crew


def coarsen(lattice: Lattice, axis: int, kept: IntArray, crew: Crew) -> tuple[Lattice, FloatArray]:
    """The lattice on the kept points of one axis, and the upper share of each dropped point.

    A dropped z-line is interpolated from its two kept neighbours by its own equilibrium between them. Edges across
    the axis and ground go to the kept neighbours in the same shares (the mean of both ends' for an edge); edges along
    it get the energy of the interpolated rise. So the coarse energy is at least half of that of the interpolated
    rise, whatever the contrast, and equal to it where shares do not change from line to line.

    Parameters
    ----------
    axis : 0 or 1
    kept : ascending indices along the axis, with both ends and no gap over 2
    Returns
    -------
    lattice : with `kept.size` points along the axis
    shares : 1, shape of the points with `kept.size - 1` along the axis; 0 where no point was dropped
    """
    arrays = [np.moveaxis(array, axis, 0) for array in lattice.arrays()]
    along, cross, up, ground = arrays[axis], arrays[1 - axis], arrays[2], arrays[3]

    def room(like: FloatArray, n: int) -> FloatArray:
        """Contiguous once the axis is moved back."""
        shape = list(like.shape[1:])
        shape.insert(axis, n)
        return np.moveaxis(np.empty(shape), axis, 0)

    shares, joined = room(ground, kept.size - 1), room(along, kept.size - 1)
    crew.share(kernels.split_and_join, kept.size - 1, ground.size, kept, along, cross, up, shares, joined)
    gathered = []
    for fine, ends in (
        (cross, (shares[:, :-1], shares[:, 1:])),
        (up, (shares[:, :, :-1], shares[:, :, 1:])),
        (ground, (shares, shares)),
    ):
        coarse = room(fine, kept.size)
        crew.share(kernels.gather, kept.size, fine.size, kept, fine, *ends, coarse)
        gathered.append(np.moveaxis(coarse, 0, axis))
    lateral = (np.moveaxis(joined, 0, axis), gathered[0])
    x, y = (lattice.x[kept], lattice.y) if axis == 0 else (lattice.x, lattice.y[kept])
    return Lattice(lateral[axis], lateral[1 - axis], gathered[1], gathered[2], x, y), np.moveaxis(shares, 0, axis)
