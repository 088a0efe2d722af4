"""Are the energies of fields and fluxes those of their lattices, and does a flux balance once it is made to?"""

import tomllib
from functools import lru_cache

import numpy as np
import pytest

from tests.small_case import TEXT
from thermopkg import workflow
from thermopkg.answer.answer import reference_temperature, wanted_places
from thermopkg.answer.bracket import own_matrix
from thermopkg.answer.products import Fluxes, PrimalFields
from thermopkg.case.load import from_document
from thermopkg.lattice import dual, primal
from thermopkg.lattice.fluxes import face_fluxes
from thermopkg.solve.linear import ConjugateGradients
from thermopkg.solve.steady import SteadySolver

JUNCTION = "chip.active"
ROUGH = 1e-2  # of the load, that the solver leaves


class Solved:
    """A small package in both lattices, to a given residual."""

    def __init__(self, environment, target):
        document = tomllib.loads(TEXT)
        document["environment"] |= environment
        case = from_document(document)
        self.model = workflow.mesh(workflow.geometry(case))
        self.places, reference = wanted_places(self.model.package), reference_temperature(case)
        self.below, self.above = (
            SteadySolver(system, ConjugateGradients(target, 200)).respond(dict.fromkeys(system.loads, target))
            for system in (lattice.emit(self.model, self.places, reference) for lattice in (primal, dual))
        )
        (self.rise,), (rise,) = self.below.rises, self.above.rises
        self.fluxes = Fluxes(self.model, self.places)
        found = face_fluxes(self.model, self.above.system, rise, self.places, {JUNCTION: 1.0}, reference)
        self.flux = self.fluxes.vector(found)

    def energy(self, products, of_flux):
        conductivity = np.stack([region.conductivity for region in self.model.regions], axis=1)[:, :, None]
        film = np.array([surface.film for surface in self.model.surfaces])
        if of_flux:
            conductivity, film = 1 / conductivity, 1 / film
        film = np.where(np.isinf(film), 0.0, film)  # nothing is stored in an infinite film
        return (products.cells * conductivity).sum() + products.sides.sum(axis=1) @ film + products.flats @ film


PLATE = {"faces": {"sink.top": {"temperature": "25 degC"}}}


@lru_cache
def solved(held, target):
    return Solved(PLATE if held else {}, target)


@pytest.mark.parametrize("held", [False, True])
def test_energies_are_the_compliances_of_the_lattices(held):
    """u'Au = f'u for the primal field, and the flux's own energy is that of the network it comes from."""
    found = solved(held, 1e-10)
    fields = PrimalFields(found.model)
    rise = fields.vector(found.rise)
    primal_energy = found.energy(fields.products(rise, rise), of_flux=False)
    assert primal_energy == pytest.approx(own_matrix(found.below)[0, 0], rel=1e-9)
    dual_energy = found.energy(found.fluxes.products(found.flux, found.flux), of_flux=True)
    assert dual_energy == pytest.approx(own_matrix(found.above)[0, 0], rel=1e-9)


@pytest.mark.parametrize("held", [False, True])
def test_a_balanced_flux_is_above_the_best_one_however_rough_it_was(held):
    best = own_matrix(solved(held, 1e-10).above)[0, 0]
    rough = solved(held, ROUGH)
    balanced = rough.fluxes.balanced(rough.flux, JUNCTION)
    energy = rough.energy(rough.fluxes.products(balanced, balanced), of_flux=True)
    assert best * (1 + 1e-9) < energy < 1.5 * best
    unbalanced = rough.energy(rough.fluxes.products(rough.flux, rough.flux), of_flux=True)
    assert unbalanced < best  # as the solver left it, the flux is no bound


def test_balancing_leaves_nothing_and_changes_nothing_that_balances():
    found = solved(False, ROUGH)
    once = found.fluxes.balanced(found.flux, JUNCTION)
    twice = found.fluxes.balanced(once, JUNCTION)
    assert np.abs(once - found.flux).max() > 1e-6  # W of one: the rough flux did not balance
    assert np.abs(twice - once).max() < 1e-14


def test_products_are_linear_in_both_fields():
    found = solved(False, 1e-10)
    fields = PrimalFields(found.model)
    u, v = (fields.vector(field) for field in (found.rise, np.random.default_rng(0).random(found.rise.shape)))
    both, one, other = fields.products(u + 2 * v, v), fields.products(u, v), fields.products(v, v)
    for name in ("cells", "sides", "flats"):
        np.testing.assert_allclose(getattr(both, name), getattr(one, name) + 2 * getattr(other, name), rtol=1e-9)
