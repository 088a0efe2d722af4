"""What flows out of every point? A u of either kind of network in float64, and the conductances that cells make."""

from typing import assert_never

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.lattice import cell_kernels, outflow_kernels
from thermopkg.lattice.kernels import RealArray
from thermopkg.lattice.network import CellLattice, Lattice, Network
from thermopkg.lattice.sharing import Crew


def assembled(network: Network) -> Lattice:
    """All conductances as arrays, W/K."""
    if isinstance(network, Lattice):
        return network
    nx, ny, nz = network.shape
    gx, gy, gz = np.empty((nx - 1, ny, nz)), np.empty((nx, ny - 1, nz)), np.empty((nx, ny, nz - 1))
    cells = (network.centred, network.region, network.conductivity, *network.steps)
    Crew().share(cell_kernels.conductances, nx, network.n_points, *cells, gx, gy, gz)
    ground = np.zeros(network.shape)
    ground.reshape(-1)[network.grounded] = network.ground
    if network.held.size:
        _let_go(network, (gx, gy, gz), ground)
    return Lattice(gx, gy, gz, ground, network.x, network.y)


def _let_go(network: CellLattice, edges: tuple[FloatArray, FloatArray, FloatArray], ground: FloatArray) -> None:
    """Edges to held points become ground of their other ends; changes both in place."""
    held = np.zeros(network.shape, bool)
    held.reshape(-1)[network.held] = True
    for axis, g in enumerate(edges):
        low, high = ends(axis)
        ground[low] += np.where(held[high], g, 0.0)
        ground[high] += np.where(held[low], g, 0.0)
        g[held[low] | held[high]] = 0.0
    ground[held] = 0.0


def ends(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Slices of the points at the lower and at the upper ends of the edges along an axis."""
    low, high = [slice(None)] * 3, [slice(None)] * 3
    low[axis], high[axis] = slice(None, -1), slice(1, None)
    return tuple(low), tuple(high)


def residual(
    network: Network,
    crew: Crew,
    load: FloatArray,
    per_conductance: float,
    per_load: float,
    zebra: bool,
    width: int,
    x: RealArray,
    r: RealArray,
) -> FloatArray:
    """r = per_load * load - per_conductance * A x, and sums over all points: `outflow_kernels.residual_of_lattice`."""
    rest = (load, per_conductance, per_load, zebra, width, x, r)
    match network:
        case Lattice():
            parts = crew.share(
                outflow_kernels.residual_of_lattice,
                network.shape[0],
                network.n_points,
                *network.arrays(),
                *rest,
            )
        case CellLattice():
            parts = crew.share(
                outflow_kernels.residual_of_cells,
                network.shape[0],
                network.n_points,
                *(network.centred, network.region, network.conductivity, *network.steps),
                *(network.grounded, network.ground, network.held),
                *rest,
            )
        case _:
            assert_never(network)
    return np.asarray(np.sum(parts, axis=0), np.float64)


def apply(network: Network, rise: FloatArray) -> FloatArray:
    """What flows out of every point, A u, in float64.

    Parameters
    ----------
    rise : u, K, shape of the lattice
    Returns
    -------
    W, shape of the lattice
    Raises
    ------
    ValueError : the shapes differ
    """
    if rise.shape != network.shape:
        raise ValueError(f"rise has shape {rise.shape}, the lattice {network.shape}")
    outflow = np.empty(network.shape)
    u, none = np.ascontiguousarray(rise, np.float64), np.zeros(network.shape)
    residual(network, Crew(), none, -1.0, 1.0, False, 0, u, outflow)
    return outflow
