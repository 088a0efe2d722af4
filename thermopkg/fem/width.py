"""Where is the width of a bracket by elements made? The constitutive error of a field and a flux, cell by cell.

For a field u that keeps to the held temperatures and a balanced flux s of the same loads,

    ∫ |s + k ∇u|² / k  +  ∫ h (u - r - s·n / h)²

over the cells and over the cooled faces is the bound from above less the one from below, whatever u and s are: nothing
is left out, not even what the solver left. Source: [pragersynge1947]
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from thermopkg.arraytypes import FloatArray
from thermopkg.fem.fields import EDGES_OF_FACE, gradients, on_faces, order_of
from thermopkg.fem.fluxes import OPPOSITE, PIECE, FluxSpace
from thermopkg.mesh.quality import volumes
from thermopkg.system import AMBIENT

# mean over a triangle of products of shape functions, of corners and of middles after them
_BESIDE = np.array([[0.0 if corner in edge else -1 / 45 for edge in EDGES_OF_FACE] for corner in range(3)])
PRODUCTS = {
    1: np.full((3, 3), 1 / 12) + np.eye(3) / 12,
    2: np.block([
        [np.full((3, 3), -1 / 180) + np.eye(3) * 7 / 180, _BESIDE],
        [_BESIDE.T, np.full((3, 3), 4 / 45) + np.eye(3) * 4 / 45],
    ]),
}  # fmt: skip


def constitutive_error(
    space: FluxSpace, fields: Sequence[FloatArray], fluxes: Sequence[FloatArray], amounts: Sequence[float]
) -> FloatArray:
    """What every cell adds to the width a' (R_above - R_below) a, K/W times amounts squared, shape (n_cells,).

    Parameters
    ----------
    fields : rises that one unit of every load makes, K, held points included; of order 1 or 2
    fluxes : balanced, of the same loads, W
    amounts : a, of every load
    """
    places = space.places
    mesh, n = places.mesh, places.model.n_cells
    field = np.asarray(sum(amount * own for amount, own in zip(amounts, fields, strict=True)))
    error, size = np.empty(n), volumes(places.model)
    for start, stop in pairwise([*range(0, n, PIECE), n]):
        piece = slice(start, stop)
        out = np.zeros((4, size[piece].size))
        for load, (amount, flux) in enumerate(zip(amounts, fluxes, strict=True)):
            out += amount * space.leaving(flux, load, piece)
        corners = mesh.p[:, mesh.t[:, piece]].transpose(1, 0, 2)  # (4, 3, m)
        apex = corners[list(OPPOSITE)]
        density = (out.sum(axis=0) * corners - np.einsum("in,icn->cn", out, apex)) / (3 * size[piece])
        k = places.model.conductivity[:, piece]
        amiss = density + k * gradients(places, field, piece)
        error[piece] = size[piece] / 20 * (((amiss**2).sum(axis=0) + amiss.sum(axis=0) ** 2) / k).sum(axis=0)
    cooled = np.flatnonzero((space.film > 0) & np.isfinite(space.film))
    film = space.film[cooled]
    taken = np.asarray(sum(amount * flux[cooled] for amount, flux in zip(amounts, fluxes, strict=True)))
    ambient = amounts[space.names.index(AMBIENT)] if AMBIENT in space.names else 0.0
    values = on_faces(places, field, cooled) - ambient * space.rise[cooled] - taken / film
    squares = np.einsum("in,ij,jn->n", values, PRODUCTS[order_of(places, field)], values)
    np.add.at(error, mesh.f2t[0, cooled], film * squares)
    return error
