"""Of which few terms is the energy of a family made? Energies that scale alike are one term, each with its weight.

The energy of a primal field is the sum over terms of  k s^p  times a number of the field, that of a flux the sum of
1 / (k s^p)  times one: k a conductivity or a film, s the stretch of a layer, p = 1 along x and y and on the sides, -1
along z and 0 on top and bottom. A field keeps its values at the corners when its grid stretches, a flux its heat
through every face.
"""

from dataclasses import dataclass

import numpy as np

from thermopkg.answer.products import Products
from thermopkg.arraytypes import FloatArray, IntArray
from thermopkg.explore.family import Affine, Family

FIXED = -1  # a factor or a stretch that is one at all designs
SAME_RATE = 1e-9  # relative; layers whose rates differ by less stretch alike


@dataclass(frozen=True, eq=False)
class Weights:
    """The weight of every term at every design: factors and stretches, affine in the parameters.

    `factors`, `stretches` hold slopes and constant in their rows, shapes (n, n_parameters + 1); `factor`, `stretch`
    and `power` say which of them make a term's weight, shape (n_terms,).
    """

    factors: FloatArray
    stretches: FloatArray
    factor: IntArray
    stretch: IntArray
    power: IntArray

    def at(self, designs: FloatArray) -> FloatArray:
        """Of the terms of a primal energy at designs of shape (n, n_parameters), shape (n_terms, n).

        Raises
        ------
        ValueError : a conductivity, a film or a height is not above zero at some design
        """
        factors = self.factors[:, :-1] @ designs.T + self.factors[:, -1:]
        stretches = self.stretches[:, :-1] @ designs.T + self.stretches[:, -1:]
        if min(factors.min(initial=1.0), stretches.min(initial=1.0)) <= 0:
            raise ValueError("a conductivity, a film or a height would not be above zero")
        found = np.ones((self.factor.size, len(designs)))
        for weight, factor, stretch, power in zip(found, self.factor, self.stretch, self.power, strict=True):
            if factor != FIXED:
                weight *= factors[factor]
            if stretch != FIXED and power > 0:
                weight *= stretches[stretch]
            elif stretch != FIXED and power < 0:
                weight /= stretches[stretch]
        return found


@dataclass(frozen=True, eq=False)
class TermPlace:
    """Of one kind of products, of shape s: the term of each, and the part of its factor that never changes."""

    term: IntArray
    factor: FloatArray


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of a family, and which products go into which."""

    weights: Weights
    places: tuple[TermPlace, TermPlace, TermPlace]  # of the cells, the sides and the flats of `Products`

    def primal(self, products: Products) -> FloatArray:
        """The numbers of a pair of primal fields, shape (n_terms,)."""
        return self._collected(products, [place.factor for place in self.places])

    def dual(self, products: Products) -> FloatArray:
        """The numbers of a pair of fluxes, shape (n_terms,)."""
        factors = [np.divide(1, p.factor, out=np.zeros_like(p.factor), where=p.factor > 0) for p in self.places]
        return self._collected(products, factors)

    def _collected(self, products: Products, factors: list[FloatArray]) -> FloatArray:
        found = np.zeros(self.weights.factor.size)
        for values, factor, place in zip(
            (products.cells, products.sides, products.flats), factors, self.places, strict=True
        ):
            found += np.bincount(place.term.ravel(), (values * factor).ravel(), found.size)
        return found


def terms(family: Family) -> Terms:
    """The terms of the energies of a family's fields and fluxes."""
    model = family.model
    n_regions, n_surfaces, nz = len(model.regions), len(model.surfaces), model.grid.shape[2]
    layers, stretches = _groups(family.stretch, 1.0)
    conductors, factors = _groups(
        Affine(family.conductivity.constant.T, family.conductivity.slopes.swapaxes(0, 1)), None
    )
    films, film_factors = _groups(family.film, None)
    films = np.where(films == FIXED, FIXED, films + len(factors))
    # every product's factor, stretch and power, with the part of its factor that stays
    shape = (3, n_regions, nz)
    power = np.broadcast_to(np.array([1, 1, -1])[:, None, None], shape)
    held = np.isinf(family.film.constant)  # no energy is stored in an infinite film
    fixed_film = np.where(held, 0.0, np.where(films == FIXED, family.film.constant, 1.0))
    fixed = np.where(conductors == FIXED, family.conductivity.constant.T, 1.0)
    raw = [
        (np.broadcast_to(conductors[:, :, None], shape), np.broadcast_to(layers, shape), power,
         np.broadcast_to(fixed[:, :, None], shape) * _present(family)),
        (np.broadcast_to(films[:, None], (n_surfaces, nz)), np.broadcast_to(layers, (n_surfaces, nz)),
         np.ones((n_surfaces, nz), int), np.broadcast_to(fixed_film[:, None], (n_surfaces, nz)).copy()),
        (films, np.full(n_surfaces, FIXED), np.zeros(n_surfaces, int), fixed_film),
    ]  # fmt: skip
    keys = [np.stack([f, s, np.where(s == FIXED, 0, p)], axis=-1).reshape(-1, 3) for f, s, p, _ in raw]
    at_work = np.concatenate([amount.ravel() > 0 for *_, amount in raw])
    distinct = np.unique(np.concatenate(keys)[at_work], axis=0)
    number = {tuple(key): i for i, key in enumerate(distinct.tolist())}
    places = [
        TermPlace(np.array([number.get(tuple(k), 0) for k in key.tolist()]).reshape(amount.shape), np.asarray(amount))
        for key, (*_, amount) in zip(keys, raw, strict=True)
    ]
    rows = np.concatenate([factors, film_factors])
    weights = Weights(rows, stretches, distinct[:, 0], distinct[:, 1], distinct[:, 2])
    return Terms(weights, (places[0], places[1], places[2]))


def _groups(values: Affine, fixed: float | None) -> tuple[IntArray, FloatArray]:
    """Which values change alike: the number of each one's group, shape s, and the groups' slopes and constants.

    A value that no parameter changes is FIXED; `fixed` is what such a one must be, if anything.
    """
    rows = np.concatenate([values.slopes, values.constant[..., None]], axis=-1)
    flat = rows.reshape(-1, rows.shape[-1])
    moves = (flat[:, :-1] != 0).any(axis=1)
    assert fixed is None or np.allclose(flat[~moves, -1], fixed), "what does not move is as it is in the model"
    number, groups = np.full(len(flat), FIXED), list[FloatArray]()
    for i in np.flatnonzero(moves):
        for group, row in enumerate(groups):
            if np.abs(flat[i] - row).max() <= SAME_RATE * np.abs(row).max():
                number[i] = group
                break
        else:
            number[i] = len(groups)
            groups.append(flat[i])
    return number.reshape(rows.shape[:-1]), np.array(groups).reshape(-1, rows.shape[-1])


def _present(family: Family) -> FloatArray:
    """One where a region has cells in a layer, shape (n_regions, nz)."""
    region = family.model.region
    found = np.zeros((len(family.model.regions) + 1, region.shape[2]))
    for layer in range(region.shape[2]):
        found[np.unique(region[:, :, layer]), layer] = 1.0
    return found[:-1]
